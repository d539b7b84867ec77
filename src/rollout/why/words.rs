//! Sentences: what a tick came to, and why.

use crate::plant::{Action, Domain, Observation, PlantSpec, SeenTelling};
use crate::signal::format_number;

use super::super::words::{decimals, level, short};
use super::{Because, SlotWhy, StageKind, Trial};

/// Share of a lever's range by which it counts as standing at its end.
const AT_END: f64 = 1e-6;

/// A number with a sign in front of it.
pub(super) fn signed(value: f64, decimals: usize) -> String {
    let text = format_number(value, decimals);
    if value > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("+{text}") } else { text }
}

/// A lever and its step: "Battery −0.20", "Set point: Raise".
pub(super) fn step_label(action: &Action, from: f64, to: f64, direction: i8) -> String {
    match &action.domain {
        Domain::Discrete { .. } if to == from => {
            format!("{}: {}", action.label, if direction < 0 { "one less" } else { "one more" })
        }
        Domain::Discrete { .. } => format!("{}: {}", action.label, level(action, to)),
        Domain::Continuous { .. } if to == from => {
            format!("{} {}", action.label, if direction < 0 { "less" } else { "more" })
        }
        Domain::Continuous { .. } => format!("{} {}", action.label, signed(to - from, decimals(action))),
    }
}

/// Words for an entry that the plant says nothing of: as many digits as its unit and range ask for.
pub(super) fn plain_entry(entry: &Observation) -> SeenTelling {
    let size = (entry.scale * entry.high).abs().max((entry.scale * entry.low).abs());
    let decimals = if size >= 100.0 {
        1
    } else if size >= 10.0 {
        2
    } else {
        3
    };
    SeenTelling { decimals, ..SeenTelling::default() }
}

/// An entry in physical terms.
pub(super) fn entry(words: &SeenTelling, value: f64, unit: &str) -> String {
    let state = (value >= 0.0).then(|| words.labels.get(value.round() as usize)).flatten();
    if let Some(state) = state {
        return state.clone();
    }
    let number = format_number(value, words.decimals);
    if unit.is_empty() { number } else { format!("{number}\u{A0}{unit}") }
}

/// Where an entry lies on most days.
pub(super) fn usual(words: &SeenTelling, (low, high): (f64, f64), unit: &str) -> String {
    let state = |value: f64| words.labels.get(value.max(0.0).round() as usize).cloned();
    let text = match (state(low), state(high)) {
        (Some(low), Some(high)) if low == high => return low,
        (Some(low), Some(high)) => return format!("{low} to {high}"),
        _ if low == high => short(low),
        _ => format!("{} to {}", short(low), short(high)),
    };
    if unit.is_empty() { text } else { format!("{text}\u{A0}{unit}") }
}

/// A quantity with its unit.
fn quantity(value: f64, decimals: usize, unit: &str) -> String {
    let number = format_number(value, decimals);
    if unit.is_empty() { number } else { format!("{number}\u{A0}{unit}") }
}

/// Puts headline and reasons into what is told of a slot.
pub(super) fn tell(spec: &PlantSpec, told: &mut SlotWhy) {
    told.headline = headline(told);
    told.because = reasons(spec, told);
}

/// Whether something shows at so many digits.
fn shows(value: f64, decimals: usize) -> bool {
    value.is_finite() && format_number(value, decimals).bytes().any(|b| (b'1'..=b'9').contains(&b))
}

fn headline(told: &SlotWhy) -> String {
    if !told.drives {
        return "Nobody drives this slot.".to_owned();
    }
    if !told.reward.is_finite() {
        return "No reward is told for this stretch.".to_owned();
    }
    let reward = signed(told.reward, 2);
    if let Some(service) = told.service.as_ref().filter(|s| s.asked.is_finite()) {
        let one = |x: f64| quantity(x, 1, &service.unit);
        let off = service.given - service.asked;
        let verdict = if !shows(off, 1) {
            "as asked".to_owned()
        } else {
            // Asked for nothing, anything is too much.
            let much = if service.asked == 0.0 { true } else { off * service.asked > 0.0 };
            format!("{} too {}", one(off.abs()), if much { "much" } else { "little" })
        };
        return format!("Reward {reward}: asked for {}, gave {}, {verdict}.", one(service.asked), one(service.given));
    }
    let mut terms: Vec<_> = told.terms.iter().filter(|t| shows(t.value, 3)).collect();
    terms.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    let parts: Vec<String> =
        terms.iter().take(3).map(|t| format!("{} {}", t.label.to_lowercase(), signed(t.value, 3))).collect();
    if parts.is_empty() { format!("Reward {reward}.") } else { format!("Reward {reward}: {}.", parts.join(", ")) }
}

/// Reasons: what overrode the command, then what each lever did, the strongest first.
fn reasons(spec: &PlantSpec, told: &SlotWhy) -> Vec<Because> {
    let Some(slot) = spec.slots.get(told.slot) else { return Vec::new() };
    let mut overridden = Vec::new();
    let mut acted: Vec<(f64, Because)> = Vec::new();
    for (index, (lever, action)) in told.levers.iter().zip(&slot.actions).enumerate() {
        let applied = lever.stages.last().map_or(f64::NAN, |s| s.value);
        if let Some(trial) = lever.own.filter(|t| t.reward.is_finite()) {
            let who = lever.stages.iter().rev().find(|s| s.changed);
            let how = match who.map(|s| s.kind) {
                Some(StageKind::Pin) => "is pinned",
                Some(StageKind::Hand) => "is in a hand",
                Some(StageKind::Shield) => "was held by the shield",
                _ => "was cut to its range",
            };
            let text = format!(
                "{} {how} at {}: at the {} that {} asked for the reward would have been {}.",
                action.label,
                level(action, applied),
                level(action, trial.value),
                crate::control::shown_name(&told.controller),
                signed(trial.reward, 2),
            );
            overridden.push(Because { text, trial });
        }
        if let Some(trial) = lever.neutral {
            acted.extend(effect(spec, told, index, applied, trial));
        }
    }
    acted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    overridden.extend(acted.into_iter().map(|(_, because)| because));
    overridden
}

/// What a lever did, against its neutral value.
fn effect(spec: &PlantSpec, told: &SlotWhy, index: usize, applied: f64, trial: Trial) -> Option<(f64, Because)> {
    let lever = told.levers.get(index)?;
    let action = spec.slots.get(told.slot)?.actions.get(index)?;
    let what = action.effect.and_then(|e| spec.signals.get(e)).map_or("its effect", |s| s.label.as_str());
    let (given, unit, verb) = match &told.service {
        Some(service) => (service.given - trial.given, service.unit.as_str(), "gave".to_owned()),
        None => (lever.effect - trial.given, lever.unit.as_str(), format!("changed {} by", lower_first(what))),
    };
    let digits = if told.service.is_some() || unit.is_empty() { 2 } else { 1 };
    let change = told.reward - trial.reward;
    if !shows(given, digits) && !shows(change, 3) {
        return None;
    }
    let (low, high) = action.domain.bounds();
    let slack = AT_END * (high - low);
    let ends =
        matches!(action.domain, Domain::Continuous { .. }) && (applied <= low + slack || applied >= high - slack);
    let held = lever.stages.last().map_or("", |s| s.words.as_str());
    let limit = match (held.is_empty(), ends) {
        (false, _) => format!(" ({})", lower_first(held)),
        (true, true) => " and is at its limit".to_owned(),
        (true, false) => String::new(),
    };
    let did = if shows(given, digits) {
        let sign = if told.service.is_some() { "" } else { plus(given) };
        format!("{verb} {sign}{}", quantity(given, digits, unit))
    } else if told.service.is_some() {
        "gave nothing".to_owned()
    } else {
        "changed nothing else".to_owned()
    };
    let text = format!(
        "{} at {} {did}{limit}: at {} the reward would have been {}{}.",
        action.label,
        level(action, applied),
        level(action, trial.value),
        signed(trial.reward, 2),
        if trial.trips { ", and a limit would have been broken" } else { "" },
    );
    let weight = if told.service.is_some() { given.abs() } else { change.abs() };
    Some((weight, Because { text, trial }))
}

/// A text with a small first letter, unless it begins with an abbreviation.
fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    if letters.clone().next().is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    first.to_lowercase().chain(letters).collect()
}

/// A plus sign before what is positive.
fn plus(value: f64) -> &'static str {
    if value > 0.0 { "+" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_carry_their_sign() {
        assert_eq!(
            [0.232, -0.5, 0.0, -0.0001, 0.0001].map(|v| signed(v, 2)),
            ["+0.23", "−0.50", "0.00", "0.00", "0.00"]
        );
        assert_eq!([0.25, 24.0, 0.8381, -2.0].map(short), ["0.25", "24", "0.838", "−2"]);
        assert_eq!(["HVAC power", "Set point", "", "A"].map(lower_first), ["HVAC power", "set point", "", "a"]);
    }
}
