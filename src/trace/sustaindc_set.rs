//! `data synth --plant sustaindc` and `data check` on SustainDC's folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::check::{CheckReport, FileCheck, Finding};
use super::embedded::sustaindc as built_in;
use super::export::{write_marked, write_whole};
use super::sustaindc::{CITIES, HourlyKind, LOADS, read};
use super::{Embedded, Epw, Folder, Origin, Table, TraceSource, stats};
use crate::config::{Place, Result};

/// Hours of a common year.
const YEAR_HOURS: usize = 8760;

/// Files of the set: three loads, weather and carbon intensity of eight places.
pub fn ids() -> Vec<String> {
    let loads = LOADS.iter().map(|load| HourlyKind::Workload.id(load.2));
    let weather = CITIES.iter().map(|city| HourlyKind::Weather.id(city.weather));
    let carbon = CITIES.iter().map(|city| HourlyKind::Carbon.id(city.carbon));
    loads.chain(weather).chain(carbon).collect()
}

const NOTE: &str = "# Synthetic data set

Every value in these folders is generated. Nothing in them was measured, and nothing about a real data centre, grid or
station can be concluded from them.

They were written by `c2g-twin data synth --plant sustaindc` and have the layout of SustainDC's `data`: three CPU loads
(`Workload`), eight weather years (`Weather`, EPW) and eight years of carbon intensity (`CarbonIntensity`). Mean,
deviation and extremes are those published for the measured files.

Keep this note beside the files: by it the set is recognised as synthetic.
";

/// Writes the embedded set into a folder and returns the files, the note first. Each appears whole or not at all.
///
/// # Errors
/// When the folder holds data files that are not marked synthetic (they are never overwritten), or cannot be written.
pub fn write_sustaindc_set(dir: &Path) -> Result<Vec<PathBuf>> {
    write_marked(dir, NOTE, ids(), |id, path| {
        let text = match HourlyKind::of(id) {
            Some((HourlyKind::Weather, name)) => epw_text(&built_in::weather_file(name)?),
            Some((HourlyKind::Workload, name)) => load_text(&*Embedded.table(id)?, built_in::first_index(name)?)?,
            _ => carbon_text(&*Embedded.table(id)?)?,
        };
        write_whole(path, |out| out.write_all(text.as_bytes()))
    })
}

fn load_text(table: &Table, first: u64) -> Result<String> {
    let mut text = ",cpu_load\n".to_owned();
    for (index, value) in (first..).zip(table.column("cpu_load")?) {
        text += &format!("{index},{value:?}\n");
    }
    Ok(text)
}

fn carbon_text(table: &Table) -> Result<String> {
    let mut text = "timestamp,WND,SUN,WAT,OIL,NG,COL,NUC,OTH,avg_CI\n".to_owned();
    for (hour, value) in table.column("avg_CI")?.iter().enumerate() {
        let stamp = super::stamp::format(1_640_995_200 + 3600 * hour as i64, ' ');
        // Generation by fuel is not part of the set.
        text += &format!("{stamp}+00:00,,,,,,,,,{value:?}\n");
    }
    Ok(text)
}

/// An EnergyPlus file of 35 columns; what the set does not have is marked as missing.
fn epw_text(epw: &Epw) -> String {
    let mut text = format!("LOCATION,{},-,-,SYNTHETIC,000000,0.0,0.0,{:.1},0.0\n", epw.place, epw.clock_utc_h);
    for line in [
        "DESIGN CONDITIONS,0",
        "TYPICAL/EXTREME PERIODS,0",
        "GROUND TEMPERATURES,0",
        "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
        "COMMENTS 1,Generated values: nothing here was measured",
        "COMMENTS 2,",
        "DATA PERIODS,1,1,Data,Sunday,1/ 1,12/31",
    ] {
        text += line;
        text.push('\n');
    }
    let hours = epw.dry_degc.iter().zip(&epw.dew_degc).zip(&epw.humidity_pct).zip(&epw.pressure_pa);
    let mut day = jiff::civil::date(2023, 1, 1);
    for (k, (((dry, dew), humidity), pressure)) in hours.enumerate() {
        if k > 0 && k % 24 == 0 {
            day = day.tomorrow().unwrap_or(day);
        }
        text += &format!(
            "{},{},{},{},0,?,{dry:.2},{dew:.2},{humidity:.0},{pressure:.0},{}\n",
            day.year(),
            day.month(),
            day.day(),
            k % 24 + 1,
            "9999,9999,9999,9999,9999,9999,999999,999999,999999,9999,999,999,99,99,9999,99999,9,999999999,999,0.999,999,99,999,999,99"
        );
    }
    text
}

/// Whether a folder holds SustainDC's data rather than the benchmark's.
pub(super) fn is_one(folder: &Folder) -> bool {
    !folder.root().join("workload_traces").is_dir()
}

/// Checks the files that are there, and says which of the known ones are not.
pub(super) fn check(folder: &Folder, report: &mut CheckReport) {
    let mut ids = ids();
    for kind in HourlyKind::ALL {
        let entries = fs::read_dir(folder.root().join(kind.folder())).into_iter().flatten().flatten();
        let mut own: Vec<String> = entries
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".csv") || name.ends_with(".epw"))
            .map(|name| kind.id(&name))
            .filter(|id| !ids.contains(id))
            .collect();
        own.sort();
        ids.extend(own);
    }
    for id in ids {
        let Some((kind, _)) = HourlyKind::of(&id) else { continue };
        let path = folder.path(&id);
        let place = Place::file(&path);
        if !path.is_file() {
            let cure = "Nothing to do: it is played from the embedded set, which is synthetic.";
            report.push(FileCheck::absent(&id), vec![Finding::note(place, "the file is missing", cure)]);
            continue;
        }
        match read(&path, kind, &id, Origin::Real(path.clone())) {
            Ok((table, warning)) => {
                let mut findings = Vec::new();
                if let Some(warning) = warning {
                    findings.push(Finding::note(place.clone(), warning, "Nothing to do, if they are few."));
                }
                let (gaps, facts) = examine(&table, kind, &place, &mut findings);
                report.push(FileCheck::read(&table, gaps, facts, &findings), findings);
            }
            Err(error) => {
                let finding = Finding::problem(Place::default(), error.to_string(), error.cure());
                report.push(FileCheck::unreadable(&id), vec![finding]);
            }
        }
    }
}

/// Gaps and main statistics of a file.
fn examine(table: &Table, kind: HourlyKind, place: &Place, findings: &mut Vec<Finding>) -> (usize, String) {
    let (name, unit) = match kind {
        HourlyKind::Workload => ("cpu_load", ""),
        HourlyKind::Weather => ("dry_bulb_degc", " °C"),
        HourlyKind::Carbon => ("avg_CI", " g/kWh"),
    };
    let all = table.column(name).unwrap_or_default();
    let values: Vec<f64> = all.iter().copied().filter(|v| !v.is_nan()).collect();
    let gaps = all.len() - values.len();
    let show = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    match kind {
        HourlyKind::Workload => {
            if let Some(bad) = values.iter().position(|v| !(0.0..=1.0).contains(v)) {
                let what = format!("the load of hour {bad} is not from 0 to 1");
                findings.push(Finding::problem(place.clone().at_line(bad as u64 + 2), what, "Give utilisation."));
            }
            if values.len() < 168 {
                findings.push(Finding::problem(place.clone(), "less than a week", "Give 168 hours or more."));
            } else if values.len() < YEAR_HOURS {
                let what = format!("{} hours: the load begins again within the year", values.len());
                findings.push(Finding::note(place.clone(), what, "Nothing to do."));
            }
        }
        _ if values.len() + gaps < YEAR_HOURS => {
            findings.push(Finding::problem(place.clone(), "less than a year", "Give the complete file."));
        }
        _ => {}
    }
    if gaps > 0 {
        let what = format!("{gaps} hours have no value");
        findings.push(Finding::note(place.clone(), what, "Nothing to do: they are filled with the mean."));
    }
    let facts = format!(
        "mean {}, {} to {}{unit}",
        show(stats::mean(&values)),
        show(stats::min(&values)),
        show(stats::max(&values))
    );
    (gaps, facts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::check_folder;
    use super::*;

    #[test]
    fn what_is_written_is_read_back_exactly_and_passes_the_check() {
        let dir = tempfile::tempdir().unwrap();
        let written = write_sustaindc_set(dir.path()).unwrap();
        assert_eq!(written.len(), 20);
        let folder = Folder::open(dir.path()).unwrap();
        for id in ids() {
            let (file, own) = (folder.table(&id).unwrap(), Embedded.table(&id).unwrap());
            assert_eq!(file.columns, own.columns, "{id}");
        }
        assert!(folder.warnings().is_empty(), "{:?}", folder.warnings());
        let report = check_folder(dir.path()).unwrap();
        assert!(report.ok() && report.files.len() == 19, "{report}");
        assert_eq!(write_sustaindc_set(dir.path()).unwrap(), written, "a second time is allowed");
    }

    #[test]
    fn a_short_load_is_a_problem_and_missing_files_are_not() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("Workload")).unwrap();
        fs::write(dir.path().join("Workload/mine.csv"), ",cpu_load\n0,0.5\n1,1.5\n").unwrap();
        let report = check_folder(dir.path()).unwrap();
        assert!(!report.ok());
        let text = report.to_string();
        assert!(text.contains("less than a week") && text.contains("not from 0 to 1"), "{text}");
    }
}
