//! From the quantities of a tick to the columns of its row.

use super::bess;
use super::electrical::Flow;
use super::interval::Settlement;
use super::signals::{Col, Row};
use super::state::State;
use super::thermal::{Cooling, Regime};
use super::workload::{Demand, Served};

/// Everything that a tick computed, in the source's units.
pub(super) struct Tick {
    pub throttle: f64,
    pub pump: f64,
    pub pump_floor: f64,
    pub hvac: f64,
    pub dispatch: f64,
    pub demand: Demand,
    pub served: Served,
    pub cooling: Cooling,
    /// Factors on the zones' cooling conductances; 1 is sound.
    pub fault_a: f64,
    pub fault_b: f64,
    pub flow: Flow,
    pub bess: bess::Report,
    /// Share of the battery that is in service.
    pub bess_available: f64,
    pub v_pcc_pu: f64,
    pub load_mw: f64,
    pub lmp_usd: f64,
    pub energy_cost_usd: f64,
    pub load_frac: f64,
    pub demanded_kw: f64,
    pub delivered_kw: f64,
    pub err_kw: f64,
    pub flex_kw: f64,
    pub cool_delta_kw: f64,
    pub terms: [f64; 7],
    pub reward: f64,
    pub warm_a: bool,
    pub warm_b: bool,
    pub soc_low: bool,
    pub frequency_off: bool,
    pub voltage_off: bool,
    pub fault_thermal: bool,
    pub fault_frequency: bool,
    pub fault_voltage: bool,
    pub truncated: bool,
    pub bid_made: bool,
    /// Whether size and price of the bid now stand elsewhere than the bid in force.
    pub bid_waits: [bool; 2],
}

impl Default for Tick {
    fn default() -> Self {
        Self {
            throttle: 1.0,
            pump: 1.0,
            pump_floor: 0.0,
            hvac: 0.0,
            dispatch: 0.0,
            demand: Demand { base_a_kw: 0.0, base_b_kw: 0.0, arrived_kw: 0.0, is_spike: false },
            served: Served { served_kw: 0.0, backlog_kw: 0.0, avg_delay_ticks: 0.0, oldest_age_ticks: 0.0 },
            cooling: Cooling {
                t_a_degc: 0.0,
                t_b_degc: 0.0,
                p_cool_a_mw: 0.0,
                p_hvac_mw: 0.0,
                p_pump_mw: 0.0,
                regime: Regime::Convection,
                cop_air: 0.0,
                cop_liquid: 0.0,
            },
            fault_a: 1.0,
            fault_b: 1.0,
            flow: Flow::default(),
            bess: bess::Report::default(),
            bess_available: 1.0,
            v_pcc_pu: 1.0,
            load_mw: 0.0,
            lmp_usd: 0.0,
            energy_cost_usd: 0.0,
            load_frac: 0.0,
            demanded_kw: 0.0,
            delivered_kw: 0.0,
            err_kw: 0.0,
            flex_kw: 0.0,
            cool_delta_kw: 0.0,
            terms: [0.0; 7],
            reward: 0.0,
            warm_a: false,
            warm_b: false,
            soc_low: false,
            frequency_off: false,
            voltage_off: false,
            fault_thermal: false,
            fault_frequency: false,
            fault_voltage: false,
            truncated: false,
            bid_made: false,
            bid_waits: [false; 2],
        }
    }
}

pub(super) fn flag(on: bool) -> f64 {
    f64::from(u8::from(on))
}

/// Kilowatts as megawatts.
fn mw(kw: f64) -> f64 {
    kw / 1000.0
}

/// Writes the power chain between grid and racks.
pub(super) fn put_chain(put: &mut impl FnMut(Col, f64), f: &Flow) {
    put(Col::PItA, f.a.it_mw);
    put(Col::PItB, f.b.it_mw);
    put(Col::PUpsInA, f.a.ups_in_mw);
    put(Col::PUpsInB, f.b.ups_in_mw);
    put(Col::PPduInA, f.a.it_mw + f.a.pdu_loss_mw);
    put(Col::PPduInB, f.b.it_mw + f.b.pdu_loss_mw);
    put(Col::UpsLossA, f.a.ups_loss_mw);
    put(Col::UpsLossB, f.b.ups_loss_mw);
    put(Col::PduLossA, f.a.pdu_loss_mw);
    put(Col::PduLossB, f.b.pdu_loss_mw);
    put(Col::UpsEtaA, f.a.ups_eta);
    put(Col::UpsEtaB, f.b.ups_eta);
    put(Col::XfmrLoss, f.xfmr_loss_mw);
    put(Col::PXfmrOut, f.facility_mw - f.xfmr_loss_mw);
    put(Col::PCooling, f.cooling_mw);
    put(Col::PAux, f.aux_mw);
    put(Col::PLoss, f.ups_loss_mw + f.pdu_loss_mw + f.xfmr_loss_mw);
    put(Col::Pf, f.pf);
    put(Col::Q, f.q_mvar);
    put(Col::VDrop, f.v_drop_pu);
}

/// Writes what the battery did on a tick.
pub(super) fn put_battery(put: &mut impl FnMut(Col, f64), b: &bess::Report) {
    put(Col::PBess, b.actual_mw);
    put(Col::PBessDerated, b.derated_mw);
    put(Col::PBessCell, b.cell_mw);
    put(Col::PBessLoss, b.cell_mw - b.actual_mw);
    put(Col::BessEta, b.eta);
    put(Col::BessCRate, b.c_rate);
    put(Col::BessStored, b.stored_mwh);
    put(Col::BessHeat, b.heat_kw);
    put(Col::BessMaxCharge, b.max_charge_mw);
    put(Col::BessMaxDischarge, b.max_discharge_mw);
    put(Col::BessLimited, flag((b.actual_mw - b.command_mw).abs() > 1e-6));
}

/// Writes the hardware's reward and its terms: throughput, tracking, thermal, charge, frequency, voltage, backlog.
pub(super) fn put_reward(put: &mut impl FnMut(Col, f64), reward: f64, terms: [f64; 7]) {
    put(Col::Reward, reward);
    let [throughput, tracking, thermal, soc, frequency, voltage, backlog] = terms;
    put(Col::RThroughput, throughput);
    put(Col::RTracking, tracking);
    put(Col::RThermal, thermal);
    put(Col::RSoc, soc);
    put(Col::RFreq, frequency);
    put(Col::RVolt, voltage);
    put(Col::RBacklog, backlog);
}

/// Writes what holds on every tick. Columns of a closed interval keep their value.
pub(super) fn write_tick(row: &mut Row, st: &State, t: &Tick, f_nominal_hz: f64, e_mwh: f64) {
    let mut put = |col: Col, value: f64| row[col as usize] = value;
    let (d, s, c, f, b) = (&t.demand, &t.served, &t.cooling, &t.flow, &t.bess);
    put(Col::TZoneA, st.t_a_degc);
    put(Col::TZoneB, st.t_b_degc);
    put(Col::THottest, st.t_a_degc.max(st.t_b_degc));
    put(Col::TAmbient, st.t_ambient_degc);
    put(Col::Soc, st.battery.soc);
    put(Col::PFacility, f.facility_mw);
    put(Col::PIt, f.it_mw);
    put(Col::PItDemand, mw(d.base_a_kw + d.base_b_kw + s.served_kw));
    put(Col::Pue, f.pue);
    put(Col::PueEpisode, if st.it_mwh > 0.0 { st.facility_mwh / st.it_mwh } else { f.pue });
    put(Col::RegdDemanded, mw(t.demanded_kw));
    put(Col::RegdDelivered, mw(t.delivered_kw));
    put(Col::TrackingError, mw(t.err_kw));
    put(Col::FlexReduction, mw(t.flex_kw));
    put(Col::CoolDelta, mw(t.cool_delta_kw));
    put(Col::Regd, st.regd_shown);
    put(Col::Committed, st.committed_mw);
    put(Col::Lmp, t.lmp_usd);
    put(Col::GridLoad, t.load_mw);
    put(Col::GridLoadFrac, t.load_frac);
    put(Col::FGrid, st.f_hz);
    put(Col::FDev, st.f_hz - f_nominal_hz);
    put(Col::Backlog, mw(s.backlog_kw));
    put(Col::AvgDelay, s.avg_delay_ticks);
    put(Col::OldestAge, s.oldest_age_ticks);
    put(Col::IsSpike, flag(d.is_spike));
    put(Col::PBaseA, mw(d.base_a_kw));
    put(Col::PBaseB, mw(d.base_b_kw));
    put(Col::PFlexArrived, mw(d.arrived_kw));
    put(Col::PFlexServed, mw(s.served_kw));
    put(Col::Throttle, t.throttle);
    put(Col::PumpSpeed, t.pump);
    put(Col::HvacEffort, t.hvac);
    put(Col::BessDispatch, t.dispatch);
    put_battery(&mut put, b);
    put(Col::BessEnergy, st.battery.soc * e_mwh);
    put(Col::BessAge, st.battery.age);
    put(Col::PumpFloor, flag(t.pump < t.pump_floor));
    put(Col::QueueIdle, flag(t.throttle < 1.0 && s.backlog_kw <= 0.0));
    put_chain(&mut put, f);
    put(Col::PCoolA, c.p_cool_a_mw);
    put(Col::PPump, c.p_pump_mw);
    put(Col::PHvac, c.p_hvac_mw);
    put(Col::HvacRegime, f64::from(c.regime as u8));
    put(Col::CopAir, c.cop_air);
    put(Col::VPcc, t.v_pcc_pu);
    put_reward(&mut put, t.reward, t.terms);
    put(Col::WarnA, flag(t.warm_a));
    put(Col::WarnB, flag(t.warm_b));
    put(Col::WarnSoc, flag(t.soc_low));
    put(Col::WarnFreq, flag(t.frequency_off));
    put(Col::WarnVolt, flag(t.voltage_off));
    put(Col::FaultThermal, flag(t.fault_thermal));
    put(Col::FaultFreq, flag(t.fault_frequency));
    put(Col::FaultVolt, flag(t.fault_voltage));
    put(Col::Terminated, flag(t.fault_thermal || t.fault_frequency || t.fault_voltage));
    put(Col::Truncated, flag(t.truncated));
    put(Col::Rate, st.rate_usd);
    put(Col::RevenueTotal, st.revenue_usd);
    put(Col::EnergyCostTotal, st.energy_cost_usd);
    put(Col::BidTaken, flag(t.bid_made && st.bid.is_some_and(|b| b.accepted)));
    put(Col::BidLost, flag(t.bid_made && st.bid.is_some_and(|b| !b.accepted)));
    let none = f64::NAN;
    let (offer, bid) = match st.bid {
        Some(bid) => (Some(st.offer), Some(bid)),
        None => (None, None),
    };
    put(Col::Rmcp, offer.map_or(none, |o| o.rmcp_usd));
    put(Col::RegNeed, offer.map_or(none, |o| o.need_mw));
    put(Col::Residual, offer.map_or(none, |o| o.residual_mw));
    put(Col::BidMw, bid.map_or(none, |b| b.mw));
    put(Col::BidPrice, bid.map_or(none, |b| b.price_usd));
    put(Col::BidAccepted, bid.map_or(none, |b| flag(b.accepted)));
    put(Col::AcceptProb, bid.map_or(none, |b| b.probability));
}

/// Columns of an interval that has not been closed yet have no value.
const INTERVAL_COLUMNS: [Col; 23] = [
    Col::Revenue,
    Col::ElecCost,
    Col::Perf,
    Col::MacroReward,
    Col::MRegulation,
    Col::MSub,
    Col::MElec,
    Col::MChurn,
    Col::MChurnPen,
    Col::MeanErr,
    Col::MeanLmp,
    Col::IntervalCommitted,
    Col::IntervalTAMax,
    Col::IntervalTBMax,
    Col::IntervalSpike,
    Col::IntervalBacklog,
    Col::IntervalTicks,
    Col::IntervalFlex,
    Col::IntervalBess,
    Col::IntervalCool,
    Col::IntervalPump,
    Col::IntervalHvac,
    Col::EnergyCost,
];

/// Marks everything about closed intervals as unknown.
pub(super) fn write_unsettled(row: &mut Row) {
    for col in INTERVAL_COLUMNS {
        row[col as usize] = f64::NAN;
    }
}

/// Writes what an interval came to. The macro reward exists only where somebody bid.
pub(super) fn write_interval(row: &mut Row, st: &State, s: &Settlement) {
    let sums = &st.sums;
    let mut put = |col: Col, value: f64| row[col as usize] = value;
    let mean = |sum: f64| sums.mean(sum);
    put(Col::Interval, st.intervals as f64);
    put(Col::Revenue, s.revenue_usd);
    put(Col::RevenueTotal, st.revenue_usd);
    put(Col::ElecCost, s.electricity_usd);
    put(Col::EnergyCost, sums.energy_cost_usd);
    put(Col::MacroRewardTotal, st.macro_reward_sum);
    put(Col::Perf, s.perf);
    let [regulation, sub, elec, churn] = s.terms;
    let bids = st.bid.is_some();
    let only = |x: f64| if bids { x } else { f64::NAN };
    put(Col::MacroReward, only(s.reward));
    put(Col::MRegulation, only(regulation));
    put(Col::MSub, only(sub));
    put(Col::MElec, only(elec));
    put(Col::MChurn, only(churn));
    put(Col::MChurnPen, only(s.churn));
    put(Col::MeanErr, mw(mean(sums.err_kw)));
    put(Col::MeanLmp, mean(sums.lmp));
    put(Col::IntervalCommitted, st.committed_mw);
    put(Col::IntervalTAMax, sums.t_a_max);
    put(Col::IntervalTBMax, sums.t_b_max);
    put(Col::IntervalSpike, flag(sums.spike));
    put(Col::IntervalBacklog, mean(sums.backlog));
    put(Col::IntervalTicks, f64::from(sums.ticks));
    put(Col::IntervalFlex, mw(mean(sums.flex_kw)));
    put(Col::IntervalBess, mw(mean(sums.bess_kw)));
    put(Col::IntervalCool, mw(mean(sums.cool_kw)));
    put(Col::IntervalPump, mean(sums.pump_mw));
    put(Col::IntervalHvac, mean(sums.hvac_mw));
}
