//! A hospital's folder of bill files: `in/` is where its system writes, `done/` and `refused/` are where
//! files go afterwards, each with a report beside it. No file is ever overwritten or removed.
//!
//! What can be taken is whole: its trailer agrees with its rows. What cannot may still be being written,
//! so it is refused only once nobody has touched it for a while. A death between taking a file and moving
//! it is harmless: the same file again changes nothing, and is moved then.

use super::Mode;
use super::import::{Brought, import};
use super::report::{ImportFault, ImportReport, Outcome};
use crate::{App, AppError};
use domain::audit::Actor;
use domain::group::HospitalCode;
use domain::time::Moment;
use exchange::bills_csv::{FILE_BYTES_MAX, Fault, FileReason, Reason, TRAILER_MARK};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::fs;

/// Seconds that a faulty file must have been left alone before it is refused.
const QUIET_S: i64 = 60;

/// The same for a file without a trailer, which looks like one that is written slowly.
const QUIET_WITHOUT_TRAILER_S: i64 = 600;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Its name in `in/`.
    pub file_name: String,
    /// Where it stands now.
    pub moved_to: PathBuf,
    /// What came of it.
    pub report: ImportReport,
}

/// Looks into a hospital's folder once, takes every file that is whole, and moves it.
///
/// # Errors
///
/// The folder or the database failed, or the hospital is not known. Files that were not moved are still
/// in `in/`.
pub async fn watch_once(
    app: &App,
    folder: &Path,
    hospital: &HospitalCode,
) -> Result<Vec<Looked>, AppError> {
    for name in ["in", "done", "refused"] {
        fs::create_dir_all(folder.join(name)).await.map_err(failed)?;
    }
    let mut looked = Vec::new();
    for path in files(&folder.join("in")).await? {
        looked.extend(take(app, folder, hospital, &path).await?);
    }
    Ok(looked)
}

/// Plain files, by name; hidden ones are another program's business.
async fn files(folder: &Path) -> Result<Vec<PathBuf>, AppError> {
    let mut files = Vec::new();
    let mut entries = fs::read_dir(folder).await.map_err(failed)?;
    while let Some(entry) = entries.next_entry().await.map_err(failed)? {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.file_type().await.map_err(failed)?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Takes one file and moves it, unless it may still be being written.
async fn take(
    app: &App,
    folder: &Path,
    hospital: &HospitalCode,
    path: &Path,
) -> Result<Option<Looked>, AppError> {
    let facts = match fs::metadata(path).await {
        Ok(facts) => facts,
        // Its writer has taken it away again.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let touched_at = moment(facts.modified().map_err(failed)?);
    let name = path.file_name().unwrap_or_default();
    let file_name = name.to_string_lossy().into_owned();
    let mut quiet_s = QUIET_S;
    let report = match usize::try_from(facts.len()) {
        Ok(bytes) if bytes <= FILE_BYTES_MAX => {
            let content = fs::read(path).await.map_err(failed)?;
            if !has_trailer(&content) {
                quiet_s = QUIET_WITHOUT_TRAILER_S;
            }
            let file = Brought { file_name: &file_name, bytes: &content, actor: &Actor::System };
            import(app, hospital, file, Mode::Apply, |_done, _total| {}).await?
        }
        Ok(_) | Err(_) => too_large(facts.len()),
    };
    let to = match report.outcome {
        Outcome::Applied | Outcome::KnownFile { .. } => "done",
        Outcome::Refused if app.now() < touched_at.plus_seconds(quiet_s) => return Ok(None),
        Outcome::Refused | Outcome::Checked => "refused",
        Outcome::UnknownHospital => {
            let what = format!("there are files for {hospital}, which is unknown or has no policy");
            return Err(AppError::Inconsistent { what });
        }
    };
    // Somebody has gone on writing while we read: look again next time. What was taken stays taken.
    let still = fs::metadata(path).await.map_err(failed)?;
    if (still.len(), still.modified().ok()) != (facts.len(), facts.modified().ok()) {
        return Ok(None);
    }
    let moved_to = move_with_report(path, &folder.join(to), name, &report).await?;
    Ok(Some(Looked { file_name, moved_to, report }))
}

fn moment(time: SystemTime) -> Moment {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Whether the last line that holds anything is a trailer: what tells a whole file.
fn has_trailer(content: &[u8]) -> bool {
    let last =
        content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).rfind(|line| !line.is_empty());
    last.is_some_and(|line| {
        let line = line.strip_prefix(b"\"").unwrap_or(line);
        line.starts_with(TRAILER_MARK.as_bytes())
    })
}

fn too_large(bytes: u64) -> ImportReport {
    let reason = FileReason::TooLarge {
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
        max: FILE_BYTES_MAX,
    };
    let fault = Fault { line: None, column: None, reason: Reason::File(reason) };
    ImportReport {
        faults: vec![ImportFault::File(fault)],
        fault_count: 1,
        ..ImportReport::empty(Outcome::Refused)
    }
}

/// The report is written first: a file in `done/` or `refused/` always has one.
async fn move_with_report(
    from: &Path,
    folder: &Path,
    name: &OsStr,
    report: &ImportReport,
) -> Result<PathBuf, AppError> {
    let to = free_name(folder, name).await?;
    let mut beside = to.clone().into_os_string();
    beside.push(".report.txt");
    fs::write(&beside, report.in_japanese()).await.map_err(failed)?;
    fs::rename(from, &to).await.map_err(failed)?;
    Ok(to)
}

/// The file's own name, or one with a number behind it where a file of that name came before.
async fn free_name(folder: &Path, name: &OsStr) -> Result<PathBuf, AppError> {
    let mut path = folder.join(name);
    let mut number = 2_u64;
    while fs::try_exists(&path).await.map_err(failed)? {
        let mut numbered = name.to_owned();
        numbered.push(format!(".{number}"));
        path = folder.join(numbered);
        number = number.saturating_add(1);
    }
    Ok(path)
}

fn failed(error: io::Error) -> AppError {
    AppError::Outside { whom: "the folder of bill files", source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_when_its_last_line_is_a_trailer() {
        for whole in
            ["a,b\r\n1,2\r\n#trailer,1,2\r\n", "a\n#trailer,0,0", "a\n\"#trailer\",0,0\n\n \n"]
        {
            assert!(has_trailer(whole.as_bytes()), "{whole:?}");
        }
        for cut in ["", "\n", "a,b\n1,2\n", "#trailer,1,2\n1,2\n", "a\n#tra"] {
            assert!(!has_trailer(cut.as_bytes()), "{cut:?}");
        }
    }
}
