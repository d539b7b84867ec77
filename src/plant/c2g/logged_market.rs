//! Market intervals made again from transition logs (core 9): sums over the hardware agent's ticks, and what became of
//! the macro agent's bid.

use super::data::Choice;
use super::grid::Offer;
use super::params::{ElectricityCost, Params};
use super::row::flag;
use super::signals::{COUNT, Col};

/// Who bids in the market, as far as a log's folder tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bidder {
    /// Nobody: the hardware agent runs alone, on the baseline commitment.
    Nobody,
    /// A macro agent, whose log is another file.
    Somebody,
    /// The folder does not tell.
    #[default]
    Unknown,
}

/// Sums over the ticks of an interval. A tick that is lacking makes all of them unknown.
#[derive(Debug, Clone, Copy)]
struct Sums {
    ticks: f64,
    facility_norm: f64,
    lmp: f64,
    cost_usd: f64,
    error_mw: f64,
    backlog: f64,
    reward: f64,
    t_a_max: f64,
    t_b_max: f64,
    spike: f64,
    flex_mw: f64,
    bess_mw: f64,
    cool_mw: f64,
    pump_mw: f64,
    hvac_mw: f64,
}

impl Sums {
    fn begin(known: bool) -> Self {
        let zero = if known { 0.0 } else { f64::NAN };
        let low = if known { f64::NEG_INFINITY } else { f64::NAN };
        Self {
            ticks: zero,
            facility_norm: zero,
            lmp: zero,
            cost_usd: zero,
            error_mw: zero,
            backlog: zero,
            reward: zero,
            t_a_max: low,
            t_b_max: low,
            spike: zero,
            flex_mw: zero,
            bess_mw: zero,
            cool_mw: zero,
            pump_mw: zero,
            hvac_mw: zero,
        }
    }
}

/// The larger one; NaN where either is.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// What an interval came to, column by column.
const CLOSED: [Col; 23] = [
    Col::Interval,
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
    Col::Perf,
    Col::ElecCost,
    Col::Revenue,
    Col::RevenueTotal,
    Col::MSub,
    Col::MElec,
    Col::MacroRewardTotal,
    Col::MRegulation,
];

/// Intervals of a hardware log.
#[derive(Debug, Clone)]
pub(super) struct Intervals {
    period: u64,
    bidder: Bidder,
    sums: Sums,
    next_tick: u64,
    revenue_usd: f64,
    /// Columns of the interval closed last.
    closed: [f64; CLOSED.len()],
}

impl Intervals {
    pub fn new(period: u64, bidder: Bidder) -> Self {
        let mut closed = [f64::NAN; CLOSED.len()];
        let nothing = if bidder == Bidder::Nobody { 0.0 } else { f64::NAN };
        for (cell, col) in closed.iter_mut().zip(CLOSED) {
            match col {
                Col::Interval => *cell = 0.0,
                Col::RevenueTotal | Col::MacroRewardTotal => *cell = nothing,
                _ => {}
            }
        }
        Self { period: period.max(1), bidder, sums: Sums::begin(true), next_tick: 0, revenue_usd: nothing, closed }
    }

    /// Takes in the row of a tick, and writes what it and the interval closed last tell. `facility_norm` is the facility
    /// observation; `always` closes on every tick.
    pub fn tick(
        &mut self,
        tick: u64,
        facility_norm: f64,
        p: &Params,
        choice: &Choice,
        always: bool,
        row: &mut [f64; COUNT],
    ) {
        if tick.is_multiple_of(self.period) {
            self.sums = Sums::begin(true);
        } else if tick != self.next_tick {
            self.sums = Sums::begin(false);
        }
        self.next_tick = tick + 1;
        let at = |col: Col| row[col as usize];
        let full_mw = p.site.workload.batch.racks * p.fidelity.rack_a_max_kw / 1000.0;
        let s = &mut self.sums;
        s.ticks += 1.0;
        s.facility_norm += facility_norm;
        s.lmp += at(Col::Lmp);
        s.cost_usd += at(Col::Lmp) * at(Col::PFacility) * f64::from(super::factory::TICK_S) / 3600.0;
        s.error_mw += at(Col::TrackingError);
        s.backlog += (at(Col::Backlog) / full_mw).min(2.0) + if at(Col::Backlog).is_nan() { f64::NAN } else { 0.0 };
        s.reward += at(Col::Reward);
        s.t_a_max = larger(s.t_a_max, at(Col::TZoneA));
        s.t_b_max = larger(s.t_b_max, at(Col::TZoneB));
        s.spike = larger(s.spike, at(Col::IsSpike));
        s.flex_mw += at(Col::FlexReduction);
        s.bess_mw += at(Col::PBess);
        s.cool_mw += at(Col::CoolDelta);
        s.pump_mw += at(Col::PPump);
        s.hvac_mw += at(Col::PHvac);
        // An episode that trips closes its interval.
        let closes = always || (tick + 1).is_multiple_of(self.period) || at(Col::Terminated) == 1.0;
        if closes {
            self.close(tick, at(Col::Committed), p, choice);
        }
        let mut put = |col: Col, value: f64| row[col as usize] = value;
        put(Col::IntervalClosed, flag(closes));
        for (value, col) in self.closed.iter().zip(CLOSED) {
            put(col, *value);
        }
        if self.bidder == Bidder::Nobody {
            put(Col::Rate, choice.scenario.dr_rate_usd_mwh);
            for col in [Col::BidTaken, Col::BidLost, Col::BidVoid, Col::BidSizeWaits, Col::BidPriceWaits] {
                put(col, 0.0);
            }
        }
    }

    fn close(&mut self, tick: u64, committed_mw: f64, p: &Params, choice: &Choice) {
        let (s, h) = (&self.sums, &p.handshake);
        let mean = |sum: f64| sum / s.ticks;
        let hours = f64::from(h.interval_s) / 3600.0;
        let perf = 1.0 - mean(s.error_mw) / committed_mw.max(1e-3);
        let perf = if perf < 0.0 { 0.0 } else { perf };
        let scale = match p.fidelity.electricity_cost {
            ElectricityCost::Normalised => 1.0,
            ElectricityCost::Physical => p.site.facility_cap_kw / 1000.0,
        };
        let electricity_usd = mean(s.lmp) * (mean(s.facility_norm) * scale) * hours;
        let alone = |value: f64| if self.bidder == Bidder::Nobody { value } else { f64::NAN };
        let bids = |value: f64| if self.bidder == Bidder::Somebody { value } else { f64::NAN };
        let revenue_usd = alone(choice.scenario.dr_rate_usd_mwh * committed_mw * perf * hours);
        self.revenue_usd += revenue_usd;
        let period = self.period;
        for (cell, col) in self.closed.iter_mut().zip(CLOSED) {
            *cell = match col {
                Col::Interval => (tick / period + 1) as f64,
                Col::MeanErr => mean(s.error_mw),
                Col::MeanLmp => mean(s.lmp),
                Col::IntervalCommitted => committed_mw,
                Col::IntervalTAMax => s.t_a_max,
                Col::IntervalTBMax => s.t_b_max,
                Col::IntervalSpike => s.spike,
                Col::IntervalBacklog => mean(s.backlog),
                Col::IntervalTicks => s.ticks,
                Col::IntervalFlex => mean(s.flex_mw),
                Col::IntervalBess => mean(s.bess_mw),
                Col::IntervalCool => mean(s.cool_mw),
                Col::IntervalPump => mean(s.pump_mw),
                Col::IntervalHvac => mean(s.hvac_mw),
                Col::EnergyCost => s.cost_usd,
                Col::Perf => perf,
                Col::ElecCost => electricity_usd,
                Col::Revenue => revenue_usd,
                Col::RevenueTotal => self.revenue_usd,
                Col::MSub => bids(mean(s.reward)),
                Col::MElec => bids(-h.lambda_electricity * electricity_usd / 1000.0),
                Col::MacroRewardTotal => alone(0.0),
                _ => f64::NAN,
            };
        }
    }
}

/// What a macro log tells of a bid and its interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct BidTold {
    /// Size, MW.
    pub mw: f64,
    /// Price, $.
    pub price_usd: f64,
    /// Clearing price, $.
    pub rmcp_usd: f64,
    /// Need that competitors leave open, MW.
    pub residual_mw: f64,
    /// Mean tracking error over the commitment.
    pub error_ratio: f64,
    /// What the interval earned, $.
    pub revenue_usd: f64,
}

/// What became of a bid: whether it was taken follows from what the interval earned. `lenient` asks for no agreement.
pub(super) fn settle(told: &BidTold, p: &Params, choice: &Choice, lenient: bool, row: &mut [f64; COUNT]) {
    let (s, h) = (&choice.scenario, &p.handshake);
    let mut put = |col: Col, value: f64| row[col as usize] = value;
    let fill = choice.grid.regulation.competitor_fill;
    let need_mw = if fill < 1.0 { told.residual_mw / (1.0 - fill) } else { f64::NAN };
    put(Col::RegNeed, need_mw);
    let offer = Offer { rmcp_usd: told.rmcp_usd, need_mw, residual_mw: told.residual_mw };
    let known = !(told.mw + told.price_usd + told.rmcp_usd + told.residual_mw).is_nan();
    put(Col::AcceptProb, if known { offer.acceptance(h, told.price_usd, told.mw) } else { f64::NAN });
    let perf = 1.0 - told.error_ratio;
    let perf = if perf < 0.0 { 0.0 } else { perf };
    put(Col::Perf, perf);
    let hours = f64::from(h.interval_s) / 3600.0;
    let taken = (told.mw.clamp(0.0, s.committed_mw_max), told.rmcp_usd);
    let lost = (s.dr_baseline_mw.clamp(0.0, s.committed_mw_max), s.dr_rate_usd_mwh);
    let misses = |(mw, rate): (f64, f64)| (rate * mw * perf * hours - told.revenue_usd).abs();
    let (miss_taken, miss_lost) = (misses(taken), misses(lost));
    if (miss_taken + miss_lost).is_nan() {
        return;
    }
    let near = 1e-5 * told.revenue_usd.abs() + 1e-4;
    let accepted = miss_taken <= miss_lost;
    // Both explain it, or neither: nobody can say.
    let clear = lenient || (miss_taken.min(miss_lost) <= near && miss_taken.max(miss_lost) > near);
    if !clear {
        return;
    }
    let (committed_mw, rate) = if accepted { taken } else { lost };
    put(Col::BidAccepted, flag(accepted));
    put(Col::BidTaken, flag(accepted));
    put(Col::BidLost, flag(!accepted));
    put(Col::BidVoid, flag(!accepted));
    put(Col::Committed, committed_mw);
    put(Col::IntervalCommitted, committed_mw);
    put(Col::Rate, rate);
    put(Col::MeanErr, told.error_ratio * committed_mw);
}
