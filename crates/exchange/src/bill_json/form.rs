//! The shapes of a bill in JSON. The order of the fields is part of the format.

use super::JsonFault;
use domain::bill::{BillAmounts, BillContent, BillState, SectionLine, SelfPayLine, StatementRow};
use domain::bill_section::Section;
use domain::patient::PatientNumber;
use domain::time::Day;
use domain::yen::{SignedYen, Yen};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content<'a> {
    #[serde(borrow)]
    patient_number: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    slip_group: Option<Cow<'a, str>>,
    service_date: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service_end_date: Option<String>,
    issued_on: String,
    #[serde(borrow)]
    department: Cow<'a, str>,
    #[serde(borrow)]
    insurance: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    burden_rate_percent: Option<u8>,
    amounts: Amounts,
    total_points: i64,
    #[serde(borrow)]
    sections: Vec<SectionForm<'a>>,
    #[serde(borrow)]
    other_self_pay: Vec<SelfPayForm<'a>>,
    #[serde(borrow)]
    statement: Vec<StatementForm<'a>>,
    #[serde(borrow)]
    state: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Amounts {
    amount_due: i64,
    tax_included: i64,
    amount_received: i64,
    insured_burden: i64,
    self_pay: i64,
    subsidy_burden: i64,
    meal_burden: i64,
    living_burden: i64,
    work_accident_total: i64,
    reduction: i64,
    adjustment_1: i64,
    adjustment_2: i64,
    previous_balance: i64,
}

/// One section, as in the file's `sections`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SectionForm<'a> {
    #[serde(borrow)]
    pub section: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub insured: i64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uninsured: i64,
}

/// One uninsured item, as in the file's `other_self_pay`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SelfPayForm<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub non_taxable: i64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub taxable: i64,
    #[serde(default, skip_serializing_if = "is_no_rate")]
    pub tax_rate_percent: u8,
}

/// One row of the statement, as in the file's `statement`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatementForm<'a> {
    #[serde(default, skip_serializing_if = "is_false")]
    pub group_head: bool,
    #[serde(borrow)]
    pub class_name: Cow<'a, str>,
    #[serde(borrow)]
    pub description: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_yen: bool,
    pub points_or_price: i64,
    pub count: i64,
    #[serde(default, skip_serializing_if = "is_false")]
    pub group_end: bool,
}

// serde hands these a reference, whatever the type.
fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn is_no_rate(rate: &u8) -> bool {
    *rate == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

fn yen(amount: i64, field: &'static str) -> Result<Yen, JsonFault> {
    Yen::new(amount).map_err(|_out_of_range| JsonFault::Value { field })
}

fn signed(amount: i64, field: &'static str) -> Result<SignedYen, JsonFault> {
    SignedYen::new(amount).map_err(|_out_of_range| JsonFault::Value { field })
}

fn day(text: &str, field: &'static str) -> Result<Day, JsonFault> {
    Day::parse(text).map_err(|_not_a_day| JsonFault::Value { field })
}

impl<'a> Content<'a> {
    pub(crate) fn of(content: &'a BillContent) -> Self {
        Self {
            patient_number: content.patient_number.as_str().into(),
            slip_group: content.slip_group.as_deref().map(Cow::Borrowed),
            service_date: content.service_day.to_string(),
            service_end_date: content.service_end_day.map(|day| day.to_string()),
            issued_on: content.issued_on.to_string(),
            department: content.department.as_str().into(),
            insurance: content.insurance.as_str().into(),
            burden_rate_percent: content.burden_rate_percent,
            amounts: Amounts::of(&content.amounts),
            total_points: content.total_points,
            sections: content.sections.iter().map(SectionForm::of).collect(),
            other_self_pay: content.other_self_pay.iter().map(SelfPayForm::of).collect(),
            statement: content.statement.iter().map(StatementForm::of).collect(),
            state: content.state.as_str().into(),
        }
    }

    pub(crate) fn into_domain(self) -> Result<BillContent, JsonFault> {
        let service_end_day =
            self.service_end_date.map(|text| day(&text, "service_end_date")).transpose()?;
        let sections =
            self.sections.into_iter().map(SectionForm::into_domain).collect::<Result<_, _>>()?;
        let other_self_pay = self
            .other_self_pay
            .into_iter()
            .map(SelfPayForm::into_domain)
            .collect::<Result<_, _>>()?;
        Ok(BillContent {
            patient_number: PatientNumber::from_stored(self.patient_number.into_owned()),
            slip_group: self.slip_group.map(Cow::into_owned),
            service_day: day(&self.service_date, "service_date")?,
            service_end_day,
            issued_on: day(&self.issued_on, "issued_on")?,
            department: self.department.into_owned(),
            insurance: self.insurance.into_owned(),
            burden_rate_percent: self.burden_rate_percent,
            amounts: self.amounts.into_domain()?,
            total_points: self.total_points,
            sections,
            other_self_pay,
            statement: self.statement.into_iter().map(StatementForm::into_domain).collect(),
            state: BillState::parse(&self.state).ok_or(JsonFault::Value { field: "state" })?,
        })
    }
}

impl Amounts {
    fn of(amounts: &BillAmounts) -> Self {
        Self {
            amount_due: amounts.amount_due.amount(),
            tax_included: amounts.tax_included.amount(),
            amount_received: amounts.amount_received.amount(),
            insured_burden: amounts.insured_burden.amount(),
            self_pay: amounts.self_pay.amount(),
            subsidy_burden: amounts.subsidy_burden.amount(),
            meal_burden: amounts.meal_burden.amount(),
            living_burden: amounts.living_burden.amount(),
            work_accident_total: amounts.work_accident_total.amount(),
            reduction: amounts.reduction.amount(),
            adjustment_1: amounts.adjustment_1.amount(),
            adjustment_2: amounts.adjustment_2.amount(),
            previous_balance: amounts.previous_balance.amount(),
        }
    }

    fn into_domain(self) -> Result<BillAmounts, JsonFault> {
        Ok(BillAmounts {
            amount_due: yen(self.amount_due, "amount_due")?,
            tax_included: yen(self.tax_included, "tax_included")?,
            amount_received: yen(self.amount_received, "amount_received")?,
            insured_burden: yen(self.insured_burden, "insured_burden")?,
            self_pay: yen(self.self_pay, "self_pay")?,
            subsidy_burden: yen(self.subsidy_burden, "subsidy_burden")?,
            meal_burden: yen(self.meal_burden, "meal_burden")?,
            living_burden: yen(self.living_burden, "living_burden")?,
            work_accident_total: yen(self.work_accident_total, "work_accident_total")?,
            reduction: signed(self.reduction, "reduction")?,
            adjustment_1: signed(self.adjustment_1, "adjustment_1")?,
            adjustment_2: signed(self.adjustment_2, "adjustment_2")?,
            previous_balance: signed(self.previous_balance, "previous_balance")?,
        })
    }
}

impl<'a> SectionForm<'a> {
    pub(crate) fn of(line: &SectionLine) -> Self {
        Self {
            section: line.section.as_str().into(),
            insured: line.insured,
            uninsured: line.uninsured.amount(),
        }
    }

    fn into_domain(self) -> Result<SectionLine, JsonFault> {
        Ok(SectionLine {
            section: Section::parse(&self.section).ok_or(JsonFault::Value { field: "section" })?,
            insured: self.insured,
            uninsured: yen(self.uninsured, "uninsured")?,
        })
    }
}

impl<'a> SelfPayForm<'a> {
    pub(crate) fn of(line: &'a SelfPayLine) -> Self {
        Self {
            name: line.name.as_str().into(),
            non_taxable: line.non_taxable.amount(),
            taxable: line.taxable.amount(),
            tax_rate_percent: line.tax_rate_percent,
        }
    }

    pub(crate) fn into_domain(self) -> Result<SelfPayLine, JsonFault> {
        Ok(SelfPayLine {
            name: self.name.into_owned(),
            non_taxable: yen(self.non_taxable, "non_taxable")?,
            taxable: yen(self.taxable, "taxable")?,
            tax_rate_percent: self.tax_rate_percent,
        })
    }
}

impl<'a> StatementForm<'a> {
    pub(crate) fn of(row: &'a StatementRow) -> Self {
        Self {
            group_head: row.group_head,
            class_name: row.class_name.as_str().into(),
            description: row.description.as_str().into(),
            is_yen: row.is_yen,
            points_or_price: row.points_or_price,
            count: row.count,
            group_end: row.group_end,
        }
    }

    pub(crate) fn into_domain(self) -> StatementRow {
        StatementRow {
            group_head: self.group_head,
            class_name: self.class_name.into_owned(),
            description: self.description.into_owned(),
            is_yen: self.is_yen,
            points_or_price: self.points_or_price,
            count: self.count,
            group_end: self.group_end,
        }
    }
}
