//! What can go wrong while a `serde` value is filled, on its way to becoming an [`Error`] with place and cure.

use serde::de;
use std::fmt;

use super::error::{Error, Place};
use super::node::{Value, shortened};

/// Result of filling one value.
pub(super) type Filled<T> = std::result::Result<T, Fault>;

/// What went wrong while filling; place and path are added on the way up.
#[derive(Debug)]
pub(super) struct Fault(Box<FaultParts>);

#[derive(Debug)]
struct FaultParts {
    kind: FaultKind,
    place: Option<Place>,
    /// Steps from the failing node to the root, innermost first.
    steps: Vec<String>,
}

#[derive(Debug)]
enum FaultKind {
    /// Not of the type that is needed; `found` is filled in where the node is known.
    Unexpected { expected: String, found: Option<String>, cure: String },
    /// A key or choice that does not exist.
    Unknown { kind: &'static str, name: String, known: &'static [&'static str] },
    /// A key without which the value is not complete.
    Missing { field: &'static str },
    /// Anything a type of its own objects to.
    Custom { what: String },
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self(Box::new(FaultParts { kind, place: None, steps: Vec::new() }))
    }

    /// A value of another type than `expected`.
    pub(super) fn unexpected(expected: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::new(FaultKind::Unexpected { expected: expected.into(), found: None, cure: cure.into() })
    }

    /// A value that `serde` or a type of its own rejects, told in their words where those are fit for a person.
    fn mismatch(found: String, expected: &dyn de::Expected) -> Self {
        let expected = expected.to_string();
        let expected = match expected.as_str() {
            "f32" | "f64" => "a number",
            "i8" | "i16" | "i32" | "i64" | "i128" | "u8" | "u16" | "u32" | "u64" | "u128" => "a whole number",
            "a boolean" => "`true` or `false`",
            "a string" => "a text",
            "a sequence" => "a list",
            "a map" => "a map of keys and values",
            words if words.starts_with("struct ") => "a map of keys and values",
            words => words,
        };
        let cure = format!("Write {expected} here.");
        Self::new(FaultKind::Unexpected { expected: expected.to_owned(), found: Some(found), cure })
    }

    /// The fault stands at `value`, which was written at `place`, unless it is already known to stand deeper.
    pub(super) fn at(mut self, value: &Value, place: &Place) -> Self {
        if self.0.place.is_none() {
            self.0.place = Some(place.clone());
            if let FaultKind::Unexpected { found: found @ None, cure, .. } = &mut self.0.kind {
                *found = Some(value.in_words());
                if *value == Value::Null {
                    "Give it a value, or remove the line to keep the default.".clone_into(cure);
                }
            }
        }
        self
    }

    /// The fault stands at the key or choice `name` itself, which was written at `place`.
    pub(super) fn at_name(mut self, name: &str, place: &Place) -> Self {
        if self.0.place.is_none() {
            self.0.place = Some(place.clone());
            if let FaultKind::Unexpected { found: found @ None, .. } = &mut self.0.kind {
                *found = Some(format!("the key `{}`", shortened(name)));
            }
        }
        self
    }

    /// The fault stands somewhere below the step `name`.
    pub(super) fn below(mut self, name: &str) -> Self {
        self.0.steps.push(name.to_owned());
        self
    }

    /// The fault as an error of this room; `root` is the dotted path at which filling began.
    pub(super) fn into_error(self, root: &str) -> Error {
        let FaultParts { kind, place, steps } = *self.0;
        let place = place.unwrap_or_default();
        let path = std::iter::once(root)
            .chain(steps.iter().rev().map(String::as_str))
            .filter(|step| !step.is_empty())
            .collect::<Vec<_>>()
            .join(".");
        let prefix = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
        match kind {
            FaultKind::Unexpected { expected, found, cure } => {
                let found = found.unwrap_or_else(|| "something else".to_owned());
                Error::invalid(place, format!("{prefix}expected {expected}, found {found}"), cure)
            }
            FaultKind::Unknown { kind, name, known } => Error::unknown(place, kind, &name, known.iter().copied()),
            FaultKind::Missing { field } => {
                let below = if path.is_empty() { String::new() } else { format!(" below `{path}`") };
                Error::invalid(
                    place,
                    format!("{prefix}the key `{field}` is missing"),
                    format!("Add a line `{field}: …`{below}."),
                )
            }
            FaultKind::Custom { what } => Error::invalid(place, format!("{prefix}{what}"), "Correct this value."),
        }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.kind)
    }
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self::new(FaultKind::Custom { what: what.to_string() })
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::mismatch(in_words(found), expected)
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::mismatch(in_words(found), expected)
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self::mismatch(format!("{length} entries"), expected)
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Self::new(FaultKind::Unknown { kind: "key", name: name.to_owned(), known })
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        Self::new(FaultKind::Unknown { kind: "choice", name: name.to_owned(), known })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(FaultKind::Missing { field })
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(FaultKind::Custom { what: format!("the key `{field}` is given under two names") })
    }
}

/// What was found, as far as `serde` tells.
fn in_words(found: de::Unexpected<'_>) -> String {
    match found {
        de::Unexpected::Bool(truth) => format!("`{truth}`"),
        de::Unexpected::Signed(number) => format!("the number {number}"),
        de::Unexpected::Unsigned(number) => format!("the number {number}"),
        de::Unexpected::Float(number) => format!("the number {number:?}"),
        de::Unexpected::Str(text) => format!("the text `{}`", shortened(text)),
        de::Unexpected::Unit | de::Unexpected::Option => "nothing".to_owned(),
        de::Unexpected::Seq => "a list".to_owned(),
        de::Unexpected::Map => "a map of keys and values".to_owned(),
        other => other.to_string(),
    }
}
