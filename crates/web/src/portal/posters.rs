//! QR code and poster of the address at which one registers (FAQ Q02).

use super::Portal;
use crate::error::{WebError, while_doing};
use crate::{Reply, Web};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use render::papers::{self, PosterPaper};
use render::words::JA;

/// For how long a copy may be kept: the address hardly ever changes.
const CACHE: &str = "public, max-age=3600";

/// `GET /{group}/qr.svg`
pub async fn qr_svg(State(web): State<Web>, portal: Portal) -> Reply {
    let svg = papers::qr_svg(&url(&web, &portal)).map_err(while_doing("draw a QR code"))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, CACHE)], svg)
        .into_response())
}

/// `GET /{group}/qr.png`
pub async fn qr_png(State(web): State<Web>, portal: Portal) -> Reply {
    let png = papers::qr_png(&url(&web, &portal)).map_err(while_doing("draw a QR code"))?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, CACHE)], png).into_response())
}

/// `GET /{group}/poster/{hospital}.pdf`
pub async fn poster(
    State(web): State<Web>,
    portal: Portal,
    Path((_group, file)): Path<(String, String)>,
) -> Reply {
    let code = file.strip_suffix(".pdf").ok_or(WebError::NotFound)?;
    let data = paper(&web, &portal, code).ok_or(WebError::NotFound)?;
    // Setting a page is work for the processor, some milliseconds of it.
    let made = tokio::task::spawn_blocking(move || papers::poster(&data)).await;
    let poster =
        made.map_err(while_doing("wait for a poster"))?.map_err(while_doing("set a poster"))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CACHE_CONTROL, CACHE)], poster.pdf)
        .into_response())
}

fn paper(web: &Web, portal: &Portal, code: &str) -> Option<PosterPaper> {
    let hospitals = &portal.0.hospitals;
    let (hospital, policy) =
        hospitals.iter().find(|(hospital, _)| hospital.code.as_str() == code)?;
    let policy = policy.as_ref()?;
    let kind = |funding| (JA.card.kind)(funding).to_owned();
    Some(PosterPaper {
        hospital_name: hospital.name.clone(),
        group_hospital_names: hospitals.iter().map(|(hospital, _)| hospital.name.clone()).collect(),
        url: url(web, portal),
        sender_domain: portal.0.group.sender_domain.clone(),
        refused_cards: policy.funding.refused.iter().copied().map(kind).collect(),
        activation_minutes: policy.activation_delay_minutes,
        kiosk_hours: app::words::machine_hours(policy),
        phone: hospital.phone.clone(),
        phone_hours: hospital.phone_hours.clone(),
    })
}

/// Where one registers, as the QR code holds it.
fn url(web: &Web, portal: &Portal) -> String {
    format!("{}/{}/new/", web.app.settings().public_url, portal.slug())
}
