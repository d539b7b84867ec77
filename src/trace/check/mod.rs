//! `data check`: whether a folder is a data set of the layout, and whether its values are what they should be.
//!
//! A *problem* makes the check fail: a missing or unreadable file, a broken row, a value outside its range, a statistic
//! that is not the known trace's. A *note* is worth knowing and no fault of the set: real files have gaps.

mod facts;
mod report;

use std::path::Path;

pub use report::{CheckReport, FileCheck, Finding, Severity};

use super::layout::{self, Kind};
use super::reader::{self, ReadReport};
use super::stamp;
use super::{Folder, Origin, Table, TimeAxis};
use crate::config::{Place, Result};

/// Checks the fifteen files of the set, and those of other NYISO zones that are there.
///
/// # Errors
/// When the folder is not a data folder at all; everything else is a finding of the report.
pub fn check_folder(dir: impl AsRef<Path>) -> Result<CheckReport> {
    let folder = Folder::open(dir)?;
    let mut report = CheckReport::new(folder.root(), folder.is_synthetic());
    if super::sustaindc_set::is_one(&folder) {
        super::sustaindc_set::check(&folder, &mut report);
        return Ok(report);
    }
    let zones = layout::load_keys().skip(layout::MARKETS.len()).map(layout::load_id);
    for id in layout::set_ids().into_iter().chain(zones.filter(|id| folder.path(id).is_file())) {
        check_file(&folder, &id, &mut report)?;
    }
    Ok(report)
}

fn check_file(folder: &Folder, id: &str, report: &mut CheckReport) -> Result<()> {
    let (kind, format) = layout::describe(id)?;
    let path = folder.path(id);
    let place = Place::file(&path);
    if !path.is_file() {
        let cure = match kind {
            Kind::Workload => "Put the file there; a workload has no synthetic fallback.",
            _ => "Put the file there; without it the synthetic year of the market is played.",
        };
        report.push(FileCheck::missing(id), vec![Finding::problem(place, "the file is missing", cure)]);
        return Ok(());
    }
    match reader::read_table(&path, id, Origin::Real(path.clone()), &format) {
        Ok((table, read)) => {
            let mut findings = reading_findings(&place, &read, format.header);
            let gaps = time_findings(&table, &place, kind, &mut findings);
            let facts = facts::examine(&table, &place, kind, &mut findings)?;
            report.push(FileCheck::read(&table, gaps, facts, &findings), findings);
        }
        Err(error) => {
            let finding = Finding::problem(Place::default(), error.to_string(), error.cure());
            report.push(FileCheck::unreadable(id), vec![finding]);
        }
    }
    Ok(())
}

/// What the reader noticed.
fn reading_findings(place: &Place, read: &ReadReport, header: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !read.header_exact {
        let what = format!("the header is not exactly `{header}`");
        findings.push(Finding::note(place.clone().at_line(1), what, "Other programs may need the exact header."));
    }
    for row in &read.described {
        findings.push(Finding::problem(row.place.clone(), row.what.as_str(), "Correct or remove this row."));
    }
    let undescribed = read.bad_rows.saturating_sub(read.described.len());
    if undescribed > 0 {
        let what = format!("{undescribed} more rows cannot be read");
        findings.push(Finding::problem(place.clone(), what, "Correct or remove these rows."));
    }
    if let Some(place) = &read.out_of_order {
        let cure = "Nothing to do: rows are sorted when they are read.";
        findings.push(Finding::note(place.clone(), "this row lies before the one above it", cure));
    }
    findings
}

/// Number of gaps in the time axis; says where they are, and what else is wrong with it.
fn time_findings(table: &Table, place: &Place, kind: Kind, findings: &mut Vec<Finding>) -> usize {
    let (keys, step, unit) = match &table.time {
        TimeAxis::Tick(ticks) => (ticks, 1, "records"),
        TimeAxis::Stamp { unix_s, .. } if matches!(kind, Kind::Weather(_)) => (unix_s, 3600, "s"),
        TimeAxis::Stamp { unix_s, .. } => (unix_s, 300, "s"),
    };
    let show = |key: i64| match table.time {
        TimeAxis::Tick(_) => key.to_string(),
        TimeAxis::Stamp { .. } => stamp::format(key, ' '),
    };
    let (mut gaps, mut repeats, mut irregular) = (Vec::new(), Vec::new(), Vec::new());
    for pair in keys.windows(2) {
        if let [a, b] = pair {
            match b - a {
                0 => repeats.push(*a),
                d if d == step => {}
                d if d > step && d % step == 0 => gaps.push((*a, d)),
                _ => irregular.push(*a),
            }
        }
    }
    if let Some((after, length)) = gaps.iter().max_by_key(|(_, length)| *length) {
        let (count, missing, after) = (gaps.len(), length - step, show(*after));
        let gaps = if count == 1 { "gap" } else { "gaps" };
        let what = format!("{count} {gaps} in time, the longest of {missing} {unit} after {after}");
        findings.push(Finding::note(place.clone(), what, time_cure(kind)));
    }
    if let Some(first) = repeats.first() {
        let what = format!("{} times occur twice, the first is {}", repeats.len(), show(*first));
        let cure = "Keep one row of each time; the repeated hour in autumn is the usual reason.";
        let finding = Finding { severity: severity_of_repeat(kind), ..Finding::note(place.clone(), what, cure) };
        findings.push(finding);
    }
    if let Some(first) = irregular.first() {
        let what =
            format!("{} steps are not a multiple of {step} {unit}, the first after {}", irregular.len(), show(*first));
        findings.push(Finding::note(place.clone(), what, time_cure(kind)));
    }
    gaps.len()
}

/// A record number that occurs twice cannot be played; a time that does is only one row too many.
fn severity_of_repeat(kind: Kind) -> Severity {
    if kind == Kind::Workload { Severity::Problem } else { Severity::Note }
}

fn time_cure(kind: Kind) -> &'static str {
    match kind {
        Kind::Workload => "Missing records are played as 0 (batch) or as the last record (DLRM).",
        _ => "Rows are played one after another, so time slips at each gap, as in the reference.",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::write_set;
    use super::*;
    use std::fs;

    fn synthetic() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        write_set(dir.path(), &mut |_, _, _| {}).unwrap();
        dir
    }

    fn edit(dir: &tempfile::TempDir, id: &str, change: impl FnOnce(String) -> String) {
        let path = dir.path().join(id);
        fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    }

    #[test]
    fn the_synthetic_set_passes_without_a_word() {
        let dir = synthetic();
        let report = check_folder(dir.path()).unwrap();
        assert!(report.ok() && report.findings.is_empty(), "{report}");
        assert!(report.synthetic);
        assert_eq!(report.files.len(), 15);
        let text = report.to_string();
        assert!(text.contains("15 files, no problems") && text.contains("marked as synthetic"), "{text}");
        let rows = text.lines().filter(|line| line.contains(".csv"));
        let columns: Vec<usize> = rows.filter_map(|line| line.find("  ok")).collect();
        assert!(columns.len() == 15 && columns.iter().all(|column| *column == columns[0]), "{text}");
    }

    #[test]
    fn a_missing_file_and_a_broken_row_are_problems_with_a_place() {
        let dir = synthetic();
        fs::remove_file(dir.path().join("weather/FRA.csv")).unwrap();
        edit(&dir, "energy/PJM_DOM.csv", |text| text.replacen("2024-01-01 00:10:00,", "2024-01-01 00:10:00,?", 1));
        let report = check_folder(dir.path()).unwrap();
        assert_eq!((report.ok(), report.problems()), (false, 2), "{report}");
        let text = report.to_string();
        assert!(text.contains("FRA.csv: the file is missing"), "{text}");
        assert!(text.contains("PJM_DOM.csv:4:21: `Load` is `?"), "{text}");
        assert!(text.contains("cure: Correct or remove this row."), "{text}");
        assert!(text.ends_with("15 files, 2 problems, 1 note"), "{text}");
    }

    #[test]
    fn gaps_and_disorder_are_notes() {
        let dir = synthetic();
        edit(&dir, "weather/NYC.csv", |text| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.remove(1);
            lines.remove(200);
            lines.swap(10, 11);
            lines.join("\n")
        });
        let report = check_folder(dir.path()).unwrap();
        assert!(report.ok(), "{report}");
        let text = report.to_string();
        assert!(text.contains("1 gap in time, the longest of 3600 s after 2024-01-09 07:00:00"), "{text}");
        assert!(text.contains("NYC.csv:12:1: this row lies before the one above it"), "{text}");
    }

    #[test]
    fn another_trace_is_recognised() {
        let dir = synthetic();
        edit(&dir, layout::BATCH, |text| text.replace(",0.0,0.0", ",900.0,1.0"));
        edit(&dir, layout::GENAI, |text| text.replacen("24.43", "124.43", 1));
        let report = check_folder(dir.path()).unwrap();
        let text = report.to_string();
        assert!(!report.ok());
        assert!(text.contains("share of zero records is 0.000, expected 0.780"), "{text}");
        assert!(text.contains("`avg_gpu_duty_cycle` is 124.43 at tick"), "{text}");
    }

    #[test]
    fn a_folder_of_something_else_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(check_folder(dir.path()).unwrap_err().cure().contains("workload_traces"));
    }
}
