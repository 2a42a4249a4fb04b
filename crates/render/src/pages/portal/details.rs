//! The form about the person, and the page on which it is checked.

use super::{sample_frame, step};
use crate::pages::Frame;
use crate::pages::parts::{BirthDateInput, Choice, Choices, Input, Mistake, Step};
use crate::words::Words;
use crate::words::details::FieldWords;
use askama::Template;
use domain::password::PasswordFault;
use domain::patient::{PatientNumberFault, PersonFault, Relation};

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Family name as written.
    FamilyName,
    /// Given name as written.
    GivenName,
    /// Family name in kana.
    FamilyKana,
    /// Given name in kana.
    GivenKana,
    /// The three fields of the birth date.
    BirthDate,
    /// Telephone.
    Phone,
    /// Postal code.
    PostalCode,
    /// Address.
    Address,
    /// Who the patient is to the payer.
    Relation,
    /// A patient who is not the payer: family name as written.
    PatientFamilyName,
    /// Given name as written.
    PatientGivenName,
    /// Family name in kana.
    PatientFamilyKana,
    /// Given name in kana.
    PatientGivenKana,
    /// The three fields of the birth date.
    PatientBirthDate,
    /// Whose number follows.
    Hospital,
    /// Number on the patient card.
    PatientNumber,
    /// The password.
    Password,
    /// The password once more.
    PasswordAgain,
}

/// Why a field was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A field about the person.
    Person(PersonFault),
    /// The patient number is none of that hospital.
    PatientNumber(PatientNumberFault),
    /// The password.
    Password(PasswordFault),
    /// None of the answers was chosen.
    NothingChosen,
}

/// What was typed, shown again. Passwords are not among it.
#[derive(Clone, Debug, Default)]
pub struct DetailsTyped {
    /// Family name as written.
    pub family_name: String,
    /// Given name as written.
    pub given_name: String,
    /// Family name in kana.
    pub family_kana: String,
    /// Given name in kana.
    pub given_kana: String,
    /// Year of birth.
    pub birth_year: String,
    /// Month of birth.
    pub birth_month: String,
    /// Day of birth.
    pub birth_day: String,
    /// Telephone.
    pub phone: String,
    /// Postal code.
    pub postal_code: String,
    /// Address behind it.
    pub address: String,
    /// Code of the hospital.
    pub hospital: String,
    /// Number on the patient card.
    pub patient_number: String,
    /// As `domain::patient::Relation::as_str`.
    pub relation: String,
    /// The patient, where it is not the payer.
    pub patient: PatientTyped,
}

/// What was typed about a patient who is not the payer.
#[derive(Clone, Debug, Default)]
pub struct PatientTyped {
    /// Family name as written.
    pub family_name: String,
    /// Given name as written.
    pub given_name: String,
    /// Family name in kana.
    pub family_kana: String,
    /// Given name in kana.
    pub given_kana: String,
    /// Year of birth.
    pub birth_year: String,
    /// Month of birth.
    pub birth_month: String,
    /// Day of birth.
    pub birth_day: String,
}

/// `/{group}/new/form`.
#[derive(Template)]
#[template(path = "portal/details.html")]
pub struct DetailsPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// What was typed.
    pub typed: DetailsTyped,
    /// What was not taken, in the order of the form.
    pub mistakes: Vec<(Field, Fault)>,
}

impl DetailsPage {
    fn step(&self) -> Step {
        step(self.words, 3)
    }

    pub(super) fn summary(&self) -> Vec<Mistake> {
        let line = |(field, fault): &(Field, Fault)| Mistake {
            target: target(*field),
            text: self.text(*field, *fault),
        };
        self.mistakes.iter().map(line).collect()
    }

    fn fault(&self, field: Field) -> Option<&'static str> {
        let found = self.mistakes.iter().find(|(at, _)| *at == field);
        found.map(|(field, fault)| self.text(*field, *fault))
    }

    fn text(&self, field: Field, fault: Fault) -> &'static str {
        let words = &self.words.details;
        let own = self.field_words(field);
        match fault {
            Fault::Person(fault) => words.person_fault(own, fault),
            Fault::PatientNumber(fault) => (words.number_fault)(fault),
            Fault::Password(PasswordFault::Missing) | Fault::NothingChosen => own.missing,
            Fault::Password(fault) => (words.password_fault)(fault),
        }
    }

    fn field_words(&self, field: Field) -> &'static FieldWords {
        let words = &self.words.details;
        match field {
            Field::FamilyName | Field::PatientFamilyName => &words.family_name,
            Field::GivenName | Field::PatientGivenName => &words.given_name,
            Field::FamilyKana | Field::PatientFamilyKana => &words.family_kana,
            Field::GivenKana | Field::PatientGivenKana => &words.given_kana,
            Field::BirthDate | Field::PatientBirthDate => &words.birth_date,
            Field::Phone => &words.phone,
            Field::PostalCode => &words.postal_code,
            Field::Address => &words.address,
            Field::Relation => &words.relation,
            Field::Hospital => &words.hospital,
            Field::PatientNumber => &words.patient_number,
            Field::Password => &words.password,
            Field::PasswordAgain => &words.password_again,
        }
    }

    fn input<'a>(&self, field: Field, value: &'a str) -> Input<'a> {
        let words = self.field_words(field);
        Input::text(target(field), words.label, words.hint, value).with_fault(self.fault(field))
    }

    pub(super) fn family_name(&self) -> Input<'_> {
        Input {
            autocomplete: "family-name",
            ..self.input(Field::FamilyName, &self.typed.family_name)
        }
    }

    pub(super) fn given_name(&self) -> Input<'_> {
        Input { autocomplete: "given-name", ..self.input(Field::GivenName, &self.typed.given_name) }
    }

    pub(super) fn family_kana(&self) -> Input<'_> {
        self.input(Field::FamilyKana, &self.typed.family_kana)
    }

    pub(super) fn given_kana(&self) -> Input<'_> {
        self.input(Field::GivenKana, &self.typed.given_kana)
    }

    pub(super) fn phone(&self) -> Input<'_> {
        let input = self.input(Field::Phone, &self.typed.phone);
        Input { kind: "tel", autocomplete: "tel-national", width: "middle", ..input }
    }

    pub(super) fn postal_code(&self) -> Input<'_> {
        let input = self.input(Field::PostalCode, &self.typed.postal_code);
        Input { autocomplete: "postal-code", inputmode: "numeric", width: "short", ..input }
    }

    pub(super) fn address(&self) -> Input<'_> {
        Input { autocomplete: "street-address", ..self.input(Field::Address, &self.typed.address) }
    }

    fn birth(&self) -> BirthDateInput<'_> {
        let typed = &self.typed;
        let values = [&*typed.birth_year, &*typed.birth_month, &*typed.birth_day];
        let birth = self.birth_date("birth", Field::BirthDate, values);
        BirthDateInput { autocomplete: ["bday-year", "bday-month", "bday-day"], ..birth }
    }

    fn patient_birth(&self) -> BirthDateInput<'_> {
        let typed = &self.typed.patient;
        let values = [&*typed.birth_year, &*typed.birth_month, &*typed.birth_day];
        self.birth_date("patient_birth", Field::PatientBirthDate, values)
    }

    fn birth_date<'a>(
        &self,
        id: &'static str,
        field: Field,
        values: [&'a str; 3],
    ) -> BirthDateInput<'a> {
        let words = &self.words.details;
        BirthDateInput {
            id,
            label: words.birth_date.label,
            hint: words.birth_date.hint,
            fault: self.fault(field),
            values,
            units: [words.year, words.month, words.day],
            autocomplete: ["off"; 3],
        }
    }

    fn patient_family_name(&self) -> Input<'_> {
        self.input(Field::PatientFamilyName, &self.typed.patient.family_name)
    }

    fn patient_given_name(&self) -> Input<'_> {
        self.input(Field::PatientGivenName, &self.typed.patient.given_name)
    }

    fn patient_family_kana(&self) -> Input<'_> {
        self.input(Field::PatientFamilyKana, &self.typed.patient.family_kana)
    }

    fn patient_given_kana(&self) -> Input<'_> {
        self.input(Field::PatientGivenKana, &self.typed.patient.given_kana)
    }

    fn patient_number(&self) -> Input<'_> {
        let input = self.input(Field::PatientNumber, &self.typed.patient_number);
        Input { inputmode: "numeric", width: "middle", ..input }
    }

    fn password(&self) -> Input<'_> {
        Input { kind: "password", autocomplete: "new-password", ..self.input(Field::Password, "") }
    }

    fn password_again(&self) -> Input<'_> {
        Input {
            kind: "password",
            autocomplete: "new-password",
            ..self.input(Field::PasswordAgain, "")
        }
    }

    fn relations(&self) -> Choices {
        let all = [
            Relation::Myself,
            Relation::Child,
            Relation::Parent,
            Relation::Spouse,
            Relation::Other,
        ];
        let option = |relation: Relation| Choice {
            value: relation.as_str().to_owned(),
            label: (self.words.details.relation_name)(relation).to_owned(),
            chosen: self.typed.relation == relation.as_str(),
        };
        self.choices("relation", Field::Relation, all.into_iter().map(option).collect())
    }

    fn hospitals(&self) -> Choices {
        let hospitals = self.frame.hospitals();
        let option = |hospital: &crate::pages::HospitalLine| Choice {
            value: hospital.code.clone(),
            label: hospital.name.clone(),
            chosen: hospitals.len() == 1 || self.typed.hospital == hospital.code,
        };
        self.choices("hospital", Field::Hospital, hospitals.iter().map(option).collect())
    }

    fn choices(&self, name: &'static str, field: Field, options: Vec<Choice>) -> Choices {
        let words = self.field_words(field);
        Choices { name, label: words.label, hint: words.hint, fault: self.fault(field), options }
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let typed = DetailsTyped {
            family_name: "山田".to_owned(),
            given_name: "花子\"><script>".to_owned(),
            family_kana: "山田".to_owned(),
            birth_year: "昭和25".to_owned(),
            birth_month: "13".to_owned(),
            phone: "12345".to_owned(),
            hospital: "senoo".to_owned(),
            ..DetailsTyped::default()
        };
        let mistakes = vec![
            (Field::FamilyKana, Fault::Person(PersonFault::BadCharacter)),
            (Field::GivenKana, Fault::Person(PersonFault::Missing)),
            (Field::BirthDate, Fault::Person(PersonFault::NotABirthDate)),
            (Field::Phone, Fault::Person(PersonFault::NotAPhone)),
            (Field::Relation, Fault::NothingChosen),
            (Field::PatientFamilyName, Fault::Person(PersonFault::Missing)),
            (Field::PatientBirthDate, Fault::Person(PersonFault::NotABirthDate)),
            (Field::PatientNumber, Fault::PatientNumber(PatientNumberFault::TooLong)),
            (Field::Password, Fault::Password(PasswordFault::TooCommon)),
        ];
        let empty = DetailsTyped { relation: "self".to_owned(), ..DetailsTyped::default() };
        vec![
            Self { words, frame: sample_frame(), typed: empty, mistakes: Vec::new() },
            Self { words, frame: sample_frame(), typed, mistakes },
        ]
    }
}

/// Id of the field that a mistake leads to; for most fields also its name.
const fn target(field: Field) -> &'static str {
    match field {
        Field::FamilyName => "family_name",
        Field::GivenName => "given_name",
        Field::FamilyKana => "family_kana",
        Field::GivenKana => "given_kana",
        Field::BirthDate => "birth_year",
        Field::Phone => "phone",
        Field::PostalCode => "postal_code",
        Field::Address => "address",
        Field::Relation => "relation-1",
        Field::Hospital => "hospital-1",
        Field::PatientFamilyName => "patient_family_name",
        Field::PatientGivenName => "patient_given_name",
        Field::PatientFamilyKana => "patient_family_kana",
        Field::PatientGivenKana => "patient_given_kana",
        Field::PatientBirthDate => "patient_birth_year",
        Field::PatientNumber => "patient_number",
        Field::Password => "password",
        Field::PasswordAgain => "password_again",
    }
}
