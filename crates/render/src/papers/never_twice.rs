//! 「二重に請求していないこと」の報告書: from real data, for an accountant who reads it for the first time.

use super::sheet::{Section, Sheet, Table, numbers, words};
use super::{Paper, PaperError};
use domain::difference::Difference;
use domain::time::{Day, Moment};
use domain::yen::SignedYen;

/// What the report says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeverTwicePaper {
    /// Who runs the service.
    pub issuer: String,
    /// The first day of the charges that are looked at.
    pub first: Day,
    /// The last.
    pub last: Day,
    /// When the data was read.
    pub made_at: Moment,
    /// The two books beside each other.
    pub sides: Vec<Beside>,
    /// What became of the bills: where each of them stands now, how many, and their sum in yen.
    pub bills: Vec<(&'static str, u64, i64)>,
    /// What was checked: the rule, how many were looked at, and what breaks it.
    pub checks: Vec<(String, u64, Vec<String>)>,
    /// What does not agree and waits for a person.
    pub differences: Vec<Difference>,
}

/// One kind of money in two books, each a count and a sum of yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// In an accountant's words.
    pub name: &'static str,
    /// What our journal booked.
    pub ours: (u64, i64),
    /// What the gateway's lines say.
    pub theirs: (u64, i64),
}

/// The report as an A4 PDF.
pub fn never_twice(data: &NeverTwicePaper) -> Result<Paper, PaperError> {
    sheet(data).set()
}

/// The same in plain text, for a terminal.
#[must_use]
pub fn never_twice_text(data: &NeverTwicePaper) -> String {
    let sheet = sheet(data);
    let mut lines = vec![sheet.title, String::new()];
    lines.extend(sheet.lead);
    for section in sheet.sections {
        lines.extend([String::new(), format!("■ {}", section.heading)]);
        lines.extend(section.text);
        let Some(table) = section.table else { continue };
        let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        lines.push(names.join("\t"));
        lines.extend(table.rows.iter().chain(&table.total).map(|row| row.join("\t")));
    }
    lines.join("\n")
}

fn yen(amount: i64) -> String {
    SignedYen::new(amount).map_or_else(|_| amount.to_string(), |amount| amount.to_string())
}

fn sheet(data: &NeverTwicePaper) -> Sheet {
    let broken: usize = data.checks.iter().map(|(_, _, broken)| broken.len()).sum();
    let apart = data.sides.iter().any(|beside| beside.ours != beside.theirs);
    let verdict = if broken == 0 && !apart && data.differences.is_empty() {
        "結論：二重の請求も、失われた請求もありません。すべての確認に問題がなく、当方の帳簿とカード決済会社の帳簿は一致しています。"
    } else if broken == 0 {
        "結論：二重の請求は見つかっていません。ただし、帳簿の間に一致していないものがあり、担当者が確認しています（4. をご覧ください）。"
    } else {
        "結論：問題が見つかりました。2. の「問題」の欄をご覧ください。"
    };
    Sheet {
        title: "二重に請求していないことの報告書".to_owned(),
        issuer: data.issuer.clone(),
        lead: vec![
            format!(
                "対象：{} から {} までにカードへ請求したもの",
                data.first.in_japanese(),
                data.last.in_japanese()
            ),
            format!("作成：{}", data.made_at),
            verdict.to_owned(),
        ],
        sections: vec![sides(data), checks(data), bills(data), differences(data)],
    }
}

fn sides(data: &NeverTwicePaper) -> Section {
    let row = |beside: &Beside| {
        let Beside { name, ours, theirs } = beside;
        vec![
            (*name).to_owned(),
            ours.0.to_string(),
            yen(ours.1),
            theirs.0.to_string(),
            yen(theirs.1),
            if ours == theirs { "一致" } else { "不一致" }.to_owned(),
        ]
    };
    Section {
        heading: "1. 二つの帳簿を並べます".to_owned(),
        text: vec!["左は当方の帳簿、右はカード決済会社から受け取った明細です。二つは別々に作られています。同じ人に二度請求すれば、右の件数が左より多くなります。".to_owned()],
        table: Some(Table {
            columns: vec![
                words("区分", 1),
                numbers("当方（件）"),
                numbers("当方（円）"),
                numbers("決済会社（件）"),
                numbers("決済会社（円）"),
                words("結果", 0),
            ],
            rows: data.sides.iter().map(row).collect(),
            total: None,
        }),
    }
}

fn checks(data: &NeverTwicePaper) -> Section {
    let row = |(rule, looked_at, broken): &(String, u64, Vec<String>)| {
        let problem = if broken.is_empty() {
            "なし".to_owned()
        } else {
            format!("{}件：{}", broken.len(), broken.join("、"))
        };
        vec![rule.clone(), looked_at.to_string(), problem]
    };
    Section {
        heading: "2. 一件ずつ確かめたこと".to_owned(),
        text: vec!["記録の全件について、次の決まりが守られているかを調べました。期間の外の記録も含みます。".to_owned()],
        table: Some(Table {
            columns: vec![words("決まり", 3), numbers("調べた件数"), words("問題", 1)],
            rows: data.checks.iter().map(row).collect(),
            total: None,
        }),
    }
}

fn bills(data: &NeverTwicePaper) -> Section {
    let row = |(name, count, sum): &(&'static str, u64, i64)| {
        vec![(*name).to_owned(), count.to_string(), yen(*sum)]
    };
    let (count, sum) = data.bills.iter().fold((0_u64, 0_i64), |(count, sum), (_, more, yen)| {
        (count.saturating_add(*more), sum.saturating_add(*yen))
    });
    Section {
        heading: "3. 請求の行方".to_owned(),
        text: vec![
            "これまでに作られたすべての請求が、今どこにあるかです。どこにもない請求はありません。"
                .to_owned(),
        ],
        table: Some(Table {
            columns: vec![words("今の状態", 1), numbers("件数"), numbers("金額（円）")],
            rows: data.bills.iter().map(row).collect(),
            total: Some(vec!["合計".to_owned(), count.to_string(), yen(sum)]),
        }),
    }
}

fn differences(data: &NeverTwicePaper) -> Section {
    let row = |open: &Difference| {
        vec![
            open.day.to_string(),
            format!("{}。（{}）", open.kind.in_japanese(), open.subject),
            open.kind.owner().in_japanese().to_owned(),
            format!("{}日", open.age_days(data.made_at.day())),
        ]
    };
    Section {
        heading: "4. 一致していないもの".to_owned(),
        text: vec![if data.differences.is_empty() {
            "ありません。".to_owned()
        } else {
            "自動では直しません。担当者が理由を確かめ、記録に残して閉じます。".to_owned()
        }],
        table: (!data.differences.is_empty()).then(|| Table {
            columns: vec![words("対象日", 0), words("内容", 1), words("担当", 0), numbers("経過")],
            rows: data.differences.iter().map(row).collect(),
            total: None,
        }),
    }
}
