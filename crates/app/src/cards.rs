//! The card of an account: another one in its place (FAQ Q30; P5), and what that sets free.

use crate::card_page::{self, Answer, Page, Refusal};
use crate::changes;
use crate::charge::{self, Means, until_not_overtaken};
use crate::register::{self, CardRefusal, MANDATE_TEXT_VERSION};
use crate::{App, AppError, card_expiry, details, policy, record, urls};
use domain::account::{Account, AccountState};
use domain::audit::{Act, Actor};
use domain::card::{Card, CardFacts};
use domain::entry::EntryState;
use domain::id::AccountId;
use domain::policy::Policy;
use domain::time::Moment;
use render::mails::ChangedItem;
use std::collections::BTreeSet;
use store::card_setups::{self, Ended, Setup, SetupOwner, SetupState};
use store::cards::{Flag, Mandate};
use store::{Reader, Tx};

/// How long a card that was replaced stays at the gateway, in seconds: longer than any request is under way that was
/// frozen with it.
const KEPT_S: i64 = 30 * 86_400;

/// What came of going to the gateway's card page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeStart {
    /// There is no such account any more.
    NoAccount,
    /// Too many cards were tried.
    TooMany {
        /// Seconds until another try may succeed.
        try_again_s: i64,
    },
    /// The gateway does not answer; the card stays as it is.
    GatewayAway,
    /// Send the browser there.
    GoTo {
        /// The gateway's own page.
        url: String,
    },
}

/// What came of coming back from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// There is no such attempt of this account.
    Unknown,
    /// The page was left before its end.
    NotFinished,
    /// The gateway does not answer; the page offers to look again.
    GatewayAway,
    /// The card is not taken; the one before stays.
    Refused {
        /// Why.
        reason: CardRefusal,
    },
    /// It is the account's card now. Coming back again gives the same.
    Done,
}

/// Sends the browser to the gateway's card page.
pub async fn start_change(app: &App, account: AccountId) -> Result<ChangeStart, AppError> {
    let (theirs, now) = (app.clone(), app.now());
    let promised = app
        .store()
        .write(move |tx| {
            let Some(kept) = open_account(tx, account)? else { return Ok(None) };
            let return_url = urls::card_change_back(theirs.settings(), &kept.group);
            let owner = SetupOwner::Account(account);
            card_page::promise(tx, &theirs, owner, &kept.mail, (return_url, now)).map(Some)
        })
        .await?;
    let setup = match promised.get() {
        None => return Ok(ChangeStart::NoAccount),
        Some(Page::TooMany { try_again_s }) => {
            return Ok(ChangeStart::TooMany { try_again_s: *try_again_s });
        }
        Some(Page::Same { url }) => return Ok(ChangeStart::GoTo { url: url.clone() }),
        Some(Page::Promised(setup)) => setup.clone(),
    };
    let url = card_page::open(app, promised.map(|_either| setup)).await?;
    Ok(url.map_or(ChangeStart::GatewayAway, |url| ChangeStart::GoTo { url }))
}

/// The browser is back from the card page. The gateway is asked; what the address says counts for nothing but
/// finding the attempt.
pub async fn change_back(
    app: &App,
    account: AccountId,
    setup_id: &str,
) -> Result<Changed, AppError> {
    let (name, now) = (setup_id.to_owned(), app.now());
    let found = app
        .store()
        .read(move |reader| {
            let Some(kept) = open_account(reader, account)? else { return Ok(None) };
            let owner = SetupOwner::Account(account);
            let Some(setup) = card_setups::by_gateway(reader, owner, &name)? else {
                return Ok(None);
            };
            Ok::<_, AppError>(Some((setup, policies(reader, &kept, now)?, kept)))
        })
        .await?;
    let Some((setup, policies, kept)) = found else { return Ok(Changed::Unknown) };
    if let Some(over) = over(&setup)? {
        return Ok(over);
    }
    match card_page::ask(app, (&setup.id, setup_id), &policies).await? {
        Answer::Away => Ok(Changed::GatewayAway),
        Answer::NotFinished => Ok(Changed::NotFinished),
        Answer::Refused(refusal) => refuse(app, kept, setup.id, refusal).await,
        Answer::Taken(facts, flag) => {
            until_not_overtaken(|| {
                let (theirs, kept, id) = (app.clone(), kept.clone(), setup.id.clone());
                let facts = facts.clone();
                app.store().write(move |tx| take(tx, &theirs, &kept, &id, (facts, flag)))
            })
            .await?;
            Ok(Changed::Done)
        }
    }
}

fn over(setup: &Setup) -> Result<Option<Changed>, AppError> {
    Ok(match &setup.state {
        SetupState::Open { .. } => None,
        SetupState::Promised | SetupState::Cancelled => Some(Changed::NotFinished),
        SetupState::Saved => Some(Changed::Done),
        SetupState::Refused { refusal } => {
            let reason = CardRefusal::parse(refusal).ok_or_else(|| AppError::Inconsistent {
                what: format!("the attempt {} was refused for an unknown reason", setup.id),
            })?;
            Some(Changed::Refused { reason })
        }
    })
}

pub(crate) fn open_account(
    reader: &mut Reader<'_>,
    id: AccountId,
) -> Result<Option<Account>, AppError> {
    let kept = store::accounts::by_id(reader, id)?;
    Ok(kept.filter(|kept| kept.state != AccountState::Closed))
}

/// What every hospital says at which the account pays: the card is charged at all of them.
pub(crate) fn policies(
    reader: &mut Reader<'_>,
    account: &Account,
    now: Moment,
) -> Result<Vec<Policy>, AppError> {
    let links = store::patient_links::of_account(reader, account.id)?;
    let hospitals: BTreeSet<_> = links.into_iter().map(|link| link.hospital).collect();
    hospitals.iter().map(|hospital| policy::must_be_in_force(reader, hospital, now.day())).collect()
}

async fn refuse(
    app: &App,
    kept: Account,
    setup: String,
    refusal: Refusal,
) -> Result<Changed, AppError> {
    let (theirs, reason) = (app.clone(), refusal.reason);
    app.store()
        .write(move |tx| {
            let by = (&kept.group, &Actor::Account(kept.id), kept.id.to_string());
            card_page::put_away(tx, &theirs, &setup, &refusal, by)
        })
        .await?;
    Ok(Changed::Refused { reason })
}

/// Puts a card in the place of the one before, in one transaction with everything that it sets free. A second call
/// changes nothing.
fn take(
    tx: &mut Tx<'_>,
    app: &App,
    account: &Account,
    setup: &str,
    (facts, flag): (CardFacts, Flag),
) -> Result<(), AppError> {
    let now = app.now();
    // One after the other: an account has one card.
    store::registrations::hold_mailbox(tx, &account.mail, now)?;
    if !card_setups::end(tx, setup, Ended::Saved)? {
        return Ok(());
    }
    let before = store::cards::current_of(tx, account.id)?;
    let mandate = mandate(tx, account, before.as_ref(), now)?;
    if let Some(before) = &before {
        store::cards::retire(tx, before.id)?;
        let due = now.plus_seconds(KEPT_S);
        register::forget_at_gateway(tx, app.ids(), &before.facts.at_gateway, (due, now))?;
    }
    let card = Card { id: app.ids().id(now), account: account.id, facts, saved_at: now };
    store::cards::insert(tx, &card, flag, &mandate)?;
    card_expiry::promise(tx, app.ids(), &card, now)?;
    let detail = serde_json::json!({
        "account": account.id.to_string(),
        "before": before.map(|card| card.id.to_string()),
        "funding": card.facts.funding.as_str(),
        "flagged": flag == Flag::UnknownFunding,
    });
    let (about, actor) = (card.id.to_string(), Actor::Account(account.id));
    record::act_with(tx, &account.group, &actor, Act::CardReplaced, (&about, now), &detail);
    let mut items = vec![ChangedItem::Card];
    items.extend(details::apply_waiting(tx, account, now)?);
    changes::tell(tx, app, account, items, setup.to_owned())?;
    let means = Means { now, ids: app.ids(), settings: app.settings() };
    charge::resume_waiting(tx, means, account.id)?;
    allow_again(tx, account.id, now)
}

/// The consent that the new card is charged by: the terms are those of the one before.
fn mandate(
    reader: &mut Reader<'_>,
    account: &Account,
    before: Option<&Card>,
    now: Moment,
) -> Result<Mandate, AppError> {
    let earlier = match before {
        Some(card) => store::cards::mandate_of(reader, card.id)?,
        None => None,
    };
    let (terms_version, terms_agreed_at) = match earlier {
        Some(earlier) => (earlier.terms_version, earlier.terms_agreed_at),
        None => {
            let group = store::groups::by_slug(reader, &account.group)?;
            (group.map(|group| group.terms_version).unwrap_or_default(), account.completed_at)
        }
    };
    let text_version = MANDATE_TEXT_VERSION.to_owned();
    Ok(Mandate { terms_version, terms_agreed_at, text_version, given_at: now })
}

/// Lets an account enter visits again whose card has failed: once nothing of it is left to be paid at the desk, and its
/// card is one that may be charged (P5b).
pub(crate) fn allow_again(
    tx: &mut Tx<'_>,
    account: AccountId,
    now: Moment,
) -> Result<(), AppError> {
    let standing = store::accounts::standing(tx, account)?;
    if standing.is_none_or(|standing| standing.state != AccountState::CardFailed) {
        return Ok(());
    }
    let Some(card) = store::cards::current_of(tx, account)? else { return Ok(()) };
    if card.facts.expiry.is_over(now.day())
        || charge::refused_before(tx, account, card.id, now)?.is_some()
        || owes_the_desk(tx, account)?
    {
        return Ok(());
    }
    store::accounts::set_state(tx, account, AccountState::Active)?;
    let Some(kept) = store::accounts::by_id(tx, account)? else { return Ok(()) };
    let about = account.to_string();
    record::act(tx, &kept.group, &Actor::System, Act::AccountAllowedAgain, (&about, now));
    Ok(())
}

/// Whether a charge was given to the desk whose bills are not paid there yet.
fn owes_the_desk(reader: &mut Reader<'_>, account: AccountId) -> Result<bool, AppError> {
    for entry in store::charges::returned_entries(reader, account)? {
        let entered = store::entries::by_id(reader, entry)?;
        if entered.is_none_or(|entered| entered.state == EntryState::Withdrawn) {
            continue;
        }
        let bills = store::bills::current_of_entry(reader, entry)?;
        if bills.iter().any(|bill| bill.due > bill.received) {
            return Ok(true);
        }
    }
    Ok(false)
}
