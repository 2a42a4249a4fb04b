//! Limits on attempts that live in memory, one bucket for each key, driven by the clock of the app.
//!
//! What must hold over a restart or over several processes (mails to one address, cards of one
//! mailbox) is counted in the store instead.

use domain::time::Moment;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// How many mails one address may get within how many seconds (S-32): application URLs, and as many about a
/// forgotten user ID or password.
pub(crate) const MAILS: [(usize, i64); 2] = [(3, 3_600), (5, 86_400)];

/// From when on what was counted in the store can still count for limits of (how many, within how many seconds).
pub(crate) fn counts_since(limits: &[(usize, i64)], now: Moment) -> Moment {
    let longest = limits.iter().map(|(_, window)| *window).max().unwrap_or(0);
    now.plus_seconds(longest.saturating_neg())
}

/// Seconds until one more fits into each limit of (how many, within how many seconds); `None`: one
/// fits now. `before` holds what there was, the latest first.
pub(crate) fn wait_s(before: &[Moment], limits: &[(usize, i64)], now: Moment) -> Option<i64> {
    let waits = limits.iter().filter_map(|(most, window_s)| {
        let oldest_that_counts = before.get(most.checked_sub(1)?)?;
        let free_at = oldest_that_counts.plus_seconds(*window_s);
        (free_at > now)
            .then(|| free_at.ms().saturating_sub(now.ms()).saturating_add(999).div_euclid(1_000))
    });
    waits.max()
}

/// The network that a request comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(String);

impl ClientAddress {
    /// An IPv4 address as it is; of IPv6 the first 64 bits, since a household has all the rest.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(v4.to_string()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
            }
        }
    }

    /// As a key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is limited, each by a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limited {
    /// Asking for application URLs, by network. Many patients share the hospital's network.
    StartFromNetwork,
    /// Asking for the way back to an account, by network.
    RecoveryFromNetwork,
    /// Tries to sign in, by network; codes of a recovery are tries, too.
    SignInFromNetwork,
    /// Wrong passwords for one user ID from one network.
    AccountFromNetwork,
    /// Wrong passwords for one user ID from all networks that never signed in to it together. It
    /// keeps a botnet out, and cannot keep the owner out of a network that they use.
    AccountFromStrangers,
}

impl Limited {
    /// How many at once, and after how many milliseconds one more.
    const fn rate(self) -> (i64, i64) {
        match self {
            Self::StartFromNetwork => (20, 10_000),
            Self::RecoveryFromNetwork => (20, 60_000),
            Self::SignInFromNetwork => (30, 2_000),
            Self::AccountFromNetwork => (5, 60_000),
            Self::AccountFromStrangers => (10, 300_000),
        }
    }
}

/// Keys beyond this many are a sign of a flood; full buckets are thrown away then.
const KEYS_MAX: usize = 100_000;

/// All buckets of a process.
#[derive(Debug)]
pub struct Limiter {
    on: bool,
    /// For each key the moment at which its bucket is full again, in milliseconds.
    full_at: Mutex<HashMap<(Limited, String), i64>>,
}

impl Limiter {
    /// Limits that are in force, or none.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Self { on, full_at: Mutex::new(HashMap::new()) }
    }

    /// Takes one try. `Err`: there is none left; seconds until there is.
    pub fn take(&self, what: Limited, key: &str, now: Moment) -> Result<(), i64> {
        if !self.on {
            return Ok(());
        }
        let (burst, every) = what.rate();
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS_MAX {
            buckets.retain(|_, full_at| *full_at > now.ms());
        }
        let full_at = buckets.entry((what, key.to_owned())).or_insert(now.ms());
        let after = (*full_at).max(now.ms()).saturating_add(every);
        let wait = after.saturating_sub(burst.saturating_mul(every)).saturating_sub(now.ms());
        if wait > 0 {
            return Err(wait.saturating_add(999).div_euclid(1_000));
        }
        *full_at = after;
        Ok(())
    }

    /// Gives a try back that turned out to be none.
    pub fn give_back(&self, what: Limited, key: &str) {
        let (_, every) = what.rate();
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = buckets.get_mut(&(what, key.to_owned())) {
            *full_at = full_at.saturating_sub(every);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_ms(0).plus_seconds(seconds)
    }

    #[test]
    fn a_bucket_empties_and_fills_again_with_the_time() {
        let limiter = Limiter::new(true);
        let take = |key: &str, second| limiter.take(Limited::AccountFromNetwork, key, at(second));
        for _ in 0..5 {
            assert_eq!(take("a", 0), Ok(()));
        }
        assert_eq!(take("a", 0), Err(60));
        assert_eq!(take("a", 59), Err(1));
        assert_eq!(take("b", 0), Ok(()), "keys do not share a bucket");
        assert_eq!(take("a", 60), Ok(()));
        assert_eq!(take("a", 60), Err(60), "a refused try costs nothing, a taken one does");
        limiter.give_back(Limited::AccountFromNetwork, "a");
        assert_eq!(take("a", 60), Ok(()));
    }

    #[test]
    fn a_flood_of_keys_does_not_fill_the_memory() {
        let limiter = Limiter::new(true);
        for key in 0..KEYS_MAX {
            limiter.take(Limited::SignInFromNetwork, &key.to_string(), at(0)).unwrap();
        }
        limiter.take(Limited::SignInFromNetwork, "one more", at(60)).unwrap();
        assert_eq!(limiter.full_at.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_household_is_one_network() {
        let network = |text: &str| ClientAddress::new(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
