//! Pareto: reward against violations, with the agents that no other beats in both (control 5.6).

use super::axis::{Plot, range};
use super::bars::join;
use super::legend;
use super::sheet::{Anchor, Sheet};
use super::style::{LABEL, SMALL, TEXT, TEXT2, TEXT3, metric_label, scenario_label};
use super::{Figure, View};
use crate::evaluate::tables::{csv_number, csv_text};

/// What stands along x: hard violations, or thermal ones where a file has no others (control 5.6).
const ALONG: [&str; 3] = ["hard_violation_rate", "thermal_viol_rate", "energy_kwh"];
/// What stands along y.
const UP: [&str; 2] = ["mean_reward", "pue"];

struct Point<'a> {
    agent: &'a str,
    colour: super::Colour,
    x: (f64, f64),
    y: (f64, f64),
}

/// All scenarios together, and each alone.
pub(super) fn all(view: &View<'_>) -> Vec<Figure> {
    let mut out: Vec<Figure> = pareto(view, None).into_iter().collect();
    if view.frame.scenarios.len() > 1 {
        out.extend(view.frame.scenarios.iter().filter_map(|s| pareto(view, Some(s))));
    }
    out
}

/// Whether another point has no more of x and no less of y, and differs.
fn beaten(x: f64, y: f64, others: impl IntoIterator<Item = (f64, f64)>) -> bool {
    others.into_iter().any(|(a, b)| a <= x && b >= y && (a < x || b > y))
}

fn pareto(view: &View<'_>, scenario: Option<&str>) -> Option<Figure> {
    let along = ALONG.into_iter().find(|n| view.metric(n).is_some())?;
    let up = UP.into_iter().find(|n| view.metric(n).is_some())?;
    let (mx, my) = (view.metric(along)?, view.metric(up)?);
    let points: Vec<Point<'_>> = view
        .agents()
        .map(|(agent, colour)| Point {
            agent,
            colour,
            x: view.over_rows(agent, scenario, mx),
            y: view.over_rows(agent, scenario, my),
        })
        .filter(|p| p.x.0.is_finite() && p.y.0.is_finite())
        .collect();
    if points.len() < 2 {
        return None;
    }
    let reach = |(mean, std): (f64, f64)| if std.is_finite() { [mean - std, mean + std] } else { [mean, mean] };
    let names = legend::width(points.iter().map(|p| p.agent)) + 20.0;
    let mut sheet = Sheet::new(600.0 + names, 460.0);
    let title = scenario.map_or("all scenarios", scenario_label);
    let second = join(&view.subtitle(), "bars: one standard deviation over rows · dashed: not beaten in both");
    legend::title(&mut sheet, &format!("{} against violations, {title}", metric_label(up)), &second);
    let x_range = match range(points.iter().flat_map(|p| reach(p.x)), true) {
        // A share has no place below zero.
        (low, high) if low < 0.0 && points.iter().all(|p| p.x.0 >= 0.0) => (-0.03 * high, high),
        (low, high) => (low - 0.03 * (high - low), high),
    };
    let y_range = range(points.iter().flat_map(|p| reach(p.y)), false);
    let plot = Plot { left: 78.0, top: 74.0, width: 500.0, height: 320.0, x: x_range, y: y_range };
    plot.ground(&mut sheet);
    plot.y_axis(&mut sheet, 5);
    plot.x_axis(&mut sheet, 5);
    sheet.text((plot.left + plot.width / 2.0, 430.0), metric_label(along), LABEL, TEXT2, Anchor::Middle);
    sheet.upright((22.0, plot.top + plot.height / 2.0), metric_label(up), LABEL, TEXT2);
    let mut front: Vec<&Point<'_>> =
        points.iter().filter(|p| !beaten(p.x.0, p.y.0, points.iter().map(|o| (o.x.0, o.y.0)))).collect();
    front.sort_by(|a, b| a.x.0.total_cmp(&b.x.0).then(b.y.0.total_cmp(&a.y.0)));
    sheet.dashed(front.iter().map(|p| plot.at(p.x.0, p.y.0)).collect(), TEXT3, 1.25);
    let mut data = format!("agent,{along},{along}_std,{up},{up}_std,on_front\n");
    for p in &points {
        let (x, y) = plot.at(p.x.0, p.y.0);
        let [x0, x1] = reach(p.x).map(|v| plot.at_x(v.clamp(x_range.0, x_range.1)));
        let [y0, y1] = reach(p.y).map(|v| plot.at_y(v));
        sheet.line(vec![(x0, y), (x1, y)], p.colour, 1.25);
        sheet.line(vec![(x, y0), (x, y1)], p.colour, 1.25);
        let on = front.iter().any(|f| f.agent == p.agent);
        sheet.dot((x, y), 6.5, TEXT, 1.0);
        sheet.dot((x, y), 5.5, p.colour, 1.0);
        let cells = [p.x.0, p.x.1, p.y.0, p.y.1].map(csv_number).join(",");
        data.push_str(&format!("{},{cells},{}\n", csv_text(p.agent), u8::from(on)));
    }
    // Names beside the points, moved apart where they would touch.
    let mut places: Vec<(f64, f64, &str)> = Vec::new();
    let mut sorted: Vec<&Point<'_>> = points.iter().collect();
    sorted.sort_by(|a, b| b.y.0.total_cmp(&a.y.0));
    for p in sorted {
        let (x, y) = plot.at(p.x.0, p.y.0);
        let near = |(ox, oy, _): &&(f64, f64, &str)| (ox - x).abs() < 110.0 && y < oy + 15.0;
        let y = places.iter().filter(near).map(|(_, oy, _)| oy + 15.0).fold(y, f64::max);
        places.push((x, y, p.agent));
    }
    for (x, y, agent) in places {
        let fits = x + 14.0 + Sheet::width_of(agent, SMALL) < plot.left + plot.width;
        let (at, anchor) = if fits { (x + 12.0, Anchor::Left) } else { (x - 12.0, Anchor::Right) };
        sheet.text((at, y - 9.0), agent, SMALL, TEXT, anchor);
    }
    legend::column(&mut sheet, (600.0, 84.0), points.iter().map(|p| (p.agent, p.colour)));
    let none = points.iter().all(|p| p.x.0 == 0.0);
    let caption = format!(
        "Mean and one standard deviation over rows, {title}. No agent beats those on the dashed line in both.{}",
        if none { " No agent violates anything here, so only the reward tells them apart." } else { "" }
    );
    Some(Figure { name: view.name(&format!("pareto_{}", scenario.unwrap_or("all"))), caption, sheet, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_beaten_by_one_that_is_no_worse_in_both() {
        let points = [(0.0, 1.0), (0.1, 2.0), (0.2, 1.5)];
        let front: Vec<bool> = points.iter().map(|&(x, y)| !beaten(x, y, points)).collect();
        assert_eq!(front, [true, true, false]);
        assert!(!beaten(0.0, 1.0, [(0.0, 1.0)]), "nobody beats himself");
    }
}
