//! Animated GIF: 256 colours a picture, and of every picture only what changed.

use std::borrow::Cow;
use std::io::Write;

use super::{Picture, same_size};
use crate::config::{Error, Place, Result};

/// Every how many pixels are looked at to find the colours of a picture: 1 is best, 30 is fastest.
const PACE: i32 = 10;

/// Writes pictures as an animated GIF that begins again at its end.
pub struct GifWriter<W: Write> {
    encoder: gif::Encoder<W>,
    size: (u32, u32),
    /// Time of a picture, hundredths of a second.
    delay: u16,
    before: Option<Picture>,
    /// What is written once it is known how long it stays.
    waiting: Option<gif::Frame<'static>>,
    frames: u64,
}

impl<W: Write> GifWriter<W> {
    /// Begins a film of pictures of one size, so many a second (at most 50: viewers slow faster ones down).
    ///
    /// # Errors
    /// A size beyond 65,535, a place that cannot be written.
    pub fn new(out: W, size: (u32, u32), fps: u32) -> Result<Self> {
        let side = |v: u32| {
            let cure = "Choose a smaller size, or Y4M.";
            let what = || Error::invalid(Place::source("GIF"), format!("a side of {v} pixels is too long"), cure);
            u16::try_from(v).map_err(|_| what())
        };
        let mut encoder = gif::Encoder::new(out, side(size.0)?, side(size.1)?, &[]).map_err(|e| failed(&e))?;
        encoder.set_repeat(gif::Repeat::Infinite).map_err(|e| failed(&e))?;
        let delay = (100 / fps.clamp(1, 50)) as u16;
        Ok(Self { encoder, size, delay, before: None, waiting: None, frames: 0 })
    }

    /// Pictures so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Adds a picture; one that shows nothing new makes the last one stay longer.
    ///
    /// # Errors
    /// Another size, a full disk.
    pub fn picture(&mut self, picture: &Picture) -> Result<()> {
        same_size(self.size, picture)?;
        self.frames += 1;
        let changed = match &self.before {
            None => Some((0, 0, picture.width, picture.height)),
            Some(before) => changed(before, picture),
        };
        let Some((left, top, width, height)) = changed else {
            if let Some(frame) = &mut self.waiting {
                frame.delay = frame.delay.saturating_add(self.delay);
            }
            return Ok(());
        };
        let mut part = Vec::with_capacity(3 * width as usize * height as usize);
        for y in top..top + height {
            let begin = 3 * (y as usize * picture.width as usize + left as usize);
            part.extend(picture.rgb.get(begin..begin + 3 * width as usize).unwrap_or_default());
        }
        // Sizes fit: the encoder has taken the whole picture's.
        let mut frame = gif::Frame::from_rgb_speed(width as u16, height as u16, &part, PACE);
        (frame.left, frame.top, frame.delay) = (left as u16, top as u16, self.delay);
        frame.dispose = gif::DisposalMethod::Keep;
        frame.buffer = Cow::Owned(frame.buffer.into_owned());
        if let Some(ready) = self.waiting.replace(frame) {
            self.encoder.write_frame(&ready).map_err(|e| failed(&e))?;
        }
        self.before = Some(picture.clone());
        Ok(())
    }

    /// Ends the film and gives back what it was written to.
    ///
    /// # Errors
    /// A full disk.
    pub fn finish(mut self) -> Result<W> {
        if let Some(frame) = self.waiting.take() {
            self.encoder.write_frame(&frame).map_err(|e| failed(&e))?;
        }
        self.encoder.into_inner().map_err(|e| failed(&e))
    }
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::invalid(
        Place::source("GIF"),
        format!("it cannot be written: {error}"),
        "Look whether the disk is full or the place can be written.",
    )
}

/// The smallest rectangle that holds every pixel that is another one: left, top, width, height.
fn changed(a: &Picture, b: &Picture) -> Option<(u32, u32, u32, u32)> {
    let row = 3 * a.width as usize;
    let (mut left, mut right, mut top, mut bottom) = (u32::MAX, 0, u32::MAX, 0);
    for (y, (old, new)) in a.rgb.chunks_exact(row).zip(b.rgb.chunks_exact(row)).enumerate() {
        if old == new {
            continue;
        }
        (top, bottom) = (top.min(y as u32), y as u32);
        let differs = |(x, (p, q)): (usize, (&[u8], &[u8]))| (p != q).then_some(x as u32);
        let mut pixels = old.chunks_exact(3).zip(new.chunks_exact(3)).enumerate().filter_map(differs);
        let first = pixels.next().unwrap_or(0);
        left = left.min(first);
        right = right.max(pixels.next_back().unwrap_or(first));
    }
    (top != u32::MAX).then(|| (left, top, right - left + 1, bottom - top + 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::moving;
    use super::*;

    fn film() -> Vec<u8> {
        let mut film = GifWriter::new(Vec::new(), (31, 18), 10).unwrap();
        for k in [0, 1, 1, 2, 9] {
            film.picture(&moving(k)).unwrap();
        }
        assert_eq!(film.frames(), 5);
        film.finish().unwrap()
    }

    #[test]
    fn a_gif_decodes_to_its_pictures_and_is_the_same_again() {
        let bytes = film();
        assert!(bytes.starts_with(b"GIF89a") && bytes.ends_with(&[0x3B]));
        assert_eq!(bytes, film());
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(bytes.as_slice()).unwrap();
        assert_eq!((decoder.width(), decoder.height()), (31, 18));
        let mut screen = vec![0_u8; 3 * 31 * 18];
        let mut seen = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            for y in 0..frame.height {
                for x in 0..frame.width {
                    let from = 4 * (usize::from(y) * usize::from(frame.width) + usize::from(x));
                    let to = 3 * (usize::from(y + frame.top) * 31 + usize::from(x + frame.left));
                    screen[to..to + 3].copy_from_slice(&frame.buffer[from..from + 3]);
                }
            }
            seen.push((frame.delay, screen.clone()));
        }
        assert_eq!(seen.iter().map(|(delay, _)| *delay).collect::<Vec<_>>(), [10, 20, 10, 10]);
        for ((_, got), wanted) in seen.iter().zip([0, 1, 2, 9].map(moving)) {
            let far = got.iter().zip(&wanted.rgb).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(far <= 12, "colours are off by {far}");
        }
    }

    #[test]
    fn only_what_changed_is_written() {
        assert_eq!(changed(&moving(0), &moving(0)), None);
        assert_eq!(changed(&moving(0), &moving(2)), Some((0, 4, 8, 6)));
    }

    #[test]
    fn a_size_beyond_the_format_is_refused() {
        assert!(GifWriter::new(Vec::new(), (70_000, 10), 10).is_err());
    }
}
