//! Every signal of SustainDC: column, entity, unit, meaning. The order here is the order of a row; three columns for
//! each rack follow. The name in the source's logs stands in brackets, because its units are not always its values'.

use crate::plant::signal_table::signal_table;
use crate::signal::{Carrier, Entity, Signal, SignalId};

/// Entities, parents first; racks follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Ent {
    /// The whole site.
    Site,
    /// The grid and its carbon intensity.
    Grid,
    /// The weather.
    Weather,
    /// The load and what of it waits.
    Workload,
    /// The hall with its racks.
    Hall,
    /// The cooling unit of the hall.
    Crac,
    /// The chiller.
    Chiller,
    /// The cooling tower.
    Tower,
    /// The battery.
    Battery,
    /// Reward of the load-shifting agent.
    RewardLs,
    /// Reward of the cooling agent.
    RewardDc,
    /// Reward of the battery agent.
    RewardBat,
}

/// Entities before the racks.
const FIXED_ENTITIES: usize = Ent::RewardBat as usize + 1;

/// Number of rows and of racks in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Rows.
    pub rows: usize,
    /// Racks in a row.
    pub per_row: usize,
}

/// The entities as a table: the site's parts, the rows, the racks.
pub fn entities(layout: Layout) -> Vec<Entity> {
    let entity = |name: &str, label: &str, class: &str, parent: Option<usize>| Entity {
        name: name.to_owned(),
        label: label.to_owned(),
        class: class.to_owned(),
        parent,
    };
    let part = |name: &str, label: &str, class: &str, parent: Ent| entity(name, label, class, Some(parent as usize));
    let mut all = vec![
        entity("site", "Site", "site", None),
        part("grid", "Grid", "grid", Ent::Site),
        part("weather", "Weather", "weather", Ent::Site),
        part("workload", "Workload", "workload", Ent::Site),
        part("hall", "IT hall", "hall", Ent::Site),
        part("crac", "CRAC", "cooling", Ent::Hall),
        part("chiller", "Chiller", "cooling", Ent::Site),
        part("tower", "Cooling tower", "cooling", Ent::Site),
        part("battery", "Battery", "battery", Ent::Site),
        part("reward_ls", "Load-shifting reward", "reward", Ent::Site),
        part("reward_dc", "Cooling reward", "reward", Ent::Site),
        part("reward_bat", "Battery reward", "reward", Ent::Site),
    ];
    for row in 1..=layout.rows {
        all.push(entity(&format!("row_{row}"), &format!("Row {row}"), "row", Some(Ent::Hall as usize)));
    }
    for row in 1..=layout.rows {
        for rack in 1..=layout.per_row {
            let parent = FIXED_ENTITIES + row - 1;
            all.push(entity(&format!("rack_{row}_{rack}"), &format!("Rack {row}.{rack}"), "rack", Some(parent)));
        }
    }
    all
}

/// Columns of each rack: inlet, outlet, power.
pub const RACK_COLUMNS: usize = 3;

/// First column of a rack.
pub const fn rack_column(rack: usize) -> SignalId {
    COUNT + RACK_COLUMNS * rack
}

fn rack_signals(layout: Layout) -> Vec<Signal> {
    let mut all = Vec::with_capacity(RACK_COLUMNS * layout.rows * layout.per_row);
    for row in 1..=layout.rows {
        for rack in 1..=layout.per_row {
            let entity = FIXED_ENTITIES + layout.rows + (row - 1) * layout.per_row + rack - 1;
            let name = format!("rack_{row}_{rack}");
            let mut add = |quantity: &str, label: &str, unit: &str, range: (f64, f64), carrier: Carrier, doc: &str| {
                let words = format!("Rack {row}.{rack}, {label}");
                let signal = Signal::new(&format!("{name}_{quantity}"), entity, &words, unit, doc);
                all.push(signal.quantity(quantity).carrier(carrier).range(range.0, range.1).decimals(1).step());
            };
            add("t_inlet_degc", "inlet", "°C", (15.0, 45.0), Carrier::Cooling, "Air into the rack (sustaindc 4.2).");
            add(
                "t_outlet_degc",
                "outlet",
                "°C",
                (15.0, 60.0),
                Carrier::Cooling,
                "Air out of the rack (sustaindc 4.2).",
            );
            add("p_kw", "power", "kW", (0.0, 100.0), Carrier::It, "Processors and fans of the rack (sustaindc 4.2).");
        }
    }
    all
}

/// All signals of a hall.
pub fn signals(layout: Layout) -> Vec<Signal> {
    let mut all = fixed_signals();
    all.extend(rack_signals(layout));
    all
}

signal_table! {
    /// Column of each signal in a row, before the racks.
    enum Col;
    /// Number of signals before the racks.
    const COUNT;
    /// Signals before the racks.
    fn fixed_signals;

    PGrid: Grid, Grid, "p_grid_kw", "Grid power", "kW", "Mean power from the grid: data centre less battery.", mean(), range(0.0, 4900.0), decimals(1);
    PTotal: Site, Grid, "p_total_kw", "Total power", "kW", "IT and HVAC power (dc_total_power_kW).", mean(), range(0.0, 3000.0), decimals(1);
    PIt: Hall, It, "p_it_kw", "IT power", "kW", "Processors and server fans (dc_ITE_total_power_kW).", mean(), range(0.0, 1600.0), decimals(1);
    PCpu: Hall, It, "p_cpu_kw", "Processors", "kW", "Power of all processors (sustaindc 4.2).", mean(), range(0.0, 1600.0), decimals(1);
    PItFan: Hall, It, "p_it_fan_kw", "Server fans", "kW", "Power of all server fans (sustaindc 4.2).", mean(), range(0.0, 300.0), decimals(1);
    PHvac: Crac, Cooling, "p_hvac_kw", "HVAC power", "kW", "Compressor and tower fan (dc_HVAC_total_power_kW).", mean(), range(0.0, 2500.0), decimals(1);
    PCompressor: Chiller, Cooling, "p_compressor_kw", "Compressor", "kW", "Power of the chiller's compressor; it falls with a warmer ambient, as in the source (dc_Compressor_total_power_kW).", mean(), range(0.0, 700.0), decimals(1);
    PTower: Tower, Cooling, "p_tower_kw", "Tower fan", "kW", "Power of the tower's fan; it rests below 5 °C (dc_CT_total_power_kW).", mean(), range(0.0, 2400.0), decimals(1);
    Pue: Site, Grid, "pue", "PUE now", "", "Total over IT power on this tick.", mean(), range(1.0, 2.5), decimals(3);
    PueEpisode: Site, Grid, "pue_episode", "PUE of the episode", "", "Total over IT energy since reset: a ratio of means.", range(1.0, 2.5), decimals(3);
    PueDay: Site, Grid, "pue_day", "PUE of the day", "", "Total over IT energy since midnight.", range(1.0, 2.5), decimals(3);
    PueBestDay: Site, Grid, "pue_best_day", "PUE of the best day", "", "Lowest PUE of a day so far, the present one included.", range(1.0, 2.5), decimals(3), step();
    PueWorstDay: Site, Grid, "pue_worst_day", "PUE of the worst day", "", "Highest PUE of a day so far, the present one included.", range(1.0, 2.5), decimals(3), step();
    Workload: Workload, It, "workload_frac", "Workload", "", "Load that arrives, 0 to 1 (ls_original_workload).", mean(), range(0.0, 1.0), decimals(3);
    Utilisation: Hall, It, "utilisation_frac", "Utilisation", "", "Load that runs, 0 to 1 (ls_shifted_workload, dc_cpu_workload_fraction).", mean(), range(0.0, 1.0), decimals(2);
    TasksFixed: Workload, It, "tasks_fixed", "Tasks that cannot wait", "tasks", "One task is 1 % of the data centre for 15 minutes (sustaindc 3).", sum(), range(0.0, 100.0), decimals(0);
    TasksShiftable: Workload, It, "tasks_shiftable", "Tasks that can wait", "tasks", "Tasks of this tick that may wait (sustaindc 3).", sum(), range(0.0, 60.0), decimals(0);
    TasksDeferred: Workload, It, "tasks_deferred", "Put off", "tasks", "Tasks that went into the queue on this tick.", sum(), range(0.0, 60.0), decimals(0);
    TasksProcessed: Workload, It, "tasks_processed", "Taken up", "tasks", "Waiting tasks that the agent ran (ls_tasks_processed).", sum(), range(0.0, 60.0), decimals(0);
    TasksForced: Workload, It, "tasks_forced", "Forced", "tasks", "Overdue tasks that ran because capacity was free (sustaindc 3).", sum(), range(0.0, 90.0), decimals(0);
    TasksMoved: Workload, It, "tasks_moved", "Moved in time", "tasks", "Change of the queue: + = put off, − = caught up.", sum(), range(-60.0, 60.0), decimals(0);
    TasksOverflow: Workload, It, "tasks_overflow", "Overflow (ran now)", "tasks", "Tasks that found the queue full: they ran at once; the source counts them as dropped (ls_tasks_dropped).", sum(), range(0.0, 60.0), decimals(0);
    TasksComputed: Workload, It, "tasks_computed", "Tasks run", "tasks", "Utilisation in tasks, truncated as in the source (ls_computed_tasks).", sum(), range(0.0, 100.0), decimals(0);
    TasksInQueue: Workload, It, "tasks_in_queue", "Queue", "tasks", "Tasks that wait (ls_tasks_in_queue).", step(), range(0.0, 1000.0), decimals(0);
    QueueFill: Workload, It, "queue_fill_frac", "Queue fill", "", "Waiting tasks over the queue's size (ls_norm_tasks_in_queue).", step(), range(0.0, 1.0), decimals(3);
    TasksOverdue: Workload, It, "tasks_overdue", "Overdue", "tasks", "Tasks older than 24 hours before this tick ran any (ls_overdue_penalty).", step(), range(0.0, 500.0), decimals(0);
    OldestAge: Workload, It, "age_oldest_h", "Oldest task", "h", "Age of the oldest waiting task (ls_oldest_task_age is this over 24).", step(), range(0.0, 30.0), decimals(2);
    AverageAge: Workload, It, "age_average_h", "Mean age", "h", "Mean age of the waiting tasks (ls_average_task_age is this over 24).", step(), range(0.0, 30.0), decimals(2);
    Age0: Workload, It, "tasks_age_0_6h", "Waiting up to 6 h", "tasks", "Waiting tasks younger than 6 hours.", quantity("tasks_age"), step(), range(0.0, 500.0), decimals(0);
    Age6: Workload, It, "tasks_age_6_12h", "Waiting 6 to 12 h", "tasks", "Waiting tasks of 6 to 12 hours.", quantity("tasks_age"), step(), range(0.0, 500.0), decimals(0);
    Age12: Workload, It, "tasks_age_12_18h", "Waiting 12 to 18 h", "tasks", "Waiting tasks of 12 to 18 hours.", quantity("tasks_age"), step(), range(0.0, 500.0), decimals(0);
    Age18: Workload, It, "tasks_age_18_24h", "Waiting 18 to 24 h", "tasks", "Waiting tasks of 18 to 24 hours.", quantity("tasks_age"), step(), range(0.0, 500.0), decimals(0);
    Age24: Workload, It, "tasks_age_over_24h", "Waiting 24 h or longer", "tasks", "Waiting tasks of 24 hours or more.", quantity("tasks_age"), step(), range(0.0, 500.0), decimals(0);
    SetPoint: Crac, Cooling, "t_set_degc", "Set point", "°C", "Supply air of the cooling unit (dc_crac_setpoint).", step(), range(14.0, 23.0), decimals(1);
    SetPointMove: Crac, Cooling, "t_set_move_k", "Set point move", "K", "Move that was commanded, before acceleration and stop (dc_crac_setpoint_delta).", step(), range(-1.0, 1.0), decimals(0);
    SetPointMoved: Crac, Cooling, "t_set_moved_k", "Set point moved", "K", "What the set point really moved by.", step(), range(-6.6, 6.6), decimals(1);
    SetPointRepeats: Crac, Cooling, "set_point_repeats", "Equal moves in a row", "", "Raising speeds up after three equal moves (sustaindc 4.5).", step(), range(0.0, 20.0), decimals(0);
    SetPointScale: Crac, Cooling, "set_point_scale_k", "Size of the next move", "K", "Factor on a raise (sustaindc 4.5).", step(), range(0.0, 20.0), decimals(0);
    TRoom: Hall, Cooling, "t_room_degc", "Room", "°C", "Mean of the racks' outlets (dc_int_temperature).", step(), range(15.0, 45.0), decimals(1);
    TReturn: Crac, Cooling, "t_return_degc", "Return air", "°C", "Air that comes back to the cooling unit.", step(), range(10.0, 45.0), decimals(1);
    TOutletMin: Hall, Cooling, "t_outlet_min_degc", "Coolest outlet", "°C", "Coolest rack outlet.", step(), range(15.0, 60.0), decimals(1);
    TOutletMax: Hall, Cooling, "t_outlet_max_degc", "Hottest outlet", "°C", "Hottest rack outlet.", step(), range(15.0, 60.0), decimals(1);
    QCrac: Crac, Cooling, "q_crac_kw", "Heat to the chiller", "kW", "Heat that the cooling unit takes out of the hall (sustaindc 4.3).", mean(), range(0.0, 2500.0), decimals(1);
    QTower: Tower, Cooling, "q_tower_kw", "Heat to the tower", "kW", "Heat and compressor power that the tower gives to the air.", mean(), range(0.0, 3500.0), decimals(1);
    TowerSpeed: Tower, Cooling, "tower_speed_frac", "Tower fan speed", "", "Air of the tower over its full flow, 0 to 1.", mean(), range(0.0, 1.0), decimals(2);
    PCracFan: Crac, Aux, "p_crac_fan_w", "CRAC fan", "W", "Fan of the cooling unit; in no total, as in the source.", mean(), range(0.0, 100.0), decimals(1);
    PCwPump: Chiller, Aux, "p_chilled_pump_w", "Chilled-water pump", "W", "In watts although the source's name says kW; in no total (dc_CW_pump_power_kW).", mean(), range(0.0, 500.0), decimals(1);
    PCtPump: Tower, Aux, "p_tower_pump_w", "Tower pump", "W", "In watts although the source's name says kW; in no total (dc_CT_pump_power_kW).", mean(), range(0.0, 500.0), decimals(1);
    Water: Tower, Cooling, "water_l", "Water", "L", "Water that the tower evaporates in 15 minutes (dc_water_usage).", sum(), range(0.0, 2500.0), decimals(1);
    WaterTotal: Tower, Cooling, "water_total_m3", "Water so far", "m³", "Water since reset.", range(0.0, 1000.0), decimals(1);
    PowerLow: Site, Grid, "p_low_kw", "Least power", "kW", "Lower bound from sizing (dc_power_lb_kW).", step(), range(0.0, 1000.0), decimals(1);
    PowerHigh: Site, Grid, "p_high_kw", "Largest power", "kW", "Upper bound from sizing (dc_power_ub_kW).", step(), range(0.0, 5000.0), decimals(1);
    Stored: Battery, Battery, "e_battery_mwh", "Stored", "MWh", "Energy in the cells (sustaindc 5).", range(0.0, 5.0), decimals(3);
    Capacity: Battery, Battery, "e_battery_max_mwh", "Capacity", "MWh", "Capacity of the battery (bat_max_bat_cap).", step(), range(0.0, 5.0), decimals(2);
    Soc: Battery, Battery, "soc_frac", "State of charge", "", "Stored over capacity (bat_SOC).", range(0.0, 1.0), decimals(3);
    PBattery: Battery, Battery, "p_battery_kw", "Battery", "kW", "Mean battery power, + = discharge.", mean(), range(-300.0, 1200.0), decimals(1);
    BatteryHours: Battery, Battery, "battery_hours", "Time in use", "h", "Time that a tick charges or discharges for; it may exceed the tick, as in the source (sustaindc 5).", step(), range(0.0, 1.0), decimals(3);
    EWithout: Site, Grid, "e_without_battery_kwh", "Energy without battery", "kWh", "Energy of the data centre in 15 minutes (bat_total_energy_without_battery_KWh).", sum(), range(0.0, 1210.0), decimals(2);
    EWith: Grid, Grid, "e_grid_kwh", "Energy from the grid", "kWh", "Energy from the grid in 15 minutes (bat_total_energy_with_battery_KWh).", sum(), range(0.0, 1210.0), decimals(2);
    EGridTotal: Grid, Grid, "e_grid_total_mwh", "Energy so far", "MWh", "Energy from the grid since reset.", range(0.0, 400.0), decimals(2);
    LoadLow: Site, Grid, "e_low_kwh", "Least energy", "kWh", "Lower bound of a tick's energy (bat_dcload_min).", step(), range(0.0, 1210.0), decimals(2);
    LoadHigh: Site, Grid, "e_high_kwh", "Largest energy", "kWh", "Upper bound of a tick's energy (bat_dcload_max).", step(), range(0.0, 1210.0), decimals(2);
    Co2: Grid, Grid, "co2_g", "CO₂", "g", "Carbon dioxide of 15 minutes: grams although summaries call it kilograms (bat_CO2_footprint).", sum(), range(0.0, 400_000.0), decimals(0);
    Co2Saved: Battery, Battery, "co2_saved_g", "CO₂ saved by the battery", "g", "Carbon dioxide without the battery less that with it.", sum(), range(-50_000.0, 200_000.0), decimals(0);
    Co2Total: Grid, Grid, "co2_total_kg", "CO₂ so far", "kg", "Carbon dioxide since reset.", range(0.0, 150_000.0), decimals(1);
    Ci: Grid, Grid, "ci_g_kwh", "Carbon intensity", "g/kWh", "Carbon intensity of this tick (bat_avg_CI).", mean(), range(0.0, 800.0), decimals(1);
    CiScaled: Grid, Grid, "ci_frac", "Carbon intensity, scaled", "", "Carbon intensity of this tick on the scale of the thirty days from the start.", mean(), range(0.0, 1.0), decimals(3);
    Ci0: Grid, Grid, "ci_now_frac", "Carbon intensity next", "", "Scaled carbon intensity that the next decision meets.", step(), range(0.0, 1.0), decimals(3);
    Ci1: Grid, Grid, "ci_ahead_1_frac", "Carbon intensity in 15 min", "", "Forecast from the next decision on, perfect as in the source (norm_CI, forecast_CI 0).", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    Ci2: Grid, Grid, "ci_ahead_2_frac", "Carbon intensity in 30 min", "", "Forecast from the next decision on.", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    Ci3: Grid, Grid, "ci_ahead_3_frac", "Carbon intensity in 45 min", "", "Forecast from the next decision on.", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    Ci4: Grid, Grid, "ci_ahead_4_frac", "Carbon intensity in 1 h", "", "Forecast from the next decision on.", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    Ci5: Grid, Grid, "ci_ahead_5_frac", "Carbon intensity in 75 min", "", "Forecast from the next decision on.", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    Ci6: Grid, Grid, "ci_ahead_6_frac", "Carbon intensity in 90 min", "", "Forecast from the next decision on.", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    Ci7: Grid, Grid, "ci_ahead_7_frac", "Carbon intensity in 105 min", "", "Forecast from the next decision on.", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    Ci8: Grid, Grid, "ci_ahead_8_frac", "Carbon intensity in 2 h", "", "Forecast from the next decision on.", quantity("ci_ahead"), step(), range(0.0, 1.0), decimals(3);
    TAmbient: Weather, Cooling, "t_ambient_degc", "Ambient", "°C", "Dry bulb of this tick (dc_exterior_ambient_temp).", mean(), range(0.0, 45.0), decimals(1);
    TWetBulb: Weather, Cooling, "t_wet_bulb_degc", "Wet bulb", "°C", "Wet bulb of this tick (sustaindc 2.7).", mean(), range(0.0, 45.0), decimals(1);
    TNext: Weather, Cooling, "t_ambient_next_degc", "Ambient next", "°C", "Dry bulb that the next tick meets (outside_temp).", step(), range(0.0, 45.0), decimals(1);
    Day: Site, Aux, "day", "Day", "", "Day of this tick from 0 = 1 January; it does not wrap.", step(), range(0.0, 365.0), decimals(0);
    Hour: Site, Aux, "hour", "Hour", "h", "Hour of this tick (ls_current_hour).", step(), range(0.0, 24.0), decimals(2);
    DayNext: Site, Aux, "day_next", "Day next", "", "Day of the next tick (day).", step(), range(0.0, 365.0), decimals(0);
    HourNext: Site, Aux, "hour_next", "Hour next", "h", "Hour of the next tick (hour).", step(), range(0.0, 24.0), decimals(2);
    RewardLs: RewardLs, It, "reward_ls", "Reward", "", "Reward of the load-shifting agent (sustaindc 7).", quantity("reward"), mean(), range(-10.0, 10.0), decimals(3);
    RLsCarbon: RewardLs, Grid, "reward_ls_carbon", "Carbon", "", "Energy above the usual, weighted by carbon intensity.", quantity("reward_carbon"), mean(), range(-10.0, 10.0), decimals(3);
    RLsOverdue: RewardLs, It, "reward_ls_overdue", "Overdue tasks", "", "0.3 less 0.3 times the root of the overdue tasks.", mean(), range(-10.0, 0.3), decimals(3);
    RLsAge: RewardLs, It, "reward_ls_age", "Oldest task", "", "A tenth of the oldest task's age in days, negative.", mean(), range(-1.0, 0.0), decimals(3);
    RLsOther: RewardLs, Aux, "reward_ls_other", "Bounds", "", "What the bounds ±10 cut off; the whole of a reward without terms.", quantity("reward_other"), mean(), range(-10.0, 10.0), decimals(3);
    RLsOthers: RewardLs, Aux, "reward_ls_others", "Share of the others", "", "What mixing adds (sustaindc 0, row 4).", quantity("reward_others"), mean(), range(-10.0, 10.0), decimals(3);
    RewardDc: RewardDc, Cooling, "reward_dc", "Reward", "", "Reward of the cooling agent (sustaindc 7).", quantity("reward"), mean(), range(-10.0, 10.0), decimals(3);
    RDcCarbon: RewardDc, Grid, "reward_dc_carbon", "Carbon", "", "Energy above the usual, weighted by carbon intensity.", quantity("reward_carbon"), mean(), range(-10.0, 10.0), decimals(3);
    RDcOther: RewardDc, Aux, "reward_dc_other", "Other", "", "The whole of a reward without terms.", quantity("reward_other"), mean(), range(-10.0, 10.0), decimals(3);
    RDcOthers: RewardDc, Aux, "reward_dc_others", "Share of the others", "", "What mixing adds (sustaindc 0, row 4).", quantity("reward_others"), mean(), range(-10.0, 10.0), decimals(3);
    RewardBat: RewardBat, Battery, "reward_bat", "Reward", "", "Reward of the battery agent (sustaindc 7).", quantity("reward"), mean(), range(-10.0, 10.0), decimals(3);
    RBatCarbon: RewardBat, Grid, "reward_bat_carbon", "Carbon", "", "Energy above the usual, weighted by carbon intensity.", quantity("reward_carbon"), mean(), range(-10.0, 10.0), decimals(3);
    RBatOther: RewardBat, Aux, "reward_bat_other", "Other", "", "The whole of a reward without terms.", quantity("reward_other"), mean(), range(-10.0, 10.0), decimals(3);
    RBatOthers: RewardBat, Aux, "reward_bat_others", "Share of the others", "", "What mixing adds (sustaindc 0, row 4).", quantity("reward_others"), mean(), range(-10.0, 10.0), decimals(3);
    EnergyZ: Grid, Grid, "energy_z", "Energy against its history", "", "Energy from the grid in deviations from the mean of the history (sustaindc 7).", mean(), range(-4.0, 4.0), decimals(3);
    Overflow: Workload, It, "alarm_overflow", "Queue full", "", "1 when tasks found the queue full.", event();
    Overdue: Workload, It, "alarm_overdue", "Tasks overdue", "", "1 while tasks wait longer than 24 hours.", event();
    Saturated: Tower, Cooling, "alarm_tower", "Tower at its limit", "", "1 while the tower would need more air than it has.", event();
    HotOutlet: Hall, Cooling, "alarm_outlet", "Outlet above 60 °C", "", "1 while a rack's outlet is above 60 °C (sustaindc 4.2).", event();
    BatteryIdle: Battery, Battery, "battery_idle", "Battery at rest", "", "1 when no energy moved, whatever was asked.", event();
    Empty: Battery, Battery, "battery_empty", "Battery empty", "", "1 when a discharge found almost nothing.", event();
    AtStop: Crac, Cooling, "set_point_at_stop", "Set point at its stop", "", "1 when a move was cut off at 15 or 21.6 °C.", event();
    RoomLacking: Workload, It, "no_room_now", "No free capacity", "", "1 when waiting tasks were wanted but 90 % are in use.", event();
    Wrapped: Workload, It, "workload_wrapped", "Load file begins again", "", "1 on the tick on which the load file starts over.", event();
    Truncated: Site, Aux, "truncated", "Episode over", "", "1 on the last tick of the episode (isterminal).", event();
}
