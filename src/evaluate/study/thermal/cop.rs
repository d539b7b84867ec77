//! Coefficient of performance against ambient and supply temperatures (core 4).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, load, spread};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use super::ambient;
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::{fixed, percent};
use crate::evaluate::study::Parameter;
use crate::plant::c2g::params::ThermalOverride;
use crate::plant::c2g::thermal::Twin;
use crate::rollout::World;

/// Where the picture begins and ends, °C.
const SPAN_DEGC: (f64, f64) = (-20.0, 50.0);

/// How much heat a megawatt lifts.
pub(in crate::evaluate::study) struct Cop;

/// Heat lifted per electricity at an ambient: air machines and liquid loop.
pub(in crate::evaluate::study) fn cop_at(twin: &Twin, t_ambient_degc: f64) -> (f64, f64) {
    let cooling = twin.step(30.0, 25.0, &load(50.0, 30.0, 0.7, 0.7, t_ambient_degc));
    (cooling.cop_air, cooling.cop_liquid)
}

impl Study for Cop {
    fn card(&self) -> &'static Card {
        &Card {
            name: "cop",
            title: "COP against ambient",
            group: Group::Thermal,
            about: "How much heat a megawatt of electricity lifts, over the temperature outside. Redraws within a \
                    frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            ambient(40.0).about("Marked in the picture."),
            Parameter::number("t_supply_b_degc", "Supply air of zone B", "°C", (15.0, 27.0), 20.0, 1)
                .about("Colder than 20 °C costs 4 % of the COP per kelvin, warmer gains as much."),
            Parameter::number("t_supply_a_degc", "Supply water of zone A", "°C", (20.0, 40.0), 30.0, 1)
                .about("Colder than 30 °C costs 3 % of the COP per kelvin, warmer gains as much."),
            Parameter::number("heat_mw", "Heat to be lifted", "MW", (1.0, 110.0), 44.0, 1)
                .about("For the right picture."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let over = ThermalOverride {
            T_supply_A: Some(values.get("t_supply_a_degc")),
            T_supply_B: Some(values.get("t_supply_b_degc")),
            ..ThermalOverride::default()
        };
        let twin = site.twin(&over, 5.0);
        let (marked, heat_mw) = (values.get("ambient_degc"), values.get("heat_mw"));
        let (here, liquid) = cop_at(&twin, marked);
        let (nominal, _) = cop_at(&twin, 25.0);
        let over_span = spread(SPAN_DEGC.0, SPAN_DEGC.1, 141);
        let air: Vec<(f64, f64)> = over_span.iter().map(|t| (*t, cop_at(&twin, *t).0)).collect();
        let draw: Vec<(f64, f64)> = air.iter().map(|(t, cop)| (*t, heat_mw / cop)).collect();
        let mut table = Table::new(["ambient_degc", "cop_air", "cop_liquid", "draw_mw"]);
        for ((t, cop), (_, mw)) in air.iter().zip(&draw) {
            table.numbers([*t, *cop, liquid, *mw]);
        }
        let scenarios: Vec<(String, f64)> =
            site.params.scenarios.values().map(|s| (s.label.clone(), s.t_ambient_degc)).collect();
        let mut layers = vec![Layer::line("", air, 0), Layer::upright(marked, format!("{} °C", fixed(marked, 1)))];
        layers.extend(scenarios.iter().enumerate().map(|(k, (label, t))| Layer::Dots {
            name: format!("{label}, {} °C", fixed(*t, 0)),
            points: vec![(*t, cop_at(&twin, *t).0)],
            tint: Tint::Series(k + 1),
            radius: 4.0,
        }));
        let most = site.params.site.thermal.zone_b.hvac_max_mw;
        let plots = vec![
            Plot::new(
                "COP of the air machines",
                Axis::new("ambient, °C").from_to(SPAN_DEGC.0, SPAN_DEGC.1),
                Axis::new("COP, MW per MW").with_zero(),
                layers,
            ),
            Plot::new(
                format!("Electricity for {} MW of heat", fixed(heat_mw, 1)),
                Axis::new("ambient, °C").from_to(SPAN_DEGC.0, SPAN_DEGC.1),
                Axis::new("electricity, MW").with_zero(),
                vec![
                    Layer::line("air machines", draw, 0),
                    Layer::line("liquid loop", over_span.iter().map(|t| (*t, heat_mw / liquid)).collect(), 2),
                    Layer::limit(most, "all that the HVAC can draw"),
                    Layer::upright(marked, String::new()),
                ],
            ),
        ];
        let change = here / nominal - 1.0;
        let findings = vec![
            Finding::new(
                "cop_marked",
                format!("At {} °C the air machines lift {} MW of heat per megawatt.", fixed(marked, 1), fixed(here, 3)),
                here,
                "",
            ),
            Finding::new(
                "cop_change",
                format!(
                    "That is {} {} than at 25 °C.",
                    percent(change.abs()),
                    if change < 0.0 { "less" } else { "more" }
                ),
                change,
                "",
            ),
            Finding::new(
                "cop_liquid",
                format!("The liquid loop lifts {} MW per megawatt, whatever the weather.", fixed(liquid, 1)),
                liquid,
                "",
            ),
            Finding::new(
                "draw_marked",
                format!(
                    "{} MW of heat take {} MW of electricity by air, {} MW by water.",
                    fixed(heat_mw, 1),
                    fixed(heat_mw / here, 2),
                    fixed(heat_mw / liquid, 2)
                ),
                heat_mw / here,
                "MW",
            ),
        ];
        let exhibit = Exhibit::new(
            "cop",
            "Coefficient of performance against ambient",
            "Dots: the ambient of each scenario. Cold air has no upper limit in the model: the line goes on rising.",
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
    fn the_cop_is_linear_in_ambient_and_supply() {
        let cop = |ambient: f64, supply: f64| {
            number(
                &shown(&Cop, &[&format!("ambient_degc={ambient}"), &format!("t_supply_b_degc={supply}")]),
                "cop_marked",
            )
        };
        assert!((cop(25.0, 20.0) - 3.5).abs() < 1e-12);
        assert!((cop(40.0, 20.0) - 0.7 * 3.5).abs() < 1e-12, "exactly 0.7 of nominal (core 4)");
        assert!((cop(-10.0, 20.0) - 1.7 * 3.5).abs() < 1e-12, "no upper limit");
        assert!((cop(25.0, 15.0) - 0.8 * 3.5).abs() < 1e-12);
        assert!((cop(35.0, 25.0) - 0.8 * 1.2 * 3.5).abs() < 1e-12);
    }

    #[test]
    fn the_documentation_loses_thirty_percent_at_forty_degrees() {
        let told = shown(&Cop, &[]);
        assert!((number(&told, "cop_change") + 0.3).abs() < 1e-12);
        assert!((number(&told, "draw_marked") - 44.0 / 2.45).abs() < 1e-9);
        assert!((number(&shown(&Cop, &["t_supply_a_degc=25"]), "cop_liquid") - 30.0 * 0.85).abs() < 1e-12);
    }
}
