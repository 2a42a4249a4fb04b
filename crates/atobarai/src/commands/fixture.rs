//! `atobarai fixture`: invented bills in the hospital's file format.

use super::{day, hospital_code, say};
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use domain::group::HospitalCode;
use domain::policy::Policy;
use domain::time::Day;
use exchange::bills_csv::{self, Charset, LineEnd};
use exchange::fixture;
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes invented data for trying out and for benchmarks.
#[derive(Debug, Args)]
pub(crate) struct Fixture {
    #[command(subcommand)]
    what: What,
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
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let What::Bills { hospital, visit_date, count, seed, charset, out } = self.what;
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
