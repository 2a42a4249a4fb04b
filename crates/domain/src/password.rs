//! What a password must be. It is compared exactly as typed and never altered (FAQ Q17, Q19, Q20).

use crate::text;

/// Shortest and longest password, in characters. The upper end keeps hashing bounded.
pub const LENGTH: (usize, usize) = (8, 128);

/// Why a password is not taken. No rule of composition: length and guessing are what counts (S-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Nothing was typed.
    Missing,
    /// Under eight characters.
    TooShort,
    /// Over 128 characters.
    TooLong,
    /// Among the passwords that everybody tries first.
    TooCommon,
    /// It holds the mail address, the telephone number, the patient number or the birth date.
    TooPersonal,
    /// The two fields differ.
    RepeatedDifferently,
}

/// Checks a new password. `personal` holds texts that it must not contain (at least four characters
/// each; shorter ones are passed over).
#[must_use]
pub fn fault_in(password: &str, repeated: &str, personal: &[&str]) -> Option<PasswordFault> {
    let length = password.chars().count();
    if length == 0 {
        return Some(PasswordFault::Missing);
    }
    if length < LENGTH.0 {
        return Some(PasswordFault::TooShort);
    }
    if length > LENGTH.1 {
        return Some(PasswordFault::TooLong);
    }
    let lower = text::fold_width(password).to_lowercase();
    if is_common(&lower) {
        return Some(PasswordFault::TooCommon);
    }
    let holds = |part: &&str| part.chars().count() >= 4 && lower.contains(&part.to_lowercase());
    if personal.iter().any(holds) {
        return Some(PasswordFault::TooPersonal);
    }
    (password != repeated).then_some(PasswordFault::RepeatedDifferently)
}

fn is_common(lower: &str) -> bool {
    const COMMON: &[&str] = &[
        "password",
        "passw0rd",
        "qwertyui",
        "qwerty12",
        "qwerty123",
        "qwertyuiop",
        "asdfghjk",
        "asdfghjkl",
        "zxcvbnm1",
        "iloveyou",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "trustno1",
        "welcome1",
        "admin123",
        "letmein1",
        "1q2w3e4r",
        "1qaz2wsx",
        "zaq12wsx",
        "q1w2e3r4",
        "abcd1234",
        "abc12345",
        "sakura00",
        "hospital",
        "okayama1",
        "doraemon",
        "pokemon1",
        "arashi00",
        "aaaaaaa1",
        "password1",
        "password123",
        "p@ssw0rd",
    ];
    let mut letters = lower.chars();
    let first = letters.next();
    let one_letter = letters.all(|letter| Some(letter) == first);
    let codes: Vec<u32> = lower.chars().map(u32::from).collect();
    let runs = |step: fn(u32) -> Option<u32>| {
        codes.iter().zip(codes.iter().skip(1)).all(|(a, b)| step(*a) == Some(*b))
    };
    one_letter
        || runs(|c| c.checked_add(1))
        || runs(|c| c.checked_sub(1))
        || COMMON.contains(&lower)
        || lower == "1234567890"
        || lower == "12345678910"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q17_a_password_of_ones_own_choice_is_taken() {
        for fine in ["umi to yama", "ももたろう３４５６", "  spaced out  ", "xk29dlwe"] {
            assert_eq!(fault_in(fine, fine, &["taro", "09012345678"]), None, "{fine}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for (password, fault) in [
            ("", PasswordFault::Missing),
            ("short12", PasswordFault::TooShort),
            ("password", PasswordFault::TooCommon),
            ("12345678", PasswordFault::TooCommon),
            ("87654321", PasswordFault::TooCommon),
            ("aaaaaaaaaa", PasswordFault::TooCommon),
            ("Qwerty123", PasswordFault::TooCommon),
            ("taro-19500401", PasswordFault::TooPersonal),
        ] {
            assert_eq!(fault_in(password, password, &["19500401"]), Some(fault), "{password}");
        }
        let long = "あ".repeat(129);
        assert_eq!(fault_in(&long, &long, &[]), Some(PasswordFault::TooLong));
    }

    #[test]
    fn the_repetition_is_compared_exactly() {
        let fault = fault_in("umi to yama", "umi to yama ", &[]);
        assert_eq!(fault, Some(PasswordFault::RepeatedDifferently));
    }
}
