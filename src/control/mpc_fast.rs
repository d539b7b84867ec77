//! `mpc_fast`: plans the four levers over the next quarter of an hour (control 1.4).
//!
//! `corrected` plans on the plant's own constants with the benchmark's reward as objective, every few ticks, and puts
//! on each tick what the signal did beyond its forecast where it costs least. `reference` is what the source's program
//! does in fact: a closed form on a battery ten times the plant's and zone A alone.

use serde::{Deserialize, Serialize};

use super::plan::Mode;
use super::plan::allocate::{Guard, Levers, allocate};
use super::plan::observer::{Observer, View};
use super::plan::program::{Options, Plan, Program, SOC_MARGIN, throttle_low};
use super::plan::site::Site;
use super::rule_based::{RuleBased, entry};
use super::{Controller, ControllerRequest, Decision, Insight, PlanTrace, f32_image, from_bytes, to_bytes};
use crate::config::Result;
use crate::plant::c2g::thermal::Twin;

/// Parameters, filled from `control.mpc_fast`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Which body drives.
    pub mode: Mode,
    /// Ticks between two plans; between them the plan is replayed. `None` takes what suits the mode: 12 in the
    /// corrected mode, and every tick in the reference mode, as the source has it.
    pub replan_every: Option<u32>,
    /// Horizon of the corrected mode, ticks.
    pub horizon_ticks: u32,
    /// Linearisations a plan.
    pub sqp_steps: u32,
    /// Iterations a solution.
    pub max_iter: u32,
    /// State of charge that the plan returns to.
    pub soc_target: f64,
    /// Price of the squared distance to it.
    pub soc_weight: f64,
}

/// Ticks between two plans of the corrected mode: a minute.
const REPLAN_EVERY: u32 = 12;
/// Steps of the reference's prediction.
const REFERENCE_STEPS: u32 = 24;
/// Kelvin below warning from which on the tick does not cool less than the plan.
const HOT_K: f64 = 0.3;
/// Lowest pump speed to which the tick may slow it.
const PUMP_LOW: f64 = 0.3;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Memory {
    observer: Observer,
    plan: Option<Plan>,
    /// Ticks since the plan was made.
    age: u32,
    /// Tick of the last decision.
    tick: u64,
    /// Plan of the reference mode, and ticks that it is replayed for.
    replay: Option<([f64; 4], u32)>,
    plans: u64,
    fallbacks: u64,
    trouble: Option<String>,
}

pub(super) struct MpcFast {
    params: Params,
    site: Site,
    tick: Twin,
    program: Program,
    rule: RuleBased,
    memory: Memory,
}

impl MpcFast {
    pub(super) fn new(params: Params, rule: RuleBased, request: &ControllerRequest<'_>) -> Result<Self> {
        let site = Site::of(request)?;
        let program = Program::new(&site, params.horizon_ticks);
        Ok(Self { tick: site.twin(1), program, site, params, rule, memory: Memory::default() })
    }

    fn options(&self) -> Options {
        Options {
            sqp_steps: self.params.sqp_steps,
            max_iter: self.params.max_iter,
            soc_target: self.params.soc_target,
            soc_weight: self.params.soc_weight,
        }
    }

    /// Makes a new plan when the old one has run its time. A solver without a solution leaves the old one in force.
    fn replan(&mut self, view: &View) {
        let due =
            self.memory.plan.is_none() || self.memory.age >= self.params.replan_every.unwrap_or(REPLAN_EVERY).max(1);
        if !due {
            return;
        }
        let heat = self.memory.observer.heat(view);
        let last = self.memory.plan.as_ref().map(|plan| (plan, self.memory.age));
        match self.program.solve(&self.site, view, &heat, last, &self.options()) {
            Ok(plan) => {
                self.memory.plan = Some(plan);
                self.memory.age = 0;
                self.memory.plans += 1;
            }
            Err(why) => {
                self.memory.fallbacks += 1;
                if self.memory.age >= self.program.horizon() {
                    self.memory.plan = None;
                }
                let then = if self.memory.plan.is_some() { "the last plan goes on" } else { "rule_based drives" };
                self.memory.trouble = Some(format!("no plan: {why}; {then}"));
            }
        }
    }

    fn corrected(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let view = self.memory.observer.take(&self.site, &self.tick, decision.observation, decision.held);
        if let Some(view) = &view {
            self.replan(view);
        }
        let Some(view) = &view else {
            // Nothing has been seen yet: the as-shipped program begins an episode with a blank observation (D-16).
            if decision.observation.iter().any(|x| !x.is_finite()) {
                self.memory.trouble = Some("no plan: the observation holds no numbers; levers stay neutral".to_owned());
            }
            for (out, value) in action.iter_mut().zip(Program::neutral(&self.site)) {
                *out = f32_image(value);
            }
            return;
        };
        let Some(plan) = &self.memory.plan else {
            self.rule.decide(decision, action);
            return;
        };
        let block = self.program.block(self.memory.age);
        let [throttle, pump, hvac, bess_mw] = plan.levers.get(block).copied().unwrap_or([1.0, 0.7, 0.7, 0.0]);
        let site = &self.site;
        let guard = guard(site, view, plan, block, pump, hvac);
        let u = allocate(site, view, Levers { throttle, pump, hvac, bess_mw }, &guard);
        // The battery derates its command; the plan speaks of terminals.
        let (discharge, charge) = site.battery_reach_mw(view.soc);
        let reach = if u.bess_mw > 0.0 { discharge } else { charge };
        let bess = if reach > 0.0 { u.bess_mw / reach } else { 0.0 };
        for (out, value) in action.iter_mut().zip([u.throttle, u.pump, u.hvac, bess]) {
            *out = f32_image(value);
        }
        self.memory.age = self.memory.age.saturating_add(1);
    }

    /// The closed form of control 1.4: pump to full when 24 steps at 0.7 lead zone A to 33 °C.
    fn reference(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        if let Some((plan, left)) = self.memory.replay.filter(|(_, left)| *left > 0) {
            self.memory.replay = Some((plan, left - 1));
            action.copy_from_slice(&plan);
            return;
        }
        let obs = decision.observation;
        let pump = if reference_peak_degc(35.0 * entry(obs, 0), 0.7) < 33.0 { 0.7 } else { 1.0 };
        let plan = [1.0, pump, 0.5, entry(obs, 6)].map(f32_image);
        self.memory.plans += 1;
        self.memory.replay = Some((plan, self.params.replan_every.unwrap_or(1).clamp(1, REFERENCE_STEPS) - 1));
        for (out, value) in action.iter_mut().zip(plan) {
            *out = value;
        }
    }
}

/// Ticks between two values of a plan's trace.
const TRACE_TICKS: u64 = 6;

impl MpcFast {
    /// What remains of the plan, lever by lever; the first value is the one that was applied last.
    fn traces(&self) -> Vec<PlanTrace> {
        let Some(plan) = self.memory.plan.as_ref().filter(|_| self.params.mode == Mode::Corrected) else {
            return Vec::new();
        };
        let first = self.memory.age.saturating_sub(1);
        let left = u64::from(self.program.horizon().saturating_sub(first));
        let power_mw = self.site.battery.p_max_mw;
        (0..4)
            .map(|lever| PlanTrace {
                lever,
                from_tick: self.memory.tick,
                step_ticks: TRACE_TICKS,
                values: (0..left.div_ceil(TRACE_TICKS))
                    .filter_map(|k| {
                        let tick = first.saturating_add(u32::try_from(k * TRACE_TICKS).ok()?);
                        let value = plan.levers.get(self.program.block(tick))?.get(lever).copied()?;
                        Some(if lever == 3 { value / power_mw } else { value })
                    })
                    .collect(),
            })
            .collect()
    }
}

/// How far the tick may go below the plan at a view.
fn guard(site: &Site, view: &View, plan: &Plan, block: usize, pump: f64, hvac: f64) -> Guard {
    let p = &site.params;
    let hottest = |zone: usize, now: f64| {
        plan.states.iter().skip(block).filter_map(|s| s.get(zone)).fold(now, |hot: f64, &t| hot.max(t))
    };
    let (discharge, charge) = site.battery_reach_mw(view.soc);
    let (spent, gained) = site.soc_per_mw_tick(view.soc, site.battery.p_max_mw);
    let left = (view.soc - p.reward.soc_low - SOC_MARGIN).max(0.0) / spent;
    let room = (p.site.bess.soc_max - view.soc).max(0.0) / gained;
    Guard {
        pump_low: if hottest(0, view.t_degc[0]) > p.site.t_warn_a_degc - HOT_K { pump } else { PUMP_LOW.min(pump) },
        hvac_low: if hottest(1, view.t_degc[1]) > p.site.t_warn_b_degc - HOT_K { hvac } else { 0.0 },
        throttle_low: throttle_low(site, view),
        discharge_mw: discharge.min(left),
        charge_mw: charge.min(room),
    }
}

/// Hottest step of the source's prediction of zone A at a pump speed, degC: the model of control 1.4 with its own
/// constants (150 MW of load at full throttle, 27 000 MJ/K, 35 MW/K, supply 30 °C, ambient 25 °C).
fn reference_peak_degc(t_degc: f64, pump: f64) -> f64 {
    let k = 35.0 * f64::max(0.15, pump);
    let (a, b) = ((k + 0.5) / 27_000.0, (150.0 + 30.0 * k + 0.5 * 25.0) / 27_000.0);
    let decay = libm::exp(-5.0 * a);
    let (mut t, mut peak) = (t_degc, f64::NEG_INFINITY);
    for _ in 0..REFERENCE_STEPS {
        t = b / a + (t - b / a) * decay;
        peak = peak.max(t);
    }
    peak
}

impl Controller for MpcFast {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        self.memory.tick = decision.tick;
        match self.params.mode {
            Mode::Corrected => self.corrected(decision, action),
            Mode::Reference => self.reference(decision, action),
        }
    }

    fn reset(&mut self, _seed: u64) {
        self.memory = Memory::default();
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(&self.memory)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.memory = from_bytes("mpc_fast", state)?;
        Ok(())
    }

    fn inspect(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("plans made", self.memory.plans as f64),
            ("plan's age", f64::from(self.memory.age)),
            ("fallbacks", self.memory.fallbacks as f64),
        ]
    }

    fn insight(&self) -> Insight {
        let values = self.inspect().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mode = self.params.mode.words();
        Insight { values, texts: vec![("mode".to_owned(), mode.to_owned())], plans: self.traces() }
    }

    fn trouble(&mut self) -> Option<String> {
        self.memory.trouble.take()
    }

    /// A solver's answer is an input of the log, although it comes out the same wherever it has been tried.
    fn native(&self) -> bool {
        self.params.mode == Mode::Reference
    }
}
