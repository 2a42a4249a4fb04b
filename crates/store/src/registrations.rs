//! The tables `registrations`, `application_urls` and `mailboxes`: the way from a mail address to an
//! account. What was filled in is sealed as a whole and goes when the account is there.

mod draft;

use domain::group::GroupSlug;
use domain::id::{AccountId, RegistrationId};
use domain::mail_address::MailAddress;
use domain::time::Moment;

use crate::accounts;
use crate::columns::{self, moment, opt_id, word};
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::sealing::Place;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

pub use draft::Draft;

const TABLE: &str = "registrations";

const INSERT: Statement = Statement::new(
    "registrations.insert",
    "INSERT INTO registrations (id, hospital_group, state, mail_sealed, mail_blind, state_hash, terms_version,
                                terms_agreed_at_ms)
     VALUES ($1, $2, 'started', $3, $4, $5, $6, $7)",
);
const INSERT_URL: Statement = Statement::new(
    "registrations.insert_url",
    "INSERT INTO application_urls (token_hash, registration, mail_blind, made_at_ms, ends_at_ms)
     VALUES ($1, $2, $3, $4, $5)",
);
const BY_STATE: Statement = Statement::new(
    "registrations.by_state_token",
    "SELECT id, hospital_group, state, mail_sealed, terms_version, terms_agreed_at_ms, session_hash,
            session_ends_at_ms, draft_sealed, password_hash, account
     FROM registrations WHERE state_hash = $1",
);
const BY_ID: Statement = Statement::new(
    "registrations.by_id",
    "SELECT id, hospital_group, state, mail_sealed, terms_version, terms_agreed_at_ms, session_hash,
            session_ends_at_ms, draft_sealed, password_hash, account
     FROM registrations WHERE id = $1",
);
const BY_SESSION: Statement = Statement::new(
    "registrations.by_session",
    "SELECT id, hospital_group, state, mail_sealed, terms_version, terms_agreed_at_ms, session_hash,
            session_ends_at_ms, draft_sealed, password_hash, account
     FROM registrations WHERE session_hash = $1",
);
const BY_URL: Statement = Statement::new(
    "registrations.by_url",
    "SELECT id, hospital_group, state, mail_sealed, terms_version, terms_agreed_at_ms, session_hash,
            session_ends_at_ms, draft_sealed, password_hash, account, ends_at_ms
     FROM application_urls JOIN registrations ON registrations.id = application_urls.registration
     WHERE token_hash = $1",
);
const URLS_SINCE: Statement = Statement::new(
    "registrations.urls_since",
    "SELECT made_at_ms FROM application_urls WHERE mail_blind = $1 AND made_at_ms > $2 ORDER BY made_at_ms DESC",
);
const HOLD_MAILBOX: Statement = Statement::new(
    "registrations.hold_mailbox",
    "INSERT INTO mailboxes (mail_blind, held_at_ms) VALUES ($1, $2)
     ON CONFLICT (mail_blind) DO UPDATE SET held_at_ms = excluded.held_at_ms",
);
const OPEN: Statement = Statement::new(
    "registrations.open",
    "UPDATE registrations SET state = 'opened', session_hash = $2, session_ends_at_ms = $3
     WHERE id = $1 AND state = 'started'",
);
const FILL_IN: Statement = Statement::new(
    "registrations.fill_in",
    "UPDATE registrations SET state = 'filled_in', draft_sealed = $2, password_hash = $3, filled_in_at_ms = $4
     WHERE id = $1 AND state IN ('opened', 'filled_in')",
);
// Changes nothing but holds the row: of two that want to complete it, the second waits here.
const HOLD_FILLED_IN: Statement = Statement::new(
    "registrations.hold_filled_in",
    "UPDATE registrations SET state = 'filled_in' WHERE id = $1 AND state = 'filled_in'",
);
const COMPLETE: Statement = Statement::new(
    "registrations.complete",
    "UPDATE registrations SET state = 'completed', account = $2, ended_at_ms = $3, draft_sealed = NULL,
                              password_hash = NULL
     WHERE id = $1 AND state = 'filled_in'",
);
const STOP: Statement = Statement::new(
    "registrations.stop",
    "UPDATE registrations SET state = $2, ended_at_ms = $3,
         draft_sealed = CASE WHEN $2 = 'at_desk' THEN draft_sealed END,
         password_hash = CASE WHEN $2 = 'at_desk' THEN password_hash END
     WHERE id = $1 AND state = 'filled_in'",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &INSERT,
    &INSERT_URL,
    &BY_ID,
    &BY_STATE,
    &BY_SESSION,
    &BY_URL,
    &URLS_SINCE,
    &HOLD_MAILBOX,
    &OPEN,
    &FILL_IN,
    &HOLD_FILLED_IN,
    &COMPLETE,
    &STOP,
];

/// How far a registration has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationState {
    /// A mail was promised.
    Started,
    /// Its URL was opened.
    Opened,
    /// The form is filled in; the card comes next.
    FilledIn,
    /// The windows must look at it.
    AtDesk,
    /// Its mailbox got an account by another registration.
    Superseded,
    /// The account is there.
    Completed,
}

impl RegistrationState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Opened => "opened",
            Self::FilledIn => "filled_in",
            Self::AtDesk => "at_desk",
            Self::Superseded => "superseded",
            Self::Completed => "completed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::Started,
            Self::Opened,
            Self::FilledIn,
            Self::AtDesk,
            Self::Superseded,
            Self::Completed,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }
}

/// A registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// With which group.
    pub group: GroupSlug,
    /// How far it has come.
    pub state: RegistrationState,
    /// The address that the URL goes to.
    pub mail: MailAddress,
    /// Version of the terms that were agreed to.
    pub terms_version: String,
    /// When they were.
    pub terms_agreed_at: Moment,
    /// The hash of the browser's token, once opened.
    pub session_hash: Option<String>,
    /// Until when that browser can go on.
    pub session_ends_at: Option<Moment>,
    /// What was filled in, until the account is there.
    pub draft: Option<Draft>,
    /// The hash of the chosen password, until the account is there.
    pub password_hash: Option<String>,
    /// The account, once there.
    pub account: Option<AccountId>,
}

/// A registration to be written.
#[derive(Debug, Clone)]
pub struct NewRegistration<'a> {
    /// Its id.
    pub id: RegistrationId,
    /// With which group.
    pub group: &'a GroupSlug,
    /// The address that the URL goes to.
    pub mail: &'a MailAddress,
    /// Of the token by which the browser asks for another mail.
    pub state_hash: &'a str,
    /// Version of the terms.
    pub terms_version: &'a str,
    /// When they were agreed to.
    pub now: Moment,
}

/// An application URL to be written.
#[derive(Debug, Clone)]
pub struct NewUrl<'a> {
    /// Of the token in it.
    pub token_hash: &'a str,
    /// Where it leads.
    pub registration: RegistrationId,
    /// The address that it goes to.
    pub mail: &'a MailAddress,
    /// When it is made.
    pub now: Moment,
    /// When it ends.
    pub ends_at: Moment,
}

/// Writes a registration.
pub fn insert(tx: &mut Tx<'_>, new: &NewRegistration<'_>) -> Result<(), StoreError> {
    let id = new.id.to_string();
    let keyring = tx.keyring();
    let mail = keyring.seal(&Place::new(TABLE, "mail_sealed", &id), &new.mail.to_string())?;
    let blind = accounts::mail_blind(keyring, new.mail);
    let values: [Value<'_>; 7] = [
        (&id).into(),
        new.group.as_str().into(),
        (&mail).into(),
        (&blind).into(),
        new.state_hash.into(),
        new.terms_version.into(),
        new.now.ms().into(),
    ];
    tx.execute_one(&INSERT, &values)
}

/// Writes an application URL.
pub fn insert_url(tx: &mut Tx<'_>, new: &NewUrl<'_>) -> Result<(), StoreError> {
    let id = new.registration.to_string();
    let blind = accounts::mail_blind(tx.keyring(), new.mail);
    let values: [Value<'_>; 5] = [
        new.token_hash.into(),
        (&id).into(),
        (&blind).into(),
        new.now.ms().into(),
        new.ends_at.ms().into(),
    ];
    tx.execute_one(&INSERT_URL, &values)
}

/// One registration.
pub fn by_id(
    reader: &mut Reader<'_>,
    id: RegistrationId,
) -> Result<Option<Registration>, StoreError> {
    let keyring = reader.keyring();
    let row = reader.query_opt(&BY_ID, &[(&id.to_string()).into()])?;
    row.map(|row| registration(keyring, &row)).transpose()
}

/// The registration that a browser started.
pub fn by_state_token(
    reader: &mut Reader<'_>,
    state_hash: &str,
) -> Result<Option<Registration>, StoreError> {
    let keyring = reader.keyring();
    let row = reader.query_opt(&BY_STATE, &[state_hash.into()])?;
    row.map(|row| registration(keyring, &row)).transpose()
}

/// The registration that a browser opened.
pub fn by_session(
    reader: &mut Reader<'_>,
    session_hash: &str,
) -> Result<Option<Registration>, StoreError> {
    let keyring = reader.keyring();
    let row = reader.query_opt(&BY_SESSION, &[session_hash.into()])?;
    row.map(|row| registration(keyring, &row)).transpose()
}

/// Where an application URL leads, and when it ends.
pub fn by_url(
    reader: &mut Reader<'_>,
    token_hash: &str,
) -> Result<Option<(Registration, Moment)>, StoreError> {
    let keyring = reader.keyring();
    let Some(row) = reader.query_opt(&BY_URL, &[token_hash.into()])? else { return Ok(None) };
    Ok(Some((registration(keyring, &row)?, moment(&row, 11)?)))
}

/// When URLs were made for a mailbox since a moment, the latest first.
pub fn urls_since(
    reader: &mut Reader<'_>,
    mail: &MailAddress,
    since: Moment,
) -> Result<Vec<Moment>, StoreError> {
    let blind = accounts::mail_blind(reader.keyring(), mail);
    let rows = reader.query(&URLS_SINCE, &[(&blind).into(), since.ms().into()])?;
    rows.iter().map(|row| moment(row, 0)).collect()
}

/// Holds a mailbox to the end of the transaction: whoever counts what it has had and then adds to it
/// must not have another do the same at once.
pub fn hold_mailbox(tx: &mut Tx<'_>, mail: &MailAddress, now: Moment) -> Result<(), StoreError> {
    let blind = accounts::mail_blind(tx.keyring(), mail);
    tx.execute_one(&HOLD_MAILBOX, &[(&blind).into(), now.ms().into()])
}

/// Binds a registration to the browser that opened its URL. `false`: another was first.
pub fn open(
    tx: &mut Tx<'_>,
    id: RegistrationId,
    session_hash: &str,
    ends_at: Moment,
) -> Result<bool, StoreError> {
    let id = id.to_string();
    let values = [(&id).into(), session_hash.into(), ends_at.ms().into()];
    Ok(tx.execute(&OPEN, &values)? == 1)
}

/// Keeps the form. `false`: the registration has ended meanwhile.
pub fn fill_in(
    tx: &mut Tx<'_>,
    id: RegistrationId,
    draft: &Draft,
    password_hash: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    let id = id.to_string();
    let sealed = tx.keyring().seal(&Place::new(TABLE, "draft_sealed", &id), &draft.written())?;
    let values = [(&id).into(), (&sealed).into(), password_hash.into(), now.ms().into()];
    Ok(tx.execute(&FILL_IN, &values)? == 1)
}

/// Holds a registration whose form is filled in to the end of the transaction. `false`: it has ended.
pub fn hold_filled_in(tx: &mut Tx<'_>, id: RegistrationId) -> Result<bool, StoreError> {
    Ok(tx.execute(&HOLD_FILLED_IN, &[(&id.to_string()).into()])? == 1)
}

/// Ends a registration with its account; what was filled in goes.
pub fn complete(
    tx: &mut Tx<'_>,
    id: RegistrationId,
    account: AccountId,
    now: Moment,
) -> Result<(), StoreError> {
    tx.execute_one(
        &COMPLETE,
        &[(&id.to_string()).into(), (&account.to_string()).into(), now.ms().into()],
    )
}

/// Ends a registration without an account: for the windows (they need what was filled in), or because
/// its mailbox has an account by now.
pub fn stop(
    tx: &mut Tx<'_>,
    id: RegistrationId,
    state: RegistrationState,
    now: Moment,
) -> Result<(), StoreError> {
    tx.execute_one(&STOP, &[(&id.to_string()).into(), state.as_str().into(), now.ms().into()])
}

fn registration(keyring: &Keyring, row: &Row) -> Result<Registration, StoreError> {
    let key = row.text(0)?;
    let mail = keyring.open(&Place::new(TABLE, "mail_sealed", key), row.text(3)?)?;
    let draft = match row.opt_text(8)? {
        Some(sealed) => {
            let text = keyring.open(&Place::new(TABLE, "draft_sealed", key), sealed)?;
            Some(Draft::read(&text).map_err(|why| row.corrupt(8, why))?)
        }
        None => None,
    };
    Ok(Registration {
        id: columns::id(row, 0)?,
        group: columns::group(row, 1)?,
        state: word(row, 2, RegistrationState::parse, "state of a registration")?,
        mail: MailAddress::parse(&mail).map_err(|_text| row.corrupt(3, "no mail address"))?,
        terms_version: row.text(4)?.to_owned(),
        terms_agreed_at: moment(row, 5)?,
        session_hash: row.opt_text(6)?.map(str::to_owned),
        session_ends_at: row.opt_int(7)?.map(Moment::from_ms),
        draft,
        password_hash: row.opt_text(9)?.map(str::to_owned),
        account: opt_id(row, 10)?,
    })
}
