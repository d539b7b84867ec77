//! Efficiency of the two UPS groups over their load (core 3.2).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, spread};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::{fixed, percent};
use crate::evaluate::study::Parameter;
use crate::plant::c2g::electrical::{Chain, ZoneFlow};
use crate::plant::c2g::params::ElectricalZone;
use crate::rollout::World;

/// The UPS curve.
pub(in crate::evaluate::study) struct Ups;

/// One UPS group at a load as a share of its rating.
fn at(chain: &Chain, zone: &ElectricalZone, rating_mw: f64, x: f64, is_a: bool) -> ZoneFlow {
    let it_mw = x * rating_mw / (1.0 + zone.pdu_loss_frac);
    let flow = if is_a { chain.from_it(it_mw, 0.0, 0.0, 0.0) } else { chain.from_it(0.0, it_mw, 0.0, 0.0) };
    if is_a { flow.a } else { flow.b }
}

impl Study for Ups {
    fn card(&self) -> &'static Card {
        &Card {
            name: "ups",
            title: "UPS efficiency",
            group: Group::Electrical,
            about: "How much the UPS groups lose at every load, and where between idle and full racks they work. \
                    Redraws within a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::number("p_a_mw", "IT power of zone A", "MW", (16.0, 150.0), 40.0, 1)
                .about("Marked on the curve."),
            Parameter::number("p_b_mw", "IT power of zone B", "MW", (10.0, 100.0), 30.0, 1)
                .about("Marked on the curve."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let chain = site.chain();
        let e = &site.params.site.electrical;
        let ((idle_a, idle_b), (full_a, full_b)) = (chain.idle_mw(), site.full_mw());
        let groups = [
            ("A", &e.zone_a, idle_a, full_a, values.get("p_a_mw")),
            ("B", &e.zone_b, idle_b, full_b, values.get("p_b_mw")),
        ];
        let mut table = Table::new(["zone", "load_pct", "efficiency", "loss_mw"]);
        let (mut curves, mut losses, mut findings) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (name, zone, idle, full, own)) in groups.into_iter().enumerate() {
            let is_a = number == 0;
            let rating_mw = 1.1 * full;
            let share = |it: f64| it * (1.0 + zone.pdu_loss_frac) / rating_mw;
            let (from, to) = (share(idle), share(full));
            let flow = |x: f64| at(&chain, zone, rating_mw, x, is_a);
            let line: Vec<(f64, ZoneFlow)> = spread(0.01, 1.0, 100).into_iter().map(|x| (100.0 * x, flow(x))).collect();
            for (x, f) in &line {
                table.row([name.into(), (*x).into(), f.ups_eta.into(), f.ups_loss_mw.into()]);
            }
            let reachable = |(x, _): &&(f64, ZoneFlow)| (100.0 * from..=100.0 * to).contains(x);
            curves.push(Layer::dashed("", line.iter().map(|(x, f)| (*x, 100.0 * f.ups_eta)).collect(), number));
            curves.push(Layer::line(
                format!("zone {name}, idle to full"),
                line.iter().filter(reachable).map(|(x, f)| (*x, 100.0 * f.ups_eta)).collect(),
                number,
            ));
            losses.push(Layer::line(
                format!("zone {name}"),
                line.iter().filter(reachable).map(|(x, f)| (*x, f.ups_loss_mw)).collect(),
                number,
            ));
            let marked = flow(share(own));
            let dot = |y: f64| Layer::Dots {
                name: String::new(),
                points: vec![(100.0 * share(own), y)],
                tint: Tint::Series(number),
                radius: 4.0,
            };
            curves.push(dot(100.0 * marked.ups_eta));
            losses.push(dot(marked.ups_loss_mw));
            let small = name.to_lowercase();
            let words = format!(
                "{} MW in zone {name} load its UPS to {}: {} of efficiency, {} MW lost.",
                fixed(own, 1),
                percent((1000.0 * share(own)).round() / 1000.0),
                percent((10_000.0 * marked.ups_eta).round() / 10_000.0),
                fixed(marked.ups_loss_mw, 2)
            );
            findings.push(Finding::new(format!("loss_{small}"), words, marked.ups_loss_mw, "MW"));
            let (idle_eta, full_eta) = (flow(from).ups_eta, flow(to).ups_eta);
            let words = format!(
                "Zone {name} works between {} % load ({} % efficient) with idle racks and {} % ({} %) with full ones.",
                fixed(100.0 * from, 1),
                fixed(100.0 * idle_eta, 2),
                fixed(100.0 * to, 1),
                fixed(100.0 * full_eta, 2)
            );
            findings.push(Finding::new(format!("idle_eta_{small}"), words, idle_eta, ""));
        }
        let plots = vec![
            Plot::new(
                "Efficiency",
                Axis::new("load of the UPS, %").from_to(0.0, 100.0),
                Axis::new("efficiency, %").from_to(60.0, 100.0),
                curves,
            ),
            Plot::new(
                "Loss",
                Axis::new("load of the UPS, %").from_to(0.0, 100.0),
                Axis::new("loss, MW").with_zero(),
                losses,
            ),
        ];
        let exhibit = Exhibit::new(
            "ups",
            "UPS efficiency over load",
            "A UPS is rated for 1.1 times the full racks of its zone. Dashed: loads that its racks cannot make.",
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(2, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::super::thermal::support::{number, shown};
    use super::*;
    use crate::evaluate::exhibit::Cell;

    #[test]
    fn every_point_lies_on_the_curve_of_the_specification() {
        let told = shown(&Ups, &[]);
        let rows = &told.exhibits[0].table.rows;
        assert_eq!(rows.len(), 200);
        for row in rows {
            let cell = |k: usize| if let Cell::Number(v) = row[k] { v } else { f64::NAN };
            let (peak, loss, none) = if row[0] == Cell::from("A") { (0.97, 0.03, 0.005) } else { (0.96, 0.04, 0.008) };
            let x = cell(1) / 100.0;
            let eta = peak * x / (x + loss * (1.0 - x) * (1.0 - x) + none);
            assert!((cell(2) - eta).abs() < 1e-9, "{row:?} against {eta}");
        }
        let x = 40.0 * 1.015 / 165.0;
        let eta = 0.97 * x / (x + 0.03 * (1.0 - x) * (1.0 - x) + 0.005);
        assert!((number(&told, "loss_a") - 40.0 * 1.015 * (1.0 / eta - 1.0)).abs() < 1e-9);
    }
}
