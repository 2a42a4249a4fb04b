//! Whom we call: card gateway, mail, printers; for each a simulated form.
//!
//! Knows neither the store nor the clock. Every call takes one plain order and gives one plain answer;
//! [`cards`] says which answers of a gateway count as a clear word about money and which do not.

pub mod cards;
pub mod mail;
pub mod printers;
