//! Grid frequency when the site fails to deliver: the swing equation, its noise, six markets (core 6.6).
#![deny(clippy::indexing_slicing)]

use super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, market_choices, setup};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::fixed;
use crate::noise::{self, Draw, Noise, NoiseKind, StreamSpec};
use crate::plant::c2g::TICK_S;
use crate::plant::c2g::grid::Swing;
use crate::rollout::World;
use crate::trace;

/// Ticks before the deficit begins: ten minutes.
const BEFORE: u64 = 120;

/// How frequency answers to what the site owes.
pub(super) struct Frequency;

/// The frequency's law in a market.
fn swing(site: &Site, f_nominal_hz: f64, median_load_mw: f64) -> Swing {
    let g = &site.params.grid;
    Swing {
        f_nominal_hz,
        median_load_mw,
        clip_hz: site.params.fidelity.freq_clip_hz,
        inertia_h_s: g.inertia_h_s,
        damping_d: g.damping_d,
        noise_hz: g.frequency_noise_hz,
        dt_s: f64::from(TICK_S),
    }
}

/// Deviation that a deficit held for ever comes to, Hz.
fn steady_hz(law: &Swing, deficit_mw: f64) -> f64 {
    // The law forgets 1 % of a deviation on every tick, so 4,000 of them leave nothing of where it began.
    (0..4_000).fold(law.f_nominal_hz, |f, _| law.step(f, deficit_mw, 0.0)) - law.f_nominal_hz
}

/// The plant's stream of frequency noise.
fn draws(seed: u64) -> Result<Box<dyn Noise>> {
    let stream = StreamSpec {
        name: "frequency".to_owned(),
        draw: Draw::Normal,
        column: "freq_z".to_owned(),
        doc: "Frequency noise.".to_owned(),
        optional: false,
    };
    noise::build(&NoiseKind::Counter, seed, &[stream])
}

impl Study for Frequency {
    fn card(&self) -> &'static Card {
        &Card {
            name: "frequency",
            title: "Frequency",
            group: Group::Grid,
            about: "How far the grid's frequency falls when the site delivers less than it owes, in each of the six \
                    markets.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            market_choices(world)?,
            Parameter::number("deficit_mw", "Missing", "MW", (-60.0, 60.0), 30.0, 0)
                .about("Demanded less delivered; below 0 the site gives too much."),
            Parameter::number("deficit_min", "Missing for", "min", (1.0, 180.0), 60.0, 0)
                .about("It begins after ten minutes."),
            Parameter::number("seed", "Seed of the noise", "", (0.0, 10_000.0), 1.0, 0)
                .about("The same seed gives the same noise."),
            Parameter::number("noise", "Noise", "of the model's", (0.0, 2.0), 1.0, 1).about("0 shows the law alone."),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        let traces = world.traces(&setup(values))?;
        let own = trace::load_series(&*traces, &site.chosen.load_csv)?;
        let law = swing(&site, site.chosen.grid.f_nominal_hz, own.median_mw);
        let deficit = values.get("deficit_mw");
        let ticks = BEFORE + (values.get("deficit_min") * 60.0 / f64::from(TICK_S)) as u64 + 480;
        let ends = ticks - 480;
        let mut z = draws(values.whole("seed"))?;
        let loud = values.get("noise");
        let (mut f, mut calm) = (law.f_nominal_hz, law.f_nominal_hz);
        let mut table = Table::new(["time_min", "deficit_mw", "f_hz", "f_without_noise_hz"]);
        let (mut noisy, mut quiet) = (Vec::new(), Vec::new());
        for tick in 0..ticks {
            let missing = if (BEFORE..ends).contains(&tick) { deficit } else { 0.0 };
            f = law.step(f, missing, loud * z.draw(0, tick));
            calm = law.step(calm, missing, 0.0);
            let minutes = (tick + 1) as f64 * f64::from(TICK_S) / 60.0;
            table.numbers([minutes, missing, f, calm]);
            noisy.push((minutes, f - law.f_nominal_hz));
            quiet.push((minutes, calm - law.f_nominal_hz));
        }
        // A day of noise alone, in millihertz.
        let mut day = Vec::with_capacity(17_280);
        let mut state = law.f_nominal_hz;
        for tick in 0..17_280 {
            state = law.step(state, 0.0, loud * z.draw(0, 1_000_000 + tick));
            day.push(1000.0 * (state - law.f_nominal_hz));
        }
        let edges: Vec<f64> = (0..=48).map(|k| -120.0 + 5.0 * f64::from(k)).collect();
        let mut counts = vec![0.0; 48];
        for v in &day {
            if let Some(count) = counts.get_mut(((v + 120.0) / 5.0).floor().clamp(0.0, 47.0) as usize) {
                *count += 100.0 / day.len() as f64;
            }
        }
        let mean = day.iter().sum::<f64>() / day.len() as f64;
        let std_mhz = (day.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / day.len() as f64).sqrt();
        let mut bars = Vec::new();
        let mut names = Vec::new();
        let mut biggest = (String::new(), 0.0_f64);
        for (k, market) in site.params.markets.values().enumerate() {
            if !progress.go_on(k as u64, site.params.markets.len() as u64) {
                return Ok(None);
            }
            let load = trace::load_series(&*traces, &market.load.csv)?;
            let steady = steady_hz(&swing(&site, market.f_nominal_hz, load.median_mw), deficit);
            bars.push(
                crate::evaluate::exhibit::Bar::new(k as f64, 0.66, 1000.0 * steady).words(fixed(1000.0 * steady, 1)),
            );
            names.push(market.label.clone());
            if steady.abs() > biggest.1.abs() {
                biggest = (market.label.clone(), steady);
            }
        }
        let g = &site.params.grid;
        let bound = [g.frequency_trip_hz + 0.05]
            .into_iter()
            .chain(noisy.iter().map(|(_, d)| d.abs() + 0.02))
            .fold(0.0, f64::max);
        let end_min = ticks as f64 * f64::from(TICK_S) / 60.0;
        let limit =
            |at: f64, words: &str, tint: Tint| Layer::Limit { at, upright: false, words: words.to_owned(), tint };
        let plots = vec![
            Plot::new(
                format!("Deviation from {} Hz", fixed(law.f_nominal_hz, 0)),
                Axis::new("time, min").from_to(0.0, end_min),
                Axis::new("deviation, Hz").from_to(-bound, bound),
                vec![
                    limit(g.frequency_dead_band_hz, "penalty beyond", Tint::Warn),
                    limit(-g.frequency_dead_band_hz, "", Tint::Warn),
                    limit(g.frequency_trip_hz, "trip", Tint::Bad),
                    limit(-g.frequency_trip_hz, "", Tint::Bad),
                    Layer::line("with noise", noisy, 0),
                    Layer::dashed("without", quiet, 1),
                ],
            ),
            Plot::new(
                format!("{} MW missing for ever", fixed(deficit, 0)),
                Axis::new("deviation, mHz").with_zero(),
                Axis::names("", names),
                vec![Layer::Bars { name: String::new(), bars, tint: Tint::Series(0), lying: true }],
            ),
            Plot::new(
                "A day of noise alone",
                Axis::new("deviation, mHz").from_to(-120.0, 120.0),
                Axis::new("share of ticks, %").with_zero(),
                vec![Layer::histogram("", &edges, &counts, 2)],
            ),
        ];
        let steady = steady_hz(&law, deficit);
        let per_mw = 1000.0 * steady_hz(&law, 1.0);
        // What a tick takes off a deviation tells how long it lives.
        let kept = law.step(law.f_nominal_hz + 0.1, 0.0, 0.0) - law.f_nominal_hz;
        let tau_s = f64::from(TICK_S) / (1.0 - kept / 0.1);
        let label = &site.chosen.grid.label;
        let mut findings = vec![
            Finding::new(
                "steady",
                format!(
                    "{} MW missing for ever move the frequency by {} mHz in {label}.",
                    fixed(deficit, 0),
                    fixed(1000.0 * steady, 2)
                ),
                1000.0 * steady,
                "mHz",
            ),
            Finding::new(
                "per_mw",
                format!(
                    "A megawatt moves it by {} mHz; half of the load's values lie above {} MW.",
                    fixed(per_mw, 3),
                    fixed(own.median_mw, 0)
                ),
                per_mw,
                "mHz/MW",
            ),
            Finding::new(
                "tau",
                format!("A deviation dies away with a time constant of {} s.", fixed(tau_s, 0)),
                tau_s,
                "s",
            ),
            Finding::new(
                "noise",
                format!("Noise alone has a standard deviation of {} mHz over a day.", fixed(std_mhz, 1)),
                std_mhz,
                "mHz",
            ),
        ];
        if !biggest.0.is_empty() {
            findings.push(Finding::new(
                "biggest",
                format!("It moves most in {}: {} mHz.", biggest.0, fixed(1000.0 * biggest.1, 1)),
                1000.0 * biggest.1,
                "mHz",
            ));
        }
        let exhibit = Exhibit::new(
            "frequency",
            "Frequency and what the site owes",
            "The smaller the grid, the more a megawatt moves it. Beyond 0.2 Hz each hertz is punished, beyond 0.5 Hz \
             the episode ends.",
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(3, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::thermal::support::{number, shown};
    use super::*;

    fn site() -> Site {
        Site::new(&World::default(), &Values::new(Vec::new())).unwrap()
    }

    /// 8 mHz per MW at a median of 5 GW, 0.24 Hz for 30 MW, and 480 s (core 6.6).
    #[test]
    fn a_deficit_moves_the_frequency_as_the_specification_prints() {
        let law = swing(&site(), 60.0, 5_000.0);
        assert!((steady_hz(&law, 1.0) + 0.008).abs() < 1e-12);
        assert!((steady_hz(&law, 30.0) + 0.24).abs() < 1e-12);
        let told = shown(&Frequency, &[]);
        let median = trace::load_series(&trace::Embedded, "NYC").unwrap().median_mw;
        assert!((number(&told, "steady") + 1000.0 * 60.0 / 1.5 * 30.0 / median).abs() < 1e-9);
        assert!((number(&told, "tau") - 480.0).abs() < 1e-6);
        assert!((number(&shown(&Frequency, &["market=entso_de"]), "tau") - 400.0).abs() < 1e-6, "50 Hz");
    }

    /// A first-order law with noise σ has the deviation σ / √(1 − ρ²); 0.0346 Hz is printed (core 6.6).
    #[test]
    fn noise_has_the_deviation_of_its_law() {
        let rho: f64 = 1.0 - 5.0 * 1.5 / 12.0 / 60.0;
        let closed = 5.0 / (1.0 - rho * rho).sqrt();
        assert!((closed - 34.6).abs() < 0.2);
        // About 90 independent stretches in a day: two standard errors are 15 %.
        let told = number(&shown(&Frequency, &["seed=3"]), "noise");
        assert!((told - closed).abs() < 0.2 * closed, "{told} against {closed} mHz");
    }

    #[test]
    fn noise_is_that_of_the_plant() {
        let spec = World::default()
            .tables(
                &crate::rollout::Setup::default(),
                &World::default().configuration(&crate::rollout::Setup::default()).unwrap(),
            )
            .unwrap();
        let own = spec.streams.get(crate::plant::c2g::tables::stream::FREQUENCY).unwrap();
        let mut plant = noise::build(&NoiseKind::Counter, 7, std::slice::from_ref(own)).unwrap();
        let mut study = draws(7).unwrap();
        assert_eq!(plant.draw(0, 12).to_bits(), study.draw(0, 12).to_bits(), "the stream is called {}", own.name);
    }
}
