//! The card: saved on the gateway's own page, looked at here, taken or refused.

use super::complete::{self, Acceptance, completed, desk_hospitals};
use super::forget;
use super::form::under_way;
use super::{CardBack, CardRefusal, CardStart};
use crate::ids::token_hash;
use crate::{App, AppError, policy, record, tell, urls};
use domain::audit::{Act, Actor};
use domain::card::{CardFacts, Funding, FundingDecision, decide};
use domain::mail_address::MailAddress;
use domain::policy::Policy;
use domain::time::{Day, Moment};
use outbound::cards::SetupOutcome;
use store::card_setups::{self, Ended, Setup, SetupState};
use store::cards::Flag;
use store::registrations::{self, Registration, RegistrationState};
use store::{Reader, Tx};

/// How many cards one mailbox may try within how many seconds (S-05).
const CARDS: [(usize, i64); 1] = [(5, 86_400)];

/// Seconds within which a second press of the button leads to the same page of the gateway.
const SAME_PAGE_S: i64 = 30;

/// An attempt that is stored, and so counted, before the gateway hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromisedSetup {
    /// Our own name for the attempt.
    pub(super) id: String,
    /// What the gateway keeps with it: the registration's id.
    pub(crate) reference: String,
    /// Where the gateway sends the browser afterwards.
    pub(crate) return_url: String,
}

/// Sends the browser to the gateway's card page.
pub async fn start_card(app: &App, session_token: &str) -> Result<CardStart, AppError> {
    let (hash, now, theirs) = (token_hash(session_token), app.now(), app.clone());
    let promised = app.store().write(move |tx| promise(tx, &theirs, &hash, now)).await?;
    let setup = match promised.get() {
        Promised::Ends(card_start) => return Ok(card_start.clone()),
        Promised::Setup(setup) => setup.clone(),
    };
    let promised = promised.map(|_either| setup);
    let setup = match tell::start_setup(app, &promised).await {
        Ok(setup) => setup,
        Err(error) => return Ok(away(&error, CardStart::GatewayAway)),
    };
    let (id, url) = (promised.into_inner().id, setup.page_url.clone());
    app.store()
        .write(move |tx| card_setups::opened(tx, &id, &setup.setup_id, &setup.page_url))
        .await?;
    Ok(CardStart::GoTo { url })
}

/// The browser is back from the card page. The gateway is asked; what the address says counts for
/// nothing but finding the attempt. Any number of reloads gives the same answer.
pub async fn card_back(
    app: &App,
    session_token: &str,
    setup_id: &str,
) -> Result<CardBack, AppError> {
    let (hash, name, now) = (token_hash(session_token), setup_id.to_owned(), app.now());
    let found = app.store().read(move |reader| look(reader, &hash, &name, now)).await?;
    let (kept, setup, policy) = match found {
        Looked::Ends(card_back) => return Ok(card_back),
        Looked::Ask { kept, setup, policy } => (*kept, setup, *policy),
    };
    match tell::setup_outcome(app, setup_id).await {
        Err(error) => Ok(away(&error, CardBack::GatewayAway)),
        Ok(SetupOutcome::NotFinished) => Ok(CardBack::NotFinished),
        Ok(SetupOutcome::Cancelled) => {
            app.store().write(move |tx| card_setups::end(tx, &setup.id, Ended::Cancelled)).await?;
            Ok(CardBack::NotFinished)
        }
        Ok(SetupOutcome::Declined { code }) => {
            let reason = refusal_of(&code);
            refuse(app, kept, setup.id, Refusal { reason, code, facts: None }).await
        }
        Ok(SetupOutcome::Saved(facts)) => match judge(&facts, &policy, now.day()) {
            Err(reason) => {
                let refusal = Refusal { reason, code: String::new(), facts: Some(facts) };
                refuse(app, kept, setup.id, refusal).await
            }
            Ok(flag) => {
                let id = kept.id;
                complete::complete(
                    app,
                    Acceptance { registration: id, setup: setup.id, facts, flag },
                )
                .await
            }
        },
    }
}

enum Promised {
    Ends(CardStart),
    Setup(PromisedSetup),
}

fn promise(
    tx: &mut Tx<'_>,
    app: &App,
    session_hash: &str,
    now: Moment,
) -> Result<Promised, AppError> {
    let ends = |card_start| Ok(Promised::Ends(card_start));
    let Some(kept) = under_way(tx, session_hash, now)? else { return ends(CardStart::NoSession) };
    match kept.state {
        RegistrationState::Started | RegistrationState::Superseded => {
            return ends(CardStart::NoSession);
        }
        RegistrationState::Opened => return ends(CardStart::FormFirst),
        RegistrationState::AtDesk => return ends(CardStart::AskDesk(desk_hospitals(tx, &kept)?)),
        RegistrationState::Completed => {
            return ends(CardStart::AlreadyCompleted(Box::new(completed(tx, &kept)?)));
        }
        RegistrationState::FilledIn => {}
    }
    registrations::hold_mailbox(tx, &kept.mail, now)?;
    if let Some(page_url) = same_page(tx, &kept, now)? {
        return ends(CardStart::GoTo { url: page_url });
    }
    if app.settings().limits
        && let Some(try_again_s) = wait_s(tx, &kept.mail, now)?
    {
        return ends(CardStart::TooMany { try_again_s });
    }
    let id = format!("sup_{}", hex::encode(app.ids().bytes::<16>()));
    card_setups::insert(tx, &id, kept.id, &kept.mail, now)?;
    let return_url = urls::card_back(app.settings(), &kept.group);
    Ok(Promised::Setup(PromisedSetup { id, reference: kept.id.to_string(), return_url }))
}

/// The page that was made a moment ago: the button was pressed twice.
fn same_page(
    reader: &mut Reader<'_>,
    kept: &Registration,
    now: Moment,
) -> Result<Option<String>, AppError> {
    let latest = card_setups::latest(reader, kept.id)?;
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
    let longest = CARDS.iter().map(|(_, window)| *window).max().unwrap_or(0);
    let asked = card_setups::asked_since(reader, mail, now.plus_seconds(longest.saturating_neg()))?;
    Ok(super::wait_s(&asked, &CARDS, now))
}

enum Looked {
    Ends(CardBack),
    Ask { kept: Box<Registration>, setup: Setup, policy: Box<Policy> },
}

fn look(
    reader: &mut Reader<'_>,
    session_hash: &str,
    gateway_setup: &str,
    now: Moment,
) -> Result<Looked, AppError> {
    let ends = |card_back| Ok(Looked::Ends(card_back));
    let Some(kept) = under_way(reader, session_hash, now)? else {
        return ends(CardBack::NoSession);
    };
    if let Some(card_back) = ended(reader, &kept)? {
        return ends(card_back);
    }
    let setup = card_setups::by_gateway(reader, kept.id, gateway_setup)?;
    let Some((setup, draft)) = setup.zip(kept.draft.as_ref()) else {
        return ends(CardBack::NoSession);
    };
    match &setup.state {
        SetupState::Refused { refusal } => {
            let reason = CardRefusal::parse(refusal).ok_or_else(|| AppError::Inconsistent {
                what: format!("the attempt {} was refused for an unknown reason", setup.id),
            })?;
            ends(CardBack::Refused { reason })
        }
        SetupState::Cancelled | SetupState::Promised => ends(CardBack::NotFinished),
        SetupState::Open { .. } | SetupState::Saved => {
            let policy = policy::in_force(reader, &draft.hospital, now.day())?;
            let policy = policy.ok_or_else(|| AppError::Inconsistent {
                what: format!(
                    "{} has a patient number of {}, which has no policy",
                    kept.id, draft.hospital
                ),
            })?;
            Ok(Looked::Ask { kept: Box::new(kept), setup, policy: Box::new(policy) })
        }
    }
}

/// The answer for a registration that has come to its end, whichever; `None`: it has not.
pub(super) fn ended(
    reader: &mut Reader<'_>,
    kept: &Registration,
) -> Result<Option<CardBack>, AppError> {
    Ok(match kept.state {
        RegistrationState::Started | RegistrationState::Opened => Some(CardBack::NoSession),
        RegistrationState::FilledIn => None,
        RegistrationState::AtDesk => Some(CardBack::AskDesk(desk_hospitals(reader, kept)?)),
        RegistrationState::Superseded => Some(CardBack::AlreadyRegistered),
        RegistrationState::Completed => {
            Some(CardBack::Completed(Box::new(completed(reader, kept)?)))
        }
    })
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

struct Refusal {
    reason: CardRefusal,
    /// The gateway's word for it; empty where it was ours to refuse.
    code: String,
    facts: Option<CardFacts>,
}

async fn refuse(
    app: &App,
    kept: Registration,
    setup: String,
    refusal: Refusal,
) -> Result<CardBack, AppError> {
    let (now, ids, reason) = (app.now(), app.ids().clone(), refusal.reason);
    app.store()
        .write(move |tx| {
            if !card_setups::end(tx, &setup, Ended::Refused(reason.as_str()))? {
                return Ok(());
            }
            if let Some(facts) = &refusal.facts {
                forget::promise(tx, &ids, &facts.at_gateway, now)?;
            }
            let detail = serde_json::json!({ "reason": reason.as_str(), "code": refusal.code });
            let about = kept.id.to_string();
            record::act_with(
                tx,
                &kept.group,
                &Actor::Visitor,
                Act::CardRefused,
                (&about, now),
                &detail,
            );
            Ok::<_, AppError>(())
        })
        .await?;
    Ok(CardBack::Refused { reason })
}

fn away<T>(error: &outbound::cards::GatewayDown, answer: T) -> T {
    tracing::warn!(error = %crate::error::chain(error), "the card gateway is away");
    answer
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
