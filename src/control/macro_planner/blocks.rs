//! `milp`: which block of regulation to bid, and whether the battery charges or discharges, as integers.

use good_lp::{Expression, SolverModel, Variable, constraint, microlp, variable, variables};

use super::super::plan::market::INTERVALS;
use super::{Plan, Problem, RECOVER_PRICE, RESERVE_PRICE, TARGET_PRICE};

/// Largest difference to the optimum that ends the search, as a share of it.
const GAP: f64 = 1e-3;

/// Sizes that can be bid, MW, smallest first: blocks inside the rails, and what competitors leave open.
fn sizes(p: &Problem<'_>, blocks: u32) -> Vec<f64> {
    let (low, high) = (p.rails.0 * p.committed_max_mw, p.rails.1 * p.committed_max_mw);
    let mut all: Vec<f64> =
        (0..=blocks.max(1)).map(|j| p.committed_max_mw * f64::from(j) / f64::from(blocks.max(1))).collect();
    all.push(p.worth.residual_mw);
    all.iter_mut().for_each(|mw| *mw = mw.clamp(low, high));
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// The plan.
pub(super) fn solve(p: &Problem<'_>, blocks: u32) -> Result<Plan, String> {
    let sizes = sizes(p, blocks);
    let worth: Vec<f64> = sizes.iter().map(|&mw| p.worth.bid(p.market, mw)).collect();
    let max = p.committed_max_mw.max(0.001);
    let (gained, spent) = p.worth.soc_per_mw(p.soc);
    let capability = p.worth.capability_mw().max(sizes.first().map_or(0.0, |&mw| p.worth.coverage(mw)));

    let mut vars = variables!();
    let mut pick: Vec<Vec<Variable>> = Vec::with_capacity(INTERVALS);
    let (mut charge, mut discharge, mut soc) = (Vec::new(), Vec::new(), Vec::new());
    let (mut churn, mut short, mut charging) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..INTERVALS {
        pick.push(sizes.iter().map(|_| vars.add(variable().binary())).collect());
        charging.push(vars.add(variable().binary()));
        charge.push(vars.add(variable().clamp(0.0, p.bess_mw)));
        discharge.push(vars.add(variable().clamp(0.0, p.bess_mw)));
        soc.push(vars.add(variable().clamp(0.0, 1.0)));
        churn.push(vars.add(variable().clamp(0.0, 1.0)));
        short.push(vars.add(variable().clamp(0.0, 1.0)));
    }
    let off_target = vars.add(variable().clamp(0.0, 1.0));
    let weigh = |z: &[Variable], by: &dyn Fn(f64) -> f64| -> Expression {
        z.iter().zip(&sizes).map(|(&z, &mw)| by(mw) * z).sum()
    };

    let mut objective: Expression = (-TARGET_PRICE) * off_target;
    for (k, z) in pick.iter().enumerate() {
        objective += z.iter().zip(&worth).map(|(&z, &w)| w * z).sum::<Expression>();
        let ((Some(&c), Some(&d)), (Some(&u), Some(&s))) =
            ((charge.get(k), discharge.get(k)), (churn.get(k), short.get(k)))
        else {
            continue;
        };
        objective = objective - RECOVER_PRICE * c - RECOVER_PRICE * d - p.churn * u - RESERVE_PRICE * s;
    }
    let mut model = vars.maximise(objective).using(microlp);
    let mut before_soc: Expression = Expression::from(p.soc);
    let mut before_bid: Expression = Expression::from(p.last_bid);
    for (k, z) in pick.iter().enumerate() {
        let at = |list: &[Variable]| list.get(k).copied();
        let (Some(c), Some(d), Some(e), Some(u), Some(s), Some(on)) =
            (at(&charge), at(&discharge), at(&soc), at(&churn), at(&short), at(&charging))
        else {
            continue;
        };
        let one: Expression = z.iter().copied().sum();
        model.add_constraint(constraint!(one == 1.0));
        // Charging and discharging at once would burn energy: one or the other.
        model.add_constraint(constraint!(c - p.bess_mw * on <= 0.0));
        model.add_constraint(constraint!(d + p.bess_mw * on <= p.bess_mw));
        let lost = weigh(z, &|mw| p.worth.soc_lost(mw));
        model.add_constraint(constraint!(e == before_soc - lost + gained * c - spent * d));
        let bid = weigh(z, &|mw| mw / max);
        model.add_constraint(constraint!(bid.clone() - before_bid.clone() - u <= 0.0));
        model.add_constraint(constraint!(before_bid - bid.clone() - u <= 0.0));
        let cover = weigh(z, &|mw| p.worth.coverage(mw));
        model.add_constraint(constraint!(cover + c + d <= capability));
        let reserve = weigh(z, &|mw| p.worth.soc_reserve(mw));
        model.add_constraint(constraint!(reserve.clone() - e - s <= -p.soc_low));
        model.add_constraint(constraint!(e + reserve - s <= p.soc_high));
        before_soc = Expression::from(e);
        before_bid = bid;
    }
    model.add_constraint(constraint!(before_soc.clone() - off_target <= p.soc_target));
    model.add_constraint(constraint!(p.soc_target - before_soc <= off_target));

    // Solved through the inner problem, because only there the search can be bounded by nodes.
    let mut options = ::microlp::SolveOptions::default();
    options.node_limit = Some(u64::from(p.max_iter));
    options.time_limit = None;
    options.mip_gap = GAP;
    let outcome = model.as_inner().solve_with(options).map_err(|e| format!("the solver refuses the program: {e}"))?;
    let solution = outcome.into_solution().map_err(|_| "the search ended without a plan".to_owned())?;
    // Variables keep the order in which they were added.
    let values: Vec<f64> = solution.iter().map(|(_, value)| value).collect();
    let mut next = values.into_iter();
    let mut plan = Plan::default();
    for _ in 0..INTERVALS {
        let mut mw = 0.0;
        for &size in &sizes {
            mw += size * next.next().unwrap_or(f64::NAN).round();
        }
        let _charging = next.next();
        let (c, d) = (next.next().unwrap_or(f64::NAN), next.next().unwrap_or(f64::NAN));
        plan.bid_mw.push(mw);
        plan.recover_mw.push(d - c);
        plan.soc.push(next.next().unwrap_or(f64::NAN));
        let _churn_and_short = (next.next(), next.next());
    }
    let finite = plan.bid_mw.iter().chain(&plan.soc).chain(&plan.recover_mw).all(|v| v.is_finite());
    if finite { Ok(plan) } else { Err("the solver returned a number that is none".to_owned()) }
}
