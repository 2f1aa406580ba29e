//! Telling what a file is that was given in place of a model.

use std::path::Path;

use kipos_file_kind::{FileKind, words};

use super::{file, files};
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "file-kind",
    about: "what a file is that should be a model",
    place: Place::InProcess,
    seeds,
    words: &[
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x89HDF\r\n\x1a\n",
        b"TFL3",
        b"<!DOCTYPE html>",
        b"version https://git-lfs.github.com/spec/v1\n",
        b"\x80\x02",
        b"\x1f\x8b",
        b"data.pkl",
        b"config.json",
        b"\x08\x01\x12",
        b"\x0a\xff\xff\xff\xff\x0f",
    ],
    own_mutation: None,
    run,
};

const PART: &str = "model.bin";

fn seeds() -> Result<Vec<Input>, String> {
    let mut seeds = files(PART, &["examples/any-length/model.onnx", "examples/two-inputs/predictions.h5"])?;
    seeds.push(Input::one(PART, file("examples/pytorch/model.pt")?));
    seeds.push(Input::one(PART, *b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"));
    seeds.push(Input::one(PART, *b"  <!DOCTYPE html><html>"));
    Ok(seeds)
}

fn run(input: &Input, _: &Path) -> Result<(), Finding> {
    let bytes = input.bytes(PART).unwrap_or_default();
    for length in [bytes.len() as u64, 0, u64::MAX] {
        if let Some(kind) = FileKind::of_bytes(bytes, bytes, length)
            && (kind.to_string().is_empty() || kind.remedy() == Some(""))
        {
            return Err(Finding::own("a kind without a text"));
        }
    }
    let text = input.text();
    let short: String = text.chars().take(200).collect();
    if words::python_literal(&short).is_empty() || words::shortened(&text).len() > text.len() + 8 {
        return Err(Finding::own("words that grow or vanish"));
    }
    Ok(())
}
