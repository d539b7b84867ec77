//! What the agents are told about the hours ahead: slopes, means, peaks (sustaindc 6), and the clock (2.8).

use std::f64::consts::TAU;

use super::TICK_H;
use super::managers::TICKS_PER_DAY;

/// Future values of the carbon intensity.
pub const CI_AHEAD: usize = 8;
/// Past values of the carbon intensity.
pub const CI_BEHIND: usize = 16;
/// Future values of the temperature.
pub const TEMPERATURE_AHEAD: usize = 16;
/// Values of one moving average.
const WINDOW: usize = 4;

/// Slope of the least-squares line through values at 0, 1, 2 …; 0 for fewer than two.
pub fn slope(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let above: f64 = values.iter().enumerate().map(|(k, value)| (k as f64 - middle) * value).sum();
    // Sum of the squared distances from the middle.
    let below = n * (n * n - 1.0) / 12.0;
    if below > 0.0 { above / below } else { 0.0 }
}

/// Slope of the moving averages of four.
pub fn smooth_slope(values: &[f64]) -> f64 {
    let mut averages = [0.0; CI_BEHIND + 1];
    let mut count = 0;
    for (average, window) in averages.iter_mut().zip(values.windows(WINDOW)) {
        *average = window.iter().sum::<f64>() / WINDOW as f64;
        count += 1;
    }
    slope(averages.get(..count).unwrap_or_default())
}

/// What a series is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outlook {
    /// Mean of the future.
    pub mean: f64,
    /// Standard deviation of the future (of the population).
    pub std: f64,
    /// Distance of the present from the mean, in deviations.
    pub z: f64,
    /// Steps to the next peak over the length of the future.
    pub to_peak: f64,
    /// Steps to the next valley over the length of the future.
    pub to_valley: f64,
}

impl Outlook {
    /// The outlook of a series that begins with the present value.
    pub fn of(series: &[f64]) -> Self {
        let Some((now, future)) = series.split_first() else { return Self::default() };
        let n = future.len().max(1) as f64;
        let mean = future.iter().sum::<f64>() / n;
        let variance = future.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        let std = variance.sqrt();
        let (mut peak, mut valley) = (None, None);
        let mut before = gradient(series, 0);
        for k in 0..future.len() {
            let after = gradient(series, k + 1);
            if before > 0.0 && after <= 0.0 {
                peak = peak.or(Some(k));
            } else if before < 0.0 && after >= 0.0 {
                valley = valley.or(Some(k));
            }
            before = after;
        }
        let steps = |turn: Option<usize>| turn.unwrap_or(future.len()) as f64 / n;
        Self { mean, std, z: (now - mean) / (std + 1e-8), to_peak: steps(peak), to_valley: steps(valley) }
    }
}

/// Central difference of a series; one-sided at its ends.
fn gradient(series: &[f64], i: usize) -> f64 {
    let at = |k: usize| series.get(k).copied().unwrap_or(f64::NAN);
    let last = series.len().saturating_sub(1);
    if i == 0 {
        at(1) - at(0)
    } else if i == last {
        at(last) - at(last - 1)
    } else {
        (at(i + 1) - at(i - 1)) / 2.0
    }
}

/// Cosine and sine of a share of a cycle, each mapped to 0..1; the share is rounded to three decimals.
fn turn(share: f64) -> [f64; 2] {
    let angle = (share * 1000.0).round_ties_even() / 1000.0 * TAU;
    [libm::cos(angle) * 0.5 + 0.5, libm::sin(angle) * 0.5 + 0.5]
}

/// The clock of an hour of the day: cosine and sine.
pub fn hour_code(hour: f64) -> [f64; 2] {
    turn(hour / 24.0)
}

/// The clock of every tick of a day: agents look at it on each, and sines are dear.
pub fn clock_of_day() -> [[f64; 2]; TICKS_PER_DAY as usize] {
    std::array::from_fn(|tick| hour_code(tick as f64 * TICK_H))
}

/// The calendar of a day of the year: cosine and sine. No agent sees it.
pub fn day_code(day: f64) -> [f64; 2] {
    turn(day / 365.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope_and_no_turn() {
        let line: Vec<f64> = (0..9).map(|k| 0.5 * f64::from(k)).collect();
        assert!((slope(&line) - 0.5).abs() < 1e-12);
        assert!((smooth_slope(&line) - 0.5).abs() < 1e-12);
        let outlook = Outlook::of(&line);
        assert_eq!((outlook.to_peak, outlook.to_valley), (1.0, 1.0));
        assert_eq!(slope(&[]), 0.0);
        assert_eq!(slope(&[3.0]), 0.0);
    }

    #[test]
    fn a_hill_tells_its_top() {
        let hill = [0.0, 1.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        assert_eq!(Outlook::of(&hill).to_peak, 1.0 / 8.0);
    }
}
