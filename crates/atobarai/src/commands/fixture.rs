//! `atobarai fixture`: invented payers with entered visits, and invented bills in the hospital's file format.

use super::{day, hospital_code, say};
use crate::settings::Environment;
use crate::wiring;
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use domain::card::{CardFacts, Expiry, Funding, GatewayCard};
use domain::entry::CareSetting;
use domain::group::HospitalCode;
use domain::policy::Policy;
use domain::time::Day;
use exchange::bills_csv::{self, Charset, LineEnd};
use exchange::fixture;
use outbound::cards::{CardGateway, SetupOrder, SetupOutcome};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes invented data for trying out and for benchmarks. Never in production.
///
/// Makes payers with saved cards, enters a visit for each, and writes the file of their bills. What is there
/// already is left alone, so the same call again adds nothing.
///
/// Example: atobarai fixture --hospital shimin --accounts 100 --visit-date 2026-11-24 --out bills.csv
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Fixture {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    visitors: Visitors,
}

#[derive(Debug, Args)]
struct Visitors {
    /// Where they are patients.
    #[arg(long, value_parser = hospital_code, required = true)]
    hospital: Option<HospitalCode>,
    /// How many payers.
    #[arg(long, required = true)]
    accounts: Option<u32>,
    /// The day of the visits.
    #[arg(long, value_parser = day, required = true)]
    visit_date: Option<Day>,
    /// Cards that the gateway has saved already, used in turn: one {"customer": …, "payment_method": …} a
    /// line. Without it, each payer gets a card at the sandbox card network.
    #[arg(long)]
    cards: Option<PathBuf>,
    /// Where the bills are written.
    #[arg(long, default_value = "bills.csv")]
    out: PathBuf,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Writes a day's bills of a hospital. The same arguments give the same file.
    ///
    /// Example: atobarai fixture bills --hospital shimin --visit-date 2026-11-24 --count 2000 --out shimin.csv
    Bills {
        /// Whose bills.
        #[arg(long, value_parser = hospital_code)]
        hospital: HospitalCode,
        /// The day of the visits.
        #[arg(long, value_parser = day)]
        visit_date: Day,
        /// How many bills.
        #[arg(long, default_value_t = 2_000)]
        count: usize,
        /// Another number gives other bills; the hospital's own if not given.
        #[arg(long)]
        seed: Option<u64>,
        /// UTF-8 with BOM, or CP932.
        #[arg(long, default_value = "utf8")]
        charset: CharsetName,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CharsetName {
    Utf8,
    Cp932,
}

impl Fixture {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        match self.what {
            Some(what) => what.write(),
            None => self.visitors.make(config).await,
        }
    }
}

impl What {
    fn write(self) -> anyhow::Result<ExitCode> {
        let Self::Bills { hospital, visit_date, count, seed, charset, out } = self;
        let layout = Policy::of_the_faq().card_layout;
        let seed = seed.unwrap_or_else(|| fixture::seed_of(&hospital));
        let bills = fixture::day_of_bills(seed, &hospital, &layout, visit_date, count);
        let charset = match charset {
            CharsetName::Utf8 => Charset::Utf8WithBom,
            CharsetName::Cp932 => Charset::Cp932,
        };
        let bytes = bills_csv::write(&bills, &hospital, charset, LineEnd::CrLf)?;
        std::fs::write(&out, bytes)
            .with_context(|| format!("--out {}: cannot be written", out.display()))?;
        say(format_args!("{} bills written to {}", bills.len(), out.display()));
        Ok(ExitCode::SUCCESS)
    }
}

impl Visitors {
    async fn make(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let (Some(hospital), Some(accounts), Some(visit_date)) =
            (self.hospital, self.accounts, self.visit_date)
        else {
            anyhow::bail!("--hospital, --accounts and --visit-date must be given");
        };
        let settings = wiring::settings(config)?;
        anyhow::ensure!(
            settings.environment != Environment::Production,
            "environment is \"production\": no invented payers are made where money is real"
        );
        let app = wiring::app(&settings).await?;
        let gateway = wiring::gateway(&settings)?;
        let given = self.cards.as_deref().map(read_cards).transpose()?;
        let layout = Policy::of_the_faq().card_layout;
        let seed = fixture::seed_of(&hospital);
        let people = fixture::people(seed, accounts, &layout);
        let progress = indicatif::ProgressBar::new(u64::from(accounts));
        let (mut payers, mut entries) = (0_u32, 0_u32);
        for (index, person) in people.iter().enumerate() {
            let card = if app::fixtures::is_known(&app, &hospital, person).await? {
                None
            } else if let Some(given) = &given {
                given.get(index.checked_rem(given.len()).unwrap_or(0)).cloned()
            } else {
                Some(new_card(&gateway, &format!("fixture of {hospital} {index}")).await?)
            };
            let made =
                app::fixtures::visitor(&app, &hospital, person.clone(), card, visit_date).await?;
            payers = payers.saturating_add(u32::from(made.account));
            entries = entries.saturating_add(u32::from(made.entry));
            progress.inc(1);
        }
        progress.finish_and_clear();
        let bills = bills_of(&hospital, seed, visit_date, &people);
        let bytes = bills_csv::write(&bills, &hospital, Charset::Utf8WithBom, LineEnd::CrLf)?;
        std::fs::write(&self.out, bytes)
            .with_context(|| format!("--out {}: cannot be written", self.out.display()))?;
        say(format_args!(
            "{payers} payers and {entries} entries made; {} bills written to {}",
            bills.len(),
            self.out.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// The bills of that day of these people, outpatients only: they are who has entered.
fn bills_of(
    hospital: &HospitalCode,
    seed: u64,
    day: Day,
    people: &[fixture::InventedPerson],
) -> Vec<bills_csv::BillRow> {
    let layout = Policy::of_the_faq().card_layout;
    let numbers: std::collections::HashSet<_> =
        people.iter().map(|person| person.patient_number.to_string()).collect();
    // A patient may have several bills; enough of them for everybody.
    let count = people.len().saturating_mul(3).saturating_add(50);
    let mut bills = fixture::day_of_bills(seed, hospital, &layout, day, count);
    bills.retain(|bill| {
        bill.key.setting == CareSetting::Outpatient
            && numbers.contains(&bill.content.patient_number.to_string())
    });
    bills
}

fn read_cards(path: &Path) -> anyhow::Result<Vec<CardFacts>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("--cards {}: cannot be read", path.display()))?;
    let mut cards = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let card: GivenCard = serde_json::from_str(line).with_context(|| {
            format!(
                "--cards {}, line {}: must be {{\"customer\": …, \"payment_method\": …}}",
                path.display(),
                index.saturating_add(1)
            )
        })?;
        cards.push(CardFacts {
            at_gateway: GatewayCard {
                customer: card.customer,
                payment_method: card.payment_method,
            },
            brand: "CARD".to_owned(),
            last_four: "0000".to_owned(),
            expiry: Expiry { year: 2099, month: 12 },
            funding: Funding::Unknown,
            authenticated: true,
        });
    }
    anyhow::ensure!(!cards.is_empty(), "--cards {}: no card in it", path.display());
    Ok(cards)
}

#[derive(serde::Deserialize)]
struct GivenCard {
    customer: String,
    payment_method: String,
}

/// Saves a test card at the sandbox's own page, as its owner would.
async fn new_card(gateway: &CardGateway, reference: &str) -> anyhow::Result<CardFacts> {
    let order =
        SetupOrder { reference: reference.to_owned(), return_url: "http://localhost/".to_owned() };
    let setup = gateway.start_setup(&order).await?;
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    browser
        .post(&setup.page_url)
        .form(&[("test_card", "4242424242424242"), ("action", "save")])
        .send()
        .await
        .with_context(|| format!("the card page {} cannot be reached", setup.page_url))?;
    let outcome = gateway.setup_outcome(&setup.setup_id).await?;
    if let SetupOutcome::Saved(facts) = outcome {
        return Ok(facts);
    }
    anyhow::bail!("the sandbox saved no card: {outcome:?}")
}
