//! What an account's owner sees of it: themselves, their patients, their card, their visits.

use crate::register::{self, UsableFrom};
use crate::{App, AppError, visits};
use domain::account::{Account, AccountState, PatientLink};
use domain::card::Expiry;
use domain::id::{AccountId, ChargeId, EntryId, ReceiptId};
use domain::mail_address::MailAddress;
use domain::patient::{PatientNumber, PersonName, Relation};
use domain::time::{Day, Moment};
use domain::user_id::UserId;
use domain::yen::Yen;
use store::Reader;

/// The page `/{group}/me/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The payer.
    pub name: PersonName,
    /// For signing in.
    pub user_id: UserId,
    /// Where notices go.
    pub mail: MailAddress,
    /// Whether new visits can be paid later.
    pub state: AccountState,
    /// Whose bills are paid, and where.
    pub patients: Vec<PatientLine>,
    /// The card that is charged.
    pub card: Option<CardLine>,
    /// What may be charged for a visit without asking; `None`: anything.
    pub ceiling: Option<Yen>,
    /// Latest visit first.
    pub visits: Vec<VisitLine>,
}

/// A patient at a hospital.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientLine {
    /// Name of the hospital.
    pub hospital: String,
    /// Number there.
    pub patient_number: PatientNumber,
    /// Who the patient is to the payer.
    pub relation: Relation,
    /// Their name, where it is not the payer.
    pub name: Option<PersonName>,
    /// From when this hospital can be paid later (FAQ Q24).
    pub usable_from: Moment,
}

/// What may be shown of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardLine {
    /// `VISA`, `JCB`.
    pub brand: String,
    /// The only digits that are kept.
    pub last_four: String,
    /// Last month of use.
    pub expiry: Expiry,
    /// Whether that month is over.
    pub expired: bool,
}

/// How far a visit has come, in patients' terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitState {
    /// Entered; the hospital has not told the amount yet.
    AmountNotKnown,
    /// The amount is known and will be charged on the due day.
    WillBeCharged,
    /// The charge is on its way; nobody knows its end yet.
    BeingCharged,
    /// Above the payer's ceiling: waits for their consent.
    WaitsForConsent,
    /// Paid.
    Paid,
    /// Paid, and a part has gone back to the card.
    PartRefunded,
    /// Paid, and all of it has gone back to the card.
    Refunded,
    /// Nothing was to be paid.
    NothingToPay,
    /// The card could not be charged; it will be tried again.
    WillBeTriedAgain,
    /// The card could not be charged; to be paid at the windows.
    PayAtDesk,
    /// Paid at the windows, or the visit was called off.
    PaidOtherwise,
}

/// One visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitLine {
    /// Its entry.
    pub entry: EntryId,
    /// The day of the visit.
    pub visit_day: Day,
    /// Name of the hospital.
    pub hospital: String,
    /// How far it has come.
    pub state: VisitState,
    /// What is or was to be paid, once the hospital has told.
    pub amount: Option<Yen>,
    /// The day on which the card is charged.
    pub due_on: Option<Day>,
    /// When we ask the gateway again, where its answer is awaited.
    pub next_news: Option<Moment>,
    /// The day on which it was.
    pub paid_on: Option<Day>,
    /// The receipt, once there is one.
    pub receipt: Option<ReceiptId>,
    /// The charge that waits for the payer's consent.
    pub consent: Option<ChargeId>,
}

/// Everything that the owner sees; `None`: there is no such account (any more).
pub async fn overview(app: &App, account: AccountId) -> Result<Option<Overview>, AppError> {
    let today = app.now().day();
    app.store()
        .read(move |reader| {
            let kept = store::accounts::by_id(reader, account)?;
            let Some(kept) = kept.filter(|kept| kept.state != AccountState::Closed) else {
                return Ok(None);
            };
            let usable = register::all_usable_from(reader, &kept.group, kept.completed_at)?;
            let patients = patients(reader, &kept, &usable)?;
            let card = store::cards::current_of(reader, account)?.map(|card| CardLine {
                brand: card.facts.brand,
                last_four: card.facts.last_four,
                expired: card.facts.expiry.is_over(today),
                expiry: card.facts.expiry,
            });
            Ok(Some(Overview {
                name: kept.person.name,
                user_id: kept.user_id,
                mail: kept.mail,
                state: kept.state,
                patients,
                card,
                ceiling: store::consents::ceiling(reader, account)?,
                visits: visits::of_account(reader, account)?,
            }))
        })
        .await
}

fn patients(
    reader: &mut Reader<'_>,
    account: &Account,
    usable: &[UsableFrom],
) -> Result<Vec<PatientLine>, AppError> {
    let links = store::patient_links::of_account(reader, account.id)?;
    let line = |link: PatientLink| {
        let at = usable.iter().find(|at| at.code == link.hospital);
        PatientLine {
            hospital: at.map_or_else(|| link.hospital.to_string(), |at| at.hospital.clone()),
            patient_number: link.patient_number,
            relation: link.relation,
            name: link.patient.map(|other| other.name),
            usable_from: at.map_or(account.completed_at, |at| at.from),
        }
    };
    Ok(links.into_iter().map(line).collect())
}
