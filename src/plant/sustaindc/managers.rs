//! What comes from outside: load, weather, carbon intensity on the quarter-hour grid (sustaindc 2).

use crate::noise::Noise;

/// Ticks of an hour.
pub const TICKS_PER_HOUR: usize = 4;
/// Ticks of a day.
pub const TICKS_PER_DAY: u64 = 96;
/// Ticks of the window that temperature and carbon intensity are scaled by: thirty days.
const WINDOW_TICKS: usize = 2880;
/// Bounds of the weather after its noise, °C.
const WEATHER_DEGC: (f64, f64) = (0.0, 45.0);
/// Quantiles of the load that become 0.2 and 0.8.
const QUANTILES: (f64, f64) = (0.05, 0.95);
/// Values of the load's moving average.
const SMOOTH: usize = 16;

/// First day of a month (0 = January), from 0, in a common year.
pub fn first_day(month: usize) -> u32 {
    const DAYS: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    DAYS.get(month).copied().unwrap_or(0)
}

/// Hourly values on the quarter-hour grid. The source stretches the grid over the whole file, so that sample 4 h is not
/// exactly hour h; the last hour is held.
pub fn stretch(hourly: &[f64]) -> Vec<f64> {
    let n = hourly.len();
    let samples = TICKS_PER_HOUR * n;
    let step = n as f64 / (samples as f64 - 1.0);
    let at = |k: usize| hourly.get(k).copied().unwrap_or(f64::NAN);
    (0..samples)
        .map(|i| {
            let x = if i + 1 == samples { n as f64 } else { i as f64 * step };
            let below = x.floor() as usize;
            if below + 1 >= n { at(n - 1) } else { (at(below + 1) - at(below)) * (x - below as f64) + at(below) }
        })
        .collect()
}

/// Rotates a series left by hours: the shift of a time zone.
pub fn rotate(series: &mut [f64], hours: i64) {
    if !series.is_empty() {
        let by = (hours * TICKS_PER_HOUR as i64).rem_euclid(series.len() as i64);
        series.rotate_left(by as usize);
    }
}

/// Quantile with linear interpolation.
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let position = fraction * (sorted.len() as f64 - 1.0);
    let at = |k: usize| sorted.get(k.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN);
    let below = position.floor();
    at(below as usize) + (at(below as usize + 1) - at(below as usize)) * (position - below)
}

/// The 5th and 95th percentile of a stretched load.
pub fn load_quantiles(stretched: &[f64]) -> (f64, f64) {
    let mut sorted = stretched.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    (quantile(&sorted, QUANTILES.0), quantile(&sorted, QUANTILES.1))
}

/// A stretched load scaled so that its percentiles become 0.2 and 0.8, before smoothing.
pub fn scale_load(stretched: &[f64]) -> Vec<f64> {
    let (low, high) = load_quantiles(stretched);
    stretched.iter().map(|y| (0.2 + (y - low) * 0.6 / (high - low)).clamp(0.0, 1.0)).collect()
}

/// Moving average of sixteen with zeros around the series.
pub fn smooth(values: &[f64]) -> Vec<f64> {
    let back = SMOOTH / 2;
    (0..values.len())
        .map(|i| {
            let window = values.get(i.saturating_sub(back)..(i + back).min(values.len())).unwrap_or_default();
            window.iter().sum::<f64>() / SMOOTH as f64
        })
        .collect()
}

/// Fills gaps with the mean of what is there.
pub fn fill_gaps(values: &mut [f64]) {
    let (mut sum, mut count) = (0.0, 0.0);
    for v in values.iter().filter(|v| !v.is_nan()) {
        sum += v;
        count += 1.0;
    }
    for v in values.iter_mut().filter(|v| v.is_nan()) {
        *v = sum / count;
    }
}

/// A series that is played over and over, from sample `first` of its source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    values: Vec<f64>,
    first: u64,
    /// Value that is scaled to 0, and the span that is scaled to 1.
    low: f64,
    span: f64,
    /// One over the span.
    per_span: f64,
}

impl Series {
    /// A series of values whose first stands at index 0.
    pub fn new(values: Vec<f64>) -> Self {
        Self { values, first: 0, low: 0.0, span: 1.0, per_span: 1.0 }
    }

    /// A part of a series: its first value stands at index `first`; it is not played over.
    pub fn cut(values: Vec<f64>, first: u64, low: f64, high: f64) -> Self {
        Self { values, first, low, span: high - low, per_span: 1.0 / (high - low) }
    }

    /// Samples of one round.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value at an index, round and round.
    #[inline]
    pub fn at(&self, index: u64) -> f64 {
        let n = self.values.len() as u64;
        let place = index.wrapping_sub(self.first);
        let place = if place < n { place } else { place % n.max(1) };
        self.values.get(place as usize).copied().unwrap_or(f64::NAN)
    }

    /// The value at an index on the scale of the present window.
    #[inline]
    pub fn scaled(&self, index: u64) -> f64 {
        self.scale(self.at(index))
    }

    /// Any value on the scale of the present window.
    #[inline]
    pub fn scale(&self, value: f64) -> f64 {
        (value - self.low) * self.per_span
    }

    /// Lowest and highest value of the window that scales the series.
    pub fn window(&self) -> (f64, f64) {
        (self.low, self.low + self.span)
    }

    /// Scales by the thirty days from an index on, cut at the end of the source's round.
    pub fn scale_from(&mut self, index: u64) {
        let n = self.values.len();
        let from = (index % n.max(1) as u64) as usize;
        let window = self.values.get(from..(from + WINDOW_TICKS).min(n)).unwrap_or_default();
        let low = window.iter().copied().fold(f64::INFINITY, f64::min);
        let high = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // A constant window has no scale; the values themselves are then 0.
        (self.low, self.span) = (low, if high > low { high - low } else { 1.0 });
        self.per_span = 1.0 / self.span;
    }

    /// The values of one round.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// The weather's noise of one episode (sustaindc 2.5): a random walk of given deviation, and a shift by whole days.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WeatherNoise {
    /// Added to dry and wet bulb alike, K, one value a tick.
    pub walk_k: Vec<f64>,
    /// Days that the weather is shifted by.
    pub roll_days: u64,
}

/// Size of the walk's steps before it is scaled.
const WALK_STEP: f64 = 0.02;
/// Deviation of the noise, K.
const WALK_STD_K: f64 = 0.75;

impl WeatherNoise {
    /// Draws a walk of `samples` steps from one stream and the days from another, at the indices of `episode`.
    pub fn draw(noise: &mut dyn Noise, walk: usize, roll: usize, samples: usize, days: u64) -> Self {
        let mut sum = 0.0;
        let mut walk_k: Vec<f64> = (0..samples)
            .map(|i| {
                sum += WALK_STEP * noise.draw(walk, i as u64);
                sum
            })
            .collect();
        let n = samples.max(1) as f64;
        let mean = walk_k.iter().sum::<f64>() / n;
        let std = (walk_k.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
        let factor = if std > 0.0 { WALK_STD_K / std } else { 0.0 };
        walk_k.iter_mut().for_each(|v| *v *= factor);
        let share = noise.draw(roll, 0).clamp(0.0, 1.0 - f64::EPSILON);
        Self { walk_k, roll_days: if days > 0 { (share * days as f64) as u64 } else { 0 } }
    }

    /// A series with this noise, shifted and clipped.
    pub fn apply(&self, values: &[f64]) -> Vec<f64> {
        let n = values.len();
        let shift = (self.roll_days * TICKS_PER_DAY) as usize % n.max(1);
        (0..n)
            .map(|i| {
                let from = (i + n - shift) % n;
                let noise = self.walk_k.get(from).copied().unwrap_or(0.0);
                (values.get(from).copied().unwrap_or(f64::NAN) + noise).clamp(WEATHER_DEGC.0, WEATHER_DEGC.1)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_stretched_and_the_end_is_held() {
        let grid = stretch(&[0.0, 1.0, 2.0]);
        assert_eq!(grid.len(), 12);
        assert!((grid[4] - 4.0 * 3.0 / 11.0).abs() < 1e-12);
        assert_eq!((grid[8], grid[11]), (2.0, 2.0));
    }

    #[test]
    fn a_series_is_played_round_and_round() {
        let series = Series::new(vec![1.0, 2.0, 3.0]);
        assert_eq!([series.at(2), series.at(3), series.at(7)], [3.0, 1.0, 2.0]);
        let part = Series::cut(vec![5.0, 7.0], 100, 5.0, 9.0);
        assert_eq!((part.at(101), part.scaled(101)), (7.0, 0.5));
    }

    #[test]
    fn noise_is_shifted_with_its_weather_and_clipped() {
        let noise = WeatherNoise { walk_k: vec![1.0; 192], roll_days: 1 };
        let values: Vec<f64> = (0..192).map(|i| if i < 96 { -9.0 } else { 44.5 }).collect();
        let out = noise.apply(&values);
        assert_eq!((out[0], out[100]), (45.0, 0.0));
    }
}
