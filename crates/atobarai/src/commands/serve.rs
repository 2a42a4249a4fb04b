//! `atobarai serve`: the service: pages, jobs, settlement, watched folders.

use super::say;
use crate::settings::Settings;
use crate::wiring;
use anyhow::Context as _;
use app::App;
use clap::Args;
use domain::group::HospitalCode;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_stop::Stop;

/// Runs the service: pages for patients and machines, mails, settlement, watched folders.
///
/// Several may run on one PostgreSQL database. It stops on SIGTERM or Ctrl-C: requests and steps that
/// have begun are finished.
///
/// Example: atobarai serve --config /etc/atobarai/atobarai.toml
#[derive(Debug, Args)]
pub(crate) struct Serve {}

impl Serve {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = wiring::settings(config)?;
        wiring::log(&settings)?;
        let app = wiring::app(&settings).await?;
        let listener = tokio::net::TcpListener::bind(settings.web.listen)
            .await
            .with_context(|| format!("web.listen: cannot listen at {}", settings.web.listen))?;
        let folders = folders(&settings)?;
        let stop = Stop::default();
        let mut loops = background(&app, &settings, folders, &stop);
        say(format_args!("listening at http://{}", listener.local_addr()?));
        let router = web::router(app, wiring::web_settings(&settings)?);
        let stopping = stop.clone();
        axum::serve(listener, router.into_make_service_with_connect_info::<std::net::SocketAddr>())
            .with_graceful_shutdown(async move {
                asked_to_stop().await;
                stopping.now();
            })
            .await?;
        while let Some(ended) = loops.join_next().await {
            ended.context("a loop of the service died")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Watched folders with their hospitals; a hospital code that is none is an error of the settings.
fn folders(settings: &Settings) -> anyhow::Result<Vec<(HospitalCode, PathBuf)>> {
    settings
        .imports
        .folders
        .iter()
        .map(|(code, path)| {
            let code = HospitalCode::parse(code)
                .with_context(|| format!("imports.folders.{code} names no hospital"))?;
            Ok((code, path.clone()))
        })
        .collect()
}

fn background(
    app: &App,
    settings: &Settings,
    folders: Vec<(HospitalCode, PathBuf)>,
    stop: &Stop,
) -> JoinSet<()> {
    let mut loops = JoinSet::new();
    let jobs = app.clone();
    loops.spawn(every(Duration::from_secs(1), stop.clone(), move || {
        let app = jobs.clone();
        async move { app::jobs::run_due(&app).await.map(|_done| ()) }
    }));
    if settings.settlement.enabled {
        let settling = app.clone();
        loops.spawn(every(
            Duration::from_secs(settings.settlement.every_s),
            stop.clone(),
            move || {
                let app = settling.clone();
                async move { app::settle::run_once(&app).await.map(|_counts| ()) }
            },
        ));
    }
    for (hospital, folder) in folders {
        let app = app.clone();
        loops.spawn(every(Duration::from_secs(settings.imports.every_s), stop.clone(), move || {
            let (app, hospital, folder) = (app.clone(), hospital.clone(), folder.clone());
            async move { app::bills::watch_once(&app, &folder, &hospital).await.map(|_seen| ()) }
        }));
    }
    loops
}

/// Does something again and again until the service stops. What breaks is logged and tried again at
/// the next turn.
async fn every<F, W>(pause: Duration, stop: Stop, mut work: W)
where
    W: FnMut() -> F,
    F: Future<Output = Result<(), app::AppError>>,
{
    let mut ticks = tokio::time::interval(pause);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.asked() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = work().await {
            tracing::error!(error = %app::error::chain(&error), "a turn of a loop broke");
        }
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn asked_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be waited for");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Tells every loop to stop.
mod tokio_stop {
    use tokio::sync::watch;

    #[derive(Clone)]
    pub(super) struct Stop {
        sender: std::sync::Arc<watch::Sender<bool>>,
    }

    impl Default for Stop {
        fn default() -> Self {
            Self { sender: std::sync::Arc::new(watch::Sender::new(false)) }
        }
    }

    impl Stop {
        /// From now on.
        pub(super) fn now(&self) {
            self.sender.send_replace(true);
        }

        /// Returns once somebody has said so.
        pub(super) async fn asked(&self) {
            let mut receiver = self.sender.subscribe();
            // The sender lives as long as `self`, so waiting cannot fail.
            if receiver.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
