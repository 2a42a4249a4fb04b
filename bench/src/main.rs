//! The benchmarks, each beside its peer in the same run: `atobarai-bench all`, or one of them by its name.
//! `bench/run` builds everything, starts a PostgreSQL that keeps what it is told, and calls this.

mod chain;
mod database;
mod demo;
mod entry;
mod gateway;
mod import;
mod machine;
mod measure;
mod page;
mod peer;
mod pgbench;
mod receipt;
mod recording;
mod restart;
mod settlement;
mod webhooks;
mod world;

use database::Server;
use std::process::ExitCode;

/// The product's own allocator, so that what is measured is what runs.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: atobarai-bench import|entry|receipt|demo|settlement|gateway|webhooks|chain|\
     restart|all";

fn main() -> anyhow::Result<ExitCode> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let [wanted] = wanted.as_slice() else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let servers = Server::all()?;
    match wanted.as_str() {
        "import" => machine::print(&servers).and_then(|()| import::run(&servers))?,
        "entry" => machine::print(&servers).and_then(|()| entry::run(&servers))?,
        "receipt" => machine::print(&servers).and_then(|()| receipt::run())?,
        "demo" => machine::print(&servers).and_then(|()| demo::run())?,
        "settlement" => machine::print(&servers).and_then(|()| settlement::run(&servers))?,
        "gateway" => machine::print(&servers).and_then(|()| gateway::run(&servers))?,
        "webhooks" => machine::print(&servers).and_then(|()| webhooks::run(&servers))?,
        "chain" => machine::print(&servers).and_then(|()| chain::run(&servers))?,
        "restart" => machine::print(&servers).and_then(|()| restart::run(&servers))?,
        "all" => {
            machine::print(&servers)?;
            import::run(&servers)?;
            entry::run(&servers)?;
            receipt::run()?;
            demo::run()?;
            settlement::run(&servers)?;
            gateway::run(&servers)?;
            webhooks::run(&servers)?;
            chain::run(&servers)?;
            restart::run(&servers)?;
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
