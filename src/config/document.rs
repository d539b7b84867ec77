//! The effective configuration: layers merged in order of precedence.
#![deny(clippy::indexing_slicing)]

use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::{Error, Place, Result};
use super::node::{Key, Node, Value};
use super::read::{MAX_DOCUMENT_BYTES, MAX_KEY_BYTES, Source, excerpt, too_large};
use super::{fill, yaml_string};

/// Most steps in the path of a `--set` argument.
const MAX_STEPS: usize = 16;

/// A configuration made of layers, each value remembering the layer, line and column it came from.
///
/// A later layer wins. Maps merge key by key; lists, texts, numbers and `null` replace what was there; a key with
/// nothing after it leaves a section as it was. Paths are dotted (`thermal.k_liq`, `slots.0`), the empty path is the
/// whole document, and keys that contain a dot cannot be reached by one.
#[derive(Debug, Clone)]
pub struct Document {
    root: Node,
    /// Dotted path of `root` in the document that this one is a section of; empty for a whole document.
    prefix: String,
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl Document {
    /// A document without any layer.
    pub fn new() -> Self {
        Self { root: Node::new(Place::source("configuration"), Value::Map(Vec::new())), prefix: String::new() }
    }

    /// Lays a YAML text on top; `name` is what errors call it ("built-in preset").
    ///
    /// # Errors
    /// [`Error::Syntax`] or [`Error::Invalid`] for a text that is not a YAML map, with nothing merged.
    pub fn layer_text(&mut self, name: &str, yaml: &str) -> Result<&mut Self> {
        let layer = Source::document(name, yaml).read()?;
        match layer.value {
            Value::Map(_) => self.root.merge(layer),
            // An empty text, or one of comments only, sets nothing.
            Value::Null if layer.is_blank() => {}
            other => {
                let what = format!("expected a map of keys and values, found {}", other.in_words());
                return Err(Error::invalid(layer.place, what, "Write `key: value` lines from the first column on."));
            }
        }
        Ok(self)
    }

    /// Lays a YAML file on top.
    ///
    /// # Errors
    /// [`Error::Io`] for a file that cannot be read, [`Error::Syntax`] for one that is not UTF-8,
    /// [`Error::Invalid`] above [`MAX_DOCUMENT_BYTES`], and those of [`Document::layer_text`].
    pub fn layer_file(&mut self, path: &Path) -> Result<&mut Self> {
        let mut bytes = Vec::new();
        // One byte above the limit is enough to know, whatever length the file claims to have.
        File::open(path)
            .and_then(|file| file.take(MAX_DOCUMENT_BYTES as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| Error::io(path, "read", error))?;
        if bytes.len() > MAX_DOCUMENT_BYTES {
            return Err(too_large(Place::file(path)));
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => self.layer_text(&path.display().to_string(), text),
            Err(error) => Err(not_utf8(path, &bytes, error.valid_up_to())),
        }
    }

    /// Sets one value as the command line does: `path=value`, with the value in YAML (`34`, `true`, `[1, 2]`, `null`).
    ///
    /// A key may be written with `-` for `_`: a step takes the key of exactly that name, else the one that differs in
    /// these characters only, else it makes a new key with `_`. A number steps into a list. What lies on the way keeps
    /// its place; what is set has the place `--set path`.
    ///
    /// # Errors
    /// [`Error::Syntax`] or [`Error::Invalid`] for an argument of another form and for a list entry that does not
    /// exist, with nothing changed.
    pub fn set(&mut self, argument: &str) -> Result<&mut Self> {
        const CURE: &str = "Write `path=value`, for example `thermal.k_liq=34`.";
        let Some((path, text)) = argument.split_once('=') else {
            return Err(Error::invalid(
                Place::source(format!("--set {}", argument.trim())),
                "there is no `=` in it",
                CURE,
            ));
        };
        let place = Place::source(format!("--set {}", path.trim()));
        let steps: Vec<&str> = path.trim().split('.').collect();
        if !steps.iter().all(|step| can_be_key(step)) {
            return Err(Error::invalid(place, "the path before `=` has a step that cannot be a key", CURE));
        }
        if steps.len() > MAX_STEPS {
            return Err(Error::invalid(place, format!("the path has more than {MAX_STEPS} steps"), CURE));
        }
        let mut node = Source::argument(place.clone(), argument, argument.len() - text.len()).read()?;
        if node.is_blank() {
            let cure = "Write a value after `=`: `null` for none, `\"\"` for an empty text.";
            return Err(Error::invalid(place, "there is no value after `=`", cure));
        }
        node.place = place.clone();
        assign(&mut self.root, &steps, &place, node)?;
        Ok(self)
    }

    /// Sets several values in order, see [`Document::set`].
    ///
    /// # Errors
    /// The first argument that is refused; those before it have been set.
    pub fn set_all<S: AsRef<str>>(&mut self, arguments: impl IntoIterator<Item = S>) -> Result<&mut Self> {
        for argument in arguments {
            self.set(argument.as_ref())?;
        }
        Ok(self)
    }

    /// The effective value at a path.
    pub fn get(&self, path: &str) -> Option<&Node> {
        steps(path).try_fold(&self.root, |node, step| node.child(step))
    }

    /// Where the effective value at a path was written; where there is none, the nearest value around it.
    pub fn place(&self, path: &str) -> Place {
        let mut node = &self.root;
        for step in steps(path) {
            let Some(child) = node.child(step) else { break };
            node = child;
        }
        node.place.clone()
    }

    /// Where the key at the end of a path was written; where there is no such key, as [`Document::place`].
    pub fn key_place(&self, path: &str) -> Place {
        let (around, name) = path.rsplit_once('.').unwrap_or(("", path));
        let key = match self.get(around).map(|node| &node.value) {
            Some(Value::Map(entries)) => entries.iter().map(|(key, _)| key).find(|key| key.name == name),
            _ => None,
        };
        key.map_or_else(|| self.place(path), |key| key.place.clone())
    }

    /// The keys of the map at a path, in order; none where there is no map.
    pub fn keys(&self, path: &str) -> Vec<&str> {
        match self.get(path).map(|node| &node.value) {
            Some(Value::Map(entries)) => entries.iter().map(|(key, _)| key.name.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// The dotted path from the whole document, for a path that begins at this one.
    pub fn full_path(&self, path: &str) -> String {
        match (self.prefix.is_empty(), path.is_empty()) {
            (true, _) => path.to_owned(),
            (_, true) => self.prefix.clone(),
            _ => format!("{}.{path}", self.prefix),
        }
    }

    /// The part of the document at a path, with all places; empty where there is nothing.
    pub fn section(&self, path: &str) -> Self {
        let root = match self.get(path) {
            Some(node) => node.clone(),
            None => Node::new(self.place(path), Value::Map(Vec::new())),
        };
        Self { root, prefix: self.full_path(path) }
    }

    /// Fills a `serde` value from the part at a path; what is absent counts as an empty section.
    ///
    /// Whole numbers are taken where floats are needed, and nothing else is converted: a number is no text, `1` is not
    /// true. A choice (`enum`) is written as its name, or as a map of one key that holds its settings. Struct types
    /// should deny unknown fields, so that a misspelt key is an error in whatever layer it stands.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a key or choice that `T` does not have, [`Error::Invalid`] for a missing key and for a
    /// value of another type or outside the range of its type.
    pub fn fill<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let full_path = self.full_path(path);
        match self.get(path) {
            Some(node) => fill::fill(node, &full_path),
            None => fill::fill(&Node::new(self.place(path), Value::Null), &full_path),
        }
    }

    /// The effective configuration as YAML text; as a layer of a new document it gives an equal tree.
    pub fn to_yaml(&self) -> String {
        // Nothing in a tree can be refused, and a String takes all that is written to it.
        yaml_string(&self.root).unwrap_or_default()
    }
}

/// Documents are equal when their effective values are, whatever layers they came from.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

/// The steps of a dotted path.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|step| !step.is_empty())
}

/// Whether a step of a `--set` path can name a key; a leading `-` is a slip such as `--set=…`.
fn can_be_key(step: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    !step.is_empty() && step.len() <= MAX_KEY_BYTES && !step.starts_with('-') && step.chars().all(plain)
}

/// Puts `value` at the path `steps` below `node`, making maps on the way.
///
/// Lists are only ever met among what exists already, so that an error leaves everything as it was.
fn assign(node: &mut Node, steps: &[&str], place: &Place, value: Node) -> Result<()> {
    let Some((step, rest)) = steps.split_first() else {
        node.merge(value);
        return Ok(());
    };
    if let Value::Seq(items) = &mut node.value {
        let count = items.len();
        return match step.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
            Some(item) => assign(item, rest, place, value),
            None => Err(Error::invalid(
                place.clone(),
                format!("`{step}` is not an entry of this list of {count}"),
                "Count the entries from 0, or set the whole list: `path=[1, 2]`.",
            )),
        };
    }
    if !matches!(node.value, Value::Map(_)) {
        *node = Node::new(place.clone(), Value::Map(Vec::new()));
    }
    let Value::Map(entries) = &mut node.value else {
        return Ok(());
    };
    let folded = step.replace('-', "_");
    let position = entries
        .iter()
        .position(|(key, _)| key.name == *step)
        .or_else(|| entries.iter().position(|(key, _)| key.name.replace('-', "_") == folded));
    match position.and_then(|index| entries.get_mut(index)) {
        Some((key, child)) => {
            assign(child, rest, place, value)?;
            if rest.is_empty() {
                key.place = place.clone();
            }
        }
        None => {
            let mut child = Node::new(place.clone(), Value::Null);
            assign(&mut child, rest, place, value)?;
            entries.push((Key { name: folded, place: place.clone() }, child));
        }
    }
    Ok(())
}

/// The error for a file with a byte that is not UTF-8 at `offset`.
fn not_utf8(path: &Path, bytes: &[u8], offset: usize) -> Error {
    let before = String::from_utf8_lossy(bytes.get(..offset).unwrap_or_default());
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
    let byte = bytes.get(offset).copied().unwrap_or_default();
    Error::Syntax {
        place: Place::file(path).at_line(line).at_column(column),
        what: format!("the byte 0x{byte:02x} is not UTF-8 text"),
        cure: "Save the file as UTF-8.".to_owned(),
        snippet: excerpt(&String::from_utf8_lossy(bytes), line, column),
    }
}

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;
