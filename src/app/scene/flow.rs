//! Flows on the ground, as wide as their power, with dashes that move the way it goes.

use bevy::math::Vec3;

use crate::signal::Carrier;

use super::solid::Solid;
use super::tint::{Paint, Tint};

/// Height of the flows above the ground.
const LEVEL: f32 = 0.13;

/// Speeds that dashes can have: tenths of the fastest, so that all are where they were after ten turns.
pub(super) const GEARS: f32 = 10.0;

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
    /// Speed of its dashes as a share of the fastest, in whole [`GEARS`].
    pub rate: f32,
    /// Height, where it does not lie on the ground.
    level: Option<f32>,
}

/// The gear of an amount of which `full` is the fastest; what flows at all moves.
pub(super) fn gear(amount: f64, full: f64) -> f32 {
    let share = amount.abs() / full;
    if share.is_finite() { (share * f64::from(GEARS)).round().clamp(1.0, f64::from(GEARS)) as f32 / GEARS } else { 0.0 }
}

impl Flow {
    /// A flow of `amount` (+ = along the path), `scale` units wide for each of its own; below `idle` nothing moves, and
    /// with `full` its dashes are fastest.
    pub fn of(points: Path, carrier: Carrier, amount: f64, (idle, full): (f64, f64), scale: f64) -> Self {
        let size = if amount.is_finite() { amount.abs() } else { 0.0 };
        let way = if size < idle { 0.0 } else { amount.signum() as f32 };
        let width = (size * scale).clamp(0.24, 1.15) as f32;
        Self { points, carrier, width, way, rate: gear(size, full), level: None }
    }

    /// The same in a pipe of a width at a height.
    pub fn piped(mut self, level: f32, width: f32) -> Self {
        self.level = Some(level);
        self.width = width;
        self
    }
}

/// Draws them; `phase` is how far the fastest dashes have moved, in turns.
pub(super) fn draw(solid: &mut Solid, paint: &Paint, flows: &[Flow], phase: f32) {
    for (level, flow) in flows.iter().enumerate() {
        // Flows that meet lie on each other, never in each other.
        let z = flow.level.unwrap_or(LEVEL + level as f32 * 0.012);
        let points: Vec<Vec3> = flow.points.iter().map(|(x, y)| Vec3::new(*x, *y, z)).collect();
        let [r, g, b, _] = paint.theme.accent_of(flow.carrier).to_array();
        let accent = Tint::bytes(r, g, b);
        if flow.level.is_none() {
            solid.path(&points, flow.width + 0.36, accent.over(paint.ground, 0.24));
            let raised: Vec<Vec3> = points.iter().map(|p| *p + Vec3::Z * 0.006).collect();
            solid.path(&raised, flow.width + 0.14, accent.over(paint.ground, 0.5));
        }
        if flow.way != 0.0 {
            let raised: Vec<Vec3> = points.iter().map(|p| *p + Vec3::Z * 0.012).collect();
            let dash = if paint.is_dark() { accent.over(Tint([1.0; 3]), 0.9) } else { accent };
            let least = if flow.level.is_none() { 0.24 } else { 0.1 };
            solid.dashes(&raised, (flow.width * 0.55).max(least), DASH, phase * flow.way * flow.rate, dash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_of_more_power_are_faster_and_whatever_flows_moves() {
        let rates: Vec<f32> = [0.1, 20.0, 66.0, 131.0, 900.0].map(|mw| gear(mw, 140.0)).into();
        assert!(rates.is_sorted() && rates[0] > 0.0 && rates[4] == 1.0, "{rates:?}");
        assert!((rates[3] / rates[2] - 131.0 / 66.0).abs() < 0.2, "twice the power is twice the speed: {rates:?}");
        assert_eq!(gear(f64::NAN, 140.0), 0.0);
        for rate in rates {
            assert!((rate * GEARS).fract() < 1e-6, "after ten turns all dashes are where they were");
        }
    }
}
