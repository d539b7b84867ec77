//! NumPy's `default_rng(seed)`, bit for bit, and the sequential noise made from it.
//!
//! Seeding is `SeedSequence(seed)` with a pool of four 32-bit words, the bit generator is PCG64 (XSL RR 128/64), and
//! the samplers are those of NumPy's `Generator`. Source: golden `numpy_rng/README.md`; the order in which a plant
//! asks is core 6.8.

use std::convert::Infallible;

use rand::rand_core::utils::fill_bytes_via_next_word;
use rand::{Rng, TryRng};
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::{Draw, Noise, NoiseKind, StreamSpec, sample, state};
use crate::config::Result;

/// The random generator that `numpy.random.default_rng(seed)` returns.
///
/// ```
/// use c2g_twin::noise::numpy::Generator;
///
/// let mut rng = Generator::new(0);
/// assert_eq!(rng.standard_normal(), 0.1257302210933933);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generator {
    /// The 128-bit state and stream.
    pcg: Pcg64,
    /// Upper half of a word whose lower half has been handed out as 32 bits.
    spare_half: Option<u32>,
}

impl Generator {
    /// A fresh generator, seeded as `default_rng(seed)` is.
    pub fn new(seed: u64) -> Self {
        let [a, b, c, d] = seed_words(seed);
        Self { pcg: Pcg64::new(join(a, b), join(c, d)), spare_half: None }
    }

    /// Standard normal number, dimensionless: `Generator.standard_normal()`. For `normal(mean, std)` take
    /// `mean + std * z`.
    pub fn standard_normal(&mut self) -> f64 {
        sample::standard_normal(self)
    }

    /// Uniform number in \[0, 1): `Generator.random()`.
    pub fn random(&mut self) -> f64 {
        sample::uniform(self)
    }

    /// Integer in \[0, 2³¹): `Generator.integers(0, 2**31)`, from which a reset without a seed takes its own
    /// (core 6.8).
    ///
    /// NumPy uses Lemire's multiplication with rejection here. For a bound that is a power of two nothing is ever
    /// rejected and the product's upper word is the top 31 bits of the 32 drawn.
    pub fn integers_2_31(&mut self) -> u32 {
        self.next_u32() >> 1
    }

    /// Integer in \[0, `bound`): `Generator.integers(0, bound)`, from which `Generator.choice` with replacement takes its
    /// places too. 0 where `bound` is 0 or 1, without a draw.
    ///
    /// Lemire's multiplication with rejection on 32 bits, as NumPy does for every bound that fits into them.
    pub fn integers_below(&mut self, bound: u32) -> u32 {
        if bound < 2 {
            return 0;
        }
        let mut product = u64::from(self.next_u32()) * u64::from(bound);
        if (product as u32) < bound {
            // 2³² modulo the bound: so many of the lower halves would be drawn once too often.
            let threshold = bound.wrapping_neg() % bound;
            while (product as u32) < threshold {
                product = u64::from(self.next_u32()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    /// Half a word, the lower half first; the upper half waits for the next call. Whole words pass it by.
    fn try_next_u32(&mut self) -> std::result::Result<u32, Infallible> {
        if let Some(half) = self.spare_half.take() {
            return Ok(half);
        }
        let word = self.pcg.next_u64();
        self.spare_half = Some((word >> 32) as u32);
        Ok(word as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> std::result::Result<u64, Infallible> {
        self.pcg.try_next_u64()
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> std::result::Result<(), Infallible> {
        fill_bytes_via_next_word(dst, || self.try_next_u64())
    }
}

/// Two words as one of 128 bits, the first on top.
fn join(high: u64, low: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// The running hash of `SeedSequence`: every call also advances its multiplier.
struct Hash {
    constant: u32,
    multiplier: u32,
}

impl Hash {
    /// One word, hashed with the constant of this turn.
    fn word(&mut self, value: u32) -> u32 {
        let keyed = value ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        let hashed = keyed.wrapping_mul(self.constant);
        hashed ^ (hashed >> 16)
    }
}

/// Folds the second word into the first.
fn mix(x: u32, y: u32) -> u32 {
    let mixed = x.wrapping_mul(0xca01_f9dd).wrapping_sub(y.wrapping_mul(0x4973_f715));
    mixed ^ (mixed >> 16)
}

/// `SeedSequence(seed).generate_state(4, np.uint64)`.
fn seed_words(seed: u64) -> [u64; 4] {
    // The pool: the seed's 32-bit words, low one first, padded with zeros, then every word folded into every other.
    let mut hash = Hash { constant: 0x43b0_d7e5, multiplier: 0x931e_8875 };
    let mut pool = [seed as u32, (seed >> 32) as u32, 0, 0].map(|word| hash.word(word));
    for source in 0..pool.len() {
        for target in 0..pool.len() {
            if source != target {
                pool[target] = mix(pool[target], hash.word(pool[source]));
            }
        }
    }
    // The output: two turns around the pool, two 32-bit words to one of 64, low one first.
    let mut hash = Hash { constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded };
    let halves: [u32; 8] = std::array::from_fn(|i| hash.word(pool[i % pool.len()]));
    std::array::from_fn(|i| u64::from(halves[2 * i + 1]) << 32 | u64::from(halves[2 * i]))
}

/// One [`Generator`] for all streams: each draw takes the next number, whatever its index.
///
/// The numbers therefore depend on the order of the draws. This is how the reference program works, and it is what
/// makes its published episodes reproducible; two runs that draw differently (a fixed and a bidding macro agent) see
/// different noise.
#[derive(Debug)]
pub(super) struct Numpy {
    generator: Generator,
    draws: Vec<Draw>,
}

impl Numpy {
    /// Noise for these streams from `default_rng(seed)`.
    pub(super) fn new(seed: u64, streams: &[StreamSpec]) -> Self {
        Self { generator: Generator::new(seed), draws: streams.iter().map(|s| s.draw).collect() }
    }
}

impl Noise for Numpy {
    fn kind(&self) -> NoiseKind {
        NoiseKind::Numpy
    }

    fn draw(&mut self, stream: usize, _index: u64) -> f64 {
        match self.draws.get(stream) {
            Some(Draw::Normal) => self.generator.standard_normal(),
            Some(Draw::Uniform) => self.generator.random(),
            None => f64::NAN,
        }
    }

    fn rows(&self, _stream: usize) -> Option<u64> {
        None
    }

    fn save(&self) -> Vec<u8> {
        state::encode(&state::State::Numpy(self.generator.clone()))
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        match state::decode(bytes)? {
            state::State::Numpy(generator) => self.generator = generator,
            other => return Err(other.belongs_elsewhere("numpy")),
        }
        Ok(())
    }

    fn reseed(&mut self, seed: u64) {
        self.generator = Generator::new(seed);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::super::golden;
    use super::*;

    const SEEDS: [u64; 4] = [0, 1, 100, 20_240_601];

    #[test]
    fn draws_match_numpy_bit_for_bit() {
        for seed in SEEDS {
            let mut rng = Generator::new(seed);
            let mut rows = 0;
            for line in golden(&format!("c2g/numpy_rng/seed_{seed}.csv")).lines().skip(1) {
                let cells: Vec<&str> = line.split(',').collect();
                let drawn = match cells[1] {
                    "standard_normal" => rng.standard_normal(),
                    "random" => rng.random(),
                    other => panic!("unknown method {other}"),
                };
                let expected: f64 = cells[2].parse().unwrap();
                assert_eq!(drawn.to_bits(), expected.to_bits(), "seed {seed}, row {}", cells[0]);
                rows += 1;
            }
            assert_eq!(rows, 1400, "seed {seed}");
        }
    }

    #[test]
    fn integers_match_the_golden_headers() {
        for seed in SEEDS {
            let header: serde_json::Value =
                serde_json::from_str(&golden(&format!("c2g/numpy_rng/seed_{seed}.json"))).unwrap();
            let expected: Vec<u64> = header["integers_0_2_31_first_8_from_a_fresh_generator"]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_u64().unwrap())
                .collect();
            assert_eq!(header["seed"].as_u64(), Some(seed));
            assert_eq!(expected.len(), 8);
            let mut rng = Generator::new(seed);
            let drawn: Vec<u64> = (0..8).map(|_| u64::from(rng.integers_2_31())).collect();
            assert_eq!(drawn, expected, "seed {seed}");
        }
    }

    /// `default_rng(42).integers(0, 7, 12)` and `default_rng(3).integers(0, 3_000_000_000, 8)` of NumPy; the second bound
    /// rejects three draws of ten.
    #[test]
    fn bounded_integers_match_numpy() {
        let mut rng = Generator::new(42);
        let drawn: Vec<u32> = (0..12).map(|_| rng.integers_below(7)).collect();
        assert_eq!(drawn, [0, 5, 4, 3, 3, 6, 0, 4, 1, 0, 3, 6]);
        let mut rng = Generator::new(3);
        let drawn: Vec<u32> = (0..8).map(|_| rng.integers_below(3_000_000_000)).collect();
        assert_eq!(
            drawn,
            [
                2_434_513_622,
                256_947_500,
                538_322_202,
                710_431_519,
                544_094_361,
                2_403_823_395,
                1_746_486_107,
                282_385_926
            ]
        );
        assert_eq!((rng.integers_below(1), rng.integers_below(0)), (0, 0));
    }

    /// Values of NumPy 2.4.6 for seeds that need more than one 32-bit word.
    #[test]
    fn wide_seeds_match_numpy() {
        let expected = [
            (1 << 32, 0.10296768001436127),
            ((1 << 32) + 1, 0.5333538783849469),
            ((1 << 53) + 12_345, 0.7131379019203233),
            (u64::MAX, 0.7213364570768727),
        ];
        for (seed, z) in expected {
            assert_eq!(Generator::new(seed).standard_normal(), z, "seed {seed}");
        }
    }

    /// Hashes over the bits of two million normals of NumPy 2.4.6, some 500 of which lie in the tail.
    #[test]
    fn millions_of_normals_match_numpy() {
        for (seed, expected) in [(0, 0x7edb_69b3_bef5_978e), (u64::MAX, 0x4794_b99f_ba5b_b0ad)] {
            let mut rng = Generator::new(seed);
            let hash = (0..2_000_000).fold(0xcbf2_9ce4_8422_2325_u64, |hash, _| {
                (hash ^ rng.standard_normal().to_bits()).wrapping_mul(0x100_0000_01b3)
            });
            assert_eq!(hash, expected, "seed {seed}");
        }
    }

    /// Integers of NumPy 2.4.6 between normals: the waiting half word survives them.
    #[test]
    fn integers_between_normals_match_numpy() {
        let mut rng = Generator::new(5);
        assert_eq!(rng.integers_2_31(), 1_440_510_676);
        assert_eq!(rng.standard_normal(), -1.324358995628145);
        assert_eq!(rng.integers_2_31(), 1_728_730_615);
        assert_eq!(rng.standard_normal(), -0.24836162209524854);
        assert_eq!(rng.integers_2_31(), 1_353_417_275);
        assert_eq!(rng.integers_2_31(), 613_753_790);
        assert_eq!(rng.standard_normal(), 1.1360465324896427);
        assert_eq!(rng.integers_2_31(), 596_836_679);
    }

    #[test]
    fn a_half_word_waits_while_whole_words_pass_by() {
        let mut words = Generator::new(7);
        let (first, second, third) = (words.next_u64(), words.next_u64(), words.next_u64());
        let mut rng = Generator::new(7);
        assert_eq!(rng.next_u32(), first as u32);
        assert_eq!(rng.next_u64(), second);
        assert_eq!(rng.next_u32(), (first >> 32) as u32);
        assert_eq!(rng.next_u32(), third as u32);
    }
}
