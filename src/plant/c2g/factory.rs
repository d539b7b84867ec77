//! Builds the C2G plant from configuration, choices and traces.

use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::plant::{Axis, BuildRequest, Calendar, Choice as AxisChoice, Plant, PlantFactory};
use crate::trace::{self, Start, TraceSource};

use super::data::{Choice, RawTraces, Series, SiteData};
use super::params::{Market, MarketSource, Params, Scenario};
use super::{C2g, tables};

/// Length of a tick, s (core 1).
pub const TICK_S: u32 = 5;

/// Ticks of an episode: one day (core 1).
pub const EPISODE_TICKS: u64 = 17_280;

const SITE: &str = include_str!("../../../configs/c2g/site.yaml");
const SCENARIOS: &str = include_str!("../../../configs/c2g/scenarios.yaml");
const MARKETS: &str = include_str!("../../../configs/c2g/markets.yaml");
const REWARD: &str = include_str!("../../../configs/c2g/reward.yaml");
const HANDSHAKE: &str = include_str!("../../../configs/c2g/handshake.yaml");
const DOCUMENTED: &str = include_str!("../../../configs/fidelity/documented.yaml");
const AS_SHIPPED: &str = include_str!("../../../configs/fidelity/as_shipped.yaml");

/// Registers the plant as `c2g`.
pub struct Factory;

/// The market axis's choice that leaves the market to the scenario.
const FROM_SCENARIO: &str = "scenario";

fn choice(name: &str, label: &str) -> AxisChoice {
    AxisChoice { name: name.to_owned(), label: label.to_owned() }
}

fn axis(name: &str, label: &str, value: &str, doc: &str, choices: Vec<AxisChoice>) -> Axis {
    Axis { name: name.to_owned(), label: label.to_owned(), choices, value: value.to_owned(), doc: doc.to_owned() }
}

fn builtin() -> Result<Params> {
    let mut document = Document::new();
    for (name, text) in Factory.layers() {
        document.layer_text(&name, &text)?;
    }
    Params::from_document(&document)
}

impl PlantFactory for Factory {
    fn name(&self) -> &str {
        "c2g"
    }

    fn about(&self) -> &str {
        "250 MW grid-interactive data centre: C2G-Bench's simulators and two-level control"
    }

    fn axes(&self) -> Vec<Axis> {
        let params = builtin();
        let (scenarios, markets) = match &params {
            Ok(p) => (
                p.scenarios.iter().map(|(n, s)| choice(n, &s.label)).collect(),
                p.markets.iter().map(|(n, m)| choice(n, &m.label)).collect(),
            ),
            Err(_) => (Vec::new(), Vec::new()),
        };
        let mut market_choices = vec![choice(FROM_SCENARIO, "Scenario's own")];
        market_choices.extend::<Vec<AxisChoice>>(markets);
        vec![
            axis("scenario", "Scenario", "default", "Climate, stress and starting state (core 1).", scenarios),
            axis(
                "market",
                "Market",
                FROM_SCENARIO,
                "Grid market, with its load file and weather (core 6.1, D-7).",
                market_choices,
            ),
            axis(
                "fidelity",
                "Fidelity",
                "documented",
                "Which of the sources' behaviours are in force (core 12).",
                vec![choice("documented", "Documented"), choice("as_shipped", "As shipped")],
            ),
        ]
    }

    fn layers(&self) -> Vec<(String, String)> {
        [
            ("configs/c2g/site.yaml", SITE),
            ("configs/c2g/scenarios.yaml", SCENARIOS),
            ("configs/c2g/markets.yaml", MARKETS),
            ("configs/c2g/reward.yaml", REWARD),
            ("configs/c2g/handshake.yaml", HANDSHAKE),
            ("configs/fidelity/documented.yaml", DOCUMENTED),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec()
    }

    fn axis_layers(&self, axes: &std::collections::BTreeMap<String, String>) -> Vec<(String, String)> {
        match axes.get("fidelity").map(String::as_str) {
            Some("as_shipped") => vec![("configs/fidelity/as_shipped.yaml".to_owned(), AS_SHIPPED.to_owned())],
            _ => Vec::new(),
        }
    }

    fn build(&self, request: &BuildRequest<'_>) -> Result<Box<dyn Plant>> {
        let params = Params::from_document(request.config)?;
        let mut axes = self.axes();
        for axis in &mut axes {
            if axis.name == "scenario" {
                axis.choices = params.scenarios.iter().map(|(n, s)| choice(n, &s.label)).collect();
            }
            if axis.name == "market" {
                axis.choices.truncate(1);
                axis.choices.extend(params.markets.iter().map(|(n, m)| choice(n, &m.label)));
            }
            if let Some(value) = request.axes.get(&axis.name) {
                let known: Vec<&str> = axis.choices.iter().map(|c| c.name.as_str()).collect();
                if !known.contains(&value.as_str()) {
                    return Err(Error::unknown(Place::source(format!("--{}", axis.name)), "choice", value, known));
                }
                axis.value.clone_from(value);
            }
        }
        let value = |name: &str| axes.iter().find(|a| a.name == name).map_or("", |a| a.value.as_str());
        let chosen = resolve(&params, value("scenario"), value("market"), request.config)?;
        let raw = load_traces(request.traces, &chosen, &params, request.start)?;
        let fixed = fixed_commitment(request.config, &chosen.scenario)?;
        let calendar = calendar(request.start, &chosen.weather.zone);
        Ok(Box::new(assemble(params, chosen, raw, axes, calendar, fixed)))
    }
}

/// Puts a plant together from parts that need no files: what golden runs and tests use.
pub fn assemble(
    params: Params,
    chosen: Choice,
    raw: RawTraces,
    axes: Vec<Axis>,
    calendar: Calendar,
    fixed_commit_mw: f64,
) -> C2g {
    let data = SiteData::new(raw, &params, &chosen.scenario, TICK_S);
    let spec = tables::spec(&params, &chosen, axes, calendar, EPISODE_TICKS);
    C2g::new(Arc::new(spec), Arc::new(params), Arc::new(chosen), Arc::new(data), fixed_commit_mw)
}

/// Works out which scenario and markets are in force (D-7).
pub fn resolve(params: &Params, scenario: &str, market: &str, config: &Document) -> Result<Choice> {
    let found = params.scenarios.get(scenario).ok_or_else(|| {
        Error::unknown(Place::source("--scenario"), "scenario", scenario, params.scenarios.keys().map(String::as_str))
    })?;
    let find = |name: &str| -> Result<Market> {
        params.markets.get(name).cloned().ok_or_else(|| {
            Error::unknown(Place::source("--market"), "market", name, params.markets.keys().map(String::as_str))
        })
    };
    let global = params.fidelity.market_source == MarketSource::Global;
    let own_market = market.is_empty() || market == FROM_SCENARIO;
    let weather_name = if own_market { found.weather_market.clone() } else { market.to_owned() };
    let grid_name = match (global, own_market) {
        (true, _) => "nyiso_nyc".to_owned(),
        (false, true) => found.grid_market.clone(),
        (false, false) => market.to_owned(),
    };
    let grid = find(&grid_name)?;
    let load_csv = if grid_name == "nyiso_nyc" {
        match config.get("data.nyiso_zone") {
            Some(_) => config.fill::<String>("data.nyiso_zone")?,
            None => grid.load.csv.clone(),
        }
    } else {
        grid.load.csv.clone()
    };
    Ok(Choice {
        scenario_name: scenario.to_owned(),
        scenario: found.clone(),
        weather: find(&weather_name)?,
        grid,
        grid_name,
        weather_name,
        load_csv,
    })
}

/// Commitment while nobody bids: `--commit-mw`, else the scenario's baseline.
fn fixed_commitment(config: &Document, scenario: &Scenario) -> Result<f64> {
    if config.get("commitment.fixed_mw").is_none() {
        return Ok(scenario.dr_baseline_mw);
    }
    let mw: f64 = config.fill("commitment.fixed_mw")?;
    if (0.0..=scenario.committed_mw_max).contains(&mw) {
        return Ok(mw);
    }
    Err(Error::Range {
        place: config.place("commitment.fixed_mw"),
        key: "commitment.fixed_mw".to_owned(),
        value: mw,
        min: 0.0,
        max: scenario.committed_mw_max,
        unit: " MW".to_owned(),
    })
}

/// The site's clock: a start within the year, or 1 January when every series plays from its first record.
fn calendar(start: Option<Start>, zone: &str) -> Calendar {
    let start = match start {
        Some(s) => {
            let [month, day, hour, minute] = [s.month, s.day, s.hour, s.minute].map(|x| i8::try_from(x).unwrap_or(1));
            jiff::civil::datetime(2024, month, day, hour, minute, 0, 0)
        }
        None => jiff::civil::datetime(2024, 1, 1, 0, 0, 0, 0),
    };
    Calendar { tick_s: TICK_S, start, zone: zone.to_owned() }
}

/// Reads the series that the choices need and finds where they begin (core 12.2).
fn load_traces(source: &dyn TraceSource, chosen: &Choice, params: &Params, start: Option<Start>) -> Result<RawTraces> {
    let workload = trace::workload_arrays(source)?;
    let load = trace::load_series(source, &chosen.load_csv)?;
    let weather = trace::weather_series(source, &chosen.weather.weather.csv)?;
    let n = workload.batch_gpu_milli.len();
    let rows = (0..n).map(|i| {
        let at = |v: &[f64]| v.get(i).copied().unwrap_or(0.0);
        [at(&workload.batch_gpu_milli), at(&workload.genai_duty_pct), at(&workload.dlrm_gpu)]
    });
    let ticks = |seconds: u32| u64::from(seconds / TICK_S);
    let mut raw = RawTraces {
        workload: rows.collect(),
        workload_first: (0, 0),
        weather_source: weather.origin.to_string(),
        load: Series::new(load.load_mw.clone(), u64::from(params.fidelity.load_ticks_per_record)),
        weather: Series::new(weather.temp_degc.clone(), 3600 / u64::from(TICK_S)),
        regd: source.regd().map(|signal| signal.resampled(TICK_S)).unwrap_or_default(),
    };
    if let Some(start) = start {
        let offset = trace::workload_offset(start, n);
        raw.workload_first = (offset.record, ticks(offset.seconds_into_record));
        let offset = trace::load_offset(start, &load, trace::layout::market(&chosen.grid_name)?)?;
        raw.load.first = offset.record;
        // At one record a tick the position inside a record has no meaning.
        raw.load.elapsed_ticks =
            if params.fidelity.load_ticks_per_record > 1 { ticks(offset.seconds_into_record) } else { 0 };
        let offset = trace::weather_offset(start, &weather, trace::layout::market(&chosen.weather_name)?)?;
        raw.weather.first = offset.record;
        raw.weather.elapsed_ticks = ticks(offset.seconds_into_record);
    }
    Ok(raw)
}
