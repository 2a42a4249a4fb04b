//! Processes that are killed at any moment: `serve` by SIGKILL while it settles against a gateway in a process
//! of its own, with a second `serve` beside it; and the database server under both. Afterwards the books
//! of the card network are compared with ours.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod postgres_server;

use postgres_server::PostgresServer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Payers, each with one visit.
const PAYERS: usize = 120;

/// Deaths of `serve` on each database.
const DEATHS: u64 = 30;

/// Looks at the card network's books before a death, at most.
const LOOKS: usize = 120;

/// A process that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// One installation with a card network in a process of its own.
struct Site {
    folder: tempfile::TempDir,
    gateway: String,
    _network: Running,
    /// Minutes since the charges are due; each start of a process is later than the one before.
    minutes: u64,
}

impl Site {
    fn new(database: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (network, gateway) = network(folder.path().join("card-network"));
        let site = Self { folder, gateway, _network: network, minutes: 0 };
        let at = |name: &str| site.at(name).display().to_string();
        let address = if database.is_empty() {
            format!("sqlite:{}", at("atobarai.db"))
        } else {
            database.to_owned()
        };
        let settings = format!(
            "environment = \"test\"\n[database]\naddress = \"{address}\"\nkey_file = \"{}\"\n\
             [web]\nlisten = \"127.0.0.1:0\"\n\
             [gateway]\ncalls_at_once = 4\nrequests_a_second = 1000\n[gateway.sandbox]\nbase_url = \"{}\"\n\
             [settlement]\nevery_s = 1\n[mail]\nkind = \"folder\"\n[mail.folder]\npath = \"{}\"\n",
            at("key"),
            site.gateway,
            at("mail"),
        );
        std::fs::write(site.at("atobarai.toml"), settings).unwrap();
        site.must(&["key", "new", &at("key")]);
        site.must(&["migrate", "--create"]);
        let group = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/okayama.toml");
        site.must(&["import", "group", group]);
        let payers = PAYERS.to_string();
        let bills = at("bills.csv");
        let day = ["--visit-date", "2026-11-24", "--hospital", "shimin"];
        site.must(&[&["fixture", "--accounts", &payers, "--out", &bills][..], &day].concat());
        site.must(&["import", "bills", &bills, "--hospital", "shimin"]);
        site
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atobarai"));
        command.args(arguments).arg("--config").arg(self.at("atobarai.toml"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ATOBARAI_")) {
            command.env_remove(name);
        }
        let (hours, minutes) = (self.minutes / 60, self.minutes % 60);
        command.env("ATOBARAI_NOW", format!("2026-11-28T{:02}:{minutes:02}", 1 + hours));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    fn must(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).stderr(Stdio::piped()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {text}{error}");
        text
    }

    fn serve(&self) -> Running {
        Running(self.command(&["serve"]).spawn().unwrap())
    }

    /// The card network's books.
    fn books(&self) -> Value {
        let address = self.gateway.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request =
            format!("GET /v1/books HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let (from, to) = (body.find('{').unwrap(), body.rfind('}').unwrap());
        // The body may come in chunks; the sandbox answers in one.
        serde_json::from_str(&body[from..=to]).unwrap()
    }

    /// Captures by the reference that they were asked for under.
    fn captured(&self) -> BTreeMap<String, Vec<i64>> {
        let mut captured: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for charge in self.books()["charges"].as_object().unwrap().values() {
            if charge["status"] == "succeeded" {
                let reference = charge["reference"].as_str().unwrap().to_owned();
                captured.entry(reference).or_default().push(charge["amount"].as_i64().unwrap());
            }
        }
        captured
    }

    /// Lets whatever is left come to its end, then compares the books.
    fn settle_and_compare(&mut self) {
        for _ in 0..40 {
            self.minutes += 7;
            let counts: Value =
                serde_json::from_str(&self.must(&["settle", "--once", "--json"])).unwrap();
            if counts["waiting"] == 0 && counts["claimed"] == 0 {
                break;
            }
        }
        let captured = self.captured();
        let mut charges = 0;
        for line in self.must(&["export", "charges", "--json"]).lines() {
            let charge: Value = serde_json::from_str(line).unwrap();
            let amount = charge["amount"].as_i64().unwrap();
            let paid = captured.get(charge["charge"].as_str().unwrap());
            if amount == 0 || charge["state"] == "returned_to_desk" {
                assert_eq!(paid, None, "{line}");
                continue;
            }
            assert_eq!(charge["state"], "paid", "{line}");
            assert_eq!(paid, Some(&vec![amount]), "once, and in full: {line}");
            assert_eq!(charge["keys"].as_array().unwrap().len(), 1, "{line}");
            charges += 1;
        }
        assert_eq!(charges, captured.len(), "the card network took nothing else");
        assert!(charges > PAYERS / 2, "the test has lost its charges: {charges}");
        assert!(self.must(&["audit", "verify"]).contains("the chains are whole"));
    }
}

/// Starts a card network and reads where it listens.
fn network(folder: PathBuf) -> (Running, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atobarai"));
    command.args(["sandbox-gateway", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let at = line.find("http://").unwrap_or_else(|| panic!("{line}"));
    (Running(child), line[at..].trim().to_owned())
}

/// Chance that follows from a seed.
fn below(seed: &mut u64, end: u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % end
}

/// Kills `serve` again and again, each time after the card network has seen a few more requests.
fn kill_again_and_again(site: &mut Site, deaths: u64, mut seed: u64) {
    let all = site.must(&["export", "charges", "--json"]);
    let all = all.lines().filter(|line| line.contains("\"scheduled\"")).count();
    for _ in 0..deaths {
        site.minutes += 4;
        let before = site.books()["keys"].as_object().unwrap().len();
        let more = usize::try_from(below(&mut seed, 7)).unwrap();
        let mut serve = site.serve();
        // What was sent before the last death is asked after later: then there may be nothing new to see,
        // and a few looks are enough.
        for _ in 0..LOOKS {
            let seen = site.books()["keys"].as_object().unwrap().len();
            if seen >= (before + more).min(all) || serve.0.try_wait().unwrap().is_some() {
                break;
            }
        }
        // Dropped, and so killed, in the middle of whatever it does.
    }
}

/// A database of its own on the server of the tests.
fn postgres_database(name: &str) -> String {
    let words = std::env::var("ATOBARAI_TEST_POSTGRES").unwrap();
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        let done = Command::new("psql").args([&words, "-q", "-c", &sql]).status().unwrap();
        assert!(done.success(), "{sql}");
    }
    format!("postgres:{}", words.replace("dbname=postgres", &format!("dbname={name}")))
}

/// F01, F07, I1, I2, I20. Mutations: sending before the commit; taking `sent` for `intended` after a start.
#[test]
fn serve_killed_at_any_moment_charges_once_on_sqlite() {
    let mut site = Site::new("");
    kill_again_and_again(&mut site, DEATHS, 11);
    site.settle_and_compare();
}

/// The same with a second `serve` that lives on, on one PostgreSQL.
#[test]
fn two_serves_of_which_one_is_killed_charge_once_on_postgres() {
    let mut site = Site::new(&postgres_database("atobarai_kill_serve"));
    let second = site.serve();
    kill_again_and_again(&mut site, DEATHS, 23);
    drop(second);
    site.settle_and_compare();
}

/// Deaths of the database server.
const SERVER_DEATHS: u64 = 8;

/// F32, I1, I3, I20: the server dies under two `serve`s, at moments that follow from what the card network has
/// seen, and comes back. They live on, and what they had promised is there. Mutations: a lost connection ends
/// `serve`; an answer that could not be stored is asked for again under a new key.
#[test]
fn the_database_server_killed_under_two_serves_charges_once() {
    let server = PostgresServer::start();
    let mut site = Site::new(&format!("postgres:{}", server.words()));
    site.minutes += 4;
    let mut serves = [site.serve(), site.serve()];
    let mut seed = 37;
    for _ in 0..SERVER_DEATHS {
        let before = site.books()["keys"].as_object().unwrap().len();
        let more = usize::try_from(below(&mut seed, 7)).unwrap();
        for _ in 0..LOOKS {
            if site.books()["keys"].as_object().unwrap().len() >= before + more {
                break;
            }
        }
        server.kill();
        server.start_again();
    }
    for serve in &mut serves {
        assert!(serve.0.try_wait().unwrap().is_none(), "serve ended with its database");
    }
    drop(serves);
    site.settle_and_compare();
}
