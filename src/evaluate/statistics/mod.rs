//! Statistics of a benchmark: what a sample of episodes says about an agent, and whether two agents differ.
//!
//! Definitions follow control 5.8. Sums run pairwise and resamples are drawn as NumPy does, so that intervals agree with
//! the reference's own; distribution functions come from `statrs`. Nothing here reads or writes.
#![deny(clippy::indexing_slicing)]

#[cfg(test)]
mod against_scipy;
mod describe;
mod direction;
mod multiple;
mod paired;
mod two_samples;

pub use describe::{
    Interval, Moments, RESAMPLES, Summary, bootstrap_interval, mean, percentile, sample_std, t_interval,
};
pub use direction::{Direction, Verdict, direction};
pub use multiple::{benjamini_hochberg, holm};
pub use paired::{PairedT, Wilcoxon, paired_t, wilcoxon};
pub use two_samples::{MannWhitney, Welch, cohens_d, effect_label, mann_whitney, stars, welch};

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc;

/// Two-sided p-value of Student's t with `df` degrees of freedom, by the incomplete beta function: exact in the tails,
/// where one minus a distribution function would leave nothing. 0 for an infinite t, NaN without degrees of freedom.
pub(crate) fn p_of_t(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if t.is_infinite() {
        return 0.0;
    }
    checked_beta_reg(df / 2.0, 0.5, df / (df + t * t)).unwrap_or(f64::NAN)
}

/// Two-sided p-value of a standard normal number.
pub(crate) fn p_of_z(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2).min(1.0)
}

/// Ranks from 1 up, ties sharing the mean of theirs, and Σ(t³ − t) over groups of ties. The order is that of `values`.
pub(crate) fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let at = |i: usize| values.get(i).copied().unwrap_or(f64::NAN);
    order.sort_by(|&a, &b| at(a).total_cmp(&at(b)));
    let mut ranks = vec![0.0; values.len()];
    let mut ties = 0.0;
    let mut from = 0;
    while let Some(&first) = order.get(from) {
        let same = order.iter().skip(from).take_while(|&&i| at(i) == at(first)).count().max(1);
        let rank = from as f64 + (same as f64 + 1.0) / 2.0;
        for &i in order.iter().skip(from).take(same) {
            if let Some(slot) = ranks.get_mut(i) {
                *slot = rank;
            }
        }
        let t = same as f64;
        ties += t * t * t - t;
        from += same;
    }
    (ranks, ties)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_ranks() {
        let (r, ties) = ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]);
        assert_eq!(r, [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(ties, 24.0);
        assert_eq!(ranks(&[]).0, Vec::<f64>::new());
    }

    #[test]
    fn tails_keep_their_digits() {
        // scipy.stats: 2 * t.sf(40, 7), 2 * norm.sf(9)
        assert!((p_of_t(40.0, 7.0) / 1.5902179984850364e-09 - 1.0).abs() < 1e-9);
        assert!((p_of_z(9.0) / 2.2571768119076647e-19 - 1.0).abs() < 1e-9);
        assert_eq!(p_of_t(f64::INFINITY, 3.0), 0.0);
        assert!(p_of_t(1.0, 0.0).is_nan());
    }
}
