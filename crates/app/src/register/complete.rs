//! The end of a registration: account, card, patient, mandate and mail in one transaction.

use super::card::ended;
use super::{CardBack, CompletedRegistration, MANDATE_TEXT_VERSION, UsableFrom, forget};
use crate::notices::{self, NoticeOrder};
use crate::{App, AppError, card_expiry, policy, record, words};
use domain::account::{Account, AccountState, PatientLink, usable_from};
use domain::audit::{Act, Actor};
use domain::card::{Card, CardFacts};
use domain::group::{GroupSlug, Hospital};
use domain::id::RegistrationId;
use domain::notice::NoticeKind;
use domain::time::Moment;
use domain::user_id::UserId;
use render::mails::RegistrationCompletedMail;
use store::accounts::{self, Inserted};
use store::card_setups::{self, Ended};
use store::cards::{self, Flag, Mandate};
use store::patient_links::{self, Linked};
use store::registrations::{self, Draft, Registration, RegistrationState};
use store::{Reader, StoreError, Tx};

/// How many user IDs are tried before something must be wrong with chance.
const USER_IDS: usize = 20;

/// A card that is taken, for a registration that waits for it.
#[derive(Clone, Debug)]
pub(super) struct Acceptance {
    pub registration: RegistrationId,
    /// Our own name for the attempt.
    pub setup: String,
    pub facts: CardFacts,
    pub flag: Flag,
}

/// Why a transaction was undone.
enum Undone {
    /// Another registration linked the patient number between our look and our writing.
    LinkTaken,
    App(AppError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<AppError> for Undone {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

/// Completes a registration, or finds that it cannot be. A second call finds what the first did.
pub(super) async fn complete(app: &App, acceptance: Acceptance) -> Result<CardBack, AppError> {
    // After losing a race, the second look sees who won.
    for _try in 0..2 {
        let (theirs, taken, now) = (app.clone(), acceptance.clone(), app.now());
        match app.store().write(move |tx| settle(tx, &theirs, &taken, now)).await {
            Ok(card_back) => return Ok(card_back.into_inner()),
            Err(Undone::LinkTaken) => {}
            Err(Undone::App(error)) => return Err(error),
        }
    }
    Err(AppError::Inconsistent {
        what: format!("the patient number of {} is linked and is not", acceptance.registration),
    })
}

fn settle(tx: &mut Tx<'_>, app: &App, taken: &Acceptance, now: Moment) -> Result<CardBack, Undone> {
    let gone = || AppError::Inconsistent { what: format!("{} is not there", taken.registration) };
    let held = registrations::hold_filled_in(tx, taken.registration)?;
    let kept = registrations::by_id(tx, taken.registration)?.ok_or_else(gone)?;
    if !held {
        return Ok(ended(tx, &kept)?.unwrap_or(CardBack::NoSession));
    }
    let (Some(draft), Some(password_hash)) = (&kept.draft, &kept.password_hash) else {
        return Err(gone().into());
    };
    if patient_links::by_number(tx, &draft.hospital, &draft.patient_number)?.is_some() {
        stop(tx, app, (&kept, taken), RegistrationState::AtDesk, now)?;
        return Ok(CardBack::AskDesk(desk_hospitals(tx, &kept)?));
    }
    let Some(account) = new_account(tx, app, (&kept, draft), password_hash, now)? else {
        stop(tx, app, (&kept, taken), RegistrationState::Superseded, now)?;
        return Ok(CardBack::AlreadyRegistered);
    };
    let link = PatientLink {
        id: app.ids().id(now),
        account: account.id,
        hospital: draft.hospital.clone(),
        patient_number: draft.patient_number.clone(),
        relation: draft.relation,
        patient: draft.patient.clone(),
    };
    if patient_links::insert(tx, &link, now)? == Linked::Taken {
        return Err(Undone::LinkTaken);
    }
    save_card(tx, app, (&kept, &account), taken, now)?;
    registrations::complete(tx, kept.id, account.id, now)?;
    let about = account.id.to_string();
    record::act(tx, &kept.group, &Actor::Visitor, Act::RegistrationCompleted, (&about, now));
    promise_mail(tx, app, (&kept, &account), draft, now)?;
    Ok(CardBack::Completed(Box::new(of_account(tx, &account)?)))
}

/// Writes the account under a user ID that nobody has; `None`: the mailbox has an account already.
fn new_account(
    tx: &mut Tx<'_>,
    app: &App,
    (kept, draft): (&Registration, &Draft),
    password_hash: &str,
    now: Moment,
) -> Result<Option<Account>, AppError> {
    let mut account = Account {
        id: app.ids().id(now),
        group: kept.group.clone(),
        user_id: UserId::from_random(app.ids().bytes()),
        mail: kept.mail.clone(),
        person: draft.person.clone(),
        state: AccountState::Active,
        completed_at: now,
    };
    for _try in 0..USER_IDS {
        if accounts::insert(tx, &account, password_hash)? == Inserted::New {
            return Ok(Some(account));
        }
        if accounts::of_mailbox(tx, &kept.group, &kept.mail)?.is_some() {
            return Ok(None);
        }
        account.user_id = UserId::from_random(app.ids().bytes());
    }
    Err(AppError::Inconsistent { what: format!("{USER_IDS} user IDs in a row are taken") })
}

fn save_card(
    tx: &mut Tx<'_>,
    app: &App,
    (kept, account): (&Registration, &Account),
    taken: &Acceptance,
    now: Moment,
) -> Result<(), AppError> {
    let card = Card {
        id: app.ids().id(now),
        account: account.id,
        facts: taken.facts.clone(),
        saved_at: now,
    };
    let mandate = Mandate {
        terms_version: kept.terms_version.clone(),
        terms_agreed_at: kept.terms_agreed_at,
        text_version: MANDATE_TEXT_VERSION.to_owned(),
        given_at: now,
    };
    cards::insert(tx, &card, taken.flag, &mandate)?;
    card_expiry::promise(tx, app.ids(), &card, now)?;
    card_setups::end(tx, &taken.setup, Ended::Saved)?;
    let detail = serde_json::json!({
        "account": account.id.to_string(),
        "funding": taken.facts.funding.as_str(),
        "flagged": taken.flag == Flag::UnknownFunding,
    });
    let about = card.id.to_string();
    record::act_with(tx, &kept.group, &Actor::Visitor, Act::CardSaved, (&about, now), &detail);
    Ok(())
}

/// Ends a registration whose card is fine but which cannot become an account; the card goes.
fn stop(
    tx: &mut Tx<'_>,
    app: &App,
    (kept, taken): (&Registration, &Acceptance),
    state: RegistrationState,
    now: Moment,
) -> Result<(), AppError> {
    registrations::stop(tx, kept.id, state, now)?;
    card_setups::end(tx, &taken.setup, Ended::Refused(state.as_str()))?;
    forget::promise(tx, app.ids(), &taken.facts.at_gateway, (now, now))?;
    let detail = serde_json::json!({ "reason": state.as_str() });
    let about = kept.id.to_string();
    record::act_with(tx, &kept.group, &Actor::Visitor, Act::CardRefused, (&about, now), &detail);
    Ok(())
}

fn promise_mail(
    tx: &mut Tx<'_>,
    app: &App,
    (kept, account): (&Registration, &Account),
    draft: &Draft,
    now: Moment,
) -> Result<(), AppError> {
    let hospitals = store::groups::hospitals_of(tx, &kept.group)?;
    let first = policy::in_force(tx, &draft.hospital, now.day())?;
    let delay = first.map_or(0, |policy| policy.activation_delay_minutes);
    let content = render::mails::registration_completed(&RegistrationCompletedMail {
        name: draft.person.name.as_str().to_owned(),
        user_id: account.user_id.to_string(),
        usable_from: usable_from(now, delay),
        hospitals: hospitals.iter().map(|hospital| hospital.name.clone()).collect(),
        login_url: words::login_url(app.settings(), &kept.group),
        contacts: hospitals.iter().map(words::contact).collect(),
    })?;
    let about = (NoticeKind::RegistrationCompleted, kept.id.to_string());
    let order = NoticeOrder::to_account(account, about, content);
    notices::promise(tx, now, app.ids(), &order)?;
    Ok(())
}

/// What a completed registration has become.
pub(super) fn completed(
    reader: &mut Reader<'_>,
    kept: &Registration,
) -> Result<CompletedRegistration, AppError> {
    let account = match kept.account {
        Some(id) => accounts::by_id(reader, id)?,
        None => None,
    };
    let account = account.ok_or_else(|| AppError::Inconsistent {
        what: format!("{} is completed and has no account", kept.id),
    })?;
    of_account(reader, &account)
}

fn of_account(
    reader: &mut Reader<'_>,
    account: &Account,
) -> Result<CompletedRegistration, AppError> {
    Ok(CompletedRegistration {
        group: account.group.clone(),
        user_id: account.user_id.clone(),
        mail: account.mail.clone(),
        usable_from: all_usable_from(reader, &account.group, account.completed_at)?,
    })
}

/// From when an account can be used at each hospital of its group that takes part (FAQ Q09, Q24).
pub(crate) fn all_usable_from(
    reader: &mut Reader<'_>,
    group: &GroupSlug,
    completed_at: Moment,
) -> Result<Vec<UsableFrom>, AppError> {
    let mut all = Vec::new();
    for hospital in store::groups::hospitals_of(reader, group)? {
        if let Some(policy) = policy::in_force(reader, &hospital.code, completed_at.day())? {
            let from = usable_from(completed_at, policy.activation_delay_minutes);
            all.push(UsableFrom { code: hospital.code, hospital: hospital.name, from });
        }
    }
    Ok(all)
}

/// The hospital whose windows must look at a registration; all of the group if that is not known.
pub(super) fn desk_hospitals(
    reader: &mut Reader<'_>,
    kept: &Registration,
) -> Result<Vec<Hospital>, AppError> {
    let mut hospitals = store::groups::hospitals_of(reader, &kept.group)?;
    if let Some(draft) = &kept.draft {
        hospitals.retain(|hospital| hospital.code == draft.hospital);
    }
    Ok(hospitals)
}
