//! What a benchmark is started with: agents, choices, episodes, seed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use egui::{DragValue, RichText, Ui};

use crate::app::board::{Ask, Board, Policy};
use crate::control::llm::KEYS;
use crate::control::shown_name;
use crate::evaluate::agents::{
    AgentOptions, HIERARCHY_DEFAULTS, LanguageModel, asks_a_server, macro_and_hardware, stands_alone,
};
use crate::evaluate::matrix::Request;
use crate::plant::Axis;
use crate::rollout::Setup;
use crate::session::RunView;

use super::super::{Cx, FileWish, PanelState};

/// Controller below a bidding network that nobody was chosen for: it keeps the default action.
const RESTING: &str = "hold";

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
    name: String,
    label: String,
    /// It bids for the slot below it, as agents of a hierarchy do.
    bids: bool,
    /// The plant has no hierarchy: a name alone would drive every slot that it fits.
    joint: bool,
    choices: Vec<Choice>,
    /// Networks that were chosen, by their files.
    networks: Vec<PathBuf>,
}

impl SlotChoices {
    /// Agents of this slot, as parts of joined ones or standing alone.
    fn agents(&self, alone: bool) -> Vec<String> {
        let chosen = self.choices.iter().filter(|c| c.chosen).map(|c| c.name.clone());
        let network = |path: &PathBuf| match path.display() {
            path if self.bids && alone => format!("{path}+{RESTING}"),
            path if self.joint => format!("{}={path}", self.name),
            path => path.to_string(),
        };
        chosen.chain(self.networks.iter().map(network)).collect()
    }
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
    /// Address of the server of language models; empty keeps that of the configuration.
    server: String,
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
            for option in state.choices.iter().filter(|c| stands_alone(&c.name) || asks_a_server(&c.name)) {
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
            let hierarchy = macro_and_hardware(&view.spec);
            Some(SlotChoices {
                name: spec.name.clone(),
                label: spec.label.clone(),
                bids: hierarchy.is_some_and(|(bidding, _)| bidding == slot),
                joint: hierarchy.is_none(),
                choices: own,
                networks: Vec::new(),
            })
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
            server: String::new(),
        }
    }

    /// Whether it was made for the plant in the picture.
    pub fn is_for(&self, view: &RunView) -> bool {
        self.plant == view.spec.name
    }

    /// Agents as the benchmark calls them.
    fn agents(&self) -> Vec<String> {
        let slots = self.slots.iter().map(|slot| slot.agents(!self.joined)).filter(|own| !own.is_empty());
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

    /// Whether a language model was chosen.
    fn asks(&self) -> bool {
        self.slots.iter().flat_map(|s| &s.choices).any(|c| c.chosen && asks_a_server(&c.name))
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
            options: AgentOptions {
                llm: LanguageModel {
                    api_base: (self.asks() && !self.server.trim().is_empty()).then(|| self.server.trim().to_owned()),
                    ..LanguageModel::default()
                },
                ..AgentOptions::default()
            },
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
            networks(ui, cx, slot, &state.board);
        }
        others(ui, state, cx);
        if form.asks() {
            server(ui, &mut form.server, &state.board, cx);
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

/// Networks that fit a slot.
fn networks(ui: &mut Ui, cx: &Cx<'_>, slot: &mut SlotChoices, board: &Board) {
    let plant = &cx.view.spec.name;
    let fits = |path: &&PathBuf| match board.networks.get(*path) {
        Some(Policy::Card(card)) => {
            card.fits.iter().any(|f| f.plant == *plant && f.slot == slot.name && f.why_not.is_none())
        }
        _ => false,
    };
    let fitting: Vec<&PathBuf> = board.networks.keys().filter(fits).collect();
    if fitting.is_empty() {
        return;
    }
    ui.label(RichText::new(format!("{} networks", slot.label)).color(*cx.theme.text3).small());
    ui.horizontal_wrapped(|ui| {
        for path in fitting {
            let chosen = slot.networks.contains(path);
            let words = shown_name(&path.display().to_string()).to_owned();
            let response = ui.selectable_label(chosen, &words);
            let name = format!("{} networks: {words}", slot.label);
            response.widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Checkbox, true, chosen, name.clone()));
            if response.clicked() {
                if chosen {
                    slot.networks.retain(|p| p != path);
                } else {
                    slot.networks.push(path.clone());
                }
            }
            response.on_hover_text(path.display().to_string());
        }
    });
}

/// What became of networks that fit nothing here, and the way to open another one.
fn others(ui: &mut Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let board = &mut state.board;
    let new: Vec<PathBuf> = board.models.iter().filter(|p| !board.networks.contains_key(*p)).cloned().collect();
    if !new.is_empty() {
        board.networks.extend(new.iter().map(|path| (path.clone(), Policy::Reading(path.clone()))));
        board.asks.push(Ask::Fit(new));
    }
    let file = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.horizontal_wrapped(|ui| {
        let open = ui.button("Add a network…").on_hover_text("Asks for an ONNX file; it can be chosen where it fits");
        if open.clicked() {
            state.wish = Some(FileWish::Policy);
        }
        let mut any = false;
        for (path, policy) in &state.board.networks {
            any = true;
            let (words, why) = match policy {
                Policy::Reading(_) => (format!("Reading {}", file(path)), String::new()),
                Policy::Failed { text, cure, .. } => {
                    (format!("{} cannot be used", file(path)), format!("{text}\n{cure}"))
                }
                Policy::Card(card) => {
                    let own: Vec<_> = card.fits.iter().filter(|f| f.plant == cx.view.spec.name).collect();
                    if own.iter().any(|f| f.why_not.is_none()) {
                        continue;
                    }
                    let why = own.iter().filter_map(|f| Some(format!("{}: {}", f.slot, f.why_not.as_ref()?)));
                    (format!("{} fits no slot", file(path)), why.collect::<Vec<_>>().join("\n"))
                }
            };
            let label = ui.label(RichText::new(words).color(*cx.theme.text2));
            if !why.is_empty() {
                label.on_hover_text(why);
            }
        }
        if !any {
            ui.label(RichText::new("No networks in the folder models").color(*cx.theme.text3));
        }
    });
}

/// What language models need: a server, and a key that only the environment holds.
fn server(ui: &mut Ui, address: &mut String, board: &Board, cx: &Cx<'_>) {
    ui.label(RichText::new("Language models").color(*cx.theme.text3).small());
    ui.horizontal_wrapped(|ui| {
        ui.label("Server");
        let field = egui::TextEdit::singleline(address).hint_text("as configured").desired_width(240.0);
        let field =
            ui.add(field).on_hover_text("Base URL of an OpenAI-compatible server, such as http://localhost:8000/v1");
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Server of language models"));
        let words = match board.key {
            Some(name) => format!("Key from {name} of the environment"),
            None => format!("No key in the environment ({}): enough for a server of your own", KEYS.join(" or ")),
        };
        ui.label(RichText::new(words).color(*cx.theme.text2));
    });
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
        let slot = |name: &str, bids: bool, choices: Vec<Choice>| SlotChoices {
            name: name.to_owned(),
            label: name.to_owned(),
            bids,
            joint: false,
            choices,
            networks: Vec::new(),
        };
        Form {
            plant: "toy".to_owned(),
            slots: vec![
                slot("bid", true, vec![choice("m", true), choice("n", true)]),
                slot("levers", false, vec![choice("x", true), choice("y", false)]),
            ],
            joined,
            axes: vec![("place".to_owned(), "Place".to_owned(), vec![choice("here", true), choice("there", true)])],
            episodes: 3,
            seed: 100,
            append: true,
            server: String::new(),
        }
    }

    #[test]
    fn agents_stand_alone_or_are_joined_each_with_each() {
        assert_eq!(form(false).agents(), ["m", "n", "x"]);
        assert_eq!(form(true).agents(), ["m+x", "n+x"]);
        assert_eq!((form(false).total(), form(true).total()), (18, 12));
    }

    #[test]
    fn networks_are_agents_by_their_files() {
        let mut form = form(false);
        form.slots[0].networks.push("models/bid.onnx".into());
        form.slots[1].networks.push("models/act.onnx".into());
        assert_eq!(form.agents(), ["m", "n", "models/bid.onnx+hold", "x", "models/act.onnx"], "the hardware rests");
        form.joined = true;
        assert_eq!(form.agents()[4..], ["models/bid.onnx+x", "models/bid.onnx+models/act.onnx"]);
        form.slots[1].joint = true;
        assert_eq!(form.agents()[1], "m+levers=models/act.onnx");
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
