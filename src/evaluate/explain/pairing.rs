//! A run against one with every lever at rest, on the same inputs, and what each group of levers has of the saving
//! (sustaindc 13, point 7).
//!
//! Every combination of groups is run: those in it do what was recorded, the others rest. The saving is split by Shapley's
//! value: what a group adds, averaged over all orders in which the groups may come in. The parts add up to the whole.
//! Weather, load and carbon intensity are the same in all runs, so that none of the saving is theirs.

use crate::config::Result;
use crate::plant::{Amount, Pairing};
use crate::rollout::World;

use super::remake::{GoOn, Hand, Remake, SAME};

/// Groups at most: every combination is run.
const MOST_PLAYERS: usize = 8;

/// What became of one amount.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The amount.
    pub amount: Amount,
    /// Sum with every lever at rest.
    pub baseline: f64,
    /// Sum as it was recorded.
    pub policy: f64,
    /// Sums by combination: bit `k` is set where group `k` did what was recorded.
    pub combinations: Vec<f64>,
    /// Part of the saving (baseline less policy) of each group; their sum is the saving.
    pub parts: Vec<f64>,
    /// What each group saves alone.
    pub alone: Vec<f64>,
    /// What is lost when it alone rests.
    pub last: Vec<f64>,
}

impl Split {
    /// Baseline less policy; + = the policy saves.
    pub fn saving(&self) -> f64 {
        self.baseline - self.policy
    }
}

/// A run held against rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// Words of the groups.
    pub players: Vec<String>,
    /// The amounts that come out as recorded when the run is made again.
    pub splits: Vec<Split>,
    /// Amounts that do not, with how far they are off, relative.
    pub off: Vec<(String, f64)>,
}

/// Runs every combination. `None` when it was told to stop.
///
/// # Errors
/// As [`Remake::play`].
pub fn paired(remake: &Remake, world: &World, pairing: &Pairing, go_on: GoOn<'_>) -> Result<Option<Paired>> {
    let columns: Vec<usize> = pairing.amounts.iter().map(|a| a.signal).collect();
    let Some(checked) = remake.check(world, &columns, go_on)? else { return Ok(None) };
    let is_same = |signal: usize| {
        checked.iter().find(|d| d.signal == signal).map(super::remake::Deviation::relative).filter(|off| *off > SAME)
    };
    let off = pairing.amounts.iter().filter_map(|a| Some((a.label.clone(), is_same(a.signal)?))).collect();
    let players: Vec<&(String, Vec<usize>)> = pairing.players.iter().take(MOST_PLAYERS).collect();
    let slots = remake.spec().slots.len();
    let (mut rollout, begin) = remake.stage(world)?;
    let mut sums: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    for mask in 0..1_usize << players.len() {
        let mut hands = vec![Hand::Recorded; slots];
        for (k, (_, own)) in players.iter().enumerate().filter(|(k, _)| mask & (1 << k) == 0) {
            let _ = k;
            for slot in own {
                if let Some(hand) = hands.get_mut(*slot) {
                    *hand = Hand::Rest;
                }
            }
        }
        rollout.restore(&begin)?;
        let Some(values) = remake.run(&mut rollout, &hands, &columns, go_on)? else { return Ok(None) };
        for (sums, values) in sums.iter_mut().zip(values) {
            sums.push(values.iter().filter(|v| v.is_finite()).sum());
        }
    }
    let splits = pairing.amounts.iter().zip(sums).filter(|(a, _)| is_same(a.signal).is_none());
    let splits = splits.map(|(amount, sums)| {
        let sums: Vec<f64> = sums.into_iter().map(|s| s * amount.factor).collect();
        split(amount.clone(), sums, players.len())
    });
    Ok(Some(Paired {
        players: players.iter().map(|(words, _)| words.clone()).collect(),
        splits: splits.collect(),
        off,
    }))
}

fn split(amount: Amount, sums: Vec<f64>, players: usize) -> Split {
    let at = |mask: usize| sums.get(mask).copied().unwrap_or(f64::NAN);
    let whole = (1_usize << players) - 1;
    let (baseline, policy) = (at(0), at(whole));
    let saved: Vec<f64> = sums.iter().map(|s| baseline - s).collect();
    let parts = shapley(&saved, players);
    let alone = (0..players).map(|k| baseline - at(1 << k)).collect();
    let last = (0..players).map(|k| at(whole & !(1 << k)) - policy).collect();
    Split { amount, baseline, policy, combinations: sums, parts, alone, last }
}

/// Shapley values of a game: `worth[mask]` is what the players whose bits are set come to together, `worth[0]` nothing.
pub fn shapley(worth: &[f64], players: usize) -> Vec<f64> {
    let at = |mask: usize| worth.get(mask).copied().unwrap_or(f64::NAN);
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let all = factorial(players);
    (0..players)
        .map(|k| {
            let without = (0..1_usize << players).filter(|mask| mask & (1 << k) == 0);
            without
                .map(|mask| {
                    let others = mask.count_ones() as usize;
                    let orders = factorial(others) * factorial(players - others - 1) / all;
                    orders * (at(mask | 1 << k) - at(mask))
                })
                .sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn shapley_values_are_the_mean_over_all_orders_and_add_up() {
        // A game with every kind of interplay, and the six orders of three players counted one by one.
        let worth = [0.0, 3.0, 5.0, 13.0, -2.0, 4.0, 1.0, 20.0];
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let mut mean = [0.0; 3];
        for order in orders {
            let mut mask = 0;
            for player in order {
                mean[player] += (worth[mask | 1 << player] - worth[mask]) / 6.0;
                mask |= 1 << player;
            }
        }
        let got = shapley(&worth, 3);
        for k in 0..3 {
            assert!((got[k] - mean[k]).abs() < 1e-12, "{got:?} {mean:?}");
        }
        assert!((got.iter().sum::<f64>() - 20.0).abs() < 1e-12);
        // Who adds nothing has nothing; who are alike have alike.
        assert_eq!(shapley(&[0.0, 4.0, 4.0, 8.0, 0.0, 4.0, 4.0, 8.0], 3), [4.0, 4.0, 0.0]);
    }
}
