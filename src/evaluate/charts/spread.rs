//! How values spread: histograms and duration curves.

use super::samples::Samples;

/// Edges of a histogram: `count` bins of equal width from `low` on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bins {
    /// Lower edge of the first bin.
    pub low: f64,
    /// Width of a bin.
    pub width: f64,
    /// Number of bins.
    pub count: usize,
}

impl Bins {
    /// Lower and upper edge of a bin.
    pub fn edges(&self, bin: usize) -> (f64, f64) {
        (self.low + self.width * bin as f64, self.low + self.width * (bin + 1) as f64)
    }

    /// Upper edge of the last bin.
    pub fn high(&self) -> f64 {
        self.low + self.width * self.count as f64
    }

    /// The bin of a value: its lower edge belongs to it, and to the last one its upper edge too.
    pub fn of(&self, value: f64) -> Option<usize> {
        if !(value >= self.low && value <= self.high()) {
            return None;
        }
        Some((((value - self.low) / self.width) as usize).min(self.count.saturating_sub(1)))
    }
}

/// Bins of round width that hold a range of values, about `about` of them.
pub fn bins(low: f64, high: f64, about: usize) -> Bins {
    let (low, high) = if low.is_finite() && high.is_finite() && low <= high { (low, high) } else { (0.0, 1.0) };
    let least = 1e-6 * low.abs().max(high.abs()).max(1e-3);
    let width = round_up((high - low).max(least * about.max(1) as f64) / about.max(1) as f64);
    let first = (low / width).floor() * width;
    // Rounding must not push the lowest value out.
    let first = if first > low { first - width } else { first };
    let count = (((high - first) / width).floor() as usize + 1).clamp(1, 4 * about.max(1));
    Bins { low: first, width, count }
}

/// The smallest of 1, 2, 2.5, 5 × a power of ten that is not below a number.
fn round_up(raw: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(raw)));
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|f| f * power).find(|s| *s >= raw * 0.999_999).unwrap_or(10.0 * power)
}

/// How often values fall into bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The bins.
    pub bins: Bins,
    /// Values in each.
    pub counts: Vec<u64>,
    /// Values that are numbers, those outside of all bins too.
    pub total: u64,
}

impl Histogram {
    /// Share of the values in a bin, 0..1.
    pub fn share(&self, bin: usize) -> f64 {
        self.counts.get(bin).map_or(0.0, |n| *n as f64 / self.total.max(1) as f64)
    }

    /// The largest share.
    pub fn largest(&self) -> f64 {
        (0..self.counts.len()).map(|bin| self.share(bin)).fold(0.0, f64::max)
    }
}

/// Counts values in bins.
pub fn histogram(samples: &Samples, bins: Bins) -> Histogram {
    let mut out = Histogram { bins, counts: vec![0; bins.count], total: 0 };
    for value in samples.finite() {
        out.total += 1;
        if let Some(count) = bins.of(value).and_then(|bin| out.counts.get_mut(bin)) {
            *count += 1;
        }
    }
    out
}

/// Values from high to low.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Duration {
    sorted: Vec<f64>,
}

impl Duration {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The value that is reached or exceeded over a share of the time, 0..1; NaN without values.
    pub fn at(&self, share: f64) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        let rank = (share.clamp(0.0, 1.0) * self.sorted.len() as f64) as usize;
        self.sorted.get(rank.min(last)).copied().unwrap_or(f64::NAN)
    }

    /// Share of the time with values above a limit, 0..1.
    pub fn above(&self, limit: f64) -> f64 {
        self.sorted.partition_point(|v| *v > limit) as f64 / self.sorted.len().max(1) as f64
    }

    /// Share of the time with values below a limit, 0..1.
    pub fn below(&self, limit: f64) -> f64 {
        (self.sorted.len() - self.sorted.partition_point(|v| *v >= limit)) as f64 / self.sorted.len().max(1) as f64
    }

    /// Largest and smallest value.
    pub fn ends(&self) -> Option<(f64, f64)> {
        Some((*self.sorted.first()?, *self.sorted.last()?))
    }

    /// The curve as points `[share of time, value]`, at most about `most` of them, both ends among them.
    pub fn points(&self, most: usize) -> Vec<[f64; 2]> {
        let count = self.sorted.len();
        if count == 0 {
            return Vec::new();
        }
        let every = count.div_ceil(most.max(2));
        let mut out: Vec<[f64; 2]> = Vec::with_capacity(count / every + 3);
        let ranks = (0..count).step_by(every);
        out.extend(ranks.filter_map(|k| Some([k as f64 / count as f64, *self.sorted.get(k)?])));
        out.extend(self.sorted.last().map(|v| [1.0, *v]));
        out
    }
}

/// Sorts values from high to low; gaps are left out.
pub fn duration(samples: &Samples) -> Duration {
    let mut sorted: Vec<f64> = samples.finite().collect();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    Duration { sorted }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::samples::{samples, tests::recording};
    use super::*;

    fn odd() -> Samples {
        let rows =
            recording(4_000, &[|r| if r % 11 == 0 { f64::NAN } else { ((r * 7_919) % 613) as f64 / 10.0 - 20.0 }]);
        samples(&rows, 0, 0, 4_000, 10_000)
    }

    #[test]
    fn a_histogram_counts_what_plain_counting_counts() {
        let values = odd();
        let (low, high) = values.extremes().unwrap();
        for about in [1, 7, 32, 60] {
            let bins = bins(low, high, about);
            assert!(bins.low <= low && bins.high() >= high && bins.count <= 2 * about + 2, "{bins:?}");
            let got = histogram(&values, bins);
            for bin in 0..bins.count {
                let (a, b) = bins.edges(bin);
                let last = bin + 1 == bins.count;
                let plain = values.finite().filter(|v| *v >= a && (*v < b || last && *v <= b)).count() as u64;
                assert!(got.counts[bin].abs_diff(plain) <= 1, "edges are as good as their rounding");
            }
            assert_eq!(got.counts.iter().sum::<u64>(), got.total);
            assert_eq!(got.total as usize, values.finite().count());
            assert!(((0..bins.count).map(|b| got.share(b)).sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn bins_of_odd_ranges_are_bins() {
        for (low, high) in [(5.0, 5.0), (0.0, 0.0), (-1e9, 1e9), (f64::NAN, 1.0), (1e-12, 2e-12)] {
            let bins = bins(low, high, 30);
            assert!(bins.width > 0.0 && bins.count >= 1 && bins.width.is_finite(), "{bins:?}");
            assert!(!low.is_finite() || bins.of(low).is_some() && bins.of(high).is_some(), "{bins:?} of {low} {high}");
        }
        assert_eq!(bins(0.0, 1.0, 4).of(f64::NAN), None);
    }

    #[test]
    fn a_duration_curve_is_the_sorted_values() {
        let values = odd();
        let curve = duration(&values);
        let mut plain: Vec<f64> = values.finite().collect();
        plain.sort_by(|a, b| b.partial_cmp(a).unwrap());
        assert_eq!(curve.len(), plain.len());
        assert_eq!(curve.ends(), Some((plain[0], plain[plain.len() - 1])));
        for share in [0.0, 0.1, 0.5, 0.999, 1.0] {
            let rank = ((share * plain.len() as f64) as usize).min(plain.len() - 1);
            assert_eq!(curve.at(share), plain[rank]);
        }
        for limit in [-25.0, -3.1, 12.0, 50.0] {
            let count = |f: &dyn Fn(f64) -> bool| plain.iter().filter(|v| f(**v)).count() as f64 / plain.len() as f64;
            assert_eq!(curve.above(limit), count(&|v| v > limit));
            assert_eq!(curve.below(limit), count(&|v| v < limit));
        }
        let points = curve.points(100);
        assert!(points.len() <= 102 && points[0] == [0.0, plain[0]]);
        assert!(points.windows(2).all(|p| p[0][1] >= p[1][1] && p[0][0] < p[1][0]));
        let none = duration(&Samples::default());
        assert!(none.is_empty() && none.at(0.5).is_nan() && none.points(9).is_empty() && none.ends().is_none());
    }
}
