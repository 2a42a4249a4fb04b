//! QR codes, as SVG for pages and papers and as PNG for mails and downloads.

use super::{Bitmap, PaperError};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

/// Dots for each module of a PNG: 4 modules of quiet zone included, an address comes to some 300 dots.
const DOTS_PER_MODULE: u32 = 8;

/// White modules around the code, as its standard wants.
const QUIET: u32 = 4;

/// A quarter of the code may be dirty or torn and it still reads.
fn code(text: &str) -> Result<QrCode, PaperError> {
    QrCode::with_error_correction_level(text, EcLevel::Q)
        .map_err(|source| PaperError::Qr { bytes: text.len(), source })
}

/// An SVG document, quiet zone included, black on white, one unit for each module.
pub fn qr_svg(text: &str) -> Result<String, PaperError> {
    Ok(code(text)?.render::<svg::Color<'_>>().module_dimensions(1, 1).build())
}

/// A PNG picture, quiet zone included, black on white.
pub fn qr_png(text: &str) -> Result<Vec<u8>, PaperError> {
    let code = code(text)?;
    let modules = modules(&code);
    let side = u32::try_from(code.width())
        .unwrap_or(0)
        .saturating_add(2 * QUIET)
        .saturating_mul(DOTS_PER_MODULE);
    let module = |dot: u32| {
        let inside = dot.div_euclid(DOTS_PER_MODULE).checked_sub(QUIET)?;
        usize::try_from(inside).ok()
    };
    let is_dark = |x: u32, y: u32| match (module(x), module(y)) {
        (Some(column), Some(row)) => {
            modules.get(row).and_then(|row| row.get(column)).copied().unwrap_or(false)
        }
        (None, _) | (_, None) => false,
    };
    Bitmap::draw(side, side, is_dark).png()
}

/// Rows of modules without quiet zone; `true` is dark.
fn modules(code: &QrCode) -> Vec<Vec<bool>> {
    let colors = code.to_colors();
    colors
        .chunks(code.width())
        .map(|row| row.iter().map(|color| *color == Color::Dark).collect())
        .collect()
}

/// The code without its quiet zone, for papers, which leave room themselves, and the number of
/// modules on a side.
pub(super) fn qr_for_paper(text: &str) -> Result<(String, usize), PaperError> {
    let code = code(text)?;
    let svg = code.render::<svg::Color<'_>>().quiet_zone(false).module_dimensions(1, 1).build();
    Ok((svg, code.width()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "https://atobarai.example.jp/okayama/new/";

    #[test]
    fn the_picture_and_the_drawing_show_the_same_modules() {
        let decoder = png::Decoder::new(std::io::Cursor::new(qr_png(ADDRESS).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let code = code(ADDRESS).unwrap();
        let side = (code.width() + 8) * 8;
        assert_eq!(
            (info.width, info.height),
            (u32::try_from(side).unwrap(), u32::try_from(side).unwrap())
        );
        for (row, wanted) in modules(&code).iter().enumerate() {
            for (column, dark) in wanted.iter().enumerate() {
                let (x, y) = ((column + 4) * 8 + 4, (row + 4) * 8 + 4);
                let bit = bytes[y * info.line_size + x / 8] >> (7 - x % 8) & 1;
                assert_eq!(bit == 0, *dark, "module {column}, {row}");
            }
        }
        let svg = qr_svg(ADDRESS).unwrap();
        assert!(svg.contains(&format!("width=\"{}\"", code.width() + 8)), "{svg}");
    }

    #[test]
    fn a_text_too_long_for_a_code_is_an_error() {
        let error = qr_svg(&"あ".repeat(2_000)).unwrap_err();
        assert_eq!(error.to_string(), "a text of 6000 bytes could not be made a qr code");
    }
}
