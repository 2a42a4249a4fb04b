//! Groups of hospitals that share registrations, and their hospitals.

use std::fmt;

/// Why a text is no slug or code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a code of 2 to 32 small letters, digits and hyphens that begins with a letter"
)]
pub struct NotACode(pub String);

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Reads a code: 2 to 32 small letters, digits and hyphens, a letter first.
            pub fn parse(text: &str) -> Result<Self, NotACode> {
                if is_code(text) { Ok(Self(text.to_owned())) } else { Err(NotACode(text.to_owned())) }
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// A group's name in addresses: the first path segment of every patient URL (`okayama`).
    GroupSlug
}
code! {
    /// A hospital's name in addresses, files and commands (`shimin`). Unique over all groups.
    HospitalCode
}

fn is_code(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
}

/// First path segments that belong to the system and can be no group.
pub const RESERVED_SLUGS: &[&str] = &[
    "machine", "desk", "api", "webhooks", "healthz", "readyz", "metrics", "demo", "assets",
    "admin", "help", "static", "favicon",
];

/// Hospitals that share registrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// In addresses.
    pub slug: GroupSlug,
    /// As patients read it.
    pub name: String,
    /// The domain that mails come from and that patients must allow (FAQ Q11), without `@`.
    pub sender_domain: String,
    /// Version of the terms that a registration agrees to.
    pub terms_version: String,
}

/// One hospital of a group. Receipts and statements are its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hospital {
    /// In addresses, files and commands.
    pub code: HospitalCode,
    /// The group that it belongs to.
    pub group: GroupSlug,
    /// As patients read it and as printed on receipts.
    pub name: String,
    /// Ten-digit institution code (医療機関コード).
    pub institution_code: String,
    /// Seven digits.
    pub postal_code: String,
    /// One line.
    pub address: String,
    /// As printed, with hyphens.
    pub phone: String,
    /// When the telephone is answered, as printed: `平日 8:30〜17:00`.
    pub phone_hours: String,
    /// Number of a registered issuer of qualified invoices (`T` and 13 digits), where there is one.
    pub invoice_registration_number: Option<String>,
}

/// Checks an institution code by its check digit (Luhn over ten digits, `domain.md` 6.1). A wrong one
/// is a warning, since published samples fail it too.
#[must_use]
pub fn institution_code_checks(code: &str) -> bool {
    if code.len() != 10 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum = code.bytes().rev().enumerate().fold(0_u32, |sum, (index, byte)| {
        let digit = u32::from(byte.saturating_sub(b'0'));
        let weighted = if index.is_multiple_of(2) { digit } else { digit.saturating_mul(2) };
        let folded = if weighted > 9 { weighted.saturating_sub(9) } else { weighted };
        sum.saturating_add(folded)
    });
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_small_letters_digits_and_hyphens() {
        assert!(GroupSlug::parse("okayama").is_ok());
        for bad in ["", "a", "Okayama", "1st", "a/b", "a b", "../x", "岡山"] {
            assert!(GroupSlug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn institution_codes_are_checked() {
        for good in ["0110113719", "3319900019", "3319900027"] {
            assert!(institution_code_checks(good), "{good}");
        }
        for bad in ["1311234567", "331990001", "33199000१9"] {
            assert!(!institution_code_checks(bad), "{bad}");
        }
    }
}
