//! Tiles that SustainDC composes: the queue, the air, the carbon, the rewards.

use crate::plant::{Bound, BoundAt, Column, Home, Lines, Part, Readout, Role, Row, Series, Source, Span, TileSpec};
use crate::signal::{Carrier, Signal};

use super::signals::Col;
use super::tables::{BATTERY, COOLING, SHIFT};

fn lines(name: &str, title: &str, series: &[(Col, Role)], bounds: Vec<Bound>, zero: bool) -> Part {
    Part::Lines(Lines {
        name: name.to_owned(),
        title: title.to_owned(),
        series: series.iter().map(|&(col, role)| Series { signal: col as usize, role }).collect(),
        bounds,
        span: Span::Shared,
        zero,
    })
}

/// The last value of a signal, explained as the signal is.
fn signal(table: &[Signal], label: &str, col: Col, unit: &str, decimals: usize) -> Readout {
    let doc = table.get(col as usize).map_or("", |s| s.doc.as_str());
    Readout::new(label, Source::Signal(col as usize), unit, decimals, doc)
}

fn readouts(list: Vec<Readout>) -> Row {
    Row { share: 0.0, part: Part::Readouts { title: String::new(), list } }
}

/// The tiles.
pub(super) fn tiles(table: &[Signal]) -> Vec<TileSpec> {
    vec![queue(table), air(table), carbon(table), rewards(table)]
}

fn queue(table: &[Signal]) -> TileSpec {
    let ages = [Col::Age0, Col::Age6, Col::Age12, Col::Age18, Col::Age24].map(|c| c as usize).to_vec();
    TileSpec {
        name: "queue".to_owned(),
        home: Home::Bottom,
        title: "Waiting tasks".to_owned(),
        caption: "by age".to_owned(),
        carrier: Carrier::It,
        headline: Some(signal(table, "Queue", Col::TasksInQueue, "tasks", 0)),
        rows: vec![
            Row {
                share: 1.0,
                part: lines(
                    "load",
                    "Load",
                    &[(Col::Workload, Role::Request), (Col::Utilisation, Role::Answer)],
                    Vec::new(),
                    true,
                ),
            },
            Row {
                share: 1.2,
                part: Part::Stack {
                    title: "Waiting by age".to_owned(),
                    terms: ages,
                    sum: Some(Col::TasksInQueue as usize),
                },
            },
            readouts(vec![
                signal(table, "Oldest task", Col::OldestAge, "h", 2),
                signal(table, "Overdue", Col::TasksOverdue, "tasks", 0),
                Readout::new(
                    "Overflow so far",
                    Source::Sum(Col::TasksOverflow as usize),
                    "tasks",
                    0,
                    "Tasks that found the queue full: they ran at once. The source calls them dropped.",
                ),
                Readout::new(
                    "Put off so far",
                    Source::Sum(Col::TasksDeferred as usize),
                    "tasks",
                    0,
                    "Tasks that went into the queue.",
                ),
            ]),
        ],
        doc: "What came, what runs, what waits and how long.".to_owned(),
    }
}

fn air(table: &[Signal]) -> TileSpec {
    let stops = [("lowest", 15.0), ("highest", 21.6)]
        .map(|(label, at)| Bound { label: label.to_owned(), at: BoundAt::Value(at) })
        .to_vec();
    TileSpec {
        name: "air".to_owned(),
        home: Home::Side,
        title: "Air and cooling".to_owned(),
        caption: "supply, room, weather".to_owned(),
        carrier: Carrier::Cooling,
        headline: Some(signal(table, "PUE", Col::Pue, "", 3)),
        rows: vec![
            Row {
                share: 1.4,
                part: lines(
                    "temperatures",
                    "Temperatures",
                    &[(Col::SetPoint, Role::Request), (Col::TRoom, Role::Answer), (Col::TAmbient, Role::Line)],
                    stops,
                    false,
                ),
            },
            Row {
                share: 1.0,
                part: Part::Stack {
                    title: "Cooling power".to_owned(),
                    terms: vec![Col::PCompressor as usize, Col::PTower as usize],
                    sum: Some(Col::PHvac as usize),
                },
            },
            readouts(vec![
                signal(table, "PUE of the episode", Col::PueEpisode, "", 3),
                signal(table, "PUE of the day", Col::PueDay, "", 3),
                signal(table, "Best day", Col::PueBestDay, "", 3),
                signal(table, "Worst day", Col::PueWorstDay, "", 3),
                signal(table, "Hottest outlet", Col::TOutletMax, "°C", 1),
                signal(table, "Water so far", Col::WaterTotal, "m³", 1),
            ]),
        ],
        doc: "What the cooling aims at, what the air does, and what it costs.".to_owned(),
    }
}

fn carbon(table: &[Signal]) -> TileSpec {
    TileSpec {
        name: "carbon".to_owned(),
        home: Home::Bottom,
        title: "Carbon and battery".to_owned(),
        caption: "charge when it is clean".to_owned(),
        carrier: Carrier::Battery,
        headline: Some(signal(table, "Carbon so far", Col::Co2Total, "kg", 1)),
        rows: vec![
            Row {
                share: 1.0,
                part: lines("carbon", "Carbon intensity", &[(Col::Ci, Role::Request)], Vec::new(), false),
            },
            Row {
                share: 1.0,
                part: Part::Columns(vec![
                    Column {
                        share: 1.0,
                        least_pt: 48.0,
                        rows: vec![Row {
                            share: 1.0,
                            part: Part::Level { signal: Col::Soc as usize, usable: (0.0, 1.0) },
                        }],
                    },
                    Column {
                        share: 4.0,
                        least_pt: 160.0,
                        rows: vec![Row {
                            share: 1.0,
                            part: Part::Strip { title: "Battery power".to_owned(), signal: Col::PBattery as usize },
                        }],
                    },
                ]),
            },
            readouts(vec![
                signal(table, "Energy so far", Col::EGridTotal, "MWh", 2),
                Readout {
                    scale: 1e-3,
                    ..Readout::new(
                        "Saved by the battery",
                        Source::Sum(Col::Co2Saved as usize),
                        "kg",
                        1,
                        "Against no battery.",
                    )
                },
                signal(table, "State of charge", Col::Soc, "", 3),
                signal(table, "Carbon now", Col::Co2, "g", 0),
            ]),
        ],
        doc: "How clean the grid is and what the battery makes of it.".to_owned(),
    }
}

/// One column for each agent: its terms on this tick, summed up and as shares.
fn rewards(table: &[Signal]) -> TileSpec {
    let agent = |slot: usize, label: &str, terms: &[Col], sum: Col| Column {
        share: 1.0,
        least_pt: 144.0,
        rows: vec![
            Row { share: 0.0, part: Part::Note(label.to_owned()) },
            Row { share: 0.0, part: Part::Terms { slot } },
            Row {
                share: 1.0,
                part: Part::Stack {
                    title: String::new(),
                    terms: terms.iter().map(|&c| c as usize).collect(),
                    sum: Some(sum as usize),
                },
            },
        ],
    };
    TileSpec {
        name: "rewards".to_owned(),
        home: Home::Bottom,
        title: "Rewards".to_owned(),
        caption: "three agents".to_owned(),
        carrier: Carrier::Market,
        headline: Some(signal(table, "Load shifting", Col::RewardLs, "", 3).signed()),
        rows: vec![Row {
            share: 1.0,
            part: Part::Columns(vec![
                agent(
                    SHIFT,
                    "Load shifting",
                    &[Col::RLsCarbon, Col::RLsOverdue, Col::RLsAge, Col::RLsOther, Col::RLsOthers],
                    Col::RewardLs,
                ),
                agent(COOLING, "Cooling", &[Col::RDcCarbon, Col::RDcOther, Col::RDcOthers], Col::RewardDc),
                agent(BATTERY, "Battery", &[Col::RBatCarbon, Col::RBatOther, Col::RBatOthers], Col::RewardBat),
            ]),
        }],
        doc: "What each agent was rewarded for, tick by tick and over the episode.".to_owned(),
    }
}
