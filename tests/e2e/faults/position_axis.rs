//! Outputs whose positions stand on either axis: (3, 16) and (16, 3).

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World, fault};

use super::right_values::{RightValues, assert_column};
use crate::table::Table;

const RIGHT: &str = include_str!("../../faults/position-axis/right_values.tsv");
const REDUCTIONS: [&str; 5] = ["sum", "mean", "max", "center:4", "center:3"];
const SAID: &str = "kipos: {outputs: {y: {position_axis: AXIS}}}";

/// A model of `graph` with a target of this shape, described further by `target`, and more keys of model.yaml.
fn world(graph: &str, shape: &str, target: &str, keys: &str) -> World {
    let world = World::new();
    let folder = fault("position-axis");
    world.write("model/model.onnx", fs::read(folder.join(format!("{graph}.onnx"))).unwrap());
    world.write("genome.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("in.vcf", fs::read(folder.join("in.vcf")).unwrap());
    world.write(
        "model/model.yaml",
        format!(
            "\
type: onnx
args: {{file: model.onnx}}
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args: {{auto_resize_len: 20, alphabet_axis: 0}}
info: {{doc: a convolution}}
schema:
  inputs: {{name: seq, special_type: DNASeq, shape: \"(4, 20)\", doc: DNA}}
  targets: {{name: y, shape: \"{shape}\", doc: a profile{target}}}
{keys}
"
        ),
    );
    world
}

/// Both layouts of a network: the graph, the shape of its output and the axis of positions.
fn layouts(kind: &str) -> [(String, &'static str, &'static str); 2] {
    let [first, last] = if kind == "same" { ["(3, 20)", "(20, 3)"] } else { ["(3, 16)", "(16, 3)"] };
    [(format!("first_{kind}"), first, "1"), (format!("last_{kind}"), last, "0")]
}

fn run(world: &World, more: &[&str]) -> Outcome {
    world.run("score-variants model --vcf in.vcf --fasta genome.fa -o scores.tsv", more)
}

fn table(world: &World, more: &[&str]) -> Table {
    let outcome = run(world, more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    Table::parse(&world.read("scores.tsv"))
}

/// The error of a command that ends with this exit code.
fn error(outcome: &Outcome, code: i32) -> &str {
    assert_eq!(outcome.code, code, "{outcome:?}");
    outcome.stderr.trim_end().strip_prefix("error: ").unwrap()
}

/// Compares every reduction with NumPy's; `more` are further flags.
fn check(world: &World, network: &str, labels: [&str; 3], more: &[&str]) {
    let right = RightValues::parse(RIGHT);
    for reduction in REDUCTIONS {
        let table = table(world, &[&["--reduce", reduction], more].concat());
        assert_eq!(table.scores(), labels.map(|label| format!("diff/{label}")), "{reduction}");
        for (channel, label) in labels.into_iter().enumerate() {
            let expected = right.column(network, &format!("{reduction}/{channel}"));
            assert_column(&table.column(&format!("diff/{label}")), &expected, reduction);
        }
    }
}

const NUMBERS: [&str; 3] = ["0", "1", "2"];

#[test]
fn the_description_names_the_axis() {
    for (graph, shape, axis) in layouts("fixed") {
        check(&world(&graph, shape, "", &SAID.replace("AXIS", axis)), "valid", NUMBERS, &[]);
    }
}

#[test]
fn a_flag_names_the_axis_and_wins_over_the_description() {
    for (graph, shape, axis) in layouts("fixed") {
        let wrong = if axis == "0" { "1" } else { "0" };
        let world = world(&graph, shape, "", &SAID.replace("AXIS", wrong));
        check(&world, "valid", NUMBERS, &["--position-axis", axis]);
        check(&world, "valid", NUMBERS, &["--position-axis", &format!("y={axis}")]);
    }
}

#[test]
fn labels_tell_the_tasks() {
    for (graph, shape, _) in layouts("fixed") {
        check(&world(&graph, shape, ", column_labels: [a, b, c]", ""), "valid", ["a", "b", "c"], &[]);
    }
}

#[test]
fn a_graph_of_any_length_shows_the_axis() {
    for (graph, shape, _) in layouts("free") {
        check(&world(&graph, shape, "", ""), "valid", NUMBERS, &[]);
    }
}

#[test]
fn an_axis_as_long_as_the_sequence_holds_the_positions() {
    for (graph, shape, _) in layouts("same") {
        check(&world(&graph, shape, "", ""), "same", NUMBERS, &[]);
    }
}

#[test]
fn what_nothing_tells_is_refused_with_the_line_to_add() {
    for (graph, shape, axis) in layouts("fixed") {
        let ambiguous = world(&graph, shape, "", "");
        let outcome = run(&ambiguous, &["--reduce", "max"]);
        let sentence = error(&outcome, 2);
        if axis == "1" {
            assert_snapshot!(sentence, @"--reduce y=max: it is unknown which axis of output `y`, of shape (3, 16), holds the positions, 0 or 1; say so with --position-axis y=N, or in model.yaml with `kipos: {outputs: {y: {position_axis: N}}}`");
        }
        assert!(!ambiguous.path("scores.tsv").exists());
        // The line, with the axis filled in, is what was missing.
        let line = sentence.split('`').find(|part| part.starts_with("kipos: ")).unwrap();
        check(&world(&graph, shape, "", &line.replace('N', axis)), "valid", NUMBERS, &[]);
        let map = ambiguous.run("mutation-map model --fasta genome.fa -o maps.h5 -r chr1:111-130 --reduce max", &[]);
        assert_eq!(error(&map, 2), sentence);
    }
}

#[test]
fn maps_are_made_of_the_same_tasks() {
    let right = RightValues::parse(RIGHT);
    for (graph, shape, axis) in layouts("fixed") {
        let world = world(&graph, shape, "", "");
        for reduction in REDUCTIONS {
            let more = ["--reduce", reduction, "--position-axis", axis];
            let outcome = world.run("mutation-map model --fasta genome.fa -o maps.h5 -R in.vcf", &more);
            assert_eq!(outcome.code, 0, "{outcome:?}");
            let file = hdf5::File::open(world.path("maps.h5")).unwrap();
            for (number, line) in fs::read_to_string(fault("position-axis").join("in.vcf"))
                .unwrap()
                .lines()
                .filter(|line| !line.starts_with('#'))
                .enumerate()
            {
                let alt = line.split('\t').nth(4).unwrap();
                let row = "ACGT".find(alt).unwrap();
                for task in NUMBERS {
                    let place = format!("_list_{number}/seq/diff/{task}/mutation_map");
                    let map: Vec<f32> = file.dataset(&place).unwrap().read_raw().unwrap();
                    let found = map[row * 20 + 9].to_string();
                    let expected = right.column("valid", &format!("{reduction}/{task}"))[number];
                    assert_column(&[&found], &[expected], &format!("{place} {reduction}"));
                }
            }
        }
    }
}

#[test]
fn scores_of_whole_outputs_see_what_is_reduced() {
    let right = RightValues::parse(RIGHT);
    for (graph, shape, axis) in layouts("fixed") {
        let world = world(&graph, shape, "", &SAID.replace("AXIS", axis));
        world.install("whole_outputs");
        for reduction in REDUCTIONS {
            let table = table(&world, &["--scores", "moment", "--reduce", reduction]);
            let tasks = NUMBERS.map(|task| right.column("valid", &format!("{reduction}/{task}")));
            let moment = |at: usize| tasks[0][at] + 2.0 * tasks[1][at] + 3.0 * tasks[2][at];
            let expected: Vec<f64> = (0..tasks[0].len()).map(moment).collect();
            assert_column(&table.column("moment/y[3]"), &expected, reduction);
        }
        // Without a reduction, the output comes as it is.
        let names = table(&world, &["--scores", "moment"]);
        assert_eq!(names.scores(), [format!("moment/y{}", shape.replace('(', "[").replace(')', "]"))]);
    }
}

#[test]
fn sequences_do_not_depend_on_outputs() {
    let (graph, shape, _) = &layouts("fixed")[0];
    let world = world(graph, shape, "", "");
    let args = "score-variants model --vcf in.vcf --fasta genome.fa --write-sequences seq.h5";
    let outcome = world.run(args, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let outcome = world.run(args, &["--position-axis", "1"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("cannot be used with"), "{outcome:?}");
}

#[test]
fn a_misspelt_key_is_an_error() {
    let (graph, shape, _) = &layouts("fixed")[0];
    let world = world(graph, shape, "", "kipos: {outputs: {y: {positon_axis: 1}}}");
    let outcome = run(&world, &["--reduce", "max"]);
    assert_snapshot!(error(&outcome, 1), @"model/model.yaml:10: unknown key `kipos.outputs.y.positon_axis` (did you mean `position_axis`?)");
    let outcome = world.run("model lint model", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stdout.contains("unknown key `kipos.outputs.y.positon_axis`"), "{outcome:?}");
}

#[test]
fn an_axis_that_does_not_exist_is_an_error() {
    let (graph, shape, _) = &layouts("fixed")[0];
    let outcome = run(&world(graph, shape, "", ""), &["--reduce", "max", "--position-axis", "2"]);
    assert_snapshot!(error(&outcome, 2), @"--position-axis y=2: the output has shape (3, 16) without the batch axis; axes are numbered from 0");
}
