//! Controllers by name, each saying which slots it fits.

use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::plant::{PlantSpec, Slot};

use super::{
    Controller, bang_bang, carbon_shift, generic, macro_planner, mpc_fast, pid, rbc_battery, rule_based, rule_macro,
    trim_and_respond,
};

/// Name of the choice that leaves an optional slot out.
pub const FIXED: &str = "fixed";

const DEFAULTS: &str = include_str!("../../configs/controllers.yaml");

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
}

type Fits = fn(&PlantSpec, &Slot) -> bool;
type Build = fn(&ControllerRequest<'_>) -> Result<Box<dyn Controller>>;

struct Builtin {
    name: &'static str,
    about: &'static str,
    fits: Fits,
    build: Build,
}

impl ControllerFactory for Builtin {
    fn name(&self) -> &str {
        self.name
    }

    fn about(&self) -> &str {
        self.about
    }

    fn fits(&self, spec: &PlantSpec, slot: &Slot) -> bool {
        (self.fits)(spec, slot)
    }

    fn build(&self, request: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
        (self.build)(request)
    }
}

fn any(_: &PlantSpec, _: &Slot) -> bool {
    true
}

fn optional(_: &PlantSpec, slot: &Slot) -> bool {
    slot.optional
}

fn c2g_hardware(spec: &PlantSpec, slot: &Slot) -> bool {
    spec.name == "c2g" && slot.name == "hardware"
}

fn c2g_macro(spec: &PlantSpec, slot: &Slot) -> bool {
    spec.name == "c2g" && slot.name == "macro"
}

fn sustaindc(spec: &PlantSpec, slot: &Slot, agent: &str) -> bool {
    spec.name == "sustaindc" && slot.name == agent
}

/// A signal that a controller watches.
fn watched(spec: &PlantSpec, name: &str) -> Result<usize> {
    let known = || spec.signals.iter().map(|s| s.name.as_str());
    spec.signal(name).ok_or_else(|| Error::unknown(Place::source(spec.name.as_str()), "signal", name, known()))
}

fn random_macro(_: &PlantSpec, slot: &Slot) -> bool {
    slot.optional
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

const BUILTIN: [Builtin; 15] = [
    Builtin {
        name: FIXED,
        about: "Nobody decides: the plant's baseline holds",
        fits: optional,
        build: |_| Ok(Box::new(generic::Fixed)),
    },
    Builtin {
        name: "rule_macro",
        about: "Bids by grid load and last price, less when hot",
        fits: c2g_macro,
        build: |_| Ok(Box::new(rule_macro::RuleMacro)),
    },
    Builtin {
        name: "random_macro",
        about: "Bids at random (seeded)",
        fits: random_macro,
        build: |r| Ok(Box::new(generic::Random::new(r.seed))),
    },
    Builtin {
        name: "rule_based",
        about: "Battery follows RegD, load and cooling take the rest, heat comes first",
        fits: c2g_hardware,
        build: |r| {
            let params = r.config.fill("control.rule_based")?;
            Ok(Box::new(rule_based::RuleBased::new(params, scenario_gain(r.spec))))
        },
    },
    Builtin {
        name: "bang_bang",
        about: "On/off cooling with hysteresis, battery at full commitment",
        fits: c2g_hardware,
        build: |r| Ok(Box::new(bang_bang::BangBang::new(r.config.fill("control.bang_bang")?))),
    },
    Builtin {
        name: "pid",
        about: "Two temperature loops and a proportional battery",
        fits: c2g_hardware,
        build: |r| Ok(Box::new(pid::Pid::new(r.config.fill("control.pid")?))),
    },
    Builtin {
        name: "mpc_fast",
        about: "Plans all levers on the plant's own equations, the benchmark's reward as objective",
        fits: c2g_hardware,
        build: |r| {
            let rule = rule_based::RuleBased::new(r.config.fill("control.rule_based")?, scenario_gain(r.spec));
            Ok(Box::new(mpc_fast::MpcFast::new(r.config.fill("control.mpc_fast")?, rule, r)?))
        },
    },
    Builtin {
        name: "mpc_macro",
        about: "Plans bids over two hours by their expected reward",
        fits: c2g_macro,
        build: |r| macro_plan(macro_planner::Kind::Smooth, "control.mpc_macro", r),
    },
    Builtin {
        name: "milp",
        about: "Plans bids over two hours in blocks, with integers",
        fits: c2g_macro,
        build: |r| macro_plan(macro_planner::Kind::Blocks, "control.milp", r),
    },
    Builtin {
        name: "trim_and_respond",
        about: "Lowers the set point while the room is too warm, raises it now and then",
        fits: |p, s| sustaindc(p, s, "agent_dc"),
        build: |r| {
            let params = r.config.fill("control.trim_and_respond")?;
            Ok(Box::new(trim_and_respond::TrimAndRespond::new(params, watched(r.spec, "t_room_degc")?)))
        },
    },
    Builtin {
        name: "rbc_battery",
        about: "Charges when the grid will be dirtier, discharges when it will not",
        fits: |p, s| sustaindc(p, s, "agent_bat"),
        build: |r| {
            let mut ahead = vec![watched(r.spec, "ci_now_frac")?];
            for k in 1..=8 {
                ahead.push(watched(r.spec, &format!("ci_ahead_{k}_frac"))?);
            }
            Ok(Box::new(rbc_battery::RbcBattery::new(r.config.fill("control.rbc_battery")?, ahead)))
        },
    },
    Builtin {
        name: "carbon_shift",
        about: "Puts load off while the grid is dirty, takes it up when it is clean or load grows old",
        fits: |p, s| sustaindc(p, s, "agent_ls"),
        build: |r| Ok(Box::new(carbon_shift::CarbonShift::new(r.config.fill("control.carbon_shift")?))),
    },
    Builtin { name: "manual", about: "A person moves the levers", fits: any, build: |_| Ok(Box::new(generic::Hold)) },
    Builtin {
        name: "hold",
        about: "Keeps every lever where it stands",
        fits: any,
        build: |_| Ok(Box::new(generic::Hold)),
    },
    Builtin {
        name: "random",
        about: "Draws every action at random (seeded)",
        fits: any,
        build: |r| Ok(Box::new(generic::Random::new(r.seed))),
    },
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
        for factory in BUILTIN {
            registry.register(Arc::new(factory));
        }
        registry
    }

    /// Built-in configuration layer of the controllers: name and YAML text.
    pub fn layer() -> (&'static str, &'static str) {
        ("configs/controllers.yaml", DEFAULTS)
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
            let path = format!("{SECTION}.{name}");
            match name {
                "rule_based" => {
                    config.fill::<rule_based::Params>(&path)?;
                }
                "bang_bang" => {
                    config.fill::<bang_bang::Params>(&path)?;
                }
                "pid" => {
                    config.fill::<pid::Params>(&path)?;
                }
                "mpc_fast" => {
                    config.fill::<mpc_fast::Params>(&path)?;
                }
                "mpc_macro" | "milp" => {
                    config.fill::<macro_planner::Params>(&path)?;
                }
                "trim_and_respond" => {
                    config.fill::<trim_and_respond::Params>(&path)?;
                }
                "rbc_battery" => {
                    config.fill::<rbc_battery::Params>(&path)?;
                }
                "carbon_shift" => {
                    config.fill::<carbon_shift::Params>(&path)?;
                }
                // A controller from outside reads its own section.
                own if self.factories.iter().any(|f| f.name() == own && !BUILTIN.iter().any(|b| b.name == own)) => {}
                _ => {
                    let known = ["rule_based", "bang_bang", "pid", "trim_and_respond", "rbc_battery", "carbon_shift"];
                    return Err(Error::unknown(config.key_place(&path), "controller section", name, known));
                }
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
            let mut config = Document::new();
            config.layer_text("defaults", DEFAULTS).unwrap().layer_text("own.yaml", text).unwrap();
            ControllerRegistry::builtin().check(&config)
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
        assert_eq!(registry.factories.len(), BUILTIN.len());
    }
}
