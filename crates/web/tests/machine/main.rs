//! The kiosk as its browser sees it, on a real database of each engine.

mod answers;
mod enrolment;
mod kiosk;
mod refusals;
mod slips;
#[expect(dead_code, reason = "the portal's world; these tests use a part of it")]
#[path = "../portal/world.rs"]
mod world;
