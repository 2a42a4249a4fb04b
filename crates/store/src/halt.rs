//! The halt: holds whoever comes by where its transaction has ended, as a machine that falls asleep does, until it is
//! let go. Only for tests (feature `testing`).

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Where it stands: one for each store, shared by its clones.
#[derive(Debug)]
pub(crate) struct Halt {
    left: AtomicU64,
    reached: Notify,
    go_on: Notify,
}

impl Halt {
    pub(crate) const fn new() -> Self {
        Self { left: AtomicU64::new(0), reached: Notify::const_new(), go_on: Notify::const_new() }
    }

    /// The transaction of this number from now on, counted from 1, is the one after which its caller is held; 0: none.
    pub(crate) fn set(&self, number: u64) {
        self.left.store(number, Ordering::SeqCst);
    }

    /// Ends when somebody is held.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets go whoever is held.
    pub(crate) fn go_on(&self) {
        self.go_on.notify_one();
    }

    /// A transaction has ended, and its caller is told so, perhaps much later.
    pub(crate) async fn pass(&self) {
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return;
        }
        self.left.store(left - 1, Ordering::SeqCst);
        if left == 1 {
            self.reached.notify_one();
            self.go_on.notified().await;
        }
    }
}
