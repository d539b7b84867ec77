//! What the Site tile and the 3D scene tell each other: plain data, so that neither knows the other's library.
//!
//! The tile says how large the picture must be and what the pointer did on it; the scene says which texture to show,
//! where its things stand on the picture and what the pointer means. Places on the picture are shares of its width and
//! height, from 0 at the left and at the top to 1.

use serde::{Deserialize, Serialize};

use crate::app::theme::ThemeName;
use crate::signal::{Alarm, EntityId, Limits, SignalId};

/// Plants that have a 3D scene, by name.
pub const PLANTS_WITH_SCENE: [&str; 2] = ["c2g", "sustaindc"];

/// Whether there is a 3D scene for a plant.
pub fn has_scene(plant: &str) -> bool {
    PLANTS_WITH_SCENE.contains(&plant)
}

/// A place on the picture, shares of width and height from the upper left corner.
pub type Place = [f32; 2];

/// How much work a picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// What suits the graphics driver: [`Quality::Fine`] on a card with memory of its own, coarser in software.
    #[default]
    Auto,
    /// Twice the pixels in each direction, smoothed edges.
    Fine,
    /// A pixel for a pixel, smoothed edges.
    Normal,
    /// Fewer pixels, hard edges, and dashes that stand: for a processor that has other things to do.
    Plain,
}

impl Quality {
    /// All of them, in the order in which a person goes through them.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Fine, Self::Normal, Self::Plain];

    /// The next one, going round.
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|q| *q == self).unwrap_or(0);
        Self::ALL.get(at + 1).copied().unwrap_or_default()
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Auto => "automatic",
            Self::Fine => "fine",
            Self::Normal => "normal",
            Self::Plain => "plain",
        }
    }
}

/// What the tile asks of the scene. Movements add up until the scene has taken them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StageAsk {
    /// Size of the picture, physical pixels; `None` while the tile is not to be seen.
    pub size_px: Option<[u32; 2]>,
    /// Its width, points.
    pub width_pt: f32,
    /// Turn around the middle, points dragged to the right and downwards.
    pub orbit_pt: [f32; 2],
    /// Shift of the middle, points dragged.
    pub pan_pt: [f32; 2],
    /// Nearer (positive) or farther, points scrolled.
    pub zoom_pt: f32,
    /// Camera station to fly to, by its name.
    pub station: Option<String>,
    /// Where the pointer rests on the picture.
    pub pointer: Option<Place>,
    /// Where the pointer clicked.
    pub click: Option<Place>,
    /// Where the pointer clicked twice: the eye flies to what is there.
    pub enter: Option<Place>,
    /// What is selected anywhere in the window.
    pub selected: Option<EntityId>,
    /// Colours.
    pub theme: ThemeName,
    /// Whether movements jump instead of flying.
    pub still: bool,
    /// How much work the picture may be.
    pub quality: Quality,
}

/// A camera station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Stable name.
    pub name: String,
    /// Words on its button.
    pub label: String,
    /// The same where room is short.
    pub brief: String,
}

/// A number of a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Where it comes from.
    pub signal: SignalId,
    /// Factor on the value.
    pub scale: f64,
    /// Unit or word behind it, after scaling.
    pub unit: String,
    /// Digits after the decimal point.
    pub decimals: usize,
    /// Whether a plus sign stands before positive values: where the sign says which way it goes.
    pub signed: bool,
}

impl Reading {
    /// A number without a plus sign.
    pub fn new(signal: SignalId, scale: f64, unit: &str, decimals: usize) -> Self {
        Self { signal, scale, unit: unit.to_owned(), decimals, signed: false }
    }
}

/// A thing with a label on the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// What it is.
    pub entity: EntityId,
    /// Words of its first line; the entity's own label where empty.
    pub label: String,
    /// The same where room is short.
    pub brief: String,
    /// Its numbers, most important first.
    pub readings: Vec<Reading>,
    /// Where it stands on the picture.
    pub at: Place,
    /// Where its box would like to begin, points to the right and down from there.
    pub lean: [f32; 2],
    /// Distance from the eye; those farther away fold first.
    pub depth: f32,
    /// Rank: 0 stays to the last, higher numbers fold away earlier where room is short.
    pub rank: u8,
}

/// A temperature legend: the scale that colours mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Legend {
    /// Words above it.
    pub title: String,
    /// Marks on the scale, °C, with their alarm.
    pub marks_degc: Vec<(f64, Alarm)>,
}

impl Legend {
    /// That of a temperature with its upper limits.
    pub fn degc(limits: Limits) -> Self {
        let marks = [(limits.warn_high, Alarm::Warn), (limits.trip_high, Alarm::Trip)];
        let marks = marks.into_iter().filter_map(|(value, alarm)| Some((value?, alarm)));
        Self { title: "Temperature, °C".to_owned(), marks_degc: marks.collect() }
    }
}

/// What the scene tells the tile.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StageTell {
    /// Number of the egui user texture with the picture; `None` until there is one.
    pub texture: Option<u64>,
    /// Camera stations, in the order of their buttons.
    pub stations: Vec<Station>,
    /// The station where the camera stands; `None` after it was moved by hand.
    pub station: Option<String>,
    /// Things with labels that are in sight.
    pub anchors: Vec<Anchor>,
    /// What lies under the pointer.
    pub hovered: Option<EntityId>,
    /// What a click hit: taken by the tile once. `Some(None)` is a click on nothing.
    pub picked: Option<Option<EntityId>>,
    /// What the picture shows, in small print; the last parts fold away where room is short.
    pub caption: Vec<String>,
    /// The scale of its colours.
    pub legend: Option<Legend>,
    /// Why there is no picture, with the cure.
    pub failure: Option<String>,
}

/// Both directions, kept beside the panels' state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stage {
    /// From the tile to the scene.
    pub ask: StageAsk,
    /// From the scene to the tile.
    pub tell: StageTell,
}
