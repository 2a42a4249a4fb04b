//! The papers as somebody else's program reads them: text out of the PDF by poppler's `pdftotext`.

use domain::bill::StatementRow;
use render::papers::{self, Fidelity, Paper, PosterPaper, ReceiptPaper, SlipPaper};
use std::io::Write;
use std::process::{Command, Stdio};

/// The text of a paper without blanks, page by page, in the order of the file, which is that of a
/// screen reader: each word before its value.
fn pages(paper: &Paper) -> Vec<String> {
    assert_eq!(paper.fidelity, Fidelity::Complete);
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("pdftotext of poppler-utils");
    let mut stdin = reader.stdin.take().expect("a pipe in");
    let pdf = paper.pdf.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&pdf));
    let output = reader.wait_with_output().expect("a pipe out");
    writer.join().expect("no panic").expect("the whole paper is read");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut pages: Vec<String> = text
        .split('\u{c}')
        .map(|page| page.chars().filter(|c| !c.is_whitespace()).collect())
        .collect();
    pages.pop();
    pages
}

fn assert_says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word:?} is not in {page}");
    }
}

#[test]
fn q28_the_receipt_says_what_was_paid_when_and_how() {
    let paper = papers::receipt(&ReceiptPaper::samples()[0]).unwrap();
    let pages = pages(&paper);
    assert_eq!(pages.len(), 1);
    assert_says(
        &pages[0],
        &[
            "領収証",
            "2026-000123",
            "岡山花子様",
            "0012345678",
            "受診日2026年11月24日",
            "領収日2026年11月28日",
            "クレジットカード一括払い",
            "VISA末尾4242",
            "後払いサービス利用分",
            "261124-0007-7",
            "2,260円",
            "754点",
            "086-000-0000",
        ],
    );
    assert!(!pages[0].contains("再発行"), "the original is not marked");
    assert!(!pages[0].contains("印紙"), "no stamp is wanted on a receipt for a card");
}

/// All sections of the ministry's form are there, those without an amount too.
#[test]
fn every_section_of_the_form_is_on_the_receipt() {
    let paper = papers::receipt(&ReceiptPaper::samples()[2]).unwrap();
    let page = pages(&paper).concat();
    for section in domain::bill_section::Section::ALL {
        assert_says(&page, &[section.in_japanese()]);
    }
    assert_eq!(page.matches("その他").count(), 2, "insured and uninsured");
    assert_says(
        &page,
        &["請求期間2026年12月1日～2026年12月28日", "窓口でお支払い済みの額50,000円", "1,234,650円"],
    );
}

#[test]
fn a_reissue_and_a_correction_say_so_on_each_page_and_rare_kanji_are_kept() {
    let paper = papers::receipt(&ReceiptPaper::samples()[1]).unwrap();
    let pages = pages(&paper);
    assert_eq!(pages.len(), 2, "a page for each bill");
    for (page, number) in pages.iter().zip(["2026-000124-1", "2026-000124-2"]) {
        assert_says(
            page,
            &[
                "再発行（2回目）",
                "（訂正）",
                "2026-000099",
                "𠮷野髙﨑子様",
                number,
                "T1234567890123",
            ],
        );
    }
    assert_says(
        &pages[1],
        &["10%対象12,100円（消費税1,100円）", "※8%対象540円（消費税39円）", "経口補水液※"],
    );
}

#[test]
fn a_statement_of_two_thousand_rows_counts_its_pages_repeats_its_head_and_keeps_groups_whole() {
    let mut receipt = ReceiptPaper::samples().remove(0);
    receipt.bills[0].content.statement = (0..2_000_i32)
        .map(|number| StatementRow {
            group_head: number % 420 == 0,
            class_name: "検査".into(),
            description: format!("検査項目{number:04}"),
            is_yen: false,
            points_or_price: 10,
            count: 1,
            group_end: number % 7 == 6,
        })
        .collect();
    let paper = papers::statement(&receipt).unwrap().unwrap();
    let pages = pages(&paper);
    assert!(pages.len() > 30, "{} pages", pages.len());
    for (at, page) in pages.iter().enumerate() {
        assert_says(page, &[&format!("{}/{}ページ", at + 1, pages.len()), "項目名", "点数・単価"]);
        assert_eq!(page.contains("診療明細書（続き）"), at > 0, "page {}", at + 1);
    }
    let page_of =
        |number: i32| pages.iter().position(|page| page.contains(&format!("検査項目{number:04}")));
    for first in (0..1_995).step_by(7) {
        assert_eq!(page_of(first), page_of(first + 6), "the group from {first} is torn apart");
    }
    let all = pages.concat();
    assert!(
        (0..2_000).all(|number| all.contains(&format!("検査項目{number:04}"))),
        "a row is lost"
    );
}

#[test]
fn receipt_and_statement_in_one_file_count_their_pages_apart() {
    let both = papers::receipt_with_statement(&ReceiptPaper::samples()[0]).unwrap();
    let pages = pages(&both);
    assert_eq!(pages.len(), 2);
    assert_says(&pages[0], &["領収証", "1/1ページ"]);
    assert_says(&pages[1], &["診療明細書", "1/1ページ", "HbA1c", "保険合計"]);
    let mut bare = ReceiptPaper::samples().remove(0);
    bare.bills[0].content.statement.clear();
    assert_eq!(papers::statement(&bare).unwrap(), None);
}

#[test]
fn q05_q22_the_slip_promises_a_day_and_says_where_to_hand_it_in() {
    let slips = SlipPaper::samples();
    let text = pages(&papers::slip_pdf(&slips[0]).unwrap()).concat();
    assert_says(
        &text,
        &[
            "後払い利用票",
            "2026年11月24日(火)9:05",
            "261124-0007-7",
            "0012345678",
            "診察後、受付ファイルと一緒に計算窓口へお出しください。",
            "約4日後の2026年11月28日(土)ごろに、登録カードで一括でお支払いいただきます。",
            "医療費控除では2026年分",
            "この票は領収書ではありません。",
            "診療の受付は別に必要です。",
        ],
    );
}

/// Fails when the tax year is that of the visit.
#[test]
fn q05_a_slip_at_the_end_of_the_year_warns_of_the_tax_year() {
    let text = pages(&papers::slip_pdf(&SlipPaper::samples()[1]).unwrap()).concat();
    assert_says(
        &text,
        &["2027年1月1日(金)ごろに", "領収書の日付と医療費控除は2027年分になります。"],
    );
}

#[test]
fn q02_q03_q11_q13_the_poster_says_what_to_know_before_registering() {
    let text = pages(&papers::poster(&PosterPaper::samples()[0]).unwrap()).concat();
    assert_says(
        &text,
        &[
            "atobarai.example.jp/okayama/new/",
            "登録は3ステップ",
            "一括払いのみ",
            "デビットカード・プリペイドカードはご利用いただけません。",
            "atobarai.example.jpからのメールを受信できるように",
            "岡山見本市立せのお病院",
            "約15分",
            "平日7:45～17:00",
        ],
    );
}

#[test]
fn a_poster_fits_one_page_however_many_hospitals_share_it() {
    let mut poster = PosterPaper::samples().remove(0);
    poster.group_hospital_names = (1..=12).map(|n| format!("岡山見本市立第{n}総合病院")).collect();
    let pages = pages(&papers::poster(&poster).unwrap());
    assert_eq!(pages.len(), 1);
    assert_says(&pages[0], &["第12総合病院", "お問い合わせ086-000-0000"]);
}
