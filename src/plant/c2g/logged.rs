//! From a line of a transition log back to a row (control 5.3): what the line holds, and what follows from it.
//!
//! A value that the line lacks and that does not follow from it stays NaN. NaN goes through every formula here, so that
//! a log without a column lacks what follows from that column too.

use std::collections::BTreeMap;

use crate::config::{Document, Result};

use super::bess::{Battery, State};
use super::data::Choice;
use super::factory::{EPISODE_TICKS, TICK_S, resolve};
use super::params::{Params, Tracking};
use super::row::{put_battery, put_reward};
use super::signals::{COUNT, Col};
use super::thermal::Twin;

/// One line of a hardware log. What the file lacks is NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HardwareLine {
    /// Number of the tick in its episode.
    pub tick: u64,
    /// RegD that was shown before the action.
    pub regd_before: f64,
    /// Ambient before the action, on the observation's scale: what the cooling of this tick feels.
    pub ambient_before: f64,
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
    age: f64,
    sums: Sums,
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

/// 1 or 0; NaN where what it depends on is not known.
fn flag(on: bool, of: f64) -> f64 {
    if of.is_nan() { f64::NAN } else { f64::from(u8::from(on)) }
}

/// A value that the observation cuts off: at its bound it is not known.
fn below(x: f64, bound: f64) -> f64 {
    if x >= bound { f64::NAN } else { x }
}

/// Largest difference of a state of charge that rounding to binary32 explains.
const SOC_ROUNDING: f64 = 3e-7;

/// Largest relative difference of a tracking error that rounding explains, and the same in MW.
const ERROR_ROUNDING: (f64, f64) = (1e-4, 2e-3);

impl Decoder {
    /// A decoder for a scenario and market of the site that `config` describes.
    ///
    /// # Errors
    /// A configuration that lacks or spoils something, an unknown scenario or market.
    pub fn new(config: &Document, axes: &BTreeMap<String, String>) -> Result<Self> {
        let params = Params::from_document(config)?;
        let value = |name: &str, default: &'static str| axes.get(name).map_or(default, String::as_str);
        let choice = resolve(&params, value("scenario", "default"), value("market", ""), config)?;
        let dt_s = f64::from(TICK_S);
        let battery = Battery::new(&params.site.bess, params.fidelity.bess_e_mwh, params.fidelity.bess_p_mw, dt_s);
        let twin = Twin::new(&params.site.thermal, &params.thermal_override, dt_s);
        Ok(Self { params, choice, battery, twin, age: 0.0, sums: Sums::default() })
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
        put(Col::TAmbient, self.ambient(line.ambient_before));
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
            self.age = state.age;
            self.sums.bess_mwh += report.actual_mw.abs() * hours;
            put(Col::BessCycles, self.sums.bess_mwh / (2.0 * self.battery.e_mwh));
            let cooling = if p.fidelity.tracking == Tracking::SeedLiteral { 0.0 } else { cool_mw };
            let (delivered, demanded) = (flex_mw + report.actual_mw - cooling, committed_mw * line.regd_before);
            // The recorded penalty says whether anything else counted (a fault, an override).
            let differs = ((demanded - delivered).abs() - error_mw).abs();
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
    }

    /// The battery's tick made again; `None` where the recorded charge says that something else happened.
    fn storage(&self, before: f64, after: f64, dispatch: f64) -> Option<(super::bess::Report, State)> {
        let mut state = State { soc: before, age: self.age };
        let report = self.battery.step(&mut state, dispatch * self.battery.p_max_mw);
        ((state.soc - after).abs() <= SOC_ROUNDING).then_some((report, state))
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
            _,
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
    }
}

/// The value, or 0 where it is below; NaN stays.
fn at_least_zero(x: f64) -> f64 {
    if x < 0.0 { 0.0 } else { x }
}
