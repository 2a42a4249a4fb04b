//! A card network at a fixed time, in this process or behind HTTP, with one saved card.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test program uses a part of it; tests may panic"
)]
#![allow(
    clippy::allow_attributes,
    reason = "what one program leaves unused another uses: nothing to expect"
)]

use domain::card::GatewayCard;
use domain::time::{Day, Moment};
use domain::yen::Yen;
use outbound::cards::sandbox::{self, BooksAt, Now, TestCard};
use outbound::cards::{
    CardGateway, ChargeOrder, RemoteSandbox, RemoteSettings, Sandbox, SetupOrder, SetupOutcome,
};
use std::sync::Arc;
use std::time::Duration;

pub const RETURN_URL: &str = "https://portal.example/okayama/new/card?step=3";

pub fn noon() -> Moment {
    Day::parse("2026-11-24").unwrap().begins().plus_minutes(720)
}

pub fn now() -> Now {
    Arc::new(noon)
}

pub fn in_memory() -> Arc<Sandbox> {
    Arc::new(Sandbox::new(&BooksAt::Memory, "https://cards.example", now()).unwrap())
}

/// The same card network over HTTP, below a path prefix.
pub async fn serve(sandbox: &Arc<Sandbox>) -> String {
    let app = axum::Router::new().nest("/card-network", sandbox::router(Arc::clone(sandbox)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/card-network")
}

pub fn remote(base_url: &str, request_timeout: Duration) -> CardGateway {
    http_client();
    let settings = RemoteSettings {
        base_url: base_url.to_owned(),
        connect_timeout: Duration::from_secs(5),
        request_timeout,
        webhook_secrets: vec![sandbox::WEBHOOK_SECRET.to_owned()],
    };
    CardGateway::Remote(RemoteSandbox::new(&settings).unwrap())
}

/// A browser without a memory, which follows no redirects.
pub fn http_client() -> reqwest::Client {
    // Another test of this program may have been first.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Both forms of the gateway, each with a card network of its own.
pub async fn both() -> [(Arc<Sandbox>, CardGateway); 2] {
    let (near, far) = (in_memory(), in_memory());
    let address = serve(&far).await;
    [
        (Arc::clone(&near), CardGateway::Sandbox(near)),
        (far, remote(&address, Duration::from_secs(20))),
    ]
}

pub async fn start_setup(gateway: &CardGateway, reference: &str) -> String {
    let order = SetupOrder { reference: reference.to_owned(), return_url: RETURN_URL.to_owned() };
    gateway.start_setup(&order).await.unwrap().setup_id
}

pub async fn saved_card(sandbox: &Sandbox, gateway: &CardGateway, number: &str) -> GatewayCard {
    let setup = start_setup(gateway, &format!("registration of {number}")).await;
    sandbox.save_card(&setup, TestCard::by_number(number).unwrap()).unwrap();
    let outcome = gateway.setup_outcome(&setup).await.unwrap();
    let SetupOutcome::Saved(facts) = outcome else { panic!("{outcome:?}") };
    facts.at_gateway
}

pub fn order(card: &GatewayCard, key: &str) -> ChargeOrder {
    ChargeOrder {
        key: key.to_owned(),
        amount: Yen::new(1_234).unwrap(),
        at_gateway: card.clone(),
        reference: "charge-1".to_owned(),
        generation: 1,
        description: "市民病院 医療費".to_owned(),
    }
}
