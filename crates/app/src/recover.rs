//! The way back for somebody who has forgotten user ID or password (FAQ Q15, Q18; S-09, S-12).
//!
//! One mail answers both: it tells the user ID, and has a link and a code, either of which leads to a new
//! password once. Nothing that a visitor sees tells whether an address has an account; only the owner of the
//! mailbox learns of it. Nothing of the account changes before a new password is there, and nobody is signed in
//! by this.

mod ask;
mod password;
mod prove;

pub use ask::ask;
pub use password::{may_choose, set_password};
pub use prove::{enter_code, look, open};

use domain::mail_address::{MailAddress, MailAddressFault};
use domain::password::PasswordFault;
use domain::time::Moment;
use store::recoveries::Recovery;

/// Minutes that link and code work, and after them the page for the new password.
pub const MINUTES: i64 = 10;

/// What came of asking for a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// There is no such group.
    UnknownGroup,
    /// That is no mail address.
    Mistake(MailAddressFault),
    /// Too many in a short time.
    TooMany {
        /// Seconds until another may be asked for.
        try_again_s: i64,
    },
    /// The mail is on its way, whatever it says.
    Sent {
        /// As read.
        to: MailAddress,
        /// For the browser's cookie.
        browser_token: String,
    },
}

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeEntered {
    /// This browser has asked for nothing, or its time is over.
    Nothing,
    /// Not six digits.
    NotACode,
    /// Not this one.
    Wrong,
    /// It was tried too often: another mail is needed.
    TooManyWrong,
    /// Too many tries from this network.
    TooMany {
        /// Seconds until another try may succeed.
        try_again_s: i64,
    },
    /// The new password comes next.
    Right,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// There is none like it in this group.
    Unknown,
    /// Its time is over.
    Expired,
    /// Link or code have been used.
    Used,
    /// It may be opened.
    Ready {
        /// For a new cookie, where this browser has none that serves.
        browser_token: Option<String>,
    },
    /// This browser has opened it: the new password comes next.
    GoOn {
        /// For a new cookie, where this browser has none that serves.
        browser_token: Option<String>,
    },
}

/// What came of a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSet {
    /// This browser has nothing to go on with.
    Nothing,
    /// It is not taken.
    Mistake(PasswordFault),
    /// It holds, and every browser is signed out.
    Done {
        /// It begins or ends with a blank, and was taken as it is.
        edge_blanks: bool,
    },
}

/// Whether link or code of a recovery can still be used.
fn is_open(kept: &Recovery, now: Moment) -> bool {
    !kept.ended && now < kept.ends_at
}
