//! Reward by agent and scenario as a heat map (control 5.5).

use super::legend;
use super::sheet::{Anchor, Sheet};
use super::style::{LABEL, SMALL, TEXT, TEXT3, ink_on, metric_label, red_yellow_green, scenario_label};
use super::{Figure, View};
use crate::evaluate::numbers::fixed;
use crate::evaluate::tables::{csv_number, csv_text};

/// The heat map of total reward (mean reward where a file has no total), one decimal as the reference prints it.
pub(super) fn reward(view: &View<'_>) -> Option<Figure> {
    let name = ["total_reward", "mean_reward"].into_iter().find(|n| view.metric(n).is_some())?;
    let metric = view.metric(name)?;
    let decimals = if name == "total_reward" { 1 } else { 3 };
    let frame = view.frame;
    let value =
        |scenario: &str, agent: &str| frame.group(scenario, agent).and_then(|g| g.moments(metric)).map(|m| m.mean);
    let all: Vec<f64> =
        frame.agents.iter().flat_map(|a| frame.scenarios.iter().filter_map(move |s| value(s, a))).collect();
    let (low, high) = all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    if !(low.is_finite() && high.is_finite()) {
        return None;
    }
    let names = frame.agents.iter().map(|a| Sheet::width_of(a, LABEL)).fold(0.0, f64::max);
    let (left, top, across, down) = (names + 36.0, legend::TITLE_ROOM + 26.0, 122.0, 38.0);
    let width = (left + across * frame.scenarios.len() as f64 + 110.0).max(430.0);
    let mut sheet = Sheet::new(width, top + down * frame.agents.len() as f64 + 26.0);
    legend::title(&mut sheet, &format!("{} by agent and scenario", metric_label(name)), &view.subtitle());
    let mut data = format!("agent,scenario,{name}\n");
    for (k, scenario) in frame.scenarios.iter().enumerate() {
        let x = left + across * (k as f64 + 0.5);
        sheet.text((x, top - 12.0), scenario_label(scenario), LABEL, TEXT, Anchor::Middle);
    }
    for (row, agent) in frame.agents.iter().enumerate() {
        let y = top + down * row as f64;
        sheet.text((left - 10.0, y + down / 2.0), agent, LABEL, TEXT, Anchor::Right);
        for (k, scenario) in frame.scenarios.iter().enumerate() {
            let x = left + across * k as f64;
            let Some(v) = value(scenario, agent) else {
                sheet.text((x + across / 2.0, y + down / 2.0), "not run", SMALL, TEXT3, Anchor::Middle);
                continue;
            };
            let place = if high > low { (v - low) / (high - low) } else { 0.5 };
            let ground = red_yellow_green(place);
            sheet.rect((x + 1.0, y + 1.0), (across - 2.0, down - 2.0), ground);
            let words = fixed(v, decimals);
            sheet.text((x + across / 2.0, y + down / 2.0), &words, LABEL, ink_on(ground), Anchor::Middle);
            data.push_str(&format!("{},{},{}\n", csv_text(agent), csv_text(scenario), csv_number(v)));
        }
    }
    let (x, tall) = (left + across * frame.scenarios.len() as f64 + 18.0, down * frame.agents.len() as f64);
    let steps = 48;
    for k in 0..steps {
        let part = tall / f64::from(steps);
        let colour = red_yellow_green(1.0 - (f64::from(k) + 0.5) / f64::from(steps));
        sheet.rect((x, top + part * f64::from(k)), (12.0, part), colour);
    }
    sheet.text((x + 17.0, top + 7.0), &fixed(high, decimals), SMALL, TEXT3, Anchor::Left);
    sheet.text((x + 17.0, top + tall - 7.0), &fixed(low, decimals), SMALL, TEXT3, Anchor::Left);
    let caption =
        format!("{}: mean over episodes. Green is the highest of this table, red the lowest.", metric_label(name));
    Some(Figure { name: view.name("reward_heatmap"), caption, sheet, data })
}
