//! The ways from a list, a map, a key or a choice to what stands below it.

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor, value::StrDeserializer};
use serde::forward_to_deserialize_any;

use super::super::error::Place;
use super::super::fault::{Fault, Filled};
use super::super::node::{Key, Node, Value};
use super::{Filler, whole_number};

/// Walks over a list.
pub(super) struct Items<'de> {
    items: std::iter::Enumerate<std::slice::Iter<'de, Node>>,
}

impl<'de> Items<'de> {
    pub(super) fn new(items: &'de [Node]) -> Self {
        Self { items: items.iter().enumerate() }
    }
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Filled<Option<S::Value>> {
        let Some((index, node)) = self.items.next() else {
            return Ok(None);
        };
        let filler = Filler::new(node);
        filler.here(seed.deserialize(filler)).map(Some).map_err(|fault| fault.below(&index.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// Walks over a map.
pub(super) struct Entries<'de> {
    entries: std::slice::Iter<'de, (Key, Node)>,
    current: Option<&'de (Key, Node)>,
}

impl<'de> Entries<'de> {
    pub(super) fn new(entries: &'de [(Key, Node)]) -> Self {
        Self { entries: entries.iter(), current: None }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Filled<Option<S::Value>> {
        self.current = self.entries.next();
        let Some((key, _)) = self.current else { return Ok(None) };
        seed.deserialize(KeyFiller { key }).map(Some).map_err(|fault| fault.at_name(&key.name, &key.place))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Filled<S::Value> {
        let Some((key, node)) = self.current else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        let filler = Filler::new(node);
        filler.here(seed.deserialize(filler)).map_err(|fault| fault.below(&key.name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// Hands the name of a key to a visitor: as a text, a choice, or a whole number where that is what the map is keyed by.
struct KeyFiller<'de> {
    key: &'de Key,
}

/// One method per integer type for keys of that type.
macro_rules! whole_number_keys {
    ($($method:ident $visit:ident $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
            match self.key.name.parse::<$type>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(whole_number(<$type>::MIN, <$type>::MAX)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for KeyFiller<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Filled<V::Value> {
        visitor.visit_borrowed_str(&self.key.name)
    }

    whole_number_keys! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_u128 visit_u128 u128,
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Filled<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        choices: &'static [&'static str],
        visitor: V,
    ) -> Filled<V::Value> {
        let text: StrDeserializer<'_, Fault> = self.key.name.as_str().into_deserializer();
        text.deserialize_enum(name, choices, visitor)
    }

    forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

/// A choice and what belongs to it.
pub(super) struct Choice<'de> {
    pub(super) name: &'de str,
    /// Where the name stands.
    pub(super) place: &'de Place,
    /// The value below the name; nothing where the name was written alone.
    pub(super) settings: Option<&'de Node>,
}

/// What stands for the settings of a choice that was written as a text.
static NOTHING: Value = Value::Null;

impl<'de> Choice<'de> {
    /// Reads the settings; those of a name alone are a map without keys, so that defaults can fill it.
    fn read<T>(self, read: impl FnOnce(Filler<'de>) -> Filled<T>) -> Filled<T> {
        let filler = match self.settings {
            Some(node) => Filler::new(node),
            None => Filler { value: &NOTHING, place: self.place },
        };
        filler.here(read(filler)).map_err(|fault| fault.below(self.name))
    }
}

impl<'de> de::EnumAccess<'de> for Choice<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Filled<(S::Value, Self)> {
        let name: StrDeserializer<'de, Fault> = self.name.into_deserializer();
        match seed.deserialize(name) {
            Ok(value) => Ok((value, self)),
            Err(fault) => Err(fault.at_name(self.name, self.place)),
        }
    }
}

impl<'de> de::VariantAccess<'de> for Choice<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Filled<()> {
        self.read(serde::Deserialize::deserialize)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Filled<S::Value> {
        self.read(|filler| seed.deserialize(filler))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Filled<V::Value> {
        self.read(|filler| filler.list(Some(length), visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Filled<V::Value> {
        self.read(|filler| filler.map(visitor))
    }
}
