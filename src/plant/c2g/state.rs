//! Everything of the plant that changes from tick to tick: what a snapshot holds.

use serde::{Deserialize, Serialize};

use super::bess;
use super::grid::{Offer, RegdState};
use super::interval::{Bid, Settlement, Sums};
use super::workload::Queue;

/// Everything that changes from tick to tick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub tick: u64,
    pub t_a_degc: f64,
    pub t_b_degc: f64,
    pub t_ambient_degc: f64,
    pub battery: bess::State,
    pub queue: Queue,
    pub regd: RegdState,
    /// Signal shown in the observation: what this tick is scored against.
    pub regd_shown: f64,
    pub f_hz: f64,
    /// Commitment before input overrides, MW.
    pub committed_base_mw: f64,
    /// Commitment in force, MW.
    pub committed_mw: f64,
    pub rate_usd: f64,
    pub offer: Offer,
    pub bid: Option<Bid>,
    pub prev_bid_norm: f64,
    pub market_active: bool,
    pub interval_start: u64,
    pub intervals: u64,
    /// Bids made since reset: the index of the market's random streams.
    pub bids: u64,
    pub sums: Sums,
    pub obs: [f64; 18],
    pub macro_obs: [f64; 19],
    pub it_mwh: f64,
    pub facility_mwh: f64,
    pub energy_cost_usd: f64,
    pub revenue_usd: f64,
    /// Sum of the hardware reward.
    pub reward_sum: f64,
    /// Sum of the macro reward over the intervals with a bid.
    pub macro_reward_sum: f64,
    /// Energy through the battery's terminals, both ways, MWh.
    pub bess_mwh: f64,
    pub settlement: Option<Settlement>,
}

impl Default for State {
    /// An empty site at tick 0; an episode sets temperatures, charge, frequency and commitment.
    fn default() -> Self {
        Self {
            tick: 0,
            t_a_degc: 0.0,
            t_b_degc: 0.0,
            t_ambient_degc: 0.0,
            battery: bess::State { soc: 0.0, age: 0.0 },
            queue: Queue::default(),
            regd: RegdState::default(),
            regd_shown: 0.0,
            f_hz: 0.0,
            committed_base_mw: 0.0,
            committed_mw: 0.0,
            rate_usd: 0.0,
            offer: Offer::default(),
            bid: None,
            prev_bid_norm: 0.5,
            market_active: false,
            interval_start: 0,
            intervals: 0,
            bids: 0,
            sums: Sums::default(),
            obs: [0.0; 18],
            macro_obs: [0.0; 19],
            it_mwh: 0.0,
            facility_mwh: 0.0,
            energy_cost_usd: 0.0,
            revenue_usd: 0.0,
            reward_sum: 0.0,
            macro_reward_sum: 0.0,
            bess_mwh: 0.0,
            settlement: None,
        }
    }
}
