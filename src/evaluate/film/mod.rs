//! Films: pictures one after the other at a fixed rate, as an animated GIF, as Y4M (which every encoder reads), or as
//! PNG files; and whole files, which appear at once or not at all.

mod gif;
mod whole;
mod y4m;

pub use gif::GifWriter;
pub use whole::{Whole, write_whole};
pub use y4m::Y4mWriter;

use crate::config::{Error, Place, Result};

/// A picture: red, green and blue of every pixel, 8 bits each, rows from above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `3 · width · height` bytes.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// A picture of these bytes.
    ///
    /// # Errors
    /// Another number of bytes than the size needs, a picture without pixels.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self> {
        if width == 0 || height == 0 || rgb.len() as u64 != 3 * u64::from(width) * u64::from(height) {
            let what = format!("{} bytes are no picture of {width}x{height}", rgb.len());
            return Err(Error::invalid(Place::source("film"), what, "Tell us how it came about."));
        }
        Ok(Self { width, height, rgb })
    }

    /// One pixel; black outside.
    fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = 3 * (y as usize * self.width as usize + x as usize);
        self.rgb.get(at..at + 3).and_then(|p| p.try_into().ok()).unwrap_or_default()
    }

    /// The picture as a PNG.
    ///
    /// # Errors
    /// When it cannot be packed.
    pub fn png(&self) -> Result<Vec<u8>> {
        let failed = |e: &dyn std::fmt::Display| {
            Error::invalid(Place::source("film"), format!("a picture cannot be packed: {e}"), "Try another size.")
        };
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(|e| failed(&e))?;
        writer.write_image_data(&self.rgb).map_err(|e| failed(&e))?;
        drop(writer);
        Ok(out)
    }
}

/// All pictures of a film have one size.
fn same_size(first: (u32, u32), picture: &Picture) -> Result<()> {
    if (picture.width, picture.height) == first {
        return Ok(());
    }
    let what = format!(
        "a picture of {}x{} does not fit into a film of {}x{}",
        picture.width, picture.height, first.0, first.1
    );
    Err(Error::invalid(Place::source("film"), what, "Draw all pictures at one size."))
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A picture with a square that moves.
    pub fn moving(step: u32) -> Picture {
        let (width, height) = (31, 18);
        let mut rgb = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let inside = (step..step + 6).contains(&x) && (4..10).contains(&y);
                rgb.extend(if inside { [240, 30, 20] } else { [10, (x * 5) as u8, 40] });
            }
        }
        Picture::new(width, height, rgb).unwrap()
    }

    #[test]
    fn pictures_have_as_many_bytes_as_pixels() {
        assert!(Picture::new(2, 2, vec![0; 11]).is_err() && Picture::new(0, 2, Vec::new()).is_err());
        let bytes = moving(3).png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, moving(3).rgb);
        assert!(same_size((31, 18), &moving(0)).is_ok() && same_size((30, 18), &moving(0)).is_err());
    }
}
