//! What is typed at each step of a registration, and what can come of it.

use domain::group::{Group, GroupSlug, Hospital, HospitalCode};
use domain::mail_address::{MailAddress, MailAddressFault};
use domain::password::PasswordFault;
use domain::patient::{PatientNumberFault, PersonFault};
use domain::time::Moment;
use domain::user_id::UserId;
use store::registrations::Draft;

/// What the first form holds, as typed.
#[derive(Clone, Copy, Debug)]
pub struct StartTyped<'a> {
    /// The mail address.
    pub mail: &'a str,
    /// Whether the terms were agreed to.
    pub agreed_terms: bool,
    /// "This address is right", after [`Started::DidYouMean`].
    pub insists: bool,
}

/// What came of the first step. `Sent` is the answer for a known address as for an unknown one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// There is no such group.
    UnknownGroup,
    /// The box was not ticked.
    TermsNotAgreed,
    /// The text is no mail address.
    Mistake(MailAddressFault),
    /// The domain looks mistyped: ask. Nothing was sent (FAQ Q10).
    DidYouMean(MailAddress),
    /// Too many mails to this address or tries from this network.
    TooMany {
        /// Seconds until another try may succeed.
        try_again_s: i64,
    },
    /// A mail is on its way.
    Sent(SentMail),
}

/// A mail that is on its way to the visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMail {
    /// Where to, to be shown for checking.
    pub to: MailAddress,
    /// An old carrier address that many mail systems cannot write to: the page warns.
    pub legacy: bool,
    /// For [`resend`]; goes into a cookie. It opens nothing.
    pub state_token: String,
}

/// What came of asking for the mail once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// The token is unknown or its registration is over: begin again.
    Unknown,
    /// As in [`Started::TooMany`].
    TooMany {
        /// Seconds until another try may succeed.
        try_again_s: i64,
    },
    /// Another mail is on its way; URLs of earlier mails go on working.
    Sent(SentMail),
}

/// What an application URL leads to. Looking changes nothing: mail scanners look, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// No such URL was ever sent.
    Unknown,
    /// Its time is over; begin again.
    Expired {
        /// The group, for the way back to its first page.
        group: GroupSlug,
    },
    /// It was opened before, in another browser or by somebody else.
    Used {
        /// The group, for the way to its first page and to sign-in.
        group: GroupSlug,
    },
    /// This very browser opened it before: go on at the form.
    GoOn {
        /// The group.
        group: GroupSlug,
    },
    /// Show a button; pressing it calls [`begin_form`].
    Ready {
        /// The group.
        group: GroupSlug,
        /// The address that the URL was sent to.
        mail: MailAddress,
        /// When the URL ends.
        ends_at: Moment,
        /// A token for the cookie of this browser, to be set with the page and given back to
        /// [`begin_form`]; `None`: the cookie that it has serves.
        session_token: Option<String>,
    },
}

/// What came of pressing the button behind the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// No such URL was ever sent.
    Unknown,
    /// Its time is over.
    Expired {
        /// The group.
        group: GroupSlug,
    },
    /// Another browser was first.
    Used {
        /// The group.
        group: GroupSlug,
    },
    /// Go on at the form.
    Form {
        /// The group.
        group: GroupSlug,
        /// A token for the cookie of this browser, where it came without one that serves; all
        /// further steps need it. `None`: the cookie that it has goes on.
        session_token: Option<String>,
    },
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Family name as written.
    FamilyName,
    /// Given name as written.
    GivenName,
    /// Family name in kana.
    FamilyKana,
    /// Given name in kana.
    GivenKana,
    /// The three fields of the birth date.
    BirthDate,
    /// Telephone.
    Phone,
    /// Postal code.
    PostalCode,
    /// Address.
    Address,
    /// Hospital.
    Hospital,
    /// Patient number.
    PatientNumber,
    /// Relation.
    Relation,
    /// A patient who is not the payer: family name as written.
    PatientFamilyName,
    /// Given name as written.
    PatientGivenName,
    /// Family name in kana.
    PatientFamilyKana,
    /// Given name in kana.
    PatientGivenKana,
    /// The three fields of the birth date.
    PatientBirthDate,
    /// Password.
    Password,
    /// Password once more.
    PasswordAgain,
}

/// Why a field was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// A field about the person.
    Person(PersonFault),
    /// The patient number is none of that hospital.
    PatientNumber(PatientNumberFault),
    /// The password.
    Password(PasswordFault),
    /// None of the group's hospitals was chosen, or one that takes no registrations yet.
    NoHospital,
    /// None of the relations was chosen.
    NoRelation,
}

/// A group with its hospitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// Name, sender domain, version of the terms.
    pub group: Group,
    /// In the order in which they are shown.
    pub hospitals: Vec<Hospital>,
}

/// What the form page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormPage {
    /// No registration is under way in this browser.
    NoSession,
    /// It is completed already.
    AlreadyCompleted(Box<CompletedRegistration>),
    /// The windows of the hospital must look at it.
    AskDesk(Vec<Hospital>),
    /// The form.
    Form {
        /// The group with its hospitals.
        front: Box<Front>,
        /// The address that was proven.
        mail: MailAddress,
        /// What was filled in before.
        draft: Option<Box<Draft>>,
    },
}

/// What came of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilledIn {
    /// Nothing was kept. In the order of the form.
    Mistakes(Vec<(Field, FieldFault)>),
    /// No registration is under way in this browser.
    NoSession,
    /// It is completed already.
    AlreadyCompleted(Box<CompletedRegistration>),
    /// The windows of the hospital must look at it.
    AskDesk(Vec<Hospital>),
    /// The card is next.
    CardNext {
        /// The password begins or ends with a blank. It was taken as it is; the page says so, since
        /// it must be typed the same way at sign-in (FAQ Q20).
        edge_blanks: bool,
    },
}

/// What came of going to the gateway's card page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardStart {
    /// No registration is under way in this browser.
    NoSession,
    /// The form comes first.
    FormFirst,
    /// It is completed already.
    AlreadyCompleted(Box<CompletedRegistration>),
    /// The windows of the hospital must look at it.
    AskDesk(Vec<Hospital>),
    /// Too many cards were tried.
    TooMany {
        /// Seconds until another try may succeed.
        try_again_s: i64,
    },
    /// The gateway does not answer; nothing is lost, try again later.
    GatewayAway,
    /// Send the browser there.
    GoTo {
        /// The gateway's own page.
        url: String,
    },
}

/// Why a card was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardRefusal {
    /// A debit card (FAQ Q13).
    Debit,
    /// A prepaid card (FAQ Q13).
    Prepaid,
    /// The gateway does not know the kind, and this hospital does not take such cards.
    UnknownFunding,
    /// A kind that this hospital does not take at all.
    KindNotTaken,
    /// The cardholder was not authenticated (3-D Secure).
    NotAuthenticated,
    /// The bank refused it.
    Declined,
    /// Its last month is over.
    Expired,
}

impl CardRefusal {
    const ALL: [Self; 7] = [
        Self::Debit,
        Self::Prepaid,
        Self::UnknownFunding,
        Self::KindNotTaken,
        Self::NotAuthenticated,
        Self::Declined,
        Self::Expired,
    ];

    /// As stored with the attempt.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debit => "debit",
            Self::Prepaid => "prepaid",
            Self::UnknownFunding => "unknown_funding",
            Self::KindNotTaken => "kind_not_taken",
            Self::NotAuthenticated => "not_authenticated",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// What came of coming back from the gateway's card page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardBack {
    /// No registration is under way in this browser, or the attempt is another one's.
    NoSession,
    /// The card page was left before its end; offer it again.
    NotFinished,
    /// The gateway does not answer; the page offers to look again.
    GatewayAway,
    /// The card is not taken; another may be tried.
    Refused {
        /// Why.
        reason: CardRefusal,
    },
    /// The windows must look at it: show their telephone numbers and nothing else. Nothing is said
    /// of whose the patient number is.
    AskDesk(Vec<Hospital>),
    /// The mailbox (which the visitor has proven to be theirs) has an account by now: sign in there.
    AlreadyRegistered,
    /// The account is there. Coming back again gives the same.
    Completed(Box<CompletedRegistration>),
}

/// A registration that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedRegistration {
    /// The group.
    pub group: GroupSlug,
    /// Issued by us; also in the mail (FAQ Q14).
    pub user_id: UserId,
    /// Where the mail goes.
    pub mail: MailAddress,
    /// From when each hospital can be paid later (FAQ Q24).
    pub usable_from: Vec<UsableFrom>,
}

/// From when one hospital can be paid later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsableFrom {
    /// Its code.
    pub code: HospitalCode,
    /// Its name.
    pub hospital: String,
    /// From when.
    pub from: Moment,
}
