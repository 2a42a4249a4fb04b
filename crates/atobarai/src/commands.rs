//! One file for each command.

pub(crate) mod account;
pub(crate) mod adopt;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod charge;
pub(crate) mod closing;
pub(crate) mod demo;
pub(crate) mod exception;
pub(crate) mod export;
pub(crate) mod fixture;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod machine;
pub(crate) mod migrate;
pub(crate) mod reconcile;
pub(crate) mod refund;
pub(crate) mod report;
pub(crate) mod sandbox_gateway;
pub(crate) mod serve;
pub(crate) mod settle;

use domain::audit::Actor;
use domain::group::HospitalCode;

/// What a command tells its user. A reader that has gone away (`| head`) is no error.
pub(crate) fn say(line: impl std::fmt::Display) {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}").unwrap_or_default();
}

/// Who is at the command line, for the audit log.
pub(crate) fn operator() -> Actor {
    let name =
        ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    Actor::Operator(name.unwrap_or_else(|| "unknown".to_owned()))
}

/// A hospital's code on the command line.
pub(crate) fn hospital_code(text: &str) -> Result<HospitalCode, String> {
    HospitalCode::parse(text).map_err(|error| error.to_string())
}

/// A day on the command line.
pub(crate) fn day(text: &str) -> Result<domain::time::Day, String> {
    domain::time::Day::parse(text).map_err(|error| error.to_string())
}
