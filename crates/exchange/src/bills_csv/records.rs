//! Splits a text into rows and cells (RFC 4180), strictly. Forgiving readers take a quote in the wrong
//! place for a letter and swallow the rest of the file after one that is not closed; here each is a
//! fault with its line.

use crate::bills_csv::fault_file::FileReason;
use std::borrow::Cow;

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record<'t> {
    /// Where it begins, from 1.
    pub line: u64,
    /// Its cells, without quotes.
    pub cells: Vec<Cow<'t, str>>,
    /// Whether a line end follows. Without one the file may have been cut off.
    pub ended: bool,
}

/// A row that could not be split.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadRecord {
    pub line: u64,
    pub reason: FileReason,
}

/// The rows of a text; blank lines are passed over.
pub(crate) struct Records<'t> {
    rest: &'t str,
    line: u64,
}

/// One cell, and what stood behind it.
struct Cell<'t> {
    value: Cow<'t, str>,
    end: CellEnd,
}

#[derive(PartialEq)]
enum CellEnd {
    Comma,
    Line,
    Text,
}

impl<'t> Records<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self { rest: text, line: 1 }
    }

    fn skip_blank_lines(&mut self) {
        loop {
            let after = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n'));
            let Some(after) = after else { return };
            self.rest = after;
            self.line = self.line.saturating_add(1);
        }
    }

    fn cell(&mut self) -> Result<Cell<'t>, FileReason> {
        match self.rest.strip_prefix('"') {
            Some(inner) => self.quoted_cell(inner),
            None => self.bare_cell(),
        }
    }

    fn bare_cell(&mut self) -> Result<Cell<'t>, FileReason> {
        let length = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let (value, after) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        let end = self.step_over_end(after);
        let value =
            if end == CellEnd::Line { value.strip_suffix('\r').unwrap_or(value) } else { value };
        if value.contains('"') {
            return Err(FileReason::StrayQuote);
        }
        Ok(Cell { value: Cow::Borrowed(value), end })
    }

    fn quoted_cell(&mut self, inner: &'t str) -> Result<Cell<'t>, FileReason> {
        let mut value = Cow::Borrowed("");
        let mut rest = inner;
        loop {
            let Some((piece, after)) = rest.split_once('"') else {
                self.rest = "";
                return Err(FileReason::UnclosedQuote);
            };
            let breaks = piece.bytes().filter(|byte| *byte == b'\n').count();
            self.line = self.line.saturating_add(u64::try_from(breaks).unwrap_or(u64::MAX));
            if value.is_empty() {
                value = Cow::Borrowed(piece);
            } else {
                value.to_mut().push_str(piece);
            }
            match after.strip_prefix('"') {
                Some(further) => {
                    value.to_mut().push('"');
                    rest = further;
                }
                None => {
                    rest = after;
                    break;
                }
            }
        }
        let rest = if rest.starts_with("\r\n") { rest.get(1..).unwrap_or_default() } else { rest };
        if !(rest.is_empty() || rest.starts_with([',', '\n'])) {
            self.rest = rest;
            self.skip_to_next_line();
            return Err(FileReason::StrayQuote);
        }
        let end = self.step_over_end(rest);
        Ok(Cell { value, end })
    }

    fn step_over_end(&mut self, after: &'t str) -> CellEnd {
        if let Some(rest) = after.strip_prefix(',') {
            self.rest = rest;
            return CellEnd::Comma;
        }
        match after.strip_prefix('\n') {
            Some(rest) => {
                self.rest = rest;
                self.line = self.line.saturating_add(1);
                CellEnd::Line
            }
            None => {
                self.rest = "";
                CellEnd::Text
            }
        }
    }

    /// After a row that could not be split, the next line is the best place to go on.
    fn skip_to_next_line(&mut self) {
        match self.rest.split_once('\n') {
            Some((_, rest)) => {
                self.rest = rest;
                self.line = self.line.saturating_add(1);
            }
            None => self.rest = "",
        }
    }
}

impl<'t> Iterator for Records<'t> {
    type Item = Result<Record<'t>, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank_lines();
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let mut cells = Vec::with_capacity(32);
        loop {
            let before = self.line;
            let cell = match self.cell() {
                Ok(cell) => cell,
                Err(reason) => {
                    // A bare cell with a quote may have ended its line already.
                    if reason == FileReason::StrayQuote && self.line == before {
                        self.skip_to_next_line();
                    }
                    return Some(Err(BadRecord { line, reason }));
                }
            };
            cells.push(cell.value);
            match cell.end {
                CellEnd::Comma => {}
                CellEnd::Line => return Some(Ok(Record { line, cells, ended: true })),
                CellEnd::Text => return Some(Ok(Record { line, cells, ended: false })),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Line, cells and whether a line end follows; or line and reason.
    type Split = Result<(u64, Vec<String>, bool), (u64, FileReason)>;

    fn split(text: &str) -> Vec<Split> {
        Records::new(text)
            .map(|record| match record {
                Ok(record) => {
                    let cells = record.cells.into_iter().map(Cow::into_owned).collect();
                    Ok((record.line, cells, record.ended))
                }
                Err(bad) => Err((bad.line, bad.reason)),
            })
            .collect()
    }

    fn row(line: u64, cells: &[&str], ended: bool) -> Split {
        Ok((line, cells.iter().map(|cell| (*cell).to_owned()).collect(), ended))
    }

    #[test]
    fn rows_are_split_with_their_lines() {
        assert_eq!(
            split("a,b\r\n\r\n\"x,\"\"\r\ny\",\n1,\"\"\r\n2,3"),
            [
                row(1, &["a", "b"], true),
                row(3, &["x,\"\r\ny", ""], true),
                row(5, &["1", ""], true),
                row(6, &["2", "3"], false),
            ]
        );
        assert_eq!(split("a\n\"b\""), [row(1, &["a"], true), row(2, &["b"], false)]);
        assert_eq!(split(""), []);
    }

    #[test]
    fn quotes_in_the_wrong_place_cost_their_row_only() {
        assert_eq!(
            split("a\"b,c\n\"a\"b,c\nx,y\"\nd,e\n"),
            [
                Err((1, FileReason::StrayQuote)),
                Err((2, FileReason::StrayQuote)),
                Err((3, FileReason::StrayQuote)),
                row(4, &["d", "e"], true),
            ]
        );
        assert_eq!(
            split("a\n\"b,c\nd,e\n"),
            [row(1, &["a"], true), Err((2, FileReason::UnclosedQuote))]
        );
    }

    proptest! {
        /// The library that everybody uses writes it, and we read the same cells.
        #[test]
        fn what_another_writer_writes_is_read(rows in prop::collection::vec(prop::collection::vec("[a-z\",\r\n あ]{0,6}", 2..5), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> = split(&text).into_iter().map(|record| record.unwrap().1).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn lines_never_run_backwards_and_nothing_panics(text in "[a\",\r\n]{0,40}") {
            let mut last = 0;
            for record in Records::new(&text) {
                let line = match record { Ok(record) => record.line, Err(bad) => bad.line };
                prop_assert!(line > last, "{line} after {last}");
                last = line;
            }
        }
    }
}
