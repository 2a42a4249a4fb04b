//! The only reader of the system's clock.

use domain::time::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// The machine's clock, ahead by so many milliseconds: the demo's, which can be moved forward.
    Ahead(Arc<AtomicI64>),
    /// Stands still until it is set: for tests.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at a moment.
    #[must_use]
    pub fn fixed(at: Moment) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.ms())))
    }

    /// A clock that runs, and starts at a moment given by its distance from the machine's clock.
    #[must_use]
    pub fn ahead_by_ms(ms: i64) -> Self {
        Self::Ahead(Arc::new(AtomicI64::new(ms)))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => Moment::from_ms(system_ms()),
            Self::Ahead(ahead) => {
                Moment::from_ms(system_ms().saturating_add(ahead.load(Ordering::SeqCst)))
            }
            Self::Fixed(at) => Moment::from_ms(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves the clock forward to a moment. The machine's own clock cannot be moved, and no clock
    /// goes back: money has been promised by days that have passed.
    ///
    /// # Errors
    ///
    /// The clock cannot be moved, or the moment lies behind.
    pub fn forward_to(&self, moment: Moment) -> Result<(), ClockCannotMove> {
        let by = moment.ms().saturating_sub(self.now().ms());
        if by < 0 {
            return Err(ClockCannotMove);
        }
        match self {
            Self::System => return Err(ClockCannotMove),
            Self::Ahead(ahead) => ahead.fetch_add(by, Ordering::SeqCst),
            Self::Fixed(at) => at.fetch_add(by, Ordering::SeqCst),
        };
        Ok(())
    }

    /// How far ahead of the machine's clock it is, in milliseconds.
    #[must_use]
    pub fn ahead_ms(&self) -> i64 {
        self.now().ms().saturating_sub(system_ms())
    }
}

/// The machine's own clock cannot be set from here, and no clock goes back.
#[derive(Debug, thiserror::Error)]
#[error("this clock cannot be moved there")]
pub struct ClockCannotMove;

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn system_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_forward_only() {
        let clock = Clock::fixed(Moment::from_ms(1_000));
        assert!(clock.forward_to(Moment::from_ms(5_000)).is_ok());
        assert_eq!(clock.now(), Moment::from_ms(5_000));
        assert!(clock.forward_to(Moment::from_ms(4_999)).is_err());
        assert!(Clock::System.forward_to(Moment::from_ms(i64::MAX)).is_err());
    }
}
