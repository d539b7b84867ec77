//! What plants tell of themselves beside their rows, checked by playing them: ratings, normal ranges.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use c2g_twin::rollout::{Setup, World};

/// The weeks that normal ranges are taken from.
const WEEKS: [&str; 4] = ["01-10 00:00", "04-10 00:00", "07-10 00:00", "10-10 00:00"];

#[test]
fn normal_ranges_are_what_the_agents_see_in_nine_tenths_of_four_weeks() {
    let rules = [("agent_ls", "carbon_shift"), ("agent_dc", "trim_and_respond"), ("agent_bat", "rbc_battery")];
    let mut seen: Vec<Vec<Vec<f64>>> = Vec::new();
    let mut spec = None;
    for week in WEEKS {
        let setup = Setup {
            plant: "sustaindc".to_owned(),
            policies: rules.iter().map(|(slot, rule)| ((*slot).to_owned(), (*rule).to_owned())).collect(),
            start: Some(week.to_owned()),
            ticks: Some(672),
            ..Setup::default()
        };
        let mut rollout = World::default().build(&setup).unwrap();
        spec = Some(rollout.spec().clone());
        seen.resize(rollout.slots().len(), Vec::new());
        for _ in 0..672 {
            rollout.step().unwrap();
            for (slot, all) in rollout.slots().iter().zip(&mut seen) {
                all.resize(slot.seen.len(), Vec::new());
                slot.seen.iter().zip(all).for_each(|(value, all)| all.push(*value));
            }
        }
    }
    let spec = spec.unwrap();
    let mut wrong = Vec::new();
    for ((slot, telling), seen) in spec.slots.iter().zip(&spec.telling.slots).zip(&mut seen) {
        for ((entry, told), values) in slot.observations.iter().zip(&telling.seen).zip(seen) {
            let (factor, offset, _) = told.physical(entry);
            values.sort_by(f64::total_cmp);
            let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize] * factor + offset;
            let round = |v: f64| {
                let steps = 10_f64.powi(told.decimals as i32);
                (v * steps).round() / steps + 0.0
            };
            let found = (round(at(0.05)), round(at(0.95)));
            if told.normal != Some(found) {
                wrong.push(format!("{} {}: {found:?}, told {:?}", slot.name, told.label, told.normal));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the one-line calls the loading of a UPS is what its efficiency curve counts from (core 3.2).
#[test]
fn a_ups_is_loaded_as_its_efficiency_says() {
    let mut rollout = World::default().build(&Setup::default()).unwrap();
    rollout.step().unwrap();
    let spec = rollout.spec().clone();
    let node = |label: &str| spec.topology.nodes.iter().find(|n| n.label == label).unwrap();
    for (label, peak, loss, none) in [("UPS A", 0.97, 0.03, 0.005), ("UPS B", 0.96, 0.04, 0.008)] {
        let ups = node(label);
        let rating = ups.rating.unwrap();
        let x = rollout.row()[rating.flow] / rating.most;
        let eta = peak * x / (x + loss * (1.0 - x) * (1.0 - x) + none);
        assert!((eta - rollout.row()[ups.efficiency.unwrap()]).abs() < 1e-12, "{label}: {x}");
    }
    assert_eq!((node("UPS A").rating.unwrap().most, node("PDU B").rating.unwrap().most), (165.0, 100.0));
    let chiller = node("Chiller A");
    assert!(chiller.rating.is_none() && chiller.rated_by.starts_with("No rating"));
}
