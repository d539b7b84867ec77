//! From which size on a store would matter: the run made again with other sizes, used as it was, by rule, and by somebody who
//! knew when it pays.

use crate::config::Result;
use crate::control::shown_name;
use crate::plant::{StoreSize, StoreStory};
use crate::rollout::World;

use super::actions::quartiles;
use super::remake::{GoOn, Hand, Remake, SAME};

/// Sizes that are tried, as factors on the present one.
const FACTORS: [f64; 9] = [0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// Share of what is to be saved from which on a store is said to matter.
pub const MATTERS: f64 = 0.01;

/// A way to use a store, over all sizes.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// Words for people.
    pub label: String,
    /// What is saved at each size against a store that rests, in the amount's unit.
    pub saved: Vec<f64>,
    /// Smallest size at which the saving reaches [`MATTERS`] of the amount, MWh; between two sizes on a line. `None` where
    /// it never does.
    pub matters_mwh: Option<f64>,
}

/// A sweep of a store's size.
#[derive(Debug, Clone, PartialEq)]
pub struct Sizes {
    /// Present size, MWh.
    pub present_mwh: f64,
    /// Sizes tried, MWh.
    pub sizes_mwh: Vec<f64>,
    /// The amount with a store that rests.
    pub at_rest: f64,
    /// Unit of the amount.
    pub unit: String,
    /// What is saved.
    pub label: String,
    /// The ways to use it.
    pub uses: Vec<Use>,
}

/// Sweeps the size. `None` when it was told to stop, or where the run does not come out as recorded when it is made again.
///
/// # Errors
/// As [`Remake::play`].
pub fn sizes(
    remake: &Remake,
    world: &World,
    story: &StoreStory,
    size: &StoreSize,
    go_on: GoOn<'_>,
) -> Result<Option<Sizes>> {
    let (amount, (slot, _)) = (&story.saves, story.lever);
    let Some(present) = story.capacity.and_then(|(id, k)| Some(remake.recorded(id).first()? * k)) else {
        return Ok(None);
    };
    if present.is_nan() || present <= 0.0 {
        return Ok(None);
    }
    let Some(checked) = remake.check(world, &[amount.signal], go_on)? else { return Ok(None) };
    if checked.iter().any(|d| d.relative() > SAME) {
        return Ok(None);
    }
    let slots = remake.spec().slots.len();
    let with = |hand: Hand| {
        let mut hands = vec![Hand::Recorded; slots];
        if let Some(own) = hands.get_mut(slot) {
            *own = hand;
        }
        hands
    };
    let sizes_mwh: Vec<f64> =
        FACTORS.iter().map(|f| f * present).filter(|s| (size.range_mwh.0..=size.range_mwh.1).contains(s)).collect();
    let mut ways = vec![("As it was used".to_owned(), Hand::Recorded)];
    ways.extend(size.controllers.iter().map(|c| (format!("By {}", shown_name(c)), Hand::Controller(c.clone()))));
    ways.push(("With hindsight (quartiles of the run)".to_owned(), Hand::Script(hindsight(remake, size))));
    // The amount over the run, the energy that the site used, MWh, and what is stored at the end, MWh.
    let columns = [amount.signal, size.energy.0, story.soc];
    let mut run = |hand: Hand, mwh: f64| -> Result<Option<[f64; 3]>> {
        let mut set = size.before.clone();
        set.push(format!("{}={mwh}", size.key));
        let Some(values) = remake.play(world, &with(hand), &set, &columns, go_on)? else { return Ok(None) };
        let column = |k: usize| values.get(k).map_or(&[][..], Vec::as_slice);
        let sum = |k: usize| column(k).iter().filter(|v| v.is_finite()).sum::<f64>();
        let left = column(2).last().copied().unwrap_or(0.0) * mwh;
        Ok(Some([sum(0) * amount.factor, sum(1) * size.energy.1, left]))
    };
    let Some([at_rest, energy_mwh, _]) = run(Hand::Rest, present)? else { return Ok(None) };
    let worth = at_rest / energy_mwh.max(1e-9);
    let mut uses = Vec::new();
    for (label, hand) in ways {
        let mut saved = Vec::with_capacity(sizes_mwh.len());
        for mwh in &sizes_mwh {
            let Some([with, _, left]) = run(hand.clone(), *mwh)? else { return Ok(None) };
            // What is left in the store has been paid for and will be used.
            saved.push(at_rest - with + left * worth);
        }
        let matters_mwh = crossing(&sizes_mwh, &saved, MATTERS * at_rest);
        uses.push(Use { label, saved, matters_mwh });
    }
    let (unit, label) = (amount.unit.clone(), amount.label.clone());
    Ok(Some(Sizes { present_mwh: present, sizes_mwh, at_rest, unit, label, uses }))
}

/// Fills in the quarter of the run in which the signal is lowest, empties in that in which it is highest.
fn hindsight(remake: &Remake, size: &StoreSize) -> Vec<f64> {
    let values = remake.recorded(size.signal);
    let [low, _, high] = quartiles(&values).unwrap_or([f64::NAN; 3]);
    let [fill, empty, rest] = size.positions;
    values
        .iter()
        .map(|v| {
            if *v < low {
                fill
            } else if *v > high {
                empty
            } else {
                rest
            }
        })
        .collect()
}

/// Where a line through points first reaches a level.
fn crossing(x: &[f64], y: &[f64], level: f64) -> Option<f64> {
    let points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    let first = points.first().filter(|p| p.1 >= level);
    if let Some((size, _)) = first {
        return Some(*size);
    }
    points.windows(2).find_map(|w| match w {
        [(x0, y0), (x1, y1)] if *y0 < level && *y1 >= level => Some(x0 + (x1 - x0) * (level - y0) / (y1 - y0)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_reached_between_two_points() {
        let x = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(crossing(&x, &[0.0, 1.0, 3.0, 9.0], 2.0), Some(3.0));
        assert_eq!(crossing(&x, &[5.0, 1.0, 3.0, 9.0], 2.0), Some(1.0));
        assert_eq!(crossing(&x, &[0.0, 0.1, 0.2, 0.3], 2.0), None);
    }
}
