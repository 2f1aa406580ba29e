//! `model new`: drafts for graphs of tests/models.

use std::fs;

use kipos_tests::project;

use super::names;
use crate::case::Case;

/// A case with a graph of tests/models as `graph.onnx`.
fn with_graph(name: &str) -> Case {
    let case = Case::new();
    fs::copy(project().join("tests/models").join(name), case.world.path("graph.onnx")).unwrap();
    case.world.write("in.bed", "chr1\t100\t110\nchr1\t200\t210\n");
    case
}

fn new(case: &Case, more: &[&str]) -> String {
    let outcome = case.world.run("model new drafted --from graph.onnx", more);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
    outcome.stderr
}

#[test]
fn a_draft_leaves_only_questions() {
    let case = with_graph("channels_first.onnx");
    insta::assert_snapshot!(new(&case, &["--shape", "4,10"]), @r"
    wrote drafted/model.onnx, drafted/model.yaml, drafted/dataloader.yaml, drafted/example/made_up.fa, drafted/example/made_up.bed
    `kipos model lint drafted` lists what is still to be said
    ");
    assert_eq!(names(&case, "drafted"), ["dataloader.yaml", "example", "model.onnx", "model.yaml"]);
    insta::assert_snapshot!(case.world.read("drafted/model.yaml"), @r#"
    # A draft that kipos wrote for graph.onnx. Whatever is "?" only a person knows, and `kipos model lint` names it.
    type: onnx
    args:
      file: "model.onnx"
    default_dataloader: .
    info:
      authors: "?"  # as [{name: Ada Lovelace}, ...]
      license: "?"  # of the model and its weights, such as MIT
      doc: "?"  # what it predicts, and on which assembly of the genome it was trained
    schema:
      inputs:
        name: "seq"
        shape: "(4, None)"
        special_type: DNASeq
      targets:
        name: "y"
        shape: "(1,)"
    kipos:
      outputs:
        "y":
          scale: "?"  # what its numbers are: probability, logit, counts, log, log1p, log2 or profile_logits
    postprocessing:
      variant_effects:
        seq_input: ["seq"]
        use_rc: "?"  # whether predictions of both strands are merged
        scoring_functions: [{type: diff, default: true}]
    "#);
    insta::assert_snapshot!(case.world.read("drafted/dataloader.yaml"), @r#"
    # A draft that kipos wrote; see model.yaml.
    defined_as: kipoiseq.dataloaders.SeqIntervalDl
    args:  # the examples are for `kipos model test`: made up, until you name a genome and intervals of its
      fasta_file: {doc: the genome, example: example/made_up.fa}
      intervals_file: {doc: intervals of it, example: example/made_up.bed}
    default_args:
      auto_resize_len: 10  # the model reads any length; this one was tried
      alphabet_axis: 0
      dtype: np.float32
      ignore_targets: true
      neutral_value: "?"  # what N is in all four channels: 0, or 0.25, which is used until it is said
    "#);
    let lint = case.world.run("model lint drafted", &[]);
    assert_eq!(lint.code, 0, "{lint:?}");
    assert!(lint.stdout.lines().all(|line| line.contains("is an open question")), "{lint:?}");
    for args in ["model test drafted", "model test drafted --fasta genome.fa --intervals in.bed"] {
        let test = case.world.run(args, &[]);
        assert_eq!((test.code, test.stdout.contains("\n✓ variants ")), (0, true), "{test:?}");
    }
}

#[test]
fn a_draft_scores_as_a_description_by_hand_does() {
    let case = with_graph("channels_first.onnx");
    new(&case, &["--shape", "4,10"]);
    let by_hand = Case::onnx();
    let score = |case: &Case, model: &str| {
        let args = format!("score-variants {model} --vcf variants.vcf --fasta genome.fa -o out/s.tsv");
        let outcome = case.world.run(&args, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let table = case.world.read("out/s.tsv");
        table.lines().skip(1).map(|line| line.rsplit('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let scores = score(&case, "drafted");
    assert_eq!(scores.len(), 3);
    assert_eq!(scores, score(&by_hand, "model"));
}

#[test]
fn positions_fixed_lengths_and_several_inputs_are_drafted() {
    let case = with_graph("profile.onnx");
    new(&case, &[]);
    let text = case.world.read("drafted/model.yaml");
    assert!(text.contains("shape: \"(10, 4)\"") && text.contains("shape: \"(10, 2)\""), "{text}");
    let test = case.world.run("model test drafted", &[]);
    assert_eq!(test.code, 0, "{test:?}");
    // What scores make of positions is an open question.
    insta::assert_snapshot!(test.stdout.lines().last().unwrap(), @"- variants    not scored: score `diff` works task by task, but output `profile` of shape (10, 2) also has a position axis; make tasks of it with --reduce profile=mean (or sum, max, center:N), or choose a score that reads whole outputs");
    let case = with_graph("double_input.onnx");
    new(&case, &[]);
    let lint = case.world.run("model lint drafted", &[]);
    assert_eq!(lint.code, 0, "{lint:?}");
    insta::assert_snapshot!(case.world.read("drafted/dataloader.yaml"), @r#"
    # A draft that kipos wrote; see model.yaml.
    # No built-in dataloader gives these inputs: name the program that writes them to batch files.
    defined_as: "?"
    args: {}
    output_schema:
      inputs:
        - name: "a"
          shape: "(3,)"
        - name: "b"
          shape: "(3,)"
    "#);
    let case = with_graph("fixed_batch.onnx");
    new(&case, &[]);
    let case = with_graph("letters_i64.onnx");
    new(&case, &["--shape", "8,4"]);
    assert!(case.world.read("drafted/dataloader.yaml").contains("dtype: np.int64"));
}

#[test]
fn a_file_that_is_in_the_directory_stays_there() {
    let case = with_graph("channels_first.onnx");
    fs::create_dir(case.world.path("d")).unwrap();
    fs::rename(case.world.path("graph.onnx"), case.world.path("d/graph.onnx")).unwrap();
    let args = "model new d --from d/graph.onnx --shape 4,10";
    let outcome = case.world.run(args, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(names(&case, "d"), ["dataloader.yaml", "example", "graph.onnx", "model.yaml"]);
    assert!(case.world.read("d/model.yaml").contains("file: \"graph.onnx\""));
    let again = case.world.run(args, &[]);
    assert_eq!(again.code, 2, "{again:?}");
    insta::assert_snapshot!(again.stderr, @"error: d/dataloader.yaml exists, and would be replaced; move it away first");
}

#[test]
fn files_and_shapes_that_do_not_fit_are_refused() {
    let case = with_graph("channels_first.onnx");
    let refused = |more: &[&str], code: i32| {
        let outcome = case.world.run("model new drafted", more);
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert!(!case.world.path("drafted").exists());
        assert!(names(&case, "").iter().all(|name| !name.starts_with(".kipos")));
        case.redacted(outcome.stderr.trim_end())
    };
    insta::assert_snapshot!(refused(&["--from", "graph.onnx", "--shape", "5,10"], 2), @"error: input `seq` of graph.onnx has shape (4, None), so --shape (5, 10) does not fit; correct it");
    insta::assert_snapshot!(refused(&["--from", "graph.onnx", "--shape", "4,10", "--shape", "1"], 2), @"error: --shape is given 2 times, but graph.onnx has 1 input (seq)");
    insta::assert_snapshot!(refused(&["--from", "variants.vcf"], 1), @"error: plugin onnx: variants.vcf is a text file, not an ONNX file; export the model as ONNX");
    insta::assert_snapshot!(refused(&["--from", "absent.onnx"], 2), @"error: cannot read absent.onnx: No such file or directory (os error 2)");
    case.world.write("weights.h5", b"\x89HDF\r\n\x1a\n");
    insta::assert_snapshot!(refused(&["--from", "weights.h5"], 1), @"error: plugin onnx: weights.h5 is an HDF5 file, as Keras writes, not an ONNX file; convert it: kipos model convert weights.h5");
    for name in ["weights_beside.onnx", "weights_beside.numbers"] {
        fs::copy(project().join("tests/models").join(name), case.world.path(name)).unwrap();
    }
    insta::assert_snapshot!(refused(&["--from", "weights_beside.onnx", "--shape", "4,10"], 2), @"error: weights_beside.onnx does not run without the files beside it; put them all into drafted yourself, and name it there: --from drafted/weights_beside.onnx");
}
