//! Flows on the ground, as wide as their power, with dashes that move the way it goes.

use bevy::math::Vec3;

use crate::app::scene::solid::Solid;
use crate::app::scene::tint::{Paint, Tint};
use crate::session::RunView;
use crate::signal::{Carrier, SignalId};

use super::Signals;

/// Height of the flows above the ground.
const LEVEL: f32 = 0.13;

/// Length of a dash and of the gap behind it.
const DASH: (f32, f32) = (1.35, 1.05);

/// Power below which nothing moves, MW.
const IDLE_MW: f64 = 0.02;

/// One flow along a path.
pub(super) struct Flow {
    points: &'static [(f32, f32)],
    carrier: Carrier,
    /// Width in the picture's own unit.
    pub width: f32,
    /// 1 along the path, −1 against it, 0 where nothing moves.
    pub way: f32,
}

type Path = &'static [(f32, f32)];

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
        let mw = view.value(signal);
        let size = if mw.is_finite() { mw.abs() * scale } else { 0.0 };
        let way = if size < IDLE_MW { 0.0 } else { mw.signum() as f32 };
        Flow { points, carrier, width: (size * 0.0092).clamp(0.24, 1.15) as f32, way }
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

/// Draws them; `phase` is how far the dashes have moved, in turns.
pub(super) fn draw(solid: &mut Solid, paint: &Paint, flows: &[Flow], phase: f32) {
    for (level, flow) in flows.iter().enumerate() {
        // Flows that meet lie on each other, never in each other.
        let z = LEVEL + level as f32 * 0.012;
        let points: Vec<Vec3> = flow.points.iter().map(|(x, y)| Vec3::new(*x, *y, z)).collect();
        let [r, g, b, _] = paint.theme.accent_of(flow.carrier).to_array();
        let accent = Tint::bytes(r, g, b);
        solid.path(&points, flow.width + 0.36, accent.over(paint.ground, 0.24));
        let raised: Vec<Vec3> = points.iter().map(|p| *p + Vec3::Z * 0.006).collect();
        solid.path(&raised, flow.width + 0.14, accent.over(paint.ground, 0.5));
        if flow.way != 0.0 {
            let raised: Vec<Vec3> = points.iter().map(|p| *p + Vec3::Z * 0.012).collect();
            let dash = if paint.is_dark() { accent.over(Tint([1.0; 3]), 0.9) } else { accent };
            solid.dashes(&raised, (flow.width * 0.55).max(0.24), DASH, phase * flow.way, dash);
        }
    }
}
