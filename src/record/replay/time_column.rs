//! Which column of a table is its time, and how long a tick of it is.

use crate::config::{Error, Place, Result};

use super::cells::number;
use super::sample::Sample;
use super::stamp::{self, Order};

/// What stands for the number of the row where no column tells the time.
pub const ROW_NUMBER: &str = "(row number)";

/// Words that a time column is called by, whatever its unit.
const NAMES: [&str; 14] = [
    "time",
    "timestamp",
    "datetime",
    "date",
    "date_time",
    "tick",
    "timestep",
    "time_step",
    "step",
    "t",
    "index",
    "seconds",
    "hours",
    "minutes",
];

/// How the cells of the time column are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stamp {
    /// A date.
    Date(Order),
    /// A number of so many seconds each.
    Count(f64),
}

/// Where a row stands in time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clock {
    /// The column; `None` counts rows.
    pub column: Option<usize>,
    /// How it is read.
    pub stamp: Stamp,
    /// Time of the first row, s.
    pub first_s: f64,
    /// Time from row to row, s.
    pub step_s: f64,
    /// Site time of the first row, where it is a date.
    pub start: Option<jiff::civil::DateTime>,
    /// What had to be assumed.
    pub notes: Vec<String>,
}

impl Stamp {
    /// Seconds of a cell.
    pub fn seconds(self, cell: &str) -> Option<f64> {
        match self {
            Self::Date(order) => stamp::read(cell, order),
            Self::Count(unit) => number(cell.as_bytes()).filter(|v| v.is_finite()).map(|v| v * unit),
        }
    }
}

/// Times of a column's cells, and how they are read; `None` where one of them is no time.
fn times(sample: &Sample, at: usize) -> Option<(Stamp, Vec<f64>)> {
    let cells = || sample.column(at).filter(|c| !c.is_empty());
    let numbers: Vec<f64> = cells().filter_map(|c| number(c.as_bytes())).collect();
    let stamp = if numbers.len() == cells().count() && !numbers.is_empty() {
        Stamp::Count(unit_s(sample.names.get(at).map_or("", String::as_str), &numbers))
    } else {
        Stamp::Date(stamp::order(cells().collect::<Vec<_>>().into_iter())?)
    };
    let times: Vec<f64> = cells().filter_map(|c| stamp.seconds(c)).collect();
    (times.len() == cells().count()).then_some((stamp, times))
}

/// Words of a column's name, in small letters.
fn plain(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let letters = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' });
    let words: String = letters.collect();
    words.trim_matches('_').to_owned()
}

/// Seconds that a count of a column stands for, by its name.
fn unit_s(name: &str, values: &[f64]) -> f64 {
    let name = plain(name);
    let ends = |suffixes: &[&str]| suffixes.iter().any(|s| name == *s || name.ends_with(&format!("_{s}")));
    let epoch = |low: f64, high: f64| values.iter().all(|v| (low..high).contains(v));
    if ends(&["ms", "millis", "milliseconds"]) || epoch(1e12, 1e13) {
        1e-3
    } else if ends(&["us", "micros", "microseconds"]) || epoch(1e15, 1e16) {
        1e-6
    } else if ends(&["min", "mins", "minute", "minutes"]) {
        60.0
    } else if ends(&["h", "hr", "hour", "hours"]) {
        3600.0
    } else if ends(&["d", "day", "days"]) {
        86_400.0
    } else {
        1.0
    }
}

/// The middle one of the steps from row to row, s, and whether nearly all steps are alike.
fn steps(times: &[f64]) -> Option<(f64, bool)> {
    let mut steps: Vec<f64> = times.windows(2).filter_map(|w| Some(w.get(1)? - w.first()?)).collect();
    if steps.is_empty() || steps.iter().any(|s| s.is_nan()) {
        return None;
    }
    steps.sort_by(f64::total_cmp);
    let middle = *steps.get((steps.len() - 1) / 2)?;
    if middle <= 0.0 || !middle.is_finite() {
        return None;
    }
    // Rows may be lacking: a step may be several.
    let alike = steps.iter().filter(|s| **s > 0.0 && (*s / middle - (*s / middle).round()).abs() < 0.05);
    Some((middle, alike.count() * 20 >= steps.len() * 19))
}

/// How likely a column is the time; 0 where it is not.
fn likely(sample: &Sample, at: usize) -> u32 {
    let Some((stamp, times)) = times(sample, at) else { return 0 };
    let rises = times.is_sorted_by(|a, b| a < b);
    if times.len() < 2 || !rises || !steps(&times).is_some_and(|(_, alike)| alike) {
        return 0;
    }
    let name = sample.names.get(at).map(|n| plain(n)).unwrap_or_default();
    let named = NAMES.iter().any(|n| name == *n || name.starts_with(&format!("{n}_")));
    match (stamp, named) {
        (Stamp::Date(_), true) => 5,
        (Stamp::Date(_), false) => 4,
        (Stamp::Count(_), true) => 3,
        // A column without a name in front is the number of the row, as pandas writes it.
        (Stamp::Count(_), false) if at == 0 && (name.is_empty() || name == "unnamed__0") => 2,
        (Stamp::Count(_), false) => 0,
    }
}

/// Columns that could be the time, and rows, for a person to choose from.
pub(super) fn choices(sample: &Sample) -> Vec<String> {
    let could =
        |at: &usize| times(sample, *at).is_some_and(|(_, t)| t.len() > 1 && t.is_sorted() && t.first() < t.last());
    let named = (0..sample.names.len()).filter(could).filter_map(|at| sample.names.get(at).cloned());
    named.filter(|n| !n.is_empty()).take(32).chain([ROW_NUMBER.to_owned()]).collect()
}

/// An hour of the day that counts through again and again tells how long a row is, though not when.
fn by_the_hour(sample: &Sample) -> bool {
    let Some(at) = sample.names.iter().position(|n| plain(n) == "hour") else { return false };
    let hours: Vec<f64> = sample.column(at).filter_map(|c| number(c.as_bytes())).collect();
    hours.len() > 24 && hours.windows(2).all(|w| matches!(w, [a, b] if (b - a).rem_euclid(24.0) == 1.0))
}

impl Clock {
    /// The time column that is wanted, or the likeliest.
    ///
    /// # Errors
    /// When the wanted one is not there or tells no time.
    pub fn find(sample: &Sample, wanted: Option<&str>, place: &Place) -> Result<Self> {
        let column = match wanted {
            Some(ROW_NUMBER) => None,
            Some(name) => {
                let at = sample.names.iter().position(|n| n == name);
                let known = || Error::unknown(place.clone(), "time column", name, choices(sample));
                Some(at.ok_or_else(known)?)
            }
            None => (0..sample.names.len())
                .map(|at| (likely(sample, at), at))
                .filter(|(likely, _)| *likely > 0)
                .max_by_key(|(likely, at)| (*likely, std::cmp::Reverse(*at)))
                .map(|(_, at)| at),
        };
        let Some(at) = column else {
            let hourly = by_the_hour(sample);
            let told = if hourly { "an hour, as its column of hours says" } else { "a second" };
            let note = format!("No column is taken for the time: rows are counted, and a row counts as {told}");
            let step_s = if hourly { 3600.0 } else { 1.0 };
            return Ok(Self {
                column: None,
                stamp: Stamp::Count(1.0),
                first_s: 0.0,
                step_s,
                start: None,
                notes: vec![note],
            });
        };
        let name = sample.names.get(at).cloned().unwrap_or_default();
        let found = times(sample, at).and_then(|(stamp, times)| Some((stamp, *times.first()?, steps(&times))));
        let Some((stamp, first_s, step)) = found else {
            let what = format!("the column `{name}` tells no time");
            let cure = format!("Choose another one: {}.", choices(sample).join(", "));
            return Err(Error::invalid(place.clone(), what, cure));
        };
        let (step_s, alike) = step.unwrap_or((1.0, true));
        let mut notes = Vec::new();
        if !alike {
            notes.push(format!("The steps of `{name}` differ: rows stand at the nearest tick of {step_s} s"));
        }
        if step_s < 1.0 {
            notes.push(format!("A row comes every {step_s} s; on the clock a tick counts as one second"));
        }
        let dated = matches!(stamp, Stamp::Date(_)) || (6.3e8..4e9).contains(&first_s);
        Ok(Self { column: Some(at), stamp, first_s, step_s, start: dated.then(|| stamp::civil(first_s)), notes })
    }

    /// Length of a tick, s: whole seconds, at least one.
    pub fn tick_s(&self) -> u32 {
        self.step_s.round().clamp(1.0, 1e9) as u32
    }

    /// Tick of a time; negative before the first row.
    pub fn tick(&self, seconds: f64) -> f64 {
        ((seconds - self.first_s) / self.step_s).round()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(text: &str, wanted: Option<&str>) -> Result<Clock> {
        Clock::find(&Sample::of(text.as_bytes()).unwrap(), wanted, &Place::source("x.csv"))
    }

    #[test]
    fn the_time_is_told_by_name_course_and_spelling() {
        for (text, column, tick_s) in [
            ("load,timestamp\n5,2024-01-01 00:00\n6,2024-01-01 00:15\n", Some(1), 900),
            ("a,when\n5,01.07.2024\n6,02.07.2024\n", Some(1), 86_400),
            ("time_h,load\n0,1\n0.25,2\n0.5,3\n", Some(0), 900),
            ("time_s,load\n0,1\n5,2\n10,3\n", Some(0), 5),
            (",load\n0,1\n1,2\n2,3\n", Some(0), 1),
            ("load,energy\n0,1\n1,2\n2,3\n", None, 1),
            ("timestep,load\n0,1\n0,2\n1,3\n", None, 1),
            ("epoch,time\n1,1700000000\n2,1700000060\n", Some(1), 60),
            ("time,x\n1700000000000,1\n1700000300000,1\n", Some(0), 300),
        ] {
            let clock = found(text, None).unwrap();
            assert_eq!((clock.column, clock.tick_s()), (column, tick_s), "{text}");
        }
        let hours: String = (0..60).map(|k| format!("{},{}\n", k % 24 + 1, k)).collect();
        assert_eq!(found(&format!("Hour,load\n{hours}"), None).unwrap().tick_s(), 3600);
    }

    #[test]
    fn another_time_can_be_chosen() {
        let text = "time_s,later_min,name\n0,10,a\n5,11,b\n10,12,c\n";
        let clock = found(text, Some("later_min")).unwrap();
        assert_eq!((clock.column, clock.tick_s(), clock.tick(780.0)), (Some(1), 60, 3.0));
        assert_eq!(found(text, Some(ROW_NUMBER)).unwrap().column, None);
        assert_eq!(choices(&Sample::of(text.as_bytes()).unwrap()), ["time_s", "later_min", ROW_NUMBER]);
        assert!(found(text, Some("name")).unwrap_err().to_string().contains("tells no time"));
        assert!(found(text, Some("nome")).unwrap_err().to_string().contains("unknown time column"));
    }

    #[test]
    fn rows_may_be_lacking_and_steps_may_differ() {
        let clock = found("time_s,x\n0,1\n5,1\n10,1\n30,1\n35,1\n", None).unwrap();
        assert_eq!((clock.column, clock.step_s, clock.tick(30.0)), (Some(0), 5.0, 6.0));
        assert_eq!(found("time_s,x\n0,1\n1,1\n2.6,1\n4.1,1\n", None).unwrap().column, None, "no regular time");
        assert!(!found("time_s,x\n0,1\n1,1\n2.6,1\n4.1,1\n", Some("time_s")).unwrap().notes.is_empty());
    }
}
