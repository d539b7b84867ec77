//! The page: figures inline, tables, how the numbers came about and what they do not mean. It loads nothing.

use std::fmt::Write;

use super::{CONFLICTS, LIMITS, methods};
use crate::config::Result;
use crate::evaluate::analysis::{Analysis, Comparison, Line};
use crate::evaluate::figures::{Figure, scenario_label};
use crate::evaluate::numbers::{p_value, percent, plus_minus, short};
use crate::evaluate::results::{Frame, Results, Shape};
use crate::evaluate::statistics::{Interval, Verdict, effect_label, stars};
use crate::evaluate::tables::with_comparisons;

/// Colours are those of the window's light theme; everything stands in the page itself.
pub(super) const STYLE: &str = "\
:root{color-scheme:light}\
body{font:15px/1.5 Ubuntu,Inter,Helvetica,Arial,sans-serif;color:#12181e;background:#fff;margin:0 auto;max-width:1180px;padding:28px 24px 60px}\
h1{font-size:26px;font-weight:500;margin:0 0 4px}h2{font-size:20px;font-weight:500;margin:40px 0 8px;border-bottom:1px solid #d3dae0;padding-bottom:4px}\
h3{font-size:16px;font-weight:500;margin:26px 0 6px}p,li{max-width:80ch;color:#3d4955}.small{color:#5a6671;font-size:13px}\
.wide{overflow-x:auto}table{border-collapse:collapse;margin:8px 0 4px;font-size:13.5px}\
th,td{padding:4px 10px;border-bottom:1px solid #d3dae0;text-align:left;white-space:nowrap}th{font-weight:500;color:#3d4955;background:#f1f4f6}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.prose td{white-space:normal;vertical-align:top}\
details{margin:6px 0}summary{cursor:pointer;color:#3d4955}pre{font:12px/1.45 'JetBrains Mono',Hack,monospace;background:#f1f4f6;padding:10px 14px;overflow-x:auto}\
figure{margin:22px 0;overflow-x:auto}figure svg{max-width:100%;height:auto}figcaption{color:#5a6671;font-size:13px;max-width:90ch}\
nav a{margin-right:16px}a{color:#1f5fbf}code{font-family:'JetBrains Mono',Hack,monospace;font-size:13px}\
@media print{body{padding:0}h2{break-after:avoid}figure{break-inside:avoid}}";

/// A text as HTML shows it.
pub(super) fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page about results and figures; either may be missing.
///
/// # Errors
/// When a figure cannot be lettered.
pub fn html(input: Option<(&Results, &Analysis)>, figures: &[Figure]) -> Result<String> {
    let mut page = String::new();
    let title = "Benchmark report";
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p class=\"small\">C2G Twin {}</p>\n",
        env!("CARGO_PKG_VERSION")
    );
    page.push_str(
        "<nav><a href=\"#results\">Results</a><a href=\"#figures\">Figures</a><a href=\"#made\">How the numbers came \
         about</a><a href=\"#not\">What they do not mean</a><a href=\"#conflicts\">Documentation and program</a></nav>\n",
    );
    if let Some((results, analysis)) = input {
        configuration(&mut page, results);
        page.push_str("<h2 id=\"results\">Results</h2>\n");
        findings(&mut page, results, analysis);
        for (at, frame) in results.frames.iter().enumerate() {
            means(&mut page, results, analysis, frame);
            detail(&mut page, analysis, at, frame);
        }
    }
    page.push_str("<h2 id=\"figures\">Figures</h2>\n");
    if figures.is_empty() {
        page.push_str("<p>These files allow none.</p>\n");
    }
    for figure in figures {
        let svg = figure.svg()?;
        let label = format!("<svg role=\"img\" aria-label=\"{}\" ", safe(&figure.caption));
        let svg = svg.replacen("<svg ", &label, 1);
        let _ = write!(
            page,
            "<figure id=\"{0}\">\n{svg}<figcaption>{1}</figcaption>\n</figure>\n",
            safe(&figure.name),
            safe(&figure.caption)
        );
    }
    if let Some((results, analysis)) = input {
        page.push_str("<h2 id=\"made\">How the numbers came about</h2>\n");
        list(&mut page, methods(results, analysis));
        if !analysis.missing.is_empty() {
            page.push_str("<h3>Could not be computed</h3>\n");
            list(&mut page, analysis.missing.iter().cloned());
        }
        if !results.notes.is_empty() {
            page.push_str("<h3>Remarks about the files</h3>\n");
            list(&mut page, results.notes.iter().cloned());
        }
    } else {
        page.push_str("<h2 id=\"made\">How the numbers came about</h2>\n");
        let made = "Mean over the episodes of a folder at every step; the band is the 99 % interval of the mean by \
                    Student's t. Rewards are cumulated.";
        list(&mut page, [made.to_owned()]);
    }
    page.push_str("<h2 id=\"not\">What they do not mean</h2>\n");
    list(&mut page, LIMITS.map(str::to_owned));
    conflicts(&mut page);
    page.push_str("</body>\n</html>\n");
    Ok(page)
}

pub(super) fn list(page: &mut String, lines: impl IntoIterator<Item = String>) {
    page.push_str("<ul>\n");
    for line in lines {
        let _ = writeln!(page, "<li>{}</li>", safe(&line));
    }
    page.push_str("</ul>\n");
}

/// A table; columns from `numbers_from` on stand to the right.
pub(super) fn table(page: &mut String, header: &[&str], numbers_from: usize, rows: &[Vec<String>]) {
    let class = |k: usize| if k >= numbers_from { " class=\"n\"" } else { "" };
    page.push_str("<div class=\"wide\"><table><thead><tr>");
    for (k, name) in header.iter().enumerate() {
        let _ = write!(page, "<th{}>{}</th>", class(k), safe(name));
    }
    page.push_str("</tr></thead><tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for (k, cell) in row.iter().enumerate() {
            let _ = write!(page, "<td{}>{}</td>", class(k), safe(cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}

/// Files and what the rows were made with.
fn configuration(page: &mut String, results: &Results) {
    page.push_str("<h2 id=\"configuration\">Configuration</h2>\n");
    let files: Vec<Vec<String>> = results
        .sources
        .iter()
        .map(|s| {
            let shape = if s.shape == Shape::Episodes { "a row per episode" } else { "means and deviations" };
            vec![s.path.display().to_string(), shape.to_owned(), s.rows.to_string()]
        })
        .collect();
    table(page, &["file", "holds", "rows"], 2, &files);
    let mut rows = Vec::new();
    for group in results.frames.iter().flat_map(|f| f.groups.iter().map(move |g| (f, g))) {
        let (frame, group) = group;
        let seeds = group.seeds();
        let seeds = match (seeds.iter().min(), seeds.iter().max()) {
            (Some(low), Some(high)) if low == high => low.to_string(),
            (Some(low), Some(high)) => format!("{low} to {high}"),
            _ => "–".to_owned(),
        };
        let hashes: Vec<&str> = group.hashes.iter().map(String::as_str).collect();
        rows.push(vec![
            frame.title(),
            scenario_label(&group.scenario).to_owned(),
            group.agent.clone(),
            if hashes.is_empty() { "–".to_owned() } else { hashes.join(", ") },
            seeds,
            group.episodes().to_string(),
        ]);
    }
    table(page, &["made with", "scenario", "agent", "configuration hash", "seeds", "episodes"], 4, &rows);
    page.push_str(
        "<p class=\"small\">Rows with the same hash were made with the same configuration. The command that made a table \
         makes it again: seeds and configuration determine every number but <code>wall_time_s</code>.</p>\n",
    );
    effective(page, results);
}

/// The whole effective configuration behind each hash, folded away; where it is not known, that is said.
fn effective(page: &mut String, results: &Results) {
    page.push_str("<h3>Effective configurations</h3>\n");
    let mut hashes: Vec<(&str, Vec<String>)> = Vec::new();
    for group in results.frames.iter().flat_map(|f| &f.groups) {
        let who = format!("{} on {}", group.agent, scenario_label(&group.scenario));
        for hash in &group.hashes {
            match hashes.iter_mut().find(|(known, _)| known == hash) {
                Some((_, all)) if all.contains(&who) => {}
                Some((_, all)) => all.push(who.clone()),
                None => hashes.push((hash, vec![who.clone()])),
            }
        }
    }
    let mut unknown = Vec::new();
    for (hash, who) in hashes {
        let Some(text) = results.configurations.get(hash) else {
            unknown.push(hash);
            continue;
        };
        let _ = write!(
            page,
            "<details><summary><code>{}</code> {}</summary>\n<pre>{}</pre></details>\n",
            safe(hash),
            safe(&who.join(", ")),
            safe(text)
        );
    }
    let untold = results.frames.iter().flat_map(|f| &f.groups).any(|g| g.hashes.is_empty());
    let mut lacking: Vec<String> = Vec::new();
    if !unknown.is_empty() {
        lacking.push(format!(
            "The configurations behind {} are not known: no file <stem>_configurations.yaml beside the tables holds them.",
            unknown.join(", ")
        ));
    }
    if untold {
        lacking.push("Rows without a hash do not tell what they were made with.".to_owned());
    }
    if !lacking.is_empty() {
        list(page, lacking);
    }
}

/// What the comparisons say, in sentences.
fn findings(page: &mut String, results: &Results, analysis: &Analysis) {
    let mut lines = Vec::new();
    for (at, frame) in results.frames.iter().enumerate() {
        let Some(baseline) = analysis.baselines.get(at).and_then(Option::as_deref) else { continue };
        for agent in frame.agents.iter().filter(|a| *a != baseline) {
            let own: Vec<&Comparison> =
                analysis.comparisons.iter().filter(|c| c.frame == at && &c.agent == agent).collect();
            let count = |v: Verdict| own.iter().filter(|c| c.verdict == v).count();
            let main: Vec<String> = own
                .iter()
                .filter(|c| Some(&c.metric) == analysis.metrics.first())
                .map(|c| format!("{}: {} ({})", scenario_label(&c.scenario), c.verdict.words(), signed(c.difference)))
                .collect();
            let metric = analysis.metrics.first().map_or("", String::as_str);
            lines.push(format!(
                "{} against {baseline} ({}): better in {}, worse in {}, same within noise in {} of {} comparisons. {metric} — {}.",
                agent,
                frame.title(),
                count(Verdict::Better),
                count(Verdict::Worse),
                count(Verdict::Same),
                own.len(),
                main.join("; ")
            ));
        }
    }
    if lines.is_empty() {
        lines.push("Nothing was compared: there is one agent, or the baseline is missing.".to_owned());
    }
    list(page, lines);
}

fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", short(value)) } else { short(value) }
}

/// Mean ± deviation of every metric.
fn means(page: &mut String, results: &Results, analysis: &Analysis, frame: &Frame) {
    let _ = writeln!(page, "<h3>{}: mean ± standard deviation</h3>", safe(&frame.title()));
    let places: Vec<(usize, &String)> = analysis
        .metrics
        .iter()
        .filter_map(|m| results.metrics.iter().position(|n| n == m).map(|k| (k, m)))
        .filter(|(k, _)| frame.groups.iter().any(|g| g.moments(*k).is_some()))
        .collect();
    let mut header = vec!["scenario", "agent", "n"];
    header.extend(places.iter().map(|(_, m)| m.as_str()));
    let mut rows = Vec::new();
    for scenario in &frame.scenarios {
        for group in frame.agents.iter().filter_map(|agent| frame.group(scenario, agent)) {
            let mut row = vec![scenario_label(scenario).to_owned(), group.agent.clone(), group.episodes().to_string()];
            row.extend(
                places.iter().map(|(k, _)| group.moments(*k).map_or("–".to_owned(), |m| plus_minus(m.mean, m.std))),
            );
            rows.push(row);
        }
    }
    table(page, &header, 2, &rows);
}

fn between(interval: Option<Interval>) -> String {
    interval.map_or_else(|| "–".to_owned(), |i| format!("{} to {}", short(i.low), short(i.high)))
}

/// Every metric with its intervals and tests, folded away.
fn detail(page: &mut String, analysis: &Analysis, at: usize, frame: &Frame) {
    let level = percent(analysis.level);
    for metric in &analysis.metrics {
        let own = |(l, _): &(&Line, Option<&Comparison>)| l.frame == at && &l.metric == metric;
        let pairs: Vec<(&Line, Option<&Comparison>)> = with_comparisons(analysis).filter(own).collect();
        if pairs.is_empty() {
            continue;
        }
        let _ = writeln!(
            page,
            "<details><summary>{} · {}: intervals and tests</summary>",
            safe(metric),
            safe(&frame.title())
        );
        let rows: Vec<Vec<String>> = pairs
            .iter()
            .map(|(l, _)| {
                let s = l.summary;
                let of = |f: fn(&crate::evaluate::statistics::Summary) -> f64| {
                    s.as_ref().map_or_else(|| "–".to_owned(), |s| short(f(s)))
                };
                vec![
                    scenario_label(&l.scenario).to_owned(),
                    l.agent.clone(),
                    l.moments.n.to_string(),
                    short(l.moments.mean),
                    short(s.map_or(l.moments.std, |s| s.std)),
                    between(s.map(|s| s.bootstrap)),
                    between(l.t),
                    of(|s| s.median),
                    s.map_or_else(|| "–".to_owned(), |s| between(Some(Interval { low: s.q1, high: s.q3 }))),
                    of(|s| s.min),
                    of(|s| s.max),
                ]
            })
            .collect();
        let (bootstrap, t) = (format!("bootstrap {level}"), format!("Student's t {level}"));
        let header = [
            "scenario",
            "agent",
            "n",
            "mean",
            "std",
            bootstrap.as_str(),
            t.as_str(),
            "median",
            "quartiles",
            "min",
            "max",
        ];
        table(page, &header, 2, &rows);
        let rows: Vec<Vec<String>> = pairs.iter().filter_map(|(_, c)| c.map(tested)).collect();
        if !rows.is_empty() {
            let header = [
                "scenario",
                "agent",
                "against",
                "verdict",
                "difference",
                level.as_str(),
                "d",
                "effect",
                "test",
                "p",
                "Holm",
                "BH",
                "pairs",
                "paired t",
                "Holm",
                "BH",
                "Wilcoxon",
                "Holm",
                "BH",
            ];
            table(page, &header, 4, &rows);
        }
        page.push_str("</details>\n");
    }
}

fn tested(c: &Comparison) -> Vec<String> {
    let p = |p: f64| format!("{}{}", p_value(p), stars(p));
    let three = |of: crate::evaluate::analysis::P| [p(of.alone), p(of.holm), p(of.bh)];
    let mut row = vec![
        scenario_label(&c.scenario).to_owned(),
        c.agent.clone(),
        c.baseline.clone(),
        c.verdict.words().to_owned(),
        signed(c.difference),
        between(c.interval()),
        short(c.effect.unwrap_or(f64::NAN)),
        c.effect.map_or("", effect_label).to_owned(),
        c.test.words().to_owned(),
    ];
    row.extend(three(c.p));
    row.push(c.paired.map_or(0, |t| t.n).to_string());
    row.extend(three(c.paired_p));
    row.extend(three(c.wilcoxon_p));
    row
}

/// Where the documentation and the program differ, in words.
fn conflicts(page: &mut String) {
    page.push_str(
        "<h2 id=\"conflicts\">Documentation and program</h2>\n<p>The benchmark's documentation and its reference program \
         do not always agree. Published tables follow the program.</p>\n<div class=\"wide prose\"><table><thead><tr>\
         <th>about</th><th>documentation</th><th>program</th><th>here</th></tr></thead><tbody>\n",
    );
    for (about, says, does, here) in CONFLICTS {
        let cells: Vec<String> =
            [about, says, does, here].iter().map(|c| format!("<td>{}</td>", code(&safe(c)))).collect();
        let _ = writeln!(page, "<tr>{}</tr>", cells.join(""));
    }
    page.push_str("</tbody></table></div>\n");
}

/// Words between backticks as code.
fn code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(k, part)| if k % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}
