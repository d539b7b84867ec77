//! Recorded runs run again, beside the clock: to compare every row, and to go on from an instant.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use crate::config::{Error, Place, Result};
use crate::evaluate::{Outcome, Replay as How, again, take_over};
use crate::rollout::World;

use super::beside::Checked;
use super::course::{Course, Passport, Witness};
use super::handle::Message;

/// Shortest time between two words about progress.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Work on a recorded run. Dropping it stops it.
pub(super) struct Again {
    /// Number of the work: what comes of an older one counts no more.
    pub number: u64,
    stop: Arc<AtomicBool>,
}

impl Drop for Again {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What comes of it.
pub(super) enum Found {
    /// Part of taking over that is done, 0 to 1.
    Part(f64),
    /// The state of a comparison.
    Checked(Checked),
    /// A run that goes on.
    Course(Box<Course>),
    /// Nothing came of taking over.
    Failed(Error),
}

/// Tells now and then how far the work is, and whether to go on.
struct Teller {
    number: u64,
    stop: Arc<AtomicBool>,
    answers: Sender<Message>,
    told: Instant,
}

impl Teller {
    fn goes_on(&mut self, found: impl FnOnce() -> Found) -> bool {
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            // Somebody who has too much to do hears the next one.
            let _ = self.answers.try_send(Message::Again(self.number, found()));
        }
        !self.stop.load(Ordering::Relaxed)
    }
}

fn start(number: u64, answers: &Sender<Message>, work: impl FnOnce(Teller) + Send + 'static) -> Result<Again> {
    let stop = Arc::new(AtomicBool::new(false));
    let teller = Teller { number, stop: Arc::clone(&stop), answers: answers.clone(), told: Instant::now() };
    // Nobody joins it: it ends soon after it is told to.
    let thread = std::thread::Builder::new().name("c2g-again".to_owned()).spawn(move || work(teller));
    thread.map_err(|e| {
        Error::invalid(Place::source("replay"), format!("no thread: {e}"), "Close other programs and try again.")
    })?;
    Ok(Again { number, stop })
}

/// Runs a full log again and compares every row.
///
/// # Errors
/// When there is no thread.
pub(super) fn check(world: &World, path: &Path, recompute: bool, number: u64, to: &Sender<Message>) -> Result<Again> {
    let (world, path, answers) = (world.clone(), path.to_path_buf(), to.clone());
    start(number, to, move |mut teller| {
        let (how, words) = if recompute {
            (How::Recompute, "every controller asked again")
        } else {
            (How::AsLogged, "networks and language models as logged")
        };
        let words = words.to_owned();
        let outcome = again(&world, &path, how, &mut |part| teller.goes_on(|| Found::Checked(Checked::Running(part))));
        let checked = match outcome {
            Ok(Outcome::Same { rows, .. }) => Checked::Same { rows, how: words },
            Ok(Outcome::Differs { tick, signal, logged, run }) => {
                Checked::Differs { tick, signal, logged, run, how: words }
            }
            Ok(Outcome::Stopped { .. }) => return,
            Err(error) => Checked::Failed(error.to_string(), error.cure()),
        };
        let _ = answers.send(Message::Again(number, Found::Checked(checked)));
    })
}

/// Runs a full log again up to an instant, holding every row against it, and hands back a run that goes on from there.
///
/// # Errors
/// When there is no thread.
pub(super) fn go_on(
    world: &World,
    (path, tick): (PathBuf, u64),
    passport: Passport,
    number: u64,
    to: &Sender<Message>,
) -> Result<Again> {
    let (world, answers) = (world.clone(), to.clone());
    start(number, to, move |mut teller| {
        let mut witness = Witness::default();
        let taken = take_over(&world, &path, tick, &mut |rollout, part| {
            witness.see(rollout);
            teller.goes_on(|| Found::Part(part))
        });
        let found = match taken {
            Ok(None) => return,
            Ok(Some(taken)) => {
                let made =
                    Course::witnessed(&world, witness, taken.setup, taken.inputs, taken.rollout, passport, &answers);
                Found::Course(Box::new(made))
            }
            Err(error) => Found::Failed(error),
        };
        let _ = answers.send(Message::Again(number, found));
    })
}
