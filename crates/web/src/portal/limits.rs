//! What a payer allows: the ceiling, and consent to one amount above it.

use super::Portal;
use super::me::owner;
use super::sign_in::{self, signed_in};
use crate::error::while_doing;
use crate::form::{Asked, Fields};
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::charge::Consented;
use app::me::{Overview, VisitLine};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::id::ChargeId;
use domain::yen::Yen;
use render::pages::portal::{CeilingMistake, CeilingPage, ConsentPage};
use render::words::JA;

/// No bill comes near it: a ceiling above it would be none.
const HIGHEST_CEILING: i64 = 9_999_999;

/// `GET /{group}/me/ceiling`
pub async fn ceiling(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    asked: Asked,
) -> Reply {
    let Some((_, overview)) = owner(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let view = CeilingPage::new(&JA, portal.frame_of_account(), overview.ceiling);
    page::show(StatusCode::OK, &CeilingPage { saved: asked.get("said") == "saved", ..view })
}

/// `POST /{group}/me/ceiling`
pub async fn set_ceiling(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    fields: Fields,
) -> Reply {
    let Some((account, overview)) = owner(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let ceiling =
        if fields.ticked("lift") { Ok(None) } else { typed(fields.get("amount")).map(Some) };
    match ceiling {
        Ok(ceiling) => {
            let set = app::charge::set_ceiling(&web.app, account, ceiling).await;
            set.map_err(while_doing("set a ceiling"))?;
            Ok(page::go_to(&portal.at("me/ceiling?said=saved")))
        }
        Err(mistake) => {
            let view = CeilingPage {
                typed: fields.owned("amount"),
                mistake: Some(mistake),
                ..CeilingPage::new(&JA, portal.frame_of_account(), overview.ceiling)
            };
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// `GET /{group}/me/consent/{charge}`
pub async fn consent(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, charge)): Path<(String, String)>,
) -> Reply {
    let Some((_, overview)) = owner(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    match find(&overview, &charge) {
        Some(visit) => ask(&portal, &overview, visit, false),
        // Agreed to already, or another payer's: the account's page says how things stand.
        None => Ok(page::go_to(&portal.at("me/"))),
    }
}

/// `POST /{group}/me/consent/{charge}`
pub async fn agree(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, charge)): Path<(String, String)>,
    fields: Fields,
) -> Reply {
    let Some(session) = signed_in(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let seen = fields.get("amount").parse().map(Yen::new);
    let (Ok(charge), Ok(Ok(seen))) = (charge.parse::<ChargeId>(), seen) else {
        return Ok(page::go_to(&portal.at("me/")));
    };
    let done = app::charge::consent(&web.app, session.account, charge, seen).await;
    match done.map_err(while_doing("agree to an amount"))? {
        Consented::Yes | Consented::NotWaiting => Ok(page::go_to(&portal.at("me/"))),
        // Read only now, so that what is asked next is the amount of now.
        Consented::AmountDiffers { .. } => {
            let owner = owner(&web, &portal, &cookies).await?;
            let overview = owner.as_ref().map(|(_, overview)| overview);
            match overview.and_then(|overview| Some((overview, waiting(overview, charge)?))) {
                Some((overview, visit)) => ask(&portal, overview, visit, true),
                None => Ok(page::go_to(&portal.at("me/"))),
            }
        }
    }
}

/// The visit whose charge waits, by what stands in the address.
fn find<'o>(overview: &'o Overview, charge: &str) -> Option<&'o VisitLine> {
    match charge.parse() {
        Ok(charge) => waiting(overview, charge),
        Err(_no_id) => None,
    }
}

fn waiting(overview: &Overview, charge: ChargeId) -> Option<&VisitLine> {
    overview.visits.iter().find(|visit| visit.consent == Some(charge))
}

fn ask(portal: &Portal, overview: &Overview, visit: &VisitLine, changed: bool) -> Reply {
    let (Some(charge), Some(amount)) = (visit.consent, visit.amount) else {
        return Ok(page::go_to(&portal.at("me/")));
    };
    let view = ConsentPage {
        words: &JA,
        frame: portal.frame_of_account(),
        charge: charge.to_string(),
        hospital: visit.hospital.clone(),
        visit_day: visit.visit_day,
        amount,
        card: overview.card.as_ref().map(|card| (card.brand.clone(), card.last_four.clone())),
        changed,
    };
    let status = if changed { StatusCode::CONFLICT } else { StatusCode::OK };
    page::show(status, &view)
}

/// An amount as people type it: `30000`, `30,000円`, `３００００`.
fn typed(text: &str) -> Result<Yen, CeilingMistake> {
    let folded = domain::text::fold_width(text);
    let digits: String = folded
        .trim()
        .trim_start_matches(['¥', '￥', '\\'])
        .trim_end_matches('円')
        .chars()
        .filter(|sign| !matches!(sign, ',' | '、' | ' '))
        .collect();
    if digits.is_empty() {
        return Err(CeilingMistake::Missing);
    }
    let amount: i64 = digits.parse().map_err(|_not_a_number| CeilingMistake::Wrong)?;
    if !(1..=HIGHEST_CEILING).contains(&amount) || !digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(CeilingMistake::Wrong);
    }
    Yen::new(amount).map_err(|_too_large| CeilingMistake::Wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_people_type_it() {
        for good in ["30000", " 30,000円 ", "３００００", "￥30，000", "¥30000"] {
            assert_eq!(typed(good).map(Yen::amount), Ok(30_000), "{good}");
        }
        for bad in ["三万円", "0", "-1", "+5", "1.5", "10000000", "99999999999999999999"] {
            assert_eq!(typed(bad), Err(CeilingMistake::Wrong), "{bad}");
        }
        for none in ["", "　", "円"] {
            assert_eq!(typed(none), Err(CeilingMistake::Missing), "{none:?}");
        }
    }
}
