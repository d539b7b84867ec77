//! Everything that was worked out, as JSON: names as in the analyses that SustainDC's users know.

use serde_json::{Map, Value, json};

use super::actions::quartiles;
use super::relations::Driver;
use super::rules::Held;
use super::{Explained, Frame, LeverTold};

/// A number, or null where there is none.
fn number(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { Value::Null }
}

fn table(entries: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(entries.into_iter().collect::<Map<String, Value>>())
}

fn held(held: &Held) -> Value {
    json!({ "n": held.n, "confidence_pct": number(100.0 * held.confidence) })
}

/// The whole as JSON.
pub fn json(frame: &Frame, told: &Explained) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("source", json!(told.source));
    put("plant", json!(frame.spec.name));
    put("rows", json!(told.rows));
    put("every", json!(told.every));
    put("episodes", json!(told.episodes));
    put("notes", json!(told.notes));
    let levers = |of: &dyn Fn(&LeverTold) -> Value| table(told.levers.iter().map(|l| (l.name.clone(), of(l))));
    put(
        "action_distribution",
        levers(&|l| {
            table(l.shares.iter().map(|s| (s.class.clone(), json!({ "count": s.count, "pct": 100.0 * s.share }))))
        }),
    );
    let means = |l: &LeverTold| {
        table(l.by_action.iter().filter(|b| b.rows > 0).map(|b| {
            let names = told.outcomes.iter().map(|id| frame.name(*id).to_owned());
            let mut cells: Vec<(String, Value)> = vec![("n".to_owned(), json!(b.rows))];
            cells.extend(names.zip(b.means.iter().map(|m| number(*m))));
            (b.class.clone(), table(cells))
        }))
    };
    put("by_action", levers(&means));
    put(
        "pearson",
        levers(&|l| table(l.correlations.iter().map(|(d, r)| (d.name(frame), r.map_or(Value::Null, |r| json!(r)))))),
    );
    put("quartiles", table(told.drivers.iter().filter_map(|d| quartiles_of(frame, *d))));
    let heat = |l: &LeverTold| {
        let cell = |c: &Option<f64>| c.map_or(Value::Null, |v| json!(v));
        table(
            l.heat
                .days
                .iter()
                .zip(&l.heat.cells)
                .map(|((day, _), cells)| (day.to_string(), Value::Array(cells.iter().map(cell).collect()))),
        )
    };
    put("heatmap_day_x_hour", levers(&heat));
    put("by_quartile", levers(&|l| by_quartile(frame, l)));
    put(
        "saturation",
        levers(&|l| {
            let s = &l.saturation;
            json!({
                "at_low_pct": number(100.0 * s.at_low),
                "at_high_pct": number(100.0 * s.at_high),
                "longest_ticks": s.longest_ticks,
                "held_back_pct": table(s.reasons.iter().map(|(w, v)| (w.clone(), number(100.0 * v)))),
            })
        }),
    );
    put("rules_found", levers(&|l| rules(frame, l)));
    put("rules_pct", table(told.asked.iter().map(|a| (a.rule.name.clone(), number(100.0 * a.all.confidence)))));
    put(
        "rules_asked",
        table(told.asked.iter().map(|a| {
            let of = json!({ "level": number(a.level), "all": held(&a.all), "held_out": held(&a.held_out) });
            (a.rule.name.clone(), of)
        })),
    );
    if let Some(e) = &told.efficiency {
        let moment = |m: &super::efficiency::Moment| {
            let mut cells = vec![
                ("day".to_owned(), json!(m.stamp.day)),
                ("hour".to_owned(), json!(m.stamp.hour)),
                ("time".to_owned(), json!(m.stamp.time.to_string())),
                (e.label.clone(), number(m.value)),
            ];
            cells.extend(m.conditions.iter().map(|(id, v)| (frame.name(*id).to_owned(), number(*v))));
            table(cells)
        };
        let stretch = |s: &super::efficiency::Stretch| json!({ "name": s.name, "rows": s.rows, "mean": number(s.mean), "ratio_of_means": number(s.ratio_of_means) });
        let day = |k: usize| e.days.get(k).map_or(Value::Null, |d| json!(d.day));
        put(
            &e.label,
            json!({
                "min": number(e.best.first().map_or(f64::NAN, |m| m.value)),
                "max": number(e.worst.value),
                "mean": number(e.mean),
                "median": number(e.median),
                "std_ddof1": number(e.std),
                "ratio_of_means": number(e.ratio_of_means),
                "overhead_share_pct": e.overhead.map_or(Value::Null, |(_, share)| number(100.0 * share)),
                "top3": e.best.iter().map(moment).collect::<Vec<_>>(),
                "worst": moment(&e.worst),
                "by_day": table(e.days.iter().map(|d| (d.day.to_string(), number(d.mean)))),
                "best_day": day(e.best_day),
                "worst_day": day(e.worst_day),
                "by_episode": e.episodes.iter().map(stretch).collect::<Vec<_>>(),
            }),
        );
    }
    let mut totals: Vec<(String, Value)> = told.totals.iter().map(|t| (t.amount.name.clone(), number(t.sum))).collect();
    if let Some((mean, _)) = told.queue.as_ref().and_then(|q| q.waiting) {
        totals.push(("mean_queue".to_owned(), number(mean)));
    }
    put("totals", table(totals));
    put(
        "reward_by_hour",
        table(told.terms.iter().map(|t| {
            let terms = t.terms.iter().map(|t| {
                let hours: Vec<Value> = t.by_hour.iter().map(|v| number(*v)).collect();
                (t.name.clone(), json!({ "total": number(t.total), "by_hour": hours }))
            });
            (t.name.clone(), table(terms))
        })),
    );
    stories(told, &mut put);
    Value::Object(out)
}

fn quartiles_of(frame: &Frame, driver: Driver) -> Option<(String, Value)> {
    let [a, b, c] = quartiles(&driver.values(frame)?)?;
    Some((driver.name(frame), json!({ "p25": a, "p50": b, "p75": c })))
}

fn by_quartile(frame: &Frame, lever: &LeverTold) -> Value {
    table(lever.by_quartile.iter().map(|q| {
        let quarter =
            |shares: &Vec<f64>| table(lever.classes.iter().cloned().zip(shares.iter().map(|s| number(100.0 * s))));
        let quarters: Vec<Value> = q.shares.iter().map(quarter).collect();
        (frame.name(q.driver).to_owned(), json!({ "cuts": q.cuts, "n": q.counts, "pct": quarters }))
    }))
}

fn rules(frame: &Frame, lever: &LeverTold) -> Value {
    let of = |r: &super::rules::Rule| {
        let when = |w: &super::rules::When| json!({ "driver": w.driver.name(frame), "above": w.above, "level": number(w.level) });
        json!({
            "class": lever.classes.get(r.class),
            "when": r.when.iter().map(when).collect::<Vec<_>>(),
            "all": held(&r.all),
            "found": held(&r.found),
            "held_out": held(&r.held_out),
            "share_pct": number(100.0 * r.base),
        })
    };
    Value::Array(lever.rules.iter().map(of).collect())
}

fn stories(told: &Explained, put: &mut dyn FnMut(&str, Value)) {
    let option = |v: Option<f64>| v.map_or(Value::Null, number);
    let pair = |v: Option<(f64, f64)>| v.map_or(Value::Null, |(a, b)| json!([number(a), number(b)]));
    if let Some(q) = &told.queue {
        put(
            "load_shift",
            json!({
                "cannot_wait": option(q.fixed), "may_wait": option(q.shiftable), "deferred": option(q.deferred),
                "run_later": option(q.taken_up), "forced": option(q.forced), "overflow": option(q.overflow),
                "still_waiting": option(q.left), "waiting_mean_and_most": pair(q.waiting),
                "overdue_share_and_most": pair(q.overdue), "oldest_h": option(q.oldest_h),
                "age_histogram": table(q.ages.iter().map(|(w, v)| (w.clone(), number(*v)))),
                "from_queue_only": q.from_queue,
            }),
        );
    }
    if let Some(s) = &told.store {
        put(
            "store",
            json!({
                "cycles": number(s.cycles), "idle_pct": number(100.0 * s.idle), "soc_low_mean_high": s.soc,
                "charged_and_discharged_mwh": pair(s.energy_mwh), "capacity_mwh": option(s.capacity_mwh),
            }),
        );
    }
    if let Some(p) = &told.paired {
        let split = |s: &super::pairing::Split| {
            let by = |values: &[f64]| table(p.players.iter().cloned().zip(values.iter().map(|v| number(*v))));
            let of = json!({
                "unit": s.amount.unit, "baseline": number(s.baseline), "policy": number(s.policy),
                "saving": number(s.saving()), "shapley": by(&s.parts), "alone": by(&s.alone),
                "lost_without": by(&s.last), "combinations": s.combinations,
            });
            (s.amount.name.clone(), of)
        };
        put("policy_against_baseline", table(p.splits.iter().map(split)));
    }
    if let Some(s) = &told.sizes {
        let uses = s.uses.iter().map(|u| (u.label.clone(), json!({ "saved": u.saved, "matters_mwh": u.matters_mwh })));
        put(
            "store_size",
            json!({ "present_mwh": s.present_mwh, "sizes_mwh": s.sizes_mwh, "unit": s.unit, "uses": table(uses) }),
        );
    }
    if let Some(f) = &told.folder {
        let models: Vec<Value> = f
            .models
            .iter()
            .map(|m| json!({ "file": m.path.display().to_string(), "bytes": m.bytes, "about": m.about }))
            .collect();
        let best =
            f.best().map_or(Value::Null, |(k, p)| json!({ "line": k + 1, "steps": p.steps, "reward": p.reward }));
        put(
            "run_folder",
            json!({
                "path": f.path.display().to_string(), "models": models, "best": best, "rewards": f.progress.len(),
                "evaluations": f.evaluations.iter().map(|p| p.display().to_string()).collect::<Vec<_>>(),
                "setup": f.setup.as_ref().and_then(|s| serde_json::to_value(s).ok()), "notes": f.notes,
            }),
        );
    }
}
