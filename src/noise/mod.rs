//! Where every random number of a rollout comes from.
//!
//! A plant declares its random streams as [`StreamSpec`]s and asks a [`Noise`] for the draw of a stream at an index (a
//! tick or an interval number). Three sources answer:
//!
//! | kind | a draw depends on | use |
//! |---|---|---|
//! | `counter` | seed, stream name, index | the default: branches, controllers and plants never disturb each other's noise |
//! | `numpy` | seed, number of draws so far | episodes of the reference program, bit for bit |
//! | `recorded=FILE[+FILE…]` | the row of a CSV column | golden trajectories, replayed logs |
//!
//! All three can be saved and restored: what is drawn after a restore has the same bits as if one had never left.
//!
//! Source: core 6.8 (order of the draws); the numbers are raw (mean 0 and deviation 1, or uniform in \[0, 1)), a plant
//! scales them by its own standard deviations.

mod counter;
mod kind;
pub mod numpy;
mod recorded;
mod sample;
mod state;
mod table;
mod ziggurat;

pub use counter::CounterRng;
pub use kind::NoiseKind;
pub use recorded::Recorded;

use crate::config::{Error, Place, Result};

/// How a stream's draws are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draw {
    /// Standard normal, dimensionless: mean 0, standard deviation 1.
    Normal,
    /// Uniform in \[0, 1).
    Uniform,
}

/// One random stream that a plant asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSpec {
    /// Name of the stream, unique in its plant, for example `regd`. Counter noise is keyed by it: a renamed stream
    /// draws other numbers.
    pub name: String,
    /// How its draws are distributed.
    pub draw: Draw,
    /// Its column in a recording, for example `regd_z`.
    pub column: String,
    /// What it drives, in a sentence.
    pub doc: String,
    /// Whether a recording may lack its column: the stream then has no rows and draws 0. For streams that only some
    /// controllers consume, such as the market's with a macro agent that never bids.
    pub optional: bool,
}

/// Source of every random number of a rollout.
///
/// Streams are named by their position in the list given to [`build`].
pub trait Noise: Send {
    /// Which source this is, as configured.
    fn kind(&self) -> NoiseKind;

    /// The draw of a stream at an index (tick or interval number, as the plant counts).
    ///
    /// `counter` and `recorded` answer from the index alone, in any order; `numpy` is sequential and ignores it.
    /// NaN past the end of a recording and for a stream that was not declared: look at [`rows`](Self::rows) first.
    fn draw(&mut self, stream: usize, index: u64) -> f64;

    /// How many indices a recording holds for a stream, counted from 0; `None` means without end.
    fn rows(&self, stream: usize) -> Option<u64>;

    /// The whole position, for [`restore`](Self::restore).
    fn save(&self) -> Vec<u8>;

    /// Returns to a saved position.
    ///
    /// # Errors
    /// If the bytes are damaged, or were saved by another kind of noise or from another recording. The position is
    /// then unchanged.
    fn restore(&mut self, state: &[u8]) -> Result<()>;

    /// Begins a new episode. A recording has no seed and stays as it is.
    fn reseed(&mut self, seed: u64);
}

/// Builds the noise of a rollout for a plant's streams.
///
/// # Errors
/// If a recording cannot be read, holds a bad number, or lacks the column of a stream that is not optional; if two
/// streams share a name.
pub fn build(kind: &NoiseKind, seed: u64, streams: &[StreamSpec]) -> Result<Box<dyn Noise>> {
    reject_shared_names(streams)?;
    Ok(match kind {
        NoiseKind::Counter => Box::new(counter::Counter::new(seed, streams)),
        NoiseKind::Numpy => Box::new(numpy::Numpy::new(seed, streams)),
        NoiseKind::Recorded(files) => Box::new(Recorded::from_files(files, streams)?),
    })
}

/// Two streams of one name would draw the same numbers and look correlated to the plant.
fn reject_shared_names(streams: &[StreamSpec]) -> Result<()> {
    let mut names: Vec<&str> = streams.iter().map(|s| s.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[_]>::first) {
        None => Ok(()),
        Some(name) => Err(Error::invalid(
            Place::source("noise streams"),
            format!("two streams are named `{name}`"),
            "Give every random stream of the plant a name of its own.",
        )),
    }
}

/// FNV-1a over bytes: small, and the same on every platform and in every release.
fn stable_hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Text of a golden file.
#[cfg(test)]
#[allow(clippy::expect_used)]
fn golden(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    std::fs::read_to_string(std::path::Path::new(root).join(path)).expect("golden file")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn spec(name: &str, draw: Draw, column: &str) -> StreamSpec {
        StreamSpec { name: name.into(), draw, column: column.into(), doc: String::new(), optional: false }
    }

    fn market_streams() -> Vec<StreamSpec> {
        vec![
            spec("regd", Draw::Normal, "regd_z"),
            spec("freq", Draw::Normal, "freq_z"),
            spec("accept", Draw::Uniform, "accept_u"),
        ]
    }

    /// Every kind of noise over the same streams; the recording holds 4000 rows.
    fn every_kind(folder: &std::path::Path, seed: u64) -> Vec<Box<dyn Noise>> {
        let mut rng = numpy::Generator::new(seed);
        let mut text = String::from("k,regd_z,freq_z,accept_u\n");
        for k in 0..4000 {
            let (regd, freq, accept) = (rng.standard_normal(), rng.standard_normal(), rng.random());
            writeln!(text, "{k},{regd},{freq},{accept}").unwrap();
        }
        let path = folder.join("noise.csv");
        std::fs::write(&path, text).unwrap();
        [NoiseKind::Counter, NoiseKind::Numpy, NoiseKind::Recorded(vec![path])]
            .iter()
            .map(|kind| build(kind, seed, &market_streams()).unwrap())
            .collect()
    }

    /// A thousand draws over all streams in an order that a seed decides.
    fn thousand(noise: &mut dyn Noise, first_index: u64, order: u64) -> Vec<u64> {
        let mut chooser = CounterRng::new(order, "order", 0);
        (0..1000)
            .map(|i| {
                let stream = rand::Rng::next_u32(&mut chooser) as usize % 3;
                noise.draw(stream, first_index + i).to_bits()
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn restoring_gives_the_same_bits_as_never_having_left(
            seed: u64, before in 0u64..1000, elsewhere: u64, order: u64
        ) {
            let folder = tempfile::tempdir().unwrap();
            for mut noise in every_kind(folder.path(), seed) {
                for i in 0..before {
                    noise.draw((i % 3) as usize, i);
                }
                let saved = noise.save();
                let first = thousand(noise.as_mut(), before, order);
                prop_assert!(first.iter().all(|&bits| f64::from_bits(bits).is_finite()));

                noise.restore(&saved).unwrap();
                prop_assert_eq!(noise.save(), saved.clone());
                prop_assert_eq!(&thousand(noise.as_mut(), before, order), &first, "{}", noise.kind());

                // Also after another episode, and in an instance that was made afresh.
                noise.reseed(elsewhere);
                noise.draw(0, 0);
                noise.restore(&saved).unwrap();
                prop_assert_eq!(&thousand(noise.as_mut(), before, order), &first, "{}", noise.kind());
                let mut fresh = build(&noise.kind(), elsewhere, &market_streams()).unwrap();
                fresh.restore(&saved).unwrap();
                prop_assert_eq!(&thousand(fresh.as_mut(), before, order), &first, "{}", noise.kind());
            }
        }
    }

    #[test]
    fn reseeding_is_the_same_as_building_anew() {
        for kind in [NoiseKind::Counter, NoiseKind::Numpy] {
            let mut old = build(&kind, 1, &market_streams()).unwrap();
            thousand(old.as_mut(), 0, 0);
            old.reseed(2);
            let mut new = build(&kind, 2, &market_streams()).unwrap();
            assert_eq!(thousand(old.as_mut(), 0, 3), thousand(new.as_mut(), 0, 3), "{kind}");
        }
    }

    #[test]
    fn a_saved_position_of_another_kind_is_refused_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let saved: Vec<Vec<u8>> = every_kind(folder.path(), 9).iter().map(|noise| noise.save()).collect();
        for (own, mut noise) in every_kind(folder.path(), 9).into_iter().enumerate() {
            for (other, state) in saved.iter().enumerate() {
                assert_eq!(noise.restore(state).is_ok(), own == other, "{} from {other}", noise.kind());
            }
            let mut damaged = noise.save();
            damaged.push(0);
            assert!(noise.restore(&damaged).is_err());
            assert!(noise.restore(&[]).is_err());
            assert_eq!(noise.save(), saved[own]);
        }
    }

    #[test]
    fn an_undeclared_stream_draws_nan() {
        let folder = tempfile::tempdir().unwrap();
        for mut noise in every_kind(folder.path(), 0) {
            assert!(noise.draw(3, 0).is_nan(), "{}", noise.kind());
        }
    }

    #[test]
    fn streams_of_one_name_are_refused() {
        let streams =
            [spec("regd", Draw::Normal, "a"), spec("freq", Draw::Normal, "b"), spec("regd", Draw::Normal, "c")];
        let error = build(&NoiseKind::Counter, 0, &streams).err().unwrap();
        assert!(error.to_string().contains("`regd`"), "{error}");
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(stable_hash(*b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(stable_hash(*b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(stable_hash(*b"foobar"), 0x8594_4171_f739_67e8);
    }
}
