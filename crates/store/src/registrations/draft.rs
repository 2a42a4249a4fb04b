//! What the form held, and its text before it is sealed.

use crate::other_patient::OtherPatientText;
use domain::account::{OtherPatient, PersonDetails};
use domain::group::HospitalCode;
use domain::patient::{BirthDate, Kana, PatientNumber, PersonName, Phone, PostalAddress, Relation};
use domain::time::Day;
use serde::{Deserialize, Serialize};

/// What the form held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Who the payer is.
    pub person: PersonDetails,
    /// Where the patient number is from.
    pub hospital: HospitalCode,
    /// The patient.
    pub patient_number: PatientNumber,
    /// Who the patient is to the payer.
    pub relation: Relation,
    /// The patient, where it is not the payer.
    pub patient: Option<OtherPatient>,
}

/// A draft as text, before it is sealed.
#[derive(Serialize, Deserialize)]
struct DraftText {
    name: String,
    kana: String,
    birth_date: String,
    phone: String,
    postal_code: String,
    address: String,
    hospital: String,
    patient_number: String,
    relation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patient: Option<OtherPatientText>,
}

impl Draft {
    /// As text.
    pub(super) fn written(&self) -> String {
        let person = &self.person;
        let text = DraftText {
            name: person.name.as_str().to_owned(),
            kana: person.kana.as_str().to_owned(),
            birth_date: person.birth_date.0.to_string(),
            phone: person.phone.as_str().to_owned(),
            postal_code: person.address.postal_code().to_owned(),
            address: person.address.lines().to_owned(),
            hospital: self.hospital.to_string(),
            patient_number: self.patient_number.as_str().to_owned(),
            relation: self.relation.as_str().to_owned(),
            patient: self.patient.as_ref().map(OtherPatientText::of),
        };
        // Nothing in it but texts, so writing it cannot fail; an empty text would be refused when read.
        serde_json::to_string(&text).unwrap_or_default()
    }

    /// Takes a text back.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without the text: it is personal.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let text: DraftText =
            serde_json::from_str(text).map_err(|_contents| "the draft is not JSON of ours")?;
        let born = Day::parse(&text.birth_date).map_err(|_contents| "the birth date is no day")?;
        let hospital =
            HospitalCode::parse(&text.hospital).map_err(|_contents| "the hospital has no code")?;
        Ok(Self {
            person: PersonDetails {
                name: PersonName::from_stored(text.name),
                kana: Kana::from_stored(text.kana),
                birth_date: BirthDate(born),
                phone: Phone::from_stored(text.phone),
                address: PostalAddress::from_stored(text.postal_code, text.address),
            },
            hospital,
            patient_number: PatientNumber::from_stored(text.patient_number),
            relation: Relation::parse(&text.relation).ok_or("there is no such relation")?,
            patient: text.patient.map(OtherPatientText::read).transpose()?,
        })
    }
}
