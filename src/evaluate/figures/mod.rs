//! Figures of a benchmark (control 5.4–5.6): each as PNG and SVG with its numbers as a CSV beside it.
//!
//! A figure is a [`Sheet`]: a list of marks in points, made without knowing where it will be drawn. The same list becomes
//! a picture of pixels, a vector file, and a part of the report's page.
#![deny(clippy::indexing_slicing)]

pub(in crate::evaluate) mod axis;
mod bars;
mod heat;
mod legend;
pub(in crate::evaluate) mod paint;
mod pareto;
mod radar;
mod sheet;
pub(in crate::evaluate) mod style;
mod traces;
mod violin;

use std::path::{Path, PathBuf};

use super::results::{Frame, Group, Results};
use crate::config::{Error, Result};

pub use sheet::{Anchor, Mark, Sheet};
pub use style::{Colour, scenario_label};
pub use traces::{TraceFolder, TraceRequest, traces};

/// A figure, ready to be written.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Name of its files, without an end.
    pub name: String,
    /// What it shows, in a sentence.
    pub caption: String,
    /// What is drawn.
    pub sheet: Sheet,
    /// Its numbers as a CSV.
    pub data: String,
}

impl Figure {
    /// The figure as an SVG document.
    ///
    /// # Errors
    /// When the face that it is lettered with cannot be read.
    pub fn svg(&self) -> Result<String> {
        paint::svg(&self.sheet)
    }

    /// Writes `<name>.png`, `<name>.svg` and `<name>.csv` into a folder, which is created, and tells where.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn save(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
        let mut paths = Vec::new();
        for (end, bytes) in [
            ("png", paint::png(&self.sheet)?),
            ("svg", self.svg()?.into_bytes()),
            ("csv", self.data.clone().into_bytes()),
        ] {
            let path = folder.join(format!("{}.{end}", self.name));
            std::fs::write(&path, bytes).map_err(|e| Error::io(&path, "write the figure", e))?;
            paths.push(path);
        }
        Ok(paths)
    }
}

/// One frame of results with what every figure of it needs.
pub(crate) struct View<'a> {
    results: &'a Results,
    frame: &'a Frame,
    colours: Vec<Colour>,
    /// Part of file names; empty where there is one frame only.
    slug: String,
}

impl<'a> View<'a> {
    fn metric(&self, name: &str) -> Option<usize> {
        self.results.metrics.iter().position(|m| m == name)
    }

    /// Agents with their colours.
    fn agents(&self) -> impl Iterator<Item = (&'a String, Colour)> {
        self.frame.agents.iter().zip(self.colours.iter().copied())
    }

    fn groups_of(&self, agent: &'a str, scenario: Option<&'a str>) -> impl Iterator<Item = &'a Group> {
        let wanted = move |g: &&Group| g.agent == agent && scenario.is_none_or(|s| g.scenario == s);
        self.frame.groups.iter().filter(wanted)
    }

    /// Mean and deviation of a metric over all rows of an agent: episodes where they are known, else the means of its
    /// scenarios. NaN where nothing is known.
    fn over_rows(&self, agent: &'a str, scenario: Option<&'a str>, metric: usize) -> (f64, f64) {
        let values: Vec<f64> = self
            .groups_of(agent, scenario)
            .flat_map(|g| {
                let own: Vec<f64> = g.values(metric).into_iter().map(|(_, v)| v).collect();
                if own.is_empty() { g.moments(metric).map(|m| m.mean).into_iter().collect() } else { own }
            })
            .collect();
        if values.is_empty() {
            return (f64::NAN, f64::NAN);
        }
        let one_row = values.len() == 1;
        let known = self.groups_of(agent, scenario).next().and_then(|g| g.moments(metric)).map_or(f64::NAN, |m| m.std);
        (super::statistics::mean(&values), if one_row { known } else { super::statistics::sample_std(&values) })
    }

    fn name(&self, base: &str) -> String {
        if self.slug.is_empty() { base.to_owned() } else { format!("{base}__{}", self.slug) }
    }

    /// Ends of titles: what the rows share.
    fn subtitle(&self) -> String {
        if self.frame.keys.is_empty() { String::new() } else { self.frame.title() }
    }
}

/// All figures that the results allow, frame by frame.
pub fn all(results: &Results) -> Vec<Figure> {
    let mut out = Vec::new();
    for frame in &results.frames {
        let slug = if results.frames.len() > 1 { frame.slug() } else { String::new() };
        let view = View { results, frame, colours: style::agent_colours(&frame.agents), slug };
        out.extend(heat::reward(&view));
        out.extend(bars::grouped(&view));
        out.extend(radar::all(&view));
        out.extend(pareto::all(&view));
        out.extend(violin::all(&view));
    }
    out
}
