//! YAML in which a key may stand twice in one map, as descriptions of published models have it.
//!
//! Python's reader takes the last of them, and so does this one; what it found is handed back to be told.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_yaml::value::{Tag, TaggedValue};
use serde_yaml::{Mapping, Value as Yaml};

/// The value of a text, and the keys that stand more than once in a map of it.
pub(super) fn parse(text: &str) -> Result<(Yaml, Vec<String>), serde_yaml::Error> {
    let twins = RefCell::new(Vec::new());
    let value = Reader { twins: &twins }.deserialize(serde_yaml::Deserializer::from_str(text))?;
    Ok((value, twins.into_inner()))
}

#[derive(Clone, Copy)]
struct Reader<'t> {
    twins: &'t RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Yaml;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Yaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Yaml, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Yaml, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Yaml, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_none<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Yaml, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Yaml::Sequence(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Yaml, A::Error> {
        let mut map = Mapping::new();
        while let Some(key) = entries.next_key_seed(self)? {
            let value = entries.next_value_seed(self)?;
            if map.insert(key.clone(), value).is_some() {
                self.twins.borrow_mut().push(key.as_str().unwrap_or_default().to_owned());
            }
        }
        Ok(Yaml::Mapping(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Yaml, A::Error> {
        let (tag, contents) = data.variant::<String>()?;
        if tag.is_empty() {
            return Err(de::Error::custom("an empty tag"));
        }
        Ok(Yaml::Tagged(Box::new(TaggedValue { tag: Tag::new(tag), value: contents.newtype_variant_seed(self)? })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_the_twins_counts() {
        let (value, twins) = parse("a: 1\nb: {c: x, c: y}\na: 2\n").unwrap();
        assert_eq!(value, serde_yaml::from_str::<Yaml>("a: 2\nb: {c: y}").unwrap());
        assert_eq!(twins, ["c", "a"]);
    }

    #[test]
    fn everything_else_is_read_as_ever() {
        for text in [
            "{a: [1, -2, 3.5, ~, true, 'x', .inf], 5: !tag {b: !!str 1}, !k l: m}",
            "a: &a {x: 1}\nb: {<<: *a, y: *a}",
            "",
            "18446744073709551615",
            "- !only\n- - []\n- {}",
        ] {
            let (value, twins) = parse(text).unwrap();
            assert_eq!(value, serde_yaml::from_str::<Yaml>(text).unwrap(), "{text}");
            assert!(twins.is_empty());
        }
        assert_eq!(
            parse("a: [1").unwrap_err().to_string(),
            serde_yaml::from_str::<Yaml>("a: [1").unwrap_err().to_string()
        );
    }
}
