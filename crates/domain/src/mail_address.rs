//! Mail addresses as people in Japan have them: old carrier forms are taken, typing errors in known
//! domains are asked about, nothing is corrected silently (`domain.md` 7).

use crate::text;
use std::fmt;

/// A mail address that can be written to.
///
/// The domain is in lower case; the local part is kept as typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MailAddress {
    local: String,
    domain: String,
}

/// Why a text is no mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailAddressFault {
    /// Nothing was typed.
    #[error("no mail address was given")]
    Missing,
    /// There is no `@`, or more than one.
    #[error("a mail address has one @")]
    NoAt,
    /// A character that no address has, such as a blank inside.
    #[error("the mail address has a character that cannot stand in one")]
    BadCharacter,
    /// The part behind the `@` is no domain.
    #[error("the part behind the @ is not a domain")]
    BadDomain,
    /// Over 254 characters, or over 64 before the `@`.
    #[error("the mail address is too long")]
    TooLong,
}

impl MailAddress {
    /// Reads what was typed: blanks around it are cut and full-width characters folded.
    pub fn parse(typed: &str) -> Result<Self, MailAddressFault> {
        let folded = text::fold_width(typed);
        let address = text::trim(&folded);
        if address.is_empty() {
            return Err(MailAddressFault::Missing);
        }
        if address.len() > 254 {
            return Err(MailAddressFault::TooLong);
        }
        let (local, domain) = address.split_once('@').ok_or(MailAddressFault::NoAt)?;
        if local.is_empty() || domain.contains('@') {
            return Err(MailAddressFault::NoAt);
        }
        if local.len() > 64 {
            return Err(MailAddressFault::TooLong);
        }
        let local_ok = local
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b));
        if !local_ok {
            return Err(MailAddressFault::BadCharacter);
        }
        let domain = domain.to_ascii_lowercase();
        if !is_domain(&domain) {
            return Err(MailAddressFault::BadDomain);
        }
        Ok(Self { local: local.to_owned(), domain })
    }

    /// The part behind the `@`, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The part before the `@`, as typed.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Whether it is one of the old carrier addresses with `..`, or a dot at either end of the local
    /// part: many mail systems cannot write to it, so the visitor is warned (`domain.md` 7.1).
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        self.local.contains("..") || self.local.starts_with('.') || self.local.ends_with('.')
    }

    /// As written in SMTP and in headers: a legacy local part is quoted.
    #[must_use]
    pub fn for_smtp(&self) -> String {
        if self.is_legacy() {
            format!("\"{}\"@{}", self.local, self.domain)
        } else {
            self.to_string()
        }
    }

    /// The form that blind indexes compare: all in lower case, since no mailbox in use here tells
    /// `Taro@` from `taro@`.
    #[must_use]
    pub fn for_lookup(&self) -> String {
        format!("{}@{}", self.local.to_ascii_lowercase(), self.domain)
    }

    /// A likely intended address where the domain looks mistyped. It is shown as a question.
    #[must_use]
    pub fn suggestion(&self) -> Option<Self> {
        suggested_domain(&self.domain)
            .map(|domain| Self { local: self.local.clone(), domain: domain.to_owned() })
    }
}

/// As typed, without quotes.
impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

fn is_domain(domain: &str) -> bool {
    let mut labels = 0_u32;
    let ok = domain.split('.').all(|label| {
        labels = labels.saturating_add(1);
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let last_is_letters = domain
        .rsplit('.')
        .next()
        .is_some_and(|label| label.bytes().any(|b| b.is_ascii_alphabetic()));
    ok && labels >= 2 && last_is_letters
}

/// Domains that patients of Japanese hospitals write from (`domain.md` 7.3).
const KNOWN: &[&str] = &[
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "t.vodafone.ne.jp",
    "c.vodafone.ne.jp",
    "d.vodafone.ne.jp",
    "h.vodafone.ne.jp",
    "k.vodafone.ne.jp",
    "n.vodafone.ne.jp",
    "q.vodafone.ne.jp",
    "r.vodafone.ne.jp",
    "s.vodafone.ne.jp",
    "disney.ne.jp",
    "ymobile.ne.jp",
    "y-mobile.ne.jp",
    "yahoo.ne.jp",
    "emnet.ne.jp",
    "willcom.com",
    "pdx.ne.jp",
    "wcm.ne.jp",
    "uqmobile.jp",
    "rakumail.jp",
    "mineo.jp",
    "gmail.com",
    "yahoo.co.jp",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "outlook.jp",
    "outlook.com",
    "hotmail.co.jp",
    "hotmail.com",
    "live.jp",
    "nifty.com",
    "biglobe.ne.jp",
    "plala.or.jp",
    "ocn.ne.jp",
    "so-net.ne.jp",
];

/// Typing errors that are known and farther than two letters from what was meant, or whose nearest
/// neighbour would be the wrong one.
const TYPED: &[(&str, &str)] = &[
    ("gmail.co", "gmail.com"),
    ("gmail.jp", "gmail.com"),
    ("gmail.ne.jp", "gmail.com"),
    ("gmail.co.jp", "gmail.com"),
    ("docomo.co.jp", "docomo.ne.jp"),
    ("docomo.ne", "docomo.ne.jp"),
    ("docomo.jp", "docomo.ne.jp"),
    ("docomo.or.jp", "docomo.ne.jp"),
    ("docomo.com", "docomo.ne.jp"),
    ("ezweb.co.jp", "ezweb.ne.jp"),
    ("ezweb.ne", "ezweb.ne.jp"),
    ("au.co.jp", "au.com"),
    ("au.ne.jp", "au.com"),
    ("au.con", "au.com"),
    ("softbank.co.jp", "softbank.ne.jp"),
    ("softbank.jp", "softbank.ne.jp"),
    ("i.softbank.ne.jp", "i.softbank.jp"),
    ("i.softbank.co.jp", "i.softbank.jp"),
    ("i-softbank.jp", "i.softbank.jp"),
    ("yahoo.jp", "yahoo.co.jp"),
    ("yahoo.ne.co.jp", "yahoo.co.jp"),
    ("yahoo.cojp", "yahoo.co.jp"),
    ("icloud.co", "icloud.com"),
    ("icloud.ne.jp", "icloud.com"),
    ("hotmail.co.jo", "hotmail.co.jp"),
];

fn suggested_domain(domain: &str) -> Option<&'static str> {
    if KNOWN.contains(&domain) {
        return None;
    }
    if let Some((_, meant)) = TYPED.iter().find(|(typed, _)| *typed == domain) {
        return Some(meant);
    }
    // A short domain is two letters away from many others, so it must be nearer to be asked about.
    let reach = if domain.len() < 7 { 1 } else { 2 };
    KNOWN
        .iter()
        .map(|known| (text::distance(domain, known), *known))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(typed: &str) -> Option<String> {
        MailAddress::parse(typed).unwrap().suggestion().map(|address| address.to_string())
    }

    #[test]
    fn an_address_is_read_as_people_type_it() {
        let address = MailAddress::parse(" Ｔaro＠Docomo.ne.jp\u{3000}").unwrap();
        assert_eq!(address.to_string(), "Taro@docomo.ne.jp");
        assert_eq!(address.for_lookup(), "taro@docomo.ne.jp");
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (typed, fault) in [
            ("", MailAddressFault::Missing),
            ("taro", MailAddressFault::NoAt),
            ("@docomo.ne.jp", MailAddressFault::NoAt),
            ("a@b@c.jp", MailAddressFault::NoAt),
            ("ta ro@docomo.ne.jp", MailAddressFault::BadCharacter),
            ("taro@localhost", MailAddressFault::BadDomain),
            ("taro@docomo..jp", MailAddressFault::BadDomain),
            ("taro@192.168.0.1", MailAddressFault::BadDomain),
            ("taro@example.jp\r\nBcc: other@example.jp", MailAddressFault::NoAt),
        ] {
            assert_eq!(MailAddress::parse(typed), Err(fault), "{typed:?}");
        }
    }

    /// `domain.md` 15, statement 23.
    #[test]
    fn old_carrier_addresses_are_taken_and_quoted() {
        let address = MailAddress::parse("abc..def.@docomo.ne.jp").unwrap();
        assert!(address.is_legacy());
        assert_eq!(address.for_smtp(), "\"abc..def.\"@docomo.ne.jp");
    }

    #[test]
    fn a_mistyped_domain_is_asked_about() {
        for (typed, meant) in [
            ("taro@docomo.co.jp", "taro@docomo.ne.jp"),
            ("taro@dokomo.ne.jp", "taro@docomo.ne.jp"),
            ("taro@gmial.com", "taro@gmail.com"),
            ("taro@gmail.co", "taro@gmail.com"),
            ("taro@gmai.com", "taro@gmail.com"),
            ("taro@yaho.co.jp", "taro@yahoo.co.jp"),
            ("taro@ezwed.ne.jp", "taro@ezweb.ne.jp"),
            ("taro@sofbank.ne.jp", "taro@softbank.ne.jp"),
            ("taro@icloud.con", "taro@icloud.com"),
        ] {
            assert_eq!(suggested(typed).as_deref(), Some(meant), "{typed}");
        }
        for fine in ["taro@docomo.ne.jp", "taro@yahoo.ne.jp", "taro@example.ac.jp", "a@au.com"] {
            assert_eq!(suggested(fine), None, "{fine}");
        }
    }
}
