//! Stories of single plants, as exhibits: work that waited, a store and its size, a run against rest, a training.

use super::{exhibit, over_hours};
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::explain::Explained;
use crate::evaluate::numbers::{fixed, short};

/// What became of work that may wait.
pub(super) fn queue(told: &Explained) -> Option<Exhibit> {
    let q = told.queue.as_ref()?;
    let mut table = Table::new(["what", "tasks"]);
    let flows: Vec<(&str, Option<f64>, Tint)> = vec![
        ("could wait", q.shiftable, Tint::Muted),
        ("put off", q.deferred, Tint::Series(0)),
        ("run later", q.taken_up, Tint::Series(2)),
        ("forced (overdue)", q.forced, Tint::Warn),
        ("overflow (ran now)", q.overflow, Tint::Bad),
        ("still waiting", q.left, Tint::Series(1)),
    ];
    let known: Vec<(&str, f64, Tint)> = flows.into_iter().filter_map(|(w, v, t)| Some((w, v?, t))).collect();
    for (what, value, _) in &known {
        table.row([(*what).into(), (*value).into()]);
    }
    let bars = known.iter().enumerate().map(|(k, (_, value, tint))| {
        let bar = Bar::new((known.len() - 1 - k) as f64, 0.7, *value).words(fixed(*value, 0));
        Bar { tint: Some(*tint), ..bar }
    });
    let layers = vec![Layer::Bars { name: String::new(), bars: bars.collect(), tint: Tint::Series(0), lying: true }];
    let most = known.iter().map(|k| k.1).fold(1.0, f64::max);
    let names: Vec<&str> = known.iter().rev().map(|k| k.0).collect();
    let x = Axis::new("tasks over the run").from_to(0.0, 1.18 * most);
    let mut plots = vec![Plot::new("What became of tasks", x, Axis::names("", names), layers)];
    if !q.ages.is_empty() {
        for (words, value) in &q.ages {
            table.row([format!("waiting on average: {words}").into(), (*value).into()]);
        }
        let y = Axis::new("tasks waiting, mean").with_zero();
        let x = Axis::names("age", q.ages.iter().map(|a| a.0.clone()));
        plots.push(Plot::new("How old they were", x, y, vec![Layer::bars("", q.ages.iter().map(|a| a.1), 0)]));
    }
    let column = |k: usize, factor: f64| {
        let points = q.by_hour.iter().enumerate();
        points.map(|(h, v)| (h as f64 + 0.5, factor * v.get(k).copied().unwrap_or(f64::NAN))).collect::<Vec<_>>()
    };
    plots.push(Plot::new(
        "Load by hour of the day",
        super::day_hours(),
        Axis::new("load, % of capacity"),
        vec![Layer::dashed("Arrived", column(0, 100.0), 1), Layer::line("Ran", column(1, 100.0), 0)],
    ));
    plots.push(Plot::new(
        "Queue by hour of the day",
        super::day_hours(),
        Axis::new("tasks waiting, mean").with_zero(),
        vec![Layer::line("", column(2, 1.0), 0)],
    ));
    for (hour, [arrived, ran, waiting]) in q.by_hour.iter().enumerate() {
        table.row([format!("load arrived, hour {hour}, %").into(), (100.0 * arrived).into()]);
        table.row([format!("load ran, hour {hour}, %").into(), (100.0 * ran).into()]);
        table.row([format!("waiting, hour {hour}").into(), (*waiting).into()]);
    }
    let how = if q.from_queue {
        "The log holds only the length of the queue: put off and run later are its rises and falls."
    } else {
        "Put off less run later and forced is what still waits."
    };
    exhibit("load_shift", "What was put off, and what became of it", how, plots, 2, table)
}

/// How a store was used.
pub(super) fn store(told: &Explained) -> Option<Exhibit> {
    let s = told.store.as_ref()?;
    let mut table = Table::new(["what", "value"]);
    let mut say = |what: &str, value: f64| table.row([what.into(), value.into()]);
    say("full cycles", s.cycles);
    say("at rest, % of the run", 100.0 * s.idle);
    for (what, soc) in ["lowest", "mean", "highest"].into_iter().zip(s.soc) {
        say(&format!("{what} state of charge, %"), 100.0 * soc);
    }
    if let Some((charged, discharged)) = s.energy_mwh {
        say("charged, MWh", charged);
        say("discharged, MWh", discharged);
    }
    if let Some(capacity) = s.capacity_mwh {
        say("capacity, MWh", capacity);
    }
    for (hour, value) in s.by_hour.iter().enumerate() {
        say(&format!("state of charge, hour {hour}, %"), 100.0 * value);
    }
    let shares = Layer::Bars {
        name: String::new(),
        bars: vec![
            Bar {
                tint: Some(Tint::Muted),
                ..Bar::new(1.0, 0.6, 100.0 * s.idle).words(format!("{} %", fixed(100.0 * s.idle, 1)))
            },
            Bar::new(0.0, 0.6, 100.0 * (1.0 - s.idle)).words(format!("{} %", fixed(100.0 * (1.0 - s.idle), 1))),
        ],
        tint: Tint::Series(0),
        lying: true,
    };
    let percent = s.by_hour.map(|v| 100.0 * v);
    let plots = vec![
        Plot::new(
            "Share of the run",
            Axis::new("share, %").from_to(0.0, 118.0),
            Axis::names("", ["In use", "At rest"]),
            vec![shares],
        ),
        Plot::new(
            "State of charge by hour of the day",
            super::day_hours(),
            Axis::new("mean, %").from_to(0.0, 100.0),
            vec![Layer::line("", over_hours(&percent), 0)],
        ),
    ];
    let caption = format!("{} full cycles: half of all that the state of charge moved by.", short(s.cycles));
    exhibit("store_use", "How the store was used", caption, plots, 2, table)
}

/// From which size on a store would matter.
pub(super) fn sizes(told: &Explained) -> Option<Exhibit> {
    let s = told.sizes.as_ref()?;
    let mut names = vec!["size_mwh".to_owned()];
    names.extend(s.uses.iter().map(|u| format!("{} saved, {}: {}", s.label, s.unit, u.label)));
    let mut table = Table::new(names);
    for (k, mwh) in s.sizes_mwh.iter().enumerate() {
        let saved = s.uses.iter().map(|u| u.saved.get(k).copied().unwrap_or(f64::NAN));
        table.numbers(std::iter::once(*mwh).chain(saved));
    }
    let mut layers = Vec::new();
    for (k, u) in s.uses.iter().enumerate() {
        let points: Vec<(f64, f64)> =
            s.sizes_mwh.iter().zip(&u.saved).map(|(mwh, v)| (*mwh, 100.0 * v / s.at_rest)).collect();
        layers.push(Layer::line(u.label.clone(), points.clone(), k));
        layers.push(Layer::Dots { name: String::new(), points, tint: Tint::Series(k), radius: 3.0 });
    }
    layers.push(Layer::Limit {
        at: 100.0 * crate::evaluate::explain::sizes::MATTERS,
        upright: false,
        words: "begins to matter".to_owned(),
        tint: Tint::Warn,
    });
    layers.push(Layer::upright(s.present_mwh, "present size"));
    let x = Axis::powers("size, MWh");
    let y = Axis::new(format!("{} saved, % of all", s.label)).with_zero();
    let caption = format!(
        "The run made again with other sizes, everything else as recorded; saved is against a store that rests ({} {}). Used as \
         it was, by rule, and with hindsight: filled in the lowest, emptied in the highest quarter. What is left in it at the end \
         counts at the run's mean.",
        short(s.at_rest),
        s.unit
    );
    exhibit(
        "store_size",
        "From which size on would the store matter?",
        caption,
        vec![Plot::new("", x, y, layers)],
        1,
        table,
    )
}

/// A run against rest, and whose the saving is.
pub(super) fn paired(told: &Explained) -> Option<Exhibit> {
    let p = told.paired.as_ref()?;
    let mut names: Vec<String> =
        ["amount", "unit", "baseline", "policy", "saving", "saving_pct"].map(str::to_owned).to_vec();
    for player in &p.players {
        names.extend([format!("{player} (Shapley)"), format!("{player} alone"), format!("lost without {player}")]);
    }
    let mut table = Table::new(names);
    let mut plots = Vec::new();
    for s in &p.splits {
        let mut cells = vec![
            s.amount.label.as_str().into(),
            s.amount.unit.as_str().into(),
            s.baseline.into(),
            s.policy.into(),
            s.saving().into(),
            (100.0 * s.saving() / s.baseline).into(),
        ];
        for k in 0..p.players.len() {
            let of = |v: &[f64]| v.get(k).copied().unwrap_or(f64::NAN);
            cells.extend([of(&s.parts).into(), of(&s.alone).into(), of(&s.last).into()]);
        }
        table.row(cells);
        let mut bars = Vec::new();
        let values: Vec<f64> = s.parts.iter().copied().chain([s.saving()]).collect();
        let count = values.len();
        for (k, value) in values.iter().enumerate() {
            let colour = if k + 1 == count { Tint::Ink } else { Tint::Series(k) };
            let bar = Bar::new((count - 1 - k) as f64, 0.68, *value).words(short(*value));
            bars.push(Bar { tint: Some(colour), ..bar });
        }
        let low = values.iter().copied().fold(0.0, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        let room = 0.24 * (high - low).max(1e-9);
        let x = Axis::new(format!("saved, {}", s.amount.unit))
            .from_to(if low < 0.0 { low - room } else { 0.0 }, high + room)
            .with_zero();
        let mut names: Vec<String> = p.players.clone();
        names.push("Whole saving".to_owned());
        names.reverse();
        let title = format!(
            "{}: {} at rest, {} {} as it was",
            s.amount.label,
            short(s.baseline),
            short(s.policy),
            s.amount.unit
        );
        let layers = vec![Layer::Bars { name: String::new(), bars, tint: Tint::Series(0), lying: true }];
        plots.push(Plot::new(title, x, Axis::names("", names), layers));
    }
    exhibit(
        "policy_against_baseline",
        "The policy against doing nothing, on the same inputs",
        "Weather, load and carbon intensity are the same in all runs. The saving is split by Shapley's value over every \
         combination of levers that act or rest; the parts add up to the whole. Left of zero: it costs.",
        plots,
        2,
        table,
    )
}

/// The curve of rewards of a training.
pub(super) fn training(told: &Explained) -> Option<Exhibit> {
    let folder = told.folder.as_ref().filter(|f| !f.progress.is_empty())?;
    let mut table = Table::new(["steps", "reward", "best"]);
    let best = folder.best();
    for (k, p) in folder.progress.iter().enumerate() {
        table.numbers([p.steps, p.reward, f64::from(u8::from(best.is_some_and(|b| b.0 == k)))]);
    }
    let points: Vec<(f64, f64)> = folder.progress.iter().map(|p| (p.steps, p.reward)).collect();
    let mut layers = vec![Layer::line("", points, 0)];
    if let Some((k, p)) = best {
        let at = (p.steps, p.reward);
        layers.push(Layer::Dots {
            name: format!("Best: {} (line {})", short(p.reward), k + 1),
            points: vec![at],
            tint: Tint::Good,
            radius: 5.0,
        });
    }
    let x = Axis::new("steps of the environment");
    exhibit(
        "training",
        "How the training went",
        format!("{} evaluations in progress.txt; the best one is marked.", folder.progress.len()),
        vec![Plot::new("", x, Axis::new("mean reward of an episode"), layers)],
        1,
        table,
    )
}
