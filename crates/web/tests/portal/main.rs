//! The patients' pages as a browser sees them, on a real database of each engine where that is cheap.

mod account;
mod breakage;
mod cancel;
mod cards;
mod family;
mod help;
mod limits;
mod own_details;
mod recovery;
mod registration;
mod routes;
mod safety;
mod sign_in;
mod tax_year;
mod webhooks;
mod world;
