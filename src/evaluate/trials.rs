//! Many runs at once: every core plays one setup after the other, results come in the order of the setups.
//!
//! What is played depends on the setups alone, so that results are the same for any number of cores. The calling thread
//! only tells how far it is, and says whether to go on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use crate::config::Result;
use crate::evaluate::agents::{Agent, AgentOptions, equip, resolve};
use crate::rollout::{Rollout, Setup, Step, World};
use crate::trace::TraceSource;

/// Ticks between two looks whether to go on.
const LOOK_EVERY: u64 = 256;

/// Between two questions whether to go on, while nothing is ready.
const ASK_EVERY: Duration = Duration::from_millis(40);

/// Told how many runs are done, of how many; says whether to go on.
pub type Told<'a> = &'a mut dyn FnMut(usize, usize) -> bool;

/// What is done with one run: its number among the setups, the run at its begin, and whether it is to be given up.
/// `None` where it was given up.
pub type Play<'a, T> = &'a (dyn Fn(usize, Rollout, &dyn Fn() -> bool) -> Result<Option<T>> + Sync);

/// Plays every setup; `None` when it was given up before the end. Setups must agree in their folder of data and in
/// their recorded regulation signal.
///
/// # Errors
/// The first run, in the order of the setups, that could not be built or failed.
pub fn play_all<T: Send>(world: &World, setups: &[Setup], play: Play<'_, T>, told: Told<'_>) -> Result<Option<Vec<T>>> {
    let total = setups.len();
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(total.max(1));
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let traces: Mutex<BTreeMap<u64, Arc<dyn TraceSource>>> = Mutex::default();
    let (tell, hear) = crossbeam_channel::unbounded::<(usize, Result<Option<T>>)>();
    let mut found: Vec<Option<T>> = (0..total).map(|_| None).collect();
    let mut failed = None;
    let mut whole = true;
    std::thread::scope(|scope| {
        for _ in 0..cores {
            let (tell, next, stop, traces) = (tell.clone(), &next, &stop, &traces);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(setup) = setups.get(index).filter(|_| !stop.load(Ordering::Relaxed)) else { break };
                    let stopped = || stop.load(Ordering::Relaxed);
                    let came = begin(world, setup, traces).and_then(|rollout| play(index, rollout, &stopped));
                    if tell.send((index, came)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(tell);
        let mut done = 0;
        loop {
            match hear.recv_timeout(ASK_EVERY) {
                Ok((index, Ok(came))) => {
                    whole &= came.is_some();
                    if let Some(slot) = found.get_mut(index) {
                        *slot = came;
                    }
                    done += 1;
                }
                Ok((index, Err(error))) => {
                    if failed.as_ref().is_none_or(|(first, _)| index < *first) {
                        failed = Some((index, error));
                    }
                    stop.store(true, Ordering::Relaxed);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if !stop.load(Ordering::Relaxed) && !told(done, total) {
                whole = false;
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    if let Some((_, error)) = failed {
        return Err(error);
    }
    Ok(if whole { found.into_iter().collect() } else { None })
}

/// Builds a run on series that runs of the same seed share.
fn begin(world: &World, setup: &Setup, traces: &Mutex<BTreeMap<u64, Arc<dyn TraceSource>>>) -> Result<Rollout> {
    let config = world.configuration(setup)?;
    let shared = {
        let mut traces = traces.lock().unwrap_or_else(PoisonError::into_inner);
        match traces.get(&setup.seed) {
            Some(found) => Arc::clone(found),
            None => {
                let fresh = world.traces(setup)?;
                traces.insert(setup.seed, Arc::clone(&fresh));
                fresh
            }
        }
    };
    world.build_on(setup, config, shared)
}

/// Runs a rollout to its end and shows it after every tick; `false` when it was given up.
///
/// # Errors
/// When the run fails, or nobody answers a controller that asks.
pub fn run_through(rollout: &mut Rollout, stopped: &dyn Fn() -> bool, each: &mut dyn FnMut(&Rollout)) -> Result<bool> {
    loop {
        rollout.consult()?;
        if rollout.step()? == Step::Ended {
            return Ok(true);
        }
        each(rollout);
        if rollout.tick().is_multiple_of(LOOK_EVERY) && stopped() {
            return Ok(false);
        }
    }
}

/// The setups of several seeds, one after the other: `base` with its seed, the next one, and so on.
pub fn seeds(base: &Setup, count: u64) -> Vec<Setup> {
    (0..count).map(|i| Setup { seed: base.seed.wrapping_add(i), ..base.clone() }).collect()
}

/// What an agent's name stands for on the choices of `base`, and the setup with it in its place.
///
/// # Errors
/// Unknown agents and choices, networks that are nowhere.
pub fn with_agent(world: &World, base: &Setup, name: &str, options: &AgentOptions) -> Result<(Agent, Setup)> {
    let config = world.configuration(base)?;
    let spec = world.tables(base, &config)?;
    let mut agent = resolve(name, &spec, &world.controllers)?;
    let lead = (spec.axes.first().map_or("", |a| a.value.as_str()), base.seed);
    equip(&mut agent, &spec, &world.controllers, options, &config, lead)?;
    let mut setup = Setup { policies: agent.policies.clone(), ..base.clone() };
    setup.set.extend(agent.set.iter().cloned());
    Ok((agent, setup))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn short(ticks: u64) -> Setup {
        Setup { ticks: Some(ticks), seed: 100, ..Setup::default() }
    }

    #[test]
    fn runs_come_in_the_order_of_their_setups_and_are_what_they_are_alone() {
        let world = World::default();
        let setups = seeds(&short(40), 5);
        let play = |index: usize, mut rollout: Rollout, stopped: &dyn Fn() -> bool| {
            let whole = run_through(&mut rollout, stopped, &mut |_| {})?;
            Ok(whole.then(|| (index, rollout.row().to_vec())))
        };
        let mut last = 0;
        let told = play_all(&world, &setups, &play, &mut |done, total| {
            assert_eq!(total, 5);
            last = done;
            true
        });
        let told = told.unwrap().unwrap();
        assert_eq!(last, 5);
        for (k, (index, row)) in told.iter().enumerate() {
            let mut alone = world.build(&setups[k]).unwrap();
            run_through(&mut alone, &|| false, &mut |_| {}).unwrap();
            let bits = |row: &[f64]| row.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!((*index, bits(row)), (k, bits(alone.row())));
        }
    }

    #[test]
    fn what_is_given_up_gives_nothing_and_what_fails_says_so() {
        let world = World::default();
        let play = |_: usize, mut rollout: Rollout, stopped: &dyn Fn() -> bool| {
            Ok(run_through(&mut rollout, stopped, &mut |_| {})?.then_some(()))
        };
        let none = play_all(&world, &seeds(&short(40), 3), &play, &mut |_, _| false).unwrap();
        assert!(none.is_none());
        let wrong = Setup { set: vec!["control.pid.kp=-1".to_owned()], ..short(4) };
        let wrong = Setup { policies: BTreeMap::from([("hardware".to_owned(), "pid".to_owned())]), ..wrong };
        let error = play_all(&world, &[short(4), wrong], &play, &mut |_, _| true).unwrap_err();
        assert!(error.to_string().contains("kp"), "{error}");
    }
}
