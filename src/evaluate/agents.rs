//! What an agent's name on the command line stands for: which controller drives which slot.
//!
//! This is the one place that knows the benchmark's names (control 5.1). An agent of a plant with a hierarchy is a
//! *hardware* agent alone, a *macro* agent over the resting hardware, or both joined by `+`. On other plants a name
//! drives every slot that it fits, and names joined by `+` divide the slots among them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Document, Error, Place, Result};
use crate::control::{ControllerRegistry, FIXED, Setting, is_policy_file, model_in, shown_name};
use crate::plant::PlantSpec;

/// Controller below a macro agent that stands alone: it keeps the default inner action (control 1.5).
const RESTING: &str = "hold";

/// Joins a macro agent and the hardware agent below it.
const JOINT: char = '+';

/// Agents of the source's high-assurance tables: networks with a shield, or trained under one (control 5.2).
const SHIELDED: [&str; 11] = [
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

/// Controllers that are trained networks and drive with a file.
const NETWORKS: [&str; 5] = ["onnx", "sac", "ppo", "sac_macro", "ppo_macro"];

/// Other names of agents.
const ALIASES: [(&str, &str); 3] =
    [("llm_macro", "llm_policy_macro"), ("llm_hardware", "llm_policy"), ("llm_policy_hardware", "llm_policy")];

/// Agents that a language model drives.
const LANGUAGE_MODELS: [&str; 2] = ["llm_policy_macro", "llm_policy"];

/// Folder in which the source looks for the network of an agent that is given none.
const TRAINED: &str = "trained_models";

/// Agents that are compared where none are named and a plant has a hierarchy (control 5.1).
pub const HIERARCHY_DEFAULTS: [&str; 4] = ["rule_based", "bang_bang", "pid", "random"];

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
}

/// How a language model is asked (control 4.4). What is absent stays as the configuration has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LanguageModel {
    /// Address of an OpenAI-compatible server.
    pub api_base: Option<String>,
    /// YAML file with the prompts.
    pub template_path: Option<PathBuf>,
    /// Longest answer, tokens.
    pub max_new_tokens: Option<u32>,
    /// Sampling temperature; 0 is greedy.
    pub temperature: Option<f64>,
    /// Whether the model may think aloud before it answers.
    pub thinking: Option<bool>,
    /// Past steps that are shown to the model; 0 shows none.
    pub context_num_steps: Option<u32>,
    /// Every so-many-th step is remembered.
    pub context_stride: Option<u32>,
    /// `autonomous`, `preset` or `exploit`.
    pub icrl_mode: Option<String>,
}

impl LanguageModel {
    /// Changes of the configuration for the controller `name`.
    fn changes(&self, name: &str) -> Vec<String> {
        let text = |s: &str| Setting::Text(s.to_owned()).to_yaml();
        let pairs = [
            ("base_url", self.api_base.as_deref().map(text)),
            ("template", self.template_path.as_deref().map(|p| text(&p.display().to_string()))),
            ("max_new_tokens", self.max_new_tokens.map(|n| n.to_string())),
            ("temperature", self.temperature.map(|t| format!("{t:?}"))),
            ("thinking", self.thinking.map(|t| t.to_string())),
            ("context_steps", self.context_num_steps.map(|n| n.to_string())),
            ("context_stride", self.context_stride.map(|n| n.to_string())),
            ("icrl_mode", self.icrl_mode.as_deref().map(text)),
        ];
        pairs.into_iter().filter_map(|(key, value)| Some(format!("control.{name}.{key}={}", value?))).collect()
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

/// Whether a controller is an agent by its name alone: without a file, a server or a hand.
pub fn stands_alone(name: &str) -> bool {
    let needs = [FIXED, "manual"].contains(&name)
        || NETWORKS.contains(&name)
        || SHIELDED.contains(&name)
        || LANGUAGE_MODELS.contains(&own_name(name));
    !needs && !is_policy_file(name)
}

/// Whether a language model drives where this controller does, so that a server must be there.
pub fn asks_a_server(name: &str) -> bool {
    LANGUAGE_MODELS.contains(&own_name(name))
}

/// The agents that a benchmark compares when none are named: the source's four (control 5.1), or all rules of a plant
/// without a hierarchy, alone and together, beside resting and random levers.
pub fn default_agents(spec: &PlantSpec, registry: &ControllerRegistry) -> Vec<String> {
    if hierarchy(spec).is_some() {
        let known = |name: &&str| spec.slots.iter().any(|s| fits(spec, registry, s.name.as_str(), name));
        return HIERARCHY_DEFAULTS.iter().filter(|name| known(name)).map(|&name| name.to_owned()).collect();
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
/// Unknown names and names that do not fit the place where they stand; each says what to do.
pub fn resolve(name: &str, spec: &PlantSpec, registry: &ControllerRegistry) -> Result<Agent> {
    let Some((bidding, hardware)) = hierarchy(spec) else { return joint(name, spec, registry) };
    let slot_name = |slot: usize| spec.slots.get(slot).map_or("", |s| s.name.as_str());
    let (bidding, hardware) = (slot_name(bidding), slot_name(hardware));
    let slots = Slots { spec, registry, bidding, hardware };
    let mut agent = Agent {
        name: shown_name(name).to_owned(),
        kind: Kind::Hardware,
        policies: BTreeMap::new(),
        inner: None,
        set: Vec::new(),
    };
    match name.split_once(JOINT) {
        Some((above, below)) => {
            agent.kind = Kind::Combo;
            slots.take(&mut agent, bidding, above.trim())?;
            slots.take(&mut agent, hardware, below.trim())?;
            agent.name = format!("{}{JOINT}{}", shown_name(above.trim()), shown_name(below.trim()));
            agent.inner = Some(shown_name(below.trim()).to_owned());
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

/// Fills in what an agent needs on one choice of the plant's first axis: its networks, from the folders of the options
/// or, as the source does, from `trained_models/<agent>_<choice>_s<seed>`. `config` is the configuration without it.
///
/// # Errors
/// A network that is nowhere, or a folder that holds none that can be run; the cure says what to give.
pub fn equip(
    agent: &mut Agent,
    spec: &PlantSpec,
    registry: &ControllerRegistry,
    options: &AgentOptions,
    config: &Document,
    (choice, seed): (&str, u64),
) -> Result<()> {
    for (slot, name) in &agent.policies {
        if LANGUAGE_MODELS.contains(&name.as_str()) {
            agent.set.extend(options.llm.changes(name));
        }
        let Some(card) = registry.card(name).filter(|card| card.takes_model() && !is_policy_file(name)) else {
            continue;
        };
        let bids = spec.slots.iter().any(|s| s.name == *slot && s.optional);
        let (flag, given) = if bids {
            ("--macro-model-dir", &options.macro_model_dir)
        } else {
            ("--hw-model-dir", &options.hw_model_dir)
        };
        let own = Path::new(TRAINED).join(format!("{name}_{choice}_s{seed}"));
        let dir = match given {
            Some(dir) => dir.as_path(),
            None if !card.lacks_model(config) => continue,
            None if own.is_dir() => own.as_path(),
            None => {
                return Err(Error::invalid(
                    place(),
                    format!("agent `{name}` is a trained network"),
                    format!("Give the folder of its model with {flag} DIR, or put it into {}.", own.display()),
                ));
            }
        };
        let model = Setting::Text(model_in(dir, flag, slot)?.display().to_string()).to_yaml();
        agent.set.push(format!("{}={model}", card.model_key()));
    }
    Ok(())
}

/// The files that an agent consists of in a configuration: networks, prompts of language models.
pub fn files(agent: &Agent, registry: &ControllerRegistry, config: &Document) -> Vec<PathBuf> {
    let file = |name: &String| -> Option<PathBuf> {
        if is_policy_file(name) {
            return Some(PathBuf::from(name));
        }
        if LANGUAGE_MODELS.contains(&name.as_str()) {
            let template: String = config.fill(&format!("control.{name}.template")).ok()?;
            return (!template.is_empty()).then(|| PathBuf::from(template));
        }
        let card = registry.card(name).filter(|card| card.takes_model() && !card.lacks_model(config))?;
        config.fill::<String>(&card.model_key()).ok().map(PathBuf::from)
    };
    agent.policies.values().filter_map(file).collect()
}

/// The name here of an agent that is called otherwise elsewhere.
fn own_name(name: &str) -> &str {
    ALIASES.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours)
}

fn fits(spec: &PlantSpec, registry: &ControllerRegistry, slot: &str, name: &str) -> bool {
    let Some(slot) = spec.slots.iter().find(|s| s.name == slot) else { return false };
    if is_policy_file(name) {
        // Whether a network fits its slot is told when it is opened.
        return true;
    }
    registry.fitting(spec, slot).iter().any(|(n, _)| *n == name)
}

/// The two slots of a hierarchy with all that a name may need.
struct Slots<'a> {
    spec: &'a PlantSpec,
    registry: &'a ControllerRegistry,
    bidding: &'a str,
    hardware: &'a str,
}

impl Slots<'_> {
    /// Whether a name that stands alone is a macro agent's.
    fn bids(&self, name: &str) -> bool {
        let own = own_name(name);
        let on = |slot: &str| fits(self.spec, self.registry, slot, own);
        !on(self.hardware) && on(self.bidding)
    }

    /// Puts the controller that a name stands for on a slot.
    fn take(&self, agent: &mut Agent, slot: &str, name: &str) -> Result<()> {
        let own = own_name(name);
        if own != FIXED && fits(self.spec, self.registry, slot, own) {
            agent.policies.insert(slot.to_owned(), own.to_owned());
            return Ok(());
        }
        let other = if slot == self.hardware { self.bidding } else { self.hardware };
        if SHIELDED.contains(&own) {
            let cure = "Name its network as sac or ppo with --hw-model-dir DIR; it drives without a shield then.";
            return Err(Error::invalid(place(), format!("agent `{name}` needs a shield, and none is built in"), cure));
        }
        if fits(self.spec, self.registry, other, own) {
            let order = format!("Write MACRO+HARDWARE: a name that fits slot `{}` before the `+`.", self.bidding);
            return Err(Error::invalid(place(), format!("agent `{name}` does not fit slot `{slot}`"), order));
        }
        let known = self.spec.slots.iter().filter(|s| s.name == slot).flat_map(|s| self.registry.fitting(self.spec, s));
        let known: Vec<&str> = known.map(|(n, _)| n).filter(|n| *n != FIXED).collect();
        Err(Error::unknown(place(), "agent", name, known))
    }
}

/// Agents of a plant without a hierarchy: each name drives every slot that it fits, `slot=name` just that one.
fn joint(name: &str, spec: &PlantSpec, registry: &ControllerRegistry) -> Result<Agent> {
    let mut policies = BTreeMap::new();
    let mut shown = Vec::new();
    for part in name.split(JOINT).map(str::trim) {
        let (only, part) = part.split_once('=').map_or((None, part), |(slot, name)| (Some(slot), name));
        if let Some(slot) = only.filter(|slot| spec.slot(slot).is_none()) {
            return Err(Error::unknown(place(), "slot", slot, spec.slots.iter().map(|s| s.name.as_str())));
        }
        shown.push(only.map_or_else(|| shown_name(part).to_owned(), |slot| format!("{slot}={}", shown_name(part))));
        let mut used = false;
        let wanted = |slot: &str| only.is_none_or(|only| only == slot) && fits(spec, registry, slot, part);
        for slot in spec.slots.iter().filter(|s| wanted(&s.name)) {
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
    Ok(Agent { name: shown.join(&JOINT.to_string()), kind: Kind::Joint, policies, inner: None, set: Vec::new() })
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
        resolve(name, &spec(plant), &World::default().controllers)
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
        let (spec, registry) = (spec("c2g"), World::default().controllers);
        let config = World::default().configuration(&Setup::default()).unwrap();
        for (name, flag) in [
            ("sac", "--hw-model-dir"),
            ("rule_macro+ppo", "--hw-model-dir"),
            ("sac_macro", "--macro-model-dir"),
            ("sac_macro+pid", "--macro-model-dir"),
        ] {
            let mut agent = resolve(name, &spec, &registry).unwrap();
            let options = AgentOptions::default();
            let error = equip(&mut agent, &spec, &registry, &options, &config, ("default", 100)).unwrap_err();
            assert!(error.cure().contains(flag), "{name}: {error}: {}", error.cure());
            assert!(error.cure().contains("trained_models/"), "{}", error.cure());
        }
        for (name, words) in
            [("rulebased", "Did you mean `rule_based`?"), ("rule_macro+", "Known: "), ("cbf_ppo", "--hw-model-dir")]
        {
            let error = agent("c2g", name).unwrap_err();
            assert!(error.cure().contains(words), "{name}: {error}: {}", error.cure());
        }
    }

    #[test]
    fn language_models_take_their_flags_under_every_name() {
        let (spec, registry) = (spec("c2g"), World::default().controllers);
        let config = World::default().configuration(&Setup::default()).unwrap();
        let llm = LanguageModel {
            api_base: Some("http://127.0.0.1:1/v1".to_owned()),
            thinking: Some(false),
            context_num_steps: Some(5),
            ..LanguageModel::default()
        };
        let options = AgentOptions { llm, ..AgentOptions::default() };
        for name in ["llm_policy_macro", "llm_macro+pid"] {
            let mut agent = resolve(name, &spec, &registry).unwrap();
            assert_eq!(agent.policies["macro"], "llm_policy_macro");
            equip(&mut agent, &spec, &registry, &options, &config, ("default", 100)).unwrap();
            assert_eq!(agent.set.len(), 3, "{:?}", agent.set);
            let setup = Setup { set: agent.set.clone(), ..Setup::default() };
            let config = World::default().configuration(&setup).unwrap();
            let steps: f64 = config.fill("control.llm_policy_macro.context_steps").unwrap();
            assert_eq!(steps, 5.0);
            registry.check(&config).unwrap();
        }
    }

    #[test]
    fn a_policy_is_named_by_its_file_and_shown_by_its_stem() {
        let agent = agent("c2g", "rule_macro+nets/actor.onnx").unwrap();
        assert_eq!((agent.name.as_str(), agent.inner.as_deref()), ("rule_macro+actor", Some("actor")));
        assert_eq!(agent.policies["hardware"], "nets/actor.onnx");
        let joint = super::resolve("agent_dc=a/b.onnx+rbc_battery", &spec("sustaindc"), &World::default().controllers);
        let joint = joint.unwrap();
        assert_eq!(joint.name, "agent_dc=b+rbc_battery");
        assert_eq!(joint.policies.len(), 2);
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
                resolve(&name, &spec, &registry).unwrap();
            }
        }
        assert_eq!(default_agents(&spec("c2g"), &registry), ["rule_based", "bang_bang", "pid", "random"]);
    }
}
