//! What was done, as exhibits.

use std::collections::BTreeMap;

use super::{exhibit, with_unit};
use crate::evaluate::exhibit::{Axis, Bar, Cells, Exhibit, Layer, Plot, Scale, Table, Tint};
use crate::evaluate::explain::{Explained, Frame, LeverTold};
use crate::evaluate::numbers::{fixed, percent, short};

/// Columns of a timeline, at most.
const MOST_COLUMNS: usize = 672;

/// Series of a class: the colour that it has in every exhibit.
pub(super) fn tint(class: usize) -> Tint {
    Tint::Series(class)
}

/// Shares of each class.
pub(super) fn distribution(told: &Explained) -> Option<Exhibit> {
    let mut table = Table::new(["lever", "action", "count", "share_pct"]);
    let mut plots = Vec::new();
    for lever in &told.levers {
        let mut bars = Vec::new();
        for (k, share) in lever.shares.iter().enumerate() {
            let words = format!("{} %", fixed(100.0 * share.share, 1));
            let bar = Bar::new(k as f64, 0.68, 100.0 * share.share).words(words);
            bars.push(Bar { tint: Some(tint(k)), ..bar });
            table.row([
                lever.name.as_str().into(),
                share.class.as_str().into(),
                (share.count as f64).into(),
                (100.0 * share.share).into(),
            ]);
        }
        let names = lever.shares.iter().map(|s| format!("{} ({})", s.class, s.count));
        let x = Axis::names("action (decisions)", names);
        let y = Axis::new("share, %").from_to(0.0, 118.0);
        plots.push(Plot::new(
            &lever.label,
            x,
            y,
            vec![Layer::Bars { name: String::new(), bars, tint: tint(0), lying: false }],
        ));
    }
    let thirds = if told.levers.iter().any(|l| !l.is_switch) {
        " Low, Mid and High are the thirds of a lever's range."
    } else {
        ""
    };
    exhibit(
        "action_distribution",
        "How often each action was taken",
        format!("Share of decisions.{thirds}"),
        plots,
        3,
        table,
    )
}

/// What stands in a column of the timeline: the class that was most often, or the mean.
fn gathered(lever: &crate::evaluate::explain::Lever, rows: std::ops::Range<usize>) -> f64 {
    if lever.is_switch {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for class in rows.filter_map(|r| lever.class.get(r).copied().flatten()) {
            *counts.entry(class).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or(0);
        return counts.into_iter().find(|(_, n)| *n == most).map_or(f64::NAN, |(c, _)| c as f64);
    }
    let values: Vec<f64> = rows.filter_map(|r| lever.values.get(r).copied()).filter(|v| v.is_finite()).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// Every lever along time: a band of its positions, or a line of its value.
pub(super) fn timeline(frame: &Frame, told: &Explained) -> Option<Exhibit> {
    let rows = frame.rows();
    if rows == 0 {
        return None;
    }
    let each = rows.div_ceil(MOST_COLUMNS).max(1);
    let columns = rows.div_ceil(each);
    // Days since the begin, episodes one after another.
    let tick_days = f64::from(frame.spec.calendar.tick_s) / 86_400.0 * frame.every as f64;
    let unit = if rows as f64 * tick_days > 2.0 { ("days", 1.0) } else { ("hours", 24.0) };
    let at = |column: usize| ((column * each).min(rows)) as f64 * tick_days * unit.1;
    let mut plots = Vec::new();
    let mut table = Table::new(["row", "time", "episode"]);
    let mut values: Vec<Vec<f64>> = Vec::new();
    for lever in &frame.levers {
        let own: Vec<f64> = (0..columns).map(|c| gathered(lever, c * each..((c + 1) * each).min(rows))).collect();
        let x = Axis::new(format!("{} since the begin", unit.0)).from_to(0.0, at(columns));
        let mut layers = Vec::new();
        let y = if lever.is_switch {
            let named = lever.classes.iter().enumerate().map(|(k, c)| (c.clone(), tint(k))).collect();
            let cells = Cells {
                columns: (0..=columns).map(at).collect(),
                rows: vec![-0.5, 0.5],
                values: own.clone(),
                scale: Scale::Named(named),
                label: String::new(),
                numbers: None,
            };
            layers.push(Layer::Cells(cells));
            Axis::names("", [""])
        } else {
            let points = own.iter().enumerate().map(|(c, v)| ((at(c) + at(c + 1)) / 2.0, *v)).collect();
            layers.push(Layer::line("", points, 0));
            Axis::new("value").from_to(lever.bounds.0, lever.bounds.1)
        };
        for end in episode_ends(frame) {
            layers.push(Layer::upright(end as f64 * tick_days * unit.1, ""));
        }
        plots.push(Plot::new(&lever.label, x, y, layers));
        table.columns.push(lever.name.clone());
        values.push(own);
    }
    for column in 0..columns {
        let Some(stamp) = frame.stamps.get(column * each) else { continue };
        let mut cells =
            vec![((column * each) as f64).into(), stamp.time.to_string().into(), ((stamp.episode + 1) as f64).into()];
        cells.extend(values.iter().map(|v| v.get(column).copied().unwrap_or(f64::NAN).into()));
        table.row(cells);
    }
    let gathers = if each > 1 {
        format!(" A column stands for {each} rows: what was most often, or the mean.")
    } else {
        String::new()
    };
    let several = if told.episodes.len() > 1 { " Dashed: an episode ends." } else { "" };
    exhibit(
        "actions_timeline",
        "What was done when",
        format!("Every lever along the run.{gathers}{several}"),
        plots,
        1,
        table,
    )
}

/// Rows at which an episode ends, but the last.
fn episode_ends(frame: &Frame) -> Vec<usize> {
    let pairs = frame.stamps.iter().zip(frame.stamps.iter().skip(1)).enumerate();
    pairs.filter(|(_, (a, b))| a.episode != b.episode).map(|(k, _)| k + 1).collect()
}

/// Every lever by day and hour.
pub(super) fn heat_maps(told: &Explained) -> Option<Exhibit> {
    let mut table = Table::new(["lever", "day", "hour", "value"]);
    let mut plots = Vec::new();
    for lever in &told.levers {
        // The earliest day is above.
        let mut values = Vec::new();
        // The row that ends at midnight would be a day of its own.
        let midnight = |cells: &Vec<Option<f64>>| {
            cells.first().is_some_and(Option::is_some) && cells.iter().skip(1).all(Option::is_none)
        };
        let all = lever.heat.days.len();
        let drop = usize::from(all > 1 && lever.heat.cells.last().is_some_and(midnight));
        let drawn = || lever.heat.days.iter().zip(&lever.heat.cells).take(all - drop);
        for (day, hours) in drawn().rev() {
            values.extend(hours.iter().map(|v| v.unwrap_or(f64::NAN)));
            for (hour, value) in hours.iter().enumerate().filter_map(|(h, v)| Some((h, (*v)?))) {
                table.row([lever.name.as_str().into(), day.1.as_str().into(), (hour as f64).into(), value.into()]);
            }
        }
        let days = all - drop;
        if days == 0 {
            continue;
        }
        let (scale, label) = if lever.is_switch {
            (Scale::Named(lever.classes.iter().enumerate().map(|(k, c)| (c.clone(), tint(k))).collect()), "")
        } else {
            (Scale::Even(Some(lever.bounds)), "mean")
        };
        let cells = Cells {
            columns: (0..=24).map(f64::from).collect(),
            rows: (0..=days).map(|k| k as f64 - 0.5).collect(),
            values,
            scale,
            label: label.to_owned(),
            numbers: None,
        };
        let names = drawn().rev().map(|(day, _)| day.1.clone());
        plots.push(Plot::new(&lever.label, super::day_hours(), Axis::names("", names), vec![Layer::Cells(cells)]));
    }
    let columns = if plots.len() > 3 { 2 } else { 3 };
    exhibit(
        "action_day_hour",
        "Actions by day and hour",
        "What was done most often in each hour; of a lever with a range its mean.",
        plots,
        columns,
        table,
    )
}

/// By how much the shares differ from quarter to quarter: the largest difference of any class.
fn telling(q: &crate::evaluate::explain::actions::ByQuartile) -> f64 {
    let classes = q.shares.first().map_or(0, Vec::len);
    let of = |class: usize| {
        let known = q.shares.iter().filter_map(|s| s.get(class).copied()).filter(|v| v.is_finite());
        let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        high - low
    };
    (0..classes).map(of).filter(|v| v.is_finite()).fold(0.0, f64::max)
}

/// Shares by quarter of the drivers that tell most.
pub(super) fn quartiles(frame: &Frame, told: &Explained) -> Option<Exhibit> {
    let mut table =
        Table::new(["lever", "driver", "unit", "quarter", "from", "to", "decisions", "action", "share_pct"]);
    let mut plots = Vec::new();
    let each = if told.levers.len() > 3 { 1 } else { 2 };
    for lever in &told.levers {
        let mut order: Vec<usize> = (0..lever.by_quartile.len()).collect();
        let worth = |k: &usize| lever.by_quartile.get(*k).map_or(0.0, telling);
        order.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.cmp(b)));
        for q in &lever.by_quartile {
            rows_of(frame, lever, q, &mut table);
        }
        for q in order.iter().take(each).filter_map(|k| lever.by_quartile.get(*k)) {
            let mut layers = Vec::new();
            let classes = lever.classes.len().max(1);
            let width = 0.8 / classes as f64;
            for (class, name) in lever.classes.iter().enumerate() {
                let place = |k: usize| k as f64 - 0.4 + width * (class as f64 + 0.5);
                let value = |k: usize| q.shares.get(k).and_then(|s| s.get(class)).copied().unwrap_or(f64::NAN);
                let bars = (0..4).filter(|k| value(*k).is_finite());
                let bars = bars.map(|k| Bar::new(place(k), width * 0.92, 100.0 * value(k))).collect();
                layers.push(Layer::Bars { name: name.clone(), bars, tint: tint(class), lying: false });
            }
            let names = [
                format!("≤ {}", short(q.cuts[0])),
                format!("≤ {}", short(q.cuts[1])),
                format!("≤ {}", short(q.cuts[2])),
                format!("> {}", short(q.cuts[2])),
            ];
            let x = Axis::names(with_unit(frame.label(q.driver), frame.unit(q.driver)), names);
            let y = Axis::new("share, %").from_to(0.0, 100.0);
            plots.push(Plot::new(format!("{} by {}", lever.label, lower(frame.label(q.driver))), x, y, layers));
        }
    }
    exhibit(
        "action_quartiles",
        "Actions in the quarters of what was seen",
        "The run is cut into four quarters by the value of a driver; shown are the drivers whose quarters differ most, the \
         table holds all.",
        plots,
        2,
        table,
    )
}

fn rows_of(frame: &Frame, lever: &LeverTold, q: &crate::evaluate::explain::actions::ByQuartile, table: &mut Table) {
    let [a, b, c] = q.cuts;
    let ends = [(f64::NAN, a), (a, b), (b, c), (c, f64::NAN)];
    for ((quarter, (from, to)), (count, shares)) in ends.iter().enumerate().zip(q.counts.iter().zip(&q.shares)) {
        for (class, share) in lever.classes.iter().zip(shares) {
            table.row([
                lever.name.as_str().into(),
                frame.label(q.driver).into(),
                frame.unit(q.driver).into(),
                ((quarter + 1) as f64).into(),
                (*from).into(),
                (*to).into(),
                (*count as f64).into(),
                class.as_str().into(),
                (100.0 * share).into(),
            ]);
        }
    }
}

/// Words that go on in a sentence; names in capitals stay.
pub(super) fn lower(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// Correlations of every lever with every driver.
pub(super) fn correlations(frame: &Frame, told: &Explained) -> Option<Exhibit> {
    let mut table = Table::new(["lever", "driver", "pearson"]);
    let drivers: Vec<String> = told.drivers.iter().map(|d| d.label(frame)).collect();
    let mut values = Vec::new();
    let mut layers = Vec::new();
    for (column, lever) in told.levers.iter().enumerate() {
        for ((row, name), (_, r)) in drivers.iter().enumerate().zip(&lever.correlations) {
            let cell = match r {
                Some(r) => (*r).into(),
                None => "–".into(),
            };
            table.row([lever.name.as_str().into(), name.as_str().into(), cell]);
            if r.is_none() {
                let at = (column as f64, (drivers.len() - 1 - row) as f64);
                layers.push(Layer::Words { at, text: "–".to_owned(), tint: Tint::Ink });
            }
        }
    }
    for row in (0..drivers.len()).rev() {
        let of = |l: &LeverTold| l.correlations.get(row).and_then(|c| c.1).unwrap_or(f64::NAN);
        values.extend(told.levers.iter().map(of));
    }
    if told.levers.is_empty() {
        return None;
    }
    let cells =
        Cells::grid(told.levers.len(), drivers.len(), values, Scale::Around(1.0), "Pearson's r").with_numbers(2);
    layers.insert(0, Layer::Cells(cells));
    let x = Axis::names("", told.levers.iter().map(|l| l.label.clone()));
    let y = Axis::names("", drivers.into_iter().rev());
    exhibit(
        "action_correlations",
        "What actions go along with",
        "Pearson's correlation of each lever's value (a switch: its position, from 0) with what could be seen. – is \
         undefined: one of the two never changes. Association, not cause.",
        vec![Plot::new("", x, y, layers)],
        1,
        table,
    )
}

/// How often levers could do no more.
pub(super) fn saturation(told: &Explained) -> Option<Exhibit> {
    let mut table = Table::new(["lever", "what", "share_pct"]);
    let mut names = Vec::new();
    let mut bars = Vec::new();
    for lever in &told.levers {
        let mut add = |what: String, share: f64, tint: Tint| {
            table.row([lever.name.as_str().into(), what.as_str().into(), (100.0 * share).into()]);
            let bar = Bar::new(names.len() as f64, 0.7, 100.0 * share).words(percent(share));
            bars.push(Bar { tint: Some(tint), ..bar });
            names.push(format!("{}: {}", lever.label, lower(&what)));
        };
        let s = &lever.saturation;
        if !lever.is_switch {
            add(format!("at {} (lowest)", short(lever.bounds.0)), s.at_low, Tint::Series(0));
            add(format!("at {} (highest)", short(lever.bounds.1)), s.at_high, Tint::Series(1));
        }
        for (words, share) in &s.reasons {
            add(words.clone(), *share, Tint::Warn);
        }
    }
    // Lying bars are counted from below.
    let last = names.len().saturating_sub(1) as f64;
    for bar in &mut bars {
        bar.at = last - bar.at;
    }
    names.reverse();
    if names.is_empty() {
        return None;
    }
    let layers = vec![Layer::Bars { name: String::new(), bars, tint: Tint::Series(0), lying: true }];
    let x = Axis::new("share of the run, %").from_to(0.0, 112.0);
    exhibit(
        "lever_saturation",
        "When a lever could do no more",
        "Share of the run that each lever stood at a bound, or its effect fell short of what was asked.",
        vec![Plot::new("", x, Axis::names("", names), layers)],
        1,
        table,
    )
}
