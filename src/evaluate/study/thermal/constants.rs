//! Which of the plant's thermal constants matter: each is changed a little, and the same step of load is run again
//! (core 1, thermal overrides; core 4).
#![deny(clippy::indexing_slicing)]

use super::super::simulators::{Simulators, TICK_S};
use super::super::{Card, Finding, Group, Progress, Shown, Study, Values};
use super::{ambient, asked, hvac, p_a, p_b, pump};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::fixed;
use crate::evaluate::study::Parameter;
use crate::plant::c2g::params::{Thermal, ThermalOverride};
use crate::plant::c2g::thermal::Load;
use crate::rollout::World;

/// What each constant does to temperatures and energy.
pub(in crate::evaluate::study) struct Constants;

/// A constant: name in configurations, words, unit, its value, and how it is overridden.
struct Constant {
    name: &'static str,
    words: &'static str,
    /// A temperature (°C) is changed by kelvins rather than by a share.
    unit: &'static str,
    value: fn(&Thermal) -> f64,
    put: fn(&mut ThermalOverride, f64),
}

impl Constant {
    /// One with a change: by kelvins or by a share, as the study's parameters say, down (−1) or up (1).
    fn changed(&self, thermal: &Thermal, values: &Values, sign: f64) -> ThermalOverride {
        let own = (self.value)(thermal);
        let value = if self.unit == "°C" {
            own + sign * values.get("change_k")
        } else {
            own * (1.0 + sign * values.get("change_pct") / 100.0)
        };
        let mut over = ThermalOverride::default();
        (self.put)(&mut over, value);
        over
    }
}

/// A row of [`CONSTANTS`].
const fn constant(
    name: &'static str,
    words: &'static str,
    unit: &'static str,
    value: fn(&Thermal) -> f64,
    put: fn(&mut ThermalOverride, f64),
) -> Constant {
    Constant { name, words, unit, value, put }
}

const CONSTANTS: [Constant; 9] = [
    constant("C_A", "heat capacity of A", "MJ/K", |t| t.zone_a.c_mj_per_k, |o, v| o.C_A = Some(v)),
    constant("C_B", "heat capacity of B", "MJ/K", |t| t.zone_b.c_mj_per_k, |o, v| o.C_B = Some(v)),
    constant("K_liq", "conductance to the liquid", "MW/K", |t| t.zone_a.k_liquid_mw_per_k, |o, v| o.K_liq = Some(v)),
    constant("K_air", "conductance to the air", "MW/K", |t| t.zone_b.k_air_mw_per_k, |o, v| o.K_air = Some(v)),
    constant("K_env_A", "envelope of A", "MW/K", |t| t.zone_a.k_envelope_mw_per_k, |o, v| o.K_env_A = Some(v)),
    constant("K_env_B", "envelope of B", "MW/K", |t| t.zone_b.k_envelope_mw_per_k, |o, v| o.K_env_B = Some(v)),
    constant("T_supply_A", "supply of A", "°C", |t| t.zone_a.t_supply_degc, |o, v| o.T_supply_A = Some(v)),
    constant("T_supply_B", "supply of B", "°C", |t| t.zone_b.t_supply_degc, |o, v| o.T_supply_B = Some(v)),
    constant("COP_base", "COP of the air machines", "", |t| t.zone_b.cop, |o, v| o.COP_base = Some(v)),
];

/// What a step of load came to.
#[derive(Debug, Clone, Copy)]
struct Came {
    /// Hottest temperatures, °C.
    peak_a: f64,
    peak_b: f64,
    /// Electricity of chiller, pump and HVAC, MWh.
    energy_mwh: f64,
}

impl Came {
    fn parts(self) -> [f64; 3] {
        [self.peak_a, self.peak_b, self.energy_mwh]
    }
}

/// Steps the load up from where the zones had settled, for some hours.
fn step_up(site: &Simulators, over: &ThermalOverride, values: &Values) -> Came {
    let busy = asked(values);
    let share = 1.0 - values.get("step_pct") / 100.0;
    let calm = Load { p_a_mw: share * busy.p_a_mw, p_b_mw: share * busy.p_b_mw, ..busy };
    let start = site.settled(over, &calm);
    let twin = site.twin(over, TICK_S);
    let (mut a, mut b) = (start.t_a_degc, start.t_b_degc);
    let mut came = Came { peak_a: a, peak_b: b, energy_mwh: 0.0 };
    for _ in 0..(values.get("minutes") * 60.0 / TICK_S) as u64 {
        let c = twin.step(a, b, &busy);
        (a, b) = (c.t_a_degc, c.t_b_degc);
        came.peak_a = came.peak_a.max(a);
        came.peak_b = came.peak_b.max(b);
        came.energy_mwh += (c.p_cool_a_mw + c.p_pump_mw + c.p_hvac_mw) * TICK_S / 3600.0;
    }
    came
}

impl Study for Constants {
    fn card(&self) -> &'static Card {
        &Card {
            name: "thermal-constants",
            title: "Thermal constants",
            group: Group::Thermal,
            about: "Which of the plant's thermal constants matter for peaks and energy after a step of load. Redraws \
                    within a frame.",
            quick: true,
        }
    }

    fn parameters(&self, _: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            Parameter::number("change_pct", "Change of a constant", "%", (1.0, 50.0), 10.0, 0)
                .about("Up and down, one constant at a time."),
            Parameter::number("change_k", "Change of a supply", "K", (0.2, 5.0), 1.0, 1)
                .about("Supply temperatures change by kelvins."),
            Parameter::number("step_pct", "Step of the load", "%", (0.0, 100.0), 50.0, 0)
                .about("From so much less to all of the heat below."),
            Parameter::number("minutes", "Step lasts", "min", (1.0, 240.0), 30.0, 0)
                .about("Short steps ask for capacity, long ones for conductance."),
            p_a(75.0),
            pump(0.7),
            p_b(44.0),
            hvac(0.7),
            ambient(30.0),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let site = Simulators::new(world, values)?;
        let thermal = &site.params.site.thermal;
        let base = step_up(&site, &ThermalOverride::default(), values).parts();
        let changed = |c: &Constant, sign: f64| step_up(&site, &c.changed(thermal, values, sign), values).parts();
        let rows: Vec<(&Constant, [f64; 3], [f64; 3])> =
            CONSTANTS.iter().map(|c| (c, changed(c, -1.0), changed(c, 1.0))).collect();
        let mut table = Table::new([
            "constant",
            "value",
            "unit",
            "t_a_down_degc",
            "t_a_up_degc",
            "t_b_down_degc",
            "t_b_up_degc",
            "energy_down_mwh",
            "energy_up_mwh",
        ]);
        for (c, down, up) in &rows {
            let pairs = down.iter().zip(up).flat_map(|(d, u)| [*d, *u]);
            let first = [c.name.into(), (c.value)(thermal).into(), c.unit.into()];
            table.row(first.into_iter().chain(pairs.map(Into::into)));
        }
        let outcomes = [
            ("t_a", "Hottest zone A", "K", 2),
            ("t_b", "Hottest zone B", "K", 2),
            ("energy", "Cooling energy", "MWh", 3),
        ];
        let mut findings = Vec::new();
        let mut plots = Vec::new();
        for (number, (name, title, unit, decimals)) in outcomes.into_iter().enumerate() {
            let of = |parts: &[f64; 3]| parts.get(number).copied().unwrap_or(f64::NAN);
            let start = of(&base);
            let mut sorted: Vec<_> = rows.iter().map(|(c, down, up)| (*c, of(down) - start, of(up) - start)).collect();
            sorted.sort_by(|x, y| x.1.abs().max(x.2.abs()).total_cmp(&y.1.abs().max(y.2.abs())));
            let bars = |pick: fn(&(&Constant, f64, f64)) -> f64| -> Vec<Bar> {
                sorted.iter().enumerate().map(|(k, row)| Bar::new(k as f64, 0.66, pick(row))).collect()
            };
            let at = if unit == "K" {
                format!("{} °C", fixed(start, decimals))
            } else {
                format!("{} {unit}", fixed(start, decimals))
            };
            plots.push(Plot::new(
                format!("{title}: {at}"),
                Axis::new(format!("change, {unit}")).with_zero(),
                Axis::names("", sorted.iter().map(|(c, ..)| c.name)),
                vec![
                    Layer::Bars {
                        name: "constant down".into(),
                        bars: bars(|r| r.1),
                        tint: Tint::Series(0),
                        lying: true,
                    },
                    Layer::Bars { name: "constant up".into(), bars: bars(|r| r.2), tint: Tint::Series(1), lying: true },
                ],
            ));
            if let Some((c, down, up)) = sorted.last() {
                let (side, most) = if down.abs() > up.abs() { ("less", *down) } else { ("more", *up) };
                let words = format!(
                    "{title} depends most on {} ({}): {side} of it changes {at} by {} {unit}.",
                    c.name,
                    c.words,
                    fixed(most, decimals)
                );
                findings.push(Finding::new(name, words, most, unit));
            }
        }
        let without: Vec<&str> = rows
            .iter()
            .filter(|(_, down, up)| {
                base.iter().zip(down).zip(up).all(|((b, d), u)| (b - d).abs() < 5e-4 && (b - u).abs() < 5e-4)
            })
            .map(|(c, ..)| c.name)
            .collect();
        if !without.is_empty() {
            findings.push(Finding::new(
                "without",
                format!("Without any effect here: {}.", without.join(", ")),
                without.len() as f64,
                "",
            ));
        }
        let exhibit = Exhibit::new(
            "thermal_constants",
            "What the plant's thermal constants do",
            format!(
                "The load steps up by {} % for {} min. Constants change by {} %, supply temperatures by {} K; the \
                 strongest stands above.",
                fixed(values.get("step_pct"), 0),
                fixed(values.get("minutes"), 0),
                fixed(values.get("change_pct"), 0),
                fixed(values.get("change_k"), 1)
            ),
            table,
        );
        Ok(Some(Shown::one(exhibit.plots(3, plots), findings)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::support::shown;
    use super::*;
    use crate::evaluate::exhibit::Cell;

    /// Hottest zone A after a step from half the heat, in closed form.
    fn closed(c: f64, k_liquid: f64, k_envelope: f64, supply: f64) -> f64 {
        let k = 0.7 * k_liquid;
        let at = |p: f64| (p + k * supply + k_envelope * 30.0) / (k + k_envelope);
        at(75.0) + (at(37.5) - at(75.0)) * libm::exp(-(k + k_envelope) * 1800.0 / c)
    }

    #[test]
    fn each_constant_of_zone_a_does_what_its_exponential_says() {
        let table = shown(&Constants, &[]).exhibits[0].table.clone();
        let cell = |name: &str, column: usize| {
            let row = table.rows.iter().find(|r| r[0] == Cell::from(name)).unwrap();
            if let Cell::Number(v) = row[column] { v } else { f64::NAN }
        };
        for (name, down, up) in [
            ("C_A", closed(24_300.0, 35.0, 0.5, 30.0), closed(29_700.0, 35.0, 0.5, 30.0)),
            ("K_liq", closed(27_000.0, 31.5, 0.5, 30.0), closed(27_000.0, 38.5, 0.5, 30.0)),
            ("K_env_A", closed(27_000.0, 35.0, 0.45, 30.0), closed(27_000.0, 35.0, 0.55, 30.0)),
            ("T_supply_A", closed(27_000.0, 35.0, 0.5, 29.0), closed(27_000.0, 35.0, 0.5, 31.0)),
            ("K_air", closed(27_000.0, 35.0, 0.5, 30.0), closed(27_000.0, 35.0, 0.5, 30.0)),
        ] {
            assert!((cell(name, 3) - down).abs() < 1e-9, "{name} down: {} against {down}", cell(name, 3));
            assert!((cell(name, 4) - up).abs() < 1e-9, "{name} up: {} against {up}", cell(name, 4));
        }
        assert_eq!(table.rows.len(), CONSTANTS.len());
    }

    #[test]
    fn a_cop_that_is_not_needed_has_no_effect() {
        let told = shown(&Constants, &[]);
        let without = told.findings.iter().find(|f| f.name == "without").unwrap();
        assert!(without.words.contains("COP_base"), "{}", without.words);
        let needed = shown(&Constants, &["p_b_mw=100", "hvac=0.5", "minutes=240"]);
        assert!(!needed.findings.iter().any(|f| f.name == "without" && f.words.contains("COP_base")));
    }
}
