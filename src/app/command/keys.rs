//! Keys: what they are called and which entry was asked for.

use egui::{Event, Key, KeyboardShortcut, Modifiers};

use super::{Entry, TABLE};

/// Keys in words, as a keyboard prints them.
pub fn in_words(keys: &KeyboardShortcut) -> String {
    let mut words = String::new();
    if keys.modifiers.command || keys.modifiers.ctrl {
        words.push_str("Ctrl+");
    }
    if keys.modifiers.shift {
        words.push_str("Shift+");
    }
    if keys.modifiers.alt {
        words.push_str("Alt+");
    }
    words.push_str(match keys.logical_key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Plus => "+",
        Key::Minus => "−",
        Key::Equals => "=",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Escape => "Esc",
        other => other.name(),
    });
    words
}

/// How much of the keyboard the widget that has the focus keeps for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kept {
    /// Nothing has the focus.
    #[default]
    Nothing,
    /// A lever moves with the arrows, and letters say who moves it.
    Arrows,
    /// A camera turns with the arrows and comes nearer with plus.
    Camera,
    /// A button is pressed with Space and Enter, arrows walk to the next one.
    ArrowsAndSpace,
    /// A person is typing.
    Letters,
}

impl Kept {
    /// Whether the widget keeps these keys.
    fn keeps(self, keys: &KeyboardShortcut) -> bool {
        let arrow = matches!(keys.logical_key, Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown);
        match self {
            Self::Nothing => false,
            Self::Arrows => {
                let who_moves = matches!(keys.logical_key, Key::A | Key::P | Key::M);
                arrow || who_moves && keys.modifiers.is_none()
            }
            Self::Camera => {
                arrow
                    || keys.modifiers.is_none()
                        && matches!(keys.logical_key, Key::Plus | Key::Equals | Key::Minus | Key::Home)
            }
            Self::ArrowsAndSpace => arrow || keys.logical_key == Key::Space,
            Self::Letters => {
                let function_key = matches!(keys.logical_key, Key::F1);
                let editing = matches!(keys.logical_key, Key::A | Key::C | Key::V | Key::X | Key::Z);
                !(function_key || keys.modifiers.command && !editing)
            }
        }
    }
}

/// Takes the keys of the table out of the input and tells whose they were.
///
/// Combinations with more modifiers come first, because egui lets a plain key match with Shift held. A key that is held
/// down is pressed once, unless it goes on from step to step.
pub fn pressed(ctx: &egui::Context, kept: Kept) -> Vec<&'static Entry> {
    let mut all: Vec<(&KeyboardShortcut, &Entry)> =
        TABLE.iter().flat_map(|e| e.keys.iter().map(move |k| (k, e))).collect();
    all.sort_by_key(|(k, _)| std::cmp::Reverse(modifier_count(k.modifiers)));
    all.retain(|(k, _)| !kept.keeps(k));
    ctx.input_mut(|input| {
        let held = |event: &Event| match event {
            Event::Key { key, pressed: true, repeat: true, modifiers, .. } => {
                !goes_on(*key)
                    && all.iter().any(|(k, _)| k.logical_key == *key && modifiers.matches_logically(k.modifiers))
            }
            _ => false,
        };
        // With Ctrl held, a letter is no text; some backends send it all the same. AltGr is Ctrl and Alt.
        let command = input.modifiers.command && !input.modifiers.alt;
        input.events.retain(|event| !(held(event) || command && matches!(event, Event::Text(_))));
        all.into_iter().filter(|(k, _)| input.consume_shortcut(k)).map(|(_, e)| e).collect()
    })
}

/// Whether holding a key down does the same again: a person walks with the arrows, and nobody opens and closes.
fn goes_on(key: Key) -> bool {
    matches!(key, Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown)
}

fn modifier_count(modifiers: Modifiers) -> usize {
    usize::from(modifiers.command || modifiers.ctrl) + usize::from(modifiers.shift) + usize::from(modifiers.alt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_called_as_they_are_printed() {
        assert_eq!(in_words(&KeyboardShortcut::new(Modifiers::COMMAND, Key::R)), "Ctrl+R");
        assert_eq!(in_words(&KeyboardShortcut::new(Modifiers::SHIFT, Key::ArrowLeft)), "Shift+←");
    }

    #[test]
    fn a_key_that_is_held_down_is_pressed_once_and_arrows_go_on() {
        let ctx = egui::Context::default();
        let told = |key: Key, modifiers: Modifiers, pressed: bool| {
            let event = Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
            let input = egui::RawInput { events: vec![event], modifiers, ..Default::default() };
            let mut ids = Vec::new();
            let _ = ctx.run_ui(input, |ui| {
                ids = super::pressed(ui.ctx(), Kept::Nothing).iter().map(|e| e.id).collect();
            });
            ids
        };
        assert_eq!(told(Key::P, Modifiers::COMMAND, true), ["palette"]);
        assert!(told(Key::P, Modifiers::COMMAND, true).is_empty(), "the key is still down");
        assert!(told(Key::P, Modifiers::COMMAND, false).is_empty());
        assert_eq!(told(Key::P, Modifiers::COMMAND, true), ["palette"]);
        assert_eq!(told(Key::ArrowRight, Modifiers::NONE, true), ["step_tick"]);
        assert_eq!(told(Key::ArrowRight, Modifiers::NONE, true), ["step_tick"]);
    }

    #[test]
    fn a_letter_with_ctrl_is_not_typed_into_the_palette() {
        let typed = |modifiers: Modifiers| {
            let ctx = egui::Context::default();
            let events = vec![Event::Text("p".to_owned())];
            let mut left = 0;
            let _ = ctx.run_ui(egui::RawInput { events, modifiers, ..Default::default() }, |ui| {
                pressed(ui.ctx(), Kept::Letters);
                left = ui.input(|i| i.events.len());
            });
            left
        };
        assert_eq!(typed(Modifiers::COMMAND), 0);
        assert_eq!((typed(Modifiers::NONE), typed(Modifiers::COMMAND | Modifiers::ALT)), (1, 1));
    }

    #[test]
    fn a_text_field_keeps_letters_and_lets_the_palette_through() {
        let plain = KeyboardShortcut::new(Modifiers::NONE, Key::T);
        let palette = KeyboardShortcut::new(Modifiers::COMMAND, Key::P);
        assert!(Kept::Letters.keeps(&plain));
        assert!(!Kept::Letters.keeps(&palette));
        assert!(!Kept::Arrows.keeps(&KeyboardShortcut::new(Modifiers::NONE, Key::Space)));
        assert!(Kept::Arrows.keeps(&KeyboardShortcut::new(Modifiers::NONE, Key::M)));
        assert!(!Kept::Arrows.keeps(&palette));
    }
}
