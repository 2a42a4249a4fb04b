//! The table `recoveries`: the way back to an account for somebody who has forgotten user ID or password.
//! Link, browser and code are kept as digests only.

use domain::group::GroupSlug;
use domain::id::{AccountId, RecoveryId};
use domain::mail_address::MailAddress;
use domain::time::Moment;

use crate::accounts;
use crate::columns::{group, id, moment, opt_id};
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "recoveries.insert",
    "INSERT INTO recoveries (id, hospital_group, account, mail_blind, link_hash, browser_hash, code_blind, wrong_codes,
                             asked_at_ms, ends_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
);
const ASKED_SINCE: Statement = Statement::new(
    "recoveries.asked_since",
    "SELECT asked_at_ms FROM recoveries WHERE mail_blind = $1 AND asked_at_ms > $2 ORDER BY asked_at_ms DESC",
);
const BY_LINK: Statement = Statement::new(
    "recoveries.by_link",
    "SELECT id, hospital_group, account, browser_hash, code_blind, wrong_codes, ends_at_ms, proved_at_ms, ended_at_ms
     FROM recoveries WHERE link_hash = $1",
);
const BY_BROWSER: Statement = Statement::new(
    "recoveries.by_browser",
    "SELECT id, hospital_group, account, browser_hash, code_blind, wrong_codes, ends_at_ms, proved_at_ms, ended_at_ms
     FROM recoveries WHERE browser_hash = $1",
);
// Whichever comes first, link or code: afterwards the other proves nothing any more.
const PROVE: Statement = Statement::new(
    "recoveries.prove",
    "UPDATE recoveries SET browser_hash = $2, ends_at_ms = $3, proved_at_ms = $4
     WHERE id = $1 AND account IS NOT NULL AND proved_at_ms IS NULL AND ended_at_ms IS NULL",
);
// Counted and read in one statement, so that tries at the same moment count, too.
const TRY_CODE: Statement = Statement::new(
    "recoveries.try_code",
    "UPDATE recoveries SET wrong_codes = wrong_codes + 1
     WHERE id = $1 AND wrong_codes < $2 AND proved_at_ms IS NULL AND ended_at_ms IS NULL",
);
const END: Statement = Statement::new(
    "recoveries.end",
    "UPDATE recoveries SET ended_at_ms = $2 WHERE id = $1 AND ended_at_ms IS NULL",
);
const END_ALL: Statement = Statement::new(
    "recoveries.end_all",
    "UPDATE recoveries SET ended_at_ms = $2 WHERE account = $1 AND ended_at_ms IS NULL",
);

/// Every statement of this module.
pub const ALL: &[&Statement] =
    &[&INSERT, &ASKED_SINCE, &BY_LINK, &BY_BROWSER, &PROVE, &TRY_CODE, &END, &END_ALL];

/// A recovery to be written.
#[derive(Debug, Clone)]
pub struct NewRecovery<'a> {
    /// Its id.
    pub id: RecoveryId,
    /// Of which group.
    pub group: &'a GroupSlug,
    /// Whose it is; `None`: nobody's of the group has that address.
    pub account: Option<AccountId>,
    /// The address as typed.
    pub mail: &'a MailAddress,
    /// Of the token in the mail's link.
    pub link_hash: &'a str,
    /// Of the token in the cookie of the browser that asked.
    pub browser_hash: &'a str,
    /// The code in the mail.
    pub code: &'a str,
    /// When it was asked for.
    pub now: Moment,
    /// When link and code end.
    pub ends_at: Moment,
}

/// A recovery as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Its id.
    pub id: RecoveryId,
    /// Of which group.
    pub group: GroupSlug,
    /// Whose it is.
    pub account: Option<AccountId>,
    /// Of the token of the browser that may go on.
    pub browser_hash: String,
    /// When it ends.
    pub ends_at: Moment,
    /// Whether link or code have shown that the mailbox is theirs.
    pub proved: bool,
    /// Whether it has led to a new password, or another one has.
    pub ended: bool,
    /// How often a wrong code was entered.
    pub wrong_codes: i64,
    code_blind: String,
}

impl Recovery {
    /// Whether this is the code that was sent.
    #[must_use]
    pub fn has_code(&self, keyring: &Keyring, code: &str) -> bool {
        self.code_blind == code_blind(keyring, self.id, code)
    }
}

/// Writes a recovery.
pub fn insert(tx: &mut Tx<'_>, new: &NewRecovery<'_>) -> Result<(), StoreError> {
    let (id, account) = (new.id.to_string(), new.account.map(|account| account.to_string()));
    let mail = accounts::mail_blind(tx.keyring(), new.mail);
    let code = code_blind(tx.keyring(), new.id, new.code);
    let values: [Value<'_>; 9] = [
        (&id).into(),
        new.group.as_str().into(),
        account.as_deref().into(),
        (&mail).into(),
        new.link_hash.into(),
        new.browser_hash.into(),
        (&code).into(),
        new.now.ms().into(),
        new.ends_at.ms().into(),
    ];
    tx.execute_one(&INSERT, &values)
}

/// When mails were asked for a mailbox since a moment, the latest first.
pub fn asked_since(
    reader: &mut Reader<'_>,
    mail: &MailAddress,
    since: Moment,
) -> Result<Vec<Moment>, StoreError> {
    let blind = accounts::mail_blind(reader.keyring(), mail);
    let rows = reader.query(&ASKED_SINCE, &[(&blind).into(), since.ms().into()])?;
    rows.iter().map(|row| moment(row, 0)).collect()
}

/// Where the link of a mail leads.
pub fn by_link(reader: &mut Reader<'_>, link_hash: &str) -> Result<Option<Recovery>, StoreError> {
    let row = reader.query_opt(&BY_LINK, &[link_hash.into()])?;
    row.as_ref().map(read).transpose()
}

/// The recovery that a browser may go on with.
pub fn by_browser(
    reader: &mut Reader<'_>,
    browser_hash: &str,
) -> Result<Option<Recovery>, StoreError> {
    let row = reader.query_opt(&BY_BROWSER, &[browser_hash.into()])?;
    row.as_ref().map(read).transpose()
}

/// The mailbox is theirs: from now on this browser alone goes on. `false`: link or code was used before, or
/// nobody has an account.
pub fn prove(
    tx: &mut Tx<'_>,
    id: RecoveryId,
    browser_hash: &str,
    ends_at: Moment,
    now: Moment,
) -> Result<bool, StoreError> {
    let id = id.to_string();
    let values = [(&id).into(), browser_hash.into(), ends_at.ms().into(), now.ms().into()];
    Ok(tx.execute(&PROVE, &values)? == 1)
}

/// Counts a try of a code before it is looked at. `false`: there were `most` before.
pub fn try_code(tx: &mut Tx<'_>, id: RecoveryId, most: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&TRY_CODE, &[(&id.to_string()).into(), most.into()])? == 1)
}

/// Ends one recovery. `false`: it has ended before.
pub fn end(tx: &mut Tx<'_>, id: RecoveryId, now: Moment) -> Result<bool, StoreError> {
    Ok(tx.execute(&END, &[(&id.to_string()).into(), now.ms().into()])? == 1)
}

/// Ends every recovery of an account: a new password makes the mails before it worthless.
pub fn end_all(tx: &mut Tx<'_>, account: AccountId, now: Moment) -> Result<(), StoreError> {
    tx.execute(&END_ALL, &[(&account.to_string()).into(), now.ms().into()]).map(drop)
}

/// Keyed, since a million codes are soon tried by whoever has the table.
fn code_blind(keyring: &Keyring, id: RecoveryId, code: &str) -> String {
    keyring.blind("recovery_code", &format!("{id}/{code}"))
}

fn read(row: &Row) -> Result<Recovery, StoreError> {
    Ok(Recovery {
        id: id(row, 0)?,
        group: group(row, 1)?,
        account: opt_id(row, 2)?,
        browser_hash: row.text(3)?.to_owned(),
        code_blind: row.text(4)?.to_owned(),
        wrong_codes: row.int(5)?,
        ends_at: moment(row, 6)?,
        proved: row.opt_int(7)?.is_some(),
        ended: row.opt_int(8)?.is_some(),
    })
}
