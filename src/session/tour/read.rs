//! Reads a tour: what its file says, held against the plant that it begins, with the place of everything that is wrong.

use std::path::PathBuf;

use serde::Deserialize;

use crate::config::{Document, Error, Place, Result};
use crate::control::ControllerRegistry;
use crate::plant::{Domain, PlantSpec};
use crate::rollout::{Schema, Setup, World};

use super::super::clock::Speed;
use super::super::until::Until;
use super::document::{Act, Hand, Question, Scene, Tour, made_by};
use super::phrase::Phrase;
use super::quantity::{Expectation, Tables};
use super::{Offer, stem};

/// Most scenes of a tour.
const MOST_SCENES: usize = 60;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    about: String,
    minutes: f64,
    #[serde(default)]
    setup: Setup,
    scenes: Vec<SceneText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SceneText {
    title: String,
    caption: String,
    #[serde(default)]
    then: Option<String>,
    #[serde(default)]
    station: Option<String>,
    #[serde(default)]
    layout: Option<String>,
    #[serde(default)]
    show: Vec<String>,
    #[serde(default)]
    highlight: Vec<String>,
    #[serde(default)]
    select: Option<String>,
    #[serde(default)]
    speed: Option<f64>,
    #[serde(default, rename = "do")]
    acts: Vec<Act>,
    #[serde(default)]
    minutes: Option<f64>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    stay_s: Option<f64>,
    #[serde(default)]
    expect: Vec<String>,
    #[serde(default)]
    question: Option<QuestionText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionText {
    text: String,
    choices: Vec<String>,
    right: usize,
    answer: String,
}

/// Title and length of a tour, without building its plant.
pub(super) fn offer(name: &str, text: &str, file: Option<PathBuf>) -> Result<Offer> {
    let document = parsed(name, text)?;
    let read: File = document.fill("")?;
    Ok(Offer { name: stem(name).to_owned(), title: read.title, about: read.about, minutes: read.minutes, file })
}

fn parsed(name: &str, text: &str) -> Result<Document> {
    let mut document = Document::new();
    document.layer_text(name, text)?;
    Ok(document)
}

impl Tour {
    /// Reads a tour; `name` stands in messages. Builds the run that it begins, so that everything it names is known to
    /// exist.
    ///
    /// # Errors
    /// Whatever is wrong, with line, column and cure.
    pub fn read(name: &str, text: &str, world: &World) -> Result<Self> {
        let document = parsed(name, text)?;
        let file: File = document.fill("")?;
        let place = |path: &str| document.place(path);
        if !(file.minutes > 0.0 && file.minutes <= 120.0) {
            return Err(range(place("minutes"), "minutes", file.minutes, 0.1, 120.0));
        }
        if file.scenes.is_empty() || file.scenes.len() > MOST_SCENES {
            let what = format!("a tour has 1 to {MOST_SCENES} scenes, this one has {}", file.scenes.len());
            return Err(Error::invalid(
                place("scenes"),
                what,
                "Write the scenes as a list, each with title and caption.",
            ));
        }
        let rollout = world.build(&file.setup).map_err(|error| located(error, &place("setup")))?;
        let (spec, schema) = (std::sync::Arc::clone(rollout.spec()), std::sync::Arc::clone(rollout.schema()));
        let runs: Vec<String> = file.scenes.iter().flat_map(|scene| &scene.acts).flat_map(made_by).collect();
        let reader =
            Reader { document: &document, spec: &spec, schema: &schema, runs, controllers: &world.controllers };
        let mut scenes = Vec::new();
        for (index, scene) in file.scenes.into_iter().enumerate() {
            scenes.push(reader.scene(index, scene)?);
        }
        let tour = Self {
            title: file.title,
            about: file.about,
            minutes: file.minutes,
            setup: file.setup,
            scenes,
            spec: std::sync::Arc::clone(&spec),
            schema: std::sync::Arc::clone(&schema),
            document: document.clone(),
        };
        for (index, scene) in tour.scenes.iter().enumerate() {
            for (number, act) in scene.acts.iter().enumerate() {
                if let Act::Follow(run) = act
                    && run != HOME
                    && !tour.makes(run)
                {
                    let place = document.place(&format!("scenes.{index}.do.{number}.follow"));
                    let what = format!("no scene makes a run of the name `{run}`");
                    return Err(Error::invalid(
                        place,
                        what,
                        "Name a branch of this tour, a racing controller, or Home.",
                    ));
                }
            }
        }
        Ok(tour)
    }
}

/// Name of the run that a tour begins.
const HOME: &str = "Home";

struct Reader<'a> {
    document: &'a Document,
    spec: &'a PlantSpec,
    schema: &'a Schema,
    /// Names of the runs that the tour makes.
    runs: Vec<String>,
    controllers: &'a ControllerRegistry,
}

impl Reader<'_> {
    fn place(&self, path: &str) -> Place {
        self.document.place(path)
    }

    fn phrase(&self, path: &str, text: &str) -> Result<Phrase> {
        Phrase::read(text, &self.tables(path))
    }

    fn tables(&self, path: &str) -> Tables<'_> {
        Tables { spec: self.spec, schema: self.schema, runs: &self.runs, place: self.place(path) }
    }

    fn scene(&self, index: usize, scene: SceneText) -> Result<Scene> {
        let at = |key: &str| format!("scenes.{index}.{key}");
        let speed = scene.speed.unwrap_or(60.0);
        if Speed::Factor(speed).admit() != Speed::Factor(speed) {
            return Err(range(self.place(&at("speed")), "speed", speed, 0.1, 10_000.0));
        }
        let stay_s = scene.stay_s.unwrap_or(6.0);
        if !(0.0..=600.0).contains(&stay_s) {
            return Err(range(self.place(&at("stay_s")), "stay_s", stay_s, 0.0, 600.0));
        }
        let tick_s = f64::from(self.spec.calendar.tick_s);
        let ticks = match scene.minutes {
            None => None,
            Some(minutes) if minutes > 0.0 && minutes <= 100_000.0 => {
                Some(((minutes * 60.0 / tick_s).round() as u64).max(1))
            }
            Some(minutes) => return Err(range(self.place(&at("minutes")), "minutes", minutes, 0.1, 100_000.0)),
        };
        let until = match &scene.until {
            None => None,
            Some(text) => {
                let place = self.place(&at("until"));
                if ticks.is_some() {
                    let cure = "Remove one of them.";
                    return Err(Error::invalid(place, "`minutes` and `until` both say how long time passes", cure));
                }
                Some(Until::parse(text, self.spec, self.schema).map_err(|error| located(error, &place))?)
            }
        };
        if let Some(entity) = &scene.select
            && !self.spec.entities.iter().any(|e| e.name == *entity)
        {
            let known = self.spec.entities.iter().map(|e| e.name.as_str());
            return Err(Error::unknown(self.place(&at("select")), "entity", entity, known));
        }
        for (number, act) in scene.acts.iter().enumerate() {
            self.act(&at(&format!("do.{number}")), act)?;
        }
        let mut expect = Vec::new();
        for (number, text) in scene.expect.iter().enumerate() {
            expect.push(Expectation::read(text, &self.tables(&at(&format!("expect.{number}"))))?);
        }
        let question = scene.question.map(|q| self.question(&at("question"), q)).transpose()?;
        Ok(Scene {
            caption: self.phrase(&at("caption"), &scene.caption)?,
            then: scene.then.as_deref().map(|text| self.phrase(&at("then"), text)).transpose()?,
            title: scene.title,
            station: scene.station,
            layout: scene.layout,
            show: scene.show,
            highlight: scene.highlight,
            select: scene.select,
            speed,
            acts: scene.acts,
            ticks,
            until,
            stay_s,
            expect,
            question,
        })
    }

    fn question(&self, path: &str, question: QuestionText) -> Result<Question> {
        let count = question.choices.len();
        if !(2..=5).contains(&count) {
            let what = format!("a question has 2 to 5 choices, this one has {count}");
            return Err(Error::invalid(self.place(&format!("{path}.choices")), what, "Write the choices as a list."));
        }
        if !(1..=count).contains(&question.right) {
            let what = format!("choice {} is not one of {count}", question.right);
            let cure = "Write the number of the right choice, counted from 1.";
            return Err(Error::invalid(self.place(&format!("{path}.right")), what, cure));
        }
        let mut choices = Vec::new();
        for (number, text) in question.choices.iter().enumerate() {
            choices.push(self.phrase(&format!("{path}.choices.{number}"), text)?);
        }
        Ok(Question {
            text: self.phrase(&format!("{path}.text"), &question.text)?,
            choices,
            right: question.right - 1,
            answer: self.phrase(&format!("{path}.answer"), &question.answer)?,
        })
    }

    fn act(&self, path: &str, act: &Act) -> Result<()> {
        match act {
            Act::Lever(lever) => {
                let place = self.place(&format!("{path}.lever.name"));
                let found =
                    self.spec.find_action(&lever.name).and_then(|(s, a)| self.spec.slots.get(s)?.actions.get(a));
                let Some(action) = found else {
                    return Err(Error::unknown(place, "lever", &lever.name, self.spec.action_names()));
                };
                let value = match lever.to {
                    Hand::Auto => return Ok(()),
                    Hand::Hand(value) | Hand::Pin(value) => value,
                };
                let (low, high) = match &action.domain {
                    Domain::Continuous { low, high } => (*low, *high),
                    Domain::Discrete { labels } => (0.0, labels.len().saturating_sub(1) as f64),
                };
                if !(low..=high).contains(&value) {
                    return Err(range(self.place(&format!("{path}.lever.to")), &lever.name, value, low, high));
                }
                Ok(())
            }
            Act::Controller(c) => self.controller(&format!("{path}.controller"), &c.slot, &[c.name.as_str()], "name"),
            Act::Shadow(c) => self.controller(&format!("{path}.shadow"), &c.slot, &[c.name.as_str()], "name"),
            Act::Race(race) => {
                let names: Vec<&str> = race.controllers.iter().map(String::as_str).collect();
                self.controller(&format!("{path}.race"), &race.slot, &names, "controllers")
            }
            Act::Disturb(disturb) => {
                let place = self.place(&format!("{path}.disturb.name"));
                let known = || self.spec.disturbances.iter().map(|d| d.name.as_str());
                let Some(found) = self.spec.disturbances.iter().find(|d| d.name == disturb.name) else {
                    return Err(Error::unknown(place, "disturbance", &disturb.name, known()));
                };
                let value = disturb.value.unwrap_or(found.value);
                if !(found.range.0..=found.range.1).contains(&value) {
                    let place = self.place(&format!("{path}.disturb.value"));
                    return Err(range(place, &disturb.name, value, found.range.0, found.range.1));
                }
                Ok(())
            }
            Act::Branch(_) | Act::Follow(_) | Act::GoTo(_) => Ok(()),
        }
    }

    fn controller(&self, path: &str, slot: &str, names: &[&str], key: &str) -> Result<()> {
        let Some(found) = self.spec.slots.iter().find(|s| s.name == slot) else {
            let known = self.spec.slots.iter().map(|s| s.name.as_str());
            return Err(Error::unknown(self.place(&format!("{path}.slot")), "slot", slot, known));
        };
        for name in names {
            let fits = self.controllers.fitting(self.spec, found);
            if !fits.iter().any(|(fit, _)| fit == name) {
                let known = fits.into_iter().map(|(fit, _)| fit);
                return Err(Error::unknown(self.place(&format!("{path}.{key}")), "controller", name, known));
            }
        }
        Ok(())
    }
}

fn range(place: Place, key: &str, value: f64, min: f64, max: f64) -> Error {
    Error::Range { place, key: key.to_owned(), value, min, max, unit: String::new() }
}

/// An error of another reader, at the place where its words stand.
fn located(error: Error, at: &Place) -> Error {
    match error {
        Error::Unknown { kind, name, known, .. } => Error::Unknown { place: at.clone(), kind, name, known },
        Error::Invalid { what, cure, .. } => Error::Invalid { place: at.clone(), what, cure },
        Error::Range { key, value, min, max, unit, .. } => {
            Error::Range { place: at.clone(), key, value, min, max, unit }
        }
        Error::Syntax { what, cure, .. } => Error::Invalid { place: at.clone(), what, cure },
        Error::Io { .. } => error,
    }
}

#[cfg(test)]
mod tests;
