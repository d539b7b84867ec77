//! What actions came to, as exhibits.

use super::actions::{lower, tint};
use super::{exhibit, over_hours, with_unit};
use crate::evaluate::exhibit::{Axis, Bar, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::explain::efficiency::Stretch;
use crate::evaluate::explain::{Explained, Frame};
use crate::evaluate::numbers::{fixed, short};

/// Bars of the histogram of efficiencies.
const BINS: usize = 32;
/// Outcomes that are drawn; the table holds all.
const MOST_DRAWN: usize = 8;

/// Means of outcomes by action, one plot for each outcome.
pub(super) fn by_action(frame: &Frame, told: &Explained) -> Option<Exhibit> {
    let mut names = vec!["lever".to_owned(), "action".to_owned(), "rows".to_owned()];
    names.extend(told.outcomes.iter().map(|id| frame.name(*id).to_owned()));
    let mut table = Table::new(names);
    for lever in &told.levers {
        for b in &lever.by_action {
            let mut cells = vec![lever.name.as_str().into(), b.class.as_str().into(), (b.rows as f64).into()];
            cells.extend(b.means.iter().map(|m| (*m).into()));
            table.row(cells);
        }
    }
    let mut plots = Vec::new();
    for (k, id) in told.outcomes.iter().enumerate().take(MOST_DRAWN) {
        let mut bars = Vec::new();
        let mut words = Vec::new();
        for lever in &told.levers {
            for (class, b) in lever.by_action.iter().enumerate().filter(|(_, b)| b.rows > 0) {
                let mean = b.means.get(k).copied().unwrap_or(f64::NAN);
                if mean.is_finite() {
                    let bar = Bar::new(bars.len() as f64, 0.74, mean).words(short(mean));
                    bars.push(Bar { tint: Some(tint(class)), ..bar });
                    words.push(format!("{}: {}", lever.label, lower(&b.class)));
                }
            }
        }
        if bars.is_empty() {
            continue;
        }
        let last = bars.len() as f64 - 1.0;
        // A ratio near one would be all bar: the axis begins a little below the lowest mean.
        let (low, high) = bars.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), b| (l.min(b.to), h.max(b.to)));
        let span = (high - low).max(1e-9 * high.abs());
        let narrow = low > 0.0 && span < 0.35 * high && span > 1e-6 * high;
        let from =
            if narrow { low - 0.25 * span } else { low.min(0.0) - 0.16 * (high - low.min(0.0)) * f64::from(low < 0.0) };
        let to = high + 0.22 * (high - from);
        for bar in &mut bars {
            bar.at = last - bar.at;
            bar.from = if narrow { from } else { 0.0 };
        }
        words.reverse();
        let layers = vec![Layer::Bars { name: String::new(), bars, tint: Tint::Series(0), lying: true }];
        let title = if narrow { format!("{} (axis cut)", frame.label(*id)) } else { frame.label(*id).to_owned() };
        let x = Axis::new(with_unit("mean", frame.unit(*id))).from_to(from, to);
        plots.push(Plot::new(title, x, Axis::names("", words), layers));
    }
    exhibit(
        "power_co2_analysis",
        "Power, carbon and efficiency by action",
        "Mean over the rows on which each action was in force. Association, not cause: hours, weather and load differ between \
         them as well.",
        plots,
        2,
        table,
    )
}

/// Statistics of the efficiency.
pub(super) fn efficiency(frame: &Frame, told: &Explained) -> Option<Exhibit> {
    let e = told.efficiency.as_ref()?;
    let mut table = Table::new(["what", "when", "value"]);
    let mut say = |what: String, when: String, value: f64| table.row([what.into(), when.into(), value.into()]);
    for (what, value) in [
        ("mean of ratios", e.mean),
        ("ratio of means", e.ratio_of_means),
        ("median", e.median),
        ("standard deviation (n − 1)", e.std),
        ("first quartile", e.quartiles.0),
        ("third quartile", e.quartiles.1),
    ] {
        say(what.to_owned(), String::new(), value);
    }
    for (k, m) in e.best.iter().enumerate() {
        say(format!("best moment {}", k + 1), m.stamp.time.to_string(), m.value);
        for (id, value) in &m.conditions {
            say(format!("best moment {}: {}", k + 1, frame.name(*id)), m.stamp.time.to_string(), *value);
        }
    }
    say("worst moment".to_owned(), e.worst.stamp.time.to_string(), e.worst.value);
    for (id, value) in &e.worst.conditions {
        say(format!("worst moment: {}", frame.name(*id)), e.worst.stamp.time.to_string(), *value);
    }
    for d in &e.days {
        say(format!("day {} (mean of ratios)", d.day), d.name.clone(), d.mean);
    }
    for s in &e.episodes {
        say(format!("{} (mean of ratios)", s.name), String::new(), s.mean);
        say(format!("{} (ratio of means)", s.name), String::new(), s.ratio_of_means);
    }
    let mut plots = vec![histogram(told)?];
    let stretches = |title: &str, all: &[Stretch], marks: Option<(usize, usize)>| {
        let bars = all.iter().enumerate().map(|(k, d)| {
            let colour = match marks {
                Some((best, _)) if best == k => Tint::Good,
                Some((_, worst)) if worst == k => Tint::Warn,
                _ => Tint::Series(0),
            };
            let words = if all.len() <= 12 { fixed(d.mean, 3) } else { String::new() };
            Bar { tint: Some(colour), from: 1.0, ..Bar::new(k as f64, 0.7, d.mean) }.words(words)
        });
        let bars: Vec<Bar> = bars.collect();
        let (low, high) = all.iter().fold((f64::INFINITY, 1.0_f64), |(l, h), d| (l.min(d.mean), h.max(d.mean)));
        let base = (low - 0.3 * (high - low).max(0.02)).max(1.0).min(low);
        let bars = bars.into_iter().map(|b| Bar { from: base, ..b }).collect();
        let layers = vec![Layer::Bars { name: String::new(), bars, tint: Tint::Series(0), lying: false }];
        let y = Axis::new(format!("{}, mean of ratios", e.label)).from_to(base, high + 0.18 * (high - base));
        Plot::new(title, Axis::names("", all.iter().map(|d| d.name.clone())), y, layers)
    };
    if e.days.len() > 1 {
        plots.push(stretches("By day (axis cut)", &e.days, Some((e.best_day, e.worst_day))));
    }
    if e.episodes.len() > 1 {
        plots.push(stretches("By episode (axis cut)", &e.episodes, None));
    }
    exhibit(
        "pue_statistics",
        format!("{}: when it was low, and when high", e.label),
        "Mean of ratios is the mean of every tick's value; ratio of means is energy over energy, which weighs hours of high \
         load more.",
        plots,
        2,
        table,
    )
}

/// How often each efficiency was.
fn histogram(told: &Explained) -> Option<Plot> {
    let e = told.efficiency.as_ref()?;
    let known: Vec<f64> = e.values.iter().copied().filter(|v| v.is_finite()).collect();
    let (low, high) = (e.best.first()?.value, e.worst.value);
    let span = (high - low).max(1e-6);
    let edges: Vec<f64> = (0..=BINS).map(|k| low + span * k as f64 / BINS as f64).collect();
    let mut counts = vec![0.0; BINS];
    for v in &known {
        let k = (((v - low) / span * BINS as f64) as usize).min(BINS - 1);
        if let Some(count) = counts.get_mut(k) {
            *count += 1.0;
        }
    }
    let layers = vec![
        Layer::histogram("", &edges, &counts, 0),
        Layer::Limit { at: e.mean, upright: true, words: format!("mean {}", fixed(e.mean, 3)), tint: Tint::Ink },
    ];
    let x = Axis::new(e.label.clone()).from_to(low, low + span);
    Some(Plot::new("How often", x, Axis::new("rows").with_zero(), layers))
}

/// How often the plant's asked rules hold.
pub(super) fn asked(frame: &Frame, told: &Explained) -> Option<Exhibit> {
    let mut table =
        Table::new(["rule", "driver", "level", "decisions", "share_pct", "held_out_decisions", "held_out_share_pct"]);
    let mut names = Vec::new();
    let (mut all, mut out) = (Vec::new(), Vec::new());
    for a in &told.asked {
        let driver = a.rule.when.map_or(String::new(), |w| frame.name(w.0).to_owned());
        table.row([
            a.rule.name.as_str().into(),
            driver.into(),
            a.level.into(),
            (a.all.n as f64).into(),
            (100.0 * a.all.confidence).into(),
            (a.held_out.n as f64).into(),
            (100.0 * a.held_out.confidence).into(),
        ]);
        let at = (told.asked.len() - 1 - names.len()) as f64;
        let bar = |place: f64, h: &crate::evaluate::explain::rules::Held, words: bool| {
            let text = format!("{} %, n = {}", fixed(100.0 * h.confidence, 1), h.n);
            Bar::new(place, 0.38, 100.0 * h.confidence).words(if words { text } else { String::new() })
        };
        if a.all.n > 0 {
            all.push(bar(at + 0.2, &a.all, true));
        }
        if a.held_out.n > 0 {
            out.push(bar(at - 0.2, &a.held_out, false));
        }
        names.push(super::super::words::asked_label(frame, told, a));
    }
    names.reverse();
    let plots = if names.is_empty() {
        Vec::new()
    } else {
        let layers = vec![
            Layer::Bars { name: "All decisions".to_owned(), bars: all, tint: Tint::Series(0), lying: true },
            Layer::Bars { name: "Held-out half".to_owned(), bars: out, tint: Tint::Series(1), lying: true },
        ];
        vec![Plot::new("", Axis::new("share of decisions, %").from_to(0.0, 128.0), Axis::names("", names), layers)]
    };
    exhibit(
        "policy_rules",
        "How often is this done when that holds?",
        "Share of decisions under each condition, over the whole run and over the half that rules were not found on. High and \
         low are above the third and below the first quartile of the run.",
        plots,
        1,
        table,
    )
}

/// Rewards by hour of the day.
pub(super) fn rewards(told: &Explained) -> Option<Exhibit> {
    let mut table = Table::new(["slot", "term", "hour", "mean"]);
    let mut plots = Vec::new();
    for slot in &told.terms {
        let mut layers = Vec::new();
        for (k, term) in slot.terms.iter().enumerate() {
            layers.push(Layer::line(
                format!("{} (sum {})", term.label, short(term.total)),
                over_hours(&term.by_hour),
                k,
            ));
            for (hour, value) in term.by_hour.iter().enumerate() {
                table.row([
                    slot.name.as_str().into(),
                    term.name.as_str().into(),
                    (hour as f64).into(),
                    (*value).into(),
                ]);
            }
        }
        let y = Axis::new("mean of a decision").with_zero();
        plots.push(Plot::new(&slot.slot, super::day_hours(), y, layers));
    }
    exhibit(
        "reward_by_hour",
        "What the reward was made of, by hour of the day",
        "Mean of each term over the rows of an hour; the sum over the run stands beside its name.",
        plots,
        2,
        table,
    )
}
