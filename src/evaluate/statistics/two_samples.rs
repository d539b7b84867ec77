//! Two independent samples: Welch's t, Mann–Whitney's U, Cohen's d (control 5.8).

use super::describe::{Interval, Moments, t_quantile};
use super::{p_of_t, p_of_z, ranks};

/// Up to so many numbers in the smaller sample U is counted out, as SciPy does; beyond it the normal curve serves.
const EXACT_UP_TO: usize = 8;
/// Largest table of counts, so that a small sample beside a huge one stays cheap.
const MOST_COUNTS: usize = 100_000;

/// Welch's t test: means of two samples whose spreads may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Welch {
    /// Difference of means over its standard error; infinite where neither sample has any spread.
    pub t: f64,
    /// Degrees of freedom by Welch and Satterthwaite.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Interval of the difference a − b.
    pub interval: Option<Interval>,
}

/// Welch's test of a against b; needs no more than means, deviations and counts. `None` with fewer than two numbers on
/// a side or without a deviation.
pub fn welch(a: Moments, b: Moments, level: f64) -> Option<Welch> {
    if a.n < 2 || b.n < 2 || a.std.is_nan() || b.std.is_nan() {
        return None;
    }
    let (na, nb) = (a.n as f64, b.n as f64);
    let (va, vb) = (a.std * a.std / na, b.std * b.std / nb);
    let difference = a.mean - b.mean;
    if va + vb == 0.0 {
        let (t, p) = if difference == 0.0 { (0.0, 1.0) } else { (f64::INFINITY.copysign(difference), 0.0) };
        let interval = Some(Interval { low: difference, high: difference });
        return Some(Welch { t, df: na + nb - 2.0, p, interval });
    }
    let error = (va + vb).sqrt();
    let df = (va + vb) * (va + vb) / (va * va / (na - 1.0) + vb * vb / (nb - 1.0));
    let t = difference / error;
    let interval = t_quantile((1.0 - level) / 2.0, df)
        .map(|q| Interval { low: difference - q * error, high: difference + q * error });
    Some(Welch { t, df, p: p_of_t(t, df), interval })
}

/// Mann–Whitney's rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// U of the first sample: pairs in which it is the larger, ties counting half.
    pub u: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Whether every order was counted; else the normal curve with corrections for ties and continuity.
    pub exact: bool,
}

/// Mann–Whitney's test of a against b, two-sided. `None` with an empty side.
pub fn mann_whitney(a: &[f64], b: &[f64]) -> Option<MannWhitney> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (na, nb) = (a.len() as f64, b.len() as f64);
    let both: Vec<f64> = a.iter().chain(b).copied().collect();
    let (ranked, ties) = ranks(&both);
    let rank_sum: f64 = ranked.iter().take(a.len()).sum();
    let u = rank_sum - na * (na + 1.0) / 2.0;
    let larger = u.max(na * nb - u);
    if ties == 0.0 && a.len().min(b.len()) <= EXACT_UP_TO && a.len() * b.len() <= MOST_COUNTS {
        let counts = counts_of_u(a.len(), b.len());
        let all: f64 = counts.iter().sum();
        let tail: f64 = counts.iter().skip(larger as usize).sum();
        return Some(MannWhitney { u, p: (2.0 * tail / all).min(1.0), exact: true });
    }
    let n = na + nb;
    let variance = na * nb / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    let p = if variance > 0.0 {
        // SciPy takes 2·sf(z) with its sign and clips at 1: below the mean the continuity correction makes z negative.
        let z = (larger - na * nb / 2.0 - 0.5) / variance.sqrt();
        if z < 0.0 { 1.0 } else { p_of_z(z) }
    } else {
        1.0
    };
    Some(MannWhitney { u, p, exact: false })
}

/// How many orders of the two samples give each U: the coefficients of the Gaussian binomial.
fn counts_of_u(na: usize, nb: usize) -> Vec<f64> {
    let mut counts = vec![0.0; na * nb + 1];
    if let Some(first) = counts.first_mut() {
        *first = 1.0;
    }
    let at = |counts: &[f64], k: usize| counts.get(k).copied().unwrap_or(0.0);
    for i in 1..=na.min(nb) {
        let up = na.max(nb) + i;
        for k in (up..counts.len()).rev() {
            let less = at(&counts, k - up);
            if let Some(slot) = counts.get_mut(k) {
                *slot -= less;
            }
        }
        for k in i..counts.len() {
            let more = at(&counts, k - i);
            if let Some(slot) = counts.get_mut(k) {
                *slot += more;
            }
        }
    }
    counts
}

/// Cohen's d: difference of means over the pooled deviation; 0 where that is below 1e-12 (control 5.8). `None` where
/// either side has no deviation.
pub fn cohens_d(a: Moments, b: Moments) -> Option<f64> {
    if a.n < 2 || b.n < 2 || a.std.is_nan() || b.std.is_nan() {
        return None;
    }
    let (da, db) = (a.n as f64 - 1.0, b.n as f64 - 1.0);
    let pooled = ((da * a.std * a.std + db * b.std * b.std) / (da + db)).sqrt();
    Some(if pooled < 1e-12 { 0.0 } else { (a.mean - b.mean) / pooled })
}

/// The word for a size of effect (control 5.8).
pub fn effect_label(d: f64) -> &'static str {
    match d.abs() {
        d if d < 0.2 => "negligible",
        d if d < 0.5 => "small",
        d if d < 0.8 => "medium",
        d if d >= 0.8 => "large",
        _ => "",
    }
}

/// Stars of a p-value: one below 0.05, two below 0.01, three below 0.001 (control 5.8).
pub fn stars(p: f64) -> &'static str {
    match p {
        p if p < 0.001 => "***",
        p if p < 0.01 => "**",
        p if p < 0.05 => "*",
        _ => "",
    }
}
