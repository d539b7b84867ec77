//! What the window remembers between two starts: colours, scale, layouts, charts, its size.
//!
//! One YAML file in the person's configuration folder. It is read once at the start and written off the window's thread
//! a moment after something changed, into a new file that then takes the old one's place: whenever the program ends, the
//! file is whole. A file that cannot be read is kept beside the new one.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use serde::{Deserialize, Serialize};

use crate::app::panel::{Align, Best, NodeDoc, PanelState, Span};
use crate::app::stage::Quality;
use crate::app::theme::ThemeName;
use crate::config::{Document, Error, Place, Result, yaml_string};
use crate::evaluate::charts::ChartKind;

/// Version of the file's form.
const VERSION: u32 = 1;

/// How long changes gather before they are written.
const GATHER: Duration = Duration::from_millis(800);

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Version of the form.
    pub version: u32,
    /// Colours, by name.
    pub theme: String,
    /// Scale of the window, 1 = 100 %.
    pub scale: f32,
    /// Cameras jump and nothing blinks.
    pub reduced_motion: bool,
    /// How much work the 3D picture may be.
    pub scene_quality: Quality,
    /// Memory for the past of all runs, MiB; without a number the program's own. Beyond it old rows go, and come back
    /// when they are looked at.
    pub memory_mib: Option<u64>,
    /// How much of the past charts show.
    pub span: String,
    /// Width and height of the window, logical pixels at 100 %.
    pub window: Option<[u32; 2]>,
    /// Name of the layout in force.
    pub layout: String,
    /// What stands, where the layout in force was changed.
    pub changed_layout: Option<NodeDoc>,
    /// Layouts of the person.
    pub layouts: BTreeMap<String, NodeDoc>,
    /// Signals of the person's own charts, by number of the chart.
    pub charts: BTreeMap<String, Vec<String>>,
    /// Kinds of these charts, where they are not lines.
    pub chart_kinds: BTreeMap<String, String>,
    /// Charts of the person's layouts, by name of the layout and number of the chart.
    pub layout_charts: BTreeMap<String, BTreeMap<String, ChartDoc>>,
    /// Names of runs that charts and time line do not draw.
    pub hidden_runs: Vec<String>,
    /// Colours of runs, by name: places in the row of run colours.
    pub run_colours: BTreeMap<String, usize>,
    /// How times of runs are laid over each other.
    pub align: String,
    /// Charts show differences.
    pub differences: bool,
    /// The first page comes by itself when the window opens.
    pub welcome: bool,
    /// Logs that were open, the newest first, each with what it is.
    pub recent: Vec<Recent>,
    /// Best results of games against the machine, by plant and scenario, the best first.
    pub best_results: BTreeMap<String, Vec<Best>>,
}

/// A log that was open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recent {
    /// The file.
    pub path: PathBuf,
    /// What it is, in words.
    pub what: String,
}

/// A chart of a person, as files write it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChartDoc {
    /// What it makes of its signals [lines, xy, histogram, duration, carpet, stacked]; lines without.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Its signals, by name.
    pub signals: Vec<String>,
}

impl ChartDoc {
    /// Charts by number.
    pub fn of(charts: &BTreeMap<u32, (ChartKind, Vec<String>)>) -> BTreeMap<String, Self> {
        let doc = |(kind, signals): &(ChartKind, Vec<String>)| {
            let kind = if *kind == ChartKind::default() { "" } else { kind.name() };
            Self { kind: kind.to_owned(), signals: signals.clone() }
        };
        charts.iter().map(|(n, chart)| (n.to_string(), doc(chart))).collect()
    }

    /// Charts by number; what means nothing is passed over.
    pub fn read(charts: &BTreeMap<String, Self>) -> BTreeMap<u32, (ChartKind, Vec<String>)> {
        let read = |doc: &Self| (ChartKind::find(&doc.kind).unwrap_or_default(), doc.signals.clone());
        charts.iter().filter_map(|(n, doc)| Some((n.parse().ok()?, read(doc)))).collect()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            theme: ThemeName::default().name().to_owned(),
            scale: 1.0,
            reduced_motion: false,
            scene_quality: Quality::Auto,
            memory_mib: None,
            span: Span::default().label().to_owned(),
            window: None,
            layout: String::new(),
            changed_layout: None,
            layouts: BTreeMap::new(),
            charts: BTreeMap::new(),
            chart_kinds: BTreeMap::new(),
            layout_charts: BTreeMap::new(),
            hidden_runs: Vec::new(),
            run_colours: BTreeMap::new(),
            align: Align::default().label().to_owned(),
            differences: false,
            welcome: true,
            recent: Vec::new(),
            best_results: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// The file that is used unless another one is named; `None` where the system has no place for it.
    pub fn default_path() -> Option<PathBuf> {
        let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let home = || folder("HOME");
        let base = if cfg!(windows) {
            folder("APPDATA")
        } else if cfg!(target_os = "macos") {
            home().map(|h| h.join("Library/Application Support"))
        } else {
            folder("XDG_CONFIG_HOME").filter(|p| p.is_absolute()).or_else(|| home().map(|h| h.join(".config")))
        };
        base.map(|b| b.join("c2g-twin").join("settings.yaml"))
    }

    /// Reads a file; `None` when there is none.
    ///
    /// # Errors
    /// A file that cannot be read or understood, with line and column.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let mut document = Document::new();
        document.layer_file(path)?;
        let settings: Self = document.fill("")?;
        if settings.version > VERSION {
            return Err(Error::invalid(
                document.place("version"),
                format!(
                    "these settings were written by a newer program (form {}, this one knows {VERSION})",
                    settings.version
                ),
                "Start the newer program, or let this one begin with its own settings.",
            ));
        }
        Ok(Some(settings))
    }

    /// Writes a file: first a new one beside it, which then takes its place.
    ///
    /// # Errors
    /// A place that cannot be written, a full disk; the old file is whole then.
    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
        }
        let text = format!(
            "# Settings of the window. Remove this file to begin with the default ones.\n{}",
            yaml_string(self)?
        );
        let partial = path.with_extension("yaml.new");
        let written = fs::File::create(&partial).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|e| Error::io(&partial, "write", e))?;
        fs::rename(&partial, path).map_err(|e| Error::io(path, "replace", e))
    }

    /// What the panels are like now.
    pub fn of(panel: &PanelState) -> Self {
        let charts = panel.custom.charts.iter().map(|(n, signals)| (n.to_string(), signals.clone()));
        Self {
            version: VERSION,
            theme: panel.theme.name().to_owned(),
            scale: panel.scale(),
            reduced_motion: panel.still,
            scene_quality: panel.quality,
            memory_mib: panel.memory_mib,
            span: panel.charts.span.label().to_owned(),
            window: panel.window,
            layout: panel.own_tiling().name().to_owned(),
            changed_layout: panel.own_tiling().present().as_ref().map(NodeDoc::of),
            layouts: panel.tiling.saved().iter().map(|(name, node)| (name.clone(), NodeDoc::of(node))).collect(),
            charts: charts.collect(),
            chart_kinds: panel
                .custom
                .kinds
                .iter()
                .filter(|(_, kind)| **kind != ChartKind::default())
                .map(|(n, kind)| (n.to_string(), kind.name().to_owned()))
                .collect(),
            layout_charts: panel
                .custom
                .kept
                .iter()
                .map(|(name, charts)| (name.clone(), ChartDoc::of(charts)))
                .collect(),
            hidden_runs: panel.charts.compare.hidden.iter().cloned().collect(),
            run_colours: panel.charts.compare.colours.clone(),
            align: panel.charts.compare.align.label().to_owned(),
            differences: panel.charts.compare.difference,
            welcome: panel.welcome_at_start(),
            best_results: panel.best_results().clone(),
            recent: panel
                .recent()
                .iter()
                .map(|(path, what)| Recent { path: path.clone(), what: what.clone() })
                .collect(),
        }
    }

    /// Makes the panels like this. Names that mean nothing any more are passed over.
    pub fn apply(&self, panel: &mut PanelState) {
        panel.theme = ThemeName::find(&self.theme).unwrap_or_default();
        panel.set_scale(self.scale);
        panel.still = self.reduced_motion;
        panel.quality = self.scene_quality;
        panel.memory_mib = self.memory_mib;
        panel.charts.span = Span::ALL.into_iter().find(|s| s.label() == self.span).unwrap_or_default();
        panel.window = self.window;
        let charts = self.charts.iter().filter_map(|(n, signals)| Some((n.parse().ok()?, signals.clone())));
        panel.custom.charts = charts.collect();
        let kinds = self.chart_kinds.iter();
        panel.custom.kinds = kinds.filter_map(|(n, kind)| Some((n.parse().ok()?, ChartKind::find(kind)?))).collect();
        let kept = self.layout_charts.iter().map(|(name, charts)| (name.clone(), ChartDoc::read(charts)));
        panel.custom.kept = kept.collect();
        panel.charts.compare.hidden = self.hidden_runs.iter().cloned().collect();
        panel.charts.compare.colours = self.run_colours.clone();
        panel.charts.compare.align = Align::ALL.into_iter().find(|a| a.label() == self.align).unwrap_or_default();
        panel.charts.compare.difference = self.differences;
        panel.set_best_results(self.best_results.clone());
        panel.set_welcome_at_start(self.welcome);
        panel.set_recent(self.recent.iter().map(|recent| (recent.path.clone(), recent.what.clone())).collect());
        let saved = self.layouts.iter().filter_map(|(name, doc)| Some((name.clone(), doc.to_node()?)));
        panel.tiling.set_saved(saved.collect());
        panel.tiling.restore(&self.layout, self.changed_layout.as_ref().and_then(NodeDoc::to_node));
    }
}

/// Writes settings on a thread of its own.
pub struct Keeper {
    sender: Option<Sender<Settings>>,
    problems: Receiver<Error>,
    thread: Option<JoinHandle<()>>,
    last: Settings,
}

impl Keeper {
    /// Begins to keep settings in a file. `present` is what the file holds; `broken` is true when it could not be
    /// read: it is moved aside before the first write.
    pub fn start(path: PathBuf, present: Settings, broken: bool) -> Self {
        let (sender, wanted) = bounded::<Settings>(64);
        let (complain, problems) = bounded(8);
        let mut aside = broken;
        let work = move || {
            while let Ok(first) = wanted.recv() {
                let mut newest = first;
                while let Ok(newer) = wanted.recv_timeout(GATHER) {
                    newest = newer;
                }
                if std::mem::take(&mut aside) {
                    // Refused only when the file is gone or the folder cannot be written, which the write below tells.
                    let _ = fs::rename(&path, path.with_extension("yaml.unreadable"));
                }
                if let Err(error) = newest.write(&path) {
                    let _ = complain.try_send(error);
                }
            }
        };
        let thread = std::thread::Builder::new().name("c2g-settings".to_owned()).spawn(work).ok();
        Self { sender: Some(sender), problems, thread, last: present }
    }

    /// Takes in what the panels are like; writes it if it is new.
    pub fn see(&mut self, panel: &PanelState) {
        let now = Settings::of(panel);
        if now != self.last
            && let Some(sender) = &self.sender
            && sender.try_send(now.clone()).is_ok()
        {
            self.last = now;
        }
    }

    /// The newest settings that are kept.
    pub fn last(&self) -> &Settings {
        &self.last
    }

    /// What went wrong since the last call.
    pub fn problem(&self) -> Option<Error> {
        self.problems.try_recv().ok()
    }
}

impl Drop for Keeper {
    /// Waits until the last change is written.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads the settings for a window: what was read, the keeper of the file, and what to tell the person.
pub fn open(path: &Path) -> (Settings, Keeper, Option<Error>) {
    match Settings::read(path) {
        Ok(found) => {
            let settings = found.unwrap_or_default();
            (settings.clone(), Keeper::start(path.to_path_buf(), settings, false), None)
        }
        Err(error) => {
            let settings = Settings::default();
            let aside = path.with_extension("yaml.unreadable");
            let told = Error::invalid(
                Place::file(path),
                format!("the settings cannot be read, so the window begins with the default ones: {error}"),
                format!(
                    "Mend the file and start again. The first change of a setting moves it to {}.",
                    aside.display()
                ),
            );
            (settings.clone(), Keeper::start(path.to_path_buf(), settings, true), Some(told))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::app::panel::TileId;

    fn panel() -> PanelState {
        let mut panel = PanelState::default();
        panel.theme = ThemeName::Operator;
        panel.set_scale(1.5);
        panel.still = true;
        panel.memory_mib = Some(256);
        panel.window = Some([1600, 900]);
        panel.custom.charts.insert(2, vec!["soc_frac".to_owned()]);
        panel.custom.set_kind(2, ChartKind::Histogram);
        let kept = BTreeMap::from([(3, (ChartKind::Xy, vec!["soc_frac".to_owned(), "f_grid_hz".to_owned()]))]);
        panel.custom.kept.insert("Mine".to_owned(), kept);
        panel.charts.compare.hidden.insert("branch 2".to_owned());
        panel.charts.compare.colours.insert("branch 1".to_owned(), 5);
        panel.charts.compare.align = Align::Event;
        panel.charts.compare.difference = true;
        panel
    }

    #[test]
    fn settings_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/settings.yaml");
        let settings = Settings::of(&panel());
        settings.write(&path).unwrap();
        let read = Settings::read(&path).unwrap().unwrap();
        assert_eq!(read, settings);
        let mut other = PanelState::default();
        read.apply(&mut other);
        assert_eq!(Settings::of(&other), settings);
        assert_eq!(Settings::read(&folder.path().join("none.yaml")).unwrap(), None);
    }

    #[test]
    fn a_changed_layout_is_stored_and_restored() {
        let mut panel = panel();
        let node = crate::app::panel::Node::Down(vec![(1.0, crate::app::panel::Node::tile(TileId::Events))]);
        panel.tiling.restore("Flows", Some(node));
        let settings = Settings::of(&panel);
        assert_eq!((settings.layout.as_str(), settings.changed_layout.is_some()), ("Flows", true));
        let text = yaml_string(&settings).unwrap();
        let mut document = Document::new();
        document.layer_text("settings", &text).unwrap();
        assert_eq!(document.fill::<Settings>("").unwrap(), settings);
    }

    #[test]
    fn a_broken_file_is_told_with_its_place_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.yaml");
        fs::write(&path, "theme: dark\nscale: very\n").unwrap();
        let (settings, mut keeper, told) = open(&path);
        assert_eq!(settings, Settings::default());
        assert!(told.unwrap().to_string().contains("settings.yaml"), "the place is told");
        keeper.see(&panel());
        drop(keeper);
        assert_eq!(Settings::read(&path).unwrap().unwrap().theme, "operator");
        assert!(fs::read_to_string(folder.path().join("settings.yaml.unreadable")).unwrap().contains("very"));
    }

    #[test]
    fn a_place_that_cannot_be_written_is_a_problem_and_no_panic() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut keeper = Keeper::start(file.path().join("settings.yaml"), Settings::default(), false);
        keeper.see(&panel());
        keeper.sender = None;
        keeper.thread.take().unwrap().join().unwrap();
        assert!(keeper.problem().is_some());
    }

    #[test]
    fn closing_writes_the_last_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.yaml");
        let (_, mut keeper, told) = open(&path);
        assert!(told.is_none());
        keeper.see(&panel());
        drop(keeper);
        assert_eq!(Settings::read(&path).unwrap().unwrap().scale, 1.5);
    }
}
