//! Humid air: vapour pressure, humidity ratio, dew point and wet bulb (sustaindc 2.7; ASHRAE Fundamentals 2017, SI).
//!
//! The wet bulb is found by bisection down to a thousandth of a kelvin, and the mid-point is the answer. Data that were
//! prepared this way show the step, so the iteration is kept as it is and not replaced by a finer one.

/// Melting ice and water meet here, °C: below it the vapour pressure is that over ice.
const TRIPLE_POINT_DEGC: f64 = 0.01;
/// Zero of the Celsius scale, K.
const ZERO_DEGC_K: f64 = 273.15;
/// Ratio of the molar masses of water and dry air.
const MASS_RATIO: f64 = 0.621_945;
/// Air is never drier than this, kg/kg.
const DRIEST_KG_KG: f64 = 1e-7;
/// Width at which the iterations end, K.
const TOLERANCE_K: f64 = 1e-3;
/// Range in which the vapour pressure is defined, °C.
const BOUNDS_DEGC: (f64, f64) = (-100.0, 200.0);
/// Newton's method needs five steps or so; a bisection of the whole range needs nineteen.
const MOST_STEPS: usize = 100;

/// Logarithm of the saturation pressure in Pa, and its slope per kelvin.
fn ln_saturation(degc: f64) -> (f64, f64) {
    let k = degc + ZERO_DEGC_K;
    if degc <= TRIPLE_POINT_DEGC {
        let value =
            -5674.5359 / k + 6.392_524_7 - 9.677_843e-3 * k + 6.221_570_1e-7 * k * k + 2.074_782_5e-9 * (k * k * k)
                - 9.484_024e-13 * (k * k * k * k)
                + 4.163_501_9 * libm::log(k);
        let slope = 5674.5359 / (k * k) - 9.677_843e-3 + 2.0 * 6.221_570_1e-7 * k + 3.0 * 2.074_782_5e-9 * k * k
            - 4.0 * 9.484_024e-13 * (k * k * k)
            + 4.163_501_9 / k;
        (value, slope)
    } else {
        let value = -5800.2206 / k + 1.391_499_3 - 4.864_023_9e-2 * k + 4.176_476_8e-5 * k * k
            - 1.445_209_3e-8 * (k * k * k)
            + 6.545_967_3 * libm::log(k);
        let slope = 5800.2206 / (k * k) - 4.864_023_9e-2 + 2.0 * 4.176_476_8e-5 * k - 3.0 * 1.445_209_3e-8 * k * k
            + 6.545_967_3 / k;
        (value, slope)
    }
}

/// Pressure of saturated vapour in Pa.
pub fn saturation_pressure_pa(degc: f64) -> f64 {
    libm::exp(ln_saturation(degc).0)
}

/// Water in kg per kg of dry air, at a relative humidity from 0 to 1.
pub fn humidity_ratio(degc: f64, humidity: f64, pressure_pa: f64) -> f64 {
    ratio_of(humidity * saturation_pressure_pa(degc), pressure_pa)
}

fn ratio_of(vapour_pa: f64, pressure_pa: f64) -> f64 {
    (MASS_RATIO * vapour_pa / (pressure_pa - vapour_pa)).max(DRIEST_KG_KG)
}

/// Temperature at which vapour of this pressure begins to condense, never above the dry bulb; °C.
fn dew_point_of(dry_degc: f64, vapour_pa: f64) -> f64 {
    let wanted = libm::log(vapour_pa);
    let mut dew = dry_degc;
    for _ in 0..MOST_STEPS {
        let (value, slope) = ln_saturation(dew);
        let next = (dew - (value - wanted) / slope).max(BOUNDS_DEGC.0).min(BOUNDS_DEGC.1);
        let moved = (next - dew).abs();
        dew = next;
        if moved <= TOLERANCE_K {
            break;
        }
    }
    dew.min(dry_degc)
}

/// Dew point in °C, at a relative humidity from 0 to 1.
pub fn dew_point_degc(dry_degc: f64, humidity: f64) -> f64 {
    dew_point_of(dry_degc, humidity * saturation_pressure_pa(dry_degc))
}

/// Humidity ratio of air at `dry` whose wet bulb is `wet`.
fn ratio_at_wet_bulb(dry: f64, wet: f64, pressure_pa: f64) -> f64 {
    let saturated = ratio_of(saturation_pressure_pa(wet), pressure_pa);
    let ratio = if wet >= 0.0 {
        ((2501.0 - 2.326 * wet) * saturated - 1.006 * (dry - wet)) / (2501.0 + 1.86 * dry - 4.186 * wet)
    } else {
        ((2830.0 - 0.24 * wet) * saturated - 1.006 * (dry - wet)) / (2830.0 + 1.86 * dry - 2.1 * wet)
    };
    ratio.max(DRIEST_KG_KG)
}

/// Wet bulb in °C, at a relative humidity from 0 to 1.
pub fn wet_bulb_degc(dry_degc: f64, humidity: f64, pressure_pa: f64) -> f64 {
    let ratio = humidity_ratio(dry_degc, humidity, pressure_pa);
    let vapour_pa = pressure_pa * ratio / (MASS_RATIO + ratio);
    let (mut low, mut high) = (dew_point_of(dry_degc, vapour_pa), dry_degc);
    let mut wet = (low + high) / 2.0;
    for _ in 0..MOST_STEPS {
        // Not a number ends it too.
        if (high - low).partial_cmp(&TOLERANCE_K) != Some(std::cmp::Ordering::Greater) {
            break;
        }
        if ratio_at_wet_bulb(dry_degc, wet, pressure_pa) > ratio {
            high = wet;
        } else {
            low = wet;
        }
        wet = (high + low) / 2.0;
    }
    wet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturated_air_has_one_temperature() {
        for degc in [-20.0, 0.0, 15.0, 35.0] {
            assert!((dew_point_degc(degc, 1.0) - degc).abs() < 2e-3);
            assert!((wet_bulb_degc(degc, 1.0, 101_325.0) - degc).abs() < 2e-3);
        }
    }

    #[test]
    fn dry_air_cools_the_thermometer() {
        let wet = wet_bulb_degc(30.0, 0.5, 101_325.0);
        assert!((wet - 22.0).abs() < 0.1, "{wet}");
        assert!(dew_point_degc(30.0, 0.5) < wet);
        assert!(wet_bulb_degc(f64::NAN, 0.5, 101_325.0).is_nan());
    }
}
