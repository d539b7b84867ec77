//! A pump that fails to 60 %: how far zones run away, and how they come back (core 1, scenario Battery Drain; core 4).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::Simulators;
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use super::{Course, ambient, asked, hvac, p_a, p_b, pump};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table};
use crate::evaluate::numbers::fixed;
use crate::evaluate::study::Parameter;
use crate::plant::c2g::params::ThermalOverride;
use crate::plant::c2g::thermal::Load;
use crate::rollout::World;

/// Minutes before the fault, min.
const BEFORE_MIN: f64 = 15.0;

/// Cooling fails for a while.
pub(in crate::evaluate::study) struct PumpFault;

impl Study for PumpFault {
    fn card(&self) -> &'static Card {
        &Card {
            name: "pump-fault",
            title: "Pump fault",
            group: Group::Thermal,
            about: "Cooling falls to 60 % for a while: how long until a limit is passed, and how the zones come \
                    back. Redraws within a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::number("fault_factor", "Cooling left", "", (0.1, 1.0), 0.6, 2)
                .about("Factor on the conductance; Battery Drain has 0.6."),
            Parameter::number("fault_min", "Fault lasts", "min", (5.0, 240.0), 60.0, 0)
                .about("It begins after a quarter of an hour."),
            Parameter::choice("zones", "Fails", [("both", "Both zones"), ("a", "Zone A alone")], 0)
                .about("The scenario's factor works on both zones although its name says pump."),
            p_a(70.0),
            pump(0.7),
            p_b(44.0),
            hvac(0.7),
            ambient(32.0),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let sound = asked(values);
        let factor = values.get("fault_factor");
        let both = values.chosen("zones") == "both";
        let failed = Load { fault_a: factor, fault_b: if both { factor } else { 1.0 }, ..sound };
        let none = ThermalOverride::default();
        let (start, end) = (site.settled(&none, &sound), site.settled(&none, &failed));
        let from = (start.t_a_degc, start.t_b_degc);
        let lasts = values.get("fault_min");
        let (begins, ends) = (BEFORE_MIN, BEFORE_MIN + lasts);
        let shown_min = ends + lasts.max(45.0);
        let course = Course::run(&site, &none, from, shown_min * 60.0, |s| {
            if (begins * 60.0..ends * 60.0).contains(&s) { failed } else { sound }
        });
        let (warn, trip) = (site.params.site.t_warn_a_degc, site.params.site.t_safe_degc);
        let mut findings = Vec::new();
        for (zone, line, before, at_last) in [
            ("A", &course.t_a_degc, start.t_a_degc, end.t_a_degc),
            ("B", &course.t_b_degc, start.t_b_degc, end.t_b_degc),
        ] {
            let small = zone.to_lowercase();
            let peak = line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let words = format!(
                "Zone {zone} goes from {} to {} °C; it would settle at {} °C.",
                fixed(before, 2),
                fixed(peak, 2),
                fixed(at_last, 2)
            );
            findings.push(Finding::new(format!("peak_{small}"), words, peak, "°C"));
            for (name, limit, called) in [("warn", warn, "the warning"), ("trip", trip, "the trip")] {
                if before >= limit {
                    let words =
                        format!("Zone {zone} is beyond {called} ({} °C) before anything fails.", fixed(limit, 0));
                    findings.push(Finding::new(format!("{name}_{small}"), words, 0.0, "min"));
                } else if let Some(t) = course.reaches(line, limit, begins) {
                    let words = format!(
                        "Zone {zone} reaches {called} ({} °C) {} min after the fault.",
                        fixed(limit, 0),
                        fixed(t - begins, 1)
                    );
                    findings.push(Finding::new(format!("{name}_{small}"), words, t - begins, "min"));
                } else {
                    let words = format!("Zone {zone} does not reach {called} ({} °C).", fixed(limit, 0));
                    findings.push(Finding::new(format!("{name}_{small}"), words, f64::NAN, "min"));
                }
            }
        }
        let mut table = Table::new(["time_min", "t_a_degc", "t_b_degc", "cooling_left"]);
        for ((t, a), b) in course.time_min.iter().zip(&course.t_a_degc).zip(&course.t_b_degc).step_by(6) {
            let failing = *t > begins && *t <= ends;
            table.numbers([*t, *a, *b, if failing { factor } else { 1.0 }]);
        }
        let all = || course.t_a_degc.iter().chain(&course.t_b_degc).copied();
        let (low, high) = (all().fold(warn, f64::min) - 1.0, all().fold(trip, f64::max) + 1.0);
        let [a, b] = course.lines();
        let plot = Plot::new(
            "Zone temperatures",
            Axis::new("time, min").from_to(0.0, shown_min),
            Axis::new("temperature, °C").from_to(low, high),
            vec![
                Layer::Band {
                    name: "fault".into(),
                    points: vec![(begins, low, high), (ends, low, high)],
                    tint: crate::evaluate::exhibit::Tint::Muted,
                },
                Layer::limit(warn, "warning"),
                Layer::limit(trip, "trip"),
                a,
                b,
            ],
        );
        let exhibit = Exhibit::new(
            "pump_fault",
            format!("Cooling at {} %", fixed(100.0 * factor, 0)),
            format!("Both zones had settled before. The fault lasts {} min; nobody reacts.", fixed(lasts, 0)),
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(1, vec![plot]), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::support::{number, shown};
    use super::*;

    #[test]
    fn the_excursion_is_the_exponential_towards_the_failed_balance() {
        let told = shown(&PumpFault, &["zones=a"]);
        let balance = |factor: f64| {
            let k = 35.0 * 0.7 * factor;
            ((70.0 + 30.0 * k + 16.0) / (k + 0.5), 27_000.0 / (k + 0.5) / 60.0)
        };
        let ((from, _), (end, tau_min)) = (balance(1.0), balance(0.6));
        let peak = end + (from - end) * libm::exp(-60.0 / tau_min);
        assert!((number(&told, "peak_a") - peak).abs() < 1e-9, "{} against {peak}", number(&told, "peak_a"));
        let warns = tau_min * libm::log((end - from) / (end - 33.0));
        assert!((number(&told, "warn_a") - warns).abs() <= 5.0 / 60.0, "to a tick");
        let b = shown(&PumpFault, &["zones=a", "fault_factor=0.1"]);
        assert!((number(&b, "peak_b") - number(&told, "peak_b")).abs() < 1e-9, "zone B is left alone");
    }

    #[test]
    fn nothing_happens_without_a_fault() {
        let told = shown(&PumpFault, &["fault_factor=1"]);
        let closed = (70.0 + 30.0 * 24.5 + 16.0) / 25.0;
        assert!((number(&told, "peak_a") - closed).abs() < 1e-9);
        assert!(number(&told, "warn_a").is_nan());
    }
}
