//! Files of results become sections of the board.

use std::path::{Path, PathBuf};

use crate::config::{Error, Result};
use crate::evaluate::matrix::RESULTS;
use crate::evaluate::results::{Group, Results};

use super::{Section, Stored, StoredRow};

/// Folder of policies.
const MODELS: &str = "models";

/// Column that says how long the machine took: no result.
const WALL: &str = "wall_time_s";

/// A file on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// The file.
    pub path: PathBuf,
    /// A person named it, so that what is wrong with it must be told.
    pub named: bool,
}

/// Files of results in the default folder, the episodes of a benchmark instead of its means where both are there.
pub(super) fn in_results() -> Vec<PathBuf> {
    results_in(Path::new(RESULTS))
}

fn results_in(folder: &Path) -> Vec<PathBuf> {
    let files = with_ending(folder, "csv");
    let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let stems: Vec<String> = files.iter().map(|f| stem(f)).collect();
    let better = |file: &PathBuf| {
        let own = stem(file);
        let base = ["_hardware", "_macro"].iter().find_map(|end| own.strip_suffix(end)).unwrap_or(&own);
        let has = |stem: &str| stems.iter().any(|s| *s == format!("{stem}_episodes"));
        !own.ends_with("_scores") && (own.ends_with("_episodes") || !has(base) && !has(&own))
    };
    files.iter().filter(|file| better(file)).cloned().collect()
}

/// Policies in `models/`.
pub(super) fn in_models() -> Vec<PathBuf> {
    with_ending(Path::new(MODELS), "onnx")
}

/// Files of a folder by the ending of their names, sorted; none where there is no such folder.
fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let fits = |path: &PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending)) && path.is_file();
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(fits).collect();
    files.sort();
    files
}

/// Reads all files; those that cannot be read leave the list. Errors are those of files that a person named.
pub(super) fn read(files: &mut Vec<Listed>) -> (Stored, Vec<Error>) {
    let mut errors = Vec::new();
    files.retain(|file| match Results::read(&[&file.path]) {
        Ok(_) => true,
        Err(error) => {
            if file.named {
                errors.push(error);
            }
            false
        }
    });
    let paths: Vec<PathBuf> = files.iter().map(|f| f.path.clone()).collect();
    match together(&paths) {
        Ok(stored) => (stored, errors),
        Err(error) => {
            errors.push(error);
            (Stored::default(), errors)
        }
    }
}

fn together(paths: &[PathBuf]) -> Result<Stored> {
    if paths.is_empty() {
        return Ok(Stored::default());
    }
    let results = Results::read(paths)?;
    let section = |frame: &crate::evaluate::results::Frame| {
        let has = |k: usize| frame.groups.iter().any(|g| g.moments(k).is_some());
        let shown: Vec<usize> = (0..results.metrics.len())
            .filter(|&k| results.metrics.get(k).is_some_and(|m| m != WALL) && has(k))
            .collect();
        let row = |group: &Group| StoredRow {
            scenario: group.scenario.clone(),
            agent: group.agent.clone(),
            episodes: group.episodes(),
            cells: shown.iter().map(|&k| group.moments(k)).collect(),
        };
        Section {
            title: frame.title(),
            keys: frame.keys.clone(),
            columns: shown.iter().filter_map(|&k| results.metrics.get(k).cloned()).collect(),
            rows: frame.groups.iter().map(row).collect(),
        }
    };
    Ok(Stored {
        files: paths.to_vec(),
        sections: results.frames.iter().map(section).collect(),
        notes: results.notes.clone(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const EPISODES: &str = "scenario,agent,type,episode,seed,noise,mean_reward,wall_time_s\n\
        default,pid,hardware,0,100,counter,0.5,1.0\ndefault,pid,hardware,1,101,counter,1.5,1.0\n";

    #[test]
    fn episodes_become_means_and_deviations() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pid_episodes.csv");
        std::fs::write(&path, EPISODES).unwrap();
        let mut files = vec![Listed { path: path.clone(), named: true }];
        let (stored, errors) = read(&mut files);
        assert!(errors.is_empty());
        let section = &stored.sections[0];
        assert_eq!(section.columns, ["mean_reward"], "wall time is no result");
        let cell = section.rows[0].cells[0].unwrap();
        assert_eq!((cell.n, cell.mean, section.rows[0].episodes), (2, 1.0, 2));
        assert!((cell.std - 0.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_result_is_told_only_where_it_was_named() {
        let dir = tempfile::tempdir().unwrap();
        let (good, bad) = (dir.path().join("a_episodes.csv"), dir.path().join("b.csv"));
        std::fs::write(&good, EPISODES).unwrap();
        std::fs::write(&bad, "x,y\n1,2\n").unwrap();
        let list = |named| [&good, &bad].map(|p| Listed { path: p.clone(), named }).to_vec();
        let mut files = list(false);
        assert!(read(&mut files).1.is_empty());
        let mut files = list(true);
        let (stored, errors) = read(&mut files);
        assert_eq!((stored.rows(), errors.len(), files.len()), (1, 1, 1));
        assert!(errors[0].to_string().contains("b.csv:1"), "{}", errors[0]);
    }

    #[test]
    fn episodes_stand_for_the_means_that_were_made_from_them() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a", "a_episodes", "a_scores", "b_hardware", "b_macro", "b_episodes", "c"] {
            std::fs::write(dir.path().join(format!("{name}.csv")), "x").unwrap();
        }
        let names = |files: Vec<PathBuf>| -> Vec<String> {
            files.iter().map(|f| f.file_stem().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(names(results_in(dir.path())), ["a_episodes", "b_episodes", "c"]);
        assert!(results_in(Path::new("no such folder")).is_empty());
    }
}
