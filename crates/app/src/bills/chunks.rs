//! Long work on many rows, in chunks on the threads for long work, and how far it has come.

use crate::AppError;

/// Rows that one thread works on at a time.
const CHUNK: usize = 250;

/// Tells how far the work has come.
pub(super) struct Progress<'p> {
    done: u64,
    total: u64,
    tell: &'p mut (dyn FnMut(u64, u64) + Send),
}

impl<'p> Progress<'p> {
    /// Of a file of so many rows: each is prepared, sealed and written.
    pub(super) fn of(rows: u64, tell: &'p mut (dyn FnMut(u64, u64) + Send)) -> Self {
        Self { done: 0, total: rows.saturating_mul(3), tell }
    }

    pub(super) fn more(&mut self, rows: usize) {
        self.done = self.done.saturating_add(u64::try_from(rows).unwrap_or(0)).min(self.total);
        (self.tell)(self.done, self.total);
    }

    pub(super) fn again(&mut self) {
        self.done = self.total.div_euclid(3);
    }

    pub(super) fn finish(&mut self) {
        self.done = self.total;
        (self.tell)(self.done, self.total);
    }
}

/// Works through items in chunks on the threads for long work, and gives the results in order.
pub(super) async fn in_chunks<T: Send + 'static, U: Send + 'static>(
    items: Vec<T>,
    work: impl Fn(Vec<T>) -> Result<Vec<U>, AppError> + Clone + Send + 'static,
    done: &mut Progress<'_>,
) -> Result<Vec<U>, AppError> {
    let mut results = Vec::with_capacity(items.len());
    let mut items = items.into_iter();
    let mut tasks = Vec::new();
    loop {
        let chunk: Vec<T> = items.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        let work = work.clone();
        tasks.push((chunk.len(), tokio::task::spawn_blocking(move || work(chunk))));
    }
    for (rows, task) in tasks {
        results.extend(
            task.await
                .map_err(|_died| AppError::TaskDied { doing: "work on a file of bills" })??,
        );
        done.more(rows);
    }
    Ok(results)
}
