//! Ranges and choices that `serde` cannot express, told with the place of each value.

use super::document::Document;
use super::error::{Error, Place, Result};

/// Checks the values of one section and collects every problem.
///
/// Keys are dotted paths below the section; a value that no layer gave (a default) is told at the nearest place.
#[derive(Debug)]
pub struct Checker<'a> {
    document: &'a Document,
    path: String,
    problems: Vec<Error>,
}

impl<'a> Checker<'a> {
    /// A checker for the section at `path`, the empty path for the whole document.
    pub fn new(document: &'a Document, path: &str) -> Self {
        Self { document, path: path.to_owned(), problems: Vec::new() }
    }

    /// Requires `min <= value <= max` and a finite value; `unit` is for the message ("MW/K"), empty without one.
    pub fn range(&mut self, key: &str, value: f64, min: f64, max: f64, unit: &str) -> &mut Self {
        if self.is_finite(key, value) && !(min..=max).contains(&value) {
            let (place, key, unit) = (self.place(key), self.full_key(key), spaced(unit));
            self.problems.push(Error::Range { place, key, value, min, max, unit });
        }
        self
    }

    /// Requires a finite value above zero.
    pub fn positive(&mut self, key: &str, value: f64, unit: &str) -> &mut Self {
        let unit = spaced(unit);
        if self.is_finite(key, value) {
            self.holds(key, value > 0.0, &format!("is {value}{unit}, not above zero"), "Give a value above zero.");
        }
        self
    }

    /// Requires a finite value of zero or more.
    pub fn not_negative(&mut self, key: &str, value: f64, unit: &str) -> &mut Self {
        let unit = spaced(unit);
        if self.is_finite(key, value) {
            self.holds(key, value >= 0.0, &format!("is {value}{unit}, below zero"), "Give zero or a value above it.");
        }
        self
    }

    /// Requires one of the `known` names; `kind` says what they name ("scenario", "controller").
    pub fn one_of(&mut self, key: &str, value: &str, kind: &'static str, known: &[&str]) -> &mut Self {
        if !known.contains(&value) {
            self.problems.push(Error::unknown(self.place(key), kind, value, known.iter().copied()));
        }
        self
    }

    /// Requires what only the caller can judge; `what` completes the sentence "`key` …".
    pub fn holds(&mut self, key: &str, good: bool, what: &str, cure: &str) -> &mut Self {
        if !good {
            let what = format!("`{}` {what}", self.full_key(key));
            self.problems.push(Error::invalid(self.place(key), what, cure));
        }
        self
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// The first problem that was found.
    pub fn finish(self) -> Result<()> {
        self.problems.into_iter().next().map_or(Ok(()), Err)
    }

    /// Ends the checks with all problems in the order found.
    pub fn problems(self) -> Vec<Error> {
        self.problems
    }

    /// Whether the value is finite; notes a problem where it is not.
    fn is_finite(&mut self, key: &str, value: f64) -> bool {
        self.holds(key, value.is_finite(), &format!("is {value}, not a finite number"), "Give a finite number.");
        value.is_finite()
    }

    /// Dotted path of a key below the section of the checker.
    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn full_key(&self, key: &str) -> String {
        self.document.full_path(&self.key(key))
    }

    fn place(&self, key: &str) -> Place {
        self.document.place(&self.key(key))
    }
}

/// A unit as it follows its number.
fn spaced(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn document() -> Document {
        let mut document = Document::new();
        document.layer_text("preset", "thermal:\n  k_liq: 500\n  tau_s: -1\n  mode: warm\n").unwrap();
        document.set("thermal.share=1.5").unwrap();
        document
    }

    #[test]
    fn all_problems_are_collected_with_their_places() {
        let document = document();
        let mut check = Checker::new(&document, "thermal");
        check
            .range("k_liq", 500.0, 1.0, 100.0, "MW/K")
            .positive("tau_s", -1.0, "s")
            .one_of("mode", "warm", "mode", &["cold", "hot"])
            .range("share", 1.5, 0.0, 1.0, "")
            .not_negative("tau_s", -1.0, "")
            .holds("tau_s", false, "must be shorter than a tick", "Give a smaller value.");
        let told: Vec<String> = check.problems().iter().map(Error::to_string).collect();
        let expected = [
            "preset:2:10: `thermal.k_liq` is 500 MW/K, outside 1 to 100 MW/K",
            "preset:3:10: `thermal.tau_s` is -1 s, not above zero",
            "preset:4:9: unknown mode `warm`",
            "--set thermal.share: `thermal.share` is 1.5, outside 0 to 1",
            "preset:3:10: `thermal.tau_s` is -1, below zero",
            "preset:3:10: `thermal.tau_s` must be shorter than a tick",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn the_first_problem_ends_the_checks() {
        let document = document();
        let mut check = Checker::new(&document, "thermal");
        check.range("k_liq", 500.0, 1.0, 100.0, "MW/K").positive("tau_s", -1.0, "s");
        let error = check.finish().unwrap_err();
        assert!(matches!(error, Error::Range { value: 500.0, min: 1.0, max: 100.0, .. }));
        assert_eq!(error.cure(), "Give a value from 1 to 100 MW/K.");
    }

    #[test]
    fn good_values_pass_with_both_ends_of_the_range() {
        let document = document();
        let mut check = Checker::new(&document, "");
        check.range("a", 0.0, 0.0, 1.0, "").range("a", 1.0, 0.0, 1.0, "").positive("a", f64::MIN_POSITIVE, "");
        check.not_negative("a", 0.0, "").one_of("a", "hot", "mode", &["hot"]).holds("a", true, "", "");
        assert!(check.finish().is_ok());
    }

    #[test]
    fn values_that_are_not_finite_are_refused_by_every_check() {
        let document = document();
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut check = Checker::new(&document, "thermal");
            check.range("k_liq", value, f64::NEG_INFINITY, f64::INFINITY, "").positive("k_liq", value, "");
            check.not_negative("k_liq", value, "");
            let problems = check.problems();
            assert_eq!(problems.len(), 3, "{value}");
            let expected = format!("preset:2:10: `thermal.k_liq` is {value}, not a finite number");
            assert!(problems.iter().all(|problem| problem.to_string() == expected), "{problems:?}");
        }
    }

    #[test]
    fn a_default_is_told_at_the_section_and_a_section_by_its_full_name() {
        let document = document();
        let section = document.section("thermal");
        let mut check = Checker::new(&section, "");
        check.range("absent", 2.0, 0.0, 1.0, "");
        let told = check.finish().unwrap_err().to_string();
        assert_eq!(told, "preset:2:3: `thermal.absent` is 2, outside 0 to 1");
    }
}
