//! Tiles of the data hall: stores, swings, stacks and rewards of a plant whose ticks last a quarter of an hour.

use c2g_twin::plant::{Bound, BoundAt, Column, Home, Lines, Part, Readout, Role, Row, Series, Source, Span, TileSpec};
use c2g_twin::signal::{Carrier, SignalId};

use super::tables::Ids;
use super::{BATTERY, Params, SET_POINT, SHIFT};

fn row(share: f32, part: Part) -> Row {
    Row { share, part }
}

fn lines(name: &str, title: &str, series: &[SignalId]) -> Lines {
    Lines::new(name, title, series.iter().map(|&signal| Series { signal, role: Role::Line }).collect())
}

fn tile(name: &str, title: &str, home: Home, carrier: Carrier, rows: Vec<Row>) -> TileSpec {
    TileSpec {
        home,
        name: name.to_owned(),
        title: title.to_owned(),
        carrier,
        rows,
        doc: format!("{title} of the hall."),
        ..TileSpec::default()
    }
}

pub(super) fn tiles(p: &Params, ids: &Ids, emitted: usize) -> Vec<TileSpec> {
    let number =
        |label: &str, source: Source, unit: &str| Readout::new(label, source, unit, 2, "A number of the hall.");
    let battery = vec![
        row(
            1.0,
            Part::Columns(vec![
                Column {
                    share: 0.3,
                    least_pt: 60.0,
                    rows: vec![row(1.0, Part::Level { signal: ids.stored, usable: (0.0, p.battery_mwh) })],
                },
                Column {
                    share: 0.7,
                    least_pt: 160.0,
                    rows: vec![
                        row(
                            0.0,
                            Part::Swing {
                                title: "Power, MW".to_owned(),
                                signal: ids.p_battery,
                                limit_low: None,
                                limit_high: None,
                                verbs: ("charge".to_owned(), "discharge".to_owned()),
                            },
                        ),
                        row(
                            0.0,
                            Part::Readouts {
                                title: "Cells".to_owned(),
                                list: vec![
                                    number("Now", Source::Signal(ids.p_battery), "MW").signed().prominent(),
                                    number("Since the start", Source::Change(ids.stored), "MWh").signed(),
                                    number("Lost", Source::Sum(ids.p_loss), "MW·tick"),
                                ],
                            },
                        ),
                        row(1.0, Part::Lines(lines("soc", "State of charge", &[ids.soc]))),
                    ],
                },
            ]),
        ),
        row(0.0, Part::Countdown { slot: BATTERY, words: "next move in".to_owned() }),
    ];
    let hall = vec![
        row(0.0, Part::Gauges(vec![ids.t_hall, ids.set_point, ids.t_ambient])),
        row(1.0, Part::Lines(lines("hall", "Air, °C", &[ids.t_hall, ids.set_point]))),
        row(0.0, Part::Ahead { signals: vec![ids.t_hall] }),
        row(0.0, Part::Terms { slot: SET_POINT }),
    ];
    let demand = Bound { label: "demand".to_owned(), at: BoundAt::Signal(1.0, ids.demand) };
    let asked = Lines {
        series: vec![
            Series { signal: ids.demand, role: Role::Request },
            Series { signal: ids.p_it, role: Role::Answer },
        ],
        bounds: vec![demand, Bound { label: "full".to_owned(), at: BoundAt::Value(p.it_mw) }],
        zero: true,
        ..lines("load", "Load, MW", &[])
    };
    let load = vec![
        row(0.5, Part::Lines(asked)),
        row(
            0.5,
            Part::Stack {
                title: "Import, MW".to_owned(),
                terms: vec![ids.p_it, ids.p_cooling, ids.p_aux],
                sum: Some(ids.p_import),
            },
        ),
        row(0.3, Part::Strip { title: "shifted, MW".to_owned(), signal: ids.p_shifted }),
        row(0.4, Part::Lines(Lines { span: Span::Episode, ..lines("waiting", "Waiting, MWh", &[ids.deferred]) })),
        row(0.0, Part::Score { request: ids.demand, response: ids.p_it }),
        row(
            0.0,
            Part::Readouts {
                title: String::new(),
                list: vec![
                    number("Emitted", Source::Metric(emitted), "t").scaled(1e-3),
                    number("This tick", Source::SumSince(ids.emitted, SHIFT), "kg"),
                    number("Unevenness", Source::RmsSince(ids.p_shifted, SHIFT), "MW"),
                    number("Warming", Source::SlopePerMinute(ids.t_hall), "K/min").signed(),
                ],
            },
        ),
        row(0.0, Part::Note("+ shifted = deferred".to_owned())),
    ];
    let state = Readout::new("hall", Source::Signal(ids.t_hall), "°C", 1, "Air in the hall.");
    vec![
        tile("cells", "Cells", Home::Side, Carrier::Battery, battery),
        TileSpec { headline: Some(state), ..tile("hall", "Hall", Home::Bottom, Carrier::Cooling, hall) },
        TileSpec { caption: "15-min ticks".to_owned(), ..tile("load", "Load", Home::Bottom, Carrier::It, load) },
    ]
}
