//! What is known of the selected thing, gathered from the plant's tables.

use crate::plant::Severity;
use crate::rollout::LeverMode;
use crate::session::RunView;
use crate::signal::{Alarm, EntityId, Kind, Limits, Signal, SignalId};

use super::super::device;
use super::super::one_line::{Row, Story};
use super::super::selection::Selection;
use super::super::words::{SPACE, class, number_of, sentence, value_unit};

/// A thing in words and columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct About {
    /// Its name.
    pub name: String,
    /// What it is, and of what it is a part.
    pub class: String,
    /// How bad it is.
    pub alarm: Alarm,
    /// What it does, or what is wrong.
    pub state: String,
    /// Signals with a gauge, most important first.
    pub gauges: Vec<SignalId>,
    /// Shares among them that people read as percent.
    pub percent: Vec<SignalId>,
    /// Signals of the trend.
    pub trend: Vec<SignalId>,
    /// Further numbers with their words.
    pub rows: Vec<Row>,
    /// Signals beyond a limit, in words.
    pub broken: Vec<(Alarm, String)>,
    /// Whether any of its signals has a limit.
    pub has_limits: bool,
    /// What happened to it, newest first: places in the list of events.
    pub events: Vec<usize>,
    /// What it is a part of, and its parts.
    pub kin: Vec<EntityId>,
}

/// Most events that are listed.
const MOST_EVENTS: usize = 4;

/// Whether a signal is a number worth a gauge, not a flag.
fn is_gauge(signal: &Signal) -> bool {
    let flag = signal.unit.is_empty() && signal.decimals == 0;
    signal.kind != Kind::Event && !flag
}

impl About {
    /// Gathers everything; `None` where the selection names nothing.
    pub fn of(view: &RunView, selection: Selection, story: &Story) -> Option<Self> {
        let spec = &view.spec;
        let signals = &spec.signals;
        // A signal alone stands for its owner; a plant of a few signals may have no entities at all.
        let id = selection.entity.or_else(|| Some(signals.get(selection.signal?)?.entity))?;
        let entity = spec.entities.get(id)?;
        let parent = entity.parent.and_then(|p| spec.entities.get(p));
        let mut about = Self {
            name: entity.label.clone(),
            class: match parent {
                Some(parent) => format!("{}, part of {}", class(&entity.class, &entity.label), parent.label),
                None => class(&entity.class, &entity.label),
            },
            rows: story.rows.clone(),
            alarm: Alarm::Normal,
            state: String::new(),
            gauges: Vec::new(),
            percent: story.efficiencies.clone(),
            trend: Vec::new(),
            broken: Vec::new(),
            has_limits: false,
            events: Vec::new(),
            kin: Vec::new(),
        };
        let own = || signals.iter().enumerate().filter(move |(_, s)| s.entity == id);
        let mut take = |column: SignalId| {
            if signals.get(column).is_some_and(is_gauge) && !about.gauges.contains(&column) {
                about.gauges.push(column);
            }
        };
        selection.signal.into_iter().for_each(&mut take);
        story.signals.iter().copied().for_each(&mut take);
        own().filter(|(_, s)| s.limits != Limits::default()).for_each(|(column, _)| take(column));
        own().for_each(|(column, _)| take(column));
        about.percent.extend(own().filter(|(_, s)| s.name.ends_with("_frac")).map(|(column, _)| column));
        let unit = about.gauges.first().and_then(|c| signals.get(*c)).map(|s| s.unit.clone());
        let alike = |column: &&SignalId| signals.get(**column).map(|s| s.unit.as_str()) == unit.as_deref();
        about.trend = about.gauges.iter().take(1).copied().collect();
        // A second line only where it belongs to the same story: another flow of the node itself.
        about.trend.extend(story.signals.iter().skip(1).filter(alike).filter(|c| !story.losses.contains(c)).take(1));
        about.trend.dedup();
        about.has_limits = own().any(|(_, s)| s.limits != Limits::default());
        about.judge(view, own());
        about.tell(view, id, story);
        about.kin = entity.parent.into_iter().collect();
        let parts = spec.entities.iter().enumerate().filter(|(_, e)| e.parent == Some(id)).map(|(at, _)| at);
        about.kin.extend(parts.take(12));
        Some(about)
    }

    /// A signal and its value as its gauge shows them: shares as percent.
    pub fn shown(&self, view: &RunView, column: SignalId) -> Option<(Signal, f64)> {
        let mut signal = view.spec.signals.get(column)?.clone();
        let value = super::super::one_line::value(view, column);
        if !self.percent.contains(&column) || !signal.unit.is_empty() {
            return Some((signal, value));
        }
        let times = |v: Option<f64>| v.map(|v| v * 100.0);
        let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
        signal.limits = Limits {
            warn_low: times(warn_low),
            warn_high: times(warn_high),
            trip_low: times(trip_low),
            trip_high: times(trip_high),
        };
        signal.range = (signal.range.0 * 100.0, signal.range.1 * 100.0);
        signal.decimals = signal.decimals.saturating_sub(2);
        signal.unit = "%".to_owned();
        Some((signal, value * 100.0))
    }

    /// Finds the limits that are broken.
    fn judge<'a>(&mut self, view: &RunView, own: impl Iterator<Item = (SignalId, &'a Signal)>) {
        // Before the first tick a row may hold zeros that nobody measured.
        if view.tick == 0 {
            return;
        }
        for (column, signal) in own {
            let value = view.value(column);
            let alarm = signal.limits.judge(value);
            let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
            let (word, low, high) = match alarm {
                Alarm::Normal => continue,
                Alarm::Warn => ("warning", warn_low, warn_high),
                Alarm::Trip => ("trip", trip_low, trip_high),
            };
            let above = high.filter(|l| value > *l);
            let Some(limit) = above.or(low.filter(|l| value < *l)) else { continue };
            let side = if above.is_some() { "above" } else { "below" };
            // As many digits as it takes to tell the value from its limit.
            let mut shown = signal.clone();
            while value_unit(&shown, value) == value_unit(&shown, limit) && shown.decimals < 6 {
                shown.decimals += 1;
            }
            let words = format!(
                "{} {} is {side} its {word} limit of {}",
                signal.label,
                value_unit(&shown, value),
                value_unit(signal, limit)
            );
            self.broken.push((alarm, words));
        }
        self.broken.sort_by_key(|(alarm, _)| std::cmp::Reverse(*alarm));
    }

    /// Finds words for what it does, and what happened to it.
    fn tell(&mut self, view: &RunView, id: EntityId, story: &Story) {
        let spec = &view.spec;
        let owned = |column: SignalId| spec.signals.get(column).is_some_and(|s| s.entity == id);
        let concerns = |kind: &crate::plant::EventKind| owned(kind.flag) || kind.value.is_some_and(owned);
        let standing = |kind: &&crate::plant::EventKind| {
            kind.severity != Severity::Note && concerns(kind) && view.value(kind.flag) == 1.0
        };
        let flagged = spec.events.iter().filter(standing).max_by_key(|kind| kind.severity);
        let broken = self.broken.first();
        let level = |severity: Severity| if severity == Severity::Trip { Alarm::Trip } else { Alarm::Warn };
        self.alarm = broken.map_or(Alarm::Normal, |(alarm, _)| *alarm);
        self.state = match (broken, flagged) {
            (Some((_, words)), _) => words.clone(),
            (None, Some(kind)) => {
                self.alarm = level(kind.severity);
                kind.label.clone()
            }
            (None, None) if view.recording.is_empty() => "Nothing has been simulated yet".to_owned(),
            (None, None) if !story.state.is_empty() => sentence(&story.state),
            (None, None) if self.has_limits => "Within its limits".to_owned(),
            (None, None) => String::new(),
        };
        let slots = spec.slots.iter().enumerate();
        let actions =
            slots.flat_map(|(s, slot)| slot.actions.iter().enumerate().map(move |(a, action)| (s, a, action)));
        for (slot, number, action) in actions.filter(|(.., action)| action.effect.is_some_and(owned)) {
            let Some(lever) = view.levers.iter().find(|l| l.slot == slot && l.action == number) else { continue };
            let mode = match lever.mode {
                LeverMode::Auto => "auto",
                LeverMode::Pinned(_) => "pinned",
                LeverMode::Manual(_) => "manual",
            };
            let value = crate::signal::format_number(lever.applied, 2);
            let (words, value) = (format!("Lever {}", action.label), format!("{value}{SPACE}{mode}"));
            self.rows.push(Row { words, value, doc: format!("Applied value, and who moves it. {}", action.doc) });
        }
        for number in device::of_entity(spec, id) {
            let words = device::words(number);
            let words = if words.is_empty() { "protection".to_owned() } else { words };
            let doc = format!("Number of the protection that acts here, by IEEE C37.2: {words}");
            self.rows.push(Row { words: format!("Device {number}"), value: words, doc });
        }
        let about_it = |label: &str| spec.events.iter().any(|kind| kind.label == label && concerns(kind));
        let events = view.events.iter().enumerate().rev().filter(|(_, e)| about_it(&e.label));
        self.events = events.map(|(at, _)| at).take(MOST_EVENTS).collect();
    }

    /// What its first number means, and what broke its limits.
    pub fn tip(&self, view: &RunView) -> String {
        let doc = self.gauges.first().and_then(|c| view.spec.signals.get(*c)).map(|s| s.doc.as_str());
        let broken = self.broken.iter().map(|(_, words)| words.as_str());
        let state = Some(self.state.as_str()).filter(|state| !state.is_empty());
        state.into_iter().chain(broken).chain(doc).collect::<Vec<_>>().join("\n")
    }

    /// Everything in one sentence, for screen readers.
    pub fn sentence(&self, view: &RunView) -> String {
        let first = self.gauges.first().and_then(|c| Some((*c, view.spec.signals.get(*c)?)));
        let number = first.map_or_else(String::new, |(column, signal)| {
            format!(", {} {}", signal.label, number_of(signal, view.value(column)))
        });
        let state = if self.state.is_empty() { String::new() } else { format!(": {}", self.state) };
        format!("{}, {}{state}{number}", self.name, self.class)
    }
}
