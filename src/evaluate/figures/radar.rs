//! Radar: several metrics at once, each stretched from the worst agent to the best (control 5.5, 5.6).

use super::bars::join;
use super::legend;
use super::sheet::{Anchor, Sheet};
use super::style::{LINE, SMALL, TEXT2, metric_label, scenario_label};
use super::{Figure, View};
use crate::evaluate::statistics::{Direction, direction};
use crate::evaluate::tables::{csv_number, csv_text};

/// Spokes of a scenario's radar (control 5.5).
const PER_SCENARIO: [&str; 5] =
    ["mean_reward", "tracking_rmse", "thermal_viol_rate", "throughput_ratio", "survival_rate"];
/// Spokes of the radar over all rows (control 5.6).
const OVER_ALL: [&str; 11] = [
    "mean_reward",
    "total_reward",
    "tracking_rmse",
    "thermal_viol_rate",
    "hard_violation_rate",
    "throughput_ratio",
    "survival_rate",
    "shield_intervention_rate",
    "constraint_margin",
    "worst_case_margin",
    "computational_overhead_ms",
];
/// With fewer spokes there is no figure.
const FEWEST: usize = 3;

/// A radar of each scenario, and one over all rows where the file has metrics of high assurance.
pub(super) fn all(view: &View<'_>) -> Vec<Figure> {
    if view.frame.agents.len() < 2 {
        return Vec::new();
    }
    let mut out: Vec<Figure> =
        view.frame.scenarios.iter().filter_map(|s| radar(view, &PER_SCENARIO, Some(s))).collect();
    if view.metric("hard_violation_rate").is_some() {
        out.extend(radar(view, &OVER_ALL, None));
    }
    out
}

/// Places from 0 (worst agent) to 1 (best); all the same is one half, unknown is NaN.
fn stretched(values: &[f64], lower_is_better: bool) -> Vec<f64> {
    let finite = values.iter().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    let place = |v: &f64| match () {
        () if !v.is_finite() => f64::NAN,
        () if high <= low => 0.5,
        () if lower_is_better => (high - v) / (high - low),
        () => (v - low) / (high - low),
    };
    values.iter().map(place).collect()
}

fn radar(view: &View<'_>, spokes: &[&'static str], scenario: Option<&str>) -> Option<Figure> {
    let agents: Vec<&String> = view.frame.agents.iter().collect();
    let mut spoken: Vec<(&str, Vec<f64>, Vec<f64>)> = Vec::new();
    for &name in spokes {
        let Some(metric) = view.metric(name) else { continue };
        let values: Vec<f64> = agents.iter().map(|a| view.over_rows(a, scenario, metric).0).collect();
        if values.iter().any(|v| v.is_finite()) {
            let places = stretched(&values, direction(name) == Direction::Lower);
            spoken.push((name, values, places));
        }
    }
    if spoken.len() < FEWEST {
        return None;
    }
    let n = spoken.len() as f64;
    let names = legend::width(agents.iter().map(|a| a.as_str()));
    let reach = 150.0;
    let mut sheet = Sheet::new((620.0 + names).max(640.0), legend::TITLE_ROOM + 2.0 * reach + 80.0);
    let title = scenario.map_or_else(|| "All scenarios".to_owned(), |s| scenario_label(s).to_owned());
    let second = join(&view.subtitle(), "rim: best agent, centre: worst, half way where all are equal");
    legend::title(&mut sheet, &title, &second);
    let centre = (310.0, legend::TITLE_ROOM + reach + 36.0);
    let point = |k: f64, share: f64| {
        let angle = std::f64::consts::TAU * k / n;
        (centre.0 + reach * share * libm::sin(angle), centre.1 - reach * share * libm::cos(angle))
    };
    for ring in [0.25, 0.5, 0.75, 1.0] {
        sheet.line((0..=spoken.len()).map(|k| point(k as f64, ring)).collect(), LINE, 0.75);
    }
    let mut data = "metric,agent,mean,place\n".to_owned();
    for (k, (name, values, places)) in spoken.iter().enumerate() {
        sheet.line(vec![centre, point(k as f64, 1.0)], LINE, 0.75);
        let at = point(k as f64, 1.09);
        let side = at.0 - centre.0;
        let anchor = match side {
            s if s > 12.0 => Anchor::Left,
            s if s < -12.0 => Anchor::Right,
            _ => Anchor::Middle,
        };
        let way = if direction(name) == Direction::Lower { " (less is better)" } else { "" };
        sheet.text(at, metric_label(name), SMALL, TEXT2, anchor);
        if !way.is_empty() {
            sheet.text((at.0, at.1 + 14.0), way.trim(), SMALL, TEXT2, anchor);
        }
        for ((agent, value), place) in agents.iter().zip(values).zip(places) {
            data.push_str(&format!("{name},{},{},{}\n", csv_text(agent), csv_number(*value), csv_number(*place)));
        }
    }
    for (k, (_, colour)) in view.agents().enumerate() {
        let place = |s: usize| spoken.get(s).and_then(|(_, _, p)| p.get(k)).copied().filter(|p| p.is_finite());
        let corners: Vec<(f64, f64)> = (0..spoken.len()).filter_map(|s| place(s).map(|p| point(s as f64, p))).collect();
        let Some(&first) = corners.first() else { continue };
        sheet.area(corners.clone(), colour, 0.14);
        let ring: Vec<(f64, f64)> = corners.iter().copied().chain([first]).collect();
        sheet.line(ring, colour, 2.0);
        for corner in corners {
            sheet.dot(corner, 3.0, colour, 1.0);
        }
    }
    legend::column(&mut sheet, (600.0, legend::TITLE_ROOM + 20.0), view.agents().map(|(a, c)| (a.as_str(), c)));
    let caption = format!(
        "{title}: each metric from the worst agent (centre) to the best (rim), half way where all are equal. The places \
         hang on which agents take part; they say nothing of how far apart the agents are."
    );
    Some(Figure { name: view.name(&format!("radar_{}", scenario.unwrap_or("all"))), caption, sheet, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_agent_is_at_the_rim() {
        assert_eq!(stretched(&[1.0, 3.0, 2.0], false), [0.0, 1.0, 0.5]);
        assert_eq!(stretched(&[1.0, 3.0, 2.0], true), [1.0, 0.0, 0.5]);
        assert_eq!(stretched(&[2.0, 2.0], true), [0.5, 0.5]);
        assert!(stretched(&[1.0, f64::NAN, 2.0], false).get(1).is_some_and(|p| p.is_nan()));
    }
}
