//! The file of bills that a hospital's accounting system writes each night: CSV with a header row and a
//! trailer row. It is taken whole or not at all, and every fault is named with line, column, reason and
//! what to do. The columns are one table, [`COLUMNS`].

mod cell;
pub(crate) mod charset;
mod column;
mod fault;
mod fault_bill;
mod fault_cell;
mod fault_file;
mod header;
mod json_cell;
pub(crate) mod records;
mod row;
mod row_amounts;
mod trailer;
mod write;

pub use charset::Charset;
pub use column::{COLUMNS, Column, ColumnFacts, Need, TRAILER_MARK, table_in_markdown};
pub use fault::{FAULTS_KEPT_MAX, Fault, FileFaults, Reason};
pub use fault_bill::BillReason;
pub use fault_cell::{DayReason, JsonReason, NumberReason, TextReason};
pub use fault_file::FileReason;
pub use write::{LineEnd, NotWritable, write};

use domain::bill::{BillContent, BillKey};
use domain::group::HospitalCode;
use domain::patient::CardLayout;
use domain::time::Day;
use domain::yen::Yen;
use header::Header;
use records::{Record, Records};
use row::{Expected, ReadRow, read_row};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use trailer::{Trailer, looks_like_trailer};

/// Larger files are refused unread: 64 MiB, some thirty times a large hospital's day.
pub const FILE_BYTES_MAX: usize = 64 * 1_024 * 1_024;

/// Fewer rows are not worth a thread.
const ROWS_OF_A_THREAD_MIN: usize = 250;

/// A file that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillFile {
    /// Its bills, in the order of the file; the revisions of one bill rise.
    pub rows: Vec<BillRow>,
    /// How many there are, as the trailer says too.
    pub count: u64,
    /// Sum of the amounts due, as the trailer says too. Cancelled bills count like others.
    pub total: Yen,
    /// How it was encoded.
    pub charset: Charset,
}

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// The line of the file where it begins, from 1.
    pub line: u64,
    /// Which bill.
    pub key: BillKey,
    /// The hospital's own count of corrections.
    pub hospital_revision: u32,
    /// What it says.
    pub content: BillContent,
}

/// Reads a file of one hospital. Bills above `ceiling`, of days ahead of `today` or over two years past
/// are faults like any other.
///
/// # Errors
///
/// Everything that is wrong, in the order of the lines; then nothing of the file is to be taken.
pub fn read(
    bytes: &[u8],
    hospital: &HospitalCode,
    layout: &CardLayout,
    ceiling: Yen,
    today: Day,
) -> Result<BillFile, FileFaults> {
    if bytes.len() > FILE_BYTES_MAX {
        let reason = FileReason::TooLarge { bytes: bytes.len(), max: FILE_BYTES_MAX };
        return Err(FileFaults::one(None, reason));
    }
    let decoded = charset::decode(bytes)?;
    let mut records = Records::new(&decoded.text);
    let mut faults = FileFaults::default();
    let header = match records.next() {
        None => return Err(FileFaults::one(None, FileReason::Empty)),
        Some(Err(bad)) => return Err(FileFaults::one(Some(bad.line), bad.reason)),
        Some(Ok(record)) => Header::read(&record, &mut faults),
    };
    let Some(header) = header else { return Err(faults) };
    let expected = Expected { hospital, layout, ceiling, today };
    let mut body = Body {
        header,
        expected,
        rows: Vec::new(),
        counted: 0,
        total: Some(0),
        seen: HashMap::new(),
        faults,
    };
    let end = body.read(records);
    body.finish(end, decoded.charset)
}

/// How the rows ended.
enum End {
    Trailer(u64, Trailer),
    /// Faulty, or rows follow it; said already.
    BadTrailer,
    /// None was seen. Whether the last row had a line end tells a cut-off file from one without trailer.
    NoTrailer {
        last_line: Option<u64>,
        ended: bool,
    },
}

/// Splits the rows up to the trailer, and says how they ended.
fn split<'t>(records: Records<'t>, taken: &mut Vec<Taken<'t>>) -> End {
    let mut end = End::NoTrailer { last_line: None, ended: true };
    for record in records {
        let line = match &record {
            Ok(record) => record.line,
            Err(bad) => bad.line,
        };
        if !matches!(end, End::NoTrailer { .. }) {
            taken.push(Taken::Fault(line, FileReason::AfterTrailer));
            return End::BadTrailer;
        }
        match record {
            Err(bad) => {
                let ended = bad.reason != FileReason::UnclosedQuote;
                taken.push(Taken::Unread(line, bad.reason));
                end = End::NoTrailer { last_line: None, ended };
            }
            Ok(record) if looks_like_trailer(&record) => {
                end = match Trailer::read(&record) {
                    Ok(trailer) => End::Trailer(line, trailer),
                    Err(reason) => {
                        taken.push(Taken::Fault(line, reason));
                        End::BadTrailer
                    }
                };
            }
            Ok(record) => {
                end = End::NoTrailer { last_line: Some(line), ended: record.ended };
                taken.push(Taken::Row(record));
            }
        }
    }
    end
}

/// The rows between header and trailer, as they are read.
struct Body<'e> {
    header: Header,
    expected: Expected<'e>,
    rows: Vec<BillRow>,
    counted: u64,
    /// Sum of the amounts due; `None` once a row's amount could not be read.
    total: Option<i64>,
    /// Newest revision of each bill, and its line.
    seen: HashMap<BillKey, (u32, u64)>,
    faults: FileFaults,
}

/// What stands between header and trailer, in the order of the lines.
enum Taken<'t> {
    /// A row of cells.
    Row(Record<'t>),
    /// A row that could not be split.
    Unread(u64, FileReason),
    /// Something that is wrong about the end.
    Fault(u64, FileReason),
}

impl Body<'_> {
    fn read(&mut self, records: Records<'_>) -> End {
        let mut taken = Vec::new();
        let end = split(records, &mut taken);
        let mut rows = self.read_rows(&taken).into_iter();
        for one in taken {
            match one {
                Taken::Unread(line, reason) => self.count_unread(Some(line), reason),
                Taken::Fault(line, reason) => self.faults.push(Some(line), None, reason),
                Taken::Row(record) => {
                    if let Some((read, faults)) = rows.next() {
                        self.row(&record, read, faults);
                    }
                }
            }
        }
        end
    }

    /// Reads the cells of all rows, on as many threads as the machine has processors: this is most of
    /// the work. Only what two rows say together is left for afterwards.
    fn read_rows(&self, taken: &[Taken<'_>]) -> Vec<(Option<ReadRow>, FileFaults)> {
        let records: Vec<&Record<'_>> = taken
            .iter()
            .filter_map(|one| match one {
                Taken::Row(record) => Some(record),
                Taken::Unread(..) | Taken::Fault(..) => None,
            })
            .collect();
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let share = records.len().div_ceil(threads).max(ROWS_OF_A_THREAD_MIN);
        let (header, expected) = (&self.header, &self.expected);
        let read_share = &|share: &[&Record<'_>]| -> Vec<_> {
            let mut kept = 0_usize;
            let read = |record: &&Record<'_>| {
                let mut faults = FileFaults::default();
                let whole = record.cells.len() == header.width();
                let read = whole.then(|| read_row(record, header, expected, &mut faults));
                // A file of rubbish must not fill the memory before its faults are put together.
                faults.keep_at_most(FAULTS_KEPT_MAX.saturating_sub(kept));
                kept = kept.saturating_add(faults.faults.len());
                (read, faults)
            };
            share.iter().map(read).collect()
        };
        std::thread::scope(|scope| {
            let shares: Vec<_> = records
                .chunks(share)
                .map(|share| (share, scope.spawn(move || read_share(share))))
                .collect();
            shares
                .into_iter()
                // What made a thread die makes this one die as well, and says why.
                .flat_map(|(share, thread)| thread.join().unwrap_or_else(|_| read_share(share)))
                .collect()
        })
    }

    fn count_unread(&mut self, line: Option<u64>, reason: FileReason) {
        self.counted = self.counted.saturating_add(1);
        self.total = None;
        self.faults.push(line, None, reason);
    }

    fn row(&mut self, record: &Record<'_>, read: Option<ReadRow>, faults: FileFaults) {
        let Some(read) = read else {
            // A last row without line end is said to be cut off, once, where the file ends.
            if record.ended {
                let (found, expected) = (record.cells.len(), self.header.width());
                self.count_unread(Some(record.line), FileReason::RaggedRow { found, expected });
            }
            return;
        };
        self.counted = self.counted.saturating_add(1);
        self.faults.append(faults);
        self.total = match (self.total, read.amount_due) {
            (Some(total), Some(amount)) => Some(total.saturating_add(amount)),
            _ => None,
        };
        if let Some(row) = read.row {
            self.check_revision(&row);
            self.rows.push(row);
        }
    }

    fn check_revision(&mut self, row: &BillRow) {
        let Some((revision, first_line)) = self.seen.get(&row.key).copied() else {
            self.seen.insert(row.key.clone(), (row.hospital_revision, row.line));
            return;
        };
        match row.hospital_revision.cmp(&revision) {
            std::cmp::Ordering::Greater => {
                self.seen.insert(row.key.clone(), (row.hospital_revision, row.line));
            }
            std::cmp::Ordering::Equal => {
                self.faults.push(
                    Some(row.line),
                    Some(Column::Revision),
                    BillReason::Duplicate { first_line },
                );
            }
            std::cmp::Ordering::Less => {
                self.faults.push(
                    Some(row.line),
                    Some(Column::Revision),
                    BillReason::RevisionBehind { first_line },
                );
            }
        }
    }

    fn finish(mut self, end: End, charset: Charset) -> Result<BillFile, FileFaults> {
        match end {
            End::Trailer(line, trailer) => self.compare(line, trailer),
            End::BadTrailer => {}
            End::NoTrailer { last_line: Some(line), ended: false } => {
                self.faults.push(Some(line), None, FileReason::CutOff);
            }
            End::NoTrailer { last_line: None, ended: false } => {}
            End::NoTrailer { ended: true, .. } => {
                self.faults.push(None, None, FileReason::MissingTrailer)
            }
        }
        let total = self.total.and_then(|total| Yen::new(total).ok());
        match total {
            Some(total) if self.faults.count == 0 => {
                Ok(BillFile { rows: self.rows, count: self.counted, total, charset })
            }
            _ => Err(self.faults),
        }
    }

    fn compare(&mut self, line: u64, trailer: Trailer) {
        if trailer.count != self.counted {
            let reason = FileReason::WrongCount { stated: trailer.count, found: self.counted };
            self.faults.push(Some(line), None, reason);
        }
        let Some(found) = self.total else { return };
        if Yen::new(found).is_err() {
            self.faults.push(Some(line), None, FileReason::TotalTooLarge);
        } else if trailer.total != found {
            let reason = FileReason::WrongTotal { stated: trailer.total, found };
            self.faults.push(Some(line), None, reason);
        }
    }
}
