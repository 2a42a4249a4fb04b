//! A house, and browsers before it: each keeps its cookies and follows no redirect by itself.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use app::settings::AppSettings;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use testkit::house::House;
use tower::ServiceExt;
use web::WebSettings;

/// The password of everybody.
pub const PASSWORD: &str = "umi to yama";

/// A house with its pages.
pub struct World {
    pub house: House,
    pub router: Router,
}

/// A world on each engine.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in testkit::store::testing::both() {
        worlds.push(World::on(House::on(database).await));
    }
    worlds
}

/// A world on SQLite.
pub async fn world() -> World {
    World::on(House::on(testkit::store::testing::sqlite()).await)
}

/// A world on SQLite behind HTTPS.
pub async fn https_world() -> World {
    let settings =
        AppSettings { public_url: "https://s7.example".to_owned(), ..AppSettings::default() };
    World::on(House::with(testkit::store::testing::sqlite(), settings).await)
}

impl World {
    fn on(house: House) -> Self {
        let router = web::router(house.app.clone(), settings());
        Self { house, router }
    }

    /// The same pages and more, under the same layers.
    pub fn with(self, settings: WebSettings, more: Router<web::Web>) -> Self {
        let router = web::router_with(self.house.app.clone(), settings, more);
        Self { router, ..self }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new() }
    }

    /// The path of the application URL in the latest mail to an address.
    pub async fn url_for(&self, address: &str) -> String {
        let mails = self.house.mails().await;
        let mail = mails.iter().rfind(|mail| mail.to == address).unwrap();
        let (_, rest) = mail.text.split_once("/okayama/new/open/").unwrap();
        format!("/okayama/new/open/{}", rest.split_whitespace().next().unwrap())
    }

    /// A browser whose owner has gone from the mail address to the form.
    pub async fn at_the_form(&self, address: &str) -> Browser {
        let mut browser = self.browser();
        let sent = browser.post("/okayama/new/mail", &[("agreed", "yes"), ("mail", address)]).await;
        assert_eq!(sent.to(), "/okayama/new/sent", "{}", sent.body);
        let url = self.url_for(address).await;
        assert_eq!(browser.get(&url).await.status, 200);
        assert_eq!(browser.post(&url, &[]).await.to(), "/okayama/new/form");
        browser
    }

    /// A browser whose owner has filled in the form and saved a card; gives the way back.
    pub async fn card_saved(&self, address: &str, card: &str) -> (Browser, String) {
        self.card_saved_of(address, card, &yamada()).await
    }

    /// The same with another form.
    pub async fn card_saved_of(
        &self,
        address: &str,
        card: &str,
        form: &[(&str, &str)],
    ) -> (Browser, String) {
        let mut browser = self.at_the_form(address).await;
        assert_eq!(browser.post("/okayama/new/form", form).await.to(), "/okayama/new/check");
        let leaving = browser.post("/okayama/new/card", &[]).await;
        let books = self.house.sandbox.books();
        let setup =
            books.setups.keys().find(|id| leaving.to().contains(id.as_str())).unwrap().clone();
        let card = testkit::outbound::cards::sandbox::TestCard::by_number(card).unwrap();
        self.house.sandbox.save_card(&setup, card).unwrap();
        (browser, format!("/okayama/new/card/back?setup={setup}"))
    }

    /// A registered payer's browser and user ID.
    pub async fn registered(&self, address: &str) -> (Browser, String) {
        self.registered_as(address, &yamada()).await
    }

    /// The same with another form.
    pub async fn registered_as(&self, address: &str, form: &[(&str, &str)]) -> (Browser, String) {
        let good = testkit::house::GOOD_CARD;
        let (mut browser, back) = self.card_saved_of(address, good, form).await;
        assert_eq!(browser.get(&back).await.to(), "/okayama/new/done");
        let done = browser.get("/okayama/new/done").await;
        let (_, rest) = done.body.split_once("class=\"big id\">").unwrap();
        (browser, rest.split('<').next().unwrap().to_owned())
    }

    /// A browser that is signed in.
    pub async fn signed_in(&self, address: &str) -> (Browser, String) {
        let (mut browser, user_id) = self.registered(address).await;
        let fields = [("user_id", user_id.as_str()), ("password", PASSWORD)];
        assert_eq!(browser.post("/okayama/login/", &fields).await.to(), "/okayama/me/");
        (browser, user_id)
    }
}

/// The settings of every world.
pub fn settings() -> WebSettings {
    WebSettings {
        gateway_name: "サンドボックス決済".to_owned(),
        gateway_origin: Some("http://card.test".to_owned()),
        ..WebSettings::default()
    }
}

/// What Yamada Taro types.
pub fn yamada() -> Vec<(&'static str, &'static str)> {
    vec![
        ("family_name", "山田"),
        ("given_name", "太郎"),
        ("family_kana", "やまだ"),
        ("given_kana", "タロウ"),
        ("birth_year", "昭和25"),
        ("birth_month", "4"),
        ("birth_day", "1"),
        ("phone", "090-1234-5678"),
        ("postal_code", "700-8557"),
        ("address", "岡山市北区表町1-2-3"),
        ("relation", "self"),
        ("hospital", "shimin"),
        ("patient_number", "１２３４５"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ]
}

/// The same with one field changed.
pub fn yamada_with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    yamada()
        .into_iter()
        .map(|(other, kept)| (other, if other == name { value } else { kept }))
        .collect()
}

/// A browser.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
}

/// What a browser gets.
pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub body: String,
}

impl Seen {
    /// Where the browser is sent.
    pub fn to(&self) -> &str {
        self.header("location")
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What stands in the page's title.
    pub fn title(&self) -> &str {
        self.body
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split('<').next())
            .unwrap_or_default()
    }

    /// What stands beside a field.
    pub fn fault(&self, field: &str) -> &str {
        let after = self.body.split(&format!("id=\"{field}-fault\">")).nth(1);
        after.and_then(|rest| rest.split('<').next()).unwrap_or_default()
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Seen {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let pairs: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let form = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &form, Body::from(pairs.join("&"))).await
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Seen {
        let mut request =
            Request::builder().method(method).uri(path).header("host", "localhost:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(line.to_str().unwrap());
        }
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        // Where a line may break is nothing that a person reads.
        let body = String::from_utf8_lossy(&bytes).replace("<wbr>", "");
        Seen { status: parts.status, headers: parts.headers, bytes, body }
    }

    fn keep(&mut self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
