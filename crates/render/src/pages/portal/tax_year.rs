//! What was paid in a year, for 医療費控除.

use super::sample_frame;
use crate::format;
use crate::pages::Frame;
use crate::words::Words;
use askama::Template;
use domain::patient::Relation;
use domain::time::Day;
use domain::yen::Yen;

/// `/{group}/me/year/{year}`.
#[derive(Template)]
#[template(path = "portal/tax_year.html")]
pub struct TaxYearPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The year.
    pub year: i16,
    /// The sum of the year.
    pub total: Yen,
    /// The sum of each patient.
    pub patients: Vec<(PatientInYear, Yen)>,
    /// The oldest first.
    pub payments: Vec<PaymentInYear>,
    /// All years that can be shown, the latest first.
    pub years: Vec<i16>,
}

/// Who was treated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatientInYear {
    /// Somebody by name.
    Named(String),
    /// Somebody of whom no name is known, by relation and number.
    Other(Relation, String),
}

/// One payment.
#[derive(Clone, Debug)]
pub struct PaymentInYear {
    /// Who was treated.
    pub patient: PatientInYear,
    /// Name of the hospital.
    pub hospital: String,
    /// The day of the visit.
    pub visit_day: Day,
    /// The day of the payment.
    pub paid_on: Day,
    /// How much.
    pub amount: Yen,
    /// Of that, what may not be deductible.
    pub apart: Vec<(String, Yen)>,
}

/// What the template shows of a payment.
struct Row {
    title: String,
    amount: String,
    person: String,
    hospital: String,
    visit: String,
}

impl TaxYearPage {
    fn title(&self) -> String {
        (self.words.tax_year.title)(self.year)
    }

    fn person(&self, patient: &PatientInYear) -> String {
        match patient {
            PatientInYear::Named(name) => name.clone(),
            PatientInYear::Other(relation, number) => {
                let relation = (self.words.details.relation_name)(*relation);
                (self.words.tax_year.other_patient)(relation, number)
            }
        }
    }

    fn total_text(&self) -> String {
        format::yen(self.total)
    }

    /// Patients with their sums.
    fn sums(&self) -> Vec<(String, String)> {
        self.patients.iter().map(|(who, sum)| (self.person(who), format::yen(*sum))).collect()
    }

    /// Names and amounts of what may not be deductible, with the visit.
    fn apart(&self) -> Vec<(&str, String, String)> {
        let words = &self.words.tax_year;
        let items = self.payments.iter().flat_map(|payment| {
            let items = payment.apart.iter();
            items.map(|(name, amount)| (name.as_str(), *amount, payment.visit_day))
        });
        items.map(|(name, yen, day)| (name, format::yen(yen), (words.visit)(day))).collect()
    }

    fn rows(&self) -> Vec<Row> {
        let words = &self.words.tax_year;
        let row = |payment: &PaymentInYear| Row {
            title: (words.paid_on)(payment.paid_on),
            amount: format::yen(payment.amount),
            person: self.person(&payment.patient),
            hospital: payment.hospital.clone(),
            visit: (words.visit)(payment.visit_day),
        };
        self.payments.iter().map(row).collect()
    }

    /// Other years, for the address and in words.
    fn other_years(&self) -> Vec<(i16, String)> {
        let others = self.years.iter().copied().filter(|year| *year != self.year);
        others.map(|year| (year, (self.words.tax_year.year)(year))).collect()
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let day = |days: i64| Day::from_days_since_1970(days.saturating_add(20_781));
        let yen = |amount| Yen::new(amount).unwrap_or(Yen::ZERO);
        let payer = PatientInYear::Named("山田 花子".to_owned());
        let child = PatientInYear::Other(Relation::Child, "00098765".to_owned());
        let payment =
            |patient: &PatientInYear, days, amount, apart: &[(&str, i64)]| PaymentInYear {
                patient: patient.clone(),
                hospital: "岡山市立市民病院".to_owned(),
                visit_day: day(days),
                paid_on: day(days).plus_days(4),
                amount: yen(amount),
                apart: apart
                    .iter()
                    .map(|(name, amount)| ((*name).to_owned(), yen(*amount)))
                    .collect(),
            };
        let full = Self {
            words,
            frame: Frame { signed_in: true, ..sample_frame() },
            year: 2026,
            total: yen(23_510),
            patients: vec![(payer.clone(), yen(20_270)), (child.clone(), yen(3_240))],
            payments: vec![
                payment(&payer, 0, 7_930, &[]),
                payment(&child, 3, 3_240, &[]),
                payment(&payer, 9, 12_340, &[("診断書", 5_500), ("個室料", 3_300)]),
            ],
            years: vec![2026, 2025],
        };
        let empty = Self {
            words,
            frame: full.frame.clone(),
            year: 2026,
            total: Yen::ZERO,
            patients: Vec::new(),
            payments: Vec::new(),
            years: vec![2026],
        };
        vec![full, empty]
    }
}
