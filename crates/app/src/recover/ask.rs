//! Asking for the mail.

use super::{Asked, MINUTES};
use crate::ids::token_hash;
use crate::limits::{self, ClientAddress, Limited, MAILS};
use crate::notices::{self, NoticeOrder};
use crate::{App, AppError, record, urls, words};
use domain::audit::{Act, Actor};
use domain::group::{Group, GroupSlug};
use domain::id::{AccountId, RecoveryId};
use domain::mail_address::MailAddress;
use domain::notice::NoticeKind;
use domain::time::Moment;
use domain::user_id::UserId;
use render::mails::{MailContent, NotRegisteredMail, RecoveryMail};
use store::recoveries::{self, NewRecovery};
use store::{Reader, Tx};

/// Sends a mail to an address: user ID, link and code where it has an account, and else that it has none.
pub async fn ask(
    app: &App,
    group: &GroupSlug,
    mail: &str,
    from: &ClientAddress,
) -> Result<Asked, AppError> {
    let to = match MailAddress::parse(mail) {
        Ok(to) => to,
        Err(fault) => return Ok(Asked::Mistake(fault)),
    };
    let now = app.now();
    if let Err(try_again_s) = app.limiter().take(Limited::RecoveryFromNetwork, from.as_str(), now) {
        return Ok(Asked::TooMany { try_again_s });
    }
    let browser_token = app.ids().token();
    let sending = Sending {
        app: app.clone(),
        to: to.clone(),
        link_token: app.ids().token(),
        code: six_digits(app.ids().bytes()),
        browser_hash: token_hash(&browser_token),
        now,
    };
    let slug = group.clone();
    let promised = app.store().write(move |tx| begin(tx, &sending, &slug)).await?;
    Ok(match promised.into_inner() {
        Begun::UnknownGroup => Asked::UnknownGroup,
        Begun::TooMany { try_again_s } => Asked::TooMany { try_again_s },
        Begun::Promised => Asked::Sent { to, browser_token },
    })
}

enum Begun {
    UnknownGroup,
    TooMany { try_again_s: i64 },
    Promised,
}

struct Sending {
    app: App,
    to: MailAddress,
    link_token: String,
    code: String,
    browser_hash: String,
    now: Moment,
}

fn six_digits(bytes: [u8; 4]) -> String {
    format!("{:06}", u32::from_be_bytes(bytes) % 1_000_000)
}

fn begin(tx: &mut Tx<'_>, job: &Sending, slug: &GroupSlug) -> Result<Begun, AppError> {
    let Some(group) = store::groups::by_slug(tx, slug)? else { return Ok(Begun::UnknownGroup) };
    store::registrations::hold_mailbox(tx, &job.to, job.now)?;
    if let Some(try_again_s) = wait_s(tx, job)? {
        return Ok(Begun::TooMany { try_again_s });
    }
    let owner = store::accounts::owner_of_mailbox(tx, slug, &job.to)?;
    let id: RecoveryId = job.app.ids().id(job.now);
    let new = NewRecovery {
        id,
        group: slug,
        account: owner.as_ref().map(|(account, _)| *account),
        mail: &job.to,
        link_hash: &token_hash(&job.link_token),
        browser_hash: &job.browser_hash,
        code: &job.code,
        now: job.now,
        ends_at: job.now.plus_minutes(MINUTES),
    };
    recoveries::insert(tx, &new)?;
    let order = NoticeOrder {
        kind: NoticeKind::Recovery,
        subject: id.to_string(),
        group: group.slug.clone(),
        account: new.account,
        to: job.to.clone(),
        content: content(tx, job, &group, owner)?,
    };
    notices::promise(tx, job.now, job.app.ids(), &order)?;
    record::act(tx, slug, &Actor::Visitor, Act::RecoveryAsked, (&id.to_string(), job.now));
    Ok(Begun::Promised)
}

/// Seconds until this mailbox may get another mail; `None`: it may now.
fn wait_s(reader: &mut Reader<'_>, job: &Sending) -> Result<Option<i64>, AppError> {
    if !job.app.settings().limits {
        return Ok(None);
    }
    let asked = recoveries::asked_since(reader, &job.to, limits::counts_since(&MAILS, job.now))?;
    Ok(limits::wait_s(&asked, &MAILS, job.now))
}

/// Both mails are written, whichever goes out, so that writing takes the same time.
fn content(
    reader: &mut Reader<'_>,
    job: &Sending,
    group: &Group,
    owner: Option<(AccountId, UserId)>,
) -> Result<MailContent, AppError> {
    let settings = job.app.settings();
    let hospitals = store::groups::hospitals_of(reader, &group.slug)?;
    let contacts: Vec<_> = hospitals.iter().map(words::contact).collect();
    let known = owner.is_some();
    let user_id = owner.map_or_else(String::new, |(_, user_id)| user_id.to_string());
    let recovery = render::mails::recovery(&RecoveryMail {
        group_name: group.name.clone(),
        user_id,
        url: urls::recovery(settings, &group.slug, &job.link_token),
        code: job.code.clone(),
        minutes: MINUTES,
        contacts: contacts.clone(),
    })?;
    let stranger = render::mails::not_registered(&NotRegisteredMail {
        group_name: group.name.clone(),
        register_url: urls::register(settings, &group.slug),
        contacts,
    })?;
    Ok(if known { recovery } else { stranger })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_whatever_chance_brings() {
        assert_eq!(six_digits([0, 0, 0, 0]), "000000");
        assert_eq!(six_digits([0, 0, 0, 7]), "000007");
        assert_eq!(six_digits(1_999_999_u32.to_be_bytes()), "999999");
        assert_eq!(six_digits([255; 4]).len(), 6);
    }
}
