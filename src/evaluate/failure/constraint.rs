//! The hard constraints C1 to C5 of the benchmark and how far a row stands from each (control 2.1 and 5.7).

use crate::config::{Error, Place, Result};
use crate::plant::PlantSpec;
use crate::signal::SignalId;

/// Constraints; C3 has a lower and an upper one.
pub const COUNT: usize = 6;

/// Names as the reference's files have them (control 5.7).
pub const NAMES: [&str; COUNT] = ["C1:T_A<35", "C2:T_B<35", "C3:SOC_lo", "C3:SOC_hi", "C4:freq", "C5:voltage"];

/// What each is called for people.
pub const LABELS: [&str; COUNT] =
    ["Zone A temperature", "Zone B temperature", "Battery empty", "Battery full", "Frequency", "Voltage"];

/// Units of the margins.
pub const UNITS: [&str; COUNT] = ["K", "K", "", "", "Hz", "pu"];

/// Margin at which Simplex acts (control 2.1): one *trigger*. Margins over it are of one kind and can be held against
/// each other; the bare ones are kelvins, shares, hertz and per-unit volts.
pub const TRIGGERS: [f64; COUNT] = [1.0, 1.0, 0.03, 0.03, 0.1, 0.02];

/// The constraints of a site, by the columns of its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constraints {
    t_a: SignalId,
    t_b: SignalId,
    soc: SignalId,
    f_deviation: SignalId,
    v: SignalId,
    t_safe_degc: f64,
    soc_min: f64,
    soc_max: f64,
    f_trip_hz: f64,
    v_trip_pu: f64,
}

impl Constraints {
    /// The constraints of a plant, with the limits that its tables tell.
    ///
    /// # Errors
    /// A plant without them.
    pub fn of(spec: &PlantSpec) -> Result<Self> {
        let lacks = || {
            Error::invalid(
                Place::source("--plant"),
                format!("plant `{}` has no constraints C1 to C5", spec.name),
                "Choose plant c2g.",
            )
        };
        let signal = |name: &str| spec.signal(name).ok_or_else(lacks);
        let fact = |name: &str| spec.facts.get(name).copied().ok_or_else(lacks);
        let (f_deviation, v) = (signal("f_deviation_hz")?, signal("v_pcc_pu")?);
        let limits = |id: SignalId| spec.signals.get(id).map(|s| s.limits).unwrap_or_default();
        Ok(Self {
            t_a: signal("t_zone_a_degc")?,
            t_b: signal("t_zone_b_degc")?,
            soc: signal("soc_frac")?,
            f_deviation,
            v,
            t_safe_degc: fact("t_safe_degc")?,
            soc_min: fact("soc_min")?,
            soc_max: fact("soc_max")?,
            f_trip_hz: limits(f_deviation).trip_high.ok_or_else(lacks)?,
            v_trip_pu: limits(v).trip_low.ok_or_else(lacks)?,
        })
    }

    /// How far a row stands from each constraint, in [`UNITS`]; negative is violated, NaN where the row has a gap.
    pub fn margins(&self, row: &[f64]) -> [f64; COUNT] {
        let at = |id: SignalId| row.get(id).copied().unwrap_or(f64::NAN);
        self.margins_of(at(self.t_a), at(self.t_b), at(self.soc), at(self.f_deviation), at(self.v))
    }

    /// The same from values: zone temperatures in °C, state of charge, frequency deviation in Hz, voltage in pu.
    pub fn margins_of(&self, t_a: f64, t_b: f64, soc: f64, df_hz: f64, v_pu: f64) -> [f64; COUNT] {
        [
            self.t_safe_degc - t_a,
            self.t_safe_degc - t_b,
            soc - self.soc_min,
            self.soc_max - soc,
            self.f_trip_hz - df_hz.abs(),
            v_pu - self.v_trip_pu,
        ]
    }

    /// Temperature that an observation of 1 stands for, °C.
    pub fn t_safe_degc(&self) -> f64 {
        self.t_safe_degc
    }

    /// Frequency deviation that an observation of 1 stands for, Hz.
    pub fn f_trip_hz(&self) -> f64 {
        self.f_trip_hz
    }
}

/// The constraint with the smallest bare margin, as the reference chooses it although units are mixed, and that margin.
pub fn nearest_mixed(margins: &[f64; COUNT]) -> (usize, f64) {
    smallest(margins.iter().copied())
}

/// The constraint with the fewest triggers left, and how many these are: 1 is where Simplex acts, below 0 is violated.
pub fn nearest(margins: &[f64; COUNT]) -> (usize, f64) {
    smallest(margins.iter().zip(TRIGGERS).map(|(margin, trigger)| margin / trigger))
}

fn smallest(values: impl Iterator<Item = f64>) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (index, value) in values.enumerate() {
        if value < best.1 {
            best = (index, value);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};

    fn site() -> Constraints {
        Constraints::of(World::default().build(&Setup::default()).unwrap().spec()).unwrap()
    }

    #[test]
    fn limits_are_those_of_control_2_1() {
        let margins = site().margins_of(33.5, 30.0, 0.15, -0.2, 0.95);
        let expected = [1.5, 5.0, 0.05, 0.80, 0.3, 0.05];
        for (margin, expected) in margins.iter().zip(expected) {
            assert!((margin - expected).abs() < 1e-12, "{margins:?}");
        }
        let margins = site().margins_of(33.9, 30.0, 0.15, 0.0, 0.99);
        assert_eq!(nearest_mixed(&margins).0, 2, "in mixed units battery or voltage are nearly always nearest");
        assert_eq!(NAMES[nearest(&margins).0], "C1:T_A<35", "in triggers it is zone A");
    }

    #[test]
    fn a_limit_that_is_touched_is_not_violated() {
        let site = site();
        assert!(site.margins_of(35.0, 35.0, 0.10, 0.5, 0.90).iter().all(|m| *m >= 0.0));
        let beyond = site.margins_of(35.01, 35.01, 0.09, -0.51, 0.89);
        assert_eq!(beyond.iter().filter(|m| **m < 0.0).count(), 5);
    }

    #[test]
    fn another_plant_says_that_it_has_none() {
        let setup = Setup { plant: "sustaindc".to_owned(), ..Setup::default() };
        let error = Constraints::of(World::default().build(&setup).unwrap().spec()).unwrap_err();
        assert!(error.to_string().contains("no constraints"), "{error}");
    }
}
