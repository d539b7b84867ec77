//! `ask`: questions about a recorded run, answered from its rows.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::config::{Error, Place, Result};
use crate::evaluate::ask::{Answer, Outcome as Of, Subject, answer, matching, questions};
use crate::plant::Question;
use crate::record::{Item, Recorder, Recording, Tape, TapeHead, TapeOptions};
use crate::rollout::World;

use super::text_table::TextTable;
use super::{Exit, Outcome, complain, say};

/// Flags of `ask`.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// Log of any kind; its kind is told by what stands in it
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// Question by name, words that stand in it, or a signal; without it the ready questions
    #[arg(value_name = "QUESTION", num_args = 0..)]
    question: Vec<String>,
    /// Lists every question, and answers none
    #[arg(long)]
    list: bool,
    /// Answers every question, ready or not
    #[arg(long, conflicts_with = "question")]
    all: bool,
    /// Which of several episodes in the file, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    episode: usize,
    /// Prints JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Prints CSV
    #[arg(long)]
    csv: bool,
}

/// Answers questions about a log.
///
/// # Errors
/// Logs that cannot be read, questions that match nothing.
pub fn run(args: &AskArgs, world: &World) -> Outcome {
    let (head, recording) = read(args, world)?;
    let (spec, schema) = (&*head.spec, &*head.schema);
    let search = args.question.join(" ");
    let asked = if args.all || args.list && search.is_empty() {
        questions(spec, schema)
    } else {
        matching(spec, schema, &search)
    };
    if asked.is_empty() {
        return Err(Error::invalid(
            Place::source("QUESTION"),
            format!("nothing is asked by `{search}`"),
            "Run `c2g-twin ask LOG --list` to see the questions; a signal's name works too.",
        ));
    }
    if args.list {
        say(&listed(&asked, args))?;
        return Ok(Exit::Good);
    }
    let rows = recording.rows();
    let subject = Subject { spec, schema, recording: &recording, provenance: Some(&head.provenance), rows };
    let answers: Vec<Answer> = asked.iter().filter_map(|q| answer(&subject, q, &|| false)).collect();
    say(&told(&answers, args))?;
    Ok(Exit::Good)
}

/// Reads all rows of a log.
fn read(args: &AskArgs, world: &World) -> Result<(TapeHead, Recording)> {
    let options = TapeOptions { episode: args.episode, ..TapeOptions::default() };
    let mut tape = Tape::open_with(&args.log, &options, world)?;
    let head = tape.head().clone();
    let mut recorder = Recorder::new(head.schema.len());
    let mut row = vec![f64::NAN; head.schema.len()];
    while let Some(item) = tape.next(&mut row)? {
        match item {
            Item::Row => recorder.push(&row),
            Item::Gap => recorder.push(&vec![f64::NAN; row.len()]),
            Item::Input(_) => {}
        }
    }
    for note in &head.notes {
        complain(&format!("note: {note}"));
    }
    if tape.bad().count > 0 {
        let first = tape.bad().listed.first().map_or("", String::as_str);
        complain(&format!("warning: {} rows could not be read; the first: {first}", tape.bad().count));
    }
    Ok((head, recorder.picture()))
}

fn outcome(of: Of) -> &'static str {
    match of {
        Of::Found => "found",
        Of::Never => "never",
        Of::NotInLog => "not_in_log",
        Of::NoRows => "no_rows",
    }
}

fn told(answers: &[Answer], args: &AskArgs) -> String {
    let finite = |value: f64| if value.is_finite() { json!(value) } else { Value::Null };
    if args.json {
        let all: Vec<Value> = answers
            .iter()
            .map(|a| {
                json!({
                    "question": a.name,
                    "label": a.label,
                    "outcome": outcome(a.outcome),
                    "value": finite(a.value),
                    "unit": a.unit,
                    "text": a.text,
                    "more": a.more,
                    "detail": a.detail,
                    "row": a.rows.map(|r| r.0),
                    "rows": a.rows.map(|r| r.1),
                    "instant": a.instant,
                    "time": a.time,
                })
            })
            .collect();
        return serde_json::to_string_pretty(&all).unwrap_or_default();
    }
    if args.csv {
        let mut out = "question,label,outcome,value,unit,text,more,detail,row,rows,instant,time".to_owned();
        for a in answers {
            let number = |value: Option<u64>| value.map_or_else(String::new, |v| v.to_string());
            let value = if a.value.is_finite() { a.value.to_string() } else { String::new() };
            let cells = [
                a.name.clone(),
                a.label.clone(),
                outcome(a.outcome).to_owned(),
                value,
                a.unit.clone(),
                a.text.clone(),
                a.more.clone(),
                a.detail.clone(),
                number(a.rows.map(|r| r.0)),
                number(a.rows.map(|r| r.1)),
                number(a.instant),
                a.time.clone(),
            ];
            out.push('\n');
            out.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        }
        return out;
    }
    let mut table = TextTable::new(&["question", "answer", "", "", "when", "tick"], usize::MAX);
    for a in answers {
        let tick = a.instant.map_or_else(String::new, |tick| tick.to_string());
        table.row(vec![a.label.clone(), a.text.clone(), a.more.clone(), a.detail.clone(), a.time.clone(), tick]);
    }
    table.lines()
}

/// A cell of a CSV.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

fn listed(asked: &[Question], args: &AskArgs) -> String {
    if args.json {
        let all: Vec<Value> = asked
            .iter()
            .map(|q| json!({ "question": q.name, "label": q.label, "ready": q.ready, "about": q.doc }))
            .collect();
        return serde_json::to_string_pretty(&all).unwrap_or_default();
    }
    if args.csv {
        let line = |q: &Question| {
            [q.name.as_str(), q.label.as_str(), if q.ready { "1" } else { "0" }, q.doc.as_str()].map(quoted).join(",")
        };
        let lines = std::iter::once("question,label,ready,about".to_owned()).chain(asked.iter().map(line));
        return lines.collect::<Vec<_>>().join("\n");
    }
    let mut table = TextTable::new(&["question", "in words", "", "about"], usize::MAX);
    for q in asked {
        let ready = if q.ready { "ready" } else { "" };
        table.row(vec![q.name.clone(), q.label.clone(), ready.to_owned(), q.doc.clone()]);
    }
    table.lines()
}
