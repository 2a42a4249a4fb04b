//! The new password.

use super::{PasswordForm, PasswordSet, is_open};
use crate::ids::token_hash;
use crate::{App, AppError, change_password};
use domain::account::{Account, AccountState};
use domain::id::RecoveryId;
use domain::text;
use store::Tx;

/// Whether this browser may choose a password now.
pub async fn form(app: &App, browser_token: &str) -> Result<PasswordForm, AppError> {
    let found = find(app, browser_token).await?;
    Ok(found
        .map_or(PasswordForm::Nothing, |found| PasswordForm::Ready { group: found.account.group }))
}

/// Sets a new password, signs every browser out, and tells the owner.
pub async fn set_password(
    app: &App,
    browser_token: &str,
    typed: &str,
    again: &str,
) -> Result<PasswordSet, AppError> {
    let Some(found) = find(app, browser_token).await? else { return Ok(PasswordSet::Nothing) };
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

async fn find(app: &App, browser_token: &str) -> Result<Option<Found>, AppError> {
    let (hash, now) = (token_hash(browser_token), app.now());
    app.store()
        .read(move |reader| {
            let kept = store::recoveries::by_browser(reader, &hash)?;
            let Some(kept) = kept.filter(|kept| kept.proved && is_open(kept, now)) else {
                return Ok(None);
            };
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
