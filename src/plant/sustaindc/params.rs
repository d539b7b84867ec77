//! What the plant is configured by: SustainDC's own keys, the profile of its flavours, the hall.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::{Document, Error, Place, Result, Value};

use super::rewards;

/// The hall and its cooling (sustaindc 4.1); see `configs/sustaindc/hall.yaml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hall {
    /// Rows of racks.
    pub rows: u32,
    /// Racks in a row.
    pub racks_per_row: u32,
    /// Inlet above the supply, rack by rack, K.
    pub supply_approach_k: Vec<f64>,
    /// Return below the outlet, rack by rack, K (negative).
    pub return_approach_k: Vec<f64>,
    /// Most servers in a rack.
    pub servers_per_rack: u32,
    /// Full and idle power of a server, rack by rack, W.
    pub server_w: Vec<[f64; 2]>,
    /// CPU power over full power at the coolest inlet: idle and full load.
    pub cpu_ratio_low: [f64; 2],
    /// The same at the warmest inlet.
    pub cpu_ratio_high: [f64; 2],
    /// Fan speed ratio at the coolest inlet: idle and full load.
    pub fan_ratio_low: [f64; 2],
    /// The same at the warmest inlet.
    pub fan_ratio_high: [f64; 2],
    /// Air through a server at full fan speed, m³/s.
    pub fan_full_flow_m3s: f64,
    /// Power of a server's fan at reference speed, W.
    pub fan_reference_w: f64,
    /// Coolest and warmest inlet of the fits, °C.
    pub inlet_range_degc: [f64; 2],
    /// Heat capacity of air, J/(kg K).
    pub c_air_j_kgk: f64,
    /// Density of air, kg/m³.
    pub rho_air_kg_m3: f64,
    /// Air that the cooling unit supplies per IT power, m³/s per W.
    pub crac_flow_m3s_per_w: f64,
    /// The same at the fan's reference power.
    pub crac_reference_flow_m3s_per_w: f64,
    /// Reference power of the cooling unit's fan, W.
    pub crac_fan_w: f64,
    /// Pump of the chilled water.
    pub chilled_water_pump: Pump,
    /// Pump of the tower's water.
    pub tower_pump: Pump,
}

/// A pump.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pump {
    /// Pressure that it overcomes, Pa.
    pub pressure_pa: f64,
    /// Water that it moves, m³/s.
    pub flow_m3s: f64,
    /// Efficiency, 0 to 1.
    pub efficiency: f64,
}

impl Hall {
    /// Number of racks.
    pub fn racks(&self) -> usize {
        (self.rows * self.racks_per_row) as usize
    }
}

/// Where the battery's capacity comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatterySize {
    /// From sizing.
    Sized,
    /// From `max_bat_cap_Mw`.
    Explicit,
}

/// What the flavours choose, and the twin's own switches; see `configs/sustaindc/plant.yaml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Share of the load that may wait; `None` takes `flexible_load`.
    pub flexible_ratio: Option<f64>,
    /// Tasks that fit the queue.
    pub queue_max_tasks: i64,
    /// Where the battery's capacity comes from.
    pub battery: BatterySize,
    /// Whether rewards are mixed.
    pub reward_mixing: bool,
    /// Hours of a load file that are played; `None` plays all.
    pub workload_hours_max: Option<usize>,
    /// Whether the weather has noise.
    pub weather_noise: bool,
    /// Largest shift of the weather, days.
    pub weather_roll_days: u64,
    /// Days around the first of the month at which an episode may begin.
    pub start_jitter_days: u32,
    /// Whether an episode begins at any full hour.
    pub start_any_hour: bool,
    /// Energies that rewards are judged against.
    pub history_energies: usize,
    /// Whether they are kept across the episodes of a run.
    pub keep_history: bool,
    /// Wanted range of the room, °C.
    pub room_range_degc: [f64; 2],
    /// Share of renewable energy.
    pub renewable_energy_ratio: f64,
}

/// Everything that is configured.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// Place: two letters (or a text that holds them).
    pub location: String,
    /// Load file, where one is named.
    pub workload_file: Option<String>,
    /// Weather file, where one is named.
    pub weather_file: Option<String>,
    /// Carbon file, where one is named.
    pub cintensity_file: Option<String>,
    /// Size of the data centre, MW.
    pub capacity_mw: f64,
    /// Rotation of the series, h.
    pub timezone_shift_h: i64,
    /// Days of an episode.
    pub days_per_episode: u64,
    /// Month, 0 = January.
    pub month: usize,
    /// Explicit capacity of the battery, MWh.
    pub battery_mwh: f64,
    /// Share of its reward that an agent keeps.
    pub reward_weight: f64,
    /// Share of the load that may wait, as users configure it.
    pub flexible_load: f64,
    /// Rewards of the three agents.
    pub rewards: [rewards::Kind; 3],
    /// Flavour and switches.
    pub profile: Profile,
    /// The hall.
    pub hall: Hall,
    /// What a person should know: keys that are not in force.
    pub warnings: Vec<String>,
}

/// Months in the order of their numbers.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The configuration's own file, from which a key that a person has touched is told.
pub(super) const PLANT_FILE: &str = "configs/sustaindc/plant.yaml";

fn range(config: &Document, key: &str, value: f64, min: f64, max: f64, unit: &str) -> Result<f64> {
    if (min..=max).contains(&value) {
        return Ok(value);
    }
    let (place, key, unit) = (config.place(key), key.to_owned(), unit.to_owned());
    Err(Error::Range { place, key, value, min, max, unit })
}

fn number<T: DeserializeOwned>(config: &Document, key: &str) -> Result<T> {
    config.fill(key)
}

/// A month by number or name.
fn month(config: &Document) -> Result<usize> {
    if let Some(Value::Str(name)) = config.get("month").map(|n| &n.value) {
        return month_of(name, config.place("month"));
    }
    let number: f64 = config.fill("month")?;
    Ok(range(config, "month", number, 0.0, 11.0, "")? as usize)
}

/// The number of a month from its name.
///
/// # Errors
/// When there is no such month.
pub fn month_of(name: &str, place: Place) -> Result<usize> {
    let small = name.to_lowercase();
    MONTHS.iter().position(|m| *m == small).ok_or_else(|| Error::unknown(place, "month", name, MONTHS))
}

impl Params {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Values that do not fit, each with its place and cure.
    pub fn from_document(config: &Document) -> Result<Self> {
        let profile: Profile = config.fill("profile")?;
        let hall: Hall = config.fill("hall")?;
        check_hall(config, &hall)?;
        let agents: Vec<String> = config.fill("agents")?;
        const AGENTS: [&str; 3] = ["agent_ls", "agent_dc", "agent_bat"];
        for agent in &agents {
            if !AGENTS.contains(&agent.as_str()) {
                return Err(Error::unknown(config.place("agents"), "agent", agent, AGENTS));
            }
        }
        let partial: bool = config.fill("partial_obs")?;
        if !partial {
            return Err(Error::invalid(
                config.place("partial_obs"),
                "full observations do not exist, in the source either",
                "Set partial_obs to true.",
            ));
        }
        for switch in ["evaluation", "actions_are_logits", "nonoverlapping_shared_obs_space", "is_render"] {
            config.fill::<bool>(switch)?;
        }
        let hall_file: String = config.fill("dc_config_file")?;
        if hall_file != "dc_config.json" {
            return Err(Error::invalid(
                config.place("dc_config_file"),
                format!("`{hall_file}` is not built in; the source's other hall files do not load there either"),
                "Leave dc_config.json and change the section `hall`.",
            ));
        }
        if let Some(ratio) = profile.flexible_ratio {
            range(config, "profile.flexible_ratio", ratio, 0.0, 1.0, "")?;
        }
        range(config, "profile.queue_max_tasks", profile.queue_max_tasks as f64, 0.0, 1e6, " tasks")?;
        range(config, "profile.history_energies", profile.history_energies as f64, 2.0, 1e6, "")?;
        range(config, "profile.weather_roll_days", profile.weather_roll_days as f64, 0.0, 364.0, " days")?;
        range(config, "profile.start_jitter_days", f64::from(profile.start_jitter_days), 0.0, 364.0, " days")?;
        let mut params = Self {
            location: config.fill("location")?,
            workload_file: config.fill("workload_file")?,
            weather_file: config.fill("weather_file")?,
            cintensity_file: config.fill("cintensity_file")?,
            capacity_mw: range(
                config,
                "datacenter_capacity_mw",
                number(config, "datacenter_capacity_mw")?,
                0.005,
                1000.0,
                " MW",
            )?,
            timezone_shift_h: range(config, "timezone_shift", number(config, "timezone_shift")?, -24.0, 24.0, " h")?
                as i64,
            days_per_episode: range(
                config,
                "days_per_episode",
                number(config, "days_per_episode")?,
                1.0,
                365.0,
                " days",
            )? as u64,
            month: month(config)?,
            battery_mwh: range(config, "max_bat_cap_Mw", number(config, "max_bat_cap_Mw")?, 1e-3, 1e4, " MWh")?,
            reward_weight: range(
                config,
                "individual_reward_weight",
                number(config, "individual_reward_weight")?,
                0.0,
                1.0,
                "",
            )?,
            flexible_load: range(config, "flexible_load", number(config, "flexible_load")?, 0.0, 1.0, "")?,
            rewards: [config.fill("ls_reward")?, config.fill("dc_reward")?, config.fill("bat_reward")?],
            profile,
            hall,
            warnings: Vec::new(),
        };
        params.warnings = params.ignored(config);
        Ok(params)
    }

    /// Keys that a person has set although they are not in force.
    fn ignored(&self, config: &Document) -> Vec<String> {
        // The configuration in a log's header stands in one document: who set a key is not known there.
        let touched = |key: &str| {
            let source = config.place(key).source;
            &*source != PLANT_FILE && !source.ends_with("(configuration)")
        };
        let mut warnings = Vec::new();
        let mut warn = |key: &str, in_force: bool, what: &str| {
            if touched(key) && !in_force {
                warnings.push(format!("{}: `{key}` is not in force: {what}", config.place(key)));
            }
        };
        let p = &self.profile;
        warn(
            "flexible_load",
            p.flexible_ratio.is_none_or(|r| r == self.flexible_load),
            "this flavour plays its own share, as the source does; choose --flavour user_fork or set \
             profile.flexible_ratio",
        );
        warn(
            "max_bat_cap_Mw",
            p.battery == BatterySize::Explicit,
            "the battery is sized, as in the source; set profile.battery=explicit",
        );
        warn("individual_reward_weight", p.reward_mixing, "rewards are not mixed; set profile.reward_mixing=true");
        warnings
    }

    /// Share of the load that may wait.
    pub fn flexible_ratio(&self) -> f64 {
        self.profile.flexible_ratio.unwrap_or(self.flexible_load)
    }
}

/// Lists of the hall that are as long as it has racks.
fn check_hall(config: &Document, hall: &Hall) -> Result<()> {
    let racks = hall.racks();
    let lists = [
        ("hall.supply_approach_k", hall.supply_approach_k.len()),
        ("hall.return_approach_k", hall.return_approach_k.len()),
        ("hall.server_w", hall.server_w.len()),
    ];
    if racks == 0 || racks > 1000 {
        return Err(Error::invalid(
            config.place("hall.rows"),
            format!("the hall has {racks} racks"),
            "Give 1 to 1000 racks.",
        ));
    }
    for (key, entries) in lists {
        if entries != racks {
            return Err(Error::invalid(
                config.place(key),
                format!("{entries} entries for {racks} racks"),
                "Give one entry for each rack.",
            ));
        }
    }
    Ok(())
}
