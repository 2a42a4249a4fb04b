//! The patients' pages: first page, registration, sign-in, account, and what did not work.

mod account;
mod cancel;
mod card;
mod check;
mod details;
mod help;
mod home;
mod limits;
mod own_details;
mod problem;
mod recover;
mod sign_in;
mod start;
mod tax_year;

pub use account::{CardOnAccount, MePage, PatientOnAccount, VisitOnAccount, Warning};
pub use cancel::{CancelPage, CancelledPage};
pub use card::{CardAwayPage, CardPage, CardRefusedPage, ChangeCardPage, DonePage};
pub use check::CheckPage;
pub use details::{DetailsPage, DetailsTyped, Fault, Field, PatientTyped};
pub use help::{HelpPage, StatementPage};
pub use home::HomePage;
pub use limits::{CeilingMistake, CeilingPage, ConsentPage};
pub use own_details::{OwnDetailsCame, OwnDetailsPage};
pub use problem::{ProblemPage, WayOn};
pub use recover::{
    ChangePasswordPage, CodeMistake, NewPasswordPage, PasswordMistake, RecoverOpenPage,
    RecoverPage, RecoverSentPage,
};
pub use sign_in::{Said, SignInMistake, SignInPage};
pub use start::{AddressPage, OpenPage, QuestionPage, SentPage, TermsPage};
pub use tax_year::{PatientInYear, PaymentInYear, TaxYearPage};

use super::parts::Step;
use super::{Frame, HospitalLine, Service};
use crate::words::{JA, Words};

/// The step that a page of the registration belongs to.
fn step(words: &'static Words, current: usize) -> Step {
    let names = &words.register.steps;
    Step { current, names, spoken: (words.common.step_of)(current, names.len()) }
}

/// A frame for samples: the group of the FAQ.
pub(crate) fn sample_frame() -> Frame {
    let hospital = |code: &str, name: &str, phone: &str| HospitalLine {
        code: code.to_owned(),
        name: name.to_owned(),
        phone: phone.to_owned(),
        phone_hours: "平日 8:30〜17:00".to_owned(),
        machine_hours: Some("平日 7:45〜17:00 (土曜・日曜・祝日・年末年始を除く)".to_owned()),
    };
    Frame {
        words: &JA,
        home: "/okayama/".to_owned(),
        service: Some(Service {
            name: "岡山市立病院 医療費後払いサービス".to_owned(),
            sender_domain: "s7.medicalpay.jp".to_owned(),
            hospitals: vec![
                hospital("shimin", "岡山市立市民病院", "086-737-3000"),
                hospital("senoo", "岡山市立せのお病院", "086-282-1211"),
            ],
        }),
        signed_in: false,
    }
}
