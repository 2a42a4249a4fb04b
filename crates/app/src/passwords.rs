//! Password hashing: Argon2id as OWASP asks for (S-07), off the runtime's threads, a few at a time.

use crate::AppError;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::mail_address::MailAddress;
use domain::patient::{BirthDate, PatientNumber, Phone};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// The hash of a password that nobody has, for user IDs that nobody has: looking it up takes the
/// time that a real one takes (S-09).
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What a password turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not this one.
    Wrong,
    /// The right one.
    Right,
    /// The right one, but its hash was made with less than today's cost: hash it anew.
    RightButOld,
}

/// Computes hashes; each takes 19 MiB, so only so many at once.
#[derive(Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
}

impl Passwords {
    /// So many at once.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_once.max(1))) }
    }

    /// Hashes a password, exactly as it is, to the text that is kept.
    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, AppError> {
        let password = password.to_owned();
        self.aside("hash a password", move || {
            let hash: Result<PasswordHash, _> =
                hasher()?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| inconsistent(&error))
    }

    /// Compares a password with the text that was kept; `None`: the user ID is nobody's, and the
    /// verdict is [`Verdict::Wrong`] after the same work.
    pub async fn verify(&self, password: &str, kept: Option<&str>) -> Result<Verdict, AppError> {
        let password = password.to_owned();
        let (kept, somebodys) = (kept.unwrap_or(NOBODYS).to_owned(), kept.is_some());
        let verdict = self.aside("compare a password", move || verdict(&password, &kept)).await?;
        let verdict = verdict.map_err(|error| inconsistent(&error))?;
        Ok(if somebodys { verdict } else { Verdict::Wrong })
    }

    async fn aside<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let died = |_gone| AppError::TaskDied { doing };
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(died)?;
        // The permit goes along: a caller that goes away must not let more than so many run.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        task.await.map_err(|_panicked| AppError::TaskDied { doing })
    }
}

/// What a password must not contain.
pub(crate) fn personal(
    mail: &MailAddress,
    born: Option<BirthDate>,
    phone: Option<&Phone>,
    number: Option<&PatientNumber>,
) -> Vec<String> {
    let mut texts = vec![mail.local().to_owned()];
    if let Some(BirthDate(day)) = born {
        let text = day.to_string();
        texts.push(text.replace('-', ""));
        texts.push(text);
    }
    texts.extend(phone.map(|phone| phone.as_str().to_owned()));
    texts.extend(number.map(|number| number.as_str().trim_start_matches('0').to_owned()));
    texts
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn verdict(password: &str, kept: &str) -> Result<Verdict, HashError> {
    let hash = PasswordHash::new(kept).map_err(|_shape| HashError::EncodingInvalid)?;
    match hasher()?.verify_password(password.as_bytes(), &hash) {
        Ok(()) if is_old(&hash) => Ok(Verdict::RightButOld),
        Ok(()) => Ok(Verdict::Right),
        Err(HashError::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(other) => Err(other),
    }
}

fn is_old(hash: &PasswordHash) -> bool {
    let cost = Params::try_from(hash).map(|p| (p.m_cost(), p.t_cost(), p.p_cost()));
    hash.algorithm.as_str() != "argon2id" || hash.version != Some(19) || cost != Ok(COST)
}

fn inconsistent(error: &HashError) -> AppError {
    AppError::Inconsistent { what: format!("a password's hash: {error}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S-07: at least 19 MiB and two passes.
    #[tokio::test]
    async fn a_hash_says_how_it_was_made() {
        let kept = Passwords::new(1).hash("umi to yama", [3; 16]).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(!is_old(&PasswordHash::new(&kept).unwrap()));
    }

    #[tokio::test]
    async fn q19_q20_a_password_is_compared_exactly_as_typed() {
        let passwords = Passwords::new(1);
        let kept = passwords.hash(" Umi to Yama", [3; 16]).await.unwrap();
        for (typed, verdict) in [
            (" Umi to Yama", Verdict::Right),
            ("Umi to Yama", Verdict::Wrong),
            (" umi to yama", Verdict::Wrong),
            (" Umi to Yama ", Verdict::Wrong),
        ] {
            assert_eq!(passwords.verify(typed, Some(&kept)).await.unwrap(), verdict, "{typed:?}");
        }
    }

    #[tokio::test]
    async fn a_cheaper_hash_of_old_is_seen() {
        let params = Params::new(8_192, 1, 1, None).unwrap();
        let cheap: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"umi to yama", &[1; 16])
            .unwrap();
        let verdict =
            Passwords::new(1).verify("umi to yama", Some(&cheap.to_string())).await.unwrap();
        assert_eq!(verdict, Verdict::RightButOld);
    }

    /// Else an unknown user ID would be told apart by the time that its refusal takes (S-09).
    #[tokio::test]
    async fn nobodys_hash_costs_what_a_real_one_costs() {
        assert!(!is_old(&PasswordHash::new(NOBODYS).unwrap()));
        assert_eq!(Passwords::new(1).verify("x", None).await.unwrap(), Verdict::Wrong);
    }
}
