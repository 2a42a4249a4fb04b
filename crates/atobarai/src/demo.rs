//! The demo: the same use cases and pages as `serve`, with a sandbox card network in this process, mails
//! in a folder, and pages that play the hospital. Nothing here is needed by the service.

pub(crate) mod check;
mod clock;
mod hospital;
mod pages;

use crate::commands::{key, say, serve};
use crate::settings::{Environment, Log};
use anyhow::Context as _;
use app::ids::Ids;
use app::settings::AppSettings;
use app::{App, Outbound};
use domain::audit::Actor;
use outbound::cards::CardGateway;
use outbound::cards::sandbox::{self, BooksAt, Sandbox};
use outbound::mail::{FolderMailer, Mailer};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{DatabaseAddress, Keyring, OpenOptions, Store};
use tokio::net::TcpListener;

/// The group of the demo, as the hospital's FAQ describes it.
const OKAYAMA: &str = include_str!("../../../fixtures/okayama.toml");

/// Where and how a demo starts.
pub(crate) struct Start {
    pub(crate) data: PathBuf,
    pub(crate) port: u16,
    pub(crate) database: Option<String>,
}

/// A demo that is ready to be visited.
pub(crate) struct Ready {
    pub(crate) world: World,
    pub(crate) at: String,
    pages: TcpListener,
    cards: TcpListener,
}

/// What the demo's own pages need.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) mail: FolderMailer,
    pub(crate) data: PathBuf,
}

/// Runs the demo until it is stopped.
pub(crate) async fn run(start: Start) -> anyhow::Result<()> {
    log()?;
    let ready = prepare(start).await?;
    say(format_args!("医療費後払い デモ: {}/demo/", ready.at));
    say(format_args!("データ: {} (消すとはじめから)  終了: Ctrl-C", ready.world.data.display()));
    let by_itself = tokio::spawn(by_itself(ready.world.app.clone()));
    let served = serve_until(ready, serve::asked_to_stop()).await;
    by_itself.abort();
    served
}

/// Opens or makes everything in the folder, and listens.
pub(crate) async fn prepare(start: Start) -> anyhow::Result<Ready> {
    let Start { data, port, database } = start;
    std::fs::create_dir_all(&data)
        .with_context(|| format!("--data {}: the folder cannot be made", data.display()))?;
    let pages = listen(port, "--port").await?;
    let at = format!("http://localhost:{}", pages.local_addr()?.port());
    let cards =
        listen(if port == 0 { 0 } else { port.saturating_add(1) }, "the card network").await?;
    let cards_at = format!("http://localhost:{}", cards.local_addr()?.port());

    let clock = clock::open(&data)?;
    let told = clock.clone();
    let books = BooksAt::Folder(data.join("card-network"));
    std::fs::create_dir_all(data.join("card-network"))?;
    let sandbox = Arc::new(Sandbox::new(&books, &cards_at, Arc::new(move || told.now()))?);
    let mail = FolderMailer::open(data.join("mail")).await?;
    let outbound = Outbound {
        gateway: CardGateway::Sandbox(Arc::clone(&sandbox)),
        mailer: Mailer::Folder(mail.clone()),
        slip_printers: BTreeMap::new(),
    };
    let settings = AppSettings { public_url: at.clone(), ..AppSettings::default() };
    let store = store(&data, database.as_deref())?;
    let app = App::new(store, outbound, clock, Ids::System, settings);
    app::policy::load_group_file(&app, OKAYAMA, Actor::System).await?;
    Ok(Ready { world: World { app, sandbox, mail, data }, at, pages, cards })
}

fn store(data: &Path, database: Option<&str>) -> anyhow::Result<Store> {
    let address = match database {
        Some(text) => DatabaseAddress::parse(text).context("--database is not right")?,
        None => DatabaseAddress::sqlite(data.join("atobarai.db")),
    };
    let key_file = data.join("key");
    if !key_file.exists() {
        key::write_new(&key_file, "demo-1")?;
    }
    let keyring = Keyring::from_files(&key_file, &[])?;
    Ok(Store::create_or_migrate(&address, keyring, OpenOptions::default())?)
}

async fn listen(port: u16, what: &str) -> anyhow::Result<TcpListener> {
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(at).await.with_context(|| {
        format!("{what}: port {port} of this machine is taken; choose another with --port, or 0 for a free one")
    })
}

/// Serves pages and card network until told to stop.
pub(crate) async fn serve_until(
    ready: Ready,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let Ready { world, pages: listener, cards, .. } = ready;
    let cards_at = format!("http://localhost:{}", cards.local_addr()?.port());
    let cards_router = sandbox::router(Arc::clone(&world.sandbox));
    let card_network = tokio::spawn(async move { axum::serve(cards, cards_router).await });
    let settings = web::WebSettings {
        gateway_name: "デモカード".to_owned(),
        gateway_origin: Some(cards_at),
        ..web::WebSettings::default()
    };
    let router = web::router_with(world.app.clone(), settings, pages::router(world));
    let served = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop)
        .await;
    card_network.abort();
    served.context("the pages could not be served")
}

/// Mails go out at once; whatever is due is settled.
async fn by_itself(app: App) {
    let mut ticks = tokio::time::interval(Duration::from_millis(300));
    loop {
        ticks.tick().await;
        if let Err(error) = happen(&app).await {
            tracing::error!(error = %app::error::chain(&error), "something in the demo broke");
        }
    }
}

/// Lets everything happen that is due.
pub(crate) async fn happen(app: &App) -> Result<(), app::AppError> {
    app::settle::run_once(app).await?;
    app::jobs::run_due(app).await?;
    Ok(())
}

fn log() -> anyhow::Result<()> {
    let mut settings =
        crate::settings::load(None, [("ATOBARAI_ENVIRONMENT".to_owned(), "demo".to_owned())])?;
    debug_assert!(settings.environment == Environment::Demo);
    settings.log = Log { level: "warn".to_owned(), json: false };
    crate::wiring::log(&settings)
}
