//! Rewards of the three agents, and the history of energies that they are judged against (sustaindc 7).

use std::cell::Cell;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Energies that are remembered.
pub const HISTORY: usize = 10_000;
/// Weight of carbon in the default rewards.
const CARBON: f64 = 0.5;
/// Bounds of the load-shifting reward.
const BOUNDS: (f64, f64) = (-10.0, 10.0);

/// Rewards by the names that configurations use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Carbon, overdue tasks, age.
    DefaultLsReward,
    /// Carbon.
    DefaultDcReward,
    /// Carbon.
    DefaultBatReward,
    /// Nothing.
    CustomAgentReward,
    /// Energy at a price of the hour.
    TouReward,
    /// Share of renewable energy less energy.
    RenewableEnergyReward,
    /// IT power over total power.
    EnergyEfficiencyReward,
    /// Distance of the PUE from 1.
    #[serde(rename = "energy_PUE_reward")]
    EnergyPueReward,
    /// 1 in the wanted range of the room, else the distance from it.
    TemperatureEfficiencyReward,
    /// Water.
    WaterUsageEfficiencyReward,
}

/// What a tick's rewards are computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// Carbon intensity two ticks after the actions, 0 to 1.
    pub carbon: f64,
    /// Energy from the grid, kWh.
    pub energy_kwh: f64,
    /// IT power, kW.
    pub it_kw: f64,
    /// Total power, kW.
    pub total_kw: f64,
    /// Room, °C.
    pub room_degc: f64,
    /// Water, litres.
    pub water_l: f64,
    /// Overdue tasks.
    pub overdue: f64,
    /// Age of the oldest task, days.
    pub oldest_days: f64,
    /// Hour of the next tick.
    pub hour: f64,
    /// Share of renewable energy.
    pub renewable: f64,
    /// Wanted range of the room, °C.
    pub room_range_degc: [f64; 2],
}

/// A reward by its terms.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Terms {
    /// Energy above the usual, weighted by carbon.
    pub carbon: f64,
    /// Overdue tasks.
    pub overdue: f64,
    /// Age of the oldest task.
    pub age: f64,
    /// What the bounds cut off; and the whole of a reward that has no terms.
    pub other: f64,
    /// What the rewards of the others add.
    pub others: f64,
}

impl Terms {
    /// Their sum before the others' share.
    pub fn own(&self) -> f64 {
        self.carbon + (self.overdue) + self.age + self.other
    }
}

/// Price of energy at an hour, $/kWh. The source fails at quarter hours; the hour's price holds for all of it.
pub fn price(hour: f64) -> f64 {
    match hour as i64 {
        0..=5 | 22.. => 0.25,
        6..=10 => 0.41,
        11..=15 => 0.30,
        16..=21 => 0.27,
        _ => f64::NAN,
    }
}

/// Carbon term of the default rewards; `z` is the energy against its history.
pub fn carbon_term(carbon: f64, z: f64) -> f64 {
    -(carbon * z / CARBON)
}

/// A named reward. The load-shifting default writes the energy into the history first; the others only read it.
pub fn reward(kind: Kind, facts: &Facts, history: &mut History) -> Terms {
    let carbon = |history: &History| carbon_term(facts.carbon, history.z(facts.energy_kwh));
    let whole = |other: f64| Terms { other, ..Terms::default() };
    match kind {
        Kind::DefaultLsReward => {
            history.push(facts.energy_kwh);
            let overdue = 0.3 - 0.3 * facts.overdue.sqrt();
            let mut terms =
                Terms { carbon: carbon(history), overdue, age: -0.1 * facts.oldest_days, ..Terms::default() };
            let sum = terms.carbon + overdue + terms.age;
            terms.other = sum.clamp(BOUNDS.0, BOUNDS.1) - sum;
            terms
        }
        Kind::DefaultDcReward | Kind::DefaultBatReward => Terms { carbon: carbon(history), ..Terms::default() },
        Kind::CustomAgentReward => Terms::default(),
        Kind::TouReward => whole(-facts.energy_kwh * price(facts.hour)),
        Kind::RenewableEnergyReward => whole(facts.renewable - facts.energy_kwh),
        Kind::EnergyEfficiencyReward => whole(facts.it_kw / facts.total_kw),
        Kind::EnergyPueReward => whole(-(facts.total_kw / facts.it_kw - 1.0).abs()),
        Kind::TemperatureEfficiencyReward => {
            let [low, high] = facts.room_range_degc;
            let t = facts.room_degc;
            whole(if (low..=high).contains(&t) { 1.0 } else { -(low - t).max(t - high) })
        }
        Kind::WaterUsageEfficiencyReward => whole(-0.01 * facts.water_l),
    }
}

/// Mixes rewards: each keeps the weight and shares the rest out to the two others.
pub fn mix(rewards: [f64; 3], weight: f64) -> [f64; 3] {
    let [a, b, c] = rewards;
    let share = (1.0 - weight) / 2.0;
    [weight * a + share * (b + c), weight * b + share * (a + c), weight * c + share * (a + b)]
}

/// Deviations below this share of the energies' size are rounding: energies so alike have none.
const ALIKE: f64 = 1e-9;
/// Share of the squares below which a variance from running sums has lost too many digits.
const DROWNED: f64 = 1e-6;

/// Energies of the past, of one run. The source keeps one for the whole process (sustaindc 7); here another run does
/// not change what an energy is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    limit: usize,
    ring: VecDeque<f64>,
    sorted: Vec<f64>,
    /// Sums are of distances from the first energy ever: energies are alike, and their squares would drown the
    /// differences.
    origin: f64,
    sum: f64,
    squares: f64,
    /// Energy last asked for, and its answer: three rewards and the row ask for the same one.
    known: Cell<Option<(f64, f64)>>,
}

/// A [`History`] as it is saved: the order by size follows from the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedHistory {
    ring: VecDeque<f64>,
    origin: f64,
    sum: f64,
    squares: f64,
}

impl Default for History {
    fn default() -> Self {
        Self::new(HISTORY)
    }
}

impl History {
    /// An empty history of so many energies.
    pub fn new(limit: usize) -> Self {
        // All memory that it will ever need: a tick asks for none.
        let (ring, sorted) = (VecDeque::with_capacity(limit), Vec::with_capacity(limit));
        Self { limit, ring, sorted, origin: 0.0, sum: 0.0, squares: 0.0, known: Cell::new(None) }
    }

    /// Energies in it.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.ring.clear();
        self.sorted.clear();
        self.known.set(None);
    }

    /// Adds an energy; the oldest goes when there are too many.
    pub fn push(&mut self, energy: f64) {
        if !energy.is_finite() {
            return;
        }
        self.known.set(None);
        if self.ring.is_empty() {
            (self.origin, self.sum, self.squares) = (energy, 0.0, 0.0);
        }
        if self.ring.len() >= self.limit
            && let Some(old) = self.ring.pop_front()
        {
            let at = self.sorted.partition_point(|v| v.total_cmp(&old).is_lt());
            if at < self.sorted.len() {
                self.sorted.remove(at);
            }
            let d = old - self.origin;
            self.sum -= d;
            self.squares -= d * d;
        }
        self.ring.push_back(energy);
        let at = self.sorted.partition_point(|v| v.total_cmp(&energy).is_lt());
        self.sorted.insert(at, energy);
        let d = energy - self.origin;
        self.sum += d;
        self.squares += d * d;
    }

    fn quantile(&self, fraction: f64) -> f64 {
        let position = fraction * (self.sorted.len() as f64 - 1.0);
        let below = position.floor();
        let at = |k: usize| self.sorted.get(k).copied().unwrap_or(f64::NAN);
        let low = at(below as usize);
        let weight = position - below;
        if weight == 0.0 { low } else { low + (at(below as usize + 1) - low) * weight }
    }

    /// How far an energy stands from the mean of the history, in deviations; outliers count as their fence. 0 with
    /// fewer than two energies.
    pub fn z(&self, energy: f64) -> f64 {
        if self.ring.len() < 2 {
            return 0.0;
        }
        if let Some((_, z)) = self.known.get().filter(|(known, _)| *known == energy) {
            return z;
        }
        let z = self.measure(energy);
        self.known.set(Some((energy, z)));
        z
    }

    fn measure(&self, energy: f64) -> f64 {
        let (q1, q3) = (self.quantile(0.25), self.quantile(0.75));
        let reach = 1.5 * (q3 - q1);
        let (low, high) = (q1 - reach, q3 + reach);
        let (mut sum, mut squares) = (self.sum, self.squares);
        let mut replace = |value: f64, fence: f64| {
            let (d, f) = (value - self.origin, fence - self.origin);
            sum += f - d;
            squares += f * f - d * d;
        };
        self.sorted.iter().take_while(|v| **v < low).for_each(|&v| replace(v, low));
        self.sorted.iter().rev().take_while(|v| **v > high).for_each(|&v| replace(v, high));
        let n = self.ring.len() as f64;
        let mut mean = sum / n;
        let mut variance = squares / n - mean * mean;
        if variance <= DROWNED * (self.squares.max(squares) / n) {
            // The fences cut off nearly all that the sums hold: what is left is told by the energies alone.
            let inside = || self.ring.iter().map(|v| v.clamp(low, high) - self.origin);
            mean = inside().sum::<f64>() / n;
            variance = inside().map(|d| (d - mean) * (d - mean)).sum::<f64>() / n;
        }
        let std = variance.max(0.0).sqrt();
        let alike = std <= ALIKE * (self.origin + mean).abs();
        (energy - self.origin - mean) / if alike { 1.0 } else { std }
    }

    /// The history as it is saved.
    pub fn save(&self) -> SavedHistory {
        SavedHistory { ring: self.ring.clone(), origin: self.origin, sum: self.sum, squares: self.squares }
    }

    /// Takes a saved history back.
    pub fn restore(&mut self, saved: SavedHistory) {
        self.known.set(None);
        self.sorted.clear();
        self.sorted.extend(&saved.ring);
        self.sorted.sort_unstable_by(f64::total_cmp);
        self.ring.clear();
        self.ring.extend(&saved.ring);
        (self.origin, self.sum, self.squares) = (saved.origin, saved.sum, saved.squares);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and deviation the long way.
    fn plain(history: &History, energy: f64) -> f64 {
        let (q1, q3) = (history.quantile(0.25), history.quantile(0.75));
        let fence = 1.5 * (q3 - q1);
        let values: Vec<f64> = history.ring.iter().map(|v| v.clamp(q1 - fence, q3 + fence)).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        (energy - mean) / std
    }

    #[test]
    fn running_sums_are_the_sums() {
        let mut history = History::new(50);
        let mut x = 350.0;
        for k in 0..400 {
            x = 350.0 + (x * 7.31 + f64::from(k)) % 60.0 + if k % 37 == 0 { 400.0 } else { 0.0 };
            history.push(x);
            if history.len() > 3 {
                assert!((history.z(x) - plain(&history, x)).abs() < 1e-9, "{k}");
            }
        }
        assert_eq!((history.len(), history.sorted.len()), (50, 50));
        let mut other = History::new(50);
        other.restore(history.save());
        assert_eq!((other.save(), &other.sorted), (history.save(), &history.sorted));
    }

    /// More than half of the energies are the same: the fences leave no deviation, and an energy counts in kWh.
    #[test]
    fn energies_cut_to_one_value_have_no_deviation_of_rounding() {
        let (rare, usual) = ([362.887_586_825_139_35, 353.844_707_794_469_4], 356.845_172_090_968_8);
        let mut history = History::default();
        for k in 0..200 {
            history.push(if k % 4 == 0 { rare[k / 4 % 2] } else { usual });
            if history.len() > 7 {
                for energy in [usual, rare[0], rare[1], 347.9] {
                    assert!((history.z(energy) - (energy - usual)).abs() < 1e-9, "{k}: {energy}");
                }
            }
        }
    }

    /// Nearly all energies alike, one far off: the running sums alone would have lost the deviation.
    #[test]
    fn a_far_energy_does_not_drown_the_others() {
        for far in [0, 7] {
            let mut history = History::default();
            for k in 0..300 {
                history.push(if k == far { 1.0e9 } else { 350.0 + f64::from(k * 7 % 10) });
            }
            for energy in [350.0, 352.5, 361.0] {
                assert!((history.z(energy) - plain(&history, energy)).abs() < 1e-6, "{far}: {energy}");
            }
        }
    }

    #[test]
    fn equal_energies_are_usual() {
        let mut history = History::default();
        for _ in 0..5 {
            history.push(351.7);
        }
        assert_eq!(history.z(351.7), 0.0);
    }

    #[test]
    fn mixing_keeps_the_sum() {
        let mixed = mix([1.0, 2.0, 4.0], 0.8);
        assert!((mixed.iter().sum::<f64>() - 7.0).abs() < 1e-12);
        assert!((mixed[0] - 1.4).abs() < 1e-12);
    }
}
