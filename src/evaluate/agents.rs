//! What an agent's name on the command line stands for: which controller drives which slot.
//!
//! This is the one place that knows the benchmark's names (control 5.1). An agent of a plant with a hierarchy is a
//! *hardware* agent alone, a *macro* agent over the resting hardware, or both joined by `+`. On other plants a name
//! drives every slot that it fits, and names joined by `+` divide the slots among them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};
use crate::control::{Card, ControllerRegistry, FIXED, Setting, model_in};
use crate::plant::PlantSpec;

/// Controller below a macro agent that stands alone: it keeps the default inner action (control 1.5).
const RESTING: &str = "hold";

/// Joins a macro agent and the hardware agent below it.
const JOINT: char = '+';

/// Agents of the source that are trained networks driving the hardware (control 5.1, 5.2).
const HARDWARE_NETWORKS: [&str; 14] = [
    "sac",
    "ppo",
    "td3",
    "simplex_ppo",
    "cbf_ppo",
    "hj_ppo",
    "mpcsf_ppo",
    "ppo_lagrangian",
    "cpo",
    "reward_shaping",
    "ha_c2g",
    "cbm_only",
    "cbm_gate",
    "cbm_shield",
];

/// Agents of the source that are trained networks bidding on the market.
const MACRO_NETWORKS: [&str; 2] = ["sac_macro", "ppo_macro"];

/// Names under which the source calls agents that have another name here.
const ALIASES: [(&str, &str); 3] =
    [("llm_policy_macro", "llm_macro"), ("llm_policy_hardware", "llm_hardware"), ("llm_policy", "llm_hardware")];

/// Agents that a language model drives.
const LANGUAGE_MODELS: [&str; 2] = ["llm_macro", "llm_hardware"];

/// What kind of result an agent's episodes give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One agent on the hardware; nobody bids.
    Hardware,
    /// A bidding agent over resting hardware.
    Macro,
    /// A bidding agent over a hardware agent.
    Combo,
    /// Agents on the slots of a plant without a hierarchy.
    Joint,
}

impl Kind {
    /// Word in file names and in the column `type`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hardware => "hardware",
            Self::Macro | Self::Combo => "macro",
            Self::Joint => "joint",
        }
    }
}

/// An agent of the benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// Name as it was given, and as results call it.
    pub name: String,
    /// What kind of result it gives.
    pub kind: Kind,
    /// Controller of each slot.
    pub policies: BTreeMap<String, String>,
    /// Name of the hardware agent below a macro agent.
    pub inner: Option<String>,
    /// Changes of the configuration that belong to it, as `path=value`.
    pub set: Vec<String>,
    /// What else its results depend on (the contents of a network), for the configuration hash.
    pub content: Option<String>,
}

/// How a language model is asked (control 4.4). Defaults are those of the source's documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageModel {
    /// Address of an OpenAI-compatible server.
    pub api_base: String,
    /// YAML file with the prompts.
    pub template_path: PathBuf,
    /// Longest answer, tokens.
    pub max_new_tokens: u32,
    /// Sampling temperature; 0 is greedy.
    pub temperature: f64,
    /// Whether the model may think aloud before it answers.
    pub thinking: bool,
    /// Past steps that are shown to the model; 0 shows none.
    pub context_num_steps: u32,
    /// Every so-many-th step is remembered.
    pub context_stride: u32,
    /// `autonomous`, `preset` or `exploit`.
    pub icrl_mode: String,
}

impl Default for LanguageModel {
    fn default() -> Self {
        Self {
            api_base: "http://localhost:8000/v1".to_owned(),
            template_path: "conf/chat_templates/run_benchmark_rbc+ICRL.yaml".into(),
            max_new_tokens: 8192,
            temperature: 0.0,
            thinking: true,
            context_num_steps: 10,
            context_stride: 1,
            icrl_mode: "autonomous".to_owned(),
        }
    }
}

/// What agents may need beside their names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgentOptions {
    /// Folder of the network that drives the hardware.
    pub hw_model_dir: Option<PathBuf>,
    /// Folder of the network that bids.
    pub macro_model_dir: Option<PathBuf>,
    /// How a language model is asked.
    pub llm: LanguageModel,
}

/// The optional slot above and the slot below it, where a plant has just these two.
fn hierarchy(spec: &PlantSpec) -> Option<(usize, usize)> {
    match spec.slots.as_slice() {
        [a, b] if a.optional && !b.optional => Some((0, 1)),
        [a, b] if b.optional && !a.optional => Some((1, 0)),
        _ => None,
    }
}

/// Slot of the hardware agent, and of the macro agent above it, where a plant has this hierarchy.
pub fn macro_and_hardware(spec: &PlantSpec) -> Option<(usize, usize)> {
    hierarchy(spec)
}

/// The agents that a benchmark compares when none are named: the source's four (control 5.1), or all rules of a plant
/// without a hierarchy, alone and together, beside resting and random levers.
pub fn default_agents(spec: &PlantSpec, registry: &ControllerRegistry) -> Vec<String> {
    if hierarchy(spec).is_some() {
        let own = ["rule_based", "bang_bang", "pid", "random"];
        let known = |name: &&str| spec.slots.iter().any(|s| fits(spec, registry, s.name.as_str(), name));
        return own.iter().filter(|name| known(name)).map(|&name| name.to_owned()).collect();
    }
    let mut agents = vec![RESTING.to_owned(), "random".to_owned()];
    let mut together = Vec::new();
    for slot in &spec.slots {
        let others = || spec.slots.iter().filter(|s| s.name != slot.name);
        let own = |name: &&str| !others().any(|s| fits(spec, registry, &s.name, name));
        let rules: Vec<&str> = registry.fitting(spec, slot).into_iter().map(|(n, _)| n).filter(own).collect();
        together.extend(rules.first().map(|&name| name.to_owned()));
        agents.extend(rules.into_iter().map(str::to_owned));
    }
    if together.len() > 1 {
        agents.push(together.join(&JOINT.to_string()));
    }
    agents
}

/// Finds out what a name stands for.
///
/// # Errors
/// Unknown names, names that do not fit the place where they stand, networks and language models that are not there;
/// each says what to do.
pub fn resolve(name: &str, spec: &PlantSpec, registry: &ControllerRegistry, options: &AgentOptions) -> Result<Agent> {
    let Some((bidding, hardware)) = hierarchy(spec) else { return joint(name, spec, registry) };
    let slot_name = |slot: usize| spec.slots.get(slot).map_or("", |s| s.name.as_str());
    let (bidding, hardware) = (slot_name(bidding), slot_name(hardware));
    let slots = Slots { spec, registry, options, bidding, hardware };
    let mut agent = Agent {
        name: name.to_owned(),
        kind: Kind::Hardware,
        policies: BTreeMap::new(),
        inner: None,
        set: Vec::new(),
        content: None,
    };
    match name.split_once(JOINT) {
        Some((above, below)) => {
            agent.kind = Kind::Combo;
            slots.take(&mut agent, bidding, above.trim())?;
            slots.take(&mut agent, hardware, below.trim())?;
            agent.inner = Some(below.trim().to_owned());
        }
        None if slots.bids(name) => {
            agent.kind = Kind::Macro;
            slots.take(&mut agent, bidding, name)?;
            agent.policies.insert(hardware.to_owned(), RESTING.to_owned());
        }
        None => {
            slots.take(&mut agent, hardware, name)?;
            agent.policies.insert(bidding.to_owned(), FIXED.to_owned());
        }
    }
    Ok(agent)
}

fn place() -> Place {
    Place::source("--agents")
}

/// The name here of an agent that the source calls otherwise.
fn own_name(name: &str) -> &str {
    ALIASES.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours)
}

fn fits(spec: &PlantSpec, registry: &ControllerRegistry, slot: &str, name: &str) -> bool {
    let Some(slot) = spec.slots.iter().find(|s| s.name == slot) else { return false };
    registry.fitting(spec, slot).iter().any(|(n, _)| *n == name)
}

/// The two slots of a hierarchy with all that a name may need.
struct Slots<'a> {
    spec: &'a PlantSpec,
    registry: &'a ControllerRegistry,
    options: &'a AgentOptions,
    bidding: &'a str,
    hardware: &'a str,
}

impl Slots<'_> {
    /// Whether a name that stands alone is a macro agent's.
    fn bids(&self, name: &str) -> bool {
        let own = own_name(name);
        let on = |slot: &str| fits(self.spec, self.registry, slot, own);
        if on(self.hardware) { false } else { on(self.bidding) || MACRO_NETWORKS.contains(&own) || own == "llm_macro" }
    }

    /// Puts the controller that a name stands for on a slot.
    fn take(&self, agent: &mut Agent, slot: &str, name: &str) -> Result<()> {
        let own = own_name(name);
        if own != FIXED && fits(self.spec, self.registry, slot, own) {
            if let Some(card) = self.registry.card(own).filter(|card| card.takes_model()) {
                self.give_model(agent, slot, name, card)?;
            }
            agent.policies.insert(slot.to_owned(), own.to_owned());
            return Ok(());
        }
        let other = if slot == self.hardware { self.bidding } else { self.hardware };
        if HARDWARE_NETWORKS.contains(&own) || MACRO_NETWORKS.contains(&own) {
            return self.network(slot, name);
        }
        if LANGUAGE_MODELS.contains(&own) {
            return Err(Error::invalid(
                place(),
                format!("agent `{name}` asks a language model, and nothing in this build can ask one"),
                "Leave it out, or use a build whose registry knows it.",
            ));
        }
        if fits(self.spec, self.registry, other, own) {
            let order = format!("Write MACRO+HARDWARE: a name that fits slot `{}` before the `+`.", self.bidding);
            return Err(Error::invalid(place(), format!("agent `{name}` does not fit slot `{slot}`"), order));
        }
        let known = self.spec.slots.iter().filter(|s| s.name == slot).flat_map(|s| self.registry.fitting(self.spec, s));
        let known: Vec<&str> = known.map(|(n, _)| n).filter(|n| *n != FIXED).collect();
        Err(Error::unknown(place(), "agent", name, known))
    }

    /// Flag and folder of the networks of a slot.
    fn models(&self, slot: &str) -> (&'static str, Option<&Path>) {
        if slot == self.hardware {
            ("--hw-model-dir", self.options.hw_model_dir.as_deref())
        } else {
            ("--macro-model-dir", self.options.macro_model_dir.as_deref())
        }
    }

    /// Names the network of an agent that is one, and takes its bytes into account.
    fn give_model(&self, agent: &mut Agent, slot: &str, name: &str, card: &Card) -> Result<()> {
        let (flag, Some(dir)) = self.models(slot) else { return self.network(slot, name) };
        let model = model_in(dir, flag, slot)?;
        let bytes = std::fs::read(&model).map_err(|e| Error::io(&model, "read", e))?;
        let text = Setting::Text(model.display().to_string()).to_yaml();
        agent.set.push(format!("{}={text}", card.model_key()));
        let content = format!("{slot} {:08x} of {} bytes", crc32fast::hash(&bytes), bytes.len());
        agent.content =
            Some(agent.content.take().map_or_else(|| content.clone(), |other| format!("{other}, {content}")));
        Ok(())
    }

    /// A trained network for a slot.
    fn network(&self, slot: &str, name: &str) -> Result<()> {
        let (flag, given) = self.models(slot);
        Err(match given {
            None => Error::invalid(
                place(),
                format!("agent `{name}` is a trained network"),
                format!("Give the folder of its model with {flag} DIR."),
            ),
            Some(dir) => Error::invalid(
                Place::source(flag),
                format!(
                    "agent `{name}`: nothing in this build drives slot `{slot}` with the model in {}",
                    dir.display()
                ),
                "Leave the agent out.",
            ),
        })
    }
}

/// Agents of a plant without a hierarchy: each name drives every slot that it fits.
fn joint(name: &str, spec: &PlantSpec, registry: &ControllerRegistry) -> Result<Agent> {
    let mut policies = BTreeMap::new();
    for part in name.split(JOINT).map(str::trim) {
        let mut used = false;
        for slot in spec.slots.iter().filter(|s| fits(spec, registry, &s.name, part)) {
            used = true;
            if policies.insert(slot.name.clone(), part.to_owned()).is_some() {
                return Err(Error::invalid(
                    place(),
                    format!("two parts of agent `{name}` drive slot `{}`", slot.name),
                    "Name one controller for each slot.",
                ));
            }
        }
        if !used {
            let mut known: Vec<&str> =
                spec.slots.iter().flat_map(|s| registry.fitting(spec, s)).map(|(n, _)| n).collect();
            known.sort_unstable();
            known.dedup();
            return Err(Error::unknown(place(), "agent", part, known));
        }
    }
    Ok(Agent { name: name.to_owned(), kind: Kind::Joint, policies, inner: None, set: Vec::new(), content: None })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};

    fn spec(plant: &str) -> std::sync::Arc<PlantSpec> {
        let setup = Setup { plant: plant.to_owned(), ..Setup::default() };
        std::sync::Arc::clone(World::default().build(&setup).unwrap().spec())
    }

    fn agent(plant: &str, name: &str) -> Result<Agent> {
        resolve(name, &spec(plant), &World::default().controllers, &AgentOptions::default())
    }

    fn policies(plant: &str, name: &str) -> (Kind, Vec<(String, String)>) {
        let agent = agent(plant, name).unwrap();
        (agent.kind, agent.policies.into_iter().collect())
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn a_name_alone_drives_its_own_slot() {
        assert_eq!(
            policies("c2g", "pid"),
            (Kind::Hardware, pairs(&[("hardware", "pid"), ("macro", "fixed")])),
            "a hardware agent: nobody bids"
        );
        assert_eq!(
            policies("c2g", "rule_macro"),
            (Kind::Macro, pairs(&[("hardware", "hold"), ("macro", "rule_macro")])),
            "a macro agent: the hardware rests"
        );
        assert_eq!(policies("c2g", "random").0, Kind::Hardware, "fits both slots; the source means the hardware");
    }

    #[test]
    fn a_plus_joins_macro_and_hardware() {
        let (kind, policies) = policies("c2g", "rule_macro+pid");
        assert_eq!((kind, policies), (Kind::Combo, pairs(&[("hardware", "pid"), ("macro", "rule_macro")])));
        assert_eq!(agent("c2g", "rule_macro+pid").unwrap().inner.as_deref(), Some("pid"));
        let error = agent("c2g", "pid+rule_macro").unwrap_err();
        assert!(error.to_string().contains("`pid` does not fit slot `macro`"), "{error}");
    }

    #[test]
    fn what_is_missing_is_said_with_the_flag_that_gives_it() {
        for (name, words) in [
            ("sac", "--hw-model-dir"),
            ("rule_macro+ppo", "--hw-model-dir"),
            ("sac_macro", "--macro-model-dir"),
            ("sac_macro+pid", "--macro-model-dir"),
            ("rulebased", "Did you mean `rule_based`?"),
            ("rule_macro+", "Known: "),
        ] {
            let error = agent("c2g", name).unwrap_err();
            assert!(error.cure().contains(words), "{name}: {error}: {}", error.cure());
        }
    }

    #[test]
    fn a_trained_agent_takes_its_network_from_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let options = AgentOptions { hw_model_dir: Some(dir.path().to_owned()), ..AgentOptions::default() };
        let sac = |name: &str| resolve(name, &spec("c2g"), &World::default().controllers, &options);
        assert!(sac("sac").unwrap_err().cure().contains("policy export-help"));
        std::fs::write(dir.path().join("final_model.onnx"), "one").unwrap();
        let one = sac("rule_macro+sac").unwrap();
        assert!(one.set.len() == 1 && one.set[0].starts_with("control.sac.model=\""), "{:?}", one.set);
        assert_eq!(one.policies["hardware"], "sac");
        std::fs::write(dir.path().join("final_model.onnx"), "two").unwrap();
        assert_ne!(sac("rule_macro+sac").unwrap().content, one.content, "other bytes are another agent");
    }

    #[test]
    fn names_divide_the_slots_of_a_plant_without_hierarchy() {
        let all = pairs(&[("agent_bat", "random"), ("agent_dc", "random"), ("agent_ls", "random")]);
        assert_eq!(policies("sustaindc", "random"), (Kind::Joint, all));
        let two = pairs(&[("agent_bat", "rbc_battery"), ("agent_dc", "trim_and_respond")]);
        assert_eq!(policies("sustaindc", "trim_and_respond+rbc_battery"), (Kind::Joint, two));
        let error = agent("sustaindc", "random+rbc_battery").unwrap_err();
        assert!(error.to_string().contains("two parts"), "{error}");
        assert!(agent("sustaindc", "pid").unwrap_err().cure().contains("trim_and_respond"));
    }

    #[test]
    fn every_default_agent_exists() {
        let registry = World::default().controllers;
        for plant in ["c2g", "sustaindc"] {
            let spec = spec(plant);
            let agents = default_agents(&spec, &registry);
            assert!(agents.len() >= 4, "{agents:?}");
            for name in agents {
                resolve(&name, &spec, &registry, &AgentOptions::default()).unwrap();
            }
        }
        assert_eq!(default_agents(&spec("c2g"), &registry), ["rule_based", "bang_bang", "pid", "random"]);
    }
}
