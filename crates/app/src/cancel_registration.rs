//! A registration is cancelled: at the desk, or online where every hospital at which the account pays lets it
//! (FAQ Q32). New visits stop at once; what was entered before is charged as was promised.

use crate::change_password::{SteppedUp, step_up};
use crate::limits::ClientAddress;
use crate::notices::{self, NoticeOrder};
use crate::register;
use crate::sign_in::SignedIn;
use crate::{App, AppError, cards, record, urls, words};
use domain::account::{Account, AccountState};
use domain::audit::{Act, Actor};
use domain::group::GroupSlug;
use domain::id::AccountId;
use domain::notice::NoticeKind;
use domain::policy::Cancellation;
use domain::user_id::UserId;
use render::mails::RegistrationCancelledMail;
use store::{Reader, Tx};

/// How long the card stays at the gateway at least, in seconds: bills may come late. It stays longer while a charge is
/// open.
const CARD_KEPT_S: i64 = 30 * 86_400;

/// What the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where it is done.
    pub place: Cancellation,
    /// Visits that are still to be charged.
    pub open_visits: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// There is no such account (any more).
    NoAccount,
    /// Only the desk cancels.
    AtDesk,
    /// The password is another one.
    WrongPassword,
    /// Too many tries of it.
    TooMany {
        /// Seconds until another may succeed.
        try_again_s: i64,
    },
    /// It is cancelled, and told by mail.
    Done {
        /// Visits that are still to be charged.
        open_visits: usize,
    },
}

/// What an account is offered; `None`: there is none (any more).
pub async fn offer(app: &App, account: AccountId) -> Result<Option<Offer>, AppError> {
    let app = app.clone();
    app.clone().store().read(move |reader| read(reader, &app, account)).await
}

fn read(reader: &mut Reader<'_>, app: &App, id: AccountId) -> Result<Option<Offer>, AppError> {
    let Some(account) = cards::open_account(reader, id)? else { return Ok(None) };
    // The strictest hospital counts: the account is the same at all of them.
    let policies = cards::policies(reader, &account, app.now())?;
    let place = policies.iter().map(|policy| policy.cancellation).max();
    let place = place.unwrap_or(Cancellation::Desk);
    Ok(Some(Offer { place, open_visits: open_visits(reader, id)? }))
}

fn open_visits(reader: &mut Reader<'_>, account: AccountId) -> Result<usize, AppError> {
    Ok(store::entries::open_of_account(reader, account)?)
}

/// Cancels the registration of whoever is signed in and types the password.
pub async fn online(
    app: &App,
    session: &SignedIn,
    password: &str,
    from: &ClientAddress,
) -> Result<Cancelled, AppError> {
    match offer(app, session.account).await? {
        None => return Ok(Cancelled::NoAccount),
        Some(Offer { place: Cancellation::Desk, .. }) => return Ok(Cancelled::AtDesk),
        Some(Offer { place: Cancellation::Online, .. }) => {}
    }
    match step_up(app, session, password, from).await? {
        SteppedUp::NoAccount => Ok(Cancelled::NoAccount),
        SteppedUp::Wrong => Ok(Cancelled::WrongPassword),
        SteppedUp::TooMany { try_again_s } => Ok(Cancelled::TooMany { try_again_s }),
        SteppedUp::Yes(account, _) => cancel(app, account.id, Actor::Account(account.id)).await,
    }
}

/// The desk cancels, for somebody who stands before it.
pub async fn at_desk(
    app: &App,
    group: &GroupSlug,
    user_id: &UserId,
    by: Actor,
) -> Result<Cancelled, AppError> {
    let (group, user_id) = (group.clone(), user_id.clone());
    let found = app
        .store()
        .read(move |reader| store::accounts::credentials(reader, &group, &user_id))
        .await?;
    match found {
        None => Ok(Cancelled::NoAccount),
        Some(found) => cancel(app, found.account, by).await,
    }
}

async fn cancel(app: &App, account: AccountId, by: Actor) -> Result<Cancelled, AppError> {
    let theirs = app.clone();
    let cancelled = app
        .store()
        .write(move |tx| {
            let Some(account) = cards::open_account(tx, account)? else {
                return Ok::<_, AppError>(Cancelled::NoAccount);
            };
            let open_visits = open_visits(tx, account.id)?;
            close(tx, &theirs, &account, &by)?;
            tell(tx, &theirs, &account, open_visits)?;
            Ok(Cancelled::Done { open_visits })
        })
        .await?;
    Ok(cancelled.into_inner())
}

/// Nobody signs in or enters a visit with it any more.
fn close(tx: &mut Tx<'_>, app: &App, account: &Account, by: &Actor) -> Result<(), AppError> {
    let now = app.now();
    store::accounts::set_state(tx, account.id, AccountState::Closed)?;
    store::patient_links::end_all(tx, account.id, now)?;
    store::sessions::end_all_but(tx, account.id, None, now)?;
    store::recoveries::end_all(tx, account.id, now)?;
    store::detail_changes::drop_of(tx, account.id)?;
    if let Some(card) = store::cards::current_of(tx, account.id)? {
        let due = now.plus_seconds(CARD_KEPT_S);
        register::forget_at_gateway(tx, app.ids(), &card.facts.at_gateway, (due, now))?;
    }
    let about = account.id.to_string();
    record::act(tx, &account.group, by, Act::RegistrationCancelled, (&about, now));
    Ok(())
}

fn tell(tx: &mut Tx<'_>, app: &App, account: &Account, open_visits: usize) -> Result<(), AppError> {
    let hospitals = store::groups::hospitals_of(tx, &account.group)?;
    let group = store::groups::by_slug(tx, &account.group)?;
    let content = render::mails::registration_cancelled(&RegistrationCancelledMail {
        name: account.person.name.as_str().to_owned(),
        group_name: group.map(|group| group.name).unwrap_or_default(),
        cancelled_at: app.now(),
        open_visits,
        register_url: urls::register(app.settings(), &account.group),
        contacts: hospitals.iter().map(words::contact).collect(),
    })?;
    let about = (NoticeKind::RegistrationCancelled, account.id.to_string());
    let order = NoticeOrder::to_account(account, about, content);
    notices::promise(tx, app.now(), app.ids(), &order).map(drop)
}
