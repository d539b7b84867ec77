//! C2G's transition logs (control 5.3): observations before and after, actions and rewards become rows of the plant.
//!
//! Columns are found by name. Older logs lack the eighteenth observation or call it `s_17`; macro logs of the source
//! reuse the fast names, which from the fifth on mean something else, or bear the names of the macro observations.

use std::path::{Path, PathBuf};

use crate::config::{Error, Place, Result};
use crate::plant::PlantSpec;
use crate::plant::c2g::logged::{Bidder, Decoder, HARDWARE_COLUMNS, HardwareLine, MACRO_COLUMNS, MacroLine};
use crate::plant::c2g::signals::Col;
use crate::plant::c2g::tables::{HARDWARE, HARDWARE_OBS, MACRO, MACRO_OBS};
use crate::rollout::{ActionColumns, Intervention, LeverMode, LoggedIntervention, Schema, Setup, World};

use super::FromLines;
use super::cells::{Need, numbers};
use super::lines::Lines;
use super::{BadRows, Gaps, Item, LogKind, Provenance, Rows, TapeHead, nothing, tables};

/// Plant that these logs are of.
const PLANT: &str = "c2g";

/// Levers of the hardware agent as the logs call them.
const LEVERS: [&str; 4] = ["throttle_batch", "pump_speed_A", "hvac_effort", "bess_dispatch"];

/// Tags of pinned levers in file names, in the order of [`LEVERS`].
const TAGS: [&str; 4] = ["THROTTLE", "PUMP", "HVAC", "BESS"];

/// Rewards in the order of [`HardwareLine::reward`].
const REWARDS: [&str; 8] = ["r", "r_throughput", "r_tracking", "r_thermal", "r_soc", "r_freq", "r_volt", "r_backlog"];

/// Rewards in the order of [`MacroLine::reward`].
const MACRO_REWARDS: [&str; 5] = ["r", "r_regulation", "r_sub", "r_elec", "r_churn"];

/// Where each value stands in a line.
#[derive(Debug, Clone, Default)]
struct Places {
    tick: Option<usize>,
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
    actions: Vec<Option<usize>>,
    rewards: Vec<Option<usize>>,
}

impl Places {
    fn find(names: &[String], kind: LogKind) -> Self {
        let at = |name: &str| names.iter().position(|n| n == name);
        let observations = |prefix: &str| -> Vec<Option<usize>> {
            let of = |index: usize, fast: Option<&str>, own: Option<&str>| {
                let named = |name: Option<&str>| name.and_then(|n| at(&format!("{prefix}_{n}")));
                named(own).or_else(|| named(fast)).or_else(|| at(&format!("{prefix}_{index}")))
            };
            match kind {
                LogKind::Macro => (0..MACRO_OBS.len())
                    // The last two have names of their own; before them the fast names are reused in order.
                    .map(|i| of(i, HARDWARE_OBS.get(i).copied().filter(|_| i < 17), MACRO_OBS.get(i).copied()))
                    .collect(),
                _ => (0..HARDWARE_OBS.len()).map(|i| of(i, HARDWARE_OBS.get(i).copied(), None)).collect(),
            }
        };
        let action = |(index, names): (usize, &[&str])| {
            names.iter().find_map(|n| at(&format!("a_{n}"))).or_else(|| at(&format!("a_{index}")))
        };
        let actions = match kind {
            LogKind::Macro => {
                let own: [&[&str]; 2] = [&["commit_norm", "bid_mw_norm"], &["bid_price", "bid_price_norm"]];
                own.into_iter().enumerate().map(action).collect()
            }
            _ => LEVERS.iter().map(std::slice::from_ref).enumerate().map(action).collect(),
        };
        let rewards: &[&str] = if kind == LogKind::Macro { &MACRO_REWARDS } else { &REWARDS };
        Self {
            tick: at("timestep"),
            before: observations("s"),
            after: observations("o"),
            actions,
            rewards: rewards.iter().map(|r| at(r)).collect(),
        }
    }
}

impl Places {
    /// What is wanted of each cell of a line, with the observations before the step or, where the row before has them,
    /// without.
    fn wanted(&self, width: usize, before: bool) -> Vec<Need> {
        let mut wanted = vec![Need::Look; width];
        let all = self.before.iter().filter(|_| before).chain(&self.after).chain([&self.tick]).copied();
        for place in all.chain(self.actions.iter().copied()).chain(self.rewards.iter().copied()).flatten() {
            if let Some(need) = wanted.get_mut(place) {
                *need = Need::Read;
            }
        }
        wanted
    }
}

/// What folder and file name say.
#[derive(Debug, Default, PartialEq)]
struct Named {
    scenario: Option<String>,
    /// Controllers of macro and hardware.
    agents: [Option<String>; 2],
    pins: [Option<f64>; 4],
}

/// Reads `<agent>_<scenario>_<type>/episode<N>__<TAGS>.csv` from the right.
fn named(path: &Path, kind: LogKind, scenarios: &[String]) -> Named {
    let mut found = Named { pins: pins(&path.file_stem().unwrap_or_default().to_string_lossy()), ..Named::default() };
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let types = ["_hardware_ha", "_hardware", "_macro", "_ha"];
    let rest = types.into_iter().find_map(|suffix| folder.strip_suffix(suffix)).unwrap_or(&folder);
    // The longest name first: `scenario_a` ends with nothing that is a scenario, but a person's own might.
    let mut known: Vec<&String> = scenarios.iter().collect();
    known.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in known {
        if let Some(agent) = rest.strip_suffix(name.as_str()).and_then(|r| r.strip_suffix('_')) {
            found.scenario = Some(name.clone());
            found.agents = match agent.split_once('+') {
                Some((upper, lower)) => [Some(upper.to_owned()), Some(lower.to_owned())],
                None if kind == LogKind::Macro => [Some(agent.to_owned()), None],
                None => [None, Some(agent.to_owned())],
            };
            break;
        }
    }
    found
}

/// Pinned levers in a file's name: `episode0__HVAC_disabled_BESS_0`, `episode0_BESS_-0.5`.
fn pins(stem: &str) -> [Option<f64>; 4] {
    let mut pins = [None; 4];
    let mut words = stem.split('_').peekable();
    while let Some(word) = words.next() {
        let Some(pin) = TAGS.iter().position(|tag| *tag == word).and_then(|k| pins.get_mut(k)) else { continue };
        if words.peek() == Some(&"disabled") {
            words.next();
            // What is disabled does nothing; a value may follow all the same.
            *pin = Some(0.0);
        }
        if let Some(value) = words.peek().and_then(|w| w.parse::<f64>().ok()).filter(|v| v.is_finite()) {
            *pin = Some(value);
            words.next();
        }
    }
    pins
}

/// A transition log whose line of names was read.
pub(super) struct Parts {
    path: PathBuf,
    kind: LogKind,
    setup: Setup,
    known_axes: Vec<String>,
    /// The plant's tables, before they say where values come from.
    pub spec: PlantSpec,
    /// Where each column comes from.
    pub origin: Vec<Provenance>,
    /// Controllers in the order of the plant's slots, as far as they are known.
    pub controllers: Vec<Option<String>>,
    /// What had to be assumed.
    pub notes: Vec<String>,
    /// The rows.
    pub rows: TransitionRows,
}

impl Parts {
    /// Makes the tables.
    pub fn finish(self) -> (TapeHead, TransitionRows) {
        let Self { path, kind, setup, known_axes, spec, origin, controllers, notes, rows } = self;
        let tables = tables(spec, |_, id| origin.get(id).cloned().unwrap_or(Provenance::Absent));
        let head = TapeHead {
            path,
            kind,
            episode: 0,
            known_axes,
            controllers,
            setup,
            spec: tables.spec,
            schema: tables.schema,
            provenance: tables.provenance,
            notes,
            time: None,
        };
        (head, rows)
    }
}

/// Reads the line of names and makes the tables.
pub(super) fn open(path: &Path, kind: LogKind, world: &World) -> Result<(TapeHead, Box<dyn Rows>)> {
    let (head, rows) = prepare(path, kind, world)?.finish();
    Ok((head, Box::new(rows)))
}

/// Reads the line of names.
pub(super) fn prepare(path: &Path, kind: LogKind, world: &World) -> Result<Parts> {
    let mut lines = Lines::open(path)?;
    lines.next()?;
    let garbled = |column| {
        let cure = "Give a transition log with its line of names.";
        Error::invalid(Place::file(path).at_line(1).at_column(column), "this is not UTF-8 text", cure)
    };
    let header = lines.text().map_err(garbled)?.trim_start_matches('\u{feff}').trim_end().to_owned();
    let names: Vec<String> = header.split(',').map(|n| n.trim().trim_matches('"').to_owned()).collect();
    let places = Places::find(&names, kind);
    if places.after.iter().all(Option::is_none) {
        let what = "no column of what came after the step (`o_…`) is known";
        return Err(Error::invalid(
            Place::file(path).at_line(1),
            what,
            "Give a transition log with its line of names.",
        ));
    }
    let axes = world.factory(PLANT)?.axes();
    let scenarios: Vec<String> =
        axes.iter().filter(|a| a.name == "scenario").flat_map(|a| a.choices.iter().map(|c| c.name.clone())).collect();
    let told = named(path, kind, &scenarios);
    let mut setup = Setup { plant: PLANT.to_owned(), ..Setup::default() };
    let mut notes = Vec::new();
    match &told.scenario {
        Some(name) => {
            setup.axes.insert("scenario".to_owned(), name.clone());
        }
        None => notes.push(
            "The folder's name tells no scenario: the default one is assumed, for commitment and ambient".to_owned(),
        ),
    }
    let config = world.configuration(&setup)?;
    let mut spec = world.tables(&setup, &config)?;
    if kind == LogKind::Macro {
        // A row is an interval.
        let period = spec.slots.get(MACRO).map_or(180, |s| s.period_ticks.max(1));
        spec.calendar.tick_s *= u32::try_from(period).unwrap_or(180);
        spec.episode_ticks /= period;
        for slot in &mut spec.slots {
            (slot.period_ticks, slot.phase_ticks) = (1, 0);
        }
    }
    let bidder = match &told.agents {
        [Some(_), _] => Bidder::Somebody,
        [None, Some(_)] => Bidder::Nobody,
        [None, None] => Bidder::Unknown,
    };
    let decoder = Decoder::new(&config, &setup.axes, bidder)?;
    let committed = places.after.get(17).copied().flatten().is_none() && kind == LogKind::Hardware;
    if committed {
        notes.push("The log has no commitment: the scenario's baseline is assumed".to_owned());
    }
    let rows = TransitionRows {
        path: path.to_path_buf(),
        lines,
        wanted: [false, true].map(|before| places.wanted(names.len(), before && kind == LogKind::Hardware)),
        kind,
        levers: Schema::new(&spec).levers,
        decoder,
        places,
        pins: told.pins,
        cells: Vec::new(),
        last: None,
        tick: 0,
        gaps: Gaps::default(),
        waiting: None,
        first: first_pins(&told.pins),
    };
    let origin = rows.provenance(&Schema::new(&spec), &names);
    let known_axes = if told.scenario.is_some() { vec!["scenario".to_owned()] } else { Vec::new() };
    let controllers = slots_in_order(told.agents);
    Ok(Parts { path: path.to_path_buf(), kind, setup, known_axes, spec, origin, controllers, notes, rows })
}

/// Controllers in the order of the plant's slots.
fn slots_in_order([upper, lower]: [Option<String>; 2]) -> Vec<Option<String>> {
    if MACRO < HARDWARE { vec![upper, lower] } else { vec![lower, upper] }
}

/// Pins as they were set before the first tick.
fn first_pins(pins: &[Option<f64>; 4]) -> Vec<LoggedIntervention> {
    let set = LEVERS.iter().zip(pins).filter_map(|(name, pin)| {
        let mode = LeverMode::Pinned((*pin)?);
        Some(LoggedIntervention { tick: 0, what: Intervention::Lever { lever: format!("hardware.{name}"), mode } })
    });
    set.collect()
}

/// Rows of a transition log.
/// `L` is the source of lines; a probe has none.
pub(super) struct TransitionRows<L = Lines> {
    path: PathBuf,
    lines: L,
    /// What is wanted of each cell, without and with the observations before the step.
    wanted: [Vec<Need>; 2],
    kind: LogKind,
    /// Columns of the levers.
    pub levers: Vec<Vec<ActionColumns>>,
    decoder: Decoder,
    places: Places,
    pins: [Option<f64>; 4],
    cells: Vec<f64>,
    /// Observations after the row before, where it was the tick before.
    last: Option<[f64; 18]>,
    /// The tick that comes next.
    tick: u64,
    gaps: Gaps,
    /// A row stands in `cells` and ticks before it are lacking.
    waiting: Option<u64>,
    /// What holds before the first row.
    first: Vec<LoggedIntervention>,
}

impl<L> TransitionRows<L> {
    fn gather<const N: usize>(&self, places: &[Option<usize>]) -> [f64; N] {
        let mut out = [f64::NAN; N];
        for (value, place) in out.iter_mut().zip(places) {
            *value = place.and_then(|p| self.cells.get(p)).copied().unwrap_or(f64::NAN);
        }
        out
    }

    /// Writes the line in `cells` as a row.
    fn decode(&mut self, row: &mut [f64]) {
        if self.kind == LogKind::Macro {
            let bid: [f64; 2] = self.gather(&self.places.actions);
            let line = MacroLine {
                interval: self.tick,
                after: self.gather(&self.places.after),
                bid,
                reward: self.gather(&self.places.rewards),
            };
            self.decoder.bids(&line, row);
            for (columns, value) in self.levers.get(MACRO).into_iter().flatten().zip(bid) {
                let admitted = f64::from(value as f32).clamp(0.0, 1.0);
                for (place, value) in [(columns.commanded, value), (columns.applied, admitted)] {
                    if let Some(cell) = row.get_mut(place) {
                        *cell = value;
                    }
                }
            }
            return;
        }
        let asked: [f64; 4] = self.gather(&self.places.actions);
        let mut after: [f64; 18] = self.gather(&self.places.after);
        let before: [f64; 18] = self.gather(&self.places.before);
        // Combos of the source write zeros before the first action of an interval; the row before knows better.
        let [.., ambient_before, _, _, backlog_before, _] = self.last.unwrap_or(before);
        let [t_a, t_b, soc, _, _, _, regd, ..] = self.last.unwrap_or(before);
        if self.places.after.get(17).copied().flatten().is_none() {
            let [.., committed] = &mut after;
            *committed = self.decoder.commitment_norm();
        }
        let bounds = [(0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (-1.0, 1.0)];
        let mut applied = asked;
        for ((value, (low, high)), pin) in applied.iter_mut().zip(bounds).zip(self.pins) {
            *value = f64::from(pin.unwrap_or(*value) as f32).clamp(low, high);
        }
        // The next observation tells what throttle and pump really did.
        let [.., throttle, pump, _, _, _, _, _, _] = after;
        let [first, second, ..] = &mut applied;
        *first = if throttle.is_nan() { *first } else { throttle };
        *second = if pump.is_nan() { *second } else { pump };
        let line = HardwareLine {
            tick: self.tick,
            regd_before: regd,
            ambient_before,
            temps_before: [t_a, t_b],
            soc_before: soc,
            backlog_before,
            applied,
            after,
            reward: self.gather(&self.places.rewards),
        };
        self.decoder.hardware(&line, row);
        for ((columns, asked), applied) in self.levers.get(HARDWARE).into_iter().flatten().zip(asked).zip(applied) {
            if let Some(cell) = row.get_mut(columns.commanded) {
                *cell = asked;
            }
            if let Some(cell) = row.get_mut(columns.applied) {
                *cell = applied;
            }
        }
        self.last = Some(after);
    }

    /// Where each column comes from: a line with a value in every cell shows what follows from this file's columns.
    fn provenance(&self, schema: &Schema, names: &[String]) -> Vec<Provenance> {
        let mut probe = TransitionRows {
            path: PathBuf::new(),
            lines: (),
            wanted: self.wanted.clone(),
            kind: self.kind,
            levers: self.levers.clone(),
            decoder: self.decoder.clone(),
            places: self.places.clone(),
            pins: [None; 4],
            cells: vec![0.5; names.len()],
            last: None,
            tick: 0,
            gaps: Gaps::default(),
            waiting: None,
            first: Vec::new(),
        };
        // A battery at rest and a reward without error: nothing contradicts itself.
        let still = self
            .places
            .actions
            .get(3)
            .copied()
            .flatten()
            .into_iter()
            .chain(self.places.rewards.iter().copied().flatten());
        for place in still {
            if let Some(cell) = probe.cells.get_mut(place) {
                *cell = 0.0;
            }
        }
        probe.decoder.be_lenient();
        let mut row = vec![f64::NAN; schema.len()];
        probe.decode(&mut row);
        let column = |wanted: &str| -> Option<String> {
            let place = probe.place_of(wanted)?;
            names.get(place).cloned()
        };
        let logged: &[(Col, &str)] = if self.kind == LogKind::Macro { &MACRO_COLUMNS } else { &HARDWARE_COLUMNS };
        let mut origin: Vec<Provenance> =
            row.iter().map(|value| if value.is_nan() { Provenance::Absent } else { Provenance::Derived }).collect();
        let mut mark = |id: usize, name: Option<String>| {
            if let (Some(cell), Some(name)) = (origin.get_mut(id), name) {
                *cell = Provenance::Logged(name);
            }
        };
        for (col, name) in logged {
            let fixed = *col == Col::TAmbient && !self.decoder.ambient_is_logged();
            let applied = matches!(col, Col::HvacEffort | Col::BessDispatch);
            if !fixed && !applied {
                mark(*col as usize, column(name));
            }
        }
        let slot = if self.kind == LogKind::Macro { MACRO } else { HARDWARE };
        for (k, columns) in self.levers.get(slot).into_iter().flatten().enumerate() {
            mark(columns.commanded, self.places.actions.get(k).copied().flatten().and_then(|p| names.get(p)).cloned());
        }
        // These follow where nothing but the recorded actions moved the site.
        if self.kind == LogKind::Hardware {
            for col in [Col::RegdDelivered, Col::TrackingErrorSigned] {
                let needs = [Col::FlexReduction, Col::CoolDelta, Col::PBess, Col::TrackingError];
                let all = needs.iter().all(|c| origin.get(*c as usize).is_some_and(|o| *o != Provenance::Absent));
                if let Some(cell) = origin.get_mut(col as usize).filter(|_| all) {
                    *cell = Provenance::Derived;
                }
            }
        }
        origin
    }

    /// Place of a value by the name that the newest logs use.
    fn place_of(&self, name: &str) -> Option<usize> {
        let (prefix, rest) = name.split_once('_').unwrap_or((name, ""));
        let index = HARDWARE_OBS.iter().position(|n| *n == rest).or(match rest {
            "rmcp_norm" => Some(17),
            "reg_need_norm" => Some(18),
            _ => None,
        });
        let find = |names: &[&str], places: &[Option<usize>]| {
            names.iter().position(|n| *n == name).and_then(|k| places.get(k).copied().flatten())
        };
        match prefix {
            "s" => self.places.before.get(index?).copied().flatten(),
            "o" => self.places.after.get(index?).copied().flatten(),
            "a" => LEVERS.iter().position(|n| *n == rest).and_then(|k| self.places.actions.get(k).copied().flatten()),
            _ if self.kind == LogKind::Macro => find(&MACRO_REWARDS, &self.places.rewards),
            _ => find(&REWARDS, &self.places.rewards),
        }
    }
}

impl FromLines for TransitionRows {
    fn next_row(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>> {
        if let Some(input) = self.first.pop() {
            return Ok(Some(Item::Input(input)));
        }
        if let Some(tick) = self.waiting {
            if tick > self.tick {
                return Ok(Some(self.gap(row)));
            }
            self.waiting = None;
            self.decode(row);
            self.tick += 1;
            return Ok(Some(Item::Row));
        }
        while self.lines.next()? {
            let place = Place::file(&self.path).at_line(self.lines.number);
            let line = self.lines.bytes();
            if line.trim_ascii().is_empty() || line.starts_with(b"#") {
                continue;
            }
            let [rest, all] = &self.wanted;
            let wanted = if self.last.is_some() { rest } else { all };
            if let Err((column, what)) = numbers(line, b',', wanted, &mut self.cells) {
                // A last line without its end is still being written.
                if self.lines.whole {
                    bad.note(place.at_column(column), &what);
                }
                continue;
            }
            let tick = self.places.tick.and_then(|p| self.cells.get(p)).copied().unwrap_or(self.tick as f64);
            if !self.gaps.admit(self.tick, tick) {
                bad.note(place.at_column(1), &format!("timestep {tick} where {} should stand", self.tick));
                continue;
            }
            if tick as u64 > self.tick {
                self.waiting = Some(tick as u64);
                return Ok(Some(self.gap(row)));
            }
            self.decode(row);
            self.tick += 1;
            return Ok(Some(Item::Row));
        }
        if self.tick == 0 && !self.lines.patient { Err(nothing(&self.path, bad)) } else { Ok(None) }
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }

    fn lines_mut(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

impl TransitionRows {
    fn gap(&mut self, row: &mut [f64]) -> Item {
        row.fill(f64::NAN);
        self.last = None;
        self.decoder.skip();
        self.tick += 1;
        Item::Gap
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn file_names_of_every_era_tell_their_pins() {
        for (stem, wanted) in [
            ("episode0", [None; 4]),
            ("episode0_", [None; 4]),
            ("episode0_BESS_0", [None, None, None, Some(0.0)]),
            ("episode0___BESS_0", [None, None, None, Some(0.0)]),
            ("episode0__HVAC_disabled_BESS_0", [None, None, Some(0.0), Some(0.0)]),
            ("episode3__BESS_-0.123_THROTTLE_0.5", [Some(0.5), None, None, Some(-0.123)]),
        ] {
            assert_eq!(pins(stem), wanted, "{stem}");
        }
    }

    #[test]
    fn folders_tell_agent_and_scenario() {
        let scenarios = ["default", "scenario_a", "scenario_b"].map(str::to_owned);
        let of = |folder: &str, kind| named(&PathBuf::from(format!("runs/{folder}/episode0.csv")), kind, &scenarios);
        let combo = of("rule_macro+rule_based_scenario_a_hardware", LogKind::Hardware);
        assert_eq!(combo.scenario.as_deref(), Some("scenario_a"));
        assert_eq!(combo.agents, [Some("rule_macro".to_owned()), Some("rule_based".to_owned())]);
        let solo = of("simplex_ppo_default_hardware_ha", LogKind::Hardware);
        assert_eq!(solo.agents, [None, Some("simplex_ppo".to_owned())]);
        assert_eq!(of("pid_default_ha", LogKind::Hardware).agents, [None, Some("pid".to_owned())]);
        assert_eq!(of("milp_scenario_b_macro", LogKind::Macro).agents, [Some("milp".to_owned()), None]);
        assert_eq!(of("somewhere", LogKind::Macro).scenario, None);
    }
}
