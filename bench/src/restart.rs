//! `serve` after it was killed with thousands of charges on their way at a gateway that is gone: how soon it serves
//! its first page again.

use crate::database::{Server, connect};
use crate::demo::get;
use crate::measure::{Compared, Figure, Goal, ROUNDS, Samples, Unit, table};
use anyhow::{Context as _, bail, ensure};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Charges on their way when the process is killed.
const IN_FLIGHT: usize = 10_000;
/// Payers, and the days on which they come: not everybody has to pay.
const PAYERS: usize = 4_000;
const VISITS: [&str; 4] = ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"];
/// All of them are due.
const NOW: &str = "2026-12-01T01:00";
/// What a page may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures on each server.
pub fn run(servers: &[Server]) -> anyhow::Result<()> {
    let figures = servers.iter().map(measure).collect::<anyhow::Result<Vec<_>>>()?;
    table("Again after a kill", &figures);
    Ok(())
}

fn measure(server: &Server) -> anyhow::Result<Figure> {
    let site = Site::build(server)?;
    let mut ready = Samples::new(Unit::Nanoseconds);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let serving = Serving(site.command(&["serve"]).stdout(Stdio::null()).spawn()?);
        while get(site.port, "/okayama/", true).is_err() {
            ensure!(begun.elapsed() < PATIENCE, "serve has not served anything");
            std::thread::sleep(Duration::from_millis(2));
        }
        ready.push_time(begun.elapsed());
        // SIGKILL, while it asks about them.
        drop(serving);
    }
    Ok(Figure {
        what: format!("{}: first page after a kill with {IN_FLIGHT} in flight", server.name()),
        ours: ready,
        peer: None,
        compared: Compared::Length,
        goal: Goal::Below(10_000_000_000),
    })
}

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            eprintln!("serve could not be killed: {error}");
        }
    }
}

/// An installation whose gateway is gone.
struct Site {
    folder: tempfile::TempDir,
    port: u16,
    postgres: Option<(String, String)>,
}

impl Site {
    fn build(server: &Server) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        // Free a moment ago; nobody else asks for ports here.
        let port =
            || Ok::<_, std::io::Error>(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
        let (port, nobody) = (port()?, port()?);
        let at = |name: &str| folder.path().join(name).display().to_string();
        let (address, postgres) = match server {
            Server::Sqlite => (format!("sqlite:{}", at("atobarai.db")), None),
            Server::Postgres(words) => {
                let name = format!("atobarai_restart_{}", std::process::id());
                connect(words, "postgres")?.batch_execute(&format!("CREATE DATABASE {name}"))?;
                (format!("postgres:{words} dbname={name}"), Some((words.clone(), name)))
            }
        };
        let settings = format!(
            "environment = \"test\"\n[database]\naddress = \"{address}\"\nkey_file = \"{}\"\n\
             [web]\nlisten = \"127.0.0.1:{port}\"\n\
             [gateway]\nrequests_a_second = 100000\n[gateway.sandbox]\nbase_url = \"http://127.0.0.1:{nobody}\"\n\
             [settlement]\nevery_s = 1\n[mail]\nkind = \"folder\"\n[mail.folder]\npath = \"{}\"\n",
            at("key"),
            at("mail"),
        );
        std::fs::write(folder.path().join("atobarai.toml"), settings)?;
        let site = Self { folder, port, postgres };
        site.fill()?;
        Ok(site)
    }

    fn fill(&self) -> anyhow::Result<()> {
        let at = |name: &str| self.at(name).display().to_string();
        let payers = PAYERS.to_string();
        std::fs::write(self.at("cards"), cards(PAYERS))?;
        self.must(&["key", "new", &at("key")])?;
        self.must(&["migrate", "--create"])?;
        let group = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/okayama.toml");
        self.must(&["import", "group", group])?;
        for day in VISITS {
            let (bills, cards) = (at(&format!("{day}.csv")), at("cards"));
            let asked = ["fixture", "--accounts", &payers, "--cards", &cards, "--out", &bills];
            self.must(&[&asked[..], &["--visit-date", day, "--hospital", "shimin"]].concat())?;
            self.must(&["import", "bills", &bills, "--hospital", "shimin"])?;
        }
        let said = self.must(&["settle", "--once", "--json"])?;
        let counts: serde_json::Value = serde_json::from_str(&said).context(said)?;
        let unknown = counts.get("unknown").and_then(serde_json::Value::as_u64).unwrap_or(0);
        ensure!(usize::try_from(unknown)? >= IN_FLIGHT, "too few are on their way: {counts}");
        Ok(())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = std::env::current_exe().unwrap_or_default();
        let mut command = Command::new(Path::new(&program).with_file_name("atobarai"));
        command.args(arguments).arg("--config").arg(self.at("atobarai.toml"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ATOBARAI_")) {
            command.env_remove(name);
        }
        command.env("ATOBARAI_NOW", NOW);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    fn must(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments).stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            bail!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some((words, name)) = &self.postgres {
            let dropped = connect(words, "postgres").and_then(|mut client| {
                Ok(client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))?)
            });
            if let Err(error) = dropped {
                eprintln!("{name} could not be dropped: {error:#}");
            }
        }
    }
}

/// Cards that the gateway will never see.
fn cards(count: usize) -> String {
    (0..count)
        .map(|number| {
            format!("{{\"customer\": \"cus_{number}\", \"payment_method\": \"pm_{number}\"}}\n")
        })
        .collect()
}
