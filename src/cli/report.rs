//! `report`: one page about results, and tables for papers.

use std::path::PathBuf;

use clap::Args;

use crate::config::{Error, Place};
use crate::evaluate::figures::{self, Figure};
use crate::evaluate::report::{html, latex, markdown};
use crate::rollout::World;

use super::evaluate::{InputArgs, write_file};
use super::{Exit, Outcome, say};

/// Flags of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Writes one page that holds everything [report.html, unless a table is asked for]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Writes a table of mean ± standard deviation for LaTeX
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    latex: Option<PathBuf>,
    /// Writes a table of mean ± standard deviation for Markdown
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    markdown: Option<PathBuf>,
}

/// Writes page and tables.
pub fn run(args: &ReportArgs, world: &World) -> Outcome {
    let input = args.input.read(world)?;
    let weighed = input.results.as_ref().zip(input.analysis.as_ref());
    let tables_only = args.latex.is_some() || args.markdown.is_some();
    for (path, make) in [(&args.latex, latex as fn(&_, &_) -> String), (&args.markdown, markdown)] {
        let Some(path) = path else { continue };
        let Some((results, analysis)) = weighed else {
            let cure = "Give `<stem>_episodes.csv` as well.";
            return Err(Error::invalid(Place::file(path), "there is no table among the files", cure));
        };
        write_file(path, make(results, analysis).as_bytes())?;
        say(&path.display().to_string())?;
    }
    let page = args.out.clone().or_else(|| (!tables_only).then(|| PathBuf::from("report.html")));
    if let Some(path) = page {
        let drawn: Vec<Figure> =
            input.results.as_ref().map(figures::all).into_iter().flatten().chain(input.traces).collect();
        write_file(&path, html(weighed, &drawn)?.as_bytes())?;
        say(&path.display().to_string())?;
    }
    Ok(Exit::Good)
}
