//! What a network must look like to drive a slot (control 6): which input it reads, which output it gives, and why a
//! network does not fit.

use crate::plant::{Domain, PlantSpec, Slot};

use super::network::Port;

/// Width of SustainDC's actors before the environment of today (sustaindc 0, row 12).
const OLD_SUSTAINDC_WIDTH: usize = 14;
/// Entry that C2G's hardware networks of 17 inputs did not see (control 6).
const HARDWARE_ENTRY_DROPPED: usize = 17;

/// How a slot's observation becomes the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// As it is.
    Whole,
    /// Without one entry: networks that were trained before it existed.
    Without(usize),
    /// Followed by zeros up to this width.
    Padded(usize),
}

/// How the network's output becomes the slot's action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Give {
    /// One value an action; clamped to its bounds.
    Values,
    /// One score a position, actions one after another; the highest wins, the first of equals.
    Logits,
    /// One position an action, as a number.
    Positions,
}

/// How a network drives a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// What becomes its input.
    pub take: Take,
    /// Number of the output that acts.
    pub output: usize,
    /// What becomes of it.
    pub give: Give,
    /// Outputs that are only shown: value, log_prob, gate, concepts.
    pub extras: Vec<usize>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// How a network with these ports drives a slot, or why it cannot.
///
/// # Errors
/// The reason, in words that stand on the card of the network.
pub fn bind(inputs: &[Port], outputs: &[Port], spec: &PlantSpec, slot: &Slot) -> Result<Binding, String> {
    let input = the_input(inputs)?;
    let mut warnings = Vec::new();
    let take = taken(input, spec, slot, &mut warnings)?;
    let (output, give) = acting(outputs, slot)?;
    let extras = (0..outputs.len()).filter(|&k| k != output).collect();
    Ok(Binding { take, output, give, extras, warnings })
}

/// Words that inputs of recurrent networks bear.
const STATE_WORDS: [&str; 8] = ["rnn", "hidden", "state", "mask", "lstm", "gru", "h_in", "c_in"];

fn the_input(inputs: &[Port]) -> Result<&Port, String> {
    let input = match inputs {
        [input] => input,
        [] => return Err("it has no input".to_owned()),
        several => {
            let names: Vec<String> = several.iter().map(|p| format!("`{}`", p.name)).collect();
            let state = several.iter().any(|p| {
                let name = p.name.to_lowercase();
                // "state" alone is a name for an observation.
                name != "state" && STATE_WORDS.iter().any(|word| name.contains(word))
            });
            let why = if state { "recurrent state and masks cannot be fed" } else { "only one can be fed" };
            return Err(format!("it has {} inputs ({}): {why}", several.len(), names.join(", ")));
        }
    };
    if !input.is_float() {
        return Err(format!("input `{}` holds {}, not float32", input.name, input.kind));
    }
    if !input.is_vector() {
        return Err(format!(
            "input `{}` has shape {}, not [width] or [batch, width] with a batch of 1 or free",
            input.name,
            shape(&input.shape)
        ));
    }
    Ok(input)
}

fn taken(input: &Port, spec: &PlantSpec, slot: &Slot, warnings: &mut Vec<String>) -> Result<Take, String> {
    let sees = slot.observations.len();
    let Some(width) = input.width() else { return Ok(Take::Whole) };
    if width == sees {
        return Ok(Take::Whole);
    }
    if spec.name == "c2g" && slot.name == "hardware" && width == HARDWARE_ENTRY_DROPPED && sees == width + 1 {
        let left_out = slot.observations.get(HARDWARE_ENTRY_DROPPED).map_or("", |o| o.name.as_str());
        warnings.push(format!("a network of 17 inputs: entry 17 ({left_out}) is left out"));
        return Ok(Take::Without(HARDWARE_ENTRY_DROPPED));
    }
    // A plant whose agents share one padded width says so.
    let padded = spec.facts.get("policy_inputs").map(|&w| w as usize);
    if padded == Some(width) && width > sees {
        return Ok(Take::Padded(width));
    }
    if spec.name == "sustaindc" && width == OLD_SUSTAINDC_WIDTH {
        return Err(
            "it takes 14 values, as actors of June 2024 did: their environment gave other observations in another order; today's actors take 26 values, padded with zeros".to_owned(),
        );
    }
    Err(format!("it takes {width} values, the slot sees {sees}"))
}

fn acting(outputs: &[Port], slot: &Slot) -> Result<(usize, Give), String> {
    let labels: Option<Vec<usize>> = slot
        .actions
        .iter()
        .map(|a| match &a.domain {
            Domain::Discrete { labels } => Some(labels.len()),
            Domain::Continuous { .. } => None,
        })
        .collect();
    let actions = slot.actions.len();
    let give = |port: &Port| -> Option<Give> {
        if !(port.is_float() || port.is_whole()) {
            return None;
        }
        // A free width is settled by the probes, and a number alone is one position.
        let width = port.width().unwrap_or(actions);
        match &labels {
            None => (port.is_float() && width == actions).then_some(Give::Values),
            Some(counts) if port.is_float() && port.width() == Some(counts.iter().sum()) => Some(Give::Logits),
            Some(_) if width == actions || (actions == 1 && port.shape.len() < 2) => Some(Give::Positions),
            Some(_) => None,
        }
    };
    let rank = |port: &Port| {
        let name = port.name.to_lowercase();
        match name.as_str() {
            "action" | "actions" => 0,
            _ if name.starts_with("action") => 1,
            _ if name.contains("logit") => 2,
            "value" | "values" | "log_prob" | "gate" | "concepts" | "entropy" => 4,
            _ => 3,
        }
    };
    let fitting = outputs.iter().enumerate().filter_map(|(k, port)| give(port).map(|g| (rank(port), k, g)));
    let best = fitting.min_by_key(|&(rank, k, _)| (rank, k));
    best.map(|(_, k, give)| (k, give)).ok_or_else(|| {
        let given: Vec<String> =
            outputs.iter().map(|p| format!("`{}` {} {}", p.name, shape(&p.shape), p.kind)).collect();
        let wanted = match &labels {
            None => format!("{actions} values in float32"),
            Some(counts) => format!("{} scores", counts.iter().sum::<usize>()),
        };
        format!(
            "the slot needs {wanted}, it gives {}",
            if given.is_empty() { "nothing".to_owned() } else { given.join(", ") }
        )
    })
}

/// A shape in words: free sizes as N.
pub fn shape(sizes: &[i64]) -> String {
    let words: Vec<String> = sizes.iter().map(|&n| if n < 0 { "N".to_owned() } else { n.to_string() }).collect();
    format!("[{}]", words.join(", "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plant::{Action, Observation};
    use crate::signal::Carrier;

    fn port(name: &str, shape: &[i64]) -> Port {
        Port { name: name.to_owned(), shape: shape.to_vec(), kind: "f32".to_owned() }
    }

    fn slot(name: &str, sees: usize, domains: &[Domain]) -> Slot {
        let observation = |k| Observation {
            name: format!("o{k}"),
            low: 0.0,
            high: 1.0,
            scale: 1.0,
            unit: String::new(),
            doc: String::new(),
        };
        let action = |domain: &Domain| Action {
            name: String::new(),
            label: String::new(),
            domain: domain.clone(),
            default: 0.0,
            nudge: 0.1,
            carrier: Carrier::Aux,
            effect: None,
            verbs: (String::new(), String::new()),
            reasons: Vec::new(),
            doc: String::new(),
        };
        Slot {
            name: name.to_owned(),
            label: name.to_owned(),
            period_ticks: 1,
            phase_ticks: 0,
            observations: (0..sees).map(observation).collect(),
            actions: domains.iter().map(action).collect(),
            reward: None,
            reward_terms: Vec::new(),
            reward_when: None,
            optional: false,
            default_controller: String::new(),
        }
    }

    fn unit() -> Domain {
        Domain::Continuous { low: 0.0, high: 1.0 }
    }

    fn three() -> Domain {
        Domain::Discrete { labels: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()] }
    }

    fn plant(name: &str) -> PlantSpec {
        PlantSpec { name: name.to_owned(), ..PlantSpec::default() }
    }

    #[test]
    fn the_action_is_found_among_other_outputs() {
        let hardware = slot("hardware", 18, &[unit(), unit(), unit(), unit()]);
        let outputs =
            [port("value", &[-1, 1]), port("gate", &[-1, 4]), port("mu", &[-1, 4]), port("concepts", &[-1, 10])];
        let bound = bind(&[port("x", &[-1, 18])], &outputs, &plant("c2g"), &hardware).unwrap();
        assert_eq!((bound.take, bound.output, bound.give), (Take::Whole, 2, Give::Values));
        assert_eq!(bound.extras, [0, 1, 3]);
        let named = [port("mean", &[1, 4]), port("action", &[1, 4])];
        assert_eq!(bind(&[port("x", &[18])], &named, &plant("c2g"), &hardware).unwrap().output, 1);
    }

    #[test]
    fn seventeen_inputs_leave_the_last_entry_out() {
        let hardware = slot("hardware", 18, &[unit(), unit(), unit(), unit()]);
        let bound = bind(&[port("obs", &[1, 17])], &[port("action", &[1, 4])], &plant("c2g"), &hardware).unwrap();
        assert_eq!(bound.take, Take::Without(17));
        assert_eq!(bound.warnings, ["a network of 17 inputs: entry 17 (o17) is left out"]);
        let other = bind(&[port("obs", &[1, 17])], &[port("action", &[1, 4])], &plant("other"), &hardware);
        assert_eq!(other.unwrap_err(), "it takes 17 values, the slot sees 18");
    }

    #[test]
    fn heads_of_positions_give_scores_or_the_position_itself() {
        let mut plant = plant("sustaindc");
        plant.facts.insert("policy_inputs".to_owned(), 26.0);
        let cooling = slot("agent_dc", 14, &[three()]);
        let wide = [port("obs", &[-1, 26])];
        let bound = bind(&wide, &[port("action_logits", &[-1, 3])], &plant, &cooling).unwrap();
        assert_eq!((bound.take, bound.give), (Take::Padded(26), Give::Logits));
        let position = Port { kind: "i64".to_owned(), ..port("action", &[-1]) };
        assert_eq!(bind(&wide, &[position], &plant, &cooling).unwrap().give, Give::Positions);
        let old = bind(&[port("obs", &[-1, 14])], &[port("l", &[-1, 3])], &plant, &slot("agent_ls", 26, &[three()]));
        assert!(old.unwrap_err().contains("June 2024"));
    }

    #[test]
    fn every_refusal_says_what_it_found() {
        let hardware = slot("hardware", 18, &[unit(), unit(), unit(), unit()]);
        let reason = |inputs: &[Port], outputs: &[Port]| bind(inputs, outputs, &plant("c2g"), &hardware).unwrap_err();
        let (obs, action) = (port("obs", &[-1, 18]), port("action", &[-1, 4]));
        let one = std::slice::from_ref(&action);
        assert_eq!(reason(&[], one), "it has no input");
        assert_eq!(
            reason(&[obs.clone(), port("rnn_states", &[1, 1, 64])], one),
            "it has 2 inputs (`obs`, `rnn_states`): recurrent state and masks cannot be fed"
        );
        assert_eq!(
            reason(&[obs.clone(), port("goal", &[1, 2])], one),
            "it has 2 inputs (`obs`, `goal`): only one can be fed"
        );
        let text = Port { kind: "i64".to_owned(), ..obs.clone() };
        assert_eq!(reason(&[text], one), "input `obs` holds i64, not float32");
        assert_eq!(
            reason(&[port("obs", &[-1, 4, 18])], one),
            "input `obs` has shape [N, 4, 18], not [width] or [batch, width] with a batch of 1 or free"
        );
        assert!(reason(&[port("obs", &[8, 18])], one).contains("[8, 18]"));
        assert_eq!(reason(&[port("obs", &[1, 19])], one), "it takes 19 values, the slot sees 18");
        assert_eq!(
            reason(&[obs], &[port("action", &[1, 2])]),
            "the slot needs 4 values in float32, it gives `action` [1, 2] f32"
        );
    }
}
