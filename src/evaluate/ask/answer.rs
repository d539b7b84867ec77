//! Answers: columns are read as little as the question allows.

use crate::plant::{Asked, Condition, MetricBank, MetricSpec, Question};
use crate::record::Provenance;
use crate::signal::SignalId;

use super::{Answer, Outcome, Subject, amount, length, moment};

/// Rows of a stretch that is passed over where its extremes say that nothing in it matters.
const STRETCH: u64 = 256;

/// Digits of a metric, whose table names none.
const METRIC_DECIMALS: usize = 3;

/// Answers a question. `stale` is asked now and then; `None` when it says that nobody wants to know any more.
pub fn answer(subject: &Subject<'_>, question: &Question, stale: &dyn Fn() -> bool) -> Option<Answer> {
    if subject.rows.min(subject.recording.rows()) == 0 {
        return Some(Answer::none(question, Outcome::NoRows));
    }
    if columns(subject, question).iter().any(|&column| is_absent(subject, column)) {
        return Some(Answer::none(question, Outcome::NotInLog));
    }
    let reader = Reader { subject, rows: subject.rows.min(subject.recording.rows()), stale };
    let found = reader.answer(question)?;
    Some(match found {
        Some(found) => reader.told(question, found),
        None => {
            // A column without a single number is not in the log either.
            let silent = columns(subject, question).iter().any(|&c| reader.extremes(c, 0, reader.rows).is_none());
            Answer::none(question, if silent { Outcome::NotInLog } else { Outcome::Never })
        }
    })
}

/// The columns that a question needs; of several conditions any will do, so that none of them is needed.
fn columns(subject: &Subject<'_>, question: &Question) -> Vec<SignalId> {
    let present = |all: &[Condition]| -> Vec<SignalId> {
        let known = all.iter().filter(|c| !is_absent(subject, c.signal));
        if known.count() > 0 { Vec::new() } else { all.iter().map(|c| c.signal).collect() }
    };
    match &question.asked {
        Asked::Highest(s) | Asked::Lowest(s) | Asked::Last(s) => vec![*s],
        Asked::HighestMean { signal, .. } | Asked::LargestRise { signal, .. } => vec![*signal],
        Asked::First(all) => present(&all.iter().map(|(c, _)| *c).collect::<Vec<_>>()),
        Asked::Time(all) => present(all),
        Asked::Share { of, among } => among.iter().copied().chain([*of]).collect(),
        Asked::Metric(index) => subject.spec.metrics.get(*index).map_or_else(Vec::new, |m| m.fold.signals()),
        Asked::Loss(slot) => {
            let terms = subject.spec.slots.get(*slot).map_or(&[][..], |s| &s.reward_terms);
            let all: Vec<SignalId> = terms.iter().map(|t| t.signal).collect();
            if all.iter().any(|&s| !is_absent(subject, s)) { Vec::new() } else { all }
        }
    }
}

fn is_absent(subject: &Subject<'_>, column: SignalId) -> bool {
    subject.provenance.and_then(|p| p.get(column)) == Some(&Provenance::Absent)
}

/// What was found, before it is put into words.
struct Found {
    value: f64,
    /// First row, rows; `None` where the whole run is meant.
    rows: Option<(u64, u64)>,
    /// Whether the value is a time in seconds.
    seconds: bool,
    /// Whether the instant is the begin of the rows rather than the end of the first.
    begin: bool,
    more: String,
    detail: String,
    /// Words in place of number and unit.
    words: Option<String>,
}

impl Found {
    fn at(value: f64, row: Option<u64>) -> Self {
        Self {
            value,
            rows: row.map(|row| (row, 1)),
            seconds: false,
            begin: false,
            more: String::new(),
            detail: String::new(),
            words: None,
        }
    }
}

struct Reader<'a> {
    subject: &'a Subject<'a>,
    rows: u64,
    stale: &'a dyn Fn() -> bool,
}

impl Reader<'_> {
    fn value(&self, row: u64, column: SignalId) -> f64 {
        self.subject.recording.value(row, column)
    }

    fn extremes(&self, column: SignalId, from: u64, to: u64) -> Option<(f64, f64)> {
        self.subject.recording.extremes(column, from, to)
    }

    fn tick_s(&self) -> f64 {
        f64::from(self.subject.spec.calendar.tick_s)
    }

    /// The outer `None` is for nobody who wants to know, the inner one for nothing found.
    fn answer(&self, question: &Question) -> Option<Option<Found>> {
        Some(match &question.asked {
            Asked::Highest(s) => self.extreme(*s, true),
            Asked::Lowest(s) => self.extreme(*s, false),
            Asked::HighestMean { signal, seconds } => return self.highest_mean(*signal, u64::from(*seconds)),
            Asked::LargestRise { signal, seconds } => self.largest_rise(*signal, u64::from(*seconds)),
            Asked::First(all) => return self.first(all),
            Asked::Time(all) => return self.time(all),
            Asked::Share { of, among } => return self.share(*of, among),
            Asked::Last(s) => {
                let value = self.value(self.rows - 1, *s);
                (!value.is_nan()).then(|| Found::at(value, None))
            }
            Asked::Metric(index) => return self.metric(*index),
            Asked::Loss(slot) => return self.loss(*slot),
        })
    }

    /// Largest or smallest value, and the first row that has it: halves of the rows are asked for their extremes.
    fn extreme(&self, column: SignalId, high: bool) -> Option<Found> {
        let (low_value, high_value) = self.extremes(column, 0, self.rows)?;
        let value = if high { high_value } else { low_value };
        let has = |from: u64, to: u64| {
            let extremes = self.extremes(column, from, to);
            extremes.is_some_and(|(a, b)| if high { b == value } else { a == value })
        };
        let (mut from, mut to) = (0, self.rows);
        while to - from > 1 {
            let middle = from + (to - from) / 2;
            if has(from, middle) {
                to = middle;
            } else if has(middle, to) {
                from = middle;
            } else {
                // The row itself is not in memory: the stretch that is known to hold it is told.
                break;
            }
        }
        let mut found = Found::at(value, Some(from));
        found.rows = Some((from, to - from));
        Some(found)
    }

    /// First rows of the spans of the site's clock: begin and end of each, as far as there are rows.
    fn spans(&self, seconds: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let calendar = &self.subject.spec.calendar;
        let ticks = calendar.ticks_in(seconds);
        let start = calendar.start;
        let since_midnight = start.hour() as u64 * 3_600 + start.minute() as u64 * 60 + start.second() as u64;
        // Rows of the first span that lie before the run.
        let before = since_midnight % seconds.max(1) / u64::from(calendar.tick_s.max(1));
        let first = ticks - before.min(ticks - 1);
        let rows = self.rows;
        std::iter::successors(Some((0, first.min(rows))), move |&(_, end)| {
            (end < rows).then(|| (end, (end + ticks).min(rows)))
        })
    }

    fn highest_mean(&self, column: SignalId, seconds: u64) -> Option<Option<Found>> {
        let mut best: Option<Found> = None;
        for (k, (from, to)) in self.spans(seconds).enumerate() {
            if k.is_multiple_of(1_024) && (self.stale)() {
                return None;
            }
            let Some((_, high)) = self.extremes(column, from, to) else { continue };
            // No mean is above the largest value.
            if best.as_ref().is_some_and(|b| high <= b.value) {
                continue;
            }
            let values = (from..to).map(|row| self.value(row, column)).filter(|v| !v.is_nan());
            let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), v| (sum + v, count + 1));
            let mean = sum / count as f64;
            if count > 0 && best.as_ref().is_none_or(|b| mean > b.value) {
                best = Some(Found { rows: Some((from, to - from)), begin: true, ..Found::at(mean, None) });
            }
        }
        Some(best)
    }

    fn largest_rise(&self, column: SignalId, seconds: u64) -> Option<Found> {
        let mut best: Option<Found> = None;
        for (from, to) in self.spans(seconds) {
            // A total begins at nothing.
            let before = from.checked_sub(1).map_or(0.0, |row| self.value(row, column));
            let rise = self.value(to - 1, column) - before;
            if rise.is_finite() && best.as_ref().is_none_or(|b| rise > b.value) {
                best = Some(Found { rows: Some((from, to - from)), begin: true, ..Found::at(rise, None) });
            }
        }
        best
    }

    /// Hands on every row on which any of the conditions may hold, oldest first; stretches on which none can are left
    /// out. `None` when nobody wants to know any more; `visit` says whether to go on.
    fn visit(&self, conditions: &[Condition], visit: &mut dyn FnMut(u64) -> bool) -> Option<()> {
        let mut from = 0;
        while from < self.rows {
            if (from / STRETCH).is_multiple_of(64) && (self.stale)() {
                return None;
            }
            let to = (from / STRETCH * STRETCH + STRETCH).min(self.rows);
            let may =
                |c: &Condition| self.extremes(c.signal, from, to).is_some_and(|(low, high)| c.may_hold(low, high));
            if conditions.iter().any(may) {
                for row in from..to {
                    if !visit(row) {
                        return Some(());
                    }
                }
            }
            from = to;
        }
        Some(())
    }

    fn holds(&self, row: u64, conditions: &[Condition]) -> bool {
        conditions.iter().any(|c| c.holds(self.value(row, c.signal)))
    }

    fn first(&self, all: &[(Condition, String)]) -> Option<Option<Found>> {
        let conditions: Vec<Condition> = all.iter().map(|(c, _)| *c).collect();
        let mut first = None;
        self.visit(&conditions, &mut |row| {
            if self.holds(row, &conditions) {
                first = Some(row);
            }
            first.is_none()
        })?;
        Some(first.map(|row| {
            let names = all.iter().filter(|(c, _)| c.holds(self.value(row, c.signal))).map(|(_, words)| words.as_str());
            let words = names.collect::<Vec<_>>().join(", ");
            Found { words: Some(words), ..Found::at(row as f64 * self.tick_s(), Some(row)) }
        }))
    }

    fn time(&self, conditions: &[Condition]) -> Option<Option<Found>> {
        let (mut rows, mut times) = (0_u64, 0_u64);
        let (mut longest, mut stretch) = ((0_u64, 0_u64), (0_u64, 0_u64));
        self.visit(conditions, &mut |row| {
            if self.holds(row, conditions) {
                rows += 1;
                if stretch.0 + stretch.1 == row && stretch.1 > 0 {
                    stretch.1 += 1;
                } else {
                    times += 1;
                    stretch = (row, 1);
                }
                if stretch.1 > longest.1 {
                    longest = stretch;
                }
            }
            true
        })?;
        if rows == 0 {
            return Some(None);
        }
        let share = 100.0 * rows as f64 / self.rows as f64;
        let often = match times {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            n => format!("{n} times, longest {}", length(longest.1 as f64 * self.tick_s())),
        };
        let (more, value) = (amount(share, 1, "%"), rows as f64 * self.tick_s());
        let rows = Some(longest);
        Some(Some(Found { rows, seconds: true, begin: true, more, detail: often, ..Found::at(value, None) }))
    }

    fn share(&self, of: SignalId, among: &[SignalId]) -> Option<Option<Found>> {
        let conditions: Vec<Condition> = among.iter().chain([&of]).map(|&s| Condition::flag(s)).collect();
        let (mut hits, mut all) = (0_u64, 0_u64);
        self.visit(&conditions, &mut |row| {
            let up = |signal: SignalId| self.value(row, signal) == 1.0;
            if among.iter().any(|&s| up(s)) {
                all += 1;
                hits += u64::from(up(of));
            }
            true
        })?;
        if all == 0 {
            return Some(None);
        }
        let share = 100.0 * hits as f64 / all as f64;
        let words = Some(format!("{hits} of {all}"));
        Some(Some(Found { more: amount(share, 0, "%"), words, ..Found::at(share, None) }))
    }

    fn metric(&self, index: usize) -> Option<Option<Found>> {
        let Some(metric) = self.subject.spec.metrics.get(index) else { return Some(None) };
        let table: [MetricSpec; 1] = [metric.clone()];
        let mut bank = MetricBank::new(&table);
        let needed: Vec<SignalId> = metric.fold.signals().into_iter().chain(metric.when).collect();
        let mut row = vec![f64::NAN; needed.iter().max().map_or(0, |m| m + 1)];
        for k in 0..self.rows {
            if k.is_multiple_of(16_384) && (self.stale)() {
                return None;
            }
            for &column in &needed {
                if let Some(cell) = row.get_mut(column) {
                    *cell = self.value(k, column);
                }
            }
            bank.push(&table, &row);
        }
        let value = bank.value(&table, 0);
        Some((!value.is_nan()).then(|| Found::at(value, None)))
    }

    fn loss(&self, slot: usize) -> Option<Option<Found>> {
        let Some(slot) = self.subject.spec.slots.get(slot) else { return Some(None) };
        let mut worst: Option<(f64, usize)> = None;
        for (k, term) in slot.reward_terms.iter().enumerate() {
            let below = Condition::new(term.signal, crate::plant::Side::Below, 0.0);
            let mut sum = 0.0;
            self.visit(&[below], &mut |row| {
                let value = self.value(row, term.signal);
                if value < 0.0 && slot.reward_when.is_none_or(|when| self.value(row, when) == 1.0) {
                    sum += value;
                }
                true
            })?;
            if sum < 0.0 && worst.is_none_or(|(w, _)| sum < w) {
                worst = Some((sum, k));
            }
        }
        Some(worst.and_then(|(sum, k)| {
            let term = slot.reward_terms.get(k)?;
            let at = self.extreme(term.signal, false)?;
            Some(Found { more: term.label.clone(), rows: at.rows, ..Found::at(sum, None) })
        }))
    }

    /// Puts what was found into words.
    fn told(&self, question: &Question, found: Found) -> Answer {
        let (column, metric) = match &question.asked {
            Asked::Highest(s) | Asked::Lowest(s) | Asked::Last(s) => (Some(*s), None),
            Asked::HighestMean { signal, .. } | Asked::LargestRise { signal, .. } => (Some(*signal), None),
            Asked::Loss(slot) => (self.subject.spec.slots.get(*slot).and_then(|s| s.reward), None),
            Asked::Metric(index) => (None, self.subject.spec.metrics.get(*index)),
            _ => (None, None),
        };
        let signal = column.and_then(|c| self.subject.schema.signals.get(c));
        let own_unit = signal.map(|s| s.unit.as_str()).or(metric.map(|m| m.unit.as_str())).unwrap_or_default();
        let unit = if question.unit.is_empty() { own_unit } else { question.unit.as_str() };
        let decimals = question.decimals.or(signal.map(|s| s.decimals)).unwrap_or(METRIC_DECIMALS);
        let value = found.value * question.factor;
        let (unit, text) = match (&found.words, found.seconds) {
            (Some(words), _) => (if matches!(question.asked, Asked::Share { .. }) { "%" } else { "s" }, words.clone()),
            (None, true) => ("s", length(value)),
            // A state is told by its name.
            (None, false) => match signal.filter(|s| !s.labels.is_empty()) {
                Some(s) => (unit, s.format(value)),
                None => (unit, amount(value, decimals, unit)),
            },
        };
        let calendar = &self.subject.spec.calendar;
        let (instant, time) = match found.rows {
            Some((row, rows)) => {
                let instant = if found.begin { row } else { row + 1 };
                let span = if found.begin { rows * u64::from(calendar.tick_s) } else { u64::from(calendar.tick_s) };
                (Some(instant), moment(calendar, instant, span, self.rows))
            }
            None => (None, String::new()),
        };
        let missing = self.subject.recording.missing(0, self.rows);
        Answer {
            name: question.name.clone(),
            label: question.label.clone(),
            outcome: Outcome::Found,
            value,
            unit: unit.to_owned(),
            text,
            more: found.more,
            detail: found.detail,
            rows: found.rows,
            instant,
            time,
            unseen: missing.iter().map(|gone| gone.end - gone.start).sum(),
        }
    }
}
