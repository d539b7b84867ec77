//! The chips that say who drives: a recorded log, controllers, a person, pins, a shield.

use egui::{Popup, Pos2, Stroke, Ui, pos2};

use crate::app::theme::Face;
use crate::rollout::{Intervention, LeverMode};
use crate::session::{Command, RunView};

use super::Cx;
use super::glyph::Glyph;
use super::pen::Pen;
use super::top_bar::place;
use super::widget::Chip;

/// One of those who drive.
struct Driver {
    glyph: Glyph,
    words: String,
    /// Words where it is narrow, if they say enough beside the glyph.
    brief: Option<String>,
    /// Which levers it moves, where a click can give them back.
    levers: Option<fn(&LeverMode) -> bool>,
}

/// The chips that say who drives, loudest first.
fn chips(view: &RunView) -> Vec<Driver> {
    let driver = &view.driver;
    let mut chips: Vec<Driver> = Vec::new();
    if let Some(replay) = &view.replay {
        let brief = Some("REPLAY".to_owned());
        chips.push(Driver { glyph: Glyph::Play, words: super::replay::chip_words(replay), brief, levers: None });
    }
    if driver.manual > 0 {
        let words = if driver.manual == 1 { "MANUAL".to_owned() } else { format!("MANUAL {}", driver.manual) };
        let brief = Some(driver.manual.to_string());
        chips.push(Driver { glyph: Glyph::Hand, words, brief, levers: Some(|m| matches!(m, LeverMode::Manual(_))) });
    }
    if driver.pinned > 0 {
        let words = format!("PINNED {}", driver.pinned);
        let brief = Some(driver.pinned.to_string());
        chips.push(Driver { glyph: Glyph::Lock, words, brief, levers: Some(|m| matches!(m, LeverMode::Pinned(_))) });
    }
    if driver.shield {
        chips.push(Driver {
            glyph: Glyph::Shield,
            words: "SHIELD".to_owned(),
            brief: Some(String::new()),
            levers: None,
        });
    }
    for (spec, slot) in view.spec.slots.iter().zip(&view.slots) {
        if let Some(thinks) = super::told::thinking(slot) {
            let words = format!("{} {thinks}", spec.label);
            let brief = Some(format!("{} thinks", spec.label));
            chips.push(Driver { glyph: Glyph::More, words, brief, levers: None });
        }
    }
    // Which of several runs is shown.
    if let Some(shown) = view.beside.shown_run().filter(|_| view.beside.runs.len() > 1) {
        let brief = Some(String::new());
        chips.push(Driver { glyph: Glyph::Branch, words: shown.name.clone(), brief, levers: None });
    }
    let who = if driver.controllers.is_empty() { "Nobody drives".to_owned() } else { driver.controllers.clone() };
    chips.push(Driver { glyph: Glyph::Ring, words: who, brief: None, levers: None });
    chips
}

fn chip_width(pen: &Pen, words: &str) -> f32 {
    pen.width(words, Face::LabelStrong) + 37.0
}

/// Width that all chips together need.
pub(super) fn width(pen: &Pen, view: &RunView) -> f32 {
    chips(view).iter().map(|d| chip_width(pen, &d.words) + 6.0).sum()
}

/// Draws the chips from a point on, as far as they fit.
pub(super) fn show(ui: &Ui, pen: &Pen, from: Pos2, to: f32, cx: &mut Cx<'_>) {
    let theme = cx.theme;
    let mut x = from.x;
    for Driver { glyph, words, brief, levers } in chips(cx.view) {
        let fits = |words: &str| chip_width(pen, words) <= to - x;
        let brief = brief.filter(|_| !fits(&words));
        if brief.as_ref().is_some_and(|brief| !fits(brief)) {
            break;
        }
        let shown = brief.as_ref().unwrap_or(&words);
        let width = chip_width(pen, shown).min(to - x);
        // A name without its first letters says nothing.
        if width < 30.0 || (brief.is_none() && !fits(&words) && width < 64.0) {
            break;
        }
        let loud = matches!(glyph, Glyph::Hand | Glyph::Play);
        let name = format!("Driver: {words}");
        let chip = Chip {
            glyph: Some(glyph),
            words: shown,
            name: &name,
            fill: if loud { *theme.focus } else { *theme.raised },
            edge: if loud { Stroke::NONE } else { theme.outline() },
            ink: if loud { *theme.bg } else { *theme.text },
        };
        let response = chip.show(ui, &theme, place(pos2(x, from.y), width), ui.id().with(("driver", glyph as u8)));
        match levers {
            Some(which) => {
                Popup::menu(&response).gap(6.0).show(|ui| give_back(ui, which, cx));
            }
            None => {
                response.on_hover_text(format!("Who drives: {words}"));
            }
        }
        x += width + 6.0;
    }
}

/// Levers in a person's hand or pinned, each with a way back to its controller.
fn give_back(ui: &mut Ui, which: fn(&LeverMode) -> bool, cx: &mut Cx<'_>) {
    ui.set_min_width(200.0);
    let view = cx.view;
    let mut asked = Vec::new();
    let levers: Vec<_> = view.levers.iter().filter(|l| which(&l.mode)).collect();
    if levers.len() > 1 && ui.button("Give all back").clicked() {
        asked.extend(levers.iter().map(|l| l.name.clone()));
    }
    for lever in levers.iter().take(20) {
        let action = view.spec.slots.get(lever.slot).and_then(|s| s.actions.get(lever.action));
        let label = action.map_or(lever.name.as_str(), |a| a.label.as_str());
        if ui.button(format!("Give back {label}")).clicked() {
            asked.push(lever.name.clone());
        }
    }
    for lever in asked {
        cx.out.push(Command::Intervene(Intervention::Lever { lever, mode: LeverMode::Auto }));
    }
}
