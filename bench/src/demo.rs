//! The demo as a person meets it: how soon it is ready, what memory it takes while nobody does anything,
//! and what the first page weighs with everything that it loads.

use crate::measure::{Compared, Figure, Goal, ROUNDS, Samples, Unit, table};
use anyhow::{Context as _, ensure};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where a patient begins.
const FIRST_PAGE: &str = "/okayama/";
/// How long the demo is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(5);

/// Measures.
pub fn run() -> anyhow::Result<()> {
    let mut ready = Samples::new(Unit::Nanoseconds);
    let mut again = Samples::new(Unit::Nanoseconds);
    let mut memory = Samples::new(Unit::Bytes);
    let mut weight = Samples::new(Unit::Bytes);
    let mut parts = Vec::new();
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        let (demo, time) = Demo::start(folder.path().join("demo"))?;
        ready.push_time(time);
        parts = demo.weigh()?;
        weight.push(parts.iter().map(|(_, bytes)| bytes).sum());
        std::thread::sleep(IDLE);
        memory.push(demo.resident()?);
        demo.stop()?;
        let (demo, time) = Demo::start(folder.path().join("demo"))?;
        again.push_time(time);
        demo.stop()?;
    }
    let figure = |what: String, ours, goal| Figure {
        what,
        ours,
        peer: None,
        compared: Compared::Speed,
        goal: Goal::Below(goal),
    };
    let figures = [
        figure(
            "From process start to the first page served, new folder".to_owned(),
            ready,
            2_000_000_000,
        ),
        figure("The same, folder kept".to_owned(), again, 2_000_000_000),
        figure(
            format!("Resident memory after {} s of doing nothing", IDLE.as_secs()),
            memory,
            150_000_000,
        ),
        figure(
            format!("First page ({FIRST_PAGE}), {} files with headers as sent", parts.len()),
            weight,
            60_000,
        ),
    ];
    table("Demo", &figures);
    println!("\nThe first page is made of:\n");
    for (path, bytes) in parts {
        println!("- `{path}`: {bytes} bytes");
    }
    Ok(())
}

struct Demo {
    child: Child,
    port: u16,
}

impl Demo {
    /// Starts it and waits until the first page has come in full.
    fn start(folder: PathBuf) -> anyhow::Result<(Self, Duration)> {
        let program = std::env::current_exe()?.with_file_name("atobarai");
        let begun = Instant::now();
        let mut child = Command::new(&program)
            .args(["demo", "--port", "0", "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{}: build it with --release first", program.display()))?;
        let mut said = BufReader::new(child.stdout.take().context("its output")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let port = line
            .split("localhost:")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .with_context(|| format!("the demo said {line:?} and no address"))?;
        let demo = Self { child, port: port.parse()? };
        // What it says later is nobody's concern, but it must not block.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        get(demo.port, FIRST_PAGE, true)?;
        Ok((demo, begun.elapsed()))
    }

    /// What a browser loads for the first page: path and bytes of each.
    fn weigh(&self) -> anyhow::Result<Vec<(String, u64)>> {
        let mut waiting = vec![FIRST_PAGE.to_owned()];
        let mut seen = BTreeSet::new();
        let mut parts = Vec::new();
        while let Some(path) = waiting.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            parts.push((path.clone(), u64::try_from(get(self.port, &path, true)?.len())?));
            let page = path == FIRST_PAGE;
            if page || path.split('?').next().is_some_and(|path| path.ends_with(".css")) {
                let text = String::from_utf8_lossy(&get(self.port, &path, false)?).into_owned();
                waiting.extend(if page { loaded_by_page(&text) } else { loaded_by_style(&text) });
            }
        }
        Ok(parts)
    }

    fn resident(&self) -> anyhow::Result<u64> {
        resident_of(&self.child.id().to_string())
    }

    fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// A response of this machine as it comes over the wire, with its head.
pub fn get(port: u16, path: &str, compressed: bool) -> anyhow::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let accepted = if compressed { "gzip, deflate, br, zstd" } else { "identity" };
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: */*\r\nAccept-Language: ja\r\n\
         Accept-Encoding: {accepted}\r\nConnection: close\r\n\r\n"
    )?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    ensure!(response.starts_with(b"HTTP/1.1 200"), "{path} was not served");
    Ok(response)
}

/// The memory that a process holds, in bytes.
pub fn resident_of(process: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: u64 =
        line.and_then(|line| line.trim().strip_suffix(" kB")).context("VmRSS")?.trim().parse()?;
    Ok(kilobytes.saturating_mul(1_024))
}

/// What the tags of a page load by themselves. An icon that only phones fetch is counted too.
fn loaded_by_page(html: &str) -> Vec<String> {
    let tags = html.split('<').filter_map(|rest| rest.split('>').next());
    tags.filter_map(|tag| {
        let name = tag.split_ascii_whitespace().next()?;
        let attribute = match name {
            "link" => "href=\"",
            "img" | "script" | "source" | "iframe" => "src=\"",
            _ => return None,
        };
        let value = tag.split(attribute).nth(1)?.split('"').next()?;
        value.starts_with('/').then(|| value.to_owned())
    })
    .collect()
}

/// What a style sheet loads.
fn loaded_by_style(css: &str) -> Vec<String> {
    let urls = css.split("url(").skip(1).filter_map(|rest| rest.split(')').next());
    let bare = urls.map(|url| url.trim_matches(['"', '\'']));
    bare.filter(|url| url.starts_with('/')).map(str::to_owned).collect()
}
