//! The tree of YAML values, in which every key and value knows where it was written.

use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;

use super::error::Place;

/// A value and the place where it was written.
///
/// Two nodes are equal when they hold the same values in the same order, wherever they were written.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where the value stands; for an aliased value, where its anchor defines it.
    pub place: Place,
    /// The value.
    pub value: Value,
    /// Nothing at all was written (`thermal:` with its lines commented out), as opposed to `null` or `~`.
    blank: bool,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing, `null` or `~`.
    Null,
    /// `true` or `false`; `yes`, `no`, `on` and `off` are texts.
    Bool(bool),
    /// A whole number; the reader yields those that fit an `i64` or a `u64`.
    Int(i128),
    /// A number with a decimal point or an exponent; the reader yields finite ones only.
    Float(f64),
    /// A text.
    Str(String),
    /// A list.
    Seq(Vec<Node>),
    /// Keys and values in the order written; the reader yields each name once.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and the place where it was written; keys are equal when their names are.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key itself.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Node {
    /// A value that was written at `place`.
    pub fn new(place: Place, value: Value) -> Self {
        Self { place, value, blank: false }
    }

    /// The absence of a value after a key at `place`.
    pub(super) fn blank(place: Place) -> Self {
        Self { place, value: Value::Null, blank: true }
    }

    /// Whether nothing at all was written here.
    pub(super) fn is_blank(&self) -> bool {
        self.blank
    }

    /// The node one step below: the value of key `name`, or entry number `name` (from 0) of a list.
    pub fn child(&self, name: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node),
            Value::Seq(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        }
    }

    /// Lays `over` on top: maps merge key by key, everything else replaces what was here.
    ///
    /// A key with nothing after it leaves a map below as it was, because a section of which every line is commented out
    /// asks for no change; an explicit `null` does replace it. A merged map takes the place of the later layer.
    pub(super) fn merge(&mut self, over: Self) {
        if let Value::Map(base) = &mut self.value {
            if over.blank {
                return;
            }
            if let Value::Map(entries) = over.value {
                self.place = over.place;
                merge_entries(base, entries);
                return;
            }
        }
        *self = over;
    }
}

impl Value {
    /// What stands here, in words for an error message: "the text `abc`".
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool(truth) => format!("`{truth}`"),
            Self::Int(number) => format!("the number {number}"),
            Self::Float(number) => format!("the number {number:?}"),
            Self::Str(text) => format!("the text `{}`", shortened(text)),
            Self::Seq(items) => match items.len() {
                0 => "an empty list".to_owned(),
                1 => "a list of 1 entry".to_owned(),
                count => format!("a list of {count} entries"),
            },
            Self::Map(_) => "a map of keys and values".to_owned(),
        }
    }
}

/// A text of any length and content, fit to stand in one line of an error message.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

/// Merges `entries` into `base`, keeping the order of `base` and appending what is new.
fn merge_entries(base: &mut Vec<(Key, Node)>, entries: Vec<(Key, Node)>) {
    // An index keeps two large maps from costing the product of their sizes.
    let index: BTreeMap<&str, usize> = base.iter().enumerate().map(|(i, (key, _))| (key.name.as_str(), i)).collect();
    let targets: Vec<Option<usize>> = entries.iter().map(|(key, _)| index.get(key.name.as_str()).copied()).collect();
    for ((key, node), target) in entries.into_iter().zip(targets) {
        match target.and_then(|i| base.get_mut(i)) {
            Some((old_key, old_node)) => {
                *old_key = key;
                old_node.merge(node);
            }
            None => base.push((key, node)),
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Int(number) => serializer.serialize_i128(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Str(text) => serializer.serialize_str(text),
            Self::Seq(items) => serializer.collect_seq(items),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, node) in entries {
                    map.serialize_entry(&key.name, node)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(value: Value) -> Node {
        Node::new(Place::source("test"), value)
    }

    fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
        let key = |name: &str| Key { name: name.to_owned(), place: Place::source("test") };
        node(Value::Map(entries.into_iter().map(|(name, value)| (key(name), value)).collect()))
    }

    #[test]
    fn maps_merge_and_the_rest_replaces() {
        let list = |numbers: &[i128]| node(Value::Seq(numbers.iter().map(|n| node(Value::Int(*n))).collect()));
        let mut base =
            map([("a", map([("x", node(Value::Int(1))), ("y", node(Value::Int(2)))])), ("l", list(&[1, 2]))]);
        base.merge(map([("l", list(&[9])), ("a", map([("y", node(Value::Int(3))), ("z", node(Value::Int(4)))]))]));
        let a = map([("x", node(Value::Int(1))), ("y", node(Value::Int(3))), ("z", node(Value::Int(4)))]);
        assert_eq!(base, map([("a", a), ("l", list(&[9]))]));
    }

    #[test]
    fn an_empty_section_changes_nothing_but_null_does() {
        let full = map([("a", map([("x", node(Value::Int(1)))]))]);
        let mut base = full.clone();
        base.merge(map([("a", Node::blank(Place::source("test")))]));
        assert_eq!(base, full);
        base.merge(map([("a", node(Value::Null))]));
        assert_eq!(base, map([("a", node(Value::Null))]));
    }

    #[test]
    fn an_empty_scalar_does_replace() {
        let mut base = map([("a", node(Value::Int(1)))]);
        base.merge(map([("a", Node::blank(Place::source("test")))]));
        assert_eq!(base, map([("a", node(Value::Null))]));
    }

    #[test]
    fn children_are_found_by_key_and_by_number() {
        let tree = map([("l", node(Value::Seq(vec![node(Value::Int(7)), node(Value::Int(8))])))]);
        let second = tree.child("l").and_then(|list| list.child("1"));
        assert_eq!(second, Some(&node(Value::Int(8))));
        assert_eq!(tree.child("l").and_then(|list| list.child("2")), None);
        assert_eq!(tree.child("m"), None);
    }

    #[test]
    fn words_are_short_and_on_one_line() {
        assert_eq!(Value::Str("a\nb".to_owned()).in_words(), "the text `a b`");
        assert_eq!(Value::Str("é".repeat(50)).in_words(), format!("the text `{}…`", "é".repeat(40)));
        assert_eq!(Value::Float(3.0).in_words(), "the number 3.0");
    }
}
