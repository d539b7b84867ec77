//! Violins: how the episodes of each agent are spread, with mean and median (control 5.6).

use super::axis::{Plot, range};
use super::bars::join;
use super::legend;
use super::sheet::{Anchor, Sheet};
use super::style::{LINE_STRONG, SMALL, SURFACE, TEXT, TEXT2, metric_label, scenario_label};
use super::{Colour, Figure, View};
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
    if width.is_nan() || width <= 0.0 {
        return None;
    }
    let sum: f64 = values.iter().map(|v| libm::exp(-0.5 * ((at - v) / width) * ((at - v) / width))).sum();
    Some(sum / (n * width * (std::f64::consts::TAU).sqrt()))
}

/// So many times the widest sample of a group may fit into the range of all before groups get scales of their own.
const DWARFED: f64 = 12.0;

/// Where violins stand: panels from left to right, places within each.
struct Layout<'a> {
    /// Panels are agents, each with a scale of its own, and places are scenarios; else the other way round.
    by_agent: bool,
    panels: Vec<&'a str>,
    places: Vec<&'a str>,
}

fn violin(view: &View<'_>, name: &str) -> Option<Figure> {
    let metric = view.metric(name)?;
    let frame = view.frame;
    let of = |scenario: &str, agent: &str| -> Vec<f64> {
        let group = frame.group(scenario, agent);
        let mut values: Vec<f64> =
            group.map_or_else(Vec::new, |g| g.values(metric).into_iter().map(|(_, v)| v).collect());
        values.sort_by(f64::total_cmp);
        values
    };
    let everything: Vec<f64> = frame.groups.iter().flat_map(|g| g.values(metric)).map(|(_, v)| v).collect();
    if everything.len() < 2 {
        return None;
    }
    let common = range(everything.iter().copied(), false);
    let spread = |g: &crate::evaluate::results::Group| match of(&g.scenario, &g.agent).as_slice() {
        [low, .., high] => high - low,
        _ => 0.0,
    };
    let widest = frame.groups.iter().map(spread).fold(0.0, f64::max);
    let by_agent = widest > 0.0 && (common.1 - common.0) > DWARFED * widest;
    let (agents, scenarios): (Vec<&str>, Vec<&str>) =
        (frame.agents.iter().map(String::as_str).collect(), frame.scenarios.iter().map(String::as_str).collect());
    let (panels, places) = if by_agent { (agents, scenarios) } else { (scenarios, agents) };
    let layout = Layout { by_agent, panels, places };
    let label = |text: &str| scenario_label(text).to_owned();
    let slot = layout.places.iter().map(|p| Sheet::width_of(&label(p), SMALL) + 14.0).fold(64.0, f64::max);
    let (wide, gap, tall) = (slot * layout.places.len() as f64, if by_agent { 74.0 } else { 22.0 }, 300.0);
    let names = legend::width(frame.agents.iter().map(String::as_str));
    let (left, top) = (82.0, legend::TITLE_ROOM + 32.0);
    let after = left + layout.panels.len() as f64 * (wide + gap);
    let mut sheet = Sheet::new((after + names + 20.0).max(700.0), top + tall + 40.0);
    let scale = if by_agent { " · every agent has its own scale" } else { "" };
    let words = format!("dots: episodes · line: mean · white: median · width: density, Scott's rule{scale}");
    legend::title(&mut sheet, &format!("{} by episode", metric_label(name)), &join(&view.subtitle(), &words));
    let colour_of = |agent: &str| view.agents().find(|(a, _)| *a == agent).map_or(LINE_STRONG, |(_, c)| c);
    for (s, panel) in layout.panels.iter().enumerate() {
        let who = |place: &str| {
            let (scenario, agent) = if layout.by_agent { (place, *panel) } else { (*panel, place) };
            (of(scenario, agent), colour_of(agent))
        };
        let (low, high) = if by_agent { range(layout.places.iter().flat_map(|p| who(p).0), false) } else { common };
        // Outlines reach a little beyond the values.
        let y = (low - 0.1 * (high - low), high + 0.1 * (high - low));
        let count = layout.places.len() as f64;
        let plot = Plot { left: left + s as f64 * (wide + gap), top, width: wide, height: tall, x: (0.0, count), y };
        plot.ground(&mut sheet);
        if s == 0 || by_agent {
            plot.y_axis(&mut sheet, 6);
        }
        plot.title(&mut sheet, &label(panel));
        let bottom = top + tall;
        sheet.line(vec![(plot.left, bottom), (plot.left + wide, bottom)], LINE_STRONG, 0.75);
        for (a, place) in layout.places.iter().enumerate() {
            let (values, colour) = who(place);
            one(&mut sheet, &plot, a as f64 + 0.5, &values, colour);
            sheet.text((plot.at_x(a as f64 + 0.5), bottom + 13.0), &label(place), SMALL, TEXT2, Anchor::Middle);
        }
    }
    let mut data = format!("scenario,agent,seed,{name}\n");
    for group in &frame.groups {
        for (seed, value) in group.values(metric) {
            let seed = seed.map_or_else(String::new, |s| s.to_string());
            let who = format!("{},{}", csv_text(&group.scenario), csv_text(&group.agent));
            data.push_str(&format!("{who},{seed},{}\n", csv_number(value)));
        }
    }
    let x = if by_agent { after - 50.0 } else { after };
    legend::column(&mut sheet, (x, top + 8.0), view.agents().map(|(a, c)| (a.as_str(), c)));
    let caption = format!(
        "{}: every dot is an episode, the line their mean, the white dot their median. With few episodes the outline is \
         little more than a guide for the eye.{}",
        metric_label(name),
        if by_agent { " Agents lie so far apart that each has a scale of its own." } else { "" }
    );
    Some(Figure { name: view.name(&format!("violin_{name}")), caption, sheet, data })
}

/// One violin of a sorted sample, its middle at `at` of the x axis.
fn one(sheet: &mut Sheet, plot: &Plot, at: f64, values: &[f64], colour: Colour) {
    let (Some(&low), Some(&high)) = (values.first(), values.last()) else { return };
    let middle = plot.at_x(at);
    let half = (plot.at_x(1.0) - plot.at_x(0.0)) * 0.4;
    let air = (high - low) * 0.15;
    let along = |k: usize| (low - air) + (high - low + 2.0 * air) * k as f64 / (STEPS - 1) as f64;
    let widths: Vec<(f64, f64)> = (0..STEPS).filter_map(|k| density(values, along(k)).map(|d| (along(k), d))).collect();
    let most = widths.iter().map(|(_, d)| *d).fold(0.0, f64::max);
    if most > 0.0 {
        let side = |sign: f64| -> Vec<(f64, f64)> {
            let edge = |(v, d): &(f64, f64)| (middle + sign * half * d / most, plot.at_y(v.clamp(plot.y.0, plot.y.1)));
            widths.iter().map(edge).collect()
        };
        let outline = side(-1.0).into_iter().chain(side(1.0).into_iter().rev()).collect();
        sheet.area(outline, colour, 0.45);
    }
    for value in values {
        sheet.dot((middle, plot.at_y(*value)), 2.2, TEXT2, 0.8);
    }
    let (m, median) = (plot.at_y(mean(values)), plot.at_y(percentile(values, 0.5)));
    sheet.line(vec![(middle - half * 0.7, m), (middle + half * 0.7, m)], TEXT, 1.6);
    sheet.dot((middle, median), 4.0, TEXT, 1.0);
    sheet.dot((middle, median), 2.8, SURFACE, 1.0);
}
