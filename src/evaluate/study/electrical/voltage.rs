//! Voltage at the grid connection over load (core 3.2, D-5).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, middles, spread};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Cells, Exhibit, Layer, Plot, Scale, Table, Tint};
use crate::evaluate::numbers::fixed;
use crate::evaluate::study::Parameter;
use crate::rollout::World;

/// Most cooling on the picture, MW.
const COOLING_MW: f64 = 60.0;

/// How far the site can pull its own voltage down.
pub(in crate::evaluate::study) struct Voltage;

impl Study for Voltage {
    fn card(&self) -> &'static Card {
        &Card {
            name: "voltage",
            title: "Voltage",
            group: Group::Grid,
            about: "How far load and reactive power pull the voltage at the grid connection down. Redraws within a \
                    frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::number("it_pct", "IT load", "%", (0.0, 100.0), 40.0, 0)
                .about("Both zones, from idle racks to full ones."),
            Parameter::number("cooling_mw", "Cooling", "MW", (0.0, COOLING_MW), 36.5, 1)
                .about("Chiller, pump and HVAC; 36.5 MW is the baseline."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let chain = site.chain();
        let pcc = site.params.site.electrical.pcc;
        let at = |pct: f64, cooling: f64| {
            let (p_a, p_b) = site.it_mw(pct / 100.0, pct / 100.0);
            chain.from_it(p_a, p_b, 0.0, cooling)
        };
        let mut table = Table::new(["it_load_pct", "cooling_mw", "v_pcc_pu", "facility_mw", "q_mvar", "power_factor"]);
        let (loads, coolings) = (spread(0.0, 100.0, 41), spread(0.0, COOLING_MW, 31));
        let mut map = Vec::new();
        for cooling in middles(&coolings) {
            for pct in middles(&loads) {
                let flow = at(pct, cooling);
                table.numbers([pct, cooling, flow.v_pcc_pu, flow.facility_mw, flow.q_mvar, flow.pf]);
                map.push(flow.v_pcc_pu);
            }
        }
        let (own_pct, own_cooling) = (values.get("it_pct"), values.get("cooling_mw"));
        let own = at(own_pct, own_cooling);
        let (lowest, highest) = (at(100.0, COOLING_MW), at(0.0, 0.0));
        let line = |cooling: f64, number: usize| {
            let points = spread(0.0, 100.0, 51).into_iter().map(|pct| (pct, at(pct, cooling).v_pcc_pu)).collect();
            Layer::line(format!("{} MW of cooling", fixed(cooling, 1)), points, number)
        };
        let share = own.facility_mw / site.params.site.electrical.transformer.rating_mva;
        let r = pcc.z_pu / (1.0 + pcc.x_over_r * pcc.x_over_r).sqrt();
        let by_p = share * r;
        let plots = vec![
            Plot::new(
                "Voltage over load and cooling",
                Axis::new("IT load, %").from_to(0.0, 100.0),
                Axis::new("cooling, MW").from_to(0.0, COOLING_MW),
                vec![
                    Layer::Cells(Cells {
                        columns: loads,
                        rows: coolings,
                        values: map,
                        scale: Scale::Even(None),
                        label: "voltage, pu".into(),
                        numbers: None,
                    }),
                    Layer::Words { at: (own_pct, own_cooling), text: fixed(own.v_pcc_pu, 4), tint: Tint::Ink },
                ],
            ),
            Plot::new(
                "Against its limits",
                Axis::new("IT load, %").from_to(0.0, 100.0),
                Axis::new("voltage, pu").from_to(0.89, 1.06),
                vec![
                    line(0.0, 0),
                    line(own_cooling, 1),
                    line(COOLING_MW, 2),
                    Layer::limit(pcc.v_low_pu, "penalty below"),
                    Layer::limit(pcc.v_high_pu, "penalty above"),
                    Layer::Limit { at: pcc.v_trip_pu, upright: false, words: "trip".into(), tint: Tint::Bad },
                ],
            ),
        ];
        let findings = vec![
            Finding::new(
                "v_own",
                format!(
                    "{} MW and {} MVAr leave {} pu at the grid connection.",
                    fixed(own.facility_mw, 1),
                    fixed(own.q_mvar, 1),
                    fixed(own.v_pcc_pu, 5)
                ),
                own.v_pcc_pu,
                "pu",
            ),
            Finding::new(
                "drop",
                format!(
                    "Of the drop of {} pu, {} come from active and {} from reactive power.",
                    fixed(own.v_drop_pu, 5),
                    fixed(by_p, 5),
                    fixed(own.v_drop_pu - by_p, 5)
                ),
                own.v_drop_pu,
                "pu",
            ),
            Finding::new(
                "v_lowest",
                format!(
                    "Full racks with {} MW of cooling leave {} pu, idle ones without cooling {} pu.",
                    fixed(COOLING_MW, 0),
                    fixed(lowest.v_pcc_pu, 4),
                    fixed(highest.v_pcc_pu, 4)
                ),
                lowest.v_pcc_pu,
                "pu",
            ),
            Finding::new(
                "margin",
                format!(
                    "So load alone keeps {} pu away from the penalty at {} pu: only a fault gets there.",
                    fixed(lowest.v_pcc_pu - pcc.v_low_pu, 4),
                    fixed(pcc.v_low_pu, 2)
                ),
                lowest.v_pcc_pu - pcc.v_low_pu,
                "pu",
            ),
        ];
        let exhibit = Exhibit::new(
            "voltage",
            "Voltage at the grid connection",
            "A short-circuit impedance of 0.04 pu, ten times as much reactance as resistance. Losses carry no \
             reactive power in the model.",
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(2, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::thermal::support::{number, shown};
    use super::*;

    #[test]
    fn full_load_has_the_voltage_that_the_specification_prints() {
        let told = shown(&Voltage, &["it_pct=100", "cooling_mw=56.5"]);
        assert!((number(&told, "v_own") - 0.97871).abs() < 6e-6, "{}", number(&told, "v_own"));
        let idle = shown(&Voltage, &["it_pct=0", "cooling_mw=37.5"]);
        assert!((number(&idle, "v_own") - 0.99451).abs() < 6e-6, "{}", number(&idle, "v_own"));
        assert!(number(&told, "v_lowest") > 0.9775, "about 0.978 is the lowest (core 3.2)");
    }

    #[test]
    fn the_drop_is_that_of_a_line_with_ten_times_the_reactance() {
        let told = shown(&Voltage, &["it_pct=100", "cooling_mw=56.5"]);
        let r = 0.04 / 101.0_f64.sqrt();
        let tan = |pf: f64| (1.0 - pf * pf).sqrt() / pf;
        let q = 150.0 * tan(0.95) + 100.0 * tan(0.92) + 56.5 * tan(0.85) + 2.0 * tan(0.9);
        let closed = 325.7741 / 300.0 * r + q / 300.0 * 10.0 * r;
        assert!((number(&told, "drop") - closed).abs() < 1e-7, "{} against {closed}", number(&told, "drop"));
    }
}
