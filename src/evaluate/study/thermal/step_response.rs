//! Step response: from a cold start to where both zones settle (core 4).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::Simulators;
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use super::{Course, ambient, asked, hvac, p_a, p_b, pump, time_constant};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table};
use crate::evaluate::numbers::fixed;
use crate::evaluate::study::Parameter;
use crate::plant::c2g::params::ThermalOverride;
use crate::rollout::World;

/// How both zones warm up from a cold start.
pub(in crate::evaluate::study) struct StepResponse;

impl Study for StepResponse {
    fn card(&self) -> &'static Card {
        &Card {
            name: "step-response",
            title: "Step response",
            group: Group::Thermal,
            about: "How fast both zones warm up after a cold start, and where they settle. Redraws within a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        let start = |name: &str, label: &str, default: f64| {
            Parameter::number(name, label, "°C", (5.0, 45.0), default, 1).about("Temperature at the beginning.")
        };
        Ok(vec![
            p_a(100.0),
            pump(1.0),
            p_b(44.0),
            hvac(0.7),
            ambient(25.0),
            start("start_a_degc", "Zone A at first", 25.0),
            start("start_b_degc", "Zone B at first", 20.0),
            Parameter::number("hours", "Shown", "h", (0.5, 12.0), 2.0, 1).about("Length of the picture."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let heat = asked(values);
        let from = (values.get("start_a_degc"), values.get("start_b_degc"));
        let none = ThermalOverride::default();
        let course = Course::run(&site, &none, from, values.get("hours") * 3600.0, |_| heat);
        let end = site.settled(&none, &heat);
        let (warn, trip) = (site.params.site.t_warn_a_degc, site.params.site.t_safe_degc);
        // As long as it takes, whatever the picture shows.
        let whole = Course::run(&site, &none, from, 24.0 * 3600.0, |_| heat);
        let mut findings = Vec::new();
        let mut table = Table::new(["time_min", "t_a_degc", "t_b_degc"]);
        for ((t, a), b) in course.time_min.iter().zip(&course.t_a_degc).zip(&course.t_b_degc).step_by(12) {
            table.numbers([*t, *a, *b]);
        }
        let zones = [("A", &whole.t_a_degc, end.t_a_degc), ("B", &whole.t_b_degc, end.t_b_degc)];
        for (zone, line, settled) in zones {
            let small = zone.to_lowercase();
            let end_words = format!("Zone {zone} settles at {} °C.", fixed(settled, 2));
            findings.push(Finding::new(format!("settled_{small}"), end_words, settled, "°C"));
            if let Some(tau) = time_constant(&whole.time_min, line, settled) {
                let words =
                    format!("Zone {zone} has gone 63 % of the way after {} min: its time constant.", fixed(tau, 2));
                findings.push(Finding::new(format!("tau_{small}"), words, tau, "min"));
            }
            for (name, limit, at) in [("warns", warn, "the warning"), ("trips", trip, "the trip")] {
                if let Some(t) = whole.reaches(line, limit, 0.0) {
                    let words =
                        format!("Zone {zone} reaches {at} at {} °C after {} min.", fixed(limit, 0), fixed(t, 1));
                    findings.push(Finding::new(format!("{name}_{small}"), words, t, "min"));
                }
            }
        }
        let top = course.t_a_degc.iter().chain(&course.t_b_degc).copied().fold(trip, f64::max).min(80.0) + 1.0;
        let low = course.t_a_degc.iter().chain(&course.t_b_degc).copied().fold(from.0.min(from.1), f64::min) - 1.0;
        let hours = values.get("hours") * 60.0;
        let [a, b] = course.lines();
        let plot = Plot::new(
            "Both zones after the step",
            Axis::new("time, min").from_to(0.0, hours),
            Axis::new("temperature, °C").from_to(low, top),
            vec![
                Layer::limit(warn, "warning"),
                Layer::limit(trip, "trip"),
                Layer::dashed("A settles", vec![(0.0, end.t_a_degc), (hours, end.t_a_degc)], 0),
                Layer::dashed("B settles", vec![(0.0, end.t_b_degc), (hours, end.t_b_degc)], 1),
                a,
                b,
            ],
        );
        let exhibit = Exhibit::new(
            "step_response",
            "Step response of both zones",
            "All heat and cooling begin at 0 min and stay. Dashed: where the zones settle.",
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(1, vec![plot]), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::support::{number, shown};
    use super::*;

    /// Time constants that the specification prints (core 4), min.
    #[test]
    fn time_constants_are_those_of_the_specification() {
        let tau = |set: &[&str], zone: &str| number(&shown(&StepResponse, set), zone);
        assert!((tau(&["pump=1"], "tau_a") - 27_000.0 / 35.5 / 60.0).abs() < 0.02);
        assert!((tau(&["pump=1"], "tau_a") - 12.68).abs() < 0.02);
        assert!((tau(&["pump=0.1", "p_a_mw=40"], "tau_a") - 78.3).abs() < 0.1, "never slower than 0.15");
        assert!((tau(&["hvac=1"], "tau_b") - 12.35).abs() < 0.02);
        assert!((tau(&["hvac=0.7"], "tau_b") - 15.5).abs() < 0.05);
    }

    #[test]
    fn zone_a_follows_the_exponential_to_the_tick() {
        let told = shown(&StepResponse, &["p_a_mw=100", "pump=0.5", "hours=1"]);
        let end = number(&told, "settled_a");
        assert!((end - 35.42).abs() < 0.006, "{end} °C, 35.42 °C are printed");
        let tau_min = 27_000.0 / (17.5 + 0.5) / 60.0;
        for row in told.exhibits.iter().flat_map(|e| &e.table.rows) {
            let cell = |k: usize| match row.get(k) {
                Some(crate::evaluate::exhibit::Cell::Number(v)) => *v,
                _ => f64::NAN,
            };
            let closed = end + (25.0 - end) * libm::exp(-cell(0) / tau_min);
            assert!((cell(1) - closed).abs() < 1e-9, "after {} min: {} against {closed}", cell(0), cell(1));
        }
        // The warning: 33 = end + (25 − end) exp(−t/τ).
        let closed = tau_min * libm::log((end - 25.0) / (end - 33.0));
        assert!((number(&told, "warns_a") - closed).abs() < 5.0 / 60.0);
    }
}
