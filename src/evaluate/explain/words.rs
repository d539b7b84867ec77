//! What was worked out, in sentences: findings, and rules with their support.

use super::rules::{AskedShare, Held, Rule, When};
use super::{Explained, Frame, LeverTold};
use crate::evaluate::numbers::{fixed, percent, short};
use crate::evaluate::study::Finding;
use crate::plant::{Level, Side};

/// A number with its unit.
fn amount(value: f64, unit: &str) -> String {
    if unit.is_empty() { short(value) } else { format!("{} {unit}", short(value)) }
}

/// Everything that was found, most telling first; sentences hold their numbers.
pub fn findings(frame: &Frame, told: &Explained) -> Vec<Finding> {
    let mut all = Vec::new();
    told.levers.iter().for_each(|l| lever(l, &mut all));
    found_rules(frame, told, &mut all);
    efficiency(frame, told, &mut all);
    queue(told, &mut all);
    store(told, &mut all);
    paired(told, &mut all);
    rewards(told, &mut all);
    training(told, &mut all);
    for total in &told.totals {
        let words = format!("{}: {}.", total.amount.label, amount(total.sum, &total.amount.unit));
        all.push(Finding::new(&total.amount.name, words, total.sum, &total.amount.unit));
    }
    all
}

fn lever(lever: &LeverTold, all: &mut Vec<Finding>) {
    let Some(most) = lever.shares.iter().reduce(|a, b| if b.share > a.share { b } else { a }) else { return };
    let mut others: Vec<&super::actions::ClassShare> = lever.shares.iter().filter(|s| s.class != most.class).collect();
    others.sort_by(|a, b| b.share.total_cmp(&a.share));
    others.retain(|s| s.count > 0);
    let rest: Vec<String> = others.iter().map(|s| format!("{} {}", s.class, share(s.share))).collect();
    let rest = if rest.is_empty() { String::new() } else { format!("; {}", rest.join(", ")) };
    let words =
        format!("{}: {} on {} of {} decisions{rest}.", lever.label, most.class, share(most.share), lever.decisions);
    all.push(Finding::new(format!("share_{}", lever.name), words, 100.0 * most.share, "%"));
    let held: Vec<String> =
        lever.saturation.reasons.iter().filter(|r| r.1 > 0.0).map(|(w, v)| format!("{w} ({})", share(*v))).collect();
    if !held.is_empty() {
        let most = lever.saturation.reasons.iter().map(|r| r.1).fold(0.0, f64::max);
        let words = format!("{} could do no more: {}.", lever.label, held.join("; "));
        all.push(Finding::new(format!("held_back_{}", lever.name), words, 100.0 * most, "%"));
    }
    let (low, high) = (lever.saturation.at_low, lever.saturation.at_high);
    if !lever.is_switch && low + high > 0.0 {
        let words = format!(
            "{} stood at its lowest value {} and at its highest {} of the time.",
            lever.label,
            share(low),
            share(high)
        );
        all.push(Finding::new(format!("saturation_{}", lever.name), words, 100.0 * (low + high), "%"));
    }
}

fn share(value: f64) -> String {
    format!("{} %", fixed(100.0 * value, 1))
}

fn found_rules(frame: &Frame, told: &Explained, all: &mut Vec<Finding>) {
    for lever in &told.levers {
        let mut rules: Vec<&Rule> = lever.rules.iter().collect();
        rules.sort_by(|a, b| b.all.confidence.total_cmp(&a.all.confidence));
        match rules.first() {
            // What is always done is told by its share.
            Some(rule) if rule.when.is_empty() => {}
            Some(rule) => {
                let words = rule_words(frame, lever, rule);
                all.push(Finding::new(format!("rule_{}", lever.name), words, 100.0 * rule.all.confidence, "%"));
            }
            None => {
                let words = format!("{}: no rule found.", lever.label);
                all.push(Finding::new(format!("rule_{}", lever.name), words, f64::NAN, ""));
            }
        }
    }
}

/// A condition in words.
fn condition(frame: &Frame, when: &When) -> String {
    let unit = match when.driver {
        super::Driver::Signal(id) => frame.unit(id).to_owned(),
        super::Driver::Hour => "h".to_owned(),
    };
    let side = if when.above { ">" } else { "<" };
    let answers = matches!(when.driver, super::Driver::Signal(id) if frame.spec.explain.answers.contains(&id));
    let before = if answers { " before" } else { "" };
    format!("{}{before} {side} {}", when.driver.label(frame), amount(when.level, &unit))
}

/// A rule in words, with its support.
fn rule_words(frame: &Frame, lever: &LeverTold, rule: &Rule) -> String {
    let class = lever.classes.get(rule.class).map_or("", String::as_str);
    let of = |h: &Held| format!("{} of {}", share(h.confidence), h.n);
    if rule.when.is_empty() {
        return format!(
            "{}: {class} always ({} decisions; held-out half {}).",
            lever.label,
            of(&rule.all),
            of(&rule.held_out)
        );
    }
    let when: Vec<String> = rule.when.iter().map(|w| condition(frame, w)).collect();
    format!(
        "{}: {class} when {} ({} decisions, against {} overall; held-out half {}).",
        lever.label,
        when.join(" and "),
        of(&rule.all),
        share(rule.base),
        of(&rule.held_out)
    )
}

/// An asked rule in a few words: "Load shifting: Defer when carbon intensity > 279.7 g/kWh".
pub(super) fn asked_label(frame: &Frame, told: &Explained, asked: &AskedShare) -> String {
    let lever = frame.lever(asked.rule.slot, asked.rule.action);
    let own = lever.and_then(|l| told.levers.iter().find(|t| t.name == l.name));
    let class = own.and_then(|l| l.classes.get(asked.rule.position)).map_or("", String::as_str);
    let label = own.map_or("", |l| l.label.as_str());
    let when = asked.rule.when.map_or(String::new(), |(driver, side, level)| {
        let sign = match side {
            Side::Above => ">",
            Side::Below => "<",
            Side::AtLeast => "≥",
            Side::AtMost => "≤",
        };
        let quartile = match level {
            Level::Quantile(q) if q > 0.5 => " (high)",
            Level::Quantile(_) => " (low)",
            Level::Value(_) => "",
        };
        format!(" when {} {sign} {}{quartile}", frame.label(driver), amount(asked.level, frame.unit(driver)))
    });
    format!("{label}: {class}{when}")
}

/// `policy_rules.txt`: rules that were found, and how often what people ask about is done.
pub fn rules_text(frame: &Frame, told: &Explained) -> String {
    let mut out = String::from("RULES IN WORDS\n==============\n");
    out.push_str(&format!("{}\n{} rows", told.source, told.rows));
    let several = if told.episodes.len() > 1 { format!(", {} episodes", told.episodes.len()) } else { String::new() };
    out.push_str(&format!("{several}.\n\n"));
    out.push_str(
        "A rule was looked for on one half of the run (every second day; of a run shorter than four days every second \
         hour)\nand must hold on the other half. n counts decisions. Conditions stand at quartiles;\nwhat the action itself changes is taken from the tick before. Association, not cause.\n\n",
    );
    out.push_str("Found\n-----\n");
    for lever in &told.levers {
        if lever.rules.is_empty() {
            out.push_str(&format!("{}: no rule found\n", lever.label));
        }
        for rule in &lever.rules {
            out.push_str(&format!("{}\n", rule_words(frame, lever, rule)));
        }
    }
    if !told.asked.is_empty() {
        out.push_str("\nAsked\n-----\n");
        for asked in &told.asked {
            let label = asked_label(frame, told, asked);
            let line = if asked.all.n == 0 {
                format!("{label}: never so (n = 0)\n")
            } else {
                let out_half = if asked.held_out.n == 0 {
                    "held-out half never so".to_owned()
                } else {
                    format!("held-out half {}, n = {}", share(asked.held_out.confidence), asked.held_out.n)
                };
                format!("{label}: {} (n = {}; {out_half})\n", share(asked.all.confidence), asked.all.n)
            };
            out.push_str(&line);
        }
    }
    out
}

fn efficiency(frame: &Frame, told: &Explained, all: &mut Vec<Finding>) {
    let Some(e) = &told.efficiency else { return };
    if let Some(m) = e.best.first() {
        let conditions: Vec<String> = m
            .conditions
            .iter()
            .map(|(id, v)| format!("{} {}", frame.label(*id), amount(*v, frame.unit(*id))))
            .collect();
        let when = m.stamp.time.strftime("%-d %b %H:%M");
        let words = format!("{} was lowest at {}: {} ({}).", e.label, when, fixed(m.value, 4), conditions.join(", "));
        all.push(Finding::new("efficiency_min", words, m.value, ""));
    }
    let when = e.worst.stamp.time.strftime("%-d %b %H:%M");
    let words = format!("{} was highest at {}: {}.", e.label, when, fixed(e.worst.value, 4));
    all.push(Finding::new("efficiency_max", words, e.worst.value, ""));
    let words = format!(
        "{}: mean of ratios {}, ratio of means {}, median {}, standard deviation {}.",
        e.label,
        fixed(e.mean, 4),
        fixed(e.ratio_of_means, 4),
        fixed(e.median, 4),
        fixed(e.std, 4)
    );
    all.push(Finding::new("efficiency_mean", words, e.mean, ""));
    if let (Some(best), Some(worst)) = (e.days.get(e.best_day), e.days.get(e.worst_day))
        && e.best_day != e.worst_day
    {
        let words = format!(
            "Best day: {} (day {}, {}); worst: {} (day {}, {}).",
            best.name,
            best.day,
            fixed(best.mean, 4),
            worst.name,
            worst.day,
            fixed(worst.mean, 4)
        );
        all.push(Finding::new("efficiency_best_day", words, best.mean, ""));
    }
    if let Some((id, part)) = e.overhead {
        let words = format!("{} is {} of the whole power.", frame.label(id), share(part));
        all.push(Finding::new("overhead_share", words, 100.0 * part, "%"));
    }
}

fn queue(told: &Explained, all: &mut Vec<Finding>) {
    let Some(q) = &told.queue else { return };
    if let (Some(put), Some(run)) = (q.deferred, q.taken_up) {
        let of = q.shiftable.filter(|s| *s > 0.0).map_or(String::new(), |s| {
            format!(" of {} that could wait ({})", short(s), percent((put / s * 1000.0).round() / 1000.0))
        });
        let forced = q.forced.map_or(String::new(), |f| format!(", {} forced when overdue", short(f)));
        let overflow =
            q.overflow.map_or(String::new(), |o| format!(", {} found the queue full and ran at once", short(o)));
        let left = q.left.map_or(String::new(), |l| format!(", {} still wait at the end", short(l)));
        let words = format!("{} tasks were put off{of}; {} ran later{forced}{overflow}{left}.", short(put), short(run));
        all.push(Finding::new("tasks_put_off", words, put, "tasks"));
    }
    if let Some((mean, most)) = q.waiting {
        let words = format!("{} tasks waited on average, {} at most.", short(mean), short(most));
        all.push(Finding::new("tasks_waiting", words, mean, "tasks"));
    }
    if let Some((part, most)) = q.overdue {
        let words = format!("Tasks were overdue on {} of the run, at most {} at once.", share(part), short(most));
        all.push(Finding::new("tasks_overdue", words, 100.0 * part, "%"));
    }
}

fn store(told: &Explained, all: &mut Vec<Finding>) {
    let Some(s) = &told.store else { return };
    let size = s.capacity_mwh.map_or(String::new(), |c| format!(" of {} MWh", short(c)));
    let words =
        format!("The store{size} was at rest {} of the run and made {} full cycles.", share(s.idle), short(s.cycles));
    all.push(Finding::new("store_idle", words, 100.0 * s.idle, "%"));
    let Some(z) = &told.sizes else { return };
    for u in &z.uses {
        let most = u.saved.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let words = match u.matters_mwh {
            Some(mwh) => format!(
                "{}: the store begins to matter ({} of {}) at {} MWh.",
                u.label,
                percent(super::sizes::MATTERS),
                z.label,
                short(mwh)
            ),
            None => format!(
                "{}: the store does not matter at any size up to {} MWh (at most {} % of {}).",
                u.label,
                short(z.sizes_mwh.last().copied().unwrap_or(f64::NAN)),
                short(100.0 * most / z.at_rest),
                z.label
            ),
        };
        all.push(Finding::new("store_matters", words, u.matters_mwh.unwrap_or(f64::NAN), "MWh"));
    }
}

fn paired(told: &Explained, all: &mut Vec<Finding>) {
    let Some(p) = &told.paired else { return };
    for s in &p.splits {
        let parts: Vec<String> =
            p.players.iter().zip(&s.parts).map(|(name, v)| format!("{name} {}", amount(*v, &s.amount.unit))).collect();
        let saving = s.saving();
        let verb = if saving < 0.0 { "more" } else { "less" };
        let words = format!(
            "{}: {} {verb} than with every lever at rest on the same inputs ({}); saved by {}.",
            s.amount.label,
            amount(saving.abs(), &s.amount.unit),
            share(saving.abs() / s.baseline.abs()),
            parts.join(", ")
        );
        all.push(Finding::new(format!("saved_{}", s.amount.name), words, saving, &s.amount.unit));
    }
}

fn rewards(told: &Explained, all: &mut Vec<Finding>) {
    for slot in &told.terms {
        let worst = slot.terms.iter().filter(|t| t.total < 0.0).reduce(|a, b| if b.total < a.total { b } else { a });
        if let Some(term) = worst {
            let words =
                format!("{}: {} costs most of the reward, {} in all.", slot.slot, term.label, short(term.total));
            all.push(Finding::new(format!("costs_{}", slot.name), words, term.total, ""));
        }
    }
}

fn training(told: &Explained, all: &mut Vec<Finding>) {
    let Some(folder) = &told.folder else { return };
    if let Some((k, p)) = folder.best() {
        let words = format!(
            "Training: best reward {} at {} steps (evaluation {} of {}).",
            short(p.reward),
            short(p.steps),
            k + 1,
            folder.progress.len()
        );
        all.push(Finding::new("training_best", words, p.reward, ""));
    }
    if !folder.models.is_empty() {
        let words = format!("{} model files: {}.", folder.models.len(), names(folder));
        all.push(Finding::new("models", words, folder.models.len() as f64, ""));
    }
}

fn names(folder: &crate::record::RunFolder) -> String {
    let name = |m: &crate::record::ModelFile| m.path.file_name().map(|n| n.to_string_lossy().into_owned());
    folder.models.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}
