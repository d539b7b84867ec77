//! The tables of a benchmark as they are written: episodes in the order of the plan, a row of means as soon as its
//! episodes are there.

use std::collections::BTreeMap;

use crate::config::{Error, Place, Result};
use crate::evaluate::agents::Kind;
use crate::evaluate::configurations::Configurations;
use crate::evaluate::regulation::ScoreDefinition;
use crate::record::{push_number, python_repr};

use super::episode::Outcome;
use super::figures::{INNER, SURVIVED};
use super::plan::{Plan, Row};
use super::sheet::{Cells, ReadRow, Sheet};

/// What is kept of an episode.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Values of the row's figures, in their order.
    pub values: Vec<f64>,
    /// Wall time, s.
    pub wall_s: f64,
}

/// A row of means, as it stands in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Row of the plan that it sums up.
    pub row: usize,
    /// Whether it is the hardware agent's row below a macro agent.
    pub inner: bool,
    /// Cells by column, in the order of the columns.
    pub cells: Cells,
}

impl Summary {
    /// The text of a cell; empty where there is none.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value)
    }
}

/// The open tables.
pub struct Tables<'a> {
    plan: &'a Plan,
    episodes: Sheet,
    table: Sheet,
    macro_table: Option<Sheet>,
    scores: Option<Sheet>,
    /// Records of each row; `None` where the episode is still to be played.
    records: Vec<Vec<Option<Record>>>,
    /// Rows whose means stand in the tables: their own and the inner one.
    summed: Vec<[bool; 2]>,
    /// The next episode to be written: row and number.
    next: (usize, usize),
    /// Outcomes that wait for those before them.
    waiting: BTreeMap<(usize, usize), Outcome>,
}

impl<'a> Tables<'a> {
    /// Opens the files of a plan; with `append` goes on with what stands in them.
    ///
    /// # Errors
    /// When a file cannot be read or written, or holds results of another configuration.
    pub fn open(plan: &'a Plan) -> Result<Self> {
        let count = usize::try_from(plan.request.episodes).unwrap_or(usize::MAX);
        let open = |path: &std::path::Path, header: Vec<String>| -> Result<(Sheet, Vec<ReadRow>)> {
            if plan.request.append {
                Sheet::reopen(path, header)
            } else {
                Ok((Sheet::create(path, header)?, Vec::new()))
            }
        };
        let is_macro = |row: &Row| row.agent.kind == Kind::Combo || row.agent.kind == Kind::Macro;
        let split = plan.paths.macro_table.is_some();
        let lower = header(plan, |row, inner| !split || inner || !is_macro(row));
        let (table, rows) = open(&plan.paths.table, lower)?;
        let mut summed: Vec<[bool; 2]> = Vec::with_capacity(plan.rows.len());
        let (macro_table, macro_rows) = match &plan.paths.macro_table {
            Some(path) => {
                let (sheet, rows) = open(path, header(plan, |row, inner| !inner && is_macro(row)))?;
                (Some(sheet), rows)
            }
            None => (None, Vec::new()),
        };
        for row in &plan.rows {
            let own = if split && is_macro(row) { &macro_rows } else { &rows };
            summed.push([
                stands(plan, row, false, own)?,
                row.agent.kind == Kind::Combo && stands(plan, row, true, &rows)?,
            ]);
        }
        let (episodes, read) = open(&plan.paths.episodes, episode_header(plan))?;
        let mut records = Vec::with_capacity(plan.rows.len());
        for row in &plan.rows {
            records.push(read_records(plan, row, count, &read)?);
        }
        let scores = match &plan.paths.scores {
            Some(path) => Some(open(path, score_header(plan))?.0),
            None => None,
        };
        let path = &plan.paths.configurations;
        let mut configurations =
            if plan.request.append { Configurations::read(path)? } else { Configurations::default() };
        for row in &plan.rows {
            configurations.add(&row.config_hash, &row.setup, &row.config)?;
        }
        configurations.write(path)?;
        let mut tables = Self {
            plan,
            episodes,
            table,
            macro_table,
            scores,
            records,
            summed,
            next: (0, 0),
            waiting: BTreeMap::new(),
        };
        tables.advance(&mut |_| {})?;
        Ok(tables)
    }

    /// Whether an episode is still to be played.
    pub fn lacks(&self, row: usize, episode: usize) -> bool {
        let summed = self.summed.get(row).copied().unwrap_or_default();
        let combo = self.plan.rows.get(row).is_some_and(|r| r.agent.kind == Kind::Combo);
        let done = summed[0] && (summed[1] || !combo);
        !done && self.records.get(row).and_then(|r| r.get(episode)).is_some_and(Option::is_none)
    }

    /// Takes in an episode; writes it and everything that waited for it. `finished` hears of every row of means.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn take(
        &mut self,
        row: usize,
        episode: usize,
        outcome: Outcome,
        finished: &mut dyn FnMut(&Summary),
    ) -> Result<()> {
        self.waiting.insert((row, episode), outcome);
        self.advance(finished)
    }

    /// Writes what can be written in the order of the plan.
    fn advance(&mut self, finished: &mut dyn FnMut(&Summary)) -> Result<()> {
        let count = usize::try_from(self.plan.request.episodes).unwrap_or(usize::MAX);
        while let Some(row) = self.plan.rows.get(self.next.0) {
            let (r, e) = self.next;
            if e >= count {
                self.sum_up(r, row, finished)?;
                self.next = (r + 1, 0);
                continue;
            }
            if self.lacks(r, e) {
                let Some(outcome) = self.waiting.remove(&(r, e)) else { return Ok(()) };
                self.write_episode(row, r, e, outcome)?;
            }
            self.next = (r, e + 1);
        }
        Ok(())
    }

    fn write_episode(&mut self, row: &Row, r: usize, e: usize, outcome: Outcome) -> Result<()> {
        let mut cells = episode_keys(self.plan, row, e as u64);
        for (figure, value) in row.figures.all().zip(&outcome.values) {
            cells.push((figure.column.clone(), exact(*value)));
        }
        cells.push(("end".to_owned(), outcome.end.clone()));
        cells.push(("wall_time_s".to_owned(), exact(outcome.wall_s)));
        self.episodes.push(&cells)?;
        if let Some(scores) = &mut self.scores {
            for score in &outcome.scores {
                let mut cells = episode_keys(self.plan, row, e as u64);
                let part = |f: fn(&crate::evaluate::regulation::Parts) -> f64| score.parts.as_ref().map_or(f64::NAN, f);
                cells.extend([
                    ("definition".to_owned(), ScoreDefinition::default().name().to_owned()),
                    ("span".to_owned(), score.span.to_owned()),
                    ("index".to_owned(), score.index.to_string()),
                    ("score".to_owned(), exact(part(|p| p.composite()))),
                    ("correlation".to_owned(), exact(part(|p| p.correlation))),
                    ("delay".to_owned(), exact(part(|p| p.delay))),
                    ("precision".to_owned(), exact(part(|p| p.precision))),
                    ("delay_s".to_owned(), exact(part(|p| p.delay_s))),
                ]);
                scores.push(&cells)?;
            }
        }
        let record = Record { values: outcome.values, wall_s: outcome.wall_s };
        if let Some(slot) = self.records.get_mut(r).and_then(|list| list.get_mut(e)) {
            *slot = Some(record);
        }
        Ok(())
    }

    /// Writes the means of a row whose episodes are all there.
    fn sum_up(&mut self, index: usize, row: &Row, finished: &mut dyn FnMut(&Summary)) -> Result<()> {
        let records: Option<Vec<&Record>> =
            self.records.get(index).and_then(|list| list.iter().map(Option::as_ref).collect());
        let Some(records) = records else { return Ok(()) };
        let Some(summed) = self.summed.get_mut(index) else { return Ok(()) };
        for inner in [false, true] {
            if inner && row.agent.kind != Kind::Combo {
                continue;
            }
            let summary = Summary { row: index, inner, cells: summary(self.plan, row, inner, &records).joined() };
            let flag = &mut summed[usize::from(inner)];
            if !*flag {
                let upper = !inner && matches!(row.agent.kind, Kind::Combo | Kind::Macro);
                match &mut self.macro_table {
                    Some(sheet) if upper => sheet.push(&summary.cells)?,
                    _ => self.table.push(&summary.cells)?,
                }
                *flag = true;
            }
            finished(&summary);
        }
        Ok(())
    }

    /// Rows of means of all rows that are complete, in the order of the plan.
    pub fn summaries(&self) -> Vec<Summary> {
        let mut all = Vec::new();
        for (index, (row, records)) in self.plan.rows.iter().zip(&self.records).enumerate() {
            let Some(records) = records.iter().map(Option::as_ref).collect::<Option<Vec<_>>>() else { continue };
            for inner in [false, true] {
                if !inner || row.agent.kind == Kind::Combo {
                    let cells = summary(self.plan, row, inner, &records).joined();
                    all.push(Summary { row: index, inner, cells });
                }
            }
        }
        all
    }

    /// The files.
    pub fn paths(&self) -> Vec<std::path::PathBuf> {
        let sheets = [self.macro_table.as_ref(), Some(&self.table), Some(&self.episodes), self.scores.as_ref()];
        let sheets = sheets.into_iter().flatten().map(|s| s.path().to_path_buf());
        sheets.chain([self.plan.paths.configurations.clone()]).collect()
    }
}

/// Cells of a row of means in the three groups of a table: the source's, other figures, what it was made with.
#[derive(Default)]
struct Groups {
    base: Cells,
    extra: Cells,
    tail: Cells,
}

impl Groups {
    fn joined(self) -> Cells {
        let mut all = self.base;
        all.extend(self.extra);
        all.extend(self.tail);
        all
    }
}

/// The row of means (control 5.1): means to four decimals without `survived`, the survival rate, sample deviations. The
/// row of an inner agent takes the figures with the prefix and has a double underscore before `std`.
fn summary(plan: &Plan, row: &Row, inner: bool, records: &[&Record]) -> Groups {
    let mut groups = Groups::default();
    let agent = if inner { row.agent.inner.as_deref().unwrap_or("") } else { &row.agent.name };
    let text = |name: &str, value: String| (name.to_owned(), value);
    groups.base.push(text(plan.lead_axis(), row.lead().to_owned()));
    groups.base.push(text("agent", agent.to_owned()));
    groups.base.push(text("n_episodes", records.len().to_string()));
    let wall: f64 = records.iter().map(|r| r.wall_s).sum();
    groups.base.push(text("wall_time_s", rounded(wall, 2)));
    let std = if inner { "__std" } else { "_std" };
    let statistics = |k: usize| {
        let values: Vec<f64> = records.iter().filter_map(|r| r.values.get(k).copied()).collect();
        (rounded(mean(&values), 4), rounded(deviation(&values), 4))
    };
    let own = |column: &str| -> Option<String> {
        if inner { column.strip_prefix(INNER).map(str::to_owned) } else { Some(column.to_owned()) }
    };
    let base = row.figures.base.len();
    for (cells, range) in [(&mut groups.base, 0..base), (&mut groups.extra, base..base + row.figures.extra.len())] {
        let (mut survival, mut deviations) = (None, Vec::new());
        for (k, figure) in row.figures.all().enumerate().filter(|(k, _)| range.contains(k)) {
            let Some(column) = own(&figure.column) else { continue };
            let (mean, deviation) = statistics(k);
            if column == SURVIVED {
                survival = Some(mean);
            } else if column.strip_prefix(INNER) == Some(SURVIVED) {
                cells.push((format!("{INNER}survival_rate"), mean));
            } else {
                cells.push((column.clone(), mean));
                deviations.push((column + std, deviation));
            }
        }
        cells.extend(survival.map(|rate| text("survival_rate", rate)));
        cells.extend(deviations);
    }
    groups.tail = tail(row);
    if plan.paths.macro_table.is_some() && (inner || row.agent.kind == Kind::Hardware) {
        let above = if inner { row.agent.name.split('+').next().unwrap_or("") } else { "" };
        groups.tail.push(text("macro_agent", above.to_owned()));
    }
    groups
}

/// What a row was made with.
fn tail(row: &Row) -> Cells {
    let mut cells: Cells = row.axes.iter().skip(1).cloned().collect();
    cells.push(("noise".to_owned(), row.setup.noise.clone()));
    cells.push(("first_seed".to_owned(), row.setup.seed.to_string()));
    cells.push(("config_hash".to_owned(), row.config_hash.clone()));
    cells
}

/// The union of the columns of those rows that `belongs` takes, the source's first, in the order in which they come.
fn header(plan: &Plan, belongs: impl Fn(&Row, bool) -> bool) -> Vec<String> {
    let mut groups = [Vec::new(), Vec::new(), Vec::new()];
    for row in &plan.rows {
        for inner in [false, true] {
            if (inner && row.agent.kind != Kind::Combo) || !belongs(row, inner) {
                continue;
            }
            let Groups { base, extra, tail } = summary(plan, row, inner, &[]);
            for (group, cells) in groups.iter_mut().zip([base, extra, tail]) {
                group.extend(cells.into_iter().map(|(name, _)| name));
            }
        }
    }
    union(groups.into_iter().flatten())
}

/// Names in the order in which they come first.
fn union(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// What names an episode in the episodes' table.
fn episode_keys(plan: &Plan, row: &Row, episode: u64) -> Cells {
    let mut cells = vec![
        (plan.lead_axis().to_owned(), row.lead().to_owned()),
        ("agent".to_owned(), row.agent.name.clone()),
        ("type".to_owned(), row.agent.kind.label().to_owned()),
        ("episode".to_owned(), episode.to_string()),
        ("seed".to_owned(), row.seed(episode).to_string()),
    ];
    cells.extend(row.axes.iter().skip(1).cloned());
    cells.push(("noise".to_owned(), row.setup.noise.clone()));
    cells.push(("config_hash".to_owned(), row.config_hash.clone()));
    cells
}

fn key_names(plan: &Plan) -> Vec<String> {
    let keys = plan.rows.first().map(|row| episode_keys(plan, row, 0)).unwrap_or_default();
    keys.into_iter().map(|(name, _)| name).collect()
}

fn episode_header(plan: &Plan) -> Vec<String> {
    let base = plan.rows.iter().flat_map(|r| &r.figures.base).map(|f| f.column.clone());
    let extra = plan.rows.iter().flat_map(|r| &r.figures.extra).map(|f| f.column.clone());
    let tail = ["end", "wall_time_s"].map(str::to_owned);
    union(key_names(plan).into_iter().chain(base).chain(extra).chain(tail))
}

fn score_header(plan: &Plan) -> Vec<String> {
    let parts = ["definition", "span", "index", "score", "correlation", "delay", "precision", "delay_s"];
    union(key_names(plan).into_iter().chain(parts.map(str::to_owned)))
}

fn cell<'r>(row: &'r ReadRow, name: &str) -> &'r str {
    row.get(name).map_or("", String::as_str)
}

/// Refuses to go on with results of another configuration.
fn check_hash(path: &std::path::Path, row: &Row, found: &str) -> Result<()> {
    if found == row.config_hash {
        return Ok(());
    }
    Err(Error::invalid(
        Place::file(path),
        format!(
            "the results of {} on {} were made with configuration {found}, and this is {}",
            row.agent.name,
            row.lead(),
            row.config_hash
        ),
        "Give another --output, the flags of that run, or leave out --append.",
    ))
}

/// Whether the means of a row stand in a table already.
fn stands(plan: &Plan, row: &Row, inner: bool, rows: &[ReadRow]) -> Result<bool> {
    let agent = if inner { row.agent.inner.as_deref().unwrap_or("") } else { &row.agent.name };
    let above = if inner { row.agent.name.split('+').next().unwrap_or("") } else { "" };
    for old in rows.iter().filter(|old| !cell(old, "config_hash").is_empty()) {
        let same = cell(old, plan.lead_axis()) == row.lead()
            && cell(old, "agent") == agent
            && cell(old, "macro_agent") == above
            && tail(row).iter().all(|(name, value)| name == "config_hash" || cell(old, name) == value);
        if same {
            check_hash(&plan.paths.table, row, cell(old, "config_hash"))?;
            if cell(old, "n_episodes") == plan.request.episodes.to_string() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The episodes of a row that stand in the file already.
fn read_records(plan: &Plan, row: &Row, count: usize, read: &[ReadRow]) -> Result<Vec<Option<Record>>> {
    let mut records = vec![None; count];
    for (e, record) in records.iter_mut().enumerate() {
        let keys = episode_keys(plan, row, e as u64);
        // An episode is told by its seed; its number depends on where a benchmark began.
        let same = |old: &&ReadRow| {
            keys.iter().all(|(name, value)| name == "config_hash" || name == "episode" || cell(old, name) == value)
        };
        let Some(old) = read.iter().find(same) else { continue };
        check_hash(&plan.paths.episodes, row, cell(old, "config_hash"))?;
        let number = |name: &str| cell(old, name).parse::<f64>().unwrap_or(f64::NAN);
        let values = row.figures.all().map(|f| number(&f.column)).collect();
        *record = Some(Record { values, wall_s: number("wall_time_s") });
    }
    Ok(records)
}

/// Arithmetic mean; NaN of nothing.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample deviation (n − 1); 0 for one value.
fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    match values.len() {
        0 => f64::NAN,
        1 if centre.is_finite() => 0.0,
        n => (values.iter().map(|v| (v - centre) * (v - centre)).sum::<f64>() / (n - 1) as f64).sqrt(),
    }
}

/// A number to so many decimals, as Python prints what it has rounded; empty where there is none.
fn rounded(value: f64, decimals: usize) -> String {
    let near = format!("{value:.decimals$}").parse::<f64>().unwrap_or(f64::NAN);
    // Adding zero makes a negative zero a plain one.
    if near.is_finite() { python_repr(near + 0.0) } else { String::new() }
}

/// A number that reads back to the same bits; empty where there is none.
fn exact(value: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, value);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_the_source() {
        for (value, decimals, text) in [
            (0.817_24, 4, "0.8172"),
            (17_280.0, 4, "17280.0"),
            (-1_093_572.296, 4, "-1093572.296"),
            (-0.000_01, 4, "0.0"),
            (0.125, 2, "0.12"),
            (f64::NAN, 4, ""),
        ] {
            assert_eq!(rounded(value, decimals), text);
        }
    }

    #[test]
    fn one_episode_deviates_by_nothing_and_several_by_the_sample_deviation() {
        assert_eq!(deviation(&[3.0]), 0.0);
        assert_eq!(deviation(&[1.0, 3.0]), 2.0_f64.sqrt());
        assert!(deviation(&[f64::NAN]).is_nan());
        assert_eq!(rounded(deviation(&[]), 4), "");
    }
}
