//! The record of a conversion, `kipos.lock`: what was converted, with what, and how far the result is off.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::check::{ArrayDifference, CheckedConversion};

/// What there is to know of a conversion once it is done.
#[derive(Debug, Clone, Default)]
pub struct ConversionRecord {
    /// The release of kipos.
    pub kipos: String,
    /// How the file was written, in the framework's words.
    pub how: String,
    /// The SHA-256 of each file that was read.
    pub sources: BTreeMap<String, String>,
    /// The SHA-256 of each file that was written.
    pub files: BTreeMap<String, String>,
    /// The releases of what converted them.
    pub versions: BTreeMap<String, String>,
    /// Layers of the original that the file has no longer by name.
    pub layers_lost: Vec<String>,
    /// How far the result is off; `None` if it was not checked.
    pub checked: Option<CheckedConversion>,
}

impl ConversionRecord {
    /// The text of `kipos.lock`.
    pub fn text(&self) -> String {
        let differences = |arrays: &[ArrayDifference]| -> Json {
            arrays
                .iter()
                .map(|array| (array.name.clone(), json!(array.difference)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let checked = self.checked.as_ref().map(|checked| {
            json!({
                "outputs": differences(&checked.outputs),
                "gradients": differences(&checked.gradients),
                "no_gradients": checked.no_gradients,
            })
        });
        let record = json!({
            "kipos": self.kipos,
            "how": self.how,
            "sources": self.sources,
            "files": self.files,
            "versions": self.versions,
            "layers_lost": self.layers_lost,
            "differences": checked,
        });
        format!("{record:#}\n")
    }

    /// The record of a family with this model and one more: its files and sources, and the larger difference of each array.
    pub fn with_member(mut self, other: Self) -> Self {
        self.sources.extend(other.sources);
        self.files.extend(other.files);
        self.checked = self.checked.zip(other.checked).map(|(first, other)| CheckedConversion {
            outputs: larger(first.outputs, &other.outputs),
            gradients: larger(first.gradients, &other.gradients),
            no_gradients: first.no_gradients.or(other.no_gradients),
        });
        self
    }

    /// The record with sources in its directory named from there, so that it can be moved.
    pub fn related_to(mut self, directory: &Path) -> Self {
        let relate = |path: String| match Path::new(&path).strip_prefix(directory) {
            Ok(inside) => inside.to_string_lossy().into_owned(),
            Err(_) => path,
        };
        self.sources = self.sources.into_iter().map(|(path, sum)| (relate(path), sum)).collect();
        self
    }
}

/// The larger difference of each array.
fn larger(first: Vec<ArrayDifference>, other: &[ArrayDifference]) -> Vec<ArrayDifference> {
    let of_other = |name: &str| other.iter().find(|array| array.name == name).map_or(0.0, |array| array.difference);
    let larger = |array: ArrayDifference| {
        let difference = array.difference.max(of_other(&array.name));
        ArrayDifference { difference, ..array }
    };
    first.into_iter().map(larger).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{ConversionSources, LOCK_FILE};
    use std::fs;

    #[test]
    fn a_family_keeps_the_larger_differences() {
        let record = |file: &str, difference: f64| ConversionRecord {
            files: BTreeMap::from([(file.to_owned(), "0".to_owned())]),
            checked: Some(CheckedConversion {
                outputs: vec![ArrayDifference { name: "y".into(), difference }],
                ..CheckedConversion::default()
            }),
            ..ConversionRecord::default()
        };
        let family = record("1", 1e-8).with_member(record("2", 1e-7)).with_member(record("3", 1e-9));
        assert_eq!(family.files.keys().collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(family.checked.as_ref().unwrap().outputs[0].difference, 1e-7);
        let unchecked = ConversionRecord { checked: None, ..record("4", 0.0) };
        assert_eq!(family.with_member(unchecked).checked, None);
    }

    #[test]
    fn what_is_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let inside = directory.path().join("w/weights.h5").display().to_string();
        let sources = BTreeMap::from([(inside, "12".to_owned()), ("/elsewhere".to_owned(), "34".to_owned())]);
        let checked = CheckedConversion {
            outputs: vec![ArrayDifference { name: "prob".into(), difference: 2.5e-8 }],
            no_gradients: Some("the framework gave none".into()),
            ..CheckedConversion::default()
        };
        let record = ConversionRecord { sources, checked: Some(checked), ..ConversionRecord::default() };
        let record = record.related_to(directory.path());
        fs::write(directory.path().join(LOCK_FILE), record.text()).unwrap();
        let read = ConversionSources::read(directory.path()).unwrap().unwrap();
        assert_eq!(read.digests, record.sources);
        assert_eq!(record.sources.keys().collect::<Vec<_>>(), ["/elsewhere", "w/weights.h5"]);
        let json: Json = serde_json::from_str(&record.text()).unwrap();
        assert_eq!(json["differences"]["outputs"]["prob"], 2.5e-8);
    }
}
