//! A folder of data files in the layout of C2G-Bench's `data/processed`.
//!
//! The three workload traces must be there. A missing load or weather file falls back on the reference's own generator
//! (core spec 6.2 and 7), and [`TraceSource::warnings`] says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::epw::Epw;
use super::layout::{self, Format, Kind, Market};
use super::reader;
use super::stamp::{self, DAY_S};
use super::sustaindc::{self as hourly, HourlyKind};
use super::synthetic::{SYNTHETIC_LOAD_RECORDS, synthetic_load, synthetic_weather};
use super::{Column, Embedded, Origin, Table, TimeAxis, TraceSource};
use crate::config::{Error, Place, Result};

/// Makes a fresh stream of standard normals for the load fallback, from its first number on.
pub type NormalsFactory = Arc<dyn Fn() -> Box<dyn Iterator<Item = f64>> + Send + Sync>;

/// A `data/processed` folder. Files are read when they are first asked for and kept.
pub struct Folder {
    root: PathBuf,
    synthetic: bool,
    normals: Option<NormalsFactory>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tables: BTreeMap<String, Arc<Table>>,
    warnings: Vec<String>,
}

impl Folder {
    /// Opens a folder that holds `workload_traces`, `energy` and `weather`, or a checkout that has it below
    /// `data/processed`. Nothing is read yet.
    ///
    /// # Errors
    /// When the folder does not exist or holds no `workload_traces`.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        let dir = dir.as_ref();
        let metadata = std::fs::metadata(dir).map_err(|e| Error::io(dir, "open the data folder", e))?;
        if !metadata.is_dir() {
            return Err(wrong_folder(dir, "this is a file; a folder was expected"));
        }
        let candidates =
            [dir.to_path_buf(), dir.join("processed"), dir.join("data").join("processed"), dir.join("data")];
        let holds = |root: &PathBuf| {
            let folders = HourlyKind::ALL.map(HourlyKind::folder);
            root.join("workload_traces").is_dir() || folders.iter().any(|folder| root.join(folder).is_dir())
        };
        let Some(root) = candidates.into_iter().find(holds) else {
            return Err(wrong_folder(dir, "the folder holds no `workload_traces`, and no `Workload` either"));
        };
        let synthetic = root.join(layout::MARKER).is_file();
        Ok(Self { root, synthetic, normals: None, state: Mutex::default() })
    }

    /// The same folder with the normals that a missing load file is generated from. The reference draws them from
    /// NumPy's generator seeded with the episode's seed + 999; without this call the load has no noise.
    pub fn with_normals(mut self, normals: NormalsFactory) -> Self {
        self.normals = Some(normals);
        self
    }

    /// The folder that holds `workload_traces`, `energy` and `weather`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the folder says of itself that its values are generated.
    pub fn is_synthetic(&self) -> bool {
        self.synthetic
    }

    /// Path of a table's file.
    pub fn path(&self, id: &str) -> PathBuf {
        id.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// What to call the values of a file here.
    fn origin(&self, id: &str, kind: Kind) -> Origin {
        match kind {
            _ if !self.synthetic => Origin::Real(self.path(id)),
            Kind::Load(_, market) | Kind::Weather(market) => Origin::Synthetic(market.key.to_owned()),
            Kind::Workload => Origin::Synthetic(stem(id)),
        }
    }

    /// Reads a file, or generates it where that is allowed; the text is a warning.
    fn load(&self, id: &str) -> Result<(Table, Option<String>)> {
        if let Some((kind, name)) = HourlyKind::of(id) {
            return self.load_hourly(id, kind, name);
        }
        let (kind, format) = layout::describe(id)?;
        let path = self.path(id);
        if path.is_file() {
            let (table, report) = reader::read_table(&path, id, self.origin(id, kind), &format)?;
            return Ok((table, report.warning(&path.display().to_string())));
        }
        match kind {
            Kind::Workload => Err(missing_trace(&path, &format)),
            Kind::Load(_, market) => Ok(self.fallback_load(id, &path, market)),
            Kind::Weather(market) => match self.find_epw(market) {
                Some(epw) => {
                    let warning = format!("{} is missing: the weather is that of {}", path.display(), epw.display());
                    Ok((Epw::read(&epw)?.station(id, Origin::Real(epw)), Some(warning)))
                }
                None => Ok(fallback_weather(id, &path, market)),
            },
        }
    }

    /// Reads a file of SustainDC's folders; a known one that is missing is taken from the embedded set.
    fn load_hourly(&self, id: &str, kind: HourlyKind, name: &str) -> Result<(Table, Option<String>)> {
        if let Some(path) = hourly::find(Some(&self.root), kind, name) {
            let origin = if self.synthetic { Origin::Synthetic(stem(name)) } else { Origin::Real(path.clone()) };
            return hourly::read(&path, kind, id, origin);
        }
        if !hourly::is_known(kind, name) {
            return Err(hourly::missing(Some(&self.root), kind, name));
        }
        let path = self.root.join(kind.folder()).join(name);
        let table = Embedded.table(id)?;
        Ok(((*table).clone(), Some(format!("{} is missing: it is played from the embedded set", path.display()))))
    }

    /// An EnergyPlus weather file of a market: `weather/<station>.epw`, or one in `weather` or `Weather` that names the place.
    fn find_epw(&self, market: &Market) -> Option<PathBuf> {
        let own = self.root.join("weather").join(format!("{}.epw", market.station));
        if own.is_file() {
            return Some(own);
        }
        let words: Vec<String> = market.epw_words.iter().map(|w| w.to_lowercase()).collect();
        let mut found: Vec<PathBuf> = ["weather", "Weather"]
            .iter()
            .filter_map(|folder| std::fs::read_dir(self.root.join(folder)).ok())
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
                name.ends_with(".epw") && words.iter().any(|word| name.contains(word))
            })
            .collect();
        // The order of a folder is no order.
        found.sort();
        found.into_iter().next()
    }

    fn fallback_load(&self, id: &str, path: &Path, market: &Market) -> (Table, Option<String>) {
        let normals = match &self.normals {
            Some(normals) => normals(),
            None => Box::new(std::iter::repeat(0.0)),
        };
        let values = synthetic_load(&market.load, normals, SYNTHETIC_LOAD_RECORDS);
        let first_s = stamp::days_from_civil(i64::from(market.load_year), 1, 1) * DAY_S;
        let table = Table {
            id: id.to_owned(),
            origin: Origin::Synthetic(market.key.to_owned()),
            time: TimeAxis::Stamp { unix_s: (0..values.len()).map(|k| first_s + 300 * k as i64).collect(), utc: false },
            columns: vec![Column { name: "Load".to_owned(), values }],
        };
        (table, Some(fallback_warning(path, "load", market)))
    }
}

impl TraceSource for Folder {
    fn table(&self, id: &str) -> Result<Arc<Table>> {
        if let Some(table) = self.state.lock().unwrap_or_else(PoisonError::into_inner).tables.get(id) {
            return Ok(Arc::clone(table));
        }
        // Reading happens outside the lock: two readers of one file do the work twice and agree on the first result.
        let (table, warning) = self.load(id)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(warning) = warning
            && !state.warnings.contains(&warning)
        {
            state.warnings.push(warning);
        }
        Ok(Arc::clone(state.tables.entry(id.to_owned()).or_insert_with(|| Arc::new(table))))
    }

    fn label(&self) -> String {
        let kind = if self.synthetic { "synthetic set written by `data synth`" } else { "data files" };
        format!("{} ({kind})", self.root.display())
    }

    fn warnings(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).warnings.clone()
    }
}

fn fallback_weather(id: &str, path: &Path, market: &Market) -> (Table, Option<String>) {
    let (temp, dew) = synthetic_weather(&market.climate);
    let first_s = stamp::days_from_civil(i64::from(market.weather_year), 1, 1) * DAY_S;
    let table = Table {
        id: id.to_owned(),
        origin: Origin::Synthetic(market.key.to_owned()),
        time: TimeAxis::Stamp { unix_s: (0..temp.len()).map(|k| first_s + 3600 * k as i64).collect(), utc: true },
        columns: vec![
            Column { name: "temp_c".to_owned(), values: temp },
            Column { name: "dewpoint_c".to_owned(), values: dew },
        ],
    };
    (table, Some(fallback_warning(path, "weather", market)))
}

fn fallback_warning(path: &Path, what: &str, market: &Market) -> String {
    format!("{} is missing: the {what} is the synthetic year of {}", path.display(), market.key)
}

fn missing_trace(path: &Path, format: &Format) -> Error {
    Error::invalid(
        Place::file(path),
        "the workload trace is missing, and a workload has no synthetic fallback",
        format!(
            "Put the file with the header `{}` there, or write a complete set with `data synth DIR`; without `--data` \
             the {} is played.",
            format.header,
            Embedded.label()
        ),
    )
}

fn wrong_folder(dir: &Path, what: &str) -> Error {
    Error::invalid(
        Place::file(dir),
        what,
        "Give the folder that holds `workload_traces`, `energy` and `weather` (in a C2G-Bench checkout: \
         data/processed), or write one with `data synth DIR`.",
    )
}

/// File name of an id without its extension.
fn stem(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id);
    name.strip_suffix(".csv").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{load_series, weather_series, workload_arrays};
    use super::*;
    use std::fs;

    fn folder_with_traces() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let traces = dir.path().join("workload_traces");
        fs::create_dir_all(&traces).unwrap();
        fs::write(
            traces.join("batch_v2023.csv"),
            "tick,gpu_milli_request,avg_duration_ticks\n0,0.0,0.0\n2,500.0,3.0\n",
        )
        .unwrap();
        let dlrm = "tick,active_gpu_count,active_cpu_cores,active_mem_gib\n1,4.5,1,1\n0,3,1,1\n2,5,1,1\n";
        fs::write(traces.join("dlrm_v2025.csv"), dlrm).unwrap();
        let genai = "tick,total_qps,avg_gpu_duty_cycle,active_genai_pods\n0,10,1.5,3\n";
        fs::write(traces.join("genai_v2026.csv"), genai).unwrap();
        dir
    }

    #[test]
    fn traces_are_read_and_missing_files_fall_back_with_a_warning() {
        let dir = folder_with_traces();
        let folder = Folder::open(dir.path()).unwrap();
        let workload = workload_arrays(&folder).unwrap();
        assert_eq!(workload.batch_gpu_milli, [0.0, 0.0]);
        assert_eq!(workload.dlrm_gpu, [3.0, 4.5]);
        assert!(folder.warnings().is_empty());
        let load = load_series(&folder, "WEST").unwrap();
        assert_eq!((load.load_mw.len(), load.load_mw[0]), (105_120, 4000.0));
        assert_eq!(load.origin.to_string(), "synthetic:nyiso_nyc");
        let weather = weather_series(&folder, "BKT").unwrap();
        assert_eq!((weather.temp_degc.len(), weather.temp_degc[0]), (8784, 19.5));
        load_series(&folder, "WEST").unwrap();
        assert_eq!(folder.warnings().len(), 2, "{:?}", folder.warnings());
        assert!(folder.warnings()[0].contains("WEST.csv is missing"), "{:?}", folder.warnings());
    }

    #[test]
    fn the_fallback_takes_the_normals_it_is_given() {
        let dir = folder_with_traces();
        let normals: NormalsFactory = Arc::new(|| Box::new(std::iter::repeat(1.0)));
        let folder = Folder::open(dir.path()).unwrap().with_normals(normals);
        let load = load_series(&folder, "NYC").unwrap();
        let expected = 4000.0 + 300.0 * (1.0_f64 - 0.97 * 0.97).sqrt();
        assert!((load.load_mw[0] - expected).abs() < 1e-9);
    }

    #[test]
    fn a_measured_file_is_called_real_and_skipped_rows_are_warned_of() {
        let dir = folder_with_traces();
        fs::create_dir_all(dir.path().join("energy")).unwrap();
        let mut text = "Time Stamp,Load\n".to_owned();
        for k in 0..300 {
            text += &format!("{},{}\n", stamp::format(1_672_531_200 + 300 * k, ' '), if k == 4 { "x" } else { "10.5" });
        }
        fs::write(dir.path().join("energy").join("NYC.csv"), text).unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let load = load_series(&folder, "NYC").unwrap();
        assert_eq!((load.load_mw.len(), load.origin.to_string().as_str()), (299, "real:NYC.csv"));
        let warnings = folder.warnings();
        assert!(warnings[0].contains("NYC.csv:6:21: `Load` is `x`"), "{warnings:?}");
    }

    #[test]
    fn a_missing_trace_is_an_error_with_a_cure() {
        let dir = folder_with_traces();
        fs::remove_file(dir.path().join("workload_traces").join("dlrm_v2025.csv")).unwrap();
        let error = workload_arrays(&Folder::open(dir.path()).unwrap()).unwrap_err();
        assert!(error.to_string().contains("the workload trace is missing"), "{error}");
        assert!(error.cure().contains("data synth"), "{}", error.cure());
    }

    #[test]
    fn a_checkout_is_opened_at_its_data_and_a_wrong_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Folder::open(dir.path()).err().unwrap().cure().contains("data/processed"));
        assert!(Folder::open(dir.path().join("nothing")).is_err());
        fs::create_dir_all(dir.path().join("data/processed/workload_traces")).unwrap();
        assert!(Folder::open(dir.path()).unwrap().root().ends_with("data/processed"));
        fs::write(dir.path().join("file"), "").unwrap();
        assert!(Folder::open(dir.path().join("file")).err().unwrap().to_string().contains("this is a file"));
    }
}
