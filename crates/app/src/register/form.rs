//! The form: name, kana, birth date, telephone, address, patient number, password.

use super::complete::{completed, desk_hospitals};
use super::{Draft, Field, FieldFault, FilledIn, FormPage, FormTyped, Front, PatientTyped};
use crate::ids::token_hash;
use crate::passwords::personal;
use crate::{App, AppError, policy, record};
use domain::account::{OtherPatient, OwnDetails, PersonDetails};
use domain::audit::{Act, Actor};
use domain::group::{Hospital, HospitalCode};
use domain::mail_address::MailAddress;
use domain::password;
use domain::patient::{
    BirthDate, CardLayout, Kana, PatientNumber, PersonFault, PersonName, Phone, PostalAddress,
    Relation,
};
use domain::text;
use domain::time::{Day, Moment};
use store::Reader;
use store::registrations::{self, Registration, RegistrationState};

/// What the form page shows, with what was filled in before.
pub async fn form(app: &App, session_token: &str) -> Result<FormPage, AppError> {
    let (hash, now) = (token_hash(session_token), app.now());
    app.store()
        .read(move |reader| {
            let Some(kept) = under_way(reader, &hash, now)? else { return Ok(FormPage::NoSession) };
            match kept.state {
                RegistrationState::Started | RegistrationState::Superseded => {
                    Ok(FormPage::NoSession)
                }
                RegistrationState::AtDesk => Ok(FormPage::AskDesk(desk_hospitals(reader, &kept)?)),
                RegistrationState::Completed => {
                    Ok(FormPage::AlreadyCompleted(Box::new(completed(reader, &kept)?)))
                }
                RegistrationState::Opened | RegistrationState::FilledIn => {
                    let no_group = || AppError::Inconsistent {
                        what: format!(
                            "{} is of the group {}, which is not there",
                            kept.id, kept.group
                        ),
                    };
                    let group =
                        store::groups::by_slug(reader, &kept.group)?.ok_or_else(no_group)?;
                    let hospitals = store::groups::hospitals_of(reader, &kept.group)?;
                    Ok(FormPage::Form {
                        front: Box::new(Front { group, hospitals }),
                        mail: kept.mail,
                        draft: kept.draft.map(Box::new),
                    })
                }
            }
        })
        .await
}

/// Checks and keeps the form. The same form twice gives the same; a changed one replaces the first
/// for as long as the registration is not completed.
pub async fn fill_in(
    app: &App,
    session_token: &str,
    typed: &FormTyped,
) -> Result<FilledIn, AppError> {
    let (hash, now) = (token_hash(session_token), app.now());
    let read_hash = hash.clone();
    let (mail, layouts) =
        match app.store().read(move |reader| before(reader, &read_hash, now)).await? {
            Before::Ends(filled_in) => return Ok(filled_in),
            Before::Open { mail, layouts } => (mail, layouts),
        };
    let draft = match checked(typed, &mail, &layouts, now.day()) {
        Ok(draft) => draft,
        Err(mistakes) => return Ok(FilledIn::Mistakes(mistakes)),
    };
    let password_hash = app.passwords().hash(&typed.password, app.ids().bytes()).await?;
    let kept = app
        .store()
        .write(move |tx| {
            let Some(kept) = under_way(tx, &hash, now)? else { return Ok(false) };
            if !registrations::fill_in(tx, kept.id, &draft, &password_hash, now)? {
                return Ok(false);
            }
            let id = kept.id.to_string();
            record::act(tx, &kept.group, &Actor::Visitor, Act::RegistrationFilledIn, (&id, now));
            Ok::<_, AppError>(true)
        })
        .await?
        .into_inner();
    if kept {
        return Ok(FilledIn::CardNext { edge_blanks: text::has_edge_blanks(&typed.password) });
    }
    // It ended while the password was hashed, in another tab.
    let hash = token_hash(session_token);
    match app.store().read(move |reader| before(reader, &hash, now)).await? {
        Before::Ends(filled_in) => Ok(filled_in),
        Before::Open { .. } => Ok(FilledIn::NoSession),
    }
}

/// The registration of a browser, unless its time is over.
pub(super) fn under_way(
    reader: &mut Reader<'_>,
    session_hash: &str,
    now: Moment,
) -> Result<Option<Registration>, AppError> {
    let kept = registrations::by_session(reader, session_hash)?;
    Ok(kept.filter(|kept| kept.session_ends_at.is_some_and(|ends_at| now < ends_at)))
}

/// The hospitals that take registrations, and how each writes its patient numbers.
type Layouts = Vec<(HospitalCode, CardLayout)>;

enum Before {
    Ends(FilledIn),
    Open { mail: MailAddress, layouts: Layouts },
}

fn before(reader: &mut Reader<'_>, session_hash: &str, now: Moment) -> Result<Before, AppError> {
    let Some(kept) = under_way(reader, session_hash, now)? else {
        return Ok(Before::Ends(FilledIn::NoSession));
    };
    Ok(match kept.state {
        RegistrationState::Started | RegistrationState::Superseded => {
            Before::Ends(FilledIn::NoSession)
        }
        RegistrationState::AtDesk => {
            Before::Ends(FilledIn::AskDesk(desk_hospitals(reader, &kept)?))
        }
        RegistrationState::Completed => {
            Before::Ends(FilledIn::AlreadyCompleted(Box::new(completed(reader, &kept)?)))
        }
        RegistrationState::Opened | RegistrationState::FilledIn => {
            let hospitals = store::groups::hospitals_of(reader, &kept.group)?;
            Before::Open { mail: kept.mail, layouts: layouts(reader, hospitals, now)? }
        }
    })
}

fn layouts(
    reader: &mut Reader<'_>,
    hospitals: Vec<Hospital>,
    now: Moment,
) -> Result<Layouts, AppError> {
    let mut layouts = Vec::new();
    for hospital in hospitals {
        // A hospital without a policy does not take part yet.
        if let Some(policy) = policy::in_force(reader, &hospital.code, now.day())? {
            layouts.push((hospital.code, policy.card_layout));
        }
    }
    Ok(layouts)
}

/// Reads every field, so that all mistakes are told at once.
fn checked(
    typed: &FormTyped,
    mail: &MailAddress,
    layouts: &Layouts,
    today: Day,
) -> Result<Draft, Vec<(Field, FieldFault)>> {
    let mut mistakes = Mistakes(Vec::new());
    let name = mistakes.name(typed);
    let kana = mistakes.kana(typed);
    let born = BirthDate::parse(&typed.birth_year, &typed.birth_month, &typed.birth_day, today);
    let born = mistakes.person(Field::BirthDate, born);
    let phone = mistakes.phone(typed);
    let address = mistakes.address(typed);
    let relation = mistakes.relation(typed);
    let patient = mistakes.patient(relation, &typed.patient, today);
    let hospital = layouts.iter().find(|(code, _)| code.as_str() == typed.hospital);
    let number = mistakes.number(hospital, &typed.patient_number);
    mistakes.password(typed, &personal(mail, born, phone.as_ref(), number.as_ref()));
    match (name, kana, born, phone, address, hospital, number, relation) {
        (
            Some(name),
            Some(kana),
            Some(birth_date),
            Some(phone),
            Some(address),
            Some((hospital, _)),
            Some(patient_number),
            Some(relation),
        ) if mistakes.0.is_empty() => Ok(Draft {
            person: PersonDetails { name, kana, birth_date, phone, address },
            hospital: hospital.clone(),
            patient_number,
            relation,
            patient,
        }),
        _ => Err(mistakes.0),
    }
}

/// Reads the fields that a person may change later, too; the others are not looked at.
pub(crate) fn own_details(typed: &FormTyped) -> Result<OwnDetails, Vec<(Field, FieldFault)>> {
    let mut mistakes = Mistakes(Vec::new());
    let (name, kana) = (mistakes.name(typed), mistakes.kana(typed));
    let (phone, address) = (mistakes.phone(typed), mistakes.address(typed));
    match (name, kana, phone, address) {
        (Some(name), Some(kana), Some(phone), Some(address)) => {
            Ok(OwnDetails { name, kana, phone, address })
        }
        _ => Err(mistakes.0),
    }
}

/// Mistakes found so far, in the order of the form.
struct Mistakes(Vec<(Field, FieldFault)>);

impl Mistakes {
    fn person<T>(&mut self, field: Field, read: Result<T, PersonFault>) -> Option<T> {
        read.map_err(|fault| self.0.push((field, FieldFault::Person(fault)))).ok()
    }

    fn name(&mut self, typed: &FormTyped) -> Option<PersonName> {
        self.both(
            PersonName::parse,
            (Field::FamilyName, &typed.family_name),
            (Field::GivenName, &typed.given_name),
        )
    }

    fn kana(&mut self, typed: &FormTyped) -> Option<Kana> {
        self.both(
            Kana::parse,
            (Field::FamilyKana, &typed.family_kana),
            (Field::GivenKana, &typed.given_kana),
        )
    }

    fn relation(&mut self, typed: &FormTyped) -> Option<Relation> {
        let relation = Relation::parse(&typed.relation);
        if relation.is_none() {
            self.0.push((Field::Relation, FieldFault::NoRelation));
        }
        relation
    }

    /// Who the patient is, where it is not the payer. What was typed about them is not looked at where it is.
    fn patient(
        &mut self,
        relation: Option<Relation>,
        typed: &PatientTyped,
        today: Day,
    ) -> Option<OtherPatient> {
        if relation.is_none_or(|relation| relation == Relation::Myself) {
            return None;
        }
        let name = self.both(
            PersonName::parse,
            (Field::PatientFamilyName, &typed.family_name),
            (Field::PatientGivenName, &typed.given_name),
        );
        let kana = self.both(
            Kana::parse,
            (Field::PatientFamilyKana, &typed.family_kana),
            (Field::PatientGivenKana, &typed.given_kana),
        );
        let born = BirthDate::parse(&typed.birth_year, &typed.birth_month, &typed.birth_day, today);
        let birth_date = self.person(Field::PatientBirthDate, born);
        Some(OtherPatient { name: name?, kana: kana?, birth_date: birth_date? })
    }

    fn phone(&mut self, typed: &FormTyped) -> Option<Phone> {
        self.person(Field::Phone, Phone::parse(&typed.phone))
    }

    /// Family and given name are read alone, so that the right field is pointed at, and then as one.
    fn both<T>(
        &mut self,
        parse: fn(&str) -> Result<T, PersonFault>,
        family: (Field, &str),
        given: (Field, &str),
    ) -> Option<T> {
        let one = self.person(family.0, parse(family.1));
        let other = self.person(given.0, parse(given.1));
        one.and(other)?;
        self.person(family.0, parse(&format!("{} {}", family.1, given.1)))
    }

    fn address(&mut self, typed: &FormTyped) -> Option<PostalAddress> {
        // Each is read with a good other, to learn which of the two is wrong.
        let postal_code =
            self.person(Field::PostalCode, PostalAddress::parse(&typed.postal_code, "-"));
        let address = self.person(Field::Address, PostalAddress::parse("0000000", &typed.address));
        postal_code.and(address)?;
        self.person(Field::Address, PostalAddress::parse(&typed.postal_code, &typed.address))
    }

    fn number(
        &mut self,
        hospital: Option<&(HospitalCode, CardLayout)>,
        typed: &str,
    ) -> Option<PatientNumber> {
        let Some((_, layout)) = hospital else {
            self.0.push((Field::Hospital, FieldFault::NoHospital));
            return None;
        };
        PatientNumber::parse(typed, layout)
            .map_err(|fault| self.0.push((Field::PatientNumber, FieldFault::PatientNumber(fault))))
            .ok()
    }

    fn password(&mut self, typed: &FormTyped, personal: &[String]) {
        let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
        if let Some(fault) = password::fault_in(&typed.password, &typed.password_again, &personal) {
            let field = match fault {
                password::PasswordFault::RepeatedDifferently => Field::PasswordAgain,
                password::PasswordFault::Missing
                | password::PasswordFault::TooShort
                | password::PasswordFault::TooLong
                | password::PasswordFault::TooCommon
                | password::PasswordFault::TooPersonal => Field::Password,
            };
            self.0.push((field, FieldFault::Password(fault)));
        }
    }
}
