//! `data`: the embedded data set and folders in its layout.

use std::path::PathBuf;

use clap::Subcommand;

use crate::config::{Error, Place};
use crate::trace;

use super::{Exit, Outcome, say};

/// What to do with data.
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Writes the embedded synthetic set in the layout of C2G-Bench's `data/processed`, or of SustainDC's `data`
    Synth {
        /// Folder to write into
        dir: PathBuf,
        /// Plant whose data are written: c2g, sustaindc
        #[arg(long, default_value = "c2g", value_name = "NAME")]
        plant: String,
    },
    /// Checks a folder in one of these layouts
    Check {
        /// Folder to check
        dir: PathBuf,
    },
}

/// Runs a data command.
pub fn run(command: &DataCommand) -> Outcome {
    match command {
        DataCommand::Synth { dir, plant } => {
            let files = match plant.as_str() {
                "c2g" => trace::write_set(dir, &mut |_, _, _| {})?,
                "sustaindc" => trace::write_sustaindc_set(dir)?,
                _ => return Err(Error::unknown(Place::source("--plant"), "plant", plant, ["c2g", "sustaindc"])),
            };
            for file in &files {
                say(&file.display().to_string())?;
            }
            say(&format!("{} files written, all synthetic", files.len()))?;
            Ok(Exit::Good)
        }
        DataCommand::Check { dir } => {
            let report = trace::check_folder(dir)?;
            say(&report.to_string())?;
            Ok(if report.ok() { Exit::Good } else { Exit::CheckFailed })
        }
    }
}
