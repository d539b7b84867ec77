//! What a benchmark is started with: agents, choices, episodes, seed.

use std::collections::BTreeMap;

use egui::{DragValue, RichText, Ui};

use crate::app::board::Ask;
use crate::control::shown_name;
use crate::evaluate::agents::{HIERARCHY_DEFAULTS, macro_and_hardware, stands_alone};
use crate::evaluate::matrix::Request;
use crate::plant::Axis;
use crate::rollout::Setup;
use crate::session::RunView;

use super::super::{Cx, PanelState};

/// Most episodes that the form takes for an agent and a combination.
const MOST_EPISODES: u64 = 1_000;

/// A name that can be chosen, and whether it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    name: String,
    words: String,
    about: String,
    chosen: bool,
}

/// Controllers of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SlotChoices {
    label: String,
    choices: Vec<Choice>,
}

/// What a benchmark is started with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    plant: String,
    /// Slots, those that decide least often first.
    slots: Vec<SlotChoices>,
    /// Agents are joined: each of a slot with each of the next.
    joined: bool,
    /// Name and label of an axis, and its choices.
    axes: Vec<(String, String, Vec<Choice>)>,
    episodes: u64,
    seed: u64,
    append: bool,
}

impl Form {
    /// Sensible choices for the plant in the picture: the usual agents on what is run now.
    pub fn of(view: &RunView) -> Self {
        let mut order: Vec<usize> = (0..view.slots.len()).collect();
        order.sort_by_key(|&k| std::cmp::Reverse(view.spec.slots.get(k).map_or(0, |s| s.period_ticks)));
        let usual = |slot: usize, name: &str| match macro_and_hardware(&view.spec) {
            Some((_, hardware)) => slot == hardware && HIERARCHY_DEFAULTS.contains(&name),
            None => name == "random" || view.slots.get(slot).is_some_and(|s| s.controller == name),
        };
        let mut seen = Vec::new();
        let mut choices = |slot: usize| -> Option<SlotChoices> {
            let (state, spec) = (view.slots.get(slot)?, view.spec.slots.get(slot)?);
            let mut own = Vec::new();
            for option in state.choices.iter().filter(|c| stands_alone(&c.name)) {
                // A name that fits several slots means the lowest of a hierarchy, and all of them elsewhere.
                let above = macro_and_hardware(&view.spec).is_some_and(|(bidding, hardware)| {
                    slot == bidding
                        && view.slots.get(hardware).is_some_and(|s| s.choices.iter().any(|c| c.name == option.name))
                });
                if above || seen.contains(&option.name) {
                    continue;
                }
                seen.push(option.name.clone());
                own.push(Choice {
                    name: option.name.clone(),
                    words: shown_name(&option.name).to_owned(),
                    about: option.about.clone(),
                    chosen: usual(slot, &option.name),
                });
            }
            Some(SlotChoices { label: spec.label.clone(), choices: own })
        };
        let slots = order.into_iter().filter_map(&mut choices).filter(|s| !s.choices.is_empty()).collect();
        let axis = |axis: &Axis| {
            let choice = |c: &crate::plant::Choice| Choice {
                name: c.name.clone(),
                words: c.label.clone(),
                about: String::new(),
                chosen: c.name == axis.value,
            };
            (axis.name.clone(), axis.label.clone(), axis.choices.iter().map(choice).collect::<Vec<_>>())
        };
        let Request { base, episodes, .. } = Request::default();
        Self {
            plant: view.spec.name.clone(),
            slots,
            joined: false,
            axes: view.axes.iter().map(axis).collect(),
            episodes,
            seed: base.seed,
            append: true,
        }
    }

    /// Whether it was made for the plant in the picture.
    pub fn is_for(&self, view: &RunView) -> bool {
        self.plant == view.spec.name
    }

    /// Agents as the benchmark calls them.
    fn agents(&self) -> Vec<String> {
        let chosen = |slot: &SlotChoices| -> Vec<String> {
            slot.choices.iter().filter(|c| c.chosen).map(|c| c.name.clone()).collect()
        };
        let slots = self.slots.iter().map(chosen).filter(|own| !own.is_empty());
        if !self.joined {
            return slots.flatten().collect();
        }
        let join = |all: Vec<String>, own: Vec<String>| {
            if all.is_empty() {
                return own;
            }
            all.iter().flat_map(|a| own.iter().map(move |b| format!("{a}+{b}"))).collect()
        };
        slots.fold(Vec::new(), join)
    }

    fn axes(&self) -> BTreeMap<String, Vec<String>> {
        let chosen =
            |list: &[Choice]| -> Vec<String> { list.iter().filter(|c| c.chosen).map(|c| c.name.clone()).collect() };
        self.axes.iter().map(|(name, _, choices)| (name.clone(), chosen(choices))).collect()
    }

    /// Episodes that it comes to; 0 where a choice is lacking.
    fn total(&self) -> u64 {
        let combinations: usize = self.axes().values().map(Vec::len).product();
        self.agents().len() as u64 * combinations as u64 * self.episodes
    }

    /// What is asked for. Configuration, noise, data and pins are those of the run, so that results are comparable with
    /// it.
    fn request(&self, view: &RunView) -> Request {
        // One core stays for the run.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Request {
            base: Setup {
                plant: self.plant.clone(),
                seed: self.seed,
                noise: view.noise.clone(),
                axes: BTreeMap::new(),
                policies: BTreeMap::new(),
                ..Setup::clone(&view.setup)
            },
            agents: self.agents(),
            axes: self.axes(),
            episodes: self.episodes,
            jobs: cores.saturating_sub(1).max(1),
            append: self.append,
            ..Request::default()
        }
    }
}

/// Draws the form; `false` when it is done with.
pub(super) fn show(ui: &mut Ui, width: f32, form: &mut Form, state: &mut PanelState, cx: &Cx<'_>) -> bool {
    let theme = cx.theme;
    let mut kept = true;
    let frame = egui::Frame::new().fill(*theme.raised).stroke(theme.hairline()).inner_margin(12).outer_margin(8);
    frame.show(ui, |ui| {
        ui.set_width((width - 44.0).clamp(1.0, 760.0));
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 5.0);
        ui.label(RichText::new("Run a benchmark beside this run").color(*theme.text).strong());
        for slot in &mut form.slots {
            choices(ui, cx, &format!("{} agents", slot.label), &mut slot.choices);
        }
        if form.slots.len() > 1 {
            let joined = ui.checkbox(&mut form.joined, "Join agents of different slots (A+B), each with each");
            joined.on_hover_text("Off: every agent drives its own slot, and the others rest");
        }
        for (_, label, list) in &mut form.axes {
            choices(ui, cx, label, list);
        }
        ui.horizontal_wrapped(|ui| {
            number(ui, "Episodes", "Episodes of each agent on each combination", &mut form.episodes, 1..=MOST_EPISODES);
            number(ui, "First seed", "Episode i has this seed + i", &mut form.seed, 0..=u64::MAX);
            ui.checkbox(&mut form.append, "Go on with its files").on_hover_text(
                "What stands in the result files is not played again. Off: files of the same name begin anew",
            );
        });
        let (agents, total) = (form.agents().len(), form.total());
        let replay = cx.view.replay.is_some() && !cx.view.replay.as_ref().is_some_and(|r| r.tells_setup);
        let lacks = if agents == 0 {
            Some("Choose an agent")
        } else if total == 0 {
            Some("Choose at least one value of everything")
        } else if state.board.progress.is_some() {
            Some("A benchmark is running")
        } else if replay {
            Some("This log does not tell what it was run with: leave the replay first")
        } else {
            None
        };
        ui.horizontal(|ui| {
            let start = ui.add_enabled(lacks.is_none(), egui::Button::new("Start the benchmark"));
            let start = start.on_disabled_hover_text(lacks.unwrap_or_default());
            if start.clicked() {
                state.board.asks.push(Ask::Benchmark(Box::new(form.request(cx.view))));
                kept = false;
            }
            kept &= !ui.button("Close").clicked();
            let words = lacks.map_or_else(|| format!("{total} episodes of {agents} agents"), str::to_owned);
            ui.label(RichText::new(words).color(*theme.text2));
        });
    });
    kept
}

/// A line of names that are chosen or not.
fn choices(ui: &mut Ui, cx: &Cx<'_>, label: &str, list: &mut [Choice]) {
    ui.label(RichText::new(label).color(*cx.theme.text3).small());
    ui.horizontal_wrapped(|ui| {
        for choice in list {
            let response = ui.selectable_label(choice.chosen, &choice.words);
            let name = format!("{label}: {}", choice.words);
            let chosen = choice.chosen;
            response.widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Checkbox, true, chosen, name.clone()));
            choice.chosen ^= response.clicked();
            if !choice.about.is_empty() {
                response.on_hover_text(&choice.about);
            }
        }
    });
}

fn number(ui: &mut Ui, label: &str, tip: &str, value: &mut u64, range: std::ops::RangeInclusive<u64>) {
    ui.label(label);
    let response = ui.add(DragValue::new(value).range(range).speed(0.2)).on_hover_text(tip);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(label));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(joined: bool) -> Form {
        let choice =
            |name: &str, chosen| Choice { name: name.to_owned(), words: name.to_owned(), about: String::new(), chosen };
        Form {
            plant: "toy".to_owned(),
            slots: vec![
                SlotChoices { label: "Bids".to_owned(), choices: vec![choice("m", true), choice("n", true)] },
                SlotChoices { label: "Levers".to_owned(), choices: vec![choice("x", true), choice("y", false)] },
            ],
            joined,
            axes: vec![("place".to_owned(), "Place".to_owned(), vec![choice("here", true), choice("there", true)])],
            episodes: 3,
            seed: 100,
            append: true,
        }
    }

    #[test]
    fn agents_stand_alone_or_are_joined_each_with_each() {
        assert_eq!(form(false).agents(), ["m", "n", "x"]);
        assert_eq!(form(true).agents(), ["m+x", "n+x"]);
        assert_eq!((form(false).total(), form(true).total()), (18, 12));
    }

    #[test]
    fn a_lacking_choice_makes_no_episode() {
        let mut form = form(true);
        form.axes[0].2.iter_mut().for_each(|c| c.chosen = false);
        assert_eq!(form.total(), 0);
        form.slots[1].choices[0].chosen = false;
        assert_eq!(form.agents(), ["m", "n"], "a slot without a choice rests");
    }
}
