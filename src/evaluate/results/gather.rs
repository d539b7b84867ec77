//! Rows become frames and groups; what does not fit together is told.

use std::collections::{BTreeMap, BTreeSet};

use super::read::Table;
use super::{Frame, Group, Results, Row, Shape};
use crate::evaluate::configurations::Configurations;

/// Gathers the rows of all files.
pub(super) fn gather(table: Table) -> Results {
    let Table { sources, metrics, mut rows, mut notes } = table;
    infer_survival(&metrics, &mut rows, |source| sources.get(source).map(|s| s.shape));
    tell_configurations_apart(&mut rows, &mut notes);
    let mut frames: Vec<Frame> = Vec::new();
    let place =
        |row: &Row| sources.get(row.source).map_or_else(String::new, |s| format!("{}:{}", s.path.display(), row.line));
    for row in rows {
        let shape = sources.get(row.source).map_or(Shape::Episodes, |s| s.shape);
        let frame = match frames.iter().position(|f| f.keys == row.keys) {
            Some(k) => k,
            None => {
                let new =
                    Frame { keys: row.keys.clone(), scenarios: Vec::new(), agents: Vec::new(), groups: Vec::new() };
                frames.push(new);
                frames.len() - 1
            }
        };
        let Some(frame) = frames.get_mut(frame) else { continue };
        if !frame.scenarios.contains(&row.scenario) {
            frame.scenarios.push(row.scenario.clone());
        }
        if !frame.agents.contains(&row.agent) {
            frame.agents.push(row.agent.clone());
        }
        let found = frame.groups.iter_mut().find(|g| g.scenario == row.scenario && g.agent == row.agent);
        let Some(group) = found else {
            let hashes = Some(row.hash.clone()).filter(|h| !h.is_empty()).into_iter().collect();
            let (scenario, agent) = (row.scenario.clone(), row.agent.clone());
            frame.groups.push(Group { scenario, agent, shape, hashes, rows: vec![row] });
            continue;
        };
        match (group.shape, shape) {
            // Single episodes say all that their mean says.
            (Shape::Means, Shape::Episodes) => {
                group.shape = shape;
                group.rows.clear();
            }
            (Shape::Episodes, Shape::Means) => continue,
            (Shape::Means, Shape::Means) => {
                notes.push(format!(
                    "{}: means of {} in {} stand in the files twice; the first count",
                    place(&row),
                    row.agent,
                    row.scenario
                ));
                continue;
            }
            (Shape::Episodes, Shape::Episodes) => {
                if row.seed.is_some() && group.rows.iter().any(|r| r.seed == row.seed) {
                    notes.push(format!(
                        "{}: seed {} of {} in {} stands in the files twice; the first counts",
                        place(&row),
                        row.seed.unwrap_or(0),
                        row.agent,
                        row.scenario
                    ));
                    continue;
                }
            }
        }
        if !row.hash.is_empty() {
            group.hashes.insert(row.hash.clone());
        }
        group.rows.push(row);
    }
    tell_mixed_hashes(&frames, &mut notes);
    let many = notes.len();
    if many > 12 {
        notes.truncate(12);
        notes.push(format!("{} more remarks of this kind", many - 12));
    }
    Results { sources, metrics, frames, configurations: Configurations::default(), notes }
}

/// Where the same seed of the same agent came in several configurations, each becomes an agent of its own, numbered in
/// the order in which they come. (Hashes differ from scenario to scenario, so they cannot be the names.)
fn tell_configurations_apart(rows: &mut [Row], notes: &mut Vec<String>) {
    type Who = (Vec<(String, String)>, String, String);
    let who = |row: &Row| -> Who { (row.keys.clone(), row.scenario.clone(), row.agent.clone()) };
    let mut hashes: BTreeMap<Who, Vec<String>> = BTreeMap::new();
    let mut seeds: BTreeMap<(Who, Option<u64>), BTreeSet<String>> = BTreeMap::new();
    for row in rows.iter().filter(|r| !r.hash.is_empty()) {
        let known = hashes.entry(who(row)).or_default();
        if !known.contains(&row.hash) {
            known.push(row.hash.clone());
        }
        seeds.entry((who(row), row.seed)).or_default().insert(row.hash.clone());
    }
    let split: BTreeSet<(Vec<(String, String)>, String)> = seeds
        .into_iter()
        .filter(|(_, hashes)| hashes.len() > 1)
        .map(|(((keys, _, agent), _), _)| (keys, agent))
        .collect();
    for (_, agent) in &split {
        notes.push(format!(
            "{agent} was run with several configurations (`config_hash`); they stand as {agent}#1, {agent}#2 …, in the \
             order of the files"
        ));
    }
    for row in rows.iter_mut() {
        if row.hash.is_empty() || !split.contains(&(row.keys.clone(), row.agent.clone())) {
            continue;
        }
        let number = hashes.get(&who(row)).and_then(|h| h.iter().position(|h| *h == row.hash)).unwrap_or(0) + 1;
        row.agent = format!("{}#{number}", row.agent);
    }
}

/// Agents that are compared should have run with the same configuration.
fn tell_mixed_hashes(frames: &[Frame], notes: &mut Vec<String>) {
    for frame in frames {
        for scenario in &frame.scenarios {
            let here = frame.groups.iter().filter(|g| &g.scenario == scenario);
            let bare = |g: &Group| !g.agent.contains('#');
            let hashes: BTreeSet<&String> = here.filter(|g| bare(g)).flat_map(|g| &g.hashes).collect();
            if hashes.len() > 1 {
                notes.push(format!(
                    "{} in {scenario}: rows come from {} configurations (`config_hash`), so a difference may be the configuration's",
                    frame.title(),
                    hashes.len()
                ));
            }
        }
    }
}

/// Survival is 0 or 1 in every episode, so that its deviation follows from its mean, which is all that a table of means
/// has.
fn infer_survival(metrics: &[String], rows: &mut [Row], shape: impl Fn(usize) -> Option<Shape>) {
    let places: Vec<usize> = (0..metrics.len())
        .filter(|&k| metrics.get(k).is_some_and(|m| m == "survival_rate" || m == "inner_survival_rate"))
        .collect();
    for row in rows.iter_mut().filter(|r| r.episodes > 1) {
        if shape(row.source) != Some(Shape::Means) {
            continue;
        }
        let n = row.episodes as f64;
        for &k in &places {
            if let Some(cell) = row.cells.get_mut(k).filter(|c| c.std.is_nan() && (0.0..=1.0).contains(&c.value)) {
                cell.std = (cell.value * (1.0 - cell.value) * n / (n - 1.0)).sqrt();
            }
        }
    }
}
