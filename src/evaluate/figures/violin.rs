//! Violins: how the episodes of each agent are spread, with mean and median (control 5.6).

use super::axis::{Plot, range};
use super::bars::join;
use super::legend;
use super::sheet::{Anchor, Sheet};
use super::style::{LINE_STRONG, SMALL, SURFACE, TEXT, TEXT2, metric_label, scenario_label};
use super::{Figure, View};
use crate::evaluate::statistics::{mean, percentile, sample_std};
use crate::evaluate::tables::{csv_number, csv_text};

/// Points along a violin.
const STEPS: usize = 64;
/// Metrics with a violin: the reference's, and what a benchmark is about.
const METRICS: [&str; 4] = ["computational_overhead_ms", "mean_reward", "tracking_rmse", "energy_kwh"];

/// The violins of a frame; those of which single episodes are known.
pub(super) fn all(view: &View<'_>) -> Vec<Figure> {
    METRICS.into_iter().filter_map(|name| violin(view, name)).collect()
}

/// Gaussian density at `at`, with Scott's width; `None` without spread.
fn density(values: &[f64], at: f64) -> Option<f64> {
    let n = values.len() as f64;
    let width = sample_std(values) * libm::pow(n, -0.2);
    if !(width > 0.0) {
        return None;
    }
    let sum: f64 = values.iter().map(|v| libm::exp(-0.5 * ((at - v) / width) * ((at - v) / width))).sum();
    Some(sum / (n * width * (std::f64::consts::TAU).sqrt()))
}

fn violin(view: &View<'_>, name: &str) -> Option<Figure> {
    let metric = view.metric(name)?;
    let frame = view.frame;
    let of = |scenario: &str, agent: &str| -> Vec<f64> {
        let group = frame.group(scenario, agent);
        group.map_or_else(Vec::new, |g| g.values(metric).into_iter().map(|(_, v)| v).collect())
    };
    let everything = frame.groups.iter().flat_map(|g| g.values(metric)).map(|(_, v)| v);
    let y = range(everything.clone(), false);
    if everything.count() < 2 {
        return None;
    }
    let slot = 74.0;
    let agents = frame.agents.len() as f64;
    let (wide, gap, tall) = ((slot * agents).max(150.0), 22.0, 300.0);
    let names = legend::width(frame.agents.iter().map(String::as_str));
    let count = frame.scenarios.len() as f64;
    let (left, top) = (82.0, legend::TITLE_ROOM + 32.0);
    let mut sheet = Sheet::new(left + count * (wide + gap) + names + 20.0, top + tall + 40.0);
    let second = join(&view.subtitle(), "dots: episodes · line: mean · white: median · width: density, Scott's rule");
    legend::title(&mut sheet, &format!("{} by episode", metric_label(name)), &second);
    let mut data = format!("scenario,agent,seed,{name}\n");
    for (s, scenario) in frame.scenarios.iter().enumerate() {
        let plot = Plot { left: left + s as f64 * (wide + gap), top, width: wide, height: tall, x: (0.0, agents), y };
        plot.ground(&mut sheet);
        if s == 0 {
            plot.y_axis(&mut sheet, 6);
        }
        plot.title(&mut sheet, scenario_label(scenario));
        for (a, (agent, colour)) in view.agents().enumerate() {
            let mut values = of(scenario, agent);
            values.sort_by(f64::total_cmp);
            let (Some(&low), Some(&high)) = (values.first(), values.last()) else { continue };
            let middle = plot.at_x(a as f64 + 0.5);
            let half = plot.width / agents * 0.4;
            let air = (high - low) * 0.15;
            let along = |k: usize| (low - air) + (high - low + 2.0 * air) * k as f64 / (STEPS - 1) as f64;
            let widths: Vec<(f64, f64)> =
                (0..STEPS).filter_map(|k| density(&values, along(k)).map(|d| (along(k), d))).collect();
            let most = widths.iter().map(|(_, d)| *d).fold(0.0, f64::max);
            if most > 0.0 {
                let side = |sign: f64| {
                    widths
                        .iter()
                        .map(move |(v, d)| (middle + sign * half * d / most, *v))
                        .map(|(x, v)| (x, plot.at_y(v.clamp(y.0, y.1))))
                };
                let mut outline: Vec<(f64, f64)> = side(-1.0).collect();
                outline.extend(side(1.0).collect::<Vec<_>>().into_iter().rev());
                sheet.area(outline, colour, 0.45);
            }
            for value in &values {
                sheet.dot((middle, plot.at_y(*value)), 2.2, TEXT2, 0.8);
            }
            let (m, median) = (plot.at_y(mean(&values)), plot.at_y(percentile(&values, 0.5)));
            sheet.line(vec![(middle - half * 0.7, m), (middle + half * 0.7, m)], TEXT, 1.6);
            sheet.dot((middle, median), 4.0, TEXT, 1.0);
            sheet.dot((middle, median), 2.8, SURFACE, 1.0);
        }
        let bottom = top + tall;
        sheet.line(vec![(plot.left, bottom), (plot.left + wide, bottom)], LINE_STRONG, 0.75);
        for (a, agent) in frame.agents.iter().enumerate() {
            if Sheet::width_of(agent, SMALL) < slot {
                sheet.text((plot.at_x(a as f64 + 0.5), bottom + 13.0), agent, SMALL, TEXT2, Anchor::Middle);
            }
        }
    }
    for group in &frame.groups {
        for (seed, value) in group.values(metric) {
            let seed = seed.map_or_else(String::new, |s| s.to_string());
            let who = format!("{},{}", csv_text(&group.scenario), csv_text(&group.agent));
            data.push_str(&format!("{who},{seed},{}\n", csv_number(value)));
        }
    }
    let x = left + count * (wide + gap);
    legend::column(&mut sheet, (x, top + 8.0), view.agents().map(|(a, c)| (a.as_str(), c)));
    let caption = format!(
        "{}: every dot is an episode, the line their mean, the white dot their median. With few episodes the outline is \
         little more than a guide for the eye.",
        metric_label(name)
    );
    Some(Figure { name: view.name(&format!("violin_{name}")), caption, sheet, data })
}
