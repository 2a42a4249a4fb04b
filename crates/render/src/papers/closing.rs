//! 入金締め表: what the bank shows on a day, taken apart down to the hospitals and kinds of money. Its sums add
//! up to the deposit; what does not agree is listed and never netted.

use super::sheet::{Section, Sheet, Table, numbers, words};
use super::{Paper, PaperError};
use domain::difference::Difference;
use domain::journal::JournalKind;
use domain::time::Day;
use domain::yen::{SignedYen, Yen};

/// What stands on the sheet of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingPaper {
    /// Who runs the service.
    pub issuer: String,
    /// The day on which the money arrives, in Asia/Tokyo.
    pub day: Day,
    /// What each hospital has in it.
    pub hospitals: Vec<ClosingHospital>,
    /// The payouts of the day, and what the bank has shown of each.
    pub payouts: Vec<ClosingPayout>,
    /// What does not agree, of this day and others.
    pub differences: Vec<Difference>,
    /// Ages are counted to this day.
    pub today: Day,
}

/// One hospital's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingHospital {
    /// Its name; `None`: lines that belong to no hospital.
    pub name: Option<String>,
    /// For each kind how many lines, and their sum in yen as the hospital sees it. Fees are below zero.
    pub sums: Vec<(JournalKind, u64, i64)>,
}

impl ClosingHospital {
    fn net(&self) -> i64 {
        self.sums.iter().map(|(_, _, yen)| yen).sum()
    }
}

/// One payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingPayout {
    /// The gateway's reference.
    pub reference: String,
    /// How many lines it carries.
    pub lines: u64,
    /// What its lines come to less their fees, in yen.
    pub net: i64,
    /// What the gateway says it sent.
    pub sent: Yen,
    /// What the bank has shown of it, and when.
    pub shown: Option<(Day, Yen)>,
}

/// The sheet as an A4 PDF.
pub fn closing(data: &ClosingPaper) -> Result<Paper, PaperError> {
    sheet(data).set()
}

fn yen(amount: i64) -> String {
    SignedYen::new(amount).map_or_else(|_| amount.to_string(), |amount| amount.to_string())
}

fn sheet(data: &ClosingPaper) -> Sheet {
    let net: i64 = data.hospitals.iter().map(ClosingHospital::net).sum();
    let sent: i64 = data.payouts.iter().map(|payout| payout.sent.amount()).sum();
    let shown: i64 = data.payouts.iter().filter_map(|payout| Some(payout.shown?.1.amount())).sum();
    let verdict = if net == sent && sent == shown {
        format!(
            "明細の差引合計・送金額・銀行の入金額は、いずれも {} 円で一致しています。",
            yen(net)
        )
    } else {
        format!(
            "一致していません：明細の差引合計 {} 円、送金額 {} 円、銀行の入金額 {} 円。差額は下の「一致していないもの」をご覧ください。",
            yen(net),
            yen(sent),
            yen(shown)
        )
    };
    Sheet {
        title: format!("入金締め表　{}", data.day.in_japanese()),
        issuer: data.issuer.clone(),
        lead: vec![verdict],
        sections: vec![hospitals(data, net), payouts(data), differences(data)],
    }
}

fn hospitals(data: &ClosingPaper, net: i64) -> Section {
    let mut rows = Vec::new();
    for hospital in &data.hospitals {
        let name = hospital.name.as_deref().unwrap_or("（病院を特定できないもの）");
        for (kind, count, sum) in &hospital.sums {
            let kind = kind.in_japanese().to_owned();
            rows.push(vec![name.to_owned(), kind, count.to_string(), yen(*sum)]);
        }
        let total = yen(hospital.net());
        rows.push(vec![name.to_owned(), "差引".to_owned(), String::new(), total]);
    }
    Section {
        heading: "病院ごとの内訳".to_owned(),
        text: vec!["決済会社の明細によります。カードから受け取った額を正、返した額と手数料を負で表します。".to_owned()],
        table: Some(Table {
            columns: vec![words("病院", 3), words("区分", 2), numbers("件数"), numbers("金額（円）")],
            rows,
            total: Some(vec!["合計".to_owned(), "差引".to_owned(), String::new(), yen(net)]),
        }),
    }
}

fn payouts(data: &ClosingPaper) -> Section {
    let row = |payout: &ClosingPayout| {
        let shown = payout.shown.map_or_else(
            || vec!["未確認".to_owned(), String::new()],
            |(day, amount)| vec![day.to_string(), amount.to_string()],
        );
        let mut row = vec![
            payout.reference.clone(),
            payout.lines.to_string(),
            yen(payout.net),
            payout.sent.to_string(),
        ];
        row.extend(shown);
        row
    };
    Section {
        heading: "送金と銀行の入金".to_owned(),
        text: if data.payouts.is_empty() {
            vec!["この日に届く送金はありません。".to_owned()]
        } else {
            Vec::new()
        },
        table: (!data.payouts.is_empty()).then(|| Table {
            columns: vec![
                words("送金番号", 1),
                numbers("明細数"),
                numbers("明細の差引"),
                numbers("送金額"),
                words("入金日", 0),
                numbers("入金額"),
            ],
            rows: data.payouts.iter().map(row).collect(),
            total: None,
        }),
    }
}

fn differences(data: &ClosingPaper) -> Section {
    let side = |amount: Option<SignedYen>| {
        amount.map_or_else(|| "なし".to_owned(), |amount| amount.to_string())
    };
    let row = |open: &Difference| {
        vec![
            open.day.to_string(),
            format!("{}。{}。（{}）", open.kind.in_japanese(), open.kind.proposal(), open.subject),
            side(open.ours),
            side(open.theirs),
            open.kind.owner().in_japanese().to_owned(),
            format!("{}日", open.age_days(data.today)),
        ]
    };
    Section {
        heading: "一致していないもの".to_owned(),
        text: vec![if data.differences.is_empty() {
            "ありません。".to_owned()
        } else {
            format!("{} 件。相殺せず、すべて挙げています。", data.differences.len())
        }],
        table: (!data.differences.is_empty()).then(|| Table {
            columns: vec![
                words("対象日", 0),
                words("内容と対応", 1),
                numbers("当方"),
                numbers("相手方"),
                words("担当", 0),
                numbers("経過"),
            ],
            rows: data.differences.iter().map(row).collect(),
            total: None,
        }),
    }
}
