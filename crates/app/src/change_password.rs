//! Another password for an account: chosen by whoever is signed in (FAQ Q30), or has come back by a mail.

use crate::limits::{ClientAddress, Limited};
use crate::passwords::{Verdict, personal};
use crate::sign_in::SignedIn;
use crate::{App, AppError, changes, record};
use domain::account::{Account, AccountState};
use domain::audit::{Act, Actor};
use domain::id::SessionId;
use domain::password::{self, PasswordFault};
use domain::text;
use render::mails::ChangedItem;
use store::{Reader, Tx};

/// What is typed, exactly as it is.
#[derive(Clone, Copy, Debug)]
pub struct PasswordTyped<'a> {
    /// The password that holds now.
    pub current: &'a str,
    /// The one that is to hold.
    pub new: &'a str,
    /// The same once more.
    pub again: &'a str,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordChanged {
    /// There is no such account any more.
    NoAccount,
    /// The password that holds now is another one.
    WrongCurrent,
    /// Too many tries of it.
    TooMany {
        /// Seconds until another may succeed.
        try_again_s: i64,
    },
    /// The new one is not taken.
    Mistake(PasswordFault),
    /// It holds; every other browser is signed out.
    Done {
        /// It begins or ends with a blank, and was taken as it is (FAQ Q20).
        edge_blanks: bool,
    },
}

/// Changes the password of whoever is signed in. The one that holds must be typed: a browser that was left open is not
/// enough.
pub async fn change_password(
    app: &App,
    session: &SignedIn,
    typed: PasswordTyped<'_>,
    from: &ClientAddress,
) -> Result<PasswordChanged, AppError> {
    let (account, personal) = match step_up(app, session, typed.current, from).await? {
        SteppedUp::Yes(account, personal) => (*account, personal),
        SteppedUp::NoAccount => return Ok(PasswordChanged::NoAccount),
        SteppedUp::Wrong => return Ok(PasswordChanged::WrongCurrent),
        SteppedUp::TooMany { try_again_s } => {
            return Ok(PasswordChanged::TooMany { try_again_s });
        }
    };
    if let Some(fault) = fault_in(typed.new, typed.again, &personal) {
        return Ok(PasswordChanged::Mistake(fault));
    }
    let hash = app.passwords().hash(typed.new, app.ids().bytes()).await?;
    let (theirs, keep) = (app.clone(), session.session);
    let done = app
        .store()
        .write(move |tx| {
            let by = format!("{keep}/{}", theirs.now().ms());
            replace(tx, &theirs, &account, &hash, (Some(keep), by))
        })
        .await?;
    Ok(if done.into_inner() {
        PasswordChanged::Done { edge_blanks: text::has_edge_blanks(typed.new) }
    } else {
        PasswordChanged::NoAccount
    })
}

/// Whether somebody who is signed in knows the password, too.
pub(crate) enum SteppedUp {
    /// They do: the account, and what a new password of it must not contain.
    Yes(Box<Account>, Vec<String>),
    /// There is no such account any more.
    NoAccount,
    /// They typed another one.
    Wrong,
    /// Too many tries.
    TooMany { try_again_s: i64 },
}

/// Asks for the password that holds. Tries of it are limited as at the sign-in.
pub(crate) async fn step_up(
    app: &App,
    session: &SignedIn,
    password: &str,
    from: &ClientAddress,
) -> Result<SteppedUp, AppError> {
    let bucket = format!("{}/{}", session.account, from.as_str());
    if let Err(try_again_s) = app.limiter().take(Limited::AccountFromNetwork, &bucket, app.now()) {
        return Ok(SteppedUp::TooMany { try_again_s });
    }
    let (id, group, user_id) = (session.account, session.group.clone(), session.user_id.clone());
    let found = app
        .store()
        .read(move |reader| {
            let credentials = store::accounts::credentials(reader, &group, &user_id)?;
            let account = store::accounts::by_id(reader, id)?;
            let account = account.filter(|kept| kept.state != AccountState::Closed);
            let Some((account, credentials)) = account.zip(credentials) else { return Ok(None) };
            let personal = personal_of(reader, &account)?;
            Ok::<_, AppError>(Some((account, credentials.password_hash, personal)))
        })
        .await?;
    let Some((account, kept, personal)) = found else { return Ok(SteppedUp::NoAccount) };
    if app.passwords().verify(password, Some(&kept)).await? == Verdict::Wrong {
        return Ok(SteppedUp::Wrong);
    }
    app.limiter().give_back(Limited::AccountFromNetwork, &bucket);
    Ok(SteppedUp::Yes(Box::new(account), personal))
}

/// What a new password of an account must not contain.
pub(crate) fn personal_of(
    reader: &mut Reader<'_>,
    account: &Account,
) -> Result<Vec<String>, AppError> {
    let links = store::patient_links::of_account(reader, account.id)?;
    let person = &account.person;
    let mut texts = personal(&account.mail, Some(person.birth_date), Some(&person.phone), None);
    for link in &links {
        texts.extend(personal(&account.mail, None, None, Some(&link.patient_number)));
    }
    Ok(texts)
}

/// Why a new password is not taken.
pub(crate) fn fault_in(new: &str, again: &str, personal: &[String]) -> Option<PasswordFault> {
    let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
    password::fault_in(new, again, &personal)
}

/// Writes it, ends every session but one and every mail that leads to another password, and tells the owner. `by` names
/// what led to it. `false`: the account is closed.
pub(crate) fn replace(
    tx: &mut Tx<'_>,
    app: &App,
    account: &Account,
    hash: &str,
    (keep, by): (Option<SessionId>, String),
) -> Result<bool, AppError> {
    let now = app.now();
    if !store::accounts::set_password(tx, account.id, hash)? {
        return Ok(false);
    }
    store::recoveries::end_all(tx, account.id, now)?;
    let signed_out = store::sessions::end_all_but(tx, account.id, keep, now)?;
    let detail = serde_json::json!({ "by": by, "signed_out": signed_out });
    let (about, actor) = (account.id.to_string(), Actor::Account(account.id));
    record::act_with(tx, &account.group, &actor, Act::PasswordChanged, (&about, now), &detail);
    changes::tell(tx, app, account, vec![ChangedItem::Password], by)?;
    Ok(true)
}
