//! The regulation market as macro planners know it: what a bid is worth before the offer is seen.
//!
//! The clearing price is paid whatever was asked (core 6.7, 9), so a higher price only makes the bid less likely to be
//! taken: in the benchmark's market a price of 0 is optimal. A cost-aware bid asks for what serving costs instead.

use serde::{Deserialize, Serialize};

use super::site::Site;
use crate::control::rule_based::entry;
use crate::plant::c2g::TICK_S;
use crate::plant::c2g::grid::Offer;

/// How the price of a bid is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::control) enum Market {
    /// Price 0: the clearing price is paid whatever was asked.
    Benchmark,
    /// What serving costs in money: wear of the battery and the energy that it loses.
    CostAware,
}

/// Intervals of a macro plan.
pub(in crate::control) const INTERVALS: usize = 8;

/// What the 19 macro observations say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::control) struct MacroView {
    /// State of charge at the end of the last interval.
    pub soc: f64,
    /// Mean size of the regulation signal.
    pub regd_mean_abs: f64,
    /// Mean energy price, $/MWh.
    pub lmp_usd: f64,
    /// Mean grid load over its maximum.
    pub load_frac: f64,
    /// Mean tracking error over commitment.
    pub error_frac: f64,
    /// Smaller head-room of both zones over the trip temperature.
    pub head_room: f64,
    /// Size of the last bid, 0..1.
    pub last_bid: f64,
    /// Mean frequency deviation over 0.5 Hz.
    pub f_deviation: f64,
    /// Mean voltage, pu.
    pub v_pu: f64,
    /// Whether an interval has been closed before this decision.
    pub closed: bool,
}

impl MacroView {
    /// Reads the observation vector (core 9).
    pub fn of(obs: &[f64]) -> Self {
        Self {
            soc: entry(obs, 2),
            regd_mean_abs: entry(obs, 5),
            lmp_usd: entry(obs, 6) * 200.0,
            load_frac: entry(obs, 7),
            error_frac: entry(obs, 8),
            head_room: entry(obs, 10).min(entry(obs, 11)),
            last_bid: entry(obs, 12),
            f_deviation: entry(obs, 14),
            v_pu: entry(obs, 15),
            closed: entry(obs, 17) > 0.0,
        }
    }

    /// Smallest and largest bid that the guard rails of `rule_macro` leave (control 4.1), 0..1.
    ///
    /// `baseline` is the commitment of a rejected bid: a smaller bid would be paid less and its error weighs more, to
    /// the point where a bid of nothing is "taken" and every megawatt off costs 20 a tick (core 8.4, 9).
    pub fn rails(&self, baseline: f64) -> (f64, f64) {
        let mut high: f64 = 1.0;
        if self.head_room < 0.10 {
            high = high.min(0.30);
        }
        if self.v_pu < 0.96 {
            high = high.min(0.40);
        }
        // A grid that sags is answered with more regulation, inside the other rails.
        let low = if self.f_deviation < -0.3 { f64::max(baseline, 0.2) } else { baseline };
        (f64::min(low, high), high)
    }
}

/// What the hardware agent below leaves as tracking error: a constant part and a share of what is asked, learned
/// from interval to interval. Least squares with a prior; old intervals fade.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::control) struct Skill {
    /// Sums over intervals: weight, demand, demand², error, demand · error.
    sums: [f64; 5],
}

/// Constant error expected before anything is seen, MW: half of what idling pumps cost in the source's agents.
const PRIOR_CONSTANT_MW: f64 = 0.25;
/// Share of what is asked expected to be missed before anything is seen.
const PRIOR_SHARE: f64 = 0.03;
/// Largest share that is believed: a hot or empty site misses more for a while, not by law.
const MOST_SHARE: f64 = 0.2;
/// Smallest constant that is believed, MW: without one a small commitment would look as good as a large one.
const LEAST_CONSTANT_MW: f64 = 0.05;
/// Intervals that the prior counts for.
const PRIOR_WEIGHT: f64 = 3.0;
/// What one interval later is left of an interval's weight.
const FADE: f64 = 0.97;

impl Default for Skill {
    fn default() -> Self {
        Self { sums: [0.0; 5] }
    }
}

impl Skill {
    /// Takes in an interval: mean demand and mean error, MW.
    pub fn learn(&mut self, demand_mw: f64, error_mw: f64) {
        if !(demand_mw.is_finite() && error_mw.is_finite()) {
            return;
        }
        let new = [1.0, demand_mw, demand_mw * demand_mw, error_mw, demand_mw * error_mw];
        for (sum, x) in self.sums.iter_mut().zip(new) {
            *sum = FADE * *sum + x;
        }
    }

    /// Constant part in MW and share of demand.
    pub fn parts(&self) -> (f64, f64) {
        let [n, d, dd, e, de] = self.sums;
        // The prior: so many intervals around a demand of 3 MW.
        let (w, typical) = (PRIOR_WEIGHT, 3.0);
        let prior = PRIOR_CONSTANT_MW + PRIOR_SHARE * typical;
        let spread = 1.0;
        let (n, d, dd) = (n + w, d + w * typical, dd + w * (typical * typical + spread));
        let (e, de) = (e + w * prior, de + w * (typical * prior + spread * PRIOR_SHARE));
        let share = ((n * de - d * e) / (n * dd - d * d)).clamp(0.0, MOST_SHARE);
        (((e - share * d) / n).max(LEAST_CONSTANT_MW), share)
    }
}

/// The market and the site as one function: what a bid is worth.
pub(in crate::control) struct Worth<'a> {
    site: &'a Site,
    /// Expected clearing price, $.
    pub rmcp_usd: f64,
    /// Need that competitors leave open, MW.
    pub residual_mw: f64,
    constant_mw: f64,
    share: f64,
    /// Standard deviation of the signal that is shown.
    pub sigma: f64,
    /// What the site can reduce and add, MW.
    capability_mw: (f64, f64),
    wear_usd_per_mwh: f64,
    /// Energy price, $/MWh.
    lmp_usd: f64,
}

/// Ratio of mean size to standard deviation of a normal number: √(2/π).
const MEAN_ABS: f64 = 0.797_884_560_802_865_4;

impl<'a> Worth<'a> {
    /// The market of the coming intervals as it stands in the last one.
    pub fn new(site: &'a Site, view: &MacroView, skill: &Skill, wear_usd_per_mwh: f64) -> Self {
        let (market, grid) = (&site.grid, &site.params.grid);
        // The noise of the offer is new on every interval: its mean is the best forecast.
        let offer = Offer::draw(market, grid, view.lmp_usd, view.load_frac, 0.0);
        let regd = market.regd;
        let stress = if site.params.fidelity.apply_stress_scale { site.scenario.grid_stress_scale } else { 1.0 };
        let sigma = regd.sigma / (1.0 - regd.rho * regd.rho).max(1e-9).sqrt() * stress;
        let thermal = &site.params.site.thermal;
        let hvac = |share: f64| share * thermal.zone_b.hvac_max_mw;
        let (discharge, charge) = site.battery_reach_mw(view.soc);
        let cooling = if site.cooling_counts() { 1.0 } else { 0.0 };
        let (constant_mw, share) = skill.parts();
        Self {
            rmcp_usd: offer.rmcp_usd,
            residual_mw: offer.residual_mw,
            constant_mw,
            share,
            sigma,
            capability_mw: (
                discharge + cooling * hvac(thermal.nominal_hvac),
                charge + cooling * hvac(1.0 - thermal.nominal_hvac),
            ),
            wear_usd_per_mwh,
            lmp_usd: view.lmp_usd,
            site,
        }
    }

    /// Mean demand of a commitment, MW.
    pub fn demand_mw(&self, committed_mw: f64) -> f64 {
        committed_mw * self.sigma * MEAN_ABS
    }

    /// Commitment whose demand the site can serve on all but the rarest ticks (two standard deviations), MW.
    pub fn coverage(&self, committed_mw: f64) -> f64 {
        2.0 * self.sigma * committed_mw
    }

    /// What the site can add, the scarcer side, MW.
    pub fn capability_mw(&self) -> f64 {
        self.capability_mw.0.min(self.capability_mw.1)
    }

    /// Expected tracking error at a commitment, MW: what the agent leaves, and what no lever can reach.
    pub fn error_mw(&self, committed_mw: f64) -> f64 {
        let spread = committed_mw * self.sigma;
        let beyond = |reach: f64| {
            if spread <= 0.0 {
                return 0.0;
            }
            let z = reach / spread;
            let density = libm::exp(-0.5 * z * z) * 0.398_942_280_401_432_7;
            let tail = 0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2);
            spread * density - reach * tail
        };
        let (up, down) = self.capability_mw;
        self.constant_mw + self.share * self.demand_mw(committed_mw) + beyond(up).max(0.0) + beyond(down).max(0.0)
    }

    /// Hours of an interval.
    pub fn hours(&self) -> f64 {
        f64::from(self.site.params.handshake.interval_s) / 3600.0
    }

    /// Reward of an interval at a commitment and a rate in $/MW·h, without what no bid changes (core 9).
    pub fn reward(&self, committed_mw: f64, rate_usd: f64) -> f64 {
        let (h, error) = (&self.site.params.handshake, self.error_mw(committed_mw));
        let perf = (1.0 - error / committed_mw.max(0.001)).max(0.0);
        let revenue = rate_usd * committed_mw * perf * self.hours();
        h.lambda_revenue * revenue / 1000.0 - self.site.error_price_per_mw(committed_mw) * error
    }

    /// Reward of an interval whose bid is rejected.
    pub fn rejected(&self) -> f64 {
        self.reward(self.site.scenario.dr_baseline_mw, self.site.scenario.dr_rate_usd_mwh)
    }

    /// Probability that a bid is taken. The offer's noise flattens the market's logistic curve: the usual
    /// approximation of a logistic function under a normal argument.
    pub fn accepted(&self, price_usd: f64, mw: f64) -> f64 {
        let k = self.site.params.handshake.sigmoid_k_p;
        let noise = k * self.site.params.grid.rmcp_noise_usd;
        let flat = 1.0 / (1.0 + std::f64::consts::PI * noise * noise / 8.0).sqrt();
        let p = 1.0 / (1.0 + libm::exp(-k * flat * (self.rmcp_usd - price_usd)));
        p * (self.residual_mw / mw.max(0.01)).min(1.0)
    }

    /// What a bid asks for, $/MW·h.
    pub fn price_usd(&self, market: Market, mw: f64) -> f64 {
        match market {
            Market::Benchmark => 0.0,
            Market::CostAware => {
                // Every MW·h of regulation moves so many MWh through the battery, as far as it reaches.
                let through = self.demand_mw(mw).min(self.site.battery.p_max_mw) / mw.max(0.1);
                let eta = self.site.params.site.bess.eta_peak;
                let cost = through * (self.wear_usd_per_mwh + self.lmp_usd * (1.0 - eta * eta));
                cost.clamp(0.0, 2.0 * self.site.params.handshake.rmcp_max_usd)
            }
        }
    }

    /// Expected reward of a bid.
    pub fn bid(&self, market: Market, mw: f64) -> f64 {
        let chance = self.accepted(self.price_usd(market, mw), mw);
        chance * self.reward(mw, self.rmcp_usd) + (1.0 - chance) * self.rejected()
    }

    /// Charge that an interval's losses take at a commitment.
    pub fn soc_lost(&self, committed_mw: f64) -> f64 {
        let b = &self.site.params.site.bess;
        let through = self.demand_mw(committed_mw).min(self.site.battery.p_max_mw) * self.hours();
        through * (1.0 - b.eta_peak * b.eta_peak) / 2.0 / self.site.battery.e_mwh
    }

    /// Charge that must be at hand on either side to serve an interval at a commitment.
    pub fn soc_reserve(&self, committed_mw: f64) -> f64 {
        self.demand_mw(committed_mw).min(self.site.battery.p_max_mw) * self.hours() / 2.0 / self.site.battery.e_mwh
    }

    /// Charge that a megawatt of charging gains and of discharging spends over an interval.
    pub fn soc_per_mw(&self, soc: f64) -> (f64, f64) {
        let ticks = self.hours() * 3600.0 / f64::from(TICK_S);
        let (spent, gained) = self.site.soc_per_mw_tick(soc, self.site.battery.p_max_mw / 2.0);
        (gained * ticks, spent * ticks)
    }
}
