//! The card: saved on the gateway's own page, looked at here, taken or refused.

use super::complete::{self, Acceptance, completed, desk_hospitals};
use super::form::under_way;
use super::{CardBack, CardRefusal, CardStart};
use crate::card_page::{self, Answer, Page, Refusal};
use crate::ids::token_hash;
use crate::{App, AppError, policy, urls};
use domain::audit::Actor;
use domain::policy::Policy;
use domain::time::Moment;
use store::card_setups::{self, Setup, SetupOwner, SetupState};
use store::registrations::{Registration, RegistrationState};
use store::{Reader, Tx};

/// Sends the browser to the gateway's card page.
pub async fn start_card(app: &App, session_token: &str) -> Result<CardStart, AppError> {
    let (hash, now, theirs) = (token_hash(session_token), app.now(), app.clone());
    let promised = app.store().write(move |tx| promise(tx, &theirs, &hash, now)).await?;
    let setup = match promised.get() {
        Promised::Ends(card_start) => return Ok(card_start.clone()),
        Promised::Page(Page::TooMany { try_again_s }) => {
            return Ok(CardStart::TooMany { try_again_s: *try_again_s });
        }
        Promised::Page(Page::Same { url }) => return Ok(CardStart::GoTo { url: url.clone() }),
        Promised::Page(Page::Promised(setup)) => setup.clone(),
    };
    let url = card_page::open(app, promised.map(|_either| setup)).await?;
    Ok(url.map_or(CardStart::GatewayAway, |url| CardStart::GoTo { url }))
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
    match card_page::ask(app, (&setup.id, setup_id), &[policy]).await? {
        Answer::Away => Ok(CardBack::GatewayAway),
        Answer::NotFinished => Ok(CardBack::NotFinished),
        Answer::Refused(refusal) => refuse(app, kept, setup.id, refusal).await,
        Answer::Taken(facts, flag) => {
            let id = kept.id;
            complete::complete(app, Acceptance { registration: id, setup: setup.id, facts, flag })
                .await
        }
    }
}

enum Promised {
    Ends(CardStart),
    Page(Page),
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
    let owner = SetupOwner::Registration(kept.id);
    let return_url = urls::card_back(app.settings(), &kept.group);
    let page = card_page::promise(tx, app, owner, &kept.mail, (return_url, now))?;
    Ok(Promised::Page(page))
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
    let setup = card_setups::by_gateway(reader, SetupOwner::Registration(kept.id), gateway_setup)?;
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

async fn refuse(
    app: &App,
    kept: Registration,
    setup: String,
    refusal: Refusal,
) -> Result<CardBack, AppError> {
    let (theirs, reason) = (app.clone(), refusal.reason);
    app.store()
        .write(move |tx| {
            let by = (&kept.group, &Actor::Visitor, kept.id.to_string());
            card_page::put_away(tx, &theirs, &setup, &refusal, by)
        })
        .await?;
    Ok(CardBack::Refused { reason })
}
