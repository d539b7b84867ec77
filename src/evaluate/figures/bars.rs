//! Grouped bars: the metrics of the documentation, scenario by scenario (control 5.5).

use super::axis::{Plot, range};
use super::legend;
use super::sheet::{Anchor, Sheet};
use super::style::{LINE_STRONG, SMALL, TEXT2, metric_label, scenario_label};
use super::{Figure, View};
use crate::evaluate::tables::{csv_number, csv_text};

/// Metrics with a panel, and whether they are shares of 0 to 1.
const PANELS: [(&str, bool); 5] = [
    ("mean_reward", false),
    ("tracking_rmse", false),
    ("thermal_viol_rate", true),
    ("throughput_ratio", true),
    ("survival_rate", true),
];
/// What macro agents have in place of panels that nobody filled.
const MORE: [(&str, bool); 5] = [
    ("total_reg_revenue", false),
    ("mean_perf_score", true),
    ("bid_acceptance_rate", true),
    ("energy_kwh", false),
    ("co2_kg", false),
];

/// The grouped bars of a frame; `None` where it has none of the metrics.
pub(super) fn grouped(view: &View<'_>) -> Option<Figure> {
    let known = |(name, _): &(&str, bool)| {
        let metric = view.metric(name);
        metric.is_some_and(|m| view.frame.groups.iter().any(|g| g.moments(m).is_some()))
    };
    let panels: Vec<(&str, bool)> = PANELS.into_iter().chain(MORE).filter(known).take(5).collect();
    if panels.is_empty() {
        return None;
    }
    let frame = view.frame;
    let (columns, gap, tall) = (2.min(panels.len()), 74.0, 190.0);
    let bars = frame.scenarios.len() as f64 * (frame.agents.len() as f64 + 1.0);
    let wide = (bars * 15.0).clamp(330.0, 760.0);
    let rows = (panels.len() + 1).div_ceil(columns);
    let size = (gap + columns as f64 * (wide + gap), legend::TITLE_ROOM + rows as f64 * (tall + 72.0));
    let mut sheet = Sheet::new(size.0, size.1);
    legend::title(&mut sheet, "Metrics by scenario", &join(&view.subtitle(), "whiskers: one standard deviation"));
    let mut data = "metric,scenario,agent,n,mean,std\n".to_owned();
    let corner = |k: usize| {
        let (column, row) = ((k % columns) as f64, (k / columns) as f64);
        (gap + column * (wide + gap), legend::TITLE_ROOM + 30.0 + row * (tall + 72.0))
    };
    for (k, (name, share)) in panels.iter().enumerate() {
        let Some(metric) = view.metric(name) else { continue };
        let moments = frame.groups.iter().filter_map(|g| g.moments(metric));
        let spread = |std: f64| if std.is_finite() { std } else { 0.0 };
        let y = if *share {
            (0.0, 1.0)
        } else {
            range(moments.flat_map(|m| [m.mean - spread(m.std), m.mean + spread(m.std)]), true)
        };
        let (left, top) = corner(k);
        let plot = Plot { left, top, width: wide, height: tall, x: (0.0, bars), y };
        plot.ground(&mut sheet);
        plot.y_axis(&mut sheet, 4);
        plot.title(&mut sheet, metric_label(name));
        for (s, scenario) in frame.scenarios.iter().enumerate() {
            let start = s as f64 * (frame.agents.len() as f64 + 1.0) + 0.5;
            for (a, (agent, colour)) in view.agents().enumerate() {
                let Some(m) = frame.group(scenario, agent).and_then(|g| g.moments(metric)) else { continue };
                let (x, base) = (plot.at_x(start + a as f64), plot.at_y(0.0));
                let one = plot.width / bars;
                sheet.rect((x + one * 0.08, base), (one * 0.84, plot.at_y(m.mean) - base), colour);
                if m.std > 0.0 {
                    let (low, high) = ((m.mean - m.std).max(y.0), (m.mean + m.std).min(y.1));
                    let (middle, half) = (x + one / 2.0, one * 0.2);
                    let ends = [plot.at_y(low), plot.at_y(high)];
                    sheet.line(vec![(middle, ends[0]), (middle, ends[1])], TEXT2, 1.0);
                    for end in ends {
                        sheet.line(vec![(middle - half, end), (middle + half, end)], TEXT2, 1.0);
                    }
                }
                let cells = [csv_number(m.mean), csv_number(m.std)].join(",");
                data.push_str(&format!("{name},{},{},{},{cells}\n", csv_text(scenario), csv_text(agent), m.n));
            }
            let x = plot.at_x(start + frame.agents.len() as f64 / 2.0);
            sheet.text((x, top + tall + 12.0), scenario_label(scenario), SMALL, TEXT2, Anchor::Middle);
        }
        sheet.line(vec![plot.at(0.0, 0.0), plot.at(bars, 0.0)], LINE_STRONG, 1.0);
    }
    let (x, y) = corner(panels.len());
    legend::column(&mut sheet, (x, y + 6.0), view.agents().map(|(a, c)| (a.as_str(), c)));
    let caption = "Means over episodes, bars from zero; whiskers are one standard deviation.".to_owned();
    Some(Figure { name: view.name("metric_bars"), caption, sheet, data })
}

/// Two parts of a second line.
pub(super) fn join(first: &str, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { format!("{first} · {second}") }
}
