//! Money back on a charge, from the request to its end.
//!
//! ```text
//! Requested ─▶ Intended ─▶ Sent ─▶ Done ─▶ Failed (it came back)
//!     │           ▲         ├▶ Pending ─▶ Done / Failed
//!     └▶ Dropped  │         ├▶ Refused (a clear no: nothing moved)
//!                 └─ absent ┴▶ Unknown (blocks every other money operation on the entry)
//! ```
//!
//! As with charges: what is sent is frozen and stored first, all requests under one key are equal, and
//! `Unknown` is left by evidence only.

use crate::decline;
use crate::evidence::{Conflict, EvidenceSource, RefundFinding};
use crate::group::HospitalCode;
use crate::id::{ChargeId, EntryId, RefundId};
use crate::time::Moment;
use crate::yen::Yen;

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundReason {
    /// The hospital has corrected a bill downwards.
    Correction,
    /// The visit was paid at the counter as well.
    PaidAtCounter,
    /// The visit was cancelled.
    VisitCancelled,
    /// Somebody at the hospital decided so; the note says why.
    Goodwill,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::Correction, Self::PaidAtCounter, Self::VisitCancelled, Self::Goodwill];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::PaidAtCounter => "paid_at_counter",
            Self::VisitCancelled => "visit_cancelled",
            Self::Goodwill => "goodwill",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// What is to go back, and who wants it. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundTerms {
    /// Made by whoever asks, so that a second click is the same request.
    pub id: RefundId,
    /// On which charge.
    pub charge: ChargeId,
    /// Of which visit.
    pub entry: EntryId,
    /// Whose money.
    pub hospital: HospitalCode,
    /// How much.
    pub amount: Yen,
    /// Why.
    pub reason: RefundReason,
    /// In the requester's words.
    pub note: String,
    /// `system` for a proposal that follows from a correction.
    pub requested_by: String,
    /// When.
    pub requested_at: Moment,
}

/// One idempotency key of a refund and all that is sent under it. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAttempt {
    /// Counts the attempts from 1.
    pub generation: i64,
    /// The idempotency key.
    pub key: String,
    /// The gateway's reference of the charge.
    pub charge_reference: String,
    /// When it was frozen.
    pub intended_at: Moment,
}

/// How far a refund has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundProgress {
    /// Waits for a person's approval.
    Requested,
    /// Frozen and stored; the gateway has not been told.
    Intended(RefundAttempt),
    /// Stored as sent.
    Sent {
        /// What was sent.
        attempt: RefundAttempt,
        /// When sending was stored.
        sent_at: Moment,
    },
    /// No answer that can be trusted.
    Unknown {
        /// What was sent.
        attempt: RefundAttempt,
        /// When sending was stored.
        sent_at: Moment,
        /// Enquiries so far.
        enquiries: i64,
    },
    /// The gateway has taken the order; whether it works is seen in days.
    Pending {
        /// What was sent.
        attempt: RefundAttempt,
        /// The gateway's reference.
        reference: String,
        /// Enquiries so far.
        enquiries: i64,
    },
    /// The money is on its way back to the card.
    Done {
        /// By which attempt.
        generation: i64,
        /// The gateway's reference.
        reference: String,
        /// When the gateway sent it.
        refunded_at: Moment,
    },
    /// A clear no. Nothing has moved.
    Refused {
        /// By which attempt.
        generation: i64,
        /// The gateway's code.
        code: String,
    },
    /// It came back: the hospital owes the patient the money in another way.
    Failed {
        /// By which attempt.
        generation: i64,
        /// The gateway's reference.
        reference: String,
        /// The gateway's code.
        code: String,
    },
    /// Dropped before anybody was told.
    Dropped,
}

/// The name of a state, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefundState {
    /// See [`RefundProgress::Requested`].
    Requested,
    /// See [`RefundProgress::Intended`].
    Intended,
    /// See [`RefundProgress::Sent`].
    Sent,
    /// See [`RefundProgress::Unknown`].
    Unknown,
    /// See [`RefundProgress::Pending`].
    Pending,
    /// See [`RefundProgress::Done`].
    Done,
    /// See [`RefundProgress::Refused`].
    Refused,
    /// See [`RefundProgress::Failed`].
    Failed,
    /// See [`RefundProgress::Dropped`].
    Dropped,
}

impl RefundState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Intended,
        Self::Sent,
        Self::Unknown,
        Self::Pending,
        Self::Done,
        Self::Refused,
        Self::Failed,
        Self::Dropped,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Intended => "intended",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether money may be moving at this moment: no other money operation on the entry may start.
    #[must_use]
    pub const fn is_in_flight(self) -> bool {
        matches!(self, Self::Intended | Self::Sent | Self::Unknown)
    }

    /// Whether its amount counts against what can still be refunded.
    #[must_use]
    pub const fn holds_amount(self) -> bool {
        self.is_in_flight() || matches!(self, Self::Requested | Self::Pending | Self::Done)
    }
}

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// What is to go back.
    pub terms: RefundTerms,
    /// Who approved it, once somebody has.
    pub approved_by: Option<String>,
    /// How far it has come.
    pub progress: RefundProgress,
}

/// What evidence did to a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundFolded {
    /// It moved.
    Moved(Refund),
    /// It stays: the evidence is old, repeated, or says nothing new.
    Kept(Refund),
    /// It stays, and staff must look.
    Contradicted(Refund, Conflict),
}

/// One word of the gateway about one attempt of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundEvidence {
    /// By which road.
    pub source: EvidenceSource,
    /// Unique within its source.
    pub source_id: String,
    /// About which attempt.
    pub generation: i64,
    /// What it says.
    pub finding: RefundFinding,
    /// When we heard.
    pub seen_at: Moment,
}

impl Refund {
    /// The name of the state.
    #[must_use]
    pub const fn state(&self) -> RefundState {
        match &self.progress {
            RefundProgress::Requested => RefundState::Requested,
            RefundProgress::Intended(_) => RefundState::Intended,
            RefundProgress::Sent { .. } => RefundState::Sent,
            RefundProgress::Unknown { .. } => RefundState::Unknown,
            RefundProgress::Pending { .. } => RefundState::Pending,
            RefundProgress::Done { .. } => RefundState::Done,
            RefundProgress::Refused { .. } => RefundState::Refused,
            RefundProgress::Failed { .. } => RefundState::Failed,
            RefundProgress::Dropped => RefundState::Dropped,
        }
    }

    /// Attempts so far.
    #[must_use]
    pub const fn generation(&self) -> i64 {
        match &self.progress {
            RefundProgress::Requested | RefundProgress::Dropped => 0,
            RefundProgress::Intended(attempt)
            | RefundProgress::Sent { attempt, .. }
            | RefundProgress::Unknown { attempt, .. }
            | RefundProgress::Pending { attempt, .. } => attempt.generation,
            RefundProgress::Done { generation, .. }
            | RefundProgress::Refused { generation, .. }
            | RefundProgress::Failed { generation, .. } => *generation,
        }
    }

    /// The attempt that the gateway can be asked about.
    #[must_use]
    pub const fn attempt(&self) -> Option<&RefundAttempt> {
        match &self.progress {
            RefundProgress::Intended(attempt)
            | RefundProgress::Sent { attempt, .. }
            | RefundProgress::Unknown { attempt, .. }
            | RefundProgress::Pending { attempt, .. } => Some(attempt),
            RefundProgress::Requested
            | RefundProgress::Dropped
            | RefundProgress::Done { .. }
            | RefundProgress::Refused { .. }
            | RefundProgress::Failed { .. } => None,
        }
    }

    /// When something must happen next; `None` where nothing more happens by itself.
    #[must_use]
    pub fn next_action(&self, now: Moment, lease_s: i64) -> Option<Moment> {
        let about = self.terms.id.number();
        match &self.progress {
            RefundProgress::Intended(_) | RefundProgress::Sent { .. } => {
                Some(now.plus_seconds(lease_s))
            }
            RefundProgress::Unknown { enquiries, .. }
            | RefundProgress::Pending { enquiries, .. } => {
                Some(now.plus_seconds(decline::enquiry_wait_s(*enquiries, about)))
            }
            RefundProgress::Requested
            | RefundProgress::Done { .. }
            | RefundProgress::Refused { .. }
            | RefundProgress::Failed { .. }
            | RefundProgress::Dropped => None,
        }
    }
}
