//! The three workload traces of the embedded set.
//!
//! Each trace is made in two steps: a random process gives the *order* of the records (when it is busy, and how much
//! more than at other times), and a fixed distribution gives the *values*, dealt out by rank. So the statistics that
//! the data set is known for hold exactly, whatever the seed.

use super::super::layout::{self, BATCH_FULL_GPU_MILLI, BATCH_RECORDS, DLRM_RECORDS, GENAI_RECORDS, RECORDS_PER_DAY};
use super::super::{Column, Origin, Table, TimeAxis};
use super::inputs::{self, Scalars};
use super::random::{Drift, Stream};
use crate::config::Result;

/// Records of an hour.
const PER_HOUR: f64 = 12.0;

fn table(id: &str, label: &str, columns: Vec<(&str, Vec<f64>)>) -> Table {
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    Table {
        id: id.to_owned(),
        origin: Origin::Synthetic(label.to_owned()),
        time: TimeAxis::Tick((0..rows as i64).collect()),
        columns: columns.into_iter().map(|(name, values)| Column { name: name.to_owned(), values }).collect(),
    }
}

/// Indices of `latent` from its lowest to its highest value.
fn ranked(latent: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..latent.len()).collect();
    order.sort_by(|&a, &b| latent[a].total_cmp(&latent[b]));
    order
}

/// The value between `low` and `high`, both inclusive, at which a falling or rising function comes closest to zero.
fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let rising = f(high) > f(low);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if (f(middle) > 0.0) == rising { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

/// Batch requests: mostly zero, short runs of exponential height, long bursts by script, a calm first day.
pub fn batch() -> Result<Table> {
    let inputs = inputs::scalars()?;
    let mut stream = Stream::new(inputs.seed("batch_seed")?);
    let calm_busy = inputs.count("batch_calm_records")?;
    let busy = inputs.count("batch_busy_records")?;
    let latent = batch_latent(&inputs, &mut stream)?;
    let (calm_day, other_days) = latent.split_at(RECORDS_PER_DAY);

    let mut gpu_milli = vec![0.0; BATCH_RECORDS];
    let calm = calm_requests(&inputs, calm_busy)?;
    deal(calm_day, &calm, &mut gpu_milli[..RECORDS_PER_DAY]);
    let total = inputs.get("batch_mean_utilisation")? * BATCH_FULL_GPU_MILLI * BATCH_RECORDS as f64;
    let requests = burst_requests(busy - calm_busy, total - calm.iter().sum::<f64>());
    deal(other_days, &requests, &mut gpu_milli[RECORDS_PER_DAY..]);
    let durations = job_durations(&inputs, &gpu_milli, &mut stream)?;
    Ok(table(layout::BATCH, "batch_v2023", vec![("gpu_milli_request", gpu_milli), ("avg_duration_ticks", durations)]))
}

/// Deals ascending values out to the highest-ranked records, and 0 to the others.
fn deal(latent: &[f64], ascending: &[f64], out: &mut [f64]) {
    for (record, value) in ranked(latent).into_iter().rev().zip(ascending.iter().rev()) {
        out[record] = *value;
    }
}

/// How busy each record is, 0 where it is not: runs of geometric length, each with its own height.
fn batch_latent(inputs: &Scalars, stream: &mut Stream) -> Result<Vec<f64>> {
    let run = inputs.get("batch_run_records")?;
    // A few more busy records than needed: the lowest of them stay zero.
    let share = 1.06 * inputs.get("batch_busy_records")? / BATCH_RECORDS as f64;
    let pause = run * (1.0 - share) / share;
    let mut latent = Vec::with_capacity(BATCH_RECORDS + RECORDS_PER_DAY);
    while latent.len() < BATCH_RECORDS {
        for _ in 0..stream.geometric(pause) {
            // Idle records still need an order among themselves.
            latent.push(-stream.uniform());
        }
        let height = stream.exponential();
        for _ in 0..stream.geometric(run) {
            latent.push(height * (0.7 + 0.6 * stream.uniform()));
        }
    }
    latent.truncate(BATCH_RECORDS);
    for burst in inputs::batch_bursts()? {
        let first = burst.day * RECORDS_PER_DAY + inputs::minutes(&burst.time)? / 5;
        for slot in latent.iter_mut().skip(first).take(burst.records) {
            *slot = 100.0 * burst.level + stream.uniform();
        }
    }
    Ok(latent)
}

/// Ascending requests of the calm day: a power curve from least to most whose mean power is the published day's.
fn calm_requests(inputs: &Scalars, busy: usize) -> Result<Vec<f64>> {
    let least = inputs.get("batch_calm_least_gpu_milli")?;
    let most = inputs.get("batch_calm_most_gpu_milli")?;
    let wanted = inputs.get("batch_calm_power_fraction")? * RECORDS_PER_DAY as f64;
    let curve = |exponent: f64| -> Vec<f64> {
        (0..busy).map(|k| ten(least + (most - least) * libm::pow(k as f64 / (busy - 1) as f64, exponent))).collect()
    };
    let power = |requests: &[f64]| requests.iter().map(|r| libm::pow(r / BATCH_FULL_GPU_MILLI, 1.4)).sum::<f64>();
    Ok(curve(bisect(0.2, 8.0, |exponent| power(&curve(exponent)) - wanted)))
}

/// Ascending requests of the other days: a truncated exponential up to full utilisation with the given sum.
fn burst_requests(busy: usize, total: f64) -> Vec<f64> {
    let curve = |scale: f64| -> Vec<f64> {
        let cut = 1.0 - libm::exp(-1.0 / scale);
        let height = |k: usize| -scale * libm::log(1.0 - cut * (k as f64 + 0.5) / busy as f64);
        let mut values: Vec<f64> = (0..busy).map(|k| ten(BATCH_FULL_GPU_MILLI * height(k)).max(10.0)).collect();
        if let Some(last) = values.last_mut() {
            *last = BATCH_FULL_GPU_MILLI;
        }
        values
    };
    curve(bisect(0.02, 2.0, |scale| curve(scale).iter().sum::<f64>() - total))
}

/// A request as schedulers write it, in steps of ten thousandths.
fn ten(value: f64) -> f64 {
    (value / 10.0).round() * 10.0
}

/// Mean duration of the jobs of each busy record: most jobs are short, the longest takes days.
fn job_durations(inputs: &Scalars, gpu_milli: &[f64], stream: &mut Stream) -> Result<Vec<f64>> {
    let most = inputs.get("duration_most_ticks")?;
    let median = inputs.get("duration_median_ticks")?;
    let busy: Vec<usize> = (0..gpu_milli.len()).filter(|&record| gpu_milli[record] > 0.0).collect();
    let order = ranked(&busy.iter().map(|_| stream.uniform()).collect::<Vec<f64>>());
    let last = (busy.len() - 1) as f64;
    // q^e on a logarithmic scale: 1 at the lowest rank, the median in the middle, the longest job at the top.
    let exponent = libm::log2(libm::log(most) / libm::log(median));
    let mut durations = vec![0.0; gpu_milli.len()];
    for (rank, slot) in order.into_iter().enumerate() {
        let ticks = libm::exp(libm::log(most) * libm::pow(rank as f64 / last, exponent));
        durations[busy[slot]] = (ticks * 2.0).round() / 2.0;
    }
    Ok(durations)
}

/// DLRM serving: a small cluster on the first day, then a Gaussian count with two shifts a day, quiet weekends and a
/// slow drift.
pub fn dlrm() -> Result<Table> {
    let inputs = inputs::scalars()?;
    let hours = inputs::dlrm_hours()?;
    let mut stream = Stream::new(inputs.seed("dlrm_seed")?);
    let at = |record: usize, column: fn(&inputs::DlrmHour) -> f64| -> f64 {
        let hour = (record % RECORDS_PER_DAY) as f64 / PER_HOUR;
        let (from, part) = (hour as usize, hour - hour.floor());
        let (a, b) = (column(&hours[from % hours.len()]), column(&hours[(from + 1) % hours.len()]));
        a + (b - a) * part
    };
    let mut gpus: Vec<f64> = (0..RECORDS_PER_DAY)
        .map(|record| {
            let last_hour = record as f64 >= 23.0 * PER_HOUR;
            // The last hour does not lead back to midnight: the cluster goes on growing.
            let smooth = if last_hour { hours[23].first_day_gpus } else { at(record, |hour| hour.first_day_gpus) };
            (smooth + 1.2 * (stream.uniform() - 0.5)).round().max(1.0)
        })
        .collect();

    let mut slow = Drift::new(PER_HOUR * inputs.get("dlrm_slow_hours")?, 0.0);
    let mut fast = Drift::new(PER_HOUR * inputs.get("dlrm_fast_hours")?, 0.0);
    let (slow_weight, fast_weight) = (inputs.get("dlrm_slow_weight")?, inputs.get("dlrm_fast_weight")?);
    let (ramp_records, depth) = (PER_HOUR * inputs.get("dlrm_ramp_hours")?, inputs.get("dlrm_ramp_depth")?);
    let latent: Vec<f64> = (RECORDS_PER_DAY..DLRM_RECORDS)
        .map(|record| {
            // Days 1 and 2 of the trace are a weekend, so that July of the load's year has its weekends here too.
            let weekend = matches!((record / RECORDS_PER_DAY) % 7, 1 | 2);
            let shape = if weekend { at(record, |hour| hour.weekend) } else { at(record, |hour| hour.weekday) };
            let ramp = depth * libm::exp(-((record - RECORDS_PER_DAY) as f64) / ramp_records);
            shape - ramp + slow_weight * slow.step(&mut stream) + fast_weight * fast.step(&mut stream)
        })
        .collect();
    let wanted = inputs.get("dlrm_mean_gpus")? * DLRM_RECORDS as f64 - gpus.iter().sum::<f64>();
    let counts = gaussian_counts(&inputs, latent.len(), wanted, &mut stream)?;
    let mut later = vec![0.0; latent.len()];
    for (record, count) in ranked(&latent).into_iter().zip(counts) {
        later[record] = count;
    }
    gpus.extend(later);
    let cores = gpus.iter().map(|gpus| (gpus * 38.0 + 60.0 * stream.normal()).round().max(8.0)).collect();
    let memory = gpus.iter().map(|gpus| (gpus * 172.0 + 300.0 * stream.normal()).round().max(64.0)).collect();
    Ok(table(
        layout::DLRM,
        "dlrm_v2025",
        vec![("active_gpu_count", gpus), ("active_cpu_cores", cores), ("active_mem_gib", memory)],
    ))
}

/// Ascending whole numbers of a normal distribution, cut to the possible range, with the given sum.
fn gaussian_counts(inputs: &Scalars, n: usize, total: f64, stream: &mut Stream) -> Result<Vec<f64>> {
    let (std, most) = (inputs.get("dlrm_std_gpus")?, inputs.get("dlrm_most_gpus")?);
    let mut normals: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
    normals.sort_by(f64::total_cmp);
    let curve = |mean: f64| normals.iter().map(|z| (mean + std * z).round().clamp(1.0, most)).collect::<Vec<f64>>();
    Ok(curve(bisect(1.0, most, |mean| curve(mean).iter().sum::<f64>() - total)))
}

/// GenAI serving: one day, mostly near idle, with bursts that crowd in the afternoon.
pub fn genai() -> Result<Table> {
    let inputs = inputs::scalars()?;
    let mut stream = Stream::new(inputs.seed("genai_seed")?);
    let mut drift = Drift::new(8.0, 0.0);
    let mut latent: Vec<f64> = (0..GENAI_RECORDS)
        .map(|record| {
            let hour = record as f64 / PER_HOUR;
            let afternoon = libm::exp(-libm::pow((hour - 15.5) / 4.5, 2.0));
            0.3 * afternoon + 0.06 * drift.step(&mut stream) + 0.03 * stream.normal()
        })
        .collect();
    for burst in inputs::genai_bursts()? {
        let first = inputs::minutes(&burst.time)? / 5;
        let records = burst.minutes / 5;
        for (step, slot) in latent.iter_mut().skip(first).take(records).enumerate() {
            // A steep rise and a slower fall.
            let part = (step as f64 + 0.5) / records as f64;
            *slot += burst.height * if part < 0.3 { 0.55 + 1.5 * part } else { 1.0 - 0.5 * (part - 0.3) };
        }
    }
    let mut duty = vec![0.0; GENAI_RECORDS];
    for (record, value) in ranked(&latent).into_iter().zip(duty_cycles(&inputs)?) {
        duty[record] = value;
    }
    let qps: Vec<f64> = duty.iter().map(|d| (140.0 + 310.0 * d + 25.0 * stream.normal()).max(5.0).round()).collect();
    let pods = qps.iter().map(|qps| (14.0 + qps / 160.0).round()).collect();
    Ok(table(
        layout::GENAI,
        "genai_v2026",
        vec![("total_qps", qps), ("avg_gpu_duty_cycle", duty), ("active_genai_pods", pods)],
    ))
}

/// Ascending duty cycles in percent: a low part up to the spike threshold and a spike part above it, each a power
/// curve. The two values beside the 75th percentile are chosen so that it is exactly the threshold.
fn duty_cycles(inputs: &Scalars) -> Result<Vec<f64>> {
    let spikes = inputs.count("genai_spike_records")?;
    let low = GENAI_RECORDS - spikes;
    let (least, most) = (inputs.get("genai_least_duty_pct")?, inputs.get("genai_most_duty_pct")?);
    let threshold = layout::GENAI_SPIKE_DUTY_PCT;
    let total = inputs.get("genai_mean_duty_pct")? * GENAI_RECORDS as f64;
    let part = |from: f64, to: f64, n: usize, exponent: f64| {
        (0..n).map(move |k| hundredth(from + (to - from) * libm::pow(k as f64 / (n - 1) as f64, exponent)))
    };
    let curve = |exponent: f64| -> Vec<f64> {
        part(least, threshold - 0.01, low, exponent).chain(part(threshold + 0.03, most, spikes, 1.6)).collect()
    };
    Ok(curve(bisect(0.3, 12.0, |exponent| curve(exponent).iter().sum::<f64>() - total)))
}

fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
