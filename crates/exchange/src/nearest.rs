//! The known word that looks most like a misspelt one, for "did you mean".

use domain::text::distance;

/// The nearest of some words, when it is near enough to be worth saying: at most two in five of
/// its letters differ.
pub(crate) fn nearest<'w>(found: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let found = found.trim().to_lowercase().replace([' ', '-'], "_");
    // A long cell is no misspelt name, and comparing it would take long.
    if found.is_empty() || found.chars().count() > 60 {
        return None;
    }
    words
        .map(|word| (distance(&found, word), word))
        .min()
        .filter(|(distance, word)| {
            distance.saturating_mul(5) <= word.chars().count().saturating_mul(2)
        })
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_finds_none() {
        let words = ["amount_due", "amount_received", "state"];
        for (found, expected) in [
            ("amount_deu", Some("amount_due")),
            ("Amount Due", Some("amount_due")),
            ("amount-recieved", Some("amount_received")),
            ("stat", Some("state")),
            ("due", None),
            ("金額", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, words.into_iter()), expected, "{found}");
        }
    }
}
