//! Notices: promised in the transaction of the fact that they tell, sent later by a job, once each.
//!
//! The words are written when the notice is promised and kept sealed, so that every try sends the same
//! message under the same Message-ID.

use crate::ids::Ids;
use crate::settings::AppSettings;
use crate::{App, AppError, tell};
use domain::account::Account;
use domain::group::GroupSlug;
use domain::id::{AccountId, JobId, NoticeId};
use domain::mail_address::MailAddress;
use domain::notice::{NoticeKind, NoticeState};
use domain::time::Moment;
use render::mails::MailContent;
use serde::{Deserialize, Serialize};
use store::jobs::{ClaimedJob, NewJob};
use store::notices::StoredNotice;
use store::{StoreError, Tx};

/// The kind of the job that sends a notice.
pub const SEND_NOTICE: &str = "send_notice";

/// How long a notice is tried: as long as mail is tried anywhere (RFC 5321 4.5.4.1).
const PATIENCE_S: i64 = 5 * 24 * 3_600;

/// What is to be told, to whom.
#[derive(Debug, Clone)]
pub struct NoticeOrder {
    /// What it tells.
    pub kind: NoticeKind,
    /// About what. With the kind, unique: the same fact is never told twice.
    pub subject: String,
    /// On whose behalf.
    pub group: GroupSlug,
    /// To whom, once there is an account.
    pub account: Option<AccountId>,
    /// Where it goes.
    pub to: MailAddress,
    /// The words.
    pub content: MailContent,
}

impl NoticeOrder {
    /// To the owner of an account, at the address that they have now.
    pub(crate) fn to_account(
        account: &Account,
        (kind, subject): (NoticeKind, String),
        content: MailContent,
    ) -> Self {
        Self {
            kind,
            subject,
            group: account.group.clone(),
            account: Some(account.id),
            to: account.mail.clone(),
            content,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Words {
    subject: String,
    text: String,
    html: String,
}

/// Promises a notice. `None` when this fact has been told, or promised to be told, before.
pub fn promise(
    tx: &mut Tx<'_>,
    now: Moment,
    ids: &Ids,
    order: &NoticeOrder,
) -> Result<Option<NoticeId>, AppError> {
    let id: NoticeId = ids.id(now);
    let group = store::groups::by_slug(tx, &order.group)?
        .ok_or_else(|| AppError::Inconsistent { what: format!("no group {}", order.group) })?;
    let words = Words {
        subject: order.content.subject.clone(),
        text: order.content.text.clone(),
        html: order.content.html.clone(),
    };
    let content = serde_json::to_string(&words)
        .map_err(|error| AppError::Inconsistent { what: format!("words of {id}: {error}") })?;
    let notice = StoredNotice {
        id,
        kind: order.kind,
        subject: order.subject.clone(),
        group: order.group.clone(),
        account: order.account,
        address: order.to.clone(),
        content,
        message_id: format!("{id}@{}", group.sender_domain),
        state: NoticeState::Queued,
        tries: 0,
        last_answer: None,
        promised_at: now,
    };
    if !store::notices::insert(tx, &notice)? {
        return Ok(None);
    }
    let key = id.to_string();
    let job: JobId = ids.id(now);
    let job = NewJob { id: job, kind: SEND_NOTICE, key: &key, payload: "{}", due_at: now, now };
    store::jobs::promise(tx, &job)?;
    Ok(Some(id))
}

/// A notice with everything that goes on the wire.
#[derive(Debug, Clone)]
pub struct ReadyNotice {
    /// As kept.
    pub notice: StoredNotice,
    /// The words.
    pub content: MailContent,
    /// Name of the sender, as patients read it.
    pub from_name: String,
    /// Address of the sender.
    pub from: String,
}

/// Sends the notice of a claimed job and records what the mail server said.
pub async fn send(app: &App, job: ClaimedJob) -> Result<(), AppError> {
    let settings = app.settings().clone();
    let name = job.key.clone();
    let ready = app.store().write(move |tx| load(tx, &name, &settings)).await?;
    let Some(ready) = ready.transpose() else {
        let now = app.now();
        app.store().write(move |tx| store::jobs::finish(tx, job.id, job.fence, now)).await?;
        return Ok(());
    };
    let answer = tell::mail(app, &ready).await;
    let notice = ready.into_inner().notice;
    let now = app.now();
    let gave_up = now > notice.promised_at.plus_seconds(PATIENCE_S);
    app.store()
        .write(move |tx| {
            let (state, words) = match &answer {
                tell::MailTold::Taken(words) => (NoticeState::Sent, words),
                tell::MailTold::Refused(words) => (NoticeState::Refused, words),
                tell::MailTold::Later(words) if gave_up => (NoticeState::GaveUp, words),
                tell::MailTold::Later(words) => (NoticeState::Queued, words),
            };
            store::notices::tried(tx, notice.id, state, words, now)?;
            match state {
                NoticeState::Queued => {
                    let due = now.plus_seconds(retry_wait_s(notice.tries));
                    store::jobs::retry_at(tx, job.id, job.fence, due, words)?;
                }
                NoticeState::Sent | NoticeState::Refused | NoticeState::GaveUp => {
                    store::jobs::finish(tx, job.id, job.fence, now)?;
                }
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(())
}

/// Seconds until the next try: soon after a hiccup, half an hour later on (RFC 5321 4.5.4.1).
const fn retry_wait_s(tries: i64) -> i64 {
    match tries {
        0 => 60,
        1 => 300,
        _ => 1_800,
    }
}

fn load(
    tx: &mut Tx<'_>,
    id: &str,
    settings: &AppSettings,
) -> Result<Option<ReadyNotice>, AppError> {
    let inconsistent = |why: String| AppError::Inconsistent { what: format!("notice {id}: {why}") };
    let id: NoticeId =
        id.parse().map_err(|error: domain::id::NotAnId| inconsistent(error.to_string()))?;
    let notice =
        store::notices::by_id(tx, id)?.ok_or_else(|| inconsistent("not there".to_owned()))?;
    if notice.state != NoticeState::Queued {
        return Ok(None);
    }
    let group = store::groups::by_slug(tx, &notice.group)?
        .ok_or_else(|| inconsistent(format!("no group {}", notice.group)))?;
    let words: Words =
        serde_json::from_str(&notice.content).map_err(|error| inconsistent(error.to_string()))?;
    let content = MailContent { subject: words.subject, text: words.text, html: words.html };
    let from = format!("{}@{}", settings.sender_local_part, group.sender_domain);
    Ok(Some(ReadyNotice { notice, content, from_name: group.name, from }))
}
