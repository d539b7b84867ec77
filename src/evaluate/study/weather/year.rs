//! A year of weather: days, seasons, how often each temperature is, and the model year beside the played one (core 7).
#![deny(clippy::indexing_slicing)]

use super::super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, market_choices};
use super::{MONTHS, STATIONS, Station, mean, places};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Exhibit, Layer, Plot, Table, Tint};
use crate::evaluate::numbers::fixed;
use crate::rollout::World;
use crate::trace::{self, Origin, synthetic_weather};

/// Width of a bar of the histograms, K.
const BAR_K: f64 = 2.0;

/// Months of the seasons, with what people in the north and in the south call them.
const SEASONS: [(&str, [usize; 3]); 4] =
    [("Dec–Feb", [11, 0, 1]), ("Mar–May", [2, 3, 4]), ("Jun–Aug", [5, 6, 7]), ("Sep–Nov", [8, 9, 10])];

/// Weather of six places.
pub(in crate::evaluate::study) struct Year;

impl Study for Year {
    fn card(&self) -> &'static Card {
        &Card {
            name: "weather",
            title: "A year of weather",
            group: Group::Weather,
            about: "A year of temperatures at the six places: days, seasons, how often each is, and the model year \
                    beside it.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        Ok(vec![
            market_choices(world)?.about("Its weather is looked at more closely."),
            Parameter::number("smooth_d", "Means over", "d", (1.0, 60.0), 7.0, 0)
                .about("For the lines of all six places."),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        let (all, chosen, traces) = places(world, values, &site)?;
        if !progress.go_on(1, 3) {
            return Ok(None);
        }
        let Some(own) = all.get(chosen) else { return Ok(Some(Shown::default())) };
        let clock = own.clock()?;
        let mut monthly = Vec::new();
        for place in &all {
            monthly.push(place.by_month(&place.clock()?, &|t| t));
        }
        if !progress.go_on(2, 3) {
            return Ok(None);
        }
        let station = trace::layout::market_of_station(&own.market.weather.csv);
        let model = station.map(|m| synthetic_weather(&m.climate).0).unwrap_or_default();
        let exhibits = vec![
            annual(&all, own, values.get("smooth_d")),
            spread_of(&all),
            diurnal(&all, own, &clock, &monthly),
            against_model(own, &clock, &model),
        ];
        let mut findings = findings(&all, own, &clock, &monthly, &model);
        let measured = matches!(own.series.origin, Origin::Real(_));
        let words = if measured {
            format!("{}: measured, from {}.", own.market.label, own.series.origin)
        } else {
            format!(
                "No measured file: {} plays the {}. Give a data folder to hold a real year against the model.",
                own.market.label,
                traces.label()
            )
        };
        findings.push(Finding::new("measured", words, f64::from(u8::from(measured)), ""));
        Ok(Some(Shown { exhibits, findings }))
    }
}

/// Means of as many days as asked for.
fn smooth(days: &[(f64, f64, f64, f64)], count: usize) -> Vec<(f64, f64)> {
    let means: Vec<f64> = days.iter().map(|d| d.2).collect();
    days.chunks(count.max(1))
        .zip(means.chunks(count.max(1)))
        .map(|(d, m)| (mean(&d.iter().map(|d| d.0 + 0.5).collect::<Vec<_>>()), mean(m)))
        .collect()
}

fn annual(all: &[Station<'_>], own: &Station<'_>, smooth_d: f64) -> Exhibit {
    let days = own.days();
    let mut table = Table::new(["day", "lowest_degc", "mean_degc", "highest_degc"]);
    for (day, low, middle, high) in &days {
        table.numbers([*day, *low, *middle, *high]);
    }
    let year = || Axis::new("day of the year").from_to(0.0, 366.0);
    let lines = all.iter().enumerate().map(|(k, p)| Layer::line(p.short(), smooth(&p.days(), smooth_d as usize), k));
    let plots = vec![
        Plot::new(
            format!("{}, day by day", own.market.label),
            year(),
            Axis::new("temperature, °C"),
            vec![
                Layer::Band {
                    name: "lowest to highest".into(),
                    points: days.iter().map(|d| (d.0 + 0.5, d.1, d.3)).collect(),
                    tint: Tint::Series(0),
                },
                Layer::line("mean of the day", days.iter().map(|d| (d.0 + 0.5, d.2)).collect(), 0),
            ],
        ),
        Plot::new("Six places", year(), Axis::new("temperature, °C"), lines.collect()),
    ];
    Exhibit::new(
        "weather_annual",
        "A year of temperatures",
        format!("Summer lies in the middle of the year, in Sydney at both ends. {STATIONS}"),
        table,
    )
    .plots(2, plots)
}

/// Share of the hours in bars of [`BAR_K`], %: middles and shares.
fn shares(temps: &[f64]) -> Vec<(f64, f64)> {
    let low = (temps.iter().copied().fold(f64::INFINITY, f64::min) / BAR_K).floor();
    let high = (temps.iter().copied().fold(f64::NEG_INFINITY, f64::max) / BAR_K).floor();
    if !(low.is_finite() && high.is_finite()) {
        return Vec::new();
    }
    let mut counts = vec![0.0; (high - low) as usize + 1];
    for t in temps {
        if let Some(count) = counts.get_mut(((t / BAR_K).floor() - low) as usize) {
            *count += 100.0 / temps.len() as f64;
        }
    }
    counts.into_iter().enumerate().map(|(k, share)| ((low + k as f64 + 0.5) * BAR_K, share)).collect()
}

fn spread_of(all: &[Station<'_>]) -> Exhibit {
    let mut table = Table::new(["market", "temperature_degc", "share_of_hours"]);
    let (mut real, mut normal) = (Vec::new(), Vec::new());
    for (k, place) in all.iter().enumerate() {
        let line = shares(&place.series.temp_degc);
        for (t, share) in &line {
            table.row([place.market.label.as_str().into(), (*t).into(), (share / 100.0).into()]);
        }
        real.push(Layer::line(place.short(), line, k));
        let scaled: Vec<f64> =
            place.series.temp_degc.iter().map(|t| 100.0 * place.market.weather.normalise(*t)).collect();
        let mut counts = [0.0; 25];
        for v in &scaled {
            if let Some(count) = counts.get_mut(((v / 4.0) as usize).min(24)) {
                *count += 100.0 / scaled.len() as f64;
            }
        }
        normal.push(Layer::line(
            place.short(),
            counts.iter().enumerate().map(|(k, c)| ((k as f64 + 0.5) / 25.0, *c)).collect(),
            k,
        ));
    }
    let plots = vec![
        Plot::new("Temperature", Axis::new("temperature, °C"), Axis::new("share of hours in 2 K, %").with_zero(), real),
        Plot::new(
            "Normalised",
            Axis::new("normalised temperature").from_to(0.0, 1.0),
            Axis::new("share of hours in 0.04, %").with_zero(),
            normal,
        ),
    ];
    Exhibit::new(
        "weather_distribution",
        "How often each temperature is",
        "Right: as controllers see it, on the scale of observation 13 of each place.",
        table,
    )
    .plots(2, plots)
}

/// Mean by hour of a season, on the place's clock.
fn hours_of(own: &Station<'_>, clock: &[(usize, usize)], months: [usize; 3]) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); 24];
    for (t, (month, hour)) in own.series.temp_degc.iter().zip(clock) {
        if months.contains(month)
            && let Some((sum, count)) = sums.get_mut(*hour)
        {
            *sum += t;
            *count += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count)| sum / count).collect()
}

fn diurnal(all: &[Station<'_>], own: &Station<'_>, clock: &[(usize, usize)], monthly: &[Vec<f64>]) -> Exhibit {
    let seasons = SEASONS.map(|(name, months)| (name, hours_of(own, clock, months)));
    let mut table = Table::new(
        ["hour"].into_iter().map(str::to_owned).chain(SEASONS.iter().map(|(name, _)| format!("{name}_degc"))),
    );
    for hour in 0..24 {
        let row = seasons.iter().map(|(_, line)| line.get(hour).copied().unwrap_or(f64::NAN));
        table.numbers([hour as f64].into_iter().chain(row));
    }
    let lines = seasons.iter().enumerate().map(|(k, (name, line))| {
        Layer::line(*name, line.iter().enumerate().map(|(h, t)| (h as f64 + 0.5, *t)).collect(), k)
    });
    let months = all.iter().zip(monthly).enumerate().map(|(k, (place, line))| {
        Layer::line(place.short(), line.iter().enumerate().map(|(m, t)| (m as f64, *t)).collect(), k)
    });
    let plots = vec![
        Plot::new(
            format!("{}: mean day", own.market.label),
            Axis::hours("local time"),
            Axis::new("temperature, °C"),
            lines.collect(),
        ),
        Plot::new("Means of months", Axis::names("", MONTHS), Axis::new("temperature, °C"), months.collect()),
    ];
    Exhibit::new(
        "weather_diurnal",
        "Days and seasons",
        "Left: mean days by season on the place's own clock. Right: the southern year is turned by half.",
        table,
    )
    .plots(2, plots)
}

fn against_model(own: &Station<'_>, clock: &[(usize, usize)], model: &[f64]) -> Exhibit {
    let measured = matches!(own.series.origin, Origin::Real(_));
    let name = if measured { "measured" } else { "embedded set" };
    let mut by_model = vec![(0.0, 0.0); 12];
    for (t, (month, _)) in model.iter().zip(clock) {
        if let Some((sum, count)) = by_model.get_mut(*month) {
            *sum += t;
            *count += 1.0;
        }
    }
    let played = own.by_month(clock, &|t| t);
    let by_model: Vec<f64> = by_model.into_iter().map(|(sum, count): (f64, f64)| sum / count).collect();
    let mut table = Table::new(["month", "played_degc", "model_degc", "difference_k"]);
    for ((month, a), b) in MONTHS.iter().zip(&played).zip(&by_model) {
        table.row([(*month).into(), (*a).into(), (*b).into(), (a - b).into()]);
    }
    let points = |line: &[f64]| line.iter().enumerate().map(|(m, t)| (m as f64, *t)).collect();
    // A fortnight in July: what weather is, beside a wave.
    let july = |line: &[f64]| -> Vec<(f64, f64)> {
        line.iter().skip(182 * 24).take(14 * 24).enumerate().map(|(k, t)| (k as f64 / 24.0, *t)).collect()
    };
    let plots = vec![
        Plot::new(
            "Means of months",
            Axis::names("", MONTHS),
            Axis::new("temperature, °C"),
            vec![Layer::line(name, points(&played), 0), Layer::dashed("model year", points(&by_model), 1)],
        ),
        Plot::new(
            "How often each is",
            Axis::new("temperature, °C"),
            Axis::new("share of hours in 2 K, %").with_zero(),
            vec![Layer::line(name, shares(&own.series.temp_degc), 0), Layer::dashed("model year", shares(model), 1)],
        ),
        Plot::new(
            "A fortnight in July",
            Axis::new("days from 1 July"),
            Axis::new("temperature, °C"),
            vec![Layer::line(name, july(&own.series.temp_degc), 0), Layer::dashed("model year", july(model), 1)],
        ),
    ];
    Exhibit::new(
        "weather_model",
        format!("{}: {name} against the model year", own.market.label),
        "The model year is what is played where a file is missing: two waves, no weather, noon in UTC.",
        table,
    )
    .plots(3, plots)
}

fn findings(
    all: &[Station<'_>],
    own: &Station<'_>,
    clock: &[(usize, usize)],
    monthly: &[Vec<f64>],
    model: &[f64],
) -> Vec<Finding> {
    let label = &own.market.label;
    let temps = &own.series.temp_degc;
    let (low, high) = temps.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), t| (l.min(*t), h.max(*t)));
    let middle = mean(temps);
    let mut out = vec![Finding::new(
        "mean",
        format!("{label}: {} °C on average, from {} to {} °C.", fixed(middle, 1), fixed(low, 1), fixed(high, 1)),
        middle,
        "°C",
    )];
    let hot = temps.iter().filter(|t| **t > 30.0).count() as f64;
    out.push(Finding::new(
        "hot_hours",
        format!("{} hours of the year are warmer than 30 °C.", fixed(hot, 0)),
        hot,
        "h",
    ));
    let summer = if own.market.weather.southern { SEASONS[0].1 } else { SEASONS[2].1 };
    let day = hours_of(own, clock, summer);
    let (coolest, warmest) = day.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), t| (l.min(*t), h.max(*t)));
    let at = day.iter().position(|t| *t >= warmest).unwrap_or(0);
    out.push(Finding::new(
        "summer_swing",
        format!("A summer day swings by {} K and is warmest from {at:02}:00 on.", fixed(warmest - coolest, 1)),
        warmest - coolest,
        "K",
    ));
    let warmest_month = monthly.iter().zip(all).map(|(line, place)| {
        let most = line.iter().copied().enumerate().filter(|(_, t)| t.is_finite()).max_by(|x, y| x.1.total_cmp(&y.1));
        (place, most.map_or(0, |(m, _)| m))
    });
    for (place, month) in warmest_month.filter(|(p, _)| p.market.weather.southern) {
        let words = format!(
            "{} is warmest in {}: the southern summer.",
            place.market.label,
            MONTHS.get(month).copied().unwrap_or_default()
        );
        out.push(Finding::new("southern_month", words, month as f64 + 1.0, ""));
    }
    if !model.is_empty() {
        let off = middle - mean(model);
        out.push(Finding::new(
            "model_off",
            format!(
                "On average it is {} K {} than the model year.",
                fixed(off.abs(), 2),
                if off < 0.0 { "colder" } else { "warmer" }
            ),
            off,
            "K",
        ));
        let deviation = |v: &[f64]| {
            let m = mean(v);
            (v.iter().map(|t| (t - m) * (t - m)).sum::<f64>() / v.len() as f64).sqrt()
        };
        out.push(Finding::new(
            "model_sigma",
            format!(
                "Its hours scatter by {} K, those of the model by {} K.",
                fixed(deviation(temps), 2),
                fixed(deviation(model), 2)
            ),
            deviation(model),
            "K",
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::super::thermal::support::{number, shown};
    use super::*;

    /// Mean and the two waves of the model year are known: its variance is half the sum of their squares (core 7).
    #[test]
    fn the_model_year_has_the_moments_of_its_waves() {
        for (market, annual, daily) in [("nyiso_nyc", 12.5, 5.0), ("aemo_nsw", 9.0, 8.0)] {
            let told = shown(&Year, &[&format!("market={market}")]);
            let closed = ((annual * annual + daily * daily) / 2.0_f64).sqrt();
            assert!(
                (number(&told, "model_sigma") - closed).abs() < 0.02,
                "{} against {closed}",
                number(&told, "model_sigma")
            );
            assert!(number(&told, "model_off").abs() < 1.0, "{}", number(&told, "model_off"));
        }
    }

    #[test]
    fn sydney_has_its_summer_in_january() {
        let told = shown(&Year, &["market=aemo_nsw"]);
        let month = number(&told, "southern_month");
        assert!(month == 1.0 || month == 2.0 || month == 12.0, "{month}");
        assert_eq!(number(&told, "measured"), 0.0);
    }

    #[test]
    fn a_data_folder_is_held_against_the_model_year() {
        let dir = tempfile::tempdir().unwrap();
        let traces = dir.path().join("workload_traces");
        std::fs::create_dir_all(&traces).unwrap();
        std::fs::create_dir_all(dir.path().join("weather")).unwrap();
        let mut text = "timestamp_utc,zone,station_id,station_name,temp_c,dewpoint_c\n".to_owned();
        for day in 1..=31 {
            for hour in 0..24 {
                text += &format!(
                    "2024-01-{day:02}T{hour:02}:00:00+00:00,NYC,1,x,{},1.0\n",
                    if hour < 12 { 2.0 } else { 6.0 }
                );
            }
        }
        std::fs::write(dir.path().join("weather").join("NYC.csv"), text).unwrap();
        let world = World::default();
        let values = Values::new(Year.parameters(&world).unwrap()).with_data(Some(dir.path().to_path_buf()));
        let told = Year.run(&world, &values, &super::super::super::Quiet).unwrap().unwrap();
        assert_eq!((number(&told, "mean"), number(&told, "measured")), (4.0, 1.0));
        let words: Vec<&str> = told.findings.iter().map(|f| f.words.as_str()).collect();
        assert!(words.iter().any(|w| w.contains("real:NYC.csv")), "{words:?}");
        assert!(told.exhibits[3].title.contains("measured"));
    }

    #[test]
    fn shares_are_of_all_hours() {
        let bars = shares(&[-3.0, -1.0, 0.5, 1.5, 1.9]);
        assert_eq!(bars, [(-3.0, 20.0), (-1.0, 20.0), (1.0, 60.0)]);
    }
}
