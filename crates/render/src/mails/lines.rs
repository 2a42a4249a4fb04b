//! Folding of plain text at about 30 full-width characters, where Japanese may be broken.

/// Columns of a line; a full-width character has two.
const COLUMNS: usize = 62;

/// Folds each line that is too long, and leaves one empty line where there were several. A line with
/// an address is left whole, or the link would break.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut after_empty = false;
    for line in text.trim().lines() {
        let line = line.trim_end();
        if line.is_empty() && after_empty {
            continue;
        }
        after_empty = line.is_empty();
        if line.contains("://") {
            folded.push_str(line);
        } else {
            fold_line(line, &mut folded);
        }
        folded.push('\n');
    }
    folded
}

fn fold_line(line: &str, folded: &mut String) {
    let indent = if line.starts_with('・') { "　" } else { "" };
    let mut rest = line;
    let mut room = COLUMNS;
    while columns(rest) > room {
        let Some((now, later)) = break_at(rest, room).and_then(|at| rest.split_at_checked(at))
        else {
            break;
        };
        folded.push_str(now.trim_end());
        folded.push('\n');
        folded.push_str(indent);
        rest = later.trim_start();
        room = COLUMNS.saturating_sub(columns(indent));
    }
    folded.push_str(rest);
}

/// The byte at which the line is broken: in its second half after a comma or full stop, or else
/// before a new phrase, or else at the last place where Japanese allows it. A run of ASCII is never
/// cut.
fn break_at(line: &str, room: usize) -> Option<usize> {
    let (mut anywhere, mut phrase, mut mark) = (None, None, None);
    let mut used = 0_usize;
    let mut letters = line.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |(_, next)| *next);
        let in_second_half = used > room.div_euclid(2);
        if used > room {
            break;
        }
        if at > 0 && may_break(before, letter) {
            anywhere = Some(at);
            if in_second_half && "、。".contains(before) {
                mark = Some(at);
            }
            if in_second_half && begins_phrase(before, letter, next) {
                phrase = Some(at);
            }
        }
        used = used.saturating_add(width(letter));
        before = letter;
    }
    mark.or(phrase).or(anywhere)
}

/// Whether a line may end between two letters (kinsoku, in its plain form).
fn may_break(before: char, letter: char) -> bool {
    let within_word = letter.is_ascii_graphic() && before.is_ascii_graphic();
    !within_word
        && !"、。，．）」』】)ー々っゃゅょ・:".contains(letter)
        && !"（「『【(・".contains(before)
}

/// Whether a new phrase likely begins here: a word after its neighbour's particle. `お` and `ご`
/// stay with the word that they belong to.
fn begins_phrase(before: char, letter: char, next: char) -> bool {
    if !is_hiragana(before) || "おご".contains(before) {
        return false;
    }
    !is_hiragana(letter) || ("おご".contains(letter) && !is_hiragana(next))
}

fn is_hiragana(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{3096}')
}

fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

fn width(letter: char) -> usize {
    if letter.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_where_japanese_allows_it() {
        let folded = fold(
            "次のページから、ユーザーIDとパスワードでログインしてください。ユーザーIDは、登録完了メールの英数字です。",
        );
        assert_eq!(
            folded,
            "次のページから、ユーザーIDとパスワードでログインしてください。\nユーザーIDは、登録完了メールの英数字です。\n"
        );
        let folded = fold("・このメールでカード番号やパスワードをお尋ねすることはありません。");
        assert_eq!(
            folded,
            "・このメールでカード番号やパスワードを\n　お尋ねすることはありません。\n"
        );
    }

    #[test]
    fn an_address_and_a_word_are_never_cut() {
        let url = format!("https://s7.medicalpay.jp/okayama/new/{}", "0123456789".repeat(6));
        assert_eq!(fold(&url), format!("{url}\n"));
        let word = "a".repeat(80);
        assert_eq!(fold(&word), format!("{word}\n"));
    }

    #[test]
    fn one_empty_line_is_enough() {
        assert_eq!(fold("\n一\n\n\n\n二\n"), "一\n\n二\n");
    }
}
