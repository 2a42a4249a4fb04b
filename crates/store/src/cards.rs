//! The tables `cards` and `mandates`: which saved card an account is charged to, and by which consent.

use domain::card::{Card, CardFacts, Expiry, Funding, GatewayCard};
use domain::id::{AccountId, CardId};
use domain::time::Moment;

use crate::columns::{id, moment};
use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "cards.insert",
    "INSERT INTO cards (id, account, customer, payment_method, brand, last_four, expiry_year, expiry_month,
                        funding, authenticated, flagged, state, saved_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'active', $12)",
);
const BY_ID: Statement = Statement::new(
    "cards.by_id",
    "SELECT id, account, customer, payment_method, brand, last_four, expiry_year, expiry_month, funding,
            authenticated, saved_at_ms
     FROM cards WHERE id = $1",
);
const CURRENT: Statement = Statement::new(
    "cards.current_of",
    "SELECT id, account, customer, payment_method, brand, last_four, expiry_year, expiry_month, funding,
            authenticated, saved_at_ms
     FROM cards WHERE account = $1 AND state = 'active'",
);
const INSERT_MANDATE: Statement = Statement::new(
    "cards.insert_mandate",
    "INSERT INTO mandates (card, account, terms_version, terms_agreed_at_ms, text_version, given_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6)",
);

const MANDATE: Statement = Statement::new(
    "cards.mandate_of",
    "SELECT terms_version, terms_agreed_at_ms, text_version, given_at_ms FROM mandates WHERE card = $1",
);
const RETIRE: Statement = Statement::new(
    "cards.retire",
    "UPDATE cards SET state = 'replaced' WHERE id = $1 AND state = 'active'",
);

const IS_NEEDED: Statement = Statement::new(
    "cards.is_needed",
    "SELECT charges.id FROM cards JOIN charges ON charges.account_id = cards.account
     WHERE cards.payment_method = $1 AND cards.state = 'active' AND charges.state IN
        ('scheduled', 'due', 'intended', 'sent', 'unknown', 'awaiting_consent', 'action_required')
     LIMIT 1",
);

/// Every statement of this module.
pub const ALL: &[&Statement] =
    &[&INSERT, &BY_ID, &CURRENT, &INSERT_MANDATE, &MANDATE, &RETIRE, &IS_NEEDED];

/// Whether a card, by its name at the gateway, is an account's own and a charge of that account is still open.
pub fn is_needed(reader: &mut Reader<'_>, payment_method: &str) -> Result<bool, StoreError> {
    Ok(reader.query_opt(&IS_NEEDED, &[payment_method.into()])?.is_some())
}

/// Whether staff should look at a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// No.
    None,
    /// The gateway did not know its kind (FAQ Q13).
    UnknownFunding,
}

/// The consent by which a card is charged while its owner is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// Version of the terms.
    pub terms_version: String,
    /// When the terms were agreed to.
    pub terms_agreed_at: Moment,
    /// Version of the text on the card page.
    pub text_version: String,
    /// When the card was saved by it.
    pub given_at: Moment,
}

/// Writes the active card of an account that has none, with its mandate.
pub fn insert(
    tx: &mut Tx<'_>,
    card: &Card,
    flag: Flag,
    mandate: &Mandate,
) -> Result<(), StoreError> {
    let (id, account) = (card.id.to_string(), card.account.to_string());
    let facts = &card.facts;
    let values: [Value<'_>; 12] = [
        (&id).into(),
        (&account).into(),
        (&facts.at_gateway.customer).into(),
        (&facts.at_gateway.payment_method).into(),
        (&facts.brand).into(),
        (&facts.last_four).into(),
        i64::from(facts.expiry.year).into(),
        i64::from(facts.expiry.month).into(),
        facts.funding.as_str().into(),
        i64::from(facts.authenticated).into(),
        i64::from(flag == Flag::UnknownFunding).into(),
        card.saved_at.ms().into(),
    ];
    tx.execute_one(&INSERT, &values)?;
    let values: [Value<'_>; 6] = [
        (&id).into(),
        (&account).into(),
        (&mandate.terms_version).into(),
        mandate.terms_agreed_at.ms().into(),
        (&mandate.text_version).into(),
        mandate.given_at.ms().into(),
    ];
    tx.execute_one(&INSERT_MANDATE, &values)
}

/// By which consent a card is charged.
pub fn mandate_of(reader: &mut Reader<'_>, card: CardId) -> Result<Option<Mandate>, StoreError> {
    let row = reader.query_opt(&MANDATE, &[(&card.to_string()).into()])?;
    row.map(|row| {
        Ok(Mandate {
            terms_version: row.text(0)?.to_owned(),
            terms_agreed_at: moment(&row, 1)?,
            text_version: row.text(2)?.to_owned(),
            given_at: moment(&row, 3)?,
        })
    })
    .transpose()
}

/// Marks the active card of an account as replaced, so that another can take its place.
pub fn retire(tx: &mut Tx<'_>, card: CardId) -> Result<(), StoreError> {
    tx.execute_one(&RETIRE, &[(&card.to_string()).into()])
}

/// One card, active or not.
pub fn by_id(reader: &mut Reader<'_>, id: CardId) -> Result<Option<Card>, StoreError> {
    reader.query_opt(&BY_ID, &[(&id.to_string()).into()])?.as_ref().map(card).transpose()
}

/// The card that an account is charged to.
pub fn current_of(reader: &mut Reader<'_>, account: AccountId) -> Result<Option<Card>, StoreError> {
    reader.query_opt(&CURRENT, &[(&account.to_string()).into()])?.as_ref().map(card).transpose()
}

fn card(row: &Row) -> Result<Card, StoreError> {
    Ok(Card {
        id: id(row, 0)?,
        account: id(row, 1)?,
        facts: CardFacts {
            at_gateway: GatewayCard {
                customer: row.text(2)?.to_owned(),
                payment_method: row.text(3)?.to_owned(),
            },
            brand: row.text(4)?.to_owned(),
            last_four: row.text(5)?.to_owned(),
            expiry: Expiry {
                year: i16::try_from(row.int(6)?).map_err(|_range| row.corrupt(6, "no year"))?,
                month: i8::try_from(row.int(7)?).map_err(|_range| row.corrupt(7, "no month"))?,
            },
            funding: Funding::from_gateway(row.text(8)?),
            authenticated: row.int(9)? == 1,
        },
        saved_at: moment(row, 10)?,
    })
}
