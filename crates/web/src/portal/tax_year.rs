//! What was paid in a year, for 医療費控除: page and files.

use super::Portal;
use super::sign_in::{self, signed_in};
use crate::error::{WebError, while_doing};
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::tax_year::{self, TaxPatient, TaxYear};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use render::pages::portal::{PatientInYear, PaymentInYear, TaxYearPage, WayOn};
use render::words::JA;

const CSV: &str = "text/csv; charset=utf-8";
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /{group}/me/year/{year}`
pub async fn year(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, year)): Path<(String, String)>,
) -> Reply {
    match found(&web, &portal, &cookies, &year).await? {
        Found::Nobody => Ok(sign_in::first(&portal)),
        Found::NoYear => no_such_year(&portal),
        Found::Year(paid) => page::show(StatusCode::OK, &view(&portal, *paid)?),
    }
}

/// `GET /{group}/me/year/{year}/medical-expenses-{year}.csv`, `….xlsx`
pub async fn file(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, year, file)): Path<(String, String, String)>,
) -> Reply {
    let paid = match found(&web, &portal, &cookies, &year).await? {
        Found::Nobody => return Ok(sign_in::first(&portal)),
        Found::NoYear => return no_such_year(&portal),
        Found::Year(paid) => paid,
    };
    let name = format!("medical-expenses-{year}");
    let (kind, bytes) = match file.strip_prefix(&name) {
        Some(".csv") => (CSV, tax_year::csv(&paid)),
        Some(".xlsx") => (WORKBOOK, tax_year::workbook(&paid)),
        _ => return no_such_year(&portal),
    };
    let bytes = bytes.map_err(while_doing("write a file of medical expenses"))?;
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

enum Found {
    Nobody,
    NoYear,
    Year(Box<TaxYear>),
}

async fn found(
    web: &Web,
    portal: &Portal,
    cookies: &Cookies,
    year: &str,
) -> Result<Found, WebError> {
    let Some(session) = signed_in(web, portal, cookies).await? else { return Ok(Found::Nobody) };
    let Ok(year) = year.parse() else { return Ok(Found::NoYear) };
    let paid = tax_year::of(&web.app, session.account, year).await;
    let paid = paid.map_err(while_doing("show what was paid in a year"))?;
    Ok(paid.map_or(Found::NoYear, |paid| Found::Year(Box::new(paid))))
}

fn no_such_year(portal: &Portal) -> Reply {
    let frame = portal.frame_of_account();
    page::problem(StatusCode::NOT_FOUND, frame, &JA.problems.not_found, WayOn::Account)
}

fn view(portal: &Portal, paid: TaxYear) -> Result<TaxYearPage, WebError> {
    const DOING: &str = "add up what was paid in a year";
    let total = paid.total().map_err(while_doing(DOING))?;
    let sums = paid.by_patient().map_err(while_doing(DOING))?;
    let payer = paid.payer.as_str();
    Ok(TaxYearPage {
        words: &JA,
        frame: portal.frame_of_account(),
        year: paid.year,
        total,
        patients: sums.into_iter().map(|(patient, sum)| (shown(payer, &patient), sum)).collect(),
        payments: paid
            .payments
            .iter()
            .map(|payment| PaymentInYear {
                patient: shown(payer, &payment.patient),
                hospital: payment.hospital.clone(),
                visit_day: payment.visit_day,
                paid_on: payment.paid_on,
                amount: payment.amount,
                apart: payment.apart.clone(),
            })
            .collect(),
        years: paid.years,
    })
}

fn shown(payer: &str, patient: &TaxPatient) -> PatientInYear {
    match patient {
        TaxPatient::Payer => PatientInYear::Named(payer.to_owned()),
        TaxPatient::Other { name: Some(name), .. } => {
            PatientInYear::Named(name.as_str().to_owned())
        }
        TaxPatient::Other { relation, name: None, number } => {
            PatientInYear::Other(*relation, number.to_string())
        }
    }
}
