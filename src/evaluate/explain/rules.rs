//! Rules in words: when is what done, how often, and does that hold on the half of the run that was not looked at?
//!
//! Conditions are made of the quartiles of the drivers, one or two at a time. A rule must be found on one half of the run
//! (every second day, of a short run every second hour) and hold on the other. Where nothing does, that is what is said.
//! Drivers that an action changes itself stand as they did before it.

use crate::plant::{AskedRule, Level, Side};
use crate::signal::SignalId;

use super::actions::quartiles;
use super::frame::{Frame, Lever};
use super::relations::Driver;

/// Fewest decisions behind a rule, in each half.
pub const LEAST_SUPPORT: usize = 12;
/// Smallest share of a half's decisions that a rule must speak of.
const LEAST_SHARE: f64 = 0.04;
/// Smallest confidence on the half on which a rule is found.
pub const LEAST_CONFIDENCE: f64 = 0.7;
/// By how much it must lie above the class's share over the whole half.
const LEAST_GAIN: f64 = 0.15;
/// Smallest confidence on the other half.
pub const LEAST_HELD_OUT: f64 = 0.6;
/// What a second condition must add to the confidence.
const SECOND_GAIN: f64 = 0.08;
/// Rules told of a class, at most.
const MOST_RULES: usize = 3;
/// Conditions on one driver whose pairs are tried, at most.
const MOST_SINGLES: usize = 48;

/// A condition on a driver.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct When {
    /// The driver.
    pub driver: Driver,
    /// Whether it must lie above the level rather than below.
    pub above: bool,
    /// The level.
    pub level: f64,
}

impl When {
    fn holds(&self, value: f64) -> bool {
        if self.above { value > self.level } else { value < self.level }
    }
}

/// Shares behind a rule.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Held {
    /// Decisions under the condition.
    pub n: usize,
    /// Share of them in the class, 0 to 1; NaN without one.
    pub confidence: f64,
}

/// A rule that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Number of the class.
    pub class: usize,
    /// All of these must hold; empty is always.
    pub when: Vec<When>,
    /// On the half on which it was found.
    pub found: Held,
    /// On the half that was held out.
    pub held_out: Held,
    /// On all decisions.
    pub all: Held,
    /// Share of the class over all decisions.
    pub base: f64,
}

/// How often something that people ask about is done.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedShare {
    /// The question.
    pub rule: AskedRule,
    /// The level in the driver's unit; NaN for always.
    pub level: f64,
    /// Over all decisions.
    pub all: Held,
    /// Over the half that rules are not found on.
    pub held_out: Held,
}

/// Which half each row belongs to: true is held out.
pub fn halves(frame: &Frame) -> Vec<bool> {
    let mut days: Vec<(usize, i64)> = frame.stamps.iter().map(|s| (s.episode, s.day)).collect();
    days.dedup();
    if days.len() >= 4 {
        return frame.stamps.iter().map(|s| (s.episode as i64 + s.day).rem_euclid(2) == 1).collect();
    }
    frame.stamps.iter().map(|s| (s.hour.floor() as i64).rem_euclid(2) == 1).collect()
}

/// Decisions of a lever that rules are looked for among: class and half of each, and the conditions that hold.
struct Table {
    /// Class and whether held out, of each decision.
    rows: Vec<(usize, bool)>,
    /// The conditions and on which decisions each holds.
    conditions: Vec<(When, Vec<bool>)>,
}

fn table(frame: &Frame, lever: &Lever, drivers: &[Driver], out: &[bool]) -> Table {
    let places: Vec<usize> = lever.decisions().map(|(row, _)| row).collect();
    let rows = lever.decisions().map(|(row, class)| (class, out.get(row) == Some(&true))).collect();
    let mut conditions = Vec::new();
    for &driver in drivers {
        let Some(values) = driver.values(frame) else { continue };
        // What the action itself changes is taken from the tick before, as it stood at the decision.
        let answers = matches!(driver, Driver::Signal(id) if frame.spec.explain.answers.contains(&id));
        let seen = |row: usize| {
            let before = row.checked_sub(1).filter(|b| {
                let episode = |r: usize| frame.stamps.get(r).map(|s| s.episode);
                episode(*b) == episode(row)
            });
            let at = if answers { before } else { Some(row) };
            at.and_then(|r| values.get(r)).copied().unwrap_or(f64::NAN)
        };
        let here: Vec<f64> = places.iter().map(|&r| seen(r)).collect();
        // Levels come from the half on which rules are found; the other half says nothing to them.
        let known = here.iter().zip(&places).filter(|(_, row)| out.get(**row) != Some(&true)).map(|(v, _)| *v);
        let Some([low, middle, high]) = quartiles(&known.collect::<Vec<f64>>()) else { continue };
        for (above, level) in [(true, high), (false, low), (true, middle), (false, middle)] {
            let when = When { driver, above, level };
            let holds: Vec<bool> = here.iter().map(|v| when.holds(*v)).collect();
            if holds.contains(&true) && holds.contains(&false) {
                conditions.push((when, holds));
            }
        }
    }
    Table { rows, conditions }
}

impl Table {
    /// Counts a class where all of the conditions hold; `half` picks one.
    fn held(&self, class: usize, all: &[&[bool]], half: Option<bool>) -> Held {
        let (mut n, mut hits) = (0_usize, 0_usize);
        for (k, (is, out)) in self.rows.iter().enumerate() {
            if half.is_some_and(|h| h != *out) || !all.iter().all(|c| c.get(k) == Some(&true)) {
                continue;
            }
            n += 1;
            hits += usize::from(*is == class);
        }
        Held { n, confidence: if n == 0 { f64::NAN } else { hits as f64 / n as f64 } }
    }
}

/// The rules of a lever, best first for each class; empty where none was found. A drivers' own lever is not among them.
pub fn rules(frame: &Frame, lever: &Lever, drivers: &[Driver]) -> Vec<Rule> {
    let out = halves(frame);
    let table = table(frame, lever, drivers, &out);
    let mut rules = Vec::new();
    for class in 0..lever.classes.len() {
        let base = table.held(class, &[], Some(false));
        let all = table.held(class, &[], None);
        if base.confidence.is_nan() || base.confidence <= 0.0 {
            continue;
        }
        // What is always done needs no condition.
        if all.confidence >= 0.98 {
            let held_out = table.held(class, &[], Some(true));
            rules.push(Rule { class, when: Vec::new(), found: base, held_out, all, base: all.confidence });
            continue;
        }
        let least = LEAST_SUPPORT.max((LEAST_SHARE * base.n as f64).ceil() as usize);
        let good =
            |h: &Held| h.n >= least && h.confidence >= LEAST_CONFIDENCE && h.confidence >= base.confidence + LEAST_GAIN;
        let mut candidates: Vec<(Vec<usize>, Held)> = Vec::new();
        let single: Vec<Held> = table.conditions.iter().map(|(_, c)| table.held(class, &[c], Some(false))).collect();
        for (k, held) in single.iter().enumerate().filter(|(_, h)| good(h)) {
            candidates.push((vec![k], *held));
        }
        let mut promising: Vec<usize> = (0..single.len()).collect();
        let rank =
            |k: &usize| single.get(*k).map_or(f64::NEG_INFINITY, |h| if h.n < least { -1.0 } else { h.confidence });
        promising.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.cmp(b)));
        promising.truncate(MOST_SINGLES);
        for (i, &a) in promising.iter().enumerate() {
            for &b in promising.iter().skip(i + 1) {
                let (Some(first), Some(second)) = (table.conditions.get(a), table.conditions.get(b)) else { continue };
                if first.0.driver == second.0.driver {
                    continue;
                }
                let held = table.held(class, &[&first.1, &second.1], Some(false));
                let alone = rank(&a).max(rank(&b));
                if good(&held) && held.confidence >= alone + SECOND_GAIN {
                    candidates.push((vec![a.min(b), a.max(b)], held));
                }
            }
        }
        // The most that a rule can say: how many decisions it explains beyond the share that they have anyway.
        let worth = |h: &Held| h.n as f64 * (h.confidence - base.confidence);
        candidates.sort_by(|a, b| worth(&b.1).total_cmp(&worth(&a.1)).then_with(|| a.0.cmp(&b.0)));
        let mut kept: Vec<Vec<usize>> = Vec::new();
        for (which, found) in candidates {
            let of = |k: &usize| table.conditions.get(*k);
            let columns: Vec<&[bool]> = which.iter().filter_map(of).map(|(_, c)| c.as_slice()).collect();
            let held_out = table.held(class, &columns, Some(true));
            let holds = held_out.n >= LEAST_SUPPORT && held_out.confidence >= LEAST_HELD_OUT;
            let drivers = |w: &[usize]| w.iter().filter_map(of).map(|(w, _)| w.driver).collect::<Vec<_>>();
            // Another level of the same driver says the same again.
            let told = kept.iter().any(|k| drivers(k).iter().any(|d| drivers(&which).contains(d)));
            if !holds || told {
                continue;
            }
            let when = which.iter().filter_map(of).map(|(w, _)| *w).collect();
            let all = table.held(class, &columns, None);
            rules.push(Rule { class, when, found, held_out, all, base: table.held(class, &[], None).confidence });
            kept.push(which);
            if kept.len() == MOST_RULES {
                break;
            }
        }
    }
    rules
}

/// How often each of the plant's asked rules holds; those whose lever or driver is not known are left out.
pub fn asked(frame: &Frame) -> Vec<AskedShare> {
    let out = halves(frame);
    let all = &frame.spec.explain.asked;
    all.iter().filter_map(|rule| ask(frame, rule, &out)).collect()
}

fn ask(frame: &Frame, rule: &AskedRule, out: &[bool]) -> Option<AskedShare> {
    let lever = frame.lever(rule.slot, rule.action)?;
    let (values, level, side) = match rule.when {
        None => (None, f64::NAN, Side::Above),
        Some((driver, side, level)) => {
            let values = frame.column(driver)?;
            let level = match level {
                Level::Value(value) => value,
                Level::Quantile(share) => level_at(values, share)?,
            };
            (Some(values), level, side)
        }
    };
    let condition = crate::plant::Condition { signal: SignalId::MAX, side, level };
    let count = |half: Option<bool>| {
        let (mut n, mut hits) = (0_usize, 0_usize);
        for (row, class) in lever.decisions() {
            let holds = values.is_none_or(|v| v.get(row).is_some_and(|v| condition.holds(*v)));
            if !holds || half.is_some_and(|h| out.get(row) != Some(&h)) {
                continue;
            }
            n += 1;
            hits += usize::from(class == rule.position);
        }
        Held { n, confidence: if n == 0 { f64::NAN } else { hits as f64 / n as f64 } }
    };
    Some(AskedShare { rule: rule.clone(), level, all: count(None), held_out: count(Some(true)) })
}

fn level_at(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    (!sorted.is_empty()).then(|| crate::evaluate::statistics::percentile(&sorted, share))
}
