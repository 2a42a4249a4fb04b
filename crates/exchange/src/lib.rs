//! The hospital's formats: bytes to domain values and back. No I/O, no clock, no chance.
//!
//! [`bills_csv`] reads and writes the nightly file of bills, [`bill_json`] and [`policy_json`] are the
//! texts that the store keeps, [`group_file`] reads what a group of hospitals has decided, and
//! [`fixture`] invents hospitals' days for the demo and the tests.

pub mod bill_json;
pub mod bills_csv;
pub mod deposits_csv;
pub mod fixture;
pub mod group_file;
pub mod medical_expenses;
mod nearest;
pub mod policy_json;
