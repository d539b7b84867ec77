//! What explains a week of the data centre: the drivers and outcomes that its users hold actions against (sustaindc 13),
//! the story of the load that waits, the battery's, and what a policy saves against doing nothing.

use crate::plant::{
    Amount, AskedRule, Efficiency, ExplainSpec, Level, Pairing, QueueStory, Side, StoreSize, StoreStory,
};
use crate::signal::SignalId;

use super::signals::Col;
use super::tables::{BATTERY, COOLING, SHIFT};

/// A column as a number.
fn id(col: Col) -> SignalId {
    col as usize
}

fn amount(name: &str, label: &str, col: Col, factor: f64, unit: &str) -> Amount {
    Amount { name: name.to_owned(), label: label.to_owned(), signal: id(col), factor, unit: unit.to_owned() }
}

fn co2() -> Amount {
    amount("co2_kg", "CO₂", Col::Co2, 1e-3, "kg")
}

/// The rules that users ask about (sustaindc 13, point 5).
fn asked() -> Vec<AskedRule> {
    let rule = |name: &str, slot: usize, position: usize, when: Option<(Col, Side, Level)>| AskedRule {
        name: name.to_owned(),
        slot,
        action: 0,
        position,
        when: when.map(|(col, side, level)| (id(col), side, level)),
    };
    let high = |col: Col| Some((col, Side::Above, Level::Quantile(0.75)));
    let low = |col: Col| Some((col, Side::Below, Level::Quantile(0.25)));
    let above = |col: Col, value: f64| Some((col, Side::Above, Level::Value(value)));
    let below = |col: Col, value: f64| Some((col, Side::Below, Level::Value(value)));
    let (defer, execute, lower, raise) = (0, 2, 0, 2);
    let (charge, discharge, idle) = (0, 1, 2);
    vec![
        rule("defer_when_CI_high", SHIFT, defer, high(Col::Ci)),
        rule("defer_when_CI_low", SHIFT, defer, low(Col::Ci)),
        rule("execute_when_CI_high", SHIFT, execute, high(Col::Ci)),
        rule("execute_when_CI_low", SHIFT, execute, low(Col::Ci)),
        rule("execute_when_queue_above_500", SHIFT, execute, above(Col::TasksInQueue, 500.0)),
        rule("defer_when_queue_below_100", SHIFT, defer, below(Col::TasksInQueue, 100.0)),
        rule("lower_setpoint_when_hot", COOLING, lower, high(Col::TAmbient)),
        rule("raise_setpoint_when_cool", COOLING, raise, low(Col::TAmbient)),
        rule("lower_setpoint_when_IT_above_1000_kW", COOLING, lower, above(Col::PIt, 1000.0)),
        rule("raise_setpoint_when_IT_below_800_kW", COOLING, raise, below(Col::PIt, 800.0)),
        rule("charge_when_CI_low", BATTERY, charge, low(Col::Ci)),
        rule("discharge_when_CI_high", BATTERY, discharge, high(Col::Ci)),
        rule("battery_idle", BATTERY, idle, None),
    ]
}

fn queue() -> QueueStory {
    let ages = [
        (Col::Age0, "under 6 h"),
        (Col::Age6, "6 to 12 h"),
        (Col::Age12, "12 to 18 h"),
        (Col::Age18, "18 to 24 h"),
        (Col::Age24, "24 h and more"),
    ];
    QueueStory {
        task: "A task is one per cent of the data centre's capacity for a quarter of an hour. The load file holds no tasks, \
               only utilisation: the flexible share of each quarter hour's load, cut into tasks, is what may wait."
            .to_owned(),
        shiftable: id(Col::TasksShiftable),
        fixed: id(Col::TasksFixed),
        deferred: id(Col::TasksDeferred),
        taken_up: id(Col::TasksProcessed),
        forced: id(Col::TasksForced),
        overflow: id(Col::TasksOverflow),
        waiting: id(Col::TasksInQueue),
        overdue: id(Col::TasksOverdue),
        oldest_h: id(Col::OldestAge),
        ages: ages.map(|(col, words)| (id(col), words.to_owned())).to_vec(),
        load: (id(Col::Workload), id(Col::Utilisation)),
    }
}

fn store() -> StoreStory {
    StoreStory {
        label: "Battery".to_owned(),
        lever: (BATTERY, 0),
        soc: id(Col::Soc),
        capacity: Some((id(Col::Capacity), 1.0)),
        power: (id(Col::PBattery), 1.0),
        saves: co2(),
        size: Some(StoreSize {
            before: vec!["profile.battery=explicit".to_owned()],
            key: "max_bat_cap_Mw".to_owned(),
            energy: (id(Col::EWithout), 1e-3),
            range_mwh: (1e-3, 1e4),
            controllers: vec!["rbc_battery".to_owned()],
            signal: id(Col::Ci),
            positions: [0.0, 1.0, 2.0],
        }),
    }
}

/// Everything that explains a run (sustaindc 13).
pub(super) fn explain() -> ExplainSpec {
    let ids = |cols: &[Col]| cols.iter().map(|&c| id(c)).collect::<Vec<_>>();
    let outside = ids(&[Col::Ci, Col::TAmbient, Col::Workload]);
    let answers =
        ids(&[Col::Utilisation, Col::TasksInQueue, Col::Soc, Col::SetPoint, Col::TRoom, Col::PTotal, Col::Pue]);
    let player = |words: &str, slot: usize| (words.to_owned(), vec![slot]);
    let inputs = [("workload_frac", Col::Workload), ("t_ambient_degc", Col::TAmbient), ("ci_g_kwh", Col::Ci)];
    ExplainSpec {
        drivers: [outside, answers.clone()].concat(),
        answers,
        outcomes: ids(&[Col::PTotal, Col::PIt, Col::PHvac, Col::Co2, Col::EWith, Col::Water, Col::Pue]),
        efficiency: Some(Efficiency {
            label: "PUE".to_owned(),
            ratio: id(Col::Pue),
            above: id(Col::PTotal),
            below: id(Col::PIt),
            overhead: Some(id(Col::PHvac)),
            conditions: ids(&[Col::PIt, Col::PHvac, Col::TRoom, Col::TAmbient, Col::SetPoint, Col::Utilisation]),
            marks: [(1.0, "ideal"), (1.2, "very good"), (1.5, "usual"), (2.0, "poor")]
                .map(|(value, words)| (value, words.to_owned()))
                .to_vec(),
        }),
        totals: vec![
            amount("net_energy_kWh", "Energy from the grid", Col::EWith, 1.0, "kWh"),
            amount("no_battery_energy_kWh", "Energy without the battery", Col::EWithout, 1.0, "kWh"),
            co2(),
            amount("water_L", "Water", Col::Water, 1.0, "L"),
            amount("tasks_dropped", "Tasks that overflowed (ran at once)", Col::TasksOverflow, 1.0, "tasks"),
        ],
        asked: asked(),
        queue: Some(queue()),
        store: Some(store()),
        pairing: Some(Pairing {
            players: vec![player("Load shifting", SHIFT), player("HVAC", COOLING), player("Battery", BATTERY)],
            amounts: vec![
                co2(),
                amount("energy_kwh", "Energy from the grid", Col::EWith, 1.0, "kWh"),
                amount("water_l", "Water", Col::Water, 1.0, "L"),
            ],
            inputs: inputs.map(|(name, col)| (name.to_owned(), id(col))).to_vec(),
        }),
    }
}
