//! Loads and energy prices of the markets over a year: by hour and season, by duration, and beside the weather
//! (core 6.2, 6.3, 7).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Card, Finding, Group, Parameter, Progress, Shown, Site, Study, Values, setup};
use crate::config::Result;
use crate::evaluate::exhibit::{Axis, Cells, Exhibit, Layer, Plot, Scale, Table};
use crate::plant::c2g::grid::lmp_usd_mwh;
use crate::plant::c2g::params::Market;
use crate::rollout::World;
use crate::signal::format_number;
use crate::trace::{TraceSource, layout, load_series, weather_series};

/// Seasons by their months; south of the equator winter is summer, so they are called by months.
const SEASONS: [&str; 4] = ["Dec to Feb", "Mar to May", "Jun to Aug", "Sep to Nov"];

/// Points of a duration curve.
const POINTS: usize = 200;

/// Prices of the markets.
pub(super) struct Prices;

impl Study for Prices {
    fn card(&self) -> &'static Card {
        &Card {
            name: "prices",
            title: "Loads and energy prices",
            group: Group::Grid,
            about: "Energy prices of all markets by hour and season, how long loads and prices last, and prices \
                    beside the weather.",
            quick: false,
        }
    }

    fn parameters(&self, world: &World) -> Result<Vec<Parameter>> {
        let setup = setup(&Values::new(Vec::new()));
        let params = crate::plant::c2g::params::Params::from_document(&world.configuration(&setup)?)?;
        let markets = params.markets.iter().map(|(name, market)| (name.clone(), market.label.clone()));
        let default = params.markets.keys().position(|name| name == "nyiso_nyc").unwrap_or(0);
        Ok(vec![
            Parameter::choice("market", "Market", markets, default).about("Whose prices stand beside the weather."),
            Parameter::number("bins", "Bins", "", (8.0, 60.0), 28.0, 0).about("Of ambient and price each."),
        ])
    }

    fn run(&self, world: &World, values: &Values, progress: &dyn Progress) -> Result<Option<Shown>> {
        let site = Site::new(world, values)?;
        let source = world.traces(&setup(values))?;
        let total = site.params.markets.len() as u64 + 1;
        let mut years = Vec::new();
        for (k, (name, market)) in site.params.markets.iter().enumerate() {
            if !progress.go_on(k as u64, total) {
                return Ok(None);
            }
            years.push(year(name, market, &site, &*source)?);
        }
        let chosen = values.chosen("market");
        let Some(own) = years.iter().find(|y| y.name == chosen) else { return Ok(Some(Shown::default())) };
        let ambient = ambient(&site, own, &*source)?;
        let (joint, correlation) = joint(own, &ambient, values.whole("bins").max(2) as usize);
        let mut findings: Vec<Finding> = years.iter().map(told).collect();
        findings.push(Finding::new(
            "correlation",
            format!(
                "{}: ambient and energy price go together with r = {} over {} hours.",
                own.label,
                format_number(correlation, 2),
                ambient.len()
            ),
            correlation,
            "",
        ));
        Ok(Some(Shown { exhibits: vec![by_hour(&years), durations(&years), joint], findings }))
    }
}

/// A market's year, five-minute record by record.
struct Year {
    name: String,
    label: String,
    zone: &'static str,
    load_mw: Vec<f64>,
    lmp: Vec<f64>,
    /// Month (1 to 12), day and hour on the site's clock.
    clock: Vec<(i8, i8, i8)>,
    max_mw: f64,
}

fn zone(name: &str) -> Result<(&'static str, TimeZone)> {
    let zone = layout::market(name)?.time_zone;
    let rules = jiff::tz::TimeZoneDatabase::bundled().get(zone).unwrap_or(TimeZone::UTC);
    Ok((zone, rules))
}

/// Month, day and hour of a moment.
fn clock(unix_s: i64, zone: &TimeZone) -> (i8, i8, i8) {
    let civil = Timestamp::from_second(unix_s).unwrap_or_default().to_zoned(zone.clone());
    (civil.month(), civil.day(), civil.hour())
}

fn year(name: &str, market: &Market, site: &Site, source: &dyn TraceSource) -> Result<Year> {
    let series = load_series(source, &market.load.csv)?;
    let (zone, rules) = zone(name)?;
    // A naive local time was read as if it were UTC.
    let rules = if series.utc { rules } else { TimeZone::UTC };
    let lmp = series.load_mw.iter().map(|load| lmp_usd_mwh(market, &site.params.grid, *load, series.median_mw));
    Ok(Year {
        name: name.to_owned(),
        label: market.label.clone(),
        zone,
        lmp: lmp.collect(),
        clock: series.unix_s.iter().map(|t| clock(*t, &rules)).collect(),
        max_mw: series.max_mw,
        load_mw: series.load_mw,
    })
}

/// Which season a month belongs to.
fn season(month: i8) -> usize {
    (usize::try_from(month).unwrap_or(0) % 12) / 3
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Mean price by season, then by hour.
fn hourly(year: &Year) -> [[f64; 24]; 4] {
    let mut sums = [[(0.0, 0.0); 24]; 4];
    for ((month, _, hour), lmp) in year.clock.iter().zip(&year.lmp) {
        let hour = usize::try_from(*hour).unwrap_or(0);
        if let Some((sum, n)) = sums.get_mut(season(*month)).and_then(|s| s.get_mut(hour)) {
            *sum += lmp;
            *n += 1.0;
        }
    }
    sums.map(|hours| hours.map(|(sum, n)| sum / n))
}

fn by_hour(years: &[Year]) -> Exhibit {
    let mut table = Table::new(["market", "season", "hour", "lmp_mean_usd_mwh"]);
    let mut plots = Vec::new();
    for year in years {
        let means = hourly(year);
        let mut layers = Vec::new();
        for (number, (season, hours)) in SEASONS.iter().zip(means).enumerate() {
            let points = hours.iter().enumerate().flat_map(|(h, v)| [(h as f64, *v), (h as f64 + 1.0, *v)]);
            layers.push(Layer::line(*season, points.collect(), number));
            for (hour, value) in hours.iter().enumerate() {
                table.row([year.label.as_str().into(), (*season).into(), (hour as f64).into(), (*value).into()]);
            }
        }
        plots.push(Plot::new(
            year.label.clone(),
            Axis::hours("local time"),
            Axis::new("mean energy price, $/MWh"),
            layers,
        ));
    }
    Exhibit::new(
        "prices_by_hour",
        "Energy prices by hour and season",
        "Mean of the market's proxy price over the year on the site's own clock: base price plus slope times \
         what the load exceeds its median by.",
        table,
    )
    .plots(3, plots)
}

/// A sorted series at even shares of the time, highest first: share in percent and value.
fn duration(values: &[f64], factor: f64) -> Vec<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let last = sorted.len().saturating_sub(1);
    let at = |k: usize| {
        let share = k as f64 / POINTS as f64;
        let value = sorted.get((share * last as f64).round() as usize).copied().unwrap_or(f64::NAN);
        (100.0 * share, factor * value)
    };
    (0..=POINTS).map(at).collect()
}

fn durations(years: &[Year]) -> Exhibit {
    let mut table = Table::new(["market", "time_percent", "load_percent_of_peak", "lmp_usd_mwh"]);
    let (mut loads, mut prices) = (Vec::new(), Vec::new());
    for (number, year) in years.iter().enumerate() {
        let (load, price) = (duration(&year.load_mw, 100.0 / year.max_mw), duration(&year.lmp, 1.0));
        for ((share, load), (_, price)) in load.iter().zip(&price) {
            table.row([year.label.as_str().into(), (*share).into(), (*load).into(), (*price).into()]);
        }
        loads.push(Layer::line(year.label.clone(), load, number));
        prices.push(Layer::line(year.label.clone(), price, number));
    }
    let share = || Axis::new("share of the year, %").from_to(0.0, 100.0);
    let plots = vec![
        Plot::new("Load", share(), Axis::new("load, % of its peak"), loads),
        Plot::new("Energy price", share(), Axis::new("energy price, $/MWh"), prices),
    ];
    Exhibit::new(
        "load_duration",
        "How long loads and prices last",
        "Load and energy price are at or above the curve for this share of the year. Half of the year, when the \
         load is below its median, the price rests at its base.",
        table,
    )
    .plots(1, plots)
}

/// Hours of a year with ambient (°C) and mean energy price ($/MWh), joined by the site's clock.
fn ambient(site: &Site, year: &Year, source: &dyn TraceSource) -> Result<Vec<(f64, f64)>> {
    let Some(market) = site.params.markets.get(&year.name) else { return Ok(Vec::new()) };
    let weather = weather_series(source, &market.weather.csv)?;
    let (_, rules) = zone(&year.name)?;
    let mut prices: BTreeMap<(i8, i8, i8), (f64, f64)> = BTreeMap::new();
    for (at, lmp) in year.clock.iter().zip(&year.lmp) {
        let entry = prices.entry(*at).or_default();
        entry.0 += lmp;
        entry.1 += 1.0;
    }
    let hours = weather.unix_s.iter().zip(&weather.temp_degc);
    let joined = hours.filter_map(|(t, degc)| {
        let (sum, n) = prices.get(&clock(*t, &rules))?;
        Some((*degc, sum / n))
    });
    Ok(joined.collect())
}

/// The joint distribution, and Pearson's correlation.
fn joint(year: &Year, hours: &[(f64, f64)], bins: usize) -> (Exhibit, f64) {
    let ends = |of: fn(&(f64, f64)) -> f64| {
        let (low, high) =
            hours.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low < high { (low, high) } else { (low - 0.5, low + 0.5) }
    };
    let (x, y) = (ends(|h| h.0), ends(|h| h.1));
    let bin = |v: f64, (low, high): (f64, f64)| (((v - low) / (high - low) * bins as f64) as usize).min(bins - 1);
    let mut counts = vec![0.0; bins * bins];
    for (degc, lmp) in hours {
        if let Some(count) = counts.get_mut(bin(*lmp, y) * bins + bin(*degc, x)) {
            *count += 1.0;
        }
    }
    let edges = |(low, high): (f64, f64)| -> Vec<f64> {
        (0..=bins).map(|k| low + (high - low) * k as f64 / bins as f64).collect()
    };
    let mut table = Table::new(["ambient_degc", "lmp_usd_mwh"]);
    hours.iter().for_each(|(degc, lmp)| table.numbers([*degc, *lmp]));
    let (mx, my) =
        (mean(&hours.iter().map(|h| h.0).collect::<Vec<_>>()), mean(&hours.iter().map(|h| h.1).collect::<Vec<_>>()));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| hours.iter().map(of).sum::<f64>();
    let (xx, yy) = (sum(&|h| (h.0 - mx).powi(2)), sum(&|h| (h.1 - my).powi(2)));
    let correlation = sum(&|h| (h.0 - mx) * (h.1 - my)) / libm::sqrt(xx * yy);
    // Cells without an hour are left empty; logarithms keep the base price from outshining all else.
    let values = counts.iter().map(|c| if *c > 0.0 { libm::log10(*c) } else { f64::NAN }).collect();
    let cells = Cells {
        columns: edges(x),
        rows: edges(y),
        values,
        scale: Scale::Even(None),
        label: "hours, powers of ten".to_owned(),
        numbers: None,
    };
    let mut means = vec![(0.0, 0.0); bins];
    for (degc, lmp) in hours {
        if let Some((sum, n)) = means.get_mut(bin(*degc, x)) {
            *sum += lmp;
            *n += 1.0;
        }
    }
    let middle = |k: usize| x.0 + (x.1 - x.0) * (k as f64 + 0.5) / bins as f64;
    let points = means.iter().enumerate().filter(|(_, (_, n))| *n > 0.0).map(|(k, (sum, n))| (middle(k), sum / n));
    let plots = vec![Plot::new(
        "Joint distribution",
        Axis::new("ambient, °C"),
        Axis::new("energy price, $/MWh"),
        vec![Layer::Cells(cells), Layer::line("mean price", points.collect(), 1)],
    )];
    let exhibit = Exhibit::new(
        "ambient_and_price",
        format!("Ambient and energy price, {}", year.label),
        format!(
            "Hours of a year on the clock of {}; the line is the mean price at an ambient. Hot hours that are dear \
             cost twice: cooling needs more and each megawatt-hour of it is dearer.",
            year.zone
        ),
        table,
    )
    .plots(1, plots);
    (exhibit, correlation)
}

/// What a market's year says.
fn told(year: &Year) -> Finding {
    let means = hourly(year);
    let mut best = (f64::MIN, 0, 0);
    for (s, hours) in means.iter().enumerate() {
        for (h, value) in hours.iter().enumerate() {
            if *value > best.0 {
                best = (*value, s, h);
            }
        }
    }
    let average = mean(&year.lmp);
    let words = format!(
        "{}: mean {} $/MWh, dearest on average {} $/MWh at {:02}:00 from {}.",
        year.label,
        format_number(average, 2),
        format_number(best.0, 2),
        best.2,
        SEASONS.get(best.1).copied().unwrap_or("")
    );
    Finding::new(format!("{}.mean", year.name), words, average, "$/MWh")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::Quiet;
    use super::*;
    use crate::rollout::{Setup, Step};

    /// Core 6.3: the price rests at its base for half of the year, because it counts from the median on.
    #[test]
    fn half_of_the_year_the_price_is_its_base() {
        let world = World::default();
        let values = Values::new(Prices.parameters(&world).unwrap());
        let site = Site::new(&world, &values).unwrap();
        let source = world.traces(&setup(&values)).unwrap();
        for (name, base) in [("nyiso_nyc", 28.0), ("pjm_dom", 35.0), ("ercot_north", 28.0), ("aemo_nsw", 55.0)] {
            let own = year(name, &site.params.markets[name], &site, &*source).unwrap();
            let resting = own.lmp.iter().filter(|p| **p == base).count() as f64 / own.lmp.len() as f64;
            assert!((resting - 0.5).abs() < 0.01, "{name}: {resting}");
            let curve = duration(&own.load_mw, 100.0 / own.max_mw);
            assert_eq!(curve[0].1, 100.0);
            assert!(curve.windows(2).all(|w| w[0].1 >= w[1].1));
        }
    }

    /// The price at an hour is the one that a run which begins there is charged.
    #[test]
    fn prices_are_those_of_a_run_that_begins_then() {
        let world = World::default();
        let values = Values::new(Prices.parameters(&world).unwrap());
        let site = Site::new(&world, &values).unwrap();
        let source = world.traces(&setup(&values)).unwrap();
        let own = year("nyiso_nyc", &site.params.markets["nyiso_nyc"], &site, &*source).unwrap();
        let setup = Setup { start: Some("07-13 15:00".to_owned()), ticks: Some(1), ..Setup::default() };
        let mut run = world.build(&setup).unwrap();
        assert_eq!(run.step().unwrap(), Step::Ran);
        let charged = run.row()[run.spec().signal("lmp_usd_mwh").unwrap()];
        let at = own.clock.iter().position(|c| *c == (7, 13, 15)).unwrap();
        assert_eq!(own.lmp[at], charged);
    }

    #[test]
    fn all_markets_stand_beside_each_other() {
        let world = World::default();
        let mut values = Values::new(Prices.parameters(&world).unwrap());
        values.set("market=ercot_north").unwrap();
        let shown = Prices.run(&world, &values, &Quiet).unwrap().unwrap();
        assert_eq!(shown.exhibits[0].plots.len(), 6);
        assert_eq!(shown.exhibits[0].table.rows.len(), 6 * 4 * 24);
        let r = shown.findings.last().unwrap().value;
        assert!((-1.0..=1.0).contains(&r));
        let hours = shown.exhibits[2].table.rows.len();
        assert!(hours > 8_700, "{hours} hours of a year were joined");
    }
}
