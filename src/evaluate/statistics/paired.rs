//! Two samples over the same seeds: the test runs on the differences, in which the seeds' own luck cancels.

use super::describe::{Interval, Moments, t_interval};
use super::{p_of_t, p_of_z, ranks};

/// Up to so many differences Wilcoxon's sum is counted out, as SciPy does.
const EXACT_UP_TO: usize = 50;

/// Student's t test on differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedT {
    /// Number of pairs.
    pub n: usize,
    /// Mean difference.
    pub mean: f64,
    /// Mean difference over its standard error; infinite where all differences are the same and not 0.
    pub t: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Interval of the mean difference.
    pub interval: Option<Interval>,
}

/// Student's t test of differences against 0; `None` for fewer than two.
pub fn paired_t(differences: &[f64], level: f64) -> Option<PairedT> {
    let of = Moments::of(differences);
    if of.n < 2 {
        return None;
    }
    let n = of.n as f64;
    let t = match (of.mean, of.std) {
        (0.0, 0.0) => 0.0,
        (mean, 0.0) => f64::INFINITY.copysign(mean),
        (mean, std) => mean / (std / n.sqrt()),
    };
    Some(PairedT { n: of.n, mean: of.mean, t, p: p_of_t(t, n - 1.0), interval: t_interval(of, level) })
}

/// Wilcoxon's signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wilcoxon {
    /// Differences that are not 0; the others say nothing and are left out.
    pub n: usize,
    /// Sum of the ranks of positive differences.
    pub w: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Whether every pattern of signs was counted; else the normal curve with a correction for ties.
    pub exact: bool,
}

/// Wilcoxon's test of differences against 0, two-sided; `None` without a difference. Where all are 0, p is 1.
pub fn wilcoxon(differences: &[f64]) -> Option<Wilcoxon> {
    if differences.is_empty() {
        return None;
    }
    let moved: Vec<f64> = differences.iter().copied().filter(|&d| d != 0.0).collect();
    let n = moved.len();
    if n == 0 {
        return Some(Wilcoxon { n, w: 0.0, p: 1.0, exact: true });
    }
    let sizes: Vec<f64> = moved.iter().map(|d| d.abs()).collect();
    let (ranked, ties) = ranks(&sizes);
    let w: f64 = moved.iter().zip(&ranked).filter(|(d, _)| **d > 0.0).map(|(_, r)| r).sum();
    let x = n as f64;
    if ties == 0.0 && n == differences.len() && n <= EXACT_UP_TO {
        let counts = counts_of_w(n);
        let all: f64 = counts.iter().sum();
        let below: f64 = counts.iter().take(w as usize + 1).sum();
        let above: f64 = counts.iter().skip(w as usize).sum();
        return Some(Wilcoxon { n, w, p: (2.0 * below.min(above) / all).min(1.0), exact: true });
    }
    let variance = x * (x + 1.0) * (2.0 * x + 1.0) / 24.0 - ties / 48.0;
    let z = (w - x * (x + 1.0) / 4.0) / variance.sqrt();
    Some(Wilcoxon { n, w, p: p_of_z(z), exact: false })
}

/// How many of the 2ⁿ patterns of signs give each sum of positive ranks.
fn counts_of_w(n: usize) -> Vec<f64> {
    let mut counts = vec![0.0; n * (n + 1) / 2 + 1];
    if let Some(first) = counts.first_mut() {
        *first = 1.0;
    }
    for rank in 1..=n {
        for k in (rank..counts.len()).rev() {
            let more = counts.get(k - rank).copied().unwrap_or(0.0);
            if let Some(slot) = counts.get_mut(k) {
                *slot += more;
            }
        }
    }
    counts
}
