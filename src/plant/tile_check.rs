//! Holds a plant's tiles against its own tables: every index inside, every share and unit sensible.

use crate::config::{Error, Place, Result};
use crate::signal::SignalId;

use super::tile::{BoundAt, Intervals, Lines, Part, Readout, Row, Source, TileSpec};
use super::{PlantSpec, Slot};

impl TileSpec {
    /// Holds the tile against the plant that publishes it.
    ///
    /// # Errors
    /// Names tile, part and what is wrong: an index outside the tables, series of different units on one axis, shares
    /// that divide nothing, tables without content.
    pub fn check(&self, spec: &PlantSpec) -> Result<()> {
        let check = Check { tile: self, spec };
        if self.name.is_empty() || self.title.is_empty() || self.doc.is_empty() {
            return Err(check.wrong("", "name, title or sentence is missing"));
        }
        if let Some(headline) = &self.headline {
            check.readout("headline", headline)?;
        }
        check.rows(&self.rows)
    }
}

impl PlantSpec {
    /// Holds all tiles against the tables; names must be unique.
    ///
    /// # Errors
    /// See [`TileSpec::check`].
    pub fn check_tiles(&self) -> Result<()> {
        for (index, tile) in self.tiles.iter().enumerate() {
            if self.tiles.iter().take(index).any(|t| t.name == tile.name) {
                return Err(Check { tile, spec: self }.wrong("", "another tile has the same name"));
            }
            tile.check(self)?;
        }
        Ok(())
    }
}

struct Check<'a> {
    tile: &'a TileSpec,
    spec: &'a PlantSpec,
}

impl Check<'_> {
    fn wrong(&self, part: &str, what: impl Into<String>) -> Error {
        let place = format!("tile `{}` of plant `{}` {part}", self.tile.name, self.spec.name);
        Error::invalid(Place::source(place.trim_end()), what, "Mend the plant's table of tiles.")
    }

    fn rows(&self, rows: &[Row]) -> Result<()> {
        if rows.is_empty() {
            return Err(self.wrong("", "has no rows"));
        }
        for row in rows {
            if !(row.share.is_finite() && row.share >= 0.0) {
                return Err(self.wrong("", format!("a row's share is {}", row.share)));
            }
            self.part(&row.part)?;
        }
        Ok(())
    }

    fn part(&self, part: &Part) -> Result<()> {
        match part {
            Part::Columns(columns) => {
                if columns.is_empty() {
                    return Err(self.wrong("columns", "are none"));
                }
                for column in columns {
                    if !(column.share > 0.0 && column.least_pt >= 0.0 && column.least_pt.is_finite()) {
                        return Err(self.wrong("columns", "a share or least width is not positive"));
                    }
                    self.rows(&column.rows)?;
                }
                Ok(())
            }
            Part::Lines(lines) => self.lines(lines),
            Part::Strip { title, signal } => self.signals(title, &[*signal]),
            Part::Stack { title, terms, sum } => {
                let all: Vec<SignalId> = terms.iter().chain(sum).copied().collect();
                self.one_unit(title, &all)
            }
            Part::Terms { slot } => {
                let terms = &self.slot("terms", *slot)?.reward_terms;
                if terms.is_empty() { Err(self.wrong("terms", "the slot has no reward terms")) } else { Ok(()) }
            }
            Part::Intervals(intervals) => self.intervals(intervals),
            Part::Gauges(signals) => self.signals("gauges", signals),
            Part::Level { signal, usable: (low, high) } => {
                if low >= high {
                    return Err(self.wrong("level", format!("usable from {low} to {high}")));
                }
                self.signals("level", &[*signal])
            }
            Part::Swing { title, signal, limit_low, limit_high, .. } => {
                let all: Vec<SignalId> = [Some(*signal), *limit_low, *limit_high].into_iter().flatten().collect();
                self.one_unit(title, &all)
            }
            Part::Readouts { title, list } => list.iter().try_for_each(|readout| self.readout(title, readout)),
            Part::Score { request, response } => self.one_unit("score", &[*request, *response]),
            Part::Ahead { signals } => {
                self.signals("ahead", signals)?;
                let limited = |s: &SignalId| self.spec.signals.get(*s).is_some_and(|s| s.limits != Default::default());
                match signals.iter().find(|s| !limited(s)) {
                    Some(signal) => Err(self.wrong("ahead", format!("signal {signal} has no limit to reach"))),
                    None => Ok(()),
                }
            }
            Part::Countdown { slot, .. } => self.slot("countdown", *slot).map(|_| ()),
            Part::Note(words) if words.is_empty() => Err(self.wrong("note", "says nothing")),
            Part::Note(_) => Ok(()),
        }
    }

    fn lines(&self, lines: &Lines) -> Result<()> {
        if lines.name.is_empty() {
            return Err(self.wrong(&lines.title, "lines have no name"));
        }
        let moving = lines.bounds.iter().filter_map(|b| match b.at {
            BoundAt::Signal(_, signal) => Some(signal),
            BoundAt::Value(_) => None,
        });
        let all: Vec<SignalId> = lines.series.iter().map(|s| s.signal).chain(moving).collect();
        self.one_unit(&lines.name, &all)
    }

    fn intervals(&self, intervals: &Intervals) -> Result<()> {
        self.slot("intervals", intervals.slot)?;
        if intervals.steps.is_empty() && intervals.bars.is_empty() {
            return Err(self.wrong("intervals", "show nothing"));
        }
        let mut told = intervals.rows.iter().map(|r| r.signal).chain(intervals.won);
        told.try_for_each(|signal| self.signals("intervals", &[signal]))?;
        [&intervals.steps, &intervals.bars]
            .into_iter()
            .filter(|list| !list.is_empty())
            .try_for_each(|list| self.one_unit("intervals", list))
    }

    fn readout(&self, part: &str, readout: &Readout) -> Result<()> {
        let part = format!("{part} {}", readout.label);
        if readout.doc.is_empty() || !readout.scale.is_finite() {
            return Err(self.wrong(part.trim(), "a number has no sentence or no scale"));
        }
        match readout.source {
            Source::Signal(signal) | Source::Sum(signal) | Source::SlopePerMinute(signal) | Source::Change(signal) => {
                self.signals(part.trim(), &[signal])
            }
            Source::SumSince(signal, slot) | Source::RmsSince(signal, slot) => {
                self.slot(part.trim(), slot)?;
                self.signals(part.trim(), &[signal])
            }
            Source::Metric(metric) if metric < self.spec.metrics.len() => Ok(()),
            Source::Metric(metric) => Err(self.wrong(part.trim(), format!("there is no metric {metric}"))),
        }
    }

    fn slot(&self, part: &str, slot: usize) -> Result<&Slot> {
        self.spec.slots.get(slot).ok_or_else(|| self.wrong(part, format!("there is no slot {slot}")))
    }

    fn signals(&self, part: &str, signals: &[SignalId]) -> Result<()> {
        if signals.is_empty() {
            return Err(self.wrong(part, "names no signal"));
        }
        match signals.iter().find(|&&s| s >= self.spec.signals.len()) {
            Some(signal) => Err(self.wrong(part, format!("there is no signal {signal}"))),
            None => Ok(()),
        }
    }

    /// Signals that share an axis.
    fn one_unit(&self, part: &str, signals: &[SignalId]) -> Result<()> {
        self.signals(part, signals)?;
        let mut units = signals.iter().filter_map(|&s| self.spec.signals.get(s)).map(|s| s.unit.as_str());
        let first = units.next();
        match units.find(|&unit| Some(unit) != first) {
            Some(unit) => Err(self.wrong(part, format!("`{}` and `{unit}` share an axis", first.unwrap_or_default()))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plant::{Role, Series};
    use crate::signal::{Carrier, Limits, Signal};

    fn spec() -> PlantSpec {
        let signal = |name: &str, unit: &str| Signal::new(name, 0, name, unit, "A toy.");
        let warm = signal("t_degc", "°C").limits(Limits::high(30.0, 40.0));
        PlantSpec { signals: vec![signal("p_mw", "MW"), warm], ..PlantSpec::default() }
    }

    fn tile(part: Part) -> TileSpec {
        TileSpec {
            home: crate::plant::Home::Side,
            name: "toy".into(),
            title: "Toy".into(),
            caption: String::new(),
            carrier: Carrier::Aux,
            headline: None,
            rows: vec![Row { share: 1.0, part }],
            doc: "A toy.".into(),
        }
    }

    #[test]
    fn what_is_outside_the_tables_is_named() {
        let lines = |signals: &[usize]| {
            let series = signals.iter().map(|&signal| Series { signal, role: Role::Line }).collect();
            Part::Lines(Lines::new("power", "", series))
        };
        let readout = |source: Source| Part::Readouts {
            title: String::new(),
            list: vec![Readout::new("x", source, "", 0, "X.")],
        };
        for (part, told) in [
            (lines(&[0]), None),
            (lines(&[7]), Some("no signal 7")),
            (lines(&[0, 1]), Some("share an axis")),
            (lines(&[]), Some("names no signal")),
            (readout(Source::Metric(0)), Some("no metric 0")),
            (readout(Source::SumSince(0, 3)), Some("no slot 3")),
            (Part::Ahead { signals: vec![1] }, None),
            (Part::Ahead { signals: vec![0] }, Some("no limit")),
            (Part::Level { signal: 0, usable: (1.0, 0.0) }, Some("usable")),
            (Part::Columns(Vec::new()), Some("none")),
        ] {
            let found = tile(part).check(&spec()).err().map(|e| e.to_string());
            match told {
                None => assert_eq!(found, None),
                Some(told) => assert!(found.as_deref().is_some_and(|f| f.contains(told)), "{found:?}"),
            }
        }
    }

    #[test]
    fn tiles_of_one_name_are_refused() {
        let good = tile(Part::Gauges(vec![0]));
        let spec = PlantSpec { tiles: vec![good.clone(), good], ..spec() };
        assert!(spec.check_tiles().unwrap_err().to_string().contains("same name"));
    }
}
