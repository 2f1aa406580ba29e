//! Requests that cannot be met: a sentence before anything is written.

use kipos_tests::World;

use super::{COMMAND, layered};
use crate::stub_model::StubModel;

fn refused(world: &World, more: &[&str], code: i32) -> String {
    let outcome = world.run(COMMAND, more);
    assert_eq!(outcome.code, code, "{outcome:?}");
    assert!(!world.path("o.tsv").exists());
    outcome.stderr
}

#[test]
fn by_the_model() {
    let world = layered(StubModel::default());
    let message = |more: &[&str]| refused(&world, &[&["-o", "o.tsv"], more].concat(), 2);
    insta::assert_snapshot!(message(&["-l", "pool"]), @"error: plugin stub: unknown layer `pool` (known: products, trunk/pool, squash, codes, 0)");
    insta::assert_snapshot!(message(&["-l", "9"]), @"error: there is no layer 9: the model has 5, from 0 on; see `kipos model layers`");
    insta::assert_snapshot!(message(&["-f", "3"]), @"error: plugin stub: the filter [3] does not fit rows of shape [3]: on axis 0, index 3 is out of range: there are 3 elements");
    insta::assert_snapshot!(message(&["-f", "[0, 0, 0]", "-l", "squash"]), @"error: plugin stub: the filter [0, 0, 0] does not fit rows of shape [1]: it has 3 items for 1 axes; the batch axis is not counted");
    insta::assert_snapshot!(message(&["-l", "codes"]), @"error: plugin stub: gradients need a layer of float32 or float64 values, found int64");
    insta::assert_snapshot!(message(&["-l", "trunk/pool", "--call", "2"]), @"error: plugin stub: there is no call 2: the layer is called 2 times, from 0 on");
    insta::assert_snapshot!(message(&["--pre-nonlinearity"]), @"error: plugin stub: the layer has no nonlinearity, so nothing comes before it");
    let plain = super::super::world(StubModel::default(), "chr1\t100\t120\n");
    insta::assert_snapshot!(refused(&plain, &["-o", "o.tsv"], 2), @"error: the backend `stub` (plugin stub) does not compute gradients");
}

#[test]
fn by_the_command_line() {
    let world = layered(StubModel::default());
    insta::assert_snapshot!(refused(&world, &["-o", "o.bed"], 2), @"error: cannot write o.bed: BED cannot hold gradients; write .h5, .tsv or .parquet");
    insta::assert_snapshot!(refused(&world, &["-o", "o.vcf"], 2), @"error: cannot write o.vcf: its name must end in .tsv, .tsv.gz, .tsv.bgz, .bed, .bed.gz, .bed.bgz, .parquet, .pq, .pqt, .h5 or .hdf5");
    let usage = |more: &[&str]| {
        let text = refused(&world, &[&["-o", "o.tsv"], more].concat(), 2);
        text.split("\n\n").next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(usage(&["-l", "squash", "--final_layer"]), @"error: the argument '--layer <LAYER>' cannot be used with '--final-layer'");
    insta::assert_snapshot!(usage(&["-l", "squash", "--output-name", "out"]), @"error: the argument '--layer <LAYER>' cannot be used with '--output-name <NAME>'");
    insta::assert_snapshot!(usage(&["-f", "[1, x]"]), @r"
    error: invalid value '[1, x]' for '--filter <FILTER>': expected an integer, a slice such as 2:8, or ...
        [1, x]
            ^
    ");
    insta::assert_snapshot!(usage(&["-f", "-1"]), @r"
    error: invalid value '-1' for '--filter <FILTER>': only a non-negative integer may be written without brackets; put [ ] around it
        -1
        ^
    ");
    insta::assert_snapshot!(usage(&["-a", "mean"]), @r"
    error: invalid value 'mean' for '--reduce <HOW>'
      [possible values: sum, max, min, absmax]
    ");
    assert!(usage(&["--call", "1"]).contains("--layer <LAYER>"));
    assert!(usage(&["--final-layer", "--call", "1"]).contains("cannot be used with"));
}

#[test]
fn by_the_samples() {
    let world = layered(StubModel::default());
    // Labels are always written, so they must be numbers.
    world.write("in.bed", "chr1\t100\t105\tpeak\n");
    insta::assert_snapshot!(refused(&world, &["-o", "o.tsv"], 1), @"error: in.bed:1: column 4 is a label of type float64, found `peak`; correct it, choose another label_dtype, or ignore labels with ignore_targets=true");
    let outcome = world.run(COMMAND, &["-o", "o.tsv", "--dataloader-args", "ignore_targets=true"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}
