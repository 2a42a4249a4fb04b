//! The two encodings that hospital systems write, told apart strictly: nothing is guessed into being
//! readable.

use crate::bills_csv::fault::FileFaults;
use crate::bills_csv::fault_file::FileReason;
use encoding_rs::{DecoderResult, SHIFT_JIS};
use std::borrow::Cow;

/// How a file is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark, which spreadsheets want.
    Utf8WithBom,
    /// Shift_JIS as Windows knows it.
    Cp932,
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A file as text, and what it was encoded in.
#[derive(Debug)]
pub(crate) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    pub charset: Charset,
}

/// Turns bytes into text. What is valid UTF-8 is UTF-8; else it must be CP932 to the last byte.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, FileFaults> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(FileFaults::one(None, FileReason::Utf16));
    }
    let (bare, with_bom) = match bytes.strip_prefix(BOM) {
        Some(bare) => (bare, true),
        None => (bytes, false),
    };
    let valid_to = match std::str::from_utf8(bare) {
        Ok(text) => {
            let charset = if with_bom { Charset::Utf8WithBom } else { Charset::Utf8 };
            return Ok(Decoded { text: Cow::Borrowed(text), charset });
        }
        Err(error) => error.valid_up_to(),
    };
    if with_bom {
        return Err(broken(bytes, valid_to.saturating_add(BOM.len()), "UTF-8"));
    }
    // A UTF-8 file with one broken byte often decodes as CP932 too, into rubbish. Japanese before the
    // break tells: in CP932 the first Japanese letter is hardly ever valid UTF-8.
    let before = bare.get(..valid_to).unwrap_or_default();
    if std::str::from_utf8(before).is_ok_and(|text| text.chars().any(is_japanese)) {
        return Err(broken(bytes, valid_to, "UTF-8"));
    }
    match decode_cp932(bare) {
        Ok(text) => Ok(Decoded { text: Cow::Owned(text), charset: Charset::Cp932 }),
        Err(at) => Err(broken(bytes, at, "Shift_JIS (CP932)")),
    }
}

/// Turns text into bytes; `None` where the text has a character that the encoding lacks.
pub(crate) fn encode(text: &str, charset: Charset) -> Option<Vec<u8>> {
    match charset {
        Charset::Utf8 => Some(text.as_bytes().to_vec()),
        Charset::Utf8WithBom => Some([BOM, text.as_bytes()].concat()),
        Charset::Cp932 => {
            let (bytes, _, had_unmappable) = SHIFT_JIS.encode(text);
            // The encoder turns a few signs (¥, ‾, −) into others without a word; those are no round trip.
            let same = !had_unmappable && decode_cp932(&bytes).is_ok_and(|back| back == text);
            same.then(|| bytes.into_owned())
        }
    }
}

/// The text, or the index of the first byte that cannot stand where it does.
fn decode_cp932(bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let longest = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(longest.unwrap_or_default());
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::OutputFull => Err(read),
        DecoderResult::Malformed(length, after) => {
            let behind = usize::from(length).saturating_add(usize::from(after));
            Err(read.saturating_sub(behind))
        }
    }
}

fn is_japanese(letter: char) -> bool {
    matches!(letter, '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

fn broken(bytes: &[u8], at: usize, charset: &'static str) -> FileFaults {
    let before = bytes.get(..at).unwrap_or(bytes);
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let line = u64::try_from(lines).unwrap_or(u64::MAX).saturating_add(1);
    FileFaults::one(Some(line), FileReason::BrokenEncoding { charset, byte: at.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads_as(bytes: &[u8]) -> (String, Charset) {
        let decoded = decode(bytes).unwrap();
        (decoded.text.into_owned(), decoded.charset)
    }

    #[test]
    fn both_encodings_are_told_apart() {
        let cp932 = encode("髙﨑①内科ﾅｲｶ～", Charset::Cp932).unwrap();
        assert_eq!(reads_as(&cp932), ("髙﨑①内科ﾅｲｶ～".to_owned(), Charset::Cp932));
        assert_eq!(reads_as("𠮷内科".as_bytes()), ("𠮷内科".to_owned(), Charset::Utf8));
        assert_eq!(reads_as(b"\xEF\xBB\xBFabc"), ("abc".to_owned(), Charset::Utf8WithBom));
    }

    #[test]
    fn what_cp932_lacks_is_not_written() {
        for text in ["𠮷", "¥", "−", "〜", "𩸽"] {
            assert_eq!(encode(text, Charset::Cp932), None, "{text}");
        }
    }

    /// Mutation: without the look at the Japanese before the break, the file is taken as CP932 rubbish.
    #[test]
    fn a_broken_byte_is_named_with_its_line() {
        let broken_utf8 = [b"a\n\xE5\x86\x85".as_slice(), b"\n\xFF\n"].concat();
        let fault = decode(&broken_utf8).unwrap_err().faults.remove(0);
        assert_eq!(fault.line, Some(3));
        assert_eq!(fault.reason, FileReason::BrokenEncoding { charset: "UTF-8", byte: 7 }.into());

        let broken_cp932 = b"a\n\x93\xE0\x89\xC8\n\xA0\n";
        let fault = decode(broken_cp932).unwrap_err().faults.remove(0);
        assert_eq!(fault.line, Some(3));
        assert_eq!(
            fault.reason,
            FileReason::BrokenEncoding { charset: "Shift_JIS (CP932)", byte: 8 }.into()
        );

        let half = encode("内科に来院", Charset::Utf8).unwrap();
        let mut flipped = half;
        flipped[8] = b'\xE3';
        assert!(decode(&flipped).is_err(), "rubbish is not taken for CP932");
    }
}
