//! Models of Keras and TensorFlow, converted by tf2onnx and not yet converted. What Keras itself says of the windows lies
//! beside the plugin's fixtures.

use std::fs;
use std::path::PathBuf;

use kipos_tests::{Outcome, World, project};

const TARGETS: &str = "info: {authors: [{name: tests}], doc: a network}
schema:
  inputs: {name: seq, special_type: DNASeq, shape: \"(60, 4)\", doc: DNA, associated_metadata: ranges}
  targets: {name: out, shape: \"(3,)\", doc: probabilities}
default_dataloader: .
test: {expect: preds.tsv}
";

fn fixtures() -> PathBuf {
    project().join("plugins/onnx/fixtures/keras")
}

/// A world with the directory `model`: `head` and the rest of a description, a loader with examples, an ONNX file.
fn world(head: &str) -> World {
    let world = World::new();
    world.write("model/model.yaml", format!("{head}\n{TARGETS}"));
    world.write(
        "model/dataloader.yaml",
        "defined_as: kipoiseq.dataloaders.SeqIntervalDl\nargs:\n  fasta_file: {example: genome.fa}\n  intervals_file: \
         {example: intervals.bed}\n",
    );
    world.write("model/model.onnx", fs::read(fixtures().join("cnn.onnx")).unwrap());
    for file in ["genome.fa", "intervals.bed", "preds.tsv"] {
        world.write(&format!("model/{file}"), fs::read(fixtures().join("dna").join(file)).unwrap());
    }
    world
}

fn converted() -> World {
    world("type: keras\nargs: {file: model.onnx}")
}

const LOADER: &[&str] = &["--fasta", "model/genome.fa", "--intervals", "model/intervals.bed", "-o", "o.tsv"];

/// Runs a command with the loader's arguments, which must succeed.
fn run(world: &World, command: &str) -> Outcome {
    let outcome = world.run(command, LOADER);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// The numbers of a table in the columns that start so.
fn numbers(text: &str, columns: &str) -> Vec<f64> {
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<&str>>());
    let header = lines.next().unwrap();
    let wanted: Vec<usize> = (0..header.len()).filter(|&at| header[at].starts_with(columns)).collect();
    lines.flat_map(|row| wanted.iter().map(|&at| row[at].parse().unwrap()).collect::<Vec<f64>>()).collect()
}

/// Compares the columns of what was written with what Keras says.
#[track_caller]
fn assert_as_keras(world: &World, columns: &str, golden: &str) {
    let expected = numbers(&fs::read_to_string(fixtures().join("dna").join(golden)).unwrap(), "preds");
    let found = numbers(&world.read("o.tsv"), columns);
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    assert!(largest > 0.0);
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() <= 2e-6 * largest, "number {at}: found {found}, expected {expected}");
    }
}

#[test]
fn a_converted_model_predicts_as_keras_does() {
    let world = converted();
    run(&world, "predict model");
    assert_as_keras(&world, "preds/", "preds.tsv");
    let test = world.run("model test model", &[]);
    assert_eq!(test.code, 0, "{test:?}");
    assert!(test.stdout.contains("\n✓ expect      9 values for the examples "), "{test:?}");
}

#[test]
fn layers_have_their_names_and_channels_last() {
    let world = converted();
    run(&world, "predict model --layer conv_a");
    let whole = world.read("o.tsv");
    let header: Vec<&str> = whole.lines().next().unwrap().split('\t').collect();
    assert_eq!((header.len(), header[1], header[479]), (480, "preds/0/1", "preds/59/7"));
    assert_as_keras(&world, "preds/", "conv_a.tsv");
    run(&world, "predict model --layer sequential/conv_a/Relu");
    assert_eq!(world.read("o.tsv"), whole);

    let refused = world.run("predict model --layer conv_x", LOADER);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("there is no layer `conv_x`; close to it are "), "{refused:?}");
}

#[test]
fn filters_of_gradients_count_channels_last() {
    let world = converted();
    run(&world, "gradient model --layer conv_b --filter [2:9,3] --avg_func max");
    assert_as_keras(&world, "grads/", "grads.tsv");
}

#[test]
fn the_model_tells_its_backend_and_its_layers() {
    let world = converted();
    let info = world.run("model info model", &[]);
    assert_eq!(info.code, 0, "{info:?}");
    assert!(info.stdout.contains("\nbackend   keras (plugin onnx "), "{info:?}");
    assert!(info.stdout.contains("layers: yes, gradients: yes"), "{info:?}");
    let layers = world.run("model layers model", &[]);
    insta::assert_snapshot!(layers.stdout.lines().take(6).collect::<Vec<&str>>().join("\n"), @r"
    index  name                               node                             scope                      op       shape        gradient
    0      sequential/conv_a/Conv1D:0         sequential/conv_a/Conv1D         sequential.conv_a          Conv     (1, 60, 8)   yes
    1      sequential/conv_a/BiasAdd:0        sequential/conv_a/BiasAdd        sequential.conv_a          Add      (60, 8)      yes
    2      sequential/conv_a/Relu:0           sequential/conv_a/Relu           sequential.conv_a          Relu     (60, 8)      yes
    3      sequential/pool_a/MaxPool:0        sequential/pool_a/MaxPool        sequential.pool_a          MaxPool  (30, 1, 8)   yes
    4      sequential/conv_b/Conv1D:0         sequential/conv_b/Conv1D         sequential.conv_b          Conv     (1, 15, 10)  yes
    ");
}

/// What `head` is answered with when the model is loaded.
fn refusal(head: &str) -> String {
    let world = world(head);
    fs::remove_file(world.path("model/model.onnx")).unwrap();
    let outcome = world.run("predict model", LOADER);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""), "{outcome:?}");
    outcome.stderr
}

#[test]
fn models_that_are_not_converted_get_the_command_that_does_it() {
    let unconverted = |head: &str, argument: &str| {
        let refusal = refusal(head);
        let before = format!(
            "error: plugin onnx: argument `{argument}` is of Kipoi's Python backend, and this one runs ONNX files; in \
             the directory of model.yaml run: "
        );
        refusal.strip_prefix(&before).map(|rest| rest.trim_end().to_owned()).unwrap_or_else(|| panic!("{refusal}"))
    };
    let parts = "defined_as: kipoi.model.KerasModel\nargs: {arch: arch.json, weights: w.h5, backend: tensorflow}";
    let saved = "defined_as: kipoi.model.TensorFlow2Model\nargs: {savedmodel_path: saved}";
    let whole = "type: keras\nargs: {weights: model.h5}";
    for (head, argument) in [(whole, "weights"), (parts, "weights"), (saved, "savedmodel_path")] {
        assert_eq!(unconverted(head, argument), "kipos model convert .");
    }
    let nodes = "args: {input_nodes: x, target_nodes: [net/a, net/b], checkpoint_path: files/model.ckpt}";
    insta::assert_snapshot!(
        unconverted(&format!("type: tensorflow\n{nodes}"), "checkpoint_path"),
        @"python -m tf2onnx.convert --checkpoint files/model.ckpt.meta --inputs x:0 --outputs net/a:0,net/b:0 --output model.onnx --opset 17"
    );
    let files = "{meta: files/model.meta, index: files/model.index, data: files/model.data-00000-of-00001}";
    let nodes = format!("args: {{input_nodes: {{seq: x}}, target_nodes: y, checkpoint_path: {files}}}");
    insta::assert_snapshot!(
        unconverted(&format!("defined_as: kipoi.model.TensorFlowModel\n{nodes}"), "checkpoint_path"),
        @"python -m tf2onnx.convert --checkpoint files/model.meta --inputs x:0 --outputs y:0 --output model.onnx --opset 17"
    );
    insta::assert_snapshot!(
        refusal("type: keras\nargs: {}"),
        @"error: plugin onnx: argument `file` is required: the ONNX file that tf2onnx made of the model"
    );
    insta::assert_snapshot!(
        refusal("type: keras\nargs: {weight: w.h5}"),
        @"error: model/model.yaml:2: `args.weight` must be an argument that the backend keras takes (did you mean `weights`? known: file, runtime, layers, inputs, outputs, weights, arch, custom_objects, backend, image_dim_ordering)"
    );
}

#[test]
fn arguments_of_kipoi_may_stay_beside_the_file() {
    let world =
        world("defined_as: kipoi.model.KerasModel\nargs: {weights: w.h5, backend: tensorflow, file: model.onnx}");
    run(&world, "predict model");
    assert_as_keras(&world, "preds/", "preds.tsv");
}

#[test]
fn a_directory_of_kipoi_runs_as_it_is_with_a_converted_file_beside_it() {
    for head in [
        "defined_as: kipoi.model.KerasModel\nargs: {weights: w.h5, arch: a.json, backend: tensorflow}",
        "type: tensorflow2\nargs: {savedmodel_path: saved}",
    ] {
        let world = world(head);
        run(&world, "predict model");
        assert_as_keras(&world, "preds/", "preds.tsv");
    }
}
