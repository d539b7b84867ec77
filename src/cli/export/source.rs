//! Rows to export: of a run that is played, or of a recorded log.

use std::path::Path;
use std::sync::Arc;

use crate::cli::disturb::{self, DisturbArgs};
use crate::config::Result;
use crate::plant::PlantSpec;
use crate::record::{Item, Recorder, Recording, Tape};
use crate::rollout::{OnTrip, Schema, Setup, Step, World};

/// Rows with all that is known of them.
pub(super) struct Source {
    pub(super) spec: Arc<PlantSpec>,
    pub(super) schema: Arc<Schema>,
    pub(super) recording: Recording,
    /// What the run was begun with; `None` where a log does not tell.
    pub(super) setup: Option<Setup>,
    /// Who drove.
    pub(super) driver: String,
    /// Where the rows come from.
    pub(super) words: String,
    /// What had to be assumed.
    pub(super) notes: Vec<String>,
}

impl Source {
    /// Plays a run with what befalls it to its end, or for so many ticks.
    ///
    /// # Errors
    /// Everything that can be wrong with the setup and the disturbances.
    pub(super) fn play(mut setup: Setup, befalls: &DisturbArgs, world: &World, to: Option<u64>) -> Result<Self> {
        let mut rollout = world.build(&setup)?;
        let plan = befalls.read(rollout.spec())?;
        if setup.ticks.is_none() && (setup.continuous || setup.on_trip == OnTrip::Restart) {
            // Nothing else would end such a run.
            setup.ticks = Some(rollout.spec().episode_ticks);
            rollout = world.build(&setup)?;
        }
        let mut recorder = Recorder::new(rollout.schema().len());
        while to.is_none_or(|to| rollout.tick() < to) {
            disturb::apply(&plan, &mut rollout, |_, _| ())?;
            rollout.consult()?;
            if rollout.step()? == Step::Ended {
                break;
            }
            recorder.push(rollout.row());
        }
        let mut notes: Vec<String> = rollout.warnings().to_vec();
        notes.extend(plan.iter().filter(|p| p.from < rollout.tick()).map(|p| {
            let from = rollout.spec().calendar.civil(p.from);
            let until = p.until.map_or("to the end".to_owned(), |until| format!("to tick {until}"));
            format!("{} from {from} (tick {}) {until}", p.label, p.from)
        }));
        notes.extend(disturb::missed(&plan, &rollout));
        if let Some(end) = rollout.end() {
            notes.push(format!("The run ended: {}", end.cause));
        }
        Ok(Self {
            spec: Arc::clone(rollout.spec()),
            schema: Arc::clone(rollout.schema()),
            recording: recorder.picture(),
            setup: Some(setup),
            driver: rollout.agent_name(),
            words: "a run that was played for this export".to_owned(),
            notes,
        })
    }

    /// Reads a log, or its first rows.
    ///
    /// # Errors
    /// Files that are no logs; of spoilt rows the others are taken.
    pub(super) fn log(path: &Path, world: &World, to: Option<u64>) -> Result<Self> {
        let mut tape = Tape::open(path, 0, world)?;
        let head = tape.head().clone();
        let mut recorder = Recorder::new(head.schema.len());
        let mut row = vec![f64::NAN; head.schema.len()];
        let mut inputs = 0_u64;
        while to.is_none_or(|to| recorder.rows() < to) {
            match tape.next(&mut row)? {
                None => break,
                Some(Item::Row | Item::Gap) => recorder.push(&row),
                Some(Item::Input(_)) => inputs += 1,
            }
        }
        let mut notes = head.notes.clone();
        if inputs > 0 {
            notes.push(format!("{inputs} inputs by hand or from outside stand in the log."));
        }
        let bad = tape.bad().count;
        if bad > 0 {
            notes.push(format!("{bad} rows of the log could not be read."));
        }
        let driver: Vec<&str> = head.controllers.iter().flatten().map(String::as_str).collect();
        let full = head.kind == crate::record::LogKind::Full;
        Ok(Self {
            spec: head.spec,
            schema: head.schema,
            recording: recorder.picture(),
            setup: full.then_some(head.setup),
            driver: if driver.is_empty() { "not told by the log".to_owned() } else { driver.join(" + ") },
            words: path.display().to_string(),
            notes,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        disturb: DisturbArgs,
    }

    #[test]
    fn what_befalls_an_exported_run_is_in_its_rows_and_its_notes() {
        let flags = Flags::parse_from(["export", "--disturb", "ambient_step@20+30=10", "--disturb", "pump_fault@9000"]);
        let of = |befalls: &DisturbArgs| {
            Source::play(Setup::default_day().unwrap(), befalls, &World::default(), Some(60)).unwrap()
        };
        let (calm, hot) = (of(&DisturbArgs::default()), of(&flags.disturb));
        let ambient = calm.schema.find("t_ambient_degc").unwrap();
        let warmer = |tick: u64| hot.recording.value(tick, ambient) - calm.recording.value(tick, ambient);
        assert_eq!([19, 20, 49, 50].map(|tick| warmer(tick).round()), [0.0, 10.0, 10.0, 0.0]);
        assert!(hot.notes.iter().any(|n| n.contains("(tick 20) to tick 50")), "{:?}", hot.notes);
        assert!(hot.notes.iter().any(|n| n.contains("did not happen")), "{:?}", hot.notes);
    }
}
