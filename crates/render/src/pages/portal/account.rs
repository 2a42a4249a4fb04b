//! The account's page: next payment, visits, receipts, what is registered.

use super::sample_frame;
use crate::format;
use crate::pages::Frame;
use crate::words::Words;
use crate::words::me::VisitState;
use askama::Template;
use domain::card::Expiry;
use domain::patient::Relation;
use domain::time::{Day, Moment};
use domain::yen::Yen;

/// `/{group}/me/`.
#[derive(Template)]
#[template(path = "portal/me.html")]
pub struct MePage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The payer, without 様.
    pub name: String,
    /// For signing in.
    pub user_id: String,
    /// Where notices go.
    pub mail: String,
    /// Why new visits cannot be paid later, where they cannot.
    pub warning: Option<Warning>,
    /// The card that is charged.
    pub card: Option<CardOnAccount>,
    /// Whose bills are paid, and where.
    pub patients: Vec<PatientOnAccount>,
    /// What may be charged for a visit without asking; `None`: anything.
    pub ceiling: Option<Yen>,
    /// Latest first.
    pub visits: Vec<VisitOnAccount>,
    /// The year that the page on 医療費控除 shows first.
    pub year: i16,
    /// In the last days of a year: the first day whose visits are paid in the next one.
    pub year_end: Option<Day>,
}

/// Why new visits cannot be paid later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A charge has failed for good.
    CardFailed,
    /// The hospital has suspended it.
    Suspended,
    /// Deregistered.
    Closed,
}

/// What may be shown of a card.
#[derive(Clone, Debug)]
pub struct CardOnAccount {
    /// As `VISA`.
    pub brand: String,
    /// The only digits that are kept.
    pub last_four: String,
    /// Its last month.
    pub expiry: Expiry,
    /// Whether its last month is over.
    pub expired: bool,
}

/// A patient at a hospital.
#[derive(Clone, Debug)]
pub struct PatientOnAccount {
    /// Name of the hospital.
    pub hospital: String,
    /// The number there.
    pub number: String,
    /// Who the patient is to the payer.
    pub relation: Relation,
    /// Their name, where it is not the payer.
    pub name: Option<String>,
    /// From when the hospital takes the card.
    /// Nothing once that is over.
    pub usable_from: Option<Moment>,
}

/// One visit.
#[derive(Clone, Debug)]
pub struct VisitOnAccount {
    /// The day.
    pub day: Day,
    /// Name of the hospital.
    pub hospital: String,
    /// How far it has come.
    pub state: VisitState,
    /// What is or was to be paid.
    pub amount: Option<Yen>,
    /// Id of the receipt, once there is one.
    pub receipt: Option<String>,
    /// Id of the charge, where it waits for the payer's consent.
    pub consent: Option<String>,
}

/// What the template shows of a visit.
struct VisitRow<'a> {
    title: String,
    hospital: &'a str,
    style: &'static str,
    state: &'static str,
    detail: Option<String>,
    amount: Option<String>,
    receipt: Option<&'a str>,
    receipt_of: String,
    consent: Option<&'a str>,
}

/// What the template shows of the next payment.
struct Next<'a> {
    amount: String,
    lead: String,
    hospital: &'a str,
    card: Option<String>,
}

impl MePage {
    fn warning(&self) -> Option<&'static str> {
        Some(match self.warning? {
            Warning::CardFailed => self.words.me.state_card_failed,
            Warning::Suspended => self.words.me.state_suspended,
            Warning::Closed => self.words.me.state_closed,
        })
    }

    /// The payment that comes next: the earliest day among those whose amount is known.
    fn next(&self) -> Option<Next<'_>> {
        let planned = |visit: &VisitOnAccount| match visit.state {
            VisitState::WillBeCharged(day) => day,
            VisitState::Preparing
            | VisitState::BeingChecked(_)
            | VisitState::WaitsForConsent
            | VisitState::Paid(_)
            | VisitState::PartRefunded(_)
            | VisitState::Refunded
            | VisitState::NothingToPay
            | VisitState::CheckYourCard(_)
            | VisitState::PayAtDesk
            | VisitState::PaidOtherwise => None,
        };
        let known =
            self.visits.iter().filter_map(|visit| Some((planned(visit)?, visit.amount?, visit)));
        let (day, amount, visit) = known.min_by_key(|(day, _, _)| *day)?;
        Some(Next {
            amount: format::yen(amount),
            lead: (self.words.me.next_lead)(day),
            hospital: &visit.hospital,
            card: self
                .card
                .as_ref()
                .map(|card| (self.words.me.card_value)(&card.brand, &card.last_four)),
        })
    }

    fn visit_rows(&self) -> Vec<VisitRow<'_>> {
        self.visits.iter().map(|visit| self.visit_row(visit)).collect()
    }

    fn visit_row<'a>(&self, visit: &'a VisitOnAccount) -> VisitRow<'a> {
        let words = &self.words.me;
        VisitRow {
            title: (words.visit_day)(visit.day),
            hospital: &visit.hospital,
            style: match visit.state {
                VisitState::Paid(_)
                | VisitState::PartRefunded(_)
                | VisitState::Refunded
                | VisitState::NothingToPay => "paid",
                VisitState::WillBeCharged(_) | VisitState::BeingChecked(_) => "planned",
                VisitState::CheckYourCard(_)
                | VisitState::PayAtDesk
                | VisitState::WaitsForConsent => "act",
                VisitState::Preparing | VisitState::PaidOtherwise => "quiet",
            },
            state: (words.state)(visit.state),
            detail: (words.state_detail)(visit.state),
            amount: visit.amount.map(format::yen),
            receipt: visit.receipt.as_deref(),
            consent: visit.consent.as_deref(),
            receipt_of: (words.receipt_of)(visit.day, &visit.hospital),
        }
    }

    fn card_text(&self) -> String {
        let words = &self.words.me;
        self.card.as_ref().map_or(words.no_card.to_owned(), |card| {
            format!(
                "{} / {}",
                (words.card_value)(&card.brand, &card.last_four),
                (words.card_expiry)(card.expiry)
            )
        })
    }

    fn ceiling_text(&self) -> String {
        self.ceiling.map_or_else(|| self.words.me.no_ceiling.to_owned(), format::yen)
    }

    fn card_is_over(&self) -> bool {
        self.card.as_ref().is_some_and(|card| card.expired)
    }

    /// Who a patient is: by name, where it is not the payer, and by what they are to the payer.
    fn who(&self, patient: &PatientOnAccount) -> String {
        let relation = (self.words.details.relation_name)(patient.relation);
        match &patient.name {
            Some(name) => format!("{name} ({relation})"),
            None => relation.to_owned(),
        }
    }

    fn usable(&self, patient: &PatientOnAccount) -> Option<String> {
        patient.usable_from.map(self.words.me.usable_from)
    }

    fn year_end_text(&self) -> Option<String> {
        self.year_end.map(self.words.tax_year.year_end)
    }

    fn has_receipts(&self) -> bool {
        self.visits.iter().any(|visit| visit.receipt.is_some())
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let first = Day::from_days_since_1970(20_781);
        let visit = |ago: i64, state, amount: Option<i64>, receipt: bool| VisitOnAccount {
            day: Day::from_days_since_1970(20_781_i64.saturating_sub(ago)),
            hospital: "岡山市立市民病院".to_owned(),
            state,
            amount: amount.and_then(|amount| Yen::new(amount).ok()),
            receipt: receipt.then(|| format!("rcp_{:032x}", ago)),
            consent: (state == VisitState::WaitsForConsent).then(|| format!("chg_{:032x}", ago)),
        };
        let full = Self {
            words,
            frame: Frame { signed_in: true, ..sample_frame() },
            name: "山田 花子".to_owned(),
            user_id: "tkma4829".to_owned(),
            mail: "hanako.yamada@example.jp".to_owned(),
            warning: None,
            card: Some(CardOnAccount {
                brand: "VISA".to_owned(),
                last_four: "4242".to_owned(),
                expiry: Expiry { year: 2029, month: 4 },
                expired: false,
            }),
            patients: vec![
                PatientOnAccount {
                    hospital: "岡山市立市民病院".to_owned(),
                    number: "00123456".to_owned(),
                    relation: Relation::Myself,
                    name: None,
                    usable_from: Some(first.begins().plus_minutes(615)),
                },
                PatientOnAccount {
                    hospital: "岡山市立せのお病院".to_owned(),
                    number: "00098765".to_owned(),
                    relation: Relation::Child,
                    name: Some("山田 太郎".to_owned()),
                    usable_from: None,
                },
            ],
            ceiling: Yen::new(30_000).ok(),
            visits: vec![
                visit(0, VisitState::Preparing, None, false),
                visit(2, VisitState::WillBeCharged(Some(first.plus_days(2))), Some(7_930), false),
                visit(4, VisitState::BeingChecked(Some(first.begins())), Some(1_240), false),
                visit(5, VisitState::WaitsForConsent, Some(52_300), false),
                visit(6, VisitState::PartRefunded(Some(first.yesterday())), Some(900), true),
                visit(7, VisitState::Refunded, Some(0), false),
                visit(20, VisitState::Paid(Some(first.yesterday())), Some(12_340), true),
                visit(41, VisitState::CheckYourCard(Some(first.plus_days(3))), Some(3_100), false),
                visit(60, VisitState::PayAtDesk, Some(2_050), false),
                visit(80, VisitState::NothingToPay, Some(0), false),
                visit(90, VisitState::PaidOtherwise, Some(880), false),
            ],
            year: 2026,
            year_end: Day::new(2026, 12, 28),
        };
        let empty = Self {
            visits: Vec::new(),
            card: None,
            ceiling: None,
            warning: Some(Warning::CardFailed),
            ..full.again()
        };
        vec![full, empty]
    }

    /// The same page once more, for samples.
    fn again(&self) -> Self {
        Self {
            words: self.words,
            frame: self.frame.clone(),
            name: self.name.clone(),
            user_id: self.user_id.clone(),
            mail: self.mail.clone(),
            warning: self.warning,
            card: self.card.clone(),
            ceiling: self.ceiling,
            patients: self.patients.clone(),
            visits: self.visits.clone(),
            year: self.year,
            year_end: self.year_end,
        }
    }
}
