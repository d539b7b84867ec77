//! Head-room of the data centre: what the grid would see of the three levers. Nobody has promised anything to it.

use crate::plant::{HeadroomLever, HeadroomSpec, Measured};

use super::signals::Col;
use super::tables::{BATTERY, COOLING, SHIFT};

/// One decision of 15 minutes, counted from what the data centre would draw with every lever at rest.
pub(super) fn headroom() -> HeadroomSpec {
    let lever = |slot: usize, col: Col, factor: f64| HeadroomLever {
        slot,
        action: 0,
        part: Measured::from_rest(col as usize, factor),
    };
    HeadroomSpec {
        ticks: 1,
        unit: "kW".to_owned(),
        decimals: 0,
        delivered: Measured::from_rest(Col::PGrid as usize, -1.0),
        commitment: None,
        levers: vec![
            lever(BATTERY, Col::PBattery, 1.0),
            lever(SHIFT, Col::PIt, -1.0),
            lever(COOLING, Col::PHvac, -1.0),
        ],
        limits: [Col::TOutletMax, Col::OldestAge, Col::QueueFill].map(|c| c as usize).to_vec(),
        note: "Against what it draws with every lever at rest; outlets and queue stay within their limits.".to_owned(),
    }
}
