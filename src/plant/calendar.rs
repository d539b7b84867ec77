//! From ticks to the site's wall clock.

use jiff::civil::DateTime;
use jiff::{SignedDuration, civil};

/// A moment on the site's clock.
pub type CivilTime = DateTime;

/// Tick length and the civil time of tick 0, in the site's own zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Length of a tick in seconds.
    pub tick_s: u32,
    /// Civil time of tick 0.
    pub start: CivilTime,
    /// IANA name of the site's time zone, for people; ticks count plain seconds (no daylight-saving jumps).
    pub zone: String,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { tick_s: 5, start: civil::datetime(2024, 1, 1, 0, 0, 0, 0), zone: "UTC".to_owned() }
    }
}

impl Calendar {
    /// Civil time at the beginning of a tick. Saturates at the end of the civil calendar.
    pub fn civil(&self, tick: u64) -> CivilTime {
        let seconds = i64::try_from(tick).unwrap_or(i64::MAX).saturating_mul(i64::from(self.tick_s));
        self.start.saturating_add(SignedDuration::from_secs(seconds))
    }

    /// Ticks in a span of seconds, at least 1.
    pub fn ticks_in(&self, seconds: u64) -> u64 {
        (seconds / u64::from(self.tick_s.max(1))).max(1)
    }

    /// A tick as a person writes it: its number, or the first tick of the run at a time of day (`14:30`); `None` for
    /// anything else.
    pub fn tick_of(&self, text: &str) -> Option<u64> {
        const DAY_S: i64 = 86_400;
        let Some((hour, minute)) = text.split_once(':') else { return text.trim().parse().ok() };
        let part = |text: &str, below: i64| text.trim().parse::<i64>().ok().filter(|x| (0..below).contains(x));
        let wanted = part(hour, 24)? * 3600 + part(minute, 60)? * 60;
        let start = self.start.time();
        let start = i64::from(start.hour()) * 3600 + i64::from(start.minute()) * 60 + i64::from(start.second());
        let wait = u64::try_from((wanted - start).rem_euclid(DAY_S)).ok()?;
        Some(wait.div_ceil(u64::from(self.tick_s.max(1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_five_second_ticks_ends_at_midnight() {
        let calendar = Calendar::default();
        assert_eq!(calendar.civil(17_280), civil::datetime(2024, 1, 2, 0, 0, 0, 0));
        assert_eq!(calendar.civil(1), civil::datetime(2024, 1, 1, 0, 0, 5, 0));
    }

    #[test]
    fn a_tick_beyond_the_calendar_saturates() {
        assert_eq!(Calendar::default().civil(u64::MAX).year(), 9999);
    }
}
