//! The header row: which column stands where.

use crate::bills_csv::column::{COLUMNS, Column, Need};
use crate::bills_csv::fault::{FileFaults, shown};
use crate::bills_csv::fault_file::{FileReason, nearest_column};
use crate::bills_csv::records::Record;

/// Where each column stands.
#[derive(Debug)]
pub(crate) struct Header {
    columns: Vec<Column>,
}

impl Header {
    /// Reads the header row. Faults go to `faults`; `None` when there are some, since the rows below
    /// cannot be understood then.
    pub(crate) fn read(record: &Record<'_>, faults: &mut FileFaults) -> Option<Self> {
        let names: Vec<&str> = record.cells.iter().map(|cell| cell.trim()).collect();
        let line = Some(record.line);
        if names.iter().all(|name| Column::by_name(name).is_none()) {
            faults.push(line, None, FileReason::NoHeader);
            return None;
        }
        let before = faults.count;
        let mut columns = Vec::with_capacity(names.len());
        for (name, position) in names.iter().zip(1_usize..) {
            match Column::by_name(name) {
                Some(column) if columns.contains(&column) => {
                    faults.push(line, Some(column), FileReason::DuplicateColumn);
                }
                Some(column) => columns.push(column),
                None => {
                    let reason = FileReason::UnknownColumn {
                        position,
                        found: shown(name),
                        nearest: nearest_column(name),
                    };
                    faults.push(line, None, reason);
                }
            }
        }
        for facts in &COLUMNS {
            if facts.need == Need::Required && !columns.contains(&facts.column) {
                faults.push(line, Some(facts.column), FileReason::MissingColumn);
            }
        }
        if !columns.contains(&Column::DepartmentName) && !columns.contains(&Column::DepartmentCode)
        {
            faults.push(line, Some(Column::DepartmentName), FileReason::MissingColumn);
        }
        (faults.count == before).then_some(Self { columns })
    }

    /// How many cells each row must have.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Where the column stands.
    pub(crate) fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|other| *other == column)
    }
}
