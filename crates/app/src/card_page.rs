//! The gateway's own page for a card: promised, opened, asked about, judged. Registrations and accounts use it alike.

use crate::register::{self, CardRefusal};
use crate::{App, AppError, limits, record, tell};
use domain::audit::{Act, Actor};
use domain::card::{CardFacts, Funding, FundingDecision, decide};
use domain::group::GroupSlug;
use domain::mail_address::MailAddress;
use domain::policy::Policy;
use domain::time::{Day, Moment};
use outbound::cards::SetupOutcome;
use store::card_setups::{self, Ended, SetupOwner, SetupState};
use store::cards::Flag;
use store::{Committed, Reader, Tx};

/// How many cards one mailbox may try within how many seconds (S-05).
const CARDS: [(usize, i64); 1] = [(5, 86_400)];

/// Seconds within which a second press of the button leads to the same page of the gateway.
const SAME_PAGE_S: i64 = 30;

/// An attempt that is stored, and so counted, before the gateway hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromisedSetup {
    /// Our own name for the attempt.
    id: String,
    /// What the gateway keeps with it: the id of the registration or account.
    pub(crate) reference: String,
    /// Where the gateway sends the browser afterwards.
    pub(crate) return_url: String,
}

/// What a press of the button leads to.
pub(crate) enum Page {
    /// Too many cards were tried.
    TooMany { try_again_s: i64 },
    /// The page that was made a moment ago: the button was pressed twice.
    Same { url: String },
    /// A new one.
    Promised(PromisedSetup),
}

/// Writes that a page is about to be asked for. The mailbox is held, so that nobody tries more than so many cards by
/// trying them at once.
pub(crate) fn promise(
    tx: &mut Tx<'_>,
    app: &App,
    owner: SetupOwner,
    mail: &MailAddress,
    (return_url, now): (String, Moment),
) -> Result<Page, AppError> {
    store::registrations::hold_mailbox(tx, mail, now)?;
    if let Some(url) = same_page(tx, owner, now)? {
        return Ok(Page::Same { url });
    }
    if app.settings().limits
        && let Some(try_again_s) = wait_s(tx, mail, now)?
    {
        return Ok(Page::TooMany { try_again_s });
    }
    let id = format!("sup_{}", hex::encode(app.ids().bytes::<16>()));
    card_setups::insert(tx, &id, owner, mail, now)?;
    Ok(Page::Promised(PromisedSetup { id, reference: owner.to_string(), return_url }))
}

fn same_page(
    reader: &mut Reader<'_>,
    owner: SetupOwner,
    now: Moment,
) -> Result<Option<String>, AppError> {
    let latest = card_setups::latest(reader, owner)?;
    Ok(latest.and_then(|setup| match setup.state {
        SetupState::Open { page_url } if now < setup.asked_at.plus_seconds(SAME_PAGE_S) => {
            Some(page_url)
        }
        SetupState::Open { .. }
        | SetupState::Promised
        | SetupState::Cancelled
        | SetupState::Refused { .. }
        | SetupState::Saved => None,
    }))
}

fn wait_s(
    reader: &mut Reader<'_>,
    mail: &MailAddress,
    now: Moment,
) -> Result<Option<i64>, AppError> {
    let asked = card_setups::asked_since(reader, mail, limits::counts_since(&CARDS, now))?;
    Ok(limits::wait_s(&asked, &CARDS, now))
}

/// Asks the gateway for a promised page, and gives its address. `None`: the gateway does not answer.
pub(crate) async fn open(
    app: &App,
    promised: Committed<PromisedSetup>,
) -> Result<Option<String>, AppError> {
    let setup = match tell::start_setup(app, &promised).await {
        Ok(setup) => setup,
        Err(error) => {
            away(&error);
            return Ok(None);
        }
    };
    let (id, url) = (promised.into_inner().id, setup.page_url.clone());
    app.store()
        .write(move |tx| card_setups::opened(tx, &id, &setup.setup_id, &setup.page_url))
        .await?;
    Ok(Some(url))
}

/// What the gateway says of a page that a browser comes back from.
pub(crate) enum Answer {
    /// It does not answer.
    Away,
    /// The page was left before its end.
    NotFinished,
    /// The card is not taken.
    Refused(Refusal),
    /// It is.
    Taken(CardFacts, Flag),
}

/// A card that is not taken.
pub(crate) struct Refusal {
    pub(crate) reason: CardRefusal,
    /// The gateway's word for it; empty where it was ours to refuse.
    pub(crate) code: String,
    /// The card, where the gateway has saved it nevertheless.
    pub(crate) facts: Option<CardFacts>,
}

/// Asks the gateway what became of a page, and judges the card by every policy that it will be charged under.
pub(crate) async fn ask(
    app: &App,
    (setup, at_gateway): (&str, &str),
    policies: &[Policy],
) -> Result<Answer, AppError> {
    let today = app.now().day();
    Ok(match tell::setup_outcome(app, at_gateway).await {
        Err(error) => {
            away(&error);
            Answer::Away
        }
        Ok(SetupOutcome::NotFinished) => Answer::NotFinished,
        Ok(SetupOutcome::Cancelled) => {
            let setup = setup.to_owned();
            app.store().write(move |tx| card_setups::end(tx, &setup, Ended::Cancelled)).await?;
            Answer::NotFinished
        }
        Ok(SetupOutcome::Declined { code }) => {
            Answer::Refused(Refusal { reason: refusal_of(&code), code, facts: None })
        }
        Ok(SetupOutcome::Saved(facts)) => match judge_by_all(&facts, policies, today) {
            Err(reason) => {
                Answer::Refused(Refusal { reason, code: String::new(), facts: Some(facts) })
            }
            Ok(flag) => Answer::Taken(facts, flag),
        },
    })
}

/// Notes that a card was not taken, by whom and about whom, and has it deleted at the gateway. A second time nothing
/// happens.
pub(crate) fn put_away(
    tx: &mut Tx<'_>,
    app: &App,
    setup: &str,
    refusal: &Refusal,
    (group, actor, about): (&GroupSlug, &Actor, String),
) -> Result<(), AppError> {
    let (now, reason) = (app.now(), refusal.reason);
    if !card_setups::end(tx, setup, Ended::Refused(reason.as_str()))? {
        return Ok(());
    }
    if let Some(facts) = &refusal.facts {
        register::forget_at_gateway(tx, app.ids(), &facts.at_gateway, (now, now))?;
    }
    let detail = serde_json::json!({ "reason": reason.as_str(), "code": refusal.code });
    record::act_with(tx, group, actor, Act::CardRefused, (&about, now), &detail);
    Ok(())
}

fn judge_by_all(facts: &CardFacts, policies: &[Policy], today: Day) -> Result<Flag, CardRefusal> {
    let mut flag = Flag::None;
    for policy in policies {
        if judge(facts, policy, today)? == Flag::UnknownFunding {
            flag = Flag::UnknownFunding;
        }
    }
    Ok(flag)
}

/// Whether a saved card is taken (FAQ Q13; authentication is the card networks' rule for cards that
/// are charged while their owner is away).
fn judge(facts: &CardFacts, policy: &Policy, today: Day) -> Result<Flag, CardRefusal> {
    match decide(facts.funding, &policy.funding) {
        FundingDecision::Refused => Err(match facts.funding {
            Funding::Debit => CardRefusal::Debit,
            Funding::Prepaid => CardRefusal::Prepaid,
            Funding::Unknown => CardRefusal::UnknownFunding,
            Funding::Credit => CardRefusal::KindNotTaken,
        }),
        FundingDecision::Accepted | FundingDecision::AcceptedAndFlagged if !facts.authenticated => {
            Err(CardRefusal::NotAuthenticated)
        }
        FundingDecision::Accepted | FundingDecision::AcceptedAndFlagged
            if facts.expiry.is_over(today) =>
        {
            Err(CardRefusal::Expired)
        }
        FundingDecision::Accepted => Ok(Flag::None),
        FundingDecision::AcceptedAndFlagged => Ok(Flag::UnknownFunding),
    }
}

fn refusal_of(code: &str) -> CardRefusal {
    match code {
        "authentication_failed" | "authentication_required" => CardRefusal::NotAuthenticated,
        "expired_card" => CardRefusal::Expired,
        _ => CardRefusal::Declined,
    }
}

fn away(error: &outbound::cards::GatewayDown) {
    tracing::warn!(error = %crate::error::chain(error), "the card gateway is away");
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::card::{Expiry, GatewayCard};

    fn credit() -> CardFacts {
        let text = str::to_owned;
        CardFacts {
            at_gateway: GatewayCard { customer: text("cus_1"), payment_method: text("pm_1") },
            brand: text("VISA"),
            last_four: text("4242"),
            expiry: Expiry { year: 2026, month: 11 },
            funding: Funding::Credit,
            authenticated: true,
        }
    }

    #[test]
    fn q13_each_card_is_refused_for_its_own_reason() {
        let policy = Policy::of_the_faq();
        let judged = |facts: &CardFacts, day: &str| judge(facts, &policy, Day::parse(day).unwrap());
        let today = "2026-11-24";
        assert_eq!(judged(&credit(), today), Ok(Flag::None));
        assert_eq!(judged(&credit(), "2026-12-01"), Err(CardRefusal::Expired));
        let of_kind = |funding| CardFacts { funding, ..credit() };
        assert_eq!(judged(&of_kind(Funding::Debit), today), Err(CardRefusal::Debit));
        assert_eq!(judged(&of_kind(Funding::Prepaid), today), Err(CardRefusal::Prepaid));
        assert_eq!(judged(&of_kind(Funding::Unknown), today), Ok(Flag::UnknownFunding));
        let strict = Policy {
            funding: domain::policy::FundingPolicy {
                unknown: domain::policy::UnknownFunding::Refuse,
                ..policy.funding.clone()
            },
            ..policy.clone()
        };
        let both = |facts: &CardFacts| {
            judge_by_all(facts, &[policy.clone(), strict.clone()], Day::parse(today).unwrap())
        };
        assert_eq!(
            both(&of_kind(Funding::Unknown)),
            Err(CardRefusal::UnknownFunding),
            "the strictest counts"
        );
        for funding in [Funding::Credit, Funding::Unknown] {
            let stranger = CardFacts { authenticated: false, ..of_kind(funding) };
            assert_eq!(judged(&stranger, today), Err(CardRefusal::NotAuthenticated));
        }
    }

    #[test]
    fn what_the_gateway_says_of_a_decline_is_told_in_our_words() {
        assert_eq!(refusal_of("authentication_failed"), CardRefusal::NotAuthenticated);
        assert_eq!(refusal_of("expired_card"), CardRefusal::Expired);
        assert_eq!(refusal_of("generic_decline"), CardRefusal::Declined);
        assert_eq!(refusal_of("a word that is new"), CardRefusal::Declined);
    }
}
