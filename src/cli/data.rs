//! `data`: the embedded data set and folders in its layout.

use std::path::PathBuf;

use clap::Subcommand;

use crate::trace;

use super::{Exit, Outcome, say};

/// What to do with data.
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Writes the embedded synthetic set in the layout of C2G-Bench's `data/processed`
    Synth {
        /// Folder to write into
        dir: PathBuf,
    },
    /// Checks a folder in that layout
    Check {
        /// Folder to check
        dir: PathBuf,
    },
}

/// Runs a data command.
pub fn run(command: &DataCommand) -> Outcome {
    match command {
        DataCommand::Synth { dir } => {
            let files = trace::write_set(dir, &mut |_, _, _| {})?;
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
