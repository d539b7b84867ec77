//! The hall: twenty racks, their fans, and the air between them (sustaindc 4.1 and 4.2).

use super::params::Hall;

/// Constants of the source's fits; they stand in its code, not in its configuration (sustaindc 4.2).
mod fit {
    /// Extra slope of the CPU power ratio, 1/K.
    pub const CPU_SLOPE: f64 = 0.05;
    /// Factors on the fan's slope and intercept.
    pub const FAN_SLOPE: f64 = 10.0;
    /// Factor on the fan's intercept.
    pub const FAN_INTERCEPT: f64 = 5.0;
    /// Load in percent over this moves the fan.
    pub const FAN_LOAD: f64 = 20.0;
    /// Factor, exponents and offset of the outlet's rise.
    pub const RISE: f64 = 1.918;
    /// Exponent of the rack's power.
    pub const POWER_EXPONENT: f64 = 1.096;
    /// Exponent of the air flow.
    pub const FLOW_EXPONENT: f64 = 0.824;
    /// Factor on the air flow.
    pub const FLOW: f64 = 0.526;
    /// Offset of the outlet, K.
    pub const OFFSET_K: f64 = -14.01;
    /// Bounds of the supply approach, K.
    pub const APPROACH_K: (f64, f64) = (3.8, 5.3);
}

/// One rack on one tick.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rack {
    /// Air that goes in, °C.
    pub inlet_degc: f64,
    /// Air that comes out, °C.
    pub outlet_degc: f64,
    /// Power of its processors, W.
    pub cpu_w: f64,
    /// Power of its fans, W.
    pub fan_w: f64,
    /// Air through its servers, m³/s.
    pub flow_m3s: f64,
}

/// The hall on one tick.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HallState {
    /// Power of all processors, W.
    pub cpu_w: f64,
    /// Power of all server fans, W.
    pub fan_w: f64,
    /// IT power: both together, W.
    pub it_w: f64,
    /// Mean of the outlets: what the source calls room temperature, °C.
    pub room_degc: f64,
    /// Air that returns to the cooling unit, °C.
    pub return_degc: f64,
    /// Coolest outlet, °C.
    pub outlet_min_degc: f64,
    /// Hottest outlet, °C.
    pub outlet_max_degc: f64,
}

/// Racks of as many servers at an equal place share their air.
#[derive(Debug, Clone, Copy, PartialEq)]
struct AirKind {
    approach_k: f64,
    servers: f64,
}

/// Racks of equal servers in equal air are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
struct RackKind {
    full_w: f64,
    idle_w: f64,
    /// Index of its air.
    air: usize,
}

/// Air of one kind on one tick.
#[derive(Debug, Clone, Copy, Default)]
struct Air {
    inlet_degc: f64,
    servers: f64,
    /// Power of the processors over their full power.
    cpu_ratio: f64,
    /// Power of all fans, W.
    fan_w: f64,
    /// Air through the rack, m³/s.
    flow_m3s: f64,
    /// What the air carries away, in the units of the fit.
    carried: f64,
}

/// The hall's constants, ready for use.
#[derive(Debug, Clone, PartialEq)]
pub struct Racks {
    airs: Vec<AirKind>,
    kinds: Vec<RackKind>,
    /// Kind of each rack, in the order of the file.
    kind_of: Vec<usize>,
    return_approach_k: Vec<f64>,
    cpu_slope: f64,
    cpu_intercept: f64,
    cpu_shift: f64,
    fan_slope: f64,
    fan_intercept: f64,
    fan_shift: f64,
    fan_w: f64,
    fan_flow_m3s: f64,
    heat_capacity: f64,
}

/// A power of a positive number. Through the logarithm it costs half and errs by a few units in the last place, which is
/// far below what the fits are good for.
fn power(base: f64, exponent: f64) -> f64 {
    libm::exp(exponent * libm::log(base))
}

/// Kinds that are computed once a tick; further ones are computed rack by rack.
const KINDS: usize = 32;

/// Index of an entry of a list, which is added where it is not there yet.
fn index_of<T: PartialEq>(list: &mut Vec<T>, entry: T) -> usize {
    list.iter().position(|e| *e == entry).unwrap_or_else(|| {
        list.push(entry);
        list.len() - 1
    })
}

/// Servers that a rack holds: they are added until their full power reaches the rack's share (sustaindc 4.1).
pub fn servers(full_w: f64, most: u32, share_w: f64) -> u32 {
    let mut sum = 0.0;
    let mut count = 0;
    while count < most {
        sum += full_w;
        if sum >= share_w {
            break;
        }
        count += 1;
    }
    count
}

impl Racks {
    /// The racks of a hall of `capacity_mw`.
    pub fn new(hall: &Hall, capacity_mw: f64) -> Self {
        let racks = hall.racks();
        let share_w = libm::floor(capacity_mw * 1e6 / racks.max(1) as f64);
        let (mut airs, mut kinds, mut kind_of) = (Vec::new(), Vec::new(), Vec::new());
        for (&[full_w, idle_w], &approach) in hall.server_w.iter().zip(&hall.supply_approach_k) {
            let approach_k = approach.clamp(fit::APPROACH_K.0, fit::APPROACH_K.1);
            let servers = f64::from(servers(full_w, hall.servers_per_rack, share_w));
            let air = index_of(&mut airs, AirKind { approach_k, servers });
            kind_of.push(index_of(&mut kinds, RackKind { full_w, idle_w, air }));
        }
        let span_k = hall.inlet_range_degc[1] - hall.inlet_range_degc[0];
        let slope = |low: [f64; 2], high: [f64; 2]| (high[0] - low[0]) / span_k;
        let cpu_slope = slope(hall.cpu_ratio_low, hall.cpu_ratio_high);
        let fan_slope = slope(hall.fan_ratio_low, hall.fan_ratio_high);
        Self {
            airs,
            kinds,
            kind_of,
            return_approach_k: hall.return_approach_k.clone(),
            cpu_slope,
            cpu_intercept: hall.cpu_ratio_high[0] - hall.inlet_range_degc[1] * cpu_slope,
            cpu_shift: hall.cpu_ratio_low[1] - hall.cpu_ratio_low[0],
            fan_slope,
            fan_intercept: hall.fan_ratio_high[0] - hall.inlet_range_degc[1] * fan_slope,
            fan_shift: hall.fan_ratio_low[1] - hall.fan_ratio_low[0],
            fan_w: hall.fan_reference_w,
            fan_flow_m3s: hall.fan_full_flow_m3s,
            heat_capacity: hall.c_air_j_kgk * hall.rho_air_kg_m3,
        }
    }

    /// Number of racks.
    pub fn len(&self) -> usize {
        self.kind_of.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kind_of.is_empty()
    }

    /// Servers in a rack.
    pub fn servers_in(&self, rack: usize) -> u32 {
        let kind = self.kind_of.get(rack).and_then(|&k| self.kinds.get(k));
        kind.and_then(|k| self.airs.get(k.air)).map_or(0, |air| air.servers as u32)
    }

    fn air(&self, kind: &AirKind, set_point_degc: f64, load_pct: f64) -> Air {
        let inlet = kind.approach_k + set_point_degc;
        let velocity = fit::FAN_SLOPE * self.fan_slope * inlet
            + fit::FAN_INTERCEPT * self.fan_intercept
            + self.fan_shift * (load_pct / fit::FAN_LOAD);
        let flow_m3s = self.fan_flow_m3s * velocity * kind.servers;
        Air {
            inlet_degc: inlet,
            servers: kind.servers,
            cpu_ratio: (self.cpu_slope + fit::CPU_SLOPE) * inlet
                + self.cpu_intercept
                + self.cpu_shift * (load_pct / 100.0),
            fan_w: self.fan_w * velocity * kind.servers,
            flow_m3s,
            carried: self.heat_capacity * power(flow_m3s, fit::FLOW_EXPONENT) * fit::FLOW,
        }
    }

    fn rack(kind: &RackKind, air: &Air) -> Rack {
        let cpu_w = kind.idle_w.max(kind.full_w * air.cpu_ratio) * air.servers;
        let heat = power(cpu_w + air.fan_w, fit::POWER_EXPONENT);
        Rack {
            inlet_degc: air.inlet_degc,
            outlet_degc: air.inlet_degc + fit::RISE * heat / air.carried + fit::OFFSET_K,
            cpu_w,
            fan_w: air.fan_w,
            flow_m3s: air.flow_m3s,
        }
    }

    /// The hall at a set point (°C) and a utilisation (0 to 1). `racks` takes the racks, in the order of the file, as
    /// far as it is long.
    pub fn at(&self, set_point_degc: f64, utilisation: f64, racks: &mut [Rack]) -> HallState {
        let load_pct = utilisation * 100.0;
        let mut airs = [Air::default(); KINDS];
        for (air, kind) in airs.iter_mut().zip(&self.airs) {
            *air = self.air(kind, set_point_degc, load_pct);
        }
        let compute = |kind: &RackKind| match (airs.get(kind.air), self.airs.get(kind.air)) {
            (Some(air), _) => Self::rack(kind, air),
            (None, Some(air)) => Self::rack(kind, &self.air(air, set_point_degc, load_pct)),
            (None, None) => Rack::default(),
        };
        let mut known = [Rack::default(); KINDS];
        for (rack, kind) in known.iter_mut().zip(&self.kinds) {
            *rack = compute(kind);
        }
        let mut state =
            HallState { outlet_min_degc: f64::INFINITY, outlet_max_degc: f64::NEG_INFINITY, ..HallState::default() };
        let (mut outlets, mut returns) = (0.0, 0.0);
        for (index, (&k, approach)) in self.kind_of.iter().zip(&self.return_approach_k).enumerate() {
            let rack = match (known.get(k), self.kinds.get(k)) {
                (Some(rack), _) => *rack,
                (None, Some(kind)) => compute(kind),
                (None, None) => continue,
            };
            state.cpu_w += rack.cpu_w;
            state.fan_w += rack.fan_w;
            outlets += rack.outlet_degc;
            returns += approach + rack.outlet_degc;
            state.outlet_min_degc = state.outlet_min_degc.min(rack.outlet_degc);
            state.outlet_max_degc = state.outlet_max_degc.max(rack.outlet_degc);
            if let Some(slot) = racks.get_mut(index) {
                *slot = rack;
            }
        }
        let n = self.kind_of.len().max(1) as f64;
        state.it_w = state.cpu_w + state.fan_w;
        state.room_degc = outlets / n;
        state.return_degc = returns / n;
        state
    }
}
