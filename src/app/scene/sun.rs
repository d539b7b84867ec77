//! Where the sun stands over a site, by its clock and its place on the earth.

use std::f64::consts::{PI, TAU};

use bevy::math::Vec3;
use jiff::tz::TimeZone;

use crate::plant::{CivilTime, PlantSpec};
use crate::session::RunView;

/// Steps that the eye can tell apart: elevation and azimuth, degrees.
const STEPS_DEG: (f64, f64) = (2.0, 6.0);

/// Elevations between which day comes: the end of civil twilight, and a sun that shines on everything; degrees.
const DAWN_DEG: (f64, f64) = (-6.0, 12.0);

/// The sun in the sky, rounded to what the eye can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sun {
    /// Above the horizon, steps.
    elevation: i32,
    /// Clockwise from north, steps.
    azimuth: i32,
}

impl Sun {
    /// The sun over the site of a run now; `None` where the plant does not say where it stands.
    pub fn over(view: &RunView) -> Option<Self> {
        Self::at(&view.spec, view.clock)
    }

    fn at(spec: &PlantSpec, clock: CivilTime) -> Option<Self> {
        let fact = |name: &str| spec.facts.get(name).copied().filter(|v| v.is_finite());
        let (latitude_deg, longitude_deg) = (fact("latitude_deg")?, fact("longitude_deg")?);
        // A zone that is not known keeps the sun's own time, give or take half an hour.
        let offset_h = TimeZone::get(&spec.calendar.zone)
            .ok()
            .and_then(|zone| clock.to_zoned(zone).ok())
            .map_or((longitude_deg / 15.0).round(), |zoned| f64::from(zoned.offset().seconds()) / 3_600.0);
        let (elevation_deg, azimuth_deg) = position(latitude_deg, longitude_deg, clock, offset_h);
        let steps = |value: f64, step: f64| (value / step).round() as i32;
        Some(Self { elevation: steps(elevation_deg, STEPS_DEG.0), azimuth: steps(azimuth_deg, STEPS_DEG.1) })
    }

    /// A sun that stands there, degrees.
    #[cfg(test)]
    pub fn standing(elevation_deg: i32, azimuth_deg: i32) -> Self {
        Self { elevation: elevation_deg / 2, azimuth: azimuth_deg / 6 }
    }

    /// Above the horizon, degrees.
    fn elevation_deg(self) -> f64 {
        f64::from(self.elevation) * STEPS_DEG.0
    }

    /// Part of full daylight, 0 at night.
    pub fn day(self) -> f32 {
        let share = ((self.elevation_deg() - DAWN_DEG.0) / (DAWN_DEG.1 - DAWN_DEG.0)).clamp(0.0, 1.0);
        (share * share * (3.0 - 2.0 * share)) as f32
    }

    /// How red the light is: most while the sun stands on the horizon.
    pub fn red(self) -> f32 {
        (1.0 - ((self.elevation_deg() - 3.0) / 9.0).abs()).clamp(0.0, 1.0) as f32
    }

    /// The way to the sun, length 1 (x east, y north, z up); `None` below the horizon.
    pub fn way(self) -> Option<Vec3> {
        let (elevation, azimuth) =
            (self.elevation_deg().to_radians(), (f64::from(self.azimuth) * STEPS_DEG.1).to_radians());
        let (x, y, z) = (azimuth.sin() * elevation.cos(), azimuth.cos() * elevation.cos(), elevation.sin());
        (self.elevation_deg() > 0.0).then(|| Vec3::new(x as f32, y as f32, z as f32))
    }
}

/// Elevation and azimuth (clockwise from north) of the sun, degrees, at a civil time so many hours ahead of UTC.
///
/// Declination by Cooper's formula, the equation of time by its usual two harmonics: right to a degree or so, which is
/// less than a picture shows.
fn position(latitude_deg: f64, longitude_deg: f64, clock: CivilTime, offset_h: f64) -> (f64, f64) {
    let day = f64::from(clock.day_of_year());
    let hour = f64::from(clock.hour()) + f64::from(clock.minute()) / 60.0 + f64::from(clock.second()) / 3_600.0;
    let year = TAU * (day - 81.0) / 364.0;
    let equation_min = 9.87 * (2.0 * year).sin() - 7.53 * year.cos() - 1.5 * year.sin();
    let solar_h = hour - offset_h + longitude_deg / 15.0 + equation_min / 60.0;
    let turn = (solar_h - 12.0) / 24.0 * TAU;
    let declination = 23.45_f64.to_radians() * (TAU * (284.0 + day) / 365.0).sin();
    let latitude = latitude_deg.to_radians();
    let (sin_l, cos_l) = latitude.sin_cos();
    let elevation = (sin_l * declination.sin() + cos_l * declination.cos() * turn.cos()).clamp(-1.0, 1.0).asin();
    let (east, north) =
        (-declination.cos() * turn.sin(), declination.sin() * cos_l - declination.cos() * sin_l * turn.cos());
    let azimuth = east.atan2(north).rem_euclid(2.0 * PI);
    (elevation.to_degrees(), azimuth.to_degrees())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::datetime;

    use super::*;

    const NEW_YORK: (f64, f64) = (40.7, -74.0);

    fn at(hour: i8, minute: i8) -> (f64, f64) {
        position(NEW_YORK.0, NEW_YORK.1, datetime(2024, 7, 13, hour, minute, 0, 0), -4.0)
    }

    #[test]
    fn a_july_day_in_new_york_goes_as_the_almanac_says() {
        // Sunrise 05:35, noon 13:02 at 71 degrees, sunset 20:28 (civil time, 13 July).
        assert!(at(5, 35).0.abs() < 2.0, "{:?}", at(5, 35));
        assert!(at(20, 28).0.abs() < 2.0, "{:?}", at(20, 28));
        let (noon, south) = at(13, 2);
        assert!((noon - 71.1).abs() < 0.7 && (south - 180.0).abs() < 3.0, "{noon} {south}");
        assert!((at(8, 0).1 - 82.0).abs() < 5.0 && (at(18, 0).1 - 280.0).abs() < 5.0);
        assert!(at(0, 30).0 < -20.0);
    }

    #[test]
    fn south_of_the_equator_the_sun_stands_in_the_north() {
        let (noon, azimuth) = position(-33.9, 151.2, datetime(2024, 7, 13, 12, 0, 0, 0), 10.0);
        assert!((noon - 34.4).abs() < 1.5 && !(10.0..350.0).contains(&azimuth), "{noon} {azimuth}");
    }

    #[test]
    fn day_comes_and_goes_once_and_night_has_no_sun() {
        let sun = |hour: i8| {
            let (elevation, azimuth) = at(hour, 0);
            Sun { elevation: (elevation / 2.0).round() as i32, azimuth: (azimuth / 6.0).round() as i32 }
        };
        assert_eq!((sun(0).day(), sun(0).way()), (0.0, None));
        assert_eq!((sun(13).day(), sun(13).red()), (1.0, 0.0));
        assert!(sun(13).way().unwrap().z > 0.9);
        let days: Vec<f32> = (0..24).map(|h| sun(h).day()).collect();
        let noon = 13;
        assert!(days[..noon].is_sorted() && days[noon..].is_sorted_by(|a, b| a >= b), "{days:?}");
        assert!((0..24).any(|h| sun(h).red() > 0.4), "a red hour");
    }

    #[test]
    fn a_plant_that_does_not_say_where_it_stands_has_no_sun() {
        let mut spec = PlantSpec::default();
        let noon = datetime(2024, 7, 13, 12, 0, 0, 0);
        assert_eq!(Sun::at(&spec, noon), None);
        spec.facts.insert("latitude_deg".to_owned(), 40.7);
        spec.facts.insert("longitude_deg".to_owned(), -74.0);
        spec.calendar.zone = "nowhere".to_owned();
        assert!(Sun::at(&spec, noon).unwrap().elevation_deg() > 60.0);
    }
}
