//! Settings that are one word each: how they are read, written and described.

use std::fmt::{self, Formatter};
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A type that settings hold as one word.
pub(crate) trait Word: FromStr<Err = String> + for<'de> Deserialize<'de> {
    /// What should stand there, as in "expected …".
    const EXPECTED: &'static str;
}

/// Reads a word; a date or a time may also be TOML's own, which has no quotes.
struct One<W>(PhantomData<W>);

impl<'de, W: Word> Visitor<'de> for One<W> {
    type Value = W;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(W::EXPECTED)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<W, E> {
        text.parse().map_err(E::custom)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<W, A::Error> {
        let written = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
        self.visit_str(&written.to_string())
    }
}

/// Reads a word, or a list of them.
struct Many<W>(PhantomData<W>);

impl<'de, W: Word> Visitor<'de> for Many<W> {
    type Value = Vec<W>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or a list of such", W::EXPECTED)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<W>, E> {
        Ok(vec![One(PhantomData).visit_str(text)?])
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<W>, A::Error> {
        Ok(vec![One(PhantomData).visit_map(map)?])
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<W>, A::Error> {
        std::iter::from_fn(|| list.next_element().transpose()).collect()
    }
}

/// For fields that take one word.
pub(super) fn one<'de, W: Word, D: Deserializer<'de>>(from: D) -> Result<W, D::Error> {
    from.deserialize_any(One(PhantomData))
}

/// For fields that take one word or a list of them.
pub(crate) fn one_or_many<'de, W: Word, D: Deserializer<'de>>(from: D) -> Result<Vec<W>, D::Error> {
    from.deserialize_any(Many(PhantomData))
}

/// The schema of [`one_or_many`].
pub(crate) fn one_or_many_schema<W: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let one = generator.subschema_for::<W>();
    json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
}

/// Lets settings hold a type that is read with `FromStr` and written with `Display`.
macro_rules! word {
    ($type:ident, $format:literal, $expected:literal, $examples:tt) => {
        impl $crate::model::schedule::one_word::Word for $type {
            const EXPECTED: &'static str = $expected;
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::model::schedule::one_word::one(from)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "format": $format, "examples": $examples,
                    "description": concat!("Written as ", $expected, "."),
                })
            }
        }
    };
}
pub(super) use word;
