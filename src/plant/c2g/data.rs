//! The exogenous series of one site, with the position at which the episode begins.

use super::grid::median;
use super::params::{Market, Params, Scenario};
use super::workload::{Demand, WorkloadTable, stream_power_kw};

/// A series played with a fixed record length from an offset, wrapping at its end.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// The records.
    pub values: Vec<f64>,
    /// Record of tick 0.
    pub first: usize,
    /// Ticks of that record already over at tick 0.
    pub elapsed_ticks: u64,
    /// Ticks that a record lasts.
    pub ticks_per_record: u64,
}

impl Series {
    /// A series played from its first record.
    pub fn new(values: Vec<f64>, ticks_per_record: u64) -> Self {
        Self { values, first: 0, elapsed_ticks: 0, ticks_per_record: ticks_per_record.max(1) }
    }

    /// Record number at a tick.
    #[inline]
    pub fn index(&self, tick: u64) -> usize {
        let n = self.values.len().max(1) as u64;
        ((self.first as u64 + (tick + self.elapsed_ticks) / self.ticks_per_record) % n) as usize
    }

    /// Value at a tick (zero-order hold); 0 for an empty series.
    #[inline]
    pub fn at(&self, tick: u64) -> f64 {
        self.values.get(self.index(tick)).copied().unwrap_or(0.0)
    }
}

/// The traces as they come from files, before they become power.
#[derive(Debug, Clone, Default)]
pub struct RawTraces {
    /// Batch GPU-milli, GenAI duty in percent, recommendation GPUs: as long as each other.
    pub workload: Vec<[f64; 3]>,
    /// Record at which the workload begins and ticks of it already over.
    pub workload_first: (usize, u64),
    /// Zone load, MW.
    pub load: Series,
    /// Temperature, degC, hourly.
    pub weather: Series,
    /// Where the weather comes from (`real:<file>`, `synthetic:<market>`).
    pub weather_source: String,
    /// Recorded regulation signal by tick, −1..1; empty where the market's law makes it.
    pub regd: Vec<f64>,
}

/// Everything exogenous that a plant plays.
#[derive(Debug, Clone)]
pub struct SiteData {
    /// Workload as power.
    pub workload: WorkloadTable,
    /// Record of tick 0.
    pub workload_first: usize,
    /// Ticks of it already over at tick 0.
    pub workload_elapsed: u64,
    /// Ticks that a workload record lasts.
    pub workload_ticks: u64,
    /// Zone load, MW.
    pub load: Series,
    /// Median of the whole load file, MW.
    pub load_median_mw: f64,
    /// Maximum of the whole load file, MW.
    pub load_max_mw: f64,
    /// Temperature, degC.
    pub weather: Series,
    /// Where the weather comes from.
    pub weather_source: String,
    /// Recorded regulation signal by tick, −1..1; empty where the market's law makes it.
    pub regd: Vec<f64>,
}

impl SiteData {
    /// Works out what does not change over an episode.
    pub fn new(raw: RawTraces, params: &Params, scenario: &Scenario, tick_s: u32) -> Self {
        let demand = raw.workload.iter().map(|&r| demand(r, params, scenario)).collect();
        let (load_median_mw, load_max_mw) =
            (median(&raw.load.values), raw.load.values.iter().copied().fold(f64::MIN, f64::max));
        Self {
            workload: WorkloadTable { raw: raw.workload, demand },
            workload_first: raw.workload_first.0,
            workload_elapsed: raw.workload_first.1,
            // max(1, round(record / tick)) (core 2.3 step 2)
            workload_ticks: u64::from((params.site.workload.record_s + tick_s / 2) / tick_s).max(1),
            load: raw.load,
            load_median_mw,
            load_max_mw,
            weather: raw.weather,
            weather_source: raw.weather_source,
            regd: raw.regd,
        }
    }

    /// Workload record at a tick, and whether the tick is the record's first.
    #[inline]
    pub fn workload_index(&self, tick: u64) -> (usize, bool) {
        let n = self.workload.demand.len().max(1) as u64;
        let played = tick + self.workload_elapsed;
        let index = (self.workload_first as u64 + played / self.workload_ticks) % n;
        (index as usize, played.is_multiple_of(self.workload_ticks))
    }

    /// Recorded regulation signal that tick `tick` is scored against, from its beginning again at its end; `None`
    /// where the market's law makes the signal.
    #[inline]
    pub fn regd_at(&self, tick: u64) -> Option<f64> {
        let n = self.regd.len() as u64;
        if n == 0 { None } else { self.regd.get((tick % n) as usize).copied() }
    }

    /// Load over the file's maximum.
    #[inline]
    pub fn load_frac(&self, load_mw: f64) -> f64 {
        load_mw / self.load_max_mw
    }
}

/// A record of the traces as power (core 2.2).
pub fn demand(raw: [f64; 3], params: &Params, scenario: &Scenario) -> Demand {
    let (w, f) = (&params.site.workload, &params.fidelity);
    let [batch, duty, gpus] = raw;
    let is_spike = duty > w.spike_duty_pct;
    let genai = stream_power_kw(&w.genai, f.rack_a_max_kw, duty / w.genai.full_scale);
    let scale = if is_spike && f.apply_spike_scale { scenario.genai_spike_scale } else { 1.0 };
    Demand {
        base_a_kw: genai * scale,
        base_b_kw: stream_power_kw(&w.dlrm, f.rack_b_max_kw, gpus / w.dlrm.full_scale),
        arrived_kw: stream_power_kw(&w.batch, f.rack_a_max_kw, batch / w.batch.full_scale),
        is_spike,
    }
}

/// The choices that fix which parameters are in force.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Scenario name.
    pub scenario_name: String,
    /// The scenario.
    pub scenario: Scenario,
    /// Name of the market in force.
    pub grid_name: String,
    /// The market whose grid is simulated.
    pub grid: Market,
    /// Name of the market whose weather and temperature bounds hold.
    pub weather_name: String,
    /// That market.
    pub weather: Market,
    /// Key of the load file.
    pub load_csv: String,
}
