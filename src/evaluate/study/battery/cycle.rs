//! Charging and discharging again and again: power, state of charge, efficiency, fade (core 5).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, TICK_S};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table};
use crate::evaluate::numbers::{fixed, percent};
use crate::evaluate::study::Parameter;
use crate::plant::c2g::bess::{Battery, State};
use crate::rollout::World;

/// Cycles that are drawn.
const DRAWN: usize = 2;

/// The battery from full to empty and back.
pub(in crate::evaluate::study) struct Cycle;

/// A tick of a cycle.
#[derive(Debug, Clone, Copy)]
struct Moment {
    hours: f64,
    soc: f64,
    power_mw: f64,
    eta: f64,
    heat_kw: f64,
}

/// What a cycle came to, MWh at the terminals and h.
#[derive(Debug, Clone, Copy, Default)]
struct Came {
    out_mwh: f64,
    in_mwh: f64,
    out_h: f64,
    in_h: f64,
    age: f64,
}

/// Runs one way until power falls below a share of the command; returns energy and time.
fn one_way(battery: &Battery, s: &mut State, command_mw: f64, stop: f64, tell: &mut dyn FnMut(Moment)) -> (f64, f64) {
    let (mut energy, mut ticks) = (0.0, 0_u64);
    // Ten days: longer than any command within the parameters takes.
    for _ in 0..172_800 {
        let report = battery.step(s, command_mw);
        energy += report.actual_mw.abs() * TICK_S / 3600.0;
        ticks += 1;
        tell(Moment { hours: 0.0, soc: s.soc, power_mw: report.actual_mw, eta: report.eta, heat_kw: report.heat_kw });
        if report.actual_mw.abs() < stop * command_mw.abs() {
            break;
        }
    }
    (energy, ticks as f64 * TICK_S / 3600.0)
}

impl Study for Cycle {
    fn card(&self) -> &'static Card {
        &Card {
            name: "battery-cycle",
            title: "Battery cycle",
            group: Group::Electrical,
            about: "The battery from full to empty and back: what it gives, what it takes, how power fades at both \
                    ends, how it ages.",
            quick: false,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::number("power_mw", "Power", "MW", (0.25, 5.0), 5.0, 2).about("Asked for both ways."),
            Parameter::number("stop_pct", "Turns at", "%", (1.0, 90.0), 5.0, 0)
                .about("A way ends where power has faded to this share of what is asked for."),
            Parameter::number("cycles", "Cycles", "", (1.0, 60.0), 10.0, 0).about("Two of them are drawn."),
            Parameter::number("energy_mwh", "Battery's energy", "MWh", (5.0, 150.0), 15.0, 0)
                .about("15 MWh stand on the site."),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let (power, stop) = (values.get("power_mw"), values.get("stop_pct") / 100.0);
        let p_max = site.params.fidelity.bess_p_mw.max(power);
        let battery = Battery::new(&site.params.site.bess, values.get("energy_mwh"), p_max, TICK_S);
        let p = &site.params.site.bess;
        let mut s = battery.at(p.soc_max);
        let cycles = values.whole("cycles").max(1) as usize;
        let mut moments: Vec<Moment> = Vec::new();
        let mut came: Vec<Came> = Vec::new();
        // From full down to where it turns: not counted, so that every cycle begins alike.
        one_way(&battery, &mut s, power, stop, &mut |_| {});
        one_way(&battery, &mut s, -power, stop, &mut |_| {});
        s.age = 0.0;
        for cycle in 0..cycles {
            if !progress.go_on(cycle as u64, cycles as u64) {
                return Ok(None);
            }
            let mut tell = |m: Moment| {
                if cycle < DRAWN {
                    let hours = (moments.len() + 1) as f64 * TICK_S / 3600.0;
                    moments.push(Moment { hours, ..m });
                }
            };
            let (out_mwh, out_h) = one_way(&battery, &mut s, power, stop, &mut tell);
            let (in_mwh, in_h) = one_way(&battery, &mut s, -power, stop, &mut tell);
            came.push(Came { out_mwh, in_mwh, out_h, in_h, age: s.age });
        }
        let (first, last) = (came.first().copied().unwrap_or_default(), came.last().copied().unwrap_or_default());
        let step = (moments.len() / 900).max(1);
        let line = |f: &dyn Fn(&Moment) -> f64| -> Vec<(f64, f64)> {
            moments.iter().step_by(step).map(|m| (m.hours, f(m))).collect()
        };
        let mut table = Table::new(["time_h", "soc", "power_mw", "efficiency", "heat_kw"]);
        for m in moments.iter().step_by(12) {
            table.numbers([m.hours, m.soc, m.power_mw, m.eta, m.heat_kw]);
        }
        let hours = moments.last().map_or(1.0, |m| m.hours);
        let time = || Axis::new("time, h").from_to(0.0, hours);
        let faded: Vec<(f64, f64)> = std::iter::once((0.0, 100.0))
            .chain(came.iter().enumerate().map(|(k, c)| ((k + 1) as f64, 100.0 * (1.0 - p.fade_depth * c.age))))
            .collect();
        let plots = vec![
            Plot::new(
                "State of charge",
                time(),
                Axis::new("SOC, %").from_to(0.0, 100.0),
                vec![
                    Layer::line("", line(&|m| 100.0 * m.soc), 0),
                    Layer::limit(100.0 * p.soc_min, "lowest"),
                    Layer::limit(100.0 * p.soc_max, "highest"),
                ],
            ),
            Plot::new(
                "Power, + = discharge",
                time(),
                Axis::new("power, MW").with_zero(),
                vec![Layer::line("", line(&|m| m.power_mw), 1)],
            ),
            Plot::new(
                "One-way efficiency",
                time(),
                Axis::new("efficiency, %"),
                vec![Layer::line("", line(&|m| 100.0 * m.eta), 2)],
            ),
            Plot::new(
                "Capacity left",
                Axis::new("cycles").from_to(0.0, cycles as f64),
                Axis::new("capacity, %"),
                vec![Layer::line("", faded, 3)],
            ),
        ];
        let round_trip = first.out_mwh / first.in_mwh;
        let per_cycle = last.age / cycles as f64;
        let rest = first.in_mwh - first.out_mwh;
        let findings = vec![
            Finding::new(
                "out",
                format!("A discharge gives {} MWh in {} h.", fixed(first.out_mwh, 3), fixed(first.out_h, 2)),
                first.out_mwh,
                "MWh",
            ),
            Finding::new(
                "in",
                format!("Charging it again takes {} MWh and {} h.", fixed(first.in_mwh, 3), fixed(first.in_h, 2)),
                first.in_mwh,
                "MWh",
            ),
            Finding::new(
                "round_trip",
                format!(
                    "{} come back; {} MWh become heat on every cycle.",
                    percent((1e4 * round_trip).round() / 1e4),
                    fixed(rest, 3)
                ),
                round_trip,
                "",
            ),
            Finding::new(
                "age",
                format!(
                    "A cycle ages the battery by {}; after {} such cycles it is at age 1 and has lost {} of its \
                     capacity.",
                    fixed(per_cycle, 6),
                    fixed(1.0 / per_cycle, 0),
                    percent(p.fade_depth)
                ),
                per_cycle,
                "",
            ),
            Finding::new(
                "fade",
                format!(
                    "{} cycles take {} % of the capacity.",
                    fixed(cycles as f64, 0),
                    fixed(100.0 * p.fade_depth * last.age, 3)
                ),
                p.fade_depth * last.age,
                "",
            ),
        ];
        let exhibit = Exhibit::new(
            "battery_cycle",
            "Charging and discharging",
            format!(
                "{} MW both ways. Power fades within a tenth of the state of charge before either end.",
                fixed(power, 2)
            ),
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(2, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::thermal::support::{number, shown, simulators};
    use super::*;

    /// A single tick at 5 MW and half charge (core 5, last line).
    #[test]
    fn a_tick_at_full_power_is_the_one_of_the_specification() {
        let battery = simulators().battery();
        let mut s = battery.at(0.5);
        let report = battery.step(&mut s, 5.0);
        assert!((report.eta - 0.969_111).abs() < 5e-7, "{}", report.eta);
        assert!((s.soc - 0.5 + 4.777_19e-4).abs() < 5e-10, "{}", s.soc - 0.5);
    }

    #[test]
    fn a_cycle_ages_by_its_throughput() {
        let told = shown(&Cycle, &["cycles=3"]);
        // A cycle of twice the energy adds 0.002 (core 5, remarks).
        let throughput = number(&told, "out") + number(&told, "in");
        assert!((number(&told, "age") - 0.002 * throughput / 30.0).abs() < 2e-7, "{}", number(&told, "age"));
        assert!((number(&told, "fade") - 0.2 * 3.0 * number(&told, "age")).abs() < 1e-9);
    }

    #[test]
    fn energy_is_that_of_the_cells_times_the_efficiency_on_the_way() {
        // At a tenth of the power the efficiency hardly depends on it: 0.97 − 0.008 C² − 0.01 (SOC − ½)².
        let told = shown(&Cycle, &["power_mw=0.5", "stop_pct=1", "cycles=1"]);
        let (from, to) = (0.101, 0.949);
        let mean_square = {
            let cubed = |x: f64| (x - 0.5) * (x - 0.5) * (x - 0.5) / 3.0;
            (cubed(to) - cubed(from)) / (to - from)
        };
        let eta = 0.97 - 0.01 * mean_square;
        assert!((number(&told, "out") - 15.0 * (to - from) * eta).abs() < 0.01, "{}", number(&told, "out"));
        assert!((number(&told, "in") - 15.0 * (to - from) / eta).abs() < 0.01, "{}", number(&told, "in"));
        assert!((number(&told, "round_trip") - eta * eta).abs() < 2e-4);
    }
}
