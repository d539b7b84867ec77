//! `tour`: what tours are on offer, and whether a tour holds when it is played.

use std::path::PathBuf;

use clap::Args;

use crate::config::Result;
use crate::rollout::World;
use crate::session::tour::{self, Rehearsal, Tour};
use crate::signal::format_number;

use super::{Exit, Outcome, say};

/// Flags of `tour`.
#[derive(Debug, Args)]
pub struct TourArgs {
    /// Tours to play at full speed without a window, by name or file; without one the list of all
    #[arg(value_name = "NAME|FILE")]
    tours: Vec<String>,
    /// Folder with tours of your own for the list
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Prints every caption with the numbers of the run
    #[arg(long)]
    words: bool,
}

/// Lists tours, or plays them and checks what they expect.
///
/// # Errors
/// A tour that is refused or cannot go on, with line, column and cure.
pub fn run(args: &TourArgs, world: &World) -> Outcome {
    if args.tours.is_empty() {
        let (own, wrong) = args.folder.as_deref().map(tour::in_folder).unwrap_or_default();
        for offer in tour::built_in().into_iter().chain(own) {
            let name = offer.file.map_or(offer.name, |file| file.display().to_string());
            say(&format!("{name:<18} {:<34} {:>4} min  {}", offer.title, minutes(offer.minutes), offer.about))?;
        }
        return match wrong.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(Exit::Good),
        };
    }
    let mut exit = Exit::Good;
    for name in &args.tours {
        let tour: Tour = tour::find(name, world)?;
        let rehearsal = tour::rehearse(tour, world)?;
        tell(name, &rehearsal, args.words)?;
        if !rehearsal.holds() {
            exit = Exit::CheckFailed;
        }
    }
    Ok(exit)
}

/// `1.5`, or `3` where it is whole.
fn minutes(value: f64) -> String {
    format_number(value, usize::from(value.fract() != 0.0))
}

fn tell(name: &str, rehearsal: &Rehearsal, words: bool) -> Result<()> {
    let verdict = if rehearsal.holds() { "holds" } else { "does not hold" };
    say(&format!("{name}: {verdict}, {} scenes", rehearsal.scenes.len()))?;
    for (number, scene) in rehearsal.scenes.iter().enumerate() {
        say(&format!("  {} {}, tick {}", number + 1, scene.title, scene.tick))?;
        for found in &scene.found {
            let sign = if found.holds { "holds" } else { "FAILS" };
            say(&format!(
                "    {sign}  {}  ({} against {})",
                found.text,
                format_number(found.left, 4),
                format_number(found.right, 4)
            ))?;
        }
        if words {
            say(&format!("    {}", scene.words))?;
            for line in &scene.question {
                say(&format!("    ? {line}"))?;
            }
        }
    }
    Ok(())
}
