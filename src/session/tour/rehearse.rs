//! Plays a tour at full speed against a session, without a window, and tells what its expectations came to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{Error, Place, Result};
use crate::rollout::{Setup, World};

use super::super::handle::{Session, SessionOptions};
use super::super::view::{NoticeKind, RunView};
use super::Command;
use super::document::Tour;
use super::player::{Phase, Player};
use super::quantity::Found;

/// Longest rehearsal.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a scene came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Its title.
    pub title: String,
    /// Ticks run at its end.
    pub tick: u64,
    /// Its last words, with the numbers of the run.
    pub words: String,
    /// Its question, its choices and the answer.
    pub question: Vec<String>,
    /// Its expectations.
    pub found: Vec<Found>,
}

/// What a rehearsal came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rehearsal {
    /// Scene by scene.
    pub scenes: Vec<Verdict>,
    /// Everything that was commanded, in order.
    pub commands: Vec<Command>,
}

impl Rehearsal {
    /// Whether every expectation holds.
    pub fn holds(&self) -> bool {
        self.scenes.iter().flat_map(|scene| &scene.found).all(|found| found.holds)
    }
}

/// Plays a tour from its first to its last scene.
///
/// # Errors
/// A tour that cannot go on: what the run refused, and in which scene.
pub fn rehearse(tour: Tour, world: &World) -> Result<Rehearsal> {
    let (tell, news) = crossbeam_channel::bounded(1);
    let wake = Arc::new(move || {
        let _ = tell.try_send(());
    });
    // The tour begins its own run, as it does in a window where another one is shown.
    let before = Setup { ticks: Some(1), ..tour.setup.clone() };
    let session =
        Session::start(world.clone(), before, SessionOptions { wake: Some(wake), ..SessionOptions::default() })?;
    let mut player = Player::new(Arc::new(tour)).rehearsing();
    let mut rehearsal = Rehearsal::default();
    let (begin, mut last) = (Instant::now(), Instant::now());
    loop {
        let view = session.view();
        let dt_s = last.elapsed().as_secs_f64();
        last = Instant::now();
        let mut out = Vec::new();
        player.frame(&view, dt_s, &mut out);
        if *player.phase() == Phase::Stands {
            note(&player, &view, &mut rehearsal);
        }
        let idle = out.is_empty();
        for command in out {
            rehearsal.commands.push(command.clone());
            session.send(command);
        }
        let problem =
            view.notices.iter().find(|n| n.kind == NoticeKind::Error).map(|n| (n.text.clone(), n.cure.clone()));
        let problem = problem.or_else(|| match player.phase() {
            Phase::Failed(why) => Some((why.clone(), String::new())),
            _ if begin.elapsed() > PATIENCE => Some(("it does not come to its end".to_owned(), String::new())),
            _ => None,
        });
        if let Some((what, cure)) = problem {
            let place = player.tour().place(&format!("scenes.{}", player.at()));
            return Err(Error::invalid(place_or(place), what, cure));
        }
        if *player.phase() == Phase::Over {
            return Ok(rehearsal);
        }
        if idle && *player.phase() != Phase::Stands {
            let _ = news.recv_timeout(Duration::from_millis(5));
        }
    }
}

fn place_or(place: Place) -> Place {
    if place.source.is_empty() { Place::source("tour") } else { place }
}

/// Notes what the scene came to, once.
fn note(player: &Player, view: &RunView, rehearsal: &mut Rehearsal) {
    let Some(scene) = player.scene() else { return };
    if rehearsal.scenes.len() > player.at() {
        return;
    }
    let found = player.found().iter().find(|(at, _)| *at == player.at()).map(|(_, found)| found.clone());
    let question = scene.question.as_ref().map_or_else(Vec::new, |q| {
        let words = |phrase: &super::Phrase| phrase.words(view, player.span());
        let choices = q.choices.iter().map(words);
        std::iter::once(words(&q.text)).chain(choices).chain([words(&q.answer)]).collect()
    });
    rehearsal.scenes.push(Verdict {
        title: scene.title.clone(),
        tick: view.tick,
        words: player.words(view),
        question,
        found: found.unwrap_or_default(),
    });
}
