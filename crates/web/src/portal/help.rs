//! Help: the questions of the FAQ, privacy, accessibility.

use super::Portal;
use crate::{Reply, page};
use axum::http::StatusCode;
use domain::card::Funding;
use render::pages::portal::{HelpPage, StatementPage};
use render::words::JA;
use render::words::help::Statement;

/// `GET /{group}/help/`
pub async fn help(portal: Portal) -> Reply {
    let holds = &portal.0;
    let view = HelpPage {
        words: &JA,
        frame: portal.frame(),
        settle_after_days: holds.settle_after_days(),
        activation_delay_minutes: holds.activation_delay_minutes(),
        advance_notice_days: holds.advance_notice_days(),
        cancels_online: holds.cancels_online(),
        refuses_debit: holds.refuses(Funding::Debit) && holds.refuses(Funding::Prepaid),
    };
    page::show(StatusCode::OK, &view)
}

/// `GET /{group}/help/privacy`
pub async fn privacy(portal: Portal) -> Reply {
    statement(&portal, &JA.help.privacy)
}

/// `GET /{group}/help/accessibility`
pub async fn accessibility(portal: Portal) -> Reply {
    statement(&portal, &JA.help.accessibility)
}

fn statement(portal: &Portal, says: &'static Statement) -> Reply {
    page::show(StatusCode::OK, &StatementPage { words: &JA, frame: portal.frame(), says })
}
