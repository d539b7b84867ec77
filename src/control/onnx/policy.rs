//! A network that drives a slot.
//!
//! Whatever the network does, the run goes on: an output that is no number, and a network that fails, leave the levers
//! where they stand, are counted, and are told as an alarm. Outputs outside an action's bounds are clamped and counted.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::config::{Error, Place, Result};
use crate::control::{Controller, Decision, Insight, WARNING, from_bytes, to_bytes};
use crate::plant::{Action, Domain, PlantSpec, Slot};

use super::contract::{Binding, Give, Take, bind};
use super::network::Network;
use super::scores::{Drift, Reference, Scores};

/// Share of clamped decisions above which a warning is due (control 6).
pub const CLAMPED_WARNING: f64 = 0.01;
/// Decisions before that share says anything.
const CLAMPED_SETTLED: u64 = 100;
/// Distance from a bound that is rounding, as a share of the range: networks scale in binary32.
const ROUNDING: f64 = 1e-6;
/// Numbers of another output that are shown.
const MOST_SHOWN: usize = 16;

/// How a policy is set up.
#[derive(Debug, Clone, Default)]
pub struct Options<'a> {
    /// A `libonnxruntime`; `None` is tract.
    pub runtime: Option<&'a Path>,
    /// Outputs lie in −1 to 1 and are to be spread over each action's bounds.
    pub rescale: bool,
    /// Log whose observations the inputs are held against; without it the policy's own metadata.
    pub reference: Option<&'a Path>,
}

/// What is counted; saved with a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Memory {
    decisions: u64,
    /// Decisions of which at least one value was clamped.
    clamped: u64,
    /// Clamped values of each action.
    clamped_by_action: Vec<u64>,
    /// Decisions without a usable number.
    failed: u64,
    /// Outputs so far all lay in −1 to 1.
    within_unit: bool,
    drift: Option<Drift>,
    /// Other outputs of the last decision, in the order of [`Binding::extras`].
    extras: Vec<Vec<f32>>,
}

/// A network that drives a slot.
pub struct Policy {
    name: String,
    network: Network,
    binding: Binding,
    rescale: bool,
    actions: Vec<String>,
    inputs: Vec<String>,
    scores: Option<Scores>,
    memory: Memory,
    input: Vec<f32>,
    trouble: Option<String>,
    /// How long the last decision took. Wall time: it is shown, and enters neither memory nor decision.
    latency: Duration,
}

impl Policy {
    /// Opens a network for a slot and tries it on two observations: zeros, and the middle of every declared range.
    ///
    /// # Errors
    /// A network that cannot be loaded, that does not fit the slot, or that gives no numbers on a probe; a reference log
    /// that cannot be read.
    pub fn open(path: &Path, spec: &PlantSpec, slot: &Slot, options: &Options<'_>) -> Result<Self> {
        let mut network = Network::open(path, options.runtime)?;
        let refuse = |why: &str| {
            Error::invalid(
                Place::file(path),
                format!("this network does not fit slot `{}` of plant `{}`: {why}", slot.name, spec.name),
                format!("Look at its card: c2g-twin policy check {}", path.display()),
            )
        };
        let binding = bind(network.inputs(), network.outputs(), spec, slot).map_err(|why| refuse(&why))?;
        for (name, observation) in probes(slot) {
            let given = probe(&mut network, &binding, slot, &observation)?;
            if let Some(why) = unusable(&given, &binding, slot) {
                return Err(refuse(&format!("on {name} {why}")));
            }
        }
        let inputs = seen_names(slot, binding.take);
        let reference = match options.reference {
            Some(log) => Some(Reference::of_log(log, slot)?),
            None => Reference::of_metadata(network.header(), inputs.len()),
        };
        let mut policy = Self {
            name: path.file_stem().map_or_else(|| "policy".to_owned(), |s| s.to_string_lossy().into_owned()),
            rescale: options.rescale || network.header().metadata.get("c2g.outputs").is_some_and(|v| v == "unit"),
            actions: slot.actions.iter().map(|a| a.name.clone()).collect(),
            scores: reference.map(Scores::new),
            input: Vec::with_capacity(inputs.len()),
            inputs,
            network,
            binding,
            memory: Memory::default(),
            trouble: None,
            latency: Duration::ZERO,
        };
        policy.reset(0);
        Ok(policy)
    }

    /// How the network drives the slot.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// How long the last decision took: wall time, to be shown only.
    pub fn latency(&self) -> Duration {
        self.latency
    }

    /// Share of decisions of which a value was clamped.
    pub fn clamped_share(&self) -> f64 {
        self.memory.clamped as f64 / self.memory.decisions.max(1) as f64
    }

    /// Decisions without a usable number.
    pub fn failed(&self) -> u64 {
        self.memory.failed
    }

    /// Inputs by name with the z-score of the last decision; empty without a reference.
    pub fn z_scores(&self) -> impl Iterator<Item = (&str, f64)> {
        let last = self.scores.as_ref().map_or(&[][..], Scores::last);
        self.inputs.iter().map(String::as_str).zip(last.iter().copied())
    }

    /// Other outputs of the last decision, by name.
    pub fn extras(&self) -> impl Iterator<Item = (&str, &[f32])> {
        let names = self.binding.extras.iter().filter_map(|&k| self.network.outputs().get(k)).map(|p| p.name.as_str());
        names.zip(self.memory.extras.iter().map(Vec::as_slice))
    }

    /// What a person should know: legacy width, clamps, outputs that look unscaled, drift.
    pub fn warnings(&self) -> Vec<String> {
        let mut out = self.binding.warnings.clone();
        let (memory, share) = (&self.memory, self.clamped_share());
        if memory.decisions >= CLAMPED_SETTLED && share > CLAMPED_WARNING {
            let worst = self.actions.iter().zip(&memory.clamped_by_action).max_by_key(|(_, n)| **n);
            let worst = worst.map_or("", |(name, _)| name.as_str());
            out.push(format!(
                "{:.1} % of the decisions were clamped to their bounds, most of them {worst}",
                share * 100.0
            ));
            if memory.within_unit && !self.rescale {
                out.push(
                    "all outputs lie in −1 to 1: if the network gives raw actions, switch on \"outputs are in [−1,1], rescale\""
                        .to_owned(),
                );
            }
        }
        if let Some(scores) = &self.scores {
            for (entry, z) in scores.drifting() {
                let name = self.inputs.get(entry).map_or("", String::as_str);
                out.push(format!("{name} drifts: its mean z-score is {z:.1} ({})", scores.source()));
            }
        }
        out
    }

    /// Answers an observation. On failure the action holds NaN and the reason is returned.
    fn answer(&mut self, decision: &Decision<'_>, action: &mut [f64]) -> std::result::Result<(), String> {
        take_into(&mut self.input, decision.observation, self.binding.take);
        if let Some(scores) = &mut self.scores {
            scores.see(self.input.iter().map(|&x| f64::from(x)));
        }
        let mut outputs = self.network.run(&self.input).map_err(|e| e.to_string())?;
        let raw = outputs.get(self.binding.output).map_or(&[][..], Vec::as_slice);
        if let Some(why) = unusable(raw, &self.binding, decision.slot) {
            return Err(why);
        }
        let mut clamped = false;
        let mut rest = raw;
        for ((k, value), spec) in action.iter_mut().enumerate().zip(&decision.slot.actions) {
            let (number, outside) = one_action(&mut rest, spec, self.binding.give, self.rescale);
            *value = number;
            if outside {
                clamped = true;
                if let Some(count) = self.memory.clamped_by_action.get_mut(k) {
                    *count += 1;
                }
            }
        }
        self.memory.within_unit &= raw.iter().all(|x| x.abs() <= 1.0 + ROUNDING as f32);
        self.memory.clamped += u64::from(clamped);
        for (kept, &k) in self.memory.extras.iter_mut().zip(&self.binding.extras) {
            *kept = outputs.get_mut(k).map(std::mem::take).unwrap_or_default();
        }
        Ok(())
    }
}

/// Takes one action's part off the outputs: the action, and whether it was clamped.
fn one_action(rest: &mut &[f32], spec: &Action, give: Give, rescale: bool) -> (f64, bool) {
    let mut pop = |n: usize| {
        let (head, tail) = rest.split_at_checked(n).unwrap_or((*rest, &[]));
        *rest = tail;
        head
    };
    let (low, high) = spec.domain.bounds();
    let raw = match (give, &spec.domain) {
        (Give::Logits, Domain::Discrete { labels }) => return (highest(pop(labels.len())) as f64, false),
        _ => pop(1).first().map_or(f64::NAN, |&x| f64::from(x)),
    };
    let raw = match give {
        Give::Values if rescale => low + 0.5 * (raw + 1.0) * (high - low),
        Give::Positions => raw.round(),
        _ => raw,
    };
    let edge = ROUNDING * (high - low);
    (raw.clamp(low, high), raw < low - edge || raw > high + edge)
}

/// Position of the highest score, the first of equals.
fn highest(scores: &[f32]) -> usize {
    let mut best = 0;
    for (k, score) in scores.iter().enumerate() {
        if scores.get(best).is_none_or(|b| score > b) {
            best = k;
        }
    }
    best
}

/// Writes what the network takes of an observation.
fn take_into(input: &mut Vec<f32>, observation: &[f64], take: Take) {
    input.clear();
    input.extend(observation.iter().map(|&x| x as f32));
    match take {
        Take::Whole => {}
        Take::Without(entry) if entry < input.len() => {
            input.remove(entry);
        }
        Take::Without(_) => {}
        Take::Padded(width) => input.resize(width, 0.0),
    }
}

/// Names of the entries that the network takes.
fn seen_names(slot: &Slot, take: Take) -> Vec<String> {
    let mut names: Vec<String> = slot.observations.iter().map(|o| o.name.clone()).collect();
    match take {
        Take::Without(entry) if entry < names.len() => {
            names.remove(entry);
        }
        Take::Padded(width) => names.resize(width, "padding".to_owned()),
        Take::Whole | Take::Without(_) => {}
    }
    names
}

/// The observations that a network is tried on before it drives.
pub(super) fn probes(slot: &Slot) -> [(&'static str, Vec<f64>); 2] {
    let middle = |low: f64, high: f64| {
        let middle = 0.5 * (low + high);
        if middle.is_finite() { middle } else { 0.0 }
    };
    [
        ("zeros", vec![0.0; slot.observations.len()]),
        ("the middle of the ranges", slot.observations.iter().map(|o| middle(o.low, o.high)).collect()),
    ]
}

/// What the acting output says to an observation.
pub(super) fn probe(network: &mut Network, binding: &Binding, slot: &Slot, observation: &[f64]) -> Result<Vec<f32>> {
    let mut input = Vec::with_capacity(slot.observations.len());
    take_into(&mut input, observation, binding.take);
    Ok(network.run(&input)?.into_iter().nth(binding.output).unwrap_or_default())
}

/// Why an output cannot act.
pub(super) fn unusable(raw: &[f32], binding: &Binding, slot: &Slot) -> Option<String> {
    let wanted: usize = match binding.give {
        Give::Values | Give::Positions => slot.actions.len(),
        Give::Logits => slot.actions.iter().map(|a| a.domain.bounds().1 as usize + 1).sum(),
    };
    if raw.len() != wanted {
        return Some(format!("it gives {} values, not {wanted}", raw.len()));
    }
    let bad = raw.iter().position(|x| !x.is_finite())?;
    let value = raw.get(bad).copied().unwrap_or(f32::NAN);
    Some(format!("value {bad} of its output is {value}, not a number that can act"))
}

impl Controller for Policy {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let begin = Instant::now();
        self.memory.decisions += 1;
        if let Err(why) = self.answer(decision, action) {
            // The loop holds the last value where there is no number.
            action.fill(f64::NAN);
            self.memory.failed += 1;
            self.trouble = Some(format!("{}: {why}; the last action holds", self.name));
        }
        self.latency = begin.elapsed();
    }

    fn reset(&mut self, _seed: u64) {
        if let Some(scores) = &mut self.scores {
            scores.reset();
        }
        self.trouble = None;
        self.memory = Memory {
            clamped_by_action: vec![0; self.actions.len()],
            within_unit: true,
            extras: vec![Vec::new(); self.binding.extras.len()],
            ..Memory::default()
        };
    }

    fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    fn native(&self) -> bool {
        false
    }

    fn insight(&self) -> Insight {
        let memory = &self.memory;
        let mut values = vec![
            ("decides in, µs".to_owned(), self.latency.as_secs_f64() * 1e6),
            ("clamped, %".to_owned(), self.clamped_share() * 100.0),
            ("failed".to_owned(), memory.failed as f64),
        ];
        values.extend(self.z_scores().map(|(name, z)| (format!("z of {name}"), z)));
        let mut texts: Vec<(String, String)> =
            self.warnings().into_iter().map(|text| (WARNING.to_owned(), text)).collect();
        texts.push(("network".to_owned(), self.network.path().display().to_string()));
        texts.push(("engine".to_owned(), self.network.engine().to_owned()));
        if self.rescale {
            texts.push(("outputs".to_owned(), "−1 to 1, spread over the bounds".to_owned()));
        }
        for (name, numbers) in self.extras() {
            match numbers {
                [] => {}
                [one] => values.push((name.to_owned(), f64::from(*one))),
                many => {
                    let shown: Vec<String> = many.iter().take(MOST_SHOWN).map(|x| format!("{x:.3}")).collect();
                    texts.push((name.to_owned(), shown.join("  ")));
                }
            }
        }
        Insight { values, texts, plans: Vec::new() }
    }

    fn save(&self) -> Vec<u8> {
        let drift = self.scores.as_ref().map(|s| s.drift.clone());
        to_bytes(&Memory { drift, ..self.memory.clone() })
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        let mut memory: Memory = from_bytes(&self.name, state)?;
        if let (Some(scores), Some(drift)) = (&mut self.scores, memory.drift.take()) {
            scores.drift = drift;
        }
        self.memory = memory;
        self.trouble = None;
        Ok(())
    }
}
