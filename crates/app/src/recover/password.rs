//! The new password.

use super::{PasswordSet, is_open};
use crate::ids::token_hash;
use crate::{App, AppError, change_password};
use domain::account::{Account, AccountState};
use domain::group::GroupSlug;
use domain::id::RecoveryId;
use domain::text;
use store::Tx;
use store::recoveries::Recovery;

/// Whether this browser may choose a password now, in this group.
pub async fn may_choose(
    app: &App,
    group: &GroupSlug,
    browser_token: &str,
) -> Result<bool, AppError> {
    Ok(find(app, group, browser_token).await?.is_some())
}

/// Sets a new password, signs every browser out, and tells the owner.
pub async fn set_password(
    app: &App,
    group: &GroupSlug,
    browser_token: &str,
    (typed, again): (&str, &str),
) -> Result<PasswordSet, AppError> {
    let Some(found) = find(app, group, browser_token).await? else {
        return Ok(PasswordSet::Nothing);
    };
    if let Some(fault) = change_password::fault_in(typed, again, &found.personal) {
        return Ok(PasswordSet::Mistake(fault));
    }
    let hash = app.passwords().hash(typed, app.ids().bytes()).await?;
    let theirs = app.clone();
    let set = app.store().write(move |tx| change(tx, &theirs, &found, &hash)).await?;
    Ok(if set.into_inner() {
        PasswordSet::Done { edge_blanks: text::has_edge_blanks(typed) }
    } else {
        // It was used in another tab while the password was hashed.
        PasswordSet::Nothing
    })
}

struct Found {
    recovery: RecoveryId,
    account: Account,
    /// What the password must not contain.
    personal: Vec<String>,
}

async fn find(
    app: &App,
    group: &GroupSlug,
    browser_token: &str,
) -> Result<Option<Found>, AppError> {
    let (group, hash, now) = (group.clone(), token_hash(browser_token), app.now());
    app.store()
        .read(move |reader| {
            let kept = store::recoveries::by_browser(reader, &hash)?;
            let may = |kept: &Recovery| kept.group == group && kept.proved && is_open(kept, now);
            let Some(kept) = kept.filter(may) else { return Ok(None) };
            let Some(account) = kept.account else { return Ok(None) };
            let account = store::accounts::by_id(reader, account)?;
            let Some(account) = account.filter(|kept| kept.state != AccountState::Closed) else {
                return Ok(None);
            };
            let personal = change_password::personal_of(reader, &account)?;
            Ok(Some(Found { recovery: kept.id, account, personal }))
        })
        .await
}

fn change(tx: &mut Tx<'_>, app: &App, found: &Found, hash: &str) -> Result<bool, AppError> {
    if !store::recoveries::end(tx, found.recovery, app.now())? {
        return Ok(false);
    }
    change_password::replace(tx, app, &found.account, hash, (None, found.recovery.to_string()))
}
