//! What Python tells of a model that it has converted.

use std::collections::BTreeMap;

use kipos::{DraftInput, DraftOutput, DraftPositions, ModelDraft, OriginalGradient};
use kipos_plugin_api::DType;
use serde_json::Value as Json;

use super::python::texts;

/// A converted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// What is known of it.
    pub draft: ModelDraft,
    /// Its files in the directory of the request, first that of the model.
    pub files: Vec<String>,
    /// How it was written.
    pub how: String,
    /// The file of the framework's answers, and how many rows each of its batches had.
    pub original: String,
    pub batches: Vec<usize>,
    /// What the framework's gradients are of, if it gave some.
    pub gradient: Option<OriginalGradient>,
    /// Releases of what converted it.
    pub versions: BTreeMap<String, String>,
    /// The SHA-256 of each file that was read.
    pub sources: BTreeMap<String, String>,
}

impl Converted {
    /// Reads the answer of the program for a model that is from `origin`.
    ///
    /// # Errors
    /// The name of what it lacks.
    pub fn read(answer: &Json, origin: &str) -> Result<Self, &'static str> {
        let files = texts(&answer["files"]);
        let file = files.first().ok_or("files")?.clone();
        let backend = match answer["format"].as_str() {
            Some("onnx") => "onnx",
            Some("torchscript") => "pytorch",
            _ => return Err("format"),
        };
        let items = |key: &str| answer[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let inputs: Option<Vec<DraftInput>> = items("inputs").iter().map(input).collect();
        let outputs: Option<Vec<DraftOutput>> = items("outputs").iter().map(output).collect();
        let original = &answer["original"];
        Ok(Self {
            draft: ModelDraft {
                backend: backend.to_owned(),
                files: vec![file],
                origin: origin.to_owned(),
                inputs: inputs.filter(|inputs| !inputs.is_empty()).ok_or("inputs")?,
                outputs: outputs.filter(|outputs| !outputs.is_empty()).ok_or("outputs")?,
            },
            files,
            how: answer["how"].as_str().ok_or("how")?.to_owned(),
            original: original["file"].as_str().ok_or("original.file")?.to_owned(),
            batches: lengths(&original["batches"]).filter(|batches| !batches.contains(&0)).ok_or("original.batches")?,
            gradient: gradient(&original["gradient"]),
            versions: strings(&answer["versions"]).ok_or("versions")?,
            sources: strings(&answer["sources"]).ok_or("sources")?,
        })
    }
}

fn input(one: &Json) -> Option<DraftInput> {
    let shape =
        one["shape"].as_array()?.iter().map(|axis| if axis.is_null() { Some(None) } else { length(axis).map(Some) });
    Some(DraftInput {
        name: one["name"].as_str()?.to_owned(),
        shape: shape.collect::<Option<_>>()?,
        tried: lengths(&one["tried"])?,
        dtype: dtype(one["dtype"].as_str()?)?,
    })
}

fn output(one: &Json) -> Option<DraftOutput> {
    let positions = match &one["positions"] {
        Json::Null => None,
        law => {
            let crop = lengths(&law["crop"]).and_then(|crop| Some((*crop.first()?, *crop.get(1)?)));
            let follow = law["follows"].as_bool()?;
            Some(DraftPositions { axis: length(&law["axis"])?, follow, crop, bin: length(&law["bin"]) })
        }
    };
    Some(DraftOutput {
        name: one["name"].as_str()?.to_owned(),
        tried: lengths(&one["tried"])?,
        positions,
        labels: texts(&one["labels"]),
    })
}

fn gradient(told: &Json) -> Option<OriginalGradient> {
    let rows = length(&told["rows"])?;
    Some(OriginalGradient { filter: told["filter"].as_str().map(str::to_owned), rows })
}

fn dtype(name: &str) -> Option<DType> {
    let all = [DType::F32, DType::F64, DType::I64, DType::I32, DType::U8, DType::Bool, DType::String];
    all.into_iter().find(|dtype| dtype.name() == name)
}

fn length(value: &Json) -> Option<usize> {
    value.as_u64().and_then(|length| usize::try_from(length).ok())
}

fn lengths(value: &Json) -> Option<Vec<usize>> {
    value.as_array()?.iter().map(length).collect()
}

fn strings(value: &Json) -> Option<BTreeMap<String, String>> {
    value.as_object()?.iter().map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer() -> Json {
        json!({
            "files": ["model.onnx"], "format": "onnx", "how": "by hand",
            "inputs": [{"name": "seq", "shape": [null, 4], "tried": [640, 4], "dtype": "float32", "base_axis": 1}],
            "outputs": [{"name": "y", "shape": [null, 3], "tried": [600, 3], "dtype": "float32", "labels": null,
                "positions": {"axis": 0, "follows": true, "bin": 1, "crop": [20, 20], "by": "two lengths"}}],
            "original": {"file": "original.npz", "rows": 4, "batches": [1, 3],
                "gradient": {"output": "y", "filter": "[:, 2]", "type": "float64", "rows": 2}},
            "versions": {"python": "3.11.2"}, "sources": {"/w.h5": "12"},
        })
    }

    #[test]
    fn an_answer_becomes_a_draft() {
        let read = Converted::read(&answer(), "w.h5").unwrap();
        let positions = DraftPositions { axis: 0, follow: true, crop: Some((20, 20)), bin: Some(1) };
        assert_eq!(read.draft.outputs[0].positions, Some(positions));
        assert_eq!(read.draft.inputs[0].shape, [None, Some(4)]);
        assert_eq!((read.draft.backend.as_str(), read.batches.as_slice()), ("onnx", &[1, 3][..]));
        assert_eq!(read.gradient, Some(OriginalGradient { filter: Some("[:, 2]".into()), rows: 2 }));
        let mut none = answer();
        none["original"]["gradient"] = json!({"failed": "float32: no"});
        assert_eq!(Converted::read(&none, "w.h5").unwrap().gradient, None);
    }

    #[test]
    fn what_an_answer_lacks_is_named() {
        for (key, value, expected) in [
            ("files", json!([]), "files"),
            ("format", json!("h5"), "format"),
            ("inputs", json!([{"name": "x"}]), "inputs"),
            ("outputs", Json::Null, "outputs"),
            ("original", json!({"file": "x", "batches": [1, 0]}), "original.batches"),
            ("sources", json!({"a": 1}), "sources"),
        ] {
            let mut answer = answer();
            answer[key] = value;
            assert_eq!(Converted::read(&answer, "w.h5").unwrap_err(), expected);
        }
    }
}
