//! The line in front of the database threads: bounded, first come first served.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::StoreError;

/// Work that waits for a thread.
pub(crate) struct Queue<W> {
    state: Mutex<State<W>>,
    changed: Condvar,
    waiting_max: usize,
}

struct State<W> {
    waiting: VecDeque<W>,
    closed: bool,
}

impl<W> Queue<W> {
    pub(crate) fn new(waiting_max: usize) -> Self {
        let state = State { waiting: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), waiting_max }
    }

    /// Joins the line. Refused, and dropped, when the line is too long or closed.
    pub(crate) fn push(&self, work: W) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.closed {
            return Err(StoreError::Closed);
        }
        if state.waiting.len() >= self.waiting_max {
            return Err(StoreError::QueueFull { waiting: state.waiting.len() });
        }
        state.waiting.push_back(work);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for work and takes as much as there is, up to `max`. Empty when the line is closed and
    /// everything in it was done.
    pub(crate) fn take(&self, max: usize) -> Vec<W> {
        let mut state = self.lock();
        while state.waiting.is_empty() && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.waiting.len().min(max);
        state.waiting.drain(..count).collect()
    }

    /// Takes no more work; what waits is still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    // No closure of a caller runs under this lock, so a poisoned one still holds a whole line.
    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
