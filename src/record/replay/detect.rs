//! Which kind of log a file is, by what stands in it and never by its name.

use std::path::Path;

use crate::config::{Error, Place, Result};
use crate::record::{is_evaluation_log, is_full_log};

use super::cells::shortened;
use super::sample::{LOOKED_AT, Sample, beginning};

/// A kind of log that can be played again, and what else is known by its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// A full log of this program.
    Full,
    /// SustainDC's `all_agents_episode_N.csv`.
    Evaluation,
    /// A transition log of C2G's hardware agent, shielded ones among them (control 5.3).
    Hardware,
    /// A transition log of C2G's macro agent (control 5.3).
    Macro,
    /// Any other table with a line of names and columns of numbers.
    Table,
    /// Results of a benchmark, a row per agent or episode: they have no time and belong on the Scoreboard.
    Results,
}

impl LogKind {
    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Full => "full log",
            Self::Evaluation => "SustainDC evaluation log",
            Self::Hardware => "C2G transitions of the hardware agent",
            Self::Macro => "C2G transitions of the macro agent",
            Self::Table => "table",
            Self::Results => "results of a benchmark",
        }
    }
}

/// What can be opened, for cures.
const KNOWN: &str = "Give a full log (`run --log`), an `all_agents_episode_N.csv` of SustainDC, a C2G transition log \
                     (`episode0.csv`), or any table with a line of column names.";

/// Says which kind of log a file is.
///
/// # Errors
/// Files that cannot be read, and files that are none of the kinds, each with what they are as far as that can be seen.
pub fn detect(path: &Path) -> Result<LogKind> {
    let place = Place::file(path);
    if path.is_dir() {
        return Err(Error::invalid(place, "this is a folder", "Give the log files in it."));
    }
    let bytes = beginning(path, LOOKED_AT)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid(place, "the file is empty", "Nothing was recorded; record again."));
    }
    if let Some((what, cure)) = foreign(&bytes) {
        return Err(Error::invalid(place, what, cure));
    }
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    let Ok(line) = std::str::from_utf8(bytes.get(..end).unwrap_or_default()) else {
        return Err(Error::invalid(place.at_line(1), "this is not UTF-8 text", KNOWN));
    };
    kind_of(line.trim_start_matches('\u{feff}').trim_end(), &bytes, place)
}

/// Files of other kinds that are known by their first bytes, with the cure.
fn foreign(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    if begins(b"PAR1") {
        Some(("this is a Parquet file", "Give the CSV that it was made from."))
    } else if begins(&[0x1f, 0x8b]) || begins(b"PK\x03\x04") || begins(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Some(("this is a packed file", "Unpack it and give the log that is in it."))
    } else if begins(&[0xff, 0xfe]) || begins(&[0xfe, 0xff]) {
        Some(("this is UTF-16 text", "Save it as UTF-8."))
    } else if begins(b"%PDF") {
        Some(("this is a PDF document", KNOWN))
    } else if begins(b"\x89PNG") || begins(&[0xff, 0xd8, 0xff]) {
        Some(("this is a picture", KNOWN))
    } else if begins(b"SQLite format 3") {
        Some(("this is a database", "Export a table of it as CSV."))
    } else if begins(b"\x89HDF") {
        Some(("this is an HDF5 file", "Export a table of it as CSV."))
    } else if begins(b"<!DOCTYPE") || begins(b"<html") || begins(b"<?xml") {
        Some(("this is a page of markup", "Save the file itself, not the page that shows it."))
    } else if begins(b"version https://git-lfs") {
        Some(("this is a pointer of Git LFS, not the file", "Fetch the file itself with `git lfs pull`."))
    } else if bytes.contains(&0) {
        Some(("this is not text", KNOWN))
    } else {
        None
    }
}

/// The agent that a line of names of transitions is of.
fn agent_of(names: &[&str]) -> Option<LogKind> {
    let has = |name: &str| names.contains(&name);
    let bids = ["a_commit_norm", "a_bid_price", "a_bid_mw_norm", "a_bid_price_norm"];
    let levers = ["a_throttle_batch", "a_pump_speed_A", "a_hvac_effort", "a_bess_dispatch"];
    let actions = names.iter().filter(|n| n.starts_with("a_")).count();
    let observations = names.iter().filter(|n| n.starts_with("o_")).count();
    if bids.into_iter().any(has) {
        Some(LogKind::Macro)
    } else if levers.into_iter().any(has) || (actions == 4 && has("a_0") && observations <= 18) {
        Some(LogKind::Hardware)
    } else if actions == 2 && has("a_0") {
        Some(LogKind::Macro)
    } else {
        None
    }
}

/// Kind of a log by its first line, and by the bytes that the file begins with.
pub(in crate::record) fn kind_of(line: &str, bytes: &[u8], place: Place) -> Result<LogKind> {
    let wrong = |what: String, cure: &str| Err(Error::invalid(place.clone().at_line(1), what, cure));
    if is_full_log(line) {
        return Ok(LogKind::Full);
    }
    if is_evaluation_log(line) {
        return Ok(LogKind::Evaluation);
    }
    let names: Vec<&str> = line.split(',').map(|n| n.trim().trim_matches('"')).collect();
    let has = |name: &str| names.contains(&name);
    let begins = |prefix: &str| names.iter().any(|n| n.starts_with(prefix));
    let transitions = begins("s_") && begins("a_");
    if let Some(kind) = agent_of(&names).filter(|_| transitions) {
        return Ok(kind);
    }
    if has("agent")
        && (has("scenario") || has("location"))
        && (has("n_episodes") || has("seed") || has("episode"))
        && names.len() > 3
    {
        return Ok(LogKind::Results);
    }
    if line.starts_with('{') || line.starts_with('[') {
        return wrong(
            "this is JSON".to_owned(),
            "Golden headers are checked by `c2g-twin verify`; to replay, give a log.",
        );
    }
    let sample = Sample::of(bytes);
    if sample.as_ref().is_some_and(Sample::is_table) {
        return Ok(LogKind::Table);
    }
    if transitions {
        return wrong(
            "transitions of an agent that is not known".to_owned(),
            "Give a log of C2G's hardware or macro agent.",
        );
    }
    let separated = line.contains([',', ';', '\t']);
    if !separated && line.contains(':') {
        return wrong("this is no log but looks like a setup".to_owned(), "Open it with “Open a setup…”.");
    }
    if !separated {
        return wrong(format!("`{}` is no line of column names", shortened(line)), KNOWN);
    }
    let cells = sample.as_ref().map_or(&[][..], |s| &s.names);
    if !cells.is_empty() && cells.iter().filter(|n| n.parse::<f64>().is_ok()).count() * 2 > cells.len() {
        return wrong("the line of column names is missing".to_owned(), "Put the names back as the first line.");
    }
    let first: Vec<&str> = names.iter().take(3).copied().collect();
    let first = shortened(&first.join(","));
    match sample {
        Some(sample) if sample.rows.is_empty() => wrong(
            format!("there are no rows below the columns `{first}` …"),
            "Record again, or wait for its first row.",
        ),
        _ => wrong(format!("none of the columns `{first}` … holds numbers"), "Write numbers with a decimal point."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(text: &str) -> Result<LogKind> {
        kind_of(text.lines().next().unwrap(), text.as_bytes(), Place::source("x.csv"))
    }

    #[test]
    fn kinds_are_told_by_their_columns() {
        assert_eq!(of("#c2g-log 1").unwrap(), LogKind::Full);
        assert_eq!(of("timestep,s_temp_A_norm,a_throttle_batch,r").unwrap(), LogKind::Hardware);
        assert_eq!(of("timestep,s_temp_A_norm,a_commit_norm,a_bid_price,r").unwrap(), LogKind::Macro);
        assert_eq!(of("timestep,s_0,a_0,a_1,a_2,a_3,o_0,r").unwrap(), LogKind::Hardware);
        assert_eq!(of("timestep,s_0,a_0,a_1,o_0,r").unwrap(), LogKind::Macro);
        assert_eq!(of("scenario,agent,n_episodes,wall_time_s,mean_reward").unwrap(), LogKind::Results);
        assert_eq!(of("plant,location,agent,seed,total_reward\n").unwrap(), LogKind::Results);
        assert_eq!(of("Time Stamp,Load\n1,2\n").unwrap(), LogKind::Table);
        assert_eq!(of("timestep,s_x,a_y\n0,1,2\n").unwrap(), LogKind::Table, "an agent of somebody else");
        for order in [crate::record::EvaluationOrder::Evaluation, crate::record::EvaluationOrder::Render] {
            assert_eq!(of(&crate::record::evaluation_header(order)).unwrap(), LogKind::Evaluation);
        }
    }

    #[test]
    fn what_is_no_log_is_told_with_its_cure() {
        for (line, what) in [
            ("{\"a\": 1}", "this is JSON"),
            ("plant: c2g", "looks like a setup"),
            ("hello", "no line of column names"),
            ("1,2,3", "line of column names is missing"),
            ("Time Stamp,Load", "no rows below the columns `Time Stamp,Load`"),
            ("a;b\n1,5;2,5", "none of the columns `a;b` … holds numbers"),
            ("timestep,s_x,a_y", "agent that is not known"),
        ] {
            let error = of(line).unwrap_err();
            assert!(error.to_string().starts_with("x.csv:1: ") && error.to_string().contains(what), "{error}");
            assert!(!error.cure().is_empty());
        }
    }
}
