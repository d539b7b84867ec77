//! What a person has taken note of: events in the list, and alarms that stand.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::plant::{EventKind, Severity};
use crate::session::{EventView, RunView};
use crate::signal::{Alarm, EntityId, SignalId};

use super::selection::Selection;

/// What an alarm is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A signal beyond a limit.
    Signal(SignalId),
    /// A lever (`slot.action`) whose pin puts a shield aside.
    Pin(String),
    /// A slot whose controller does not decide itself.
    Controller(usize),
}

/// Events and alarms that were acknowledged, of one run.
#[derive(Debug, Clone, Default)]
pub(super) struct Acknowledged {
    run: u64,
    tick: u64,
    /// Every event of a row before this tick.
    until: u64,
    /// Later ones, one by one: tick and what happened.
    events: BTreeSet<(u64, u64)>,
    /// Alarms, with the level at which they were acknowledged: one that gets worse counts as new.
    alarms: BTreeMap<Source, Alarm>,
    /// Alarms that nobody wants to hear of for some time: ticks run when they come back, `None` for the end of the run.
    shelf: BTreeMap<Source, Option<u64>>,
    /// The alarm for which somebody chooses how long to shelve it.
    pub choosing: Option<Source>,
}

impl Acknowledged {
    /// Forgets what belongs to another run, or to a future that was given up.
    pub fn observe(&mut self, view: &RunView) {
        if self.run != view.run {
            *self = Self { run: view.run, ..Self::default() };
        }
        if view.tick < self.tick {
            self.until = self.until.min(view.tick);
            self.events.retain(|(tick, _)| *tick < view.tick);
        }
        self.tick = view.tick;
        // Time on the shelf is the site's own.
        self.shelf.retain(|_, until| until.is_none_or(|until| view.tick < until));
    }

    /// Puts an alarm on the shelf: for so many ticks, or until the run ends. It is counted and shown there alone.
    pub fn shelve(&mut self, source: Source, ticks: Option<u64>) {
        self.shelf.insert(source, ticks.map(|ticks| self.tick + ticks));
        self.choosing = None;
    }

    /// Takes an alarm from the shelf; where it stands, it counts as new.
    pub fn unshelve(&mut self, source: &Source) {
        self.shelf.remove(source);
        self.alarms.remove(source);
    }

    /// What is on the shelf, each with the tick at which it comes back.
    pub fn shelf(&self) -> impl Iterator<Item = (&Source, Option<u64>)> {
        self.shelf.iter().map(|(source, until)| (source, *until))
    }

    /// Whether an alarm is on the shelf.
    pub fn is_shelved(&self, source: &Source) -> bool {
        self.shelf.contains_key(source)
    }

    /// Whether the alarm of an event is on the shelf.
    pub fn is_shelved_event(&self, view: &RunView, event: &EventView) -> bool {
        if self.shelf.is_empty() || event.severity == Severity::Note {
            return false;
        }
        let signal = kind_of(view, event).and_then(|kind| kind.value);
        let slot = event.slot.map(Source::Controller);
        signal.map(Source::Signal).or(slot).is_some_and(|source| self.is_shelved(&source))
    }

    /// Whether somebody still has to take note of an event. Notes ask for nothing.
    pub fn is_new(&self, event: &EventView) -> bool {
        event.severity != Severity::Note && event.tick >= self.until && !self.events.contains(&key(event))
    }

    /// Number of events to take note of.
    pub fn new_events(&self, view: &RunView) -> usize {
        let recent = view.events.iter().rev().take_while(|e| e.tick >= self.until);
        recent.filter(|e| self.is_new(e) && !self.is_shelved_event(view, e)).count()
    }

    /// Takes note of an event, and of the alarm of the same quantity.
    pub fn event(&mut self, view: &RunView, event: &EventView) {
        self.events.insert(key(event));
        if let Some(signal) = kind_of(view, event).and_then(|kind| kind.value) {
            self.judge(view, signal);
        }
        if let Some(slot) = event.slot {
            self.alarms.insert(Source::Controller(slot), Alarm::Warn);
        }
    }

    /// Takes note of everything so far.
    pub fn everything(&mut self, view: &RunView) {
        self.until = view.events.iter().map(|e| e.tick + 1).max().unwrap_or(0).max(view.tick);
        self.events.clear();
        for signal in 0..view.spec.signals.len() {
            self.judge(view, signal);
        }
        for lever in &view.driver.defeated {
            self.alarms.insert(Source::Pin(lever.clone()), Alarm::Warn);
        }
        for slot in (0..view.slots.len()).filter(|slot| view.slots.get(*slot).is_some_and(|s| s.troubled)) {
            self.alarms.insert(Source::Controller(slot), Alarm::Warn);
        }
    }

    /// Takes note of an alarm, and of the events of the same quantity.
    pub fn alarm(&mut self, view: &RunView, source: &Source, level: Alarm) {
        self.alarms.insert(source.clone(), level);
        let of_it = |e: &&EventView| match source {
            Source::Signal(signal) => kind_of(view, e).is_some_and(|kind| kind.value == Some(*signal)),
            Source::Controller(slot) => e.slot == Some(*slot),
            Source::Pin(_) => false,
        };
        let new: Vec<_> = view.events.iter().filter(|e| self.is_new(e)).filter(of_it).map(key).collect();
        self.events.extend(new);
    }

    /// Whether somebody still has to take note of an alarm.
    pub fn is_new_alarm(&self, source: &Source, level: Alarm) -> bool {
        self.alarms.get(source).is_none_or(|known| *known < level)
    }

    /// Forgets alarms that no longer stand, so that they count as new when they come back.
    pub fn keep(&mut self, stands: impl Fn(&Source) -> bool) {
        self.alarms.retain(|source, _| stands(source));
    }

    fn judge(&mut self, view: &RunView, signal: SignalId) {
        let level = view.spec.signals.get(signal).map_or(Alarm::Normal, |s| s.limits.judge(view.value(signal)));
        if level != Alarm::Normal {
            self.alarms.insert(Source::Signal(signal), level);
        }
    }
}

fn key(event: &EventView) -> (u64, u64) {
    let mut hasher = DefaultHasher::new();
    (&event.label, &event.value).hash(&mut hasher);
    (event.tick, hasher.finish())
}

/// The plant's own kind of an event; `None` for what a person did.
pub(super) fn kind_of<'a>(view: &'a RunView, event: &EventView) -> Option<&'a EventKind> {
    view.spec.events.iter().find(|kind| kind.label == event.label)
}

/// What an event is about.
pub(super) fn selection_of(view: &RunView, event: &EventView) -> Option<Selection> {
    let entity = |signal: SignalId| -> Option<EntityId> { view.spec.signals.get(signal).map(|s| s.entity) };
    if let Some(kind) = kind_of(view, event) {
        let signal = kind.value.unwrap_or(kind.flag);
        return Some(Selection { entity: Some(entity(signal)?), signal: kind.value });
    }
    // What a person did names the lever first.
    let lever = view.levers.iter().find(|l| event.label.starts_with(&format!("{} ", l.name)))?;
    let effect = view.spec.slots.get(lever.slot)?.actions.get(lever.action)?.effect?;
    Some(Selection { entity: Some(entity(effect)?), signal: Some(effect) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(tick: u64, severity: Severity) -> EventView {
        EventView {
            tick,
            instant: tick + 1,
            severity,
            event: None,
            slot: None,
            entity: None,
            label: "It is warm".to_owned(),
            value: String::new(),
        }
    }

    #[test]
    fn notes_ask_for_nothing_and_warnings_until_they_are_taken_note_of() {
        let mut known = Acknowledged::default();
        assert!(!known.is_new(&event(3, Severity::Note)));
        assert!(known.is_new(&event(3, Severity::Warning)));
        known.events.insert(key(&event(3, Severity::Warning)));
        assert!(!known.is_new(&event(3, Severity::Warning)));
        assert!(known.is_new(&event(4, Severity::Warning)), "the same again later");
        known.until = 5;
        assert!(!known.is_new(&event(4, Severity::Trip)));
    }

    #[test]
    fn a_shelf_lets_go_when_its_time_is_over() {
        let mut known = Acknowledged { tick: 100, ..Acknowledged::default() };
        let (soon, never) = (Source::Signal(2), Source::Controller(1));
        known.shelve(soon.clone(), Some(180));
        known.shelve(never.clone(), None);
        assert_eq!(known.shelf().collect::<Vec<_>>(), [(&soon, Some(280)), (&never, None)]);
        assert!(known.is_shelved(&soon) && known.is_shelved(&never));
        known.alarms.insert(soon.clone(), Alarm::Warn);
        known.unshelve(&soon);
        assert!(!known.is_shelved(&soon) && known.is_new_alarm(&soon, Alarm::Warn), "it counts as new");
    }

    #[test]
    fn an_alarm_that_gets_worse_is_new_again() {
        let mut known = Acknowledged::default();
        let source = Source::Signal(2);
        assert!(known.is_new_alarm(&source, Alarm::Warn));
        known.alarms.insert(source.clone(), Alarm::Warn);
        assert!(!known.is_new_alarm(&source, Alarm::Warn));
        assert!(known.is_new_alarm(&source, Alarm::Trip));
        known.keep(|_| false);
        assert!(known.is_new_alarm(&source, Alarm::Warn), "it went and came back");
    }
}
