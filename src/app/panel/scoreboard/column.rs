//! Columns of the scoreboard: in which order they stand, what stands above them, and what they mean.

use crate::app::board::Section;
use crate::evaluate::agents::Kind;
use crate::evaluate::matrix;
use crate::evaluate::statistics::{Direction, direction};
use crate::plant::{MetricSpec, PlantSpec};

/// Words that are written in capitals, or in another way than in files.
const WRITTEN: [(&str, &str); 11] = [
    ("rmse", "RMSE"),
    ("pue", "PUE"),
    ("soc", "SOC"),
    ("hvac", "HVAC"),
    ("pjm", "PJM"),
    ("co2", "CO₂"),
    ("bess", "battery"),
    ("temp", "zone"),
    ("viol", "violation"),
    ("elec", "electricity"),
    ("reg", "regulation"),
];

/// Long words and what stands for them where room is short.
const SHORT: [(&str, &str); 14] = [
    ("acceptance", "accept."),
    ("committed", "commit."),
    ("correlation", "correl."),
    ("degradation", "wear"),
    ("documented", "doc."),
    ("electricity", "elec."),
    ("performance", "perf."),
    ("regulation", "reg."),
    ("throughput", "through."),
    ("violation", "viol."),
    ("reduction", "red."),
    ("forfeited", "forfeit"),
    ("intervention", "interv."),
    ("computational", "comput."),
];

/// A column as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Number in the cells of a row.
    pub cell: usize,
    /// Name in the files.
    pub name: String,
    /// Two lines of its heading; the second may be empty.
    pub heading: [String; 2],
    /// Unit; empty for a pure number.
    pub unit: String,
    /// Name, meaning and direction for a tooltip.
    pub about: String,
}

/// The columns of a section, those that tell most first; lines of their headings have at most so many letters, where
/// words are short enough.
pub(super) fn of(section: &Section, spec: &PlantSpec, letters: usize) -> Vec<Column> {
    let mut all: Vec<Column> = section
        .columns
        .iter()
        .enumerate()
        .map(|(cell, name)| column(cell, name, metric(name, section, spec), letters))
        .collect();
    // The order of the files stays among equals.
    all.sort_by_key(|c| rank(&c.name));
    all
}

/// The metric of the plant that a column holds: macro and hardware agents have some of the same name.
fn metric<'a>(name: &str, section: &Section, spec: &'a PlantSpec) -> Option<&'a MetricSpec> {
    let kind = section.keys.iter().find(|(key, _)| key == "type").map(|(_, value)| value.as_str());
    let kinds = [Kind::Combo, Kind::Hardware, Kind::Joint].into_iter();
    let fits = |k: &Kind| kind.is_none_or(|kind| k.label() == kind);
    kinds.filter(fits).find_map(|kind| {
        let columns = matrix::columns(kind, spec);
        let (_, metric) = columns.into_iter().find(|(column, metric)| column == name && metric.is_some())?;
        spec.metrics.get(metric?)
    })
}

/// What tells most comes first: what can be better or worse, then what was done, then the agent below and other
/// countings of the same.
fn rank(name: &str) -> u8 {
    let again = ["_program", "_documented", "_ticks"].iter().any(|end| name.ends_with(end));
    match direction(name) {
        _ if name == "mean_reward" => 0,
        _ if name.starts_with("inner_") => 4,
        _ if again => 5,
        _ if name.starts_with("total_reward") => 2,
        Direction::Neither => 3,
        _ => 1,
    }
}

fn column(cell: usize, name: &str, metric: Option<&MetricSpec>, letters: usize) -> Column {
    let unit = metric.map_or("", |m| m.unit.as_str());
    let way = match direction(name) {
        Direction::Lower => "Lower is better",
        Direction::Higher => "Higher is better",
        Direction::Neither => "Neither way is better",
    };
    let doc = metric.map_or("", |m| m.doc.as_str());
    let unit_line = if unit.is_empty() { String::new() } else { format!("In {unit}") };
    let about = [name, doc, unit_line.as_str(), way].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
    Column {
        cell,
        name: name.to_owned(),
        heading: heading(name, unit, letters),
        unit: unit.to_owned(),
        about: about.join("\n"),
    }
}

/// A name of a file in words, on one line.
pub(in crate::app::panel) fn words(name: &str, unit: &str) -> String {
    heading(name, unit, 64).join(" ").trim().to_owned()
}

/// A name of a file as two short lines.
fn heading(name: &str, unit: &str, letters: usize) -> [String; 2] {
    // What the unit says need not be said twice.
    let base = unit.split('·').next().unwrap_or_default().to_lowercase();
    let bare = name.strip_suffix(&format!("_{base}")).filter(|_| !base.is_empty()).unwrap_or(name);
    let written = |word: &str| {
        WRITTEN.iter().find(|(file, _)| *file == word).map_or_else(|| word.to_owned(), |(_, w)| (*w).to_owned())
    };
    let words: Vec<String> = bare.split('_').map(written).collect();
    let lines = |words: &[String]| {
        let mut lines = [String::new(), String::new()];
        for word in words {
            let [first, second] = &mut lines;
            let room = first.is_empty() || first.chars().count() + 1 + word.chars().count() <= letters;
            let line = if room && second.is_empty() { first } else { second };
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines
    };
    let mut two = lines(&words);
    if two.iter().any(|l| l.chars().count() > letters) {
        let short = |word: &String| {
            SHORT.iter().find(|(long, _)| long == word).map_or_else(|| word.clone(), |(_, s)| (*s).to_owned())
        };
        two = lines(&words.iter().map(short).collect::<Vec<_>>());
    }
    let [first, second] = two;
    [super::super::words::sentence(&first), second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_two_short_lines() {
        let of = |name: &str, unit: &str| heading(name, unit, 13).join("|");
        assert_eq!(heading("mean_reward", "", 8).join("|"), "Mean|reward");
        assert_eq!(of("mean_reward", ""), "Mean reward|");
        assert_eq!(of("tracking_rmse", "kW"), "Tracking RMSE|");
        assert_eq!(of("bid_acceptance_rate", ""), "Bid accept.|rate");
        assert_eq!(of("mean_flex_kw", "kW"), "Mean flex|");
        assert_eq!(of("cumul_p_pump_mw", "MW·tick"), "Cumul p pump|");
        assert_eq!(of("temp_A_max", "°C"), "Zone A max|");
    }

    #[test]
    fn what_can_be_better_comes_before_what_was_done() {
        let names = ["total_reward", "mean_reward", "throttle_mean", "inner_tracking_rmse", "tracking_rmse"];
        let section = Section { columns: names.map(str::to_owned).to_vec(), ..Section::default() };
        let order: Vec<String> = of(&section, &PlantSpec::default(), 13).into_iter().map(|c| c.name).collect();
        assert_eq!(order, ["mean_reward", "tracking_rmse", "total_reward", "throttle_mean", "inner_tracking_rmse"]);
    }
}
