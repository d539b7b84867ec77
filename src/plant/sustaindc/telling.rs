//! What the plant says of itself when somebody asks why: rewards in words (sustaindc 7), observations in physical terms
//! (sustaindc 6).
//!
//! Normal ranges are measured: the middle nine tenths of what the agents see in four weeks of New York (from the 10th of
//! January, April, July and October on) with the rules that come with the program at all three levers (`carbon_shift`,
//! `trim_and_respond`, `rbc_battery`). A test runs these weeks and holds every range against them.

use crate::plant::{SeenTelling, SlotTelling, Telling, TermTelling};

use super::observe::USED;
use super::params::Params;
use super::rewards::Kind;

/// What makes a reward that has no terms of its own.
fn whole(kind: Kind) -> TermTelling {
    let (formula, told) = match kind {
        Kind::TouReward => ("−energy × price of the hour", "{e_grid_kwh} from the grid"),
        Kind::RenewableEnergyReward => ("renewable share − energy", "{e_grid_kwh} from the grid"),
        Kind::EnergyEfficiencyReward => ("IT power / total power", "{p_it_kw} of {p_total_kw}"),
        Kind::EnergyPueReward => ("−distance of the PUE from 1", "PUE {pue}"),
        Kind::TemperatureEfficiencyReward => ("1 in the wanted range, else −distance", "room at {t_room_degc}"),
        Kind::WaterUsageEfficiencyReward => ("−0.01 × water", "{water_l} evaporated"),
        Kind::DefaultLsReward => {
            return TermTelling::new("within −10 to 10", "cut off at its bound", "within its bounds");
        }
        Kind::DefaultDcReward | Kind::DefaultBatReward | Kind::CustomAgentReward => {
            return TermTelling::new("", "nothing else counts", "nothing else counts");
        }
    };
    TermTelling::new(formula, told, "")
}

fn terms(p: &Params, slot: usize) -> Vec<TermTelling> {
    let kind = p.rewards.get(slot).copied().unwrap_or(Kind::CustomAgentReward);
    let carbon = TermTelling::new(
        "−2 × carbon × energy in deviations",
        "energy {energy_z} deviations from usual, carbon {ci_ahead_1_frac} of its scale",
        "energy as usual, or carbon does not count",
    );
    let others = if p.profile.reward_mixing {
        let share = (1.0 - p.reward_weight) / 2.0;
        TermTelling::new(format!("{share:.2} of each of the others"), "what the others earned", "")
    } else {
        TermTelling::new("", "rewards are not mixed", "rewards are not mixed")
    };
    if slot == 0 {
        let overdue = TermTelling::new("0.3 − 0.3 × √overdue tasks", "{tasks_overdue} wait longer than a day", "");
        let age = TermTelling::new("−0.1 per day of the oldest", "oldest {age_oldest_h}", "nothing waits");
        vec![carbon, overdue, age, whole(kind), others]
    } else {
        vec![carbon, whole(kind), others]
    }
}

/// Words of the entries that all three agents share.
fn shared() -> Vec<SeenTelling> {
    let seen = SeenTelling::new;
    vec![
        seen("Hour, cosine", 2, (0.0, 1.0)),
        seen("Hour, sine", 2, (0.0, 1.0)),
        seen("Carbon now", 2, (0.27, 0.83)),
        seen("Carbon slope, 2 h ahead", 3, (-0.017, 0.019)),
        seen("Carbon slope, 4 h back", 3, (-0.015, 0.017)),
        seen("Carbon mean, 2 h ahead", 2, (0.27, 0.83)),
        seen("Carbon deviation, 2 h", 3, (0.004, 0.049)),
        seen("Carbon against 2 h ahead", 2, (-3.1, 3.16)),
        seen("Next carbon peak", 2, (0.25, 2.0)).scaled(2.0, 0.0, "h"),
        seen("Next carbon valley", 2, (0.25, 2.0)).scaled(2.0, 0.0, "h"),
    ]
}

fn own(slot: usize) -> Vec<SeenTelling> {
    let seen = SeenTelling::new;
    let load = |label: &str| seen(label, 0, (19.0, 80.0)).scaled(100.0, 0.0, "%");
    let ambient = |label: &str| seen(label, 2, (0.0, 0.79));
    let share = |label: &str, most: f64| seen(label, 0, (0.0, most)).scaled(100.0, 0.0, "%");
    match slot {
        0 => vec![
            seen("Oldest task", 1, (0.0, 19.2)).scaled(24.0, 0.0, "h"),
            seen("Mean age of tasks", 1, (0.0, 17.1)).scaled(24.0, 0.0, "h"),
            seen("Queue fill", 0, (0.0, 29.0)).scaled(100.0, 0.0, "%"),
            load("Load next"),
            ambient("Ambient next"),
            seen("Ambient slope, 4 h ahead", 3, (-0.013, 0.013)),
            seen("Ambient mean, 4 h ahead", 2, (0.0, 0.78)),
            seen("Ambient deviation, 4 h", 3, (0.0, 0.075)),
            seen("Ambient against 4 h ahead", 2, (-2.42, 2.68)),
            seen("Next warmest hour", 2, (0.25, 4.0)).scaled(4.0, 0.0, "h"),
            seen("Next coldest hour", 2, (0.25, 4.0)).scaled(4.0, 0.0, "h"),
            share("Waiting up to 6 h", 100.0),
            share("Waiting 6 to 12 h", 100.0),
            share("Waiting 12 to 18 h", 95.0),
            share("Waiting 18 to 24 h", 38.0),
            seen("Any task of 24 h", 0, (0.0, 0.0)).labels(&["No", "Yes"]),
        ],
        1 => vec![load("Load next"), load("Load after it"), ambient("Ambient next"), ambient("Ambient after it")],
        _ => vec![
            load("Load next"),
            ambient("Ambient next"),
            seen("State of charge", 0, (0.0, 30.0)).scaled(100.0, 0.0, "%"),
        ],
    }
}

/// Words of the three agents.
pub(super) fn telling(p: &Params) -> Telling {
    let slot = |slot: usize| SlotTelling {
        terms: terms(p, slot),
        seen: shared().into_iter().chain(own(slot)).collect(),
        ..SlotTelling::default()
    };
    Telling { slots: (0..USED.len()).map(slot).collect() }
}
