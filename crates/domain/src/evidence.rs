//! Evidence: what the gateway told us of an attempt, by whatever road, and what it may contradict.

use crate::decline::Decline;
use crate::difference::Owner;
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
    /// A line of the gateway's own list or report.
    Report,
    /// A decision of staff, with what they saw attached.
    Staff,
}

impl EvidenceSource {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Poll => "poll",
            Self::Webhook => "webhook",
            Self::Report => "report",
            Self::Staff => "staff",
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
    /// It did not take the request in: too many at once (429), or the key is in use at this moment.
    /// Proves that this request did nothing; never counts as an attempt.
    Busy {
        /// What it said, for the log.
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
            Self::Busy { why } => format!("busy: {why}"),
            Self::Absent => "absent".to_owned(),
        }
    }
}

/// What the gateway told us of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundFinding {
    /// The money is on its way back to the card.
    Done {
        /// Its reference of the refund.
        reference: String,
        /// How much.
        amount: Yen,
        /// When it sent it.
        refunded_at: Moment,
    },
    /// It has taken the order and cannot say yet whether it will work.
    Pending {
        /// Its reference of the refund.
        reference: String,
    },
    /// It had taken the order, and the money came back: the card is closed.
    Failed {
        /// Its reference of the refund.
        reference: String,
        /// Its code, for staff.
        code: String,
    },
    /// A clear no: more than was taken, or the charge is disputed. Nothing has moved.
    Refused {
        /// Its code, for staff.
        code: String,
    },
    /// A time-out, a broken connection, or an answer that names no outcome.
    Unclear {
        /// What happened, for the log.
        why: String,
    },
    /// It did not take the request in, as [`Finding::Busy`].
    Busy {
        /// What it said, for the log.
        why: String,
    },
    /// Asked by our own reference, it knows of no such refund.
    Absent,
}

impl RefundFinding {
    /// In one line, for rows and logs.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Done { reference, amount, .. } => {
                format!("refunded {} by {reference}", amount.amount())
            }
            Self::Pending { reference } => format!("pending {reference}"),
            Self::Failed { reference, code } => format!("failed {reference} ({code})"),
            Self::Refused { code } => format!("refused ({code})"),
            Self::Unclear { why } => format!("unclear: {why}"),
            Self::Busy { why } => format!("busy: {why}"),
            Self::Absent => "absent".to_owned(),
        }
    }
}

/// Where a dispute (chargeback) stands at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisputeStage {
    /// The card company asks; no money has moved.
    Inquiry,
    /// The money was taken back from the hospital for now.
    Opened,
    /// The hospital keeps the money.
    Won,
    /// The cardholder keeps the money.
    Lost,
}

impl DisputeStage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::Inquiry, Self::Opened, Self::Won, Self::Lost];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::Opened => "opened",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }
}

/// What the gateway told us of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeFinding {
    /// Its reference of the dispute.
    pub reference: String,
    /// Its reference of the disputed charge.
    pub charge_reference: String,
    /// How much is disputed.
    pub amount: Yen,
    /// Where it stands.
    pub stage: DisputeStage,
    /// The cardholder's reason, as the gateway codes it, for staff.
    pub reason: String,
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
    /// The cardholder disputes a charge: answer the card company in time.
    Disputed,
    /// A dispute about a charge that is not paid.
    DisputeWithoutPayment,
    /// A dispute that was won, and one that was lost.
    DisputeEndsDiffer,
    /// Money went back on a charge that is not paid.
    RefundWithoutPayment,
    /// More went back than was taken.
    RefundedTooMuch,
    /// The gateway gave back another amount than was asked for.
    RefundAmountDiffers,
    /// A refund that we did not ask for, made at the gateway by hand.
    RefundNotOurs,
    /// A refund came back: the card is closed. The hospital owes the patient the money.
    RefundFailed,
    /// A clear no to a refund.
    RefundRefused,
    /// Nobody knows for a day what became of a charge or refund: people must ask the gateway.
    UnknownForLong,
    /// The bills of a paid visit went up, and the hospital collects the rest at its desk.
    SupplementAtDesk,
    /// The counter took the money for a visit that the card has paid too.
    PaidTwiceAtCounter,
}

impl Conflict {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::AmountDiffers,
        Self::PaidTwice,
        Self::PaidByEndedAttempt,
        Self::PaidWithoutCharge,
        Self::Disputed,
        Self::DisputeWithoutPayment,
        Self::DisputeEndsDiffer,
        Self::RefundWithoutPayment,
        Self::RefundedTooMuch,
        Self::RefundAmountDiffers,
        Self::RefundNotOurs,
        Self::RefundFailed,
        Self::RefundRefused,
        Self::UnknownForLong,
        Self::SupplementAtDesk,
        Self::PaidTwiceAtCounter,
    ];

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|conflict| conflict.as_str() == text)
    }

    /// Who has to do something about it.
    #[must_use]
    pub const fn owner(self) -> Owner {
        match self {
            Self::AmountDiffers
            | Self::PaidTwice
            | Self::PaidByEndedAttempt
            | Self::PaidWithoutCharge
            | Self::Disputed
            | Self::RefundedTooMuch
            | Self::RefundNotOurs
            | Self::PaidTwiceAtCounter => Owner::Manager,
            Self::RefundFailed
            | Self::RefundRefused
            | Self::RefundAmountDiffers
            | Self::SupplementAtDesk => Owner::Accounting,
            Self::DisputeWithoutPayment
            | Self::DisputeEndsDiffer
            | Self::RefundWithoutPayment
            | Self::UnknownForLong => Owner::Operator,
        }
    }

    /// What its owner should do, in their words.
    #[must_use]
    pub const fn proposal(self) -> &'static str {
        match self {
            Self::AmountDiffers => {
                "決済会社が請求と異なる額を受け取りました。差額を返金または窓口で精算してください"
            }
            Self::PaidTwice | Self::PaidByEndedAttempt => {
                "カードから二度受け取りました。決済会社の画面で後の一件を返金してください"
            }
            Self::PaidWithoutCharge => {
                "取り下げた請求に対して受け取りました。決済会社の画面で返金してください"
            }
            Self::Disputed => "期限までに決済会社へ回答してください。返金はしないでください",
            Self::DisputeWithoutPayment | Self::DisputeEndsDiffer | Self::RefundWithoutPayment => {
                "決済会社に経緯を照会してください"
            }
            Self::RefundedTooMuch | Self::RefundNotOurs => {
                "決済会社の画面で行われた返金です。理由を確かめ、請求に反映してください"
            }
            Self::RefundAmountDiffers => "決済会社に返金額を照会してください",
            Self::RefundFailed | Self::RefundRefused => {
                "カードに返金できません。患者さんへ振込などで返金してください"
            }
            Self::UnknownForLong => {
                "決済会社に取引の有無を照会し、二人で結果を登録してください。再請求はしないでください"
            }
            Self::SupplementAtDesk => "増えた分は窓口でお支払いいただいてください",
            Self::PaidTwiceAtCounter => {
                "窓口とカードの両方で受け取りました。返金を承認してください"
            }
        }
    }

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AmountDiffers => "amount_differs",
            Self::PaidTwice => "paid_twice",
            Self::PaidByEndedAttempt => "paid_by_ended_attempt",
            Self::PaidWithoutCharge => "paid_without_charge",
            Self::Disputed => "disputed",
            Self::DisputeWithoutPayment => "dispute_without_payment",
            Self::DisputeEndsDiffer => "dispute_ends_differ",
            Self::RefundWithoutPayment => "refund_without_payment",
            Self::RefundedTooMuch => "refunded_too_much",
            Self::RefundAmountDiffers => "refund_amount_differs",
            Self::RefundNotOurs => "refund_not_ours",
            Self::RefundFailed => "refund_failed",
            Self::RefundRefused => "refund_refused",
            Self::UnknownForLong => "unknown_for_long",
            Self::SupplementAtDesk => "supplement_at_desk",
            Self::PaidTwiceAtCounter => "paid_twice_at_counter",
        }
    }
}
