//! 入金締め: what arrives at the bank on a day, taken apart. It is made from the gateway's lines as they were
//! read when the day was reconciled, so the same day gives the same sheet again.

use crate::reconcile::{net, whose};
use crate::{App, AppError};
use domain::clearing::{GatewayTransaction, TransactionKind};
use domain::group::HospitalCode;
use domain::id::ChargeId;
use domain::journal::JournalKind;
use domain::time::Day;
use render::papers::{ClosingHospital, ClosingPaper, ClosingPayout};
use std::collections::BTreeMap;
use store::Reader;
use store::clearing::KeptPayout;

/// One line of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosingLine {
    /// The gateway's line.
    pub line: GatewayTransaction,
    /// Whose money, and on which charge, where that is known.
    pub about: Option<(HospitalCode, ChargeId)>,
}

/// A day's sheet, for people and for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosingSheet {
    /// For people.
    pub paper: ClosingPaper,
    /// For programs.
    pub lines: Vec<ClosingLine>,
}

/// The sheet of a day; `None` when the day has not been reconciled.
pub async fn sheet(app: &App, day: Day) -> Result<Option<ClosingSheet>, AppError> {
    let today = app.now().day();
    app.store()
        .read(move |reader| {
            if store::clearing::reconciled_at(reader, day)?.is_none() {
                return Ok(None);
            }
            let (mut lines, mut payouts) = (Vec::new(), Vec::new());
            for kept in store::clearing::payouts_arriving(reader, day, day)? {
                let carried = store::clearing::lines_of_payout(reader, &kept.payout.id)?;
                payouts.push(payout(reader, &kept, &carried)?);
                for line in carried {
                    if line.kind != TransactionKind::Payout {
                        lines.push(ClosingLine { about: whose(reader, &line)?, line });
                    }
                }
            }
            let paper = ClosingPaper {
                issuer: issuer(reader)?,
                day,
                hospitals: hospitals(reader, &lines)?,
                payouts,
                differences: store::differences::all_open(reader)?,
                today,
            };
            Ok(Some(ClosingSheet { paper, lines }))
        })
        .await
}

/// The sheet as CSV: a line for each line of the gateway's, then the total, which is what the bank shows.
#[must_use]
pub fn csv(sheet: &ClosingSheet) -> String {
    let mut text = "payout,line,kind,hospital,charge,amount,fee,net,booked_on\r\n".to_owned();
    let (mut amounts, mut fees) = (0_i64, 0_i64);
    for ClosingLine { line, about } in &sheet.lines {
        let (amount, fee) = (line.amount.amount(), line.fee.amount());
        let (hospital, charge) = about.as_ref().map_or_else(
            || (String::new(), String::new()),
            |(hospital, charge)| (hospital.to_string(), charge.to_string()),
        );
        let payout = line.payout.as_deref().unwrap_or_default();
        text.push_str(&format!(
            "{payout},{},{},{hospital},{charge},{amount},{fee},{},{}\r\n",
            line.id,
            line.kind.as_str(),
            amount.saturating_sub(fee),
            line.booked_at.day(),
        ));
        amounts = amounts.saturating_add(amount);
        fees = fees.saturating_add(fee);
    }
    let net = amounts.saturating_sub(fees);
    text.push_str(&format!("total,{},,,,{amounts},{fees},{net},\r\n", sheet.lines.len()));
    text
}

/// Who runs the service, as papers name them: the groups.
pub(crate) fn issuer(reader: &mut Reader<'_>) -> Result<String, AppError> {
    let groups = store::groups::all_groups(reader)?;
    let names: Vec<_> = groups.into_iter().map(|group| group.name).collect();
    Ok(names.join("・"))
}

fn payout(
    reader: &mut Reader<'_>,
    kept: &KeptPayout,
    carried: &[GatewayTransaction],
) -> Result<ClosingPayout, AppError> {
    let shown = match kept.deposit {
        None => None,
        Some(deposit) => store::clearing::deposit(reader, deposit)?
            .map(|deposit| (deposit.deposited_on, deposit.amount)),
    };
    let lines = carried.iter().filter(|line| line.kind != TransactionKind::Payout).count();
    Ok(ClosingPayout {
        reference: kept.payout.id.clone(),
        lines: u64::try_from(lines).unwrap_or(u64::MAX),
        net: net(carried),
        sent: kept.payout.amount,
        shown,
    })
}

/// The lines of each hospital by kind; what the gateway kept of them is a kind of its own.
fn hospitals(
    reader: &mut Reader<'_>,
    lines: &[ClosingLine],
) -> Result<Vec<ClosingHospital>, AppError> {
    let mut sums: BTreeMap<Option<HospitalCode>, BTreeMap<JournalKind, (u64, i64)>> =
        BTreeMap::new();
    for ClosingLine { line, about } in lines {
        let hospital = about.as_ref().map(|(hospital, _)| hospital.clone());
        let kinds = sums.entry(hospital).or_default();
        let fee = line.fee.amount();
        let parts = [
            (JournalKind::of_line(line.kind), line.amount.amount()),
            ((fee != 0).then_some(JournalKind::Fee), fee.saturating_neg()),
        ];
        for (kind, yen) in parts {
            let Some(kind) = kind else { continue };
            let (count, sum) = kinds.entry(kind).or_default();
            *count = count.saturating_add(1);
            *sum = sum.saturating_add(yen);
        }
    }
    let mut told = Vec::new();
    for (hospital, kinds) in sums {
        let name = match &hospital {
            None => None,
            Some(code) => {
                let known = store::groups::hospital(reader, code)?;
                Some(known.map_or_else(|| code.to_string(), |known| known.name))
            }
        };
        let sums = kinds.into_iter().map(|(kind, (count, sum))| (kind, count, sum)).collect();
        told.push(ClosingHospital { name, sums });
    }
    Ok(told)
}
