//! The first step: a mail address is asked for an application URL.

use super::{Resent, SentMail, StartTyped, Started};
use crate::ids::token_hash;
use crate::limits::{self, ClientAddress, Limited, MAILS};
use crate::notices::{self, NoticeOrder};
use crate::{App, AppError, record, urls, words};
use domain::audit::{Act, Actor};
use domain::group::{Group, GroupSlug};
use domain::id::RegistrationId;
use domain::mail_address::MailAddress;
use domain::notice::NoticeKind;
use domain::time::Moment;
use render::mails::{AlreadyRegisteredMail, ApplicationUrlMail, MailContent};
use store::registrations::{self, NewRegistration, NewUrl, RegistrationState};
use store::{Reader, Tx};

/// Sends an application URL to a mail address. Starting again with another address is how a mistyped
/// one is corrected; nothing of the first try is in the way.
///
/// For an address that has an account the work is the same, but the mail says so instead: only the
/// owner of the mailbox learns of it (S-09).
pub async fn start(
    app: &App,
    group: &GroupSlug,
    typed: &StartTyped<'_>,
    from: &ClientAddress,
) -> Result<Started, AppError> {
    if !typed.agreed_terms {
        return Ok(Started::TermsNotAgreed);
    }
    let to = match MailAddress::parse(typed.mail) {
        Ok(to) => to,
        Err(fault) => return Ok(Started::Mistake(fault)),
    };
    if let Some(meant) = to.suggestion().filter(|_| !typed.insists) {
        return Ok(Started::DidYouMean(meant));
    }
    if let Err(try_again_s) =
        app.limiter().take(Limited::StartFromNetwork, from.as_str(), app.now())
    {
        return Ok(Started::TooMany { try_again_s });
    }
    let state_token = app.ids().token();
    let (job, slug, state_hash) =
        (Sending::new(app, to.clone()), group.clone(), token_hash(&state_token));
    let promised = app.store().write(move |tx| begin(tx, &job, &slug, &state_hash)).await?;
    Ok(match promised.into_inner() {
        Begun::UnknownGroup => Started::UnknownGroup,
        Begun::TooMany { try_again_s } => Started::TooMany { try_again_s },
        Begun::Promised => Started::Sent(SentMail { legacy: to.is_legacy(), to, state_token }),
    })
}

/// Sends the mail once more to the address of the registration that this browser started.
pub async fn resend(
    app: &App,
    state_token: &str,
    from: &ClientAddress,
) -> Result<Resent, AppError> {
    if let Err(try_again_s) =
        app.limiter().take(Limited::StartFromNetwork, from.as_str(), app.now())
    {
        return Ok(Resent::TooMany { try_again_s });
    }
    let state_hash = token_hash(state_token);
    let found =
        app.store().read(move |reader| registrations::by_state_token(reader, &state_hash)).await?;
    let Some(kept) = found.filter(|kept| kept.state == RegistrationState::Started) else {
        return Ok(Resent::Unknown);
    };
    let hours = app.settings().application_url_hours;
    if app.now() >= kept.terms_agreed_at.plus_minutes(hours.saturating_mul(60)) {
        return Ok(Resent::Unknown);
    }
    let (job, slug, id) = (Sending::new(app, kept.mail.clone()), kept.group, kept.id);
    let promised = app.store().write(move |tx| again(tx, &job, &slug, id)).await?;
    Ok(match promised.into_inner() {
        Begun::UnknownGroup => Resent::Unknown,
        Begun::TooMany { try_again_s } => Resent::TooMany { try_again_s },
        Begun::Promised => Resent::Sent(SentMail {
            legacy: kept.mail.is_legacy(),
            to: kept.mail,
            state_token: state_token.to_owned(),
        }),
    })
}

enum Begun {
    UnknownGroup,
    TooMany { try_again_s: i64 },
    Promised,
}

/// Everything that a closure needs to make one mail.
struct Sending {
    app: App,
    to: MailAddress,
    url_token: String,
    now: Moment,
}

impl Sending {
    fn new(app: &App, to: MailAddress) -> Self {
        Self { app: app.clone(), to, url_token: app.ids().token(), now: app.now() }
    }
}

fn begin(
    tx: &mut Tx<'_>,
    job: &Sending,
    slug: &GroupSlug,
    state_hash: &str,
) -> Result<Begun, AppError> {
    let Some(group) = store::groups::by_slug(tx, slug)? else { return Ok(Begun::UnknownGroup) };
    registrations::hold_mailbox(tx, &job.to, job.now)?;
    if let Some(try_again_s) = wait_s(tx, job)? {
        return Ok(Begun::TooMany { try_again_s });
    }
    let id: RegistrationId = job.app.ids().id(job.now);
    let new = NewRegistration {
        id,
        group: slug,
        mail: &job.to,
        state_hash,
        terms_version: &group.terms_version,
        now: job.now,
    };
    registrations::insert(tx, &new)?;
    promise_mail(tx, job, &group, id)?;
    record::act(tx, slug, &Actor::Visitor, Act::RegistrationStarted, (&id.to_string(), job.now));
    Ok(Begun::Promised)
}

fn again(
    tx: &mut Tx<'_>,
    job: &Sending,
    slug: &GroupSlug,
    id: RegistrationId,
) -> Result<Begun, AppError> {
    let Some(group) = store::groups::by_slug(tx, slug)? else { return Ok(Begun::UnknownGroup) };
    registrations::hold_mailbox(tx, &job.to, job.now)?;
    if let Some(try_again_s) = wait_s(tx, job)? {
        return Ok(Begun::TooMany { try_again_s });
    }
    promise_mail(tx, job, &group, id)?;
    Ok(Begun::Promised)
}

/// Seconds until this mailbox may get another mail; `None`: it may now.
fn wait_s(reader: &mut Reader<'_>, job: &Sending) -> Result<Option<i64>, AppError> {
    if !job.app.settings().limits {
        return Ok(None);
    }
    let sent = registrations::urls_since(reader, &job.to, limits::counts_since(&MAILS, job.now))?;
    Ok(limits::wait_s(&sent, &MAILS, job.now))
}

/// Makes the URL and promises the mail. The URL is made for a known address, too, and told to nobody:
/// both cases write the same rows.
fn promise_mail(
    tx: &mut Tx<'_>,
    job: &Sending,
    group: &Group,
    id: RegistrationId,
) -> Result<(), AppError> {
    let settings = job.app.settings();
    let hash = token_hash(&job.url_token);
    let hours = settings.application_url_hours;
    registrations::insert_url(
        tx,
        &NewUrl {
            token_hash: &hash,
            registration: id,
            mail: &job.to,
            now: job.now,
            ends_at: job.now.plus_minutes(hours.saturating_mul(60)),
        },
    )?;
    let content = content(tx, job, group)?;
    let order = NoticeOrder {
        kind: NoticeKind::ApplicationUrl,
        // Each mail of a registration is a notice of its own; the hash opens nothing.
        subject: format!("{id}/{}", hash.get(..12).unwrap_or_default()),
        group: group.slug.clone(),
        account: None,
        to: job.to.clone(),
        content,
    };
    notices::promise(tx, job.now, job.app.ids(), &order)?;
    Ok(())
}

/// Both mails are written, whichever goes out, so that writing takes the same time.
fn content(reader: &mut Reader<'_>, job: &Sending, group: &Group) -> Result<MailContent, AppError> {
    let settings = job.app.settings();
    let known = store::accounts::of_mailbox(reader, &group.slug, &job.to)?.is_some();
    let contacts =
        store::groups::hospitals_of(reader, &group.slug)?.iter().map(words::contact).collect();
    let already = render::mails::already_registered(&AlreadyRegisteredMail {
        group_name: group.name.clone(),
        login_url: words::login_url(settings, &group.slug),
        contacts,
    })?;
    let application = render::mails::application_url(&ApplicationUrlMail {
        group_name: group.name.clone(),
        url: urls::application(settings, &group.slug, &job.url_token),
        hours: settings.application_url_hours,
    })?;
    Ok(if known { already } else { application })
}
