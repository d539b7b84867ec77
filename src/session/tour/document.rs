//! What a tour says: the form of its YAML file.

use std::sync::Arc;

use serde::Deserialize;

use crate::config::{Document, Place};
use crate::control::shown_name;
use crate::plant::PlantSpec;
use crate::rollout::{Schema, Setup};

use super::super::until::Until;
use super::phrase::Phrase;
use super::quantity::Expectation;

/// A tour that was read and held against its plant.
#[derive(Debug, Clone)]
pub struct Tour {
    /// Title.
    pub title: String,
    /// What it is about, in a few words.
    pub about: String,
    /// How long it takes, minutes.
    pub minutes: f64,
    /// What its run begins with.
    pub setup: Setup,
    /// Its scenes, in order; at least one.
    pub scenes: Vec<Scene>,
    /// The tables of its plant.
    pub spec: Arc<PlantSpec>,
    /// The columns of its rows.
    pub schema: Arc<Schema>,
    /// The file as a tree, for places in messages.
    pub(super) document: Document,
}

/// One scene.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Title on the card.
    pub title: String,
    /// What is said while time passes.
    pub caption: Phrase,
    /// What is said once the time of the scene has passed; without it the caption stays.
    pub then: Option<Phrase>,
    /// Camera station of the 3D scene to fly to.
    pub station: Option<String>,
    /// Layout of the tiles to change to.
    pub layout: Option<String>,
    /// Tiles to bring to light, by the names that layouts store.
    pub show: Vec<String>,
    /// Tiles to draw a ring around.
    pub highlight: Vec<String>,
    /// Entity to select in all tiles.
    pub select: Option<String>,
    /// Simulated seconds per second.
    pub speed: f64,
    /// What is done before time passes.
    pub acts: Vec<Act>,
    /// Ticks that pass; `None` where `until` says when it is over, or where time stands.
    pub ticks: Option<u64>,
    /// What time passes until.
    pub until: Option<Until>,
    /// How long the last words stand at least before the next scene, s.
    pub stay_s: f64,
    /// What must be true at its end for the words to be true.
    pub expect: Vec<Expectation>,
    /// A question to the person.
    pub question: Option<Question>,
}

/// A question with its choices.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked.
    pub text: Phrase,
    /// What can be answered.
    pub choices: Vec<Phrase>,
    /// Number of the right one, from 0.
    pub right: usize,
    /// Why, with numbers from the run.
    pub answer: Phrase,
}

/// Who takes a lever.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// Back to its controller.
    Auto,
    /// A person's hand, at a value.
    Hand(f64),
    /// Pinned at a value.
    Pin(f64),
}

/// Something that a scene does.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A lever changes hands or value.
    Lever(LeverAct),
    /// A slot gets another controller.
    Controller(ControllerAct),
    /// Something befalls the plant, from now on.
    Disturb(DisturbAct),
    /// Another future begins beside the run; it is shown.
    Branch(String),
    /// A branch for each of these controllers; they run in step.
    Race(RaceAct),
    /// A controller computes beside the one that drives.
    Shadow(ControllerAct),
    /// Another run is shown, by its name.
    Follow(String),
    /// Back to an instant that was run, ticks.
    GoTo(u64),
}

/// A lever with its hand.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeverAct {
    /// `slot.action`, or an action's name where it is unique.
    pub name: String,
    /// Who takes it.
    pub to: Hand,
}

/// A controller and its slot.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControllerAct {
    /// Slot, by name.
    pub slot: String,
    /// Controller, by name.
    pub name: String,
}

/// A disturbance of the plant's table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisturbAct {
    /// Its name.
    pub name: String,
    /// Its number; without it the table's own.
    #[serde(default)]
    pub value: Option<f64>,
    /// How many ticks it lasts; without it as the table says.
    #[serde(default)]
    pub ticks: Option<u64>,
}

/// Controllers that race for a slot.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaceAct {
    /// Slot, by name.
    pub slot: String,
    /// Controllers, by name.
    pub controllers: Vec<String>,
}

impl Tour {
    /// Where a value of the file stands (`scenes.2.show.0`), for messages of those who know tiles and cameras.
    pub fn place(&self, path: &str) -> Place {
        self.document.place(path)
    }

    /// Whether a run is one that this tour makes, by its name.
    pub(super) fn makes(&self, name: &str) -> bool {
        self.scenes.iter().flat_map(|scene| &scene.acts).flat_map(made_by).any(|made| made == name)
    }
}

/// Names of the runs that a deed makes.
pub(super) fn made_by(act: &Act) -> Vec<String> {
    match act {
        Act::Branch(name) => vec![name.clone()],
        Act::Race(race) => race.controllers.iter().map(|c| shown_name(c).to_owned()).collect(),
        _ => Vec::new(),
    }
}
