//! A field for the path of a file, for systems whose own file dialog cannot be opened.

use std::path::{Path, PathBuf};

use egui::{Align2, Id, RichText, TextEdit, Ui};

use super::asking::{Answer, Form};
use super::{Cx, FileWish, PanelState};

/// Width of the field, points.
const WIDTH: f32 = 460.0;

/// What the field remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct PathState {
    field: Option<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    wish: FileWish,
    text: String,
    /// What has to be known before it is done.
    warning: Option<String>,
    /// What was warned of is known: the same path again means yes.
    warned_of: Option<PathBuf>,
    fresh: bool,
}

/// A path that a person typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedPath {
    /// What it is for.
    pub wish: FileWish,
    /// The path.
    pub path: PathBuf,
    /// Whether a file that stands there may be replaced.
    pub sure: bool,
}

impl PanelState {
    /// Asks for a path by hand; `text` stands in the field.
    pub fn ask_path(&mut self, wish: FileWish, text: String) {
        self.path.field = Some(Field { wish, text, warning: None, warned_of: None, fresh: true });
    }

    /// Asks again for a path where a file stands already.
    pub fn ask_replacing(&mut self, wish: FileWish, path: &Path) {
        let name = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
        self.path.field = Some(Field {
            wish,
            text: path.to_string_lossy().into_owned(),
            warning: Some(format!("{name} is there already: once more replaces it")),
            warned_of: Some(path.to_path_buf()),
            fresh: true,
        });
    }
}

/// A path as typed: `~` is the person's own folder.
fn path_of(text: &str) -> PathBuf {
    let text = text.trim();
    match text.strip_prefix("~/").zip(std::env::home_dir()) {
        Some((rest, home)) => home.join(rest),
        None => PathBuf::from(text),
    }
}

/// The field, while a path is asked for.
pub(super) fn show(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let Some(mut field) = state.path.field.take() else { return };
    let theme = cx.theme;
    let form = Form {
        name: "path",
        at: (Align2::CENTER_TOP, 64.0),
        width: WIDTH.min(ui.ctx().content_rect().width() - 60.0),
        question: field.wish.title(),
        go: if field.wish.saves().is_some() { "Save" } else { "Open" },
    };
    let answer = form.show(ui, &theme, |ui| {
        let why = "This system has no file dialog (a desktop portal or zenity): type the path.";
        ui.label(RichText::new(why).color(*theme.text2).small());
        let edit =
            TextEdit::singleline(&mut field.text).desired_width(f32::INFINITY).id(Id::new("path field")).show(ui);
        let edit = edit.response.response;
        ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("Path of the file"));
        if std::mem::take(&mut field.fresh) {
            edit.request_focus();
        }
        if edit.changed() {
            (field.warning, field.warned_of) = (None, None);
        }
        if let Some(warning) = &field.warning {
            ui.label(RichText::new(warning).color(*theme.alarm.warn));
        }
    });
    let path = path_of(&field.text);
    match answer {
        Answer::No => {}
        Answer::Yes if path.as_os_str().is_empty() => {
            field.warning = Some("Type where the file lies".to_owned());
            state.path.field = Some(field);
        }
        Answer::Yes => {
            let sure = field.warned_of.as_ref() == Some(&path);
            state.typed = Some(TypedPath { wish: field.wish, path, sure });
        }
        Answer::Open => state.path.field = Some(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_the_persons_own_folder() {
        assert_eq!(path_of("  runs/a b.csv "), PathBuf::from("runs/a b.csv"));
        if let Some(home) = std::env::home_dir() {
            assert_eq!(path_of("~/day.csv"), home.join("day.csv"));
        }
        assert_eq!(path_of("~day.csv"), PathBuf::from("~day.csv"));
    }
}
