//! Tiles of the car park: decisions of a slot that thinks on every fourth tick, and as many series as there are rows.

use c2g_twin::plant::{
    Column, Home, IntervalRow, Intervals, Lines, Part, Readout, Role, Row, Series, Source, TileSpec, Told,
};
use c2g_twin::signal::{Carrier, SignalId};

use super::tables::Ids;

fn row(share: f32, part: Part) -> Row {
    Row { share, part }
}

fn lines(name: &str, title: &str, series: &[SignalId]) -> Part {
    let series = series.iter().map(|&signal| Series { signal, role: Role::Line }).collect();
    Part::Lines(Lines { zero: true, ..Lines::new(name, title, series) })
}

pub(super) fn tiles(ids: &Ids) -> Vec<TileSpec> {
    let number =
        |label: &str, source: Source, unit: &str| Readout::new(label, source, unit, 1, "A number of the park.");
    let told =
        |label: &str, signal: SignalId, told: Told| IntervalRow { label: label.to_owned(), signal, told, decimals: 2 };
    let power = vec![
        row(
            1.0,
            Part::Columns(vec![
                Column { share: 0.6, least_pt: 200.0, rows: vec![row(1.0, lines("rows", "Rows, kW", &ids.rows))] },
                Column {
                    share: 0.4,
                    least_pt: 150.0,
                    rows: vec![
                        row(0.0, Part::Gauges(vec![ids.p_feeder, ids.t_feeder, ids.present])),
                        row(0.0, Part::Ahead { signals: vec![ids.t_feeder] }),
                    ],
                },
            ]),
        ),
        row(
            0.6,
            Part::Stack {
                title: "Feeder, kW".to_owned(),
                terms: ids.rows.iter().copied().chain([ids.p_light]).collect(),
                sum: Some(ids.p_feeder),
            },
        ),
    ];
    let decisions = vec![
        row(
            1.0,
            Part::Intervals(Intervals {
                slot: 0,
                steps: vec![ids.price],
                bars: vec![ids.p_cars, ids.p_feeder],
                won: None,
                rows: vec![told("Reward", ids.reward, Told::AtClose), told("Cars", ids.present, Told::Within)],
            }),
        ),
        row(0.0, Part::Terms { slot: 0 }),
        row(
            0.0,
            Part::Readouts {
                title: String::new(),
                list: vec![
                    number("Since the decision", Source::SumSince(ids.arrived, 0), "kWh"),
                    number("Cars left", Source::Metric(2), ""),
                ],
            },
        ),
        row(0.0, Part::Countdown { slot: 0, words: "next decision in".to_owned() }),
    ];
    let tile = |name: &str, title: &str, home: Home, carrier: Carrier, rows: Vec<Row>| TileSpec {
        home,
        name: name.to_owned(),
        title: title.to_owned(),
        carrier,
        rows,
        doc: format!("{title} of the car park."),
        ..TileSpec::default()
    };
    vec![
        TileSpec {
            headline: Some(number("now", Source::Signal(ids.p_feeder), "kW")),
            ..tile("power", "Power", Home::Bottom, Carrier::Grid, power)
        },
        tile("decisions", "Decisions", Home::Bottom, Carrier::Market, decisions),
    ]
}
