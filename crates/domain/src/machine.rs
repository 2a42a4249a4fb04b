//! Machines that the hospital has put up: kiosks and receipt machines.

use crate::group::HospitalCode;
use crate::id::MachineId;
use crate::time::Moment;

/// What a machine does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MachineKind {
    /// 後払い受付機: reads the patient card and prints the slip.
    EntryKiosk,
    /// 領収書発行機: reads the patient card and prints receipts.
    ReceiptMachine,
}

impl MachineKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::EntryKiosk, Self::ReceiptMachine];

    /// As stored and as typed at the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EntryKiosk => "entry_kiosk",
            Self::ReceiptMachine => "receipt_machine",
        }
    }

    /// Reads what a row or a command holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// As people call it.
    #[must_use]
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::EntryKiosk => "後払い受付機",
            Self::ReceiptMachine => "領収書発行機",
        }
    }
}

/// A machine that was enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Its id here.
    pub id: MachineId,
    /// Where it stands. It serves this hospital's cards only.
    pub hospital: HospitalCode,
    /// What it does.
    pub kind: MachineKind,
    /// How staff call it: `正面玄関 1号機`.
    pub name: String,
    /// When it was enrolled.
    pub enrolled_at: Moment,
    /// When it was shut out, if it was.
    pub revoked_at: Option<Moment>,
}
