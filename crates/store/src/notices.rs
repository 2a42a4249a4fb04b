//! The table `notices`: one message to one person about one fact. The mail address and the words are
//! sealed; what is sent again is the same message, under the same Message-ID.

use domain::group::GroupSlug;
use domain::id::{AccountId, NoticeId};
use domain::mail_address::{MailAddress, MailAddressFault};
use domain::notice::{NoticeKind, NoticeState};
use domain::time::Moment;

use crate::columns::{group, id, moment, opt_id, word};
use crate::error::StoreError;
use crate::sealing::Place;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "notices.insert",
    "INSERT INTO notices (id, kind, subject, group_slug, account_id, address, content, message_id, state,
        tries, promised_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 0, $9) ON CONFLICT (kind, subject) DO NOTHING",
);
const BY_ID: Statement = Statement::new(
    "notices.by_id",
    "SELECT id, kind, subject, group_slug, account_id, address, content, message_id, state, tries,
        last_answer, promised_at_ms
     FROM notices WHERE id = $1",
);
const BY_SUBJECT: Statement = Statement::new(
    "notices.by_subject",
    "SELECT id, kind, subject, group_slug, account_id, address, content, message_id, state, tries,
        last_answer, promised_at_ms
     FROM notices WHERE kind = $1 AND subject = $2",
);
const TRIED: Statement = Statement::new(
    "notices.tried",
    "UPDATE notices SET state = $2, tries = tries + 1, last_answer = $3, ended_at_ms = $4
     WHERE id = $1 AND state = 'queued'",
);
const OF_ACCOUNT: Statement = Statement::new(
    "notices.of_account",
    "SELECT id, kind, subject, group_slug, account_id, address, content, message_id, state, tries,
        last_answer, promised_at_ms
     FROM notices WHERE account_id = $1 ORDER BY promised_at_ms, id",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&INSERT, &BY_ID, &BY_SUBJECT, &TRIED, &OF_ACCOUNT];

/// A notice as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNotice {
    /// Its id.
    pub id: NoticeId,
    /// What it tells.
    pub kind: NoticeKind,
    /// About what: the id of a charge or a registration. With the kind, unique.
    pub subject: String,
    /// On whose behalf.
    pub group: GroupSlug,
    /// To whom, once there is an account.
    pub account: Option<AccountId>,
    /// Where it goes.
    pub address: MailAddress,
    /// Subject line, text and HTML, as one JSON text made by `app`.
    pub content: String,
    /// The same for every try.
    pub message_id: String,
    /// How far it has come.
    pub state: NoticeState,
    /// How often it was tried.
    pub tries: i64,
    /// What the mail server said last.
    pub last_answer: Option<String>,
    /// When it was promised.
    pub promised_at: Moment,
}

/// Adds a notice. `false` when this fact has been told, or promised to be told, before.
pub fn insert(tx: &mut Tx<'_>, notice: &StoredNotice) -> Result<bool, StoreError> {
    let id = notice.id.to_string();
    let account = notice.account.map(|account| account.to_string());
    let address = tx.keyring().seal(&place("address", &id), &notice.address.to_string())?;
    let content = tx.keyring().seal(&place("content", &id), &notice.content)?;
    let values = [
        (&id).into(),
        notice.kind.as_str().into(),
        (&notice.subject).into(),
        notice.group.as_str().into(),
        account.as_deref().into(),
        (&address).into(),
        (&content).into(),
        (&notice.message_id).into(),
        notice.promised_at.ms().into(),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// One notice.
pub fn by_id(
    reader: &mut Reader<'_>,
    notice: NoticeId,
) -> Result<Option<StoredNotice>, StoreError> {
    let id = notice.to_string();
    let row = reader.query_opt(&BY_ID, &[(&id).into()])?;
    row.map(|row| read(reader, &row)).transpose()
}

/// The notice about one fact.
pub fn by_subject(
    reader: &mut Reader<'_>,
    kind: NoticeKind,
    subject: &str,
) -> Result<Option<StoredNotice>, StoreError> {
    let row = reader.query_opt(&BY_SUBJECT, &[kind.as_str().into(), subject.into()])?;
    row.map(|row| read(reader, &row)).transpose()
}

/// What an account was told, oldest first.
pub fn of_account(
    reader: &mut Reader<'_>,
    account: AccountId,
) -> Result<Vec<StoredNotice>, StoreError> {
    let account = account.to_string();
    let rows = reader.query(&OF_ACCOUNT, &[(&account).into()])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

/// Records a try. `false` when the notice had ended already.
pub fn tried(
    tx: &mut Tx<'_>,
    notice: NoticeId,
    state: NoticeState,
    answer: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    let id = notice.to_string();
    let ended = (state != NoticeState::Queued).then(|| now.ms());
    let rows =
        tx.execute(&TRIED, &[(&id).into(), state.as_str().into(), answer.into(), ended.into()])?;
    Ok(rows == 1)
}

const fn place<'p>(column: &'static str, row: &'p str) -> Place<'p> {
    Place { table: "notices", column, row }
}

fn read(reader: &Reader<'_>, row: &Row) -> Result<StoredNotice, StoreError> {
    let key = row.text(0)?;
    let address = reader.keyring().open(&place("address", key), row.text(5)?)?;
    let content = reader.keyring().open(&place("content", key), row.text(6)?)?;
    Ok(StoredNotice {
        id: id(row, 0)?,
        kind: word(row, 1, NoticeKind::parse, "kind of notice")?,
        subject: row.text(2)?.to_owned(),
        group: group(row, 3)?,
        account: opt_id(row, 4)?,
        address: MailAddress::parse(&address)
            .map_err(|fault: MailAddressFault| row.corrupt(5, &fault.to_string()))?,
        content,
        message_id: row.text(7)?.to_owned(),
        state: word(row, 8, NoticeState::parse, "state of a notice")?,
        tries: row.int(9)?,
        last_answer: row.opt_text(10)?.map(ToOwned::to_owned),
        promised_at: moment(row, 11)?,
    })
}
