//! What a benchmark is asked for, and the rows that this comes to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Document, Error, Place, Result};
use crate::evaluate::agents::{Agent, AgentOptions, Kind, default_agents, equip, files, resolve};
use crate::evaluate::configurations::Configurations;
use crate::noise::NoiseKind;
use crate::plant::PlantSpec;
use crate::record::pin_tags;
use crate::rollout::{Setup, World};

use super::figures::Figures;

/// Folder of results that are given no path, as in the source.
pub const RESULTS: &str = "evaluation/results";

/// What a benchmark is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What all episodes share: plant, noise, start, data, configuration, pins. Its seed is that of episode 0; episode
    /// i has seed + i.
    pub base: Setup,
    /// Agents by name; none takes the plant's defaults.
    pub agents: Vec<String>,
    /// What agents may need beside their names.
    pub options: AgentOptions,
    /// Choices on the plant's axes. Every combination is played. An axis that is absent takes its default, the plant's
    /// first axis all its choices.
    pub axes: BTreeMap<String, Vec<String>>,
    /// Episodes of each agent on each combination.
    pub episodes: u64,
    /// Controllers keep their memory from one episode to the next, as in the source.
    pub carry_state: bool,
    /// Episodes played at the same time; 0 is one a core.
    pub jobs: usize,
    /// Result file; `None` names it as the source does.
    pub output: Option<PathBuf>,
    /// Goes on with result files that exist.
    pub append: bool,
    /// Folder of transition logs.
    pub transitions: Option<PathBuf>,
    /// Writes the score of every interval and hour.
    pub scores: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            base: Setup { seed: 100, ..Setup::default() },
            agents: Vec::new(),
            options: AgentOptions::default(),
            axes: BTreeMap::new(),
            episodes: 5,
            carry_state: false,
            jobs: 0,
            output: None,
            append: false,
            transitions: None,
            scores: false,
        }
    }
}

/// The episodes of one agent on one combination of choices: one row of the results.
#[derive(Debug, Clone)]
pub struct Row {
    /// Who acts.
    pub agent: Agent,
    /// The choice on each of the plant's axes, in their order: name and value.
    pub axes: Vec<(String, String)>,
    /// The setup of episode 0.
    pub setup: Setup,
    /// Effective configuration.
    pub config: Document,
    /// What the results depend on beside agent and seed, in 16 hexadecimal digits.
    pub config_hash: String,
    /// What is counted.
    pub figures: Figures,
}

impl Row {
    /// Value of the first axis: the column that names a row beside its agent.
    pub fn lead(&self) -> &str {
        self.axes.first().map_or("", |(_, value)| value)
    }

    /// The setup of an episode.
    pub fn episode(&self, index: u64) -> Setup {
        Setup { seed: self.seed(index), ..self.setup.clone() }
    }

    /// Seed of an episode.
    pub fn seed(&self, index: u64) -> u64 {
        self.setup.seed.wrapping_add(index)
    }
}

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The table, or the hardware part of it.
    pub table: PathBuf,
    /// The macro part, where combos split the table.
    pub macro_table: Option<PathBuf>,
    /// One row an episode.
    pub episodes: PathBuf,
    /// Scores of intervals and hours.
    pub scores: Option<PathBuf>,
    /// The effective configurations.
    pub configurations: PathBuf,
}

/// A benchmark that is ready to run.
pub struct Plan {
    /// What was asked for.
    pub request: Request,
    /// The rows in the order of the results.
    pub rows: Vec<Row>,
    /// Where results go.
    pub paths: Paths,
    /// What a person should know before it runs.
    pub warnings: Vec<String>,
    pub(super) world: World,
    pub(super) spec: Arc<PlantSpec>,
}

impl Plan {
    /// Works out the rows of a request. Everything that can be wrong with it is told here, before anything runs.
    ///
    /// # Errors
    /// Unknown agents, axes and choices, and everything that can be wrong with a setup.
    pub fn new(world: &World, request: Request) -> Result<Self> {
        if request.episodes == 0 {
            let cure = "Give a number of episodes from 1 up.";
            return Err(Error::invalid(Place::source("--n-episodes"), "there are no episodes to run", cure));
        }
        let combinations = combinations(world, &request)?;
        let mut warnings: Vec<String> = Vec::new();
        let mut probes = Vec::new();
        for axes in &combinations {
            let setup = Setup { axes: axes.clone(), ..request.base.clone() };
            let probe = world.build(&setup)?;
            for warning in probe.warnings() {
                if !warnings.contains(warning) {
                    warnings.push(warning.clone());
                }
            }
            probes.push((axes, Arc::clone(probe.spec())));
        }
        let Some((_, spec)) = probes.first() else {
            return Err(Error::invalid(Place::source("--plant"), "there is nothing to play", "Name a scenario."));
        };
        let spec = Arc::clone(spec);
        let mut names = request.agents.clone();
        if names.is_empty() {
            names = default_agents(&spec, &world.controllers);
        }
        let mut rows = Vec::new();
        let mut seen = Vec::new();
        for name in &names {
            if seen.contains(&name) {
                warnings.push(format!("agent {name} is named more than once and played once"));
                continue;
            }
            seen.push(name);
            let agent = resolve(name, &spec, &world.controllers)?;
            for (axes, probe) in &probes {
                rows.push(row(world, &request, agent.clone(), axes, probe)?);
            }
        }
        let paths = paths(&request, &spec, &rows);
        Ok(Self { request, rows, paths, warnings, world: world.clone(), spec })
    }

    /// Episodes of all rows together.
    pub fn episodes(&self) -> u64 {
        self.rows.len() as u64 * self.request.episodes
    }

    /// Episodes played at the same time.
    pub fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let wanted = if self.request.jobs == 0 { cores() } else { self.request.jobs };
        let most = if self.request.carry_state { self.rows.len() as u64 } else { self.episodes() };
        wanted.clamp(1, usize::try_from(most).unwrap_or(usize::MAX).max(1))
    }

    /// Name of the plant's first axis, which is the first column of the results.
    pub fn lead_axis(&self) -> &str {
        self.spec.axes.first().map_or("plant", |a| a.name.as_str())
    }

    /// The tables of the plant.
    pub fn spec(&self) -> &Arc<PlantSpec> {
        &self.spec
    }

    /// The rows in words, one a line, without running anything.
    pub fn describe(&self) -> Vec<String> {
        let last = self.request.episodes - 1;
        let line = |row: &Row| {
            let axes: Vec<String> = row.axes.iter().map(|(name, value)| format!("{name} {value}")).collect();
            format!(
                "{}  {}  noise {}  seeds {}..{}  configuration {}",
                row.agent.name,
                axes.join("  "),
                row.setup.noise,
                row.seed(0),
                row.seed(last),
                row.config_hash
            )
        };
        self.rows.iter().map(line).collect()
    }

    /// Folder of a row's transition logs: choices that divide rows of the same name are folders.
    pub(super) fn transition_dir(&self, row: &Row, dir: &Path) -> PathBuf {
        let several = |name: &str| self.request.axes.get(name).is_some_and(|values| values.len() > 1);
        row.axes.iter().skip(1).filter(|(name, _)| several(name)).fold(dir.to_path_buf(), |dir, (_, v)| dir.join(v))
    }
}

/// All combinations of the choices, the plant's first axis slowest.
fn combinations(world: &World, request: &Request) -> Result<Vec<BTreeMap<String, String>>> {
    let axes = world.factory(&request.base.plant)?.axes();
    let known = || axes.iter().map(|a| a.name.as_str());
    if let Some(name) = request.axes.keys().find(|name| !axes.iter().any(|a| a.name == **name)) {
        let place = Place::source(format!("--{name}"));
        let what = format!("plant `{}` has no axis `{name}`", request.base.plant);
        return Err(Error::invalid(place, what, format!("Its axes: {}.", known().collect::<Vec<_>>().join(", "))));
    }
    let mut all = vec![request.base.axes.clone()];
    for (index, axis) in axes.iter().enumerate() {
        let mut values = request.axes.get(&axis.name).cloned().unwrap_or_default();
        if values.is_empty() && index == 0 && !request.base.axes.contains_key(&axis.name) {
            values = axis.choices.iter().map(|c| c.name.clone()).collect();
        }
        let mut once: Vec<String> = Vec::new();
        values.into_iter().for_each(|v| {
            if !once.contains(&v) {
                once.push(v);
            }
        });
        if once.is_empty() {
            continue;
        }
        let with = |base: &BTreeMap<String, String>, value: &String| {
            let mut axes = base.clone();
            axes.insert(axis.name.clone(), value.clone());
            axes
        };
        all = all.iter().flat_map(|base| once.iter().map(move |value| with(base, value))).collect();
    }
    Ok(all)
}

fn row(
    world: &World,
    request: &Request,
    mut agent: Agent,
    axes: &BTreeMap<String, String>,
    spec: &PlantSpec,
) -> Result<Row> {
    let bare = world.configuration(&Setup { axes: axes.clone(), ..request.base.clone() })?;
    let lead = (spec.axes.first().map_or("", |a| a.value.as_str()), request.base.seed);
    equip(&mut agent, spec, &world.controllers, &request.options, &bare, lead)?;
    let mut setup = Setup { axes: axes.clone(), policies: agent.policies.clone(), ..request.base.clone() };
    setup.set.extend(agent.set.iter().cloned());
    let config = world.configuration(&setup)?;
    let mut files = files(&agent, &world.controllers, &config);
    if let NoiseKind::Recorded(recorded) = setup.noise.parse()? {
        files.extend(recorded);
    }
    let config_hash = config_hash(&setup, &config, request, &files)?;
    let axes = spec.axes.iter().map(|a| (a.name.clone(), a.value.clone())).collect();
    let figures = Figures::of(&agent, spec);
    Ok(Row { agent, axes, setup, config, config_hash, figures })
}

/// What results depend on beside agent and seed, as 16 hexadecimal digits (FNV-1a): two rows are comparable when they
/// have the same.
fn config_hash(setup: &Setup, config: &Document, request: &Request, files: &[PathBuf]) -> Result<String> {
    let mut parts = vec![setup.plant.clone(), config.to_yaml(), setup.noise.clone()];
    parts.extend(setup.axes.iter().map(|(k, v)| format!("axis {k}={v}")));
    parts.extend(setup.fixed_actions.iter().map(|(k, v)| format!("pin {k}={v:?}")));
    parts.push(format!("start {:?} ticks {:?} trip {:?}", setup.start, setup.ticks, setup.on_trip));
    parts.push(format!("continuous {} carry {}", setup.continuous, request.carry_state));
    parts.push(setup.data.as_ref().map_or_else(String::new, |dir| format!("data {}", dir.display())));
    if let Some(regd) = &setup.regd {
        parts.push(format!("{:?}", regd.step_s));
        parts.push(std::fs::read_to_string(&regd.file).map_err(|e| Error::io(&regd.file, "read the signal", e))?);
    }
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |bytes: &[u8]| {
        for &byte in bytes.iter().chain(&[0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    parts.iter().for_each(|part| take(part.as_bytes()));
    for path in files {
        take(&std::fs::read(path).map_err(|e| Error::io(path, "read", e))?);
    }
    Ok(format!("{hash:016x}"))
}

/// Pinned levers with the values that are in force.
fn pins(setup: &Setup, spec: &PlantSpec) -> Vec<(String, f64)> {
    let action = |name: &str| spec.find_action(name).and_then(|(s, a)| spec.slots.get(s)?.actions.get(a));
    let in_force = |(name, value): (&String, &f64)| match action(name) {
        Some(action) => {
            let (low, high) = action.domain.bounds();
            (action.name.clone(), value.clamp(low, high))
        }
        None => (name.clone(), *value),
    };
    setup.fixed_actions.iter().map(in_force).collect()
}

/// Where results go (control 5.1): `{algo}_{scenario}_{type}_{ablation}.csv`, combos split into two tables.
fn paths(request: &Request, spec: &PlantSpec, rows: &[Row]) -> Paths {
    let split = rows.iter().any(|r| r.agent.kind == Kind::Combo);
    let path = request.output.clone().unwrap_or_else(|| {
        let one = |name: fn(&Row) -> &str| {
            let first = rows.first().map_or("", name);
            if rows.iter().all(|r| name(r) == first) { first } else { "multi" }
        };
        let mut words = vec![one(|r| &r.agent.name).to_owned(), one(Row::lead).to_owned()];
        if !split {
            let kind = one(|r| r.agent.kind.label());
            words.push(if kind == "multi" { "mixed" } else { kind }.to_owned());
        }
        let tags = pin_tags(&pins(&request.base, spec));
        words.push(if tags.is_empty() { "base".to_owned() } else { tags });
        Path::new(RESULTS).join(words.join("_") + ".csv")
    });
    let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let beside = |tail: &str| path.with_file_name(format!("{stem}_{tail}.csv"));
    Paths {
        configurations: Configurations::beside(&path),
        table: if split { beside("hardware") } else { path.clone() },
        macro_table: split.then(|| beside("macro")),
        episodes: beside("episodes"),
        scores: request.scores.then(|| beside("scores")),
    }
}
