//! Tiles of the C2G plant: which of its quantities belong side by side.
//!
//! Least widths follow the window's grid: at 1920 × 1080 the bottom row gives Regulation 832, Reward 496 and Market 560
//! points, the right column 440. What does not fit there folds away and comes back on a larger screen.

use crate::plant::{
    Bound, BoundAt, Column, Home, IntervalRow, Intervals, Lines, MetricSpec, Part, Readout, Role, Row, Series, Source,
    Span, TileSpec, Told,
};
use crate::signal::Carrier;

use super::data::Choice;
use super::params::Params;
use super::signals::Col;
use super::tables::{HARDWARE, MACRO};

/// The tiles. `metrics` is the plant's table of metrics, `tick_s` the length of a tick.
pub(super) fn tiles(p: &Params, c: &Choice, metrics: &[MetricSpec], tick_s: f64) -> Vec<TileSpec> {
    let metric = |slot: usize, name: &str| metrics.iter().position(|m| m.slot == slot && m.name == name);
    vec![
        thermal(),
        battery(p),
        regulation(metric(HARDWARE, "tracking_rmse"), tick_s),
        reward(),
        market(f64::from(p.handshake.interval_s)),
        workload(metric(HARDWARE, "throughput_ratio"), tick_s),
        grid(p, c),
    ]
}

fn tile(name: &str, title: &str, caption: &str, carrier: Carrier, rows: Vec<Row>, doc: &str) -> TileSpec {
    TileSpec {
        home: Home::Side,
        name: name.to_owned(),
        title: title.to_owned(),
        caption: caption.to_owned(),
        carrier,
        headline: None,
        rows,
        doc: doc.to_owned(),
    }
}

fn row(share: f32, part: Part) -> Row {
    Row { share, part }
}

fn column(share: f32, least_pt: f32, rows: Vec<Row>) -> Column {
    Column { share, least_pt, rows }
}

fn columns(list: Vec<Column>) -> Vec<Row> {
    vec![row(1.0, Part::Columns(list))]
}

/// Lines over the shared time; the first series is the most important one.
fn lines(name: &str, title: &str, series: &[Col]) -> Lines {
    Lines::new(name, title, series.iter().map(|&c| Series { signal: c as usize, role: Role::Line }).collect())
}

/// Lines where the first series was asked for and the second given.
fn pair(name: &str, title: &str, request: Col, answer: Col) -> Lines {
    let series = vec![
        Series { signal: request as usize, role: Role::Request },
        Series { signal: answer as usize, role: Role::Answer },
    ];
    Lines::new(name, title, series)
}

/// A readout of the last row.
fn now(label: &str, col: Col, unit: &str, decimals: usize, doc: &str) -> Readout {
    Readout::new(label, Source::Signal(col as usize), unit, decimals, doc)
}

fn readouts(title: &str, list: Vec<Readout>) -> Part {
    Part::Readouts { title: title.to_owned(), list }
}

fn note(words: &str) -> Part {
    Part::Note(words.to_owned())
}

fn thermal() -> TileSpec {
    let numbers = vec![
        now("Outside", Col::TAmbient, "°C", 1, "Ambient that the cooling feels."),
        now("COP, air", Col::CopAir, "", 2, "Heat that the air machines move over their power."),
        now(
            "Air regime",
            Col::HvacRegime,
            "",
            0,
            "What limits zone B: nothing below supply, the air flow, or capacity.",
        ),
    ];
    let zones = vec![row(1.0, Part::Lines(lines("zones", "Zones", &[Col::TZoneA, Col::TZoneB])))];
    let ahead = Part::Ahead { signals: vec![Col::TZoneA as usize, Col::TZoneB as usize] };
    let cooling = Lines { zero: true, ..lines("cooling", "Cooling", &[Col::PHvac, Col::PPump, Col::PCoolA]) };
    let rows = columns(vec![
        column(0.66, 200.0, zones),
        column(0.34, 136.0, vec![row(0.0, ahead), row(0.0, readouts("", numbers))]),
        column(0.55, 260.0, vec![row(1.0, Part::Lines(cooling))]),
    ]);
    let doc = "Zone temperatures against their warning and trip, and how long they last at this slope.";
    tile("thermal", "Thermal", "", Carrier::Cooling, rows, doc)
}

fn battery(p: &Params) -> TileSpec {
    let (low, high) = (100.0 * p.site.bess.soc_min, 100.0 * p.site.bess.soc_max);
    let numbers = vec![
        now("Now", Col::PBess, "MW", 2, "Power at the terminals; + = discharge.").signed(),
        now("C-rate", Col::BessCRate, "C", 2, "Power over energy."),
        now("Up, 15 min", Col::BessUp15, "MW·min", 0, "Energy that full discharge gives within 15 minutes."),
        now("Down, 15 min", Col::BessDown15, "MW·min", 0, "Energy that full charge takes within 15 minutes."),
        now("Efficiency", Col::BessEta, "%", 1, "One-way efficiency at this power and charge.").scaled(100.0),
        now("Full cycles", Col::BessCycles, "", 2, "Energy through the terminals since reset over twice the capacity."),
        now("Fade", Col::BessFade, "%", 3, "Share of the capacity that is gone.").scaled(100.0),
        now("Age", Col::BessAge, "%", 3, "Throughput age; the battery is worn out at 100 %.").scaled(100.0),
    ];
    let swing = Part::Swing {
        title: "Power, MW".to_owned(),
        signal: Col::PBess as usize,
        limit_low: Some(Col::BessMaxCharge as usize),
        limit_high: Some(Col::BessMaxDischarge as usize),
        verbs: ("charge".to_owned(), "discharge".to_owned()),
    };
    let bound = |label: &str, at: f64| Bound { label: label.to_owned(), at: BoundAt::Value(at) };
    let trend = Lines { bounds: vec![bound("full", high), bound("empty", low)], ..lines("soc", "SOC", &[Col::SocPct]) };
    let rows = columns(vec![
        column(0.2, 72.0, vec![row(1.0, Part::Level { signal: Col::SocPct as usize, usable: (low, high) })]),
        column(0.8, 150.0, vec![row(0.0, swing), row(0.0, readouts("", numbers)), row(1.0, Part::Lines(trend))]),
    ]);
    let doc = "How full the battery is, what it does, what it could do within a market interval.";
    TileSpec {
        headline: Some(now("", Col::BessState, "", 0, "What the battery does.")),
        ..tile("battery", "Battery", "", Carrier::Battery, rows, doc)
    }
}

fn regulation(rmse: Option<usize>, tick_s: f64) -> TileSpec {
    let commitment =
        |factor: f64| Bound { label: "commitment".to_owned(), at: BoundAt::Signal(factor, Col::Committed as usize) };
    let chart = Lines {
        bounds: vec![commitment(1.0), commitment(-1.0)],
        zero: true,
        ..pair("power", "", Col::RegdDemanded, Col::RegdDelivered)
    };
    let error = Part::Strip { title: "error".to_owned(), signal: Col::TrackingErrorSigned as usize };
    let asked = vec![
        now("Asked", Col::RegdDemanded, "MW", 2, "Regulation asked for on this tick; + = draw less.")
            .signed()
            .prominent(),
        now("Gave", Col::RegdDelivered, "MW", 2, "Reduction given: shed work + battery − cooling above its baseline.")
            .signed()
            .prominent(),
    ];
    let mut own = vec![
        now(
            "C2G tracking score",
            Col::Perf,
            "",
            3,
            "The benchmark's own number, not the PJM-style score: 1 − mean error over commitment, never below 0, of the \
             market interval closed last.",
        ),
        Readout::new(
            "RMSE, this interval",
            Source::RmsSince(Col::TrackingErrorSigned as usize, MACRO),
            "MW",
            2,
            "Root mean square of the error since the market interval began.",
        ),
    ];
    own.extend(rmse.map(|metric| {
        Readout::new("RMSE, episode", Source::Metric(metric), "MW", 2, "Root mean square of the error since reset.")
            .scaled(1e-3)
    }));
    let score = Part::Score { request: Col::RegdDemanded as usize, response: Col::RegdDelivered as usize };
    let rows = columns(vec![
        column(0.73, 260.0, vec![row(0.74, Part::Lines(chart)), row(0.26, error)]),
        column(
            0.27,
            196.0,
            vec![
                row(0.0, readouts("", asked)),
                row(0.0, score),
                row(0.0, readouts("", own)),
                row(0.0, note("+ request = site must draw less")),
            ],
        ),
    ]);
    let doc = "What the grid asked for, what the site gave, and how well that counts by two definitions.";
    TileSpec {
        home: Home::Bottom,
        ..tile("regulation", "Regulation", &format!("{tick_s:.0}-s samples as steps"), Carrier::Grid, rows, doc)
    }
}

fn reward() -> TileSpec {
    let terms = [Col::RThroughput, Col::RTracking, Col::RThermal, Col::RSoc, Col::RFreq, Col::RVolt, Col::RBacklog];
    let stack = Part::Stack {
        title: String::new(),
        terms: terms.iter().map(|&c| c as usize).collect(),
        sum: Some(Col::Reward as usize),
    };
    let total =
        Lines { span: Span::Episode, zero: true, ..lines("cumulated", "Cumulated reward", &[Col::RewardTotal]) };
    let rows = columns(vec![
        column(0.58, 230.0, vec![row(0.62, stack), row(0.38, Part::Lines(total))]),
        column(0.42, 190.0, vec![row(0.0, Part::Terms { slot: HARDWARE })]),
        column(
            0.42,
            210.0,
            vec![
                row(0.0, note("Macro reward, interval closed last")),
                row(0.0, Part::Terms { slot: MACRO }),
                row(
                    1.0,
                    Part::Lines(Lines {
                        span: Span::Episode,
                        zero: true,
                        ..lines("macro_cumulated", "Cumulated macro reward", &[Col::MacroRewardTotal])
                    }),
                ),
            ],
        ),
    ]);
    let doc = "The seven terms of the hardware reward, tick by tick and summed up over the episode.";
    TileSpec {
        headline: Some(now("last tick", Col::Reward, "", 2, "Hardware reward of the last tick.").signed()),
        home: Home::Bottom,
        ..tile("reward", "Reward", "seven terms", Carrier::Market, rows, doc)
    }
}

fn market(interval_s: f64) -> TileSpec {
    let told = |label: &str, col: Col, told: Told| IntervalRow {
        label: label.to_owned(),
        signal: col as usize,
        told,
        decimals: 0,
    };
    let intervals = Intervals {
        slot: MACRO,
        steps: vec![Col::Rmcp as usize, Col::BidPrice as usize],
        bars: vec![Col::BidMw as usize, Col::Committed as usize],
        won: Some(Col::BidAccepted as usize),
        rows: vec![told("Rev. $", Col::Revenue, Told::AtClose), told("Energy $", Col::EnergyCost, Told::AtClose)],
    };
    let numbers = vec![
        now("Commitment", Col::Committed, "MW", 1, "Regulation committed in this interval.").prominent(),
        now("Paid per hour", Col::Rate, "$/MW·h", 2, "What a committed megawatt earns in an hour."),
        now("Need left open", Col::Residual, "MW", 1, "Regulation that competitors leave open."),
        now("Chance of the bid", Col::AcceptProb, "%", 0, "Probability with which the bid was drawn.").scaled(100.0),
        now("Energy price", Col::Lmp, "$/MWh", 2, "Locational marginal price."),
        now("Revenue so far", Col::RevenueTotal, "$", 0, "Regulation revenue since reset."),
        now("Energy so far", Col::EnergyCostTotal, "$", 0, "Energy bought since reset: price times facility power."),
    ];
    let rows = columns(vec![
        column(
            0.68,
            320.0,
            vec![
                row(1.0, Part::Intervals(intervals)),
                row(0.0, Part::Countdown { slot: MACRO, words: "next bid in".to_owned() }),
            ],
        ),
        column(0.32, 300.0, vec![row(0.0, readouts("", numbers))]),
    ]);
    let doc = "What was bid, at which price the market cleared, what each interval earned and cost.";
    TileSpec {
        headline: Some(now("earned so far", Col::RevenueTotal, "$", 0, "Regulation revenue since reset.")),
        home: Home::Bottom,
        ..tile("market", "Market", &format!("{:.0}-min intervals", interval_s / 60.0), Carrier::Market, rows, doc)
    }
}

fn workload(throughput: Option<usize>, tick_s: f64) -> TileSpec {
    let stack = Part::Stack {
        title: "IT demand".to_owned(),
        terms: [Col::PBaseA, Col::PBaseB, Col::PFlexServed].iter().map(|&c| c as usize).collect(),
        sum: Some(Col::PItDemand as usize),
    };
    let batch = Lines { zero: true, ..pair("batch", "Batch", Col::PFlexArrived, Col::PFlexServed) };
    let backlog = Lines { zero: true, ..lines("backlog", "Backlog", &[Col::Backlog]) };
    let delay = Lines { zero: true, ..lines("delay", "Delay", &[Col::AvgDelay, Col::OldestAge]) };
    let spikes = Lines { zero: true, ..lines("spikes", "GenAI spike", &[Col::IsSpike]) };
    let mut numbers = vec![
        now("IT demand", Col::PItDemand, "MW", 1, "Rigid power plus served batch work.").prominent(),
        now("Backlog", Col::Backlog, "MW", 1, "Batch work waiting, in megawatts of one tick.").prominent(),
        now("Arriving", Col::PFlexArrived, "MW", 1, "Batch work that arrives."),
        now("Served", Col::PFlexServed, "MW", 1, "Batch work that is served."),
        now("Average delay", Col::AvgDelay, "s", 0, "Average delay by Little's law.").scaled(tick_s),
        now("Oldest work", Col::OldestAge, "s", 0, "Age of the oldest work still waiting.").scaled(tick_s),
        now("GenAI spike", Col::IsSpike, "", 0, "Whether GenAI duty is above its threshold."),
    ];
    numbers.extend(throughput.map(|metric| {
        Readout::new("Throughput", Source::Metric(metric), "%", 1, "Served over arrived batch work since reset.")
            .scaled(100.0)
    }));
    let rows = columns(vec![
        column(0.7, 240.0, vec![row(0.5, stack), row(0.25, Part::Lines(batch)), row(0.25, Part::Lines(backlog))]),
        column(0.3, 140.0, vec![row(0.0, readouts("", numbers))]),
        column(0.5, 240.0, vec![row(0.6, Part::Lines(delay)), row(0.4, Part::Lines(spikes))]),
    ]);
    let doc = "What the racks are asked to do, what batch work is served, and what waits.";
    tile("workload", "Workload", "", Carrier::It, rows, doc)
}

fn grid(p: &Params, c: &Choice) -> TileSpec {
    let (band_hz, pcc) = (p.grid.frequency_dead_band_hz, p.site.electrical.pcc);
    let frequency = Lines { zero: true, ..lines("frequency", "Frequency deviation", &[Col::FDev]) };
    // Not the bands of any grid code: the benchmark takes reward beyond them.
    let band = format!("warn = benchmark penalty band: ±{band_hz} Hz, {:.2} to {:.2} pu", pcc.v_low_pu, pcc.v_high_pu);
    let voltage = lines("voltage", "Voltage", &[Col::VPcc]);
    let price = Lines { zero: true, ..lines("price", "Energy price", &[Col::Lmp]) };
    let load = lines("load", "Grid load", &[Col::GridLoad]);
    let numbers = vec![
        now("Frequency", Col::FGrid, "Hz", 3, "Grid frequency after the last tick.").prominent(),
        now("Voltage", Col::VPcc, "pu", 4, "Voltage at the grid connection.").prominent(),
        now("Import", Col::PFacility, "MW", 1, "Facility power; + = import from the grid."),
        now("Reactive", Col::Q, "MVAr", 1, "Reactive power of the loads."),
        now("Power factor", Col::Pf, "", 3, "Power factor of the loads, without losses."),
        now("Transformer", Col::XfmrLoading, "%", 1, "Apparent power over the transformer's rating."),
        now("Energy price", Col::Lmp, "$/MWh", 2, "Locational marginal price."),
        now("Grid load", Col::GridLoad, "MW", 0, "Load of the market's zone."),
    ];
    let rows = columns(vec![
        column(
            0.68,
            260.0,
            vec![
                row(0.36, Part::Lines(frequency)),
                row(0.32, Part::Lines(voltage)),
                row(0.32, Part::Lines(price)),
                row(0.0, note(&band)),
            ],
        ),
        column(0.32, 140.0, vec![row(0.0, readouts("", numbers))]),
        column(0.5, 240.0, vec![row(1.0, Part::Lines(load))]),
    ]);
    let doc = "Load, price, and frequency and voltage against the bands beyond which the benchmark takes reward.";
    tile("grid", "Grid", &c.grid.label, Carrier::Grid, rows, doc)
}
