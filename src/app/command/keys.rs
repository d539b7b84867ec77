//! Keys: what they are called and which entry was asked for.

use egui::{Key, KeyboardShortcut, Modifiers};

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
/// Combinations with more modifiers come first, because egui lets a plain key match with Shift held.
pub fn pressed(ctx: &egui::Context, kept: Kept) -> Vec<&'static Entry> {
    let mut all: Vec<(&KeyboardShortcut, &Entry)> =
        TABLE.iter().flat_map(|e| e.keys.iter().map(move |k| (k, e))).collect();
    all.sort_by_key(|(k, _)| std::cmp::Reverse(modifier_count(k.modifiers)));
    all.retain(|(k, _)| !kept.keeps(k));
    ctx.input_mut(|input| all.into_iter().filter(|(k, _)| input.consume_shortcut(k)).map(|(_, e)| e).collect())
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
