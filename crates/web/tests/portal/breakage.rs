//! What breaks: a page with a number for the visitor, one line with the cause for the operator.

use crate::world::{Seen, World, settings, world};
use axum::Router;
use axum::routing::get;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use web::error::{WebError, while_doing};
use web::{Reply, Web, WebSettings};

/// A log that a test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one thread").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("one thread").clone()).expect("text")
    }
}

async fn broken() -> Reply {
    let cause = std::io::Error::other("the disk is full");
    Err::<axum::response::Response, _>(cause).map_err(while_doing("keep a thing"))
}

async fn panics() -> Reply {
    panic!("index 7 of 3")
}

async fn never() -> Reply {
    std::future::pending().await
}

async fn breaking(settings: WebSettings) -> World {
    let more: Router<Web> = Router::new()
        .route("/x/broken", get(broken))
        .route("/x/panics", get(panics))
        .route("/x/never", get(never));
    world().await.with(settings, more)
}

/// The number on the page.
fn reference(seen: &Seen) -> &str {
    let after = seen.body.split("class=\"big id\">").nth(1);
    after.and_then(|rest| rest.split('<').next()).unwrap_or_default()
}

#[tokio::test]
async fn the_number_on_the_page_leads_to_the_cause_in_the_log() {
    let world = breaking(settings()).await;
    for (path, cause) in [
        ("/x/broken", "could not keep a thing: the disk is full"),
        ("/x/panics", "panic: index 7 of 3"),
    ] {
        let log = Log::default();
        let seen = {
            let _listening = log.start();
            world.browser().get(path).await
        };
        assert_eq!(seen.status, 500);
        assert_eq!(reference(&seen).len(), 8, "{}", seen.body);
        let errors: Vec<_> =
            log.text().lines().filter(|line| line.contains("ERROR")).map(str::to_owned).collect();
        assert_eq!(errors.len(), 1, "told once: {errors:?}");
        assert!(errors[0].contains(reference(&seen)) && errors[0].contains(cause), "{errors:?}");
        assert!(!seen.body.contains("disk") && !seen.body.contains("index 7"));
    }
}

#[tokio::test]
async fn a_request_that_never_ends_is_stopped() {
    let settings = WebSettings { request_timeout: Duration::from_millis(1), ..settings() };
    let seen = breaking(settings).await.browser().get("/x/never").await;
    assert_eq!(seen.status, 503);
    assert!(seen.body.contains("時間がかかりすぎています"));
}

#[tokio::test]
async fn the_log_names_routes_and_never_what_was_asked_for() {
    let world = world().await;
    let log = Log::default();
    {
        let _listening = log.start();
        world.browser().get("/okayama/new/open/a-secret-token").await;
        let fields = [("agreed", "yes"), ("mail", "taro@example.jp")];
        world.browser().post("/okayama/new/mail", &fields).await;
        world.browser().get("/okayama/me/?name=yamada").await;
    }
    let text = log.text();
    assert!(text.contains("/{group}/new/open/{token}"), "{text}");
    for secret in ["a-secret-token", "taro", "yamada"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn an_error_says_what_was_being_done_and_not_its_cause() {
    let error = while_doing("keep a thing")(std::io::Error::other("why"));
    assert_eq!(error.to_string(), "could not keep a thing");
    assert_eq!(WebError::NotFound.to_string(), "not found");
}
