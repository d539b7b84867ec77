//! From a line of a transition log back to a row (control 5.3): what the line holds, and what follows from it.
//!
//! A value that the line lacks and that does not follow from it stays NaN. NaN goes through every formula here, so that
//! a log without a column lacks what follows from that column too.

use std::collections::BTreeMap;

use crate::config::{Document, Result};

use super::bess::{Battery, State};
use super::data::Choice;
use super::electrical::Chain;
use super::factory::{EPISODE_TICKS, TICK_S, resolve};
use super::logged_market::{BidTold, Intervals, settle};
use super::logged_site::{Told, find};
use super::params::{Params, Tracking};
use super::row::{put_battery, put_chain, put_reward};
use super::signals::{COUNT, Col};
use super::thermal::{Regime, Twin};
use super::workload::Queue;

pub use super::logged_market::Bidder;

/// One line of a hardware log. What the file lacks is NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HardwareLine {
    /// Number of the tick in its episode.
    pub tick: u64,
    /// RegD that was shown before the action.
    pub regd_before: f64,
    /// Ambient before the action, on the observation's scale: what the cooling of this tick feels.
    pub ambient_before: f64,
    /// Temperatures of zones A and B before the action, on the observation's scale.
    pub temps_before: [f64; 2],
    /// State of charge before the action.
    pub soc_before: f64,
    /// Backlog before the action, over full batch power.
    pub backlog_before: f64,
    /// What was applied: throttle and pump speed as the next observation tells them, effort and dispatch as commanded,
    /// clipped, or pinned.
    pub applied: [f64; 4],
    /// The 18 observations after the step.
    pub after: [f64; 18],
    /// Reward, then its terms: throughput, tracking, thermal, charge, frequency, voltage, backlog.
    pub reward: [f64; 8],
}

/// One line of a macro log, by true meaning (control 5.3). What the file lacks is NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MacroLine {
    /// Number of the interval.
    pub interval: u64,
    /// The 19 observations after the interval.
    pub after: [f64; 19],
    /// Bid size and price, 0 to 1.
    pub bid: [f64; 2],
    /// Reward, then its terms: regulation, hardware, electricity, churn.
    pub reward: [f64; 5],
}

/// Sums since the first line.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    facility_mwh: f64,
    it_mwh: f64,
    energy_usd: f64,
    reward: f64,
    bess_mwh: f64,
    revenue_usd: f64,
    macro_reward: f64,
}

/// Turns lines into rows; lines come in order.
#[derive(Debug, Clone)]
pub struct Decoder {
    params: Params,
    choice: Choice,
    battery: Battery,
    twin: Twin,
    chain: Chain,
    /// Factor on the conductances of cooling that the scenario sets.
    fault: f64,
    age: f64,
    sums: Sums,
    intervals: Intervals,
    queue: Option<Queue>,
    /// Batch work that arrived on the tick before, MW: where it changes, a record of the trace begins.
    arrived_mw: f64,
    /// Nothing has to agree: it is asked what would follow.
    lenient: bool,
}

/// Signals that stand in a hardware log, with the observation, action or reward column that holds each.
pub const HARDWARE_COLUMNS: [(Col, &str); 27] = [
    (Col::TZoneA, "o_temp_A_norm"),
    (Col::TZoneB, "o_temp_B_norm"),
    (Col::Soc, "o_bess_soc"),
    (Col::PFlexArrived, "o_p_flex_nom_norm"),
    (Col::PFacility, "o_p_facility_norm"),
    (Col::Regd, "o_regd_signal"),
    (Col::Lmp, "o_lmp_norm"),
    (Col::GridLoadFrac, "o_grid_load_norm"),
    (Col::IsSpike, "o_is_spike"),
    (Col::Throttle, "o_prev_throttle"),
    (Col::PumpSpeed, "o_prev_pump_speed"),
    (Col::Pue, "o_pue_norm"),
    (Col::FDev, "o_freq_dev_norm"),
    (Col::VPcc, "o_v_pcc_pu"),
    (Col::Backlog, "o_backlog_norm"),
    (Col::Committed, "o_committed_mw_norm"),
    (Col::Reward, "r"),
    (Col::RThroughput, "r_throughput"),
    (Col::RTracking, "r_tracking"),
    (Col::RThermal, "r_thermal"),
    (Col::RSoc, "r_soc"),
    (Col::RFreq, "r_freq"),
    (Col::RVolt, "r_volt"),
    (Col::RBacklog, "r_backlog"),
    (Col::HvacEffort, "a_hvac_effort"),
    (Col::BessDispatch, "a_bess_dispatch"),
    (Col::TAmbient, "s_T_amb_norm"),
];

/// Signals that stand in a macro log, with the column that holds each: the file's names, which from the fifth
/// observation on say something else (control 5.3).
pub const MACRO_COLUMNS: [(Col, &str); 22] = [
    (Col::TZoneA, "o_temp_A_norm"),
    (Col::TZoneB, "o_temp_B_norm"),
    (Col::Soc, "o_bess_soc"),
    (Col::PFacility, "o_p_flex_nom_norm"),
    (Col::Lmp, "o_regd_signal"),
    (Col::MeanLmp, "o_regd_signal"),
    (Col::GridLoadFrac, "o_lmp_norm"),
    (Col::IntervalSpike, "o_is_spike"),
    (Col::IntervalTAMax, "o_prev_throttle"),
    (Col::IntervalTBMax, "o_prev_pump_speed"),
    (Col::BidMw, "o_pue_norm"),
    (Col::BidPrice, "o_T_amb_norm"),
    (Col::FDev, "o_freq_dev_norm"),
    (Col::VPcc, "o_v_pcc_pu"),
    (Col::IntervalBacklog, "o_backlog_norm"),
    (Col::Rmcp, "o_rmcp_norm"),
    (Col::Residual, "o_reg_need_norm"),
    (Col::MacroReward, "r"),
    (Col::MRegulation, "r_regulation"),
    (Col::MElec, "r_elec"),
    (Col::MChurn, "r_churn"),
    (Col::MSub, "r_sub"),
];

/// What is settled as an interval opens, and holds over it.
pub const OPENED: [Col; 9] = [
    Col::Rmcp,
    Col::RegNeed,
    Col::Residual,
    Col::BidMw,
    Col::BidPrice,
    Col::BidAccepted,
    Col::AcceptProb,
    Col::Rate,
    Col::BidVoid,
];

/// What happens on the tick that opens an interval.
pub const STRUCK: [Col; 2] = [Col::BidTaken, Col::BidLost];

/// Sums over intervals: nothing before the first one is closed.
pub const TOTALS: [Col; 2] = [Col::RevenueTotal, Col::MacroRewardTotal];

/// What an interval came to: written on the tick that closes it, and held until the next one is closed.
pub const CLOSED: [Col; 18] = [
    Col::Revenue,
    Col::RevenueTotal,
    Col::ElecCost,
    Col::Perf,
    Col::MacroReward,
    Col::MRegulation,
    Col::MSub,
    Col::MElec,
    Col::MChurn,
    Col::MChurnPen,
    Col::MacroRewardTotal,
    Col::MeanErr,
    Col::MeanLmp,
    Col::IntervalCommitted,
    Col::IntervalTAMax,
    Col::IntervalTBMax,
    Col::IntervalSpike,
    Col::IntervalBacklog,
];

/// 1 or 0; NaN where what it depends on is not known.
fn flag(on: bool, of: f64) -> f64 {
    if of.is_nan() { f64::NAN } else { f64::from(u8::from(on)) }
}

/// A value that the observation cuts off: at its bound it is not known.
fn below(x: f64, bound: f64) -> f64 {
    if x >= bound { f64::NAN } else { x }
}

/// Power below which the battery counts as idle, MW.
const IDLE_MW: f64 = 1e-6;

/// Largest difference of a state of charge that rounding to binary32 explains.
const SOC_ROUNDING: f64 = 3e-7;

/// Largest relative difference of a tracking error that rounding explains, and the same in MW.
const ERROR_ROUNDING: (f64, f64) = (1e-4, 2e-3);

impl Decoder {
    /// A decoder for a scenario and market of the site that `config` describes.
    ///
    /// # Errors
    /// A configuration that lacks or spoils something, an unknown scenario or market.
    pub fn new(config: &Document, axes: &BTreeMap<String, String>, bidder: Bidder) -> Result<Self> {
        let params = Params::from_document(config)?;
        let value = |name: &str, default: &'static str| axes.get(name).map_or(default, String::as_str);
        let choice = resolve(&params, value("scenario", "default"), value("market", ""), config)?;
        let dt_s = f64::from(TICK_S);
        let battery = Battery::new(&params.site.bess, params.fidelity.bess_e_mwh, params.fidelity.bess_p_mw, dt_s);
        let twin = Twin::new(&params.site.thermal, &params.thermal_override, dt_s);
        let chain = Chain::new(&params.site.electrical, params.fidelity.rack_a_max_kw, params.fidelity.rack_b_max_kw);
        let s = &choice.scenario;
        let of_scenario = if s.cooling_fault { s.fault_factor.unwrap_or(0.4) } else { 1.0 };
        let fault = params.thermal_override.fault_factor.unwrap_or(of_scenario);
        let period = u64::from(params.handshake.interval_s) / u64::from(TICK_S.max(1));
        Ok(Self {
            intervals: Intervals::new(period, bidder),
            params,
            choice,
            battery,
            twin,
            chain,
            fault,
            age: 0.0,
            sums: Sums::default(),
            queue: Some(Queue::default()),
            arrived_mw: f64::NAN,
            lenient: false,
        })
    }

    /// Asks for no agreement from here on: rows say what follows from the columns that a log has, whatever their values.
    pub fn be_lenient(&mut self) {
        self.lenient = true;
    }

    /// The commitment that logs without one were made with, on the observation's scale.
    pub fn commitment_norm(&self) -> f64 {
        self.choice.scenario.dr_baseline_mw / self.choice.scenario.committed_mw_max
    }

    /// Ambient that the cooling feels, °C: fixed by the scenario, or as observed where the weather drives it.
    fn ambient(&self, observed: f64) -> f64 {
        let s = &self.choice.scenario;
        if let Some(fixed) = self.params.thermal_override.T_amb {
            return fixed;
        }
        if !s.weather_driven {
            return s.t_ambient_degc;
        }
        // At its bounds the observation is cut off.
        let w = &self.choice.weather.weather;
        let inside = observed > 0.0 && observed < 1.0;
        if inside { w.norm_min_degc + (w.norm_max_degc - w.norm_min_degc) * observed } else { f64::NAN }
    }

    /// Whether ambient is read from the log; else it follows from the scenario.
    pub fn ambient_is_logged(&self) -> bool {
        self.choice.scenario.weather_driven && self.params.thermal_override.T_amb.is_none()
    }

    /// Writes the row of a line of the hardware log; columns that are not known are NaN.
    pub fn hardware(&mut self, line: &HardwareLine, out: &mut [f64]) {
        out.fill(f64::NAN);
        let Some(row) = out.first_chunk_mut::<COUNT>() else { return };
        let (p, s) = (&self.params, &self.choice.scenario);
        let (cap_mw, safe) = (p.site.facility_cap_kw / 1000.0, p.site.t_safe_degc);
        let hours = f64::from(TICK_S) / 3600.0;
        let flex_max_mw = p.site.workload.batch.racks * p.fidelity.rack_a_max_kw / 1000.0;
        let [
            t_a,
            t_b,
            soc,
            base,
            arrived,
            facility,
            regd,
            lmp,
            load,
            spike,
            _,
            _,
            pue,
            _,
            f_dev,
            v,
            backlog,
            committed,
        ] = line.after;
        let [throttle, pump, hvac, dispatch] = line.applied;
        let (t_a, t_b) = (t_a * safe, t_b * safe);
        let facility_mw = below(facility, 2.0) * cap_mw;
        let pue = below(pue, 2.0) * 2.5;
        let it_mw = facility_mw / pue;
        let lmp = below(lmp, 1.0) * 200.0;
        let f_dev_hz = below(f_dev.abs(), 1.0).copysign(f_dev) * 0.5;
        let v_pu = below(v, 1.1);
        let committed_mw = committed * s.committed_mw_max;
        let backlog_mw = below(backlog, 2.0) * flex_max_mw;
        let arrived_mw = arrived * cap_mw;
        let before_mw = below(line.backlog_before, 2.0) * flex_max_mw;
        // What rounding leaves below zero is nothing.
        let served_mw = at_least_zero(before_mw + arrived_mw - backlog_mw);
        let [reward, terms @ ..] = line.reward;
        let [_, tracking, _, _, frequency, voltage, _] = terms;
        let w = &p.reward;
        let error_mw = -tracking / w.tracking * (committed_mw * 1000.0).max(w.tracking_floor_kw) / 1000.0;
        let error_mw = if committed_mw.is_nan() { f64::NAN } else { at_least_zero(error_mw) };

        let mut put = |col: Col, value: f64| row[col as usize] = value;
        put(Col::TZoneA, t_a);
        put(Col::TZoneB, t_b);
        put(Col::THottest, if t_a.is_nan() || t_b.is_nan() { f64::NAN } else { t_a.max(t_b) });
        let ambient = self.ambient(line.ambient_before);
        put(Col::TAmbient, ambient);
        put(Col::Soc, soc);
        put(Col::SocPct, 100.0 * soc);
        put(Col::PFacility, facility_mw);
        put(Col::Pue, pue);
        put(Col::PIt, it_mw);
        put(Col::PItDemand, base * cap_mw + served_mw);
        put(Col::Regd, regd);
        put(Col::Committed, committed_mw);
        put(Col::RegdDemanded, committed_mw * line.regd_before);
        put(Col::TrackingError, error_mw);
        put(Col::Lmp, lmp);
        put(Col::GridLoadFrac, load);
        put(Col::FDev, f_dev_hz);
        put(Col::FGrid, self.choice.grid.f_nominal_hz + f_dev_hz);
        put(Col::Backlog, backlog_mw);
        put(Col::IsSpike, spike);
        put(Col::PFlexArrived, arrived_mw);
        put(Col::PFlexServed, served_mw);
        put(Col::Throttle, throttle);
        put(Col::PumpSpeed, pump);
        put(Col::HvacEffort, hvac);
        put(Col::BessDispatch, dispatch);
        put(Col::QueueIdle, flag(throttle < 1.0 && backlog_mw <= 0.0, throttle + backlog_mw));
        put(Col::VPcc, v_pu);
        put(Col::BessEnergy, soc * self.battery.e_mwh);

        // Cooling draws what it is told to draw (core 4).
        let t = self.twin.params();
        let pump_mw = if pump.is_nan() { f64::NAN } else { t.pump_max_mw * pump.clamp(0.0, 1.0).max(t.pump_min_speed) };
        let hvac_mw = t.zone_b.hvac_max_mw * hvac.clamp(0.0, 1.0);
        let cool_mw = hvac_mw + pump_mw - self.twin.baseline_mw();
        put(Col::PPump, pump_mw);
        put(Col::PHvac, hvac_mw);
        put(Col::CoolDelta, cool_mw);
        put(Col::PumpFloor, flag(pump < t.pump_min_speed, pump));

        // Work that counts as shed, and with the battery what was delivered (core 8.2).
        let flex_mw = match p.fidelity.tracking {
            Tracking::Code => (1.0 - throttle) * arrived_mw,
            Tracking::SeedLiteral => served_mw,
            Tracking::Physical => arrived_mw - served_mw,
        };
        put(Col::FlexReduction, flex_mw);
        let bess = self.storage(line.soc_before, soc, dispatch);
        if let Some((report, state)) = &bess {
            put_battery(&mut put, report);
            put(Col::BessAge, state.age);
            put(Col::BessFade, self.battery.fade(state));
            let (up_mwh, down_mwh) = self.battery.reach(state, self.battery.p_max_mw, 0.25);
            put(Col::BessUp15, up_mwh * 60.0);
            put(Col::BessDown15, down_mwh * 60.0);
            // It answers as a whole battery does: none of it is out of service.
            put(Col::BessOut, 0.0);
            put(
                Col::BessState,
                match report.actual_mw {
                    mw if mw > IDLE_MW => 2.0,
                    mw if mw < -IDLE_MW => 1.0,
                    _ if report.command_mw.abs() > IDLE_MW => 3.0,
                    _ => 0.0,
                },
            );
            self.age = state.age;
            self.sums.bess_mwh += report.actual_mw.abs() * hours;
            put(Col::BessCycles, self.sums.bess_mwh / (2.0 * self.battery.e_mwh));
            let cooling = if p.fidelity.tracking == Tracking::SeedLiteral { 0.0 } else { cool_mw };
            let (delivered, demanded) = (flex_mw + report.actual_mw - cooling, committed_mw * line.regd_before);
            // The recorded penalty says whether anything else counted (a fault, an override).
            let differs = ((demanded - delivered).abs() - error_mw).abs();
            let differs = if self.lenient { differs * 0.0 } else { differs };
            if differs <= ERROR_ROUNDING.1 + ERROR_ROUNDING.0 * error_mw {
                put(Col::RegdDelivered, delivered);
                put(Col::TrackingErrorSigned, delivered - demanded);
            }
        }

        put_reward(&mut put, reward, terms);

        let sums = &mut self.sums;
        sums.facility_mwh += facility_mw * hours;
        sums.it_mwh += it_mw * hours;
        sums.energy_usd += lmp * facility_mw * hours;
        sums.reward += reward;
        put(Col::PueEpisode, sums.facility_mwh / sums.it_mwh);
        put(Col::EnergyCostTotal, sums.energy_usd);
        put(Col::RewardTotal, sums.reward);

        // The frequency reward says more than the observation, which is cut off at 0.5 Hz.
        let (site, grid) = (&p.site, &p.grid);
        put(Col::WarnA, flag(t_a > site.t_warn_a_degc, t_a));
        put(Col::WarnB, flag(t_b > site.t_warn_b_degc, t_b));
        put(Col::WarnSoc, flag(soc < w.soc_low, soc));
        put(Col::WarnFreq, flag(frequency < 0.0, frequency));
        put(Col::WarnVolt, flag(voltage < 0.0, voltage));
        let hot = flag(t_a > safe || t_b > safe, t_a + t_b);
        let beyond_hz = -frequency / w.frequency + grid.frequency_dead_band_hz;
        let off = flag(frequency < 0.0 && beyond_hz > grid.frequency_trip_hz, frequency);
        let low = flag(v < site.electrical.pcc.v_trip_pu, v);
        put(Col::FaultThermal, hot);
        put(Col::FaultFreq, off);
        put(Col::FaultVolt, low);
        put(Col::Terminated, flag(hot + off + low > 0.0, hot + off + low));
        put(Col::Truncated, flag(line.tick + 1 >= EPISODE_TICKS, 0.0));

        let [before_a, before_b] = line.temps_before;
        let told = Told {
            before_degc: [before_a * safe, before_b * safe],
            after_degc: [t_a, t_b],
            ambient_degc: ambient,
            pump,
            hvac,
            facility_mw,
            it_mw,
            demand_mw: base * cap_mw + served_mw,
            v_pu,
            fault: self.fault,
        };
        self.site(&told, served_mw, row);
        self.waiting(line.tick, arrived_mw, throttle, backlog_mw, row);
        self.intervals.tick(line.tick, facility, &self.params, &self.choice, self.lenient, row);
    }

    /// Writes power chain and cooling, where they can be found again.
    fn site(&self, told: &Told, served_mw: f64, row: &mut [f64; COUNT]) {
        let Some(site) = find(told, &self.chain, &self.twin, self.lenient) else { return };
        let (f, c) = (&site.flow, &site.cooling);
        let mut put = |col: Col, value: f64| row[col as usize] = value;
        let [heat_a, heat_b] = site.heat_mw;
        put(Col::PBaseA, at_least_zero(heat_a - served_mw));
        put(Col::PBaseB, at_least_zero(heat_b));
        put_chain(&mut put, f);
        put(Col::PduEtaA, f.a.it_mw / (f.a.it_mw + f.a.pdu_loss_mw));
        put(Col::PduEtaB, f.b.it_mw / (f.b.it_mw + f.b.pdu_loss_mw));
        put(Col::XfmrEta, (f.facility_mw - f.xfmr_loss_mw) / f.facility_mw);
        put(Col::PCoolA, f.cooling_mw - c.p_hvac_mw - c.p_pump_mw);
        put(Col::HvacRegime, f64::from(c.regime as u8));
        put(Col::CopAir, c.cop_air);
        let s_mva = (f.facility_mw * f.facility_mw + f.q_mvar * f.q_mvar).sqrt();
        put(Col::SPcc, s_mva);
        put(Col::XfmrLoading, 100.0 * s_mva / self.chain.rating_mva());
        let q = self.chain.reactive(f);
        put(Col::QItA, q.it_a_mvar);
        put(Col::QItB, q.it_b_mvar);
        put(Col::QChillerA, (f.cooling_mw - c.p_hvac_mw - c.p_pump_mw) * q.cooling_per_mw);
        put(Col::QPump, c.p_pump_mw * q.cooling_per_mw);
        put(Col::QHvac, c.p_hvac_mw * q.cooling_per_mw);
        put(Col::QAux, q.aux_mvar);
        put(Col::HvacIdle, flag(told.hvac > 0.0 && c.regime == Regime::BelowSupply, 0.0));
        put(Col::HvacCapacity, flag(told.hvac > 0.0 && c.regime == Regime::Capacity, 0.0));
        put(Col::ImpairedA, flag(told.fault < 1.0, 0.0));
        put(Col::ImpairedB, flag(told.fault < 1.0, 0.0));
    }

    /// Writes how long work waits: the queue is run again, from the log's first tick on (core 2.3).
    fn waiting(&mut self, tick: u64, arrived_mw: f64, throttle: f64, backlog_mw: f64, row: &mut [f64; COUNT]) {
        let begins = arrived_mw != std::mem::replace(&mut self.arrived_mw, arrived_mw);
        let p = &self.params;
        let full_kw = p.site.workload.batch.racks * p.fidelity.rack_a_max_kw;
        let Some(queue) = &mut self.queue else { return };
        let served = queue.step(tick, begins, arrived_mw * 1000.0, full_kw * throttle.clamp(0.0, 1.0));
        let differs = (served.backlog_kw / 1000.0 - backlog_mw).abs();
        if differs > ERROR_ROUNDING.1 + ERROR_ROUNDING.0 * backlog_mw && !self.lenient || differs.is_nan() {
            self.queue = None;
            return;
        }
        row[Col::AvgDelay as usize] = served.avg_delay_ticks;
        row[Col::OldestAge as usize] = served.oldest_age_ticks;
    }

    /// A tick is lacking: what is summed up from the beginning does not follow any more.
    pub fn skip(&mut self) {
        self.queue = None;
    }

    /// The battery's tick made again; `None` where the recorded charge says that something else happened.
    fn storage(&self, before: f64, after: f64, dispatch: f64) -> Option<(super::bess::Report, State)> {
        let mut state = State { soc: before, age: self.age };
        let report = self.battery.step(&mut state, dispatch * self.battery.p_max_mw);
        let differs = (state.soc - after).abs();
        (differs <= SOC_ROUNDING || (self.lenient && !differs.is_nan())).then_some((report, state))
    }

    /// Writes the row of a line of the macro log, one interval; columns that are not known are NaN.
    pub fn bids(&mut self, line: &MacroLine, out: &mut [f64]) {
        out.fill(f64::NAN);
        let Some(row) = out.first_chunk_mut::<COUNT>() else { return };
        let (p, s, h) = (&self.params, &self.choice.scenario, &self.params.handshake);
        let (cap_mw, safe) = (p.site.facility_cap_kw / 1000.0, p.site.t_safe_degc);
        let [
            t_a,
            t_b,
            soc,
            _,
            facility,
            _,
            lmp,
            load,
            error_ratio,
            spike,
            head_a,
            head_b,
            bid_mw,
            bid_price,
            f_dev,
            v,
            backlog,
            rmcp,
            residual,
        ] = line.after;
        let [reward, regulation, sub, elec, churn] = line.reward;
        let mut put = |col: Col, value: f64| row[col as usize] = value;
        put(Col::TZoneA, t_a * safe);
        put(Col::TZoneB, t_b * safe);
        put(Col::THottest, if t_a.is_nan() || t_b.is_nan() { f64::NAN } else { t_a.max(t_b) * safe });
        put(Col::Soc, soc);
        put(Col::SocPct, 100.0 * soc);
        put(Col::BessEnergy, soc * self.battery.e_mwh);
        put(Col::PFacility, facility * cap_mw);
        put(Col::Lmp, lmp * 200.0);
        put(Col::MeanLmp, lmp * 200.0);
        put(Col::GridLoadFrac, load);
        put(Col::IntervalSpike, spike);
        put(Col::IntervalTAMax, safe - head_a * safe);
        put(Col::IntervalTBMax, safe - head_b * safe);
        put(Col::BidMw, bid_mw * s.committed_mw_max);
        put(Col::BidPrice, bid_price * 2.0 * h.rmcp_max_usd);
        put(Col::FDev, f_dev * 0.5);
        put(Col::FGrid, self.choice.grid.f_nominal_hz + f_dev * 0.5);
        put(Col::VPcc, v);
        put(Col::IntervalBacklog, backlog);
        put(Col::Rmcp, rmcp * h.rmcp_max_usd);
        put(Col::Residual, residual * s.committed_mw_max);
        put(Col::MacroReward, reward);
        put(Col::MRegulation, regulation);
        put(Col::MSub, sub);
        put(Col::MElec, elec);
        put(Col::MChurn, churn);
        put(Col::MChurnPen, -churn / h.lambda_churn);
        let revenue = regulation * 1000.0 / h.lambda_revenue;
        put(Col::Revenue, revenue);
        put(Col::ElecCost, -elec * 1000.0 / h.lambda_electricity);
        self.sums.revenue_usd += revenue;
        self.sums.macro_reward += reward;
        put(Col::RevenueTotal, self.sums.revenue_usd);
        put(Col::MacroRewardTotal, self.sums.macro_reward);
        // Means multiplied are not the mean of the products: the energy bought does not follow.
        put(Col::Interval, (line.interval + 1) as f64);
        put(Col::IntervalClosed, 1.0);
        let told = BidTold {
            mw: bid_mw * s.committed_mw_max,
            price_usd: bid_price * 2.0 * h.rmcp_max_usd,
            rmcp_usd: rmcp * h.rmcp_max_usd,
            residual_mw: residual * s.committed_mw_max,
            error_ratio,
            revenue_usd: revenue,
        };
        settle(&told, p, &self.choice, self.lenient, row);
    }
}

/// The value, or 0 where it is below; NaN stays.
fn at_least_zero(x: f64) -> f64 {
    if x < 0.0 { 0.0 } else { x }
}
