//! The one binary: settings, commands, wiring, the demo.

mod commands;
mod demo;
mod settings;
mod wiring;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Typesetting asks for memory in many small pieces; the system's allocator is a twentieth slower.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Hospital medical-fee deferred payment (医療費後払い).
///
/// Try it: `atobarai demo`. Run it: `atobarai serve --config atobarai.toml`.
#[derive(Debug, Parser)]
#[command(name = "atobarai", version, max_term_width = 100)]
struct Arguments {
    /// The settings file; see `default.toml` for every setting.
    #[arg(long, global = true, env = "ATOBARAI_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(commands::demo::Demo),
    Serve(commands::serve::Serve),
    Migrate(commands::migrate::Migrate),
    Import(commands::import::Import),
    Settle(commands::settle::Settle),
    Backup(commands::backup::Backup),
    Adopt(commands::adopt::Adopt),
    Key(commands::key::Key),
    Machine(commands::machine::Machine),
    Account(commands::account::Account),
    Fixture(commands::fixture::Fixture),
    Closing(commands::closing::Closing),
    Exception(commands::exception::Exception),
    Reconcile(commands::reconcile::Reconcile),
    Report(commands::report::Report),
    Export(commands::export::Export),
    Charge(commands::charge::Charge),
    Refund(commands::refund::Refund),
    Audit(commands::audit::Audit),
    SandboxGateway(commands::sandbox_gateway::SandboxGateway),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // One provider for every TLS connection; whoever speaks TLS without it would panic.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return told(&anyhow::anyhow!("another TLS provider is installed already"));
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            return told(&anyhow::Error::new(error).context("no threads could be started"));
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(error) => told(&error),
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.as_deref();
    match arguments.command {
        Command::Demo(demo) => demo.run().await,
        Command::Serve(serve) => serve.run(config).await,
        Command::Migrate(migrate) => migrate.run(config),
        Command::Import(import) => import.run(config).await,
        Command::Settle(settle) => settle.run(config).await,
        Command::Backup(backup) => backup.run(config),
        Command::Adopt(adopt) => adopt.run(config).await,
        Command::Key(key) => key.run(),
        Command::Machine(machine) => machine.run(config).await,
        Command::Account(account) => account.run(config).await,
        Command::Fixture(fixture) => fixture.run(config).await,
        Command::Closing(closing) => closing.run(config).await,
        Command::Exception(exception) => exception.run(config).await,
        Command::Reconcile(reconcile) => reconcile.run(config).await,
        Command::Report(report) => report.run(config).await,
        Command::Export(export) => export.run(config).await,
        Command::Charge(charge) => charge.run(config).await,
        Command::Refund(refund) => refund.run(config).await,
        Command::Audit(audit) => audit.run(config).await,
        Command::SandboxGateway(sandbox) => sandbox.run().await,
    }
}

/// Tells the operator what happened, with every cause, on one line each.
#[expect(clippy::print_stderr, reason = "the end of a command line program")]
fn told(error: &anyhow::Error) -> ExitCode {
    eprintln!("atobarai: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
    ExitCode::FAILURE
}
