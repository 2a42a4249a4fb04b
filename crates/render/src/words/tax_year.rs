//! Words of the page for 医療費控除.

use crate::format;
use domain::time::Day;

/// What it says.
pub struct TaxYearWords {
    /// Leads there.
    pub to_year: &'static str,
    pub title: fn(i16) -> String,
    pub lead: &'static str,
    pub total: &'static str,
    pub by_patient: &'static str,
    pub none: &'static str,
    pub payments: &'static str,
    pub paid_on: fn(Day) -> String,
    pub visit: fn(Day) -> String,
    /// Somebody of whom no name is known, by relation and number.
    pub other_patient: fn(&str, &str) -> String,
    /// Above what may not be deductible.
    pub apart: &'static str,
    pub apart_lead: &'static str,
    pub files: &'static str,
    pub files_lead: &'static str,
    pub workbook: &'static str,
    pub csv: &'static str,
    pub notes: &'static [&'static str],
    pub other_years: &'static str,
    pub year: fn(i16) -> String,
    /// In December: visits from this day on are paid in the next year.
    pub year_end: fn(Day) -> String,
}

/// Japanese.
pub(super) const JA: TaxYearWords = TaxYearWords {
    to_year: "1年分の医療費(医療費控除)",
    title: |year| format!("{year}年にお支払いの医療費"),
    lead: "このサービスでお支払いになった分を、カードでお支払いになった日の年ごとにまとめています。確定申告の医療費控除にお使いください。",
    total: "合計",
    by_patient: "受診した方ごとの合計",
    none: "この年のお支払いは、まだありません。",
    payments: "お支払いの一覧",
    paid_on: |day| format!("{}にお支払い", format::day(day)),
    visit: |day| format!("{}の受診", format::day(day)),
    other_patient: |relation, number| format!("{relation}(診察券の番号 {number})"),
    apart: "控除の対象にならないことがあるもの",
    apart_lead: "合計にふくまれています。対象になるかどうかは、税務署へおたずねください。",
    files: "確定申告に使う",
    files_lead: "国税庁の「医療費集計フォーム」と同じ並びの表です。",
    workbook: "エクセルの表を受け取る",
    csv: "CSVの表を受け取る",
    notes: &[
        "窓口で、現金などでお支払いになった分は入っていません。",
        "保険金などで補われた額は、ご自分で書き入れてください。",
        "領収書は、5年間保管してください。",
    ],
    other_years: "ほかの年",
    year: |year| format!("{year}年"),
    year_end: |day| {
        format!(
            "今年の医療費控除に入るのは、12月31日までにお支払いが完了した分です。{}からの受診は、来年のお支払いになります。今年のお支払いをご希望のときは、受付機を使わず、会計窓口でお支払いください。",
            format::day(day)
        )
    },
};
