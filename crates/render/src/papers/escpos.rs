//! Bytes for receipt printers that speak ESC/POS.
//!
//! Text is sent as dots: every printer prints them alike, whichever characters it knows, and 𠮷
//! comes out as the patient writes it.

use super::Bitmap;

/// Dots across on 80 mm paper, of which 72 mm can be printed at 203 dots an inch.
pub const DOTS_ACROSS: u32 = 576;

/// Rows in one raster command. Small enough for the memory of a cheap printer.
const BAND_ROWS: usize = 128;

/// `ESC @`: forget whatever the job before left behind.
const INITIALISE: &[u8] = &[0x1b, b'@'];
/// `GS v 0 0`: dots in normal size; width in bytes and height in rows follow.
const RASTER: &[u8] = &[0x1d, b'v', b'0', 0];
/// `ESC d 3`: three blank lines, so that the tear is not in the text.
const FEED: &[u8] = &[0x1b, b'd', 3];
/// `GS V B 0`: on to the knife and cut, leaving a bridge so that the slip does not fall to the floor.
const CUT: &[u8] = &[0x1d, b'V', b'B', 0];

/// One slip, from reset to cut.
#[must_use]
pub fn job(paper: &Bitmap) -> Vec<u8> {
    let mut bytes = Vec::from(INITIALISE);
    let rows: Vec<&[u8]> = paper.rows().collect();
    for band in rows.chunks(BAND_ROWS) {
        bytes.extend_from_slice(RASTER);
        bytes.extend_from_slice(&two_bytes(paper.bytes_per_row()));
        bytes.extend_from_slice(&two_bytes(band.len()));
        band.iter().for_each(|row| bytes.extend_from_slice(row));
    }
    bytes.extend_from_slice(FEED);
    bytes.extend_from_slice(CUT);
    bytes
}

/// Low byte first. Bands and rows are far shorter than 65,536.
fn two_bytes(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a job as a printer does: everything must be a command it knows.
    fn burn(bytes: &[u8], width: u32) -> Vec<u8> {
        let mut rest = bytes.strip_prefix(INITIALISE).expect("a reset");
        let mut dots = Vec::new();
        while let Some(band) = rest.strip_prefix(RASTER) {
            let [a, b, c, d, data @ ..] = band else { panic!("a cut-off band") };
            let (across, down) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
            assert_eq!(u32::from(across) * 8, width);
            assert!(usize::from(down) <= BAND_ROWS);
            let (data, after) = data.split_at(usize::from(across) * usize::from(down));
            dots.extend_from_slice(data);
            rest = after;
        }
        assert_eq!(rest, [FEED, CUT].concat());
        dots
    }

    #[test]
    fn a_printer_burns_the_very_dots_of_the_picture() {
        let slip = crate::papers::SlipPaper::samples().remove(0);
        let bitmap = crate::papers::slip::slip_bitmap(&slip).unwrap();
        assert_eq!(bitmap.width(), DOTS_ACROSS);
        let dots = burn(&job(&bitmap), DOTS_ACROSS);
        assert_eq!(dots, bitmap.rows().flatten().copied().collect::<Vec<u8>>());
        let black: u32 = dots.iter().map(|byte| byte.count_ones()).sum();
        let all = bitmap.width() * bitmap.height();
        assert!(all / 50 < black && black < all / 3, "{black} of {all} dots are black");
    }

    #[test]
    fn a_picture_as_high_as_a_whole_number_of_bands_ends_without_an_empty_one() {
        for height in [1, 127, 128, 129, 256] {
            let bitmap = Bitmap::draw(DOTS_ACROSS, height, |x, y| (x + y) % 3 == 0);
            let bytes = job(&bitmap);
            assert_eq!(burn(&bytes, DOTS_ACROSS).len(), usize::try_from(height).unwrap() * 72);
        }
    }
}
