//! Evidence: what the gateway told us of an attempt, by whatever road, and what it may contradict.

use crate::decline::Decline;
use crate::time::Moment;
use crate::yen::Yen;

/// By which road the gateway's word came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EvidenceSource {
    /// The answer to our request.
    Response,
    /// The answer to an enquiry.
    Poll,
    /// The gateway called us.
    Webhook,
}

impl EvidenceSource {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Poll => "poll",
            Self::Webhook => "webhook",
        }
    }
}

/// What the gateway told us of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It took the money.
    Paid {
        /// Its reference.
        reference: String,
        /// How much it took.
        amount: Yen,
        /// When it took it.
        paid_at: Moment,
    },
    /// It took nothing.
    Declined(Decline),
    /// It took nothing, and the cardholder must authenticate first.
    ActionRequired,
    /// A time-out, a broken connection, or an answer that names no outcome.
    Unclear {
        /// What happened, for the log.
        why: String,
    },
    /// Asked by our own reference, it knows of no such attempt.
    Absent,
}

impl Finding {
    /// In one line, for rows and logs.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Paid { reference, amount, .. } => {
                format!("paid {} by {reference}", amount.amount())
            }
            Self::Declined(decline) => {
                format!("declined {} ({})", decline.class.as_str(), decline.code)
            }
            Self::ActionRequired => "action_required".to_owned(),
            Self::Unclear { why } => format!("unclear: {why}"),
            Self::Absent => "absent".to_owned(),
        }
    }
}

/// One word of the gateway about one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// By which road.
    pub source: EvidenceSource,
    /// Unique within its source, so that a repeated word is one word (R3).
    pub source_id: String,
    /// About which attempt.
    pub generation: i64,
    /// What it says.
    pub finding: Finding,
    /// When we heard.
    pub seen_at: Moment,
}

/// Evidence that contradicts what we know. Nothing is corrected silently: staff decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Conflict {
    /// The gateway took another amount than was asked for.
    AmountDiffers,
    /// The gateway took the money a second time, under another reference.
    PaidTwice,
    /// The gateway took the money for an attempt that had ended while another is in flight.
    PaidByEndedAttempt,
    /// The gateway took money for a charge that was withdrawn or never sent.
    PaidWithoutCharge,
}

impl Conflict {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AmountDiffers => "amount_differs",
            Self::PaidTwice => "paid_twice",
            Self::PaidByEndedAttempt => "paid_by_ended_attempt",
            Self::PaidWithoutCharge => "paid_without_charge",
        }
    }
}
