//! What identifies a patient: number, name, kana, birth date, telephone, address. Each is read from
//! what a tired person typed, and refused with a reason that says what to do.

use crate::text;
use crate::time::Day;
use std::fmt;

/// A patient number of one hospital, in that hospital's canonical form: digits or capital letters,
/// padded with zeros on the left to the hospital's length. Text, never a number (`domain.md` 6.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PatientNumber(String);

/// How a hospital writes its patient numbers and what its cards carry (`domain.md` 6.2, 6.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardLayout {
    /// Characters of a number; shorter ones are padded with zeros on the left.
    pub length: usize,
    /// Whether the reader sends NW-7 start and stop letters (`A`-`D`) around the number.
    pub start_stop: bool,
    /// What stands before the number on the card and is no part of it, such as a hospital's prefix.
    pub prefix: String,
}

/// Why a text is no patient number of that hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatientNumberFault {
    /// Nothing was typed or read.
    #[error("no patient number was given")]
    Missing,
    /// A sign that this hospital's numbers do not have.
    #[error("the patient number has a character other than digits")]
    BadCharacter,
    /// Longer than this hospital's numbers: another hospital's card, or a bank card.
    #[error("the patient number is longer than this hospital's numbers")]
    TooLong,
    /// The card does not begin with this hospital's prefix.
    #[error("the card is not one of this hospital")]
    ForeignCard,
}

impl PatientNumber {
    /// Reads a number that a person typed or a file holds: widths folded, blanks and hyphens taken
    /// out, zeros put before it.
    pub fn parse(typed: &str, layout: &CardLayout) -> Result<Self, PatientNumberFault> {
        let folded = text::fold_width(typed);
        let bare: String = folded.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if bare.is_empty() {
            return Err(PatientNumberFault::Missing);
        }
        if !bare.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PatientNumberFault::BadCharacter);
        }
        let significant = bare.trim_start_matches('0');
        if significant.len() > layout.length {
            return Err(PatientNumberFault::TooLong);
        }
        if significant.is_empty() {
            return Err(PatientNumberFault::Missing);
        }
        let zeros = layout.length.saturating_sub(significant.len());
        Ok(Self(format!("{}{significant}", "0".repeat(zeros))))
    }

    /// Reads what a card reader typed: start and stop letters and the hospital's prefix are
    /// stripped first. A number longer than the hospital's is refused and never kept: it may be a
    /// bank card.
    pub fn from_card(read: &str, layout: &CardLayout) -> Result<Self, PatientNumberFault> {
        let folded = text::fold_width(read);
        let mut bare: &str = text::trim(&folded);
        if layout.start_stop {
            bare = bare.trim_matches(|c: char| matches!(c.to_ascii_uppercase(), 'A'..='D'));
        }
        if bare.is_empty() {
            return Err(PatientNumberFault::Missing);
        }
        let number =
            bare.strip_prefix(layout.prefix.as_str()).ok_or(PatientNumberFault::ForeignCard)?;
        if number.chars().filter(|c| c.is_ascii_digit()).count() > layout.length {
            return Err(PatientNumberFault::TooLong);
        }
        Self::parse(number, layout)
    }

    /// Takes a number back from the store.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PatientNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a field about a person was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonFault {
    /// Nothing was typed.
    #[error("nothing was given")]
    Missing,
    /// Longer than the field.
    #[error("the text is too long")]
    TooLong,
    /// Something that this field cannot hold.
    #[error("the text has a character that cannot stand here")]
    BadCharacter,
    /// A date that does not exist, lies ahead, or is over 130 years ago.
    #[error("that is not a birth date")]
    NotABirthDate,
    /// Not ten or eleven digits beginning with 0.
    #[error("that is not a telephone number")]
    NotAPhone,
    /// Not seven digits.
    #[error("that is not a postal code")]
    NotAPostalCode,
}

/// A name as the person writes it, family and given name with one blank between; rare characters
/// (髙, 﨑, 𠮷) are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name of up to 40 characters.
    pub fn parse(typed: &str) -> Result<Self, PersonFault> {
        bounded(typed, 40).map(Self)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name back from the store.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// What a public screen may show: the first letter and circles (`domain.md` K1).
    #[must_use]
    pub fn masked(&self) -> String {
        let mut letters = self.0.chars();
        let first: String = letters.next().into_iter().collect();
        let rest: String = letters.map(|c| if c == ' ' { ' ' } else { '○' }).collect();
        first + &rest
    }
}

/// A name in katakana; hiragana and half-width kana are taken and turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kana(String);

impl Kana {
    /// Reads kana of up to 60 characters.
    pub fn parse(typed: &str) -> Result<Self, PersonFault> {
        let kana = text::to_katakana(&bounded(typed, 60)?);
        let fits = |c: char| matches!(c, '\u{30A1}'..='\u{30FA}' | 'ー' | '・' | ' ');
        if kana.chars().all(fits) { Ok(Self(kana)) } else { Err(PersonFault::BadCharacter) }
    }

    /// The kana as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes kana back from the store.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The form that is compared: without blanks, so that `ヤマダ タロウ` equals `ヤマダタロウ`.
    #[must_use]
    pub fn for_lookup(&self) -> String {
        self.0.chars().filter(|c| *c != ' ').collect()
    }
}

/// A birth date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BirthDate(pub Day);

impl BirthDate {
    /// Reads year, month and day as typed in three fields. The year may be of a Japanese era, as in
    /// `昭和25`, `S25`, `平成元`.
    pub fn parse(year: &str, month: &str, day: &str, today: Day) -> Result<Self, PersonFault> {
        let cleaned = |typed: &str| {
            text::single_blanks(&text::fold_width(typed)).replace([' ', '年', '月', '日'], "")
        };
        let (year, month, day) = (cleaned(year), cleaned(month), cleaned(day));
        if year.is_empty() || month.is_empty() || day.is_empty() {
            return Err(PersonFault::Missing);
        }
        let western = western_year(&year).ok_or(PersonFault::NotABirthDate)?;
        let small =
            |text: &str| text.parse::<i8>().map_err(|_not_a_number| PersonFault::NotABirthDate);
        let date =
            Day::new(western, small(&month)?, small(&day)?).ok_or(PersonFault::NotABirthDate)?;
        let oldest = today.year().saturating_sub(130);
        if date > today || date.year() < oldest {
            return Err(PersonFault::NotABirthDate);
        }
        Ok(Self(date))
    }
}

fn western_year(typed: &str) -> Option<i16> {
    const ERAS: &[(&str, &str, i16)] = &[
        ("令和", "R", 2018),
        ("平成", "H", 1988),
        ("昭和", "S", 1925),
        ("大正", "T", 1911),
        ("明治", "M", 1867),
    ];
    let upper = typed.to_ascii_uppercase();
    for (kanji, letter, before_first) in ERAS {
        let rest = typed.strip_prefix(kanji).or_else(|| upper.strip_prefix(letter));
        if let Some(rest) = rest {
            let year = if rest == "元" { 1 } else { rest.parse::<i16>().ok()? };
            return (1..=64).contains(&year).then(|| before_first.saturating_add(year));
        }
    }
    (typed.len() == 4).then(|| typed.parse().ok()).flatten()
}

/// A telephone number in Japan: ten or eleven digits from 0, kept without hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number with or without hyphens, brackets and blanks; `+81` becomes `0`.
    pub fn parse(typed: &str) -> Result<Self, PersonFault> {
        let folded = text::fold_width(typed);
        let folded = text::trim(&folded);
        if folded.is_empty() {
            return Err(PersonFault::Missing);
        }
        let national =
            folded.strip_prefix("+81").map_or_else(|| folded.to_owned(), |rest| format!("0{rest}"));
        let signs = ['-', '(', ')', ' ', 'ー', '‐', '−', '–'];
        let digits: String = national.chars().filter(|c| !signs.contains(c)).collect();
        let fits = matches!(digits.len(), 10 | 11)
            && digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(digits)) } else { Err(PersonFault::NotAPhone) }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a number back from the store.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// Postal code and address as typed, one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalAddress {
    postal_code: String,
    lines: String,
}

impl PostalAddress {
    /// Reads a seven-digit postal code and an address of up to 120 characters.
    pub fn parse(postal_code: &str, address: &str) -> Result<Self, PersonFault> {
        let folded = text::fold_width(postal_code);
        let digits: String = folded
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | 'ー' | '〒' | '−'))
            .collect();
        if digits.is_empty() {
            return Err(PersonFault::Missing);
        }
        if digits.len() != 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PersonFault::NotAPostalCode);
        }
        Ok(Self { postal_code: digits, lines: bounded(address, 120)? })
    }

    /// Seven digits.
    #[must_use]
    pub fn postal_code(&self) -> &str {
        &self.postal_code
    }

    /// The address behind the postal code.
    #[must_use]
    pub fn lines(&self) -> &str {
        &self.lines
    }

    /// Takes an address back from the store.
    #[must_use]
    pub fn from_stored(postal_code: String, lines: String) -> Self {
        Self { postal_code, lines }
    }
}

/// Who the patient is to the payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The payer is the patient.
    Myself,
    /// A child of the payer.
    Child,
    /// A parent of the payer.
    Parent,
    /// The payer's husband or wife.
    Spouse,
    /// Somebody else whose bills the payer takes on.
    Other,
}

impl Relation {
    /// As stored and as sent by forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Myself => "self",
            Self::Child => "child",
            Self::Parent => "parent",
            Self::Spouse => "spouse",
            Self::Other => "other",
        }
    }

    /// Reads what a form or a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Myself, Self::Child, Self::Parent, Self::Spouse, Self::Other]
            .into_iter()
            .find(|relation| relation.as_str() == text)
    }
}

fn bounded(typed: &str, longest: usize) -> Result<String, PersonFault> {
    let kept = text::single_blanks(&text::fold_width(typed));
    if kept.is_empty() {
        return Err(PersonFault::Missing);
    }
    if text::has_control(&kept) {
        return Err(PersonFault::BadCharacter);
    }
    if kept.chars().count() > longest {
        return Err(PersonFault::TooLong);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eight_digits() -> CardLayout {
        CardLayout { length: 8, start_stop: true, prefix: String::new() }
    }

    /// `domain.md` 15, statement 5.
    #[test]
    fn a_number_is_the_same_however_it_is_typed() {
        for typed in ["１２３４５", " 12345", "012345", "00012345", "0001-2345", "0000000012345"]
        {
            let number = PatientNumber::parse(typed, &eight_digits()).unwrap();
            assert_eq!(number.as_str(), "00012345", "{typed}");
        }
    }

    #[test]
    fn q29_start_and_stop_letters_of_a_card_are_stripped() {
        for read in ["A00012345A", "a00012345b\r\n", " 00012345 ", "Ａ０００１２３４５Ａ"]
        {
            assert_eq!(
                PatientNumber::from_card(read, &eight_digits()).unwrap().as_str(),
                "00012345"
            );
        }
    }

    #[test]
    fn a_foreign_card_never_becomes_a_number_of_ours() {
        let bank = PatientNumber::from_card("4242424242424242", &eight_digits());
        assert_eq!(bank, Err(PatientNumberFault::TooLong));
        let padded = PatientNumber::from_card("0000000000012345", &eight_digits());
        assert_eq!(padded, Err(PatientNumberFault::TooLong), "sixteen digits are no card of ours");
        let prefixed = CardLayout { prefix: "77".to_owned(), ..eight_digits() };
        assert_eq!(
            PatientNumber::from_card("00012345", &prefixed),
            Err(PatientNumberFault::ForeignCard)
        );
        assert_eq!(PatientNumber::from_card("7700012345", &prefixed).unwrap().as_str(), "00012345");
        assert_eq!(
            PatientNumber::from_card("%B4242^X?", &eight_digits()),
            Err(PatientNumberFault::BadCharacter)
        );
    }

    #[test]
    fn names_keep_rare_characters_and_lose_nothing_else() {
        assert_eq!(PersonName::parse(" 髙橋\u{3000}𠮷乃 ").unwrap().as_str(), "髙橋 𠮷乃");
        assert_eq!(PersonName::parse("山田 太郎").unwrap().masked(), "山○ ○○");
        assert_eq!(PersonName::parse("山田\n太郎").unwrap().as_str(), "山田 太郎");
        assert_eq!(PersonName::parse("山田\u{0}"), Err(PersonFault::BadCharacter));
        assert_eq!(PersonName::parse("  "), Err(PersonFault::Missing));
        assert_eq!(Kana::parse("やまだ ﾀﾛｳ").unwrap().as_str(), "ヤマダ タロウ");
        assert_eq!(Kana::parse("山田"), Err(PersonFault::BadCharacter));
    }

    #[test]
    fn birth_dates_are_read_in_both_calendars() {
        let today = Day::parse("2026-11-24").unwrap();
        let born = |y, m, d| BirthDate::parse(y, m, d, today).map(|date| date.0.to_string());
        for year in ["1950", "昭和25", "S25", "昭和 25年", "１９５０"] {
            assert_eq!(born(year, "4", "1").unwrap(), "1950-04-01", "{year}");
        }
        assert_eq!(born("平成元", "1月", "8日").unwrap(), "1989-01-08");
        for (y, m, d) in
            [("2027", "1", "1"), ("1890", "1", "1"), ("1950", "2", "30"), ("50", "1", "1")]
        {
            assert_eq!(born(y, m, d), Err(PersonFault::NotABirthDate), "{y}");
        }
        assert_eq!(born("", "1", "1"), Err(PersonFault::Missing));
    }

    #[test]
    fn telephones_and_postal_codes_are_read() {
        for typed in
            ["090-1234-5678", "０９０ー１２３４ー５６７８", "+81 90 1234 5678", "(090)12345678"]
        {
            assert_eq!(Phone::parse(typed).unwrap().as_str(), "09012345678", "{typed}");
        }
        assert_eq!(Phone::parse("12345"), Err(PersonFault::NotAPhone));
        let address = PostalAddress::parse("〒700-8557", "岡山市北区表町 1-2-3").unwrap();
        assert_eq!((address.postal_code(), address.lines()), ("7008557", "岡山市北区表町 1-2-3"));
        assert_eq!(PostalAddress::parse("70085", "x"), Err(PersonFault::NotAPostalCode));
    }
}
