//! What a patient is told of a charge: promised in the transaction of the fact, once each.

use super::Means;
use crate::notices::{self, NoticeOrder};
use crate::settings::AppSettings;
use crate::{AppError, words};
use domain::account::{Account, AccountState};
use domain::charge::{Charge, Paid, ReturnedToDesk};
use domain::charge_state::ReturnReason;
use domain::decline::{ACT_WITHIN_DAYS, DeclineClass};
use domain::group::Hospital;
use domain::notice::NoticeKind;
use domain::time::{Day, Moment};
use domain::yen::Yen;
use render::mails::{AboutVisit, MailContent, PaymentCompletedMail, PaymentFailedMail};
use store::{Reader, Tx};

/// Promises the notice that belongs to the state, and stops new entries where the card has failed.
pub(super) fn tell_the_patient(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    charge: &Charge,
) -> Result<(), AppError> {
    let owed = charge.obligation();
    if let Some(state) = stops_entries(charge) {
        store::accounts::set_state(tx, owed.account, state)?;
    }
    let Means { now, settings, .. } = means;
    let (kind, subject, facts, content) = match charge {
        Charge::Paid(paid) => {
            let facts = Facts::of(tx, charge)?;
            let content = facts.paid(tx, paid, settings)?;
            (NoticeKind::PaymentCompleted, owed.charge.to_string(), facts, content)
        }
        Charge::Due(due) if due.declines > 0 => {
            let facts = Facts::of(tx, charge)?;
            let content = facts.failed(settings, now, (true, Some(due.not_before.day())))?;
            let subject = format!("{}/{}", owed.charge, due.declines);
            (NoticeKind::PaymentFailed, subject, facts, content)
        }
        Charge::ActionRequired(waiting) => {
            let facts = Facts::of(tx, charge)?;
            let content = facts.failed(settings, now, (true, None))?;
            let subject = format!("{}/{}", owed.charge, waiting.generation);
            (NoticeKind::PaymentFailed, subject, facts, content)
        }
        Charge::AwaitingConsent(waiting) => {
            let facts = Facts::of(tx, charge)?;
            let about = facts.about(settings);
            let until = last_day_before(waiting.until);
            let content = render::mails::consent_asked(&about, owed.amount, until)?;
            let subject = format!("{}/{}", owed.charge, owed.amount.amount());
            (NoticeKind::ConsentAsked, subject, facts, content)
        }
        // `domain.md` 11.3: the first and last word about a card that is refused for good is P5.
        Charge::ReturnedToDesk(ReturnedToDesk {
            reason: ReturnReason::Declined(DeclineClass::Hard | DeclineClass::FixData),
            ..
        }) => {
            let facts = Facts::of(tx, charge)?;
            let content = facts.failed(settings, now, (false, None))?;
            (NoticeKind::PaymentFailed, owed.charge.to_string(), facts, content)
        }
        Charge::ReturnedToDesk(_) => {
            let facts = Facts::of(tx, charge)?;
            let content = render::mails::returned_to_desk(&facts.about(settings))?;
            (NoticeKind::ReturnedToDesk, owed.charge.to_string(), facts, content)
        }
        Charge::Scheduled(_)
        | Charge::Due(_)
        | Charge::Intended(_)
        | Charge::Sent(_)
        | Charge::Unknown(_)
        | Charge::Withdrawn(_)
        | Charge::SettledZero(_) => return Ok(()),
    };
    promise(tx, means, (kind, subject), &facts.account, content)
}

/// Tells an amount in advance. `version` makes each announcement of a charge one of its own: the newest
/// holds.
pub(super) fn announce(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    charge: &Charge,
    version: i64,
) -> Result<(), AppError> {
    let charged_on = match charge {
        Charge::Scheduled(scheduled) => scheduled.not_before.day(),
        Charge::Due(due) => due.not_before.day(),
        Charge::Intended(_)
        | Charge::Sent(_)
        | Charge::Unknown(_)
        | Charge::AwaitingConsent(_)
        | Charge::ActionRequired(_)
        | Charge::Paid(_)
        | Charge::ReturnedToDesk(_)
        | Charge::Withdrawn(_)
        | Charge::SettledZero(_) => return Ok(()),
    };
    let owed = charge.obligation();
    let facts = Facts::of(tx, charge)?;
    let about = facts.about(means.settings);
    let further = owed.sequence > 1;
    let content = render::mails::charge_announced(&about, owed.amount, charged_on, further)?;
    let subject = format!("{}/{version}", owed.charge);
    promise(tx, means, (NoticeKind::ChargeAnnounced, subject), &facts.account, content)
}

/// P7: tells that money has gone back.
pub(crate) fn tell_of_refund(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    paid: &Charge,
    refund: &domain::refund::RefundTerms,
    left: Yen,
) -> Result<(), AppError> {
    let facts = Facts::of(tx, paid)?;
    let about = facts.about(means.settings);
    let taken = paid.obligation().amount;
    let content = render::mails::refund_made(&about, taken, refund.amount, left)?;
    let subject = refund.id.to_string();
    promise(tx, means, (NoticeKind::RefundMade, subject), &facts.account, content)
}

fn promise(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    about: (NoticeKind, String),
    account: &Account,
    content: MailContent,
) -> Result<(), AppError> {
    let order = NoticeOrder::to_account(account, about, content);
    notices::promise(tx, means.now, means.ids, &order).map(drop)
}

/// Whether a failed charge stops the account from entering new visits. Where only this one amount was
/// not agreed to, or is for the desk anyway, nothing is wrong with the card.
fn stops_entries(charge: &Charge) -> Option<AccountState> {
    let Charge::ReturnedToDesk(returned) = charge else { return None };
    match returned.reason {
        ReturnReason::Declined(_) | ReturnReason::CardMissing | ReturnReason::NotAuthenticated => {
            Some(AccountState::CardFailed)
        }
        ReturnReason::BelowMinimum | ReturnReason::NoConsent | ReturnReason::Supplement => None,
    }
}

/// What a notice about a charge needs to know.
struct Facts {
    account: Account,
    hospital: Hospital,
    visit_day: Day,
}

impl Facts {
    fn of(reader: &mut Reader<'_>, charge: &Charge) -> Result<Self, AppError> {
        let owed = charge.obligation();
        let missing =
            |what: &str| AppError::Inconsistent { what: format!("{}: no {what}", owed.charge) };
        let account =
            store::accounts::by_id(reader, owed.account)?.ok_or_else(|| missing("account"))?;
        let hospital =
            store::groups::hospital(reader, &owed.hospital)?.ok_or_else(|| missing("hospital"))?;
        let entry = store::entries::by_id(reader, owed.entry)?.ok_or_else(|| missing("entry"))?;
        Ok(Self { account, hospital, visit_day: entry.visit_day })
    }

    fn about(&self, settings: &AppSettings) -> AboutVisit {
        AboutVisit {
            name: self.account.person.name.as_str().to_owned(),
            hospital: self.hospital.name.clone(),
            visit_day: self.visit_day,
            login_url: words::login_url(settings, &self.account.group),
            contact: words::contact(&self.hospital),
        }
    }

    fn paid(
        &self,
        reader: &mut Reader<'_>,
        paid: &Paid,
        settings: &AppSettings,
    ) -> Result<MailContent, AppError> {
        let owed = &paid.obligation;
        let attempt = store::attempts::must_exist(reader, owed.charge, paid.generation)?;
        let card = store::cards::by_id(reader, attempt.card)?.ok_or_else(|| {
            AppError::Inconsistent { what: format!("{}: no card {}", owed.charge, attempt.card) }
        })?;
        let policy = crate::policy::in_force(reader, &owed.hospital, self.visit_day)?;
        let mail = PaymentCompletedMail {
            name: self.account.person.name.as_str().to_owned(),
            hospital: self.hospital.name.clone(),
            visit_day: self.visit_day,
            amount: owed.amount,
            paid_on: paid.paid_at.day(),
            brand: card.facts.brand,
            last_four: card.facts.last_four,
            machine_hours: policy.as_ref().map(words::machine_hours).unwrap_or_default(),
            login_url: words::login_url(settings, &self.account.group),
            contact: words::contact(&self.hospital),
        };
        Ok(render::mails::payment_completed(&mail)?)
    }

    fn failed(
        &self,
        settings: &AppSettings,
        now: Moment,
        (card_helps, retry_on): (bool, Option<Day>),
    ) -> Result<MailContent, AppError> {
        let mail = PaymentFailedMail {
            name: self.account.person.name.as_str().to_owned(),
            hospital: self.hospital.name.clone(),
            visit_day: self.visit_day,
            deadline: now.day().plus_days(ACT_WITHIN_DAYS),
            retry_on,
            card_helps,
            login_url: words::login_url(settings, &self.account.group),
            contact: words::contact(&self.hospital),
        };
        Ok(render::mails::payment_failed(&mail)?)
    }
}

/// The last whole day before a moment at which a day begins.
fn last_day_before(moment: Moment) -> Day {
    moment.plus_seconds(-1).day()
}
