//! Keeps the requests to one gateway account below what the account allows, whoever asks: settlement, enquiries,
//! card pages, the daily list. A gateway that is asked too often answers 429, and then asks for still more.

use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// How late a timer may fire without costing anything of the rate.
const SLACK: Duration = Duration::from_millis(4);

/// What the requests of a second are stretched to. With [`SLACK`] taken off it is still more than a second, so
/// that no second sees more requests than it may.
const STRETCHED: Duration = Duration::from_millis(1_005);

/// Hands out turns, evenly spaced and in the order of asking.
#[derive(Debug)]
pub(super) struct Pace {
    gap: Duration,
    free_at: Mutex<Instant>,
}

impl Pace {
    /// So many turns a second, one at least.
    pub fn new(turns_a_second: u32) -> Self {
        Self { gap: STRETCHED / turns_a_second.max(1), free_at: Mutex::new(Instant::now()) }
    }

    /// Waits for the next turn. Whoever gives up while waiting takes no turn from anybody.
    pub async fn turn(&self) {
        let mut free_at = self.free_at.lock().await;
        sleep_until(*free_at).await;
        let earliest = Instant::now().checked_sub(SLACK).unwrap_or(*free_at);
        *free_at = (*free_at).max(earliest) + self.gap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::task::JoinSet;

    /// I17. Mutations: no gap; turns that were not taken are saved up; a gap of exactly a 25th of a second.
    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_turns_than_it_may_and_nearly_all_are_used() {
        let pace = Arc::new(Pace::new(25));
        // Nobody asks for a while: that saves nothing up.
        tokio::time::advance(Duration::from_secs(60)).await;
        let mut asked = JoinSet::new();
        for late_ms in 0..250_u64 {
            let pace = Arc::clone(&pace);
            asked.spawn(async move {
                pace.turn().await;
                // Whoever has the turn is at times late to use it.
                let at = Instant::now() + Duration::from_millis(late_ms % 4);
                (at, tokio::task::yield_now().await).0
            });
        }
        let mut times = asked.join_all().await;
        times.sort_unstable();
        let busiest = times
            .iter()
            .map(|first| {
                let second = *first..*first + Duration::from_secs(1);
                times.iter().filter(|at| second.contains(at)).count()
            })
            .max()
            .unwrap();
        assert_eq!(busiest, 25);
        let took = times[249] - times[0];
        assert!(took < Duration::from_millis(249 * 40 * 102 / 100), "{took:?}");
    }
}
