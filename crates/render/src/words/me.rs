//! Words of the account's page. States in patients' words, never our own names for them.

use crate::format;
use domain::card::Expiry;
use domain::time::{Day, Moment};

/// How far a visit has come, in patients' words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitState {
    /// The hospital has not told the amount yet.
    Preparing,
    /// The card will be charged on that day.
    WillBeCharged(Option<Day>),
    /// Asked, and not yet answered: nothing must be paid again. The next news come at that moment.
    BeingChecked(Option<Moment>),
    /// Above the ceiling that the payer has set: not charged until they agree.
    WaitsForConsent,
    /// Paid on that day.
    Paid(Option<Day>),
    /// Paid on that day; a part has gone back to the card.
    PartRefunded(Option<Day>),
    /// All of it has gone back to the card.
    Refunded,
    /// Nothing was to be paid.
    NothingToPay,
    /// The card could not be charged; it is tried again on that day.
    CheckYourCard(Option<Day>),
    /// To be paid at the windows.
    PayAtDesk,
    /// Paid at the windows, or called off.
    PaidOtherwise,
}

/// What the account's page says.
pub struct MeWords {
    pub title: &'static str,
    /// Behind the payer's name.
    pub honorific: &'static str,
    pub next_payment: &'static str,
    pub no_next: &'static str,
    pub next_lead: fn(Day) -> String,
    pub visits: &'static str,
    pub no_visits: &'static str,
    pub no_visits_text: &'static str,
    pub visit_day: fn(Day) -> String,
    pub state: fn(VisitState) -> &'static str,
    pub state_detail: fn(VisitState) -> Option<String>,
    pub amount_unknown: &'static str,
    pub receipt: &'static str,
    /// For screen readers: which visit the receipt is of.
    pub receipt_of: fn(Day, &str) -> String,
    pub receipt_note: &'static str,
    pub account: &'static str,
    pub user_id: &'static str,
    pub mail: &'static str,
    pub card: &'static str,
    pub card_value: fn(&str, &str) -> String,
    pub card_expiry: fn(Expiry) -> String,
    pub card_expired: &'static str,
    pub no_card: &'static str,
    pub ceiling: &'static str,
    pub no_ceiling: &'static str,
    /// Above the payer's name.
    pub person: &'static str,
    pub patients: &'static str,
    pub patient_number: &'static str,
    pub usable_from: fn(Moment) -> String,
    pub state_card_failed: &'static str,
    pub state_suspended: &'static str,
    pub state_closed: &'static str,
}

/// Japanese.
pub(super) const JA: MeWords = MeWords {
    title: "お支払いの状況",
    honorific: "様",
    next_payment: "次のお支払い",
    no_next: "お支払いの予定はありません。",
    next_lead: |day| format!("{}に、登録のカードでお支払いの手続きをします。", format::day(day)),
    visits: "受診とお支払い",
    no_visits: "まだ後払いのご利用はありません。",
    no_visits_text: "受診の日に、後払い受付機に診察券を通すと、ここに表示されます。",
    visit_day: |day| format!("{}の受診", format::day(day)),
    state: |state| match state {
        VisitState::Preparing => "ご請求準備中",
        VisitState::WillBeCharged(_) => "お支払い予定",
        VisitState::BeingChecked(_) => "確認中",
        VisitState::WaitsForConsent => "ご確認をお待ちしています",
        VisitState::Paid(_) => "お支払い済み",
        VisitState::PartRefunded(_) => "お支払い済み(一部を返金)",
        VisitState::Refunded => "返金済み",
        VisitState::NothingToPay => "お支払いはありません",
        VisitState::CheckYourCard(_) => "カードをご確認ください",
        VisitState::PayAtDesk => "窓口でお支払いください",
        VisitState::PaidOtherwise => "後払いの対象外です",
    },
    state_detail: |state| match state {
        VisitState::Preparing => Some("病院で金額を計算しています。".to_owned()),
        VisitState::WillBeCharged(day) => {
            day.map(|day| format!("{}の予定です。", format::day(day)))
        }
        VisitState::BeingChecked(next) => {
            let checking = "確認しています。もう一度お支払いいただく必要はありません。";
            let news = next.map(|at| format!("次のお知らせは、{}ごろです。", format::moment(at)));
            Some(format!("{checking}{}", news.unwrap_or_default()))
        }
        VisitState::WaitsForConsent => {
            Some("設定された上限額をこえているため、カードでのお支払いを止めています。".to_owned())
        }
        VisitState::PartRefunded(day) => Some(day.map_or_else(
            || "医療費の訂正により、一部をカードへお返ししました。".to_owned(),
            |day| {
                format!(
                    "{}のお支払いのうち、一部をカードへお返ししました。金額は、差し引いた額です。",
                    format::day(day)
                )
            },
        )),
        VisitState::Refunded => Some("お支払いの全額を、カードへお返ししました。".to_owned()),
        VisitState::Paid(day) => {
            day.map(|day| format!("{}にお支払いいただきました。", format::day(day)))
        }
        VisitState::NothingToPay => Some("この受診のお支払いは0円です。".to_owned()),
        VisitState::CheckYourCard(day) => {
            let when = day
                .map_or_else(|| "日をおいて".to_owned(), |day| format!("{}に", format::day(day)));
            Some(format!("カードでお支払いができませんでした。{when}、もう一度手続きをします。"))
        }
        VisitState::PayAtDesk => Some(
            "カードでのお支払いが完了しませんでした。会計窓口でお支払いをお願いします。".to_owned(),
        ),
        VisitState::PaidOtherwise => {
            Some("窓口でお支払いいただいたか、受付が取り消されました。".to_owned())
        }
    },
    amount_unknown: "金額は未定です",
    receipt: "領収書・明細書(PDF)",
    receipt_of: |day, hospital| format!("{}、{hospital}の", format::day(day)),
    receipt_note: "領収書・明細書は、院内の発行機でも診察券を使って発行できます。2回目からの発行には「再発行」と表示されます。",
    account: "登録の内容",
    user_id: "ユーザーID",
    mail: "メールアドレス",
    card: "クレジットカード",
    card_value: |brand, last_four| format!("{brand} 末尾{last_four}"),
    card_expiry: |expiry| format!("有効期限 {}年{}月", expiry.year, expiry.month),
    card_expired: "有効期限が切れています。カードを変更してください。",
    no_card: "登録がありません。",
    ceiling: "お支払いの上限額",
    no_ceiling: "決めていません。",
    person: "お名前・ご連絡先",
    patients: "受診する方",
    patient_number: "診察券の番号",
    usable_from: |moment| format!("{}から、ご利用いただけます。", format::moment(moment)),
    state_card_failed: "カードでのお支払いが完了していません。確認できるまで、新しい後払いはご利用いただけません。会計窓口へお問い合わせください。",
    state_suspended: "ただいま後払いはご利用いただけません。くわしくは窓口へお問い合わせください。",
    state_closed: "この登録は終了しています。",
};
