//! The table `accounts`: the payers. Who they are is sealed column by column.

use domain::account::{Account, AccountState, OwnDetails, PersonDetails};
use domain::group::GroupSlug;
use domain::id::AccountId;
use domain::mail_address::MailAddress;
use domain::patient::{BirthDate, Kana, PersonName, Phone, PostalAddress};
use domain::time::{Day, Moment};
use domain::user_id::UserId;

use crate::columns::{group, id, moment, word};
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::sealing::Place;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

const TABLE: &str = "accounts";

// Which of the unique columns was in the way is asked afterwards, as the engines tell it differently.
const INSERT: Statement = Statement::new(
    "accounts.insert",
    "INSERT INTO accounts (id, hospital_group, user_id, password_hash, mail_sealed, mail_blind, name_sealed,
                           kana_sealed, birth_date_sealed, kana_birth_date_blind, phone_sealed, phone_blind,
                           postal_code_sealed, address_sealed, state, completed_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING",
);
const BY_ID: Statement = Statement::new(
    "accounts.by_id",
    "SELECT id, hospital_group, user_id, mail_sealed, name_sealed, kana_sealed, birth_date_sealed, phone_sealed,
            postal_code_sealed, address_sealed, state, completed_at_ms
     FROM accounts WHERE id = $1",
);
const STANDING: Statement = Statement::new(
    "accounts.standing",
    "SELECT state, completed_at_ms FROM accounts WHERE id = $1",
);
const OF_MAILBOX: Statement = Statement::new(
    "accounts.of_mailbox",
    "SELECT id FROM accounts WHERE hospital_group = $1 AND mail_blind = $2 AND state <> 'closed'",
);
const OWNER_OF_MAILBOX: Statement = Statement::new(
    "accounts.owner_of_mailbox",
    "SELECT id, user_id FROM accounts WHERE hospital_group = $1 AND mail_blind = $2 AND state <> 'closed'",
);
const CREDENTIALS: Statement = Statement::new(
    "accounts.credentials",
    "SELECT id, password_hash FROM accounts WHERE hospital_group = $1 AND user_id = $2 AND state <> 'closed'",
);
// Only what was read is replaced: a password changed in between stays.
const REHASH: Statement = Statement::new(
    "accounts.rehash",
    "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
);
const SET_PASSWORD: Statement = Statement::new(
    "accounts.set_password",
    "UPDATE accounts SET password_hash = $2 WHERE id = $1 AND state <> 'closed'",
);
const SET_DETAILS: Statement = Statement::new(
    "accounts.set_details",
    "UPDATE accounts SET name_sealed = $2, kana_sealed = $3, kana_birth_date_blind = $4, phone_sealed = $5,
        phone_blind = $6, postal_code_sealed = $7, address_sealed = $8
     WHERE id = $1 AND state <> 'closed'",
);
// A closed account stays closed, and a failed card does not lift a suspension.
const SET_STATE: Statement = Statement::new(
    "accounts.set_state",
    "UPDATE accounts SET state = $2
     WHERE id = $1 AND state <> 'closed' AND NOT (state = 'suspended' AND $2 = 'card_failed')",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &INSERT,
    &BY_ID,
    &STANDING,
    &OF_MAILBOX,
    &OWNER_OF_MAILBOX,
    &CREDENTIALS,
    &REHASH,
    &SET_PASSWORD,
    &SET_DETAILS,
    &SET_STATE,
];

/// Whether a new account was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It was.
    New,
    /// Nothing was: its user ID or its mailbox has an account already.
    Taken,
}

/// Of an account, what decides whether it may pay later. Nothing in it is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it may be used.
    pub state: AccountState,
    /// When its registration was complete.
    pub completed_at: Moment,
}

/// What a sign-in is compared with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub account: AccountId,
    /// As `app::passwords` made it.
    pub password_hash: String,
}

/// Without the hash: nobody needs it in a log.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("account", &self.account).finish_non_exhaustive()
    }
}

/// The blind index of a mail address. It names the mailbox, in this table and in all others.
#[must_use]
pub fn mail_blind(keyring: &Keyring, mail: &MailAddress) -> String {
    keyring.blind("mail", &mail.for_lookup())
}

/// The blind index of a telephone number.
#[must_use]
pub fn phone_blind(keyring: &Keyring, phone: &Phone) -> String {
    keyring.blind("phone", phone.as_str())
}

/// The blind index of kana and birth date together. Neither has one alone: few people share a kana
/// name and a birth date, but many share one of them, and counting rows would tell which are common.
#[must_use]
pub fn kana_birth_date_blind(keyring: &Keyring, kana: &Kana, born: BirthDate) -> String {
    keyring.blind("kana_birth_date", &format!("{}/{}", kana.for_lookup(), born.0))
}

/// What a person may change of themselves, as its columns hold it.
struct SealedDetails {
    name: String,
    kana: String,
    kana_born_blind: String,
    phone: String,
    phone_blind: String,
    postal_code: String,
    address: String,
}

impl SealedDetails {
    fn of(
        keyring: &Keyring,
        id: &str,
        details: &OwnDetails,
        born: BirthDate,
    ) -> Result<Self, StoreError> {
        let seal =
            |column: &'static str, plain: &str| keyring.seal(&Place::new(TABLE, column, id), plain);
        Ok(Self {
            name: seal("name_sealed", details.name.as_str())?,
            kana: seal("kana_sealed", details.kana.as_str())?,
            kana_born_blind: kana_birth_date_blind(keyring, &details.kana, born),
            phone: seal("phone_sealed", details.phone.as_str())?,
            phone_blind: phone_blind(keyring, &details.phone),
            postal_code: seal("postal_code_sealed", details.address.postal_code())?,
            address: seal("address_sealed", details.address.lines())?,
        })
    }
}

/// Writes a new account.
pub fn insert(
    tx: &mut Tx<'_>,
    account: &Account,
    password_hash: &str,
) -> Result<Inserted, StoreError> {
    let keyring = tx.keyring();
    let id = account.id.to_string();
    let seal =
        |column: &'static str, plain: &str| keyring.seal(&Place::new(TABLE, column, &id), plain);
    let mail = seal("mail_sealed", &account.mail.to_string())?;
    let mail_blind = mail_blind(keyring, &account.mail);
    let born = account.person.birth_date;
    let born_sealed = seal("birth_date_sealed", &born.0.to_string())?;
    let details = SealedDetails::of(keyring, &id, &account.person.own(), born)?;
    let values: [Value<'_>; 16] = [
        (&id).into(),
        account.group.as_str().into(),
        account.user_id.as_str().into(),
        password_hash.into(),
        (&mail).into(),
        (&mail_blind).into(),
        (&details.name).into(),
        (&details.kana).into(),
        (&born_sealed).into(),
        (&details.kana_born_blind).into(),
        (&details.phone).into(),
        (&details.phone_blind).into(),
        (&details.postal_code).into(),
        (&details.address).into(),
        account.state.as_str().into(),
        account.completed_at.ms().into(),
    ];
    Ok(if tx.execute(&INSERT, &values)? == 1 { Inserted::New } else { Inserted::Taken })
}

/// Writes what a person has changed of themselves; `born` is what their name is looked up with. `false`: the account is
/// closed.
pub fn set_details(
    tx: &mut Tx<'_>,
    account: AccountId,
    details: &OwnDetails,
    born: BirthDate,
) -> Result<bool, StoreError> {
    let id = account.to_string();
    let details = SealedDetails::of(tx.keyring(), &id, details, born)?;
    let values: [Value<'_>; 8] = [
        (&id).into(),
        (&details.name).into(),
        (&details.kana).into(),
        (&details.kana_born_blind).into(),
        (&details.phone).into(),
        (&details.phone_blind).into(),
        (&details.postal_code).into(),
        (&details.address).into(),
    ];
    Ok(tx.execute(&SET_DETAILS, &values)? == 1)
}

/// One account, in whatever state.
pub fn by_id(reader: &mut Reader<'_>, id: AccountId) -> Result<Option<Account>, StoreError> {
    let keyring = reader.keyring();
    let row = reader.query_opt(&BY_ID, &[(&id.to_string()).into()])?;
    row.map(|row| account(keyring, &row)).transpose()
}

/// Whether one account may be used, in whatever state it is.
pub fn standing(reader: &mut Reader<'_>, id: AccountId) -> Result<Option<Standing>, StoreError> {
    let row = reader.query_opt(&STANDING, &[(&id.to_string()).into()])?;
    row.map(|row| {
        Ok(Standing {
            state: word(&row, 0, AccountState::parse, "state of an account")?,
            completed_at: moment(&row, 1)?,
        })
    })
    .transpose()
}

/// The account of a group that a mailbox has, unless it is closed.
pub fn of_mailbox(
    reader: &mut Reader<'_>,
    group: &GroupSlug,
    mail: &MailAddress,
) -> Result<Option<AccountId>, StoreError> {
    let blind = mail_blind(reader.keyring(), mail);
    let row = reader.query_opt(&OF_MAILBOX, &[group.as_str().into(), (&blind).into()])?;
    row.map(|row| id(&row, 0)).transpose()
}

/// The same with the user ID, which the owner of the mailbox may be told.
pub fn owner_of_mailbox(
    reader: &mut Reader<'_>,
    group: &GroupSlug,
    mail: &MailAddress,
) -> Result<Option<(AccountId, UserId)>, StoreError> {
    let blind = mail_blind(reader.keyring(), mail);
    let values = [group.as_str().into(), (&blind).into()];
    let row = reader.query_opt(&OWNER_OF_MAILBOX, &values)?;
    row.map(|row| Ok((id(&row, 0)?, UserId::from_stored(row.text(1)?.to_owned())))).transpose()
}

/// What signing in with a user ID needs; `None`: no account of the group has it, or it is closed.
pub fn credentials(
    reader: &mut Reader<'_>,
    group: &GroupSlug,
    user_id: &UserId,
) -> Result<Option<Credentials>, StoreError> {
    let row = reader.query_opt(&CREDENTIALS, &[group.as_str().into(), user_id.as_str().into()])?;
    row.map(|row| Ok(Credentials { account: id(&row, 0)?, password_hash: row.text(1)?.to_owned() }))
        .transpose()
}

/// Replaces the hash of a password by a better one of the same password.
pub fn rehash(tx: &mut Tx<'_>, account: AccountId, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(&REHASH, &[(&account.to_string()).into(), old.into(), new.into()]).map(drop)
}

/// Replaces the password. `false`: the account is closed.
pub fn set_password(
    tx: &mut Tx<'_>,
    account: AccountId,
    password_hash: &str,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&SET_PASSWORD, &[(&account.to_string()).into(), password_hash.into()])? == 1)
}

/// Moves an account to a state. `false`: it is closed, or suspended and only its card has failed;
/// then nothing changes.
pub fn set_state(
    tx: &mut Tx<'_>,
    account: AccountId,
    state: AccountState,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&SET_STATE, &[(&account.to_string()).into(), state.as_str().into()])? == 1)
}

fn account(keyring: &Keyring, row: &Row) -> Result<Account, StoreError> {
    let id: AccountId = id(row, 0)?;
    let key = id.to_string();
    let open = |column: &'static str, at: usize| {
        keyring.open(&Place::new(TABLE, column, &key), row.text(at)?)
    };
    let born =
        Day::parse(&open("birth_date_sealed", 6)?).map_err(|_text| row.corrupt(6, "no day"))?;
    Ok(Account {
        id,
        group: group(row, 1)?,
        user_id: UserId::from_stored(row.text(2)?.to_owned()),
        mail: MailAddress::parse(&open("mail_sealed", 3)?)
            .map_err(|_text| row.corrupt(3, "no mail address"))?,
        person: PersonDetails {
            name: PersonName::from_stored(open("name_sealed", 4)?),
            kana: Kana::from_stored(open("kana_sealed", 5)?),
            birth_date: BirthDate(born),
            phone: Phone::from_stored(open("phone_sealed", 7)?),
            address: PostalAddress::from_stored(
                open("postal_code_sealed", 8)?,
                open("address_sealed", 9)?,
            ),
        },
        state: word(row, 10, AccountState::parse, "state of an account")?,
        completed_at: moment(row, 11)?,
    })
}
