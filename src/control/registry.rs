//! Controllers by name, each saying which slots it fits.

use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::plant::{PlantSpec, Slot};

use super::card::Card;
use super::model_file::is_policy_file;
use super::{
    Controller, bang_bang, carbon_shift, generic, llm, macro_planner, model_file, mpc_fast, pid, rbc_battery,
    rule_based, rule_macro, trim_and_respond,
};

/// Name of the choice that leaves an optional slot out.
pub const FIXED: &str = "fixed";

/// What a factory is handed to build a controller.
pub struct ControllerRequest<'a> {
    /// The plant's tables.
    pub spec: &'a PlantSpec,
    /// Number of the slot to drive.
    pub slot: usize,
    /// The effective configuration, controllers' defaults included.
    pub config: &'a Document,
    /// Seed of the run.
    pub seed: u64,
}

/// Makes controllers of one kind.
pub trait ControllerFactory: Send + Sync {
    /// Name on the command line.
    fn name(&self) -> &str;

    /// One line about it.
    fn about(&self) -> &str;

    /// Whether it can drive a slot.
    fn fits(&self, spec: &PlantSpec, slot: &Slot) -> bool;

    /// Builds one. Errors name the configuration key and the cure.
    fn build(&self, request: &ControllerRequest<'_>) -> Result<Box<dyn Controller>>;

    /// Its card, with the parameters that can be set; none for a controller without.
    fn card(&self) -> Option<&Card> {
        None
    }
}

type Build = fn(&ControllerRequest<'_>) -> Result<Box<dyn Controller>>;

struct Builtin {
    card: Card,
    build: Build,
}

impl ControllerFactory for Builtin {
    fn name(&self) -> &str {
        &self.card.name
    }

    fn about(&self) -> &str {
        &self.card.about
    }

    fn fits(&self, spec: &PlantSpec, slot: &Slot) -> bool {
        self.card.fits(spec, slot)
    }

    fn build(&self, request: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
        (self.build)(request)
    }

    fn card(&self) -> Option<&Card> {
        Some(&self.card)
    }
}

/// A signal that a controller watches.
fn watched(spec: &PlantSpec, name: &str) -> Result<usize> {
    let known = || spec.signals.iter().map(|s| s.name.as_str());
    spec.signal(name).ok_or_else(|| Error::unknown(Place::source(spec.name.as_str()), "signal", name, known()))
}

/// Battery command that turns full commitment into full battery power (control 1.1).
fn scenario_gain(spec: &PlantSpec) -> f64 {
    let fact = |name: &str| spec.facts.get(name).copied().unwrap_or(f64::NAN);
    let ratio = fact("committed_mw_max") / fact("bess_p_max_mw");
    if ratio.is_finite() { ratio } else { 6.0 }
}

fn macro_plan(kind: macro_planner::Kind, section: &str, r: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
    let committed = watched(r.spec, "p_committed_mw")?;
    Ok(Box::new(macro_planner::MacroPlanner::new(kind, r.config.fill(section)?, committed, r)?))
}

/// Cards of the controllers that ship, each with the code behind it, in the order of the pickers.
const BUILTIN: [(&str, Build); 22] = [
    (include_str!("../../configs/controllers/fixed.yaml"), |_| Ok(Box::new(generic::Fixed))),
    (include_str!("../../configs/controllers/rule_macro.yaml"), |_| Ok(Box::new(rule_macro::RuleMacro))),
    (include_str!("../../configs/controllers/random_macro.yaml"), |r| Ok(Box::new(generic::Random::new(r.seed)))),
    (include_str!("../../configs/controllers/rule_based.yaml"), |r| {
        Ok(Box::new(rule_based::RuleBased::new(r.config.fill("control.rule_based")?, scenario_gain(r.spec))))
    }),
    (include_str!("../../configs/controllers/bang_bang.yaml"), |r| {
        Ok(Box::new(bang_bang::BangBang::new(r.config.fill("control.bang_bang")?)))
    }),
    (include_str!("../../configs/controllers/pid.yaml"), |r| {
        let place = r.config.place("control.pid.output_low");
        Ok(Box::new(pid::Pid::new(r.config.fill("control.pid")?, place)?))
    }),
    (include_str!("../../configs/controllers/mpc_fast.yaml"), |r| {
        let rule = rule_based::RuleBased::new(r.config.fill("control.rule_based")?, scenario_gain(r.spec));
        Ok(Box::new(mpc_fast::MpcFast::new(r.config.fill("control.mpc_fast")?, rule, r)?))
    }),
    (include_str!("../../configs/controllers/mpc_macro.yaml"), |r| {
        macro_plan(macro_planner::Kind::Smooth, "control.mpc_macro", r)
    }),
    (include_str!("../../configs/controllers/milp.yaml"), |r| {
        macro_plan(macro_planner::Kind::Blocks, "control.milp", r)
    }),
    (include_str!("../../configs/controllers/trim_and_respond.yaml"), |r| {
        let room = watched(r.spec, "t_room_degc")?;
        Ok(Box::new(trim_and_respond::TrimAndRespond::new(r.config.fill("control.trim_and_respond")?, room)))
    }),
    (include_str!("../../configs/controllers/rbc_battery.yaml"), |r| {
        let mut ahead = vec![watched(r.spec, "ci_now_frac")?];
        for k in 1..=8 {
            ahead.push(watched(r.spec, &format!("ci_ahead_{k}_frac"))?);
        }
        Ok(Box::new(rbc_battery::RbcBattery::new(r.config.fill("control.rbc_battery")?, ahead)))
    }),
    (include_str!("../../configs/controllers/carbon_shift.yaml"), |r| {
        Ok(Box::new(carbon_shift::CarbonShift::new(r.config.fill("control.carbon_shift")?)))
    }),
    (include_str!("../../configs/controllers/sac.yaml"), |r| model_file::build("sac", None, r)),
    (include_str!("../../configs/controllers/ppo.yaml"), |r| model_file::build("ppo", None, r)),
    (include_str!("../../configs/controllers/sac_macro.yaml"), |r| model_file::build("sac_macro", None, r)),
    (include_str!("../../configs/controllers/ppo_macro.yaml"), |r| model_file::build("ppo_macro", None, r)),
    (include_str!("../../configs/controllers/onnx.yaml"), |r| model_file::build(model_file::CARD, None, r)),
    (include_str!("../../configs/controllers/llm_policy_macro.yaml"), |r| {
        Ok(Box::new(llm::Llm::new(llm::Kind::Macro, "control.llm_policy_macro", r)?))
    }),
    (include_str!("../../configs/controllers/llm_policy.yaml"), |r| {
        Ok(Box::new(llm::Llm::new(llm::Kind::Hardware, "control.llm_policy", r)?))
    }),
    (include_str!("../../configs/controllers/manual.yaml"), |_| Ok(Box::new(generic::Hold))),
    (include_str!("../../configs/controllers/hold.yaml"), |_| Ok(Box::new(generic::Hold))),
    (include_str!("../../configs/controllers/random.yaml"), |r| Ok(Box::new(generic::Random::new(r.seed)))),
];

/// The controllers that exist.
#[derive(Clone, Default)]
pub struct ControllerRegistry {
    factories: Vec<Arc<dyn ControllerFactory>>,
}

impl ControllerRegistry {
    /// The controllers that ship with the product.
    pub fn builtin() -> Self {
        let mut registry = Self::default();
        for (text, build) in BUILTIN {
            match Card::read("configs/controllers", text) {
                Ok(card) => registry.register(Arc::new(Builtin { card, build })),
                // A test reads every card that ships.
                Err(error) => debug_assert!(false, "{}", error.report()),
            }
        }
        registry
    }

    /// Lowest configuration layers: the parameters of all cards, as file name and YAML text.
    pub fn layers(&self) -> Vec<(String, String)> {
        let layer = |card: &Card| Some((format!("configs/controllers/{}.yaml", card.name), card.layer()?));
        self.cards().filter_map(layer).collect()
    }

    /// Cards of the controllers that have one.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.factories.iter().filter_map(|f| f.card())
    }

    /// Card of a controller; all policies that are named by their file share one.
    pub fn card(&self, name: &str) -> Option<&Card> {
        let name = if is_policy_file(name) { model_file::CARD } else { name };
        self.cards().find(|c| c.name == name)
    }

    /// Whether the actions of a controller follow from the run alone; those of networks and language models are inputs.
    /// Told by the name, so that a log can be played where the network is not at hand.
    pub fn native(&self, name: &str) -> bool {
        !is_policy_file(name) && self.card(name).is_none_or(|card| card.native)
    }

    /// Adds a controller; a later one of the same name replaces the earlier.
    pub fn register(&mut self, factory: Arc<dyn ControllerFactory>) {
        self.factories.retain(|f| f.name() != factory.name());
        self.factories.push(factory);
    }

    /// Controllers that fit a slot, with a line about each.
    pub fn fitting<'a>(&'a self, spec: &PlantSpec, slot: &Slot) -> Vec<(&'a str, &'a str)> {
        self.factories.iter().filter(|f| f.fits(spec, slot)).map(|f| (f.name(), f.about())).collect()
    }

    /// Checks the whole `control` section, so that a misspelt name is told even where nothing reads it in this run.
    ///
    /// # Errors
    /// Sections that belong to no controller, and keys and values that do not fit, each with its place.
    pub fn check(&self, config: &Document) -> Result<()> {
        const SECTION: &str = "control";
        for name in config.keys(SECTION) {
            if let Some(card) = self.card(name).filter(|c| !c.parameters.is_empty()) {
                card.check(config)?;
            } else if !self.factories.iter().any(|f| f.name() == name && f.card().is_none()) {
                // A controller without a card comes from outside and reads its own section.
                let known = self.cards().filter(|c| !c.parameters.is_empty()).map(|c| c.name.as_str());
                return Err(Error::unknown(
                    config.key_place(&format!("{SECTION}.{name}")),
                    "controller section",
                    name,
                    known,
                ));
            }
        }
        Ok(())
    }

    /// Builds the controller `name` for a slot; `place` says where the name was read.
    pub fn build(&self, name: &str, place: Place, request: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
        let Some(slot) = request.spec.slots.get(request.slot) else {
            return Err(Error::invalid(
                place,
                format!("the plant has no slot {}", request.slot),
                "Name an existing slot.",
            ));
        };
        self.check(request.config)?;
        if is_policy_file(name) {
            return model_file::build(model_file::CARD, Some(name), request);
        }
        let fitting = || self.fitting(request.spec, slot).into_iter().map(|(n, _)| n);
        match self.factories.iter().find(|f| f.name() == name) {
            Some(factory) if factory.fits(request.spec, slot) => factory.build(request),
            Some(_) => Err(Error::invalid(
                place,
                format!("controller `{name}` does not fit slot `{}` of plant `{}`", slot.name, request.spec.name),
                format!("Controllers that fit: {}.", fitting().collect::<Vec<_>>().join(", ")),
            )),
            None => Err(Error::unknown(place, "controller", name, fitting())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_misspelt_section_is_told_although_nothing_reads_it() {
        let check = |text: &str| {
            let registry = ControllerRegistry::builtin();
            let mut config = Document::new();
            for (name, text) in registry.layers() {
                config.layer_text(&name, &text).unwrap();
            }
            config.layer_text("own.yaml", text).unwrap();
            registry.check(&config)
        };
        let error = check("control:\n  rulebased:\n    gain: 6\n").unwrap_err();
        assert_eq!(error.to_string(), "own.yaml:2:3: unknown controller section `rulebased`");
        assert!(error.cure().starts_with("Did you mean `rule_based`?"), "{}", error.cure());
        let error = check("control:\n  pid:\n    kpp: 1\n").unwrap_err();
        assert_eq!(error.to_string(), "own.yaml:3:5: unknown key `kpp`");
        check("control:\n  pid:\n    kp: 2\n").unwrap();
    }

    #[test]
    fn every_builtin_has_its_own_name() {
        let registry = ControllerRegistry::builtin();
        assert_eq!(registry.cards().count(), BUILTIN.len());
    }
}
