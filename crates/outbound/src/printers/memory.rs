//! A printer that keeps what it was given.

use super::PrintAnswer;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A printer without paper. Clones share what was printed.
#[derive(Clone, Debug, Default)]
pub struct MemoryPrinter {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    printed: Vec<Vec<u8>>,
    answers: VecDeque<PrintAnswer>,
}

impl MemoryPrinter {
    /// A printer that works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives this answer to the next slip instead of printing it; further ones queue up.
    pub fn answer_next(&self, answer: PrintAnswer) {
        self.lock().answers.push_back(answer);
    }

    /// Every slip so far, oldest first.
    #[must_use]
    pub fn printed(&self) -> Vec<Vec<u8>> {
        self.lock().printed.clone()
    }

    pub(super) fn print(&self, bytes: &[u8]) -> PrintAnswer {
        let mut inner = self.lock();
        let answer = inner.answers.pop_front().unwrap_or(PrintAnswer::Sent);
        if answer == PrintAnswer::Sent {
            inner.printed.push(bytes.to_vec());
        }
        answer
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_that_could_not_be_printed_is_not_among_the_printed() {
        let printer = MemoryPrinter::new();
        let away = PrintAnswer::NotReachable { why: "no paper".to_owned() };
        printer.answer_next(away.clone());
        assert_eq!(printer.print(b"one"), away);
        let same = printer.clone();
        assert_eq!(printer.print(b"two"), PrintAnswer::Sent);
        assert_eq!(same.printed(), [b"two".to_vec()]);
    }
}
