//! One row of the file, cell by cell. Every fault of the row is collected before it is given up.

use crate::bills_csv::BillRow;
use crate::bills_csv::cell;
use crate::bills_csv::column::Column;
use crate::bills_csv::fault::{FileFaults, Reason, shown};
use crate::bills_csv::fault_bill::BillReason;
use crate::bills_csv::fault_cell::{DayReason, NumberReason, TextReason};
use crate::bills_csv::header::Header;
use crate::bills_csv::json_cell;
use crate::bills_csv::records::Record;
use domain::bill::{BillContent, BillKey, BillState, SlipNumber};
use domain::entry::CareSetting;
use domain::group::HospitalCode;
use domain::patient::{CardLayout, PatientNumber};
use domain::time::Day;
use domain::yen::Yen;

/// What the rows of a file are measured by.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'e> {
    pub hospital: &'e HospitalCode,
    pub layout: &'e CardLayout,
    pub ceiling: Yen,
    pub today: Day,
}

/// Longest name of a department or an insurance.
const NAME_MAX: usize = 40;
/// Longest code of a department or a group of slips.
const CODE_MAX: usize = 20;
/// Highest revision: above any number of corrections, and far from the ends of every integer type.
const REVISION_MAX: i64 = 999_999;
/// A bill is often made before the discharge that it covers, so its last day may lie a little ahead.
const END_AHEAD_DAYS: u16 = 7;

/// A row as far as it could be read.
pub(crate) struct ReadRow {
    /// The whole of it.
    pub row: Option<BillRow>,
    /// For the total of the trailer, which can be compared although another cell is wrong.
    pub amount_due: Option<i64>,
}

/// A row being read.
pub(crate) struct Cells<'r, 't> {
    pub record: &'r Record<'t>,
    pub header: &'r Header,
    pub expected: &'r Expected<'r>,
    pub faults: &'r mut FileFaults,
}

/// Reads a row that has as many cells as the header.
pub(crate) fn read_row(
    record: &Record<'_>,
    header: &Header,
    expected: &Expected<'_>,
    faults: &mut FileFaults,
) -> ReadRow {
    let amount_due = header
        .position(Column::AmountDue)
        .and_then(|at| record.cells.get(at))
        .and_then(|cell| cell::whole_number(cell::trim(cell), 0, Yen::MAX.amount()).ok());
    let mut cells = Cells { record, header, expected, faults };
    ReadRow { row: cells.row(), amount_due }
}

impl Cells<'_, '_> {
    /// The cell without blanks around it; empty where the file has no such column.
    pub(crate) fn raw(&self, column: Column) -> &str {
        let cell = self.header.position(column).and_then(|at| self.record.cells.get(at));
        cell.map_or("", |cell| cell::trim(cell))
    }

    pub(crate) fn fault(&mut self, column: Column, reason: impl Into<Reason>) {
        self.faults.push(Some(self.record.line), Some(column), reason);
    }

    /// Keeps what was read, or notes why not.
    pub(crate) fn kept<T, R: Into<Reason>>(
        &mut self,
        column: Column,
        read: Result<T, R>,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(reason) => {
                self.fault(column, reason);
                None
            }
        }
    }

    /// Notes a blank cell where something must stand.
    fn required(&mut self, column: Column) -> Option<()> {
        if self.raw(column).is_empty() {
            self.fault(column, TextReason::Blank);
            return None;
        }
        Some(())
    }

    fn row(&mut self) -> Option<BillRow> {
        let hospital = self.hospital();
        let slip_number = self.slip_number();
        let revision = self.revision();
        let setting =
            self.word(Column::InOut, "outpatient, inpatient, 外来, 入院", setting_by_word);
        let content = self.content(setting);
        let (slip_number, setting, content) = (slip_number?, setting?, content?);
        let key =
            BillKey { hospital: hospital?, setting, slip_number, year: content.service_day.year() };
        Some(BillRow { line: self.record.line, key, hospital_revision: revision?, content })
    }

    fn content(&mut self, setting: Option<CareSetting>) -> Option<BillContent> {
        let patient_number = self.patient_number();
        let service_day = self.service_day();
        let service_end_day = self.service_end_day(service_day, setting);
        let department = self.department();
        let insurance = cell::text(self.raw(Column::Insurance), NAME_MAX);
        let insurance = self.kept(Column::Insurance, insurance);
        let burden_rate_percent = self.burden_rate();
        let amounts = self.amounts();
        let total_points = self.number_or_zero(Column::TotalPoints, 0);
        let slip_group = cell::text(self.raw(Column::SlipGroup), CODE_MAX);
        let slip_group = self.kept(Column::SlipGroup, slip_group);
        let state = self.word(Column::State, "billed, cancelled, 請求, 請求取消", state_by_word);
        let issued_on = self.issued_on();
        let sections = json_cell::sections(self.raw(Column::Sections));
        let sections = self.kept(Column::Sections, sections);
        let other_self_pay = json_cell::other_self_pay(self.raw(Column::OtherSelfPay));
        let other_self_pay = self.kept(Column::OtherSelfPay, other_self_pay);
        let statement = json_cell::statement(self.raw(Column::Statement));
        let statement = self.kept(Column::Statement, statement);
        Some(BillContent {
            patient_number: patient_number?,
            slip_group: Some(slip_group?).filter(|group| !group.is_empty()),
            service_day: service_day?,
            service_end_day: service_end_day?,
            issued_on: issued_on?,
            department: department?,
            insurance: insurance?,
            burden_rate_percent: burden_rate_percent?,
            amounts: amounts?,
            total_points: total_points?,
            sections: sections?,
            other_self_pay: other_self_pay?,
            statement: statement?,
            state: state?,
        })
    }

    fn hospital(&mut self) -> Option<HospitalCode> {
        self.required(Column::HospitalCode)?;
        let expected = self.expected.hospital;
        let found = self.raw(Column::HospitalCode);
        if found == expected.as_str() {
            return Some(expected.clone());
        }
        let reason =
            BillReason::OtherHospital { found: shown(found), expected: expected.to_string() };
        self.fault(Column::HospitalCode, reason);
        None
    }

    fn patient_number(&mut self) -> Option<PatientNumber> {
        let read = PatientNumber::parse(self.raw(Column::PatientNumber), self.expected.layout);
        self.kept(Column::PatientNumber, read.map_err(BillReason::PatientNumber))
    }

    fn slip_number(&mut self) -> Option<SlipNumber> {
        self.required(Column::SlipNumber)?;
        let cell = self.raw(Column::SlipNumber);
        let read =
            SlipNumber::parse(cell).ok_or_else(|| BillReason::SlipNumber { found: shown(cell) });
        self.kept(Column::SlipNumber, read)
    }

    fn revision(&mut self) -> Option<u32> {
        self.required(Column::Revision)?;
        let read = cell::whole_number(self.raw(Column::Revision), 0, REVISION_MAX);
        self.kept(Column::Revision, read).and_then(|number| u32::try_from(number).ok())
    }

    fn word<T>(
        &mut self,
        column: Column,
        allowed: &'static str,
        by_word: fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.required(column)?;
        let found = self.raw(column);
        let read =
            by_word(found).ok_or_else(|| TextReason::NotAWord { found: shown(found), allowed });
        self.kept(column, read)
    }

    fn service_day(&mut self) -> Option<Day> {
        self.required(Column::ServiceDate)?;
        let read = cell::day(self.raw(Column::ServiceDate));
        let found = self.kept(Column::ServiceDate, read)?;
        let (today, oldest) = (self.expected.today, two_years_before(self.expected.today));
        if found > today {
            self.fault(Column::ServiceDate, DayReason::Future { found, today });
            return None;
        }
        if found < oldest {
            self.fault(Column::ServiceDate, DayReason::TooOld { found, oldest });
            return None;
        }
        Some(found)
    }

    /// The inner `None` is a bill without a last day; the outer one a fault.
    fn service_end_day(
        &mut self,
        begins: Option<Day>,
        setting: Option<CareSetting>,
    ) -> Option<Option<Day>> {
        if self.raw(Column::ServiceEndDate).is_empty() {
            return Some(None);
        }
        let read = cell::day(self.raw(Column::ServiceEndDate));
        let found = self.kept(Column::ServiceEndDate, read)?;
        let today = self.expected.today;
        if found > today.plus_days(END_AHEAD_DAYS) {
            self.fault(Column::ServiceEndDate, DayReason::Future { found, today });
            return None;
        }
        if begins.is_some_and(|begins| found < begins) {
            self.fault(Column::ServiceEndDate, BillReason::EndBeforeStart);
            return None;
        }
        match setting {
            Some(CareSetting::Outpatient) if begins == Some(found) => Some(None),
            Some(CareSetting::Outpatient) if begins.is_some() => {
                self.fault(Column::ServiceEndDate, BillReason::EndForOutpatient);
                None
            }
            Some(CareSetting::Outpatient | CareSetting::Inpatient) | None => Some(Some(found)),
        }
    }

    fn issued_on(&mut self) -> Option<Day> {
        self.required(Column::IssuedAt)?;
        let read = cell::day_of_time(self.raw(Column::IssuedAt));
        let found = self.kept(Column::IssuedAt, read)?;
        let today = self.expected.today;
        if found > today {
            self.fault(Column::IssuedAt, DayReason::Future { found, today });
            return None;
        }
        Some(found)
    }

    /// The department's name, or its code where there is no name.
    fn department(&mut self) -> Option<String> {
        let code = cell::text(self.raw(Column::DepartmentCode), CODE_MAX);
        let code = self.kept(Column::DepartmentCode, code)?;
        let name = cell::text(self.raw(Column::DepartmentName), NAME_MAX);
        let name = self.kept(Column::DepartmentName, name)?;
        if name.is_empty() && code.is_empty() {
            self.fault(Column::DepartmentName, TextReason::Blank);
            return None;
        }
        Some(if name.is_empty() { code } else { name })
    }

    /// The inner `None` is a bill without a rate; the outer one a fault.
    fn burden_rate(&mut self) -> Option<Option<u8>> {
        if self.raw(Column::BurdenRatePercent).is_empty() {
            return Some(None);
        }
        let read = cell::whole_number(self.raw(Column::BurdenRatePercent), 0, 100);
        let read = self.kept(Column::BurdenRatePercent, read)?;
        u8::try_from(read).ok().map(Some)
    }

    /// The number, zero where the cell is blank.
    pub(crate) fn number_or_zero(&mut self, column: Column, min: i64) -> Option<i64> {
        if self.raw(column).is_empty() {
            return Some(0);
        }
        let read = cell::whole_number(self.raw(column), min, Yen::MAX.amount());
        self.kept(column, read)
    }

    /// The number of a cell that must not be blank.
    pub(crate) fn required_yen(&mut self, column: Column) -> Option<Yen> {
        self.required(column)?;
        self.number_or_zero(column, 0).and_then(|amount| Yen::new(amount).ok())
    }

    /// Notes an amount above the hospital's ceiling.
    pub(crate) fn below_ceiling(&mut self, column: Column, amount: Yen) -> Option<Yen> {
        let ceiling = self.expected.ceiling;
        if amount > ceiling {
            self.fault(column, NumberReason::AboveCeiling { found: amount, ceiling });
            return None;
        }
        Some(amount)
    }
}

fn setting_by_word(word: &str) -> Option<CareSetting> {
    [CareSetting::Outpatient, CareSetting::Inpatient]
        .into_iter()
        .find(|setting| [setting.as_str(), setting.in_japanese()].contains(&word))
}

fn state_by_word(word: &str) -> Option<BillState> {
    BillState::parse(word).or(match word {
        "請求" => Some(BillState::Billed),
        "請求取消" => Some(BillState::Cancelled),
        _ => None,
    })
}

/// The same day two years before; 28 February where that year has no 29th.
fn two_years_before(today: Day) -> Day {
    let year = today.year().saturating_sub(2);
    Day::new(year, today.month(), today.day_of_month())
        .or_else(|| Day::new(year, 2, 28))
        .unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_years_before_a_leap_day_is_the_last_of_february() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(two_years_before(day("2028-02-29")), day("2026-02-28"));
        assert_eq!(two_years_before(day("2026-11-24")), day("2024-11-24"));
    }
}
