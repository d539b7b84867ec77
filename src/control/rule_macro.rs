//! `rule_macro`: bids by grid load, below last interval's price, less when hot (control 4.1).

use super::rule_based::entry;
use super::{Controller, Decision, f32_image};

pub(super) struct RuleMacro;

impl Controller for RuleMacro {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let obs = decision.observation;
        let load = entry(obs, 7);
        let mut bid: f64 = if load > 0.7 {
            0.80
        } else if load > 0.4 {
            0.50
        } else {
            0.20
        };
        // Zero on the first interval, because no price has been seen yet.
        let price = (0.4 * entry(obs, 17)).clamp(0.0, 1.0);
        if entry(obs, 10).min(entry(obs, 11)) < 0.10 {
            bid = bid.min(0.30);
        }
        if entry(obs, 14) < -0.3 {
            bid = (bid + 0.2).min(1.0);
        }
        if entry(obs, 15) < 0.96 {
            bid = bid.min(0.40);
        }
        for (out, value) in action.iter_mut().zip([bid, price]) {
            *out = f32_image(value);
        }
    }
}
