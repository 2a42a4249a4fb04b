//! The tables `ceilings`, `consents` and `decisions`: what payers have agreed to, and what two of the staff
//! have seen.

use domain::id::{AccountId, ChargeId};
use domain::time::Moment;
use domain::yen::Yen;

use crate::columns::{moment, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const SET_CEILING: Statement = Statement::new(
    "ceilings.set",
    "INSERT INTO ceilings (account, ceiling, set_at_ms) VALUES ($1, $2, $3)
     ON CONFLICT (account) DO UPDATE SET ceiling = excluded.ceiling, set_at_ms = excluded.set_at_ms",
);
const LIFT_CEILING: Statement =
    Statement::new("ceilings.lift", "DELETE FROM ceilings WHERE account = $1");
const CEILING: Statement =
    Statement::new("ceilings.of_account", "SELECT ceiling FROM ceilings WHERE account = $1");
const GIVE: Statement = Statement::new(
    "consents.give",
    "INSERT INTO consents (charge_id, amount, given_by, given_at_ms) VALUES ($1, $2, $3, $4)
     ON CONFLICT (charge_id, amount) DO NOTHING",
);
const GIVEN: Statement = Statement::new(
    "consents.given",
    "SELECT charge_id FROM consents WHERE charge_id = $1 AND amount = $2",
);
const PROPOSE: Statement = Statement::new(
    "decisions.propose",
    "INSERT INTO decisions (charge_id, generation, finding, attached, proposed_by, proposed_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (charge_id, generation) DO UPDATE
     SET finding = excluded.finding, attached = excluded.attached, proposed_by = excluded.proposed_by,
        proposed_at_ms = excluded.proposed_at_ms
     WHERE decisions.seconded_by IS NULL",
);
const SECOND: Statement = Statement::new(
    "decisions.second",
    "UPDATE decisions SET seconded_by = $3, seconded_at_ms = $4
     WHERE charge_id = $1 AND generation = $2 AND seconded_by IS NULL AND proposed_by <> $3",
);
const DECISION: Statement = Statement::new(
    "decisions.of_charge",
    "SELECT generation, finding, attached, proposed_by, proposed_at_ms, seconded_by FROM decisions
     WHERE charge_id = $1 ORDER BY generation DESC LIMIT 1",
);

/// Every statement of this module.
pub const ALL: &[&Statement] =
    &[&SET_CEILING, &LIFT_CEILING, &CEILING, &GIVE, &GIVEN, &PROPOSE, &SECOND, &DECISION];

/// What one of the staff found out about an unclear attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// About which attempt.
    pub generation: i64,
    /// As JSON: what they say the gateway did.
    pub finding: String,
    /// What they saw: a name of a document, a quotation of the gateway's screen.
    pub attached: String,
    /// Who.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Moment,
    /// The second person, once there is one.
    pub seconded_by: Option<String>,
}

/// Sets what an account may be charged for one visit without being asked; `None` lifts it.
pub fn set_ceiling(
    tx: &mut Tx<'_>,
    account: AccountId,
    ceiling: Option<Yen>,
    now: Moment,
) -> Result<(), StoreError> {
    let account = account.to_string();
    match ceiling {
        Some(ceiling) => {
            let values = [(&account).into(), ceiling.amount().into(), now.ms().into()];
            tx.execute(&SET_CEILING, &values).map(drop)
        }
        None => tx.execute(&LIFT_CEILING, &[(&account).into()]).map(drop),
    }
}

/// The ceiling of an account, if it has set one.
pub fn ceiling(reader: &mut Reader<'_>, account: AccountId) -> Result<Option<Yen>, StoreError> {
    let row = reader.query_opt(&CEILING, &[(&account.to_string()).into()])?;
    row.as_ref().map(|row| yen(row, 0)).transpose()
}

/// Keeps a consent to an amount of a charge.
pub fn give(
    tx: &mut Tx<'_>,
    charge: ChargeId,
    amount: Yen,
    by: &str,
    now: Moment,
) -> Result<(), StoreError> {
    let charge = charge.to_string();
    let values = [(&charge).into(), amount.amount().into(), by.into(), now.ms().into()];
    tx.execute(&GIVE, &values).map(drop)
}

/// Whether somebody has agreed to this amount of a charge.
pub fn is_given(
    reader: &mut Reader<'_>,
    charge: ChargeId,
    amount: Yen,
) -> Result<bool, StoreError> {
    let charge = charge.to_string();
    Ok(reader.query_opt(&GIVEN, &[(&charge).into(), amount.amount().into()])?.is_some())
}

/// Keeps what somebody found out, in place of what nobody has seconded. `false` when it is decided.
pub fn propose(tx: &mut Tx<'_>, charge: ChargeId, decision: &Decision) -> Result<bool, StoreError> {
    let charge = charge.to_string();
    let values = [
        (&charge).into(),
        decision.generation.into(),
        (&decision.finding).into(),
        (&decision.attached).into(),
        (&decision.proposed_by).into(),
        decision.proposed_at.ms().into(),
    ];
    Ok(tx.execute(&PROPOSE, &values)? == 1)
}

/// Adds the second person. `false` when it is the first one, or when there is nothing to second.
pub fn second(
    tx: &mut Tx<'_>,
    charge: ChargeId,
    generation: i64,
    by: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    let charge = charge.to_string();
    let values = [(&charge).into(), generation.into(), by.into(), now.ms().into()];
    Ok(tx.execute(&SECOND, &values)? == 1)
}

/// The latest decision about a charge.
pub fn decision(reader: &mut Reader<'_>, charge: ChargeId) -> Result<Option<Decision>, StoreError> {
    let row = reader.query_opt(&DECISION, &[(&charge.to_string()).into()])?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Decision, StoreError> {
    Ok(Decision {
        generation: row.int(0)?,
        finding: row.text(1)?.to_owned(),
        attached: row.text(2)?.to_owned(),
        proposed_by: row.text(3)?.to_owned(),
        proposed_at: moment(row, 4)?,
        seconded_by: row.opt_text(5)?.map(str::to_owned),
    })
}
