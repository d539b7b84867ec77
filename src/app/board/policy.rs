//! Looks at a policy: what `policy check` prints, as lines of a card.

use std::path::Path;

use crate::config::Result;
use crate::rollout::World;

use super::{Policy, PolicyView};

/// Reads and probes a policy. What is wrong with it is an answer too.
pub(super) fn look(world: &World, path: &Path) -> Policy {
    match card(world, path) {
        Ok(view) => Policy::Card(view),
        Err(error) => Policy::Failed { path: path.to_path_buf(), text: error.to_string(), cure: error.cure() },
    }
}

#[cfg(feature = "onnx")]
fn card(world: &World, path: &Path) -> Result<PolicyView> {
    use crate::control::onnx::{Fit, Network, PolicyCard};
    use crate::rollout::Setup;

    use super::FitView;

    let mut network = Network::open(path, None)?;
    // A plant that cannot be built today (its data are missing) has no slots to fit.
    let build = |plant: &str| world.build(&Setup { plant: plant.to_owned(), ..Setup::default() }).ok();
    let specs: Vec<_> =
        world.plants.names().into_iter().filter_map(build).map(|r| std::sync::Arc::clone(r.spec())).collect();
    let slots: Vec<_> = specs.iter().flat_map(|spec| spec.slots.iter().map(move |slot| (&**spec, slot))).collect();
    let card = PolicyCard::of(&mut network, &slots);
    let warns = |fit: &Fit| fit.outcome.as_ref().is_ok_and(|b| b.warnings.iter().any(|w| w.contains("rescaled")));
    let fit = |fit: &Fit| FitView {
        plant: fit.plant.clone(),
        slot: fit.slot.clone(),
        why_not: fit.outcome.as_ref().err().cloned(),
    };
    Ok(PolicyView {
        path: path.to_path_buf(),
        lines: card.to_string().lines().map(line).collect(),
        fits: card.fits.iter().map(fit).collect(),
        sound: card.sound(),
        unit_outputs: card.fits.iter().any(warns),
    })
}

#[cfg(not(feature = "onnx"))]
fn card(_: &World, path: &Path) -> Result<PolicyView> {
    use crate::config::{Error, Place};
    Err(Error::invalid(
        Place::file(path),
        "this build runs no networks",
        "Use a build with the feature `onnx`, which is there by default.",
    ))
}

/// A line of the printed card: its head and its words.
#[cfg(feature = "onnx")]
fn line(text: &str) -> (String, String) {
    let text = text.trim_start_matches("  ");
    let head: String = text.chars().take(8).collect();
    let words: String = text.chars().skip(8).collect();
    if text.starts_with(char::is_alphabetic) && words.starts_with(' ') {
        (head.trim().to_owned(), words.trim().to_owned())
    } else {
        (String::new(), text.trim().to_owned())
    }
}
