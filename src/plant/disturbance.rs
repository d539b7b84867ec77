//! Disturbances: what can befall a plant, each a way to move one of its inputs for a while.

use crate::config::{Error, Place, Result};
use crate::signal::{EntityId, SignalId};

use super::{Operation, Override, PlantSpec, Severity};

/// Something that can befall a plant: one of its inputs is moved, for a while or for good.
#[derive(Debug, Clone, PartialEq)]
pub struct Disturbance {
    /// Stable name (`pump_fault`).
    pub name: String,
    /// Words for people.
    pub label: String,
    /// What happens, in one sentence.
    pub about: String,
    /// Name of the input that it moves.
    pub input: String,
    /// How it moves it.
    pub operation: Operation,
    /// With which number, unless another is asked for. `Hold` does not use it.
    pub value: f64,
    /// Numbers that make sense, lowest and highest.
    pub range: (f64, f64),
    /// Unit of the number; `×` for a factor, empty for pure numbers.
    pub unit: String,
    /// How many ticks it lasts, unless another time is asked for; `None` stays.
    pub ticks: Option<u64>,
    /// How serious it is.
    pub severity: Severity,
    /// The signal that tells it first.
    pub signal: SignalId,
    /// The things that it befalls, where these are not the owner of its signal.
    pub befalls: Vec<EntityId>,
}

impl Disturbance {
    /// An entry of a plant's table: how it moves its input, with which number (range and unit), for how many ticks, how
    /// serious it is and which signal tells it first.
    pub fn new(
        [name, label, input]: [&str; 3],
        (operation, value, range, unit): (Operation, f64, (f64, f64), &str),
        ticks: u64,
        (severity, signal): (Severity, SignalId),
        about: &str,
    ) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            about: about.to_owned(),
            input: input.to_owned(),
            operation,
            value,
            range,
            unit: unit.to_owned(),
            ticks: Some(ticks),
            severity,
            signal,
            befalls: Vec::new(),
        }
    }

    /// The same, at these things.
    pub fn at_things(self, befalls: impl Into<Vec<EntityId>>) -> Self {
        Self { befalls: befalls.into(), ..self }
    }

    /// What it does to its input with this number.
    pub fn change(&self, value: f64) -> Override {
        Override { operation: self.operation, value: if self.operation == Operation::Hold { 0.0 } else { value } }
    }

    /// The things that it befalls: those it names, else the owner of its signal.
    pub fn entities<'a>(&'a self, spec: &'a PlantSpec) -> impl Iterator<Item = EntityId> + 'a {
        let owner = spec.signals.get(self.signal).map(|signal| signal.entity).filter(|_| self.befalls.is_empty());
        self.befalls.iter().copied().chain(owner)
    }

    /// It at a tick, with its own number and its own length.
    pub fn at(&self, from: u64) -> Planned {
        Planned {
            label: self.label.clone(),
            input: self.input.clone(),
            change: self.change(self.value),
            from,
            until: self.ticks.map(|ticks| from.saturating_add(ticks)),
        }
    }

    /// Holds it against the plant that publishes it.
    ///
    /// # Errors
    /// Names what is wrong: an input or signal that does not exist, a number out of range or without effect, no words.
    pub fn check(&self, spec: &PlantSpec) -> Result<()> {
        let wrong = |what: String| {
            let place = format!("disturbance `{}` of plant `{}`", self.name, spec.name);
            Err(Error::invalid(Place::source(place), what, "Mend the plant's table of disturbances."))
        };
        if self.name.is_empty() || self.label.is_empty() || !self.about.ends_with('.') {
            return wrong("name, label or sentence is missing".to_owned());
        }
        if self.name.contains(['@', '+', '=', ' ']) {
            return wrong("its name has signs that separate it from time and number".to_owned());
        }
        let Some(input) = spec.inputs.iter().find(|input| input.name == self.input) else {
            return wrong(format!("there is no input `{}`", self.input));
        };
        if self.signal >= spec.signals.len() {
            return wrong(format!("there is no signal {}", self.signal));
        }
        if let Some(entity) = self.befalls.iter().find(|entity| **entity >= spec.entities.len()) {
            return wrong(format!("there is no entity {entity}"));
        }
        if self.ticks == Some(0) {
            return wrong("it lasts no tick".to_owned());
        }
        let ((low, high), value) = (self.range, self.value);
        if !(low.is_finite() && high.is_finite() && low <= value && value <= high) {
            return wrong(format!("its number is {value}, its range {low} to {high}"));
        }
        let inside = low >= input.range.0 && high <= input.range.1;
        match self.operation {
            Operation::Set if !inside => {
                let (from, to) = input.range;
                wrong(format!("its range is {low} to {high}, that of its input {from} to {to}"))
            }
            Operation::Add if value == 0.0 => wrong("it adds nothing".to_owned()),
            Operation::Scale if value == 1.0 => wrong("its factor is 1".to_owned()),
            _ => Ok(()),
        }
    }
}

impl PlantSpec {
    /// A disturbance by its name.
    pub fn disturbance(&self, name: &str) -> Option<&Disturbance> {
        self.disturbances.iter().find(|d| d.name == name)
    }

    /// Holds all disturbances against the tables; names must be unique.
    ///
    /// # Errors
    /// See [`Disturbance::check`].
    pub fn check_disturbances(&self) -> Result<()> {
        for (index, disturbance) in self.disturbances.iter().enumerate() {
            disturbance.check(self)?;
            if self.disturbances.iter().take(index).any(|d| d.name == disturbance.name) {
                let place = format!("disturbance `{}` of plant `{}`", disturbance.name, self.name);
                let cure = "Mend the plant's table of disturbances.";
                return Err(Error::invalid(Place::source(place), "another one has the same name", cure));
            }
        }
        Ok(())
    }
}

/// A disturbance that is to come: one input, moved from a tick on, perhaps until another.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Words for people.
    pub label: String,
    /// Name of the input that it moves.
    pub input: String,
    /// How it moves it.
    pub change: Override,
    /// First tick that it works in.
    pub from: u64,
    /// First tick that it does not work in any more; `None` when it stays.
    pub until: Option<u64>,
}

/// How a disturbance is written, for messages.
const SHAPE: &str = "NAME[@TICK|@HH:MM][+TICKS][=VALUE]";

impl Planned {
    /// Reads `NAME[@TICK|@HH:MM][+TICKS][=VALUE]`: what, when (else tick 0), for how long and with which number (else the
    /// table's). A time of day is the first one of the run, by the site's clock.
    ///
    /// # Errors
    /// Unknown names, times and numbers that are none, numbers out of range: each with its cure.
    pub fn parse(text: &str, spec: &PlantSpec, place: &Place) -> Result<Self> {
        let wrong = |what: String, cure: &str| Err(Error::invalid(place.clone(), what, cure));
        let (head, value) = match text.split_once('=') {
            Some((head, value)) => (head, Some(value.trim())),
            None => (text, None),
        };
        let (head, ticks) = match head.split_once('+') {
            Some((head, ticks)) => (head, Some(ticks.trim())),
            None => (head, None),
        };
        let (name, when) = match head.split_once('@') {
            Some((name, when)) => (name.trim(), Some(when.trim())),
            None => (head.trim(), None),
        };
        if name.is_empty() {
            return wrong(format!("`{text}` names no disturbance"), &format!("Write {SHAPE}."));
        }
        let Some(disturbance) = spec.disturbance(name) else {
            let known = spec.disturbances.iter().map(|d| d.name.as_str());
            return Err(Error::unknown(place.clone(), "disturbance", name, known));
        };
        let from = match when {
            None => 0,
            Some(when) => match spec.calendar.tick_of(when) {
                Some(tick) => tick,
                None => {
                    let cure = "Write a tick (`@720`) or a time of day on the site's clock (`@14:30`).";
                    return wrong(format!("`{when}` is neither a tick nor a time of day"), cure);
                }
            },
        };
        let until = match ticks {
            None => disturbance.ticks.map(|ticks| from.saturating_add(ticks)),
            Some(text) => match text.parse::<u64>() {
                Ok(ticks) if ticks > 0 => Some(from.saturating_add(ticks)),
                _ => {
                    return wrong(format!("`{text}` is no number of ticks"), "Write a whole number from 1 up: `+180`.");
                }
            },
        };
        let number = match value {
            None => disturbance.value,
            Some(value) if disturbance.operation == Operation::Hold => {
                return wrong(
                    format!("`{name}` takes no number, but `{value}` was given"),
                    "Leave the number out: it holds what it finds.",
                );
            }
            Some(value) => match value.parse::<f64>().ok().filter(|v| v.is_finite()) {
                Some(number) => number,
                None => return wrong(format!("`{value}` is not a number"), &format!("Write {SHAPE}.")),
            },
        };
        let (low, high) = disturbance.range;
        if number < low || number > high {
            return Err(Error::Range {
                place: place.clone(),
                key: name.to_owned(),
                value: number,
                min: low,
                max: high,
                unit: if disturbance.unit.is_empty() { String::new() } else { format!(" {}", disturbance.unit) },
            });
        }
        let (label, input) = (disturbance.label.clone(), disturbance.input.clone());
        Ok(Self { label, input, change: disturbance.change(number), from, until })
    }

    /// Whether it works in a tick.
    pub fn works(&self, tick: u64) -> bool {
        self.from <= tick && self.until.is_none_or(|until| tick < until)
    }
}

impl Planned {
    /// What a plan asks of the inputs before a tick: each input that changes with its new override, `None` when it is
    /// left alone again.
    ///
    /// Of several disturbances of one input the one that began last works, of those that began together the later one in
    /// the plan; when it ends, the one below works again, as far as its own time goes. Ticks are asked for one after
    /// another.
    pub fn due(plan: &[Self], tick: u64) -> Vec<(&str, Option<Override>)> {
        let mut out: Vec<(&str, Option<Override>)> = Vec::new();
        for moved in plan.iter().filter(|p| p.from == tick || p.until == Some(tick)) {
            let input = moved.input.as_str();
            if out.iter().any(|(known, _)| *known == input) {
                continue;
            }
            let working = |tick: u64| {
                let all = plan.iter().enumerate().filter(|(_, p)| p.input == input && p.works(tick));
                all.max_by_key(|(index, p)| (p.from, *index))
            };
            let (before, now) = (tick.checked_sub(1).and_then(working), working(tick));
            if before.map(|(index, _)| index) != now.map(|(index, _)| index) {
                out.push((input, now.map(|(_, p)| p.change)));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plant::{Calendar, Input};
    use crate::signal::Signal;

    fn spec() -> PlantSpec {
        let input = |name: &str, range: (f64, f64)| Input {
            name: name.to_owned(),
            label: name.to_owned(),
            unit: "°C".to_owned(),
            range,
            fault: false,
            doc: "A toy.".to_owned(),
        };
        let disturbance = |name: &str, input: &str, operation: Operation, value: f64| Disturbance {
            name: name.to_owned(),
            label: name.to_owned(),
            about: "Something happens.".to_owned(),
            input: input.to_owned(),
            operation,
            value,
            range: (-5.0, 5.0),
            unit: "K".to_owned(),
            ticks: Some(10),
            severity: Severity::Note,
            signal: 0,
            befalls: Vec::new(),
        };
        PlantSpec {
            name: "toy".to_owned(),
            signals: vec![Signal::new("t_degc", 0, "Toy", "°C", "A toy.")],
            inputs: vec![input("t_degc", (-40.0, 60.0)), input("fan", (0.0, 1.0))],
            disturbances: vec![
                disturbance("warm", "t_degc", Operation::Add, 3.0),
                Disturbance { ticks: None, ..disturbance("stuck", "t_degc", Operation::Hold, 0.0) },
                Disturbance { range: (0.0, 1.0), ..disturbance("fan_fault", "fan", Operation::Set, 0.5) },
            ],
            calendar: Calendar { start: jiff::civil::datetime(2024, 7, 13, 22, 0, 0, 0), ..Calendar::default() },
            ..PlantSpec::default()
        }
    }

    #[test]
    fn what_is_wrong_in_a_table_is_named() {
        let good = spec();
        good.check_disturbances().unwrap();
        let told = |change: &dyn Fn(&mut Disturbance)| {
            let mut spec = spec();
            change(&mut spec.disturbances[0]);
            spec.check_disturbances().unwrap_err().to_string()
        };
        for (found, words) in [
            (told(&|d| d.input = "fun".into()), "no input `fun`"),
            (told(&|d| d.signal = 9), "no signal 9"),
            (told(&|d| d.value = 6.0), "its number is 6"),
            (told(&|d| d.range = (f64::NAN, 5.0)), "its range"),
            (told(&|d| d.value = 0.0), "adds nothing"),
            (told(&|d| d.ticks = Some(0)), "no tick"),
            (told(&|d| d.about = "Hm".into()), "sentence"),
            (told(&|d| d.name = "a+b".into()), "signs"),
            (told(&|d| d.name = "fan_fault".into()), "same name"),
        ] {
            assert!(found.contains(words), "{found}");
        }
    }

    #[test]
    fn a_number_that_is_set_stays_inside_its_input() {
        let mut spec = spec();
        spec.disturbances[2].range = (0.0, 2.0);
        assert!(spec.check_disturbances().unwrap_err().to_string().contains("that of its input 0 to 1"));
    }

    #[test]
    fn what_a_person_writes_is_read() {
        let spec = spec();
        let read = |text: &str| Planned::parse(text, &spec, &Place::source("--disturb"));
        let told = |text: &str| {
            let p = read(text).unwrap();
            (p.from, p.until, p.change.value)
        };
        assert_eq!(told("warm"), (0, Some(10), 3.0));
        assert_eq!(told("warm@7+3=-2.5"), (7, Some(10), -2.5));
        assert_eq!(told("warm@7=+2"), (7, Some(17), 2.0));
        assert_eq!(told("warm+4"), (0, Some(4), 3.0));
        assert_eq!(told("stuck@9"), (9, None, 0.0));
        assert_eq!(told("stuck@9+5"), (9, Some(14), 0.0));
        // The run begins at 22:00; a tick is 5 s.
        assert_eq!(told("warm@22:00").0, 0);
        assert_eq!(told("warm@22:30").0, 360);
        assert_eq!(told("warm@06:00").0, 5_760);
        for (text, words) in [
            ("", "names no disturbance"),
            ("=3", "names no disturbance"),
            ("worm", "unknown disturbance `worm`"),
            ("warm@noon", "neither a tick nor a time"),
            ("warm@24:00", "neither a tick nor a time"),
            ("warm@-3", "neither a tick nor a time"),
            ("warm+0", "no number of ticks"),
            ("warm+x", "no number of ticks"),
            ("warm=hot", "not a number"),
            ("warm=nan", "not a number"),
            ("warm=7", "warm"),
            ("stuck=3", "takes no number"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.to_string().contains(words), "{text}: {error}");
            assert!(!error.cure().is_empty());
        }
    }

    #[test]
    fn the_one_that_began_last_works() {
        let spec = spec();
        let plan: Vec<Planned> =
            ["warm@2+8=1", "warm@4+3=2", "fan_fault@4+1", "warm@20+5", "stuck@22+1", "warm@25+1=5"]
                .map(|text| Planned::parse(text, &spec, &Place::source("--disturb")).unwrap())
                .into();
        let mut told = Vec::new();
        for tick in 0..30 {
            for (input, change) in Planned::due(&plan, tick) {
                told.push((tick, input, change.map(|c| (c.operation, c.value))));
            }
        }
        let add = |value: f64| Some((Operation::Add, value));
        assert_eq!(
            told,
            [
                (2, "t_degc", add(1.0)),
                (4, "t_degc", add(2.0)),
                (4, "fan", Some((Operation::Set, 0.5))),
                (5, "fan", None),
                (7, "t_degc", add(1.0)),
                (10, "t_degc", None),
                (20, "t_degc", add(3.0)),
                (22, "t_degc", Some((Operation::Hold, 0.0))),
                (23, "t_degc", add(3.0)),
                (25, "t_degc", add(5.0)),
                (26, "t_degc", None),
            ]
        );
    }
}
