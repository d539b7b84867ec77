//! What the scoreboard and the policy card show, and what they ask for.
//!
//! [`Board`] is plain data: panels push an [`Ask`], whoever owns the window hands it to an [`Office`] and puts what that
//! tells back onto the board. The office reads files, runs benchmarks and probes policies on threads of its own, so that
//! a frame never waits for any of it.

mod explain;
mod lab;
mod office;
mod policy;
mod read;
mod taking;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::evaluate::ask::{self, Answer, Subject};
use crate::evaluate::compare::kpi::KpiRow;
use crate::evaluate::matrix::Request;
use crate::evaluate::statistics::Moments;
use crate::plant::{Calendar, PlantSpec, Question};
use crate::record::{Provenance, Recording};
use crate::rollout::Schema;
use crate::session::tour::Tour;

pub use explain::{
    ExplainBoard, ExplainFailed, ExplainKey, ExplainRunning, ExplainShown, Explainer, Explaining, run as run_explaining,
};
pub use lab::{LabBoard, LabFailed, LabKey, LabRunning, LabShown, LabTold, Laboratory, run as run_study};
pub use office::{News, Office, Post};
pub use taking::{Take, TakeChart, TakePictures, TakeReport, Taking};

/// What a panel asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Reads what lies in the default folder of results, and lists the policies in `models/`.
    Look,
    /// Puts these files of results on the board, or reads them again.
    Read(Vec<PathBuf>),
    /// Takes every file off the board.
    Forget,
    /// Runs a benchmark.
    Benchmark(Box<Request>),
    /// Ends the benchmark that is running.
    Cancel,
    /// Looks at an ONNX file.
    Check(PathBuf),
    /// Looks at these ONNX files to know which slots they fit, without showing a card.
    Fit(Vec<PathBuf>),
    /// Holds runs against each other.
    Compare(Box<Compare>),
    /// Writes what the board has to export into this file.
    Export(PathBuf),
    /// Reads a tour, by name or file.
    Tour(String),
    /// Lays a sample log where it can be opened, by its number.
    Sample(usize),
    /// Answers questions about a run.
    Question(Box<Asking>),
    /// Writes what a person takes along into this file.
    Take(PathBuf),
    /// Ends the picture or film that is being drawn.
    StopTaking,
    /// Reads a layout from this file.
    Layout(PathBuf),
    /// Runs a study.
    Study(LabKey),
    /// Ends the study that is being run.
    StopStudy,
    /// Explains a run.
    Explain(Box<Explaining>),
    /// Ends the explaining that is under way.
    StopExplain,
}

/// Runs that are held against each other.
#[derive(Debug, Clone)]
pub struct Compare {
    /// What is asked for.
    pub key: CompareKey,
    /// Tables and rows of the runs, the one that the others are held against first.
    pub runs: Vec<(Arc<PlantSpec>, Recording)>,
}

impl PartialEq for Compare {
    /// Rows are not looked at: the key says whose and which they are.
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// What tells one comparison from another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompareKey {
    /// Numbers of the runs, the one that the others are held against first.
    pub runs: Vec<u64>,
    /// First row.
    pub from: u64,
    /// Row after the last one.
    pub to: u64,
}

/// Questions about a run.
#[derive(Debug, Clone)]
pub struct Asking {
    /// What is asked.
    pub key: AskingKey,
    /// The plant's tables.
    pub spec: Arc<PlantSpec>,
    /// The columns of a row.
    pub schema: Arc<Schema>,
    /// The rows.
    pub recording: Recording,
    /// Where the columns of a log come from; `None` on a live run.
    pub provenance: Option<Arc<[Provenance]>>,
}

impl PartialEq for Asking {
    /// Rows are not looked at: the key says whose and how many they are.
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// What tells one asking from another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskingKey {
    /// Number of the run, or of the replay.
    pub run: u64,
    /// The log that is played; empty on a live run.
    pub log: String,
    /// What a person looks for; empty for the ready questions.
    pub search: String,
    /// Rows that count.
    pub rows: u64,
    /// How often rows of the run went or came back.
    pub changes: u64,
}

/// Answers, as far as they are known.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// What they answer.
    pub key: AskingKey,
    /// The questions with their answers, in order; `None` while one is being worked out.
    pub list: Vec<(Question, Option<Answer>)>,
}

impl Answered {
    /// Rows that were not in memory when the answers were worked out.
    pub fn unseen(&self) -> u64 {
        self.list.iter().filter_map(|(_, answer)| answer.as_ref()).map(|answer| answer.unseen).max().unwrap_or(0)
    }

    /// Whether every question has its answer.
    pub fn is_whole(&self) -> bool {
        self.list.iter().all(|(_, answer)| answer.is_some())
    }
}

/// Works out answers one after the other and tells them as they come; `stale` ends it.
pub fn answer_all(asking: &Asking, stale: &dyn Fn() -> bool, tell: &mut dyn FnMut(&Answered)) {
    let questions = ask::matching(&asking.spec, &asking.schema, &asking.key.search);
    let list = questions.into_iter().take(MOST_ANSWERS).map(|question| (question, None)).collect();
    let mut answered = Answered { key: asking.key.clone(), list };
    let subject = Subject {
        spec: &asking.spec,
        schema: &asking.schema,
        recording: &asking.recording,
        provenance: asking.provenance.as_deref(),
        rows: asking.key.rows,
    };
    for place in 0..answered.list.len() {
        let Some((question, cell)) = answered.list.get_mut(place) else { break };
        match ask::answer(&subject, question, stale) {
            Some(answer) => *cell = Some(answer),
            None => return,
        }
        tell(&answered);
    }
    if answered.list.is_empty() {
        tell(&answered);
    }
}

/// Answers that are worked out at once, at most: what a broad search finds beyond them is not shown.
const MOST_ANSWERS: usize = 60;

/// Metrics of runs, held against those of one of them.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// What it answers.
    pub key: CompareKey,
    /// A row for each metric.
    pub rows: Vec<KpiRow>,
}

/// Rows of signals that a person wants in a file.
#[derive(Debug, Clone)]
pub struct Export {
    /// The rows.
    pub recording: Recording,
    /// What the columns are.
    pub schema: Arc<Schema>,
    /// What ticks mean.
    pub calendar: Calendar,
    /// Columns, in the order of the file.
    pub columns: Vec<usize>,
    /// First row.
    pub from: u64,
    /// First row that is not in it any more.
    pub to: u64,
}

/// Everything that the scoreboard and the policy card are made from.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// What is to be done; taken away by whoever owns the window.
    pub asks: Vec<Ask>,
    /// Results that were read.
    pub stored: Arc<Stored>,
    /// Where the benchmark stands, while one is running.
    pub progress: Option<Progress>,
    /// The policy that was looked at last.
    pub policy: Option<Policy>,
    /// Policies in the folder `models`.
    pub models: Arc<[PathBuf]>,
    /// Policies that were looked at, or are being looked at.
    pub networks: BTreeMap<PathBuf, Policy>,
    /// The newest comparison of runs.
    pub compared: Option<Arc<Compared>>,
    /// The comparison that is being worked out.
    pub comparing: Option<CompareKey>,
    /// A tour that was read and is to be played.
    pub tour: Option<Box<Tour>>,
    /// A sample that lies where it can be opened.
    pub sample: Option<Sampled>,
    /// The newest answers.
    pub answered: Option<Arc<Answered>>,
    /// What is being asked.
    pub asking: Option<AskingKey>,
    /// What an export would write: taken when its file is known.
    pub export: Option<Export>,
    /// What a person takes along: taken when its file is known.
    pub take: Option<Take>,
    /// Where the picture or film stands that is being drawn.
    pub taking: Option<Taking>,
    /// A layout that was read from a file, until the panels take it in.
    pub layout: Option<crate::app::layout_file::LayoutFile>,
    /// Variable of the environment that holds the key for language models.
    pub key: Option<&'static str>,
    /// Studies.
    pub lab: LabBoard,
    /// What was done in a run.
    pub explain: ExplainBoard,
}

/// A sample that was laid into a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// The file.
    pub path: PathBuf,
    /// Whether it belongs on the Scoreboard rather than on the time line.
    pub results: bool,
}

/// Results of files.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// The files, in the order in which they were read.
    pub files: Vec<PathBuf>,
    /// Rows within which agents are comparable.
    pub sections: Vec<Section>,
    /// What a person should know of the files.
    pub notes: Vec<String>,
}

impl Stored {
    /// Rows of all sections.
    pub fn rows(&self) -> usize {
        self.sections.iter().map(|s| s.rows.len()).sum()
    }
}

/// Rows that share kind of agent, market, fidelity, noise and so on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// What they share, in words.
    pub title: String,
    /// What they share, as column and value.
    pub keys: Vec<(String, String)>,
    /// Metrics that at least one row has.
    pub columns: Vec<String>,
    /// One for each agent and scenario.
    pub rows: Vec<StoredRow>,
}

/// The episodes of an agent in a scenario.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredRow {
    /// Choice on the plant's first axis.
    pub scenario: String,
    /// Agent.
    pub agent: String,
    /// Episodes behind it.
    pub episodes: usize,
    /// Count, mean and deviation by column; `None` where a file has none.
    pub cells: Vec<Option<Moments>>,
}

/// Where a benchmark stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// Episodes played or found in the files.
    pub done: u64,
    /// Episodes of all; 0 while the plan is being worked out.
    pub total: u64,
    /// Time that the rest will take, s; `None` while nobody can tell.
    pub left_s: Option<f64>,
    /// Agent and scenario whose episode came last.
    pub now: String,
    /// It was told to end.
    pub stopping: bool,
}

/// A policy that was asked about.
#[derive(Debug, Clone, PartialEq)]
pub enum Policy {
    /// It is being read and probed.
    Reading(PathBuf),
    /// Its card.
    Card(PolicyView),
    /// It cannot be read.
    Failed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its place.
        text: String,
        /// What to do.
        cure: String,
    },
}

/// The card of a policy, as `policy check` prints it.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyView {
    /// The file.
    pub path: PathBuf,
    /// Lines of the card: what a line is about (empty where it goes on), and its words.
    pub lines: Vec<(String, String)>,
    /// How it stands to every slot of every plant.
    pub fits: Vec<FitView>,
    /// Whether every probe gave numbers.
    pub sound: bool,
    /// Whether its outputs look as if they lay in −1 to 1 and wanted to be rescaled.
    pub unit_outputs: bool,
}

/// How a policy stands to a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitView {
    /// Plant.
    pub plant: String,
    /// Slot.
    pub slot: String,
    /// Why it cannot drive the slot; `None` when it can.
    pub why_not: Option<String>,
}
