//! HTTP: portal for patients, machines, and what operators ask. Every address stands on this page.
//!
//! A handler does four things: read, ask one use case of `app`, choose a page of `render`, answer.
//! What further surfaces build on:
//!
//! - [`Web`] is the state: the app and the [`WebSettings`]; [`Reply`] is what handlers return.
//! - [`page::show`] answers with a page, [`page::go_to`] after a form (POST, redirect, GET);
//!   [`error::WebError`] with `error::while_doing("…")` for what could not be done.
//! - [`form::Fields`] and [`form::Asked`] read forms and queries: a field that is missing is empty.
//! - [`session`] has the cookies, [`client::Client`] the visitor's network.
//! - The layers below hold for every route that is added to [`router`]: headers and policy
//!   ([`headers`]), pages for errors and panics ([`error`]), forged posts, time and size limits.

pub mod assets;
pub mod client;
pub mod error;
pub mod form;
pub mod headers;
mod health;
mod machine;
pub mod page;
mod portal;
pub mod session;
mod settings;
mod trace;
mod webhooks;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use portal::{
    cancel, cards, help, home, limits, me, own_details, passwords, posters, receipts, recover,
    register, sign_in, tax_year,
};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub use page::Reply;
pub use settings::WebSettings;

/// Largest request body in bytes; forms are small.
const BODY_MAX: usize = 64 * 1_024;

/// What every handler has. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub app: App,
    /// What the operator has set.
    pub settings: Arc<WebSettings>,
}

/// Every address of the program.
pub fn router(app: App, settings: WebSettings) -> Router {
    router_with(app, settings, Router::new())
}

/// The same with more addresses, under the same layers: the demo's.
pub fn router_with(app: App, settings: WebSettings, more: Router<Web>) -> Router {
    let web = Web { app, settings: Arc::new(settings) };
    Router::new()
        .merge(more)
        .merge(operations())
        .merge(machines())
        .merge(portal_of_a_group())
        .fallback(portal::nothing_here)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(headers::no_forged_posts(&web))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn_with_state(web.clone(), error::in_time))
        .layer(from_fn_with_state(web.clone(), error::as_pages))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(web.clone(), headers::secure))
        .layer(from_fn(trace::request))
        .with_state(web)
}

fn operations() -> Router<Web> {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/assets/{hash}/{name}", get(assets::asset))
        .route("/favicon.ico", get(assets::favicon))
        .route("/webhooks/{gateway}", post(webhooks::receive))
}

fn machines() -> Router<Web> {
    use machine::{enrol, screens, slip, swipe, to_home, with_slash};
    Router::new()
        .route("/machine", get(with_slash))
        .route("/machine/", get(screens::home))
        .route("/machine/enrol", post(enrol::enrol).get(to_home))
        .route("/machine/swipe", post(swipe::swipe).get(to_home))
        .route("/machine/result", get(screens::result))
        .route("/machine/reprint", post(swipe::reprint).get(to_home))
        .route("/machine/slip/{file}", get(slip::slip))
}

fn portal_of_a_group() -> Router<Web> {
    Router::new()
        .route("/{group}", get(portal::with_slash))
        .route("/{group}/", get(home::home))
        .route("/{group}/help", get(portal::with_slash))
        .route("/{group}/help/", get(help::help))
        .route("/{group}/help/privacy", get(help::privacy))
        .route("/{group}/help/accessibility", get(help::accessibility))
        .route("/{group}/qr.svg", get(posters::qr_svg))
        .route("/{group}/qr.png", get(posters::qr_png))
        .route("/{group}/poster/{file}", get(posters::poster))
        .route("/{group}/new", get(portal::with_slash))
        .route("/{group}/new/", get(register::terms).post(register::agree))
        .route("/{group}/new/mail", get(register::address).post(register::send))
        .route("/{group}/new/sent", get(register::sent))
        .route("/{group}/new/resend", post(register::resend).get(register::to_sent))
        .route("/{group}/new/open/{token}", get(register::look).post(register::begin))
        .route("/{group}/new/form", get(register::form).post(register::fill_in))
        .route("/{group}/new/check", get(register::check))
        .route("/{group}/new/card", get(register::card).post(register::start_card))
        .route("/{group}/new/card/back", get(register::card_back))
        .route("/{group}/new/done", get(register::done))
        .route("/{group}/login", get(portal::with_slash))
        .route("/{group}/login/", get(sign_in::page).post(sign_in::sign_in))
        .route("/{group}/forgotten", get(portal::with_slash))
        .route("/{group}/forgotten/", get(recover::ask_page).post(recover::ask))
        .route("/{group}/forgotten/sent", get(recover::sent))
        .route("/{group}/forgotten/code", post(recover::enter_code).get(recover::to_sent))
        .route("/{group}/forgotten/open/{token}", get(recover::look).post(recover::open))
        .route(
            "/{group}/forgotten/password",
            get(recover::password_page).post(recover::set_password),
        )
        .route("/{group}/logout", post(sign_in::sign_out).get(sign_in::to_page))
        .route("/{group}/me", get(portal::with_slash))
        .route("/{group}/me/", get(me::me))
        .route("/{group}/me/ceiling", get(limits::ceiling).post(limits::set_ceiling))
        .route("/{group}/me/card", get(cards::card).post(cards::start))
        .route("/{group}/me/card/back", get(cards::back))
        .route("/{group}/me/details", get(own_details::form).post(own_details::change))
        .route("/{group}/me/details/back", get(own_details::back))
        .route("/{group}/me/password", get(passwords::password).post(passwords::change))
        .route("/{group}/me/cancel", get(cancel::ask).post(cancel::cancel))
        .route("/{group}/cancelled", get(cancel::cancelled))
        .route("/{group}/me/year/{year}", get(tax_year::year))
        .route("/{group}/me/year/{year}/{file}", get(tax_year::file))
        .route("/{group}/me/consent/{charge}", get(limits::consent).post(limits::agree))
        .route("/{group}/me/receipts/{id}", post(receipts::download).get(receipts::to_account))
}
