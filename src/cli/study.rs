//! `study`: sweeps of the plant, as figures, numbers and findings.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::config::{Error, Result};
use crate::evaluate::study::{self, Progress, Range, Shown, Study, Values};
use crate::rollout::World;

use super::{Exit, Outcome, say};

/// Flags of `study`.
#[derive(Debug, Args)]
#[command(after_help = "`study list` tells all studies; `study NAME --parameters` what can be moved in one.")]
pub struct StudyArgs {
    /// The study, or `list`
    #[arg(value_name = "NAME")]
    name: String,
    /// Folder for figures (PNG, SVG), their numbers (CSV) and the findings; without it the findings are printed only
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A parameter of the study (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Folder of measured series in place of the embedded set
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Lists the parameters with their ranges
    #[arg(long)]
    parameters: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Lists studies, or runs one.
///
/// # Errors
/// Unknown studies, parameters and values; a disk that refuses.
pub fn run(args: &StudyArgs, world: &World) -> Outcome {
    if args.name == "list" {
        return list();
    }
    let study = study::find(&args.name)?;
    if args.parameters {
        return parameters(study, world);
    }
    let mut values = Values::new(study.parameters(world)?).with_data(args.data.clone());
    for assignment in &args.set {
        values.set(assignment)?;
    }
    let bar = Bar::new(study.card().title);
    let shown = study.run(world, &values, &bar)?;
    bar.0.finish_and_clear();
    let Some(shown) = shown else { return Ok(Exit::Interrupted) };
    if let Some(folder) = &args.out {
        save(study, &values, &shown, folder)?;
    }
    if args.json {
        say(&as_json(study, &values, &shown))?;
        return Ok(Exit::Good);
    }
    say(&format!("{} · {}", study.card().title, values.words()))?;
    for finding in &shown.findings {
        say(&format!("  {}", finding.words))?;
    }
    if let Some(folder) = &args.out {
        let files: Vec<&str> = shown.exhibits.iter().map(|e| e.name.as_str()).collect();
        say(&format!("{}: {} (PNG, SVG, CSV), findings.txt, study.json", folder.display(), files.join(", ")))?;
    }
    Ok(Exit::Good)
}

fn list() -> Outcome {
    let mut studies: Vec<&dyn Study> = study::ALL.to_vec();
    studies.sort_by_key(|s| s.card().group);
    let mut group = None;
    for study in studies {
        if group != Some(study.card().group) {
            group = Some(study.card().group);
            say(study.card().group.label())?;
        }
        say(&format!("  {:<22} {}", study.name(), study.card().about))?;
    }
    Ok(Exit::Good)
}

fn parameters(study: &dyn Study, world: &World) -> Outcome {
    say(&format!("{} · {}", study.card().title, study.card().about))?;
    for p in study.parameters(world)? {
        let range = match &p.range {
            Range::Number { low, high, .. } => format!("{low} to {high} {}", p.unit).trim_end().to_owned(),
            Range::Choice(choices) => choices.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", "),
        };
        let default = match &p.range {
            Range::Number { .. } => format!("{}", p.default),
            Range::Choice(choices) => choices.get(p.default as usize).map_or_else(String::new, |c| c.name.clone()),
        };
        say(&format!("  {:<22} {range} [default: {default}]", p.name))?;
        if !p.about.is_empty() {
            say(&format!("  {:<22} {}", "", p.about))?;
        }
    }
    Ok(Exit::Good)
}

/// A bar on the terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new(title: &str) -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}") {
            bar.set_style(style);
        }
        bar.set_message(title.to_owned());
        Self(bar)
    }
}

impl Progress for Bar {
    fn go_on(&self, done: u64, of: u64) -> bool {
        self.0.set_length(of);
        self.0.set_position(done);
        true
    }
}

fn save(study: &dyn Study, values: &Values, shown: &Shown, folder: &std::path::Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
    for exhibit in &shown.exhibits {
        exhibit.save(folder)?;
    }
    let mut findings = format!("{}\n{}\n\n", study.card().title, values.words());
    for finding in &shown.findings {
        findings.push_str(&finding.words);
        findings.push('\n');
    }
    for (name, text) in [("findings.txt", findings), ("study.json", as_json(study, values, shown))] {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| Error::io(&path, "write", e))?;
    }
    Ok(())
}

fn as_json(study: &dyn Study, values: &Values, shown: &Shown) -> String {
    let finite = |v: f64| if v.is_finite() { json!(v) } else { json!(null) };
    let parameters: serde_json::Map<String, serde_json::Value> = values
        .parameters()
        .iter()
        .zip(values.values())
        .map(|(p, v)| {
            let value = if matches!(p.range, Range::Choice(_)) { json!(values.chosen(&p.name)) } else { finite(*v) };
            (p.name.clone(), value)
        })
        .collect();
    let findings: Vec<_> = shown
        .findings
        .iter()
        .map(|f| json!({ "name": f.name, "words": f.words, "value": finite(f.value), "unit": f.unit }))
        .collect();
    let exhibits: Vec<_> =
        shown.exhibits.iter().map(|e| json!({ "name": e.name, "title": e.title, "caption": e.caption })).collect();
    let all = json!({ "study": study.name(), "parameters": parameters, "findings": findings, "exhibits": exhibits });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}
