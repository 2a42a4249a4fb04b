//! Link and code: either shows, once, that the mailbox is theirs.

use super::{CodeEntered, Link, MINUTES, is_open};
use crate::ids::token_hash;
use crate::limits::{ClientAddress, Limited};
use crate::{App, AppError, record};
use domain::audit::{Act, Actor};
use domain::group::GroupSlug;
use domain::text;
use domain::time::Moment;
use store::recoveries::{self, Recovery};
use store::{Reader, StoreError, Tx};

/// Wrong codes until another mail is needed: of a million, a guess in five is right once in 200,000 mails.
const CODES_MAX: i64 = 5;

/// Digits of a code.
const DIGITS: usize = 6;

/// Compares a code with the one that was sent to the address that this browser has asked for.
pub async fn enter_code(
    app: &App,
    group: &GroupSlug,
    browser_token: &str,
    code: &str,
    from: &ClientAddress,
) -> Result<CodeEntered, AppError> {
    let Some(code) = read_code(code) else { return Ok(CodeEntered::NotACode) };
    let now = app.now();
    if let Err(try_again_s) = app.limiter().take(Limited::SignInFromNetwork, from.as_str(), now) {
        return Ok(CodeEntered::TooMany { try_again_s });
    }
    let (group, browser_hash) = (group.clone(), token_hash(browser_token));
    let entered = app
        .store()
        .write(move |tx| {
            let Some(kept) = recoveries::by_browser(tx, &browser_hash)? else {
                return Ok(CodeEntered::Nothing);
            };
            if kept.group != group || !is_open(&kept, now) {
                return Ok(CodeEntered::Nothing);
            }
            if kept.proved {
                return Ok(CodeEntered::Right);
            }
            // Counted before it is compared.
            if !recoveries::try_code(tx, kept.id, CODES_MAX)? {
                return Ok(CodeEntered::TooManyWrong);
            }
            if kept.has_code(tx.keyring(), &code) && prove(tx, &kept, &browser_hash, now)? {
                return Ok(CodeEntered::Right);
            }
            let about = kept.id.to_string();
            record::act(tx, &kept.group, &Actor::Visitor, Act::RecoveryCodeRefused, (&about, now));
            let last = kept.wrong_codes.saturating_add(1) >= CODES_MAX;
            Ok::<_, StoreError>(if last { CodeEntered::TooManyWrong } else { CodeEntered::Wrong })
        })
        .await?;
    Ok(entered.into_inner())
}

/// Six digits as people type them: `123 456`, `１２３４５６`.
fn read_code(typed: &str) -> Option<String> {
    let folded = text::fold_width(typed);
    let code: String =
        folded.chars().filter(|sign| !matches!(sign, ' ' | '-') && !sign.is_whitespace()).collect();
    (code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// Looks where a link leads and changes nothing: mail scanners open links, too.
pub async fn look(
    app: &App,
    group: &GroupSlug,
    link_token: &str,
    browser_token: Option<&str>,
) -> Result<Link, AppError> {
    let (link, browser) = (token_hash(link_token), browser_token.map(token_hash));
    let (now, new_token, group) = (app.now(), app.ids().token(), group.clone());
    app.store()
        .read(move |reader| {
            let kept = recoveries::by_link(reader, &link)?;
            // A link of another group is none of this one.
            let Some(kept) = kept.filter(|kept| kept.group == group) else {
                return Ok(Link::Unknown);
            };
            let serves = serves(reader, &kept, browser.as_deref())?;
            Ok(leads_to(&kept, browser.as_deref(), now, (!serves).then_some(new_token)))
        })
        .await
}

/// Opens a link: from now on only this browser goes on. Pressed twice, it is pressed once.
pub async fn open(
    app: &App,
    group: &GroupSlug,
    link_token: &str,
    browser_token: Option<&str>,
) -> Result<Link, AppError> {
    let (link, browser) = (token_hash(link_token), browser_token.map(token_hash));
    let (now, new_token, group) = (app.now(), app.ids().token(), group.clone());
    let opened = app
        .store()
        .write(move |tx| {
            let kept = recoveries::by_link(tx, &link)?;
            let Some(kept) = kept.filter(|kept| kept.group == group) else {
                return Ok(Link::Unknown);
            };
            let led = leads_to(&kept, browser.as_deref(), now, None);
            if !matches!(led, Link::Ready { .. }) {
                return Ok(led);
            }
            let serves = serves(tx, &kept, browser.as_deref())?;
            let new_hash = token_hash(&new_token);
            let hash = browser.as_deref().filter(|_| serves).unwrap_or(&new_hash);
            if !prove(tx, &kept, hash, now)? {
                return Ok(Link::Used);
            }
            Ok::<_, StoreError>(Link::GoOn { browser_token: (!serves).then_some(new_token) })
        })
        .await?;
    Ok(opened.into_inner())
}

/// Whether a browser's cookie can be bound to a recovery: it is bound to it, or to none.
fn serves(
    reader: &mut Reader<'_>,
    kept: &Recovery,
    browser: Option<&str>,
) -> Result<bool, StoreError> {
    match browser {
        Some(hash) if hash == kept.browser_hash => Ok(true),
        Some(hash) => Ok(recoveries::by_browser(reader, hash)?.is_none()),
        None => Ok(false),
    }
}

fn leads_to(
    kept: &Recovery,
    browser: Option<&str>,
    now: Moment,
    browser_token: Option<String>,
) -> Link {
    let here = browser == Some(kept.browser_hash.as_str());
    if kept.proved && here && is_open(kept, now) {
        return Link::GoOn { browser_token: None };
    }
    if kept.ended || kept.proved || kept.account.is_none() {
        return Link::Used;
    }
    if now >= kept.ends_at {
        return Link::Expired;
    }
    Link::Ready { browser_token }
}

fn prove(
    tx: &mut Tx<'_>,
    kept: &Recovery,
    browser_hash: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    if !recoveries::prove(tx, kept.id, browser_hash, now.plus_minutes(MINUTES), now)? {
        return Ok(false);
    }
    let about = kept.id.to_string();
    record::act(tx, &kept.group, &Actor::Visitor, Act::RecoveryProved, (&about, now));
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for good in ["123456", " 123 456 ", "１２３４５６", "123-456", "１２３　４５６"]
        {
            assert_eq!(read_code(good).as_deref(), Some("123456"), "{good}");
        }
        for bad in ["", "12345", "1234567", "12345a", "一二三四五六"] {
            assert_eq!(read_code(bad), None, "{bad}");
        }
    }
}
