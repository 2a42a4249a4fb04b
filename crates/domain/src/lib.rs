//! The rules and types of the house.
//!
//! No I/O, no async, no clock, no randomness, no SQL, no HTTP, no serde: whatever needs one of those
//! is handed in as a value. Start with [`charge`] (the money), [`eligibility`] (who may pay later)
//! and [`bill`] (what the hospital asks for).
#![deny(clippy::arithmetic_side_effects)]
#![warn(missing_docs)]

pub mod account;
pub mod audit;
pub mod bill;
pub mod bill_section;
pub mod card;
pub mod charge;
pub mod charge_fold;
pub mod charge_state;
pub mod charge_steps;
pub mod clearing;
pub mod decline;
pub mod difference;
pub mod eligibility;
pub mod entry;
pub mod evidence;
pub mod group;
pub mod holiday;
pub mod id;
pub mod journal;
pub mod machine;
pub mod mail_address;
pub mod notice;
pub mod opening;
pub mod password;
pub mod patient;
pub mod policy;
pub mod posting;
pub mod receipt;
pub mod refund;
pub mod refund_steps;
pub mod text;
pub mod time;
pub mod user_id;
pub mod yen;
