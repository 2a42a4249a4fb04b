//! Words of the pages on which a payer says what may be charged: the ceiling, and consent above it.

use crate::format;
use domain::time::Day;
use domain::yen::Yen;

/// What those pages say.
pub struct LimitWords {
    /// Leads to the page of the ceiling.
    pub to_ceiling: &'static str,
    pub ceiling_title: &'static str,
    pub ceiling_lead: &'static [&'static str],
    pub now: fn(Option<Yen>) -> String,
    pub saved: &'static str,
    pub amount: &'static str,
    pub amount_hint: &'static str,
    pub amount_missing: &'static str,
    pub amount_wrong: &'static str,
    pub set: &'static str,
    pub lift: &'static str,
    pub not_under_way: &'static str,
    pub back: &'static str,
    /// Leads to the page of the consent.
    pub to_consent: &'static str,
    pub consent_title: &'static str,
    pub consent_lead: &'static str,
    pub changed: &'static str,
    pub hospital: &'static str,
    pub visit_day: &'static str,
    pub day: fn(Day) -> String,
    pub to_pay: &'static str,
    pub card: &'static str,
    pub agree: &'static str,
    pub otherwise: fn(&str) -> String,
}

/// Japanese.
pub(super) const JA: LimitWords = LimitWords {
    to_ceiling: "上限額を変える",
    ceiling_title: "お支払いの上限額",
    ceiling_lead: &[
        "1回の受診で、確認なしにカードでお支払いする金額の上限を決められます。",
        "上限をこえたときは、カードでのお支払いを止めて、メールでおたずねします。",
    ],
    now: |ceiling| {
        ceiling.map_or_else(
            || "いまは、上限額を決めていません。".to_owned(),
            |ceiling| format!("いまの上限額は、{}です。", format::yen(ceiling)),
        )
    },
    saved: "上限額を変更しました。",
    amount: "上限額(円)",
    amount_hint: "例: 30000",
    amount_missing: "上限額を入力してください。上限をやめるときは、下の「上限をなくす」を押してください。",
    amount_wrong: "1円から9,999,999円までの金額を、数字で入力してください。",
    set: "この金額を上限にする",
    lift: "上限をなくす",
    not_under_way: "すでに手続きを始めているお支払いには、新しい上限額ははたらきません。",
    back: "お支払いの状況へもどる",
    to_consent: "内容を確認する",
    consent_title: "お支払いの確認",
    consent_lead: "設定された上限額をこえているため、カードでのお支払いを止めています。金額をご確認ください。",
    changed: "金額が変わりました。新しい金額をご確認ください。",
    hospital: "病院",
    visit_day: "受診日",
    day: format::day,
    to_pay: "お支払いの金額",
    card: "カード",
    agree: "この金額をカードで支払う",
    otherwise: |hospital| {
        format!("カードで支払わないときは、{hospital}の会計窓口でお支払いをお願いします。")
    },
};
