//! Round trip against C-rate (core 5 step 3): out and back again within the middle of the state of charge.
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, spread};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::{fixed, percent};
use crate::evaluate::study::Parameter;
use crate::plant::c2g::bess::{Battery, State};
use crate::plant::c2g::params::Bess;
use crate::rollout::World;

/// Ticks within which a way is run, about.
const TICKS: f64 = 400.0;

/// What comes back of a megawatt-hour, and how fast it went.
pub(in crate::evaluate::study) struct RoundTrip;

/// Energy out over energy in between two states of charge at a C-rate, 1/h, with ticks as long as it takes.
fn round_trip(p: &Bess, e_mwh: f64, c_rate: f64, from: f64, to: f64) -> f64 {
    let dt_s = (to - from) / c_rate * 3600.0 / TICKS;
    let battery = Battery::new(p, e_mwh, c_rate * e_mwh, dt_s);
    let way = |s: &mut State, command: f64, there: &dyn Fn(f64) -> bool| -> f64 {
        let mut energy = 0.0;
        for _ in 0..(3.0 * TICKS) as u64 {
            let before = s.soc;
            let report = battery.step(s, command);
            // The last tick counts as far as it was needed.
            let goal = if command > 0.0 { from } else { to };
            let part = if there(s.soc) { ((before - goal) / (before - s.soc)).clamp(0.0, 1.0) } else { 1.0 };
            energy += part * report.actual_mw.abs() * dt_s / 3600.0;
            if there(s.soc) {
                s.soc = goal;
                break;
            }
        }
        energy
    };
    let mut s = State { soc: to, age: 0.0 };
    let out = way(&mut s, c_rate * e_mwh, &|soc| soc <= from);
    let back = way(&mut s, -c_rate * e_mwh, &|soc| soc >= to);
    out / back
}

impl Study for RoundTrip {
    fn card(&self) -> &'static Card {
        &Card {
            name: "round-trip",
            title: "Round trip",
            group: Group::Electrical,
            about: "What share of the energy comes back at every C-rate, and around every state of charge. Redraws \
                    within a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::number("c_rate", "C-rate", "1/h", (0.02, 4.0), 1.0 / 3.0, 2)
                .about("Power over energy; 5 MW on 15 MWh are 0.33."),
            Parameter::number("middle_pct", "Around a SOC of", "%", (25.0, 80.0), 50.0, 0).about("Middle of the way."),
            Parameter::number("depth_pct", "Depth", "%", (2.0, 10.0), 10.0, 0)
                .about("So much is taken out and put back, clear of both ends."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let (p, own) = (&site.params.site.bess, site.battery());
        let (e_mwh, most) = (own.e_mwh, own.p_max_mw / own.e_mwh);
        let (c, middle, depth) =
            (values.get("c_rate"), values.get("middle_pct") / 100.0, values.get("depth_pct") / 100.0);
        let at = |c: f64, middle: f64| round_trip(p, e_mwh, c, middle - depth / 2.0, middle + depth / 2.0);
        let own = at(c, middle);
        let rates = spread(0.02, 4.0, 100);
        let socs = spread(0.25, 0.8, 45);
        let over_rate: Vec<(f64, f64)> = rates.iter().map(|c| (*c, 100.0 * at(*c, middle))).collect();
        let over_soc: Vec<(f64, f64)> = socs.iter().map(|m| (100.0 * m, 100.0 * at(c, *m))).collect();
        let mut table = Table::new(["c_rate_per_h", "middle_soc", "round_trip"]);
        for (c, rt) in &over_rate {
            table.numbers([*c, middle, rt / 100.0]);
        }
        for (m, rt) in &over_soc {
            table.numbers([c, m / 100.0, rt / 100.0]);
        }
        let dot = |x: f64| Layer::Dots {
            name: String::new(),
            points: vec![(x, 100.0 * own)],
            tint: Tint::Series(1),
            radius: 4.0,
        };
        let plots = vec![
            Plot::new(
                "Over C-rate",
                Axis::new("C-rate, 1/h").from_to(0.0, 4.0),
                Axis::new("round trip, %"),
                vec![Layer::line("", over_rate, 0), Layer::upright(most, "most on this site"), dot(c)],
            ),
            Plot::new(
                "Over the state of charge",
                Axis::new("middle of the way, SOC in %"),
                Axis::new("round trip, %"),
                vec![Layer::line("", over_soc, 0), dot(100.0 * middle)],
            ),
        ];
        let (slow, site_most) = (at(0.02, middle), at(most, middle));
        let shown = |share: f64| percent((1e5 * share).round() / 1e5);
        let findings = vec![
            Finding::new(
                "round_trip",
                format!(
                    "At a C-rate of {} around {} SOC {} of the energy come back.",
                    fixed(c, 2),
                    percent(middle),
                    shown(own)
                ),
                own,
                "",
            ),
            Finding::new(
                "site",
                format!("At the site's full power, {} per hour, it is {}.", fixed(most, 3), shown(site_most)),
                site_most,
                "",
            ),
            Finding::new(
                "speed",
                format!("Going slowly instead would give {} points more.", fixed(100.0 * (slow - site_most), 3)),
                slow - site_most,
                "",
            ),
        ];
        let exhibit = Exhibit::new(
            "round_trip",
            "Round trip against C-rate",
            "Out and back again between two states of charge. Efficiency never falls below 70 % one way.",
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
    fn the_round_trip_is_the_square_of_the_efficiency_in_the_middle() {
        for (c, middle) in [(0.1, 50.0), (1.0 / 3.0, 50.0), (1.0, 30.0), (2.0, 70.0), (4.0, 40.0)] {
            let told = shown(&RoundTrip, &[&format!("c_rate={c}"), &format!("middle_pct={middle}"), "depth_pct=2"]);
            let off: f64 = middle / 100.0 - 0.5;
            let eta = 0.97 - 0.008 * c * c - 0.01 * off * off;
            assert!(
                (number(&told, "round_trip") - eta * eta).abs() < 2e-6,
                "{c}: {} against {}",
                number(&told, "round_trip"),
                eta * eta
            );
        }
        let told = shown(&RoundTrip, &[]);
        assert!((number(&told, "site") - 0.969_111 * 0.969_111).abs() < 2e-5, "0.969111 is printed (core 5)");
    }
}
