//! Traces of episodes: mean and 99 % interval of every state and every cumulated reward (control 5.4).

use std::path::{Path, PathBuf};

use super::Figure;
use super::axis::{Plot, range};
use super::legend;
use super::sheet::Sheet;
use super::style::{BAND, Colour, LINE_STRONG, REWARD, STATE, scenario_label};
use crate::config::{Error, Place, Result};
use crate::evaluate::statistics::{Moments, t_interval};
use crate::plant::c2g::tables::{HARDWARE_OBS, MACRO_OBS};

/// Level of the bands (control 5.4).
const LEVEL: f64 = 0.99;
/// Types that a folder's name may end in, longest first (control 5.3).
const TYPES: [&str; 4] = ["hardware_ha", "hardware", "macro", "ha"];
/// Scenarios that stand before the type (control 5.3).
const SCENARIOS: [&str; 4] = ["default", "scenario_a", "scenario_b", "scenario_c"];
/// Hours of a row, by type.
const HOURS: [(&str, f64); 2] = [("macro", 0.25), ("hardware", 5.0 / 3600.0)];

/// A folder of transition logs, by its name: `<agent>_<scenario>_<type>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceFolder {
    /// Where it lies.
    pub path: PathBuf,
    /// Agent, scenario and type; type is empty where the name does not end in one.
    pub name: (String, String, String),
}

impl TraceFolder {
    /// Takes a folder's name apart from its right end (control 5.3).
    pub fn new(path: &Path) -> Self {
        let whole = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let kind = TYPES.into_iter().find(|t| whole.ends_with(&format!("_{t}"))).unwrap_or("");
        let rest = whole.strip_suffix(&format!("_{kind}")).unwrap_or(&whole);
        let scenario = SCENARIOS.into_iter().find(|s| rest.ends_with(&format!("_{s}"))).unwrap_or("");
        let agent = rest.strip_suffix(&format!("_{scenario}")).unwrap_or(rest);
        let name = (agent.to_owned(), scenario.to_owned(), kind.to_owned());
        Self { path: path.to_path_buf(), name }
    }

    /// Finds the folder of an agent below `runs`; where none has the type, the one without (control 5.4).
    ///
    /// # Errors
    /// When there is neither.
    pub fn find(runs: &Path, agent: &str, scenario: &str, kind: &str) -> Result<Self> {
        let names = [format!("{agent}_{scenario}_{kind}"), format!("{agent}_{scenario}")];
        let found = names.iter().map(|n| runs.join(n)).find(|p| p.is_dir());
        found.map(|p| Self::new(&p)).ok_or_else(|| {
            let what = format!("there is no folder `{}`", names.join("` or `"));
            Error::invalid(Place::file(runs), what, "Record one with `--record_transitions`, or name another agent.")
        })
    }

    /// Whether a folder holds episodes.
    pub fn holds_episodes(path: &Path) -> bool {
        let files = std::fs::read_dir(path).into_iter().flatten().flatten();
        files.filter_map(|f| f.file_name().into_string().ok()).any(|name| episode_tags(&name).is_some())
    }
}

/// Which episodes of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceRequest {
    /// Tags of pinned levers that a file's name must end in; `None` for episodes without any (control 5.4).
    pub suffix: Option<String>,
}

/// Tags in the name of an episode's file (`episode3__BESS_0.csv` has `BESS_0`); `None` for other files (control 5.3).
fn episode_tags(file: &str) -> Option<String> {
    let rest = file.strip_suffix(".csv")?.strip_prefix("episode")?;
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let tags = rest.get(digits..)?;
    (digits > 0 && (tags.is_empty() || tags.starts_with('_'))).then(|| tags.trim_start_matches('_').to_owned())
}

/// One column over all episodes, tick by tick.
struct Trace {
    name: String,
    reward: bool,
    mean: Vec<f64>,
    /// Half the interval; NaN where one episode is left.
    reach: Vec<f64>,
}

/// The figure of a folder's episodes.
///
/// # Errors
/// When no file fits, or one cannot be read.
pub fn traces(folder: &TraceFolder, request: &TraceRequest) -> Result<Figure> {
    let dir = &folder.path;
    let entries = std::fs::read_dir(dir).map_err(|e| Error::io(dir, "read the folder", e))?;
    let mut files: Vec<(String, PathBuf)> =
        entries.flatten().filter_map(|f| Some((episode_tags(&f.file_name().to_string_lossy())?, f.path()))).collect();
    files.sort();
    let all: Vec<String> = files.iter().map(|(tags, _)| tags.clone()).filter(|t| !t.is_empty()).collect();
    files.retain(|(tags, _)| match &request.suffix {
        None => tags.is_empty(),
        Some(suffix) => !tags.is_empty() && tags.ends_with(suffix.trim_start_matches('_')),
    });
    if files.is_empty() {
        let mut tags = all;
        tags.dedup();
        let there = if tags.is_empty() { "no episode has pinned levers".to_owned() } else { tags.join(", ") };
        let what = match &request.suffix {
            None => "there is no `episode<N>.csv` without pinned levers".to_owned(),
            Some(suffix) => format!("no episode ends in `{suffix}`"),
        };
        return Err(Error::invalid(Place::file(dir), what, format!("Tags that are there: {there}.")));
    }
    let episodes = files.iter().map(|(_, path)| read(path)).collect::<Result<Vec<_>>>()?;
    let traces = gathered(&episodes);
    if traces.is_empty() {
        let cure = "Give files that `--record_transitions` wrote.";
        return Err(Error::invalid(Place::file(dir), "no column begins with `s_` or `r`", cure));
    }
    Ok(figure(folder, request, &traces, episodes.len()))
}

/// States and rewards of one episode; rewards are cumulated.
fn read(path: &Path) -> Result<Vec<(String, bool, Vec<f64>)>> {
    // The reader counts a line of its own only at `\n`, too late for one that ends in two characters.
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "read", e))?.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let cure = "Give a file that `--record_transitions` wrote.";
    let broken = |e: csv::Error| Error::invalid(Place::file(path), format!("the CSV cannot be read: {e}"), cure);
    let header = reader.headers().map_err(broken)?.clone();
    let mut columns: Vec<(usize, String, bool, Vec<f64>)> = Vec::new();
    for (k, name) in header.iter().enumerate() {
        let reward = name == "r" || name.starts_with("r_");
        if reward || name.starts_with("s_") {
            columns.push((k, name.to_owned(), reward, Vec::new()));
        }
    }
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        let line = record.position().map_or(0, csv::Position::line);
        // A torn last line of a killed run says nothing; one in the middle does.
        if record.len() != header.len() {
            if reader.is_done() {
                break;
            }
            let what = format!("{} cells where the header has {}", record.len(), header.len());
            return Err(Error::invalid(Place::file(path).at_line(line), what, cure));
        }
        for (k, name, reward, values) in &mut columns {
            let cell = record.get(*k).unwrap_or("").trim();
            let value: f64 = match cell.parse() {
                Ok(value) => value,
                Err(_) if cell.is_empty() => f64::NAN,
                Err(_) => {
                    let what = format!("`{cell}` in column `{name}` is no number");
                    return Err(Error::invalid(Place::file(path).at_line(line), what, cure));
                }
            };
            let before = if *reward { values.last().copied().unwrap_or(0.0) } else { 0.0 };
            values.push(before + value);
        }
    }
    Ok(columns.into_iter().map(|(_, name, reward, values)| (name, reward, values)).collect())
}

/// Mean and interval of every column of the first episode. The width of the interval goes by the number of all
/// episodes, also where fewer are still running, and its standard error by those that are (control 5.4).
fn gathered(episodes: &[Vec<(String, bool, Vec<f64>)>]) -> Vec<Trace> {
    let n = episodes.len();
    // The interval of a sample of n numbers with deviation √n reaches as far as t itself.
    let unit = Moments { n, mean: 0.0, std: (n as f64).sqrt() };
    let t = t_interval(unit, LEVEL).map_or(f64::NAN, |i| i.high);
    let Some(first) = episodes.first() else { return Vec::new() };
    let columns = first.iter().map(|(name, reward, _)| {
        let own: Vec<&Vec<f64>> =
            episodes.iter().filter_map(|e| e.iter().find(|(n, _, _)| n == name).map(|(_, _, v)| v)).collect();
        let length = own.iter().map(|v| v.len()).max().unwrap_or(0);
        let mut trace = Trace { name: name.clone(), reward: *reward, mean: Vec::new(), reach: Vec::new() };
        let mut alive = Vec::with_capacity(n);
        for tick in 0..length {
            alive.clear();
            alive.extend(own.iter().filter_map(|v| v.get(tick)).copied().filter(|v| !v.is_nan()));
            let of = Moments::of(&alive);
            trace.mean.push(of.mean);
            trace.reach.push(t * of.std / (alive.len() as f64).sqrt());
        }
        trace
    });
    columns.collect()
}

/// What the column of a macro log means: its names are those of the fast log, from the fifth on wrongly so
/// (control 5.3).
fn true_name<'a>(kind: &str, name: &'a str) -> &'a str {
    let bare = name.strip_prefix("s_").unwrap_or(name);
    if kind != "macro" {
        return bare;
    }
    let logged = HARDWARE_OBS.iter().take(17).copied().chain(["rmcp_norm", "reg_need_norm"]);
    let mut pairs = logged.zip(MACRO_OBS.iter().copied());
    pairs.find(|(log, _)| *log == bare).map_or(bare, |(_, meant)| meant)
}

/// Where a reward column stands among the panels, and its title.
fn reward_place(name: &str) -> (usize, String) {
    const ORDER: [&str; 12] = [
        "r",
        "r_throughput",
        "r_tracking",
        "r_thermal",
        "r_soc",
        "r_freq",
        "r_volt",
        "r_backlog",
        "r_regulation",
        "r_sub",
        "r_elec",
        "r_churn",
    ];
    let place = ORDER.iter().position(|o| *o == name).unwrap_or(ORDER.len());
    (place, if name == "r" { "total reward".to_owned() } else { name.trim_start_matches("r_").to_owned() })
}

fn figure(folder: &TraceFolder, request: &TraceRequest, traces: &[Trace], episodes: usize) -> Figure {
    let (agent, scenario, kind) = &folder.name;
    let states: Vec<&Trace> = traces.iter().filter(|t| !t.reward).collect();
    let mut rewards: Vec<&Trace> = traces.iter().filter(|t| t.reward).collect();
    rewards.sort_by_key(|t| reward_place(&t.name).0);
    let (first, second) = states.split_at(states.len().div_ceil(2));
    let rows: [&[&Trace]; 3] = [first, second, &rewards];
    let columns = rows.iter().map(|r| r.len()).max().unwrap_or(1).max(1);
    let (wide, tall, across, down) = (150.0, 128.0, 206.0, 186.0);
    let mut sheet = Sheet::new(70.0 + columns as f64 * across, legend::TITLE_ROOM + 3.0 * down + 44.0);
    let run = folder.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let name = match &request.suffix {
        Some(suffix) => format!("{run}__{}", suffix.trim_start_matches('_')),
        None => run,
    };
    let hours = HOURS.iter().find(|(k, _)| kind.starts_with(k)).map(|(_, h)| *h);
    let unit = if hours.is_some() { "hours of the day" } else { "steps" };
    let many = if episodes == 1 { "one episode, so no band".to_owned() } else { format!("{episodes} episodes") };
    let title = format!("{name} — Mean ± 99% CI across all episodes");
    let label =
        if scenario.is_empty() { String::new() } else { format!("{agent} in {} · ", scenario_label(scenario)) };
    let words = format!("{label}{many} · along: {unit} · blue: states with 0 and 1 dashed · red: rewards, cumulated");
    legend::title(&mut sheet, &title, &words);
    for (r, row) in rows.iter().enumerate() {
        for (c, trace) in row.iter().enumerate() {
            let step = hours.unwrap_or(1.0);
            let length = trace.mean.len().max(2) as f64;
            let (left, top) = (62.0 + c as f64 * across, legend::TITLE_ROOM + 34.0 + r as f64 * down);
            let ends = trace.mean.iter().zip(&trace.reach).flat_map(|(m, h)| {
                let h = if h.is_finite() { *h } else { 0.0 };
                [m - h, m + h]
            });
            // The bounds of states belong to the picture (control 5.4).
            let bounds: &[f64] = if trace.reward { &[] } else { &[0.0, 1.0] };
            let plot = Plot {
                left,
                top,
                width: wide,
                height: tall,
                x: (0.0, (length - 1.0) * step),
                y: range(ends.chain(bounds.iter().copied()), trace.reward),
            };
            let words =
                if trace.reward { reward_place(&trace.name).1 } else { true_name(kind, &trace.name).to_owned() };
            panel(&mut sheet, plot, trace, &words, step);
        }
    }
    let caption = format!(
        "{name}: mean over {many} at every step; the band is the 99 % interval of the mean by Student's t with {} degrees \
         of freedom throughout. Drawn from the extremes of every step that falls on the same place.",
        episodes.saturating_sub(1)
    );
    Figure { name, caption, sheet, data: data(traces) }
}

/// One panel: band, mean, and for states the bounds 0 and 1.
fn panel(sheet: &mut Sheet, plot: Plot, trace: &Trace, words: &str, step: f64) {
    plot.ground(sheet);
    plot.y_axis(sheet, 4);
    plot.x_axis(sheet, 3);
    plot.title(sheet, words);
    let colour: Colour = if trace.reward { REWARD } else { STATE };
    if !trace.reward {
        for bound in [0.0, 1.0] {
            if plot.y.0 <= bound && bound <= plot.y.1 {
                sheet.dashed(vec![plot.at(plot.x.0, bound), plot.at(plot.x.1, bound)], LINE_STRONG, 0.75);
            }
        }
    }
    // Two corners a place: extremes stay visible however many steps fall on it.
    let slots = (plot.width as usize).max(1);
    let each = trace.mean.len().div_ceil(slots).max(1);
    let (mut band, mut lower, mut line) = (Vec::new(), Vec::new(), Vec::new());
    for (k, (means, reaches)) in trace.mean.chunks(each).zip(trace.reach.chunks(each)).enumerate() {
        let x = (k * each) as f64 + (means.len() as f64 - 1.0) / 2.0;
        let extremes = |values: &mut dyn Iterator<Item = f64>| {
            values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
        };
        let (low, high) = extremes(&mut means.iter().copied());
        if low > high {
            continue;
        }
        let x = plot.at_x(x * step);
        line.push((x, plot.at_y(low)));
        if high > low {
            line.push((x, plot.at_y(high)));
        }
        let ends = |sign: f64| means.iter().zip(reaches).map(move |(m, h)| m + sign * h);
        let (under, over) = (extremes(&mut ends(-1.0)).0, extremes(&mut ends(1.0)).1);
        if under.is_finite() && over.is_finite() {
            band.push((x, plot.at_y(over)));
            lower.push((x, plot.at_y(under)));
        }
    }
    band.extend(lower.into_iter().rev());
    if band.len() > 3 {
        sheet.area(band, colour, BAND);
    }
    sheet.line(line, colour, 1.1);
}

/// Means and half intervals of all columns, step by step.
fn data(traces: &[Trace]) -> String {
    let length = traces.iter().map(|t| t.mean.len()).max().unwrap_or(0);
    let mut out = "timestep".to_owned();
    for trace in traces {
        let cumulated = if trace.reward { "_cumulated" } else { "" };
        out.push_str(&format!(",{0}{cumulated}_mean,{0}{cumulated}_ci99", trace.name));
    }
    out.push('\n');
    for tick in 0..length {
        out.push_str(&tick.to_string());
        for value in traces.iter().flat_map(|t| [t.mean.get(tick), t.reach.get(tick)]) {
            out.push(',');
            if let Some(v) = value.filter(|v| v.is_finite()) {
                out.push_str(&format!("{:?}", *v as f32));
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn all_spellings_of_episodes_are_read() {
        for (file, tags) in [
            ("episode0.csv", Some("")),
            ("episode12_.csv", Some("")),
            ("episode0_BESS_0.csv", Some("BESS_0")),
            ("episode0___BESS_0.csv", Some("BESS_0")),
            ("episode0__HVAC_disabled_BESS_0.csv", Some("HVAC_disabled_BESS_0")),
            ("episode.csv", None),
            ("episode1.txt", None),
            ("episode1x.csv", None),
        ] {
            assert_eq!(episode_tags(file).as_deref(), tags, "{file}");
        }
    }

    #[test]
    fn folders_are_taken_apart_from_the_right() {
        for (name, parts) in [
            ("rule_macro+pid_scenario_a_macro", ("rule_macro+pid", "scenario_a", "macro")),
            ("ha_c2g_default_hardware_ha", ("ha_c2g", "default", "hardware_ha")),
            ("cbf_ppo_scenario_c_ha", ("cbf_ppo", "scenario_c", "ha")),
            ("pid_default", ("pid", "default", "")),
        ] {
            let (agent, scenario, kind) = TraceFolder::new(Path::new(name)).name;
            assert_eq!((agent.as_str(), scenario.as_str(), kind.as_str()), parts);
        }
    }

    /// Three episodes of 2, 2 and 1 steps. By hand: at step 0 states 1, 2, 3 have mean 2 and standard error 1/√3; at
    /// step 1 two are left, 4 and 6, with mean 5 and standard error 1; t(0.995, 2) = 9.9248.
    #[test]
    fn bands_keep_the_degrees_of_freedom_of_all_episodes() {
        let episode = |s: &[f64]| vec![("s_x".to_owned(), false, s.to_vec())];
        let traces = gathered(&[episode(&[1.0, 4.0]), episode(&[2.0, 6.0]), episode(&[3.0])]);
        assert_eq!(traces[0].mean, [2.0, 5.0]);
        let t = 9.92484320091807;
        assert!((traces[0].reach[0] - t / 3.0_f64.sqrt()).abs() < 1e-9, "{:?}", traces[0].reach);
        assert!((traces[0].reach[1] - t).abs() < 1e-9);
        let alone = gathered(&[episode(&[1.0])]);
        assert!(alone[0].reach[0].is_nan(), "one episode has no band");
    }

    #[test]
    fn columns_of_macro_logs_get_their_true_names() {
        assert_eq!(true_name("macro", "s_temp_A_norm"), "temp_A_mean");
        assert_ne!(true_name("macro", "s_T_amb_norm"), "T_amb_norm");
        assert_eq!(true_name("hardware", "s_T_amb_norm"), "T_amb_norm");
    }
}
