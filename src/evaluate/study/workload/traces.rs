//! The three traces as power: over a month, as histograms, GenAI spikes by hour, autocorrelation to 24 h (core 2).
#![deny(clippy::indexing_slicing)]

use super::super::{Card, Finding, Group, Progress, Shown, Study, Values, scenario_choices};
use super::{PER_DAY, Played, STREAMS, mean, racks};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::{fixed, percent};
use crate::evaluate::study::Parameter;
use crate::rollout::World;

/// Bars of a histogram.
const BARS: usize = 36;

/// Records from one lag to the next: ten minutes.
const LAG: usize = 2;

/// What the site is asked to compute.
pub(in crate::evaluate::study) struct Traces;

/// Autocorrelation at lags of `step` records up to `most`, about the common mean and over the common variance.
fn autocorrelation(values: &[f64], step: usize, most: usize) -> Vec<f64> {
    let middle = mean(values);
    let off: Vec<f64> = values.iter().map(|v| v - middle).collect();
    let variance: f64 = off.iter().map(|v| v * v).sum();
    (0..=most / step)
        .map(|k| {
            let later = off.get(k * step..).unwrap_or_default();
            let both: f64 = off.iter().zip(later).map(|(a, b)| a * b).sum();
            if variance > 0.0 { both / variance } else { f64::NAN }
        })
        .collect()
}

/// Means of stretches of `step` values.
fn thinned(values: &[f64], step: usize) -> Vec<f64> {
    values.chunks(step.max(1)).map(mean).collect()
}

/// Streams on top of each other, each point a mean of `step` records; time in days.
fn stack(streams: &[Vec<f64>; 3], first: usize, records: usize, step: usize) -> Vec<Layer> {
    // Rigid work below, what can wait on top.
    let order = [2, 1, 0];
    let mut below: Vec<f64> = Vec::new();
    let mut layers = Vec::new();
    for number in order {
        let Some(stream) = streams.get(number) else { continue };
        let part = thinned(stream.iter().skip(first).take(records).copied().collect::<Vec<_>>().as_slice(), step);
        below.resize(part.len(), 0.0);
        let mut points = Vec::with_capacity(part.len());
        for (k, (low, value)) in below.iter_mut().zip(&part).enumerate() {
            let day = (first as f64 + (k as f64 + 0.5) * step as f64) / PER_DAY as f64;
            points.push((day, *low, *low + value));
            *low += value;
        }
        let name = STREAMS.get(number).copied().unwrap_or_default();
        layers.push(Layer::Band { name: name.to_owned(), points, tint: Tint::Series(number) });
    }
    layers
}

impl Study for Traces {
    fn card(&self) -> &'static Card {
        &Card {
            name: "workload",
            title: "Workload",
            group: Group::Workload,
            about: "What the site is asked to compute: the fused traces, their histograms, GenAI spikes by hour, and \
                    how long each remembers.",
            quick: true,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            scenario_choices(world)?,
            racks(),
            Parameter::number("first_day", "Closer look from day", "", (0.0, 29.0), 7.0, 0).about("Counted from 0."),
            Parameter::number("days", "Closer look at", "d", (1.0, 14.0), 7.0, 0).about("So many days."),
        ])
    }

    fn run(&self, world: &World, values: &Values, _: &dyn Progress) -> Result<Option<Shown>> {
        let played = Played::new(world, values)?;
        let streams = played.streams_mw();
        let exhibits =
            vec![series(&streams, values), histograms(&streams), spikes(&played, &streams), remembered(&streams)];
        Ok(Some(Shown { exhibits, findings: findings(&played, &streams) }))
    }
}

fn series(streams: &[Vec<f64>; 3], values: &Values) -> Exhibit {
    let records = streams.first().map_or(0, Vec::len);
    let first = (values.whole("first_day") as usize * PER_DAY).min(records.saturating_sub(PER_DAY));
    let closer = (values.whole("days").max(1) as usize * PER_DAY).min(records - first);
    let mut table = Table::new(["record", "batch_mw", "genai_mw", "recommendation_mw", "total_mw"]);
    let [batch, genai, dlrm] = streams;
    for (k, ((a, b), c)) in batch.iter().zip(genai).zip(dlrm).enumerate() {
        table.numbers([k as f64, *a, *b, *c, a + b + c]);
    }
    let days = |from: usize, count: usize| {
        Axis::new("day of the traces").from_to(from as f64 / PER_DAY as f64, (from + count) as f64 / PER_DAY as f64)
    };
    let power = || Axis::new("IT power, MW").with_zero();
    let plots = vec![
        Plot::new("All days", days(0, records), power(), stack(streams, 0, records, 24)),
        Plot::new("A closer look", days(first, closer), power(), stack(streams, first, closer, 3)),
    ];
    Exhibit::new(
        "workload_series",
        "IT power asked for",
        "Rigid work below, batch that can wait on top. Means of two hours above, of a quarter of an hour below.",
        table,
    )
    .plots(1, plots)
}

fn histograms(streams: &[Vec<f64>; 3]) -> Exhibit {
    let mut table = Table::new(["stream", "from_mw", "to_mw", "share"]);
    let plots = streams
        .iter()
        .zip(STREAMS)
        .enumerate()
        .map(|(number, (stream, name))| {
            let (low, high) =
                stream.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
            let width = ((high - low) / BARS as f64).max(1e-9);
            let mut counts = vec![0.0; BARS];
            for v in stream {
                if let Some(count) = counts.get_mut((((v - low) / width) as usize).min(BARS - 1)) {
                    *count += 100.0 / stream.len() as f64;
                }
            }
            let edges: Vec<f64> = (0..=BARS).map(|k| low + width * k as f64).collect();
            for ((from, to), count) in edges.iter().zip(edges.iter().skip(1)).zip(&counts) {
                table.row([name.into(), (*from).into(), (*to).into(), (count / 100.0).into()]);
            }
            Plot::new(
                capital(&format!("{name}: mean {} MW", fixed(mean(stream), 2))),
                Axis::new("power, MW"),
                Axis::new("share of records, %").with_zero(),
                vec![Layer::histogram("", &edges, &counts, number), Layer::upright(mean(stream), "mean")],
            )
        })
        .collect();
    Exhibit::new(
        "workload_histograms",
        "How often each power is asked for",
        "Batch is idle most of the time and bursts; recommendation is steady; GenAI stays low and spikes.",
        table,
    )
    .plots(3, plots)
}

/// Words with a capital at their beginning.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

/// Share of records of each hour of the day whose GenAI duty is a spike.
fn spikes_by_hour(played: &Played) -> Vec<f64> {
    let mut spikes = vec![(0.0, 0.0); 24];
    for (k, d) in played.demand.iter().enumerate() {
        if let Some((found, all)) = spikes.get_mut(k % PER_DAY / 12) {
            *found += f64::from(u8::from(d.is_spike));
            *all += 1.0;
        }
    }
    spikes.into_iter().map(|(found, all)| if all > 0.0 { found / all } else { f64::NAN }).collect()
}

fn spikes(played: &Played, streams: &[Vec<f64>; 3]) -> Exhibit {
    let [_, genai, _] = streams;
    let threshold = played.site.params.site.workload.spike_duty_pct;
    let hour = |k: usize| k as f64 * 24.0 / PER_DAY as f64;
    let day: Vec<(f64, f64)> = played.duty_pct.iter().take(PER_DAY).enumerate().map(|(k, d)| (hour(k), *d)).collect();
    let power: Vec<(f64, f64)> = genai.iter().take(PER_DAY).enumerate().map(|(k, mw)| (hour(k), *mw)).collect();
    let dots = day.iter().copied().filter(|(_, d)| *d > threshold).collect();
    let by_hour = spikes_by_hour(played);
    let mut table = Table::new(["hour", "duty_pct", "genai_mw", "spike_share_of_hour"]);
    for ((h, d), (_, mw)) in day.iter().zip(&power) {
        table.numbers([*h, *d, *mw, by_hour.get(*h as usize).copied().unwrap_or(f64::NAN)]);
    }
    let bars = by_hour
        .iter()
        .enumerate()
        .map(|(h, p)| crate::evaluate::exhibit::Bar::new(h as f64 + 0.5, 0.8, 100.0 * p))
        .collect();
    let plots = vec![
        Plot::new(
            "Duty over the day",
            Axis::hours("time of day"),
            Axis::new("duty, %").with_zero(),
            vec![
                Layer::line("duty", day, 1),
                Layer::Dots {
                    name: format!("spike, above {} %", fixed(threshold, 2)),
                    points: dots,
                    tint: Tint::Warn,
                    radius: 2.6,
                },
                Layer::limit(threshold, ""),
            ],
        ),
        Plot::new(
            "Chance of a spike",
            Axis::hours("time of day"),
            Axis::new("share of records, %").from_to(0.0, 100.0),
            vec![Layer::Bars { name: String::new(), bars, tint: Tint::Series(1), lying: false }],
        ),
        Plot::new(
            "GenAI power, scaled by the scenario",
            Axis::hours("time of day"),
            Axis::new("power, MW").with_zero(),
            vec![Layer::line("", power, 1)],
        ),
    ];
    Exhibit::new(
        "workload_spikes",
        "GenAI spikes",
        format!(
            "A record is a spike when its GPUs are busy for more than {} % of the time. The day repeats.",
            fixed(threshold, 2)
        ),
        table,
    )
    .plots(3, plots)
}

fn remembered(streams: &[Vec<f64>; 3]) -> Exhibit {
    let acf = streams.each_ref().map(|s| autocorrelation(s, LAG, PER_DAY));
    let hours = |k: usize| (k * LAG) as f64 * 24.0 / PER_DAY as f64;
    let mut table = Table::new(["lag_h", "batch", "genai", "recommendation"]);
    let [a, b, c] = &acf;
    for (k, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate() {
        table.numbers([hours(k), *a, *b, *c]);
    }
    let lines = acf.iter().zip(STREAMS).enumerate().map(|(number, (acf, name))| {
        Layer::line(name, acf.iter().enumerate().map(|(k, r)| (hours(k), *r)).collect(), number)
    });
    let layers =
        lines.chain([Layer::Limit { at: 0.0, upright: false, words: String::new(), tint: Tint::Muted }]).collect();
    let plots = vec![Plot::new(
        "Autocorrelation of power",
        Axis::new("lag, h").from_to(0.0, 24.0),
        Axis::new("autocorrelation").from_to(-0.6, 1.05),
        layers,
    )];
    Exhibit::new(
        "workload_autocorrelation",
        "How long each stream remembers",
        "Batch is forgotten soonest and is hardest to foresee. GenAI comes to 1 after a day because its day repeats.",
        table,
    )
    .plots(1, plots)
}

fn findings(played: &Played, streams: &[Vec<f64>; 3]) -> Vec<Finding> {
    let total: f64 = streams.iter().map(|s| mean(s)).sum();
    let mut out = vec![Finding::new(
        "total",
        format!("On average {} MW of IT power are asked for.", fixed(total, 1)),
        total,
        "MW",
    )];
    for ((stream, name), small) in streams.iter().zip(STREAMS).zip(["batch", "genai", "dlrm"]) {
        let most = stream.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let words = format!(
            "{name}: {} MW on average ({}), {} MW at most.",
            fixed(mean(stream), 1),
            percent((100.0 * mean(stream) / total).round() / 100.0),
            fixed(most, 1)
        );
        let words = capital(&words);
        out.push(Finding::new(format!("mean_{small}"), words, mean(stream), "MW"));
    }
    let [batch, ..] = streams;
    let rigid = 1.0 - mean(batch) / total;
    out.push(Finding::new(
        "rigid",
        format!("{} of it is rigid: only batch can wait.", percent((100.0 * rigid).round() / 100.0)),
        rigid,
        "",
    ));
    let by_hour = spikes_by_hour(played);
    let share = played.demand.iter().filter(|d| d.is_spike).count() as f64 / played.demand.len().max(1) as f64;
    if let Some((hour, most)) = by_hour.iter().copied().enumerate().max_by(|x, y| x.1.total_cmp(&y.1)) {
        let words = format!(
            "{} of all records are spikes, most of them from {hour:02}:00 on: {} of that hour.",
            percent((1000.0 * share).round() / 1000.0),
            percent((1000.0 * most).round() / 1000.0)
        );
        out.push(Finding::new("spike_share", words, share, ""));
    }
    let forgotten = autocorrelation(batch, 1, PER_DAY).iter().position(|r| *r < libm::exp(-1.0));
    if let Some(k) = forgotten {
        let minutes = 5.0 * k as f64;
        out.push(Finding::new(
            "batch_forgets",
            format!("After {} min batch has forgotten two thirds of what it was.", fixed(minutes, 0)),
            minutes,
            "min",
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
    use super::super::super::thermal::support::{number, shown};
    use super::*;
    use crate::evaluate::exhibit::Body;

    /// The documentation's table of the power envelope holds for racks of 25 and 16 kW.
    #[test]
    fn small_racks_give_the_figures_of_the_documentation() {
        let told = shown(&Traces, &["racks=table"]);
        for (name, mw, tolerance) in
            [("mean_dlrm", 21.7, 0.4), ("mean_batch", 10.1, 0.15), ("mean_genai", 6.8, 0.15), ("total", 38.5, 0.5)]
        {
            assert!((number(&told, name) - mw).abs() < tolerance, "{name}: {}, {mw} MW printed", number(&told, name));
        }
        assert!((number(&told, "rigid") - 0.74).abs() < 0.01);
        assert!((number(&told, "spike_share") - 0.25).abs() < 0.002);
    }

    /// Idle racks draw 9.6, 6.4 and 10 MW, and all of them at most 90, 60 and 100 MW (core 2.2).
    #[test]
    fn power_lies_between_idle_and_full_racks() {
        let told = shown(&Traces, &[]);
        for row in &told.exhibits[0].table.rows {
            for (k, low, high) in [(1, 9.6, 90.0), (2, 6.4, 60.0), (3, 10.0, 100.0)] {
                let crate::evaluate::exhibit::Cell::Number(v) = row[k] else { panic!() };
                assert!((low - 1e-9..=high + 1e-9).contains(&v), "{v} MW");
            }
        }
        let worse = shown(&Traces, &["scenario=scenario_a"]);
        assert!(number(&worse, "mean_genai") > number(&told, "mean_genai"), "spikes are 1.8 times as high");
    }

    #[test]
    fn a_first_order_law_has_powers_of_its_persistence() {
        // Innovations of ±1 in a fixed irregular order.
        let mut word = 12_345_u64;
        let mut x = 0.0;
        let values: Vec<f64> = (0..200_000)
            .map(|_| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                x = 0.9 * x + if word >> 63 == 1 { 1.0 } else { -1.0 };
                x
            })
            .collect();
        let acf = autocorrelation(&values, 2, 10);
        for (k, r) in acf.iter().enumerate() {
            assert!((r - libm::pow(0.9, 2.0 * k as f64)).abs() < 0.03, "lag {}: {r}", 2 * k);
        }
    }

    #[test]
    fn the_day_of_genai_repeats_and_batch_forgets_first() {
        let told = shown(&Traces, &[]);
        let Body::Plane { layers, .. } = &told.exhibits[3].plots[0].body else { panic!() };
        let at_end =
            |k: usize| if let Layer::Line { points, .. } = &layers[k] { points.last().unwrap().1 } else { f64::NAN };
        // Over the common variance a whole day is left out of 30: 29/30.
        assert!((at_end(1) - 29.0 / 30.0).abs() < 0.01, "{}", at_end(1));
        assert!(at_end(2) > 0.3 && at_end(0).abs() < 0.1, "recommendation {}, batch {}", at_end(2), at_end(0));
        assert!(number(&told, "batch_forgets") < 120.0, "it decorrelates within about two hours");
    }
}
