//! Printers of slips: bytes that the printer understands, sent as they are.

mod memory;
mod tcp;

pub use memory::MemoryPrinter;
pub use tcp::{PrinterTimeouts, TcpPrinter};

/// Where slips are printed.
#[derive(Clone, Debug)]
pub enum SlipPrinter {
    /// A printer that takes raw bytes over TCP (usually port 9100).
    Tcp(TcpPrinter),
    /// Keeps what it was given, for the demo and for tests.
    Memory(MemoryPrinter),
}

/// What became of the bytes. None of these says that there is paper in somebody's hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrintAnswer {
    /// The printer took all of them.
    Sent,
    /// It took none: nothing was printed.
    NotReachable {
        /// Why.
        why: String,
    },
    /// It may have taken some: half a slip may have come out.
    PartlySent {
        /// Why.
        why: String,
    },
}

impl SlipPrinter {
    /// Sends one slip. A receipt printer serves one connection at a time; a second one waits.
    pub async fn print(&self, bytes: &[u8]) -> PrintAnswer {
        match self {
            Self::Tcp(printer) => printer.print(bytes).await,
            Self::Memory(printer) => printer.print(bytes),
        }
    }
}
