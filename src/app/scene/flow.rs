//! Flows on the ground, as wide as their power, with dashes that move the way it goes.

use bevy::math::Vec3;

use crate::signal::Carrier;

use super::solid::Solid;
use super::tint::{Paint, Tint};

/// Height of the flows above the ground.
const LEVEL: f32 = 0.13;

/// Length of a dash and of the gap behind it.
const DASH: (f32, f32) = (1.35, 1.05);

/// Corners of a flow's path on the ground.
pub(super) type Path = &'static [(f32, f32)];

/// One flow along a path.
pub(super) struct Flow {
    points: Path,
    carrier: Carrier,
    /// Width in the picture's own unit.
    pub width: f32,
    /// 1 along the path, −1 against it, 0 where nothing moves.
    pub way: f32,
}

impl Flow {
    /// A flow of `amount` (+ = along the path), `scale` units wide for each of its own; below `idle` nothing moves.
    pub fn of(points: Path, carrier: Carrier, amount: f64, idle: f64, scale: f64) -> Self {
        let size = if amount.is_finite() { amount.abs() } else { 0.0 };
        let way = if size < idle { 0.0 } else { amount.signum() as f32 };
        Self { points, carrier, width: (size * scale).clamp(0.24, 1.15) as f32, way }
    }
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
