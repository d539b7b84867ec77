//! A tick taken apart: what it earned and by which terms, what was seen, what became of each command on its way, and
//! what one step more or less of each lever would have changed.
//!
//! [`Probe`] is held to a run while it passes the tick; every "would have" is the tick, or the stretch up to the slot's
//! next decision, run again through the plant from where it stood, with the same noise, inputs and actions of everybody
//! else.

mod probe;
mod trial;
mod words;

use serde::Serialize;

pub use probe::Probe;

/// A tick taken apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// Number of the tick.
    pub tick: u64,
    /// Every slot.
    pub slots: Vec<SlotWhy>,
}

/// A slot's part of a tick: the decision in force, and what came of it up to the next one.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SlotWhy {
    /// Number of the slot.
    pub slot: usize,
    /// Its name.
    pub name: String,
    /// Words for people.
    pub label: String,
    /// Who decided.
    pub controller: String,
    /// Whether anybody did.
    pub drives: bool,
    /// Tick of the decision; `None` before the first.
    pub decided: Option<u64>,
    /// Tick behind the last one whose outcome counts.
    pub until: u64,
    /// From this tick on the stretch has not been run: it is told as it comes when everything goes on as it does.
    pub foretold_from: Option<u64>,
    /// Reward of the stretch; NaN where none is told.
    pub reward: f64,
    /// What it is made of, in the plant's order: the values add up to the reward.
    pub terms: Vec<TermWhy>,
    /// What the decision was made on.
    pub seen: Vec<SeenWhy>,
    /// What became of the command, by lever.
    pub levers: Vec<LeverWhy>,
    /// One step less and one step more of each lever.
    pub steps: Vec<StepWhy>,
    /// The step that would have earned most more, if any would: index of `steps`.
    pub best: Option<usize>,
    /// What was asked for and given.
    pub service: Option<ServiceWhy>,
    /// What was sold.
    pub deal: Option<DealWhy>,
    /// The tick in one sentence.
    pub headline: String,
    /// Why it came so; every number in it was run again through the plant.
    pub because: Vec<Because>,
}

/// A term of a reward.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermWhy {
    /// Name of the term.
    pub name: String,
    /// Words for people.
    pub label: String,
    /// How it is computed; empty where the plant does not say.
    pub formula: String,
    /// What it came to, with its numbers.
    pub words: String,
    /// Signed value.
    pub value: f64,
    /// The numbers in the words, by signal.
    pub numbers: Vec<(String, f64)>,
}

/// An entry of an observation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeenWhy {
    /// Name of the entry.
    pub name: String,
    /// Words for people.
    pub label: String,
    /// As the controller saw it.
    pub seen: f64,
    /// Lowest and highest declared value, as seen.
    pub range: (f64, f64),
    /// In physical terms.
    pub value: f64,
    /// Unit of the value; empty for pure numbers.
    pub unit: String,
    /// The value with its unit, or the name of the state.
    pub words: String,
    /// Where it lies on most days, in the unit, and as it would be seen.
    pub normal: Option<Normal>,
    /// The same in words: "30 to 33 °C"; empty where nothing is known.
    pub usual: String,
}

/// Where a value lies on most days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Normal {
    /// Lowest and highest value, in the unit.
    pub physical: (f64, f64),
    /// The same as it is seen.
    pub seen: (f64, f64),
    /// Whether the value lies outside.
    pub outside: bool,
}

/// A stage of a command on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// What the controller asked for.
    Controller,
    /// What a hand on the lever made of it.
    Hand,
    /// What the shield made of it.
    Shield,
    /// What the cast to binary32 and the range of the lever made of it.
    Clip,
    /// What a pin made of it.
    Pin,
    /// What the plant was given.
    Plant,
}

impl StageKind {
    /// Words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Controller => "Controller",
            Self::Hand => "Hand",
            Self::Shield => "Shield",
            Self::Clip => "Cast and clip",
            Self::Pin => "Pin",
            Self::Plant => "Plant",
        }
    }
}

/// A stage of a command on its way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// Which.
    pub kind: StageKind,
    /// The value behind it.
    pub value: f64,
    /// Whether it changed the value by more than its cast to binary32.
    pub changed: bool,
    /// What it did, where it did something; empty otherwise.
    pub words: String,
}

/// What became of the command on a lever.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeverWhy {
    /// `slot.action`.
    pub name: String,
    /// Words for people.
    pub label: String,
    /// Stages in their order; the last one is the plant.
    pub stages: Vec<Stage>,
    /// What it did, in the unit of its effect; NaN where none is told.
    pub effect: f64,
    /// Unit of the effect.
    pub unit: String,
    /// What came with the lever at its neutral value instead; `None` where it stood there, or where nothing is told.
    pub neutral: Option<Trial>,
    /// What came with the controller's own value instead; `None` where nothing overrode it.
    pub own: Option<Trial>,
}

/// What came of one lever at another value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trial {
    /// Number of the action in its slot.
    pub lever: usize,
    /// The value.
    pub value: f64,
    /// Reward of the stretch; NaN where none is told.
    pub reward: f64,
    /// What is given, see [`ServiceWhy::given`]; without a service the lever's own effect. NaN where neither is told.
    pub given: f64,
    /// Whether a limit was broken that ends an episode.
    pub trips: bool,
}

/// One step of a lever.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepWhy {
    /// Number of the action in its slot.
    pub lever: usize,
    /// Lever and step in words: "Battery −0.20".
    pub label: String,
    /// −1 for less, +1 for more.
    pub direction: i8,
    /// What would have come; `None` where the lever stands at its end.
    pub trial: Option<Trial>,
    /// Change of the reward; NaN where nothing is told.
    pub reward: f64,
    /// Change of what is given.
    pub given: f64,
    /// Why the step does little: it stands at its end, its charge is near a limit. Empty where nothing holds it.
    pub held: String,
}

/// What was asked for and given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceWhy {
    /// What was asked for; NaN where nobody asks.
    pub asked: f64,
    /// What was given.
    pub given: f64,
    /// Unit of both.
    pub unit: String,
    /// What it is made of: label and value.
    pub shares: Vec<(String, f64)>,
}

/// What was sold in a stretch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DealWhy {
    /// First tick of the stretch.
    pub from: u64,
    /// Tick behind its last one.
    pub until: u64,
    /// Whether somebody offered.
    pub offered: bool,
    /// How much.
    pub quantity: f64,
    /// At what price.
    pub price: f64,
    /// How much was wanted.
    pub wanted: f64,
    /// The price that cleared.
    pub cleared: f64,
    /// Chance with which it was drawn.
    pub chance: f64,
    /// The same by price alone.
    pub chance_by_price: f64,
    /// Whether it was taken; `None` without an offer.
    pub taken: Option<bool>,
    /// How well it was done; NaN until it is told.
    pub score: f64,
    /// What is paid.
    pub paid: f64,
    /// Words, value, decimals and unit of what is multiplied.
    pub factors: Vec<FactorWhy>,
    /// The product as it is written: "34.40 × 24 × 0.838 × 0.25 h".
    pub product: String,
    /// Price, chance by price alone, chance with this quantity: from the plant's own functions.
    pub curve: Vec<[f64; 3]>,
    /// Unit of the price, of the quantity, of what is paid.
    pub units: [String; 3],
}

/// A factor of what is paid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactorWhy {
    /// Words for people.
    pub label: String,
    /// The value.
    pub value: f64,
    /// The value as it is written, with its unit where it is a constant.
    pub words: String,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Because {
    /// The sentence.
    pub text: String,
    /// What was run again for it.
    pub trial: Trial,
}

impl SlotWhy {
    /// Sum of the terms, in their order.
    pub fn sum(&self) -> f64 {
        self.terms.iter().map(|term| term.value).sum()
    }
}
