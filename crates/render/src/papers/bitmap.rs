//! Black and white dots, as a receipt printer burns them, and pictures in the PNG format.

use super::PaperError;

/// Dots in rows; each row is padded to whole bytes, the leftmost dot is the highest bit, 1 is black.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    rows: Vec<u8>,
}

/// A dot is black from half the light down, so that thin strokes neither vanish nor clog.
const DARK_BELOW: u32 = 128;

impl Bitmap {
    /// A white sheet on which the dots that `is_dark` names (column, row) are black.
    pub(super) fn draw(width: u32, height: u32, is_dark: impl Fn(u32, u32) -> bool) -> Self {
        let mut rows = Vec::new();
        for y in 0..height {
            for first in (0..width).step_by(8) {
                let byte = (0..8).fold(0_u8, |byte, bit| {
                    let x = first.saturating_add(bit);
                    (byte << 1) | u8::from(x < width && is_dark(x, y))
                });
                rows.push(byte);
            }
        }
        Self { width, height, rows }
    }

    /// Dots across.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Dots down.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The rows from the top, each `bytes_per_row` long.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.rows.chunks(self.bytes_per_row())
    }

    /// The length of a row in bytes, at least 1.
    #[must_use]
    pub fn bytes_per_row(&self) -> usize {
        usize::try_from(self.width.div_ceil(8)).unwrap_or(usize::MAX).max(1)
    }

    /// A PNG of one bit a dot.
    pub(super) fn png(&self) -> Result<Vec<u8>, PaperError> {
        let inverted: Vec<u8> = self.rows.iter().map(|byte| !byte).collect();
        write_png(self.width, self.height, png::BitDepth::One, &inverted)
    }
}

/// Shades of grey, one byte a dot, made from what the typesetter draws.
pub(super) struct Grey {
    pub(super) width: u32,
    pub(super) height: u32,
    shades: Vec<u8>,
}

impl Grey {
    /// From four bytes a dot: red, green, blue, opacity. The paper under it is opaque already.
    pub(super) fn from_rgba(width: u32, height: u32, pixels: &[u8]) -> Self {
        let shades = pixels
            .chunks_exact(4)
            .map(|pixel| match pixel {
                // The weights of the eye, in thousandths.
                [red, green, blue, _] => {
                    let light =
                        u32::from(*red) * 299 + u32::from(*green) * 587 + u32::from(*blue) * 114;
                    u8::try_from(light.div_euclid(1_000)).unwrap_or(u8::MAX)
                }
                _ => u8::MAX,
            })
            .collect();
        Self { width, height, shades }
    }

    /// Black and white, without so many columns on the left and as wide as told.
    pub(super) fn threshold(&self, left: u32, width: u32) -> Bitmap {
        Bitmap::draw(width, self.height, |x, y| {
            let column = x.saturating_add(left);
            let at = u64::from(y) * u64::from(self.width) + u64::from(column);
            let shade = usize::try_from(at).ok().and_then(|at| self.shades.get(at));
            column < self.width && shade.is_some_and(|shade| u32::from(*shade) < DARK_BELOW)
        })
    }

    pub(super) fn png(&self) -> Result<Vec<u8>, PaperError> {
        write_png(self.width, self.height, png::BitDepth::Eight, &self.shades)
    }
}

fn write_png(
    width: u32,
    height: u32,
    depth: png::BitDepth,
    bytes: &[u8],
) -> Result<Vec<u8>, PaperError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(depth);
    let write = || -> Result<(), png::EncodingError> {
        let mut writer = encoder.write_header()?;
        writer.write_image_data(bytes)?;
        writer.finish()
    };
    write().map_err(|source| PaperError::Picture { width, height, source })?;
    Ok(file)
}
