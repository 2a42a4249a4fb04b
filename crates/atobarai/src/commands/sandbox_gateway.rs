//! `atobarai sandbox-gateway`: a card network that moves no money, as a process of its own.

use super::say;
use anyhow::Context as _;
use clap::Args;
use outbound::cards::sandbox::{self, BooksAt, Sandbox};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs the sandbox card network: its API, and the page where cards are saved.
///
/// Example: atobarai sandbox-gateway --data ./card-network --listen 127.0.0.1:8090
#[derive(Debug, Args)]
pub(crate) struct SandboxGateway {
    /// Folder of its books. They are durable before anybody is answered.
    #[arg(long)]
    data: PathBuf,
    /// Where it listens.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Where browsers reach it; the listening address if not given.
    #[arg(long)]
    public_url: Option<String>,
}

impl SandboxGateway {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let listener = tokio::net::TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("--listen {}: cannot listen there", self.listen))?;
        let at = listener.local_addr()?;
        let page_base = self.public_url.unwrap_or_else(|| format!("http://{at}"));
        std::fs::create_dir_all(&self.data)
            .with_context(|| format!("--data {}: cannot be made", self.data.display()))?;
        let clock = crate::wiring::moved_clock()?;
        let books = BooksAt::Folder(self.data);
        let sandbox = Sandbox::new(&books, &page_base, Arc::new(move || clock.now()))?;
        say(format_args!("the sandbox card network listens at http://{at}"));
        let sandbox = Arc::new(sandbox);
        let pages = sandbox::router(Arc::clone(&sandbox))
            .nest("/stripe", sandbox::stripe_dialect::router(sandbox));
        axum::serve(listener, pages).with_graceful_shutdown(super::serve::asked_to_stop()).await?;
        Ok(ExitCode::SUCCESS)
    }
}
