//! A chart of any kind as a drawing in points: title, legend, axes with units, and what the kind shows.

use super::panes::{Axes, COLOURS, legend, limit_words, place, time_axis, unit_words};
use super::{
    ChartKind, Duration, Histogram, MOST_CARPET_ROWS, MOST_PATH_ROWS, MOST_ROWS, Samples, bins, carpet, carpet_range,
    duration, every_words, histogram, path, samples, scale_colour,
};
use crate::config::{Error, Place, Result};
use crate::evaluate::figures::axis::{Plot, range};
use crate::evaluate::figures::paint;
use crate::evaluate::figures::style::{Colour, LINE_STRONG, SMALL, TEXT, TEXT2, TEXT3, TITLE};
use crate::evaluate::figures::{Anchor, Sheet};
use crate::plant::Calendar;
use crate::record::{Envelope, Recording};
use crate::rollout::Schema;
use crate::signal::{Alarm, Hold, Kind, Signal, SignalId};

/// What is drawn, and of which rows.
#[derive(Debug, Clone, Copy)]
pub struct ChartDrawing<'a> {
    /// Words above it.
    pub title: &'a str,
    /// What it makes of its signals.
    pub kind: ChartKind,
    /// The columns that there are.
    pub schema: &'a Schema,
    /// Tick length and clock of the site.
    pub calendar: &'a Calendar,
    /// The rows.
    pub recording: &'a Recording,
    /// The signals.
    pub columns: &'a [SignalId],
    /// First row.
    pub from: u64,
    /// Row after the last one.
    pub to: u64,
    /// Width and height, points.
    pub size: (f64, f64),
}

/// A signal with its column and its colour.
#[derive(Clone, Copy)]
pub(super) struct Series<'a> {
    pub(super) column: SignalId,
    pub(super) signal: &'a Signal,
    pub(super) colour: Colour,
}

/// Least pane: width beside another, height below another, points.
const LEAST_PANE: (f64, f64) = (260.0, 100.0);

/// Height of the heading, points.
const HEADING: f64 = 24.0;

/// Smallest drawing, points.
const LEAST: (f64, f64) = (320.0, 180.0);

impl<'a> ChartDrawing<'a> {
    /// The chart as an SVG document: the same rows give the same bytes.
    ///
    /// # Errors
    /// No signal, no row, a size that nothing can be drawn in, a kind that needs other signals.
    pub fn svg(&self) -> Result<String> {
        paint::svg(&self.sheet()?)
    }

    /// The chart as a PNG of two pixels a point.
    ///
    /// # Errors
    /// As [`ChartDrawing::svg`].
    pub fn png(&self) -> Result<Vec<u8>> {
        paint::png(&self.sheet()?)
    }

    /// The chart as a drawing.
    ///
    /// # Errors
    /// As [`ChartDrawing::svg`].
    pub fn sheet(&self) -> Result<Sheet> {
        let wrong = |what: String, cure: &str| Err(Error::invalid(Place::source("chart"), what, cure));
        let series: Vec<Series<'a>> = self
            .columns
            .iter()
            .filter_map(|c| self.schema.signals.get(*c).map(|signal| (*c, signal)))
            .zip(COLOURS.into_iter().cycle())
            .map(|((column, signal), colour)| Series { column, signal, colour })
            .collect();
        if series.is_empty() {
            return wrong("it has no signal of this run".to_owned(), "Choose at least one signal.");
        }
        if !(self.size.0 >= LEAST.0 && self.size.1 >= LEAST.1 && self.size.0 <= 8_192.0 && self.size.1 <= 8_192.0) {
            let (w, h) = self.size;
            return wrong(
                format!("{w:.0}x{h:.0} points are no size for a chart"),
                "Choose a size from 320x180 to 8192x8192.",
            );
        }
        let to = self.to.min(self.recording.rows());
        if self.from >= to {
            return wrong(
                format!("there is no row from {} to {}", self.from, self.to),
                "Choose a range in which the run has rows.",
            );
        }
        let whole = Self { to, ..*self };
        let mut sheet = Sheet::new(self.size.0, self.size.1);
        let note = match self.kind {
            ChartKind::Lines => whole.lines(&mut sheet, &series),
            ChartKind::Xy => whole.plane(&mut sheet, &series)?,
            ChartKind::Histogram => whole.by_unit(&mut sheet, &series, true, Self::histogram),
            ChartKind::Duration => whole.by_unit(&mut sheet, &series, true, Self::duration),
            ChartKind::Carpet => whole.carpet(&mut sheet, &series),
            ChartKind::Stacked => whole.by_unit(&mut sheet, &series, false, Self::stacked),
        };
        whole.heading(&mut sheet, &note);
        Ok(sheet)
    }

    /// A pane for each unit: beside each other where they may stand so and each is wide enough, else below each other.
    fn by_unit(
        &self,
        sheet: &mut Sheet,
        series: &[Series<'_>],
        beside: bool,
        draw: fn(&Self, &mut Sheet, &[Series<'_>]) -> String,
    ) -> String {
        let mut units: Vec<&str> = Vec::new();
        for s in series {
            if !units.contains(&s.signal.unit.as_str()) {
                units.push(&s.signal.unit);
            }
        }
        if units.len() < 2 {
            return draw(self, sheet, series);
        }
        let beside = beside && self.size.0 / units.len() as f64 >= LEAST_PANE.0;
        let most = ((self.size.1 - HEADING) / LEAST_PANE.1).floor().max(1.0) as usize;
        let left_out = if beside { 0 } else { units.len().saturating_sub(most) };
        units.truncate(units.len() - left_out);
        let count = units.len() as f64;
        // Below each other each begins where the heading of the one above it would stand.
        let size = match beside {
            true => (self.size.0 / count, self.size.1),
            false => (self.size.0, (self.size.1 - HEADING) / count + HEADING),
        };
        let pane = Self { size, ..*self };
        let mut note = String::new();
        for (k, unit) in units.iter().enumerate() {
            let own: Vec<Series<'_>> = series.iter().copied().filter(|s| s.signal.unit == *unit).collect();
            let mut part = Sheet::new(size.0, size.1);
            note = draw(&pane, &mut part, &own);
            let k = k as f64;
            let at = if beside { (k * size.0, 0.0) } else { (0.0, k * (size.1 - HEADING)) };
            sheet.take_in(part, at);
        }
        if left_out > 0 {
            let words = format!("no room for {left_out} more units");
            note = if note.is_empty() { words } else { format!("{note}, {words}") };
        }
        note
    }

    /// Title, what the rows are, and how they were looked at.
    fn heading(&self, sheet: &mut Sheet, note: &str) {
        let when = |row: u64| {
            let time = self.calendar.civil(row);
            format!("{} {:02}:{:02}:{:02}", time.date(), time.hour(), time.minute(), time.second())
        };
        let mut second = format!("{} to {}", when(self.from), when(self.to));
        if !note.is_empty() {
            second = format!("{second} · {note}");
        }
        sheet.text((12.0, 18.0), self.title, TITLE * 0.85, TEXT, Anchor::Left);
        let right = self.size.0 - 12.0;
        let free = right - 24.0 - Sheet::width_of(self.title, TITLE * 0.85);
        if Sheet::width_of(&second, SMALL) <= free {
            sheet.text((right, 18.0), &second, SMALL, TEXT3, Anchor::Right);
        }
    }

    fn lines(&self, sheet: &mut Sheet, series: &[Series<'_>]) -> String {
        let mut units: Vec<&str> = Vec::new();
        for s in series {
            if !units.contains(&s.signal.unit.as_str()) {
                units.push(&s.signal.unit);
            }
        }
        let mut plot = place(self.size, units.len().saturating_sub(1));
        plot.x = (self.from as f64, self.to as f64);
        plot.ground(sheet);
        time_axis(sheet, &plot, self.calendar);
        let stretches = (plot.width.round() as usize).clamp(16, 4_096);
        let mut each = 1;
        for (axis, unit) in units.iter().enumerate() {
            let own: Vec<Series<'_>> = series.iter().copied().filter(|s| s.signal.unit == *unit).collect();
            let courses: Vec<Vec<Envelope>> =
                own.iter().map(|s| self.recording.envelope(s.column, self.from, self.to, stretches)).collect();
            let values = courses.iter().flatten().flat_map(|e| [e.low, e.high]);
            plot.y = with_limits(range(values, false), &own);
            Axes { plot: &plot, number: axis, of: units.len(), unit, series: &own }.draw(sheet);
            for (s, course) in own.iter().zip(&courses) {
                let bands = course.iter().map(|e| ((e.row as f64, (e.row + e.rows) as f64), (e.low, e.high)));
                self.bands(sheet, &plot, s.signal, bands);
            }
            for (s, course) in own.iter().zip(&courses) {
                each = each.max(course.iter().map(|e| e.rows).max().unwrap_or(1));
                for piece in pieces(course, s.signal.hold) {
                    sheet.line(piece.into_iter().map(|(x, y)| plot.at(x, y)).collect(), s.colour, 1.4);
                }
            }
            self.limits(sheet, &plot, &own, axis > 0);
        }
        legend(sheet, &plot, series, |_| String::new());
        if each > 1 { format!("min/max of {each} rows") } else { String::new() }
    }

    /// Where a signal was beyond a limit, from the limit outwards.
    fn bands(
        &self,
        sheet: &mut Sheet,
        plot: &Plot,
        signal: &Signal,
        stretches: impl Iterator<Item = ((f64, f64), (f64, f64))>,
    ) {
        for ((begin, end), (low, high)) in stretches {
            let l = signal.limits;
            for (limit, alarm, above) in [
                (l.warn_high, Alarm::Warn, true),
                (l.trip_high, Alarm::Trip, true),
                (l.warn_low, Alarm::Warn, false),
                (l.trip_low, Alarm::Trip, false),
            ] {
                let Some(limit) = limit.filter(|at| if above { high > *at } else { low < *at }) else { continue };
                let edge = if above { plot.top } else { plot.top + plot.height };
                let y = plot.at_y(limit).clamp(plot.top, plot.top + plot.height);
                let (x0, x1) = (plot.at_x(begin), plot.at_x(end));
                let corners = vec![(x0, y), (x1, y), (x1, edge), (x0, edge)];
                sheet.area(corners, alarm_colour(alarm), 0.16);
            }
        }
    }

    /// Limits as dashed lines with their words, where they are in sight.
    fn limits(&self, sheet: &mut Sheet, plot: &Plot, series: &[Series<'_>], right: bool) {
        let mut told: Vec<(f64, Alarm)> = Vec::new();
        for s in series {
            for (at, alarm) in limits_of(s.signal) {
                if told.contains(&(at, alarm)) || at < plot.y.0 || at > plot.y.1 {
                    continue;
                }
                told.push((at, alarm));
                let y = plot.at_y(at);
                sheet.dashed(vec![(plot.left, y), (plot.left + plot.width, y)], alarm_colour(alarm), 1.0);
                let words = limit_words(at, alarm, s.signal);
                let above = if y - 14.0 > plot.top { y - 7.0 } else { y + 8.0 };
                // Beside the axis that it is read on.
                let (x, anchor) =
                    if right { (plot.left + plot.width - 5.0, Anchor::Right) } else { (plot.left + 5.0, Anchor::Left) };
                sheet.text((x, above), &words, SMALL * 0.88, TEXT2, anchor);
            }
        }
    }

    fn plane(&self, sheet: &mut Sheet, series: &[Series<'_>]) -> Result<String> {
        let [x, y, ..] = series else {
            return Err(Error::invalid(
                Place::source("chart"),
                "an XY chart needs two signals",
                "Choose a second signal, or another kind.",
            ));
        };
        let path = path(self.recording, (x.column, y.column), self.from, self.to, MOST_PATH_ROWS);
        let mut plot = place(self.size, 0);
        plot.height -= 34.0;
        plot.x = range(path.points.iter().map(|p| p.0), false);
        plot.y = range(path.points.iter().map(|p| p.1), false);
        plot.ground(sheet);
        let upright = [*y];
        Axes { plot: &plot, number: 0, of: 1, unit: "", series: &upright }.draw(sheet);
        plot.x_axis(sheet, (plot.width / 90.0) as usize);
        let below = plot.top + plot.height + 26.0;
        let name = format!("{}{}", x.signal.label, unit_words(&x.signal.unit));
        sheet.text((plot.left + plot.width / 2.0, below), &name, SMALL, TEXT2, Anchor::Middle);
        let name = format!("{}{}", y.signal.label, unit_words(&y.signal.unit));
        sheet.text((plot.left + 4.0, plot.top - 10.0), &name, SMALL, TEXT2, Anchor::Left);
        self.limits(sheet, &plot, &upright, false);
        upright_limits(sheet, &plot, x.signal);
        let rows = (self.to - self.from).max(1) as f64;
        let shade = |row: u64| {
            let (r, g, b) = scale_colour((row.saturating_sub(self.from)) as f64 / rows);
            Colour(r, g, b)
        };
        // Runs of one colour are one line.
        for run in path.points.chunks((path.points.len() / 48).max(8)) {
            let Some(first) = run.first() else { continue };
            // A long gap in time is a gap in the path.
            for piece in run.chunk_by(|a, b| b.2 - a.2 <= 64 * path.every) {
                sheet.line(piece.iter().map(|p| plot.at(p.0, p.1)).collect(), shade(first.2), 1.3);
            }
        }
        for pair in path.points.chunks((path.points.len() / 48).max(8)).collect::<Vec<_>>().windows(2) {
            if let [a, b] = pair
                && let (Some(end), Some(begin)) = (a.last(), b.first())
                && begin.2 - end.2 <= 64 * path.every
            {
                sheet.line(vec![plot.at(end.0, end.1), plot.at(begin.0, begin.1)], shade(begin.2), 1.3);
            }
        }
        if let Some(last) = path.points.last() {
            sheet.dot(plot.at(last.0, last.1), 4.5, TEXT, 1.0);
            sheet.dot(plot.at(last.0, last.1), 2.8, shade(self.to), 1.0);
        }
        // Which colour is which time.
        let bar = (plot.left + 44.0, below + 9.0, 120.0, 8.0);
        ramp(sheet, bar);
        let time = |row: u64| {
            let t = self.calendar.civil(row);
            format!("{:02}:{:02}", t.hour(), t.minute())
        };
        let middle = bar.1 + bar.3 / 2.0;
        sheet.text((bar.0 - 5.0, middle), &time(self.from), SMALL * 0.88, TEXT3, Anchor::Right);
        sheet.text((bar.0 + bar.2 + 5.0, middle), &time(self.to), SMALL * 0.88, TEXT3, Anchor::Left);
        let mut words = every_words(path.every);
        if series.len() > 2 {
            words = [words, "the first two signals".to_owned()]
                .into_iter()
                .filter(|w| !w.is_empty())
                .collect::<Vec<_>>()
                .join(", ");
        }
        Ok(words)
    }

    fn values(&self, series: &[Series<'_>]) -> (Vec<Samples>, u64) {
        let all: Vec<Samples> =
            series.iter().map(|s| samples(self.recording, s.column, self.from, self.to, MOST_ROWS)).collect();
        let every = all.first().map_or(1, |s| s.every);
        (all, every)
    }

    fn histogram(&self, sheet: &mut Sheet, series: &[Series<'_>]) -> String {
        let (all, every) = self.values(series);
        let ends = all.iter().filter_map(Samples::extremes).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        let bins = bins(low, high, 40);
        let counted: Vec<Histogram> = all.iter().map(|s| histogram(s, bins)).collect();
        let mut plot = place(self.size, 0);
        plot.height -= 16.0;
        plot.x = (bins.low, bins.high());
        plot.y = (0.0, 105.0 * counted.iter().map(Histogram::largest).fold(0.01, f64::max));
        plot.ground(sheet);
        Axes { plot: &plot, number: 0, of: 1, unit: "% of ticks", series: &[] }.draw(sheet);
        plot.x_axis(sheet, (plot.width / 90.0) as usize);
        let unit = series.first().map_or("", |s| s.signal.unit.as_str());
        let below = plot.top + plot.height + 26.0;
        sheet.text((plot.left + plot.width / 2.0, below), unit, SMALL, TEXT2, Anchor::Middle);
        for (s, counted) in series.iter().zip(&counted) {
            let mut outline = vec![plot.at(bins.low, 0.0)];
            for bin in 0..bins.count {
                let (a, b) = bins.edges(bin);
                let y = 100.0 * counted.share(bin);
                outline.extend([plot.at(a, y), plot.at(b, y)]);
            }
            outline.push(plot.at(bins.high(), 0.0));
            sheet.area(outline.clone(), s.colour, if series.len() > 1 { 0.18 } else { 0.55 });
            sheet.line(outline, s.colour, 1.2);
        }
        for s in series {
            upright_limits(sheet, &plot, s.signal);
        }
        legend(sheet, &plot, series, |k| {
            let Some(values) = all.get(k) else { return String::new() };
            let count = values.finite().count().max(1) as f64;
            let signal = series.get(k).map(|s| s.signal);
            signal.map_or(String::new(), |s| format!("mean {}", s.format(values.finite().sum::<f64>() / count)))
        });
        every_words(every)
    }

    fn duration(&self, sheet: &mut Sheet, series: &[Series<'_>]) -> String {
        let (all, every) = self.values(series);
        let curves: Vec<Duration> = all.iter().map(duration).collect();
        let mut plot = place(self.size, 0);
        plot.height -= 16.0;
        plot.x = (0.0, 100.0);
        let ends = curves.iter().filter_map(Duration::ends).flat_map(|(a, b)| [a, b]);
        plot.y = with_limits(range(ends, false), series);
        plot.ground(sheet);
        let unit = series.first().map_or("", |s| s.signal.unit.as_str());
        Axes { plot: &plot, number: 0, of: 1, unit, series: &[] }.draw(sheet);
        plot.x_axis(sheet, 10);
        let below = plot.top + plot.height + 26.0;
        sheet.text((plot.left + plot.width / 2.0, below), "% of the time at or above", SMALL, TEXT2, Anchor::Middle);
        for (s, curve) in series.iter().zip(&curves) {
            let points = curve.points(600).into_iter().map(|p| plot.at(100.0 * p[0], p[1])).collect();
            sheet.line(points, s.colour, 1.6);
        }
        self.limits(sheet, &plot, series, false);
        legend(sheet, &plot, series, |k| match (curves.get(k), series.get(k)) {
            (Some(curve), Some(s)) => format!("median {}", s.signal.format(curve.at(0.5))),
            _ => String::new(),
        });
        every_words(every)
    }

    fn carpet(&self, sheet: &mut Sheet, series: &[Series<'_>]) -> String {
        let Some(s) = series.first() else { return String::new() };
        let rows = (self.from, self.to);
        let cells = carpet(self.recording, (s.column, s.signal), self.calendar, rows, MOST_CARPET_ROWS);
        let mut plot = place(self.size, 0);
        plot.left += 14.0;
        plot.width -= 14.0;
        plot.height -= 28.0;
        plot.x = (0.0, cells.columns.max(1) as f64);
        let days = cells.days.len().max(1);
        plot.y = (days as f64, 0.0);
        // The axis runs down: the first day is at the top.
        let at = |column: usize, day: usize| {
            let x = plot.left + plot.width * column as f64 / cells.columns.max(1) as f64;
            (x, plot.top + plot.height * day as f64 / days as f64)
        };
        plot.ground(sheet);
        let (low, high) = carpet_range(s.signal, &cells);
        let span = high - low;
        for (day, cells) in cells.days.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let Some(cell) = cell else { continue };
                let ((x0, y0), (x1, y1)) = (at(column, day), at(column + 1, day + 1));
                let (r, g, b) = scale_colour((cell.value - low) / span);
                sheet.rect((x0, y0), (x1 - x0, y1 - y0), Colour(r, g, b));
            }
        }
        let every_days = days.div_ceil(((plot.height / 16.0) as usize).max(1));
        for day in (0..days).step_by(every_days) {
            let date = self.calendar.start.date().saturating_add(jiff::Span::new().days(day as i64));
            let y = (at(0, day).1 + at(0, day + 1).1) / 2.0;
            sheet.text((plot.left - 6.0, y), &date.strftime("%-d %b").to_string(), SMALL, TEXT3, Anchor::Right);
        }
        let bottom = plot.top + plot.height;
        for hour in (0..=24).step_by(if plot.width > 420.0 { 2 } else { 6 }) {
            let x = plot.left + plot.width * f64::from(hour) / 24.0;
            sheet.line(vec![(x, bottom), (x, bottom + 3.0)], LINE_STRONG, 0.75);
            sheet.text((x, bottom + 11.0), &format!("{hour:02}:00"), SMALL, TEXT3, Anchor::Middle);
        }
        self.carpet_scale(sheet, s.signal, (low, high), (plot.left, bottom + 26.0));
        let what = if matches!(s.signal.kind, Kind::Sum | Kind::Event) { "sums" } else { "means" };
        let name = format!("{}{}", s.signal.label, unit_words(&s.signal.unit));
        sheet.text((plot.left, plot.top - 10.0), &name, SMALL, TEXT2, Anchor::Left);
        let mut note = format!("{what} of {} min", cells.cell_s / 60);
        if cells.every > 1 {
            note = format!("{note}, {}", every_words(cells.every));
        }
        note
    }

    /// The colours of a carpet with their numbers, limits marked.
    fn carpet_scale(&self, sheet: &mut Sheet, signal: &Signal, (low, high): (f64, f64), at: (f64, f64)) {
        let room = (self.size.0 - at.0 - 62.0 - 100.0).clamp(40.0, 160.0);
        let bar = (at.0 + 62.0, at.1 + 2.0, room, 10.0);
        ramp(sheet, bar);
        let middle = bar.1 + bar.3 / 2.0;
        sheet.text((bar.0 - 6.0, middle), &signal.format(low), SMALL, TEXT3, Anchor::Right);
        let words = format!(
            "{}{}",
            signal.format(high),
            if signal.unit.is_empty() { String::new() } else { format!(" {}", signal.unit) }
        );
        sheet.text((bar.0 + bar.2 + 6.0, middle), &words, SMALL, TEXT3, Anchor::Left);
        for (limit, alarm) in limits_of(signal).filter(|(at, _)| *at > low && *at < high) {
            let x = bar.0 + bar.2 * (limit - low) / (high - low);
            sheet.line(vec![(x, bar.1 - 3.0), (x, bar.1 + bar.3 + 3.0)], alarm_colour(alarm), 1.5);
        }
    }

    fn stacked(&self, sheet: &mut Sheet, series: &[Series<'_>]) -> String {
        let mut plot = place(self.size, 0);
        plot.x = (self.from as f64, self.to as f64);
        let stretches = (plot.width / 2.0).round().clamp(16.0, 4_096.0) as usize;
        let each = self.recording.stretch_rows(self.from, self.to, stretches);
        let begin = self.from - self.from % each;
        let count = ((self.to - begin).div_ceil(each)) as usize;
        let (mut up, mut down) = (vec![0.0_f64; count], vec![0.0_f64; count]);
        // Lower and upper edge of every series in every stretch.
        let mut layers: Vec<Vec<(f64, f64)>> = Vec::new();
        for s in series {
            let mut layer: Vec<(f64, f64)> = up.iter().map(|v| (*v, *v)).collect();
            for e in self.recording.envelope(s.column, self.from, self.to, stretches) {
                let index = ((e.row - begin) / each) as usize;
                let mean = self.recording.sum(s.column, e.row, e.row + e.rows) / e.rows.max(1) as f64;
                let (Some(u), Some(d), Some(place)) = (up.get_mut(index), down.get_mut(index), layer.get_mut(index))
                else {
                    continue;
                };
                let edge = if mean >= 0.0 { u } else { d };
                *place = (*edge, *edge + if mean.is_finite() { mean } else { 0.0 });
                *edge = place.1;
            }
            layers.push(layer);
        }
        plot.y = range(layers.iter().flatten().flat_map(|(a, b)| [*a, *b]), true);
        plot.ground(sheet);
        time_axis(sheet, &plot, self.calendar);
        let unit = series.first().map_or("", |s| s.signal.unit.as_str());
        Axes { plot: &plot, number: 0, of: 1, unit, series: &[] }.draw(sheet);
        let x =
            |index: usize| plot.at_x(((begin + index as u64 * each) as f64).clamp(self.from as f64, self.to as f64));
        for (s, layer) in series.iter().zip(&layers) {
            let steps = |of: fn(&(f64, f64)) -> f64| {
                layer.iter().enumerate().flat_map(move |(k, e)| [(k, of(e)), (k + 1, of(e))])
            };
            let mut outline: Vec<(f64, f64)> = steps(|e| e.1).map(|(k, v)| (x(k), plot.at_y(v))).collect();
            let mut lower: Vec<(f64, f64)> = steps(|e| e.0).map(|(k, v)| (x(k), plot.at_y(v))).collect();
            lower.reverse();
            outline.extend(lower);
            sheet.area(outline, s.colour, 0.85);
        }
        let zero = plot.at_y(0.0);
        sheet.line(vec![(plot.left, zero), (plot.left + plot.width, zero)], LINE_STRONG, 1.0);
        legend(sheet, &plot, series, |_| String::new());
        if each > 1 { format!("means of {each} rows") } else { String::new() }
    }
}

/// Limits of a signal with what it means to be beyond.
fn limits_of(signal: &Signal) -> impl Iterator<Item = (f64, Alarm)> {
    let l = signal.limits;
    [(l.warn_low, Alarm::Warn), (l.warn_high, Alarm::Warn), (l.trip_low, Alarm::Trip), (l.trip_high, Alarm::Trip)]
        .into_iter()
        .filter_map(|(at, alarm)| at.map(|at| (at, alarm)))
}

/// Limits of a signal that runs from left to right, as upright lines with words.
fn upright_limits(sheet: &mut Sheet, plot: &Plot, signal: &Signal) {
    for (at, alarm) in limits_of(signal).filter(|(at, _)| *at > plot.x.0 && *at < plot.x.1) {
        let left = plot.at_x(at);
        sheet.dashed(vec![(left, plot.top), (left, plot.top + plot.height)], alarm_colour(alarm), 1.0);
        let words = limit_words(at, alarm, signal);
        sheet.text((left + 4.0, plot.top + 8.0), &words, SMALL * 0.88, TEXT2, Anchor::Left);
    }
}

/// A range that takes in the limits that are near.
fn with_limits((low, high): (f64, f64), series: &[Series<'_>]) -> (f64, f64) {
    let near = high - low;
    let limits = series.iter().flat_map(|s| limits_of(s.signal)).map(|(at, _)| at);
    limits.filter(|at| *at >= low - near && *at <= high + near).fold((low, high), |(l, h), at| {
        let air = 0.04 * near;
        (l.min(at - air), h.max(at + air))
    })
}

/// The window's alarm colours, light theme.
pub(super) fn alarm_colour(alarm: Alarm) -> Colour {
    if alarm == Alarm::Trip { Colour(0xB3, 0x26, 0x1E) } else { Colour(0xA3, 0x5A, 0x00) }
}

/// The perceptual scale as a bar: left edge, upper edge, width, height.
fn ramp(sheet: &mut Sheet, (left, top, width, height): (f64, f64, f64, f64)) {
    let parts = 32;
    for k in 0..parts {
        let (r, g, b) = scale_colour((f64::from(k) + 0.5) / f64::from(parts));
        let x = left + width * f64::from(k) / f64::from(parts);
        sheet.rect((x, top), (width / f64::from(parts), height), Colour(r, g, b));
    }
}

/// A course as lines between gaps: steps where every row is there, the ends of the range of every stretch where not.
fn pieces(course: &[Envelope], hold: Hold) -> Vec<Vec<(f64, f64)>> {
    let mut out: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut expected = None;
    for e in course.iter().filter(|e| e.low.is_finite() && e.high.is_finite()) {
        if expected != Some(e.row) {
            out.push(Vec::new());
        }
        expected = Some(e.row + e.rows);
        let Some(piece) = out.last_mut() else { continue };
        let (start, end) = (e.row as f64, (e.row + e.rows) as f64);
        if e.rows > 1 {
            let (a, b) = if e.first <= e.last { (e.low, e.high) } else { (e.high, e.low) };
            piece.extend([(start + 0.25 * (end - start), a), (start + 0.75 * (end - start), b)]);
        } else {
            if hold == Hold::Step {
                piece.push((start, e.last));
            }
            piece.push((end, e.last));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::samples::tests::recording;
    use super::*;
    use crate::evaluate::figures::Mark;
    use crate::signal::Limits;

    fn schema() -> Schema {
        let signal = |name: &str, unit: &str| Signal::new(name, 0, name, unit, "A toy.");
        let signals = vec![
            signal("warm", "°C").limits(Limits::high(80.0, 95.0)),
            signal("load", "MW"),
            signal("soc", ""),
            signal("price", "$/MWh").mean(),
            signal("other", "MW"),
        ];
        Schema { plant_signals: signals.len(), signals, levers: Vec::new() }
    }

    fn rows() -> Recording {
        recording(
            3_000,
            &[
                |r| (r * 7 % 101) as f64,
                |r| 5.0 + (r % 600) as f64 / 100.0,
                |r| if r % 50 == 7 { f64::NAN } else { (r % 90) as f64 / 90.0 },
                |r| (r / 180 % 7) as f64,
                |r| -2.0 + (r % 40) as f64 / 10.0,
            ],
        )
    }

    fn drawn(kind: ChartKind, columns: &[SignalId], size: (f64, f64)) -> Result<(Sheet, String)> {
        let (schema, calendar, recording) = (schema(), Calendar::default(), rows());
        let of = ChartDrawing {
            title: "Toy",
            kind,
            schema: &schema,
            calendar: &calendar,
            recording: &recording,
            columns,
            from: 0,
            to: u64::MAX,
            size,
        };
        let again = of.svg()?;
        assert_eq!(of.svg()?, again, "the same rows give the same bytes");
        Ok((of.sheet()?, again))
    }

    #[test]
    fn every_kind_has_title_axes_units_and_stays_on_its_paper() {
        for kind in ChartKind::ALL {
            for size in [(320.0, 180.0), (720.0, 300.0), (1_600.0, 900.0)] {
                let (sheet, svg) = drawn(kind, &[0, 1, 4], size).unwrap();
                let texts: Vec<&str> = sheet.texts().collect();
                assert!(texts.contains(&"Toy"), "{kind:?}: {texts:?}");
                assert!(texts.iter().any(|t| t.contains("°C")), "{kind:?} tells no unit: {texts:?}");
                let all = size.0 < 700.0 || kind == ChartKind::Carpet || texts.iter().any(|t| t.contains("MW"));
                assert!(all, "{kind:?} leaves the second unit out: {texts:?}");
                assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
                assert_eq!(svg.matches("<svg").count(), 1);
                for mark in &sheet.marks {
                    let points = match mark {
                        Mark::Line { points, .. } | Mark::Area { points, .. } => points.clone(),
                        Mark::Rect { x, y, width, height, .. } => vec![(*x, *y), (x + width, y + height)],
                        Mark::Dot { at, .. } | Mark::Text { at, .. } => vec![*at],
                    };
                    for (x, y) in points {
                        let inside = (-1.0..=size.0 + 1.0).contains(&x) && (-1.0..=size.1 + 1.0).contains(&y);
                        assert!(inside, "{kind:?} at {size:?}: ({x}, {y}) in {mark:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn lines_have_an_axis_for_every_unit_and_their_limits() {
        let (sheet, _) = drawn(ChartKind::Lines, &[0, 1, 2, 3], (1_000.0, 400.0)).unwrap();
        let texts: Vec<&str> = sheet.texts().collect();
        for unit in ["°C", "MW", "$/MWh"] {
            assert!(texts.contains(&unit), "{unit} is not at its axis: {texts:?}");
        }
        assert!(texts.iter().any(|t| t.contains("trip 95")) && texts.iter().any(|t| t.contains("warn 80")));
        assert!(sheet.marks.iter().any(|m| matches!(m, Mark::Area { alpha, .. } if *alpha < 0.2)), "a violated band");
        assert!(texts.iter().any(|t| t.contains("min/max of")), "{texts:?}");
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_with_a_cure() {
        let told = |kind, columns: &[SignalId], size| drawn(kind, columns, size).unwrap_err();
        assert!(told(ChartKind::Lines, &[], (500.0, 300.0)).to_string().contains("no signal"));
        assert!(told(ChartKind::Lines, &[99], (500.0, 300.0)).to_string().contains("no signal"));
        assert!(told(ChartKind::Xy, &[0], (500.0, 300.0)).to_string().contains("two signals"));
        assert!(told(ChartKind::Lines, &[0], (5.0, 300.0)).cure().contains("320x180"));
        assert!(told(ChartKind::Lines, &[0], (f64::NAN, 300.0)).to_string().contains("size"));
    }
}
