//! Questions about a run, answered from its rows: a number with its unit, when it was, and where to look.
//!
//! The questions follow from the plant's tables ([`questions`]): its own ones, what every limit, lever, reward and metric
//! suggests, and highest and lowest of any signal that is searched for. An [`Answer`] reads a [`Recording`], live or
//! replayed: extremes come from the pyramid and are exact; where rows have to be looked at, stretches that cannot matter
//! are passed over.

mod answer;
mod list;

use crate::plant::{Calendar, CivilTime, PlantSpec, Question};
use crate::record::{Provenance, Recording};
use crate::rollout::Schema;

pub use answer::answer;
pub use list::{matching, questions};

/// What is asked about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The plant's tables.
    pub spec: &'a PlantSpec,
    /// The columns of a row.
    pub schema: &'a Schema,
    /// The rows.
    pub recording: &'a Recording,
    /// Where each column comes from, in a log that is played; `None` on a run of one's own.
    pub provenance: Option<&'a [Provenance]>,
    /// Rows that count: the first so many.
    pub rows: u64,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is an answer.
    Found,
    /// It did not happen.
    Never,
    /// The log does not tell what is needed.
    NotInLog,
    /// There are no rows yet.
    NoRows,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Name of the question.
    pub name: String,
    /// The question in a few words.
    pub label: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The number, in the unit; NaN without one. Times are in seconds.
    pub value: f64,
    /// Unit of the number.
    pub unit: String,
    /// Number and unit as a person reads them: "9.5 MW", "37 of 57", "20 min".
    pub text: String,
    /// A word or a number that belongs to it: a share, a name.
    pub more: String,
    /// How often, and the longest time.
    pub detail: String,
    /// First row that it is about, and how many.
    pub rows: Option<(u64, u64)>,
    /// Ticks run at the instant at which it is to be seen.
    pub instant: Option<u64>,
    /// That instant on the site's clock: "13:46:40", "14:19", with the date where the run is longer than a day.
    pub time: String,
    /// Rows that are not in memory and could not be looked at.
    pub unseen: u64,
}

impl Answer {
    /// A question without an answer.
    fn none(question: &Question, outcome: Outcome) -> Self {
        let text = match outcome {
            Outcome::Found => "",
            Outcome::Never => "never",
            Outcome::NotInLog => "not in this log",
            Outcome::NoRows => "no rows yet",
        };
        Self {
            name: question.name.clone(),
            label: question.label.clone(),
            outcome,
            value: f64::NAN,
            unit: String::new(),
            text: text.to_owned(),
            more: String::new(),
            detail: String::new(),
            rows: None,
            instant: None,
            time: String::new(),
            unseen: 0,
        }
    }
}

/// A number as a person reads it, with its unit behind a thin space; a dollar sign stands before.
pub(super) fn amount(value: f64, decimals: usize, unit: &str) -> String {
    let number = crate::signal::format_number(value, decimals);
    match unit {
        "" => number,
        "$" => format!("$\u{2009}{}", grouped(&number)),
        _ => format!("{number}\u{2009}{unit}"),
    }
}

/// The whole part of a number in groups of three.
fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let digits = whole.chars().filter(char::is_ascii_digit).count();
    let mut left = digits;
    let mut out = String::with_capacity(number.len() + digits);
    for c in whole.chars() {
        out.push(c);
        if c.is_ascii_digit() {
            left -= 1;
            if left > 0 && left.is_multiple_of(3) {
                out.push('\u{2009}');
            }
        }
    }
    out + rest
}

/// A length of time: "40 s", "20 min", "2 h 15 min".
pub fn length(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    let two = |big: u64, big_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{big}\u{2009}{big_unit}"),
        _ => format!("{big}\u{2009}{big_unit} {small}\u{2009}{small_unit}"),
    };
    match whole {
        0..=119 => format!("{whole}\u{2009}s"),
        120..=7_199 => two(whole / 60, "min", whole % 60, "s"),
        7_200..=172_799 => two(whole / 3_600, "h", whole % 3_600 / 60, "min"),
        _ => two(whole / 86_400, "d", whole % 86_400 / 3_600, "h"),
    }
}

/// An instant on the site's clock, as fine as the span that it stands for; with the date where a run is longer than a day.
fn moment(calendar: &Calendar, tick: u64, span_s: u64, rows: u64) -> String {
    let time: CivilTime = calendar.civil(tick);
    let mut text = if span_s >= 60 && time.second() == 0 {
        format!("{:02}:{:02}", time.hour(), time.minute())
    } else {
        format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    };
    if rows.saturating_mul(u64::from(calendar.tick_s)) > 86_400 {
        text = format!("{} {text}", time.strftime("%-d %b"));
    }
    text
}
