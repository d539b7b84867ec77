//! What flows where on the C2G site.

use crate::app::scene::flow::{Flow, Path, gear};
use crate::session::RunView;
use crate::signal::{Carrier, SignalId};

use super::Signals;

/// Power below which nothing moves, and with which dashes are fastest, MW.
const SPAN_MW: (f64, f64) = (0.02, 140.0);

/// Pump speed below which the coolant stands, and at which it is fastest.
const SPAN_PUMP: (f64, f64) = (0.01, 1.0);

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

/// Height of the coolant's dashes, on top of the manifolds, and their width.
const PIPE: (f32, f32) = (4.71, 0.3);

/// Supply and return above each row of zone A.
const MANIFOLDS: [(Path, Path); 5] = [
    (&[(33.8, 3.75), (62.9, 3.75)], &[(33.8, 4.75), (62.9, 4.75)]),
    (&[(33.8, 11.15), (62.9, 11.15)], &[(33.8, 12.15), (62.9, 12.15)]),
    (&[(33.8, 18.55), (62.9, 18.55)], &[(33.8, 19.55), (62.9, 19.55)]),
    (&[(33.8, 25.95), (62.9, 25.95)], &[(33.8, 26.95), (62.9, 26.95)]),
    (&[(33.8, 33.35), (62.9, 33.35)], &[(33.8, 34.35), (62.9, 34.35)]),
];

/// What flows where now.
pub(super) fn flows(s: &Signals, view: &RunView) -> Vec<Flow> {
    let flow = |points: Path, carrier: Carrier, signal: SignalId, scale: f64| {
        let mw = view.value(signal);
        let mut flow = Flow::of(points, carrier, mw * scale, SPAN_MW, 0.0092);
        // Wider than it is, so that it can be seen, but not faster.
        flow.rate = gear(mw, SPAN_MW.1);
        flow
    };
    let mut flows = vec![
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
    ];
    for (supply, back) in MANIFOLDS {
        let pipe = |points: Path, way: f64| {
            Flow::of(points, Carrier::Cooling, way * view.value(s.pump_speed), SPAN_PUMP, 0.1).piped(PIPE.0, PIPE.1)
        };
        flows.extend([pipe(supply, 1.0), pipe(back, -1.0)]);
    }
    flows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::c2g::plan::{CABINET, FLOOR, HALL_A, row_y};

    #[test]
    fn coolant_flows_on_top_of_its_manifolds() {
        for (row, (supply, back)) in MANIFOLDS.into_iter().enumerate() {
            for (path, dy) in [(supply, 0.75), (back, 1.75)] {
                assert!(path.iter().all(|(_, y)| (y - row_y(row) - dy).abs() < 1e-3), "row {row}");
                assert!((path[1].0 - (HALL_A.row_end() - 0.5)).abs() < 0.5, "row {row}");
            }
        }
        let top = FLOOR + CABINET.1 + 0.42 + 0.17;
        assert!(PIPE.0 > top && PIPE.0 < top + 0.1);
    }
}
