//! The new password.

use super::{PasswordForm, PasswordSet, is_open};
use crate::changes;
use crate::ids::token_hash;
use crate::passwords::personal;
use crate::{App, AppError, record};
use domain::account::{Account, AccountState};
use domain::audit::{Act, Actor};
use domain::id::RecoveryId;
use domain::{password, text};
use render::mails::ChangedItem;
use store::{Reader, Tx};

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
    let personal: Vec<&str> = found.personal.iter().map(String::as_str).collect();
    if let Some(fault) = password::fault_in(typed, again, &personal) {
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
            let personal = personal_of(reader, &account)?;
            Ok(Some(Found { recovery: kept.id, account, personal }))
        })
        .await
}

fn personal_of(reader: &mut Reader<'_>, account: &Account) -> Result<Vec<String>, AppError> {
    let links = store::patient_links::of_account(reader, account.id)?;
    let person = &account.person;
    let mut texts = personal(&account.mail, Some(person.birth_date), Some(&person.phone), None);
    for link in &links {
        texts.extend(personal(&account.mail, None, None, Some(&link.patient_number)));
    }
    Ok(texts)
}

fn change(tx: &mut Tx<'_>, app: &App, found: &Found, hash: &str) -> Result<bool, AppError> {
    let (now, account) = (app.now(), &found.account);
    if !store::recoveries::end(tx, found.recovery, now)?
        || !store::accounts::set_password(tx, account.id, hash)?
    {
        return Ok(false);
    }
    store::recoveries::end_all(tx, account.id, now)?;
    let signed_out = store::sessions::end_all(tx, account.id, now)?;
    let detail = serde_json::json!({ "by": found.recovery.to_string(), "signed_out": signed_out });
    let about = account.id.to_string();
    let actor = Actor::Account(account.id);
    record::act_with(tx, &account.group, &actor, Act::PasswordChanged, (&about, now), &detail);
    let subject = found.recovery.to_string();
    changes::tell(tx, app, account, ChangedItem::Password, subject)?;
    Ok(true)
}
