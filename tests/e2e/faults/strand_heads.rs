//! Heads of either strand, which change places on the reverse complement, and profiles, which run the other way there.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World, fault};

use super::right_values::{RightValues, assert_column};
use crate::annotated::without_provenance;
use crate::case::Case;
use crate::table::Table;

const RIGHT: &str = include_str!("../../faults/strand-heads/right_values.tsv");
const REDUCTIONS: [&str; 4] = ["sum", "mean", "max", "center:3"];
/// How both strands become one, as flags.
const KINDS: [(&str, &str); 2] =
    [("score", "diff={rc_merging: max}"), ("prediction", "diff={rc_merging: max, rc_on: prediction}")];

const FIRST: &str = "{profile: {shape: \"(2, 20)\", column_labels: [plus, minus], doc: coverage}, \
                     counts: {shape: \"(2,)\", column_labels: [plus, minus], doc: totals}}";
const APART: &str = "{pos: {shape: \"(20,)\", doc: coverage}, neg: {shape: \"(20,)\", doc: coverage}}";
const APART_SAID: &str =
    "kipos: {swap_outputs: [[pos, neg]], outputs: {pos: {position_axis: 0}, neg: {position_axis: 0}}}";

/// What model.yaml says of a profile and its counts.
fn said(axis: usize) -> String {
    format!(
        "kipos:\n  outputs:\n    profile: {{position_axis: {axis}, strands: {{swap: [[plus, minus]]}}}}\n    counts: \
         {{strands: {{swap: [[0, 1]]}}}}"
    )
}

/// A model of `graph` with these targets, and more keys of model.yaml.
fn world(graph: &str, targets: &str, keys: &str) -> World {
    let world = World::new();
    let folder = fault("strand-heads");
    world.write("model/model.onnx", fs::read(folder.join(format!("{graph}.onnx"))).unwrap());
    world.write("model/genome.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("model/windows.bed", "chr1\t100\t120\nchr1\t200\t220\n");
    world.write("in.vcf", fs::read(folder.join("in.vcf")).unwrap());
    world.write(
        "model/dataloader.yaml",
        "\
defined_as: kipoiseq.dataloaders.SeqIntervalDl
default_args: {auto_resize_len: 20, alphabet_axis: 0}
args:
  intervals_file: {doc: windows, example: windows.bed}
  fasta_file: {doc: genome, example: genome.fa}
",
    );
    world.write(
        "model/model.yaml",
        format!(
            "\
type: onnx
args: {{file: model.onnx}}
default_dataloader: .
info: {{authors: [{{name: kipos}}], doc: stranded coverage}}
schema:
  inputs: {{name: seq, special_type: DNASeq, shape: \"(4, 20)\", doc: DNA}}
  targets: {targets}
postprocessing:
  variant_effects: {{seq_input: [seq], use_rc: true, scoring_functions: [{{type: diff, default: true}}]}}
{keys}
"
        ),
    );
    world
}

/// Both layouts of profile and counts, described in full.
fn layouts() -> [World; 2] {
    let last = FIRST.replace("(2, 20)", "(20, 2)");
    [world("first", FIRST, &said(1)), world("last", &last, &said(0))]
}

fn run(world: &World, more: &[&str]) -> Outcome {
    world.run("score-variants model --vcf in.vcf --fasta model/genome.fa -o scores.tsv", more)
}

fn table(world: &World, more: &[&str]) -> Table {
    let outcome = run(world, more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
    Table::parse(&world.read("scores.tsv"))
}

/// The error of a command that ends with this exit code.
fn error(outcome: &Outcome, code: i32) -> &str {
    assert_eq!(outcome.code, code, "{outcome:?}");
    outcome.stderr.trim_end().strip_prefix("error: ").unwrap()
}

fn warning(outcome: &Outcome) -> &str {
    let mut warnings = outcome.stderr.lines().filter_map(|line| line.strip_prefix("warning: "));
    let warning = warnings.next().unwrap_or_else(|| panic!("{outcome:?}"));
    assert_eq!(warnings.next(), None, "{outcome:?}");
    warning
}

#[test]
fn both_strands_are_read_alike() {
    let right = RightValues::parse(RIGHT);
    for world in layouts() {
        for reduction in REDUCTIONS {
            for (kind, kwargs) in KINDS {
                let reduce = format!("profile={reduction}");
                let table = table(&world, &["--reduce", &reduce, "--score-kwargs", kwargs]);
                for strand in ["plus", "minus"] {
                    let profile = right.column(&format!("profile {reduction} {kind}"), strand);
                    assert_column(&table.column(&format!("diff/profile.{strand}")), &profile, &reduce);
                    let counts = right.column(&format!("counts {kind}"), strand);
                    assert_column(&table.column(&format!("diff/counts.{strand}")), &counts, "counts");
                }
            }
        }
    }
}

#[test]
fn whole_outputs_change_places() {
    let right = RightValues::parse(RIGHT);
    let world = world("apart", APART, APART_SAID);
    for reduction in REDUCTIONS {
        for (kind, kwargs) in KINDS {
            let reduce = [format!("pos={reduction}"), format!("neg={reduction}")];
            let table = table(&world, &["--reduce", &reduce[0], "--reduce", &reduce[1], "--score-kwargs", kwargs]);
            for (output, strand) in [("pos", "plus"), ("neg", "minus")] {
                let expected = right.column(&format!("profile {reduction} {kind}"), strand);
                assert_column(&table.column(&format!("diff/{output}.0")), &expected, reduction);
            }
        }
    }
}

#[test]
fn a_chosen_task_is_read_on_the_other_strand_too() {
    let right = RightValues::parse(RIGHT);
    for world in layouts() {
        let more = ["--reduce", "profile=center:3", "--tasks", "profile.minus", "--score-kwargs", KINDS[1].1];
        let table = table(&world, &more);
        assert_eq!(table.scores(), ["diff/profile.minus"]);
        let expected = right.column("profile center:3 prediction", "minus");
        assert_column(&table.column("diff/profile.minus"), &expected, "minus");
    }
}

#[test]
fn the_batch_size_does_not_matter() {
    let [world, _] = layouts();
    // Not the counts, of which ONNX Runtime rounds the logarithm differently in other batches.
    let profile = ["--tasks", "profile.plus", "profile.minus", "--reduce", "profile=center:3"];
    let more = ["--score-kwargs", KINDS[1].1, "--batch-size"];
    let rows = ["1", "3", "7", "64"].map(|size| table(&world, &[&profile[..], &more, &[size]].concat()).rows);
    assert!(rows.iter().all(|other| *other == rows[0]), "{rows:?}");
}

#[test]
fn maps_read_both_strands_alike() {
    let right = RightValues::parse(RIGHT);
    for world in layouts() {
        let more = ["--reduce", "profile=center:3", "--score-kwargs", KINDS[1].1];
        let outcome = world.run("mutation-map model --fasta model/genome.fa -o maps.h5 -r chr1:111-130", &more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let file = hdf5::File::open(world.path("maps.h5")).unwrap();
        for strand in ["plus", "minus"] {
            let place = format!("_list_0/seq/diff/profile.{strand}/mutation_map");
            let map: Vec<f32> = file.dataset(&place).unwrap().read_raw().unwrap();
            for (row, base) in ["A", "C", "G", "T"].into_iter().enumerate() {
                let found: Vec<String> = map[row * 20..(row + 1) * 20].iter().map(ToString::to_string).collect();
                let found: Vec<&str> = found.iter().map(String::as_str).collect();
                assert_column(&found, &right.column(&format!("map {base}"), strand), &place);
            }
        }
    }
}

#[test]
fn scores_of_whole_outputs_see_both_strands_in_one_order() {
    let [_, world] = layouts();
    world.install("whole_outputs");
    let both = ["--scores", "moment", "--score-kwargs", "moment={both_strands: true}"];
    let expected = RightValues::parse(RIGHT).column("moment", "plus");
    assert_column(&table(&world, &both).column("moment/profile[20, 2]"), &expected, "moment");
}

#[test]
fn one_strand_is_read_as_it_is() {
    let [world, _] = layouts();
    let more = ["--reduce", "profile=center:3", "--use-rc", "false"];
    let said = table(&world, &more).rows;
    let text = world.read("model/model.yaml").replace("swap: [[plus, minus]]", "swap: []").replace("[[0, 1]]", "[]");
    world.write("model/model.yaml", text);
    assert_eq!(table(&world, &more).rows, said);
    // On both strands it does matter.
    let both = ["--reduce", "profile=center:3"];
    let kept = table(&world, &both).rows;
    assert_ne!(table(&layouts()[0], &both).rows, kept);
}

#[test]
fn a_description_that_says_nothing_is_warned_about() {
    let world_of_labels = world(
        "first",
        &FIRST.replace("counts: {shape: \"(2,)\", column_labels: [plus, minus]", "counts: {shape: \"(2,)\""),
        "",
    );
    let outcome = run(&world_of_labels, &["--reduce", "profile=sum"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_snapshot!(warning(&outcome), @"tasks `plus` and `minus` of output `profile` look like the two strands, which change places on the reverse complement, but model.yaml does not say so; add `kipos: {outputs: {profile: {strands: {swap: [[plus, minus]]}}}}`, or `swap: []` there if they keep their places");
    let tested = world_of_labels.run("model test model", &[]);
    assert_eq!(tested.code, 0, "{tested:?}");
    assert!(tested.stdout.contains(warning(&outcome)), "{tested:?}");
    // On one strand there is nothing to say.
    assert!(!run(&world_of_labels, &["--reduce", "profile=sum", "--use-rc", "false"]).stderr.contains("warning"));
    let map = "mutation-map model --fasta model/genome.fa -o maps.h5 -r chr1:111-130 --reduce profile=sum";
    assert_eq!(warning(&world_of_labels.run(map, &[])), warning(&outcome));

    let outputs = world("apart", APART, "kipos: {outputs: {pos: {position_axis: 0}, neg: {position_axis: 0}}}");
    let outcome = run(&outputs, &["--reduce", "pos=sum", "--reduce", "neg=sum"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_snapshot!(warning(&outcome), @"outputs `pos` and `neg` look like the two strands, which change places on the reverse complement, but model.yaml does not say so; add `kipos: {swap_outputs: [[pos, neg]]}`, or `swap_outputs: []` there if they keep their places");
    assert!(outputs.run("model test model", &[]).stdout.contains(warning(&outcome)));
    // Nor is there once the description says it.
    for world in layouts().into_iter().chain([world("apart", APART, APART_SAID)]) {
        let tested = world.run("model test model", &[]);
        assert_eq!(tested.code, 0, "{tested:?}");
        assert!(!tested.stdout.contains("strands"), "{tested:?}");
    }
}

#[test]
fn what_depends_on_the_order_needs_the_axis() {
    // Found by its length, which says enough for one strand.
    let world = world(
        "first",
        FIRST,
        "kipos: {outputs: {profile: {strands: {swap: [[0, 1]]}}, counts: {strands: {swap: [[0, 1]]}}}}",
    );
    world.install("whole_outputs");
    let off_centre = ["--reduce", "profile=center:3", "--score-kwargs", KINDS[0].1];
    let outcome = run(&world, &off_centre);
    assert_snapshot!(error(&outcome, 2), @"--reduce profile=center:3: the scores read both strands, but 3 of 20 positions cannot be centered; give N that is even, name the axis of positions with --position-axis profile=1, or give --use-rc false");
    let whole = run(&world, &["--scores", "moment", "--score-kwargs", "moment={both_strands: true}"]);
    assert_snapshot!(error(&whole, 2), @"the scores read both strands, and the positions of output `profile` run the other way on the reverse complement, but their axis is unknown; name it with --position-axis profile=N, or in model.yaml with `kipos: {outputs: {profile: {position_axis: N}}}`, make tasks of it with --reduce profile=mean (or sum, max), or give --use-rc false");
    let table = table(&world, &[&off_centre[..], &["--position-axis", "profile=1"]].concat());
    let expected = RightValues::parse(RIGHT).column("profile center:3 score", "plus");
    assert_column(&table.column("diff/profile.plus"), &expected, "plus");
}

#[test]
fn tasks_that_change_places_must_exist() {
    let world = world("first", FIRST, "kipos: {outputs: {counts: {strands: {swap: [[0, 2]]}}}}");
    let outcome = run(&world, &["--reduce", "profile=sum"]);
    assert_snapshot!(error(&outcome, 1), @"model.yaml lets task 2 of output `counts` change places, but it has 2 tasks, numbered from 0; correct `strands` in `kipos.outputs.counts`");
    let tested = world.run("model test model", &[]);
    assert_eq!(tested.code, 1, "{tested:?}");
    assert!(tested.stdout.contains(error(&outcome, 1)), "{tested:?}");
}

#[test]
fn a_backend_that_evaluates_edits_is_read_alike() {
    let case = Case::new();
    case.spoil("model/model.yaml", "args: {tasks: 1}", "args: {as_described: true}");
    let target = "{name: out, shape: \"(9, 2)\", column_labels: [plus, minus]}";
    case.spoil("model/model.yaml", "targets: {name: out, shape: \"(1,)\"}", &format!("targets: {target}"));
    let text = case.world.read("model/model.yaml");
    case.world.write(
        "model/model.yaml",
        format!("{text}kipos: {{outputs: {{out: {{position_axis: 0, strands: {{swap: [[plus, minus]]}}}}}}}}\n"),
    );
    let more = ["--use-rc", "--reduce", "center:4", "--scores", "diff", "ref", "alt"];
    let scored = || without_provenance(&case.scored(&more));
    let expected = scored();
    case.spoil("model/model.yaml", "as_described: true", "as_described: true, edits: true");
    assert_eq!(scored(), expected);
    case.spoil("model/model.yaml", "swap: [[plus, minus]]", "swap: []");
    assert_ne!(scored(), expected);
}
