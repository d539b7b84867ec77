//! Controllers that compute beside the one that drives, kept in step with a run that goes back and forth.

use std::sync::Arc;

use crate::config::Result;
use crate::record::Recorder;
use crate::rollout::{Before, Rollout, Shadow, ShadowState, World};

use super::beside::ShadowView;
use super::history::SNAPSHOT_EVERY;

/// What a shadow remembered at an instant.
#[derive(Debug, Clone)]
struct Mark {
    tick: u64,
    state: ShadowState,
    /// Rewards so far less those of the controller that drove.
    ahead: f64,
}

/// One shadow with its rows.
struct Shade {
    id: u64,
    colour: usize,
    shadow: Shadow,
    /// A column per action, then the reward; row 0 is the tick `since`.
    recorder: Recorder,
    since: u64,
    ahead: f64,
    /// The instant that the shadow itself stands at; `None` where it has still to be brought to one.
    at: Option<u64>,
    /// The first one is the instant at which it came.
    marks: Vec<Mark>,
}

impl Shade {
    /// The last mark at or before an instant.
    fn mark(&self, tick: u64) -> Option<&Mark> {
        self.marks.get(self.marks.partition_point(|mark| mark.tick <= tick).checked_sub(1)?)
    }

    /// Takes in a tick that the run has made.
    fn after(&mut self, before: &Before, rollout: &Rollout) -> Result<()> {
        let tick = before.tick();
        if tick == self.since && self.at != Some(tick) {
            self.bring(tick)?;
        }
        if self.at != Some(tick) {
            return Ok(());
        }
        self.shadow.after(before, rollout);
        self.at = Some(tick + 1);
        let driver = rollout.spec().slots.get(self.shadow.slot()).and_then(|s| s.reward);
        let earned = driver.and_then(|signal| rollout.row().get(signal)).copied().unwrap_or(f64::NAN);
        let more = self.shadow.reward() - earned;
        if more.is_finite() {
            self.ahead += more;
        }
        if tick - self.since == self.recorder.rows() {
            self.recorder.push(&self.shadow.row());
            if (tick + 1).is_multiple_of(SNAPSHOT_EVERY) {
                self.marks.push(Mark { tick: tick + 1, state: self.shadow.save(), ahead: self.ahead });
            }
        }
        Ok(())
    }

    /// Puts the shadow at a mark.
    fn bring(&mut self, tick: u64) -> Result<()> {
        let Some(mark) = self.mark(tick).filter(|mark| mark.tick == tick).cloned() else {
            self.at = None;
            return Ok(());
        };
        self.shadow.restore(&mark.state)?;
        (self.ahead, self.at) = (mark.ahead, Some(tick));
        Ok(())
    }
}

/// The shadows of a run.
#[derive(Default)]
pub(super) struct Shadows {
    all: Vec<Shade>,
}

impl Shadows {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Sets a controller beside a slot, from the instant at which the run stands.
    ///
    /// # Errors
    /// As [`Shadow::new`].
    pub fn add(&mut self, world: &World, rollout: &Rollout, slot: &str, controller: &str, id: u64) -> Result<()> {
        let shadow = Shadow::new(world, rollout, slot, controller)?;
        let colour = (0..).find(|colour| self.all.iter().all(|s| s.colour != *colour)).unwrap_or(0);
        let since = rollout.tick();
        let marks = vec![Mark { tick: since, state: shadow.save(), ahead: 0.0 }];
        let recorder = Recorder::new(shadow.row().len());
        self.all.push(Shade { id, colour, shadow, recorder, since, ahead: 0.0, at: Some(since), marks });
        Ok(())
    }

    /// Whether a controller is beside a slot already.
    pub fn has(&self, slot: usize, controller: &str) -> bool {
        self.all.iter().any(|s| s.shadow.slot() == slot && s.shadow.name() == controller)
    }

    /// Slot and controller of each.
    pub fn names(&self) -> Vec<(usize, String)> {
        self.all.iter().map(|s| (s.shadow.slot(), s.shadow.name().to_owned())).collect()
    }

    /// Number of shadows.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Takes one away; whether it was there.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.all.len();
        self.all.retain(|shade| shade.id != id);
        self.all.len() < before
    }

    /// The instant from which the run has to be gone through for all shadows to be at `tick` as they were.
    pub fn origin(&self, tick: u64) -> u64 {
        let mut from = tick;
        loop {
            let earliest = |shade: &Shade| if shade.since > from { None } else { shade.mark(from).map(|m| m.tick) };
            match self.all.iter().filter_map(earliest).min() {
                Some(earlier) if earlier < from => from = earlier,
                _ => return from,
            }
        }
    }

    /// Puts the shadows at an instant that [`Shadows::origin`] told; those that come later wait.
    ///
    /// # Errors
    /// As [`Shadow::restore`].
    pub fn bring(&mut self, tick: u64) -> Result<()> {
        self.all.iter_mut().try_for_each(|shade| shade.bring(tick))
    }

    /// Takes in a tick that the run has made.
    ///
    /// # Errors
    /// As [`Shadow::restore`].
    pub fn after(&mut self, before: &Before, rollout: &Rollout) -> Result<()> {
        self.all.iter_mut().try_for_each(|shade| shade.after(before, rollout))
    }

    /// What the window shows. A shadow that is not there yet at this instant has nothing to say.
    pub fn picture(&self) -> Arc<[ShadowView]> {
        let view = |shade: &Shade| {
            let commanded: Arc<[f64]> = match shade.at {
                Some(_) => shade.shadow.commanded().into(),
                None => vec![f64::NAN; shade.shadow.commanded().len()].into(),
            };
            let rows = shade.at.map_or(0, |at| at - shade.since);
            ShadowView {
                id: shade.id,
                slot: shade.shadow.slot(),
                controller: shade.shadow.name().to_owned(),
                colour: shade.colour,
                reward: if shade.at.is_some() { shade.shadow.reward() } else { f64::NAN },
                recording: shade.recorder.picture().until(rows, commanded.len() + 1),
                commanded,
                since: shade.since,
                ahead: if shade.at.is_some() { shade.ahead } else { f64::NAN },
                trouble: shade.at.and(shade.shadow.trouble()).map(str::to_owned),
            }
        };
        self.all.iter().map(view).collect()
    }
}
