//! The card page: the only place where a card number is typed. It looks the number up in the table of
//! test cards and forgets it. Works without JavaScript and without any from elsewhere.

use super::books::{CardFace, Record, Setup, SetupState};
use super::card_form::{CardForm, Field, Mistake};
use super::test_cards::{TEST_CARDS, TestCard, WhenSaved};
use super::{Desk, Sandbox, rules};
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::time::Moment;
use reqwest::Url;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "sandbox/card.html")]
struct CardPage<'a> {
    cards: &'static [TestCard],
    form: &'a CardForm,
    mistakes: &'a [Mistake],
    number_was_typed: bool,
    years: Vec<i16>,
}

impl CardPage<'_> {
    fn has(&self, field: Field) -> bool {
        self.mistakes.iter().any(|mistake| mistake.field == field)
    }
}

#[derive(Template)]
#[template(path = "sandbox/challenge.html")]
struct ChallengePage<'a> {
    brand: &'a str,
    last_four: &'a str,
}

#[derive(Template)]
#[template(path = "sandbox/message.html")]
struct MessagePage<'a> {
    heading: &'a str,
    text: &'a str,
    back: Option<&'a str>,
    deep: bool,
}

/// Which of the two pages of a setup is being shown; links and redirects are relative to it, so that
/// the router works below any path prefix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Card,
    Challenge,
}

/// What the person in front of the page did.
enum Choice {
    Card(&'static TestCard, CardFace),
    Cancel,
    Authenticated,
    NotAuthenticated,
}

pub(super) async fn show(State(sandbox): State<Arc<Sandbox>>, Path(id): Path<String>) -> Response {
    page_of(&sandbox, &id, Page::Card)
}

pub(super) async fn show_challenge(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Response {
    page_of(&sandbox, &id, Page::Challenge)
}

pub(super) async fn submit(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    form: Result<Form<CardForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return unreadable(Page::Card) };
    let today = (sandbox.now)().day();
    let choice = if form.action == "cancel" {
        Choice::Cancel
    } else {
        match form.check(today) {
            Ok((card, face)) => Choice::Card(card, face),
            Err(mistakes) => {
                let setup = sandbox.setup(&id);
                return match setup.filter(|setup| setup.state == SetupState::Open) {
                    Some(setup) => card_page(&sandbox, &setup, &form, &mistakes),
                    None => page_of(&sandbox, &id, Page::Card),
                };
            }
        }
    };
    step(&sandbox, id, choice, Page::Card).await
}

#[derive(Deserialize)]
pub(super) struct ChallengeForm {
    #[serde(default)]
    result: String,
}

pub(super) async fn submit_challenge(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    form: Result<Form<ChallengeForm>, FormRejection>,
) -> Response {
    let choice = match form {
        Ok(Form(form)) if form.result == "ok" => Choice::Authenticated,
        Ok(Form(form)) if form.result == "failed" => Choice::NotAuthenticated,
        Ok(_) | Err(_) => return unreadable(Page::Challenge),
    };
    step(&sandbox, id, choice, Page::Challenge).await
}

pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, include_str!("../../../templates/sandbox/card-page.css")).into_response()
}

/// Takes a setup one step further and sends the browser where it belongs now. Sent twice, the second
/// finds the step done and leads to the same place.
async fn step(sandbox: &Arc<Sandbox>, id: String, choice: Choice, page: Page) -> Response {
    let now = (sandbox.now)();
    let key = id.clone();
    let kept = sandbox.at_desk(move |desk| advance(desk, &key, &choice, now)).await;
    match (kept, sandbox.setup(&id)) {
        (Some(true), Some(setup)) => go_on(&setup, page),
        (Some(true), None) => unknown(page),
        (Some(false) | None, _) => {
            let text = "ただいま登録できません。しばらくしてから、もう一度お試しください。";
            message(StatusCode::INTERNAL_SERVER_ERROR, "登録できませんでした", text, None, page)
        }
    }
}

/// Whether everything that had to be kept is kept.
fn advance(desk: &mut Desk, id: &str, choice: &Choice, now: Moment) -> bool {
    let Some(setup) = desk.books.setups.get(id) else { return true };
    let to = |state| vec![Record::Setup(Setup { state, ..setup.clone() })];
    let records = match (&setup.state, choice) {
        (SetupState::Open | SetupState::RequiresAuthentication(_), Choice::Cancel) => {
            to(SetupState::Cancelled)
        }
        (SetupState::Open, Choice::Card(card, face)) => match card.when_saved {
            WhenSaved::Frictionless => rules::save_card(&desk.books, setup, face.clone(), now).1,
            WhenSaved::Challenge => to(SetupState::RequiresAuthentication(face.clone())),
            WhenSaved::Declines(code) => to(SetupState::Declined { code: code.to_owned() }),
        },
        (SetupState::RequiresAuthentication(face), Choice::Authenticated) => {
            rules::save_card(&desk.books, setup, face.clone(), now).1
        }
        (SetupState::RequiresAuthentication(_), Choice::NotAuthenticated) => {
            to(SetupState::Declined { code: "authentication_failed".to_owned() })
        }
        (SetupState::Open, Choice::Authenticated | Choice::NotAuthenticated)
        | (SetupState::RequiresAuthentication(_), Choice::Card(..))
        | (SetupState::Saved { .. } | SetupState::Declined { .. } | SetupState::Cancelled, _) => {
            Vec::new()
        }
    };
    desk.keep(records)
}

fn go_on(setup: &Setup, page: Page) -> Response {
    let id = &setup.id;
    let place = match (&setup.state, page) {
        (SetupState::Open, Page::Card) => id.clone(),
        (SetupState::Open, Page::Challenge) => format!("../{id}"),
        (SetupState::RequiresAuthentication(_), Page::Card) => format!("{id}/challenge"),
        (SetupState::RequiresAuthentication(_), Page::Challenge) => "challenge".to_owned(),
        (SetupState::Saved { .. } | SetupState::Declined { .. } | SetupState::Cancelled, _) => {
            return_address(setup)
        }
    };
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, place), (header::CACHE_CONTROL, "no-store".to_owned())],
    )
        .into_response()
}

/// Where the payer came from, with the setup's id added.
fn return_address(setup: &Setup) -> String {
    match Url::parse(&setup.return_url) {
        Ok(mut url) => {
            url.query_pairs_mut().append_pair("setup", &setup.id);
            url.into()
        }
        // Was read as a URL when the setup was started.
        Err(_) => setup.return_url.clone(),
    }
}

fn page_of(sandbox: &Sandbox, id: &str, page: Page) -> Response {
    let Some(setup) = sandbox.setup(id) else { return unknown(page) };
    match (&setup.state, page) {
        (SetupState::Open, Page::Card) => card_page(sandbox, &setup, &CardForm::default(), &[]),
        (SetupState::RequiresAuthentication(face), Page::Challenge) => {
            let shown = ChallengePage { brand: &face.brand, last_four: &face.last_four };
            html(StatusCode::OK, &shown, Some(&setup))
        }
        (SetupState::Open, Page::Challenge)
        | (SetupState::RequiresAuthentication(_), Page::Card) => go_on(&setup, page),
        (SetupState::Saved { .. } | SetupState::Declined { .. } | SetupState::Cancelled, _) => {
            let back = return_address(&setup);
            let text = "カードの登録の手続きは、もう終わっています。";
            message(StatusCode::OK, "手続きは終わっています", text, Some(&back), page)
        }
    }
}

fn card_page(sandbox: &Sandbox, setup: &Setup, form: &CardForm, mistakes: &[Mistake]) -> Response {
    let year = (sandbox.now)().day().year();
    let status =
        if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CardPage {
        cards: &TEST_CARDS,
        form,
        mistakes,
        number_was_typed: form.number_was_typed(),
        years: (year..=year.saturating_add(10)).collect(),
    };
    html(status, &page, Some(setup))
}

fn unknown(page: Page) -> Response {
    let text = "この画面は使えません。元の画面からもう一度お進みください。";
    message(StatusCode::NOT_FOUND, "画面が見つかりません", text, None, page)
}

fn unreadable(page: Page) -> Response {
    let text = "送られた内容を読み取れませんでした。前の画面に戻って、もう一度お試しください。";
    message(StatusCode::BAD_REQUEST, "もう一度お試しください", text, None, page)
}

fn message(
    status: StatusCode,
    heading: &str,
    text: &str,
    back: Option<&str>,
    page: Page,
) -> Response {
    html(status, &MessagePage { heading, text, back, deep: page == Page::Challenge }, None)
}

/// Browsers hold the redirect after a form against `form-action` too, so the page that ends a setup
/// names the origin it leads back to.
fn html(status: StatusCode, page: &impl Template, leads_back: Option<&Setup>) -> Response {
    let origin = leads_back
        .and_then(|setup| Url::parse(&setup.return_url).ok())
        .map(|url| format!(" {}", url.origin().ascii_serialization()))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'{origin}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    match page.render() {
        Ok(body) => (status, headers, body).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "a page of the card network could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
