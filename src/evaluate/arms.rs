//! Arms of a comparison: the same seeds played with something changed, and what the change comes to seed by seed.
//!
//! An arm is a setup; all arms are played on the same seeds, so that a difference is the change's own and the seeds' luck
//! cancels. The first arm is what the others are held against.

use crate::config::Result;
use crate::plant::PlantSpec;
use crate::rollout::{Rollout, Setup, World};
use crate::signal::SignalId;

use super::agents::macro_and_hardware;
use super::statistics::{Interval, Moments, PairedT, mean, paired_t, t_interval};
use super::trials::{Told, play_all, run_through, seeds};

/// Share of intervals that hold the true mean.
pub const LEVEL: f64 = 0.95;

/// Something that is played.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Stable name.
    pub name: String,
    /// Words.
    pub label: String,
    /// What is played; its seed is the first one.
    pub setup: Setup,
}

/// What is counted of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
enum From {
    /// A metric of the plant.
    Metric(usize),
    /// Sum over ticks of a power in MW, as energy in MWh.
    Energy(SignalId),
    /// Ticks run.
    Ticks,
}

/// A figure of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Stable name.
    pub name: String,
    /// Words.
    pub label: String,
    /// Unit; empty for pure numbers.
    pub unit: String,
    /// Decimals that make a difference.
    pub decimals: usize,
    from: From,
}

/// The figures of a plant that arms are held against each other by: reward, tracking, energy, as far as it has them.
pub fn figures(spec: &PlantSpec) -> Vec<Figure> {
    let hardware = macro_and_hardware(spec).map_or(0, |(_, hardware)| hardware);
    let metric = |name: &str, label: &str, unit: &str, decimals: usize| {
        let own = spec.metrics.iter().position(|m| m.name == name && m.slot == hardware);
        let from = From::Metric(own.or_else(|| spec.metrics.iter().position(|m| m.name == name))?);
        Some(Figure { name: name.to_owned(), label: label.to_owned(), unit: unit.to_owned(), decimals, from })
    };
    let mut all: Vec<Figure> = Vec::new();
    all.extend(metric("total_reward", "Total reward", "", 1));
    all.extend(metric("tracking_rmse", "Tracking RMSE", "kW", 1));
    if let Some(power) = spec.signal("p_facility_mw") {
        all.push(Figure {
            name: "energy_mwh".to_owned(),
            label: "Facility energy".to_owned(),
            unit: "MWh".to_owned(),
            decimals: 1,
            from: From::Energy(power),
        });
    }
    all.extend(metric("energy_kwh", "Energy", "kWh", 0));
    all.extend(metric("co2_kg", "CO₂", "kg", 0));
    all.extend(metric("water_l", "Water", "l", 0));
    all.push(Figure {
        name: "episode_length".to_owned(),
        label: "Ticks run".to_owned(),
        unit: "ticks".to_owned(),
        decimals: 0,
        from: From::Ticks,
    });
    all
}

/// What an arm came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Came {
    /// The arm.
    pub arm: Arm,
    /// Values by figure, then by seed.
    pub values: Vec<Vec<f64>>,
}

/// A figure of an arm, and against the first arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Against {
    /// Mean over the seeds.
    pub mean: f64,
    /// Where the true mean lies.
    pub interval: Option<Interval>,
    /// Mean difference to the first arm, seed by seed.
    pub difference: f64,
    /// Where the true difference lies, and how likely chance alone makes one as large; `None` for one seed.
    pub paired: Option<PairedT>,
}

/// Arms that were played.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    /// What was counted.
    pub figures: Vec<Figure>,
    /// The arms.
    pub arms: Vec<Came>,
    /// The first seed, and how many.
    pub seeds: (u64, u64),
}

impl Played {
    /// Number of a figure.
    pub fn figure(&self, name: &str) -> Option<usize> {
        self.figures.iter().position(|f| f.name == name)
    }

    /// Values of a figure in an arm, by seed.
    pub fn values(&self, arm: usize, figure: usize) -> &[f64] {
        self.arms.get(arm).and_then(|a| a.values.get(figure)).map_or(&[], Vec::as_slice)
    }

    /// What an arm came to, and against the first one.
    pub fn told(&self, arm: usize, figure: usize) -> Against {
        let (own, first) = (self.values(arm, figure), self.values(0, figure));
        let differences: Vec<f64> = own.iter().zip(first).map(|(a, b)| a - b).collect();
        Against {
            mean: mean(own),
            interval: t_interval(Moments::of(own), LEVEL),
            difference: mean(&differences),
            paired: paired_t(&differences, LEVEL),
        }
    }
}

/// Plays all arms on the same seeds; `None` when it was given up.
///
/// # Errors
/// Arms that cannot be built, runs that fail.
pub fn play(world: &World, arms: Vec<Arm>, count: u64, told: Told<'_>) -> Result<Option<Played>> {
    let Some(first) = arms.first() else { return Ok(None) };
    let from = first.setup.seed;
    let figures = figures(world.build(&first.setup)?.spec());
    let setups: Vec<Setup> = arms.iter().flat_map(|arm| seeds(&arm.setup, count)).collect();
    let run = |_: usize, mut rollout: Rollout, stopped: &dyn Fn() -> bool| count_up(&figures, &mut rollout, stopped);
    let Some(found) = play_all(world, &setups, &run, told)? else { return Ok(None) };
    let each = usize::try_from(count).unwrap_or(1).max(1);
    let results = arms.into_iter().zip(found.chunks(each)).map(|(arm, runs)| {
        let of = |figure: usize| runs.iter().map(|run| run.get(figure).copied().unwrap_or(f64::NAN)).collect();
        Came { arm, values: (0..figures.len()).map(of).collect() }
    });
    let arms = results.collect();
    Ok(Some(Played { figures, arms, seeds: (from, count) }))
}

/// The figures of one run; `None` when it was given up.
fn count_up(figures: &[Figure], rollout: &mut Rollout, stopped: &dyn Fn() -> bool) -> Result<Option<Vec<f64>>> {
    let tick_h = f64::from(rollout.spec().calendar.tick_s) / 3600.0;
    let mut energy = vec![0.0; figures.len()];
    let whole = run_through(rollout, stopped, &mut |rollout| {
        for (sum, figure) in energy.iter_mut().zip(figures) {
            if let From::Energy(power) = figure.from {
                *sum += rollout.row().get(power).copied().unwrap_or(f64::NAN) * tick_h;
            }
        }
    })?;
    let value = |(figure, energy): (&Figure, &f64)| match figure.from {
        From::Metric(metric) => rollout.metric(metric),
        From::Energy(_) => *energy,
        From::Ticks => rollout.tick() as f64,
    };
    Ok(whole.then(|| figures.iter().zip(&energy).map(value).collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn base() -> Setup {
        Setup { seed: 100, ticks: Some(300), ..Setup::default() }
    }

    fn arm(name: &str, setup: Setup) -> Arm {
        Arm { name: name.to_owned(), label: name.to_owned(), setup }
    }

    #[test]
    fn arms_are_paired_seed_by_seed() {
        let world = World::default();
        let pinned = Setup { fixed_actions: [("bess_dispatch".to_owned(), 0.0)].into(), ..base() };
        let arms = vec![arm("none", base()), arm("same", base()), arm("pinned", pinned.clone())];
        let played = play(&world, arms, 3, &mut |_, _| true).unwrap().unwrap();
        let rmse = played.figure("tracking_rmse").unwrap();
        let same = played.told(1, rmse);
        assert_eq!((same.difference, same.paired.unwrap().p), (0.0, 1.0));
        // Counted another way: one run of its own, straight from its rows.
        let mut alone = world.build(&Setup { seed: 101, ..pinned }).unwrap();
        let error = alone.spec().signal("p_tracking_error_mw").unwrap();
        let power = alone.spec().signal("p_facility_mw").unwrap();
        let (mut square, mut mwh) = (0.0, 0.0);
        for _ in 0..300 {
            alone.step().unwrap();
            square += alone.row()[error].powi(2);
            mwh += alone.row()[power] / 720.0;
        }
        assert!((played.values(2, rmse)[1] - (square / 300.0).sqrt() * 1000.0).abs() < 1e-6);
        let energy = played.figure("energy_mwh").unwrap();
        assert!((played.values(2, energy)[1] - mwh).abs() < 1e-9);
        let told = played.told(2, rmse);
        let by_hand: f64 = (0..3).map(|k| played.values(2, rmse)[k] - played.values(0, rmse)[k]).sum::<f64>() / 3.0;
        assert!((told.difference - by_hand).abs() < 1e-9);
        let interval = told.paired.unwrap().interval.unwrap();
        assert!(interval.low <= told.difference && told.difference <= interval.high);
    }

    #[test]
    fn other_plants_have_figures_too() {
        let setup = Setup { plant: "sustaindc".to_owned(), ..Setup::default() };
        let names: Vec<String> =
            figures(World::default().build(&setup).unwrap().spec()).into_iter().map(|f| f.name).collect();
        assert!(names.len() > 1 && !names.contains(&"tracking_rmse".to_owned()), "{names:?}");
    }
}
