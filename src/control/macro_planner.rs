//! `mpc_macro` and `milp`: bids planned over the next eight market intervals (control 4.2, 4.3).
//!
//! Both weigh the same market and the same site ([`super::plan::market`]) and stay inside the guard rails of
//! `rule_macro`. `mpc_macro` solves a convex program on sizes of bids, linearised around the last plan; `milp` chooses
//! between blocks of regulation and between charging and discharging, with real integers.

mod blocks;
mod smooth;

use serde::{Deserialize, Serialize};

use super::plan::Mode;
use super::plan::market::{INTERVALS, MacroView, Market, Skill, Worth};
use super::plan::site::Site;
use super::rule_macro::RuleMacro;
use super::{
    Controller, ControllerRequest, Decision, Insight, PlanTrace, f32_image, from_bytes, macro_reference, to_bytes,
};
use crate::config::Result;
use crate::plant::c2g::TICK_S;

/// Parameters, filled from `control.mpc_macro` or `control.milp`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Which body drives.
    pub mode: Mode,
    /// How the price is found.
    pub market: Market,
    /// Wear of the battery that a cost-aware bid asks back, $/MWh through it.
    pub wear_usd_per_mwh: f64,
    /// State of charge that the plan returns to.
    pub soc_target: f64,
    /// Bid blocks between nothing and the largest commitment; `milp` alone has them.
    #[serde(default)]
    pub blocks: u32,
    /// Iterations of the interior-point method (`mpc_macro`), nodes of the search (`milp`).
    pub max_iter: u32,
}

/// Which program is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Convex, continuous sizes.
    Smooth,
    /// Integer blocks.
    Blocks,
}

/// What both programs are handed.
struct Problem<'a> {
    worth: Worth<'a>,
    market: Market,
    soc: f64,
    soc_low: f64,
    soc_high: f64,
    soc_target: f64,
    /// Power of the battery, MW.
    bess_mw: f64,
    committed_max_mw: f64,
    /// Bid of the interval before, 0..1.
    last_bid: f64,
    churn: f64,
    /// Smallest and largest bid, 0..1.
    rails: (f64, f64),
    max_iter: u32,
}

/// A plan: bids in MW, recovery of the battery in MW (+ = discharge), charge at the end of each interval.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Plan {
    bid_mw: Vec<f64>,
    recover_mw: Vec<f64>,
    soc: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Memory {
    skill: Skill,
    plan: Option<Plan>,
    /// Intervals since the plan was made.
    age: u32,
    /// Tick of the last decision.
    tick: u64,
    plans: u64,
    fallbacks: u64,
    trouble: Option<String>,
}

/// Price of missing reserve per unit of charge and interval.
const RESERVE_PRICE: f64 = 2.0;
/// Price of a state of charge away from its target at the end.
const TARGET_PRICE: f64 = 0.3;
/// Price of battery power spent on recovery, per MW and interval: small, so that it is spent for a reason.
const RECOVER_PRICE: f64 = 0.001;

pub(super) struct MacroPlanner {
    kind: Kind,
    params: Params,
    site: Site,
    rule: RuleMacro,
    /// Column of the commitment in a row.
    committed: usize,
    memory: Memory,
}

impl MacroPlanner {
    pub(super) fn new(kind: Kind, params: Params, committed: usize, request: &ControllerRequest<'_>) -> Result<Self> {
        Ok(Self { kind, params, site: Site::of(request)?, rule: RuleMacro, committed, memory: Memory::default() })
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Smooth => "mpc_macro",
            Kind::Blocks => "milp",
        }
    }

    fn corrected(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let view = MacroView::of(decision.observation);
        let max = self.site.scenario.committed_mw_max;
        if view.closed {
            let committed = decision.row.get(self.committed).copied().filter(|mw| mw.is_finite() && *mw > 0.0);
            let committed = committed.unwrap_or(view.last_bid * max);
            self.memory.skill.learn(committed * view.regd_mean_abs, committed * view.error_frac);
        }
        self.memory.age = self.memory.age.saturating_add(1);
        let worth = Worth::new(&self.site, &view, &self.memory.skill, self.params.wear_usd_per_mwh);
        let b = &self.site.params.site.bess;
        let problem = Problem {
            market: self.params.market,
            soc: view.soc,
            soc_low: self.site.params.reward.soc_low,
            soc_high: b.soc_max,
            soc_target: self.params.soc_target,
            bess_mw: self.site.battery.p_max_mw,
            committed_max_mw: max,
            last_bid: view.last_bid,
            churn: self.site.params.handshake.lambda_churn,
            rails: view.rails((self.site.scenario.dr_baseline_mw / max.max(0.001)).min(1.0)),
            max_iter: self.params.max_iter,
            worth,
        };
        let last = self.memory.plan.as_ref().map(|plan| (plan, self.memory.age as usize));
        let solved = match self.kind {
            Kind::Smooth => smooth::solve(&problem, last),
            Kind::Blocks => blocks::solve(&problem, self.params.blocks),
        };
        match solved {
            Ok(plan) => {
                self.memory.plan = Some(plan);
                self.memory.age = 0;
                self.memory.plans += 1;
            }
            Err(why) => {
                self.memory.fallbacks += 1;
                if self.memory.age as usize >= INTERVALS {
                    self.memory.plan = None;
                }
                let then = if self.memory.plan.is_some() { "the last plan goes on" } else { "rule_macro drives" };
                self.memory.trouble = Some(format!("no plan: {why}; {then}"));
            }
        }
        let planned = self.memory.plan.as_ref().and_then(|plan| plan.bid_mw.get(self.memory.age as usize)).copied();
        let Some(mw) = planned else {
            self.rule.decide(decision, action);
            return;
        };
        let (low, high) = problem.rails;
        let size = (mw / max.max(0.001)).clamp(low, high);
        let price = problem.worth.price_usd(problem.market, size * max);
        let price = price / (2.0 * self.site.params.handshake.rmcp_max_usd);
        for (out, value) in action.iter_mut().zip([size, price]) {
            *out = f32_image(value.clamp(0.0, 1.0));
        }
    }
}

impl Controller for MacroPlanner {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        self.memory.tick = decision.tick;
        match self.params.mode {
            Mode::Corrected => self.corrected(decision, action),
            Mode::Reference => {
                for (out, value) in action.iter_mut().zip(macro_reference::answer(decision.observation)) {
                    *out = value;
                }
            }
        }
    }

    fn reset(&mut self, _seed: u64) {
        self.memory = Memory::default();
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(&self.memory)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.memory = from_bytes(self.name(), state)?;
        Ok(())
    }

    fn inspect(&self) -> Vec<(&'static str, f64)> {
        let (constant_mw, share) = self.memory.skill.parts();
        vec![
            ("constant error MW", constant_mw),
            ("share missed", share),
            ("plans made", self.memory.plans as f64),
            ("fallbacks", self.memory.fallbacks as f64),
        ]
    }

    fn insight(&self) -> Insight {
        let values = self.inspect().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mode = self.params.mode.words();
        let max = self.site.scenario.committed_mw_max.max(0.001);
        let plans = self.memory.plan.iter().filter(|_| self.params.mode == Mode::Corrected).map(|plan| PlanTrace {
            lever: 0,
            from_tick: self.memory.tick,
            step_ticks: u64::from(self.site.params.handshake.interval_s / TICK_S).max(1),
            values: plan.bid_mw.iter().skip(self.memory.age as usize).map(|mw| mw / max).collect(),
        });
        Insight { values, texts: vec![("mode".to_owned(), mode.to_owned())], plans: plans.collect() }
    }

    fn trouble(&mut self) -> Option<String> {
        self.memory.trouble.take()
    }

    /// A solver's answer is an input of the log, although it comes out the same wherever it has been tried.
    fn native(&self) -> bool {
        self.params.mode == Mode::Reference
    }
}
