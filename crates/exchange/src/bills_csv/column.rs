//! The columns of a bill file: one table for the reader, the writer and the manual.

/// A column of the file, in the order in which we write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// `hospital_code`
    HospitalCode,
    /// `patient_number`
    PatientNumber,
    /// `slip_number`
    SlipNumber,
    /// `revision`
    Revision,
    /// `in_out`
    InOut,
    /// `service_date`
    ServiceDate,
    /// `service_end_date`
    ServiceEndDate,
    /// `department_code`
    DepartmentCode,
    /// `department_name`
    DepartmentName,
    /// `insurance`
    Insurance,
    /// `burden_rate_percent`
    BurdenRatePercent,
    /// `amount_due`
    AmountDue,
    /// `tax_included`
    TaxIncluded,
    /// `amount_received`
    AmountReceived,
    /// `insured_burden`
    InsuredBurden,
    /// `self_pay`
    SelfPay,
    /// `subsidy_burden`
    SubsidyBurden,
    /// `meal_burden`
    MealBurden,
    /// `living_burden`
    LivingBurden,
    /// `work_accident_total`
    WorkAccidentTotal,
    /// `reduction`
    Reduction,
    /// `adjustment_1`
    Adjustment1,
    /// `adjustment_2`
    Adjustment2,
    /// `previous_balance`
    PreviousBalance,
    /// `total_points`
    TotalPoints,
    /// `slip_group`
    SlipGroup,
    /// `state`
    State,
    /// `issued_at`
    IssuedAt,
    /// `sections`
    Sections,
    /// `other_self_pay`
    OtherSelfPay,
    /// `statement`
    Statement,
}

/// Whether a file can do without the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The column must be there, and its cells must not be blank.
    Required,
    /// The column may be missing and its cells may be blank.
    Optional,
}

/// What the manual says of a column.
#[derive(Clone, Copy, Debug)]
pub struct ColumnFacts {
    /// Which one.
    pub column: Column,
    /// As in the header row.
    pub name: &'static str,
    /// Whether a file can do without it.
    pub need: Need,
    /// As hospital staff call it.
    pub japanese: &'static str,
    /// What its cells may hold, in Japanese.
    pub holds: &'static str,
}

/// First cell of the last row: `#trailer,` number of rows `,` sum of `amount_due`.
pub const TRAILER_MARK: &str = "#trailer";

const YEN: &str = "0以上の整数(円)。空欄は0";
const SIGNED: &str = "整数(円)。マイナスは半角の`-`。空欄は0";
const DAY: &str = "`2026-11-24` または `20261124`";

const fn facts(
    column: Column,
    name: &'static str,
    need: Need,
    japanese: &'static str,
    holds: &'static str,
) -> ColumnFacts {
    ColumnFacts { column, name, need, japanese, holds }
}

/// Every column.
pub const COLUMNS: [ColumnFacts; 31] = {
    use Column as C;
    use Need::{Optional, Required};
    [
        facts(
            C::HospitalCode,
            "hospital_code",
            Required,
            "病院コード",
            "取込時に指定した病院と同じコード(例 `shimin`)",
        ),
        facts(
            C::PatientNumber,
            "patient_number",
            Required,
            "患者番号",
            "数字。先頭の0は省略できます",
        ),
        facts(
            C::SlipNumber,
            "slip_number",
            Required,
            "伝票番号",
            "半角の英数字とハイフン、20文字まで",
        ),
        facts(C::Revision, "revision", Required, "版数", "0〜999999。訂正のたびに大きくします"),
        facts(
            C::InOut,
            "in_out",
            Required,
            "入外区分",
            "`outpatient` `inpatient` `外来` `入院`。`1` `2` は病院により意味が逆のため不可",
        ),
        facts(C::ServiceDate, "service_date", Required, "診療日(開始日)", DAY),
        facts(
            C::ServiceEndDate,
            "service_end_date",
            Optional,
            "診療終了日",
            "入院のみ。`2026-11-24` または `20261124`",
        ),
        facts(
            C::DepartmentCode,
            "department_code",
            Optional,
            "診療科コード",
            "診療科名が空欄のとき、領収書にこの文字を印字します",
        ),
        facts(
            C::DepartmentName,
            "department_name",
            Optional,
            "診療科名",
            "40文字まで。診療科コードがなければ必須",
        ),
        facts(C::Insurance, "insurance", Optional, "費用区分", "40文字まで(例 `社保`)"),
        facts(
            C::BurdenRatePercent,
            "burden_rate_percent",
            Optional,
            "負担割合(%)",
            "0〜100。空欄は「割合なし」",
        ),
        facts(
            C::AmountDue,
            "amount_due",
            Required,
            "今回請求額",
            "0以上、病院の上限額以下の整数(円)",
        ),
        facts(C::TaxIncluded, "tax_included", Optional, "うち消費税", YEN),
        facts(
            C::AmountReceived,
            "amount_received",
            Required,
            "入金済額",
            "0以上、今回請求額以下の整数(円)",
        ),
        facts(C::InsuredBurden, "insured_burden", Optional, "保険分負担額", YEN),
        facts(C::SelfPay, "self_pay", Optional, "自費", YEN),
        facts(C::SubsidyBurden, "subsidy_burden", Optional, "公費分負担額", YEN),
        facts(C::MealBurden, "meal_burden", Optional, "食事負担額", YEN),
        facts(C::LivingBurden, "living_burden", Optional, "生活療養負担額", YEN),
        facts(C::WorkAccidentTotal, "work_accident_total", Optional, "労災負担額", YEN),
        facts(C::Reduction, "reduction", Optional, "減免額", SIGNED),
        facts(C::Adjustment1, "adjustment_1", Optional, "調整金1", SIGNED),
        facts(C::Adjustment2, "adjustment_2", Optional, "調整金2", SIGNED),
        facts(C::PreviousBalance, "previous_balance", Optional, "前回未収額", SIGNED),
        facts(C::TotalPoints, "total_points", Optional, "合計点数", "0以上の整数(点)。空欄は0"),
        facts(C::SlipGroup, "slip_group", Optional, "まとめ伝票番号", "20文字まで"),
        facts(C::State, "state", Required, "請求の状態", "`billed` `cancelled` `請求` `請求取消`"),
        facts(
            C::IssuedAt,
            "issued_at",
            Required,
            "請求書の発行日",
            "日付、または日付と時刻(`2026-11-24T09:15:00+09:00`)。日付だけを使います",
        ),
        facts(
            C::Sections,
            "sections",
            Optional,
            "部ごとの点数",
            "JSON: `[{\"section\":\"consultation\",\"insured\":291,\"uninsured\":0}]`",
        ),
        facts(
            C::OtherSelfPay,
            "other_self_pay",
            Optional,
            "その他自費",
            "JSON: `[{\"name\":\"診断書\",\"taxable\":5500,\"tax_rate_percent\":10}]`",
        ),
        facts(
            C::Statement,
            "statement",
            Optional,
            "診療明細",
            "JSON: `[{\"class_name\":\"初・再診料\",\"description\":\"再診料\",\"points_or_price\":75,\"count\":1}]`",
        ),
    ]
};

impl Column {
    /// What the manual says of it.
    #[must_use]
    pub fn facts(self) -> Option<&'static ColumnFacts> {
        COLUMNS.iter().find(|facts| facts.column == self)
    }

    /// As in the header row.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().map_or("", |facts| facts.name)
    }

    /// As hospital staff call it.
    #[must_use]
    pub fn in_japanese(self) -> &'static str {
        self.facts().map_or("", |facts| facts.japanese)
    }

    /// Finds a column by the name in a header row.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        COLUMNS.iter().find(|facts| facts.name == name).map(|facts| facts.column)
    }
}

/// The table as it stands in the manual.
#[must_use]
pub fn table_in_markdown() -> String {
    let mut table = String::from("| 列名 | 必須 | 内容 | 書き方 |\n| --- | --- | --- | --- |\n");
    for facts in &COLUMNS {
        let need = match facts.need {
            Need::Required => "必須",
            Need::Optional => "",
        };
        table.push_str(&format!(
            "| `{}` | {need} | {} | {} |\n",
            facts.name, facts.japanese, facts.holds
        ));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own() {
        for facts in &COLUMNS {
            assert_eq!(Column::by_name(facts.name), Some(facts.column));
        }
    }
}
