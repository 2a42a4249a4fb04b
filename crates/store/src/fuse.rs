//! The fuse: makes a chosen database call fail, and all after it, as the death of the process would.
//! It lies in the executor of both engines; only tests can set it (feature `testing`).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::EngineError;

/// Whether the call at which the fuse blows still takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The call is not made.
    Before,
    /// The call is made, and its answer is lost.
    After,
}

/// When to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fuse {
    at: u64,
    blow: Blow,
    once: bool,
}

impl Fuse {
    /// Never fails, and counts from 1 again.
    #[must_use]
    pub const fn never() -> Self {
        Self { at: u64::MAX, blow: Blow::Before, once: false }
    }

    /// Fails at the call of this number, counted from 1 over statements and commits, and at each after it.
    #[must_use]
    pub const fn blow_at(call: u64, blow: Blow) -> Self {
        Self { at: call, blow, once: false }
    }

    /// Fails at the call of this number alone: a full disk, a connection that was cut. The process lives on.
    #[must_use]
    pub const fn fail_once_at(call: u64, blow: Blow) -> Self {
        Self { at: call, blow, once: true }
    }
}

/// Where the fuse lies: one for each store, shared by its threads.
#[derive(Debug)]
pub(crate) struct FuseBox {
    calls: AtomicU64,
    at: AtomicU64,
    after: AtomicBool,
    once: AtomicBool,
}

impl FuseBox {
    pub(crate) const fn new() -> Self {
        Self {
            calls: AtomicU64::new(0),
            at: AtomicU64::new(u64::MAX),
            after: AtomicBool::new(false),
            once: AtomicBool::new(false),
        }
    }

    #[cfg(feature = "testing")]
    pub(crate) fn set(&self, fuse: Fuse) {
        self.calls.store(0, Ordering::SeqCst);
        self.after.store(fuse.blow == Blow::After, Ordering::SeqCst);
        self.once.store(fuse.once, Ordering::SeqCst);
        self.at.store(fuse.at, Ordering::SeqCst);
    }

    /// How many calls were made since the fuse was set.
    #[cfg(feature = "testing")]
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Makes a call, or fails instead of it, or fails after it.
    pub(crate) fn around<T>(
        &self,
        call: impl FnOnce() -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        let at = self.at.load(Ordering::SeqCst);
        if number < at || (number > at && self.once.load(Ordering::SeqCst)) {
            return call();
        }
        if number == at && self.after.load(Ordering::SeqCst) {
            call()?;
        }
        Err(EngineError::Fuse(number))
    }
}
