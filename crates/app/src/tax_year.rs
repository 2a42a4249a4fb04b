//! 医療費控除: what an account has paid in a calendar year in Asia/Tokyo, by the day on which the card was charged
//! (`domain.md` 9).

use crate::{App, AppError, cards, receipts};
use domain::account::PatientLink;
use domain::charge::Charge;
use domain::entry::Entry;
use domain::id::AccountId;
use domain::patient::{PatientNumber, PersonName, Relation};
use domain::time::{Day, Moment};
use domain::yen::{AmountOutOfRange, Yen};
use exchange::medical_expenses::{self, ExpenseRow, ExpensesFault};
use render::words::JA;
use std::collections::HashMap;
use store::visits::StoredPayment;
use store::{Reader, StoreError};

/// The first day in December on which the page speaks of the end of the year.
const SPEAKS_FROM: i8 = 15;

/// What was paid in one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxYear {
    /// The year.
    pub year: i16,
    /// Who pays.
    pub payer: PersonName,
    /// In the order of payment.
    pub payments: Vec<TaxPayment>,
    /// Every year in which something was paid, and this one; the latest first.
    pub years: Vec<i16>,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxPayment {
    /// Who was treated.
    pub patient: TaxPatient,
    /// Name of the hospital.
    pub hospital: String,
    /// The day of the visit.
    pub visit_day: Day,
    /// The day on which the card was charged.
    pub paid_on: Day,
    /// What the hospital has kept of it.
    pub amount: Yen,
    /// Of that, what may not be deductible, by name: certificates, rooms of choice and the like.
    pub apart: Vec<(String, Yen)>,
}

/// Who was treated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaxPatient {
    /// The payer.
    Payer,
    /// Somebody whose bills the payer takes on.
    Other {
        /// Who they are to the payer.
        relation: Relation,
        /// Their name, where it is known.
        name: Option<PersonName>,
        /// Their number at the hospital.
        number: PatientNumber,
    },
}

impl TaxYear {
    /// The sum of the year.
    pub fn total(&self) -> Result<Yen, AmountOutOfRange> {
        Yen::sum(self.payments.iter().map(|payment| payment.amount))
    }

    /// The sum of each patient, in the order in which they were first treated.
    pub fn by_patient(&self) -> Result<Vec<(TaxPatient, Yen)>, AmountOutOfRange> {
        let mut sums: Vec<(TaxPatient, Yen)> = Vec::new();
        for payment in &self.payments {
            match sums.iter_mut().find(|(patient, _)| *patient == payment.patient) {
                Some((_, sum)) => *sum = sum.plus(payment.amount)?,
                None => sums.push((payment.patient.clone(), payment.amount)),
            }
        }
        Ok(sums)
    }
}

/// What an account has paid in a year. `None`: there is no such account (any more), or no such year.
pub async fn of(app: &App, account: AccountId, year: i16) -> Result<Option<TaxYear>, AppError> {
    let today = app.now().day();
    app.store().read(move |reader| read(reader, account, year, today)).await
}

fn read(
    reader: &mut Reader<'_>,
    id: AccountId,
    year: i16,
    today: Day,
) -> Result<Option<TaxYear>, AppError> {
    let Some(account) = cards::open_account(reader, id)? else { return Ok(None) };
    let first = store::visits::first_paid(reader, id)?.map_or(today, Moment::day).year();
    let (Some(from), Some(until)) = (Day::new(year, 1, 1), Day::new(year.saturating_add(1), 1, 1))
    else {
        return Ok(None);
    };
    if year < first.min(today.year()) || year > today.year() {
        return Ok(None);
    }
    let links = store::patient_links::of_account(reader, id)?;
    let mut names = HashMap::new();
    let mut payments = Vec::new();
    for paid in store::visits::paid_between(reader, id, (from.begins(), until.begins()))? {
        payments.push(payment(reader, &links, &mut names, &paid)?);
    }
    let years = (first.min(today.year())..=today.year()).rev().collect();
    Ok(Some(TaxYear { year, payer: account.person.name, payments, years }))
}

fn payment(
    reader: &mut Reader<'_>,
    links: &[PatientLink],
    names: &mut HashMap<String, String>,
    paid: &StoredPayment,
) -> Result<TaxPayment, AppError> {
    let missing =
        |what: &str| AppError::Inconsistent { what: format!("{}: no {what}", paid.charge) };
    let entry = store::entries::by_id(reader, paid.entry)?.ok_or_else(|| missing("entry"))?;
    let stored = store::charges::by_id(reader, paid.charge)?.ok_or_else(|| missing("charge"))?;
    let Charge::Paid(money) = stored.charge else { return Err(missing("payment")) };
    let mut apart = Vec::new();
    for bill in receipts::bills_of(reader, &money, &entry)? {
        for item in bill.content.other_self_pay {
            let amount = item.non_taxable.plus(item.taxable).unwrap_or(item.taxable);
            apart.push((item.name, amount));
        }
    }
    Ok(TaxPayment {
        patient: patient(links, &entry),
        hospital: hospital(reader, names, &entry)?,
        visit_day: entry.visit_day,
        paid_on: paid.paid_at.day(),
        amount: money.kept(),
        apart,
    })
}

fn patient(links: &[PatientLink], entry: &Entry) -> TaxPatient {
    let link = links.iter().find(|link| {
        link.hospital == entry.hospital && link.patient_number == entry.patient_number
    });
    // A number that is linked no more is somebody's of whom nothing is known.
    match link.map_or(Relation::Other, |link| link.relation) {
        Relation::Myself => TaxPatient::Payer,
        relation @ (Relation::Child | Relation::Parent | Relation::Spouse | Relation::Other) => {
            let name = link.and_then(|link| link.patient.as_ref()).map(|other| other.name.clone());
            TaxPatient::Other { relation, name, number: entry.patient_number.clone() }
        }
    }
}

fn hospital(
    reader: &mut Reader<'_>,
    names: &mut HashMap<String, String>,
    entry: &Entry,
) -> Result<String, StoreError> {
    let code = entry.hospital.to_string();
    if let Some(known) = names.get(&code) {
        return Ok(known.clone());
    }
    let found = store::groups::hospital(reader, &entry.hospital)?;
    let name = found.map_or_else(|| code.clone(), |hospital| hospital.name);
    names.insert(code, name.clone());
    Ok(name)
}

/// The year in the columns of the tax agency's form, as CSV.
pub fn csv(paid: &TaxYear) -> Result<Vec<u8>, ExpensesFault> {
    medical_expenses::csv(&rows(paid))
}

/// The same as a workbook.
pub fn workbook(paid: &TaxYear) -> Result<Vec<u8>, ExpensesFault> {
    medical_expenses::workbook(paid.year, &rows(paid))
}

fn rows(paid: &TaxYear) -> Vec<ExpenseRow> {
    let person = |patient: &TaxPatient| match patient {
        TaxPatient::Payer => paid.payer.as_str().to_owned(),
        TaxPatient::Other { name: Some(name), .. } => name.as_str().to_owned(),
        TaxPatient::Other { relation, name: None, .. } => {
            (JA.details.relation_name)(*relation).to_owned()
        }
    };
    let row = |payment: &TaxPayment| ExpenseRow {
        person: person(&payment.patient),
        hospital: payment.hospital.clone(),
        amount: payment.amount,
        paid_on: payment.paid_on,
    };
    paid.payments.iter().map(row).collect()
}

/// In the last days of a year, the first day whose visits will be paid in the next one; `None` on other days.
#[must_use]
pub fn first_visit_of_next_year(today: Day, settle_after_days: u16) -> Option<Day> {
    if today.month() != 12 || today.day_of_month() < SPEAKS_FROM {
        return None;
    }
    let next = Day::new(today.year().saturating_add(1), 1, 1)?;
    Some(Day::from_days_since_1970(next.days_since_1970() - i64::from(settle_after_days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `domain.md` 9. Mutation: counting one day less.
    #[test]
    fn a_visit_of_28_december_is_paid_in_the_next_year() {
        let told = |today: &str, days| {
            let told = first_visit_of_next_year(Day::parse(today).unwrap(), days);
            told.map(|day| day.to_string())
        };
        assert_eq!(told("2026-12-14", 4), None);
        assert_eq!(told("2026-12-15", 4).as_deref(), Some("2026-12-28"));
        assert_eq!(told("2026-12-31", 0).as_deref(), Some("2027-01-01"));
        assert_eq!(told("2027-01-01", 4), None);
    }
}
