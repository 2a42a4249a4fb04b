//! What people type, brought into one form: widths, blanks, kana.

/// Folds full-width letters, digits and signs to half-width, half-width katakana to full-width,
/// and the ideographic blank to a plain one. Everything else stays as typed.
#[must_use]
pub fn fold_width(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{FF01}'..='\u{FF5E}' => {
                let half = u32::from(letter).saturating_sub(0xFEE0);
                folded.extend(char::from_u32(half));
            }
            '\u{3000}' | '\u{00A0}' => folded.push(' '),
            '\u{FF61}'..='\u{FF9F}' => {
                let mark = letters.peek().copied();
                let (full, took_mark) = full_width_kana(letter, mark);
                folded.push(full);
                if took_mark {
                    letters.next();
                }
            }
            _ => folded.push(letter),
        }
    }
    folded
}

/// Cuts blanks of every kind, and characters that cannot be seen, from both ends.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Whether the text begins or ends with a blank or with something that cannot be seen: what a copy
/// and paste or an input suggestion leaves behind (FAQ Q20).
#[must_use]
pub fn has_edge_blanks(text: &str) -> bool {
    trim(text).len() != text.len()
}

/// Hiragana to katakana; the rest stays.
#[must_use]
pub fn to_katakana(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{3041}'..='\u{3096}' => {
                char::from_u32(u32::from(letter).saturating_add(0x60)).unwrap_or(letter)
            }
            _ => letter,
        })
        .collect()
}

/// One blank where there were several, none at the ends.
#[must_use]
pub fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text holds something that no name or address has: control characters, line breaks,
/// characters that reorder or hide text.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.chars().any(|c| {
        c.is_control()
            || is_invisible(c)
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    })
}

/// How many letters must be added, taken away, changed or swapped with their neighbour to make one word
/// of the other: for "did you mean".
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, letter_a) in a.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        for (j, letter_b) in b.iter().enumerate() {
            let change = at(&last, j).saturating_add(usize::from(letter_a != letter_b));
            let gap = at(&last, j.saturating_add(1)).min(at(&row, j)).saturating_add(1);
            let swapped = i > 0
                && j > 0
                && Some(letter_a) == b.get(j.saturating_sub(1))
                && Some(letter_b) == a.get(i.saturating_sub(1));
            let swap = if swapped {
                at(&before_last, j.saturating_sub(1)).saturating_add(1)
            } else {
                usize::MAX
            };
            row.push(change.min(gap).min(swap));
        }
        before_last = last;
        last = row;
    }
    last.last().copied().unwrap_or_default()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

fn full_width_kana(half: char, mark: Option<char>) -> (char, bool) {
    const FULL: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";
    let index = u32::from(half).saturating_sub(0xFF61);
    let full =
        usize::try_from(index).ok().and_then(|index| FULL.chars().nth(index)).unwrap_or(half);
    let shifted = |by: u32| char::from_u32(u32::from(full).saturating_add(by)).unwrap_or(full);
    match (full, mark) {
        ('ウ', Some('\u{FF9E}')) => ('ヴ', true),
        ('カ'..='ト', Some('\u{FF9E}')) if full != 'ッ' => (shifted(1), true),
        ('ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', Some('\u{FF9E}')) => (shifted(1), true),
        ('ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', Some('\u{FF9F}')) => (shifted(2), true),
        _ => (full, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_folded() {
        assert_eq!(fold_width("Ａｂ１２－＠"), "Ab12-@");
        assert_eq!(fold_width("ﾔﾏﾀﾞ　ﾊﾟﾄ"), "ヤマダ パト");
        assert_eq!(fold_width("ｳﾞ"), "ヴ");
        assert_eq!(fold_width("髙橋 𠮷野"), "髙橋 𠮷野");
    }

    #[test]
    fn q20_blanks_at_the_ends_are_seen() {
        assert!(has_edge_blanks(" abc"));
        assert!(has_edge_blanks("abc\u{3000}"));
        assert!(has_edge_blanks("abc\u{200B}"));
        assert!(!has_edge_blanks("a b c"));
        assert_eq!(trim("\u{3000} abc\t\n"), "abc");
    }

    #[test]
    fn distances_count_letters_and_swaps() {
        for (a, b, apart) in
            [("kitten", "sitting", 3), ("gmial", "gmail", 1), ("", "ab", 2), ("同じ", "同じ", 0)]
        {
            assert_eq!(distance(a, b), apart, "{a} {b}");
        }
    }

    #[test]
    fn text_that_hides_itself_is_seen() {
        assert!(has_control("山田\r\nBcc: x"));
        assert!(has_control("山\u{202E}田"));
        assert!(!has_control("山田　太郎"));
    }
}
