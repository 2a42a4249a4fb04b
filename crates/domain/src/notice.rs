//! A notice: one message to one person about one fact. The same fact is never told twice.

/// What a notice tells (`domain.md` 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// P1: the address at which the registration goes on.
    ApplicationUrl,
    /// P2: the registration is complete; the user ID.
    RegistrationCompleted,
    /// P9 and more: the user ID, and the way to another password.
    Recovery,
    /// P8: something of the account was changed.
    DataChanged,
    /// P6: the card is about to expire.
    CardExpiring,
    /// The registration was cancelled.
    RegistrationCancelled,
    /// P3: the card was charged.
    PaymentCompleted,
    /// P5: the card could not be charged.
    PaymentFailed,
    /// P5b: the desk collects.
    ReturnedToDesk,
    /// The amount, told before it is charged.
    ChargeAnnounced,
    /// The amount is above the payer's ceiling.
    ConsentAsked,
    /// P7: money went back to the card.
    RefundMade,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::ApplicationUrl,
        Self::RegistrationCompleted,
        Self::Recovery,
        Self::DataChanged,
        Self::CardExpiring,
        Self::RegistrationCancelled,
        Self::PaymentCompleted,
        Self::PaymentFailed,
        Self::ReturnedToDesk,
        Self::ChargeAnnounced,
        Self::ConsentAsked,
        Self::RefundMade,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationUrl => "application_url",
            Self::RegistrationCompleted => "registration_completed",
            Self::Recovery => "recovery",
            Self::DataChanged => "data_changed",
            Self::CardExpiring => "card_expiring",
            Self::RegistrationCancelled => "registration_cancelled",
            Self::PaymentCompleted => "payment_completed",
            Self::PaymentFailed => "payment_failed",
            Self::ReturnedToDesk => "returned_to_desk",
            Self::ChargeAnnounced => "charge_announced",
            Self::ConsentAsked => "consent_asked",
            Self::RefundMade => "refund_made",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How far a notice has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeState {
    /// Promised, not yet taken by the mail server.
    Queued,
    /// The mail server has taken it.
    Sent,
    /// The mail server refused it for good.
    Refused,
    /// It was tried for as long as mail is tried.
    GaveUp,
}

impl NoticeState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::GaveUp => "gave_up",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Refused, Self::GaveUp]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}
