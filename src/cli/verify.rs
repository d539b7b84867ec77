//! `verify`: golden trajectories and full logs are run again and compared.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::{Error, Place, Result};
use crate::evaluate::{
    Comparison, Golden, Replay, SustainGolden, is_sustaindc_header, is_whole_in_sustaindc, replay_log,
};
use crate::plant::sustaindc::battery::Drive;
use crate::record::{is_full_log, python_repr};
use crate::rollout::World;

use super::{Exit, Outcome, complain, say};

/// Flags of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Headers of golden trajectories (JSON) or full logs (CSV)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Writes what was computed, in the golden's columns (one FILE only)
    #[arg(long, value_name = "OUT")]
    emit: Option<PathBuf>,
    /// Largest error |computed − expected| / max(1, |expected|) [golden: 1e-9, full log: 0]
    #[arg(long)]
    rtol: Option<f64>,
    /// Plays actions of networks as a full log holds them; this is the default
    #[arg(long, conflicts_with = "recompute")]
    as_logged: bool,
    /// Asks the networks of a full log again
    #[arg(long)]
    recompute: bool,
}

impl VerifyArgs {
    fn how(&self) -> Replay {
        if self.recompute { Replay::Recompute } else { Replay::AsLogged }
    }
}

/// Runs every file again.
pub fn run(args: &VerifyArgs, world: &World) -> Outcome {
    if args.emit.is_some() && args.files.len() > 1 {
        return Err(Error::invalid(Place::source("--emit"), "there are several files", "Give one file with --emit."));
    }
    if args.rtol.is_some_and(|r| !(r >= 0.0 && r.is_finite())) {
        return Err(Error::invalid(
            Place::source("--rtol"),
            "the tolerance is not a number from 0 up",
            "Give for example 1e-9.",
        ));
    }
    let mut all = true;
    let mut unread: Option<Error> = None;
    for path in &args.files {
        match verify_file(path, args, world) {
            Ok(comparison) => {
                all &= comparison.holds();
                say(&format!("{}: {comparison}", path.display()))?;
            }
            // The other files are verified all the same; the last error is told by the caller.
            Err(error) => {
                if let Some(earlier) = unread.replace(error) {
                    complain(&earlier.report());
                }
            }
        }
    }
    match unread {
        Some(error) => Err(error),
        None => Ok(if all { Exit::Good } else { Exit::CheckFailed }),
    }
}

fn verify_file(path: &Path, args: &VerifyArgs, world: &World) -> Result<Comparison> {
    let file = std::fs::File::open(path).map_err(|e| Error::io(path, "read", e))?;
    let mut first = Vec::new();
    std::io::Read::take(BufReader::new(file), 256)
        .read_until(b'\n', &mut first)
        .map_err(|e| Error::io(path, "read", e))?;
    let first = String::from_utf8_lossy(&first);
    if is_full_log(&first) {
        if args.emit.is_some() {
            return Err(Error::invalid(
                Place::source("--emit"),
                "a full log has nothing to emit",
                "Use it with golden headers.",
            ));
        }
        return replay_log(world, path, args.rtol.unwrap_or(0.0), args.how());
    }
    if !first.trim_start().starts_with('{') {
        return Err(Error::invalid(
            Place::file(path).at_line(1),
            "this is neither the JSON header of a golden trajectory nor a full log",
            "Give `<name>.json` of a golden, or a log written by `run --log`.",
        ));
    }
    let rtol = args.rtol.unwrap_or(1e-9);
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, "read", e))?;
    if is_sustaindc_header(&text) {
        let golden = SustainGolden::open(path)?;
        let mut verify = |emit: Emit<'_>| golden.verify(rtol, emit);
        return match &args.emit {
            None => verify(&mut |_| Ok(())),
            Some(out) => emit(golden.columns(), sustaindc_cell, &mut verify, out),
        };
    }
    let golden = Golden::open(path)?;
    let mut verify = |emit: Emit<'_>| golden.verify(rtol, emit);
    match &args.emit {
        None => verify(&mut |_| Ok(())),
        Some(out) => emit(golden.columns(), |column, v| cell(v, is_whole(column)), &mut verify, out),
    }
}

/// Takes a computed row.
type Emit<'a> = &'a mut dyn FnMut(&[f64]) -> Result<()>;

/// A value as SustainDC's goldens write it: the battery's action also as a word, observations in binary32.
fn sustaindc_cell(column: &str, value: f64) -> String {
    if column == "bat_a_t" {
        return Drive::from_position(value).word().to_owned();
    }
    if column.starts_with("obs_") && !value.is_nan() {
        return format!("{:?}", value as f32);
    }
    cell(value, is_whole_in_sustaindc(column))
}

/// Verifies and writes the computed rows; the file appears whole or not at all.
fn emit(
    columns: &[String],
    text: fn(&str, f64) -> String,
    verify: &mut dyn FnMut(Emit<'_>) -> Result<Comparison>,
    out: &Path,
) -> Result<Comparison> {
    let io = |e| Error::io(out, "write", e);
    // A device or a pipe is written to as it is: nothing may take its place.
    let device = std::fs::metadata(out).is_ok_and(|m| !m.is_file());
    let mut partial = out.to_path_buf();
    if !device {
        partial.as_mut_os_string().push(".partial");
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(&partial).map_err(io)?);
    writeln!(file, "{}", columns.join(",")).map_err(io)?;
    let comparison = verify(&mut |row| {
        let cells: Vec<String> = row.iter().zip(columns).map(|(&v, column)| text(column, v)).collect();
        writeln!(file, "{}", cells.join(",")).map_err(io)
    });
    let result = comparison.and_then(|comparison| {
        file.flush().map_err(io)?;
        if !device {
            std::fs::rename(&partial, out).map_err(io)?;
        }
        Ok(comparison)
    });
    result.inspect_err(|_| {
        // The computed rows so far are of no use without their end.
        if !device {
            let _ = std::fs::remove_file(&partial);
        }
    })
}

/// Columns of counters and flags, which golden files write without a decimal point.
fn is_whole(column: &str) -> bool {
    matches!(
        column,
        "t" | "m"
            | "terminated"
            | "truncated"
            | "is_spike"
            | "thermal_fault"
            | "freq_fault"
            | "voltage_fault"
            | "x_hvac_regime"
            | "macro_tick"
            | "bid_accepted"
            | "spike_any"
            | "sub_steps_run"
    )
}

fn cell(value: f64, whole: bool) -> String {
    if value.is_nan() {
        String::new()
    } else if whole && value == value.trunc() {
        format!("{}", value as i64)
    } else {
        python_repr(value)
    }
}
