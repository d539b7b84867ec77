//! Steady-state map: where zones settle over heat and cooling (core 4).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, least, load, middles, spread};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use super::{ambient, p_a, p_b};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Cells, Exhibit, Layer, Plot, Scale, Table};
use crate::evaluate::numbers::fixed;
use crate::evaluate::study::Parameter;
use crate::plant::c2g::params::ThermalOverride;
use crate::plant::c2g::thermal::Load;
use crate::rollout::World;

/// Values of a lever on the map.
const LEVERS: usize = 40;
/// Heats on the map.
const HEATS: usize = 32;

/// Where both zones settle.
pub(in crate::evaluate::study) struct SteadyState;

impl Study for SteadyState {
    fn card(&self) -> &'static Card {
        &Card {
            name: "steady-state",
            title: "Steady-state map",
            group: Group::Thermal,
            about: "Where zone A settles over heat and pump speed, zone B over heat and HVAC effort. Redraws within \
                    a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            ambient(25.0),
            Parameter::number("fault_factor", "Cooling left", "", (0.1, 1.0), 1.0, 2)
                .about("Factor on the conductances of both zones; 0.6 is the pump fault of Battery Drain."),
            p_a(100.0).about("Marked on the left map."),
            p_b(44.0).about("Marked on the right map."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let (t_ambient, fault) = (values.get("ambient_degc"), values.get("fault_factor"));
        let (p_a_mw, p_b_mw) = (values.get("p_a_mw"), values.get("p_b_mw"));
        let (warn, trip) = (site.params.site.t_warn_a_degc, site.params.site.t_safe_degc);
        let none = ThermalOverride::default();
        let at = |heat: Load| site.settled(&none, &Load { fault_a: fault, fault_b: fault, ..heat });
        let a_at = |p: f64, pump: f64| at(load(p, 0.0, pump, 0.7, t_ambient)).t_a_degc;
        let b_at = |p: f64, hvac: f64| at(load(16.0, p, 1.0, hvac, t_ambient)).t_b_degc;
        let slowest = site.params.site.thermal.pump_min_speed;
        let (full_a, full_b) = site.full_mw();
        let mut table = Table::new(["zone", "lever", "heat_mw", "settled_degc"]);
        let mut map = |zone: &str,
                       title: &str,
                       (low, high): (f64, f64),
                       most: f64,
                       axis: &str,
                       own: (f64, f64, f64),
                       f: &dyn Fn(f64, f64) -> f64| {
            let edges = spread(low, high, LEVERS + 1);
            let heats = spread(0.0, most, HEATS + 1);
            let mut settled = Vec::with_capacity(LEVERS * HEATS);
            for p in middles(&heats) {
                for lever in middles(&edges) {
                    let t = f(p, lever);
                    table.row([zone.into(), lever.into(), p.into(), t.into()]);
                    settled.push(t);
                }
            }
            // Heat at which a limit is just held, over the lever.
            let line = |limit: f64| -> Vec<(f64, f64)> {
                let most_at = |lever: f64| least(0.0, 1.2 * most, |p| f(p, lever) > limit).unwrap_or(f64::NAN);
                spread(low, high, 61)
                    .into_iter()
                    .map(|lever| (lever, most_at(lever)))
                    .filter(|(_, p)| *p <= most)
                    .collect()
            };
            let cells = Cells {
                columns: edges,
                rows: heats,
                values: settled,
                scale: Scale::Even(Some(if zone == "A" { (30.0, 40.0) } else { (20.0, 40.0) })),
                label: "settled, °C".into(),
                numbers: None,
            };
            let (lever, heat, t) = own;
            Plot::new(
                title,
                Axis::new(axis).from_to(low, high),
                Axis::new(format!("heat in zone {zone}, MW")).from_to(0.0, most),
                vec![
                    Layer::Cells(cells),
                    Layer::line(format!("{} °C, warning", fixed(warn, 0)), line(warn), 2),
                    Layer::line(format!("{} °C, trip", fixed(trip, 0)), line(trip), 1),
                    Layer::Words {
                        at: (lever, heat),
                        text: format!("{} °C", fixed(t, 1)),
                        tint: crate::evaluate::exhibit::Tint::Ink,
                    },
                ],
            )
        };
        let plots = vec![
            map(
                "A",
                "Zone A over pump speed",
                (slowest, 1.0),
                full_a,
                "pump speed",
                (0.7, p_a_mw, a_at(p_a_mw, 0.7)),
                &a_at,
            ),
            map(
                "B",
                "Zone B over HVAC effort",
                (0.0, 1.0),
                full_b,
                "HVAC effort",
                (0.7, p_b_mw, b_at(p_b_mw, 0.7)),
                &b_at,
            ),
        ];
        let mut findings = vec![
            Finding::new(
                "t_a_nominal",
                format!(
                    "{} MW in zone A settle at {} °C with the pump at 0.7.",
                    fixed(p_a_mw, 1),
                    fixed(a_at(p_a_mw, 0.7), 2)
                ),
                a_at(p_a_mw, 0.7),
                "°C",
            ),
            Finding::new(
                "t_b_nominal",
                format!(
                    "{} MW in zone B settle at {} °C with the HVAC at 0.7.",
                    fixed(p_b_mw, 1),
                    fixed(b_at(p_b_mw, 0.7), 2)
                ),
                b_at(p_b_mw, 0.7),
                "°C",
            ),
        ];
        for (name, zone, lever, found) in [
            ("least_pump", "A", "pump speed", least(slowest, 1.0, |pump| a_at(p_a_mw, pump) <= warn)),
            ("least_hvac", "B", "HVAC effort", least(0.0, 1.0, |hvac| b_at(p_b_mw, hvac) <= warn)),
        ] {
            findings.push(match found {
                Some(v) => Finding::new(
                    name,
                    format!(
                        "The least {lever} that keeps zone {zone} at {} °C or below is {}.",
                        fixed(warn, 0),
                        fixed(v, 3)
                    ),
                    v,
                    "",
                ),
                None => Finding::new(
                    name,
                    format!("No {lever} keeps zone {zone} at {} °C or below.", fixed(warn, 0)),
                    f64::NAN,
                    "",
                ),
            });
        }
        let exhibit = Exhibit::new(
            "steady_state",
            "Where both zones settle",
            format!(
                "At {} °C outside. Below a line its limit is kept for ever; colours end at 40 °C.",
                fixed(t_ambient, 1)
            ),
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(2, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::support::{number, shown};
    use super::*;

    #[test]
    fn zone_a_settles_where_heat_in_and_out_are_equal() {
        for (p, ambient, fault) in [(100.0, 25.0, 1.0), (60.0, 40.0, 0.6), (150.0, -5.0, 0.9)] {
            let told = shown(
                &SteadyState,
                &[&format!("p_a_mw={p}"), &format!("ambient_degc={ambient}"), &format!("fault_factor={fault}")],
            );
            // P = K (T − 30) + 0.5 (T − Ta), with K = 35 · 0.7 · fault.
            let k = 35.0 * 0.7 * fault;
            let closed = (p + k * 30.0 + 0.5 * ambient) / (k + 0.5);
            assert!((number(&told, "t_a_nominal") - closed).abs() < 1e-9);
        }
        assert!(
            (number(&shown(&SteadyState, &[]), "t_a_nominal") - 33.90).abs() < 0.005,
            "as the specification prints"
        );
    }

    #[test]
    fn the_least_pump_speed_solves_the_balance() {
        let told = shown(&SteadyState, &["p_a_mw=90", "ambient_degc=35"]);
        // K = (P − Ke (T − Ta)) / (T − 30) at T = 33 °C.
        let k = (90.0 - 0.5 * (33.0 - 35.0)) / 3.0;
        assert!((number(&told, "least_pump") - k / 35.0).abs() < 1e-6);
        let hopeless = shown(&SteadyState, &["p_a_mw=160", "fault_factor=0.3"]);
        assert!(number(&hopeless, "least_pump").is_nan());
    }

    #[test]
    fn zone_b_is_held_by_what_its_machines_lift_on_a_hot_day() {
        // Capacity: 50 · 0.3 · 3.5 · (1 − 0.02 · 15) MW are lifted, the envelope sheds or brings the rest.
        let told = shown(&SteadyState, &["p_b_mw=100", "ambient_degc=40"]);
        let least = number(&told, "least_hvac");
        let lifted = 50.0 * least * 3.5 * 0.7;
        assert!((100.0 - lifted - 0.5 * (33.0 - 40.0)).abs() < 1e-3, "{lifted} MW are lifted at {least}");
    }
}
