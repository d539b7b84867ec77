//! The card of a network: what a person wants to know before it drives. The command line prints it, the window shows it.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::plant::{PlantSpec, Slot};

use super::contract::{Binding, Give, Take, bind, shape};
use super::header::Header;
use super::network::{Network, Port};
use super::policy::{probe, probes, unusable};

/// Runs behind the latency on a card.
const TIMED_RUNS: usize = 200;
/// Values of an output that a card shows.
const SHOWN: usize = 8;
/// Name of the probe of zeros.
const ZEROS: &str = "zeros";

/// How a network stands to a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Plant.
    pub plant: String,
    /// Slot.
    pub slot: String,
    /// How it drives the slot, or why it cannot.
    pub outcome: Result<Binding, String>,
}

/// What a network says to one observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// What it was given, in words.
    pub name: String,
    /// The output that acts, or the first one; the reason when there is none.
    pub output: Result<Vec<f32>, String>,
}

/// Everything worth knowing about a network.
#[derive(Debug, Clone)]
pub struct PolicyCard {
    /// The file.
    pub path: PathBuf,
    /// What it says about itself.
    pub header: Header,
    /// The engine that runs it.
    pub engine: String,
    /// Inputs.
    pub inputs: Vec<Port>,
    /// Outputs.
    pub outputs: Vec<Port>,
    /// How it stands to every slot that was asked about.
    pub fits: Vec<Fit>,
    /// What it says to zeros and to the middle of the ranges.
    pub probes: Vec<Probe>,
    /// Middle of the times that one decision took; `None` when it cannot be run.
    pub latency: Option<Duration>,
}

impl PolicyCard {
    /// Looks at a network, for these slots.
    pub fn of(network: &mut Network, slots: &[(&PlantSpec, &Slot)]) -> Self {
        let mut tried: Vec<Probe> = Vec::new();
        let mut fits = Vec::with_capacity(slots.len());
        for &(spec, slot) in slots {
            let mut outcome = bind(network.inputs(), network.outputs(), spec, slot);
            if let Ok(mut binding) = outcome.clone() {
                for (name, observation) in probes(slot) {
                    let output = probe(network, &binding, slot, &observation).map_err(|e| e.to_string());
                    match output.as_ref().map(|raw| unusable(raw, &binding, slot)) {
                        Err(why) => outcome = Err(why.clone()),
                        Ok(Some(why)) => outcome = Err(format!("on {name} {why}")),
                        Ok(None) => binding
                            .warnings
                            .extend(output.as_ref().ok().and_then(|raw| hint(name, raw, &binding, slot))),
                    }
                    // Zeros are the same to every slot.
                    let name =
                        if name == ZEROS { name.to_owned() } else { format!("{name}, {} {}", spec.name, slot.name) };
                    if !tried.iter().any(|p| p.name == name) {
                        tried.push(Probe { name, output });
                    }
                }
                outcome = outcome.map(|_| binding);
            }
            fits.push(Fit { plant: spec.name.clone(), slot: slot.name.clone(), outcome });
        }
        if tried.is_empty() {
            tried.extend(bare_probe(network));
        }
        Self {
            latency: time(network),
            path: network.path().to_path_buf(),
            header: network.header().clone(),
            engine: network.engine().to_owned(),
            inputs: network.inputs().to_vec(),
            outputs: network.outputs().to_vec(),
            fits,
            probes: tried,
        }
    }

    /// Whether every probe gave numbers.
    pub fn sound(&self) -> bool {
        self.probes.iter().all(|p| p.output.as_ref().is_ok_and(|v| v.iter().all(|x| x.is_finite())))
    }
}

/// What an output outside its bounds looks like. It is no refusal: values are clamped.
fn hint(name: &str, raw: &[f32], binding: &Binding, slot: &Slot) -> Option<String> {
    if binding.give != Give::Values {
        return None;
    }
    let outside = raw.iter().zip(&slot.actions).filter(|(x, action)| {
        let (low, high) = action.domain.bounds();
        !(low..=high).contains(&f64::from(**x))
    });
    let names: Vec<&str> = outside.map(|(_, action)| action.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let unit = raw.iter().all(|x| x.abs() <= 1.0);
    let cure = if unit { "; if its outputs lie in −1 to 1, let them be rescaled" } else { "; they will be clamped" };
    Some(format!("on {name} {} lies outside its bounds{cure}", names.join(", ")))
}

/// Zeros for a network that fits no slot, where its input has a width.
fn bare_probe(network: &mut Network) -> Option<Probe> {
    let [input] = network.inputs() else { return None };
    let width = input.width().filter(|&w| w > 0)?;
    let output = network.run(&vec![0.0; width]).map(|all| all.into_iter().next().unwrap_or_default());
    Some(Probe { name: ZEROS.to_owned(), output: output.map_err(|e| e.to_string()) })
}

/// Middle of the times of many runs. A network that cannot be run has none.
fn time(network: &mut Network) -> Option<Duration> {
    let [input] = network.inputs() else { return None };
    let zeros = vec![0.0; input.width()?];
    let mut times = Vec::with_capacity(TIMED_RUNS);
    for _ in 0..TIMED_RUNS {
        let begin = Instant::now();
        network.run(&zeros).ok()?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// How a network drives a slot, in words.
fn driving(binding: &Binding, outputs: &[Port]) -> String {
    let output = outputs.get(binding.output).map_or("", |p| p.name.as_str());
    let take = match binding.take {
        Take::Whole => "",
        Take::Without(_) => ", one entry left out",
        Take::Padded(_) => ", padded with zeros",
    };
    let give = match binding.give {
        Give::Values => "one value an action, clamped to its bounds",
        Give::Logits => "the position with the highest score",
        Give::Positions => "the position itself",
    };
    format!("`{output}` acts: {give}{take}")
}

impl fmt::Display for PolicyCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |head: &str, text: &str| writeln!(f, "  {head:<8} {text}");
        let h = &self.header;
        let producer = if h.producer.is_empty() { String::new() } else { format!(", written by {}", h.producer) };
        line("file", &format!("ONNX format {}, operators {}{producer}", h.ir_version, h.opset))?;
        line("engine", &self.engine)?;
        for (head, ports) in [("takes", &self.inputs), ("gives", &self.outputs)] {
            for port in ports {
                line(head, &format!("{} {} {}", port.name, shape(&port.shape), port.kind))?;
            }
        }
        for (key, value) in &h.metadata {
            let short: String = value.chars().take(60).collect();
            let more = if short.len() < value.len() { " …" } else { "" };
            line("says", &format!("{key}: {short}{more}"))?;
        }
        let fitting: Vec<&Fit> = self.fits.iter().filter(|fit| fit.outcome.is_ok()).collect();
        for fit in &fitting {
            let Ok(binding) = &fit.outcome else { continue };
            line("fits", &format!("{} {}: {}", fit.plant, fit.slot, driving(binding, &self.outputs)))?;
            for k in &binding.extras {
                let name = self.outputs.get(*k).map_or("", |p| p.name.as_str());
                line("", &format!("`{name}` is shown beside it"))?;
            }
            for warning in &binding.warnings {
                line("warning", &format!("{} {}: {warning}", fit.plant, fit.slot))?;
            }
        }
        if fitting.is_empty() {
            line("fits", "no slot")?;
            // Slots of a plant that say the same are told together.
            let mut told: Vec<(&str, Vec<&str>, &str)> = Vec::new();
            for fit in &self.fits {
                let Err(why) = &fit.outcome else { continue };
                match told.iter_mut().find(|(plant, _, reason)| *plant == fit.plant && reason == why) {
                    Some((_, slots, _)) => slots.push(&fit.slot),
                    None => told.push((&fit.plant, vec![&fit.slot], why)),
                }
            }
            for (plant, slots, why) in told {
                line("", &format!("{plant} {}: {why}", slots.join(", ")))?;
            }
        }
        for probe in &self.probes {
            let said = match &probe.output {
                Ok(values) => {
                    let shown: Vec<String> = values.iter().take(SHOWN).map(|v| format!("{v:.4}")).collect();
                    let more = values.len().saturating_sub(SHOWN);
                    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                    let remark = if values.iter().all(|v| v.is_finite()) { "" } else { " (NOT FINITE)" };
                    format!("{}{more}{remark}", shown.join(" "))
                }
                Err(why) => format!("nothing ({why})"),
            };
            line("probe", &format!("{} give {said}", probe.name))?;
        }
        if let Some(latency) = self.latency {
            line("speed", &format!("{:.0} µs a decision on this machine", latency.as_secs_f64() * 1e6))?;
        }
        Ok(())
    }
}
