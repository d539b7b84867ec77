//! The regulation signal: a day of it, how its values spread, its spectrum and its memory, beside the closed forms of
//! the law that makes it (core 6.4).

use super::drivers::seed;
use super::spectrum::{autocorrelation, thinned, welch};
use super::{
    Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, fidelity_choices, market_choices,
    scenario_choices,
};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table};
use crate::noise::{self, Draw, NoiseKind, StreamSpec};
use crate::plant::c2g::TICK_S;
use crate::plant::c2g::grid::{RegdLaw, RegdState};
use crate::rollout::World;
use crate::signal::format_number;

/// Ticks of a day.
const DAY: u64 = 17_280;
/// Samples of a segment of the spectrum: 5 h 41 min.
const SEGMENT: usize = 4_096;
/// Hours of a tick.
const STEP_H: f64 = TICK_S as f64 / 3600.0;

/// The regulation signal.
pub(super) struct Regd;

impl Study for Regd {
    fn card(&self) -> &'static Card {
        &Card {
            name: "regd",
            title: "Regulation signal",
            group: Group::Grid,
            about: "A day of RegD, how its values spread, its spectrum and its memory, beside the closed forms of \
                    its law.",
            quick: true,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            market_choices(world)?,
            scenario_choices(world)?,
            fidelity_choices(world)?,
            seed(),
            Parameter::number("days", "Days", "d", (1.0, 60.0), 10.0, 0)
                .about("How many days, each on the next seed, spectrum and memory are taken from."),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        let law = RegdLaw::of(&site.params, &site.chosen);
        let (first, days) = (values.whole("seed"), values.whole("days").max(1));
        let mut all = Vec::new();
        for k in 0..days {
            if !progress.go_on(k, days) {
                return Ok(None);
            }
            all.push(day(&law, first + k)?);
        }
        Ok(Some(shown(&law, &all, &site.chosen.grid.label)))
    }
}

/// The signal on each tick of a day: what `regd` of a run with this seed holds.
///
/// # Errors
/// None: the one stream has a name of its own.
fn day(law: &RegdLaw, seed: u64) -> Result<Vec<f64>> {
    let stream = StreamSpec {
        name: "regd".to_owned(),
        draw: Draw::Normal,
        column: "regd_z".to_owned(),
        doc: String::new(),
        optional: false,
    };
    let mut noise = noise::build(&NoiseKind::Counter, seed, &[stream])?;
    let mut state = RegdState::default();
    // Index 0 is the look ahead at reset, after which the law is put back (core 6.8).
    Ok((0..DAY).map(|tick| law.step(&mut state, noise.draw(0, tick + 1))).collect())
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    sum / n
}

/// Means over days of equally long lists of points.
fn over_days(lists: &[Vec<(f64, f64)>]) -> Vec<(f64, f64)> {
    let length = lists.iter().map(Vec::len).min().unwrap_or(0);
    let at = |k: usize| {
        let points = || lists.iter().filter_map(move |list| list.get(k));
        (points().map(|p| p.0).next().unwrap_or(f64::NAN), mean(points().map(|p| p.1)))
    };
    (0..length).map(at).collect()
}

fn shown(law: &RegdLaw, days: &[Vec<f64>], market: &str) -> Shown {
    let (rho, sigma) = (law.regd.rho, law.regd.sigma);
    let first = days.first().map_or(&[][..], Vec::as_slice);
    // Drawn as steps, every 24th value held for two minutes: finer ones are no longer seen on a day.
    let trace: Vec<(f64, f64)> = first
        .iter()
        .enumerate()
        .step_by(24)
        .flat_map(|(k, v)| [(k as f64 * STEP_H, *v), ((k + 24) as f64 * STEP_H, *v)])
        .collect();
    let edges: Vec<f64> = (0..=40).map(|k| -1.0 + 0.05 * f64::from(k)).collect();
    let n = days.iter().map(Vec::len).sum::<usize>() as f64;
    let mut counts = vec![0.0; 40];
    for v in days.iter().flatten() {
        let bin = (((v + 1.0) / 0.05) as usize).min(39);
        if let Some(count) = counts.get_mut(bin) {
            *count += 100.0 / n;
        }
    }
    let spectra: Vec<_> = days.iter().map(|d| welch(d, STEP_H, SEGMENT)).collect();
    let spectrum = thinned(&over_days(&spectra), 90);
    // S(f) = 2 σ² Δ / (1 − 2 ρ cos 2πfΔ + ρ²), with the scale of the scenario.
    let power = |f: f64| {
        let turn = libm::cos(core::f64::consts::TAU * f * STEP_H);
        2.0 * STEP_H * (law.stress * sigma).powi(2) / (1.0 - 2.0 * rho * turn + rho * rho)
    };
    let closed: Vec<(f64, f64)> = spectrum.iter().map(|(f, _)| (*f, power(*f))).collect();
    let lagged: Vec<Vec<(f64, f64)>> = days
        .iter()
        .map(|d| autocorrelation(d, 1_440, 12).into_iter().map(|(lag, v)| (lag as f64 * STEP_H * 60.0, v)).collect())
        .collect();
    let memory = over_days(&lagged);
    let decay: Vec<(f64, f64)> =
        memory.iter().map(|(min, _)| (*min, libm::pow(rho, min * 60.0 / f64::from(TICK_S)))).collect();
    let level = mean(days.iter().flatten().copied());
    let spread = libm::sqrt(mean(days.iter().flatten().map(|v| (v - level).powi(2))));
    let stationary = law.stress * sigma / libm::sqrt(1.0 - rho * rho);
    let after = |minutes: f64| {
        memory.iter().min_by(|a, b| (a.0 - minutes).abs().total_cmp(&(b.0 - minutes).abs())).map_or(f64::NAN, |p| p.1)
    };
    let memory_min = -f64::from(TICK_S) / 60.0 / libm::log(rho);
    let slope = first.iter().zip(first.iter().skip(1)).map(|(a, b)| (b - a).abs()).sum::<f64>();

    let mut table = Table::new(["what", "x", "x_unit", "signal", "closed_form"]);
    for (k, v) in first.iter().enumerate() {
        table.row(["day".into(), (k as f64 * STEP_H).into(), "h".into(), (*v).into(), "".into()]);
    }
    for ((x, own), (_, law)) in spectrum.iter().zip(&closed) {
        table.row(["spectrum".into(), (*x).into(), "1/h".into(), (*own).into(), (*law).into()]);
    }
    for ((x, own), (_, law)) in memory.iter().zip(&decay) {
        table.row(["autocorrelation".into(), (*x).into(), "min".into(), (*own).into(), (*law).into()]);
    }
    let plots = vec![
        Plot::new("A day", Axis::hours("time"), Axis::new("RegD").from_to(-1.0, 1.0), vec![Layer::line("", trace, 0)]),
        Plot::new(
            "Spread",
            Axis::new("RegD").from_to(-1.0, 1.0),
            Axis::new("share of ticks, %").with_zero(),
            vec![Layer::histogram("", &edges, &counts, 0)],
        ),
        Plot::new(
            "Spectrum",
            Axis::powers("frequency, 1/h"),
            Axis::powers("density, h"),
            vec![Layer::line("signal", spectrum, 0), Layer::dashed("closed form", closed, 1)],
        ),
        Plot::new(
            "Memory",
            Axis::new("lag, min").with_zero(),
            Axis::new("autocorrelation").with_zero(),
            vec![Layer::line("signal", memory.clone(), 0), Layer::dashed("closed form", decay, 1)],
        ),
    ];
    let exhibit = Exhibit::new(
        "regd",
        format!("Regulation signal, {market}"),
        format!(
            "+ asks the site to shed load. The day is that of the first seed, a value every two minutes; spread, \
             spectrum and memory are means of {} days. The closed forms are those of the bare law: near the window's \
             and the limits' corrections they part.",
            days.len()
        ),
        table,
    )
    .plots(2, plots);
    let number = format_number;
    let findings = vec![
        Finding::new(
            "memory",
            format!("Its memory fades to 1/e within {} min (ρ = {} a tick).", number(memory_min, 1), number(rho, 4)),
            memory_min,
            "min",
        ),
        Finding::new(
            "after_5_min",
            format!(
                "After 5 min {} of it is left, {} by the law.",
                number(after(5.0), 3),
                number(libm::pow(rho, 300.0 / f64::from(TICK_S)), 3)
            ),
            after(5.0),
            "",
        ),
        Finding::new(
            "spread",
            format!(
                "It spreads by {} around {}; the law alone by {}.",
                number(spread, 3),
                number(level, 3),
                number(stationary, 3)
            ),
            spread,
            "",
        ),
        Finding::new(
            "mileage",
            format!("On the first day it travels {} times the commitment.", number(slope, 1)),
            slope,
            "",
        ),
    ];
    Shown::one(exhibit, findings)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::Quiet;
    use super::*;
    use crate::rollout::{Setup, Step};

    /// The signal is that of a direct rollout, tick by tick.
    #[test]
    fn the_day_is_that_of_a_run() {
        let world = World::default();
        let mut values = Values::new(Regd.parameters(&world).unwrap());
        for set in ["scenario=scenario_c", "seed=7"] {
            values.set(set).unwrap();
        }
        let site = Site::new(&world, &values).unwrap();
        let own = day(&RegdLaw::of(&site.params, &site.chosen), 7).unwrap();
        let axes = [("scenario".to_owned(), "scenario_c".to_owned())];
        let setup = Setup { axes: axes.into(), seed: 7, ticks: Some(400), ..Setup::default() };
        let mut run = world.build(&setup).unwrap();
        let column = run.spec().signal("regd").unwrap();
        let mut k = 0;
        while run.step().unwrap() == Step::Ran {
            assert_eq!(run.row()[column].to_bits(), own[k].to_bits(), "tick {k}");
            k += 1;
        }
    }

    /// Core 6.1: 0.80 of the signal is left after 300 s at ρ = 0.9963, and its law spreads by 0.256.
    #[test]
    fn memory_and_spread_are_those_that_the_specification_prints() {
        let world = World::default();
        let mut values = Values::new(Regd.parameters(&world).unwrap());
        for set in ["market=nyiso_nyc", "days=20"] {
            values.set(set).unwrap();
        }
        let shown = Regd.run(&world, &values, &Quiet).unwrap().unwrap();
        let number = |name: &str| shown.findings.iter().find(|f| f.name == name).unwrap().value;
        assert!((number("after_5_min") - 0.80).abs() < 0.03, "{}", number("after_5_min"));
        assert!((number("spread") - 0.256).abs() < 0.02, "{}", number("spread"));
        assert!((number("memory") - 5.0 / 60.0 / -(0.9963_f64.ln())).abs() < 1e-12);
    }
}
