//! The table `sessions`: browsers that are signed in, and from which networks they were.

use domain::group::GroupSlug;
use domain::id::{AccountId, SessionId};
use domain::time::Moment;
use domain::user_id::UserId;

use crate::columns::{group, id, moment};
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::sealing::Place;
use crate::statement::{Statement, Value};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "sessions.insert",
    "INSERT INTO sessions (id, account, token_hash, network_blind, user_agent_sealed, made_at_ms, touched_at_ms,
                           ends_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
);
const BY_TOKEN: Statement = Statement::new(
    "sessions.by_token",
    "SELECT sessions.id, account, hospital_group, user_id, touched_at_ms, ends_at_ms
     FROM sessions JOIN accounts ON accounts.id = sessions.account
     WHERE token_hash = $1 AND ended_at_ms IS NULL AND accounts.state <> 'closed'",
);
// Never back: of two requests at once the later moment stays.
const TOUCH: Statement = Statement::new(
    "sessions.touch",
    "UPDATE sessions SET touched_at_ms = $2 WHERE id = $1 AND touched_at_ms < $2 AND ended_at_ms IS NULL",
);
const END: Statement = Statement::new(
    "sessions.end",
    "UPDATE sessions SET ended_at_ms = $2 WHERE token_hash = $1 AND ended_at_ms IS NULL",
);
const END_ALL_BUT: Statement = Statement::new(
    "sessions.end_all_but",
    "UPDATE sessions SET ended_at_ms = $2 WHERE account = $1 AND id <> $3 AND ended_at_ms IS NULL",
);
const FROM_NETWORK: Statement = Statement::new(
    "sessions.from_network",
    "SELECT id FROM sessions WHERE account = $1 AND network_blind = $2 AND made_at_ms > $3 LIMIT 1",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&INSERT, &BY_TOKEN, &TOUCH, &END, &END_ALL_BUT, &FROM_NETWORK];

/// A session to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// Of the token in the cookie.
    pub token_hash: &'a str,
    /// The network that it begins from.
    pub network: &'a str,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// When it begins.
    pub now: Moment,
    /// When it ends in any case.
    pub ends_at: Moment,
}

/// A session that nobody has ended. Whether its time is over is the caller's to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The account's group.
    pub group: GroupSlug,
    /// The account's user ID.
    pub user_id: UserId,
    /// When it was last used, to the minute.
    pub touched_at: Moment,
    /// When it ends in any case.
    pub ends_at: Moment,
}

/// Writes a session.
pub fn insert(tx: &mut Tx<'_>, session: &NewSession<'_>) -> Result<(), StoreError> {
    let (id, account) = (session.id.to_string(), session.account.to_string());
    let keyring = tx.keyring();
    let network = network_blind(keyring, session.network);
    let place = Place::new("sessions", "user_agent_sealed", &id);
    let user_agent = keyring.seal(&place, session.user_agent)?;
    let values: [Value<'_>; 7] = [
        (&id).into(),
        (&account).into(),
        session.token_hash.into(),
        (&network).into(),
        (&user_agent).into(),
        session.now.ms().into(),
        session.ends_at.ms().into(),
    ];
    tx.execute_one(&INSERT, &values)
}

/// The session of a token, unless it was ended or its account is closed.
pub fn by_token(reader: &mut Reader<'_>, token_hash: &str) -> Result<Option<Session>, StoreError> {
    let Some(row) = reader.query_opt(&BY_TOKEN, &[token_hash.into()])? else { return Ok(None) };
    Ok(Some(Session {
        id: id(&row, 0)?,
        account: id(&row, 1)?,
        group: group(&row, 2)?,
        user_id: UserId::from_stored(row.text(3)?.to_owned()),
        touched_at: moment(&row, 4)?,
        ends_at: moment(&row, 5)?,
    }))
}

/// Notes that a session is used.
pub fn touch(tx: &mut Tx<'_>, id: SessionId, now: Moment) -> Result<(), StoreError> {
    tx.execute(&TOUCH, &[(&id.to_string()).into(), now.ms().into()]).map(drop)
}

/// Ends the session of a token. `false`: there was none.
pub fn end(tx: &mut Tx<'_>, token_hash: &str, now: Moment) -> Result<bool, StoreError> {
    Ok(tx.execute(&END, &[token_hash.into(), now.ms().into()])? == 1)
}

/// Ends every session of an account but one, and tells how many there were.
pub fn end_all_but(
    tx: &mut Tx<'_>,
    account: AccountId,
    keep: Option<SessionId>,
    now: Moment,
) -> Result<u64, StoreError> {
    let (account, keep) = (account.to_string(), keep.map(|id| id.to_string()).unwrap_or_default());
    tx.execute(&END_ALL_BUT, &[(&account).into(), now.ms().into(), (&keep).into()])
}

/// Whether an account was signed in to from a network since a moment.
pub fn was_from_network(
    reader: &mut Reader<'_>,
    account: AccountId,
    network: &str,
    since: Moment,
) -> Result<bool, StoreError> {
    let blind = network_blind(reader.keyring(), network);
    let account = account.to_string();
    let values = [(&account).into(), (&blind).into(), since.ms().into()];
    Ok(reader.query_opt(&FROM_NETWORK, &values)?.is_some())
}

fn network_blind(keyring: &Keyring, network: &str) -> String {
    keyring.blind("network", network)
}
