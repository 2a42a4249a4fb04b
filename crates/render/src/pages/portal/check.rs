//! The page on which the form of a registration is checked.

use super::{sample_frame, step};
use crate::format;
use crate::pages::Frame;
use crate::pages::parts::Step;
use crate::words::Words;
use askama::Template;
use domain::account::{OtherPatient, PersonDetails};
use domain::patient::{BirthDate, Kana, PersonName, Phone, PostalAddress, Relation};
use domain::time::Day;

/// `/{group}/new/check`: what was filled in, before the card.
#[derive(Template)]
#[template(path = "portal/check.html")]
pub struct CheckPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The address that was proven.
    pub mail: String,
    /// Who the payer is.
    pub person: PersonDetails,
    /// Name of the hospital.
    pub hospital: String,
    /// The patient's number there.
    pub patient_number: String,
    /// Who the patient is to the payer.
    pub relation: Relation,
    /// The patient, where it is not the payer.
    pub patient: Option<OtherPatient>,
    /// The password begins or ends with a blank.
    pub edge_blanks: bool,
}

impl CheckPage {
    fn step(&self) -> Step {
        step(self.words, 4)
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let words = &self.words.details;
        let address = &self.person.address;
        let mut rows = vec![
            (words.name, self.person.name.as_str().to_owned()),
            (words.kana, self.person.kana.as_str().to_owned()),
            (words.birth_date.label, format::day(self.person.birth_date.0)),
            (words.phone.label, format::phone(self.person.phone.as_str())),
            (
                words.address.label,
                format!("〒{} {}", format::postal_code(address.postal_code()), address.lines()),
            ),
            (words.check.mail, self.mail.clone()),
            (words.relation.label, (words.relation_name)(self.relation).to_owned()),
        ];
        if let Some(patient) = &self.patient {
            rows.push((words.patient_name, patient.name.as_str().to_owned()));
            rows.push((words.patient_kana, patient.kana.as_str().to_owned()));
            rows.push((words.patient_birth_date, format::day(patient.birth_date.0)));
        }
        rows.extend([
            (words.hospital.label, self.hospital.clone()),
            (words.patient_number.label, self.patient_number.clone()),
            (words.password.label, words.check.password_set.to_owned()),
        ]);
        rows
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let stored = |text: &str| text.to_owned();
        let page = |edge_blanks| Self {
            words,
            frame: sample_frame(),
            mail: stored("hanako.yamada@example.jp"),
            person: PersonDetails {
                name: PersonName::from_stored(stored("山田 花子")),
                kana: Kana::from_stored(stored("ヤマダ ハナコ")),
                birth_date: BirthDate(Day::from_days_since_1970(-7_215)),
                phone: Phone::from_stored(stored("09012345678")),
                address: PostalAddress::from_stored(
                    stored("7008557"),
                    stored("岡山市北区表町1-2-3 表町ハイツ405"),
                ),
            },
            hospital: stored("岡山市立市民病院"),
            patient_number: stored("00123456"),
            relation: if edge_blanks { Relation::Child } else { Relation::Myself },
            patient: edge_blanks.then(|| OtherPatient {
                name: PersonName::from_stored(stored("山田 太郎")),
                kana: Kana::from_stored(stored("ヤマダ タロウ")),
                birth_date: BirthDate(Day::from_days_since_1970(16_000)),
            }),
            edge_blanks,
        };
        vec![page(false), page(true)]
    }
}
