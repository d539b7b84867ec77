//! Parameters of the site as they stand in `configs/`: units in every name, ranges checked with file, line and column.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::{Document, Result};

/// Everything that a configuration says about the C2G plant.
#[derive(Debug, Clone)]
pub struct Params {
    /// What stands on the site.
    pub site: Site,
    /// Scenarios by name.
    pub scenarios: BTreeMap<String, Scenario>,
    /// What all markets share.
    pub grid: Grid,
    /// Grid markets by name.
    pub markets: BTreeMap<String, Market>,
    /// Weights of the hardware reward.
    pub reward: Reward,
    /// The market handshake.
    pub handshake: Handshake,
    /// Which behaviours of the sources are in force.
    pub fidelity: Fidelity,
    /// Research overrides of the thermal model (core 1).
    pub thermal_override: ThermalOverride,
}

/// What stands on the site (core 2 to 5).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Trip temperature of both zones, degC.
    pub t_safe_degc: f64,
    /// Temperature at which zone A's penalty begins, degC.
    pub t_warn_a_degc: f64,
    /// Temperature at which zone B's penalty begins, degC.
    pub t_warn_b_degc: f64,
    /// Normaliser of powers in observations, kW.
    pub facility_cap_kw: f64,
    /// Rack groups behind the streams (core 2.2).
    pub workload: WorkloadSite,
    /// Power chain (core 3).
    pub electrical: Electrical,
    /// Cooling (core 4).
    pub thermal: Thermal,
    /// Battery (core 5).
    pub bess: Bess,
}

/// Rack groups behind the three workload streams (core 2.2).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkloadSite {
    /// Flexible batch jobs in zone A.
    pub batch: Stream,
    /// Rigid GenAI serving in zone A.
    pub genai: Stream,
    /// Rigid recommendation serving in zone B.
    pub dlrm: Stream,
    /// Duty in percent above which a record counts as a spike (strict).
    pub spike_duty_pct: f64,
    /// Length of one record, s.
    pub record_s: u32,
}

/// Racks that serve one stream: P(u) = N · [idle + (max − idle) · u^a] (core 2.2).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// Number of racks.
    pub racks: f64,
    /// Idle draw of a rack, kW.
    pub idle_kw: f64,
    /// Exponent of the power law.
    pub exponent: f64,
    /// Value of the trace column that means full utilisation.
    pub full_scale: f64,
}

/// Power chain (core 3).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Electrical {
    /// The site transformer.
    pub transformer: Transformer,
    /// Liquid-cooled GPU zone.
    pub zone_a: ElectricalZone,
    /// Air-cooled CPU zone.
    pub zone_b: ElectricalZone,
    /// Power factors by kind of load.
    pub power_factor: PowerFactor,
    /// Lighting, MW.
    pub lighting_mw: f64,
    /// Network, MW.
    pub network_mw: f64,
    /// Point of common coupling.
    pub pcc: Pcc,
}

/// The site transformer (core 3).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transformer {
    /// Rating, MVA.
    pub rating_mva: f64,
    /// No-load loss, MW.
    pub iron_loss_mw: f64,
    /// Full-load copper loss as a fraction of the rating.
    pub copper_loss_frac: f64,
}

/// One zone of the power chain (core 3).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectricalZone {
    /// Number of racks.
    pub racks: f64,
    /// Idle draw of a rack, kW.
    pub idle_kw: f64,
    /// Exponent of the power law.
    pub exponent: f64,
    /// Peak efficiency of the UPS.
    pub ups_eta_peak: f64,
    /// Quadratic loss coefficient of the UPS.
    pub ups_k_loss: f64,
    /// No-load coefficient of the UPS.
    pub ups_k_no_load: f64,
    /// PDU loss as a fraction of IT power.
    pub pdu_loss_frac: f64,
}

/// Power factors by kind of load (core 3).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerFactor {
    /// Zone A racks.
    pub gpu: f64,
    /// Zone B racks.
    pub cpu: f64,
    /// Cooling.
    pub hvac: f64,
    /// Lighting and network.
    pub misc: f64,
}

/// Point of common coupling (core 3).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pcc {
    /// Nominal voltage, kV (shown, not used in a formula).
    pub nominal_kv: f64,
    /// Short-circuit impedance, pu on the transformer rating.
    pub z_pu: f64,
    /// Reactance over resistance.
    pub x_over_r: f64,
    /// Lower end of the penalty-free band, pu.
    pub v_low_pu: f64,
    /// Upper end of the penalty-free band, pu.
    pub v_high_pu: f64,
    /// Voltage below which the episode ends, pu.
    pub v_trip_pu: f64,
}

/// Cooling (core 4).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thermal {
    /// Liquid-cooled zone.
    pub zone_a: ThermalA,
    /// Air-cooled zone.
    pub zone_b: ThermalB,
    /// Pump power at full speed, MW.
    pub pump_max_mw: f64,
    /// Lowest pump speed.
    pub pump_min_speed: f64,
    /// HVAC effort of the cooling baseline.
    pub nominal_hvac: f64,
    /// Pump speed of the cooling baseline.
    pub nominal_pump: f64,
}

/// Liquid-cooled zone (core 4).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThermalA {
    /// Heat capacity, MJ/K.
    pub c_mj_per_k: f64,
    /// Conductance to the liquid at full pump speed, MW/K.
    pub k_liquid_mw_per_k: f64,
    /// Conductance to ambient, MW/K.
    pub k_envelope_mw_per_k: f64,
    /// Supply temperature, degC.
    pub t_supply_degc: f64,
    /// Supply temperature at which the COP holds, degC.
    pub t_reference_degc: f64,
    /// Coefficient of performance at the reference.
    pub cop: f64,
    /// Loss of COP per kelvin of colder supply.
    pub cop_slope_per_k: f64,
}

/// Air-cooled zone (core 4).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThermalB {
    /// Heat capacity, MJ/K.
    pub c_mj_per_k: f64,
    /// Conductance to the air at full effort, MW/K.
    pub k_air_mw_per_k: f64,
    /// Conductance to ambient, MW/K.
    pub k_envelope_mw_per_k: f64,
    /// Supply temperature, degC.
    pub t_supply_degc: f64,
    /// Supply temperature at which the COP holds, degC.
    pub t_reference_degc: f64,
    /// Coefficient of performance at 25 degC ambient.
    pub cop: f64,
    /// Loss of COP per kelvin of warmer ambient.
    pub cop_ambient_slope_per_k: f64,
    /// Loss of COP per kelvin of colder supply.
    pub cop_supply_slope_per_k: f64,
    /// Electrical draw at full effort, MW.
    pub hvac_max_mw: f64,
}

/// Battery (core 5). Energy and power stand in the fidelity profile.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bess {
    /// Lowest state of charge.
    pub soc_min: f64,
    /// Highest state of charge.
    pub soc_max: f64,
    /// Peak one-way efficiency.
    pub eta_peak: f64,
    /// Lowest one-way efficiency.
    pub eta_min: f64,
    /// Loss of efficiency per squared C-rate.
    pub k_c_rate: f64,
    /// Loss of efficiency per squared distance of SOC from 0.5.
    pub k_soc: f64,
    /// Distance to a SOC limit over which power fades out.
    pub derate_window: f64,
    /// The same for the reported charging limit (information only).
    pub report_charge_window: f64,
    /// DC voltage, V.
    pub voltage_v: f64,
    /// Throughput, in multiples of the energy, that ages the battery from 0 to 1.
    pub fade_throughput_factor: f64,
    /// Share of capacity gone at age 1.
    pub fade_depth: f64,
}

/// A scenario (core 1).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Words for people.
    pub label: String,
    /// Grid market when the fidelity profile takes it from the scenario.
    pub grid_market: String,
    /// Market whose weather and temperature bounds hold.
    pub weather_market: String,
    /// Whether ambient follows the weather record.
    pub weather_driven: bool,
    /// Ambient when it does not, and at reset, degC.
    pub t_ambient_degc: f64,
    /// Largest commitment, MW.
    pub committed_mw_max: f64,
    /// State of charge at reset.
    pub soc_initial: f64,
    /// Whether cooling is degraded.
    pub cooling_fault: bool,
    /// Factor on cooling conductances when it is; 0.4 when absent.
    #[serde(default)]
    pub fault_factor: Option<f64>,
    /// Factor on GenAI power during spikes.
    pub genai_spike_scale: f64,
    /// Factor on RegD.
    pub grid_stress_scale: f64,
    /// Commitment without an accepted bid, MW.
    pub dr_baseline_mw: f64,
    /// Payment for that commitment, $/MW·h.
    pub dr_rate_usd_mwh: f64,
}

/// What all markets share (core 6).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// Share of the LMP deviation that reaches the regulation price.
    pub rmcp_lmp_beta: f64,
    /// Standard deviation of the regulation price, $.
    pub rmcp_noise_usd: f64,
    /// Growth of the regulation need with load.
    pub need_slope: f64,
    /// Cap on prices, $/MWh.
    pub lmp_max_usd_mwh: f64,
    /// Inertia constant, s.
    pub inertia_h_s: f64,
    /// Damping.
    pub damping_d: f64,
    /// Frequency noise per tick, Hz.
    pub frequency_noise_hz: f64,
    /// Deviation without penalty, Hz.
    pub frequency_dead_band_hz: f64,
    /// Deviation that ends the episode, Hz.
    pub frequency_trip_hz: f64,
}

/// A grid market with the weather beside it (core 6.1 and 7).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Market {
    /// Words for people.
    pub label: String,
    /// IANA time zone.
    pub zone: String,
    /// Nominal frequency, Hz.
    pub f_nominal_hz: f64,
    /// The regulation signal's AR(1) law.
    pub regd: Regd,
    /// Energy price.
    pub lmp: Lmp,
    /// Zone load.
    pub load: Load,
    /// Regulation market.
    pub regulation: Regulation,
    /// Weather.
    pub weather: Weather,
}

/// AR(1) law of the regulation signal (core 6.4).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regd {
    /// Persistence per tick.
    pub rho: f64,
    /// Standard deviation of the innovation.
    pub sigma: f64,
    /// Ticks after which the mean is taken out once.
    pub window: u32,
}

/// Energy price (core 6.3).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lmp {
    /// Price at or below median load, $/MWh.
    pub base_usd_mwh: f64,
    /// Slope above it, $/MWh per GW.
    pub slope_usd_mwh_per_gw: f64,
}

/// Zone load and its synthetic stand-in (core 6.2).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Key of the file below `energy/`.
    pub csv: String,
    /// Level of the stand-in, MW.
    pub mean_mw: f64,
    /// Daily amplitude, MW.
    pub daily_mw: f64,
    /// Noise, MW.
    pub noise_mw: f64,
}

/// Regulation market (core 6.7).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulation {
    /// Price at the base LMP, $.
    pub rmcp_base_usd: f64,
    /// Need at zero load, MW.
    pub need_base_mw: f64,
    /// Share that competitors fill.
    pub competitor_fill: f64,
}

/// Weather of a market (core 7).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weather {
    /// Key of the file below `weather/`.
    pub csv: String,
    /// Temperature where nothing is known, degC.
    pub fallback_degc: f64,
    /// Annual mean of the stand-in, degC.
    pub annual_mean_degc: f64,
    /// Annual amplitude, K.
    pub annual_amp_degc: f64,
    /// Daily amplitude, K.
    pub daily_amp_degc: f64,
    /// Temperature that normalises to 0, degC.
    pub norm_min_degc: f64,
    /// Temperature that normalises to 1, degC.
    pub norm_max_degc: f64,
    /// Southern hemisphere: the year is turned by half.
    #[serde(default)]
    pub southern: bool,
}

impl Weather {
    /// Temperature on the scale of the observation, 0..1 (core 7).
    pub fn normalise(&self, t_degc: f64) -> f64 {
        ((t_degc - self.norm_min_degc) / (self.norm_max_degc - self.norm_min_degc)).clamp(0.0, 1.0)
    }
}

/// Weights of the hardware reward (core 8.4).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// Per unit of throttle.
    pub throughput: f64,
    /// Per unit of relative tracking error.
    pub tracking: f64,
    /// Smallest commitment that the error is divided by, kW.
    pub tracking_floor_kw: f64,
    /// Per kelvin above the warning temperature.
    pub thermal: f64,
    /// When the battery is nearly empty.
    pub soc_penalty: f64,
    /// SOC below which it is.
    pub soc_low: f64,
    /// Per hertz beyond the dead band.
    pub frequency: f64,
    /// Per pu outside the voltage band.
    pub voltage: f64,
    /// Per full batch power of backlog.
    pub backlog: f64,
}

/// The market handshake (core 9).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// Normaliser of prices, $.
    pub rmcp_max_usd: f64,
    /// Slope of the acceptance probability, 1/$.
    pub sigmoid_k_p: f64,
    /// Weight of revenue.
    pub lambda_revenue: f64,
    /// Weight of the electricity cost.
    pub lambda_electricity: f64,
    /// Weight of changing the bid.
    pub lambda_churn: f64,
    /// Length of a market interval, s.
    pub interval_s: u32,
}

/// Which market the grid model runs on (D-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketSource {
    /// The scenario's, or the one that a person chose.
    Scenario,
    /// Always NYISO with NYC.csv.
    Global,
}

/// How the AR state becomes a signal (D-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Squash {
    /// Clipped to ±1.
    Clip,
    /// Hyperbolic tangent.
    Tanh,
}

/// What counts as delivered power (D-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// Shed share of arrivals + battery − cooling increase.
    Code,
    /// Served work + battery, as the documentation's formula says.
    SeedLiteral,
    /// Arrivals − served + battery − cooling increase.
    Physical,
}

/// How heat is punished (D-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThermalPenalty {
    /// The hotter zone, per kelvin.
    Seed,
    /// Both zones, halved.
    Code,
}

/// What observation 13 shows (D-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmbientObservation {
    /// The ambient that the plant feels.
    Actual,
    /// The weather record, even in static scenarios.
    Weather,
}

/// What the inner controller sees on the first tick of an interval (D-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstInnerObs {
    /// The last observation.
    Last,
    /// Zeros.
    Zeros,
}

/// Scale of the electricity cost (D-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElectricityCost {
    /// Price times normalised power, as the reference has it.
    Normalised,
    /// Price times power.
    Physical,
}

/// Definition of the throughput metric (D-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThroughputRatio {
    /// Served over arrived work.
    ServedOverNominal,
    /// Mean throttle.
    Throttle,
}

/// Which behaviours of the sources are in force (core 12.1).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fidelity {
    /// D-7.
    pub market_source: MarketSource,
    /// D-8: ticks that one record of the load file lasts.
    pub load_ticks_per_record: u32,
    /// D-2: apply the scenario's GenAI spike scale.
    pub apply_spike_scale: bool,
    /// D-2: apply the scenario's grid stress scale.
    pub apply_stress_scale: bool,
    /// D-9.
    pub regd_squash: Squash,
    /// D-9: take the window's mean out of its last tick.
    pub neutrality: bool,
    /// D-12.
    pub tracking: Tracking,
    /// D-14.
    pub thermal_penalty: ThermalPenalty,
    /// D-13.
    pub tamb_obs: AmbientObservation,
    /// D-10: clamp of the frequency deviation, Hz.
    pub freq_clip_hz: f64,
    /// D-16.
    pub first_inner_obs: FirstInnerObs,
    /// D-1: zone A rack at full load, kW.
    pub rack_a_max_kw: f64,
    /// D-1: zone B rack at full load, kW.
    pub rack_b_max_kw: f64,
    /// D-6: battery energy, MWh.
    pub bess_e_mwh: f64,
    /// D-6: battery power, MW.
    pub bess_p_mw: f64,
    /// D-17.
    pub electricity_cost: ElectricityCost,
    /// D-15.
    pub throughput_ratio: ThroughputRatio,
    /// Round observations to binary32, as policies and logs see them.
    pub float32_obs: bool,
}

/// Research overrides of the thermal model, with the reference's key names (core 1).
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(non_snake_case)]
pub struct ThermalOverride {
    /// Heat capacity of zone A, MJ/K.
    pub C_A: Option<f64>,
    /// Heat capacity of zone B, MJ/K.
    pub C_B: Option<f64>,
    /// Liquid conductance, MW/K.
    pub K_liq: Option<f64>,
    /// Air conductance, MW/K.
    pub K_air: Option<f64>,
    /// Envelope of zone A, MW/K.
    pub K_env_A: Option<f64>,
    /// Envelope of zone B, MW/K.
    pub K_env_B: Option<f64>,
    /// Supply temperature of zone A, degC.
    pub T_supply_A: Option<f64>,
    /// Supply temperature of zone B, degC.
    pub T_supply_B: Option<f64>,
    /// COP of zone B.
    pub COP_base: Option<f64>,
    /// Factor on cooling conductances; a fault is active below 1.
    pub fault_factor: Option<f64>,
    /// Ambient, degC; switches the weather off.
    pub T_amb: Option<f64>,
}

impl Params {
    /// Fills and checks the parameters from a configuration.
    ///
    /// # Errors
    /// Unknown keys, wrong types, values out of range: with file, line, column and cure.
    pub fn from_document(config: &Document) -> Result<Self> {
        let thermal_override = if config.get("thermal_override").is_some() {
            config.fill("thermal_override")?
        } else {
            Default::default()
        };
        let params = Self {
            site: config.fill("site")?,
            scenarios: config.fill("scenarios")?,
            grid: config.fill("grid")?,
            markets: config.fill("markets")?,
            reward: config.fill("reward")?,
            handshake: config.fill("handshake")?,
            fidelity: config.fill("fidelity")?,
            thermal_override,
        };
        params.check(config)?;
        Ok(params)
    }
}
