//! What the weather makes of the air machines: their COP over the year and the electricity for a steady heat (core 4, 7).
#![deny(clippy::indexing_slicing)]

use super::super::thermal::cop_at;
use super::super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, market_choices};
use super::{MONTHS, STATIONS, mean, places};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::{fixed, percent};
use crate::plant::c2g::params::ThermalOverride;
use crate::plant::c2g::thermal::Twin;
use crate::rollout::World;

/// COP over a year of weather.
pub(in crate::evaluate::study) struct ImpliedCop;

impl Study for ImpliedCop {
    fn card(&self) -> &'static Card {
        &Card {
            name: "implied-cop",
            title: "COP over the year",
            group: Group::Weather,
            about: "How the weather of six places drives the COP of the air machines, and what a steady heat costs \
                    to lift over a year.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            market_choices(world)?.about("Looked at more closely."),
            Parameter::number("heat_mw", "Heat to be lifted", "MW", (1.0, 110.0), 44.0, 1).about("All year, by air."),
            Parameter::number("t_supply_b_degc", "Supply air of zone B", "°C", (15.0, 27.0), 20.0, 1)
                .about("Warmer air, better COP."),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        let (all, chosen, _) = places(world, values, &site)?;
        let over = ThermalOverride { T_supply_B: Some(values.get("t_supply_b_degc")), ..ThermalOverride::default() };
        let twin = Twin::new(&site.params.site.thermal, &over, 5.0);
        let cop = |t: f64| cop_at(&twin, t).0;
        let heat_mw = values.get("heat_mw");
        let mut table = Table::new(["market", "month", "mean_cop", "mean_draw_mw"]);
        let (mut lines, mut bars, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut yearly: Vec<(&str, f64)> = Vec::new();
        for (k, place) in all.iter().enumerate() {
            if !progress.go_on(k as u64, all.len() as u64) {
                return Ok(None);
            }
            let clock = place.clock()?;
            let (by_month, draw) = (place.by_month(&clock, &cop), place.by_month(&clock, &|t| heat_mw / cop(t)));
            for ((month, c), mw) in MONTHS.iter().zip(&by_month).zip(&draw) {
                table.row([place.market.label.as_str().into(), (*month).into(), (*c).into(), (*mw).into()]);
            }
            let hours: Vec<f64> = place.series.temp_degc.iter().map(|t| heat_mw / cop(*t)).collect();
            let gwh = mean(&hours) * 8.784;
            yearly.push((place.market.label.as_str(), gwh));
            lines.push(Layer::line(
                place.short(),
                by_month.iter().enumerate().map(|(m, c)| (m as f64, *c)).collect(),
                k,
            ));
            bars.push(Bar { tint: Some(Tint::Series(k)), words: fixed(gwh, 1), ..Bar::new(k as f64, 0.66, gwh) });
            names.push(place.market.label.clone());
        }
        let Some(own) = all.get(chosen) else { return Ok(Some(Shown::default())) };
        let mut sorted: Vec<f64> = own.series.temp_degc.iter().map(|t| cop(*t)).collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let hours = sorted.len();
        let step = (hours / 400).max(1);
        let curve =
            sorted.iter().enumerate().step_by(step).map(|(k, c)| (100.0 * k as f64 / hours as f64, *c)).collect();
        let nominal = site.params.site.thermal.zone_b.cop;
        let poor = sorted.iter().filter(|c| **c < nominal).count() as f64 / hours.max(1) as f64;
        let plots = vec![
            Plot::new("Mean COP of months", Axis::names("", MONTHS), Axis::new("COP, MW per MW"), lines),
            Plot::new(
                format!("{}: hours of the year by COP", own.market.label),
                Axis::new("share of hours, %").from_to(0.0, 100.0),
                Axis::new("COP, MW per MW"),
                vec![Layer::line("", curve, chosen), Layer::limit(nominal, "at 25 °C")],
            ),
            Plot::new(
                format!("Electricity for {} MW of heat", fixed(heat_mw, 0)),
                Axis::new("GWh a year").with_zero(),
                Axis::names("", names),
                vec![Layer::Bars { name: String::new(), bars, tint: Tint::Series(0), lying: true }],
            ),
        ];
        let own_cop = mean(&sorted);
        let mut findings = vec![
            Finding::new(
                "mean_cop",
                format!(
                    "{}: a COP of {} on average, between {} and {}.",
                    own.market.label,
                    fixed(own_cop, 3),
                    fixed(sorted.last().copied().unwrap_or(f64::NAN), 2),
                    fixed(sorted.first().copied().unwrap_or(f64::NAN), 2)
                ),
                own_cop,
                "",
            ),
            Finding::new(
                "poor",
                format!("It is below that of 25 °C for {} of the hours.", percent((1000.0 * poor).round() / 1000.0)),
                poor,
                "",
            ),
        ];
        let order = |pick: fn(std::cmp::Ordering) -> bool| {
            yearly.iter().copied().reduce(|x, y| if pick(y.1.total_cmp(&x.1)) { y } else { x })
        };
        if let (Some(least), Some(most)) = (order(std::cmp::Ordering::is_lt), order(std::cmp::Ordering::is_gt)) {
            let words = format!(
                "The same heat takes {} GWh a year in {} and {} GWh in {}.",
                fixed(least.1, 1),
                least.0,
                fixed(most.1, 1),
                most.0
            );
            findings.push(Finding::new("most", words, most.1, "GWh"));
            findings.push(Finding::new(
                "least",
                format!("That is {} more.", percent((1000.0 * (most.1 / least.1 - 1.0)).round() / 1000.0)),
                most.1 / least.1 - 1.0,
                "",
            ));
        }
        let exhibit = Exhibit::new(
            "implied_cop",
            "The COP that the weather implies",
            format!(
                "What machines that draw only what they need would take. The plant's own HVAC draws its whole effort. \
                 {STATIONS}"
            ),
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(3, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::thermal::support::{number, shown};
    use super::*;

    /// Where no hour reaches the floor, the mean COP is the COP of the mean temperature, for it is linear.
    #[test]
    fn the_mean_cop_is_that_of_the_mean_temperature() {
        for market in ["nyiso_nyc", "entso_de"] {
            let set = format!("market={market}");
            let mean = number(&shown(&super::super::Year, &[&set]), "mean");
            let told = number(&shown(&ImpliedCop, &[&set]), "mean_cop");
            assert!((told - 3.5 * (1.0 - 0.02 * (mean - 25.0))).abs() < 1e-9, "{told} at {mean} °C");
        }
    }

    #[test]
    fn twice_the_heat_takes_twice_the_electricity() {
        let (one, two) = (shown(&ImpliedCop, &["heat_mw=20"]), shown(&ImpliedCop, &["heat_mw=40"]));
        assert!((number(&two, "most") - 2.0 * number(&one, "most")).abs() < 1e-9);
        assert_eq!(number(&two, "least").to_bits(), number(&one, "least").to_bits());
    }
}
