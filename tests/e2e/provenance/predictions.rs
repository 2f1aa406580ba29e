//! Predictions, layers and gradients.

use serde_json::json;

use super::{sha256sum, told};
use crate::case::Case;

/// A case whose model shows its layers, with two intervals.
fn case() -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "args: {tasks: 1}", "args: {tasks: 1, layers: true}");
    case.world.write("in.bed", "chr1\t10\t20\nchr1\t40\t50\n");
    case.world.write("other.bed", "chr1\t60\t70\n");
    case
}

/// Runs a command with these outputs, all of which say the same: what they say.
fn said(case: &Case, command: &str, outputs: &[&str]) -> serde_json::Value {
    let own = ["--fasta", "genome.fa", "-o"];
    let outcome = case.world.run(command, &[&own[..], outputs].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let first = told(&case.world, outputs[0]);
    outputs[1..].iter().for_each(|output| assert_eq!(told(&case.world, output), first, "{output}"));
    first
}

#[test]
fn predictions_say_what_they_follow_from() {
    let case = case();
    let outputs = ["out/p.h5", "out/p.tsv", "out/p.bed", "out/p.parquet", "out/p.tsv.gz"];
    let first = said(&case, "predict model --intervals in.bed --batch-size 1", &outputs);
    assert_eq!(first["samples"], json!({ "source": "genome", "edge": "error" }));
    let model = format!("sha256:{}", sha256sum(case.world.read("model/model.yaml")));
    assert_eq!(first["model"]["files"]["model.yaml"], model);
    assert!(case.world.read("out/p.bed").starts_with("#chr\tstart"));
    // Another part of the samples.
    assert_eq!(said(&case, "predict model --intervals other.bed --threads 2", &["out/q.h5"]), first);
    // An argument of the dataloader changes what the model is shown.
    let other = said(&case, "predict model --intervals in.bed --dataloader-args ignore_targets=true", &["out/r.h5"]);
    assert_eq!(other["dataloader"]["arguments"], json!({ "ignore_targets": "true" }));
}

#[test]
fn expectations_of_a_test_say_it_too() {
    let case = case();
    let predicted = said(&case, "predict model --intervals in.bed", &["out/p.h5"]);
    for name in ["out/e.h5", "out/e.tsv"] {
        let command = "model test model --dataloader-args fasta_file=genome.fa intervals_file=in.bed -o";
        let outcome = case.world.run(command, &[name]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(told(&case.world, name), predicted, "{name}");
    }
}

#[test]
fn layers_are_named() {
    let case = case();
    let outputs = ["out/l.h5", "out/l.tsv"];
    let said = said(&case, "predict model --intervals in.bed --layer products", &outputs);
    assert_eq!(said["layer"], json!({ "name": "products", "of": "output" }));
}

#[test]
fn gradients_name_layer_filter_and_reduction() {
    let case = case();
    let outputs = ["out/g.h5", "out/g.tsv", "out/g.parquet"];
    let of_output = said(&case, "gradient model --intervals in.bed", &outputs);
    assert_eq!(of_output["gradient"], json!({ "of": "output", "reduce": "sum" }));
    let command = "gradient model --intervals in.bed --layer products --filter [2:5,0] --reduce max";
    let of_layer = said(&case, command, &["out/h.h5"]);
    let expected = json!({ "of": "layer", "layer": "products", "filter": "[2:5, 0]", "reduce": "max" });
    assert_eq!(of_layer["gradient"], expected);
    // What is made of the file says the same.
    for command in ["plot gradient out/h.h5 --sample 0 -o out/h.svg", "track out/h.h5 -o out/h.bedgraph"] {
        let outcome = case.world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    assert_eq!((told(&case.world, "out/h.svg"), told(&case.world, "out/h.bedgraph")), (of_layer.clone(), of_layer));
}
