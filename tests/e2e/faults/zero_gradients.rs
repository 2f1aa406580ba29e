//! Gradients that are zero whatever a model reads: the sum of a softmax over its classes.

use std::fs;

use kipos_tests::{World, fault};

/// The warnings of `kipos gradient` with more arguments.
fn warnings(more: &[&str]) -> Vec<String> {
    let world = World::new();
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("in.bed", fs::read(fault("batch-mixing").join("in.bed")).unwrap());
    for file in ["model.yaml", "softmax.onnx"] {
        world.write(&format!("model/{file}"), fs::read(fault("zero-gradients").join(file)).unwrap());
    }
    let outcome = world.run("gradient model --fasta g.fa --intervals in.bed -o out.h5", more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome.stderr.lines().filter_map(|line| line.strip_prefix("warning: ")).map(str::to_owned).collect()
}

#[test]
fn the_sum_of_all_classes_is_said_to_have_none() {
    for batch_size in ["1", "2", "32"] {
        let said = warnings(&["--batch-size", batch_size]);
        assert_eq!(said.len(), 1, "{said:?}");
        // What rounding leaves depends on the machine, and may be nothing.
        let rounding =
            said[0].split_once(" but for rounding (at most ").and_then(|(_, end)| Some(end.split_once(')')?.0));
        let rounding = rounding.map(|largest| format!(" but for rounding (at most {largest})")).unwrap_or_default();
        assert_eq!(
            said[0].replace(&rounding, ""),
            "output `prob`: the gradients of all 3 samples are zero; the sum of all classes of a softmax never changes, and a rectifier \
             that is off passes nothing; choose single elements with --filter, or differentiate with --pre-nonlinearity"
        );
    }
    // A slice that holds all classes is the same.
    assert_eq!(warnings(&["--filter", "[0:3]"]).len(), 1);
}

#[test]
fn other_gradients_of_the_same_model_are_not() {
    for more in [&["--filter", "0"][..], &["--filter", "[0:2]"], &["--pre-nonlinearity"], &["--reduce", "max"]] {
        assert_eq!(warnings(more), [""; 0], "{more:?}");
    }
}
