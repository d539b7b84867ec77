//! Counter noise: a draw is a function of seed, stream name and index, and of nothing else.
//!
//! Skipping, repeating or reordering draws changes no other draw. A branch, a second controller or a paused macro agent
//! therefore sees the same disturbances as the run it is compared with.

use std::convert::Infallible;

use rand::TryRng;
use rand::rand_core::utils::fill_bytes_via_next_word;

use super::{Draw, Noise, NoiseKind, StreamSpec, sample, stable_hash, state};
use crate::config::Result;

/// 2⁶⁴ divided by the golden ratio, made odd: the step of SplitMix64.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Scrambles a word, one to one: every input bit reaches every output bit (Stafford's variant 13 of the MurmurHash3
/// finaliser, as SplitMix64 uses it).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What distinguishes one stream of one episode from all others.
fn stream_key(seed: u64, name: &str) -> u64 {
    mix(mix(seed.wrapping_add(GAMMA)) ^ stable_hash(name.bytes()))
}

/// The random words that belong to one draw.
///
/// Seed and name make a key, key and index a scrambled start, and SplitMix64 runs from there: the first word serves
/// nearly every draw, further ones serve rejection sampling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterRng {
    state: u64,
}

impl CounterRng {
    /// The generator of the draw at `index` of the stream `name` in the episode `seed`.
    pub fn new(seed: u64, name: &str, index: u64) -> Self {
        Self::at(stream_key(seed, name), index)
    }

    /// The same from a ready key.
    #[inline]
    fn at(key: u64, index: u64) -> Self {
        Self { state: mix(key.wrapping_add(index.wrapping_mul(GAMMA))) }
    }
}

impl TryRng for CounterRng {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> std::result::Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> std::result::Result<u64, Infallible> {
        self.state = self.state.wrapping_add(GAMMA);
        Ok(mix(self.state))
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> std::result::Result<(), Infallible> {
        fill_bytes_via_next_word(dst, || self.try_next_u64())
    }
}

/// One stream of counter noise.
#[derive(Debug)]
struct Stream {
    name: String,
    draw: Draw,
    /// [`stream_key`] of the present seed.
    key: u64,
}

/// Noise without a position: the seed says it all.
#[derive(Debug)]
pub(super) struct Counter {
    seed: u64,
    streams: Vec<Stream>,
}

impl Counter {
    /// Noise for these streams in the episode `seed`.
    pub(super) fn new(seed: u64, streams: &[StreamSpec]) -> Self {
        let streams = streams.iter().map(|s| Stream { name: s.name.clone(), draw: s.draw, key: 0 }).collect();
        let mut noise = Self { seed, streams };
        noise.reseed(seed);
        noise
    }
}

impl Noise for Counter {
    fn kind(&self) -> NoiseKind {
        NoiseKind::Counter
    }

    fn draw(&mut self, stream: usize, index: u64) -> f64 {
        let Some(stream) = self.streams.get(stream) else {
            return f64::NAN;
        };
        let mut rng = CounterRng::at(stream.key, index);
        match stream.draw {
            Draw::Normal => sample::standard_normal(&mut rng),
            Draw::Uniform => sample::uniform(&mut rng),
        }
    }

    fn rows(&self, _stream: usize) -> Option<u64> {
        None
    }

    fn save(&self) -> Vec<u8> {
        state::encode(&state::State::Counter { seed: self.seed })
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        match state::decode(bytes)? {
            state::State::Counter { seed } => self.reseed(seed),
            other => return Err(other.belongs_elsewhere("counter")),
        }
        Ok(())
    }

    fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        for stream in &mut self.streams {
            stream.key = stream_key(seed, &stream.name);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use rand::Rng;

    use super::*;

    const N: usize = 200_000;

    fn spec(name: &str, draw: Draw) -> StreamSpec {
        StreamSpec { name: name.into(), draw, column: name.into(), doc: String::new(), optional: false }
    }

    /// Two normal streams, two uniform ones.
    fn counter(seed: u64) -> Counter {
        Counter::new(
            seed,
            &[
                spec("regd", Draw::Normal),
                spec("freq", Draw::Normal),
                spec("accept", Draw::Uniform),
                spec("rmcp", Draw::Uniform),
            ],
        )
    }

    fn draws(seed: u64, stream: usize) -> Vec<f64> {
        let mut noise = counter(seed);
        (0..N as u64).map(|i| noise.draw(stream, i)).collect()
    }

    fn mean(values: impl Iterator<Item = f64>) -> f64 {
        values.sum::<f64>() / N as f64
    }

    /// Sample correlation of two equally long series of standard normals.
    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / a.len().min(b.len()) as f64
    }

    /// Chi-square of counts against equal expectations, as standard normal deviations from its own mean.
    fn chi_square_deviation(counts: &[u64]) -> f64 {
        let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
        let chi_square: f64 = counts.iter().map(|&c| (c as f64 - expected) * (c as f64 - expected) / expected).sum();
        let freedom = (counts.len() - 1) as f64;
        (chi_square - freedom) / (2.0 * freedom).sqrt()
    }

    /// Five standard deviations of a mean of `N` terms that have unit variance each.
    fn five_sigma() -> f64 {
        5.0 / (N as f64).sqrt()
    }

    #[test]
    fn a_draw_does_not_depend_on_the_order() {
        let mut forward = counter(42);
        let expected: Vec<[u64; 4]> =
            (0..500).map(|i| std::array::from_fn(|stream| forward.draw(stream, i).to_bits())).collect();
        let mut backward = counter(42);
        for i in (0..500).rev() {
            for stream in [2, 0, 3, 1] {
                backward.draw(stream, i * 7);
                assert_eq!(backward.draw(stream, i).to_bits(), expected[i as usize][stream]);
            }
        }
    }

    #[test]
    fn a_draw_does_not_depend_on_the_other_streams() {
        let mut alone = Counter::new(42, &[spec("freq", Draw::Normal)]);
        let mut among = counter(42);
        for i in 0..100 {
            assert_eq!(alone.draw(0, i).to_bits(), among.draw(1, i).to_bits());
        }
    }

    /// Recorded once: a change here changes every logged run.
    #[test]
    fn the_numbers_are_frozen() {
        let mut noise = counter(0);
        let frozen = [
            (0, 0, -0.3660463305773349),
            (0, 1, 0.5300658107500457),
            (0, 17_280, 0.6822098653711128),
            (1, 0, -0.5203999789338536),
            (2, 0, 0.4937538397026129),
            (3, u64::MAX, 0.8239172312948271),
        ];
        for (stream, index, expected) in frozen {
            assert_eq!(noise.draw(stream, index).to_bits(), f64::to_bits(expected), "stream {stream}, index {index}");
        }
    }

    #[test]
    fn normals_have_the_moments_of_a_normal() {
        for seed in [0, 1, 2026] {
            for stream in [0, 1] {
                let z = draws(seed, stream);
                let n = N as f64;
                let m1 = mean(z.iter().copied());
                let m2 = mean(z.iter().map(|x| x * x));
                let m3 = mean(z.iter().map(|x| x * x * x));
                let m4 = mean(z.iter().map(|x| x * x * x * x));
                assert!(m1.abs() < five_sigma(), "mean {m1}");
                assert!((m2 - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "variance {m2}");
                assert!(m3.abs() < 5.0 * (15.0 / n).sqrt(), "third moment {m3}");
                assert!((m4 - 3.0).abs() < 5.0 * (96.0 / n).sqrt(), "fourth moment {m4}");
            }
        }
    }

    #[test]
    fn normals_follow_the_normal_distribution() {
        let mut z = draws(3, 0);
        z.sort_by(f64::total_cmp);
        let distance = z
            .iter()
            .enumerate()
            .map(|(i, &x)| {
                let expected = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
                (expected - i as f64 / N as f64).abs().max((expected - (i + 1) as f64 / N as f64).abs())
            })
            .fold(0.0, f64::max);
        // Kolmogorov-Smirnov at the level of one in a thousand.
        assert!(distance < 1.95 / (N as f64).sqrt(), "distance {distance}");
        // The tail is sampled by another algorithm than the body: count it on its own.
        let beyond = z.iter().filter(|x| x.abs() > sample::TAIL_START).count() as f64;
        let expected = N as f64 * libm::erfc(sample::TAIL_START / std::f64::consts::SQRT_2);
        assert!((beyond - expected).abs() < 5.0 * expected.sqrt(), "{beyond} in the tail, {expected} expected");
    }

    #[test]
    fn uniforms_fill_their_range_evenly() {
        for (seed, stream) in [(0, 2), (0, 3), (99, 2)] {
            let u = draws(seed, stream);
            assert!(u.iter().all(|x| (0.0..1.0).contains(x)));
            let mut single = vec![0; 1000];
            let mut pairs = vec![0; 32 * 32];
            for &x in &u {
                single[(x * 1000.0) as usize] += 1;
            }
            for pair in u.chunks_exact(2) {
                pairs[(pair[0] * 32.0) as usize * 32 + (pair[1] * 32.0) as usize] += 1;
            }
            assert!(chi_square_deviation(&single).abs() < 4.5, "seed {seed}, stream {stream}");
            assert!(chi_square_deviation(&pairs).abs() < 4.5, "seed {seed}, stream {stream}");
        }
    }

    #[test]
    fn neighbours_in_time_stream_and_seed_are_uncorrelated() {
        let z = draws(7, 0);
        for lag in [1, 2, 3, 12, 180, 17_280] {
            let r = correlation(&z[lag..], &z[..N - lag]);
            assert!(r.abs() < 5.0 / ((N - lag) as f64).sqrt(), "lag {lag}: {r}");
        }
        let other_stream = draws(7, 1);
        for lag in [0, 1, 2] {
            let r = correlation(&z[lag..], &other_stream);
            assert!(r.abs() < five_sigma() * 1.01, "streams at lag {lag}: {r}");
        }
        for seed in [6, 8, 7 + (1 << 32), 7 | (1 << 63)] {
            let r = correlation(&z, &draws(seed, 0));
            assert!(r.abs() < five_sigma(), "seed {seed}: {r}");
        }
        // Squares, too: independent sizes, not only signs.
        let size = |z: &[f64]| z.iter().map(|x| (x * x - 1.0) / std::f64::consts::SQRT_2).collect::<Vec<f64>>();
        let sizes = size(&z);
        for (name, other) in [("itself", &sizes[1..]), ("the other stream", &size(&other_stream)[..])] {
            let r = correlation(&sizes, other);
            assert!(r.abs() < five_sigma() * 1.01, "sizes against {name}: {r}");
        }
    }

    #[test]
    fn every_bit_of_the_first_two_words_is_fair_and_independent_of_the_index() {
        let mut ones = [[0u32; 64]; 2];
        let mut flips = [0u32; 64];
        for index in 0..N as u64 {
            let mut rng = CounterRng::new(11, "regd", index);
            let words = [rng.next_u64(), rng.next_u64()];
            let neighbour = CounterRng::new(11, "regd", index ^ 1).next_u64();
            for bit in 0..64 {
                for (ones, word) in ones.iter_mut().zip(words) {
                    ones[bit] += (word >> bit & 1) as u32;
                }
                flips[bit] += ((words[0] ^ neighbour) >> bit & 1) as u32;
            }
        }
        for (bit, &count) in ones.iter().flatten().chain(&flips).enumerate() {
            let fraction = f64::from(count) / N as f64;
            // Each flip is seen twice, so its deviation is larger by the root of two.
            assert!((fraction - 0.5).abs() < 0.5 * five_sigma() * std::f64::consts::SQRT_2, "bit {bit}: {fraction}");
        }
    }

    #[test]
    fn long_byte_fills_follow_the_words() {
        let mut words = CounterRng::new(1, "a", 2);
        let (first, second) = (words.next_u64(), words.next_u64());
        let mut bytes = [0; 12];
        CounterRng::new(1, "a", 2).fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], first.to_le_bytes());
        assert_eq!(bytes[8..], second.to_le_bytes()[..4]);
    }
}
