//! Two runs side by side: which row of one belongs to a row of the other, and what a signal differs by.

use crate::plant::Calendar;
use crate::record::Recording;
use crate::signal::SignalId;

/// What is laid on top of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// The same time since the run began; with ticks of one length the same tick.
    Tick,
    /// The same time of day on the sites' clocks, whatever the date.
    Clock,
    /// An instant of each: two rows.
    Rows {
        /// Row of the first run.
        first: u64,
        /// Row of the second.
        second: u64,
    },
}

/// Which row of a second run belongs to a row of a first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alignment {
    first_tick_s: i64,
    second_tick_s: i64,
    /// How much later the second run stands, counted from its own beginning, s.
    shift_s: i64,
}

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// Seconds since midnight at tick 0.
fn time_of_day_s(calendar: &Calendar) -> i64 {
    let time = calendar.start.time();
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

impl Alignment {
    /// Lays a second run on a first. By the clock the shift is at most half a day, back rather than forth.
    pub fn new(align: Align, first: &Calendar, second: &Calendar) -> Self {
        let [first_tick_s, second_tick_s] = [first, second].map(|c| i64::from(c.tick_s.max(1)));
        let whole = |row: u64| i64::try_from(row).unwrap_or(i64::MAX / DAY_S);
        let shift_s = match align {
            Align::Tick => 0,
            Align::Clock => {
                let later = (time_of_day_s(first) - time_of_day_s(second)).rem_euclid(DAY_S);
                if later >= DAY_S / 2 { later - DAY_S } else { later }
            }
            Align::Rows { first, second } => {
                let seconds = |row: u64, tick_s: i64| whole(row).saturating_mul(tick_s);
                seconds(second, second_tick_s).saturating_sub(seconds(first, first_tick_s))
            }
        };
        Self { first_tick_s, second_tick_s, shift_s }
    }

    /// The row of the second run in whose tick a row of the first begins; `None` before its beginning.
    pub fn second(&self, row: u64) -> Option<u64> {
        Self::carry(row, self.first_tick_s, self.shift_s, self.second_tick_s)
    }

    /// The row of the first run in whose tick a row of the second begins; `None` before its beginning.
    pub fn first(&self, row: u64) -> Option<u64> {
        Self::carry(row, self.second_tick_s, self.shift_s.saturating_neg(), self.first_tick_s)
    }

    fn carry(row: u64, from_s: i64, shift_s: i64, to_s: i64) -> Option<u64> {
        let seconds = i64::try_from(row).ok()?.checked_mul(from_s)?.checked_add(shift_s)?;
        u64::try_from(seconds.div_euclid(to_s)).ok()
    }
}

/// Row on which a flag (an event's signal) turns from 0 to 1 for the `nth` time, from 0, at `from` or later. A flag that
/// is up on row 0 has turned there. `None`, too, where rows before it are gone: nobody knows then what happened in them.
pub fn event_row(recording: &Recording, flag: SignalId, nth: usize, from: u64) -> Option<u64> {
    let on = |row: u64| recording.value(row, flag) == 1.0;
    let turns = |row: &u64| on(*row) && !row.checked_sub(1).is_some_and(on);
    let row = (from..recording.rows()).filter(turns).nth(nth)?;
    recording.missing(from, row + 1).is_empty().then_some(row)
}

/// What a signal of the second run has more than one of the first, on rows `from..to` of the first; NaN where one of them
/// has no number, and where a row is gone ([`Recording::missing`]).
pub fn difference(
    first: (&Recording, SignalId),
    second: (&Recording, SignalId),
    alignment: &Alignment,
    from: u64,
    to: u64,
) -> Vec<f64> {
    let rows = from..to.min(first.0.rows()).max(from);
    let more = |row: u64| {
        let other = alignment.second(row).map_or(f64::NAN, |row| second.0.value(row, second.1));
        other - first.0.value(row, first.1)
    };
    rows.map(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Recorder;

    fn calendar(tick_s: u32, hour: i8, minute: i8) -> Calendar {
        let start = jiff::civil::datetime(2024, 7, 13, hour, minute, 0, 0);
        Calendar { tick_s, start, ..Calendar::default() }
    }

    fn recording(values: &[f64]) -> Recording {
        let mut recorder = Recorder::new(1);
        values.iter().for_each(|v| recorder.push(&[*v]));
        recorder.picture()
    }

    #[test]
    fn rows_are_carried_over() {
        let (noon, night) = (calendar(5, 12, 0), calendar(5, 0, 0));
        let by = |align: Align| Alignment::new(align, &noon, &night);
        assert_eq!((by(Align::Tick).second(7), by(Align::Tick).first(7)), (Some(7), Some(7)));
        // The second run begins at midnight: its noon would be 8,640 rows later, its midnight is half a day before.
        let clock = by(Align::Clock);
        assert_eq!((clock.second(0), clock.second(8_640), clock.first(0)), (None, Some(0), Some(8_640)));
        let half = Alignment::new(Align::Clock, &calendar(5, 6, 30), &calendar(5, 6, 0));
        assert_eq!((half.second(0), half.first(0), half.first(360)), (Some(360), None, Some(0)));
        let rows = by(Align::Rows { first: 100, second: 40 });
        assert_eq!((rows.second(100), rows.second(59), rows.first(0)), (Some(40), None, Some(60)));
    }

    #[test]
    fn ticks_of_two_lengths_meet() {
        let alignment = Alignment::new(Align::Tick, &calendar(5, 0, 0), &calendar(900, 0, 0));
        assert_eq!([0, 179, 180, 361].map(|row| alignment.second(row)), [0, 0, 1, 2].map(Some));
        assert_eq!([0, 1, 2].map(|row| alignment.first(row)), [0, 180, 360].map(Some));
    }

    #[test]
    fn events_are_counted_by_their_beginnings() {
        let flag = recording(&[1.0, 1.0, 0.0, 1.0, 0.0, f64::NAN, 1.0, 1.0]);
        assert_eq!([0, 1, 2, 3].map(|n| event_row(&flag, 0, n, 0)), [Some(0), Some(3), Some(6), None]);
        assert_eq!((event_row(&flag, 0, 0, 1), event_row(&flag, 0, 0, 7)), (Some(3), None));
    }

    #[test]
    fn differences_are_second_less_first() {
        let (a, b) = (recording(&[1.0, 2.0, f64::NAN, 4.0, 5.0]), recording(&[10.0, 20.0, 30.0, 45.0]));
        let alignment = Alignment::new(Align::Rows { first: 1, second: 0 }, &calendar(5, 0, 0), &calendar(5, 0, 0));
        let found = difference((&a, 0), (&b, 0), &alignment, 0, 99);
        assert_eq!((found[1], found[3], found[4]), (8.0, 26.0, 40.0));
        assert!(found.len() == 5 && found[0].is_nan() && found[2].is_nan());
        assert!(difference((&a, 0), (&b, 0), &alignment, 9, 12).is_empty());
    }
}
