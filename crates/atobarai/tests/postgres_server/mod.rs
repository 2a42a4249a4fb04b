//! A PostgreSQL server of the test's own, which can be killed and started again. What it has promised is on its
//! way to the disk (`synchronous_commit`), as in production.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where the server notes whose socket it is.
const SOCKET_LOCK: &str = ".s.PGSQL.5432.lock";

/// The server. Its folder goes with it.
pub struct PostgresServer {
    folder: tempfile::TempDir,
}

impl PostgresServer {
    /// Makes a new one and starts it.
    pub fn start() -> Self {
        // The path of a socket is short by law, and the server's own user must get in.
        let folder = tempfile::Builder::new().prefix("atobarai-kill.").tempdir_in("/tmp").unwrap();
        if is_root() {
            done(Command::new("chown").arg("postgres:").arg(folder.path()));
        }
        let server = Self { folder };
        let words = ["-U", "postgres", "--auth=trust", "--no-locale", "-E", "UTF8", "-N", "-D"];
        done(server.program("initdb").args(words).arg(server.data()));
        server.start_again();
        server
    }

    /// How a client reaches it: words of libpq.
    pub fn words(&self) -> String {
        format!("host={} port=5432 user=postgres dbname=postgres", self.folder.path().display())
    }

    /// Kills every process of it, as a power cut would.
    pub fn kill(&self) {
        let Ok(lock) = std::fs::read_to_string(self.data().join("postmaster.pid")) else { return };
        let postmaster = lock.lines().next().unwrap();
        let children = format!("/proc/{postmaster}/task/{postmaster}/children");
        let children = std::fs::read_to_string(children).unwrap();
        let all: Vec<&str> =
            std::iter::once(postmaster).chain(children.split_whitespace()).collect();
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -9 \"$@\"", "kill"]).args(&all).stderr(Stdio::null());
        // One that has ended meanwhile is as dead: what the command says of it does not matter.
        kill.status().unwrap();
        while all.iter().any(|process| is_alive(process)) {
            std::thread::yield_now();
        }
        // Whoever started it may never ask how it ended: then its number seems to be taken.
        for lock in [self.data().join("postmaster.pid"), self.folder.path().join(SOCKET_LOCK)] {
            std::fs::remove_file(lock).unwrap();
        }
    }

    /// Starts it on what is on the disk; it recovers, and takes connections when this returns.
    pub fn start_again(&self) {
        let settings = format!(
            "-k {} -p 5432 -c listen_addresses= -c fsync=off -c timezone=UTC",
            self.folder.path().display()
        );
        let log = self.folder.path().join("server.log");
        let mut start = self.program("pg_ctl");
        start.args(["start", "-w", "-o", &settings, "-l"]).arg(log).arg("-D").arg(self.data());
        done(&mut start);
    }

    /// A program of the server's, as the user that it runs as: it refuses to be root.
    fn program(&self, name: &str) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", name]);
            command
        } else {
            Command::new(name)
        };
        command.current_dir(self.folder.path()).stdout(Stdio::null());
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn done(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output().unwrap();
    user.stdout == b"0\n"
}

/// Whether a process runs: one that has ended and is not asked for is a zombie.
fn is_alive(process: &str) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return false };
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
