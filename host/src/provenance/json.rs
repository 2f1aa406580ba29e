//! Provenance as JSON: objects in objects, which hold texts, in the order of the entries.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Provenance, ProvenanceValue};

impl Provenance {
    /// JSON on one line.
    pub fn to_json(&self) -> String {
        // Texts under texts can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// JSON for people to read, with an end of line.
    pub fn to_pretty_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads what [`to_json`](Self::to_json) wrote; `None` if the text is no such JSON. What later versions may add is
    /// kept: numbers and truth values as texts, lists as groups whose names are numbers.
    pub fn from_json(text: &str) -> Option<Self> {
        match serde_json::from_str(text).ok()? {
            Any(Some(ProvenanceValue::Group(provenance))) if text.trim_start().starts_with('{') => Some(provenance),
            _ => None,
        }
    }
}

impl Serialize for Provenance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (name, value) in self.entries() {
            match value {
                ProvenanceValue::Text(text) => map.serialize_entry(name, text)?,
                ProvenanceValue::Group(group) => map.serialize_entry(name, group)?,
            }
        }
        map.end()
    }
}

/// Any value of JSON; `null` is nothing.
struct Any(Option<ProvenanceValue>);

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor).map(Any)
    }
}

struct AnyVisitor;

fn text<E>(value: impl fmt::Display) -> Result<Option<ProvenanceValue>, E> {
    Ok(Some(ProvenanceValue::Text(value.to_string())))
}

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Option<ProvenanceValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        text(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        text(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        text(value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        text(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        text(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut entries: Vec<(String, ProvenanceValue)> = Vec::new();
        while let Some(Any(value)) = items.next_element()? {
            entries.extend(value.map(|value| (entries.len().to_string(), value)));
        }
        Ok(Some(ProvenanceValue::Group(Provenance { entries })))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, Any(value))) = map.next_entry()? {
            entries.extend(value.map(|value| (name, value)));
        }
        Ok(Some(ProvenanceValue::Group(Provenance { entries })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_in_the_same_order() {
        let scores = Provenance::new().with("z \"quoted\"\n", "é").with("a", 1);
        let written = Provenance::new().with_group("scores", scores).with("genome", "x\\y");
        let json = written.to_json();
        assert_eq!(json, r#"{"scores":{"z \"quoted\"\n":"é","a":"1"},"genome":"x\\y"}"#);
        assert_eq!(Provenance::from_json(&json), Some(written.clone()));
        assert_eq!(Provenance::from_json(&written.to_pretty_json()), Some(written));
    }

    #[test]
    fn what_later_versions_add_is_kept_and_what_is_no_object_refused() {
        let read = Provenance::from_json(r#" {"a": 1.5, "b": [true, null, -2], "c": null}"#).unwrap();
        assert_eq!(read.to_json(), r#"{"a":"1.5","b":{"0":"true","1":"-2"}}"#);
        for text in ["", "[]", "\"a\"", "null", "{", "{}x", &"[".repeat(100_000)] {
            assert_eq!(Provenance::from_json(text), None);
        }
    }
}
