//! Studies: sweeps of our own plants, each with parameters to move, figures, numbers and findings in words.
//!
//! A [`Study`] computes; what it shows is an [`Exhibit`] or several. The window's Lab and `c2g-twin study` run the same
//! ones. A study draws nothing at random that its parameters do not fix: the same values give the same bytes.
#![deny(clippy::indexing_slicing)]

mod ablation;
mod acceptance;
mod battery;
mod drivers;
mod electrical;
mod failures;
mod frequency;
mod prices;
mod regd;
mod risk;
mod scenario_runs;
mod scenarios;
mod simulators;
mod site;
mod spectrum;
mod thermal;
mod tornado;
mod values;
mod weather;
mod workload;

use super::exhibit::Exhibit;
use crate::config::{Error, Place, Result};
use crate::rollout::World;

pub use site::{Site, fidelity_choices, market_choices, scenario_choices, setup};
pub use values::{Parameter, Range, Values};

/// Subject of a study, in the order of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What the site is asked to compute.
    Workload,
    /// Heat, and what carries it away.
    Thermal,
    /// The chain of losses, the battery.
    Electrical,
    /// Markets, loads, prices, regulation.
    Grid,
    /// Temperatures outside.
    Weather,
    /// Scenarios beside each other.
    Scenarios,
    /// Who drives, and what it costs.
    Controllers,
}

impl Group {
    /// Words for lists.
    pub fn label(self) -> &'static str {
        match self {
            Self::Workload => "Workload",
            Self::Thermal => "Thermal",
            Self::Electrical => "Electrical and battery",
            Self::Grid => "Grid",
            Self::Weather => "Weather",
            Self::Scenarios => "Scenarios",
            Self::Controllers => "Controllers",
        }
    }
}

/// How a running study tells how far it is, and learns that it is no longer wanted.
pub trait Progress: Sync {
    /// So much of the whole is done. Returns whether to go on.
    fn go_on(&self, done: u64, of: u64) -> bool;
}

/// Nobody looks: a study runs to its end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn go_on(&self, _done: u64, _of: u64) -> bool {
        true
    }
}

/// Something that a study found, with its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Stable name.
    pub name: String,
    /// A sentence that holds the number.
    pub words: String,
    /// The number; NaN where there is none.
    pub value: f64,
    /// Its unit; empty for a pure number.
    pub unit: String,
}

impl Finding {
    /// A finding.
    pub fn new(name: impl Into<String>, words: impl Into<String>, value: f64, unit: impl Into<String>) -> Self {
        Self { name: name.into(), words: words.into(), value, unit: unit.into() }
    }
}

/// What a study shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shown {
    /// Figures with their numbers.
    pub exhibits: Vec<Exhibit>,
    /// What they say.
    pub findings: Vec<Finding>,
}

impl Shown {
    /// One exhibit, and what it says.
    pub fn one(exhibit: Exhibit, findings: Vec<Finding>) -> Self {
        Self { exhibits: vec![exhibit], findings }
    }
}

/// What lists, headings and the command line say of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// Stable name, as the command line uses it.
    pub name: &'static str,
    /// Words above it.
    pub title: &'static str,
    /// Subject.
    pub group: Group,
    /// What it answers, in a sentence.
    pub about: &'static str,
    /// Whether it is done within a frame, so that it is drawn while a parameter is being moved.
    pub quick: bool,
}

/// A sweep of a plant.
pub trait Study: Sync {
    /// What is said of it.
    fn card(&self) -> &'static Card;
    /// Its stable name.
    fn name(&self) -> &'static str {
        self.card().name
    }
    /// What may be moved.
    ///
    /// # Errors
    /// When the choices of a plant cannot be read.
    fn parameters(&self, world: &World) -> Result<Vec<Parameter>>;
    /// Runs it; `None` when it was told to stop.
    ///
    /// # Errors
    /// A plant that cannot be built so.
    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>>;
}

/// The plant that studies sweep; a data folder of a run of another one is not theirs.
pub const PLANT: &str = "c2g";

/// All studies, in the order of lists.
pub const ALL: &[&dyn Study] = &[
    &acceptance::Acceptance,
    &regd::Regd,
    &prices::Prices,
    &scenarios::Scenarios,
    &scenario_runs::Traces,
    &scenario_runs::Grid,
    &risk::Risk,
    &failures::Failures,
    &ablation::Ablation,
    &tornado::Tornado,
    &workload::Traces,
    &workload::Throttle,
    &thermal::StepResponse,
    &thermal::SteadyState,
    &thermal::Cop,
    &thermal::Hvac,
    &thermal::PumpFault,
    &thermal::Constants,
    &electrical::LossChain,
    &electrical::Pue,
    &electrical::Ups,
    &electrical::Voltage,
    &battery::Cycle,
    &battery::RoundTrip,
    &frequency::Frequency,
    &weather::Year,
    &weather::ImpliedCop,
];

/// The study of a name.
///
/// # Errors
/// An unknown name, with those that there are.
pub fn find(name: &str) -> Result<&'static dyn Study> {
    let wanted = name.trim().to_lowercase().replace('_', "-");
    let found = ALL.iter().find(|study| study.name() == wanted).copied();
    found.ok_or_else(|| Error::unknown(Place::source("study"), "study", name, ALL.iter().map(|s| s.name())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_their_own_and_parameters_hold_their_defaults() {
        let world = World::default();
        let mut names: Vec<&str> = ALL.iter().map(|s| s.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        for study in ALL {
            assert_eq!(find(study.name()).unwrap().name(), study.name());
            assert!(study.card().about.ends_with('.'), "{}: {}", study.name(), study.card().about);
            for parameter in study.parameters(&world).unwrap() {
                parameter.check(parameter.default).unwrap();
            }
        }
        let message = find("nothing").err().unwrap().report();
        assert!(message.contains("nothing") && message.contains("acceptance"), "{message}");
    }

    /// What moves while a person looks has figures with words, numbers beside them, and findings in sentences.
    #[test]
    fn quick_studies_show_figures_numbers_and_sentences_and_are_the_same_again() {
        use crate::evaluate::exhibit::{Body, Ticks};
        let world = World::default();
        for study in ALL.iter().filter(|s| s.card().quick) {
            let name = study.name();
            let values = Values::new(study.parameters(&world).unwrap());
            let shown = study.run(&world, &values, &Quiet).unwrap().unwrap();
            // Not the exhibits themselves: a gap of a line is not equal to itself.
            let told = |shown: &Shown| -> Vec<String> {
                let tables = shown.exhibits.iter().map(|e| e.table.csv());
                tables.chain(shown.findings.iter().map(|f| f.words.clone())).collect()
            };
            let again = study.run(&world, &values, &Quiet).unwrap().unwrap();
            assert_eq!(told(&shown), told(&again), "{name}: not the same again");
            assert!(!shown.exhibits.is_empty() && !shown.findings.is_empty(), "{name} shows nothing");
            for exhibit in &shown.exhibits {
                assert!(exhibit.caption.ends_with('.') && !exhibit.table.rows.is_empty(), "{name}: {}", exhibit.name);
                for plot in &exhibit.plots {
                    if let Body::Plane { x, y, layers } = &plot.body {
                        assert!(!layers.is_empty(), "{name}: {}", plot.title);
                        for axis in [x, y] {
                            let named = matches!(axis.ticks, Ticks::Names(_)) || !axis.label.is_empty();
                            assert!(named, "{name}: {} has an axis without words", plot.title);
                        }
                    }
                }
            }
            for finding in &shown.findings {
                assert!(
                    finding.words.ends_with('.') && finding.words.chars().any(char::is_alphabetic),
                    "{name}: {}",
                    finding.words
                );
                let told = finding.words.chars().any(|c| c.is_ascii_digit());
                assert!(
                    told || finding.value.is_nan() || finding.unit.is_empty(),
                    "{name}: no number in {}",
                    finding.words
                );
            }
        }
    }
}
