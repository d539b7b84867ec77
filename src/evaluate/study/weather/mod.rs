//! Studies of the weather: a year of six places, and what it makes of the machines' COP.

mod implied_cop;
mod year;

pub(super) use implied_cop::ImpliedCop;
pub(super) use year::Year;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Site, Values, setup};
use crate::config::{Error, Place, Result};
use crate::plant::c2g::params::Market;
use crate::rollout::World;
use crate::trace::{self, TraceSource, WeatherSeries};

/// Months in words.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A place with its year.
struct Station<'a> {
    market: &'a Market,
    series: WeatherSeries,
}

/// The six places in the order of the configuration, the chosen one's number among them, and where series come from.
fn places<'a>(
    world: &World,
    values: &Values,
    site: &'a Site,
) -> Result<(Vec<Station<'a>>, usize, std::sync::Arc<dyn TraceSource>)> {
    let traces = world.traces(&setup(values))?;
    let mut all = Vec::new();
    for market in site.params.markets.values() {
        all.push(Station { market, series: trace::weather_series(&*traces, &market.weather.csv)? });
    }
    let chosen = site.params.markets.keys().position(|name| *name == site.chosen.weather_name).unwrap_or(0);
    Ok((all, chosen, traces))
}

/// Words that say which station is where.
const STATIONS: &str = "NYC New York, DCA Washington, SJC San Jose, DFW Dallas, FRA Frankfurt, BKT Sydney: the stations of the six markets.";

impl Station<'_> {
    /// Its name in a legend of six.
    fn short(&self) -> String {
        self.market.weather.csv.clone()
    }

    /// Month (0 to 11) and hour of every record on the place's clock.
    fn clock(&self) -> Result<Vec<(usize, usize)>> {
        let zone = zone_of(&self.market.zone)?;
        Ok(self
            .series
            .unix_s
            .iter()
            .map(|s| {
                let at = jiff::Timestamp::from_second(*s).unwrap_or_default().to_zoned(zone.clone());
                (usize::try_from(at.month() - 1).unwrap_or(0), usize::try_from(at.hour()).unwrap_or(0))
            })
            .collect())
    }

    /// Lowest, mean and highest temperature of every UTC day, with its number from the first record's day.
    fn days(&self) -> Vec<(f64, f64, f64, f64)> {
        let mut days: Vec<(i64, f64, f64, f64, f64)> = Vec::new();
        let first = self.series.unix_s.first().map_or(0, |s| s.div_euclid(86_400));
        for (s, t) in self.series.unix_s.iter().zip(&self.series.temp_degc) {
            let day = s.div_euclid(86_400) - first;
            match days.last_mut() {
                Some(last) if last.0 == day => {
                    last.1 = last.1.min(*t);
                    last.2 += t;
                    last.3 = last.3.max(*t);
                    last.4 += 1.0;
                }
                _ => days.push((day, *t, *t, *t, 1.0)),
            }
        }
        days.into_iter().map(|(day, low, sum, high, count)| (day as f64, low, sum / count, high)).collect()
    }

    /// Mean of something by the months of the place's clock; NaN for a month without records.
    fn by_month(&self, clock: &[(usize, usize)], f: &dyn Fn(f64) -> f64) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); 12];
        for (t, (month, _)) in self.series.temp_degc.iter().zip(clock) {
            if let Some((sum, count)) = sums.get_mut(*month) {
                *sum += f(*t);
                *count += 1.0;
            }
        }
        sums.into_iter().map(|(sum, count)| sum / count).collect()
    }
}

fn zone_of(name: &str) -> Result<TimeZone> {
    TimeZoneDatabase::bundled().get(name).map_err(|e| {
        Error::invalid(
            Place::source("markets"),
            format!("the time zone {name} is not known: {e}"),
            "Give the market an IANA zone, for example America/New_York.",
        )
    })
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { f64::NAN } else { values.iter().sum::<f64>() / values.len() as f64 }
}
