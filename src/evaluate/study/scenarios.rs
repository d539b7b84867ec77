//! What the scenarios set, as bars and as the shape of their stress (core 1).

use super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, market_choices};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table};
use crate::evaluate::figures::scenario_label;
use crate::plant::c2g::params::Scenario;
use crate::rollout::World;
use crate::signal::format_number;

/// The scenarios beside each other.
pub(super) struct Scenarios;

/// Name, unit, decimals, value, and whether more of it is more stress.
type Setting = (&'static str, &'static str, usize, fn(&Scenario) -> f64, bool);

/// What is compared. Cooling without a fault is whole; a fault without a factor leaves 0.4 (core 1).
const SETTINGS: [Setting; 6] = [
    ("Ambient", "°C", 0, |s| s.t_ambient_degc, true),
    ("Largest commitment", "MW", 0, |s| s.committed_mw_max, true),
    ("Charge at the begin", "", 2, |s| s.soc_initial, false),
    ("GenAI spikes", "×", 1, |s| s.genai_spike_scale, true),
    ("Grid stress", "×", 1, |s| s.grid_stress_scale, true),
    ("Cooling left", "", 2, |s| if s.cooling_fault { s.fault_factor.unwrap_or(0.4) } else { 1.0 }, false),
];

impl Study for Scenarios {
    fn card(&self) -> &'static Card {
        &Card {
            name: "scenarios",
            title: "Scenarios",
            group: Group::Scenarios,
            about: "What each scenario sets, and the shape of its stress.",
            quick: true,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![market_choices(world)?.about("Scenarios without weather keep their own ambient in every market.")])
    }

    fn run(&self, world: &World, values: &Values, _progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        Ok(Some(shown(&site)))
    }
}

fn shown(site: &Site) -> Shown {
    let all: Vec<(&String, &Scenario)> = site.params.scenarios.iter().collect();
    let labels: Vec<&str> = all.iter().map(|(name, _)| scenario_label(name)).collect();
    let mut table = Table::new(
        ["scenario".to_owned(), "grid_market".to_owned(), "weather_market".to_owned(), "weather_driven".to_owned()]
            .into_iter()
            .chain(SETTINGS.iter().map(|(name, unit, ..)| format!("{name} {unit}").trim_end().to_owned())),
    );
    for (name, s) in &all {
        let words = [name.as_str(), s.grid_market.as_str(), s.weather_market.as_str()].map(Into::into);
        let driven = f64::from(u8::from(s.weather_driven)).into();
        let numbers = SETTINGS.iter().map(|(.., of, _)| of(s).into());
        table.row(words.into_iter().chain([driven]).chain(numbers));
    }
    let bars = SETTINGS.iter().map(|(name, unit, decimals, of, _)| {
        let bars = all.iter().enumerate().map(|(k, (_, s))| {
            let mut bar = crate::evaluate::exhibit::Bar::new(k as f64, 0.66, of(s));
            bar.tint = Some(crate::evaluate::exhibit::Tint::Series(k));
            bar.words(format_number(of(s), *decimals))
        });
        let layer = Layer::Bars {
            name: String::new(),
            bars: bars.collect(),
            tint: crate::evaluate::exhibit::Tint::Series(0),
            lying: false,
        };
        let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
        // Room for the words above the highest bar.
        let most = all.iter().map(|(_, s)| of(s)).fold(0.0, f64::max);
        let first: String = name.chars().take(1).flat_map(char::to_lowercase).collect();
        let label = if name.starts_with("GenAI") { (*name).to_owned() } else { first + name.get(1..).unwrap_or("") };
        let y = Axis::new(format!("{label}{unit}")).from_to(0.0, 1.15 * most);
        Plot::new(*name, Axis::names("", labels.clone()), y, vec![layer])
    });
    let parameters = Exhibit::new(
        "scenario_parameters",
        "What each scenario sets",
        "Default follows the weather; the others keep their ambient. Battery Drain begins nearly empty, with 60 % \
         of its cooling left.",
        table.clone(),
    )
    .plots(3, bars.collect());
    let rings: Vec<(String, Vec<f64>)> =
        all.iter().zip(&labels).map(|((_, s), label)| ((*label).to_owned(), stress(&all, s))).collect();
    let mut shape = Table::new(std::iter::once("scenario").chain(SETTINGS.iter().map(|s| s.0)));
    for (name, ring) in &rings {
        shape.row(std::iter::once(name.as_str().into()).chain(ring.iter().map(|v| (*v).into())));
    }
    let mut findings = Vec::new();
    for (name, ring) in &rings {
        let mean = ring.iter().sum::<f64>() / ring.len().max(1) as f64;
        let words = format!("{name}: {} of the stress that the scenarios span, mean of six.", format_number(mean, 2));
        findings.push(Finding::new(format!("stress {name}"), words, mean, ""));
    }
    let radar = Exhibit::new(
        "scenario_stress",
        "Shape of the stress",
        "Each spoke reaches from the mildest scenario in the middle to the hardest at the rim; charge and cooling \
         count the other way round.",
        shape,
    )
    .plots(1, vec![Plot::radar("Stress", SETTINGS.iter().map(|s| s.0.to_owned()).collect(), rings)]);
    Shown { exhibits: vec![parameters, radar], findings }
}

/// Place of a scenario between the mildest (0) and the hardest (1) on each spoke; ½ where all are the same.
fn stress(all: &[(&String, &Scenario)], own: &Scenario) -> Vec<f64> {
    SETTINGS
        .iter()
        .map(|(.., of, more)| {
            let values = all.iter().map(|(_, s)| of(s));
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            let place = if high > low { (of(own) - low) / (high - low) } else { 0.5 };
            if *more { place } else { 1.0 - place }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::super::exhibit::Cell;
    use super::super::Quiet;
    use super::*;

    /// The table of core 1.
    #[test]
    fn what_scenarios_set_is_what_the_specification_prints() {
        let world = World::default();
        let values = Values::new(Scenarios.parameters(&world).unwrap());
        let shown = Scenarios.run(&world, &values, &Quiet).unwrap().unwrap();
        let printed = [
            ("default", [25.0, 30.0, 0.50, 1.0, 1.0, 1.0]),
            ("scenario_a", [30.0, 40.0, 0.55, 1.8, 1.5, 1.0]),
            ("scenario_b", [40.0, 60.0, 0.60, 1.0, 1.3, 1.0]),
            ("scenario_c", [32.0, 40.0, 0.15, 1.2, 1.2, 0.6]),
        ];
        let rows = &shown.exhibits[0].table.rows;
        assert_eq!(rows.len(), printed.len());
        for (name, numbers) in printed {
            let row = rows.iter().find(|r| r[0] == Cell::Text(name.to_owned())).unwrap();
            let own: Vec<Cell> = numbers.iter().map(|v| Cell::Number(*v)).collect();
            assert_eq!(&row[4..], own.as_slice(), "{name}");
        }
        // Battery Drain has the emptiest battery and the weakest cooling: both spokes reach the rim.
        let shape = &shown.exhibits[1].table.rows;
        let drain = shape.iter().find(|r| r[0] == Cell::Text("Battery Drain".to_owned())).unwrap();
        assert_eq!((&drain[3], &drain[6]), (&Cell::Number(1.0), &Cell::Number(1.0)));
    }
}
