//! The only source of chance: identifiers and tokens.

use domain::id::{Id, Kind};
use domain::time::Moment;
use rand::TryRngCore;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where identifiers and tokens come from.
#[derive(Clone, Debug)]
pub enum Ids {
    /// The operating system's randomness.
    System,
    /// 1, 2, 3, …: for tests, so that snapshots stay put.
    Counting(Arc<AtomicU64>),
}

impl Ids {
    /// Ids that count from 1.
    #[must_use]
    pub fn counting() -> Self {
        Self::Counting(Arc::new(AtomicU64::new(0)))
    }

    /// A new identifier: 48 bits of the moment, 80 bits of chance.
    #[must_use]
    pub fn id<K: Kind>(&self, now: Moment) -> Id<K> {
        let ms = u128::from(u64::try_from(now.ms()).unwrap_or(0) & 0xFFFF_FFFF_FFFF);
        let mut low = [0_u8; 16];
        low[6..].copy_from_slice(&self.bytes::<10>());
        Id::from_number((ms << 80) | u128::from_be_bytes(low))
    }

    /// Unguessable bytes (counted ones in tests).
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        match self {
            Self::System => {
                #[expect(clippy::expect_used, reason = "without randomness nothing here is safe")]
                rand::rngs::OsRng.try_fill_bytes(&mut bytes).expect("the system has randomness");
            }
            Self::Counting(count) => {
                let number = count.fetch_add(1, Ordering::SeqCst).wrapping_add(1).to_be_bytes();
                for (to, from) in bytes.iter_mut().rev().zip(number.iter().rev()) {
                    *to = *from;
                }
            }
        }
        bytes
    }

    /// A secret for an address or a cookie: 256 bits, in letters that stand in a URL.
    #[must_use]
    pub fn token(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

/// What is stored of a token: its SHA-256, so that a stolen database opens no session.
#[must_use]
pub fn token_hash(token: &str) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::ChargeId;

    #[test]
    fn ids_made_later_compare_greater() {
        let early: ChargeId = Ids::System.id(Moment::from_ms(1_000));
        let late: ChargeId = Ids::System.id(Moment::from_ms(1_001));
        assert!(early < late);
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(Ids::System.token(), Ids::System.token());
        assert_eq!(Ids::System.token().len(), 43);
    }
}
