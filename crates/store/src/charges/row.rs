//! A row of `charges` and the charge that it holds.

use domain::charge::{
    ActionRequired, AwaitingConsent, Charge, Closed, Due, FrozenBill, Intended, Obligation, Paid,
    ReturnedToDesk, Scheduled, Sent, Unknown,
};
use domain::charge_state::{ChargeState, ReturnReason};
use domain::evidence::DisputeStage;

use super::StoredCharge;
use crate::attempts;
use crate::columns::{day, hospital, id, moment, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::Reader;

pub(super) const BILLS: Statement = Statement::new(
    "charge_bills.of_charge",
    "SELECT bill_id, revision, amount, received FROM charge_bills WHERE charge_id = $1 ORDER BY bill_id",
);

/// What of a charge depends on its state.
#[derive(Default)]
pub(super) struct Columns {
    generation: i64,
    declines: i64,
    enquiries: i64,
    not_before: Option<i64>,
    sent_at: Option<i64>,
    reference: Option<String>,
    paid_at: Option<i64>,
    reason: Option<&'static str>,
    refunded: i64,
    dispute: Option<&'static str>,
    until: Option<i64>,
}

impl Columns {
    pub(super) fn of(charge: &Charge) -> Self {
        match charge {
            Charge::Withdrawn(closed) | Charge::SettledZero(closed) => {
                Self { generation: closed.generation, declines: closed.declines, ..Self::default() }
            }
            Charge::Scheduled(scheduled) => {
                Self { not_before: Some(scheduled.not_before.ms()), ..Self::default() }
            }
            Charge::Due(due) => Self {
                generation: due.generation,
                declines: due.declines,
                not_before: Some(due.not_before.ms()),
                ..Self::default()
            },
            Charge::Intended(intended) => Self {
                generation: intended.attempt.generation,
                declines: intended.declines,
                ..Self::default()
            },
            Charge::Sent(sent) => Self {
                generation: sent.attempt.generation,
                declines: sent.declines,
                sent_at: Some(sent.sent_at.ms()),
                ..Self::default()
            },
            Charge::Unknown(unknown) => Self {
                generation: unknown.attempt.generation,
                declines: unknown.declines,
                sent_at: Some(unknown.sent_at.ms()),
                enquiries: unknown.enquiries,
                ..Self::default()
            },
            Charge::AwaitingConsent(waiting) => Self {
                generation: waiting.generation,
                declines: waiting.declines,
                until: Some(waiting.until.ms()),
                ..Self::default()
            },
            Charge::ActionRequired(waiting) => Self {
                generation: waiting.generation,
                declines: waiting.declines,
                until: Some(waiting.until.ms()),
                ..Self::default()
            },
            Charge::Paid(paid) => Self {
                generation: paid.generation,
                reference: Some(paid.reference.clone()),
                paid_at: Some(paid.paid_at.ms()),
                refunded: paid.refunded.amount(),
                dispute: paid.dispute.map(DisputeStage::as_str),
                ..Self::default()
            },
            Charge::ReturnedToDesk(returned) => Self {
                generation: returned.generation,
                reason: Some(returned.reason.as_str()),
                ..Self::default()
            },
        }
    }

    pub(super) fn values(&self) -> [Value<'_>; 11] {
        [
            self.generation.into(),
            self.declines.into(),
            self.enquiries.into(),
            self.not_before.into(),
            self.sent_at.into(),
            self.reference.as_deref().into(),
            self.paid_at.into(),
            self.reason.into(),
            self.refunded.into(),
            self.dispute.into(),
            self.until.into(),
        ]
    }
}

fn obligation(reader: &mut Reader<'_>, row: &Row) -> Result<Obligation, StoreError> {
    let bills = reader.query(&BILLS, &[row.text(0)?.into()])?;
    let bills = bills
        .iter()
        .map(|bill| {
            Ok(FrozenBill {
                bill: id(bill, 0)?,
                revision: bill.int(1)?,
                amount: yen(bill, 2)?,
                received: yen(bill, 3)?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Obligation {
        charge: id(row, 0)?,
        entry: id(row, 1)?,
        sequence: row.int(2)?,
        hospital: hospital(row, 3)?,
        account: id(row, 4)?,
        due_on: day(row, 5)?,
        bills,
        covered: yen(row, 17)?,
        amount: yen(row, 6)?,
    })
}

pub(super) fn read(reader: &mut Reader<'_>, row: &Row) -> Result<StoredCharge, StoreError> {
    let obligation = obligation(reader, row)?;
    let state = word(row, 7, ChargeState::parse, "state of a charge")?;
    let (generation, declines) = (row.int(8)?, row.int(9)?);
    let charge = match state {
        ChargeState::Scheduled => {
            Charge::Scheduled(Scheduled { obligation, not_before: moment(row, 11)? })
        }
        ChargeState::Withdrawn => Charge::Withdrawn(Closed { obligation, generation, declines }),
        ChargeState::SettledZero => {
            Charge::SettledZero(Closed { obligation, generation, declines })
        }
        ChargeState::Due => {
            Charge::Due(Due { obligation, generation, declines, not_before: moment(row, 11)? })
        }
        ChargeState::Intended => {
            let attempt = attempts::must_exist(reader, obligation.charge, generation)?;
            Charge::Intended(Intended { obligation, attempt, declines })
        }
        ChargeState::Sent => {
            let attempt = attempts::must_exist(reader, obligation.charge, generation)?;
            Charge::Sent(Sent { obligation, attempt, declines, sent_at: moment(row, 12)? })
        }
        ChargeState::Unknown => {
            let attempt = attempts::must_exist(reader, obligation.charge, generation)?;
            let (sent_at, enquiries) = (moment(row, 12)?, row.int(10)?);
            Charge::Unknown(Unknown { obligation, attempt, declines, sent_at, enquiries })
        }
        ChargeState::AwaitingConsent => {
            let until = moment(row, 20)?;
            Charge::AwaitingConsent(AwaitingConsent { obligation, generation, declines, until })
        }
        ChargeState::ActionRequired => {
            let until = moment(row, 20)?;
            Charge::ActionRequired(ActionRequired { obligation, generation, declines, until })
        }
        ChargeState::Paid
        | ChargeState::PartRefunded
        | ChargeState::Refunded
        | ChargeState::Disputed => Charge::Paid(Paid {
            obligation,
            generation,
            reference: row.text(13)?.to_owned(),
            paid_at: moment(row, 14)?,
            refunded: yen(row, 18)?,
            dispute: match row.opt_text(19)? {
                None => None,
                Some(_) => Some(word(row, 19, DisputeStage::parse, "stage of a dispute")?),
            },
        }),
        ChargeState::ReturnedToDesk => {
            let reason = word(row, 15, ReturnReason::parse, "reason of a return")?;
            Charge::ReturnedToDesk(ReturnedToDesk { obligation, generation, reason })
        }
    };
    Ok(StoredCharge { charge, version: row.int(16)? })
}
