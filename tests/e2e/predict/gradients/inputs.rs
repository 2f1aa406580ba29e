//! Several inputs, of several types, and several outputs.

use kipos_tests::{Outcome, World};

use super::{assert_near, numbers, show_layers, table, weights};
use crate::batch_files::{Batches, Range, write_model};

pub(super) const RANGES: [Range; 2] = [(30, '+', "a"), (35, '-', "b")];

/// A world with a model of these inputs and targets, in YAML, and the batch file `b.h5` to be filled.
pub(super) fn world(inputs: &str, targets: &str) -> (World, Batches) {
    let world = World::new();
    write_model(&world, inputs, "[]", false);
    show_layers(&world, "");
    let model = world.read("model/model.yaml");
    let (before, _) = model.split_once("postprocessing").unwrap();
    world.write("model/model.yaml", before.replace("{shape: \"(1,)\", column_labels: [only]}", targets));
    let file = Batches::create(&world.path("b.h5"));
    (world, file)
}

fn differentiated(world: &World, more: &[&str]) -> Outcome {
    let outcome = world.run("gradient model --batch-file b.h5", more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

fn refused(world: &World, more: &[&str], code: i32) -> String {
    let outcome = world.run("gradient model --batch-file b.h5 -o no.tsv", more);
    assert_eq!(outcome.code, code, "{outcome:?}");
    assert!(!world.path("no.tsv").exists());
    outcome.stderr
}

/// The gradients of the input `seq`, `factor` times the weights.
fn sequence(factor: f32) -> Vec<Vec<f32>> {
    vec![weights().iter().map(|weight| factor * weight).collect(); 2]
}

const MAP: &str = "{seq: {special_type: DNASeq, shape: \"(5, 4)\"}, side: {shape: \"(2,)\"}, count: {shape: ()}, \
                   deep: {level: {shape: \"(1,)\"}}}";

fn map_world() -> World {
    let (world, file) = world(MAP, "{shape: \"(1,)\"}");
    file.ranges("ranges", 5, &RANGES).one_hot("seq", 5, &RANGES);
    file.array("side", &[1.0f64, 2.0, 3.0, 4.0], &[2, 2]).array("count", &[7i64, 8], &[2]);
    file.array("deep/level", &[1f32, 2.0], &[2, 1]);
    world
}

#[test]
fn maps_of_inputs_are_mirrored_as_far_as_they_hold_floats() {
    let world = map_world();
    let outcome = differentiated(&world, &["-o", "o.tsv", "o.h5"]);
    assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
    let names = table(&world, "o.tsv")[0].join(" ");
    assert!(names.contains("inputs/count inputs/deep/level/0"), "{names}");
    assert!(names.ends_with("grads/seq/4/3 grads/side/0 grads/side/1 grads/deep/level/0"), "{names}");
    // Input i counts i + 1 times; elements of one without DNA count alike.
    assert_near(&numbers(&world, "o.tsv", "grads/seq"), &sequence(1.0));
    assert_near(&numbers(&world, "o.tsv", "grads/side"), &[vec![0.002; 2], vec![0.002; 2]]);
    assert_near(&numbers(&world, "o.tsv", "grads/deep/level"), &[vec![0.004], vec![0.004]]);
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    assert_eq!(file.dataset("grads/deep/level").unwrap().shape(), [2, 1]);
    assert!(file.dataset("grads/side").unwrap().dtype().unwrap().is::<f64>());
    assert_eq!(file.group("grads").unwrap().member_names().unwrap().len(), 3);
    // Pictures of the file need no description of the model.
    let special_type = file.dataset("grads/seq").unwrap().attr("special_type").unwrap();
    assert_eq!(special_type.read_scalar::<hdf5::types::VarLenUnicode>().unwrap().as_str(), "DNASeq");
    assert!(file.dataset("grads/side").unwrap().attr_names().unwrap().is_empty());
}

#[test]
fn inputs_are_chosen_by_name() {
    let world = map_world();
    differentiated(&world, &["-o", "o.tsv", "--wrt", "deep/level", "seq"]);
    let gradients: Vec<String> =
        table(&world, "o.tsv")[0].iter().filter(|name| name.starts_with("grads/")).cloned().collect();
    assert_eq!((gradients.len(), gradients[20].as_str()), (21, "grads/deep/level/0"));
    insta::assert_snapshot!(refused(&world, &["--wrt", "dna"], 2), @"error: model has no input `dna`; inputs: seq, side, count, deep/level");
    insta::assert_snapshot!(refused(&world, &["--wrt", "count"], 2), @"error: input `count` of model takes int64; gradients exist for inputs of floats, such as seq, side, deep/level");
}

#[test]
fn what_is_not_reached_is_zero_and_said_once() {
    let world = map_world();
    let outcome = differentiated(&world, &["-o", "o.tsv", "-l", "squash", "--batch-size", "1"]);
    let warnings: Vec<&str> = outcome.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings, ["warning: layer `squash` does not depend on side, deep/level; these gradients are zero"]);
    assert_eq!(numbers(&world, "o.tsv", "grads/side").concat(), [0.0; 4]);
    assert!(numbers(&world, "o.tsv", "grads/seq").concat().iter().all(|gradient| *gradient > 0.0));
    let outcome = differentiated(&world, &["-o", "o.tsv", "-l", "squash", "--wrt", "seq"]);
    assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
}

#[test]
fn lists_of_inputs_keep_their_numbers() {
    let inputs = "[{special_type: DNASeq, shape: \"(5, 4)\"}, {shape: \"(2,)\"}]";
    let (world, file) = world(inputs, "{shape: \"(1,)\"}");
    file.ranges("ranges", 5, &RANGES).one_hot("0", 5, &RANGES).array("1", &[1f32, 2.0, 3.0, 4.0], &[2, 2]);
    drop(file);
    differentiated(&world, &["-o", "o.tsv", "o.h5"]);
    assert_near(&numbers(&world, "o.tsv", "grads/0/"), &sequence(1.0));
    assert_near(&numbers(&world, "o.tsv", "grads/1/"), &[vec![0.002; 2], vec![0.002; 2]]);
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    assert_eq!(file.dataset("grads/0").unwrap().shape(), file.dataset("inputs/0").unwrap().shape());
}

#[test]
fn text_and_whole_numbers_have_no_gradient() {
    let (world, file) = world("{seq: {shape: ()}, count: {shape: ()}}", "{shape: \"(1,)\"}");
    file.text("seq", 5, &RANGES).array("count", &[1i32, 2], &[2]);
    drop(file);
    let model = world.read("model/model.yaml").replace("seq: {shape", "seq: {special_type: DNAStringSeq, shape");
    world.write("model/model.yaml", model);
    insta::assert_snapshot!(refused(&world, &[], 1), @"error: no input of model takes floats, so it has no gradient; inputs: seq (string), count (int32)");
    insta::assert_snapshot!(refused(&world, &["--wrt", "seq"], 2), @"error: input `seq` of model takes string; gradients exist for inputs of floats");
}

#[test]
fn one_of_several_outputs_is_chosen() {
    let targets = "{first: {shape: \"(1,)\"}, second: {shape: \"(1,)\"}}";
    let (world, file) = world("{name: seq, special_type: DNASeq, shape: \"(5, 4)\"}", targets);
    file.ranges("ranges", 5, &RANGES).one_hot("", 5, &RANGES);
    drop(file);
    let of = |output: &str| {
        differentiated(&world, &["-o", "o.tsv", "--output-name", output]);
        numbers(&world, "o.tsv", "grads/")
    };
    assert_near(&of("first"), &sequence(1.0));
    assert_near(&of("second"), &sequence(2.0));
    insta::assert_snapshot!(refused(&world, &[], 2), @"error: model has several outputs: first, second; choose one with --output-name NAME, or another layer with --layer");
    insta::assert_snapshot!(refused(&world, &["--output_name", "third"], 2), @"error: model has no output `third`; outputs: first, second");
    // A layer needs no choice.
    differentiated(&world, &["-o", "o.tsv", "-l", "squash", "--pre-nonlinearity"]);
    assert_near(&numbers(&world, "o.tsv", "grads/"), &sequence(1.0));
}

#[test]
fn tasks_are_differentiated_by_name() {
    let targets = "{shape: \"(4,)\", column_labels: [CTCF_1, DNASE, CTCF_2, H3K4me3]}";
    let (world, file) = world("{seq: {special_type: DNASeq, shape: \"(5, 4)\"}}", targets);
    world.write("model/model.yaml", world.read("model/model.yaml").replace("tasks: 1", "tasks: 4"));
    file.ranges("ranges", 5, &RANGES).one_hot("seq", 5, &RANGES);
    drop(file);
    for (tasks, filter) in [(&["DNASE"][..], "1"), (&["CTCF_*"], "[0:3:2]"), (&["3", "CTCF_2"], "[2:4]")] {
        differentiated(&world, &[&["-o", "named.tsv", "--tasks"], tasks].concat());
        differentiated(&world, &["-o", "filtered.tsv", "--filter", filter]);
        assert_eq!(numbers(&world, "named.tsv", "grads"), numbers(&world, "filtered.tsv", "grads"), "{tasks:?}");
        differentiated(&world, &["-o", "all.tsv"]);
        assert_ne!(numbers(&world, "named.tsv", "grads"), numbers(&world, "all.tsv", "grads"), "{tasks:?}");
    }
    let said = |more: &[&str]| refused(&world, more, 2);
    insta::assert_snapshot!(said(&["--tasks", "DNSAE"]), @"error: unknown task `DNSAE` (known: CTCF_1, DNASE, CTCF_2, H3K4me3); did you mean DNASE?");
    insta::assert_snapshot!(said(&["--tasks", "0,1,3"]), @"error: --tasks: CTCF_1, DNASE, H3K4me3 do not lie at equal distances in the output, so that no one gradient can be taken of them; run once for each");
}
