//! The colours of temperatures: one fixed scale, the same in every run.

use egui::Color32;

use super::{Theme, ThemeName, mix};

impl Theme {
    /// The colour of a temperature on the fixed scale; the Operator theme shows it less saturated, so that only alarms are
    /// vivid. Outside the scale stand its two end colours; what is no number is as the text's third tone.
    pub fn temperature(&self, degc: f64) -> Color32 {
        let scale = &self.tokens.temperature;
        if !degc.is_finite() {
            return *self.text3;
        }
        let colour = if degc < scale.range_degc.0 {
            *scale.below
        } else if degc > scale.range_degc.1 {
            *scale.above
        } else {
            let above = scale.stops_degc.partition_point(|stop| *stop < degc);
            let stop = |k: usize| Some((*scale.stops_degc.get(k)?, **scale.stops.get(k)?));
            match (above.checked_sub(1).and_then(stop), stop(above)) {
                (Some((t0, c0)), Some((t1, c1))) => mix(c1, c0, ((degc - t0) / (t1 - t0).max(1e-9)) as f32),
                (Some((_, c)), None) | (None, Some((_, c))) => c,
                (None, None) => *self.text3,
            }
        };
        if self.name == ThemeName::Operator { muted(colour, scale.operator_saturation) } else { colour }
    }
}

/// A colour with a share of its saturation and the same brightness.
fn muted(colour: Color32, share: f32) -> Color32 {
    let [r, g, b, _] = colour.to_array();
    let grey = (0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b)).round() as u8;
    mix(colour, Color32::from_gray(grey), share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_fixed_and_has_its_stops_and_ends() {
        let theme = Theme::of(ThemeName::Dark);
        let scale = &theme.tokens.temperature;
        for (degc, colour) in scale.stops_degc.iter().zip(&scale.stops) {
            assert_eq!(theme.temperature(*degc), **colour, "{degc}");
        }
        assert_eq!(theme.temperature(-40.0), *scale.below);
        assert_eq!(theme.temperature(90.0), *scale.above);
        assert_eq!(theme.temperature(f64::NAN), *theme.text3);
        assert_eq!(theme.temperature(20.0), Theme::of(ThemeName::Light).temperature(20.0));
    }

    #[test]
    fn the_operator_theme_is_less_vivid() {
        let spread = |c: Color32| {
            c.to_array()[..3].iter().max().copied().unwrap_or(0) - c.to_array()[..3].iter().min().copied().unwrap_or(0)
        };
        for degc in [16.0, 38.0] {
            let (vivid, calm) = (Theme::of(ThemeName::Dark), Theme::of(ThemeName::Operator));
            assert!(spread(calm.temperature(degc)) < spread(vivid.temperature(degc)) / 2 + 2);
        }
    }
}
