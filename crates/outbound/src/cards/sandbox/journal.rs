//! The books on disk: one line of JSON for each entry, durable before anybody is answered.

use super::books::{Books, Entry};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The books cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    /// The file or its folder cannot be used.
    #[error("the card network's journal cannot be used: {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process writes it.
    #[error("the card network's journal is in use by another process: {path}")]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// A line in it is damaged. Only an unfinished last line is cut off without a word, because
    /// nobody was answered for it.
    #[error("line {line} of the card network's journal cannot be read: {path}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// Why; absent when the line is out of order.
        #[source]
        source: Option<serde_json::Error>,
    },
}

/// The file that the books are kept in. Held locked.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    /// Bytes of whole lines.
    length: u64,
    /// A line could not be written and could not be taken back either: nothing more is written.
    broken: bool,
}

impl Journal {
    /// Opens or makes the journal in this folder and reads the books from it.
    pub(super) fn open(folder: &Path) -> Result<(Self, Books), JournalFault> {
        let path = folder.join("card-network.jsonl");
        let io = |source| JournalFault::Io { path: path.clone(), source };
        fs::create_dir_all(folder).map_err(io)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalFault::InUse { path }),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        // The file's name must survive a power cut as well as its lines.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        let whole =
            bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
        let books = read(bytes.get(..whole).unwrap_or_default(), &path)?;
        let length = u64::try_from(whole).unwrap_or(u64::MAX);
        let mut journal = Self { file, length, broken: false };
        if whole < bytes.len() {
            tracing::warn!(path = %path.display(), "cut an unfinished last line off the journal");
        }
        journal.cut().map_err(io)?;
        Ok((journal, books))
    }

    /// Appends one entry; it is on disk when this returns.
    pub(super) fn append(&mut self, entry: &Entry) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("the journal is broken since an earlier write"));
        }
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if written.is_err() {
            self.broken = self.cut().is_err();
        } else {
            self.length = self.length.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        }
        written
    }

    /// Takes back what lies behind the last whole line.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.sync_data()
    }
}

fn read(bytes: &[u8], path: &Path) -> Result<Books, JournalFault> {
    let mut books = Books::default();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let number = books.entries.saturating_add(1);
        let damaged =
            |source| JournalFault::Damaged { path: path.to_owned(), line: number, source };
        let entry: Entry = serde_json::from_slice(line).map_err(|fault| damaged(Some(fault)))?;
        if entry.number != number {
            return Err(damaged(None));
        }
        books.put(entry);
    }
    Ok(books)
}

#[cfg(test)]
impl Journal {
    /// A journal that cannot be written, as on a full disk.
    pub(super) fn unwritable(path: &Path) -> Self {
        fs::write(path, "").unwrap();
        Self { file: File::open(path).unwrap(), length: 0, broken: false }
    }
}
