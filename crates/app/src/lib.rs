//! What the system does: one file for each family of use cases, and the only readers of clock and
//! chance.
//!
//! A use case reads, decides by the rules of `domain`, and writes in one transaction of `store`.
//! What must reach the outside leaves as a job promised in that transaction; [`tell`] is the only
//! module that calls `outbound`, and it takes nothing but what is committed.
#![warn(missing_docs)]

pub mod adopt;
pub mod bills;
mod books;
pub mod cancel_registration;
mod card_expiry;
mod card_page;
pub mod cards;
pub mod change_password;
mod changes;
pub mod charge;
pub mod clock;
pub mod closing;
pub mod details;
pub mod enter;
pub mod error;
pub mod exceptions;
pub mod exports;
pub mod fixtures;
pub mod front;
pub mod ids;
pub mod jobs;
pub mod limits;
pub mod machines;
pub mod me;
pub mod notices;
pub mod passwords;
pub mod policy;
pub mod proof;
pub mod receipts;
pub mod reconcile;
mod record;
pub mod recover;
pub mod refunds;
pub mod register;
pub mod settings;
pub mod settle;
pub mod sign_in;
pub mod slips;
pub mod tax_year;
pub mod tell;
pub mod urls;
pub mod visits;
pub mod webhooks;
pub mod words;

use clock::Clock;
use ids::Ids;
use limits::Limiter;
use passwords::Passwords;
use settings::AppSettings;
use std::sync::Arc;

pub use error::AppError;

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

/// Whom we call.
#[derive(Clone)]
pub struct Outbound {
    /// The card gateway.
    pub gateway: outbound::cards::CardGateway,
    /// The way of mails.
    pub mailer: outbound::mail::Mailer,
    /// Slip printers by the name of their kiosk.
    pub slip_printers: std::collections::BTreeMap<String, outbound::printers::SlipPrinter>,
}

struct Inner {
    store: store::Store,
    outbound: Outbound,
    clock: Clock,
    ids: Ids,
    limiter: Limiter,
    passwords: Passwords,
    settings: AppSettings,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        store: store::Store,
        outbound: Outbound,
        clock: Clock,
        ids: Ids,
        settings: AppSettings,
    ) -> Self {
        let limiter = Limiter::new(settings.limits);
        let passwords = Passwords::new(settings.password_hashes_at_once);
        Self {
            inner: Arc::new(Inner { store, outbound, clock, ids, limiter, passwords, settings }),
        }
    }

    /// What is kept.
    #[must_use]
    pub fn store(&self) -> &store::Store {
        &self.inner.store
    }

    /// Whether a kiosk has a slip printer of its own.
    #[must_use]
    pub fn has_slip_printer(&self, machine: &domain::machine::Machine) -> bool {
        self.inner.outbound.slip_printers.contains_key(&machine.name)
    }

    /// Whom we call: for [`tell`] alone.
    pub(crate) fn outbound(&self) -> &Outbound {
        &self.inner.outbound
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> domain::time::Moment {
        self.inner.clock.now()
    }

    /// Identifiers and tokens.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.inner.ids
    }

    /// Limits on attempts.
    pub(crate) fn limiter(&self) -> &Limiter {
        &self.inner.limiter
    }

    /// Where passwords are hashed.
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.inner.passwords
    }

    /// What the operator has set.
    #[must_use]
    pub fn settings(&self) -> &AppSettings {
        &self.inner.settings
    }
}
