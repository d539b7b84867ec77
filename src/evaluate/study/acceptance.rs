//! The handshake's acceptance: how likely an offer is taken, by its price and its size (core 6.7).

use super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, fidelity_choices, market_choices};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Cells, Exhibit, Layer, Plot, Scale, Table, Tint};
use crate::plant::c2g::grid::Offer;
use crate::plant::c2g::params::Handshake;
use crate::rollout::World;
use crate::signal::format_number;

/// Steps of a curve.
const STEPS: usize = 240;

/// How likely an offer is taken.
pub(super) struct Acceptance;

impl Study for Acceptance {
    fn card(&self) -> &'static Card {
        &Card {
            name: "acceptance",
            title: "Acceptance of an offer",
            group: Group::Grid,
            about: "How likely the market takes an offer, by its price and by how much of the open need it asks for.",
            quick: true,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            market_choices(world)?,
            fidelity_choices(world)?,
            Parameter::number("lmp_usd_mwh", "Energy price", "$/MWh", (0.0, 500.0), 60.0, 0)
                .about("The clearing price of regulation follows the price of energy."),
            Parameter::number("load_share", "Grid load", "of its peak", (0.0, 1.0), 0.6, 2)
                .about("The need for regulation grows with the load of the grid."),
            Parameter::number("offer_mw", "Offered", "MW", (0.0, 200.0), 30.0, 1),
        ])
    }

    fn run(&self, world: &World, values: &Values, _progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        let handshake = &site.params.handshake;
        let lmp = values.get("lmp_usd_mwh");
        let offer = Offer::draw(&site.chosen.grid, &site.params.grid, lmp, values.get("load_share"), 0.0);
        let mw = values.get("offer_mw");
        let top = (offer.rmcp_usd * 2.0).max(handshake.rmcp_max_usd.min(60.0)).max(20.0);
        let prices: Vec<f64> = (0..=STEPS).map(|k| top * k as f64 / STEPS as f64).collect();
        let curve = |mw: f64| prices.iter().map(|p| (*p, offer.acceptance(handshake, *p, mw) * 100.0)).collect();
        let by_price: Vec<(f64, f64)> =
            prices.iter().map(|p| (*p, offer.acceptance_by_price(handshake, *p) * 100.0)).collect();
        let half = half_price(handshake, &offer, mw);

        let mut lines = vec![
            Layer::line(format!("{} MW", format_number(mw, 1)), curve(mw), 0),
            Layer::dashed("within the need", by_price.clone(), 1),
            Layer::Limit { at: 50.0, upright: false, words: String::new(), tint: Tint::Muted },
            Layer::upright(offer.rmcp_usd, format!("clearing {} $/MW", format_number(offer.rmcp_usd, 1))),
        ];
        if let Some(price) = half {
            lines.push(Layer::Dots { name: String::new(), points: vec![(price, 50.0)], tint: Tint::Warn, radius: 4.0 });
        }
        let (columns, rows) = (48, 32);
        let most_mw = (offer.residual_mw * 2.0).max(mw * 1.2).max(1.0);
        let edges = |n: usize, high: f64| (0..=n).map(|k| high * k as f64 / n as f64).collect::<Vec<f64>>();
        let middle = |k: usize, n: usize, high: f64| high * (k as f64 + 0.5) / n as f64;
        let chance = |k: usize| {
            let (row, column) = (k / columns, k % columns);
            offer.acceptance(handshake, middle(column, columns, top), middle(row, rows, most_mw)) * 100.0
        };
        let cells = Cells {
            columns: edges(columns, top),
            rows: edges(rows, most_mw),
            values: (0..columns * rows).map(chance).collect(),
            scale: Scale::Even(Some((0.0, 100.0))),
            label: "chance, %".to_owned(),
            numbers: None,
        };
        let mut table = Table::new(["price_usd_mw", "chance_percent", "chance_within_need_percent"]);
        for (price, alone) in &by_price {
            table.numbers([*price, offer.acceptance(handshake, *price, mw) * 100.0, *alone]);
        }
        let plots = vec![
            Plot::new(
                "By price",
                Axis::new("price, $/MW").from_to(0.0, top),
                Axis::new("chance, %").from_to(0.0, 100.0),
                lines,
            ),
            Plot::new(
                "By price and size",
                Axis::new("price, $/MW").from_to(0.0, top),
                Axis::new("offered, MW").from_to(0.0, most_mw),
                vec![
                    Layer::Cells(cells),
                    Layer::limit(offer.residual_mw, format!("open need {} MW", format_number(offer.residual_mw, 0))),
                ],
            ),
        ];
        let exhibit = Exhibit::new(
            "acceptance",
            "Acceptance of an offer",
            "An offer at the clearing price is taken every second time; one that asks for more than competitors \
             leave open is taken the less often the more it asks for.",
            table,
        )
        .plots(2, plots);
        let words = half.map_or_else(
            || format!("{} MW are more than twice the open need: no price brings 50 %.", format_number(mw, 1)),
            |price| {
                format!(
                    "Above {} $/MW an offer of {} MW is taken less than every second time.",
                    format_number(price, 2),
                    format_number(mw, 1)
                )
            },
        );
        let findings = vec![
            Finding::new("half_price", words, half.unwrap_or(f64::NAN), "$/MW"),
            Finding::new(
                "clearing_price",
                format!("The market clears at {} $/MW.", format_number(offer.rmcp_usd, 2)),
                offer.rmcp_usd,
                "$/MW",
            ),
            Finding::new(
                "open_need",
                format!(
                    "Competitors leave {} of {} MW open.",
                    format_number(offer.residual_mw, 1),
                    format_number(offer.need_mw, 1)
                ),
                offer.residual_mw,
                "MW",
            ),
        ];
        Ok(Some(Shown::one(exhibit, findings)))
    }
}

/// The price above which an offer is taken less than every second time, found on the plant's own curve by halving;
/// `None` where even a free offer is not.
fn half_price(handshake: &Handshake, offer: &Offer, mw: f64) -> Option<f64> {
    let taken = |price: f64| offer.acceptance(handshake, price, mw) >= 0.5;
    if !taken(0.0) {
        return None;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while taken(high) && high < 1e6 {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if taken(middle) { low = middle } else { high = middle }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Quiet;
    use super::*;

    fn shown(changes: &[&str]) -> Shown {
        let world = World::default();
        let mut values = Values::new(Acceptance.parameters(&world).unwrap());
        changes.iter().for_each(|c| values.set(c).unwrap());
        Acceptance.run(&world, &values, &Quiet).unwrap().unwrap()
    }

    fn number(shown: &Shown, name: &str) -> f64 {
        shown.findings.iter().find(|f| f.name == name).unwrap().value
    }

    /// Core 6.7 in closed form: q / (1 + exp(−0.15 (rmcp − price))) = ½, so price = rmcp + ln(2 q − 1) / 0.15.
    #[test]
    fn the_half_price_is_that_of_the_closed_form() {
        let within = shown(&["market=pjm_dom", "offer_mw=10"]);
        let rmcp = number(&within, "clearing_price");
        assert!((number(&within, "half_price") - rmcp).abs() < 1e-6);
        let beyond = shown(&["market=pjm_dom", "offer_mw=200"]);
        let q = (number(&beyond, "open_need") / 200.0).min(1.0);
        let expected = rmcp + (2.0 * q - 1.0).ln() / 0.15;
        if 2.0 * q > 1.0 {
            assert!((number(&beyond, "half_price") - expected).abs() < 1e-6);
        } else {
            assert!(number(&beyond, "half_price").is_nan());
        }
    }

    /// Core 6.7: rmcp = base + 0.3 (lmp − base of the energy price) without noise.
    #[test]
    fn the_clearing_price_follows_the_energy_price_by_three_tenths() {
        let at = |lmp: u32| number(&shown(&["market=nyiso_nyc", &format!("lmp_usd_mwh={lmp}")]), "clearing_price");
        assert!((at(100) - at(60) - 0.3 * 40.0).abs() < 1e-9);
    }
}
