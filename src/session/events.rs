//! What happened, oldest first: the worker's own list, and the copy of it that pictures share.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::view::EventView;

/// Most events kept.
const MOST: usize = 10_000;

/// A list that is longer is not copied for every picture while time passes: at full speed events come by the hundred.
const SHORT: usize = 200;

/// Shortest time between two copies of a long list while time passes.
const COPY_EVERY: Duration = Duration::from_millis(100);

/// The events of a run.
pub(super) struct EventList {
    all: Vec<EventView>,
    shown: Arc<Vec<EventView>>,
    shown_at: Instant,
    /// Whether `shown` is not what happened any more.
    stale: bool,
}

impl EventList {
    /// Nothing happened yet.
    pub fn new() -> Self {
        Self { all: Vec::new(), shown: Arc::default(), shown_at: Instant::now(), stale: false }
    }

    /// Notes an event; the oldest ones go when there are too many.
    pub fn push(&mut self, event: EventView) {
        self.all.push(event);
        if self.all.len() > MOST {
            self.all.drain(..MOST / 10);
        }
        self.stale = true;
    }

    /// The events before an instant.
    pub fn fork(&self, tick: u64) -> Self {
        let mut fork = Self::new();
        fork.all = self.all.iter().filter(|event| event.instant <= tick).cloned().collect();
        fork.stale = true;
        fork
    }

    /// What had happened by an instant, and what happened later.
    pub fn parted(&self, tick: u64) -> (Arc<Vec<EventView>>, Arc<Vec<EventView>>) {
        let (before, after): (Vec<_>, Vec<_>) = self.all.iter().cloned().partition(|event| event.instant <= tick);
        (Arc::new(before), Arc::new(after))
    }

    /// The list for a picture. While time passes a long one may be a tenth of a second old.
    pub fn picture(&mut self, playing: bool) -> Arc<Vec<EventView>> {
        if self.stale && (!playing || self.all.len() <= SHORT || self.shown_at.elapsed() >= COPY_EVERY) {
            self.shown = Arc::new(self.all.clone());
            self.shown_at = Instant::now();
            self.stale = false;
        }
        Arc::clone(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::Severity;

    fn event(tick: u64) -> EventView {
        EventView {
            tick,
            instant: tick + 1,
            event: None,
            slot: None,
            entity: None,
            severity: Severity::Note,
            label: "It rains".to_owned(),
            value: String::new(),
        }
    }

    #[test]
    fn a_picture_has_everything_once_time_stands() {
        let mut list = EventList::new();
        for tick in 0..1_000 {
            list.push(event(tick));
            list.picture(true);
        }
        assert_eq!(list.picture(false).len(), 1_000);
        let (before, after) = list.parted(10);
        assert_eq!((before.len(), after.len()), (10, 990));
        let mut fork = list.fork(10);
        assert_eq!(fork.picture(false).last().map(|e| e.tick), Some(9));
        fork.push(event(10));
        assert_eq!(fork.picture(true).len(), 11, "a short list is never late");
    }

    #[test]
    fn a_long_list_is_copied_now_and_then_while_time_passes() {
        let mut list = EventList::new();
        (0..500).for_each(|tick| list.push(event(tick)));
        let first = list.picture(false);
        list.push(event(500));
        assert!(Arc::ptr_eq(&first, &list.picture(true)));
        std::thread::sleep(COPY_EVERY);
        assert_eq!(list.picture(true).len(), 501);
    }

    #[test]
    fn the_oldest_go_first() {
        let mut list = EventList::new();
        (0..=MOST as u64).for_each(|tick| list.push(event(tick)));
        let shown = list.picture(false);
        assert_eq!((shown.len(), shown.first().map(|e| e.tick)), (MOST + 1 - MOST / 10, Some(MOST as u64 / 10)));
    }
}
