//! The application URL: looked at as often as one likes, opened once.

use super::{Begun, Opened};
use crate::ids::token_hash;
use crate::{App, AppError, record};
use domain::audit::{Act, Actor};
use domain::time::Moment;
use store::registrations::{self, Registration, RegistrationState};
use store::{Reader, StoreError, Tx};

/// Looks where a URL leads and changes nothing. `session_token` is this browser's cookie, if any.
///
/// [`Opened::Ready`] brings a token for a new cookie where the browser has none that can be used. It is
/// bound to the registration by [`begin_form`] only; with it, a button pressed twice is pressed once.
pub async fn open(
    app: &App,
    url_token: &str,
    session_token: Option<&str>,
) -> Result<Opened, AppError> {
    let (url_hash, session_hash) = (token_hash(url_token), session_token.map(token_hash));
    let new_token = app.ids().token();
    let now = app.now();
    let found = app
        .store()
        .read(move |reader| {
            let Some((kept, ends_at)) = registrations::by_url(reader, &url_hash)? else {
                return Ok(None);
            };
            let free = is_free(reader, session_hash.as_deref())?;
            Ok::<_, StoreError>(Some((
                where_to(&kept, ends_at, session_hash.as_deref(), now),
                kept,
                ends_at,
                free,
            )))
        })
        .await?;
    let Some((to, kept, ends_at, free)) = found else { return Ok(Opened::Unknown) };
    Ok(match to {
        To::Used => Opened::Used { group: kept.group },
        To::Expired => Opened::Expired { group: kept.group },
        To::GoOn => Opened::GoOn { group: kept.group },
        To::Ready => Opened::Ready {
            group: kept.group,
            mail: kept.mail,
            ends_at,
            session_token: (!free).then_some(new_token),
        },
    })
}

/// Opens a URL: from now on only the browser with the session token can go on.
pub async fn begin_form(
    app: &App,
    url_token: &str,
    session_token: Option<&str>,
) -> Result<Begun, AppError> {
    let (url_hash, session_hash) = (token_hash(url_token), session_token.map(token_hash));
    let new_token = app.ids().token();
    let new_hash = token_hash(&new_token);
    let now = app.now();
    let ends_at = now.plus_minutes(app.settings().application_url_hours.saturating_mul(60));
    let found = app
        .store()
        .write(move |tx| {
            let Some((kept, url_ends_at)) = registrations::by_url(tx, &url_hash)? else {
                return Ok(None);
            };
            let to = where_to(&kept, url_ends_at, session_hash.as_deref(), now);
            if to != To::Ready {
                return Ok(Some((to, kept, false)));
            }
            let free = is_free(tx, session_hash.as_deref())?;
            let bound_to =
                if free { session_hash.as_deref().unwrap_or(&new_hash) } else { &new_hash };
            if bind(tx, &kept, bound_to, ends_at, now)? {
                return Ok(Some((To::Ready, kept, free)));
            }
            // Somebody pressed the button at the same moment: perhaps this very browser.
            let Some((kept, _)) = registrations::by_url(tx, &url_hash)? else { return Ok(None) };
            Ok::<_, StoreError>(Some((
                where_to(&kept, url_ends_at, session_hash.as_deref(), now),
                kept,
                false,
            )))
        })
        .await?
        .into_inner();
    let Some((to, kept, keeps_cookie)) = found else { return Ok(Begun::Unknown) };
    Ok(match to {
        To::Used => Begun::Used { group: kept.group },
        To::Expired => Begun::Expired { group: kept.group },
        To::GoOn => Begun::Form { group: kept.group, session_token: None },
        To::Ready => {
            Begun::Form { group: kept.group, session_token: (!keeps_cookie).then_some(new_token) }
        }
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Ready,
    GoOn,
    Used,
    Expired,
}

fn where_to(
    kept: &Registration,
    url_ends_at: Moment,
    session_hash: Option<&str>,
    now: Moment,
) -> To {
    let here = session_hash.is_some() && kept.session_hash.as_deref() == session_hash;
    match kept.state {
        RegistrationState::Started if now >= url_ends_at => To::Expired,
        RegistrationState::Started => To::Ready,
        RegistrationState::Opened
        | RegistrationState::FilledIn
        | RegistrationState::AtDesk
        | RegistrationState::Superseded
        | RegistrationState::Completed => {
            if here && kept.session_ends_at.is_some_and(|ends_at| now < ends_at) {
                To::GoOn
            } else {
                To::Used
            }
        }
    }
}

/// Whether there is a cookie and no registration has it: a cookie serves one registration, so that a
/// family can register one after the other in one browser.
fn is_free(reader: &mut Reader<'_>, session_hash: Option<&str>) -> Result<bool, StoreError> {
    match session_hash {
        None => Ok(false),
        Some(hash) => Ok(registrations::by_session(reader, hash)?.is_none()),
    }
}

fn bind(
    tx: &mut Tx<'_>,
    kept: &Registration,
    session_hash: &str,
    ends_at: Moment,
    now: Moment,
) -> Result<bool, StoreError> {
    if !registrations::open(tx, kept.id, session_hash, ends_at)? {
        return Ok(false);
    }
    record::act(
        tx,
        &kept.group,
        &Actor::Visitor,
        Act::RegistrationOpened,
        (&kept.id.to_string(), now),
    );
    Ok(true)
}
