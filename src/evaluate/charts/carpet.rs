//! One signal by day and time of day.

use crate::plant::Calendar;
use crate::record::Recording;
use crate::signal::{Kind, Signal, SignalId};

use super::samples::samples;

/// Shortest cell, s.
const CELL_S: u64 = 900;

/// Seconds of a day.
const DAY_S: u64 = 86_400;

/// What a signal came to in a quarter of an hour, or in a tick where that is longer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CarpetCell {
    /// Mean of the values; of sums and events their sum.
    pub value: f64,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// First row.
    pub row: u64,
    /// Values that were looked at.
    pub count: u64,
}

/// One signal by day and time of day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Carpet {
    /// Cells of a day.
    pub columns: usize,
    /// Length of a cell, s.
    pub cell_s: u64,
    /// The days, earliest first; `None` where there is no value.
    pub days: Vec<Vec<Option<CarpetCell>>>,
    /// Rows from one value to the next; 1 when every row was looked at.
    pub every: u64,
    /// Rows of the range that are gone from memory.
    pub gone: u64,
}

impl Carpet {
    /// Smallest and largest value of a cell.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        let cells = self.days.iter().flatten().flatten();
        cells.map(|c| (c.value, c.value)).reduce(|(l, h), (a, b)| (l.min(a), h.max(b)))
    }

    /// A cell by its day and its place in it.
    pub fn cell(&self, day: usize, column: usize) -> Option<&CarpetCell> {
        self.days.get(day)?.get(column)?.as_ref()
    }
}

/// The values at both ends of a carpet's colours. Temperatures of the site have one fixed scale in every picture, 15 to
/// 40 °C; everything else what there is.
pub fn carpet_range(signal: &Signal, carpet: &Carpet) -> (f64, f64) {
    if signal.unit == "°C" && signal.range.0 >= 0.0 && signal.range.1 <= 60.0 {
        return (15.0, 40.0);
    }
    match carpet.extremes() {
        Some((low, high)) if high > low => (low, high),
        Some((low, _)) => (low, low + 1.0),
        None => signal.range,
    }
}

/// Length of a cell, s, and cells of a day.
pub fn carpet_columns(calendar: &Calendar) -> (u64, usize) {
    let cell = CELL_S.max(u64::from(calendar.tick_s));
    (cell, DAY_S.div_ceil(cell) as usize)
}

/// Day and cell of a row.
pub fn carpet_place(calendar: &Calendar, row: u64) -> (usize, usize) {
    let start = calendar.start;
    let of_day = |h: i8, m: i8, s: i8| (i64::from(h) * 3_600 + i64::from(m) * 60 + i64::from(s)).max(0) as u64;
    let second = of_day(start.hour(), start.minute(), start.second()) + row * u64::from(calendar.tick_s);
    let (cell, columns) = carpet_columns(calendar);
    ((second / DAY_S) as usize, ((second % DAY_S / cell) as usize).min(columns.saturating_sub(1)))
}

/// A column by day and time of day over rows `from..to`, looking at about `most` rows at most.
pub fn carpet(
    recording: &Recording,
    (column, signal): (SignalId, &Signal),
    calendar: &Calendar,
    (from, to): (u64, u64),
    most: u64,
) -> Carpet {
    let values = samples(recording, column, from, to, most);
    let (cell_s, columns) = carpet_columns(calendar);
    let mut out = Carpet { columns, cell_s, days: Vec::new(), every: values.every, gone: values.gone };
    let adds = matches!(signal.kind, Kind::Sum | Kind::Event);
    for (k, value) in values.values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let row = values.row(k);
        let (day, place) = carpet_place(calendar, row);
        if out.days.len() <= day {
            out.days.resize(day + 1, vec![None; columns]);
        }
        let Some(slot) = out.days.get_mut(day).and_then(|d| d.get_mut(place)) else { continue };
        let cell = slot.get_or_insert(CarpetCell { value: 0.0, low: *value, high: *value, row, count: 0 });
        // A sum for now; divided below.
        cell.value += value;
        (cell.low, cell.high, cell.count) = (cell.low.min(*value), cell.high.max(*value), cell.count + 1);
    }
    for cell in out.days.iter_mut().flatten().flatten() {
        cell.value *= if adds { values.every as f64 } else { 1.0 / cell.count.max(1) as f64 };
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::samples::tests::recording;
    use super::*;

    fn signal() -> Signal {
        Signal::new("t", 0, "T", "°C", "A toy.")
    }

    #[test]
    fn cells_hold_the_means_of_their_rows() {
        let start = jiff::civil::datetime(2024, 7, 13, 22, 37, 30, 0);
        let calendar = Calendar { start, ..Calendar::default() };
        let rows = recording(20_000, &[|r| if r % 5 == 0 { f64::NAN } else { ((r * 37) % 101) as f64 }]);
        let got = carpet(&rows, (0, &signal()), &calendar, (0, 20_000), 1 << 20);
        assert_eq!((got.columns, got.cell_s, got.every, got.days.len()), (96, 900, 1, 3));
        let mut plain: std::collections::BTreeMap<(i64, i64), Vec<f64>> = std::collections::BTreeMap::new();
        for row in 0..20_000 {
            let time = calendar.civil(row);
            let day = (time.date() - start.date()).get_days();
            let place = (i64::from(time.hour()) * 60 + i64::from(time.minute())) / 15;
            let value = rows.value(row, 0);
            if value.is_finite() {
                plain.entry((i64::from(day), place)).or_default().push(value);
            }
        }
        for (day, cells) in got.days.iter().enumerate() {
            for (place, cell) in cells.iter().enumerate() {
                let own = plain.get(&(day as i64, place as i64));
                assert_eq!(cell.is_some(), own.is_some(), "day {day}, cell {place}");
                let (Some(cell), Some(own)) = (cell, own) else { continue };
                assert!((cell.value - own.iter().sum::<f64>() / own.len() as f64).abs() < 1e-9);
                assert_eq!(cell.count as usize, own.len());
                assert_eq!(cell.high, own.iter().copied().fold(f64::MIN, f64::max));
            }
        }
    }

    #[test]
    fn sums_add_up_and_long_ticks_have_cells_of_their_own() {
        let rows = recording(48, &[|r| r as f64]);
        let calendar = Calendar { tick_s: 3_600, ..Calendar::default() };
        let got = carpet(&rows, (0, &signal().sum()), &calendar, (0, 48), 1_000);
        assert_eq!((got.columns, got.cell_s, got.days.len()), (24, 3_600, 2));
        assert_eq!(got.cell(1, 2).unwrap().value, 26.0);
        let thin = carpet(&recording(2_880, &[|_| 2.0]), (0, &signal().sum()), &Calendar::default(), (0, 2_880), 720);
        assert_eq!(thin.every, 4);
        assert_eq!(thin.cell(0, 3).unwrap().value, 360.0, "what was not looked at counts like its neighbours");
    }

    #[test]
    fn nothing_is_an_empty_carpet() {
        let none = carpet(&Recording::default(), (0, &signal()), &Calendar::default(), (0, 10), 100);
        assert!(none.days.is_empty() && none.extremes().is_none());
        let gaps = carpet(&recording(10, &[|_| f64::NAN]), (0, &signal()), &Calendar::default(), (0, 10), 100);
        assert!(gaps.extremes().is_none());
    }
}
