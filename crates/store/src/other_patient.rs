//! A patient whose bills somebody else pays, as text, before it is sealed.

use domain::account::OtherPatient;
use domain::patient::{BirthDate, Kana, PersonName};
use domain::time::Day;
use serde::{Deserialize, Serialize};

/// The text. A draft of a registration holds it, too.
#[derive(Serialize, Deserialize)]
pub(crate) struct OtherPatientText {
    name: String,
    kana: String,
    birth_date: String,
}

impl OtherPatientText {
    pub(crate) fn of(patient: &OtherPatient) -> Self {
        Self {
            name: patient.name.as_str().to_owned(),
            kana: patient.kana.as_str().to_owned(),
            birth_date: patient.birth_date.0.to_string(),
        }
    }

    /// # Errors
    ///
    /// What is wrong with it, without the text: it is personal.
    pub(crate) fn read(self) -> Result<OtherPatient, &'static str> {
        let born = Day::parse(&self.birth_date).map_err(|_contents| "the birth date is no day")?;
        Ok(OtherPatient {
            name: PersonName::from_stored(self.name),
            kana: Kana::from_stored(self.kana),
            birth_date: BirthDate(born),
        })
    }
}
