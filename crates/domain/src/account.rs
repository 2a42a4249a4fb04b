//! The payer's account and the patients whose bills it pays.

use crate::group::{GroupSlug, HospitalCode};
use crate::id::{AccountId, PatientLinkId};
use crate::mail_address::MailAddress;
use crate::patient::{BirthDate, Kana, PatientNumber, PersonName, Phone, PostalAddress, Relation};
use crate::time::Moment;
use crate::user_id::UserId;

/// Whether an account may be used for new visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It may.
    Active,
    /// A charge has failed for good; new entries stop until another card is registered.
    CardFailed,
    /// The hospital has suspended it.
    Suspended,
    /// Deregistered.
    Closed,
}

impl AccountState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::CardFailed => "card_failed",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::CardFailed, Self::Suspended, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// What a person tells about themselves at registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDetails {
    /// As written.
    pub name: PersonName,
    /// As read.
    pub kana: Kana,
    /// When born.
    pub birth_date: BirthDate,
    /// Telephone.
    pub phone: Phone,
    /// Postal address.
    pub address: PostalAddress,
}

/// What of this a person may change without the desk: everything but the birth date, by which kiosk and desk know them
/// (FAQ Q30).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDetails {
    /// As written.
    pub name: PersonName,
    /// As read.
    pub kana: Kana,
    /// Telephone.
    pub phone: Phone,
    /// Postal address.
    pub address: PostalAddress,
}

impl PersonDetails {
    /// What the person may change.
    #[must_use]
    pub fn own(&self) -> OwnDetails {
        OwnDetails {
            name: self.name.clone(),
            kana: self.kana.clone(),
            phone: self.phone.clone(),
            address: self.address.clone(),
        }
    }
}

/// The payer: signs in, owns the cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id here.
    pub id: AccountId,
    /// The group that it is registered with; it works at every hospital of the group (FAQ Q09).
    pub group: GroupSlug,
    /// Issued by us.
    pub user_id: UserId,
    /// Where notices go.
    pub mail: MailAddress,
    /// Who it is.
    pub person: PersonDetails,
    /// Whether it may be used.
    pub state: AccountState,
    /// When the registration was completed.
    pub completed_at: Moment,
}

/// Account ↔ patient number at one hospital.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientLink {
    /// Its id here.
    pub id: PatientLinkId,
    /// Who pays.
    pub account: AccountId,
    /// Where.
    pub hospital: HospitalCode,
    /// The patient there.
    pub patient_number: PatientNumber,
    /// Who the patient is to the payer.
    pub relation: Relation,
    /// The patient, where it is not the payer.
    pub patient: Option<OtherPatient>,
}

/// A patient whose bills somebody else pays, as papers name them and the desk knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherPatient {
    /// As written.
    pub name: PersonName,
    /// As read.
    pub kana: Kana,
    /// When born.
    pub birth_date: BirthDate,
}

/// When a registration can be used at a hospital (FAQ Q24).
#[must_use]
pub fn usable_from(completed_at: Moment, activation_delay_minutes: u16) -> Moment {
    completed_at.plus_minutes(i64::from(activation_delay_minutes))
}
