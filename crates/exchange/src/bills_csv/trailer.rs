//! The trailer row, which tells a whole file from a cut-off one.

use crate::bills_csv::column::TRAILER_MARK;
use crate::bills_csv::fault_file::FileReason;
use crate::bills_csv::records::Record;

/// What the trailer states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trailer {
    pub count: u64,
    pub total: i64,
}

/// Whether a row means to be a trailer. No hospital code begins with `#`.
pub(crate) fn looks_like_trailer(record: &Record<'_>) -> bool {
    record.cells.first().is_some_and(|cell| cell.trim().starts_with('#'))
}

impl Trailer {
    /// Reads `#trailer,2000,18340210`; blank cells behind, which spreadsheets add, are passed over.
    pub(crate) fn read(record: &Record<'_>) -> Result<Self, FileReason> {
        let cells: Vec<&str> = record.cells.iter().map(|cell| cell.trim()).collect();
        let [mark, count, total, padding @ ..] = cells.as_slice() else {
            return Err(FileReason::BadTrailer);
        };
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let whole = *mark == TRAILER_MARK
            && plain(count)
            && plain(total)
            && padding.iter().all(|cell| cell.is_empty());
        match (count.parse(), total.parse()) {
            (Ok(count), Ok(total)) if whole => Ok(Self { count, total }),
            _ => Err(FileReason::BadTrailer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Trailer, FileReason> {
        let record = crate::bills_csv::records::Records::new(text).next().unwrap().unwrap();
        assert!(looks_like_trailer(&record));
        Trailer::read(&record)
    }

    #[test]
    fn a_trailer_has_one_form() {
        assert_eq!(read("#trailer,2,4630"), Ok(Trailer { count: 2, total: 4_630 }));
        assert_eq!(read("#trailer,2,4630,,,"), Ok(Trailer { count: 2, total: 4_630 }));
        for bad in [
            "#trailer",
            "#trailer,2",
            "#trailer,,",
            "#Trailer,2,4630",
            "#total,2,4630",
            "#trailer,-2,4630",
            "#trailer,2,4630.0",
            "#trailer,2,\"4,630\"",
            "#trailer,2,4630,x",
            "#trailer,+2,4630",
            "#trailer,2,99999999999999999999",
        ] {
            assert_eq!(read(bad), Err(FileReason::BadTrailer), "{bad}");
        }
    }
}
