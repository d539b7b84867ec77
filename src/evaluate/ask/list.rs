//! Which questions a plant's tables suggest, and which of them, and of its signals, a person looks for.

use crate::plant::{Asked, Condition, Domain, PlantSpec, Question, Severity, Side};
use crate::rollout::Schema;
use crate::signal::{Signal, SignalId, format_number};

/// Levers of a slot that are asked about before anybody searches, at most.
const FEW_LEVERS: usize = 6;

/// Signals of charts whose extremes are asked about where a plant has no questions of its own.
const FEW_SIGNALS: usize = 6;

/// All questions: the plant's own first, then those that follow from its tables.
pub fn questions(spec: &PlantSpec, schema: &Schema) -> Vec<Question> {
    let mut all = spec.questions.clone();
    if all.is_empty() {
        let mut charted: Vec<SignalId> = Vec::new();
        for &signal in spec.charts.iter().flat_map(|chart| &chart.series) {
            if !charted.contains(&signal) && charted.len() < FEW_SIGNALS {
                charted.push(signal);
            }
        }
        all.extend(charted.into_iter().flat_map(|signal| of_signal(spec, schema, signal)));
    }
    firsts(spec, &mut all);
    rewards(spec, &mut all);
    levers(spec, schema, &mut all);
    limits(spec, &mut all);
    metrics(spec, &mut all);
    let mut names: Vec<String> = Vec::new();
    for question in &mut all {
        // A name that two tables suggest is told apart, so that each can be asked for.
        let mut name = question.name.clone();
        let mut again = 2;
        while names.contains(&name) {
            name = format!("{}_{again}", question.name);
            again += 1;
        }
        question.name.clone_from(&name);
        names.push(name);
    }
    all
}

/// The questions that a search finds, best first: all words must stand in name, words or explanation; after them highest
/// and lowest of every signal that it finds. An empty search gives the ready ones.
pub fn matching(spec: &PlantSpec, schema: &Schema, search: &str) -> Vec<Question> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let all = questions(spec, schema);
    if words.is_empty() {
        return all.into_iter().filter(|q| q.ready).collect();
    }
    let exact = |q: &Question| q.name == search.trim();
    if all.iter().any(exact) {
        return all.into_iter().filter(exact).collect();
    }
    let has = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut found: Vec<Question> = Vec::new();
    found.extend(all.iter().filter(|q| has(&q.label) || has(&q.name)).cloned());
    let rest = all.into_iter().filter(|q| !has(&q.label) && !has(&q.name) && has(&q.doc));
    found.extend(rest);
    // A signal's full name means that signal alone.
    let named = schema.find(search.trim());
    let signals = (0..schema.len()).filter(|&s| match named {
        Some(named) => s == named,
        None => schema.signals.get(s).is_some_and(|s| has(&s.name) || has(&s.label)),
    });
    let about: Vec<Question> = signals.flat_map(|s| of_signal(spec, schema, s)).collect();
    if named.is_some() { about.into_iter().chain(found).collect() } else { found.into_iter().chain(about).collect() }
}

/// Highest and lowest of a signal.
fn of_signal(spec: &PlantSpec, schema: &Schema, signal: SignalId) -> Vec<Question> {
    let Some(s) = schema.signals.get(signal) else { return Vec::new() };
    // Where two signals are called the same, their owners tell them apart.
    let alike = schema.signals.iter().filter(|other| other.label == s.label).count() > 1;
    let owner = spec.entities.get(s.entity).filter(|_| alike && signal < schema.plant_signals);
    let label = owner.map_or_else(|| s.label.clone(), |owner| format!("{}, {}", owner.label, s.label.to_lowercase()));
    let ask = |end: &str, asked: Asked| {
        Question::new(&format!("{}.{end}", s.name), &format!("{label}, {end}"), asked, &s.doc)
    };
    vec![ask("highest", Asked::Highest(signal)), ask("lowest", Asked::Lowest(signal))]
}

/// When something first went wrong: anything, a trip, and each kind of event.
fn firsts(spec: &PlantSpec, all: &mut Vec<Question>) {
    let of = |least: Severity| -> Vec<(Condition, String)> {
        let kinds = spec.events.iter().filter(|e| e.severity >= least);
        kinds.map(|e| (Condition::flag(e.flag), e.label.clone())).collect()
    };
    let (alarms, trips) = (of(Severity::Warning), of(Severity::Trip));
    if !alarms.is_empty() {
        let doc = "The first row on which a warning or a trip of the plant stands.";
        all.push(Question::new("first_alarm", "First alarm", Asked::First(alarms), doc));
    }
    if !trips.is_empty() {
        let doc = "The first row on which a limit is broken that trips the plant.";
        all.push(Question::new("first_trip", "First trip", Asked::First(trips), doc));
    }
    for kind in &spec.events {
        let condition = vec![(Condition::flag(kind.flag), kind.label.clone())];
        let name = format!("first_{}", kind.name);
        let doc = "The first row on which it is so.";
        all.push(Question::new(&name, &format!("First: {}", kind.label), Asked::First(condition), doc).on_request());
        let time = Asked::Time(vec![Condition::flag(kind.flag)]);
        let doc = "For how long it was so.";
        all.push(Question::new(&format!("time_{}", kind.name), &kind.label, time, doc).on_request());
    }
}

/// What cost reward, and the worst row of each slot.
fn rewards(spec: &PlantSpec, all: &mut Vec<Question>) {
    let several = spec.slots.iter().filter(|s| s.reward.is_some()).count() > 1;
    let fastest = spec.slots.iter().map(|s| s.period_ticks).min().unwrap_or(1);
    for (index, slot) in spec.slots.iter().enumerate() {
        let of = if several { format!(", {}", slot.label.to_lowercase()) } else { String::new() };
        let ready = slot.period_ticks == fastest;
        if slot.reward_terms.len() > 1 {
            let doc = "The term whose negative values add up to most over all rows, and its worst row.";
            let name = format!("largest_loss_{}", slot.name);
            let mut question = Question::new(&name, &format!("Largest loss{of}"), Asked::Loss(index), doc);
            question.ready = ready;
            all.push(question);
        }
        if let Some(reward) = slot.reward {
            let doc = "The row with the lowest reward.";
            let name = format!("worst_reward_{}", slot.name);
            let mut question = Question::new(&name, &format!("Worst reward{of}"), Asked::Lowest(reward), doc);
            question.ready = ready;
            all.push(question);
        }
    }
}

/// When each lever stood at an end of its range, or at each of its positions.
fn levers(spec: &PlantSpec, schema: &Schema, all: &mut Vec<Question>) {
    let fastest = spec.slots.iter().map(|s| s.period_ticks).min().unwrap_or(1);
    for (slot, columns) in spec.slots.iter().zip(&schema.levers) {
        let ready = slot.period_ticks == fastest && slot.actions.len() <= FEW_LEVERS;
        for (action, column) in slot.actions.iter().zip(columns) {
            let at = |side: Side, level: f64| Condition::new(column.applied, side, level);
            let name = format!("{}.{}", slot.name, action.name);
            match &action.domain {
                Domain::Continuous { low, high } => {
                    let asked = Asked::Time(vec![at(Side::AtMost, *low), at(Side::AtLeast, *high)]);
                    let doc = "As applied; how long, how often, and the longest time.";
                    let label = format!("{} at an end", action.label);
                    let mut question = Question::new(&format!("saturated_{name}"), &label, asked, doc);
                    question.ready = ready;
                    all.push(question);
                    for (end, side, level) in [("lowest", Side::AtMost, *low), ("highest", Side::AtLeast, *high)] {
                        let label = format!("{} at its {end} value", action.label);
                        let asked = Asked::Time(vec![at(side, level)]);
                        all.push(Question::new(&format!("{end}_{name}"), &label, asked, doc).on_request());
                    }
                }
                Domain::Discrete { labels } => {
                    for (position, words) in labels.iter().enumerate() {
                        let level = position as f64;
                        // One position is between two levels; at either end one of them is enough.
                        let asked = if position == 0 {
                            vec![at(Side::AtMost, level)]
                        } else if position + 1 == labels.len() {
                            vec![at(Side::AtLeast, level)]
                        } else {
                            continue;
                        };
                        let label = format!("{} at {words}", action.label);
                        let doc = "As applied; how long, how often, and the longest time.";
                        let name = format!("at_{position}_{name}");
                        all.push(Question::new(&name, &label, Asked::Time(asked), doc).on_request());
                    }
                }
            }
        }
    }
}

/// For how long each signal was beyond each of its limits.
fn limits(spec: &PlantSpec, all: &mut Vec<Question>) {
    let charted = |signal: SignalId| spec.charts.iter().any(|chart| chart.series.contains(&signal));
    for (id, signal) in spec.signals.iter().enumerate() {
        let l = &signal.limits;
        let sides = [
            ("above", "warning", Side::Above, l.warn_high),
            ("below", "warning", Side::Below, l.warn_low),
            ("above", "trip", Side::Above, l.trip_high),
            ("below", "trip", Side::Below, l.trip_low),
        ];
        for (word, kind, side, level) in sides {
            let Some(level) = level else { continue };
            let label = format!("{}, time {word} {}", signal.label, short(signal, level));
            let asked = Asked::Time(vec![Condition::new(id, side, level)]);
            let doc = format!("Beyond the {kind} limit.");
            let mut question = Question::new(&format!("time_{word}_{kind}_{}", signal.name), &label, asked, &doc);
            question.ready = charted(id) && kind == "warning";
            all.push(question);
        }
    }
}

/// A limit as short as it can be written, with its unit.
fn short(signal: &Signal, level: f64) -> String {
    let text = format_number(level, 3);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if signal.unit.is_empty() { text.to_owned() } else { format!("{text}\u{2009}{}", signal.unit) }
}

/// Every metric.
fn metrics(spec: &PlantSpec, all: &mut Vec<Question>) {
    for (index, metric) in spec.metrics.iter().enumerate() {
        let slot = spec.slots.get(metric.slot).map_or("", |s| s.name.as_str());
        let label = format!("{}, {}", metric.name.replace('_', " "), slot);
        let name = format!("{slot}.{}", metric.name);
        all.push(Question::new(&name, &label, Asked::Metric(index), &metric.doc).on_request());
    }
}
