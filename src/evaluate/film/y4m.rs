//! Y4M: a line of text, then for every picture a line and its planes. Brightness of every pixel, colour of every four.

use std::io::Write;

use super::{Picture, same_size};
use crate::config::{Error, Place, Result};

/// Writes pictures as Y4M, 4:2:0, BT.709 with limited range.
pub struct Y4mWriter<W: Write> {
    out: W,
    size: (u32, u32),
    frames: u64,
}

impl<W: Write> Y4mWriter<W> {
    /// Begins a film of pictures of one size, so many a second.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut out: W, size: (u32, u32), fps: u32) -> Result<Self> {
        let head =
            format!("YUV4MPEG2 W{} H{} F{}:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n", size.0, size.1, fps.max(1));
        out.write_all(head.as_bytes()).map_err(failed)?;
        Ok(Self { out, size, frames: 0 })
    }

    /// Pictures so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// Another size, a full disk, an encoder that has gone away.
    pub fn picture(&mut self, picture: &Picture) -> Result<()> {
        same_size(self.size, picture)?;
        let (width, height) = self.size;
        let mut bytes = b"FRAME\n".to_vec();
        bytes.reserve(picture.rgb.len());
        for pixel in picture.rgb.chunks_exact(3) {
            let [r, g, b] = pixel else { continue };
            bytes.push(luma(*r, *g, *b));
        }
        let (mut blue, mut red) = (Vec::new(), Vec::new());
        for y in (0..height).step_by(2) {
            for x in (0..width).step_by(2) {
                // The mean of the pixels that share a colour; at odd edges there are fewer.
                let (mut sum, mut count) = ([0_u32; 3], 0);
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    if x + dx < width && y + dy < height {
                        let p = picture.pixel(x + dx, y + dy);
                        for (sum, v) in sum.iter_mut().zip(p) {
                            *sum += u32::from(v);
                        }
                        count += 1;
                    }
                }
                let [r, g, b] = sum.map(|s| i64::from(s) * 2 / i64::from(count.max(1)));
                // Twice the mean, so that a half is not lost.
                blue.push(chroma(-6_596 * r - 22_189 * g + 28_784 * b));
                red.push(chroma(28_784 * r - 26_145 * g - 2_639 * b));
            }
        }
        bytes.append(&mut blue);
        bytes.append(&mut red);
        self.out.write_all(&bytes).map_err(failed)?;
        self.frames += 1;
        Ok(())
    }

    /// Ends the film and gives back what it was written to.
    ///
    /// # Errors
    /// A full disk.
    pub fn finish(mut self) -> Result<W> {
        self.out.flush().map_err(failed)?;
        Ok(self.out)
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::invalid(
        Place::source("film"),
        format!("it cannot be written: {error}"),
        "Look whether the disk is full or the place can be written.",
    )
}

/// Brightness, 16 to 235, in whole numbers: the same on every machine.
fn luma(r: u8, g: u8, b: u8) -> u8 {
    // BT.709 by 219/255, in 65,536ths.
    let sum = 11_966 * u32::from(r) + 40_254 * u32::from(g) + 4_064 * u32::from(b);
    (((sum + 32_768) >> 16) + 16).min(235) as u8
}

/// A colour, 16 to 240, of a sum in 65,536ths of twice its size.
fn chroma(sum: i64) -> u8 {
    (((sum + 65_536) >> 17) + 128).clamp(16, 240) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::moving;
    use super::*;

    #[test]
    fn a_film_has_its_head_and_every_picture_its_planes() {
        let mut film = Y4mWriter::new(Vec::new(), (31, 18), 20).unwrap();
        (0..5).for_each(|k| film.picture(&moving(k)).unwrap());
        assert_eq!(film.frames(), 5);
        let bytes = film.finish().unwrap();
        let end = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
        assert!(bytes.starts_with(b"YUV4MPEG2 W31 H18 F20:1 "));
        let frame = 6 + 31 * 18 + 2 * 16 * 9;
        assert_eq!(bytes.len() - end, 5 * frame);
        for k in 0..5 {
            assert_eq!(&bytes[end + k * frame..end + k * frame + 6], b"FRAME\n");
        }
    }

    #[test]
    fn black_white_and_grey_have_no_colour() {
        for (v, y) in [(0_u8, 16_u8), (255, 235), (128, 126)] {
            assert_eq!(luma(v, v, v), y);
            let doubled = 2 * i64::from(v);
            for sum in [-6_596 - 22_189 + 28_784_i64, 28_784 - 26_145 - 2_639] {
                assert!(chroma(sum * doubled).abs_diff(128) <= 1);
            }
        }
        assert_eq!(chroma(28_784 * 510), 240, "red as red as it goes");
    }

    #[test]
    fn another_size_is_refused() {
        let mut film = Y4mWriter::new(Vec::new(), (30, 18), 20).unwrap();
        assert!(film.picture(&moving(0)).unwrap_err().to_string().contains("31x18"));
    }
}
