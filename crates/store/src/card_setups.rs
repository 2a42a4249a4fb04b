//! The table `card_setups`: each time that a browser was sent to the gateway's card page, and what
//! became of it. Counted for each mailbox (S-05).

use domain::id::{AccountId, RegistrationId};
use domain::mail_address::MailAddress;
use domain::time::Moment;

use crate::accounts;
use crate::columns::moment;
use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "card_setups.insert",
    "INSERT INTO card_setups (id, registration, account, mail_blind, asked_at_ms, state)
     VALUES ($1, $2, $3, $4, $5, 'promised')",
);
const OPENED: Statement = Statement::new(
    "card_setups.opened",
    "UPDATE card_setups SET state = 'open', gateway_setup = $2, page_url = $3 WHERE id = $1 AND state = 'promised'",
);
const ASKED_SINCE: Statement = Statement::new(
    "card_setups.asked_since",
    "SELECT asked_at_ms FROM card_setups WHERE mail_blind = $1 AND asked_at_ms > $2 ORDER BY asked_at_ms DESC",
);
const LATEST: Statement = Statement::new(
    "card_setups.latest",
    "SELECT id, asked_at_ms, state, page_url, refusal FROM card_setups
     WHERE registration = $1 OR account = $1 ORDER BY asked_at_ms DESC, id DESC LIMIT 1",
);
const BY_GATEWAY: Statement = Statement::new(
    "card_setups.by_gateway",
    "SELECT id, asked_at_ms, state, page_url, refusal FROM card_setups
     WHERE gateway_setup = $2 AND (registration = $1 OR account = $1)",
);
const END: Statement = Statement::new(
    "card_setups.end",
    "UPDATE card_setups SET state = $2, refusal = $3 WHERE id = $1 AND state = 'open'",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&INSERT, &OPENED, &ASKED_SINCE, &LATEST, &BY_GATEWAY, &END];

/// For whom a card is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupOwner {
    /// An account that is not there yet.
    Registration(RegistrationId),
    /// An account that gets another card.
    Account(AccountId),
}

/// The id, which says of which kind it is.
impl std::fmt::Display for SetupOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Registration(id) => id.fmt(f),
            Self::Account(id) => id.fmt(f),
        }
    }
}

/// How far a visit to the card page has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetupState {
    /// The gateway is about to be asked for a page.
    Promised,
    /// The page is there.
    Open {
        /// Where the browser goes.
        page_url: String,
    },
    /// The payer turned back.
    Cancelled,
    /// The card was not taken.
    Refused {
        /// Why, in the words of `app::register`.
        refusal: String,
    },
    /// The card is saved and taken.
    Saved,
}

/// One visit to the card page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Our own name for it.
    pub id: String,
    /// When the gateway was asked for the page.
    pub asked_at: Moment,
    /// How far it has come.
    pub state: SetupState,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<'a> {
    /// The payer turned back.
    Cancelled,
    /// The card was not taken, and why.
    Refused(&'a str),
    /// The card is saved and taken.
    Saved,
}

/// Writes that the gateway is about to be asked for a page.
pub fn insert(
    tx: &mut Tx<'_>,
    id: &str,
    owner: SetupOwner,
    mail: &MailAddress,
    now: Moment,
) -> Result<(), StoreError> {
    let blind = accounts::mail_blind(tx.keyring(), mail);
    let owner_id = owner.to_string();
    let (registration, account) = match owner {
        SetupOwner::Registration(_) => (Some(owner_id.as_str()), None),
        SetupOwner::Account(_) => (None, Some(owner_id.as_str())),
    };
    let values: [Value<'_>; 5] =
        [id.into(), registration.into(), account.into(), (&blind).into(), now.ms().into()];
    tx.execute_one(&INSERT, &values)
}

/// Notes the page that the gateway made.
pub fn opened(
    tx: &mut Tx<'_>,
    id: &str,
    gateway_setup: &str,
    page_url: &str,
) -> Result<(), StoreError> {
    tx.execute_one(&OPENED, &[id.into(), gateway_setup.into(), page_url.into()])
}

/// When pages were asked for by a mailbox since a moment, the latest first.
pub fn asked_since(
    reader: &mut Reader<'_>,
    mail: &MailAddress,
    since: Moment,
) -> Result<Vec<Moment>, StoreError> {
    let blind = accounts::mail_blind(reader.keyring(), mail);
    let rows = reader.query(&ASKED_SINCE, &[(&blind).into(), since.ms().into()])?;
    rows.iter().map(|row| moment(row, 0)).collect()
}

/// The last visit of an owner.
pub fn latest(reader: &mut Reader<'_>, owner: SetupOwner) -> Result<Option<Setup>, StoreError> {
    let owner = owner.to_string();
    reader.query_opt(&LATEST, &[(&owner).into()])?.as_ref().map(setup).transpose()
}

/// The visit that the gateway calls so, if it is this owner's.
pub fn by_gateway(
    reader: &mut Reader<'_>,
    owner: SetupOwner,
    gateway_setup: &str,
) -> Result<Option<Setup>, StoreError> {
    let owner = owner.to_string();
    let row = reader.query_opt(&BY_GATEWAY, &[(&owner).into(), gateway_setup.into()])?;
    row.as_ref().map(setup).transpose()
}

/// Notes how a visit ended. `false`: that was noted before.
pub fn end(tx: &mut Tx<'_>, id: &str, ended: Ended<'_>) -> Result<bool, StoreError> {
    let (state, refusal) = match ended {
        Ended::Cancelled => ("cancelled", None),
        Ended::Refused(why) => ("refused", Some(why)),
        Ended::Saved => ("saved", None),
    };
    let values: [Value<'_>; 3] = [id.into(), state.into(), refusal.into()];
    Ok(tx.execute(&END, &values)? == 1)
}

fn setup(row: &Row) -> Result<Setup, StoreError> {
    let state = match row.text(2)? {
        "promised" => SetupState::Promised,
        "open" => SetupState::Open { page_url: row.text(3)?.to_owned() },
        "cancelled" => SetupState::Cancelled,
        "refused" => SetupState::Refused { refusal: row.text(4)?.to_owned() },
        "saved" => SetupState::Saved,
        _ => return Err(row.corrupt(2, "no state")),
    };
    Ok(Setup { id: row.text(0)?.to_owned(), asked_at: moment(row, 1)?, state })
}
