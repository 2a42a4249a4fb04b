//! Name, telephone and address of an account, changed by its owner at any hour (FAQ Q30). Whether the card must be
//! typed again for it is the hospitals' to say (FAQ Q31).

use crate::card_page::{self, Page};
use crate::change_password::{SteppedUp, step_up};
use crate::limits::ClientAddress;
use crate::register::{Field, FieldFault, FormTyped, own_details};
use crate::sign_in::SignedIn;
use crate::{App, AppError, cards, changes, record, urls};
use domain::account::{Account, OwnDetails};
use domain::audit::{Act, Actor};
use domain::id::AccountId;
use domain::policy::CardReentry;
use domain::time::Moment;
use render::mails::ChangedItem;
use store::card_setups::SetupOwner;
use store::{Reader, Tx, detail_changes};

/// How long a change waits for the card, in seconds.
const WAITS_S: i64 = 3_600;

/// What the form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// As they are.
    pub details: OwnDetails,
    /// What a change asks for.
    pub reentry: CardReentry,
}

/// What came of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetailsChanged {
    /// There is no such account any more.
    NoAccount,
    /// These fields cannot be taken.
    Mistakes(Vec<(Field, FieldFault)>),
    /// Everything is as it was.
    Nothing,
    /// The password is another one.
    WrongPassword,
    /// Too many tries of password or card.
    TooMany {
        /// Seconds until another may succeed.
        try_again_s: i64,
    },
    /// Kept until the card was typed again: send the browser there.
    CardNext {
        /// The gateway's own page.
        url: String,
    },
    /// The gateway does not answer; nothing was changed.
    GatewayAway,
    /// Changed, and told by mail.
    Done,
}

/// What an account has now. `None`: there is none (any more).
pub async fn current(app: &App, account: AccountId) -> Result<Option<Current>, AppError> {
    let now = app.now();
    app.store()
        .read(move |reader| Ok(read(reader, account, now)?.map(|(_, current)| current)))
        .await
}

/// Takes the form of whoever is signed in. `password` is looked at where the policy asks for it instead of the card.
pub async fn change(
    app: &App,
    session: &SignedIn,
    typed: &FormTyped,
    password: &str,
    from: &ClientAddress,
) -> Result<DetailsChanged, AppError> {
    let details = match own_details(typed) {
        Ok(details) => details,
        Err(mistakes) => return Ok(DetailsChanged::Mistakes(mistakes)),
    };
    let (id, now) = (session.account, app.now());
    let found = app.store().read(move |reader| read(reader, id, now)).await?;
    let Some((account, current)) = found else { return Ok(DetailsChanged::NoAccount) };
    if current.details == details {
        return Ok(DetailsChanged::Nothing);
    }
    match current.reentry {
        CardReentry::Always => card_first(app, account, details).await,
        CardReentry::CardChangesOnly => match step_up(app, session, password, from).await? {
            SteppedUp::NoAccount => Ok(DetailsChanged::NoAccount),
            SteppedUp::Wrong => Ok(DetailsChanged::WrongPassword),
            SteppedUp::TooMany { try_again_s } => Ok(DetailsChanged::TooMany { try_again_s }),
            SteppedUp::Yes(account, _) => {
                let theirs = app.clone();
                let write = app.store().write(move |tx| {
                    let items = apply(tx, &account, &details, theirs.now())?;
                    if !items.is_empty() {
                        let subject = format!("{}/{}", account.id, theirs.now().ms());
                        changes::tell(tx, &theirs, &account, items, subject)?;
                    }
                    Ok::<_, AppError>(())
                });
                write.await?;
                Ok(DetailsChanged::Done)
            }
        },
    }
}

fn read(
    reader: &mut Reader<'_>,
    id: AccountId,
    now: Moment,
) -> Result<Option<(Account, Current)>, AppError> {
    let Some(account) = cards::open_account(reader, id)? else { return Ok(None) };
    // The strictest hospital counts: the account is the same at all of them.
    let policies = cards::policies(reader, &account, now)?;
    let reentry = policies.iter().map(|policy| policy.card_reentry).max();
    let reentry = reentry.unwrap_or(CardReentry::Always);
    let current = Current { details: account.person.own(), reentry };
    Ok(Some((account, current)))
}

/// Keeps the change until a card of the account is taken.
async fn card_first(
    app: &App,
    account: Account,
    details: OwnDetails,
) -> Result<DetailsChanged, AppError> {
    let (theirs, now) = (app.clone(), app.now());
    let promised = app
        .store()
        .write(move |tx| {
            let return_url = urls::details_back(theirs.settings(), &account.group);
            let owner = SetupOwner::Account(account.id);
            let page = card_page::promise(tx, &theirs, owner, &account.mail, (return_url, now))?;
            if !matches!(page, Page::TooMany { .. }) {
                detail_changes::put(tx, account.id, &details, now)?;
            }
            Ok::<_, AppError>(page)
        })
        .await?;
    let setup = match promised.get() {
        Page::TooMany { try_again_s } => {
            return Ok(DetailsChanged::TooMany { try_again_s: *try_again_s });
        }
        Page::Same { url } => return Ok(DetailsChanged::CardNext { url: url.clone() }),
        Page::Promised(setup) => setup.clone(),
    };
    let url = card_page::open(app, promised.map(|_either| setup)).await?;
    Ok(url.map_or(DetailsChanged::GatewayAway, |url| DetailsChanged::CardNext { url }))
}

/// A card of the account was taken: what waited for it is done now. Says what was changed.
pub(crate) fn apply_waiting(
    tx: &mut Tx<'_>,
    account: &Account,
    now: Moment,
) -> Result<Vec<ChangedItem>, AppError> {
    let Some((details, asked_at)) = detail_changes::of_account(tx, account.id)? else {
        return Ok(Vec::new());
    };
    detail_changes::drop_of(tx, account.id)?;
    if now >= asked_at.plus_seconds(WAITS_S) {
        return Ok(Vec::new());
    }
    apply(tx, account, &details, now)
}

/// Writes what differs, and says what that is.
fn apply(
    tx: &mut Tx<'_>,
    account: &Account,
    details: &OwnDetails,
    now: Moment,
) -> Result<Vec<ChangedItem>, AppError> {
    let before = account.person.own();
    let renamed = (&before.name, &before.kana) != (&details.name, &details.kana);
    let changed = [
        (ChangedItem::Name, "name", renamed),
        (ChangedItem::Phone, "phone", before.phone != details.phone),
        (ChangedItem::Address, "address", before.address != details.address),
    ];
    let changed: Vec<_> = changed.into_iter().filter(|(_, _, differs)| *differs).collect();
    let born = account.person.birth_date;
    if changed.is_empty() || !store::accounts::set_details(tx, account.id, details, born)? {
        return Ok(Vec::new());
    }
    // What they were and are is personal, and not for the record of acts.
    let words: Vec<_> = changed.iter().map(|(_, word, _)| *word).collect();
    let detail = serde_json::json!({ "changed": words });
    let (about, actor) = (account.id.to_string(), Actor::Account(account.id));
    record::act_with(tx, &account.group, &actor, Act::DetailsChanged, (&about, now), &detail);
    Ok(changed.into_iter().map(|(item, _, _)| item).collect())
}
