//! Tables of mean ± standard deviation for papers and READMEs.

use crate::evaluate::analysis::Analysis;
use crate::evaluate::figures::scenario_label;
use crate::evaluate::numbers::plus_minus;
use crate::evaluate::results::{Frame, Results};
use crate::evaluate::statistics::{Direction, direction};

/// A table of one frame: header, then scenario, agent, n and a cell for each metric.
struct Table {
    title: String,
    metrics: Vec<String>,
    rows: Vec<(String, String, usize, Vec<String>)>,
}

fn arrow(metric: &str) -> &'static str {
    match direction(metric) {
        Direction::Higher => "↑",
        Direction::Lower => "↓",
        Direction::Neither => "",
    }
}

fn table(results: &Results, analysis: &Analysis, frame: &Frame) -> Table {
    let place = |name: &String| results.metrics.iter().position(|m| m == name);
    let known = |k: usize| frame.groups.iter().any(|g| g.moments(k).is_some());
    let metrics: Vec<(String, usize)> =
        analysis.metrics.iter().filter_map(|m| place(m).filter(|&k| known(k)).map(|k| (m.clone(), k))).collect();
    let mut rows = Vec::new();
    for scenario in &frame.scenarios {
        for group in frame.agents.iter().filter_map(|agent| frame.group(scenario, agent)) {
            let cell = |(_, k): &(String, usize)| {
                group.moments(*k).map_or_else(|| "–".to_owned(), |m| plus_minus(m.mean, m.std))
            };
            let cells = metrics.iter().map(cell).collect();
            rows.push((scenario_label(scenario).to_owned(), group.agent.clone(), group.episodes(), cells));
        }
    }
    Table { title: frame.title(), metrics: metrics.into_iter().map(|(m, _)| m).collect(), rows }
}

/// Tables of mean ± standard deviation in Markdown, one a frame. Arrows say which way is better.
pub fn markdown(results: &Results, analysis: &Analysis) -> String {
    let safe = |text: &str| text.replace('|', "\\|");
    let mut out = String::new();
    for frame in &results.frames {
        let table = table(results, analysis, frame);
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("**{}**, mean ± standard deviation over n episodes\n\n", safe(&table.title)));
        let names: Vec<String> =
            table.metrics.iter().map(|m| format!("{} {}", safe(m), arrow(m)).trim().to_owned()).collect();
        out.push_str(&format!("| scenario | agent | n | {} |\n", names.join(" | ")));
        out.push_str(&format!("|---|---|---:|{}\n", "---:|".repeat(names.len())));
        for (scenario, agent, n, cells) in &table.rows {
            out.push_str(&format!("| {} | {} | {n} | {} |\n", safe(scenario), safe(agent), cells.join(" | ")));
        }
    }
    out
}

/// A text as LaTeX shows it.
fn tex(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '·' => out.push_str("$\\cdot$"),
            '−' => out.push_str("$-$"),
            '±' => out.push_str("$\\pm$"),
            '↑' => out.push_str("$\\uparrow$"),
            '↓' => out.push_str("$\\downarrow$"),
            '–' => out.push_str("--"),
            c => out.push(c),
        }
    }
    out
}

/// Tables of mean ± standard deviation in LaTeX (needs the package booktabs), one a frame.
pub fn latex(results: &Results, analysis: &Analysis) -> String {
    let mut out = "% needs \\usepackage{booktabs}\n".to_owned();
    for frame in &results.frames {
        let table = table(results, analysis, frame);
        out.push_str("\\begin{table}[t]\n  \\centering\n");
        out.push_str(&format!(
            "  \\caption{{{}: mean $\\pm$ standard deviation over $n$ episodes.}}\n",
            tex(&table.title)
        ));
        out.push_str(&format!("  \\begin{{tabular}}{{llr{}}}\n    \\toprule\n", "r".repeat(table.metrics.len())));
        let names: Vec<String> = table.metrics.iter().map(|m| tex(format!("{m} {}", arrow(m)).trim())).collect();
        out.push_str(&format!("    Scenario & Agent & $n$ & {} \\\\\n    \\midrule\n", names.join(" & ")));
        let mut last = None;
        for (scenario, agent, n, cells) in &table.rows {
            if last.is_some_and(|l| l != scenario) {
                out.push_str("    \\midrule\n");
            }
            last = Some(scenario);
            let cells: Vec<String> = cells.iter().map(|c| tex(c)).collect();
            out.push_str(&format!("    {} & {} & {n} & {} \\\\\n", tex(scenario), tex(agent), cells.join(" & ")));
        }
        out.push_str("    \\bottomrule\n  \\end{tabular}\n\\end{table}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_latex() {
        assert_eq!(tex("rule_based 5 % −1 ± 2 ↑"), "rule\\_based 5 \\% $-$1 $\\pm$ 2 $\\uparrow$");
    }
}
