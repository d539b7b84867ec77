//! From the racks to the grid: what a megawatt of IT draws, and where the rest goes (core 3).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, load, spread};
use super::super::thermal::ambient;
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::{fixed, percent};
use crate::evaluate::study::Parameter;
use crate::plant::c2g::electrical::Flow;
use crate::plant::c2g::thermal::{Cooling, Load};
use crate::rollout::World;

/// What is drawn on the way from the grid to the racks.
pub(in crate::evaluate::study) struct LossChain;

/// Colours of the parts.
const TINTS: [Tint; 8] = [
    Tint::Muted,
    Tint::Series(2),
    Tint::Series(1),
    Tint::Series(4),
    Tint::Series(6),
    Tint::Series(0),
    Tint::Series(3),
    Tint::Series(5),
];

/// Parts of what the site draws, MW, from the racks outwards.
fn parts(cooling: &Cooling, flow: &Flow) -> [(&'static str, f64); 8] {
    [
        ("IT", flow.it_mw),
        ("PDU", flow.pdu_loss_mw),
        ("UPS", flow.ups_loss_mw),
        ("chiller", cooling.p_cool_a_mw),
        ("pump", cooling.p_pump_mw),
        ("HVAC", cooling.p_hvac_mw),
        ("lights and network", flow.aux_mw),
        ("transformer", flow.xfmr_loss_mw),
    ]
}

impl Study for LossChain {
    fn card(&self) -> &'static Card {
        &Card {
            name: "loss-chain",
            title: "Loss chain",
            group: Group::Electrical,
            about: "How many megawatts the grid gives for one of IT, and where the rest goes. Redraws within a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::number("load_a_pct", "Load of zone A", "%", (0.0, 100.0), 30.0, 0)
                .about("From idle racks (16 MW) to full ones (150 MW)."),
            Parameter::number("load_b_pct", "Load of zone B", "%", (0.0, 100.0), 35.0, 0)
                .about("From idle racks (10 MW) to full ones (100 MW)."),
            Parameter::number("pump", "Pump speed", "", (0.0, 1.0), 0.7, 2).about("Of the liquid loop."),
            Parameter::number("hvac", "HVAC effort", "", (0.0, 1.0), 0.7, 2)
                .about("Of the air machines; they draw it whatever they lift."),
            ambient(25.0),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let heat = |a: f64, b: f64| -> Load {
            let (p_a, p_b) = site.it_mw(a, b);
            load(p_a, p_b, values.get("pump"), values.get("hvac"), values.get("ambient_degc"))
        };
        let (cooling, flow) = site.drawn(&heat(values.get("load_a_pct") / 100.0, values.get("load_b_pct") / 100.0));
        let own = parts(&cooling, &flow);
        let mut table = Table::new(["load_pct", "part", "mw", "per_mw_of_it"]);
        let mut begin = 0.0;
        let mut bars = Vec::new();
        for (k, (name, mw)) in own.iter().enumerate() {
            table.row(["own".into(), (*name).into(), (*mw).into(), (mw / flow.it_mw).into()]);
            bars.push(Bar {
                from: begin,
                words: fixed(*mw, 2),
                tint: TINTS.get(k).copied(),
                ..Bar::new(k as f64, 0.7, begin + mw)
            });
            begin += mw;
        }
        bars.push(Bar {
            tint: Some(Tint::Ink),
            words: fixed(flow.facility_mw, 2),
            ..Bar::new(own.len() as f64, 0.7, flow.facility_mw)
        });
        let names = own.iter().map(|(name, _)| *name).chain(["from the grid"]);
        // Over the load, both zones alike, each part on top of those before.
        let loads = spread(0.0, 1.0, 51);
        let mut stacks: Vec<Vec<(f64, f64, f64)>> = vec![Vec::new(); own.len()];
        let mut pue = Vec::new();
        for share in &loads {
            let (cooling, flow) = site.drawn(&heat(*share, *share));
            // IT is 1 at every load; what stands beside it is stacked.
            let mut below = -1.0;
            for (stack, (name, mw)) in stacks.iter_mut().zip(parts(&cooling, &flow)) {
                let per_mw = mw / flow.it_mw;
                table.row([(100.0 * share).into(), name.into(), mw.into(), per_mw.into()]);
                stack.push((100.0 * share, below, below + per_mw));
                below += per_mw;
            }
            pue.push((100.0 * share, flow.pue));
        }
        let layers = own.iter().zip(stacks).enumerate().skip(1).map(|(k, ((name, _), points))| Layer::Band {
            name: (*name).to_owned(),
            points,
            tint: TINTS.get(k).copied().unwrap_or(Tint::Muted),
        });
        let plots = vec![
            Plot::new(
                "From the racks to the grid",
                // Room for the longest number at the end of the longest bar.
                Axis::new("MW").from_to(0.0, 1.2 * flow.facility_mw),
                Axis::names("", names),
                vec![Layer::Bars { name: String::new(), bars, tint: Tint::Ink, lying: true }],
            ),
            Plot::new(
                "Beside every megawatt of IT",
                Axis::new("load of both zones, %").from_to(0.0, 100.0),
                Axis::new("MW for each MW of IT").with_zero(),
                layers.collect(),
            ),
        ];
        let rest: Vec<String> =
            own.iter().skip(1).map(|(name, mw)| format!("{name} {}", fixed(mw / flow.it_mw, 3))).collect();
        let mut biggest: Vec<_> = own.iter().skip(1).collect();
        biggest.sort_by(|x, y| y.1.total_cmp(&x.1));
        let losses = flow.pdu_loss_mw + flow.ups_loss_mw + flow.xfmr_loss_mw;
        let mut findings = vec![
            Finding::new(
                "per_mw",
                format!(
                    "1 MW of IT is {} MW at the grid connection: IT 1, {} MW.",
                    fixed(flow.pue, 3),
                    rest.join(", ")
                ),
                flow.pue,
                "MW/MW",
            ),
            Finding::new(
                "facility",
                format!("{} MW of IT draw {} MW in all.", fixed(flow.it_mw, 1), fixed(flow.facility_mw, 2)),
                flow.facility_mw,
                "MW",
            ),
            Finding::new(
                "losses",
                format!(
                    "{} MW are lost between grid and racks ({} of the draw); cooling takes {} MW.",
                    fixed(losses, 2),
                    percent(losses / flow.facility_mw),
                    fixed(flow.cooling_mw, 2)
                ),
                losses,
                "MW",
            ),
        ];
        if let Some((name, mw)) = biggest.first() {
            findings.push(Finding::new(
                "biggest",
                format!("The biggest part beside IT is {name}: {} MW.", fixed(*mw, 2)),
                *mw,
                "MW",
            ));
        }
        if let Some((at, best)) = pue.iter().copied().reduce(|x, y| if y.1 < x.1 { y } else { x }) {
            findings.push(Finding::new(
                "best",
                format!("With these levers PUE is lowest, {}, at {} % load.", fixed(best, 3), fixed(at, 0)),
                best,
                "",
            ));
        }
        let exhibit = Exhibit::new(
            "loss_chain",
            "From the racks to the grid",
            "Zones have settled. Left: each part begins where the one before ends. The battery is no part of it.",
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(2, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::thermal::support::{number, shown, simulators};
    use super::*;

    #[test]
    fn the_parts_are_all_that_the_site_draws() {
        for (a, b, hvac) in [(0.0, 0.0, 0.2), (0.3, 0.35, 0.7), (1.0, 1.0, 1.0)] {
            let site = simulators();
            let (cooling, flow) = site.drawn(&load(16.0 + a * 134.0, 10.0 + b * 90.0, 0.7, hvac, 30.0));
            let sum: f64 = parts(&cooling, &flow).iter().map(|(_, mw)| mw).sum();
            assert!((sum - flow.facility_mw).abs() < 1e-9, "{sum} against {}", flow.facility_mw);
        }
    }

    /// Check values of core 3.2: all racks full with 56.5 MW of cooling, and all idle with 37.5 MW.
    #[test]
    fn the_chain_gives_the_figures_of_the_specification() {
        let chain = simulators().chain();
        for (a, b, cooling, facility, pue) in
            [(150_000.0, 100_000.0, 56.5, 325.7741, 1.3031), (16_000.0, 10_000.0, 37.5, 76.8224, 2.955)]
        {
            let flow = chain.from_power(a, b, 0.0, cooling);
            assert!((flow.facility_mw - facility).abs() < 6e-5, "{}", flow.facility_mw);
            assert!((flow.pue - pue).abs() < 6e-4, "{}", flow.pue);
        }
    }

    #[test]
    fn a_megawatt_of_it_is_worked_out_by_hand() {
        let told = shown(&LossChain, &["load_a_pct=100", "load_b_pct=100", "hvac=1", "pump=1"]);
        // Each UPS at its load (core 3.2), the chiller at heat over COP, the transformer at what goes through it.
        let ups = |it: f64, base: f64, pdu: f64, peak: f64, loss: f64, none: f64| {
            let l = it * (1.0 + pdu);
            let x = l / (1.1 * base);
            l / (peak * x / (x + loss * (1.0 - x) * (1.0 - x) + none))
        };
        let t_a = (150.0 + 35.0 * 30.0 + 12.5) / 35.5;
        let cooling = 35.0 * (t_a - 30.0) / 30.0 + 1.5 + 50.0;
        let pre =
            ups(150.0, 150.0, 0.015, 0.97, 0.03, 0.005) + ups(100.0, 100.0, 0.02, 0.96, 0.04, 0.008) + cooling + 2.0;
        let facility = pre + 0.15 + 1.8 * (pre / 300.0) * (pre / 300.0);
        assert!(
            (number(&told, "facility") - facility).abs() < 1e-9,
            "{} against {facility}",
            number(&told, "facility")
        );
        assert!((number(&told, "per_mw") - facility / 250.0).abs() < 1e-12);
    }
}
