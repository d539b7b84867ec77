//! The page about one run: what it was begun with, what it came to, what happened, its charts, and how to run it again.
//! It loads nothing.

use std::fmt::Write;

use super::html::{STYLE, list, safe, table};
use crate::config::{Error, Place, Result, yaml_string};
use crate::evaluate::charts::{ChartDrawing, ChartKind};
use crate::evaluate::compare::kpi::{KpiRun, kpis};
use crate::evaluate::numbers::short;
use crate::plant::{PlantSpec, Severity};
use crate::record::Recording;
use crate::rollout::{Schema, Setup};
use crate::signal::SignalId;

/// Most times at which an event is listed; more are counted.
const MOST_TIMES: usize = 12;

/// Size of a figure, points.
const FIGURE: (f64, f64) = (1_080.0, 300.0);

/// A chart of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFigure {
    /// Words above it.
    pub title: String,
    /// Its kind.
    pub kind: ChartKind,
    /// Its signals.
    pub columns: Vec<SignalId>,
}

/// Everything that the page tells.
#[derive(Debug, Clone, Copy)]
pub struct RunPage<'a> {
    /// The plant's tables.
    pub spec: &'a PlantSpec,
    /// The columns of a row.
    pub schema: &'a Schema,
    /// The rows.
    pub recording: &'a Recording,
    /// What the run was begun with; `None` where a log does not tell.
    pub setup: Option<&'a Setup>,
    /// Who drove, in words.
    pub driver: &'a str,
    /// Where the rows come from: a command, or a file.
    pub source: &'a str,
    /// Charts beside those of the plant: a person's own.
    pub figures: &'a [RunFigure],
    /// What a reader should know: what was done by hand, what a log does not tell.
    pub notes: &'a [String],
}

impl RunPage<'_> {
    /// The page. The same rows give the same bytes.
    ///
    /// # Errors
    /// No rows, rows that are gone from memory, figures that cannot be lettered.
    pub fn html(&self) -> Result<String> {
        let rows = self.recording.rows();
        let wrong = |what: String, cure: &str| Error::invalid(Place::source("report"), what, cure);
        if rows == 0 {
            return Err(wrong("the run has no rows yet".to_owned(), "Let it run a while."));
        }
        let run = KpiRun { spec: self.spec, recording: self.recording };
        let metrics = kpis(&[run], 0, 0, rows).map_err(|gone| {
            let what = format!("rows {} to {} are not in memory", gone.rows.start, gone.rows.end);
            wrong(what, "Raise the memory of the window (--memory-mib), or report from the full log.")
        })?;
        let mut page = String::new();
        let title = format!("{}: report of a run", self.spec.title);
        let _ = write!(
            page,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <h1>{0}</h1>\n<p class=\"small\">C2G Twin {1}</p>\n",
            safe(&title),
            env!("CARGO_PKG_VERSION")
        );
        page.push_str(
            "<nav><a href=\"#run\">The run</a><a href=\"#metrics\">Metrics</a><a href=\"#events\">Events</a><a \
             href=\"#figures\">Figures</a><a href=\"#again\">How to run it again</a></nav>\n",
        );
        self.head(&mut page, rows);
        page.push_str("<h2 id=\"metrics\">Metrics</h2>\n");
        let lines: Vec<Vec<String>> = metrics
            .iter()
            .map(|row| {
                let value = row.cells.first().map_or(f64::NAN, |cell| cell.value);
                let doc = self.spec.metrics.get(row.metric).map_or("", |m| m.doc.as_str());
                vec![row.name.clone(), short(value), row.unit.clone(), row.slot.clone(), doc.to_owned()]
            })
            .collect();
        table(&mut page, &["metric", "value", "unit", "slot", "what it means"], 99, &lines);
        self.events(&mut page, rows);
        self.charts(&mut page, rows)?;
        self.again(&mut page)?;
        page.push_str("</body>\n</html>\n");
        Ok(page)
    }

    fn head(&self, page: &mut String, rows: u64) {
        page.push_str("<h2 id=\"run\">The run</h2>\n");
        let calendar = &self.spec.calendar;
        let fact = |name: &str, value: String| vec![name.to_owned(), value];
        let mut facts = vec![
            fact("Plant", self.spec.title.clone()),
            fact("Driver", self.driver.to_owned()),
            fact("Begin", format!("{} ({})", calendar.start, calendar.zone)),
            fact("End", calendar.civil(rows).to_string()),
            fact("Ticks", format!("{rows} of {} s", calendar.tick_s)),
            fact("Rows from", self.source.to_owned()),
        ];
        for axis in &self.spec.axes {
            facts.push(fact(&axis.name, axis.value.clone()));
        }
        if let Some(setup) = self.setup {
            facts.push(fact("Seed", setup.seed.to_string()));
            facts.push(fact("Noise", setup.noise.clone()));
        }
        table(page, &["", ""], 99, &facts);
        if !self.notes.is_empty() {
            list(page, self.notes.iter().cloned());
        }
    }

    /// Every kind of event with how often it happened, when, and the value beside it.
    fn events(&self, page: &mut String, rows: u64) {
        page.push_str("<h2 id=\"events\">Events</h2>\n");
        let mut lines = Vec::new();
        for event in &self.spec.events {
            let begins = begins(self.recording, event.flag, rows);
            if begins.is_empty() {
                continue;
            }
            let time = |row: &u64| {
                let at = self.spec.calendar.civil(row + 1).strftime("%m-%d %H:%M:%S").to_string();
                match event.value.and_then(|v| self.spec.signals.get(v).map(|s| (v, s))) {
                    Some((column, signal)) => {
                        let unit = if signal.unit.is_empty() { String::new() } else { format!(" {}", signal.unit) };
                        format!("{at} ({}{unit})", signal.format(self.recording.value(*row, column)))
                    }
                    None => at,
                }
            };
            let mut when: Vec<String> = begins.iter().take(MOST_TIMES).map(time).collect();
            if begins.len() > MOST_TIMES {
                when.push(format!("and {} more", begins.len() - MOST_TIMES));
            }
            let severity = match event.severity {
                Severity::Note => "Note",
                Severity::Warning => "Warning",
                Severity::Trip => "Trip",
            };
            let device = event.device.as_deref().map_or(String::new(), |d| format!(" ({d})"));
            lines.push(vec![
                severity.to_owned(),
                format!("{}{device}", event.label),
                begins.len().to_string(),
                when.join(", "),
            ]);
        }
        if lines.is_empty() {
            page.push_str("<p>Nothing happened that the plant tells of.</p>\n");
            return;
        }
        let mut part = String::new();
        table(&mut part, &["severity", "event", "times", "when"], 99, &lines);
        page.push_str(&part.replacen("class=\"wide\"", "class=\"wide prose\"", 1));
    }

    fn charts(&self, page: &mut String, rows: u64) -> Result<()> {
        page.push_str("<h2 id=\"figures\">Figures</h2>\n");
        let plant = self.spec.charts.iter().map(|c| RunFigure {
            title: c.title.clone(),
            kind: ChartKind::Lines,
            columns: c.series.clone(),
        });
        for (number, figure) in plant.chain(self.figures.iter().cloned()).enumerate() {
            let drawing = ChartDrawing {
                title: &figure.title,
                kind: figure.kind,
                schema: self.schema,
                calendar: &self.spec.calendar,
                recording: self.recording,
                columns: &figure.columns,
                from: 0,
                to: rows,
                size: FIGURE,
            };
            let known: Vec<_> = figure.columns.iter().filter_map(|c| self.schema.signals.get(*c)).collect();
            if known.is_empty() {
                continue;
            }
            let label = format!("<svg role=\"img\" aria-label=\"{}\" ", safe(&figure.title));
            let svg = drawing.svg()?.replacen("<svg ", &label, 1);
            let means: Vec<String> = known.iter().map(|s| format!("{}: {}", s.label, s.doc)).collect();
            let _ = write!(
                page,
                "<figure id=\"figure-{number}\">\n{svg}<figcaption>{}</figcaption>\n</figure>\n",
                safe(&means.join(" "))
            );
        }
        Ok(())
    }

    fn again(&self, page: &mut String) -> Result<()> {
        page.push_str("<h2 id=\"again\">How to run it again</h2>\n");
        let Some(setup) = self.setup else {
            page.push_str("<p>The log does not tell what the run was begun with.</p>\n");
            return Ok(());
        };
        page.push_str(
            "<p>Save this as <code>setup.yaml</code> and run <code>c2g-twin run --setup setup.yaml --log again.csv</code>: \
             plant and controllers give the same rows on every machine. What was done by hand stands in the full log; \
             <code>c2g-twin verify LOG</code> runs one again and compares every row.</p>\n",
        );
        let _ = writeln!(page, "<pre>{}</pre>", safe(&yaml_string(setup)?));
        Ok(())
    }
}

/// Rows on which a flag turns from 0 to 1.
fn begins(recording: &Recording, flag: SignalId, rows: u64) -> Vec<u64> {
    let mut out = Vec::new();
    search(recording, flag, (0, rows), &mut out);
    out
}

/// By halves, through the extremes of the recording: stretches in which a flag never stands cost nothing.
fn search(recording: &Recording, flag: SignalId, (from, to): (u64, u64), out: &mut Vec<u64>) {
    if from >= to || !recording.extremes(flag, from, to).is_some_and(|(_, high)| high >= 1.0) {
        return;
    }
    if to - from > 64 {
        let middle = from + (to - from) / 2;
        search(recording, flag, (from, middle), out);
        search(recording, flag, (middle, to), out);
        return;
    }
    let stands = |row: u64| recording.value(row, flag) >= 1.0;
    out.extend((from..to).filter(|row| stands(*row) && (*row == 0 || !stands(row - 1))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Recorder;

    #[test]
    fn begins_are_where_a_flag_turns() {
        let mut recorder = Recorder::new(1);
        let on = |r: u64| r == 0 || (100..164).contains(&r) || r == 999 || (500..502).contains(&r);
        (0..1_000_u64).for_each(|r| recorder.push(&[f64::from(u8::from(on(r)))]));
        assert_eq!(begins(&recorder.picture(), 0, 1_000), [0, 100, 500, 999]);
    }
}
