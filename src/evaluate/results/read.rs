//! One file at a time, by its header. A row that cannot be read is left out and told; a file without a usable row is an
//! error.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Cell, Row, Shape, Source};
use crate::config::{Error, Place, Result};

/// Columns that name the scenario; the first that is there counts.
const SCENARIO: [&str; 2] = ["scenario", "location"];
/// Columns within whose values agents are comparable, and the name under which a frame has them.
const KEYS: [(&str, &str); 11] = [
    ("plant", "plant"),
    ("type", "type"),
    ("agent_type", "type"),
    ("market", "market"),
    ("fidelity", "fidelity"),
    ("noise", "noise"),
    ("month", "month"),
    ("workload", "workload"),
    ("flavour", "flavour"),
    ("macro_agent", "macro agent"),
    ("rule_gain", "rule gain"),
];
/// Columns that are neither keys nor metrics.
const OTHER: [&str; 8] = ["agent", "seed", "first_seed", "episode", "config_hash", "n_episodes", "end", "shield_type"];
/// Metrics of episodes that tables of means call by another name.
const RENAMED: [(&str, &str); 2] = [("survived", "survival_rate"), ("inner_survived", "inner_survival_rate")];
/// A metric that only macro agents have; tells their rows where no column does.
const MACRO_ONLY: &str = "bid_acceptance_rate";
/// So many bad rows of a file are told one by one.
const TELL_AT_MOST: usize = 5;

/// Rows of all files so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) sources: Vec<Source>,
    pub(super) metrics: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<String>,
}

/// What a column of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Key(&'static str),
    Metric(usize),
    Std(usize),
    Left,
}

impl Table {
    /// Reads a file into the table.
    pub(super) fn take(&mut self, path: &Path) -> Result<()> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, "read", e))?;
        let place = Place::file(path);
        let text = String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            let before = e.as_bytes().get(..at).unwrap_or_default();
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
            let place = place.clone().at_line(line as u64).at_column(column as u64);
            Error::invalid(place, "this is not UTF-8 text, so it is no table of results", CURE.to_owned())
        })?;
        if text.trim().is_empty() {
            return Err(Error::invalid(place, "the file is empty", "Run the benchmark again, or give another file."));
        }
        // The reader counts a line of its own only at `\n`, too late for one that ends in two characters.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let broken = |e: csv::Error| Error::invalid(place.clone(), format!("the CSV cannot be read: {e}"), CURE);
        let header: Vec<String> = reader.headers().map_err(broken)?.iter().map(|h| h.trim().to_owned()).collect();
        let records: Vec<csv::StringRecord> =
            reader.into_records().collect::<std::result::Result<_, _>>().map_err(broken)?;
        let at = |name: &str| header.iter().position(|h| h == name);
        let lacks = |what: &str| {
            let found = if header.len() > 8 { format!("{} columns", header.len()) } else { header.join(", ") };
            Error::invalid(place.clone().at_line(1), format!("there is no column {what} (found: {found})"), CURE)
        };
        if let Some((k, name)) = header.iter().enumerate().find(|(k, name)| header.iter().take(*k).any(|n| n == *name))
        {
            let what = format!("the column `{name}` stands twice, at {} and earlier", k + 1);
            return Err(Error::invalid(place.clone().at_line(1), what, "Keep one of the two."));
        }
        let agent = at("agent").ok_or_else(|| lacks("`agent`"))?;
        let scenario = SCENARIO.iter().find_map(|n| at(n)).ok_or_else(|| lacks("`scenario` or `location`"))?;
        let means = at("n_episodes");
        let shape = if means.is_some() && at("seed").is_none() { Shape::Means } else { Shape::Episodes };
        if means.is_none() && at("seed").is_none() && at("episode").is_none() {
            return Err(lacks("`seed` or `n_episodes`"));
        }
        if means.is_some() && shape == Shape::Episodes {
            let note = format!(
                "{}: a row per seed, each a mean over its episodes; deviations and intervals are those of such means",
                path.display()
            );
            self.notes.push(note);
        }
        let columns = self.columns(&header, scenario, &records);
        let source = self.sources.len();
        let mut file =
            File { place, path, source, shape, header: &header, columns: &columns, agent, scenario, bad: Vec::new() };
        let rows: Vec<Row> = records.iter().filter_map(|record| file.row(record, self.metrics.len())).collect();
        let File { bad, .. } = file;
        if rows.is_empty() {
            let what = match bad.first() {
                Some(first) => format!("no row can be used; the first: {first}"),
                None => "there is a header and no row".to_owned(),
            };
            return Err(Error::invalid(Place::file(path), what, "Run the benchmark again, or give another file."));
        }
        self.notes.extend(bad.iter().take(TELL_AT_MOST).cloned());
        if bad.len() > TELL_AT_MOST {
            self.notes.push(format!("{}: {} more rows left out", path.display(), bad.len() - TELL_AT_MOST));
        }
        self.sources.push(Source { path: path.to_path_buf(), shape, rows: rows.len() });
        self.rows.extend(rows);
        Ok(())
    }

    /// What each column is. A column that holds more words than numbers is left out.
    fn columns(&mut self, header: &[String], scenario: usize, records: &[csv::StringRecord]) -> Vec<Column> {
        let base_of = |name: &str| {
            let base = name.strip_suffix("_std")?;
            let base = base.strip_suffix('_').unwrap_or(base);
            header.iter().any(|h| h == base).then(|| base.to_owned())
        };
        let of = |(k, name): (usize, &String)| {
            if k == scenario || OTHER.contains(&name.as_str()) {
                return Column::Left;
            }
            if let Some((_, key)) = KEYS.iter().find(|(column, _)| column == name) {
                return Column::Key(key);
            }
            let cells = records.iter().filter_map(|r| r.get(k)).filter(|c| !c.trim().is_empty());
            let (mut numbers, mut words) = (0_usize, 0_usize);
            for cell in cells {
                if number(cell).is_some() { numbers += 1 } else { words += 1 }
            }
            if numbers <= words {
                return Column::Left;
            }
            match base_of(name) {
                Some(base) => Column::Std(self.place(&base)),
                None => Column::Metric(self.place(name)),
            }
        };
        header.iter().enumerate().map(of).collect()
    }

    /// Place of a metric, which is made where it is new.
    fn place(&mut self, name: &str) -> usize {
        let name = RENAMED.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| *new);
        self.metrics.iter().position(|m| m == name).unwrap_or_else(|| {
            self.metrics.push(name.to_owned());
            self.metrics.len() - 1
        })
    }
}

/// What to do about a file that is no table of results.
const CURE: &str = "Give a CSV that `c2g-twin benchmark` wrote: `<stem>_episodes.csv`, or the table of means.";

/// A number, or `None` for words. Python's and Rust's spellings of what is not finite count as numbers.
fn number(cell: &str) -> Option<f64> {
    cell.trim().parse().ok()
}

/// What is needed to read a row of a file.
struct File<'a> {
    place: Place,
    path: &'a Path,
    source: usize,
    shape: Shape,
    header: &'a [String],
    columns: &'a [Column],
    agent: usize,
    scenario: usize,
    bad: Vec<String>,
}

impl File<'_> {
    fn row(&mut self, record: &csv::StringRecord, metrics: usize) -> Option<Row> {
        let line = record.position().map_or(0, csv::Position::line);
        match self.try_row(record, metrics, line) {
            Ok(row) => Some(row),
            Err(what) => {
                self.bad.push(format!("{}: {what}; the row is left out", self.place.clone().at_line(line)));
                None
            }
        }
    }

    fn try_row(&self, record: &csv::StringRecord, metrics: usize, line: u64) -> std::result::Result<Row, String> {
        if record.len() != self.header.len() {
            return Err(format!("{} cells where the header has {}", record.len(), self.header.len()));
        }
        let by_name = |name: &str| {
            let k = self.header.iter().position(|h| h == name)?;
            record.get(k).map(str::trim).filter(|c| !c.is_empty())
        };
        let whole = |name: &str| match by_name(name) {
            None => Ok(None),
            Some(cell) => match cell.parse::<u64>() {
                Ok(n) => Ok(Some(n)),
                Err(_) => Err(format!("`{cell}` in column `{name}` is no whole number")),
            },
        };
        let mut keys: BTreeMap<&str, String> = BTreeMap::new();
        let mut cells = vec![Cell { value: f64::NAN, std: f64::NAN }; metrics];
        for ((column, text), name) in self.columns.iter().zip(record).zip(self.header) {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let read = || number(text).ok_or_else(|| format!("`{text}` in column `{name}` is no number"));
            match column {
                Column::Key(key) => {
                    keys.insert(key, text.to_owned());
                }
                Column::Metric(k) => {
                    let value = read()?;
                    if let Some(cell) = cells.get_mut(*k) {
                        cell.value = if value.is_finite() { value } else { f64::NAN };
                    }
                }
                Column::Std(k) => {
                    let value = read()?;
                    if let Some(cell) = cells.get_mut(*k) {
                        cell.std = if value >= 0.0 && value.is_finite() { value } else { f64::NAN };
                    }
                }
                Column::Left => {}
            }
        }
        let name = |k: usize, what: &str| {
            let cell = record.get(k).map(str::trim).filter(|c| !c.is_empty());
            cell.map(str::to_owned).ok_or_else(|| format!("the {what} is empty"))
        };
        if !keys.contains_key("type") {
            let bids = self.header.iter().position(|h| h == MACRO_ONLY).and_then(|k| record.get(k));
            let kind = if bids.is_some_and(|c| !c.trim().is_empty()) { "macro" } else { "hardware" };
            if self.header.iter().any(|h| h == MACRO_ONLY) || self.path_says_hardware() {
                keys.insert("type", kind.to_owned());
            }
        }
        let order = |key: &str| KEYS.iter().position(|(_, k)| *k == key);
        let mut keys: Vec<(String, String)> = keys.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        keys.sort_by_key(|(k, _)| order(k));
        let episodes = match self.shape {
            Shape::Episodes => 1,
            Shape::Means => whole("n_episodes")?.map_or(1, |n| usize::try_from(n).unwrap_or(1)),
        };
        Ok(Row {
            source: self.source,
            line,
            keys,
            scenario: name(self.scenario, "scenario")?,
            agent: name(self.agent, "agent")?,
            hash: by_name("config_hash").unwrap_or("").to_owned(),
            seed: whole("seed")?,
            episodes,
            cells,
        })
    }

    /// Tables of hardware agents have no column of the market, but columns that only they have.
    fn path_says_hardware(&self) -> bool {
        let name = self.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        name.contains("hardware") || self.header.iter().any(|h| h == "cumul_p_hvac_mw")
    }
}
