//! Module vectors and trajectories of SustainDC (sustaindc 12).

use std::path::{Path, PathBuf};

use c2g_twin::config::{Document, Place};
use c2g_twin::control::{Controller, ControllerRegistry, ControllerRequest, Decision};
use c2g_twin::evaluate::SustainGolden;
use c2g_twin::plant::PlantFactory;
use c2g_twin::plant::sustaindc::battery::{self, Drive};
use c2g_twin::plant::sustaindc::cooling::{Cooling, SetPoint, chiller_w, pump_w};
use c2g_twin::plant::sustaindc::features::{Outlook, day_code, hour_code, slope, smooth_slope};
use c2g_twin::plant::sustaindc::hall::{Rack, Racks};
use c2g_twin::plant::sustaindc::managers;
use c2g_twin::plant::sustaindc::params::Params;
use c2g_twin::plant::sustaindc::queue::{Queue, Rules, Shift};
use c2g_twin::plant::sustaindc::rewards::{Facts, History, Kind, reward};
use c2g_twin::plant::sustaindc::sizing::Sizing;
use c2g_twin::plant::sustaindc::{Factory, TICK_H};
use c2g_twin::rollout::{Setup, World};
use c2g_twin::trace::sustaindc::{HourlyKind, LOADS, city_of};
use c2g_twin::trace::{Folder, TraceSource, humid_air};

use crate::golden_table::{Row, Table, Tally};

type Verdict = Result<(), String>;

/// What the specification asks for in physics.
const PHYSICS: f64 = 1e-9;

fn params() -> Params {
    let mut document = Document::new();
    for (name, text) in Factory.layers() {
        document.layer_text(&name, &text).unwrap();
    }
    Params::from_document(&document).unwrap()
}

fn check(tally: &mut Tally, k: usize, row: &Row<'_>, pairs: &[(&str, f64)]) {
    for (name, value) in pairs {
        tally.check(k, name, *value, row.num(name));
    }
}

pub fn sizing(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-12));
    let racks = Racks::new(&p.hall, 1.0);
    for (k, row) in Table::read(path).rows().enumerate() {
        let s = Sizing::new(&p.hall, &racks, row.text("location"));
        check(
            &mut tally,
            k,
            &row,
            &[
                ("sizing_max_ambient_C", s.ambient_degc),
                ("ct_ref_air_flow_m3s", s.rating.air_m3s),
                ("ct_rated_load_W", s.rating.load_w),
                ("min_ITE_W", s.it_min_w),
                ("max_ITE_W", s.it_max_w),
                ("chiller_max_load_W", s.chiller_max_w),
                ("power_lb_kW", s.power_low_kw),
                ("power_ub_kW", s.power_high_kw),
                ("battery_capacity_MWh", s.battery_mwh),
                ("dcload_min_kWh", s.power_low_kw * TICK_H),
                ("dcload_max_kWh", s.power_high_kw * TICK_H),
                ("zone_temp_lb", s.room_min_degc),
                ("zone_temp_ub", s.room_max_degc),
            ],
        );
        let city = city_of(row.text("location"), Place::default()).unwrap();
        assert_eq!(city.weather, row.text("weather_file"));
        assert!(city.carbon.starts_with(row.text("ci_file_prefix")));
    }
    tally.verdict()
}

pub fn dc_grid(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(PHYSICS));
    let racks = Racks::new(&p.hall, 1.0);
    let pump =
        |pump: &c2g_twin::plant::sustaindc::params::Pump| pump_w(pump.pressure_pa, pump.flow_m3s, pump.efficiency);
    for (k, row) in Table::read(path).rows().enumerate() {
        let sizing = Sizing::new(&p.hall, &racks, row.text("location"));
        let set = row.num("setpoint_C");
        let hall = racks.at(set, row.num("load_frac"), &mut []);
        let (ambient, wet) = (row.num("ambient_C"), row.num("wet_bulb_C"));
        let c = Cooling::of(&p.hall, &sizing.rating, &hall, set, ambient, wet, TICK_H);
        let hvac = (c.tower_w + c.compressor_w) / 1000.0;
        check(
            &mut tally,
            k,
            &row,
            &[
                ("cpu_W", hall.cpu_w),
                ("itfan_W", hall.fan_w),
                ("ITE_kW", hall.it_w / 1000.0),
                ("crac_return_C", hall.return_degc),
                ("int_temperature_C", hall.room_degc),
                ("crac_cooling_W", c.heat_w),
                ("CT_kW", c.tower_w / 1000.0),
                ("compressor_kW", c.compressor_w / 1000.0),
                ("HVAC_kW", hvac),
                ("total_kW", hall.it_w / 1000.0 + hvac),
                ("water_L_per_15min", c.water_l),
                ("cw_pump_W", pump(&p.hall.chilled_water_pump)),
                ("ct_pump_W", pump(&p.hall.tower_pump)),
            ],
        );
    }
    tally.verdict()
}

pub fn rack_table(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-12));
    let racks = Racks::new(&p.hall, 1.0);
    let mut states = vec![Rack::default(); racks.len()];
    for (k, row) in Table::read(path).rows().enumerate() {
        racks.at(row.num("setpoint_C"), row.num("load_frac"), &mut states);
        let rack = row.num("rack") as usize;
        let state = states[rack];
        check(
            &mut tally,
            k,
            &row,
            &[
                ("servers", f64::from(racks.servers_in(rack))),
                ("full_load_W", p.hall.server_w[rack][0]),
                ("idle_W", p.hall.server_w[rack][1]),
                ("inlet_C", state.inlet_degc),
                ("cpu_W", state.cpu_w),
                ("itfan_W", state.fan_w),
                ("total_fan_flow", state.flow_m3s),
                ("outlet_C", state.outlet_degc),
            ],
        );
    }
    tally.verdict()
}

pub fn chiller_power(path: &Path) -> Verdict {
    let mut tally = Tally::new(1e-12);
    for (k, row) in Table::read(path).rows().enumerate() {
        let value = chiller_w(row.num("max_cooling_cap_W"), row.num("load_W"), row.num("ambient_C"));
        tally.check(k, "power_W", value, row.num("power_W"));
    }
    tally.verdict()
}

pub fn setpoint_seq(path: &Path) -> Verdict {
    let mut tally = Tally::new(0.0);
    let mut set_point = SetPoint::default();
    for (k, row) in Table::read(path).rows().enumerate() {
        let delta = set_point.step(row.num("action"));
        check(
            &mut tally,
            k,
            &row,
            &[
                ("consecutive", f64::from(set_point.consecutive)),
                ("scale", f64::from(set_point.scale)),
                ("delta", delta),
                ("setpoint_C", set_point.degc),
            ],
        );
    }
    tally.verdict()
}

pub fn battery_seq(path: &Path) -> Verdict {
    let mut tally = Tally::new(PHYSICS);
    let mut stored = 0.0;
    for (k, row) in Table::read(path).rows().enumerate() {
        let capacity = row.num("capacity_MWh");
        if row.num("k") == 0.0 {
            stored = 0.0;
        }
        let soc = stored / capacity;
        tally.check(k, "load_before_MWh", stored, row.num("load_before_MWh"));
        tally.check(k, "charge_rate_mod", battery::charge_share(soc), row.num("charge_rate_mod"));
        tally.check(k, "discharge_rate_mod", battery::discharge_share(soc), row.num("discharge_rate_mod"));
        let drawn =
            battery::step(&mut stored, capacity, row.num("dcload_MW"), Drive::from_position(row.num("action")), TICK_H);
        check(
            &mut tally,
            k,
            &row,
            &[
                ("discharge_MWh", drawn.discharged_mwh),
                ("load_after_MWh", stored),
                ("SOC", stored / capacity),
                ("energy_without_kWh", drawn.without_kwh),
                ("energy_with_kWh", drawn.with_kwh),
                ("CO2_g", drawn.with_kwh * row.num("ci_g_per_kWh")),
            ],
        );
    }
    tally.verdict()
}

pub fn ls_queue_seq(path: &Path) -> Verdict {
    // Counters are exact; so is everything that is made of them.
    let mut tally = Tally::new(1e-15);
    let mut queue = Queue::default();
    for (k, row) in Table::read(path).rows().enumerate() {
        if row.num("k") == 0.0 {
            queue.clear();
        }
        let rules = Rules { flexible_ratio: row.num("flexible_ratio"), queue_max: row.num("queue_max") as i64 };
        let now = 24.0 * row.num("day") + row.num("hour");
        let out = queue.step(now, row.num("workload"), Shift::from_position(row.num("action")), &rules);
        let (ages, n) = (queue.ages(now), queue.len());
        let h = ages.histogram(n);
        check(
            &mut tally,
            k,
            &row,
            &[
                ("shifted_workload", out.utilisation),
                ("tasks_in_queue", n as f64),
                ("norm_tasks_in_queue", n as f64 / rules.queue_max as f64),
                ("tasks_dropped", out.overflow as f64),
                ("tasks_processed", out.processed as f64),
                ("oldest_age_div24", ages.oldest_h / 24.0),
                ("average_age_div24", ages.average_h / 24.0),
                ("overdue_penalty", out.overdue as f64),
                ("computed_tasks", (out.utilisation * 100.0).trunc()),
                ("hist0", h[0]),
                ("hist1", h[1]),
                ("hist2", h[2]),
                ("hist3", h[3]),
                ("hist4", h[4]),
            ],
        );
    }
    tally.verdict()
}

pub fn init_day(path: &Path) -> Verdict {
    let mut tally = Tally::new(0.0);
    for (k, row) in Table::read(path).rows().enumerate() {
        let day = managers::first_day(row.num("month0") as usize);
        tally.check(k, "init_day", f64::from(day), row.num("init_day"));
    }
    tally.verdict()
}

pub fn wet_bulb(path: &Path) -> Verdict {
    let mut tally = Tally::new(1e-12);
    for (k, row) in Table::read(path).rows().enumerate() {
        let (t, rh, p) = (row.num("dry_bulb_C"), row.num("rh_pct") / 100.0, row.num("pressure_Pa"));
        check(
            &mut tally,
            k,
            &row,
            &[
                ("sat_vap_pres_Pa", humid_air::saturation_pressure_pa(t)),
                ("hum_ratio", humid_air::humidity_ratio(t, rh, p)),
                ("dew_point_C", humid_air::dew_point_degc(t, rh)),
                ("wet_bulb_C", humid_air::wet_bulb_degc(t, rh, p)),
            ],
        );
    }
    tally.verdict()
}

pub fn time_encoding(path: &Path) -> Verdict {
    let mut tally = Tally::new(1e-12);
    for (k, row) in Table::read(path).rows().enumerate() {
        let ([ch, sh], [cd, sd]) = (hour_code(row.num("hour")), day_code(row.num("day")));
        check(&mut tally, k, &row, &[("cos_hour", ch), ("sin_hour", sh), ("cos_day", cd), ("sin_day", sd)]);
    }
    tally.verdict()
}

pub fn features(path: &Path) -> Verdict {
    let mut tally = Tally::new(PHYSICS);
    for (k, row) in Table::read(path).rows().enumerate() {
        let list = |name: &str, n: usize| (0..n).map(|i| row.num(&format!("{name}{i}"))).collect::<Vec<f64>>();
        let now = row.num("current");
        let mut ahead = vec![now];
        ahead.extend(list("fut", 8));
        let mut behind = list("past", 16);
        behind.push(now);
        let temperature = list("temp", 17);
        let (ci, t) = (Outlook::of(&ahead), Outlook::of(&temperature));
        check(
            &mut tally,
            k,
            &row,
            &[
                ("fut_slope", smooth_slope(&ahead)),
                ("past_slope", smooth_slope(&behind)),
                ("mean", ci.mean),
                ("std", ci.std),
                ("t_peak", ci.to_peak),
                ("t_valley", ci.to_valley),
                ("temp_slope", slope(&temperature)),
                ("t_mean", t.mean),
                ("t_std", t.std),
                ("t_t_peak", t.to_peak),
                ("t_t_valley", t.to_valley),
            ],
        );
        // The distance in deviations of an almost constant window has no digits to compare.
        for (name, outlook, expected) in [("z", ci, row.num("z")), ("t_z", t, row.num("t_z"))] {
            if outlook.std > 1e-6 {
                tally.check(k, name, outlook.z, expected);
            }
        }
    }
    tally.verdict()
}

pub fn reward_seq(path: &Path) -> Verdict {
    let mut tally = Tally::new(PHYSICS);
    let mut history = History::default();
    for (k, row) in Table::read(path).rows().enumerate() {
        let facts = Facts {
            carbon: row.num("norm_CI"),
            energy_kwh: row.num("energy_kWh"),
            overdue: row.num("overdue"),
            oldest_days: row.num("oldest_age_div24"),
            it_kw: 1.0,
            total_kw: 1.0,
            room_degc: 0.0,
            water_l: 0.0,
            hour: 0.0,
            renewable: 0.0,
            room_range_degc: [18.0, 27.0],
        };
        let ls = reward(Kind::DefaultLsReward, &facts, &mut history).own();
        let dc = reward(Kind::DefaultDcReward, &facts, &mut history).own();
        let bat = reward(Kind::DefaultBatReward, &facts, &mut history).own();
        let z = history.z(facts.energy_kwh);
        check(&mut tally, k, &row, &[("norm_energy", z), ("r_ls", ls), ("r_dc", dc), ("r_bat", bat)]);
    }
    tally.verdict()
}

/// The rule controllers, driven through the registry with rows that show what the file has.
pub fn rule_agents(path: &Path) -> Verdict {
    let mut tally = Tally::new(0.0);
    let rollout = World::default().build(&Setup { plant: "sustaindc".to_owned(), ..Setup::default() }).unwrap();
    let spec = rollout.spec();
    let build = |name: &str, slot: &str| {
        let request = ControllerRequest { spec, slot: spec.slot(slot).unwrap(), config: rollout.config(), seed: 0 };
        ControllerRegistry::builtin().build(name, Place::source("test"), &request).unwrap()
    };
    let (mut trim, mut rbc) = (build("trim_and_respond", "agent_dc"), build("rbc_battery", "agent_bat"));
    let room = spec.signal("t_room_degc").unwrap();
    let ahead: Vec<usize> = std::iter::once("ci_now_frac".to_owned())
        .chain((1..9).map(|i| format!("ci_ahead_{i}_frac")))
        .map(|name| spec.signal(&name).unwrap())
        .collect();
    let mut signals = vec![0.0; rollout.row().len()];
    for (k, row) in Table::read(path).rows().enumerate() {
        signals[room] = row.num("monitor_C");
        for (i, &signal) in ahead.iter().enumerate() {
            signals[signal] = row.num(&format!("ci{i}"));
        }
        let ask = |controller: &mut dyn Controller, slot: &str| {
            let slot = &spec.slots[spec.slot(slot).unwrap()];
            let mut action = [f64::NAN];
            controller.decide(
                &Decision { tick: k as u64, slot, observation: &[0.0; 26], held: &[1.0], row: &signals },
                &mut action,
            );
            action[0]
        };
        tally.check(k, "rbc_action", ask(&mut *rbc, "agent_bat"), row.num("rbc_action"));
        tally.check(k, "tr_action", ask(&mut *trim, "agent_dc"), row.num("tr_action"));
        let counter = trim.inspect().iter().find(|(n, _)| *n == "counter").unwrap().1;
        tally.check(k, "tr_counter_after", counter, row.num("tr_counter_after"));
    }
    tally.verdict()
}

/// The measured files, where they lie beside the golden set: `C2G_TWIN_DATA`, or `../data/sustaindc` from it.
pub fn data_folder(golden: &Path) -> Option<PathBuf> {
    let own = std::env::var_os("C2G_TWIN_DATA").map(PathBuf::from).map(|d| d.join("sustaindc"));
    let beside = golden.ancestors().nth(4).map(|root| root.join("data/sustaindc"));
    [own, beside].into_iter().flatten().find(|dir| dir.join("Workload").is_dir())
}

/// A year of one series of one source on the quarter-hour grid; `None` where its file is not there.
fn year(folder: &Folder, source: &str, series: &str) -> Option<Vec<f64>> {
    let there = |kind: HourlyKind, name: &str| folder.path(&kind.id(name)).is_file();
    if LOADS.iter().any(|l| l.2 == source) {
        let table = folder.table(&HourlyKind::Workload.id(source)).unwrap();
        let grid = managers::stretch(&table.column("cpu_load").unwrap()[..8760]);
        return Some(match series {
            "workload_interp" => grid,
            "workload_scaled" => managers::scale_load(&grid),
            "workload_smoothed" => managers::smooth(&managers::scale_load(&grid)),
            _ => {
                let (low, high) = managers::load_quantiles(&grid);
                vec![low, high]
            }
        });
    }
    let city = city_of(source, Place::default()).unwrap();
    let (kind, name, column) = match series {
        "temp_C" => (HourlyKind::Weather, city.weather, "dry_bulb_degc"),
        "wet_bulb_C" => (HourlyKind::Weather, city.weather, "wet_bulb_degc"),
        _ => (HourlyKind::Carbon, city.carbon, "avg_CI"),
    };
    if !there(kind, name) {
        return None;
    }
    let table = folder.table(&kind.id(name)).unwrap();
    let mut values = table.column(column).unwrap().to_vec();
    managers::fill_gaps(&mut values);
    Some(managers::stretch(&values))
}

/// Years by source and series, each made once.
struct Years {
    folder: Folder,
    known: std::collections::HashMap<(String, String), Option<Vec<f64>>>,
}

impl Years {
    fn beside(path: &Path) -> Option<Self> {
        Some(Self { folder: Folder::open(data_folder(path)?).unwrap(), known: Default::default() })
    }

    fn get(&mut self, source: &str, series: &str) -> Option<&[f64]> {
        let key = (source.to_owned(), series.to_owned());
        let folder = &self.folder;
        self.known.entry(key).or_insert_with(|| year(folder, source, series)).as_deref()
    }
}

pub fn managers_samples(path: &Path) -> Verdict {
    let Some(mut years) = Years::beside(path) else { return Ok(()) };
    let mut tally = Tally::new(PHYSICS);
    for (k, row) in Table::read(path).rows().enumerate() {
        if let Some(year) = years.get(row.text("source"), row.text("series")) {
            let value = year[row.num("index_15min") as usize];
            tally.check(k, row.text("series"), value, row.num("value"));
        }
    }
    tally.verdict()
}

pub fn managers_stats(path: &Path) -> Verdict {
    let Some(mut years) = Years::beside(path) else { return Ok(()) };
    let mut tally = Tally::new(PHYSICS);
    for (k, row) in Table::read(path).rows().enumerate() {
        let series = row.text("series");
        let Some(year) = years.get(row.text("source"), series) else { continue };
        if series == "p5_p95" {
            tally.check(k, "p5", year[0], row.num("sum"));
            tally.check(k, "p95", year[1], row.num("min"));
            continue;
        }
        let n = year.len() as f64;
        let mean = year.iter().sum::<f64>() / n;
        check(
            &mut tally,
            k,
            &row,
            &[
                ("n", n),
                ("sum", year.iter().sum()),
                ("min", year.iter().copied().fold(f64::INFINITY, f64::min)),
                ("max", year.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
                ("mean", mean),
                ("std", (year.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt()),
            ],
        );
    }
    tally.verdict()
}

pub fn trajectory(path: &Path) -> Verdict {
    let golden = SustainGolden::open(&path.with_extension("json")).map_err(|e| e.report())?;
    let comparison = golden.verify(PHYSICS, &mut |_| Ok(())).map_err(|e| e.report())?;
    if comparison.holds() && comparison.rows > 0 { Ok(()) } else { Err(comparison.to_string()) }
}

/// The log that the source's own dump made of a trajectory is the one that the twin writes.
pub fn episode_log(path: &Path) -> Verdict {
    let name = path.file_name().unwrap().to_string_lossy().replace(".all_agents_episode_1.csv", ".json");
    let golden = SustainGolden::open(&path.with_file_name(name)).map_err(|e| e.report())?;
    let expected = std::fs::read_to_string(path).unwrap();
    let written = golden.episode_log().map_err(|e| e.report())?;
    let mut lines = expected.lines().zip(written.lines()).enumerate();
    match lines.find(|(_, (a, b))| a != b) {
        Some((k, (a, b))) => Err(format!("line {}: {b}\nexpected: {a}", k + 1)),
        None if expected.lines().count() == written.lines().count() => Ok(()),
        None => Err(format!("{} lines, {} were expected", written.lines().count(), expected.lines().count())),
    }
}

/// Names of the analysis and of the product: levers, drivers, outcomes.
const ANALYSED: [(&str, &str); 22] = [
    ("ls", "agent_ls.ls_action"),
    ("dc", "agent_dc.dc_action"),
    ("bat", "agent_bat.bat_action"),
    ("bat_avg_CI", "ci_g_kwh"),
    ("dc_exterior_ambient_temp", "t_ambient_degc"),
    ("ls_original_workload", "workload_frac"),
    ("ls_shifted_workload", "utilisation_frac"),
    ("ls_tasks_in_queue", "tasks_in_queue"),
    ("bat_SOC", "soc_frac"),
    ("dc_crac_setpoint", "t_set_degc"),
    ("dc_int_temperature", "t_room_degc"),
    ("dc_total_power_kW", "p_total_kw"),
    ("PUE", "pue"),
    ("total_kW", "p_total_kw"),
    ("ITE_kW", "p_it_kw"),
    ("HVAC_kW", "p_hvac_kw"),
    ("CO2_g", "co2_g"),
    ("net_energy_kWh", "e_grid_kwh"),
    ("int_C", "t_room_degc"),
    ("ls_action", "agent_ls.ls_action"),
    ("dc_action", "agent_dc.dc_action"),
    ("bat_action", "agent_bat.bat_action"),
];

/// The product's name of something in the analysis.
fn own(name: &str) -> &str {
    ANALYSED.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, own)| own)
}

/// Numbers of the analysis are those that explaining its log gives (sustaindc 13): shares, means by action, correlations,
/// quartiles, rules, PUE, sums, heat maps.
pub fn analysis(path: &Path) -> Result<(), String> {
    use c2g_twin::evaluate::explain;
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let golden: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let file = golden["file"].as_str().ok_or("no file")?;
    let log = path.parent().and_then(Path::parent).ok_or("no folder")?.join(file);
    let world = World::default();
    let opened = explain::read(&log, None, &world, &mut |_| true).map_err(|e| e.to_string())?.ok_or("stopped")?;
    let frame = explain::frame(&opened.parts);
    let told = explain::told(&frame, file, &mut |_, _| true).ok_or("stopped")?;
    let got = explain::json::json(&frame, &told);
    let mut wrong = Vec::new();
    let mut same = |what: String, golden: &serde_json::Value, got: &serde_json::Value| {
        let (a, b) = (golden.as_f64(), got.as_f64());
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        let fine = golden.is_null() && got.is_null() || a.zip(b).is_some_and(|(a, b)| near(a, b));
        if !fine {
            wrong.push(format!("{what}: {golden} in the analysis, {got} explained"));
        }
    };
    same("rows".to_owned(), &golden["rows"], &got["rows"]);
    let classes = |lever: &str| -> Vec<String> {
        told.levers.iter().find(|l| l.name == lever).map_or_else(Vec::new, |l| l.classes.clone())
    };
    let entries = |v: &serde_json::Value| v.as_object().cloned().unwrap_or_default();
    for (lever, codes) in entries(&golden["action_distribution"]) {
        let names = classes(own(&lever));
        for (code, counts) in entries(&codes) {
            let class = names.get(code.parse::<usize>().map_err(|e| e.to_string())?).ok_or("class")?;
            let own = &got["action_distribution"][own(&lever)][class];
            same(format!("{lever} {code} count"), &counts["count"], &own["count"]);
            same(format!("{lever} {code} pct"), &counts["pct"], &own["pct"]);
        }
    }
    for (lever, codes) in entries(&golden["by_action"]) {
        let names = classes(own(&lever));
        for (code, means) in entries(&codes) {
            let class = names.get(code.parse::<usize>().map_err(|e| e.to_string())?).ok_or("class")?;
            for (name, mean) in entries(&means) {
                same(format!("{lever} {code} {name}"), &mean, &got["by_action"][own(&lever)][class][own(&name)]);
            }
        }
    }
    for (lever, drivers) in entries(&golden["pearson"]) {
        for (driver, r) in entries(&drivers) {
            let mine = &got["pearson"][own(&lever)];
            if mine.get(own(&driver)).is_none() {
                return Err(format!("no correlation with {driver}"));
            }
            same(format!("pearson {lever} {driver}"), &r, &mine[own(&driver)]);
        }
    }
    for (driver, cuts) in entries(&golden["quartiles"]) {
        for (cut, value) in entries(&cuts) {
            same(format!("{driver} {cut}"), &value, &got["quartiles"][own(&driver)][&cut]);
        }
    }
    for (rule, share) in entries(&golden["rules_pct"]) {
        same(rule.clone(), &share, &got["rules_pct"][&rule]);
    }
    for key in ["min", "max", "mean", "median", "std_ddof1", "ratio_of_means"] {
        same(format!("PUE {key}"), &golden["PUE"][key], &got["PUE"][key]);
    }
    for (day, mean) in entries(&golden["PUE"]["by_day"]) {
        same(format!("PUE of day {day}"), &mean, &got["PUE"]["by_day"][&day]);
    }
    for (k, moment) in golden["PUE"]["top3"].as_array().into_iter().flatten().enumerate() {
        for (name, value) in entries(moment) {
            let name = if name == "PUE" { "PUE" } else { own(&name) };
            let mine = &got["PUE"]["top3"][k][name];
            same(format!("best moment {k}: {name}"), &value, mine);
        }
    }
    for (name, sum) in entries(&golden["totals"]) {
        let mine = match name.as_str() {
            "CO2_kg" => got["totals"]["co2_kg"].clone(),
            "HVAC_share_pct" => got["PUE"]["overhead_share_pct"].clone(),
            other => got["totals"][other].clone(),
        };
        same(format!("sum {name}"), &sum, &mine);
    }
    for (lever, days) in entries(&golden["heatmap_day_x_hour_mode"]) {
        for (day, hours) in entries(&days) {
            for (hour, mode) in hours.as_array().into_iter().flatten().enumerate() {
                let mine = &got["heatmap_day_x_hour"][own(&lever)][&day][hour];
                let golden = if mode.as_f64() == Some(-1.0) { &serde_json::Value::Null } else { mode };
                same(format!("{lever} day {day} hour {hour}"), golden, mine);
            }
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{} differ: {}", wrong.len(), wrong[..wrong.len().min(5)].join("; ")))
    }
}
