//! One sample: mean, spread, quantiles and the intervals that hold its mean (control 5.8).

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::noise::numpy::Generator;

/// Resamples of a bootstrap interval (control 5.8).
pub const RESAMPLES: usize = 10_000;
/// Seed of every bootstrap, made anew for each (control 5.8).
const BOOTSTRAP_SEED: u64 = 42;
/// Below so many numbers the reference takes the bootstrap where t was asked for (control 5.8).
const FEWEST_FOR_T: usize = 4;

/// An interval of the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What a file of means still tells of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Numbers in the sample.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (divisor n − 1); NaN where it is not known.
    pub std: f64,
}

impl Moments {
    /// Of a sample.
    pub fn of(values: &[f64]) -> Self {
        Self { n: values.len(), mean: mean(values), std: sample_std(values) }
    }
}

/// What a sample says: place, spread and intervals of its mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Numbers in the sample.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (divisor n − 1); 0 for a single number, as the reference writes it.
    pub std: f64,
    /// Middle value.
    pub median: f64,
    /// First quartile, linear between neighbours.
    pub q1: f64,
    /// Third quartile.
    pub q3: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Percentile interval of the bootstrapped mean.
    pub bootstrap: Interval,
    /// Interval by Student's t; `None` for fewer than two numbers.
    pub t: Option<Interval>,
}

impl Summary {
    /// Sums a sample up; `None` without a number. `level` is the share of intervals that hold the true mean, 0..1.
    pub fn of(values: &[f64], level: f64) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        let Moments { n, mean, std } = Moments::of(values);
        Some(Self {
            n,
            mean,
            std: if n < 2 { 0.0 } else { std },
            median: percentile(&sorted, 0.5),
            q1: percentile(&sorted, 0.25),
            q3: percentile(&sorted, 0.75),
            min,
            max,
            bootstrap: bootstrap_interval(values, level),
            t: t_interval(Moments { n, mean, std }, level),
        })
    }

    /// The interval that the reference reports when t is asked for: the bootstrap where fewer than four numbers are
    /// there (control 5.8).
    pub fn t_or_bootstrap(&self) -> Interval {
        match self.t {
            Some(t) if self.n >= FEWEST_FOR_T => t,
            _ => self.bootstrap,
        }
    }
}

/// Sum in the order of `numpy.add.reduce`: pairwise, eight at a time.
fn pairwise_sum(values: &[f64]) -> f64 {
    let n = values.len();
    if n < 8 {
        return values.iter().sum();
    }
    if n > 128 {
        let half = n / 2;
        let (left, right) = values.split_at(half - half % 8);
        return pairwise_sum(left) + pairwise_sum(right);
    }
    let mut lanes = [0.0; 8];
    let eights = values.chunks_exact(8);
    let rest = eights.remainder();
    for eight in eights {
        for (lane, value) in lanes.iter_mut().zip(eight) {
            *lane += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, v| sum + v)
}

/// Arithmetic mean; NaN without a number.
pub fn mean(values: &[f64]) -> f64 {
    pairwise_sum(values) / values.len() as f64
}

/// Sample standard deviation, divisor n − 1; NaN for fewer than two numbers.
pub fn sample_std(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let centre = mean(values);
    let squares: Vec<f64> = values.iter().map(|v| (v - centre) * (v - centre)).collect();
    (pairwise_sum(&squares) / (values.len() as f64 - 1.0)).sqrt()
}

/// The value below which the share `q` (0..1) of a sorted sample lies, linear between neighbours as
/// `numpy.percentile` has it; NaN without a number.
pub fn percentile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() as f64 - 1.0);
    if sorted.is_empty() || place.is_nan() {
        return f64::NAN;
    }
    let below = place.floor().clamp(0.0, sorted.len() as f64 - 1.0);
    let at = |k: usize| sorted.get(k.min(sorted.len() - 1)).copied().unwrap_or(f64::NAN);
    let (a, b, t) = (at(below as usize), at(below as usize + 1), place - below);
    if t >= 0.5 { b - (b - a) * (1.0 - t) } else { a + (b - a) * t }
}

/// Percentile interval of the mean over [`RESAMPLES`] resamples, drawn as `default_rng(42).choice(values, n)` draws
/// them. Fewer than two numbers give an interval of no width.
pub fn bootstrap_interval(values: &[f64], level: f64) -> Interval {
    if values.len() < 2 {
        let only = values.first().copied().unwrap_or(f64::NAN);
        return Interval { low: only, high: only };
    }
    let bound = u32::try_from(values.len()).unwrap_or(u32::MAX);
    let mut rng = Generator::new(BOOTSTRAP_SEED);
    let mut resample = vec![0.0; values.len()];
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            for slot in &mut resample {
                *slot = values.get(rng.integers_below(bound) as usize).copied().unwrap_or(f64::NAN);
            }
            mean(&resample)
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let outside = (1.0 - level) / 2.0;
    Interval { low: percentile(&means, outside), high: percentile(&means, 1.0 - outside) }
}

/// Quantile of Student's t: the number above which lies `outside` of the distribution; `None` where it has no meaning.
pub(super) fn t_quantile(outside: f64, df: f64) -> Option<f64> {
    StudentsT::new(0.0, 1.0, df).ok().map(|t| t.inverse_cdf(1.0 - outside))
}

/// mean ± t · s/√n; `None` for fewer than two numbers or without a standard deviation.
pub fn t_interval(of: Moments, level: f64) -> Option<Interval> {
    if of.n < 2 || of.std.is_nan() {
        return None;
    }
    let n = of.n as f64;
    let reach = t_quantile((1.0 - level) / 2.0, n - 1.0)? * of.std / n.sqrt();
    Some(Interval { low: of.mean - reach, high: of.mean + reach })
}
