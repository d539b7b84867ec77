//! Many tests at once: p-values corrected so that chance alone does not look like an effect.

/// Places of the usable p-values, smallest first.
fn order(p: &[f64]) -> Vec<(usize, f64)> {
    let mut order: Vec<(usize, f64)> = p.iter().copied().enumerate().filter(|(_, p)| !p.is_nan()).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    order
}

fn spread(n: usize, corrected: impl IntoIterator<Item = (usize, f64)>) -> Vec<f64> {
    let mut out = vec![f64::NAN; n];
    for (place, p) in corrected {
        if let Some(slot) = out.get_mut(place) {
            *slot = p;
        }
    }
    out
}

/// Holm's correction: keeps the chance of even one false alarm among all tests below the level. NaN stays NaN and does
/// not count as a test.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let order = order(p);
    let m = order.len();
    let mut highest: f64 = 0.0;
    let corrected = order.into_iter().enumerate().map(|(k, (place, p))| {
        highest = highest.max((p * (m - k) as f64).min(1.0));
        (place, highest)
    });
    spread(p.len(), corrected.collect::<Vec<_>>())
}

/// Benjamini and Hochberg's correction: keeps the expected share of false alarms among the alarms below the level. NaN
/// stays NaN and does not count as a test.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let order = order(p);
    let m = order.len() as f64;
    let mut lowest: f64 = 1.0;
    let corrected = order.into_iter().enumerate().rev().map(|(k, (place, p))| {
        lowest = lowest.min(p * m / (k as f64 + 1.0));
        (place, lowest)
    });
    spread(p.len(), corrected.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(computed: &[f64], expected: &[f64]) {
        assert_eq!(computed.len(), expected.len());
        for (c, e) in computed.iter().zip(expected) {
            assert!((c - e).abs() < 1e-12 || (c.is_nan() && e.is_nan()), "{computed:?}, expected {expected:?}");
        }
    }

    /// Worked by hand: five tests, Holm multiplies by 5, 4, 3, 2, 1 and never goes down; BH by 5, 5/2, 5/3, 5/4, 1.
    #[test]
    fn corrections_follow_their_definitions() {
        let p = [0.01, 0.04, 0.03, 0.005, 0.55];
        close(&holm(&p), &[0.04, 0.09, 0.09, 0.025, 0.55]);
        close(&benjamini_hochberg(&p), &[0.025, 0.05, 0.05, 0.025, 0.55]);
    }

    #[test]
    fn what_was_not_tested_does_not_count() {
        close(&holm(&[0.02, f64::NAN, 0.5]), &[0.04, f64::NAN, 0.5]);
        close(&benjamini_hochberg(&[f64::NAN, 0.3]), &[f64::NAN, 0.3]);
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
