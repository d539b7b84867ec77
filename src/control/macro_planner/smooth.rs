//! `mpc_macro`: sizes of bids as a convex program.
//!
//! What a bid is worth bends: it rises until competitors leave no more need and falls beyond. Around the last plan it
//! is taken as a parabola that never opens upwards, the program is solved, and the parabola is taken anew.

use super::super::plan::market::INTERVALS;
use super::super::plan::program::{Rows, solve as solve_program};
use super::{Plan, Problem, RECOVER_PRICE, RESERVE_PRICE, TARGET_PRICE};

/// Variables of an interval.
mod at {
    pub const BID: usize = 0;
    pub const CHARGE: usize = 1;
    pub const DISCHARGE: usize = 2;
    pub const SOC: usize = 3;
    pub const CHURN: usize = 4;
    pub const SHORT: usize = 5;
    pub const COUNT: usize = 6;
}

/// Parabolas that are taken.
const PASSES: usize = 3;
/// Sizes that are tried to begin with.
const TRIALS: u32 = 40;
/// Farthest that a pass moves a bid, share of the largest commitment.
const TRUST: f64 = 0.15;

/// Best size of a single interval on a grid, MW.
fn best_alone(p: &Problem<'_>) -> f64 {
    let mut best = (f64::NEG_INFINITY, 0.0);
    for k in 0..=TRIALS {
        let share = p.rails.0 + (p.rails.1 - p.rails.0) * f64::from(k) / f64::from(TRIALS);
        let mw = share * p.committed_max_mw;
        let worth = p.worth.bid(p.market, mw) - p.churn * (share - p.last_bid).abs() / INTERVALS as f64;
        if worth > best.0 {
            best = (worth, mw);
        }
    }
    best.1
}

/// The plan.
pub(super) fn solve(p: &Problem<'_>, last: Option<(&Plan, usize)>) -> Result<Plan, String> {
    let alone = best_alone(p);
    // Where the last plan and the best single interval differ, the better of both is the place to begin.
    let mut nominal: Vec<f64> = (0..INTERVALS)
        .map(|k| {
            let old = last.and_then(|(plan, age)| plan.bid_mw.get(k + age)).copied().unwrap_or(alone);
            // The rails may have moved since.
            let old = old.clamp(p.rails.0 * p.committed_max_mw, p.rails.1 * p.committed_max_mw);
            if p.worth.bid(p.market, old) > p.worth.bid(p.market, alone) { old } else { alone }
        })
        .collect();
    let mut plan = Plan::default();
    for _ in 0..PASSES {
        plan = once(p, &nominal)?;
        nominal.clone_from(&plan.bid_mw);
    }
    Ok(plan)
}

fn once(p: &Problem<'_>, nominal: &[f64]) -> Result<Plan, String> {
    let columns = at::COUNT * INTERVALS;
    let var = |k: usize, which: usize| k * at::COUNT + which;
    let (mut cost, mut square) = (vec![0.0; columns], vec![0.0; columns]);
    let mut equal = Rows::new(columns);
    let mut below = Rows::new(columns);
    let max = p.committed_max_mw;
    let (gained, spent) = p.worth.soc_per_mw(p.soc);
    for (k, &around) in nominal.iter().enumerate() {
        let step = 0.01 * max;
        let f = |mw: f64| p.worth.bid(p.market, mw.max(0.0));
        let slope = (f(around + step) - f(around - step)) / (2.0 * step);
        let bend = ((f(around + step) - 2.0 * f(around) + f(around - step)) / (step * step)).min(-1e-6);
        let mut put = |which: usize, linear: f64, quadratic: f64| {
            if let (Some(c), Some(s)) = (cost.get_mut(var(k, which)), square.get_mut(var(k, which))) {
                *c += linear;
                *s += quadratic;
            }
        };
        put(at::BID, -(slope - bend * around), -bend);
        put(at::CHARGE, RECOVER_PRICE, 1e-6);
        put(at::DISCHARGE, RECOVER_PRICE, 1e-6);
        put(at::CHURN, p.churn, 1e-9);
        put(at::SHORT, RESERVE_PRICE, 1e-9);
        put(at::SOC, 0.0, 1e-9);
        if k + 1 == INTERVALS {
            put(at::SOC, -2.0 * TARGET_PRICE * p.soc_target, 2.0 * TARGET_PRICE);
        }
        let lost = p.worth.soc_lost(around);
        let mut terms = vec![(var(k, at::CHARGE), -gained), (var(k, at::DISCHARGE), spent), (var(k, at::SOC), 1.0)];
        if k > 0 {
            terms.push((var(k - 1, at::SOC), -1.0));
        }
        equal.add(&terms, if k > 0 { -lost } else { p.soc - lost });

        let mut change = vec![(var(k, at::BID), 1.0 / max), (var(k, at::CHURN), -1.0)];
        let mut back = vec![(var(k, at::BID), -1.0 / max), (var(k, at::CHURN), -1.0)];
        if k > 0 {
            change.push((var(k - 1, at::BID), -1.0 / max));
            back.push((var(k - 1, at::BID), 1.0 / max));
        }
        let before = if k > 0 { 0.0 } else { p.last_bid };
        below.add(&change, before);
        below.add(&back, -before);
        // Recovery may take what regulation leaves of the levers.
        let cover = p.worth.coverage(1.0);
        below.add(
            &[(var(k, at::BID), cover), (var(k, at::CHARGE), 1.0), (var(k, at::DISCHARGE), 1.0)],
            p.worth.capability_mw().max(cover * p.rails.0 * max),
        );
        let reserve = p.worth.soc_reserve(around);
        below.add(&[(var(k, at::SOC), -1.0), (var(k, at::SHORT), -1.0)], -(p.soc_low + reserve));
        below.add(&[(var(k, at::SOC), 1.0), (var(k, at::SHORT), -1.0)], p.soc_high - reserve);
        below.add(&[(var(k, at::SHORT), -1.0)], 0.0);
        let (low, high) = ((around - TRUST * max).max(p.rails.0 * max), (around + TRUST * max).min(p.rails.1 * max));
        for (which, low, high) in [(at::BID, low, high), (at::CHARGE, 0.0, p.bess_mw), (at::DISCHARGE, 0.0, p.bess_mw)]
        {
            below.add(&[(var(k, which), 1.0)], high);
            below.add(&[(var(k, which), -1.0)], -low);
        }
    }
    let x = solve_program(&cost, &square, equal, below, p.max_iter)?;
    let read = |k: usize, which: usize| x.get(var(k, which)).copied().unwrap_or(f64::NAN);
    let column = |which: usize| (0..INTERVALS).map(|k| read(k, which)).collect::<Vec<f64>>();
    let plan = Plan {
        bid_mw: (0..INTERVALS).map(|k| read(k, at::BID).clamp(p.rails.0 * max, p.rails.1 * max)).collect(),
        recover_mw: (0..INTERVALS).map(|k| read(k, at::DISCHARGE) - read(k, at::CHARGE)).collect(),
        soc: column(at::SOC),
    };
    let finite = plan.bid_mw.iter().chain(&plan.soc).chain(&plan.recover_mw).all(|v| v.is_finite());
    if finite { Ok(plan) } else { Err("the solver returned a number that is none".to_owned()) }
}
