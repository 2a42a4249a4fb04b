//! Copies of a SQLite database, made while it is being used.

use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use domain::time::Moment;

use crate::error::StoreError;
use crate::open::make_private_file;

/// Copies the database `source` to the new file `path`. The copy is made in one step, so it is one state
/// of the database; writers are not held up. It gets its name only after it was checked.
///
/// The copy knows that it is one: whoever works with it later must first learn what happened since `now`.
pub(crate) fn copy(source: &Path, path: &Path, now: Moment) -> Result<(), StoreError> {
    let failed = |why: String| StoreError::BackUp { path: path.to_owned(), why };
    if path.exists() {
        return Err(failed(
            "the file is there already, and a back-up never replaces another".to_owned(),
        ));
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    make_private_file(&unfinished)?;
    let made = copy_and_check(source, &unfinished, now)
        .and_then(|()| std::fs::rename(&unfinished, path).map_err(|error| error.to_string()))
        .and_then(|()| sync_folder(path).map_err(|error| error.to_string()));
    if made.is_err()
        && let Err(error) = std::fs::remove_file(&unfinished)
    {
        tracing::warn!(path = %unfinished.display(), %error, "cannot remove an unfinished back-up");
    }
    made.map_err(failed)
}

fn copy_and_check(source: &Path, unfinished: &Path, now: Moment) -> Result<(), String> {
    let text = |error: rusqlite::Error| error.to_string();
    let from =
        Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(text)?;
    let mut to =
        Connection::open_with_flags(unfinished, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(text)?;
    let step = Backup::new(&from, &mut to).and_then(|backup| backup.step(-1)).map_err(text)?;
    if !matches!(step, StepResult::Done) {
        return Err("the database was locked by another program".to_owned());
    }
    // One file, without a log beside it that somebody could forget to copy.
    let journal: String =
        to.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(text)?;
    let mark = "INSERT OR REPLACE INTO safe_mode (id, since_ms) VALUES (1, ?1)";
    to.execute(mark, [now.ms()]).map_err(text)?;
    let check: String =
        to.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(text)?;
    match (journal.as_str(), check.as_str()) {
        ("delete", "ok") => Ok(()),
        _ => Err(format!("the copy is damaged (journal {journal}, check {check})")),
    }
}

/// Makes the new name last, as the contents already do.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    std::fs::File::open(folder)?.sync_all()
}
