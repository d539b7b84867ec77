//! `recover`: saves what can be saved of a log that was cut off or spoilt.

use std::path::PathBuf;

use clap::Args;

use crate::config::Error;
use crate::evaluate::compute_rows;
use crate::record::{Saved, may_recover, recover};
use crate::rollout::World;

use super::{Exit, Outcome, complain, say};

/// Flags of `recover`.
#[derive(Debug, Args)]
#[command(
    after_help = "Full logs are kept up to the first line that cannot be trusted. Where a later check can still be \
    read, the rows up to it are computed again and held against it, and reading goes on behind it. Transition logs and \
    SustainDC's evaluation logs lose their unreadable rows only.\n\n\
    Exit codes: 0 everything saved, 3 some lost, 1 nothing (no file is written), 2 bad input."
)]
pub struct RecoverArgs {
    /// The log: a full log, transitions of C2G, or an evaluation log of SustainDC, told by its content
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the rescued log is written; a new file
    #[arg(long, value_name = "FIXED", required = true)]
    out: PathBuf,
    /// Computes nothing again: what follows a spoilt line is left out
    #[arg(long)]
    as_read: bool,
    /// Says nothing when everything was saved
    #[arg(long)]
    quiet: bool,
}

/// Rescues a log and says what is lost.
pub fn run(args: &RecoverArgs, world: &World) -> Outcome {
    may_recover(&args.file, &args.out)?;
    let found = recover(&args.file, &args.out, &|log, until| {
        (!args.as_read).then(|| compute_rows(world, &args.file, log, until)).flatten()
    });
    let found = match found {
        Ok(found) => found,
        Err(error @ Error::Io { .. }) => return Err(error),
        Err(error) => {
            complain(&error.report());
            return Ok(Exit::CheckFailed);
        }
    };
    let saved = found.saved();
    if !(args.quiet && saved == Saved::All) {
        say(&format!("{}: {found}", args.file.display()))?;
    }
    if saved == Saved::Nothing {
        complain("error: nothing can be saved; no file was written\n  cure: record again");
    } else if !args.quiet {
        say(&format!("written: {}", args.out.display()))?;
    }
    Ok(match saved {
        Saved::All => Exit::Good,
        Saved::Some => Exit::SomeLost,
        Saved::Nothing => Exit::CheckFailed,
    })
}
