//! Small statistics that checks and tests share.
#![deny(clippy::indexing_slicing)]

/// Arithmetic mean; `None` for an empty slice.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Smallest value; `None` for an empty slice.
pub fn min(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::min)
}

/// Largest value; `None` for an empty slice.
pub fn max(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

/// Median, the mean of the two middle values where there are two; `None` for an empty slice.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Quantile with linear interpolation between the two nearest order statistics; `None` for an empty slice.
pub fn quantile(values: &[f64], fraction: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let position = fraction.clamp(0.0, 1.0) * last as f64;
    let below = position.floor();
    let mut work = values.to_vec();
    let (_, &mut low, above) = work.select_nth_unstable_by(below as usize, f64::total_cmp);
    let high = min(above).unwrap_or(low);
    let weight = position - below;
    // The two-term form gives the exact middle of two values, as NumPy's median does.
    Some(if weight == 0.5 { (low + high) / 2.0 } else { low + weight * (high - low) })
}

/// Autocorrelation at a lag, about the common mean and over the common variance; `None` where it is undefined.
pub fn autocorrelation(values: &[f64], lag: usize) -> Option<f64> {
    let mean = mean(values)?;
    let shifted = values.get(lag..)?;
    let variance: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let covariance: f64 = values.iter().zip(shifted).map(|(a, b)| (a - mean) * (b - mean)).sum();
    (variance > 0.0).then(|| covariance / variance)
}

/// Skewness and excess kurtosis of the sample moments; `None` where they are undefined.
pub fn shape(values: &[f64]) -> Option<(f64, f64)> {
    let mean = mean(values)?;
    let n = values.len() as f64;
    let moment = |power: u32| values.iter().map(|v| (0..power).fold(1.0, |p, _| p * (v - mean))).sum::<f64>() / n;
    let variance = moment(2);
    let third = moment(3) / (variance * variance.sqrt());
    (variance > 0.0).then(|| (third, moment(4) / (variance * variance) - 3.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn order_statistics_follow_numpy() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(median(&values), Some(2.5));
        assert_eq!(quantile(&values, 0.75), Some(3.25));
        assert_eq!(quantile(&values, 1.0), Some(4.0));
        assert_eq!((min(&values), max(&values), mean(&values)), (Some(1.0), Some(4.0), Some(2.5)));
        assert_eq!((median(&[]), median(&[7.0])), (None, Some(7.0)));
    }

    #[test]
    fn an_alternating_series_is_anticorrelated() {
        let values: Vec<f64> = (0..1000).map(|k| f64::from(k % 2)).collect();
        assert!((autocorrelation(&values, 1).unwrap() + 0.999).abs() < 1e-9);
        assert_eq!(autocorrelation(&[1.0, 1.0], 1), None);
        assert_eq!(autocorrelation(&[1.0], 5), None);
    }

    #[test]
    fn a_symmetric_two_point_series_has_no_skew_and_kurtosis_minus_two() {
        let (skew, kurtosis) = shape(&[-1.0, 1.0, -1.0, 1.0]).unwrap();
        assert_eq!((skew, kurtosis), (0.0, -2.0));
    }
}
