//! What is wrong in a group file.

use std::fmt;

/// Why a key was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupReason {
    /// No TOML.
    #[error("the file is no TOML here: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// A key that must be there.
    #[error("the key is missing; add it")]
    Missing,
    /// A key that we do not know.
    #[error("the key is not known{}", .nearest.map_or_else(|| "; take it out".to_owned(), |key| format!("; did you mean {key}?")))]
    Unknown {
        /// The known key that looks most like it.
        nearest: Option<&'static str>,
    },
    /// Another kind of value, or one out of range.
    #[error("the value must be {wanted}")]
    Value {
        /// What it must be.
        wanted: &'static str,
    },
    /// Two hospitals with one code.
    #[error("the code {code} is taken by another hospital of the file")]
    CodeTwice {
        /// The code.
        code: String,
    },
    /// Machines that close before they open.
    #[error("the machines would close before they open")]
    ClosesBeforeOpening,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFault {
    /// Line of the file, from 1: that of the key, or of its section where the key is missing.
    pub line: u64,
    /// The key with its sections, as `hospital[1].policy.hours.opens`.
    pub key: String,
    /// What, and what to do.
    pub reason: GroupReason,
}

impl fmt::Display for GroupFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.key.is_empty() {
            write!(f, ", {}", self.key)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Everything that is wrong; nothing of the file was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFileFaults {
    /// At least one.
    pub faults: Vec<GroupFault>,
}

/// One line: all of them, since a group file has few.
impl fmt::Display for GroupFileFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the group file was not taken: ")?;
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for GroupFileFaults {}
