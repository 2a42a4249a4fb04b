//! A bill (請求): what the hospital's accounting system asks for on one slip. We never compute or round
//! it; we check that it is whole and keep every revision.

use crate::bill_section::Section;
use crate::entry::CareSetting;
use crate::group::HospitalCode;
use crate::patient::PatientNumber;
use crate::time::Day;
use crate::yen::{SignedYen, Yen};
use std::fmt;

/// The number of a slip (伝票番号): 1 to 20 letters, digits and hyphens. Unique only together with
/// hospital, setting and year.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlipNumber(String);

impl SlipNumber {
    /// Reads a slip number; leading zeros are kept.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=20).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SlipNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What makes two rows the same bill: a corrected slip keeps its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BillKey {
    /// Where.
    pub hospital: HospitalCode,
    /// Outpatient or inpatient: the two count their slips apart.
    pub setting: CareSetting,
    /// On the slip.
    pub slip_number: SlipNumber,
    /// The year of service: slip numbers begin anew.
    pub year: i16,
}

/// Whether the hospital still asks for the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillState {
    /// It does.
    Billed,
    /// Cancelled (請求取消): nothing is asked for any more.
    Cancelled,
}

impl BillState {
    /// As in files and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Billed => "billed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads what a file or row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Billed, Self::Cancelled].into_iter().find(|state| state.as_str() == text)
    }
}

/// The parts of the amount, as the hospital states them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillAmounts {
    /// 今回請求額: what is asked for.
    pub amount_due: Yen,
    /// Consumption tax contained in it, restated.
    pub tax_included: Yen,
    /// Already received at the desk; only the rest is charged.
    pub amount_received: Yen,
    /// Insured part that the patient bears.
    pub insured_burden: Yen,
    /// 自費
    pub self_pay: Yen,
    /// The patient's part under a public subsidy.
    pub subsidy_burden: Yen,
    /// The patient's part of meals.
    pub meal_burden: Yen,
    /// The patient's part of living charges.
    pub living_burden: Yen,
    /// Work accident, borne by the patient.
    pub work_accident_total: Yen,
    /// Reduction, below zero.
    pub reduction: SignedYen,
    /// Adjustment 1.
    pub adjustment_1: SignedYen,
    /// Adjustment 2.
    pub adjustment_2: SignedYen,
    /// 前回未収額; below zero when too much was paid. Not part of `amount_due`.
    pub previous_balance: SignedYen,
}

/// Points and uninsured yen of one section of the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionLine {
    /// Which section.
    pub section: Section,
    /// Insured points (or yen, in the sections that count yen).
    pub insured: i64,
    /// Uninsured yen.
    pub uninsured: Yen,
}

/// One uninsured item by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfPayLine {
    /// As printed: `診断書`.
    pub name: String,
    /// Non-taxable part.
    pub non_taxable: Yen,
    /// Taxable part, tax included.
    pub taxable: Yen,
    /// Tax rate of the taxable part in percent: 10, 8, or 0.
    pub tax_rate_percent: u8,
}

/// One row of the itemised statement (`domain.md` 2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    /// A new department or insurance starts here.
    pub group_head: bool,
    /// As printed: `初・再診料`.
    pub class_name: String,
    /// The item: act, drug, material.
    pub description: String,
    /// The number is yen although the statement counts points.
    pub is_yen: bool,
    /// Points or yen for one.
    pub points_or_price: i64,
    /// How often.
    pub count: i64,
    /// Last row of its group.
    pub group_end: bool,
}

/// What one revision of a bill says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillContent {
    /// The patient at that hospital.
    pub patient_number: PatientNumber,
    /// Slips of one visit that belong together (まとめ伝票番号).
    pub slip_group: Option<String>,
    /// First day of service.
    pub service_day: Day,
    /// Last day of service; inpatients only.
    pub service_end_day: Option<Day>,
    /// When the hospital made the bill.
    pub issued_on: Day,
    /// On the receipt, never in a mail.
    pub department: String,
    /// 費用区分, as printed: `社保`, `国保`, `後期高齢`, `自費`.
    pub insurance: String,
    /// Burden rate, where one applies.
    pub burden_rate_percent: Option<u8>,
    /// The money.
    pub amounts: BillAmounts,
    /// 合計点数
    pub total_points: i64,
    /// Sections of the receipt; those without a line are zero.
    pub sections: Vec<SectionLine>,
    /// Uninsured items by name.
    pub other_self_pay: Vec<SelfPayLine>,
    /// The itemised statement; may be empty.
    pub statement: Vec<StatementRow>,
    /// Whether it is still asked for.
    pub state: BillState,
}

/// Something about a bill that staff should look at; it is taken all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillWarning {
    /// The parts do not add up to the amount due.
    SumMismatch {
        /// What they add up to.
        parts: i64,
    },
    /// More was received than is due: a visit that was corrected downwards after it had been paid. What a
    /// card paid too much goes back by a refund; cash is the cashier's.
    ReceivedAboveDue {
        /// What is due.
        due: Yen,
        /// What was received.
        received: Yen,
    },
}

impl BillContent {
    /// What the visit costs by this revision, whatever has been received. Nothing when cancelled.
    #[must_use]
    pub const fn due(&self) -> Yen {
        match self.state {
            BillState::Billed => self.amounts.amount_due,
            BillState::Cancelled => Yen::ZERO,
        }
    }

    /// What the hospital has noted as received, also what we posted back. Nothing when cancelled.
    #[must_use]
    pub const fn received(&self) -> Yen {
        match self.state {
            BillState::Billed => self.amounts.amount_received,
            BillState::Cancelled => Yen::ZERO,
        }
    }

    /// Checks what can be checked without recomputing (`domain.md` 3.2, 15 statement 19).
    #[must_use]
    pub fn warnings(&self) -> Vec<BillWarning> {
        self.sum_mismatch().into_iter().chain(self.received_above_due()).collect()
    }

    fn received_above_due(&self) -> Option<BillWarning> {
        let (due, received) = (self.due(), self.received());
        (received > due).then_some(BillWarning::ReceivedAboveDue { due, received })
    }

    fn sum_mismatch(&self) -> Option<BillWarning> {
        let amounts = &self.amounts;
        let parts = [
            amounts.insured_burden.amount(),
            amounts.self_pay.amount(),
            amounts.subsidy_burden.amount(),
            amounts.meal_burden.amount(),
            amounts.living_burden.amount(),
            amounts.work_accident_total.amount(),
            amounts.reduction.amount(),
            amounts.adjustment_1.amount(),
            amounts.adjustment_2.amount(),
        ];
        let parts = parts.into_iter().fold(0_i64, i64::saturating_add);
        (parts != amounts.amount_due.amount()).then_some(BillWarning::SumMismatch { parts })
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// A plain outpatient bill.
    pub(crate) fn outpatient(due: i64, received: i64) -> BillContent {
        let yen = |amount| Yen::new(amount).unwrap();
        BillContent {
            patient_number: PatientNumber::from_stored("00012345".into()),
            slip_group: None,
            service_day: Day::parse("2026-11-24").unwrap(),
            service_end_day: None,
            issued_on: Day::parse("2026-11-24").unwrap(),
            department: "内科".into(),
            insurance: "社保".into(),
            burden_rate_percent: Some(30),
            amounts: BillAmounts {
                amount_due: yen(due),
                tax_included: Yen::ZERO,
                amount_received: yen(received),
                insured_burden: yen(due),
                self_pay: Yen::ZERO,
                subsidy_burden: Yen::ZERO,
                meal_burden: Yen::ZERO,
                living_burden: Yen::ZERO,
                work_accident_total: Yen::ZERO,
                reduction: SignedYen::ZERO,
                adjustment_1: SignedYen::ZERO,
                adjustment_2: SignedYen::ZERO,
                previous_balance: SignedYen::ZERO,
            },
            total_points: 1_234,
            sections: Vec::new(),
            other_self_pay: Vec::new(),
            statement: Vec::new(),
            state: BillState::Billed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::outpatient;
    use super::*;

    #[test]
    fn a_cancelled_bill_asks_for_nothing_and_received_nothing() {
        let bill = outpatient(3_700, 700);
        assert_eq!(Ok(bill.due()), Yen::new(3_700));
        assert_eq!(Ok(bill.received()), Yen::new(700));
        let cancelled = BillContent { state: BillState::Cancelled, ..bill };
        assert_eq!((cancelled.due(), cancelled.received()), (Yen::ZERO, Yen::ZERO));
    }

    /// Mutation: `>=` warns of every visit that was paid at the desk.
    #[test]
    fn more_received_than_due_is_flagged() {
        assert_eq!(outpatient(3_700, 3_700).warnings(), []);
        let (due, received) = (Yen::new(3_700).unwrap(), Yen::new(4_000).unwrap());
        let flagged = BillWarning::ReceivedAboveDue { due, received };
        assert_eq!(outpatient(3_700, 4_000).warnings(), [flagged]);
    }

    /// Mutation: leaving a part out of the sum lets a wrong bill pass without a warning.
    #[test]
    fn parts_that_do_not_add_up_are_flagged_and_nothing_is_recomputed() {
        assert_eq!(outpatient(1_234, 0).warnings(), [], "no multiple of ten is asked for");
        let mut bill = outpatient(6_030, 0);
        bill.amounts.insured_burden = Yen::new(5_250).unwrap();
        bill.amounts.meal_burden = Yen::new(780).unwrap();
        assert_eq!(bill.warnings(), []);
        bill.amounts.reduction = SignedYen::new(-30).unwrap();
        assert_eq!(bill.warnings(), [BillWarning::SumMismatch { parts: 6_000 }]);
        assert_eq!(bill.amounts.amount_due.amount(), 6_030);
    }
}
