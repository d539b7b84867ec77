//! Random numbers of the embedded set: a seeded PCG with its own normal draw.
//!
//! The transformation uses `libm`, so that the set is the same on every platform; it is not the generator of any
//! simulation (those live in the `noise` room).

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// A seeded stream of uniform and normal numbers.
pub struct Stream {
    generator: Pcg64,
    spare: Option<f64>,
}

impl Stream {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self { generator: Pcg64::seed_from_u64(seed), spare: None }
    }

    /// Uniform in (0, 1].
    pub fn uniform(&mut self) -> f64 {
        // 53 bits, shifted by one step so that a logarithm of the result exists.
        ((self.generator.next_u64() >> 11) + 1) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Standard normal, by Box and Muller's transformation.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        let (sin, cos) = libm::sincos(std::f64::consts::TAU * self.uniform());
        self.spare = Some(radius * sin);
        radius * cos
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Number of steps, at least 1, with a geometric distribution of the given mean.
    pub fn geometric(&mut self, mean: f64) -> usize {
        let stay = 1.0 - 1.0 / mean.max(1.0);
        let mut steps = 1;
        while steps < 10_000 && self.uniform() <= stay {
            steps += 1;
        }
        steps
    }
}

/// First-order autoregressive noise with a stationary standard deviation of 1.
pub struct Drift {
    keep: f64,
    draw: f64,
    /// Current value.
    pub value: f64,
}

impl Drift {
    /// Noise that forgets with a time constant of `steps` steps and begins at `value`.
    pub fn new(steps: f64, value: f64) -> Self {
        let keep = libm::exp(-1.0 / steps.max(1e-9));
        Self { keep, draw: (1.0 - keep * keep).sqrt(), value }
    }

    /// Takes a step and returns the new value.
    pub fn step(&mut self, stream: &mut Stream) -> f64 {
        self.value = self.keep * self.value + self.draw * stream.normal();
        self.value
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::super::stats;
    use super::*;

    #[test]
    fn the_moments_are_those_of_the_distributions() {
        let mut stream = Stream::new(1);
        let normals: Vec<f64> = (0..100_000).map(|_| stream.normal()).collect();
        let (skew, kurtosis) = stats::shape(&normals).unwrap();
        assert!(stats::mean(&normals).unwrap().abs() < 0.01);
        assert!(skew.abs() < 0.03 && kurtosis.abs() < 0.06, "{skew} {kurtosis}");
        let lengths: f64 = (0..10_000).map(|_| stream.geometric(2.5) as f64).sum();
        assert!((lengths / 10_000.0 - 2.5).abs() < 0.1);
        let waits: f64 = (0..10_000).map(|_| stream.exponential()).sum();
        assert!((waits / 10_000.0 - 1.0).abs() < 0.05);
    }

    #[test]
    fn drift_keeps_its_variance_and_forgets() {
        let mut stream = Stream::new(2);
        let mut drift = Drift::new(20.0, 0.0);
        let values: Vec<f64> = (0..100_000).map(|_| drift.step(&mut stream)).collect();
        let variance = values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
        assert!((variance - 1.0).abs() < 0.1, "{variance}");
        assert!((stats::autocorrelation(&values, 20).unwrap() - libm::exp(-1.0)).abs() < 0.05);
    }
}
