//! Play against the machine: a few minutes of following a signal by hand, or a day of saving something, scored beside
//! controllers that start from the same instant on the same noise. They race as branches; everything is commanded as a person would.
//!
//! What is played stands in `assets/contests/PLANT.yaml`; a plant without such a file is not played.

use serde::{Deserialize, Serialize};

use crate::config::{Document, Error, Result};
use crate::control::shown_name;
use crate::plant::PlantSpec;
use crate::record::Recording;
use crate::rollout::{Schema, Setup, World};
use crate::signal::Alarm;

use super::beside::{RunEntry, RunKind};
use super::clock::Speed;
use super::command::Command;
use super::until::Until;
use super::view::{PlayState, RunView};

/// What can be played: plant and file.
const CONTESTS: [(&str, &str, &str); 2] = [
    ("c2g", "assets/contests/c2g.yaml", include_str!("../../assets/contests/c2g.yaml")),
    ("sustaindc", "assets/contests/sustaindc.yaml", include_str!("../../assets/contests/sustaindc.yaml")),
];

/// How long the worker may take, s.
const PATIENCE_S: f64 = 20.0;

/// Time before the first tick counts, s.
const COUNTDOWN_S: f64 = 3.0;

/// Least mean of what is asked for that a score can be told of, in the signal's unit.
const NOTHING_ASKED: f64 = 1e-6;

/// What is played.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contest {
    /// Title.
    pub title: String,
    /// What is to be done, in two sentences.
    pub goal: String,
    /// What the run begins with.
    pub setup: Setup,
    /// Ticks that pass before the hands begin.
    pub warm_up_ticks: u64,
    /// Ticks that are played.
    pub ticks: u64,
    /// Slot whose levers are moved by hand.
    pub slot: String,
    /// Controllers that play beside.
    pub against: Vec<String>,
    /// Signal that is asked for, where one is to be followed.
    #[serde(default)]
    pub request: String,
    /// Signal that is given.
    #[serde(default)]
    pub response: String,
    /// Signal of what is saved in a tick, where that is to be much.
    #[serde(default)]
    pub saved: String,
    /// Signal of what is spent in a tick in spite of that.
    #[serde(default)]
    pub spent: String,
}

/// What counts in a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// What is given follows what is asked for.
    Follow,
    /// Much is saved of what would be spent.
    Save,
}

impl Aim {
    /// The formula of the score.
    pub fn formula(self) -> &'static str {
        match self {
            Self::Follow => "Score: 1 − mean |given − asked| ÷ mean |asked|, never below 0",
            Self::Save => "Score: saved ÷ (saved + spent), below 0 where the hand made it worse",
        }
    }

    /// The score in two words.
    pub fn score(self) -> &'static str {
        match self {
            Self::Follow => "tracking score",
            Self::Save => "share saved",
        }
    }

    /// What stands beside the score.
    pub fn amount(self) -> &'static str {
        match self {
            Self::Follow => "mean error",
            Self::Save => "saved",
        }
    }
}

impl Contest {
    /// What is played on a plant; `None` where nothing is.
    pub fn of(plant: &str) -> Option<Self> {
        let (_, file, text) = CONTESTS.iter().find(|(name, ..)| *name == plant)?;
        Self::read(file, text).ok()
    }

    fn read(name: &str, text: &str) -> Result<Self> {
        let mut document = Document::new();
        document.layer_text(name, text)?;
        document.fill("")
    }

    /// Holds it against its plant.
    ///
    /// # Errors
    /// A name that the plant does not have.
    pub fn check(&self, world: &World) -> Result<()> {
        let rollout = world.build(&self.setup)?;
        let place = || crate::config::Place::source("contest");
        for signal in self.signals() {
            if rollout.schema().find(signal).is_none() {
                return Err(Error::unknown(place(), "signal", signal, Vec::<String>::new()));
            }
        }
        let Some(slot) = rollout.spec().slots.iter().find(|s| s.name == self.slot) else {
            return Err(Error::unknown(place(), "slot", &self.slot, Vec::<String>::new()));
        };
        let fits = world.controllers.fitting(rollout.spec(), slot);
        for name in &self.against {
            if !fits.iter().any(|(fit, _)| fit == name) {
                return Err(Error::unknown(place(), "controller", name, fits.into_iter().map(|(fit, _)| fit)));
            }
        }
        Ok(())
    }

    /// What counts.
    pub fn aim(&self) -> Aim {
        if self.saved.is_empty() { Aim::Follow } else { Aim::Save }
    }

    /// The two signals that count: asked for and given, or saved and spent.
    pub fn signals(&self) -> [&String; 2] {
        match self.aim() {
            Aim::Follow => [&self.request, &self.response],
            Aim::Save => [&self.saved, &self.spent],
        }
    }

    /// The same on the axes of the run that is shown, where it is of the same plant.
    pub fn on_axes_of(mut self, view: &RunView) -> Self {
        if view.spec.name == self.setup.plant && view.replay.is_none() {
            self.setup.axes = view.axes.iter().map(|axis| (axis.name.clone(), axis.value.clone())).collect();
        }
        self
    }

    /// What best results are kept under: plant and choices on its axes.
    pub fn key(&self) -> String {
        let axes = self.setup.axes.values().map(String::as_str);
        std::iter::once(self.setup.plant.as_str()).chain(axes).collect::<Vec<_>>().join("/")
    }
}

/// How a player did.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// 1 − mean |given − asked| over mean |asked|, 0 to 1: the precision of the PJM-style score. Of a game of saving what
    /// was saved over that and what was spent, at most 1.
    pub score: f64,
    /// Mean |given − asked|, in the signal's unit; of a game of saving the sum that was saved.
    pub error: f64,
    /// Sum of the slot's reward.
    pub reward: f64,
    /// Signals that broke a limit, by their labels.
    pub broken: Vec<String>,
}

/// How far a game is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The run is begun and brought to the instant.
    Begins,
    /// Seconds until the first tick counts.
    Countdown(f64),
    /// Time passes.
    Plays,
    /// It is over.
    Over,
    /// It cannot go on, and why.
    Failed(String),
}

/// A game.
#[derive(Debug, Clone)]
pub struct Game {
    contest: Contest,
    stage: Stage,
    speed: f64,
    runs_before: u64,
    asked: u8,
    waited_s: f64,
    run: u64,
    from: u64,
    results: Vec<(String, Outcome)>,
}

impl Game {
    /// A game at so many simulated seconds per second.
    pub fn new(contest: Contest, speed: f64) -> Self {
        let results = Vec::new();
        Self { contest, stage: Stage::Begins, speed, runs_before: 0, asked: 0, waited_s: 0.0, run: 0, from: 0, results }
    }

    /// What is played.
    pub fn contest(&self) -> &Contest {
        &self.contest
    }

    /// How far it is.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Simulated seconds per second.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Seconds of site time that are left.
    pub fn left_s(&self, view: &RunView) -> f64 {
        let end = self.from + self.contest.ticks;
        let ticks = if self.stage == Stage::Plays { end.saturating_sub(view.tick) } else { self.contest.ticks };
        let left = ticks as f64 - if view.play == PlayState::Playing { view.fraction } else { 0.0 };
        left.max(0.0) * f64::from(view.spec.calendar.tick_s)
    }

    /// Results so far, the person's first, then those of the machines; empty before the first tick.
    pub fn results(&self, view: &RunView) -> Vec<(String, Outcome)> {
        if self.stage == Stage::Over {
            return self.results.clone();
        }
        if !matches!(self.stage, Stage::Plays) {
            return Vec::new();
        }
        let to = view.tick.min(self.from + self.contest.ticks);
        let own = view.beside.run(self.run).map(|run| ("You".to_owned(), &run.recording));
        let others = self.contest.against.iter().filter_map(|name| {
            let run = view.beside.runs.iter().find(|run| run.name == shown_name(name))?;
            Some((run.name.clone(), &run.recording))
        });
        let all = own.into_iter().chain(others);
        all.filter_map(|(name, rows)| Some((name, self.judge(&view.spec, &view.schema, rows, to)?))).collect()
    }

    fn judge(&self, spec: &PlantSpec, schema: &Schema, rows: &Recording, to: u64) -> Option<Outcome> {
        let [first, second] = self.contest.signals();
        let signals = (schema.find(first)?, schema.find(second)?);
        let (slot, span) = (spec.slot(&self.contest.slot), self.from..to.min(rows.rows()));
        judge(spec, rows, (self.contest.aim(), signals), slot, span)
    }

    /// Looks at the newest picture, `dt_s` seconds after the last call, and pushes what to command.
    pub fn frame(&mut self, view: &RunView, dt_s: f64, out: &mut Vec<Command>) {
        match self.stage {
            Stage::Begins => {
                self.waited_s += dt_s;
                self.begin(view, out);
                if self.waited_s > PATIENCE_S {
                    self.stage = Stage::Failed("The game does not begin: the run does not follow".to_owned());
                }
            }
            Stage::Countdown(left) => {
                let left = left - dt_s;
                self.stage = Stage::Countdown(left);
                if left <= 0.0 {
                    let end = self.from + self.contest.ticks;
                    out.extend([Command::Speed(Speed::Factor(self.speed)), Command::PlayUntil(Until::Tick(end))]);
                    self.stage = Stage::Plays;
                }
            }
            Stage::Plays => self.watch(view),
            Stage::Over | Stage::Failed(_) => {}
        }
    }

    fn begin(&mut self, view: &RunView, out: &mut Vec<Command>) {
        let shown = view.beside.shown;
        match self.asked {
            0 => {
                if view.replay.is_some() {
                    out.push(Command::Leave);
                }
                out.extend([Command::Pause, Command::Until(None), Command::Loop(None)]);
                let home = view.beside.runs.iter().find(|run| run.kind == RunKind::Home);
                out.extend(home.filter(|home| home.id != shown).map(|home| Command::Follow(home.id)));
                let own = |run: &&RunEntry| {
                    run.kind == RunKind::Branch && self.contest.against.iter().any(|c| shown_name(c) == run.name)
                };
                out.extend(view.beside.runs.iter().filter(own).map(|run| Command::Close(run.id)));
                self.runs_before = view.beside.runs.iter().map(|run| run.id).max().unwrap_or(0).max(shown);
                out.push(Command::Begin(Box::new(self.contest.setup.clone())));
                self.asked = 1;
            }
            1 if view.replay.is_none() && shown > self.runs_before && view.tick == 0 => {
                self.run = shown;
                let warm = Until::Tick(self.contest.warm_up_ticks);
                out.extend([Command::Speed(Speed::Max), Command::PlayUntil(warm)]);
                self.asked = 2;
            }
            2 if view.tick == self.contest.warm_up_ticks && view.play == PlayState::Paused => {
                let (slot, controllers) = (self.contest.slot.clone(), self.contest.against.clone());
                out.push(Command::Race { slot, controllers });
                self.asked = 3;
            }
            3 => {
                let there = |name: &String| view.beside.runs.iter().any(|run| run.name == shown_name(name));
                if self.contest.against.iter().all(there) {
                    self.from = view.tick;
                    self.stage = Stage::Countdown(COUNTDOWN_S);
                }
            }
            _ => {}
        }
    }

    fn watch(&mut self, view: &RunView) {
        if view.beside.shown != self.run || view.replay.is_some() || view.tick < self.from {
            self.stage = Stage::Failed("The game ended: another run is shown".to_owned());
            return;
        }
        let over = view.tick >= self.from + self.contest.ticks && view.play != PlayState::Playing;
        let behind = |run: &RunEntry| {
            self.contest.against.iter().any(|c| shown_name(c) == run.name) && run.end.is_none() && run.reach < view.tick
        };
        if view.play == PlayState::Ended || over && !view.beside.runs.iter().any(behind) {
            self.results = self.results(view);
            self.stage = Stage::Over;
        }
    }
}

/// Judges rows of a run; `None` before the first one.
fn judge(
    spec: &PlantSpec,
    rows: &Recording,
    (aim, (first, second)): (Aim, (usize, usize)),
    slot: Option<usize>,
    span: std::ops::Range<u64>,
) -> Option<Outcome> {
    let count = span.end.checked_sub(span.start).filter(|count| *count > 0)? as f64;
    let (mut asked, mut missed, mut reward) = (0.0, 0.0, 0.0);
    let (mut saved, mut spent) = (0.0, 0.0);
    let earned = slot.and_then(|slot| spec.slots.get(slot)?.reward);
    for row in span.clone() {
        let (wanted, given) = (rows.value(row, first), rows.value(row, second));
        asked += wanted.abs();
        missed += (given - wanted).abs();
        saved += wanted;
        spent += given;
        reward += earned.map_or(0.0, |column| rows.value(row, column));
    }
    let (score, error) = match aim {
        Aim::Follow if asked / count < NOTHING_ASKED => (f64::NAN, missed / count),
        Aim::Follow => ((1.0 - missed / asked).clamp(0.0, 1.0), missed / count),
        Aim::Save => (if saved + spent > 0.0 { saved / (saved + spent) } else { f64::NAN }, saved),
    };
    let broken = spec.signals.iter().enumerate().filter(|(column, signal)| {
        let bad = |value: f64| signal.limits.judge(value) != Alarm::Normal;
        rows.extremes(*column, span.start, span.end).is_some_and(|(low, high)| bad(low) || bad(high))
    });
    let broken = broken.map(|(_, signal)| signal.label.clone()).collect();
    Some(Outcome { score, error, reward, broken })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
    use super::*;
    use crate::session::{Session, SessionOptions};

    #[test]
    fn every_contest_is_read_and_fits_its_plant() {
        for (plant, file, text) in CONTESTS {
            let contest = Contest::read(file, text).unwrap();
            assert_eq!(contest.setup.plant, plant);
            contest.check(&World::default()).unwrap();
        }
        assert!(Contest::of("no_such_plant").is_none());
    }

    /// Plays a game to its end; `hand` moves levers at every picture.
    fn play(plant: &str, mut hand: impl FnMut(&RunView, &mut Vec<Command>)) -> Vec<(String, Outcome)> {
        let contest = Contest::of(plant).unwrap();
        let session = Session::start(World::default(), Setup::default(), SessionOptions::default()).unwrap();
        let mut game = Game::new(contest, 1e6);
        for _ in 0..60_000 {
            let view = session.view();
            let mut out = Vec::new();
            // Its patience lasts, however slow the worker is here; only the countdown is shortened.
            let dt_s = if *game.stage() == Stage::Begins { 0.0 } else { 0.05 };
            game.frame(&view, dt_s, &mut out);
            if *game.stage() == Stage::Plays {
                hand(&view, &mut out);
            }
            out.into_iter().for_each(|command| session.send(command));
            match game.stage() {
                Stage::Over => return game.results(&session.view()),
                Stage::Failed(why) => panic!("{why}"),
                _ => std::thread::sleep(std::time::Duration::from_millis(2)),
            }
        }
        panic!("the game never ends");
    }

    #[test]
    fn hands_in_the_lap_lose_against_both_machines_and_the_same_game_gives_the_same_results() {
        let results = play("c2g", |_, _| {});
        let names: Vec<&str> = results.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["You", "pid", "rule_based"]);
        let of = |name: &str| results.iter().find(|(n, _)| n == name).unwrap().1.clone();
        assert!(of("You").score < of("rule_based").score, "{results:?}");
        assert!(of("You").error > of("pid").error, "{results:?}");
        assert_eq!(play("c2g", |_, _| {}), results, "the same noise for all, and in every game");
    }

    #[test]
    fn a_battery_that_nobody_moves_saves_nothing_and_the_rule_saves_carbon() {
        let results = play("sustaindc", |_, _| {});
        let names: Vec<&str> = results.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["You", "rbc_battery", "random"]);
        let score = |k: usize| results[k].1.score;
        assert_eq!((score(0), results[0].1.error), (0.0, 0.0), "{results:?}");
        assert!(score(1) != 0.0 && score(1) < 1.0 && score(2) != 0.0, "{results:?}");
    }
}
