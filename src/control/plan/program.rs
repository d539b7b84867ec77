//! The convex program of `mpc_fast`: levers over the next quarter of an hour, in blocks that grow with distance.
//!
//! Per block: throttle, pump, HVAC, battery; the tracking error and the heat above warning that they leave; both
//! temperatures and the state of charge at its end. Objective is the benchmark's own hardware reward (core 8.4), with
//! a small price on energy, on battery that is not needed and on a state of charge far from its target at the end.
//! Charge is linear; heat is bilinear in lever and temperature, so the plant's exact step is linearised around the
//! last plan and solved again a fixed number of times. Bounded by iterations, never by time.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, SupportedConeT, ZeroConeT,
};
use serde::{Deserialize, Serialize};

use super::observer::View;
use super::site::{Heat, Site};
use crate::plant::c2g::thermal::Twin;

/// Blocks of a horizon.
pub(in crate::control) const BLOCKS: usize = 8;

/// Share of the horizon of each block, in 35ths.
const SHARES: [u32; BLOCKS] = [1, 1, 2, 3, 4, 6, 8, 10];

/// Variables of a block.
mod at {
    pub const THROTTLE: usize = 0;
    pub const PUMP: usize = 1;
    pub const HVAC: usize = 2;
    pub const BESS: usize = 3;
    pub const ERROR: usize = 4;
    pub const HEAT_A: usize = 5;
    pub const HEAT_B: usize = 6;
    pub const T_A: usize = 7;
    pub const T_B: usize = 8;
    pub const SOC: usize = 9;
    pub const COUNT: usize = 10;
}

/// Temperatures stand in the program as distance to this one, degC, to keep its numbers small.
const T_ZERO: f64 = 30.0;

/// Weight on squared distance of the pump from full speed, so that the optimum is one point.
const W_PUMP: f64 = 0.01;
/// Weight on squared distance of HVAC from its nominal effort.
const W_HVAC: f64 = 0.01;
/// Weight on the squared share of the battery's power.
const W_BESS: f64 = 0.02;
/// Kelvin by which the plan stays below the warning temperatures.
const MARGIN_K: f64 = 0.05;
/// Distance that the plan keeps from the penalised state of charge.
pub(in crate::control) const SOC_MARGIN: f64 = 0.01;

/// What a plan is made with.
#[derive(Debug, Clone, Copy)]
pub(in crate::control) struct Options {
    /// Solutions of the linearised program a plan.
    pub sqp_steps: u32,
    /// Iterations of the interior-point method a solution.
    pub max_iter: u32,
    /// State of charge that the plan returns to.
    pub soc_target: f64,
    /// Price of the squared distance to it.
    pub soc_weight: f64,
}

/// A plan: levers and states of each block.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(in crate::control) struct Plan {
    /// Throttle, pump, HVAC, battery in MW, of each block.
    pub levers: Vec<[f64; 4]>,
    /// Zone A and B in degC and state of charge at each block's end.
    pub states: Vec<[f64; 3]>,
    /// Tracking error that the plan accepts, MW.
    pub error_mw: Vec<f64>,
}

/// The program of one site: constants and the equations of each block length.
pub(in crate::control) struct Program {
    ticks: [u32; BLOCKS],
    twins: Vec<Twin>,
}

/// A linearised block: x' = value + jacobian · change.
struct Linear {
    /// States at the block's end at the nominal levers: zone A, zone B.
    end: [f64; 2],
    /// Of zone A by itself and by the pump.
    a: [f64; 2],
    /// Of zone B by itself and by HVAC.
    b: [f64; 2],
    /// Charge spent by a megawatt over the block.
    soc_per_mw: f64,
}

/// Rows of the constraint matrix by column, as the solver wants them.
#[derive(Default)]
pub(in crate::control) struct Rows {
    entries: Vec<Vec<(usize, f64)>>,
    right: Vec<f64>,
}

impl Rows {
    /// No rows over so many columns.
    pub fn new(columns: usize) -> Self {
        Self { entries: vec![Vec::new(); columns], right: Vec::new() }
    }

    /// Adds Σ c·x = right, or ≤ right once the inequalities begin.
    pub fn add(&mut self, terms: &[(usize, f64)], right: f64) {
        let row = self.right.len();
        for &(column, value) in terms {
            if let Some(list) = self.entries.get_mut(column) {
                list.push((row, value));
            }
        }
        self.right.push(right);
    }

    fn matrix(&self) -> CscMatrix<f64> {
        let mut starts = Vec::with_capacity(self.entries.len() + 1);
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        starts.push(0);
        for list in &self.entries {
            for &(row, value) in list {
                rows.push(row);
                values.push(value);
            }
            starts.push(rows.len());
        }
        CscMatrix::new(self.right.len(), self.entries.len(), starts, rows, values)
    }
}

impl Program {
    /// A program over `horizon` ticks.
    pub fn new(site: &Site, horizon: u32) -> Self {
        let unit = (horizon / 35).max(1);
        let ticks = SHARES.map(|share| share * unit);
        Self { twins: ticks.iter().map(|&t| site.twin(t)).collect(), ticks }
    }

    /// Block that holds a tick of the plan, the last one beyond its end.
    pub fn block(&self, tick: u32) -> usize {
        let mut end = 0;
        self.ticks
            .iter()
            .position(|&t| {
                end += t;
                tick < end
            })
            .unwrap_or(BLOCKS - 1)
    }

    /// Ticks of the whole horizon.
    pub fn horizon(&self) -> u32 {
        self.ticks.iter().sum()
    }

    /// Levers to linearise around when there is no plan yet.
    pub fn neutral(site: &Site) -> [f64; 4] {
        let t = &site.params.site.thermal;
        [1.0, t.nominal_pump, t.nominal_hvac, 0.0]
    }

    /// The plan from a view on.
    ///
    /// # Errors
    /// The solver's status in words, when it is neither solved nor almost solved.
    pub fn solve(
        &self,
        site: &Site,
        view: &View,
        heat: &Heat,
        last: Option<(&Plan, u32)>,
        options: &Options,
    ) -> Result<Plan, String> {
        let mut nominal = [Self::neutral(site); BLOCKS];
        if let Some((plan, age)) = last {
            let mut begin = 0;
            for (levers, ticks) in nominal.iter_mut().zip(&self.ticks) {
                // What the last plan did in the middle of this block.
                let block = self.block(begin + ticks / 2 + age);
                if let Some(found) = plan.levers.get(block) {
                    *levers = *found;
                }
                begin += ticks;
            }
        }
        let mut plan = Plan::default();
        for _ in 0..options.sqp_steps.max(1) {
            plan = self.once(site, view, heat, &nominal, options)?;
            for (to, from) in nominal.iter_mut().zip(&plan.levers) {
                *to = *from;
            }
        }
        Ok(plan)
    }

    /// Derivatives of a block by differences of the plant's own exact step.
    fn linear(&self, site: &Site, block: usize, t: [f64; 2], soc: f64, levers: &[f64; 4], heat: &Heat) -> Linear {
        let (step_t, step_u) = (0.01, 0.001);
        let [_, pump, hvac, bess] = *levers;
        let Some(twin) = self.twins.get(block) else {
            return Linear { end: t, a: [1.0, 0.0], b: [1.0, 0.0], soc_per_mw: 0.0 };
        };
        let at = |t: [f64; 2], pump: f64, hvac: f64| site.heat(twin, t, pump, hvac, heat);
        let end = at(t, pump, hvac);
        let (pump_to, hvac_to) = (pump - step_u, if hvac > 0.5 { hvac - step_u } else { hvac + step_u });
        let by_t = at([t[0] + step_t, t[1] + step_t], pump, hvac);
        let by_u = at(t, pump_to, hvac_to);
        let (spent, gained) = site.soc_per_mw_tick(soc, bess);
        let ticks = f64::from(self.ticks.get(block).copied().unwrap_or(1));
        Linear {
            end,
            a: [(by_t[0] - end[0]) / step_t, (by_u[0] - end[0]) / (pump_to - pump)],
            b: [(by_t[1] - end[1]) / step_t, (by_u[1] - end[1]) / (hvac_to - hvac)],
            soc_per_mw: ticks * if bess >= 0.0 { spent } else { gained },
        }
    }

    fn once(
        &self,
        site: &Site,
        view: &View,
        heat: &Heat,
        nominal: &[[f64; 4]; BLOCKS],
        options: &Options,
    ) -> Result<Plan, String> {
        let (p, thermal) = (&site.params, &site.params.site.thermal);
        let columns = at::COUNT * BLOCKS;
        let horizon = f64::from(self.horizon());
        let mut cost = vec![0.0; columns];
        let mut square = vec![0.0; columns];
        let mut equal = Rows::new(columns);
        let mut below = Rows::new(columns);
        let var = |block: usize, which: usize| block * at::COUNT + which;

        let error_price = site.error_price_per_mw(view.committed_mw);
        let heat_price = site.heat_price_per_k();
        let energy_price = energy_price_per_mw(site, view);
        let (discharge, charge) = site.battery_reach_mw(view.soc);
        let soc_low = (p.reward.soc_low + SOC_MARGIN).min(view.soc);
        let soc_high = (p.site.bess.soc_max - SOC_MARGIN).max(view.soc);
        let throttle_low = throttle_low(site, view);
        let heat_b = if site.hotter_zone_only() { at::HEAT_A } else { at::HEAT_B };

        let mut t = view.t_degc;
        let mut begin = 0.0;
        for (block, levers) in nominal.iter().enumerate() {
            let ticks = f64::from(self.ticks.get(block).copied().unwrap_or(1));
            let weight = ticks / horizon;
            let x = |which: usize| var(block, which);
            // Objective: the reward's terms, per tick of the horizon.
            let mut put = |which: usize, linear: f64, quadratic: f64, around: f64| {
                if let (Some(c), Some(s)) = (cost.get_mut(x(which)), square.get_mut(x(which))) {
                    *c += weight * (linear - 2.0 * quadratic * around);
                    *s += weight * 2.0 * quadratic;
                }
            };
            put(at::THROTTLE, -p.reward.throughput, 0.0, 0.0);
            put(at::PUMP, energy_price * thermal.pump_max_mw, W_PUMP, thermal.nominal_pump);
            put(at::HVAC, energy_price * thermal.zone_b.hvac_max_mw, W_HVAC, thermal.nominal_hvac);
            let p_max = site.battery.p_max_mw;
            put(at::BESS, 0.0, W_BESS / (p_max * p_max), 0.0);
            put(at::ERROR, error_price, 0.0, 0.0);
            put(at::HEAT_A, heat_price, 0.0, 0.0);
            put(at::HEAT_B, heat_price, 0.0, 0.0);
            if block + 1 == BLOCKS
                && let (Some(c), Some(s)) = (cost.get_mut(x(at::SOC)), square.get_mut(x(at::SOC)))
            {
                *c -= 2.0 * options.soc_weight * options.soc_target;
                *s += 2.0 * options.soc_weight;
            }

            // Dynamics, linear around the nominal levers.
            let l = self.linear(site, block, t, view.soc, levers, heat);
            for (zone, lever, state, gain) in [(0, at::PUMP, at::T_A, l.a), (1, at::HVAC, at::T_B, l.b)] {
                let nominal_lever = levers.get(lever).copied().unwrap_or(0.0);
                let (from, end) = (t.get(zone).copied().unwrap_or(0.0), l.end.get(zone).copied().unwrap_or(0.0));
                let mut right = end - T_ZERO - gain[1] * nominal_lever;
                let mut terms = vec![(x(state), 1.0), (x(lever), -gain[1])];
                if block > 0 {
                    terms.push((var(block - 1, state), -gain[0]));
                    right -= gain[0] * (from - T_ZERO);
                }
                terms.sort_by_key(|term| term.0);
                equal.add(&terms, right);
            }
            let mut terms = vec![(x(at::BESS), l.soc_per_mw), (x(at::SOC), 1.0)];
            if block > 0 {
                terms.insert(0, (var(block - 1, at::SOC), -1.0));
            }
            equal.add(&terms, if block > 0 { 0.0 } else { view.soc });

            // |demanded − delivered| ≤ error: delivered = Σ gain · lever + constant.
            let middle = begin + ticks / 2.0;
            let demanded = view.committed_mw * view.regd * libm::pow(site.grid.regd.rho, middle);
            let (mut shed, mut cool) = (0.0, [0.0, 0.0]);
            let mut constant = 0.0;
            if site.throttle_counts() {
                shed = -view.arrived_mw;
                constant += view.arrived_mw;
            }
            if site.cooling_counts() {
                cool = [-thermal.pump_max_mw, -thermal.zone_b.hvac_max_mw];
                constant +=
                    thermal.pump_max_mw * thermal.nominal_pump + thermal.zone_b.hvac_max_mw * thermal.nominal_hvac;
            } else {
                constant += view.arrived_mw;
            }
            for sign in [1.0, -1.0] {
                below.add(
                    &[
                        (x(at::THROTTLE), -sign * shed),
                        (x(at::PUMP), -sign * cool[0]),
                        (x(at::HVAC), -sign * cool[1]),
                        (x(at::BESS), -sign),
                        (x(at::ERROR), -1.0),
                    ],
                    sign * (constant - demanded),
                );
            }
            // Heat above warning.
            for (state, slack, warn) in
                [(at::T_A, at::HEAT_A, p.site.t_warn_a_degc), (at::T_B, heat_b, p.site.t_warn_b_degc)]
            {
                let mut terms = [(x(state), 1.0), (x(slack), -1.0)];
                terms.sort_by_key(|term| term.0);
                below.add(&terms, warn - MARGIN_K - T_ZERO);
            }
            for (which, low, high) in [
                (at::THROTTLE, throttle_low, 1.0),
                (at::PUMP, thermal.pump_min_speed, 1.0),
                (at::HVAC, 0.0, 1.0),
                (at::BESS, -charge, discharge),
                (at::SOC, soc_low, soc_high),
            ] {
                below.add(&[(x(which), 1.0)], high);
                below.add(&[(x(which), -1.0)], -low);
            }
            below.add(&[(x(at::HEAT_A), -1.0)], 0.0);
            below.add(&[(x(at::HEAT_B), -1.0)], 0.0);

            t = l.end;
            begin += ticks;
        }

        let solution = solve(&cost, &square, equal, below, options.max_iter)?;
        let read = |block: usize, which: usize| solution.get(var(block, which)).copied().unwrap_or(f64::NAN);
        let plan = Plan {
            levers: (0..BLOCKS)
                .map(|b| {
                    [
                        read(b, at::THROTTLE).clamp(throttle_low, 1.0),
                        read(b, at::PUMP).clamp(thermal.pump_min_speed, 1.0),
                        read(b, at::HVAC).clamp(0.0, 1.0),
                        read(b, at::BESS).clamp(-charge, discharge),
                    ]
                })
                .collect(),
            states: (0..BLOCKS)
                .map(|b| [read(b, at::T_A) + T_ZERO, read(b, at::T_B) + T_ZERO, read(b, at::SOC)])
                .collect(),
            error_mw: (0..BLOCKS).map(|b| read(b, at::ERROR)).collect(),
        };
        let finite = plan.levers.iter().flatten().chain(plan.states.iter().flatten()).all(|x| x.is_finite());
        if finite { Ok(plan) } else { Err("the solver returned a number that is none".to_owned()) }
    }
}

/// Lowest throttle at which all work that waits and arrives is served on the tick, with a margin for the next record.
pub(in crate::control) fn throttle_low(site: &Site, view: &View) -> f64 {
    ((view.arrived_mw + view.backlog_mw) / site.flex_max_mw() + 0.05).clamp(0.0, 1.0)
}

/// What a megawatt of cooling costs a tick's reward through the interval's electricity term (core 9, D-17).
fn energy_price_per_mw(site: &Site, view: &View) -> f64 {
    let h = &site.params.handshake;
    let hours = f64::from(h.interval_s) / 3600.0;
    let cap_mw = site.params.site.facility_cap_kw / 1000.0;
    h.lambda_electricity * view.lmp_usd / cap_mw * hours / 1000.0
}

/// Solves min ½ xᵀ diag(square) x + costᵀ x, equal · x = right, below · x ≤ right.
///
/// # Errors
/// The solver's status in words, when it is neither solved nor almost solved.
pub(in crate::control) fn solve(
    cost: &[f64],
    square: &[f64],
    equal: Rows,
    below: Rows,
    max_iter: u32,
) -> Result<Vec<f64>, String> {
    let (equalities, inequalities) = (equal.right.len(), below.right.len());
    let mut all = equal;
    for (list, more) in all.entries.iter_mut().zip(below.entries) {
        list.extend(more.into_iter().map(|(row, value)| (row + equalities, value)));
    }
    all.right.extend(below.right);
    let n = cost.len();
    let quadratic = CscMatrix::new(n, n, (0..=n).collect(), (0..n).collect(), square.to_vec());
    let cones: [SupportedConeT<f64>; 2] = [ZeroConeT(equalities), NonnegativeConeT(inequalities)];
    let settings = DefaultSettings {
        max_iter,
        time_limit: f64::INFINITY,
        verbose: false,
        max_threads: 1,
        direct_solve_method: "qdldl".to_owned(),
        presolve_enable: false,
        tol_gap_abs: 1e-6,
        tol_gap_rel: 1e-6,
        tol_feas: 1e-6,
        ..DefaultSettings::default()
    };
    let mut solver = DefaultSolver::new(&quadratic, cost, &all.matrix(), &all.right, &cones, settings)
        .map_err(|e| format!("the solver refuses the program: {e}"))?;
    solver.solve();
    match solver.solution.status {
        SolverStatus::Solved | SolverStatus::AlmostSolved => Ok(solver.solution.x),
        other => Err(format!("the solver ended with {other:?}")),
    }
}
