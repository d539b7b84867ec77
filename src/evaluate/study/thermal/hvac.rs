//! HVAC sweep: what effort does for zone B, and what it costs (core 4).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, least, load, spread};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use super::{ambient, p_b};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::fixed;
use crate::evaluate::study::Parameter;
use crate::plant::c2g::params::ThermalOverride;
use crate::plant::c2g::thermal::{Load, Regime};
use crate::rollout::World;

/// Effort of the air machines from nothing to all.
pub(in crate::evaluate::study) struct Hvac;

/// Temperatures beyond this are not drawn, °C.
const DRAWN_DEGC: f64 = 60.0;

impl Study for Hvac {
    fn card(&self) -> &'static Card {
        &Card {
            name: "hvac",
            title: "HVAC sweep",
            group: Group::Thermal,
            about: "Where zone B settles for every HVAC effort, what limits it there, and what it draws. Redraws \
                    within a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            p_b(44.0),
            ambient(25.0),
            Parameter::number("t_supply_b_degc", "Supply air of zone B", "°C", (15.0, 27.0), 20.0, 1)
                .about("Warmer air cools less and its machines lift more."),
            Parameter::number("fault_factor", "Cooling left", "", (0.1, 1.0), 1.0, 2)
                .about("Factor on the flow of air."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let (p_b_mw, t_ambient, fault) = (values.get("p_b_mw"), values.get("ambient_degc"), values.get("fault_factor"));
        let over = ThermalOverride { T_supply_B: Some(values.get("t_supply_b_degc")), ..ThermalOverride::default() };
        let at = |hvac: f64| site.settled(&over, &Load { fault_b: fault, ..load(16.0, p_b_mw, 1.0, hvac, t_ambient) });
        let (warn, trip) = (site.params.site.t_warn_b_degc, site.params.site.t_safe_degc);
        let thermal = &site.params.site.thermal;
        let mut table = Table::new(["hvac", "t_b_degc", "p_hvac_mw", "lift_limit_mw", "limited_by_machines"]);
        let (mut flow, mut machines, mut idle, mut draw, mut lift) = (vec![], vec![], vec![], vec![], vec![]);
        for hvac in spread(0.0, 1.0, 101) {
            let c = at(hvac);
            let lifts = c.p_hvac_mw * c.cop_air;
            table.numbers([hvac, c.t_b_degc, c.p_hvac_mw, lifts, f64::from(u8::from(c.regime == Regime::Capacity))]);
            let shown =
                |regime: Regime| if c.regime == regime && c.t_b_degc <= DRAWN_DEGC { c.t_b_degc } else { f64::NAN };
            flow.push((hvac, shown(Regime::Convection)));
            machines.push((hvac, shown(Regime::Capacity)));
            idle.push((hvac, shown(Regime::BelowSupply)));
            draw.push((hvac, c.p_hvac_mw));
            lift.push((hvac, lifts));
        }
        let coldest = at(1.0).t_b_degc.min(thermal.zone_b.t_supply_degc).min(20.0) - 2.0;
        let dots = |name: &str, points: Vec<(f64, f64)>, number: usize| Layer::Dots {
            name: name.into(),
            points,
            tint: Tint::Series(number),
            radius: 2.4,
        };
        let mut layers = vec![
            Layer::limit(warn, ""),
            Layer::limit(trip, "warning and trip"),
            dots("limited by the flow of air", flow, 0),
            dots("limited by what the machines lift", machines, 1),
        ];
        if idle.iter().any(|(_, t)| t.is_finite()) {
            layers.push(dots("colder than the supply air", idle, 2));
        }
        let needed = least(0.0, 1.0, |hvac| at(hvac).t_b_degc <= warn);
        layers.extend(needed.map(|v| Layer::upright(v, format!("{} is enough", fixed(v, 3)))));
        let plots = vec![
            Plot::new(
                "Zone B settles",
                Axis::new("HVAC effort").from_to(0.0, 1.0),
                Axis::new("temperature, °C").from_to(coldest, DRAWN_DEGC),
                layers,
            ),
            Plot::new(
                "Electricity and heat",
                Axis::new("HVAC effort").from_to(0.0, 1.0),
                Axis::new("MW").with_zero(),
                vec![
                    Layer::line("drawn by the HVAC", draw, 0),
                    Layer::line("heat that it can lift", lift, 1),
                    Layer::limit(p_b_mw, "heat in zone B"),
                    Layer::upright(thermal.nominal_hvac, "baseline"),
                ],
            ),
        ];
        let nominal = at(thermal.nominal_hvac);
        let mut findings = vec![match needed {
            Some(v) => Finding::new(
                "least_hvac",
                format!(
                    "An effort of {} keeps zone B at {} °C or below; it draws {} MW.",
                    fixed(v, 3),
                    fixed(warn, 0),
                    fixed(v * thermal.zone_b.hvac_max_mw, 2)
                ),
                v,
                "",
            ),
            None => Finding::new(
                "least_hvac",
                format!("Not even full effort keeps zone B at {} °C.", fixed(warn, 0)),
                f64::NAN,
                "",
            ),
        }];
        if let Some(v) = needed {
            let spare = (thermal.nominal_hvac - v) * thermal.zone_b.hvac_max_mw;
            let words = if spare >= 0.0 {
                format!(
                    "Against the baseline effort of {}, {} MW can be given up for ever.",
                    fixed(thermal.nominal_hvac, 1),
                    fixed(spare, 2)
                )
            } else {
                format!(
                    "That is {} MW more than the baseline effort of {}.",
                    fixed(-spare, 2),
                    fixed(thermal.nominal_hvac, 1)
                )
            };
            findings.push(Finding::new("spare", words, spare, "MW"));
        }
        findings.push(Finding::new(
            "t_b_nominal",
            format!("At the baseline effort zone B settles at {} °C.", fixed(nominal.t_b_degc, 2)),
            nominal.t_b_degc,
            "°C",
        ));
        findings.push(Finding::new(
            "lift_nominal",
            format!(
                "The machines could lift {} MW there and draw their {} MW whatever they lift.",
                fixed(nominal.p_hvac_mw * nominal.cop_air, 1),
                fixed(nominal.p_hvac_mw, 1)
            ),
            nominal.p_hvac_mw * nominal.cop_air,
            "MW",
        ));
        let exhibit = Exhibit::new(
            "hvac",
            "HVAC effort from nothing to all",
            format!(
                "{} MW of heat in zone B at {} °C outside. Temperatures above {} °C are not drawn.",
                fixed(p_b_mw, 1),
                fixed(t_ambient, 1),
                fixed(DRAWN_DEGC, 0)
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
    fn the_flow_of_air_holds_zone_b_on_a_mild_day() {
        let told = shown(&Hvac, &[]);
        // 44 = K (T − 20) + 0.5 (T − 25), K = 13 (0.3 + 0.7 · 0.7).
        let k = 13.0 * (0.3 + 0.49);
        let closed = (44.0 + 20.0 * k + 12.5) / (k + 0.5);
        assert!((number(&told, "t_b_nominal") - closed).abs() < 1e-9);
        assert!((number(&told, "lift_nominal") - 35.0 * 3.5).abs() < 1e-9);
    }

    #[test]
    fn the_least_effort_is_the_larger_of_two_needs() {
        // Flow: 100 = 13 f (0.3 + 0.7 h) · 13 + 0.5 · 8; machines: 100 = 50 h · 3.5 + 0.5 · 8 at 33 °C and 25 °C outside.
        for fault in [1.0, 0.6] {
            let told = shown(&Hvac, &["p_b_mw=100", &format!("fault_factor={fault}")]);
            let flow: f64 = ((100.0 - 4.0) / (13.0 * 13.0 * fault) - 0.3) / 0.7;
            let machines = (100.0 - 4.0) / 175.0;
            let least = number(&told, "least_hvac");
            assert!((least - flow.max(machines)).abs() < 1e-6, "{least} against {flow} and {machines}");
            assert!((number(&told, "spare") - (0.7 - least) * 50.0).abs() < 1e-9);
        }
        assert!(number(&shown(&Hvac, &["p_b_mw=110", "fault_factor=0.5"]), "least_hvac").is_nan());
    }
}
