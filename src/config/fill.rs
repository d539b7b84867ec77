//! Filling a `serde` value from a [`Node`] tree, with errors that say where the wrong value stands.
#![deny(clippy::indexing_slicing)]

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use std::fmt;

use super::error::{Place, Result};
use super::fault::{Fault, Filled};
use super::node::{Node, Value};
use access::{Choice, Entries, Items};

mod access;

/// Fills `T` from `node`, which stands at the dotted path `path` of its document (empty for the whole document).
///
/// # Errors
/// [`Error::Unknown`](super::Error::Unknown) for keys and choices that `T` does not have,
/// [`Error::Invalid`](super::Error::Invalid) for everything else.
pub(super) fn fill<T: DeserializeOwned>(node: &Node, path: &str) -> Result<T> {
    let filler = Filler::new(node);
    filler.here(T::deserialize(filler)).map_err(|fault| fault.into_error(path))
}

/// Hands one value to a visitor.
#[derive(Clone, Copy)]
struct Filler<'de> {
    value: &'de Value,
    place: &'de Place,
}

impl<'de> Filler<'de> {
    fn new(node: &'de Node) -> Self {
        Self { value: &node.value, place: &node.place }
    }

    /// Tells a fault that it stands here, unless it stands deeper.
    fn here<T>(self, filled: Filled<T>) -> Filled<T> {
        filled.map_err(|fault| fault.at(self.value, self.place))
    }

    /// A finite number of at most the magnitude `largest`; whole numbers above 2^53 become the nearest `f64`.
    fn number<V: Visitor<'de>>(self, largest: f64, visitor: V) -> Filled<V::Value> {
        let number = match self.value {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        };
        self.here(match number {
            Some(number) if number.abs() <= largest => visitor.visit_f64(number),
            Some(_) => Err(Fault::unexpected("a number of ordinary size", "Write a smaller number.")),
            None => Err(Fault::unexpected("a number", "Write a plain number such as 2.5, without quotes and unit.")),
        })
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.here(match self.value {
            Value::Str(text) => visitor.visit_borrowed_str(text),
            _ => Err(Fault::unexpected("a text", "Put the value in quotes to make it a text.")),
        })
    }

    fn list<V: Visitor<'de>>(self, length: Option<usize>, visitor: V) -> Filled<V::Value> {
        let expected = || match length {
            Some(count) => format!("a list of {count} entries"),
            None => "a list".to_owned(),
        };
        self.here(match self.value {
            Value::Seq(items) if length.is_none_or(|count| count == items.len()) => {
                visitor.visit_seq(Items::new(items))
            }
            _ => Err(Fault::unexpected(expected(), "Write the entries as `[a, b, c]`, or one `- entry` on each line.")),
        })
    }

    /// A map; a section without any line is a map without keys.
    fn map<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.here(match self.value {
            Value::Map(entries) => visitor.visit_map(Entries::new(entries)),
            Value::Null => visitor.visit_map(Entries::new(&[])),
            _ => Err(Fault::unexpected("a map of keys and values", "Write `key: value` lines, one level deeper.")),
        })
    }
}

/// One method per integer type: whole numbers inside the range of the type.
macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
            self.here(match self.value {
                Value::Int(number) => match <$type>::try_from(*number) {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => Err(whole_number(<$type>::MIN, <$type>::MAX)),
                },
                _ => Err(whole_number(<$type>::MIN, <$type>::MAX)),
            })
        }
    )*};
}

fn whole_number(min: impl fmt::Display, max: impl fmt::Display) -> Fault {
    let cure = "Write a whole number in this range, without quotes and without a decimal point.";
    Fault::unexpected(format!("a whole number from {min} to {max}"), cure)
}

impl<'de> Deserializer<'de> for Filler<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        match self.value {
            Value::Null => self.here(visitor.visit_unit()),
            Value::Bool(_) => self.deserialize_bool(visitor),
            Value::Int(number) if i64::try_from(*number).is_ok() => self.deserialize_i64(visitor),
            Value::Int(number) if u64::try_from(*number).is_ok() => self.deserialize_u64(visitor),
            Value::Int(_) => self.deserialize_i128(visitor),
            Value::Float(_) => self.number(f64::MAX, visitor),
            Value::Str(_) => self.text(visitor),
            Value::Seq(_) => self.list(None, visitor),
            Value::Map(_) => self.map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.here(match self.value {
            Value::Bool(truth) => visitor.visit_bool(*truth),
            _ => Err(Fault::unexpected("`true` or `false`", "Write true or false, without quotes.")),
        })
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_u128 visit_u128 u128,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.number(f32::MAX.into(), visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.number(f64::MAX, visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.text(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.here(match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.here(match self.value {
            Value::Null => visitor.visit_unit(),
            _ => Err(Fault::unexpected("nothing", "Remove the value.")),
        })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Filled<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Filled<V::Value> {
        self.here(visitor.visit_newtype_struct(self))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.list(None, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Filled<V::Value> {
        self.list(Some(length), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, length: usize, visitor: V) -> Filled<V::Value> {
        self.list(Some(length), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Filled<V::Value> {
        self.map(visitor)
    }

    /// A choice is a text, or a map of one key whose value belongs to the choice.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        choices: &'static [&'static str],
        visitor: V,
    ) -> Filled<V::Value> {
        self.here(match self.value {
            Value::Str(name) => visitor.visit_enum(Choice { name, place: self.place, settings: None }),
            Value::Map(entries) if let [(key, node)] = entries.as_slice() => {
                visitor.visit_enum(Choice { name: &key.name, place: &key.place, settings: Some(node) })
            }
            _ => Err(Fault::unexpected(
                format!("one of `{}`", choices.join("`, `")),
                "Write one of these names, alone or as the only key of a map with its settings.",
            )),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.list(None, visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        self.list(None, visitor)
    }
}

#[cfg(test)]
mod tests;
