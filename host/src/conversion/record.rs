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

    /// Names sources in the directory of the record from there, so that it can be moved.
    pub fn relate_sources(&mut self, directory: &Path) {
        let relate = |path: String| match Path::new(&path).strip_prefix(directory) {
            Ok(inside) => inside.to_string_lossy().into_owned(),
            Err(_) => path,
        };
        self.sources = std::mem::take(&mut self.sources).into_iter().map(|(path, sum)| (relate(path), sum)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{ConversionSources, LOCK_FILE};
    use std::fs;

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
        let mut record = ConversionRecord { sources, checked: Some(checked), ..ConversionRecord::default() };
        record.relate_sources(directory.path());
        fs::write(directory.path().join(LOCK_FILE), record.text()).unwrap();
        let read = ConversionSources::read(directory.path()).unwrap().unwrap();
        assert_eq!(read.digests, record.sources);
        assert_eq!(record.sources.keys().collect::<Vec<_>>(), ["/elsewhere", "w/weights.h5"]);
        let json: Json = serde_json::from_str(&record.text()).unwrap();
        assert_eq!(json["differences"]["outputs"]["prob"], 2.5e-8);
    }
}
