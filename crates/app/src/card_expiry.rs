//! P6: the payer is told on the first day of their card's last month, while there is time to save another.

use crate::ids::Ids;
use crate::notices::{self, NoticeOrder};
use crate::{App, AppError, words};
use domain::account::AccountState;
use domain::card::Card;
use domain::id::{CardId, JobId};
use domain::notice::NoticeKind;
use domain::time::{Day, Moment};
use render::mails::CardExpiringMail;
use store::Tx;
use store::jobs::{ClaimedJob, NewJob};

/// Kind of the job; its handler is [`tell`].
pub const CARD_EXPIRING: &str = "card_expiring";

/// Minutes after midnight at which it is told: nobody is woken by it.
const TOLD_AT_MINUTE: i64 = 10 * 60;

/// Promises to tell, for a card that was saved now. One that is in its last month already is not told of: its owner
/// has just read it off the card.
pub(crate) fn promise(
    tx: &mut Tx<'_>,
    ids: &Ids,
    card: &Card,
    now: Moment,
) -> Result<(), AppError> {
    let due_at = first_of(card)?.begins().plus_minutes(TOLD_AT_MINUTE);
    if due_at <= now {
        return Ok(());
    }
    let (id, key): (JobId, _) = (ids.id(now), card.id.to_string());
    let job = NewJob { id, kind: CARD_EXPIRING, key: &key, payload: "{}", due_at, now };
    store::jobs::promise(tx, &job)?;
    Ok(())
}

fn first_of(card: &Card) -> Result<Day, AppError> {
    let expiry = card.facts.expiry;
    Day::parse(&format!("{:04}-{:02}-01", expiry.year, expiry.month)).map_err(|_no_day| {
        AppError::Inconsistent { what: format!("{}: expires {expiry}", card.id) }
    })
}

/// Does a job of kind [`CARD_EXPIRING`]: nothing where another card has taken the place, or the account is closed.
pub(crate) async fn tell(app: &App, job: ClaimedJob) -> Result<(), AppError> {
    let theirs = app.clone();
    app.store()
        .write(move |tx| {
            let now = theirs.now();
            promise_mail(tx, &theirs, &job.key, now)?;
            store::jobs::finish(tx, job.id, job.fence, now)?;
            Ok::<_, AppError>(())
        })
        .await
        .map(drop)
}

fn promise_mail(tx: &mut Tx<'_>, app: &App, card: &str, now: Moment) -> Result<(), AppError> {
    let id: CardId = card.parse().map_err(|error: domain::id::NotAnId| AppError::Inconsistent {
        what: format!("a job about the card {card}: {error}"),
    })?;
    let Some(kept) = store::cards::by_id(tx, id)? else { return Ok(()) };
    let current = store::cards::current_of(tx, kept.account)?;
    if current.is_none_or(|current| current.id != id) || kept.facts.expiry.is_over(now.day()) {
        return Ok(());
    }
    let account = store::accounts::by_id(tx, kept.account)?;
    let Some(account) = account.filter(|account| account.state != AccountState::Closed) else {
        return Ok(());
    };
    let hospitals = store::groups::hospitals_of(tx, &account.group)?;
    let group = store::groups::by_slug(tx, &account.group)?;
    let content = render::mails::card_expiring(&CardExpiringMail {
        name: account.person.name.as_str().to_owned(),
        group_name: group.map(|group| group.name).unwrap_or_default(),
        brand: kept.facts.brand,
        last_four: kept.facts.last_four,
        expiry: kept.facts.expiry,
        login_url: words::login_url(app.settings(), &account.group),
        contacts: hospitals.iter().map(words::contact).collect(),
    })?;
    let about = (NoticeKind::CardExpiring, card.to_owned());
    let order = NoticeOrder::to_account(&account, about, content);
    notices::promise(tx, now, app.ids(), &order).map(drop)
}
