//! The table `detail_changes`: what an account asks to be changed to, until its card was typed again (FAQ Q31).

use domain::account::OwnDetails;
use domain::id::AccountId;
use domain::patient::{Kana, PersonName, Phone, PostalAddress};
use domain::time::Moment;

use crate::columns::moment;
use crate::error::StoreError;
use crate::sealing::Place;
use crate::statement::{Statement, Value};
use crate::transaction::{Reader, Tx};

const TABLE: &str = "detail_changes";

const PUT: Statement = Statement::new(
    "detail_changes.put",
    "INSERT INTO detail_changes (account, name_sealed, kana_sealed, phone_sealed, postal_code_sealed, address_sealed,
                                 asked_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account) DO UPDATE SET name_sealed = excluded.name_sealed, kana_sealed = excluded.kana_sealed,
        phone_sealed = excluded.phone_sealed, postal_code_sealed = excluded.postal_code_sealed,
        address_sealed = excluded.address_sealed, asked_at_ms = excluded.asked_at_ms",
);
const OF_ACCOUNT: Statement = Statement::new(
    "detail_changes.of_account",
    "SELECT name_sealed, kana_sealed, phone_sealed, postal_code_sealed, address_sealed, asked_at_ms
     FROM detail_changes WHERE account = $1",
);
const DROP: Statement =
    Statement::new("detail_changes.drop", "DELETE FROM detail_changes WHERE account = $1");

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&PUT, &OF_ACCOUNT, &DROP];

/// Keeps what an account asks for, in place of what it asked for before.
pub fn put(
    tx: &mut Tx<'_>,
    account: AccountId,
    details: &OwnDetails,
    now: Moment,
) -> Result<(), StoreError> {
    let keyring = tx.keyring();
    let id = account.to_string();
    let seal =
        |column: &'static str, plain: &str| keyring.seal(&Place::new(TABLE, column, &id), plain);
    let name = seal("name_sealed", details.name.as_str())?;
    let kana = seal("kana_sealed", details.kana.as_str())?;
    let phone = seal("phone_sealed", details.phone.as_str())?;
    let postal_code = seal("postal_code_sealed", details.address.postal_code())?;
    let address = seal("address_sealed", details.address.lines())?;
    let values: [Value<'_>; 7] = [
        (&id).into(),
        (&name).into(),
        (&kana).into(),
        (&phone).into(),
        (&postal_code).into(),
        (&address).into(),
        now.ms().into(),
    ];
    tx.execute(&PUT, &values).map(drop)
}

/// What an account has asked for last, and when.
pub fn of_account(
    reader: &mut Reader<'_>,
    account: AccountId,
) -> Result<Option<(OwnDetails, Moment)>, StoreError> {
    let keyring = reader.keyring();
    let id = account.to_string();
    let Some(row) = reader.query_opt(&OF_ACCOUNT, &[(&id).into()])? else { return Ok(None) };
    let open = |column: &'static str, at: usize| {
        keyring.open(&Place::new(TABLE, column, &id), row.text(at)?)
    };
    let details = OwnDetails {
        name: PersonName::from_stored(open("name_sealed", 0)?),
        kana: Kana::from_stored(open("kana_sealed", 1)?),
        phone: Phone::from_stored(open("phone_sealed", 2)?),
        address: PostalAddress::from_stored(
            open("postal_code_sealed", 3)?,
            open("address_sealed", 4)?,
        ),
    };
    Ok(Some((details, moment(&row, 5)?)))
}

/// Forgets it.
pub fn drop_of(tx: &mut Tx<'_>, account: AccountId) -> Result<(), StoreError> {
    tx.execute(&DROP, &[(&account.to_string()).into()]).map(drop)
}
