//! The account's page.

use super::Portal;
use super::sign_in::{self, signed_in};
use crate::error::{WebError, while_doing};
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::me::{CardLine, Overview, PatientLine, VisitLine};
use app::tax_year::first_visit_of_next_year;
use axum::extract::State;
use axum::http::StatusCode;
use domain::account::AccountState;
use domain::id::AccountId;
use domain::time::Moment;
use render::pages::Frame;
use render::pages::portal::{CardOnAccount, MePage, PatientOnAccount, VisitOnAccount, Warning};
use render::words::JA;
use render::words::me::VisitState;

/// `GET /{group}/me/`
pub async fn me(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    let Some((_, overview)) = owner(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let days = portal.0.settle_after_days();
    page::show(StatusCode::OK, &view(portal.frame_of_account(), overview, (web.app.now(), days)))
}

/// Who is signed in, and what they see. `None`: nobody, or the account is gone.
pub async fn owner(
    web: &Web,
    portal: &Portal,
    cookies: &Cookies,
) -> Result<Option<(AccountId, Overview)>, WebError> {
    let Some(session) = signed_in(web, portal, cookies).await? else { return Ok(None) };
    let found = app::me::overview(&web.app, session.account).await;
    let found = found.map_err(while_doing("show an account"))?;
    Ok(found.map(|overview| (session.account, overview)))
}

fn view(frame: Frame, overview: Overview, (now, settle_after_days): (Moment, u16)) -> MePage {
    MePage {
        words: &JA,
        frame,
        name: overview.name.as_str().to_owned(),
        user_id: overview.user_id.to_string(),
        mail: overview.mail.to_string(),
        warning: match overview.state {
            AccountState::Active => None,
            AccountState::CardFailed => Some(Warning::CardFailed),
            AccountState::Suspended => Some(Warning::Suspended),
            AccountState::Closed => Some(Warning::Closed),
        },
        card: overview.card.map(card),
        ceiling: overview.ceiling,
        patients: overview.patients.into_iter().map(|line| patient(line, now)).collect(),
        visits: overview.visits.into_iter().map(visit).collect(),
        year: now.day().year(),
        year_end: first_visit_of_next_year(now.day(), settle_after_days),
    }
}

fn card(card: CardLine) -> CardOnAccount {
    CardOnAccount {
        brand: card.brand,
        last_four: card.last_four,
        expiry: card.expiry,
        expired: card.expired,
    }
}

fn patient(patient: PatientLine, now: Moment) -> PatientOnAccount {
    PatientOnAccount {
        hospital: patient.hospital,
        number: patient.patient_number.to_string(),
        relation: patient.relation,
        name: patient.name.map(|name| name.as_str().to_owned()),
        usable_from: (now < patient.usable_from).then_some(patient.usable_from),
    }
}

fn visit(visit: VisitLine) -> VisitOnAccount {
    VisitOnAccount {
        day: visit.visit_day,
        hospital: visit.hospital,
        state: match visit.state {
            app::me::VisitState::AmountNotKnown => VisitState::Preparing,
            app::me::VisitState::WillBeCharged => VisitState::WillBeCharged(visit.due_on),
            app::me::VisitState::BeingCharged => VisitState::BeingChecked(visit.next_news),
            app::me::VisitState::WaitsForConsent => VisitState::WaitsForConsent,
            app::me::VisitState::Paid => VisitState::Paid(visit.paid_on),
            app::me::VisitState::PartRefunded => VisitState::PartRefunded(visit.paid_on),
            app::me::VisitState::Refunded => VisitState::Refunded,
            app::me::VisitState::NothingToPay => VisitState::NothingToPay,
            app::me::VisitState::WillBeTriedAgain => VisitState::CheckYourCard(visit.due_on),
            app::me::VisitState::PayAtDesk => VisitState::PayAtDesk,
            app::me::VisitState::PaidOtherwise => VisitState::PaidOtherwise,
        },
        amount: visit.amount,
        receipt: visit.receipt.map(|id| id.to_string()),
        consent: visit.consent.map(|id| id.to_string()),
    }
}
