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

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::{Next, from_fn};
use domain::card::GatewayCard;
use domain::time::{Day, Moment};
use domain::yen::Yen;
use outbound::cards::sandbox::{self, BooksAt, Now, TestCard};
use outbound::cards::{
    CardGateway, ChargeOrder, RemoteSandbox, RemoteSettings, Sandbox, SetupOrder, SetupOutcome,
    Stripe, StripeSettings,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const GOOD_CARD: &str = "4242424242424242";

pub const RETURN_URL: &str = "https://portal.example/okayama/new/card?step=3";

pub fn noon() -> Moment {
    Day::parse("2026-11-24").unwrap().begins().plus_minutes(720)
}

pub fn now() -> Now {
    Arc::new(noon)
}

/// A clock that the test moves, from noon on.
#[derive(Clone, Default)]
pub struct Clock(Arc<std::sync::atomic::AtomicI64>);

impl Clock {
    pub fn now(&self) -> Now {
        let Self(later_s) = self.clone();
        Arc::new(move || noon().plus_seconds(later_s.load(std::sync::atomic::Ordering::SeqCst)))
    }

    /// Whole days after noon of the first day.
    pub fn move_to_day(&self, days: i64) {
        self.0.store(days * 86_400, std::sync::atomic::Ordering::SeqCst);
    }
}

pub fn in_memory() -> Arc<Sandbox> {
    in_memory_at(now())
}

pub fn in_memory_at(now: Now) -> Arc<Sandbox> {
    Arc::new(Sandbox::new(&BooksAt::Memory, "https://cards.example", now).unwrap())
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
        requests_a_second: 10_000,
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

/// Every form of the gateway, each with a card network of its own: in this process, over HTTP, and over HTTP
/// as one speaks to Stripe.
pub async fn every_form() -> [(Arc<Sandbox>, CardGateway); 3] {
    every_form_at(&now()).await
}

/// The same with another clock.
pub async fn every_form_at(now: &Now) -> [(Arc<Sandbox>, CardGateway); 3] {
    let [near, far, as_stripe] = [(); 3].map(|()| in_memory_at(Arc::clone(now)));
    let address = serve(&far).await;
    let (stripe_address, _) = serve_as_stripe(&as_stripe).await;
    [
        (Arc::clone(&near), CardGateway::Sandbox(near)),
        (far, remote(&address, Duration::from_secs(20))),
        (as_stripe, stripe(&stripe_address, Duration::from_secs(20))),
    ]
}

/// What was heard, in its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub method: String,
    /// Below `/v1`, without the query.
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub type Wire = Arc<Mutex<Vec<Heard>>>;

/// The card network as Stripe, below a path prefix, and everything that it hears.
pub async fn serve_as_stripe(sandbox: &Arc<Sandbox>) -> (String, Wire) {
    let wire = Wire::default();
    let ear = Arc::clone(&wire);
    let listen = move |request: Request, next: Next| {
        let ear = Arc::clone(&ear);
        async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 1 << 20).await.unwrap();
            let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
            ear.lock().unwrap().push(Heard {
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
                query: parts.uri.query().unwrap_or_default().to_owned(),
                headers: parts.headers.iter().map(|(k, v)| (k.to_string(), text(v))).collect(),
                body: String::from_utf8(body.to_vec()).unwrap(),
            });
            next.run(Request::from_parts(parts, body.into())).await
        }
    };
    let dialect = sandbox::stripe_dialect::router(Arc::clone(sandbox)).layer(from_fn(listen));
    let app = axum::Router::new().nest("/prefix", dialect);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (format!("http://{address}/prefix"), wire)
}

pub const STRIPE_SECRETS: [&str; 2] = ["whsec_old", "whsec_new"];

pub fn stripe(api_base: &str, request_timeout: Duration) -> CardGateway {
    http_client();
    let settings = StripeSettings {
        requests_a_second: 10_000,
        api_base: api_base.to_owned(),
        secret_key: "sk_test_of_the_tests".to_owned(),
        webhook_secrets: STRIPE_SECRETS.map(str::to_owned).to_vec(),
        connect_timeout: Duration::from_secs(5),
        request_timeout,
    };
    CardGateway::Stripe(Stripe::new(&settings).unwrap())
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
