//! Development only: a whole house for one test (`house.rs`), and in `tests/` the house rules that no
//! compiler knows.

pub mod house;
pub mod pdf;
pub mod sim;

// Tests of `web` look into databases and at the card network's books; `web` itself may do neither.
pub use outbound;
pub use store;
