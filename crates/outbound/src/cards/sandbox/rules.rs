//! How the card network answers, as a function of its books: what is asked goes in, the answer and
//! the records to be kept come out. Nothing here writes.
//!
//! The key is looked up before anything else is judged. So a 400 other than `idempotency_error`
//! proves that nothing was ever booked under that key.

use super::books::{
    Books, CardFace, Customer, Record, SavedCard, Setup, SetupState, UsedKey, WhenCharged,
};
use super::test_cards::AUTHENTICATION_REQUIRED;
use crate::cards::wire::{
    BookedCharge, ChargeList, ChargeParameters, ChargeStatus, ErrorBody, ErrorDetail, ErrorKind,
    SetupBody, SetupParameters, SetupStatus,
};
use domain::time::Moment;
use reqwest::Url;
use serde::Serialize;

/// The least and the most that a charge may be, in yen.
pub(super) const AMOUNTS: std::ops::RangeInclusive<i64> = 50..=99_999_999;

/// How long a key is remembered.
pub(super) const KEY_LIVES_MS: i64 = 24 * 3_600 * 1_000;

/// An answer of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cards) struct Answer {
    pub status: u16,
    pub body: String,
    /// Whether a key gave its saved answer again.
    pub replayed: bool,
}

impl Answer {
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(body) => Self { status, body, replayed: false },
            Err(fault) => Self {
                status: 500,
                body: format!("{{\"fault\":{:?}}}", fault.to_string()),
                replayed: false,
            },
        }
    }

    pub(super) fn error(status: u16, kind: ErrorKind, code: &str, message: &str) -> Self {
        Self::json(status, &ErrorBody { error: detail(kind, code, message) })
    }
}

/// What to answer, and what to keep. The answer is given only once the records are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ruling {
    pub answer: Answer,
    pub records: Vec<Record>,
}

impl From<Answer> for Ruling {
    fn from(answer: Answer) -> Self {
        Self { answer, records: Vec::new() }
    }
}

fn detail(kind: ErrorKind, code: &str, message: &str) -> ErrorDetail {
    ErrorDetail {
        kind,
        code: code.to_owned(),
        message: message.to_owned(),
        decline_code: None,
        advice_code: None,
        charge: None,
    }
}

pub(super) fn invalid(status: u16, code: &str, message: &str) -> Answer {
    Answer::error(status, ErrorKind::InvalidRequest, code, message)
}

/// Starts a page that waits for a card. The same reference is the same customer.
pub(super) fn start_setup(
    books: &Books,
    asked: &SetupParameters,
    page_base: &str,
    now: Moment,
) -> Ruling {
    let web =
        Url::parse(&asked.return_url).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    if web.is_none() || asked.reference.is_empty() {
        return invalid(
            400,
            "parameter_invalid",
            "reference must be given and return_url be an http(s) URL",
        )
        .into();
    }
    let known = books.customers.values().find(|customer| customer.reference == asked.reference);
    let customer = known.cloned().unwrap_or_else(|| Customer {
        id: books.new_id("cus", &asked.reference),
        reference: asked.reference.clone(),
        created_ms: now.ms(),
    });
    let setup = Setup {
        id: books.new_id("seti", &asked.reference),
        customer: customer.id.clone(),
        return_url: asked.return_url.clone(),
        state: SetupState::Open,
        created_ms: now.ms(),
    };
    let answer = Answer::json(200, &setup_body(books, &setup, page_base));
    Ruling { answer, records: vec![Record::Customer(customer), Record::Setup(setup)] }
}

/// Somebody who will have cards here.
pub(super) fn customer(books: &Books, reference: String, now: Moment) -> Ruling {
    let id = books.new_id("cus", &reference);
    let customer = Customer { id, reference, created_ms: now.ms() };
    Ruling { answer: Answer::json(200, &customer), records: vec![Record::Customer(customer)] }
}

/// What became of such a page.
pub(super) fn find_setup(books: &Books, id: &str, page_base: &str) -> Ruling {
    match books.setups.get(id) {
        Some(setup) => Answer::json(200, &setup_body(books, setup, page_base)).into(),
        None => invalid(404, "resource_missing", "no such setup").into(),
    }
}

fn setup_body(books: &Books, setup: &Setup, page_base: &str) -> SetupBody {
    let (status, card, decline_code) = match &setup.state {
        SetupState::Open => (SetupStatus::Open, None, None),
        SetupState::RequiresAuthentication(_) => (SetupStatus::RequiresAuthentication, None, None),
        SetupState::Saved { card } => (SetupStatus::Saved, books.cards.get(card), None),
        SetupState::Declined { code } => (SetupStatus::Declined, None, Some(code.clone())),
        SetupState::Cancelled => (SetupStatus::Cancelled, None, None),
    };
    SetupBody {
        id: setup.id.clone(),
        page_url: format!("{page_base}/setup/{}", setup.id),
        status,
        card: card.map(SavedCard::body),
        decline_code,
    }
}

/// Ends a card page with a saved card; tells the card's id.
pub(super) fn save_card(
    books: &Books,
    setup: &Setup,
    face: CardFace,
    now: Moment,
) -> (String, Vec<Record>) {
    let id = books.new_id("pm", &setup.id);
    let card = SavedCard {
        id: id.clone(),
        customer: setup.customer.clone(),
        face,
        authenticated: true,
        detached: false,
        created_ms: now.ms(),
    };
    let state = SetupState::Saved { card: id.clone() };
    (id, vec![Record::Card(card), Record::Setup(Setup { state, ..setup.clone() })])
}

/// Takes money, or says why not. Under a known key nothing happens but its saved answer.
pub(super) fn charge(books: &Books, key: &str, asked: &ChargeParameters, now: Moment) -> Ruling {
    if let Some(ruling) = known_key(books, key, asked, now) {
        return ruling;
    }
    let card = match chargeable(books, asked) {
        Ok(card) => card,
        // As at the real gateway, a request that cannot be carried out leaves no trace under its key.
        Err(answer) => return answer.into(),
    };
    let said = if card.face.expiry().is_over(now.day()) {
        WhenCharged::Declines { code: "expired_card".to_owned(), advice: None }
    } else {
        card.face.when_charged.clone()
    };
    let (status, decline_code, advice_code) = match said {
        WhenCharged::Succeeds => (ChargeStatus::Succeeded, None, None),
        WhenCharged::Declines { code, advice } => (ChargeStatus::Failed, Some(code), advice),
        WhenCharged::RequiresAuthentication => (ChargeStatus::RequiresAuthentication, None, None),
    };
    let charge = BookedCharge {
        id: books.new_id("ch", key),
        status,
        key: key.to_owned(),
        amount: asked.amount,
        currency: asked.currency.clone(),
        customer: asked.customer.clone(),
        payment_method: asked.payment_method.clone(),
        reference: asked.reference.clone(),
        generation: asked.generation,
        description: asked.description.clone(),
        created_ms: now.ms(),
        decline_code,
        advice_code,
    };
    let answer = charge_answer(&charge);
    let saved = used_key(key, asked, &answer, now);
    Ruling { answer, records: vec![Record::Charge(charge), saved] }
}

fn charge_answer(charge: &BookedCharge) -> Answer {
    let refused = |code: &str, message: &str| {
        let error = ErrorDetail {
            decline_code: charge.decline_code.clone(),
            advice_code: charge.advice_code.clone(),
            charge: Some(charge.clone()),
            ..detail(ErrorKind::Card, code, message)
        };
        Answer::json(402, &ErrorBody { error })
    };
    match charge.status {
        ChargeStatus::Succeeded => Answer::json(200, charge),
        ChargeStatus::Failed => refused("card_declined", "the card was declined"),
        ChargeStatus::RequiresAuthentication => {
            refused(AUTHENTICATION_REQUIRED, "the cardholder must authenticate")
        }
    }
}

/// Another amount is taken than was asked for, and the answer says so.
pub(super) fn charge_other_amount(
    books: &Books,
    key: &str,
    asked: &ChargeParameters,
    amount: i64,
    now: Moment,
) -> Ruling {
    let mut ruling = charge(books, key, asked, now);
    for record in &mut ruling.records {
        if let Record::Charge(charge) = record {
            charge.amount = amount;
            ruling.answer = charge_answer(charge);
        }
    }
    ruling.records.retain(|record| !matches!(record, Record::Key(_)));
    if !ruling.records.is_empty() {
        ruling.records.push(used_key(key, asked, &ruling.answer, now));
    }
    ruling
}

/// The server fails, and the failure is what the key will answer for good.
pub(super) fn charge_with_saved_server_error(
    books: &Books,
    key: &str,
    asked: &ChargeParameters,
    booked: bool,
    now: Moment,
) -> Ruling {
    if let Some(ruling) = known_key(books, key, asked, now) {
        return ruling;
    }
    let answer = server_error();
    let mut records = if booked { charge(books, key, asked, now).records } else { Vec::new() };
    records.retain(|record| !matches!(record, Record::Key(_)));
    records.push(used_key(key, asked, &answer, now));
    Ruling { answer, records }
}

fn known_key(books: &Books, key: &str, asked: &ChargeParameters, now: Moment) -> Option<Ruling> {
    // As at the real gateway, a key is forgotten after a day; then it charges again.
    let used = books.keys.get(key).filter(|used| now.ms() < used.created_ms + KEY_LIVES_MS)?;
    Some(if used.parameters == *asked {
        Answer { status: used.status, body: used.body.clone(), replayed: true }.into()
    } else {
        let message = "this key was used with other parameters";
        Answer::error(400, ErrorKind::Idempotency, "key_reused", message).into()
    })
}

fn used_key(key: &str, asked: &ChargeParameters, answer: &Answer, now: Moment) -> Record {
    Record::Key(UsedKey {
        key: key.to_owned(),
        parameters: asked.clone(),
        status: answer.status,
        body: answer.body.clone(),
        created_ms: now.ms(),
    })
}

fn chargeable<'a>(books: &'a Books, asked: &ChargeParameters) -> Result<&'a SavedCard, Answer> {
    if asked.currency != "jpy" || !asked.off_session || asked.reference.is_empty() {
        return Err(invalid(
            400,
            "parameter_invalid",
            "currency must be jpy, off_session true, reference given",
        ));
    }
    if asked.amount < *AMOUNTS.start() {
        return Err(invalid(400, "amount_too_small", "the amount must be at least 50 yen"));
    }
    if asked.amount > *AMOUNTS.end() {
        return Err(invalid(400, "amount_too_large", "the amount must be at most 99999999 yen"));
    }
    let card = books
        .cards
        .get(&asked.payment_method)
        .filter(|card| card.customer == asked.customer)
        .ok_or_else(|| invalid(400, "resource_missing", "this customer has no such card"))?;
    if card.detached {
        return Err(invalid(400, "detached_card", "this card was deleted and cannot be charged"));
    }
    Ok(card)
}

/// The charges that are asked for, oldest first.
pub(super) fn list_charges(books: &Books, asked: impl Fn(&BookedCharge) -> bool) -> Ruling {
    let charges = books.charges.values().filter(|charge| asked(charge));
    let mut charges: Vec<_> = charges.cloned().collect();
    charges.sort_by(|a, b| (a.created_ms, &a.id).cmp(&(b.created_ms, &b.id)));
    Answer::json(200, &ChargeList { charges }).into()
}

/// Deletes a card; again is no error.
pub(super) fn forget_card(books: &Books, id: &str) -> Ruling {
    match books.cards.get(id) {
        None => invalid(404, "resource_missing", "no such card").into(),
        Some(card) => {
            let gone = SavedCard { detached: true, ..card.clone() };
            let records = if card.detached { Vec::new() } else { vec![Record::Card(gone.clone())] };
            Ruling { answer: Answer::json(200, &gone.body()), records }
        }
    }
}

pub(super) fn server_error() -> Answer {
    Answer::error(500, ErrorKind::Api, "server_error", "something went wrong on our side")
}

pub(super) fn rate_limited() -> Answer {
    Answer::error(429, ErrorKind::RateLimit, "rate_limit", "too many requests")
}

pub(super) fn key_in_use() -> Answer {
    let message = "another request with this key is being carried out";
    Answer::error(409, ErrorKind::Idempotency, "key_in_use", message)
}
