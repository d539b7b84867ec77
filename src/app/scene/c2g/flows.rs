//! What flows where on the C2G site.

use crate::app::scene::flow::{Flow, Path};
use crate::session::RunView;
use crate::signal::{Carrier, SignalId};

use super::Signals;

/// Power below which nothing moves, MW.
const IDLE_MW: f64 = 0.02;

const TIE: Path = &[(-8.0, 52.0), (-3.0, 43.0), (3.4, 37.0), (6.8, 32.0), (6.8, 27.2)];
const TO_UPS_A: Path = &[(11.6, 20.5), (14.6, 20.5), (14.6, 14.3), (16.6, 14.3)];
const TO_UPS_B: Path = &[(14.6, 20.5), (14.6, 28.3), (16.6, 28.3)];
const TO_PDU_A: Path = &[(25.9, 14.4), (26.6, 14.4)];
const TO_PDU_B: Path = &[(25.9, 28.4), (26.6, 28.4)];
const TO_ZONE_A: Path = &[(27.7, 14.4), (29.1, 14.4)];
const TO_ZONE_B: Path = &[(27.2, 29.8), (27.2, 43.4), (67.5, 43.4), (67.5, 38.0), (69.1, 38.0)];
const TO_COOLING: Path = &[(12.9, 20.5), (12.9, 45.0), (36.0, 45.0), (36.0, 46.6)];
const FROM_BATTERY: Path = &[(11.0, 0.6), (11.0, 2.8), (12.9, 2.8), (12.9, 20.5)];
const BATTERY_BUS: Path = &[(-1.7, 0.6), (23.1, 0.6)];

/// What flows where now.
pub(super) fn flows(s: &Signals, view: &RunView) -> Vec<Flow> {
    let flow = |points: Path, carrier: Carrier, signal: SignalId, scale: f64| {
        Flow::of(points, carrier, view.value(signal) * scale, IDLE_MW, 0.0092)
    };
    vec![
        flow(TIE, Carrier::Grid, s.facility, 1.0),
        flow(TO_COOLING, Carrier::Cooling, s.cooling, 1.0),
        flow(FROM_BATTERY, Carrier::Battery, s.battery, 8.0),
        flow(BATTERY_BUS, Carrier::Battery, s.battery, 5.0),
        flow(TO_UPS_B, Carrier::It, s.ups_b, 1.0),
        flow(TO_UPS_A, Carrier::It, s.ups_a, 1.0),
        flow(TO_PDU_A, Carrier::It, s.pdu_a, 1.0),
        flow(TO_PDU_B, Carrier::It, s.pdu_b, 1.0),
        flow(TO_ZONE_A, Carrier::It, s.it_a, 1.0),
        flow(TO_ZONE_B, Carrier::It, s.it_b, 1.0),
    ]
}
