//! PUE over ambient and load (core 3 and 4): with levers where they are, or as low as a temperature allows.
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, least, load, middles, spread};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Cells, Exhibit, Layer, Plot, Scale, Table};
use crate::evaluate::numbers::fixed;
use crate::evaluate::study::Parameter;
use crate::plant::c2g::params::ThermalOverride;
use crate::rollout::World;

/// Temperatures outside, °C.
const AMBIENT_DEGC: (f64, f64) = (-10.0, 45.0);
/// Cells each way.
const CELLS: usize = 22;

/// The PUE surface.
pub(in crate::evaluate::study) struct Pue;

/// One point of the surface.
#[derive(Debug, Clone, Copy)]
struct Point {
    pue: f64,
    pump: f64,
    hvac: f64,
}

/// How the levers stand.
struct Rule {
    /// Temperature that both zones keep with the least effort, °C; `None` where the levers are given.
    keep_degc: Option<f64>,
    pump: f64,
    hvac: f64,
}

impl Rule {
    fn of(values: &Values) -> Self {
        let keep = values.chosen("levers") == "least";
        Self { keep_degc: keep.then(|| values.get("keep_degc")), pump: values.get("pump"), hvac: values.get("hvac") }
    }

    /// PUE with both zones loaded to a share between idle and full; NaN where the temperature cannot be kept.
    fn at(&self, site: &Simulators, share: f64, t_ambient: f64) -> Point {
        let (p_a, p_b) = site.it_mw(share, share);
        let none = ThermalOverride::default();
        let settled = |pump: f64, hvac: f64| site.settled(&none, &load(p_a, p_b, pump, hvac, t_ambient));
        let (pump, hvac) = match self.keep_degc {
            None => (Some(self.pump), Some(self.hvac)),
            Some(keep) => (
                least(site.params.site.thermal.pump_min_speed, 1.0, |pump| settled(pump, 1.0).t_a_degc <= keep),
                least(0.0, 1.0, |hvac| settled(1.0, hvac).t_b_degc <= keep),
            ),
        };
        let (Some(pump), Some(hvac)) = (pump, hvac) else {
            return Point { pue: f64::NAN, pump: f64::NAN, hvac: f64::NAN };
        };
        let (_, flow) = site.drawn(&load(p_a, p_b, pump, hvac, t_ambient));
        Point { pue: flow.pue, pump, hvac }
    }
}

impl Study for Pue {
    fn card(&self) -> &'static Card {
        &Card {
            name: "pue",
            title: "PUE surface",
            group: Group::Electrical,
            about: "PUE over the temperature outside and the load, with given levers or with the least effort that \
                    keeps the zones cool.",
            quick: false,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::choice("levers", "Levers", [("least", "Least effort"), ("given", "As given below")], 0)
                .about("Least effort: both levers as low as the temperature below allows."),
            Parameter::number("keep_degc", "Zones kept at", "°C", (31.0, 35.0), 34.5, 1)
                .about("With least effort. Full racks of zone A do not stay under 34 °C."),
            Parameter::number("pump", "Pump speed", "", (0.0, 1.0), 0.7, 2).about("With given levers."),
            Parameter::number("hvac", "HVAC effort", "", (0.0, 1.0), 0.7, 2).about("With given levers."),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let rule = Rule::of(values);
        let (ambients, loads) = (spread(AMBIENT_DEGC.0, AMBIENT_DEGC.1, CELLS + 1), spread(0.0, 100.0, CELLS + 1));
        let mut table = Table::new(["ambient_degc", "load_pct", "pue", "pump", "hvac"]);
        let mut surface = Vec::with_capacity(CELLS * CELLS);
        let mut hvac_line: Vec<(f64, f64)> = Vec::new();
        let rows = middles(&loads);
        for (row, load_pct) in rows.iter().enumerate() {
            if !progress.go_on(row as u64, rows.len() as u64) {
                return Ok(None);
            }
            for t in middles(&ambients) {
                let point = rule.at(&site, load_pct / 100.0, t);
                table.numbers([t, *load_pct, point.pue, point.pump, point.hvac]);
                surface.push(point.pue);
            }
        }
        let mut lines = Vec::new();
        for (number, load_pct) in [0.0, 25.0, 50.0, 100.0].into_iter().enumerate() {
            let points: Vec<(f64, f64)> = spread(AMBIENT_DEGC.0, AMBIENT_DEGC.1, 56)
                .into_iter()
                .map(|t| (t, rule.at(&site, load_pct / 100.0, t).pue))
                .collect();
            lines.push(Layer::line(format!("{} %", fixed(load_pct, 0)), points, number));
        }
        for t in spread(AMBIENT_DEGC.0, AMBIENT_DEGC.1, 56) {
            hvac_line.push((t, rule.at(&site, 1.0, t).hvac));
        }
        let cells = Cells {
            columns: ambients,
            rows: loads,
            values: surface,
            scale: Scale::Even(None),
            label: "PUE".into(),
            numbers: None,
        };
        let ambient_axis = || Axis::new("ambient, °C").from_to(AMBIENT_DEGC.0, AMBIENT_DEGC.1);
        let plots = vec![
            Plot::new(
                "PUE",
                ambient_axis(),
                Axis::new("load of both zones, %").from_to(0.0, 100.0),
                vec![Layer::Cells(cells)],
            ),
            Plot::new("PUE at four loads", ambient_axis(), Axis::new("PUE"), lines),
            Plot::new(
                "HVAC effort at full load",
                ambient_axis(),
                Axis::new("HVAC effort").from_to(0.0, 1.05),
                vec![Layer::line("", hvac_line, 0)],
            ),
        ];
        let at = |share: f64, t: f64| rule.at(&site, share, t).pue;
        let mut findings = Vec::new();
        for (name, share, t) in [("full_mild", 1.0, 25.0), ("full_hot", 1.0, 40.0), ("idle_mild", 0.0, 25.0)] {
            let pue = at(share, t);
            let load = if share > 0.5 { "Full" } else { "Idle" };
            let words = if pue.is_finite() {
                format!("{load} racks at {} °C outside: PUE {}.", fixed(t, 0), fixed(pue, 4))
            } else {
                format!("{load} racks at {} °C outside: no effort keeps the zones cool enough.", fixed(t, 0))
            };
            findings.push(Finding::new(name, words, pue, ""));
        }
        let weather = at(1.0, 40.0) - at(1.0, 10.0);
        if weather.is_finite() {
            findings.push(Finding::new(
                "weather",
                format!("From 10 to 40 °C outside PUE rises by {} at full load.", fixed(weather, 4)),
                weather,
                "",
            ));
        }
        let levers = match rule.keep_degc {
            Some(keep) => {
                format!("Pump and HVAC are as low as they may be with both zones at {} °C or below", fixed(keep, 1))
            }
            None => format!("Pump at {}, HVAC at {}", fixed(rule.pump, 2), fixed(rule.hvac, 2)),
        };
        let exhibit = Exhibit::new(
            "pue",
            "PUE over ambient and load",
            format!("{levers}; zones have settled. 0 % load: idle racks."),
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(3, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::thermal::support::{number, shown};
    use super::*;

    #[test]
    fn given_levers_draw_what_the_chain_says_by_hand() {
        let told = shown(&Pue, &["levers=given", "pump=1", "hvac=1"]);
        let ups = |it: f64, base: f64, pdu: f64, peak: f64, loss: f64, none: f64| {
            let l = it * (1.0 + pdu);
            let x = l / (1.1 * base);
            l * (x + loss * (1.0 - x) * (1.0 - x) + none) / (peak * x)
        };
        let chiller = 35.0 * ((16.0 + 35.0 * 30.0 + 12.5) / 35.5 - 30.0) / 30.0;
        let pre = ups(16.0, 150.0, 0.015, 0.97, 0.03, 0.005)
            + ups(10.0, 100.0, 0.02, 0.96, 0.04, 0.008)
            + chiller
            + 51.5
            + 2.0;
        let pue = (pre + 0.15 + 1.8 * (pre / 300.0) * (pre / 300.0)) / 26.0;
        assert!((number(&told, "idle_mild") - pue).abs() < 1e-9, "{} against {pue}", number(&told, "idle_mild"));
    }

    #[test]
    fn the_least_effort_is_cheaper_and_minds_the_weather() {
        let (least, given) = (shown(&Pue, &[]), shown(&Pue, &["levers=given"]));
        for name in ["idle_mild", "full_mild"] {
            assert!(number(&least, name) < number(&given, name), "{name}");
        }
        // At full load the machines have to lift 100 − 0.5 (34.5 − Ta) MW, each at its own COP.
        let draw = |t: f64| (100.0 - 0.5 * (34.5 - t)) / (3.5 * (1.0 - 0.02 * (t - 25.0)));
        let rise = number(&least, "weather");
        let rough = (draw(40.0) - draw(10.0)) / 250.0;
        assert!((rise - rough).abs() < 0.12 * rough, "{rise} against about {rough}");
    }
}
