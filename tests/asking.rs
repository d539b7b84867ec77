//! Questions about a run: every answer is worked out again from plain rows, one after the other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(unused_imports)]
mod plants;

use c2g_twin::evaluate::ask::{Answer, Outcome, Subject, answer, length, matching, questions};
use c2g_twin::plant::{Asked, MetricBank, PlantSpec, Question};
use c2g_twin::record::{LogHeader, LogWriter, Provenance, Recorder, Recording};
use c2g_twin::rollout::{Schema, Setup, Step, World};

/// A run with its rows twice: as they are recorded, and plain.
struct Run {
    spec: PlantSpec,
    schema: Schema,
    recording: Recording,
    rows: Vec<Vec<f64>>,
}

impl Run {
    fn of(world: &World, setup: &Setup, ticks: u64) -> Self {
        let mut rollout = world.build(setup).unwrap();
        let mut recorder = Recorder::new(rollout.schema().len());
        let mut rows = Vec::new();
        for _ in 0..ticks {
            if rollout.step().unwrap() == Step::Ended {
                break;
            }
            recorder.push(rollout.row());
            rows.push(rollout.row().to_vec());
        }
        let (spec, schema) = (PlantSpec::clone(rollout.spec()), Schema::clone(rollout.schema()));
        Self { spec, schema, recording: recorder.picture(), rows }
    }

    fn subject(&self) -> Subject<'_> {
        let (spec, schema, recording) = (&self.spec, &self.schema, &self.recording);
        Subject { spec, schema, recording, provenance: None, rows: recording.rows() }
    }

    fn answer(&self, question: &Question) -> Answer {
        answer(&self.subject(), question, &|| false).unwrap()
    }

    fn column(&self, column: usize) -> Vec<f64> {
        self.rows.iter().map(|row| row[column]).collect()
    }

    fn tick_s(&self) -> f64 {
        f64::from(self.spec.calendar.tick_s)
    }

    /// Begin and end of every span of the site's clock: rows whose civil time falls into the same multiple.
    fn spans(&self, seconds: u32) -> Vec<(usize, usize)> {
        let key = |row: usize| {
            let time = self.spec.calendar.civil(row as u64);
            let of_day = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
            (time.date(), of_day / i64::from(seconds.max(self.spec.calendar.tick_s)))
        };
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for row in 0..self.rows.len() {
            match spans.last_mut() {
                Some(span) if key(span.0) == key(row) => span.1 = row + 1,
                _ => spans.push((row, row + 1)),
            }
        }
        spans
    }

    /// What a question comes to: value before scaling, first row and number of rows that it is about.
    fn naive(&self, question: &Question) -> Option<(f64, Option<(u64, u64)>)> {
        let extreme = |column: usize, high: bool| -> Option<(f64, u64)> {
            let mut best: Option<(f64, u64)> = None;
            for (row, value) in self.column(column).into_iter().enumerate().filter(|(_, v)| !v.is_nan()) {
                if best.is_none_or(|(b, _)| if high { value > b } else { value < b }) {
                    best = Some((value, row as u64));
                }
            }
            best
        };
        match &question.asked {
            Asked::Highest(c) => extreme(*c, true).map(|(v, row)| (v, Some((row, 1)))),
            Asked::Lowest(c) => extreme(*c, false).map(|(v, row)| (v, Some((row, 1)))),
            Asked::HighestMean { signal, seconds } => {
                let column = self.column(*signal);
                let mut best: Option<(f64, (u64, u64))> = None;
                for (from, to) in self.spans(*seconds) {
                    let values: Vec<f64> = column[from..to].iter().copied().filter(|v| !v.is_nan()).collect();
                    let mean = values.iter().sum::<f64>() / values.len() as f64;
                    if best.is_none_or(|(b, _)| mean > b) {
                        best = Some((mean, (from as u64, (to - from) as u64)));
                    }
                }
                best.map(|(mean, rows)| (mean, Some(rows)))
            }
            Asked::LargestRise { signal, seconds } => {
                let column = self.column(*signal);
                let mut best: Option<(f64, (u64, u64))> = None;
                for (from, to) in self.spans(*seconds) {
                    let rise = column[to - 1] - if from == 0 { 0.0 } else { column[from - 1] };
                    if best.is_none_or(|(b, _)| rise > b) {
                        best = Some((rise, (from as u64, (to - from) as u64)));
                    }
                }
                best.map(|(rise, rows)| (rise, Some(rows)))
            }
            Asked::First(all) => {
                let first = self.rows.iter().position(|row| all.iter().any(|(c, _)| c.holds(row[c.signal])))?;
                Some((first as f64 * self.tick_s(), Some((first as u64, 1))))
            }
            Asked::Time(all) => {
                let holds: Vec<bool> = self.rows.iter().map(|r| all.iter().any(|c| c.holds(r[c.signal]))).collect();
                let count = holds.iter().filter(|h| **h).count();
                let mut longest = (0, 0);
                let mut begin = 0;
                for (row, held) in holds.iter().enumerate() {
                    if !held {
                        begin = row + 1;
                    } else if row + 1 - begin > longest.1 {
                        longest = (begin, row + 1 - begin);
                    }
                }
                let rows = Some((longest.0 as u64, longest.1 as u64));
                (count > 0).then(|| (count as f64 * self.tick_s(), rows))
            }
            Asked::Share { of, among } => {
                let all = self.rows.iter().filter(|r| among.iter().any(|&s| r[s] == 1.0)).count();
                let hits = self.rows.iter().filter(|r| r[*of] == 1.0).count();
                (all > 0).then(|| (100.0 * hits as f64 / all as f64, None))
            }
            Asked::Last(c) => Some((self.rows.last()?[*c], None)),
            Asked::Metric(index) => {
                let mut bank = MetricBank::new(&self.spec.metrics);
                self.rows.iter().for_each(|row| bank.push(&self.spec.metrics, row));
                let value = bank.value(&self.spec.metrics, *index);
                (!value.is_nan()).then_some((value, None))
            }
            Asked::Loss(slot) => {
                let slot = &self.spec.slots[*slot];
                let counts = |row: &&Vec<f64>| slot.reward_when.is_none_or(|when| row[when] == 1.0);
                let sums = slot.reward_terms.iter().map(|term| {
                    let values = self.rows.iter().filter(counts).map(|row| row[term.signal]);
                    (values.filter(|v| *v < 0.0).sum::<f64>(), term.signal)
                });
                let (sum, signal) = sums.filter(|(sum, _)| *sum < 0.0).min_by(|a, b| a.0.total_cmp(&b.0))?;
                let (_, row) = extreme(signal, false)?;
                Some((sum, Some((row, 1))))
            }
        }
    }

    /// Holds an answer against plain rows.
    fn check(&self, question: &Question) {
        let told = self.answer(question);
        let Some((value, rows)) = self.naive(question) else {
            assert!(
                matches!(told.outcome, Outcome::Never | Outcome::NotInLog),
                "{}: {} is told, but it never happens",
                question.name,
                told.text
            );
            return;
        };
        assert_eq!(told.outcome, Outcome::Found, "{}", question.name);
        let wanted = value * question.factor;
        assert!(
            (told.value - wanted).abs() <= 1e-9 * wanted.abs().max(1.0),
            "{}: {} and {wanted}",
            told.name,
            told.value
        );
        assert_eq!(told.rows, rows, "{}", question.name);
        assert!(!told.text.is_empty() && !told.label.is_empty());
        assert_eq!(told.instant.is_some(), rows.is_some());
        if let (Some(instant), Some((row, _))) = (told.instant, rows) {
            assert!(instant == row || instant == row + 1, "{}: row {row} is seen at {instant}", told.name);
            assert!(!told.time.is_empty());
        }
    }
}

fn default_day() -> Run {
    Run::of(&World::default(), &Setup::default_day().unwrap(), 17_280)
}

#[test]
fn every_answer_about_the_default_day_follows_from_its_rows() {
    let run = default_day();
    let all = questions(&run.spec, &run.schema);
    assert!(all.len() > 80 && all.iter().filter(|q| q.ready).count() >= 20, "{} questions", all.len());
    all.iter().for_each(|question| run.check(question));
    // Highest and lowest of every signal.
    for signal in &run.schema.signals {
        let found = matching(&run.spec, &run.schema, &signal.name);
        let about: Vec<_> = found.iter().filter(|q| q.name.starts_with(&format!("{}.", signal.name))).collect();
        assert_eq!(about.len(), 2, "{}", signal.name);
        about.into_iter().for_each(|question| run.check(question));
    }
    let told = |name: &str| run.answer(all.iter().find(|q| q.name == name).unwrap());
    let bids = told("bids_accepted");
    assert!(bids.text.contains(" of ") && bids.more.ends_with('%'), "{} {}", bids.text, bids.more);
    assert!(told("dearest_hour").text.starts_with("$\u{2009}"));
    assert!(told("worst_tracking").text.ends_with("\u{2009}MW"));
    assert!(told("hottest_minute_a").time.len() == 5, "{}", told("hottest_minute_a").time);
    assert_eq!(told("first_trip").outcome, Outcome::Never);
}

#[test]
fn other_plants_are_asked_what_their_tables_suggest() {
    let world = plants::world();
    for plant in ["sustaindc", plants::CHARGERS, plants::THREE_AGENTS] {
        let run = Run::of(&world, &Setup { plant: plant.into(), ..Setup::default() }, 400);
        let all = questions(&run.spec, &run.schema);
        assert!(all.iter().filter(|q| q.ready).count() >= 4, "{plant}");
        all.iter().for_each(|question| run.check(question));
    }
}

#[test]
fn names_are_unique_and_searches_find_what_they_name() {
    for plant in ["c2g", "sustaindc", plants::CHARGERS, plants::THREE_AGENTS] {
        let run = Run::of(&plants::world(), &Setup { plant: plant.into(), ..Setup::default() }, 3);
        let all = questions(&run.spec, &run.schema);
        let mut names: Vec<&str> = all.iter().map(|q| q.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len(), "{plant}");
        for question in &all {
            let found = matching(&run.spec, &run.schema, &question.name);
            assert_eq!(found.len(), 1, "{plant}: {}", question.name);
            assert_eq!(found[0].name, question.name);
        }
        assert!(matching(&run.spec, &run.schema, "  ").iter().all(|q| q.ready));
    }
    let run = Run::of(&World::default(), &Setup::default(), 3);
    let found = |text: &str| matching(&run.spec, &run.schema, text);
    assert_eq!(found("worst track")[0].name, "worst_tracking");
    assert_eq!(found("t_zone_a_degc")[0].name, "t_zone_a_degc.highest");
    assert!(found("ZONE A").iter().any(|q| q.name == "hottest_minute_a"));
    assert!(found("no such thing at all").is_empty());
}

#[test]
fn gaps_and_what_a_log_lacks_are_told() {
    let run = Run::of(&World::default(), &Setup::default(), 400);
    let question = &matching(&run.spec, &run.schema, "worst_tracking")[0];
    let Asked::Highest(column) = question.asked else { panic!("{question:?}") };
    let provenance: Vec<Provenance> =
        (0..run.schema.len()).map(|c| if c == column { Provenance::Absent } else { Provenance::Derived }).collect();
    let subject = Subject { provenance: Some(&provenance), ..run.subject() };
    let told = answer(&subject, question, &|| false).unwrap();
    assert_eq!((told.outcome, told.text.as_str()), (Outcome::NotInLog, "not in this log"));
    let none = Subject { rows: 0, ..run.subject() };
    assert_eq!(answer(&none, question, &|| false).unwrap().outcome, Outcome::NoRows);
    // Rows without numbers are no answer, and part of a run is asked by its length.
    let mut gaps = Recorder::new(run.schema.len());
    for row in &run.rows {
        gaps.push(row);
        gaps.push(&vec![f64::NAN; row.len()]);
    }
    let half = Run { recording: gaps.picture(), rows: Vec::new(), ..run };
    for rows in [1, 300, 799] {
        let told = answer(&Subject { rows, ..half.subject() }, question, &|| false).unwrap();
        let best = (0..rows).filter(|r| !half.recording.value(*r, column).is_nan());
        let best = best.max_by(|a, b| {
            let value = |r: u64| half.recording.value(r, column);
            value(*a).total_cmp(&value(*b)).then(b.cmp(a))
        });
        assert_eq!(told.rows, best.map(|row| (row, 1)));
    }
    let stop = answer(&half.subject(), &matching(&half.spec, &half.schema, "time_above_31_a")[0], &|| true);
    assert!(stop.is_none(), "nobody wants to know any more");
}

#[test]
fn lengths_of_time_are_told_in_two_units_at_most() {
    let told = [0.0, 40.0, 119.0, 120.0, 1_205.0, 7_200.0, 8_100.0, 172_800.0, 266_400.0].map(length);
    let plain = told.map(|t| t.replace('\u{2009}', " "));
    assert_eq!(plain, ["0 s", "40 s", "119 s", "2 min", "20 min 5 s", "2 h", "2 h 15 min", "2 d", "3 d 2 h"]);
}

#[test]
fn money_is_told_in_groups() {
    let run = Run::of(&World::default(), &Setup::default_day().unwrap(), 17_280);
    let told = run.answer(&matching(&run.spec, &run.schema, "dearest_hour")[0]);
    let plain = told.text.replace('\u{2009}', "");
    assert_eq!(plain, format!("${:.0}", told.value));
    assert_eq!(told.text.matches('\u{2009}').count(), 2, "{}", told.text);
}

#[test]
fn the_command_line_answers_with_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.csv");
    let world = World::default();
    let setup = Setup { ticks: Some(900), ..Setup::default_day().unwrap() };
    let mut rollout = world.build(&setup).unwrap();
    let mut log = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    while rollout.end().is_none() && rollout.step().unwrap() == Step::Ran {
        log.row(rollout.tick() - 1, rollout.row()).unwrap();
    }
    log.finish().unwrap();
    let run = Run::of(&world, &setup, 900);
    let tool = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_c2g-twin"))
            .arg("ask")
            .arg(&path)
            .args(arguments)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, text, _) = tool(&["--json"]);
    assert_eq!(code, Some(0));
    let answers: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let ready = matching(&run.spec, &run.schema, "");
    assert_eq!(answers.len(), ready.len());
    for (json, question) in answers.iter().zip(&ready) {
        let own = run.answer(question);
        assert_eq!(json["question"], own.name);
        assert_eq!(json["text"], own.text, "{}", own.name);
        assert_eq!(json["instant"].as_u64(), own.instant, "{}", own.name);
    }
    let (_, text, _) = tool(&["worst", "tracking", "--csv"]);
    assert!(
        text.starts_with("question,label,outcome,value") && text.contains("\nworst_tracking,Worst tracking,found,")
    );
    let (_, text, _) = tool(&["--list"]);
    assert!(text.contains("saturated_hardware.bess_dispatch") && text.contains("ready"));
    let (code, _, error) = tool(&["gibberish"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("nothing is asked by `gibberish`") && error.contains("--list"), "{error}");
}
