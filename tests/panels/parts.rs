//! Tiles that plants compose: what they show, and what they look like at any size.

use std::sync::Arc;

use c2g_twin::app::panel::{self, PanelState, TileId};
use c2g_twin::app::theme::ThemeName;
use c2g_twin::plant::{
    Column, IntervalRow, Intervals, Lines, Part, PlantSpec, Readout, Role, Row, Series, Source, Span, TileSpec, Told,
};
use c2g_twin::rollout::Setup;
use c2g_twin::session::{Command, RunView};
use c2g_twin::signal::Carrier;
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};

use super::views::{self, Toy};

/// A window with one tile.
struct Alone {
    panel: PanelState,
    view: RunView,
    asked: Vec<Command>,
}

/// A tile by name with the size that it is drawn at, points.
type Sized = (&'static str, (f32, f32));

/// Places of tiles: from left to right, a new line where they reach a width.
fn places(tiles: &[Sized], width: f32) -> (Vec<egui::Rect>, egui::Vec2) {
    let mut at = egui::pos2(0.0, 0.0);
    let (mut high, mut size) = (0.0_f32, egui::Vec2::ZERO);
    let mut out = Vec::new();
    for (_, (w, h)) in tiles {
        let (w, h) = (w + 16.0, h + 16.0);
        if at.x > 0.0 && at.x + w > width {
            at = egui::pos2(0.0, at.y + high);
            high = 0.0;
        }
        out.push(egui::Rect::from_min_size(at, egui::vec2(w, h)));
        at.x += w;
        high = high.max(h);
        size = size.max(egui::vec2(at.x, at.y + high));
    }
    (out, size)
}

/// Opens tiles side by side.
fn open(view: RunView, tiles: &'static [Sized], width: f32, theme: ThemeName, scale: f32) -> Harness<'static, Alone> {
    let mut panel = PanelState::default();
    panel.theme = theme;
    panel.set_scale(scale);
    let (places, size) = places(tiles, width);
    let mut harness = Harness::builder().with_size(size * scale).with_max_steps(12).wgpu().build_ui_state(
        move |ui, shown: &mut Alone| {
            for ((name, _), place) in tiles.iter().zip(&places) {
                let id = TileId::Plant((*name).to_owned());
                let child = egui::UiBuilder::new().max_rect(*place).id_salt((name, place.width() as i32));
                let mut ui = ui.new_child(child);
                ui.set_clip_rect(*place);
                panel::tile_alone(&mut ui, &mut shown.panel, &shown.view, &id, &mut shown.asked);
            }
        },
        Alone { panel, view, asked: Vec::new() },
    );
    harness.run_steps(4);
    harness
}

fn picture(harness: &mut Harness<'static, Alone>, name: &str) {
    harness.remove_cursor();
    harness.run_steps(2);
    let options = SnapshotOptions::new().threshold(1.2).failed_pixel_count_threshold(200_usize);
    harness.snapshot_options(format!("tile_parts_{name}"), &options);
}

fn row(share: f32, part: Part) -> Row {
    Row { share, part }
}

fn column(share: f32, least_pt: f32, rows: Vec<Row>) -> Column {
    Column { share, least_pt, rows }
}

fn tile(name: &str, title: &str, carrier: Carrier, rows: Vec<Row>) -> TileSpec {
    TileSpec {
        name: name.to_owned(),
        title: title.to_owned(),
        caption: String::new(),
        carrier,
        headline: None,
        rows,
        doc: String::new(),
    }
}

fn readout(label: &str, source: Source, unit: &str, decimals: usize) -> Readout {
    Readout {
        label: label.to_owned(),
        source,
        scale: 1.0,
        unit: unit.to_owned(),
        decimals,
        signed: false,
        prominent: false,
        doc: String::new(),
    }
}

fn lines(name: &str, series: &[usize]) -> Part {
    Part::Lines(Lines {
        name: name.to_owned(),
        title: String::new(),
        series: series.iter().map(|s| Series { signal: *s, role: Role::Line }).collect(),
        bounds: Vec::new(),
        span: Span::Shared,
        zero: true,
    })
}

/// Tiles of the shipped plant.
fn c2g_tiles(spec: &PlantSpec) -> Vec<TileSpec> {
    let s = |name: &str| spec.signal(name).unwrap();
    let now = |label: &str, name: &str, unit: &str, decimals: usize| readout(label, Source::Signal(s(name)), unit, decimals);
    let metric = spec.metrics.iter().position(|m| m.name == "tracking_rmse").unwrap();
    let (asked, gave) = (s("p_regd_demanded_mw"), s("p_regd_delivered_mw"));
    let hero = |r: Readout| Readout { prominent: true, signed: true, ..r };
    let regulation = vec![row(
        1.0,
        Part::Columns(vec![
            column(
                0.73,
                260.0,
                vec![
                    row(0.74, lines("power", &[asked, gave])),
                    row(0.26, Part::Strip { title: "error, MW".into(), signal: s("p_tracking_error_mw") }),
                ],
            ),
            column(
                0.27,
                196.0,
                vec![
                    row(
                        0.0,
                        Part::Readouts {
                            title: String::new(),
                            list: vec![
                                hero(now("Asked", "p_regd_demanded_mw", "MW", 2)),
                                hero(now("Gave", "p_regd_delivered_mw", "MW", 2)),
                            ],
                        },
                    ),
                    row(0.0, Part::Score { request: asked, response: gave }),
                    row(
                        0.0,
                        Part::Readouts {
                            title: String::new(),
                            list: vec![
                                now("C2G tracking score", "perf_score", "", 3),
                                readout("RMSE, this interval", Source::RmsSince(s("p_tracking_error_mw"), 0), "MW", 2),
                                Readout {
                                    scale: 1e-3,
                                    ..readout("RMSE, episode", Source::Metric(metric), "MW", 2)
                                },
                            ],
                        },
                    ),
                    row(0.0, Part::Note("+ request = site must draw less".into())),
                ],
            ),
        ]),
    )];
    let terms: Vec<usize> = spec.slots[1].reward_terms.iter().map(|t| t.signal).collect();
    let reward = vec![row(
        1.0,
        Part::Columns(vec![
            column(
                0.58,
                230.0,
                vec![
                    row(0.62, Part::Stack { title: String::new(), terms, sum: Some(s("reward")) }),
                    row(0.38, lines("cumulated", &[s("reward")])),
                ],
            ),
            column(0.42, 190.0, vec![row(0.0, Part::Terms { slot: 1 })]),
        ]),
    )];
    let market = vec![row(
        1.0,
        Part::Columns(vec![
            column(
                0.68,
                320.0,
                vec![
                    row(
                        1.0,
                        Part::Intervals(Intervals {
                            slot: 0,
                            steps: vec![s("rmcp_usd"), s("bid_price_usd")],
                            bars: vec![s("p_bid_mw"), s("p_committed_mw")],
                            won: Some(s("bid_accepted")),
                            rows: vec![
                                IntervalRow {
                                    label: "Rev. $".into(),
                                    signal: s("revenue_interval_usd"),
                                    told: Told::AtClose,
                                    decimals: 0,
                                },
                                IntervalRow {
                                    label: "Cost $".into(),
                                    signal: s("electricity_cost_interval_usd"),
                                    told: Told::AtClose,
                                    decimals: 1,
                                },
                            ],
                        }),
                    ),
                    row(0.0, Part::Countdown { slot: 0, words: "next bid in".into() }),
                ],
            ),
            column(
                0.32,
                250.0,
                vec![row(
                    0.0,
                    Part::Readouts {
                        title: String::new(),
                        list: vec![
                            hero(now("Commitment", "p_committed_mw", "MW", 1)),
                            now("Paid per hour", "rate_usd_mwh", "$/MW·h", 2),
                            now("Revenue so far", "revenue_total_usd", "$", 0),
                        ],
                    },
                )],
            ),
        ]),
    )];
    let battery = vec![row(
        1.0,
        Part::Columns(vec![
            column(0.2, 72.0, vec![row(1.0, Part::Level { signal: s("soc_frac"), usable: (0.1, 0.95) })]),
            column(
                0.8,
                240.0,
                vec![
                    row(
                        0.0,
                        Part::Swing {
                            title: "Power, MW".into(),
                            signal: s("p_bess_mw"),
                            limit_low: Some(s("p_bess_max_charge_mw")),
                            limit_high: Some(s("p_bess_max_discharge_mw")),
                            verbs: ("charge".into(), "discharge".into()),
                        },
                    ),
                    row(
                        0.0,
                        Part::Readouts {
                            title: String::new(),
                            list: vec![
                                Readout { signed: true, ..now("Now", "p_bess_mw", "MW", 2) },
                                now("C-rate", "bess_c_rate_per_h", "C", 2),
                                Readout { scale: 100.0, ..now("Efficiency", "bess_eta", "%", 1) },
                                Readout { scale: 100.0, ..now("Age", "bess_age_frac", "%", 3) },
                                now("Stored", "e_bess_mwh", "MWh", 2),
                                readout("Through it", Source::Sum(s("p_bess_mw")), "MW·tick", 0),
                            ],
                        },
                    ),
                    row(1.0, lines("soc", &[s("soc_frac")])),
                ],
            ),
        ]),
    )];
    let (a, b) = (s("t_zone_a_degc"), s("t_zone_b_degc"));
    let thermal = vec![
        row(
            1.0,
            Part::Columns(vec![
                column(0.68, 220.0, vec![row(1.0, lines("zones", &[a, b]))]),
                column(
                    0.32,
                    112.0,
                    vec![row(
                        0.0,
                        Part::Readouts {
                            title: String::new(),
                            list: vec![
                                Readout { prominent: true, ..now("Zone A", "t_zone_a_degc", "°C", 2) },
                                Readout { signed: true, ..readout("Slope A", Source::SlopePerMinute(a), "K/min", 2) },
                                Readout { prominent: true, ..now("Zone B", "t_zone_b_degc", "°C", 2) },
                                now("Outside", "t_ambient_degc", "°C", 1),
                            ],
                        },
                    )],
                ),
            ]),
        ),
        row(0.0, Part::Ahead { signals: vec![a, b] }),
    ];
    vec![
        TileSpec { caption: "5-s samples as steps".into(), ..tile("regulation", "Regulation", Carrier::Grid, regulation) },
        TileSpec {
            caption: "seven terms".into(),
            headline: Some(Readout { signed: true, ..now("last tick", "reward", "", 2) }),
            ..tile("reward", "Reward", Carrier::Market, reward)
        },
        TileSpec {
            caption: "15-min intervals".into(),
            headline: Some(now("earned so far", "revenue_total_usd", "$", 0)),
            ..tile("market", "Market", Carrier::Market, market)
        },
        tile("battery", "Battery", Carrier::Battery, battery),
        tile("thermal", "Thermal", Carrier::Cooling, thermal),
    ]
}

/// The default day at 14:20:35, with tiles.
fn day(ticks: u64) -> RunView {
    with_tiles(views::day(ticks))
}

fn with_tiles(mut view: RunView) -> RunView {
    let mut spec = PlantSpec::clone(&view.spec);
    if spec.tiles.is_empty() {
        spec.tiles = c2g_tiles(&spec);
    }
    view.spec = Arc::new(spec);
    view
}

/// Sizes of the bottom row and the right column at 1920 × 1080.
const WIDE: [Sized; 5] = [
    ("regulation", (832.0, 304.0)),
    ("reward", (496.0, 304.0)),
    ("market", (560.0, 304.0)),
    ("battery", (440.0, 215.0)),
    ("thermal", (440.0, 215.0)),
];

#[test]
fn dark() {
    picture(&mut open(day(10_327), &WIDE, 1_080.0, ThemeName::Dark, 1.0), "dark");
}
