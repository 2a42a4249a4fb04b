//! The world that the typesetter sees: the fonts and templates compiled into the program, and one
//! piece of data. There is no file system, no network and no clock behind it.

use super::{Fidelity, Paper, PaperError};
use std::sync::OnceLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

static FONTS: [&[u8]; 5] = [
    include_bytes!("../../fonts/BIZUDPGothic-Regular.ttf"),
    include_bytes!("../../fonts/BIZUDPGothic-Bold.ttf"),
    include_bytes!("../../fonts/Figures-Regular.ttf"),
    include_bytes!("../../fonts/Figures-Bold.ttf"),
    include_bytes!("../../fonts/RareKanji-Regular.otf"),
];

static TEMPLATES: [(&str, &str); 7] = [
    ("/house.typ", include_str!("../../papers/house.typ")),
    ("/receipt.typ", include_str!("../../papers/receipt.typ")),
    ("/statement.typ", include_str!("../../papers/statement.typ")),
    (Form::Documents.path(), include_str!("../../papers/documents.typ")),
    (Form::Slip.path(), include_str!("../../papers/slip.typ")),
    (Form::Poster.path(), include_str!("../../papers/poster.typ")),
    (Form::Sheet.path(), include_str!("../../papers/sheet.typ")),
];

/// How many documents a cached piece of layout may wait for its next use before it is dropped: what the
/// one before has used helps the next, such as the hospital's block. Keeping more costs more time to look
/// through than it saves, and memory.
const CACHE_AGE_MAX: usize = 1;

/// What can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Receipts and statements.
    Documents,
    Slip,
    Poster,
    /// For accountants.
    Sheet,
}

impl Form {
    const fn path(self) -> &'static str {
        match self {
            Self::Documents => "/documents.typ",
            Self::Slip => "/slip.typ",
            Self::Poster => "/poster.typ",
            Self::Sheet => "/sheet.typ",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Documents => "receipt or statement",
            Self::Slip => "slip",
            Self::Poster => "poster",
            Self::Sheet => "sheet",
        }
    }
}

/// What all papers share. Built once: file ids are interned for the life of the process, and fonts
/// take a tenth of a second to read.
struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: Vec<Source>,
    data_id: FileId,
}

impl Shop {
    fn open() -> Option<Self> {
        let fonts: Vec<Font> =
            FONTS.iter().filter_map(|font| Font::new(Bytes::new(*font), 0)).collect();
        let sources: Vec<Source> = TEMPLATES
            .iter()
            .filter_map(|(path, text)| Some(Source::new(file_id(path)?, (*text).to_owned())))
            .collect();
        if fonts.len() != FONTS.len() || sources.len() != TEMPLATES.len() {
            return None;
        }
        Some(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            sources,
            data_id: file_id("/data.json")?,
        })
    }
}

fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

fn shop() -> Result<&'static Shop, PaperError> {
    static SHOP: OnceLock<Option<Shop>> = OnceLock::new();
    SHOP.get_or_init(Shop::open).as_ref().ok_or(PaperError::Shop)
}

/// One paper: which template, and what stands in it.
struct Order {
    shop: &'static Shop,
    main: FileId,
    data: Bytes,
}

impl World for Order {
    fn library(&self) -> &LazyHash<Library> {
        &self.shop.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shop.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = self.shop.sources.iter().find(|source| source.id() == id);
        found.cloned().ok_or_else(|| FileError::NotFound(id.get().vpath().get_with_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shop.data_id {
            return Ok(self.data.clone());
        }
        Ok(Bytes::from_string(self.source(id)?.text().to_owned()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shop.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A paper whose every line and glyph has its place, not yet written in any format.
pub(super) struct Typeset {
    pub(super) document: PagedDocument,
    form: Form,
    /// What the typesetter found odd. Tests want none; a patient's receipt is printed all the same.
    #[cfg(test)]
    pub(super) warnings: Vec<String>,
}

/// Fills a template with data.
pub(super) fn typeset(form: Form, data: &serde_json::Value) -> Result<Typeset, PaperError> {
    let shop = shop()?;
    let main = file_id(form.path()).ok_or(PaperError::Shop)?;
    let order = Order { shop, main, data: Bytes::from_string(data.to_string()) };
    let compiled = typst::compile::<PagedDocument>(&order);
    typst::comemo::evict(CACHE_AGE_MAX);
    let document = compiled
        .output
        .map_err(|errors| PaperError::Layout { paper: form.name(), reason: reason(&errors) })?;
    Ok(Typeset {
        document,
        form,
        #[cfg(test)]
        warnings: compiled.warnings.iter().map(|warning| warning.message.to_string()).collect(),
    })
}

impl Typeset {
    pub(super) fn pages(&self) -> usize {
        self.document.pages().len()
    }

    /// Writes PDF/UA-1, which proves that each glyph is there and that a screen reader can read the
    /// paper. When that cannot be had, a plain PDF, marked as flawed, is better than no receipt.
    pub(super) fn pdf(&self) -> Result<Paper, PaperError> {
        let accessible = PdfStandards::new(&[PdfStandard::Ua_1])
            .map_err(|hinted| self.not_written(hinted.message().to_string()))?;
        match typst_pdf::pdf(&self.document, &options(accessible)) {
            Ok(pdf) => Ok(Paper { pdf, fidelity: Fidelity::Complete }),
            Err(flaws) => {
                let pdf = typst_pdf::pdf(&self.document, &options(PdfStandards::default()))
                    .map_err(|errors| self.not_written(reason(&errors)))?;
                Ok(Paper { pdf, fidelity: Fidelity::Flawed { reason: reason(&flaws) } })
            }
        }
    }

    fn not_written(&self, reason: String) -> PaperError {
        PaperError::Pdf { paper: self.form.name(), reason }
    }
}

/// No time stamp: the same paper is the same bytes.
fn options(standards: PdfStandards) -> PdfOptions {
    PdfOptions {
        creator: Smart::Custom(Some("Atobarai".to_owned())),
        timestamp: None,
        standards,
        ..PdfOptions::default()
    }
}

fn reason(diagnostics: &[SourceDiagnostic]) -> String {
    let messages: Vec<&str> = diagnostics.iter().map(|found| found.message.as_str()).collect();
    messages.join("; ")
}
