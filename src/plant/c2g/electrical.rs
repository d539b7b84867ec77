//! Power chain from the racks to the grid connection, without memory (core 3).

use super::params::{Electrical, ElectricalZone};

/// One zone with everything that does not change worked out.
#[derive(Debug, Clone, Copy)]
struct Zone {
    racks: f64,
    idle_kw: f64,
    span_kw: f64,
    exponent: f64,
    idle_mw: f64,
    max_mw: f64,
    ups_base_mw: f64,
    eta_peak: f64,
    k_loss: f64,
    k_no_load: f64,
    pdu_frac: f64,
}

impl Zone {
    fn new(z: &ElectricalZone, rack_max_kw: f64) -> Self {
        Self {
            racks: z.racks,
            idle_kw: z.idle_kw,
            span_kw: rack_max_kw - z.idle_kw,
            exponent: z.exponent,
            idle_mw: z.racks * z.idle_kw / 1000.0,
            max_mw: z.racks * rack_max_kw / 1000.0,
            ups_base_mw: 1.1 * z.racks * rack_max_kw / 1000.0,
            eta_peak: z.ups_eta_peak,
            k_loss: z.ups_k_loss,
            k_no_load: z.ups_k_no_load,
            pdu_frac: z.pdu_loss_frac,
        }
    }

    /// Utilisation that a zone power stands for (core 3.1).
    fn utilisation(&self, p_kw: f64) -> f64 {
        let x = (p_kw / self.racks.max(1.0) - self.idle_kw) / self.span_kw.max(1e-9);
        libm::pow(x.clamp(0.0, 1.0), 1.0 / self.exponent)
    }

    /// IT power at a utilisation, MW (core 3.2).
    fn it_mw(&self, u: f64) -> f64 {
        self.racks * (self.idle_kw + self.span_kw * libm::pow(u.clamp(0.0, 1.0), self.exponent)) / 1000.0
    }

    fn chain(&self, it_mw: f64) -> ZoneFlow {
        let pdu_loss_mw = it_mw * self.pdu_frac;
        let load_mw = it_mw + pdu_loss_mw;
        let x = if self.ups_base_mw > 0.0 { (load_mw / self.ups_base_mw).clamp(0.01, 1.0) } else { 0.01 };
        let eta = self.eta_peak * x / (x + self.k_loss * (1.0 - x) * (1.0 - x) + self.k_no_load);
        let in_mw = if eta > 0.1 { load_mw / eta } else { load_mw };
        ZoneFlow { it_mw, pdu_loss_mw, ups_in_mw: in_mw, ups_loss_mw: in_mw - load_mw, ups_eta: eta }
    }
}

/// Flows of one zone, MW.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ZoneFlow {
    /// Power of the racks.
    pub it_mw: f64,
    /// Loss of the power distribution units.
    pub pdu_loss_mw: f64,
    /// Power into the UPS.
    pub ups_in_mw: f64,
    /// Loss of the UPS.
    pub ups_loss_mw: f64,
    /// Efficiency of the UPS, 0..1.
    pub ups_eta: f64,
}

/// Reactive power of the loads, MVAr; together they are [`Flow::q_mvar`] (core 3.2: losses carry none).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reactive {
    /// Racks of zone A.
    pub it_a_mvar: f64,
    /// Racks of zone B.
    pub it_b_mvar: f64,
    /// Each megawatt of cooling.
    pub cooling_per_mw: f64,
    /// Lighting and network.
    pub aux_mvar: f64,
}

/// The whole chain at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Flow {
    /// Zone A.
    pub a: ZoneFlow,
    /// Zone B.
    pub b: ZoneFlow,
    /// IT power, MW.
    pub it_mw: f64,
    /// UPS losses, MW.
    pub ups_loss_mw: f64,
    /// PDU losses, MW.
    pub pdu_loss_mw: f64,
    /// Transformer loss, MW.
    pub xfmr_loss_mw: f64,
    /// Cooling, MW.
    pub cooling_mw: f64,
    /// Lighting and network, MW.
    pub aux_mw: f64,
    /// Draw at the grid connection without the battery (D-4), MW.
    pub facility_mw: f64,
    /// Facility over IT power.
    pub pue: f64,
    /// Power factor of the loads.
    pub pf: f64,
    /// Reactive power of the loads, MVAr.
    pub q_mvar: f64,
    /// Voltage at the grid connection, pu, clamped to 0.85..1.10.
    pub v_pcc_pu: f64,
    /// Voltage drop before the clamp, pu.
    pub v_drop_pu: f64,
}

/// The power chain with its constants worked out.
#[derive(Debug, Clone, Copy)]
pub struct Chain {
    a: Zone,
    b: Zone,
    rating_mva: f64,
    iron_mw: f64,
    copper_mw: f64,
    aux_mw: f64,
    tan_gpu: f64,
    tan_cpu: f64,
    tan_hvac: f64,
    tan_misc: f64,
    r_pu: f64,
    x_pu: f64,
}

/// Reactive over active power at a power factor.
fn tangent(power_factor: f64) -> f64 {
    libm::tan(libm::acos(power_factor))
}

impl Chain {
    /// Works out the constants. Rack sizes are in kW.
    pub fn new(site: &Electrical, rack_a_max_kw: f64, rack_b_max_kw: f64) -> Self {
        let r_pu = site.pcc.z_pu / (1.0 + site.pcc.x_over_r * site.pcc.x_over_r).sqrt();
        Self {
            a: Zone::new(&site.zone_a, rack_a_max_kw),
            b: Zone::new(&site.zone_b, rack_b_max_kw),
            rating_mva: site.transformer.rating_mva,
            iron_mw: site.transformer.iron_loss_mw,
            copper_mw: site.transformer.copper_loss_frac * site.transformer.rating_mva,
            aux_mw: site.lighting_mw + site.network_mw,
            tan_gpu: tangent(site.power_factor.gpu),
            tan_cpu: tangent(site.power_factor.cpu),
            tan_hvac: tangent(site.power_factor.hvac),
            tan_misc: tangent(site.power_factor.misc),
            r_pu,
            x_pu: r_pu * site.pcc.x_over_r,
        }
    }

    /// Utilisations of the zones at their powers in kW (core 3.1).
    pub fn utilisations(&self, p_a_kw: f64, p_b_kw: f64) -> (f64, f64) {
        (self.a.utilisation(p_a_kw), self.b.utilisation(p_b_kw))
    }

    /// The chain at zone powers in kW and cooling in MW.
    ///
    /// Inverting the power law and applying it again is a clamp to the racks' span, so no power function is needed.
    /// Because of it IT power never falls below idle or rises above full load here (D-3).
    pub fn from_power(&self, p_a_kw: f64, p_b_kw: f64, cool_a_mw: f64, cool_b_mw: f64) -> Flow {
        let it = |zone: &Zone, p_kw: f64| (p_kw / 1000.0).clamp(zone.idle_mw, zone.max_mw.max(zone.idle_mw));
        self.solve(it(&self.a, p_a_kw), it(&self.b, p_b_kw), cool_a_mw, cool_b_mw)
    }

    /// The chain at utilisations (clamped to 0..1) and cooling in MW (clamped to ≥ 0) (core 3.2).
    pub fn from_utilisation(&self, u_a: f64, u_b: f64, cool_a_mw: f64, cool_b_mw: f64) -> Flow {
        self.solve(self.a.it_mw(u_a), self.b.it_mw(u_b), cool_a_mw, cool_b_mw)
    }

    /// The chain at IT powers of the zones and cooling, MW.
    pub fn from_it(&self, it_a_mw: f64, it_b_mw: f64, cool_a_mw: f64, cool_b_mw: f64) -> Flow {
        self.solve(it_a_mw, it_b_mw, cool_a_mw, cool_b_mw)
    }

    /// Idle power of zones A and B, MW: IT power is never below (D-3).
    pub fn idle_mw(&self) -> (f64, f64) {
        (self.a.idle_mw, self.b.idle_mw)
    }

    /// IT power of zones A and B, MW, from their sum, facility power, voltage (pu) and cooling: voltage tells reactive
    /// power, and racks of the zones have different power factors (core 3.2 solved backwards). Not finite where the
    /// factors are the same.
    pub fn shares(&self, it_mw: f64, facility_mw: f64, v_pu: f64, cooling_mw: f64) -> (f64, f64) {
        let q_mvar = (1.0 - v_pu - facility_mw / self.rating_mva * self.r_pu) * self.rating_mva / self.x_pu;
        let racks_mvar = q_mvar - cooling_mw * self.tan_hvac - self.aux_mw * self.tan_misc;
        let a_mw = (racks_mvar - it_mw * self.tan_cpu) / (self.tan_gpu - self.tan_cpu);
        (a_mw, it_mw - a_mw)
    }

    /// Rating of the site transformer, MVA.
    pub fn rating_mva(&self) -> f64 {
        self.rating_mva
    }

    /// Reactive power of each kind of load at a flow (core 3.2).
    pub fn reactive(&self, flow: &Flow) -> Reactive {
        Reactive {
            it_a_mvar: flow.a.it_mw * self.tan_gpu,
            it_b_mvar: flow.b.it_mw * self.tan_cpu,
            cooling_per_mw: self.tan_hvac,
            aux_mvar: self.aux_mw * self.tan_misc,
        }
    }

    fn solve(&self, it_a_mw: f64, it_b_mw: f64, cool_a_mw: f64, cool_b_mw: f64) -> Flow {
        let (a, b) = (self.a.chain(it_a_mw), self.b.chain(it_b_mw));
        let cooling_mw = cool_a_mw.max(0.0) + cool_b_mw.max(0.0);
        let pre = a.ups_in_mw + b.ups_in_mw + cooling_mw + self.aux_mw;
        let load_factor = (pre / self.rating_mva).min(1.5);
        let xfmr_loss_mw = self.iron_mw + self.copper_mw * load_factor * load_factor;
        let facility_mw = pre + xfmr_loss_mw;
        let it_mw = a.it_mw + b.it_mw;
        let total = it_mw + cooling_mw + self.aux_mw;
        let (pf, q_mvar) = if total < 0.1 {
            (0.95, 0.0)
        } else {
            let q = a.it_mw * self.tan_gpu
                + b.it_mw * self.tan_cpu
                + cooling_mw * self.tan_hvac
                + self.aux_mw * self.tan_misc;
            let apparent = (total * total + q * q).sqrt();
            (if apparent <= 0.1 { 0.95 } else { total / apparent }, q)
        };
        let v_drop_pu = facility_mw / self.rating_mva * self.r_pu + q_mvar / self.rating_mva * self.x_pu;
        Flow {
            a,
            b,
            it_mw,
            ups_loss_mw: a.ups_loss_mw + b.ups_loss_mw,
            pdu_loss_mw: a.pdu_loss_mw + b.pdu_loss_mw,
            xfmr_loss_mw,
            cooling_mw,
            aux_mw: self.aux_mw,
            facility_mw,
            pue: if it_mw > 0.1 { facility_mw / it_mw } else { 1.0 },
            pf,
            q_mvar,
            v_pcc_pu: (1.0 - v_drop_pu).clamp(0.85, 1.10),
            v_drop_pu,
        }
    }
}
