//! An analysis as a CSV and as JSON: everything that was computed, one row or object per metric, agent and scenario.
#![deny(clippy::indexing_slicing)]

use serde_json::{Map, Value, json};

use super::analysis::{Analysis, Comparison, Line, P};
use super::results::Results;
use super::statistics::{Direction, Interval, effect_label, stars};

/// A finite number as JSON; `null` where there is none.
fn number(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { Value::Null }
}

fn interval(of: Option<Interval>) -> [f64; 2] {
    of.map_or([f64::NAN; 2], |i| [i.low, i.high])
}

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => "higher is better",
        Direction::Lower => "lower is better",
        Direction::Neither => "neither",
    }
}

/// What stands in a cell.
enum Cell {
    Number(f64),
    Text(String),
}

fn text(of: &str) -> Cell {
    Cell::Text(of.to_owned())
}

/// The cells of one line and, where there is one, of its comparison, by name.
fn cells(results: &Results, line: &Line, against: Option<&Comparison>) -> Vec<(&'static str, Cell)> {
    use Cell::Number;
    let frame = results.frames.get(line.frame);
    let s = line.summary;
    let of = |f: fn(&super::statistics::Summary) -> f64| Number(s.as_ref().map_or(f64::NAN, f));
    let [t_low, t_high] = interval(line.t);
    let [b_low, b_high] = interval(s.map(|s| s.bootstrap));
    let mut out = vec![
        ("frame", Cell::Text(frame.map_or_else(String::new, |f| f.title()))),
        ("scenario", text(&line.scenario)),
        ("agent", text(&line.agent)),
        ("metric", text(&line.metric)),
        ("n", Number(line.moments.n as f64)),
        ("mean", Number(line.moments.mean)),
        ("std", s.map_or(Number(line.moments.std), |s| Number(s.std))),
        ("bootstrap_low", Number(b_low)),
        ("bootstrap_high", Number(b_high)),
        ("t_low", Number(t_low)),
        ("t_high", Number(t_high)),
        ("median", of(|s| s.median)),
        ("q1", of(|s| s.q1)),
        ("q3", of(|s| s.q3)),
        ("min", of(|s| s.min)),
        ("max", of(|s| s.max)),
    ];
    let none = P { alone: f64::NAN, holm: f64::NAN, bh: f64::NAN };
    let p = |kind: fn(&Comparison) -> P| against.map_or(none, kind);
    let c = |f: fn(&Comparison) -> f64| Number(against.map_or(f64::NAN, f));
    let w = |f: fn(&Comparison) -> &'static str| text(against.map_or("", f));
    let [d_low, d_high] = interval(against.and_then(Comparison::interval));
    let (unpaired, paired, ranks) = (p(|c| c.p), p(|c| c.paired_p), p(|c| c.wilcoxon_p));
    out.extend([
        ("baseline", text(against.map_or("", |c| c.baseline.as_str()))),
        ("difference", c(|c| c.difference)),
        ("difference_low", Number(d_low)),
        ("difference_high", Number(d_high)),
        ("cohens_d", c(|c| c.effect.unwrap_or(f64::NAN))),
        ("effect", w(|c| c.effect.map_or("", effect_label))),
        ("test", w(|c| c.test.words())),
        ("p", Number(unpaired.alone)),
        ("p_holm", Number(unpaired.holm)),
        ("p_bh", Number(unpaired.bh)),
        ("stars", text(stars(unpaired.alone))),
        ("p_welch", c(|c| c.welch.map_or(f64::NAN, |w| w.p))),
        ("p_mann_whitney", c(|c| c.mann_whitney.map_or(f64::NAN, |m| m.p))),
        ("shared_seeds", c(|c| c.paired.map_or(0.0, |t| t.n as f64))),
        ("p_paired_t", Number(paired.alone)),
        ("p_paired_t_holm", Number(paired.holm)),
        ("p_paired_t_bh", Number(paired.bh)),
        ("p_wilcoxon", Number(ranks.alone)),
        ("p_wilcoxon_holm", Number(ranks.holm)),
        ("p_wilcoxon_bh", Number(ranks.bh)),
        ("direction", w(|c| direction_word(c.direction))),
        ("verdict", w(|c| c.verdict.words())),
        ("verdict_by", w(|c| if c.verdict_is_paired { "paired t, Holm" } else { "unpaired test, Holm" })),
    ]);
    out
}

/// Each line with its comparison.
pub fn with_comparisons(analysis: &Analysis) -> impl Iterator<Item = (&Line, Option<&Comparison>)> {
    analysis.lines.iter().map(|line| {
        let same = |c: &&Comparison| {
            (c.frame, &c.scenario, &c.agent, &c.metric) == (line.frame, &line.scenario, &line.agent, &line.metric)
        };
        (line, analysis.comparisons.iter().find(same))
    })
}

/// A text as a CSV cell, quoted where it must be.
pub(crate) fn csv_text(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A number as a CSV cell; empty where there is none.
pub(crate) fn csv_number(value: f64) -> String {
    if value.is_finite() { crate::record::python_repr(value).trim_end_matches(".0").to_owned() } else { String::new() }
}

/// Everything as a CSV, with its header.
pub fn to_csv(results: &Results, analysis: &Analysis) -> String {
    let mut out = String::new();
    for (k, (line, against)) in with_comparisons(analysis).enumerate() {
        let cells = cells(results, line, against);
        if k == 0 {
            out.push_str(&cells.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(","));
            out.push('\n');
        }
        let row = cells.iter().map(|(_, cell)| match cell {
            Cell::Number(v) => csv_number(*v),
            Cell::Text(t) => csv_text(t),
        });
        out.push_str(&row.collect::<Vec<_>>().join(","));
        out.push('\n');
    }
    out
}

/// Everything as JSON.
pub fn to_json(results: &Results, analysis: &Analysis) -> Value {
    let rows: Vec<Value> = with_comparisons(analysis)
        .map(|(line, against)| {
            let object: Map<String, Value> = cells(results, line, against)
                .into_iter()
                .filter(|(name, _)| against.is_some() || !COMPARED.contains(name))
                .map(|(name, cell)| match cell {
                    Cell::Number(v) => (name.to_owned(), number(v)),
                    Cell::Text(t) => (name.to_owned(), json!(t)),
                })
                .collect();
            Value::Object(object)
        })
        .collect();
    let frames: Vec<Value> = results
        .frames
        .iter()
        .zip(&analysis.baselines)
        .map(|(f, baseline)| {
            let keys: Map<String, Value> = f.keys.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
            json!({"title": f.title(), "keys": keys, "scenarios": f.scenarios, "agents": f.agents, "baseline": baseline})
        })
        .collect();
    json!({
        "files": results.sources.iter().map(|s| s.path.display().to_string()).collect::<Vec<_>>(),
        "level": analysis.level,
        "tests": analysis.comparisons.iter().filter(|c| !c.p.alone.is_nan()).count(),
        "frames": frames,
        "rows": rows,
        "missing": analysis.missing,
        "notes": results.notes,
    })
}

/// Cells that only a comparison has.
const COMPARED: [&str; 23] = [
    "baseline",
    "difference",
    "difference_low",
    "difference_high",
    "cohens_d",
    "effect",
    "test",
    "p",
    "p_holm",
    "p_bh",
    "stars",
    "p_welch",
    "p_mann_whitney",
    "shared_seeds",
    "p_paired_t",
    "p_paired_t_holm",
    "p_paired_t_bh",
    "p_wilcoxon",
    "p_wilcoxon_holm",
    "p_wilcoxon_bh",
    "direction",
    "verdict",
    "verdict_by",
];
