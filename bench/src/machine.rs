//! What was measured on: machine, versions, and how durable the databases are.

use crate::database::{Database, Raw, Server};
use crate::measure::{nanoseconds, percentile, timed};
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;

/// Prints it as a list.
pub fn print(servers: &[Server]) -> anyhow::Result<()> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo");
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name"));
    let processor = processor.unwrap_or("unknown").trim_start_matches(['\t', ' ', ':']);
    let memory = read("/proc/meminfo");
    let memory = memory.lines().next().unwrap_or_default().replace("MemTotal:", "");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("## The machine\n");
    println!("- {cores} cores of {processor}, {} of memory", memory.trim());
    println!("- Linux {}", read("/proc/sys/kernel/osrelease").trim());
    println!("- load averages at the start: {}", read("/proc/loadavg").trim());
    println!("- {}; commit {}", said_by("rustc", &["--version"]), commit());
    println!(
        "- files in {} ({}), one 4 KiB write made durable in {} µs (median of 200)",
        std::env::temp_dir().display(),
        file_system(&std::env::temp_dir()),
        flush_time()?.div_euclid(1_000)
    );
    for server in servers {
        println!("- {}", database(server)?);
    }
    if servers.len() < 2 {
        println!("- PostgreSQL: not measured; `bench/run` starts one");
    }
    Ok(())
}

fn commit() -> String {
    let changed = said_by("git", &["status", "--porcelain", "crates"]);
    let changed = if changed.is_empty() { "" } else { " and changes on top of it" };
    format!("{}{changed}", said_by("git", &["rev-parse", "--short", "HEAD"]))
}

/// The first line that a program prints; empty if it cannot be run.
pub fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default().lines().next().unwrap_or_default().trim().to_owned()
}

/// The kind of the file system that holds a folder.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let found = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (at, kind) = (words.next()?, words.next()?);
        folder.starts_with(at).then(|| (at.len(), kind.to_owned()))
    });
    found.max_by_key(|(length, _)| *length).map_or_else(|| "unknown".to_owned(), |(_, kind)| kind)
}

/// Nanoseconds for making one small write durable: what no database can do without.
fn flush_time() -> anyhow::Result<u64> {
    let mut file = tempfile::tempfile()?;
    file.write_all(&[0; 4_096])?;
    file.sync_all()?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let ((), time) = timed(|| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&[1; 4_096])?;
            Ok(file.sync_data()?)
        })?;
        times.push(nanoseconds(time));
    }
    Ok(percentile(&times, 50))
}

fn database(server: &Server) -> anyhow::Result<String> {
    Ok(match Database::create(server)?.raw()? {
        Raw::Sqlite(connection) => {
            let ask = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
            let synchronous: i64 =
                connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
            format!(
                "SQLite {}: journal_mode={}, synchronous={synchronous} (2 is FULL)",
                ask("SELECT sqlite_version()")?,
                ask("PRAGMA journal_mode")?
            )
        }
        Raw::Postgres(mut client) => {
            let mut ask = |setting: &str| -> anyhow::Result<String> {
                Ok(client.query_one(&format!("SHOW {setting}"), &[])?.get(0))
            };
            format!(
                "PostgreSQL {}: fsync={}, synchronous_commit={}, full_page_writes={}, wal_sync_method={}, \
                 shared_buffers={}, max_wal_size={}",
                ask("server_version")?,
                ask("fsync")?,
                ask("synchronous_commit")?,
                ask("full_page_writes")?,
                ask("wal_sync_method")?,
                ask("shared_buffers")?,
                ask("max_wal_size")?
            )
        }
    })
}
