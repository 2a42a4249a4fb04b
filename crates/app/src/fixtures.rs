//! Invented payers with entered visits, without a browser: for trying out settlement against any gateway.
//! The command that calls this refuses in production.

use crate::{App, AppError};
use domain::account::{Account, AccountState, PatientLink, PersonDetails};
use domain::card::{Card, CardFacts};
use domain::entry::{CareSetting, Entry, EntryNumber, EntryState};
use domain::group::HospitalCode;
use domain::id::{AccountId, EntryId};
use domain::mail_address::MailAddress;
use domain::patient::Relation;
use domain::time::{Day, Moment};
use domain::user_id::UserId;
use exchange::fixture::InventedPerson;
use store::Tx;
use store::cards::{Flag, Mandate};
use store::entries::Visit;

/// What was made of one invented person; everything that was there already is left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// An account with a card.
    pub account: bool,
    /// An entry for the visit.
    pub entry: bool,
}

/// Whether a patient number has a payer already, who needs no card then.
pub async fn is_known(
    app: &App,
    hospital: &HospitalCode,
    person: &InventedPerson,
) -> Result<bool, AppError> {
    let (hospital, number) = (hospital.clone(), person.patient_number.clone());
    app.store()
        .read(move |reader| {
            Ok(store::patient_links::by_number(reader, &hospital, &number)?.is_some())
        })
        .await
}

/// Makes an account with a card for an invented person, and enters a visit. `card` is needed where the
/// person is not known.
pub async fn visitor(
    app: &App,
    hospital: &HospitalCode,
    person: InventedPerson,
    card: Option<CardFacts>,
    day: Day,
) -> Result<Made, AppError> {
    let (now, ids) = (app.now(), app.ids().clone());
    let hospital = hospital.clone();
    let made = app
        .store()
        .write(move |tx| {
            let known = store::patient_links::by_number(tx, &hospital, &person.patient_number)?;
            let mut made = Made::default();
            let (account, link) = match known {
                Some(link) => (link.account, link.id),
                None => {
                    let card = card.ok_or_else(|| AppError::Inconsistent {
                        what: "an invented payer has no card".to_owned(),
                    })?;
                    made.account = true;
                    let account: AccountId = ids.id(now);
                    let link = PatientLink {
                        id: ids.id(now),
                        account,
                        hospital: hospital.clone(),
                        patient_number: person.patient_number.clone(),
                        relation: Relation::Myself,
                        patient: None,
                    };
                    let card = Card { id: ids.id(now), account, facts: card, saved_at: now };
                    payer(tx, &person, &link, &card, now)?;
                    (account, link.id)
                }
            };
            let blind = store::entries::patient_number_blind(
                tx.keyring(),
                &hospital,
                &person.patient_number,
            );
            let visit =
                Visit { patient_number_blind: blind, day, setting: CareSetting::Outpatient };
            if store::entries::of_visit(tx, &hospital, &visit)?.is_some() {
                return Ok(made);
            }
            made.entry = true;
            let id: EntryId = ids.id(now);
            let serial = store::entries::next_serial(tx, &hospital, day)?;
            let number = match u16::try_from(serial) {
                Ok(serial) => EntryNumber::new(day, serial),
                Err(_above_all_numbers) => None,
            };
            let entry = Entry {
                id,
                number: number.ok_or_else(|| AppError::Inconsistent {
                    what: format!("{hospital} has more entries on {day} than a day can have"),
                })?,
                hospital: hospital.clone(),
                patient_number: person.patient_number,
                visit_day: day,
                setting: CareSetting::Outpatient,
                account,
                link,
                machine: None,
                entered_at: now,
                state: EntryState::Entered,
            };
            store::entries::insert(tx, &entry)?;
            Ok::<_, AppError>(made)
        })
        .await?;
    Ok(made.into_inner())
}

fn payer(
    tx: &mut Tx<'_>,
    person: &InventedPerson,
    link: &PatientLink,
    card: &Card,
    now: Moment,
) -> Result<(), AppError> {
    let hospital = store::groups::hospital(tx, &link.hospital)?
        .ok_or_else(|| AppError::Inconsistent { what: format!("no hospital {}", link.hospital) })?;
    let digits = format!("{:012x}", link.account.number() & 0xFFFF_FFFF_FFFF);
    let mail = format!("fixture-{digits}@example.jp");
    let account = Account {
        id: link.account,
        group: hospital.group,
        user_id: UserId::from_stored(format!("fx{digits}")),
        mail: MailAddress::parse(&mail)
            .map_err(|fault| AppError::Inconsistent { what: format!("{mail}: {fault:?}") })?,
        person: PersonDetails {
            name: person.name.clone(),
            kana: person.kana.clone(),
            birth_date: person.birth_date,
            phone: person.phone.clone(),
            address: person.address.clone(),
        },
        state: AccountState::Active,
        completed_at: now,
    };
    let mandate = Mandate {
        terms_version: "fixture".to_owned(),
        terms_agreed_at: now,
        text_version: "fixture".to_owned(),
        given_at: now,
    };
    // Nobody can sign in to it: this is no hash of any password.
    store::accounts::insert(tx, &account, "fixture")?;
    store::patient_links::insert(tx, link, now)?;
    store::cards::insert(tx, card, Flag::None, &mandate)?;
    Ok(())
}
