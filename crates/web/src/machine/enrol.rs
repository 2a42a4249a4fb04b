//! A code, typed once by staff, makes a machine a known one.

use super::HOME;
use crate::client::Client;
use crate::error::while_doing;
use crate::form::Fields;
use crate::session::{self, Cookie};
use crate::{Reply, Web, page};
use app::machines::{Enrolled, enrol as enrol_machine};
use axum::extract::State;
use axum::http::StatusCode;
use render::pages::machine::{EnrolNotice, EnrolPage};
use render::words::JA;

/// Letters of a code that are shown again, with the hyphen between its groups.
const SHOWN_AGAIN: usize = 9;
/// What a browser is told when there were too many tries: the window of `app::machines`.
const WAIT_S: i64 = 600;

/// `POST /machine/enrol`
pub async fn enrol(State(web): State<Web>, client: Client, fields: Fields) -> Reply {
    let code = fields.get("code");
    if !code.chars().any(char::is_alphanumeric) {
        return again(StatusCode::UNPROCESSABLE_ENTITY, code, EnrolNotice::Missing);
    }
    let enrolled = enrol_machine(&web.app, code, &client.0).await;
    match enrolled.map_err(while_doing("enrol a machine"))? {
        Enrolled::Done { machine_token, machine: _ } => {
            session::give(&web, page::go_to(HOME), Cookie::Machine, &machine_token)
        }
        Enrolled::Wrong => again(StatusCode::UNPROCESSABLE_ENTITY, code, EnrolNotice::Wrong),
        Enrolled::TooMany => {
            let shown = again(StatusCode::TOO_MANY_REQUESTS, code, EnrolNotice::TooMany)?;
            Ok(page::retry_after(shown, WAIT_S))
        }
    }
}

/// Letters only: a patient may have put a card into a machine that is not known yet, and no number
/// is to stand on the screen.
fn again(status: StatusCode, code: &str, notice: EnrolNotice) -> Reply {
    let letters = code.chars().filter(|c| c.is_ascii_alphabetic() || *c == '-');
    let typed = letters.take(SHOWN_AGAIN).collect();
    page::show(status, &EnrolPage { words: &JA, place: None, typed, notice: Some(notice) })
}
