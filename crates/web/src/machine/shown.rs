//! What came of a swipe, on its way from the answer to the screen.
//!
//! The form is answered with a redirect, so that neither a reload nor the back button swipes again,
//! and what the screen needs travels in a cookie that ends after a minute: an address would stay in
//! the history of a public browser. The cookie holds an entry's id or a code, never a patient's
//! number. It needs no signature: whoever forges one sees a text that everybody may read, or a slip,
//! which is looked up again and must be of this kiosk's hospital and of today.

use domain::id::EntryId;
use domain::time::Moment;

/// Letters of a code.
const CODE_LENGTH: usize = 4;

/// What the screen is to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The visit will be paid later.
    Accepted { entry: EntryId, paper: Paper },
    /// The slip came out again.
    Reprinted { entry: EntryId, paper: Paper },
    /// The visit was entered before.
    Again { entry: EntryId },
    /// No registration was found.
    NotFound { code: String },
    /// The registration cannot be used yet.
    Pending { usable_from: Moment, code: String },
    /// People must look.
    AskDesk { code: String },
    /// No card of this hospital.
    NotACard { code: String },
    /// Not at this hour.
    Closed { code: String },
}

/// Where the slip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paper {
    /// The kiosk's printer has it, or this browser has printed it.
    Out,
    /// This browser prints it when the screen is shown, once.
    ToPrint,
    /// The printer took none.
    Away,
}

impl Paper {
    const ALL: [Self; 3] = [Self::Out, Self::ToPrint, Self::Away];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::ToPrint => "print",
            Self::Away => "away",
        }
    }
}

impl Shown {
    /// As the cookie holds it.
    pub(super) fn write(&self) -> String {
        match self {
            Self::Accepted { entry, paper } => format!("accepted.{entry}.{}", paper.as_str()),
            Self::Reprinted { entry, paper } => format!("reprinted.{entry}.{}", paper.as_str()),
            Self::Again { entry } => format!("again.{entry}"),
            Self::NotFound { code } => format!("unknown.{code}"),
            Self::Pending { usable_from, code } => format!("pending.{code}.{}", usable_from.ms()),
            Self::AskDesk { code } => format!("desk.{code}"),
            Self::NotACard { code } => format!("card.{code}"),
            Self::Closed { code } => format!("closed.{code}"),
        }
    }

    /// Reads a cookie. `None`: nothing that we wrote.
    pub(super) fn read(cookie: &str) -> Option<Self> {
        let mut parts = cookie.split('.');
        let (kind, first, second) = (parts.next()?, parts.next()?, parts.next());
        let code = || is_code(first).then(|| first.to_owned());
        match (kind, second) {
            ("accepted", Some(paper)) => {
                Some(Self::Accepted { entry: id(first)?, paper: read_paper(paper)? })
            }
            ("reprinted", Some(paper)) => {
                Some(Self::Reprinted { entry: id(first)?, paper: read_paper(paper)? })
            }
            ("again", None) => Some(Self::Again { entry: id(first)? }),
            ("unknown", None) => Some(Self::NotFound { code: code()? }),
            ("pending", Some(ms)) => {
                Some(Self::Pending { usable_from: moment(ms)?, code: code()? })
            }
            ("desk", None) => Some(Self::AskDesk { code: code()? }),
            ("card", None) => Some(Self::NotACard { code: code()? }),
            ("closed", None) => Some(Self::Closed { code: code()? }),
            _ => None,
        }
    }

    /// The same after its screen was shown: what this browser printed is not printed by a reload.
    pub(super) fn once_shown(&self) -> Option<Self> {
        match self {
            Self::Accepted { entry, paper: Paper::ToPrint } => {
                Some(Self::Accepted { entry: *entry, paper: Paper::Out })
            }
            Self::Reprinted { entry, paper: Paper::ToPrint } => {
                Some(Self::Reprinted { entry: *entry, paper: Paper::Out })
            }
            Self::Accepted { paper: Paper::Out | Paper::Away, .. }
            | Self::Reprinted { paper: Paper::Out | Paper::Away, .. }
            | Self::Again { .. }
            | Self::NotFound { .. }
            | Self::Pending { .. }
            | Self::AskDesk { .. }
            | Self::NotACard { .. }
            | Self::Closed { .. } => None,
        }
    }
}

fn is_code(text: &str) -> bool {
    text.len() == CODE_LENGTH && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn read_paper(text: &str) -> Option<Paper> {
    Paper::ALL.into_iter().find(|paper| paper.as_str() == text)
}

fn id(text: &str) -> Option<EntryId> {
    match text.parse() {
        Ok(id) => Some(id),
        Err(_not_an_id) => None,
    }
}

fn moment(text: &str) -> Option<Moment> {
    match text.parse() {
        Ok(ms) => Some(Moment::from_ms(ms)),
        Err(_not_a_number) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let (entry, code) = (EntryId::from_number(7), || "HANA".to_owned());
        for shown in [
            Shown::Accepted { entry, paper: Paper::ToPrint },
            Shown::Reprinted { entry, paper: Paper::Away },
            Shown::Again { entry },
            Shown::NotFound { code: code() },
            Shown::Pending { usable_from: Moment::from_ms(1_795_482_900_000), code: code() },
            Shown::AskDesk { code: code() },
            Shown::NotACard { code: code() },
            Shown::Closed { code: code() },
        ] {
            assert_eq!(Shown::read(&shown.write()), Some(shown));
        }
        for forged in [
            "",
            "x",
            "desk.",
            "desk.hana",
            "desk.<b>x",
            "desk.HANAHANA",
            "again.7",
            "pending.HANA.x",
            "desk.HANA.x",
        ] {
            assert_eq!(Shown::read(forged), None, "{forged}");
        }
    }
}
