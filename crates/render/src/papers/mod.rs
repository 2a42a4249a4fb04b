//! Everything printed: receipt 領収証, statement 診療明細書, slip 後払い利用票, poster, QR codes; and the sheets of the
//! accountants.
//!
//! Each paper is a plain struct that the caller fills; amounts come from the hospital and are set
//! as they are, never added up here. The layout stands in `papers/*.typ`. Setting a page is work of
//! some milliseconds for the processor: callers on an async runtime do it on a blocking thread.

mod bitmap;
mod closing;
pub mod escpos;
mod never_twice;
mod poster;
mod qr;
mod receipt;
mod samples;
mod sheet;
mod slip;
mod statement;
mod words;
mod world;

pub use bitmap::Bitmap;
pub use closing::{ClosingHospital, ClosingPaper, ClosingPayout, closing};
pub use never_twice::{Beside, NeverTwicePaper, never_twice, never_twice_text};
pub use poster::{PosterPaper, poster};
pub use qr::{qr_png, qr_svg};
pub use receipt::{Payment, ReceiptBill, ReceiptPaper, TaxLine, receipt, receipt_with_statement};
pub use slip::{SlipPaper, SlipPromise, slip_escpos, slip_pdf, slip_png};
pub use statement::statement;

/// The line about consumption tax that the ministry's form of a receipt carries. A hospital may
/// word it differently in its settings.
pub const CUSTOMARY_TAX_NOTICE: &str = "厚生労働省が定める診療報酬や薬価等には、医療機関等が仕入れ時に負担する消費税が反映されています。";

/// A finished PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The bytes of the file. The same data gives the same bytes.
    pub pdf: Vec<u8>,
    /// Whether it shows everything it should.
    pub fidelity: Fidelity,
}

/// Whether a paper shows everything it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// Every glyph is there, and the file is PDF/UA-1.
    Complete,
    /// Printed all the same, but somebody should look at it: most often a character of a name that
    /// no built-in font has, in whose place stands an empty box.
    Flawed {
        /// What was found, in English. May quote a character of the text.
        reason: String,
    },
}

/// Why a paper could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A broken build.
    #[error("the built-in fonts or templates cannot be read")]
    Shop,
    /// The template did not take the data.
    #[error("the {paper} could not be laid out: {reason}")]
    Layout {
        /// Which form.
        paper: &'static str,
        /// What the typesetter said.
        reason: String,
    },
    /// The laid-out paper could not be written as a file.
    #[error("the {paper} could not be written as pdf: {reason}")]
    Pdf {
        /// Which form.
        paper: &'static str,
        /// What the writer said.
        reason: String,
    },
    /// The text does not fit a QR code.
    #[error("a text of {bytes} bytes could not be made a qr code")]
    Qr {
        /// Its length.
        bytes: usize,
        /// What the encoder said.
        #[source]
        source: qrcode::types::QrError,
    },
    /// A picture could not be written as PNG.
    #[error("a picture of {width} by {height} dots could not be written")]
    Picture {
        /// Dots across.
        width: u32,
        /// Dots down.
        height: u32,
        /// What the encoder said.
        #[source]
        source: png::EncodingError,
    },
    /// A paper came out with no page at all.
    #[error("the {paper} has no page")]
    Empty {
        /// Which form.
        paper: &'static str,
    },
}

/// The hospital as it stands on its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HospitalBlock {
    /// One to three lines: the body that runs it, its name, a branch.
    pub name_lines: Vec<String>,
    /// As `700-0000`, without the postal mark.
    pub postal_code: String,
    /// On one line; wrapped where long.
    pub address: String,
    /// As people dial it.
    pub phone: String,
    /// `T` and 13 digits, where the hospital issues qualified invoices.
    pub invoice_registration_number: Option<String>,
    /// The sentence about consumption tax at the foot of receipt and statement, as
    /// [`CUSTOMARY_TAX_NOTICE`].
    pub tax_notice: String,
    /// More sentences at the foot of the receipt.
    pub receipt_notices: Vec<String>,
}

/// The patient as named on a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientBlock {
    /// With its leading zeros.
    pub number: String,
    /// Without 様.
    pub name: String,
    /// Printed small above the name.
    pub kana: Option<String>,
}

#[cfg(test)]
mod tests;
