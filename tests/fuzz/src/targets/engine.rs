//! Damaged graphs in the hands of the engine, through the command.

use std::fs;
use std::path::Path;

use super::{file, onnx, place};
use crate::command;
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "engine",
    about: "damaged graphs in ONNX Runtime and their gradients, through the command",
    place: Place::Command,
    seeds,
    words: &[b"Conv", b"If", b"Loop", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"],
    own_mutation: onnx::TARGET.own_mutation,
    run,
};

const PART: &str = "model.onnx";

fn seeds() -> Result<Vec<Input>, String> {
    Ok(vec![Input::one(PART, file("examples/motif-cnn/model.onnx")?)])
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    let model = scratch.join("model");
    fs::create_dir_all(&model).ok();
    for name in ["model.yaml", "dataloader.yaml", "genome.fa", "intervals.bed"] {
        if !model.join(name).exists() {
            let bytes = file(&format!("examples/motif-cnn/{name}")).map_err(Finding::foreign)?;
            place(&model, name, &bytes)?;
        }
    }
    place(&model, PART, input.bytes(PART).unwrap_or_default())?;
    // What is asked of the graph follows from the bytes, so that an input always does the same.
    let asked: &[&str] = match input.length() % 3 {
        0 => &["predict", "-o", "predictions.tsv"],
        1 => &["gradient", "--reduce", "sum", "-o", "gradients.h5"],
        _ => &["model", "layers"],
    };
    let samples: &[&str] = &["--fasta", "model/genome.fa", "--intervals", "model/intervals.bed"];
    let arguments = match asked {
        ["model", ..] => [asked, &["model"]].concat(),
        _ => [asked, samples, &["model"]].concat(),
    };
    command::run(&arguments, scratch)
}
