//! Quantities that captions and expectations ask of a run: `t_zone_a_degc`, `max t_zone_a_degc`, `mean reward @ pid`,
//! `limit warn_high t_zone_a_degc`, `metric pue_episode`, `tick` (ticks run), `ticks` (of the scene), and sums, differences, products and ratios of these.
//!
//! Folds (`first min max mean sum change`) go over the ticks of the scene, or with `since 720` over those from a tick on.

use crate::config::{Error, Place, Result};
use crate::plant::PlantSpec;
use crate::record::Recording;
use crate::rollout::Schema;
use crate::signal::{Limits, format_number};

use super::super::until::Comparison;
use super::super::view::RunView;
use super::player::{Span, run_named};

/// What is taken of a signal over a stretch of ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Now,
    First,
    Min,
    Max,
    Mean,
    Sum,
    Change,
}

const FOLDS: [(&str, Fold); 7] = [
    ("now", Fold::Now),
    ("first", Fold::First),
    ("min", Fold::Min),
    ("max", Fold::Max),
    ("mean", Fold::Mean),
    ("sum", Fold::Sum),
    ("change", Fold::Change),
];

const LIMITS: [&str; 4] = ["warn_low", "warn_high", "trip_low", "trip_high"];

/// One term of a quantity.
#[derive(Debug, Clone, PartialEq)]
enum Term {
    Number(f64),
    Signal { column: usize, fold: Fold, run: Option<String>, since: Option<u64>, absolute: bool },
    Metric { index: usize, run: Option<String> },
    Limit { column: usize, which: usize },
    Tick,
    Ticks,
}

/// What joins two terms; from left to right, without precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    Plus,
    Minus,
    Times,
    Over,
}

const JOINS: [(&str, Join); 4] = [("+", Join::Plus), ("-", Join::Minus), ("*", Join::Times), ("/", Join::Over)];

/// A quantity of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    text: String,
    first: Term,
    more: Vec<(Join, Term)>,
    unit: String,
    decimals: usize,
    labels: Vec<String>,
}

/// What a text is read against.
pub(super) struct Tables<'a> {
    pub spec: &'a PlantSpec,
    pub schema: &'a Schema,
    /// Names of the runs that the tour makes.
    pub runs: &'a [String],
    pub place: Place,
}

impl Quantity {
    /// Reads a quantity; `text` may end in `:2`, its digits after the decimal point.
    pub(super) fn read(text: &str, tables: &Tables<'_>) -> Result<Self> {
        let (body, decimals) = match text.rsplit_once(':') {
            Some((body, digits)) => {
                let digits = digits.trim().parse::<usize>().ok().filter(|d| *d <= 6).ok_or_else(|| {
                    let what = format!("`{}` is not a number of digits", digits.trim());
                    Error::invalid(tables.place.clone(), what, "Write 0 to 6 behind the colon: `{pue_now:2}`.")
                })?;
                (body, Some(digits))
            }
            None => (text, None),
        };
        let words: Vec<&str> = body.split_whitespace().collect();
        let mut parts = words.split(|word| JOINS.iter().any(|(sign, _)| sign == word));
        let joins: Vec<Join> = words
            .iter()
            .filter_map(|word| JOINS.iter().find(|(sign, _)| sign == word).map(|(_, join)| *join))
            .collect();
        let first = Term::read(parts.next().unwrap_or_default(), tables)?;
        let mut more = Vec::new();
        for (join, part) in joins.into_iter().zip(parts) {
            more.push((join, Term::read(part, tables)?));
        }
        let (mut unit, own, labels) = first.look(tables);
        // What a product or a ratio is measured in, the words around it say.
        if more.iter().any(|(join, _)| matches!(join, Join::Times | Join::Over)) {
            unit.clear();
        }
        let labels = if more.is_empty() && matches!(first, Term::Signal { fold: Fold::Now | Fold::First, .. }) {
            labels
        } else {
            Vec::new()
        };
        Ok(Self { text: body.trim().to_owned(), first, more, unit, decimals: decimals.unwrap_or(own), labels })
    }

    /// Its value; NaN where the run does not tell it yet.
    pub fn value(&self, view: &RunView, span: Span) -> f64 {
        let mut value = self.first.value(view, span);
        for (join, term) in &self.more {
            let other = term.value(view, span);
            value = match join {
                Join::Plus => value + other,
                Join::Minus => value - other,
                Join::Times => value * other,
                Join::Over => value / other,
            };
        }
        value
    }

    /// Its value with unit, as a caption prints it; `–` where there is none.
    pub fn words(&self, view: &RunView, span: Span) -> String {
        let value = self.value(view, span);
        let label = (value >= 0.0 && value.fract() == 0.0).then(|| self.labels.get(value as usize)).flatten();
        if let Some(label) = label {
            return label.clone();
        }
        let number = grouped(&format_number(value, self.decimals));
        match self.unit.as_str() {
            "" => number,
            "$" => format!("${number}"),
            unit => format!("{number}\u{A0}{unit}"),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Digits before the point in groups of three, from five digits on.
fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_once('.').map_or((number, None), |(w, r)| (w, Some(r)));
    let digits = whole.trim_start_matches('−');
    if digits.len() < 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut out = if whole.starts_with('−') { "−".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

impl Term {
    fn read(words: &[&str], tables: &Tables<'_>) -> Result<Self> {
        let wrong = |what: String, cure: &str| Err(Error::invalid(tables.place.clone(), what, cure));
        if let [word] = words {
            if let Ok(number) = word.parse::<f64>()
                && number.is_finite()
            {
                return Ok(Self::Number(number));
            }
            if *word == "tick" {
                return Ok(Self::Tick);
            }
            if *word == "ticks" {
                return Ok(Self::Ticks);
            }
        }
        let (words, since) = match words {
            [rest @ .., "since", tick] => {
                let Ok(tick) = tick.parse::<u64>() else {
                    return wrong(format!("`{tick}` is not a tick"), "Write a whole number behind `since`.");
                };
                (rest, Some(tick))
            }
            _ => (words, None),
        };
        let (words, run) = match words.iter().position(|word| *word == "@") {
            Some(at) => {
                let name = words.get(at + 1..).unwrap_or_default().join(" ");
                (words.get(..at).unwrap_or_default(), Some(name))
            }
            None => (words, None),
        };
        if run.as_ref().is_some_and(String::is_empty) {
            return wrong(
                "no run stands behind `@`".to_owned(),
                "Write the name of a branch or of a racing controller.",
            );
        }
        if let Some(name) = run.as_ref().filter(|name| !tables.runs.contains(name) && *name != "Home") {
            let known = tables.runs.iter().cloned().chain(["Home".to_owned()]);
            return Err(Error::unknown(tables.place.clone(), "run", name, known));
        }
        let column = |name: &str| {
            tables.schema.find(name).ok_or_else(|| {
                let known = tables.schema.signals.iter().map(|s| s.name.as_str());
                Error::unknown(tables.place.clone(), "signal", name, known)
            })
        };
        match words {
            ["metric", name] => {
                let index = tables.spec.metrics.iter().position(|m| m.name == *name).ok_or_else(|| {
                    let known = tables.spec.metrics.iter().map(|m| m.name.as_str());
                    Error::unknown(tables.place.clone(), "metric", name, known)
                })?;
                Ok(Self::Metric { index, run })
            }
            ["limit", which, name] => {
                let which = LIMITS
                    .iter()
                    .position(|l| l == which)
                    .ok_or_else(|| Error::unknown(tables.place.clone(), "limit", which, LIMITS))?;
                let column = column(name)?;
                let limits = tables.schema.signals.get(column).map(|s| s.limits).unwrap_or_default();
                if limit(&limits, which).is_none() {
                    return wrong(format!("`{name}` has no such limit"), "Name a limit that the signal has.");
                }
                Ok(Self::Limit { column, which })
            }
            ["abs", rest @ .., name] => {
                Self::signal(rest, column(name)?, run, since, true).map_or_else(|what| wrong(what, FOLD_CURE), Ok)
            }
            [rest @ .., name] => {
                Self::signal(rest, column(name)?, run, since, false).map_or_else(|what| wrong(what, FOLD_CURE), Ok)
            }
            [] => wrong("a quantity is missing".to_owned(), "Write the name of a signal, or a number."),
        }
    }

    fn signal(
        fold: &[&str],
        column: usize,
        run: Option<String>,
        since: Option<u64>,
        absolute: bool,
    ) -> std::result::Result<Self, String> {
        let fold = match fold {
            [] => Fold::Now,
            [word] => FOLDS.iter().find(|(name, _)| name == word).ok_or_else(|| format!("`{word}` is no fold"))?.1,
            more => return Err(format!("`{}` is no fold", more.join(" "))),
        };
        Ok(Self::Signal { column, fold, run, since, absolute })
    }

    /// Unit, decimals and names of its values.
    fn look(&self, tables: &Tables<'_>) -> (String, usize, Vec<String>) {
        match self {
            Self::Number(number) => (String::new(), usize::from(number.fract() != 0.0) * 2, Vec::new()),
            Self::Signal { column, .. } | Self::Limit { column, .. } => {
                let signal = tables.schema.signals.get(*column);
                signal.map_or_else(Default::default, |s| (s.unit.clone(), s.decimals, s.labels.clone()))
            }
            Self::Metric { index, .. } => {
                let metric = tables.spec.metrics.get(*index);
                metric.map_or_else(Default::default, |m| (m.unit.clone(), 2, Vec::new()))
            }
            Self::Tick | Self::Ticks => (String::new(), 0, Vec::new()),
        }
    }

    fn value(&self, view: &RunView, span: Span) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Tick => view.tick as f64,
            Self::Ticks => view.tick.saturating_sub(span.from) as f64,
            Self::Limit { column, which } => {
                let limits = view.schema.signals.get(*column).map(|s| s.limits).unwrap_or_default();
                limit(&limits, *which).unwrap_or(f64::NAN)
            }
            Self::Metric { index, run } => match run {
                None => view.metrics.get(*index).copied().unwrap_or(f64::NAN),
                Some(name) => run_named(view, name).and_then(|e| e.metrics.get(*index).copied()).unwrap_or(f64::NAN),
            },
            Self::Signal { column, fold, run, since, absolute } => {
                let from = since.unwrap_or(span.from);
                let (recording, to) = match run {
                    None => (&view.recording, view.tick),
                    Some(name) => match run_named(view, name) {
                        Some(entry) => (&entry.recording, entry.reach.min(view.tick)),
                        None => return f64::NAN,
                    },
                };
                let own_now = run.is_none() && *fold == Fold::Now;
                let value =
                    if own_now { view.value(*column) } else { folded(recording, *column, *fold, from, to, *absolute) };
                if *absolute { value.abs() } else { value }
            }
        }
    }
}

const FOLD_CURE: &str = "Write `abs`, then one of now, first, min, max, mean, sum, change, then a signal.";

fn limit(limits: &Limits, which: usize) -> Option<f64> {
    [limits.warn_low, limits.warn_high, limits.trip_low, limits.trip_high].get(which).copied().flatten()
}

/// A fold over the rows `from..to`.
fn folded(recording: &Recording, column: usize, fold: Fold, from: u64, to: u64, absolute: bool) -> f64 {
    let to = to.min(recording.rows());
    if to == 0 {
        return f64::NAN;
    }
    let at = |row: u64| recording.value(row, column);
    // The instant at which a stretch begins is told by the row before it.
    let before = from.saturating_sub(1).min(to - 1);
    match fold {
        Fold::Now => at(to - 1),
        Fold::First => at(before),
        Fold::Change => at(to - 1) - at(before),
        _ if from >= to => f64::NAN,
        Fold::Min | Fold::Max | Fold::Mean | Fold::Sum => {
            let values = (from..to).map(|row| if absolute { at(row).abs() } else { at(row) }).filter(|v| v.is_finite());
            let (mut count, mut sum, mut low, mut high) = (0_u64, 0.0, f64::INFINITY, f64::NEG_INFINITY);
            for value in values {
                (count, sum, low, high) = (count + 1, sum + value, low.min(value), high.max(value));
            }
            match fold {
                _ if count == 0 => f64::NAN,
                Fold::Min => low,
                Fold::Max => high,
                Fold::Sum => sum,
                _ => sum / count as f64,
            }
        }
    }
}

/// What must be so: two quantities and how they compare.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    text: String,
    left: Quantity,
    comparison: Comparison,
    right: Quantity,
}

/// What came of an expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The expectation as it was written.
    pub text: String,
    /// Value of its left side.
    pub left: f64,
    /// Value of its right side.
    pub right: f64,
    /// Whether it holds.
    pub holds: bool,
}

impl Expectation {
    pub(super) fn read(text: &str, tables: &Tables<'_>) -> Result<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let split = words.iter().enumerate().find_map(|(at, word)| Some((at, Comparison::of_sign(word)?)));
        let Some((at, comparison)) = split else {
            return Err(Error::invalid(
                tables.place.clone(),
                format!("`{text}` compares nothing"),
                "Write two quantities with <, <=, >, >=, == or != between them, with spaces around it.",
            ));
        };
        let side = |words: &[&str]| Quantity::read(&words.join(" "), tables);
        let left = side(words.get(..at).unwrap_or_default())?;
        let right = side(words.get(at + 1..).unwrap_or_default())?;
        Ok(Self { text: text.to_owned(), left, comparison, right })
    }

    /// Holds it against a run.
    pub fn check(&self, view: &RunView, span: Span) -> Found {
        let (left, right) = (self.left.value(view, span), self.right.value(view, span));
        Found { text: self.text.clone(), left, right, holds: self.comparison.holds(left, right) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};

    fn read(text: &str) -> Result<Quantity> {
        let rollout = World::default().build(&Setup::default()).unwrap();
        let place = Place::source("tour.yaml").at_line(3).at_column(7);
        let runs = ["pid".to_owned()];
        Quantity::read(text, &Tables { spec: rollout.spec(), schema: rollout.schema(), runs: &runs, place })
    }

    #[test]
    fn quantities_are_read_or_refused_with_place_and_cure() {
        for text in [
            "t_zone_a_degc",
            "max t_zone_a_degc:1",
            "mean abs_x",
            "mean reward @ pid - mean reward",
            "limit warn_high t_zone_a_degc",
        ] {
            let found = read(text);
            assert_eq!(found.is_ok(), text != "mean abs_x", "{text}: {found:?}");
        }
        let error = read("t_zone_a_deg").unwrap_err();
        assert_eq!(error.to_string(), "tour.yaml:3:7: unknown signal `t_zone_a_deg`");
        assert!(error.cure().starts_with("Did you mean `t_zone_a_degc`?"), "{}", error.cure());
        for text in [
            "often reward",
            "reward @",
            "reward @ bang_bang",
            "max reward since noon",
            "metric nothing",
            "limit warn_low reward",
            "reward:x",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn long_numbers_stand_in_groups() {
        assert_eq!(
            ["1234", "12345.6", "−1234567"].map(grouped),
            ["1234", "12\u{202F}345.6", "−1\u{202F}234\u{202F}567"]
        );
    }

    #[test]
    fn folds_go_over_the_ticks_that_are_meant() {
        let mut recorder = crate::record::Recorder::new(1);
        [1.0, -2.0, 3.0, 5.0].iter().for_each(|v| recorder.push(&[*v]));
        let recording = recorder.picture();
        let of = |fold, absolute| folded(&recording, 0, fold, 1, 4, absolute);
        assert_eq!(
            [Fold::Now, Fold::First, Fold::Min, Fold::Max, Fold::Mean, Fold::Sum].map(|f| of(f, false)),
            [5.0, 1.0, -2.0, 5.0, 2.0, 6.0]
        );
        assert_eq!((of(Fold::Change, false), of(Fold::Min, true)), (4.0, 2.0));
        assert!(folded(&recording, 0, Fold::Mean, 4, 4, false).is_nan());
    }
}
