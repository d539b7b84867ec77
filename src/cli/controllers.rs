//! What is said of controllers on the command line: made from their cards, so that it says what there is.

use crate::config::Result;
use crate::control::{Card, Setting};
use crate::rollout::World;

use super::say;
use super::text_table::TextTable;

/// Word on a card for every plant and every slot.
const ANY: &str = "any";

/// Word on a card for slots that may be left out.
const OPTIONAL: &str = "optional";

/// Controllers for the slots of a name, those that name it first; `optional` when such a slot may be left out.
fn names(world: &World, slot: &str, optional: bool) -> Vec<String> {
    let has = |card: &Card, word: &str| card.slots.iter().any(|s| s == word);
    let (own, other): (Vec<&Card>, Vec<&Card>) = world.controllers.cards().partition(|card| has(card, slot));
    let other = other.into_iter().filter(|card| has(card, ANY) || optional && has(card, OPTIONAL));
    own.into_iter().chain(other).map(|c| c.name.clone()).collect()
}

/// Help of a flag that takes a controller for a slot.
pub(super) fn help(world: &World, slot: &str, optional: bool) -> String {
    let networks = if cfg!(feature = "onnx") { ", FILE.onnx" } else { "" };
    format!(
        "Controller of the {slot} slot [{}{networks}]; --list-controllers tells more",
        names(world, slot, optional).join(", ")
    )
}

/// Prints every controller with its parameters.
///
/// # Errors
/// A standard output that takes nothing.
pub(super) fn list(world: &World) -> Result<()> {
    for card in world.controllers.cards() {
        let plant = if card.plant == ANY { "any plant".to_owned() } else { format!("plant {}", card.plant) };
        say(&format!("{}  ({plant}, slot {})\n  {}", card.name, card.slots.join(", "), card.about))?;
        let mut table = TextTable::new(&["parameter", "default", "unit", "range", "about"], usize::MAX);
        for (name, parameter) in &card.parameters {
            let value = match &parameter.value {
                None => "auto".to_owned(),
                Some(Setting::Text(text)) if text.is_empty() => "–".to_owned(),
                Some(Setting::Text(text)) => text.clone(),
                Some(value) => value.to_yaml(),
            };
            let range = match (&parameter.range, &parameter.value) {
                (Some((low, high)), _) => format!("{low} to {high}"),
                (None, Some(Setting::Switch(_))) => "true, false".to_owned(),
                _ => parameter.choices.join(", "),
            };
            let unit = if parameter.unit == "1" { "" } else { &parameter.unit };
            table.row(vec![name.clone(), value, unit.to_owned(), range, parameter.about.clone()]);
        }
        if !table.is_empty() {
            say(&table.lines())?;
        }
        say("")?;
    }
    say("Parameters are set by --set control.NAME.PARAMETER=VALUE, and tuned in the window's Control tile.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_controller_of_a_slot() {
        let world = World::default();
        for (slot, optional, some) in
            [("macro", true, ["fixed", "llm_policy_macro"]), ("hardware", false, ["pid", "llm_policy"])]
        {
            let text = help(&world, slot, optional);
            assert!(some.iter().all(|name| text.contains(name)), "{text}");
        }
        assert!(!names(&world, "hardware", false).contains(&"rule_macro".to_owned()));
    }
}
