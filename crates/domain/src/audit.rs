//! Who did what: the words of the audit log. Subjects are ids; nothing personal is ever written here.

use crate::id::{AccountId, MachineId};
use std::fmt;

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The system itself: jobs, settlement, recovery.
    System,
    /// Somebody who is not signed in.
    Visitor,
    /// A signed-in account.
    Account(AccountId),
    /// A kiosk or receipt machine.
    Machine(MachineId),
    /// Somebody at the command line, by the name of their login there.
    Operator(String),
    /// The card gateway.
    Gateway,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Visitor => f.write_str("visitor"),
            Self::Account(id) => write!(f, "{id}"),
            Self::Machine(id) => write!(f, "{id}"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Gateway => f.write_str("gateway"),
        }
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A mail address asked for an application URL.
    RegistrationStarted,
    /// The application URL was opened and confirmed.
    RegistrationOpened,
    /// The form was filled in.
    RegistrationFilledIn,
    /// The gateway saved a card that is taken.
    CardSaved,
    /// The gateway saved a card that is not taken.
    CardRefused,
    /// Another card is charged from now on.
    CardReplaced,
    /// An account whose card had failed may enter visits again.
    AccountAllowedAgain,
    /// The account came into being.
    RegistrationCompleted,
    /// Somebody signed in.
    SignedIn,
    /// Somebody failed to.
    SignInRefused,
    /// Somebody signed out.
    SignedOut,
    /// Somebody asked for the way back to an account by mail.
    RecoveryAsked,
    /// A wrong code was entered for it.
    RecoveryCodeRefused,
    /// Link or code have shown that the mailbox is theirs.
    RecoveryProved,
    /// An account has another password.
    PasswordChanged,
    /// Name, telephone or address of an account were changed by its owner.
    DetailsChanged,
    /// A registration was cancelled, online or at the desk.
    RegistrationCancelled,
    /// A code for enrolling a machine was made.
    MachineOffered,
    /// A machine was enrolled.
    MachineEnrolled,
    /// A machine was shut out.
    MachineRevoked,
    /// A visit was entered.
    EntryMade,
    /// A slip was printed again.
    SlipReprinted,
    /// A machine refused an entry.
    EntryRefused,
    /// A visit is paid otherwise.
    EntryWithdrawn,
    /// A file was taken in.
    BillsImported,
    /// A bill came for the first time.
    BillReceived,
    /// A bill changed.
    BillRevised,
    /// A charge was planned.
    ChargePlanned,
    /// A charge moved from one state to another.
    ChargeMoved,
    /// Evidence contradicts what we know; staff must look.
    ExceptionOpened,
    /// A person has said what became of an exception.
    ExceptionClosed,
    /// The bank's deposits were brought.
    DepositsImported,
    /// A day's journal, gateway and bank were held against each other.
    Reconciled,
    /// They do not agree.
    DifferenceOpened,
    /// They agree after all, or a person has explained why not.
    DifferenceClosed,
    /// A payer set or lifted their ceiling.
    CeilingSet,
    /// Somebody agreed to an amount above a ceiling.
    ConsentGiven,
    /// Money back was asked for.
    RefundRequested,
    /// A refund moved from one state to another.
    RefundMoved,
    /// One of the staff told what became of an unclear charge.
    DecisionProposed,
    /// A second person has seen it too.
    DecisionSeconded,
    /// A call of the gateway was not believed.
    GatewayCallRefused,
    /// A receipt holds no more.
    ReceiptVoided,
    /// A receipt came into being.
    ReceiptMade,
    /// A receipt was printed or downloaded.
    ReceiptPrinted,
    /// Group, hospitals or policy were loaded.
    PolicyLoaded,
}

impl Act {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RegistrationStarted => "registration_started",
            Self::RegistrationOpened => "registration_opened",
            Self::RegistrationFilledIn => "registration_filled_in",
            Self::CardSaved => "card_saved",
            Self::CardRefused => "card_refused",
            Self::CardReplaced => "card_replaced",
            Self::AccountAllowedAgain => "account_allowed_again",
            Self::RegistrationCompleted => "registration_completed",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::RecoveryAsked => "recovery_asked",
            Self::RecoveryCodeRefused => "recovery_code_refused",
            Self::RecoveryProved => "recovery_proved",
            Self::PasswordChanged => "password_changed",
            Self::DetailsChanged => "details_changed",
            Self::RegistrationCancelled => "registration_cancelled",
            Self::MachineOffered => "machine_offered",
            Self::MachineEnrolled => "machine_enrolled",
            Self::MachineRevoked => "machine_revoked",
            Self::EntryMade => "entry_made",
            Self::SlipReprinted => "slip_reprinted",
            Self::EntryRefused => "entry_refused",
            Self::EntryWithdrawn => "entry_withdrawn",
            Self::BillsImported => "bills_imported",
            Self::BillReceived => "bill_received",
            Self::BillRevised => "bill_revised",
            Self::ChargePlanned => "charge_planned",
            Self::ChargeMoved => "charge_moved",
            Self::ExceptionOpened => "exception_opened",
            Self::ExceptionClosed => "exception_closed",
            Self::DepositsImported => "deposits_imported",
            Self::Reconciled => "reconciled",
            Self::DifferenceOpened => "difference_opened",
            Self::DifferenceClosed => "difference_closed",
            Self::CeilingSet => "ceiling_set",
            Self::ConsentGiven => "consent_given",
            Self::RefundRequested => "refund_requested",
            Self::RefundMoved => "refund_moved",
            Self::DecisionProposed => "decision_proposed",
            Self::DecisionSeconded => "decision_seconded",
            Self::GatewayCallRefused => "gateway_call_refused",
            Self::ReceiptVoided => "receipt_voided",
            Self::ReceiptMade => "receipt_made",
            Self::ReceiptPrinted => "receipt_printed",
            Self::PolicyLoaded => "policy_loaded",
        }
    }
}
