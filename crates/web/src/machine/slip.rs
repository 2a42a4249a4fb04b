//! The slip for the kiosk's browser: as a picture that the screen prints, and as PDF.

use super::Asking;
use crate::error::{WebError, while_doing};
use crate::{Reply, Web};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use domain::id::EntryId;
use render::papers::{slip_pdf, slip_png};

/// How the slip is wanted.
#[derive(Clone, Copy)]
enum Form {
    Pdf,
    Png,
}

/// `GET /machine/slip/{entry}.pdf` and `.png`: for a kiosk, and for the entries of its own hospital
/// and of today only.
pub async fn slip(
    State(web): State<Web>,
    asking: Asking,
    file: Result<Path<String>, PathRejection>,
) -> Reply {
    let Path(file) = file.map_err(|_not_readable| WebError::NotFound)?;
    let machine = asking.kiosk().ok_or(WebError::NotFound)?;
    let (entry, form) = named(&file).ok_or(WebError::NotFound)?;
    let found = app::slips::of_today(&web.app, &machine, entry).await;
    let slip = found.map_err(while_doing("look up a slip"))?.ok_or(WebError::NotFound)?;
    let paper = slip.paper();
    // Setting a page is work for the processor, some milliseconds of it.
    let made = tokio::task::spawn_blocking(move || match form {
        Form::Pdf => slip_pdf(&paper).map(|paper| ("application/pdf", paper.pdf)),
        Form::Png => slip_png(&paper).map(|png| ("image/png", png)),
    });
    let made = made.await.map_err(while_doing("wait for a slip"))?;
    let (content_type, bytes) = made.map_err(while_doing("set a slip"))?;
    Ok(([(header::CONTENT_TYPE, content_type)], bytes).into_response())
}

fn named(file: &str) -> Option<(EntryId, Form)> {
    let (name, ending) = file.rsplit_once('.')?;
    let form = match ending {
        "pdf" => Form::Pdf,
        "png" => Form::Png,
        _ => return None,
    };
    match name.parse() {
        Ok(entry) => Some((entry, form)),
        Err(_not_an_id) => None,
    }
}
