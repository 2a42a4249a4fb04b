//! `atobarai key new`: a key for sealed columns.

use super::say;
use anyhow::Context as _;
use app::ids::Ids;
use clap::{Args, Subcommand};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes keys for sealed columns.
#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Writes a new key to a file that only its owner can read.
    ///
    /// Example: atobarai key new /etc/atobarai/key-2026 --id key-2026
    New {
        /// The file to write. It must not be there yet.
        file: PathBuf,
        /// The key's name; it is stored beside everything that the key seals.
        #[arg(long, default_value = "key-1")]
        id: String,
    },
}

impl Key {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let What::New { file, id } = self.what;
        write_new(&file, &id)?;
        say(format_args!(
            "key {id} written to {}; keep a copy apart from the back-ups",
            file.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a new key; a file that is there already is never overwritten.
pub(crate) fn write_new(file: &Path, id: &str) -> anyhow::Result<()> {
    let key_id = store::KeyId::new(id).with_context(|| {
        format!("{id:?} is no name of a key: letters, digits, hyphens, at most 32 characters")
    })?;
    let line = store::key_line(&key_id, &Ids::System.bytes::<32>());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options
        .open(file)
        .with_context(|| format!("the key file {} cannot be made", file.display()))?;
    writeln!(out, "{}", line.trim_end())?;
    out.sync_all()?;
    Ok(())
}
