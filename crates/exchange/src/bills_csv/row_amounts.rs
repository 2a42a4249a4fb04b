//! The money of a row.

use crate::bills_csv::column::Column;
use crate::bills_csv::fault_bill::BillReason;
use crate::bills_csv::row::Cells;
use domain::bill::BillAmounts;
use domain::yen::{SignedYen, Yen};

impl Cells<'_, '_> {
    pub(crate) fn amounts(&mut self) -> Option<BillAmounts> {
        let amount_due = self.required_yen(Column::AmountDue);
        let amount_due = amount_due.and_then(|due| self.below_ceiling(Column::AmountDue, due));
        let tax_included = self.yen(Column::TaxIncluded);
        let amount_received = self.required_yen(Column::AmountReceived);
        let insured_burden = self.yen(Column::InsuredBurden);
        let self_pay = self.yen(Column::SelfPay);
        let subsidy_burden = self.yen(Column::SubsidyBurden);
        let meal_burden = self.yen(Column::MealBurden);
        let living_burden = self.yen(Column::LivingBurden);
        let work_accident_total = self.yen(Column::WorkAccidentTotal);
        let reduction = self.signed(Column::Reduction);
        let adjustment_1 = self.signed(Column::Adjustment1);
        let adjustment_2 = self.signed(Column::Adjustment2);
        let previous_balance = self.signed(Column::PreviousBalance);
        let amounts = BillAmounts {
            amount_due: amount_due?,
            tax_included: tax_included?,
            amount_received: amount_received?,
            insured_burden: insured_burden?,
            self_pay: self_pay?,
            subsidy_burden: subsidy_burden?,
            meal_burden: meal_burden?,
            living_burden: living_burden?,
            work_accident_total: work_accident_total?,
            reduction: reduction?,
            adjustment_1: adjustment_1?,
            adjustment_2: adjustment_2?,
            previous_balance: previous_balance?,
        };
        self.check_together(&amounts);
        Some(amounts)
    }

    fn yen(&mut self, column: Column) -> Option<Yen> {
        self.number_or_zero(column, 0).and_then(|amount| Yen::new(amount).ok())
    }

    fn signed(&mut self, column: Column) -> Option<SignedYen> {
        let min = Yen::MAX.amount().saturating_neg();
        self.number_or_zero(column, min).and_then(|amount| SignedYen::new(amount).ok())
    }

    /// What no sum of parts decides: the parts are the hospital's business, and so is what it received (a
    /// mismatch and too much are warnings of the domain). More tax than money is nobody's.
    fn check_together(&mut self, amounts: &BillAmounts) {
        let due = amounts.amount_due;
        let tax = amounts.tax_included;
        if tax > due {
            self.fault(Column::TaxIncluded, BillReason::TaxAboveDue { due, tax });
        }
    }
}
