//! What a policy did, and what came of it: any run or log of any plant, told from its rows (sustaindc 13).
//!
//! [`Frame`] holds rows as columns; [`told`] works everything out that follows from them; [`again`] adds what needs the run
//! made again on the same inputs: saving against rest, size of a store. [`read`] opens files and folders. What is said of a
//! plant beyond its levers and rewards stands in its [`ExplainSpec`](crate::plant::ExplainSpec).
#![deny(clippy::indexing_slicing)]

pub mod actions;
pub mod efficiency;
mod exhibits;
mod frame;
pub mod json;
mod page;
pub mod pairing;
pub mod relations;
mod remake;
pub mod rules;
pub mod sizes;
mod source;
pub mod stories;
pub mod terms;
mod whole;
mod words;
mod write;

use crate::config::Result;
use crate::plant::{Amount, PlantSpec};
use crate::record::RunFolder;
use crate::rollout::{Schema, World};
use crate::signal::SignalId;

pub use exhibits::exhibits;
pub use frame::{Frame, Lever, MOST_ROWS, Part, Stamp};
pub use page::page;
pub use relations::Driver;
pub use remake::{Deviation, GoOn, Hand, Remake, SAME};
pub use source::{Opened, read};
pub use whole::{Wanted, Whole, explain};
pub use words::{findings, rules_text};
pub use write::{summary, write};

use actions::{ByQuartile, ClassShare, HeatMap, Saturation};
use efficiency::EfficiencyStatistics;
use pairing::Paired;
use relations::ByAction;
use rules::{AskedShare, Rule};
use sizes::Sizes;
use stories::{QueueTold, StoreTold};
use terms::Terms;

/// Signals of charts that are taken where a plant names no drivers or outcomes.
const FEW_SIGNALS: usize = 8;

/// Told how far the work is, 0 to 1, and what is being done; says whether to go on.
pub type Watch<'a> = &'a mut dyn FnMut(f64, &str) -> bool;

/// Everything about one lever.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverTold {
    /// `slot.action`.
    pub name: String,
    /// Words for people.
    pub label: String,
    /// What its classes are called.
    pub classes: Vec<String>,
    /// Whether it is a switch; else its classes are thirds of its range.
    pub is_switch: bool,
    /// Lowest and highest value.
    pub bounds: (f64, f64),
    /// Decisions behind everything.
    pub decisions: usize,
    /// Share of each class.
    pub shares: Vec<ClassShare>,
    /// By day and hour.
    pub heat: HeatMap,
    /// Shares by quarter of each driver that changes.
    pub by_quartile: Vec<ByQuartile>,
    /// Correlation with each driver; `None` is undefined.
    pub correlations: Vec<(Driver, Option<f64>)>,
    /// Means of the outcomes by class.
    pub by_action: Vec<ByAction>,
    /// Rules that were found.
    pub rules: Vec<Rule>,
    /// How often it could do no more.
    pub saturation: Saturation,
}

/// A sum over the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// What is summed.
    pub amount: Amount,
    /// Over all episodes, in its unit.
    pub sum: f64,
    /// Over each episode.
    pub by_episode: Vec<f64>,
}

/// Everything that follows from rows, and what making the run again added.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explained {
    /// Where the rows come from.
    pub source: String,
    /// Rows that were looked at.
    pub rows: usize,
    /// Rows from one to the next; 1 when every row was looked at.
    pub every: u64,
    /// Names of the episodes.
    pub episodes: Vec<String>,
    /// What actions are held against.
    pub drivers: Vec<Driver>,
    /// What actions come to.
    pub outcomes: Vec<SignalId>,
    /// The levers that somebody drove.
    pub levers: Vec<LeverTold>,
    /// The plant's asked rules.
    pub asked: Vec<AskedShare>,
    /// How efficient the site was.
    pub efficiency: Option<EfficiencyStatistics>,
    /// Rewards by hour of the day.
    pub terms: Vec<Terms>,
    /// Sums over the run.
    pub totals: Vec<Total>,
    /// Work that waited.
    pub queue: Option<QueueTold>,
    /// How the store was used.
    pub store: Option<StoreTold>,
    /// The run against rest on the same inputs.
    pub paired: Option<Paired>,
    /// From which size on the store would matter.
    pub sizes: Option<Sizes>,
    /// The run folder that the log belongs to.
    pub folder: Option<RunFolder>,
    /// What a person should know.
    pub notes: Vec<String>,
}

impl Explained {
    /// Everything that a person should know: of the rows, and of the run folder with its models.
    pub fn all_notes(&self) -> Vec<String> {
        let mut all = self.notes.clone();
        let Some(folder) = &self.folder else { return all };
        all.extend(folder.notes.iter().filter(|n| !self.notes.contains(n)).cloned());
        for model in &folder.models {
            let name = model.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            all.push(format!("models/{name}: {}", model.about));
        }
        all
    }
}

/// Columns of a plant that explaining needs, besides its levers.
pub fn needed(spec: &PlantSpec) -> Vec<SignalId> {
    let explain = &spec.explain;
    let mut ids: Vec<SignalId> = drivers_of(spec);
    ids.extend(outcomes_of(spec));
    if let Some(e) = &explain.efficiency {
        ids.extend([e.ratio, e.above, e.below]);
        ids.extend(e.overhead);
        ids.extend(&e.conditions);
    }
    ids.extend(explain.totals.iter().map(|a| a.signal));
    ids.extend(explain.asked.iter().filter_map(|r| Some(r.when?.0)));
    if let Some(q) = &explain.queue {
        ids.extend([
            q.shiftable,
            q.fixed,
            q.deferred,
            q.taken_up,
            q.forced,
            q.overflow,
            q.waiting,
            q.overdue,
            q.oldest_h,
        ]);
        ids.extend([q.load.0, q.load.1]);
        ids.extend(q.ages.iter().map(|(id, _)| *id));
    }
    if let Some(s) = &explain.store {
        ids.extend([s.soc, s.power.0, s.saves.signal]);
        ids.extend(s.capacity.map(|(id, _)| id));
    }
    for slot in &spec.slots {
        ids.extend(slot.reward_terms.iter().map(|t| t.signal));
        ids.extend(slot.reward_when);
        ids.extend(slot.actions.iter().flat_map(|a| a.reasons.iter().map(|(id, _)| *id)));
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn charted(spec: &PlantSpec) -> Vec<SignalId> {
    let mut ids = Vec::new();
    for &id in spec.charts.iter().flat_map(|c| &c.series) {
        if !ids.contains(&id) && ids.len() < FEW_SIGNALS {
            ids.push(id);
        }
    }
    ids
}

fn drivers_of(spec: &PlantSpec) -> Vec<SignalId> {
    if spec.explain.drivers.is_empty() { charted(spec) } else { spec.explain.drivers.clone() }
}

fn outcomes_of(spec: &PlantSpec) -> Vec<SignalId> {
    if spec.explain.outcomes.is_empty() { charted(spec) } else { spec.explain.outcomes.clone() }
}

/// Reads the columns that explaining needs.
pub fn frame(parts: &[Part]) -> Frame {
    let spec = parts.first().map(|p| p.spec.as_ref().clone()).unwrap_or_default();
    Frame::read(parts, &needed(&spec))
}

/// Works out everything that follows from the rows alone; `None` when it was told to stop.
pub fn told(frame: &Frame, source: &str, watch: Watch<'_>) -> Option<Explained> {
    let spec = &frame.spec;
    let known = |ids: Vec<SignalId>| ids.into_iter().filter(|&id| frame.column(id).is_some()).collect::<Vec<_>>();
    let mut drivers: Vec<Driver> = known(drivers_of(spec)).into_iter().map(Driver::Signal).collect();
    drivers.push(Driver::Hour);
    let outcomes = known(outcomes_of(spec));
    let mut levers = Vec::new();
    let all = frame.levers.len() + 2;
    for (k, lever) in frame.levers.iter().enumerate() {
        if !watch(k as f64 / all as f64, &lever.label) {
            return None;
        }
        levers.push(LeverTold {
            name: lever.name.clone(),
            label: lever.label.clone(),
            classes: lever.classes.clone(),
            is_switch: lever.is_switch,
            bounds: lever.bounds,
            decisions: lever.decisions().count(),
            shares: actions::shares(lever),
            heat: actions::heat_map(frame, lever),
            by_quartile: drivers
                .iter()
                .filter_map(|d| match d {
                    Driver::Signal(id) => actions::by_quartile(frame, lever, *id),
                    Driver::Hour => None,
                })
                .collect(),
            correlations: drivers.iter().map(|d| (*d, relations::correlation(frame, lever, *d))).collect(),
            by_action: relations::by_action(frame, lever, &outcomes),
            rules: rules::rules(frame, lever, &drivers),
            saturation: actions::saturation(frame, lever),
        });
    }
    if !watch((all - 1) as f64 / all as f64, "Sums and days") {
        return None;
    }
    let total = |amount: &Amount| {
        let of = |episode| frame.total(amount.signal, episode).map(|s| s * amount.factor);
        let by_episode = (0..frame.episodes.len()).filter_map(|e| of(Some(e))).collect();
        Some(Total { amount: amount.clone(), sum: of(None)?, by_episode })
    };
    let mut notes = Vec::new();
    if frame.every > 1 {
        notes.push(format!("Every {}th row was looked at, sums are scaled up.", frame.every));
    }
    if frame.gone > 0 {
        notes.push(format!("{} rows are out of memory and were not looked at.", frame.gone));
    }
    if frame.levers.is_empty() {
        notes.push("No lever was driven in these rows, or the log does not tell any.".to_owned());
    }
    Some(Explained {
        source: source.to_owned(),
        rows: frame.rows(),
        every: frame.every,
        episodes: frame.episodes.clone(),
        drivers,
        outcomes,
        levers,
        asked: rules::asked(frame),
        efficiency: spec.explain.efficiency.as_ref().and_then(|e| efficiency::efficiency(frame, e)),
        terms: terms::terms(frame),
        totals: spec.explain.totals.iter().filter_map(total).collect(),
        queue: spec.explain.queue.as_ref().and_then(|q| stories::queue(frame, q)),
        store: spec.explain.store.as_ref().and_then(|s| stories::store(frame, s)),
        paired: None,
        sizes: None,
        folder: None,
        notes,
    })
}

/// Whether a plant has stories for which its run must be made again.
pub fn has_again(spec: &PlantSpec) -> bool {
    spec.explain.pairing.is_some() || spec.explain.store.as_ref().is_some_and(|s| s.size.is_some())
}

/// Adds what needs the run made again; false when it was told to stop. What cannot be made again is told among the notes.
///
/// # Errors
/// A run that ends before the recorded one, a configuration that does not fit.
pub fn again(told: &mut Explained, remake: &Remake, world: &World, schema: &Schema, watch: Watch<'_>) -> Result<bool> {
    let explain = &remake.spec().explain;
    told.notes.extend(remake.remarks.iter().cloned());
    if let Some(pairing) = &explain.pairing {
        let mut at = 0.0;
        let found = pairing::paired(remake, world, pairing, &mut || {
            at = (at + 0.004_f64).min(0.45);
            watch(at, "The same inputs with the levers at rest")
        })?;
        let Some(found) = found else { return Ok(false) };
        for (label, off) in &found.off {
            told.notes.push(format!(
                "{label}: made again the run differs from the recorded one by {}, so that nothing is said of what it saves.",
                crate::evaluate::numbers::percent(*off)
            ));
        }
        told.paired = Some(found).filter(|p| !p.splits.is_empty());
    }
    if let Some((story, size)) = explain.store.as_ref().and_then(|s| Some((s, s.size.as_ref()?))) {
        let mut at = 0.5;
        let mut stopped = false;
        let found = sizes::sizes(remake, world, story, size, &mut || {
            at = (at + 0.002_f64).min(0.99);
            stopped |= !watch(at, "Other sizes of the store");
            !stopped
        })?;
        if stopped {
            return Ok(false);
        }
        told.sizes = found;
    }
    // What the log lacks of the queue's story is in the run made again.
    if told.queue.as_ref().is_some_and(|q| q.from_queue)
        && let Some(queue) = &explain.queue
        && told.paired.is_some()
    {
        let mut ids = vec![queue.shiftable, queue.fixed, queue.deferred, queue.taken_up, queue.forced, queue.overflow];
        ids.extend([queue.waiting, queue.overdue, queue.oldest_h, queue.load.0, queue.load.1]);
        ids.extend(queue.ages.iter().map(|(id, _)| *id));
        if let Some(columns) = remake.play(world, &[], &[], &ids, &mut || true)? {
            let mut recorder = crate::record::Recorder::new(schema.len());
            let mut row = vec![f64::NAN; schema.len()];
            for tick in 0..remake.rows() as usize {
                for (id, values) in ids.iter().zip(&columns) {
                    if let (Some(cell), Some(value)) = (row.get_mut(*id), values.get(tick)) {
                        *cell = *value;
                    }
                }
                recorder.push(&row);
            }
            let part = remake.part_with(recorder.picture());
            let told_again = stories::queue(&Frame::read(&[part], &ids), queue);
            if let Some(found) = told_again {
                told.queue = Some(found);
                told.notes.push(
                    "What became of tasks is told from the run made again; the log holds only the queue.".to_owned(),
                );
            }
        }
    }
    Ok(true)
}
