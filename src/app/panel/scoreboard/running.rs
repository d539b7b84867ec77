//! The running episode as a row of the scoreboard.

use crate::app::board::Section;
use crate::evaluate::agents::{Kind, macro_and_hardware};
use crate::evaluate::matrix;
use crate::evaluate::statistics::{Direction, Moments, direction};
use crate::plant::Fold;
use crate::session::RunView;

/// A metric of the running episode.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    /// Column of result files.
    pub column: String,
    /// Value so far.
    pub value: f64,
    /// It grows with every tick, so that before the end it says little.
    pub grows: bool,
}

/// The running episode.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Running {
    /// Who acts.
    pub agent: String,
    /// Choice on the plant's first axis.
    pub scenario: String,
    /// Kind of result that it gives, as the column `type` has it.
    pub kind: &'static str,
    /// Whether it is over.
    pub ended: bool,
    /// Its metrics.
    pub figures: Vec<Figure>,
}

/// How a stored result stands to the running episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Better, beyond the spread of its episodes.
    Better,
    /// Worse, beyond the spread of its episodes.
    Worse,
}

impl Mark {
    /// As screen readers say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Better => "better than the running episode",
            Self::Worse => "worse than the running episode",
        }
    }
}

/// The kind of result that a run gives: a bidding agent makes it one of the macro agents.
fn kind_of(view: &RunView) -> Kind {
    match macro_and_hardware(&view.spec) {
        Some((bidding, _)) if view.slots.get(bidding).is_some_and(|s| s.drives) => Kind::Combo,
        Some(_) => Kind::Hardware,
        None => Kind::Joint,
    }
}

impl Running {
    /// Of a picture; `None` before there is a number.
    pub fn of(view: &RunView) -> Option<Self> {
        let kind = kind_of(view);
        let figure = |(column, metric): (String, Option<usize>)| {
            let (k, spec) = metric.and_then(|k| Some((k, view.spec.metrics.get(k)?)))?;
            let value = view.metrics.get(k).copied().filter(|v| v.is_finite())?;
            let grows = matches!(spec.fold, Fold::Sum(_) | Fold::Count | Fold::Change(_) | Fold::Reached(_));
            Some(Figure { column, value, grows })
        };
        let figures: Vec<Figure> = matrix::columns(kind, &view.spec).into_iter().filter_map(figure).collect();
        if figures.is_empty() || view.tick == 0 {
            return None;
        }
        Some(Self {
            agent: view.driver.controllers.replace(" + ", "+"),
            scenario: view.axes.first().map_or_else(String::new, |a| a.value.clone()),
            kind: kind.label(),
            ended: view.end.is_some(),
            figures,
        })
    }

    /// Whether rows of a section are comparable with it: same kind of agent, noise and choices, as far as the files tell.
    pub fn belongs(&self, section: &Section, view: &RunView) -> bool {
        section.keys.iter().all(|(key, value)| match key.as_str() {
            "type" => value == self.kind,
            "plant" => *value == view.spec.name,
            "noise" => *value == view.noise,
            key => view.axes.iter().find(|a| a.name == key).is_none_or(|a| a.value == *value),
        }) && section.columns.iter().any(|c| self.figure(c).is_some())
    }

    /// A metric by its column.
    pub fn figure(&self, column: &str) -> Option<&Figure> {
        self.figures.iter().find(|f| f.column == column)
    }

    /// How stored episodes stand to it.
    pub fn mark(&self, scenario: &str, column: &str, stored: &Moments) -> Option<Mark> {
        let figure = self.figure(column).filter(|f| self.ended || !f.grows)?;
        let more = stored.mean - figure.value;
        let spread = if stored.std.is_finite() { stored.std } else { 0.0 };
        if scenario != self.scenario || more.is_nan() || more.abs() <= spread {
            return None;
        }
        match (direction(column), more > 0.0) {
            (Direction::Neither, _) => None,
            (Direction::Higher, true) | (Direction::Lower, false) => Some(Mark::Better),
            (Direction::Higher, false) | (Direction::Lower, true) => Some(Mark::Worse),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(ended: bool) -> Running {
        let figure = |column: &str, grows| Figure { column: column.to_owned(), value: 1.0, grows };
        Running {
            agent: "pid".to_owned(),
            scenario: "default".to_owned(),
            kind: "hardware",
            ended,
            figures: vec![figure("mean_reward", false), figure("tracking_rmse", false), figure("total_reward", true)],
        }
    }

    #[test]
    fn marks_know_which_way_is_better_and_what_spread_hides() {
        let stored = |mean: f64, std: f64| Moments { n: 5, mean, std };
        let mark = |column: &str, mean: f64, std: f64| running(false).mark("default", column, &stored(mean, std));
        assert_eq!(mark("mean_reward", 2.0, 0.5), Some(Mark::Better));
        assert_eq!(mark("tracking_rmse", 2.0, 0.5), Some(Mark::Worse), "lower is better");
        assert_eq!(mark("tracking_rmse", 0.0, 0.5), Some(Mark::Better));
        assert_eq!(mark("mean_reward", 2.0, 1.5), None, "within the spread");
        assert_eq!(mark("mean_reward", 2.0, f64::NAN), Some(Mark::Better), "one episode has no spread");
        assert_eq!(mark("unknown", 2.0, 0.0), None);
        assert_eq!(running(false).mark("stress", "mean_reward", &stored(2.0, 0.5)), None, "another scenario");
    }

    #[test]
    fn sums_are_compared_only_at_the_end() {
        let stored = Moments { n: 5, mean: 9.0, std: 0.1 };
        assert_eq!(running(false).mark("default", "total_reward", &stored), None);
        assert_eq!(running(true).mark("default", "total_reward", &stored), Some(Mark::Better));
    }
}
