//! Receipts and statements as PDF: the original once, then 再発行, counted.

use crate::{App, AppError};
use domain::account::Account;
use domain::audit::{Act, Actor};
use domain::charge::{Charge, Paid};
use domain::entry::Entry;
use domain::group::Hospital;
use domain::id::{AccountId, ReceiptId};
use domain::receipt::ReceiptCopy;
use domain::time::Moment;
use domain::yen::Yen;
use render::papers::{
    CUSTOMARY_TAX_NOTICE, HospitalBlock, Paper, PatientBlock, Payment, ReceiptBill, ReceiptPaper,
};
use store::receipts::StoredReceipt;
use store::{AuditRecord, Reader};

/// What became of asking for a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Download {
    /// The receipt with its statements.
    Pdf {
        /// The file.
        bytes: Vec<u8>,
        /// As `receipt-2026-000123.pdf`.
        file_name: String,
        /// Which print it is.
        copy: ReceiptCopy,
    },
    /// No such receipt, or not this account's: the two look alike.
    NotFound,
}

/// How often a print is made anew because somebody else has printed meanwhile.
const TRIES: usize = 10;

/// Makes the PDF of one of the account's receipts and counts it.
///
/// It is counted once the PDF is there, so a failure costs nobody the original; and only if nobody
/// else has printed meanwhile, so there is one original.
pub async fn download(
    app: &App,
    account: AccountId,
    receipt: ReceiptId,
) -> Result<Download, AppError> {
    for _ in 0..TRIES {
        let now = app.now();
        let found = app.store().read(move |reader| load(reader, account, receipt)).await?;
        let Some(loaded) = found else { return Ok(Download::NotFound) };
        let copy = ReceiptCopy::after(loaded.receipt.prints);
        let (prints, file_name) =
            (loaded.receipt.prints, format!("receipt-{}.pdf", loaded.receipt.number));
        let chain = loaded.receipt.hospital.to_string();
        let paper = typeset(loaded.paper(copy, now)).await?;
        let counted = app
            .store()
            .write(move |tx| {
                if !store::receipts::count_print(tx, receipt, prints)? {
                    return Ok(false);
                }
                let detail = match copy {
                    ReceiptCopy::Original => serde_json::json!({ "copy": "original" }),
                    ReceiptCopy::Reissue(count) => {
                        serde_json::json!({ "copy": "reissue", "count": count })
                    }
                };
                tx.audit(AuditRecord {
                    chain,
                    at_ms: now.ms(),
                    actor: Actor::Account(account).to_string(),
                    act: Act::ReceiptPrinted.as_str(),
                    subject: receipt.to_string(),
                    detail: detail.to_string(),
                });
                Ok::<_, AppError>(true)
            })
            .await?;
        if counted.into_inner() {
            return Ok(Download::Pdf { bytes: paper.pdf, file_name, copy });
        }
    }
    Err(AppError::Overtaken)
}

async fn typeset(data: ReceiptPaper) -> Result<Paper, AppError> {
    let paper = tokio::task::spawn_blocking(move || render::papers::receipt_with_statement(&data))
        .await
        .map_err(|_died| AppError::TaskDied { doing: "set a receipt" })??;
    if let render::papers::Fidelity::Flawed { .. } = paper.fidelity {
        // The reason may quote a name, which no log may hold.
        tracing::warn!("a receipt has a character that no built-in font has");
    }
    Ok(paper)
}

struct Loaded {
    receipt: StoredReceipt,
    /// The number of the receipt that this one corrects.
    corrects: Option<String>,
    paid: Paid,
    entry: Entry,
    hospital: Hospital,
    patient: PatientBlock,
    payment: Payment,
    bills: Vec<ReceiptBill>,
}

impl Loaded {
    fn paper(self, copy: ReceiptCopy, now: Moment) -> ReceiptPaper {
        ReceiptPaper {
            number: self.receipt.number.to_string(),
            copy,
            corrects: self.corrects,
            receipt_day: self.receipt.receipt_date,
            issued_on: now.day(),
            entry_number: self.entry.number.in_groups(),
            payment: self.payment,
            total_paid: self.paid.kept(),
            hospital: HospitalBlock {
                name_lines: vec![self.hospital.name],
                postal_code: render::format::postal_code(&self.hospital.postal_code),
                address: self.hospital.address,
                phone: self.hospital.phone,
                invoice_registration_number: self.hospital.invoice_registration_number,
                tax_notice: CUSTOMARY_TAX_NOTICE.to_owned(),
                receipt_notices: Vec::new(),
            },
            patient: self.patient,
            bills: self.bills,
        }
    }
}

fn load(
    reader: &mut Reader<'_>,
    account: AccountId,
    receipt: ReceiptId,
) -> Result<Option<Loaded>, AppError> {
    let Some(receipt) = store::receipts::of_account(reader, receipt, account)? else {
        return Ok(None);
    };
    let missing =
        |what: &str| AppError::Inconsistent { what: format!("{}: no {what}", receipt.id) };
    let stored = store::charges::by_id(reader, receipt.charge)?.ok_or_else(|| missing("charge"))?;
    let Charge::Paid(paid) = stored.charge else { return Err(missing("payment")) };
    let entry =
        store::entries::by_id(reader, paid.obligation.entry)?.ok_or_else(|| missing("entry"))?;
    let payer = store::accounts::by_id(reader, account)?.ok_or_else(|| missing("account"))?;
    let hospital =
        store::groups::hospital(reader, &receipt.hospital)?.ok_or_else(|| missing("hospital"))?;
    let attempt = store::attempts::must_exist(reader, receipt.charge, paid.generation)?;
    let card = store::cards::by_id(reader, attempt.card)?.ok_or_else(|| missing("card"))?;
    let patient = patient(reader, &payer, &entry)?;
    let payment = Payment { brand: card.facts.brand, last_four: card.facts.last_four };
    let corrects = store::receipts::corrected_by(reader, receipt.id)?;
    let bills = bills(reader, &paid, &entry, corrects.is_some())?;
    let corrects = corrects.map(|number| number.to_string());
    Ok(Some(Loaded { receipt, corrects, paid, entry, hospital, patient, payment, bills }))
}

/// Who was treated: the payer, or whoever the payer has registered under this number.
fn patient(
    reader: &mut Reader<'_>,
    payer: &Account,
    entry: &Entry,
) -> Result<PatientBlock, AppError> {
    let (hospital, number) = (&entry.hospital, &entry.patient_number);
    let link = store::patient_links::of_payer(reader, payer.id, hospital, number)?;
    let (name, kana) = match link.and_then(|link| link.patient) {
        Some(other) => (other.name, other.kana),
        None => (payer.person.name.clone(), payer.person.kana.clone()),
    };
    Ok(PatientBlock {
        number: entry.patient_number.to_string(),
        name: name.as_str().to_owned(),
        kana: Some(kana.as_str().to_owned()),
    })
}

/// The bills of a payment, as its valid receipt has them.
pub(crate) fn bills_of(
    reader: &mut Reader<'_>,
    paid: &Paid,
    entry: &Entry,
) -> Result<Vec<ReceiptBill>, AppError> {
    let corrected = match store::receipts::of_charge(reader, paid.obligation.charge)? {
        Some(receipt) => store::receipts::corrected_by(reader, receipt.id)?.is_some(),
        None => false,
    };
    bills(reader, paid, entry, corrected)
}

/// The bills in the revisions that were charged; on a corrected receipt, in the revisions that hold now.
fn bills(
    reader: &mut Reader<'_>,
    paid: &Paid,
    entry: &Entry,
    corrected: bool,
) -> Result<Vec<ReceiptBill>, AppError> {
    let current = store::bills::current_of_entry(reader, entry.id)?;
    let mut slips = Vec::new();
    for frozen in &paid.obligation.bills {
        let slip = current.iter().find(|bill| bill.bill == frozen.bill);
        let slip = slip.ok_or_else(|| AppError::Inconsistent {
            what: format!("bill {}: not of this entry", frozen.bill),
        })?;
        let (revision, amount) =
            if corrected { (slip.revision, slip.due) } else { (frozen.revision, frozen.amount) };
        slips.push((slip, revision, amount));
    }
    let amounts: Vec<Yen> = slips.iter().map(|(_, _, amount)| *amount).collect();
    let covered = if corrected { Yen::ZERO } else { paid.obligation.covered };
    let mut bills = Vec::new();
    for ((slip, revision, _), share) in slips.iter().zip(shares(&amounts, covered, paid.kept())) {
        if share.is_zero() {
            continue;
        }
        let wrong = |why: String| AppError::Inconsistent {
            what: format!("bill {} revision {revision}: {why}", slip.bill),
        };
        let text = store::bills::content(reader, slip.bill, *revision)?
            .ok_or_else(|| wrong("not there".to_owned()))?;
        let content =
            exchange::bill_json::from_json(&text).map_err(|fault| wrong(fault.to_string()))?;
        bills.push(ReceiptBill {
            slip_number: slip.slip_number.to_string(),
            setting: entry.setting,
            relation: None,
            content,
            amount: share,
            tax_lines: Vec::new(),
        });
    }
    Ok(bills)
}

/// What each page of a receipt is a receipt for: the bills in their order, after what earlier charges have
/// covered of them, until `total` is reached. The pages add up to what the hospital has kept.
fn shares(amounts: &[Yen], covered: Yen, total: Yen) -> Vec<Yen> {
    let (mut covered, mut left) = (covered, total);
    let mut shares: Vec<Yen> = amounts
        .iter()
        .map(|amount| {
            let skipped = covered.min(*amount);
            covered = covered.minus(skipped).unwrap_or(Yen::ZERO);
            let share = amount.minus(skipped).unwrap_or(Yen::ZERO).min(left);
            left = left.minus(share).unwrap_or(Yen::ZERO);
            share
        })
        .collect();
    // More was kept than the bills say: a correction that nobody has refunded yet.
    if let Some(last) = shares.last_mut() {
        *last = last.plus(left).unwrap_or(*last);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mutation: leaving out what earlier charges have covered.
    #[test]
    fn pages_add_up_to_what_was_kept() {
        let yen = |amount| Yen::new(amount).expect("an amount");
        let amounts = [yen(3_700), yen(930)];
        for (covered, total, shares_are) in [
            (0, 4_630, [3_700, 930]),
            (3_700, 930, [0, 930]),
            (4_000, 630, [0, 630]),
            (0, 4_000, [3_700, 300]),
            (0, 5_000, [3_700, 1_300]),
        ] {
            let found = shares(&amounts, yen(covered), yen(total));
            assert_eq!(found, shares_are.map(yen), "{covered} {total}");
        }
    }
}
