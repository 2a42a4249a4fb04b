//! Receipts with their statements as PDF: from this process, warm, beside a browser that prints a page of
//! the same content: started for each file, and kept open for all of them.

use crate::machine::said_by;
use crate::measure::{
    Compared, Figure, Goal, ROUNDS, Samples, Unit, nanoseconds, percentile, table, timed,
};
use crate::page::html;
use crate::world::{first_day, shimin};
use anyhow::{Context as _, ensure};
use domain::entry::CareSetting;
use domain::policy::Policy;
use exchange::fixture;
use render::papers::{Fidelity, PatientBlock, ReceiptBill, ReceiptPaper, receipt_with_statement};
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Receipts in a round; each is another patient's.
const OURS: usize = 40;
const WARM: usize = 10;
const COLD: usize = 3;

/// Measures; the medians are of the time for one file.
pub fn run() -> anyhow::Result<()> {
    let papers = papers(OURS.saturating_mul(ROUNDS.saturating_add(1)))?;
    let folder = tempfile::tempdir()?;
    let fonts =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/render/fonts").canonicalize()?;
    let mut pages = Vec::new();
    for (number, paper) in papers.iter().enumerate() {
        let at = folder.path().join(format!("{number}.html"));
        std::fs::write(&at, html(paper, &fonts))?;
        pages.push(at);
    }
    let mut browser = Browser::start(folder.path())?;
    println!("\nBrowser: {}", said_by(&chromium(), &["--version"]));
    let (warm_up, papers) = papers.split_at(OURS);
    let (warm_up_pages, pages) = pages.split_at(OURS);
    let (first, _) = timed(|| set(warm_up.iter().take(1)))?;
    set(warm_up.iter())?;
    for page in warm_up_pages.iter().take(WARM) {
        browser.print(page)?;
    }
    let [mut ours, mut warm, mut cold, mut all_warm, mut all_cold] =
        [(); 5].map(|()| Samples::new(Unit::Nanoseconds));
    let mut of_first = Samples::new(Unit::Nanoseconds);
    of_first.push(first.iter().copied().max().unwrap_or(0));
    for (papers, pages) in papers.chunks(OURS).zip(pages.chunks(OURS)) {
        let mine = percentile(&set(papers.iter())?, 50);
        ours.push(mine);
        let times = pages.iter().take(WARM).map(|page| browser.print(page));
        warm.push(percentile(&times.collect::<anyhow::Result<Vec<_>>>()?, 50));
        let times = pages.iter().take(COLD).map(|page| start_for(page, folder.path()));
        cold.push(percentile(&times.collect::<anyhow::Result<Vec<_>>>()?, 50));
        all_warm.push(mine);
        all_cold.push(mine);
    }
    browser.stop()?;
    let pdf = receipt_with_statement(papers.first().context("a paper")?)?.pdf.len();
    let what = format!("Receipt and statement of a visit ({pdf} bytes), one after the other");
    let figure = |ours, name, peer, goal| Figure {
        what: what.clone(),
        ours,
        peer: Some((name, peer)),
        compared: Compared::Speed,
        goal,
    };
    let first = Figure {
        what: "The first one of a process, fonts read".to_owned(),
        ours: of_first,
        peer: None,
        compared: Compared::Speed,
        goal: Goal::None,
    };
    let figures = [
        figure(ours, "Chromium started for each", cold, Goal::AtLeast(5_000)),
        figure(all_warm, "Chromium kept open", warm, Goal::AtLeast(300)),
        first,
    ];
    table("Receipts", &figures);
    Ok(())
}

/// Sets receipts one after the other, and tells how long each took.
fn set<'p>(papers: impl Iterator<Item = &'p ReceiptPaper>) -> anyhow::Result<Vec<u64>> {
    papers
        .map(|paper| {
            let (made, time) = timed(|| Ok(receipt_with_statement(paper)?))?;
            ensure!(made.fidelity == Fidelity::Complete, "flawed: {:?}", made.fidelity);
            Ok(nanoseconds(time))
        })
        .collect()
}

/// Receipts of a hospital's day: visits with a statement, of as many people.
fn papers(count: usize) -> anyhow::Result<Vec<ReceiptPaper>> {
    let (hospital, layout) = (shimin()?, Policy::of_the_faq().card_layout);
    let seed = fixture::seed_of(&hospital);
    let sample = ReceiptPaper::samples().into_iter().next().context("a sample")?;
    let bills =
        fixture::day_of_bills(seed, &hospital, &layout, first_day()?, count.saturating_mul(2));
    let visits = bills.into_iter().filter(|bill| {
        bill.key.setting == CareSetting::Outpatient && !bill.content.statement.is_empty()
    });
    let papers: Vec<ReceiptPaper> = visits
        .zip(0_u32..)
        .take(count)
        .map(|(bill, index)| {
            let person = fixture::person(seed, index, &layout);
            let amount = bill.content.amounts.amount_due;
            ReceiptPaper {
                number: format!("2026-{index:06}"),
                total_paid: amount,
                patient: PatientBlock {
                    number: bill.content.patient_number.to_string(),
                    name: person.name.as_str().to_owned(),
                    kana: Some(person.kana.as_str().to_owned()),
                },
                bills: vec![ReceiptBill {
                    slip_number: bill.key.slip_number.to_string(),
                    setting: bill.key.setting,
                    relation: None,
                    content: bill.content,
                    amount,
                    tax_lines: Vec::new(),
                }],
                ..sample.clone()
            }
        })
        .collect();
    ensure!(papers.len() == count, "the hospital's day has only {} such visits", papers.len());
    Ok(papers)
}

fn chromium() -> String {
    std::env::var("ATOBARAI_CHROMIUM").unwrap_or_else(|_unset| "/usr/bin/chromium".to_owned())
}

/// Starts a browser for one page, as a program would that has no other way to a PDF.
fn start_for(page: &Path, folder: &Path) -> anyhow::Result<u64> {
    let pdf = folder.join("cold.pdf");
    let (status, time) = timed(|| {
        Command::new(chromium())
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"])
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(page)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .with_context(chromium)
    })?;
    ensure!(status.success() && pdf.metadata()?.len() > 1_000, "Chromium made no PDF");
    std::fs::remove_file(&pdf)?;
    Ok(nanoseconds(time))
}

/// A browser that is kept open, behind `peers/chromium.mjs`. It takes the time itself, so that the way
/// here and back is not counted.
struct Browser {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    pdf: PathBuf,
}

impl Browser {
    fn start(folder: &Path) -> anyhow::Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/chromium.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .env("ATOBARAI_CHROMIUM", chromium())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("node")?;
        let orders = child.stdin.take().context("a way to the browser")?;
        let answers = BufReader::new(child.stdout.take().context("a way back")?).lines();
        Ok(Self { child, orders, answers, pdf: folder.join("warm.pdf") })
    }

    fn print(&mut self, page: &Path) -> anyhow::Result<u64> {
        writeln!(self.orders, "{}\t{}", page.display(), self.pdf.display())?;
        let answer = self.answers.next().context("the browser has gone")??;
        ensure!(self.pdf.metadata()?.len() > 1_000, "Chromium made no PDF");
        answer.parse().with_context(|| format!("the browser said {answer:?}"))
    }

    fn stop(mut self) -> anyhow::Result<()> {
        drop(self.orders);
        self.child.wait()?;
        Ok(())
    }
}
