//! What the handles of a store and its threads share.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::fuse::FuseBox;
use crate::keyring::Keyring;

pub(crate) struct Shared {
    pub(crate) keyring: Keyring,
    pub(crate) fuse: FuseBox,
    #[cfg(feature = "testing")]
    pub(crate) halt: crate::halt::Halt,
    writes: AtomicU64,
    commits: AtomicU64,
}

/// What a store has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Closures that wrote, whether kept or not.
    pub writes: u64,
    /// Transactions made lasting. On SQLite one holds many closures (group commit).
    pub commits: u64,
}

impl Shared {
    pub(crate) const fn new(keyring: Keyring) -> Self {
        Self {
            keyring,
            fuse: FuseBox::new(),
            #[cfg(feature = "testing")]
            halt: crate::halt::Halt::new(),
            writes: AtomicU64::new(0),
            commits: AtomicU64::new(0),
        }
    }

    pub(crate) fn count_write(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_commit(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            writes: self.writes.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
        }
    }
}
