//! The card network's book: what it holds is not ours, so it can be compared with ours.

use super::DemoFrame;
use crate::words::Words;
use askama::Template;

/// `/demo/card-network/`.
#[derive(Template)]
#[template(path = "demo/books.html")]
pub struct BookPage {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// Around the page.
    pub demo: DemoFrame,
    /// Saved cards.
    pub cards: Vec<BookedCard>,
    /// Charges, the newest first.
    pub charges: Vec<BookedCharge>,
    /// What was taken in all, with its unit.
    pub total: String,
}

/// A saved card.
#[derive(Clone, Debug)]
pub struct BookedCard {
    /// As `VISA 末尾4242`.
    pub face: String,
    /// Its kind.
    pub funding: String,
    /// Whether its holder was authenticated.
    pub authenticated: bool,
    /// Whether it was deleted.
    pub detached: bool,
}

/// A charge.
#[derive(Clone, Debug)]
pub struct BookedCharge {
    /// The card network's reference.
    pub reference: String,
    /// With its unit.
    pub amount: String,
    /// What became of it.
    pub status: String,
    /// When, as people read it.
    pub at: String,
    /// The first letters of the idempotency key.
    pub key: String,
}

#[cfg(test)]
impl BookPage {
    pub(super) fn sample() -> Self {
        let card = BookedCard {
            face: "VISA 末尾4242".to_owned(),
            funding: "credit".to_owned(),
            authenticated: true,
            detached: false,
        };
        let charge = BookedCharge {
            reference: "ch_1".to_owned(),
            amount: "3,700円".to_owned(),
            status: "受け取り済み".to_owned(),
            at: "11月28日(土) 0:05".to_owned(),
            key: "0a1b2c3d".to_owned(),
        };
        Self {
            words: &crate::words::JA,
            demo: super::sample_frame(),
            cards: vec![card],
            charges: vec![charge],
            total: "3,700円".to_owned(),
        }
    }
}
