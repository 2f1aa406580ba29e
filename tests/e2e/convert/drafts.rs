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
    insta::assert_snapshot!(new(&case, &["--shape", "4,10"]), @"");
    assert_eq!(names(&case, "drafted"), ["dataloader.yaml", "model.onnx", "model.yaml"]);
    insta::assert_snapshot!(case.world.read("drafted/model.yaml"), @"");
    insta::assert_snapshot!(case.world.read("drafted/dataloader.yaml"), @"");
    let lint = case.world.run("model lint drafted", &[]);
    assert_eq!(lint.code, 0, "{lint:?}");
    assert!(lint.stdout.lines().all(|line| line.contains("is an open question")), "{lint:?}");
    let test = case.world.run("model test drafted --fasta genome.fa --intervals in.bed", &[]);
    assert_eq!(test.code, 0, "{test:?}");
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
    let case = with_graph("double_input.onnx");
    new(&case, &[]);
    let lint = case.world.run("model lint drafted", &[]);
    assert_eq!(lint.code, 0, "{lint:?}");
    insta::assert_snapshot!(case.world.read("drafted/dataloader.yaml"), @"");
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
    assert_eq!(names(&case, "d"), ["dataloader.yaml", "graph.onnx", "model.yaml"]);
    assert!(case.world.read("d/model.yaml").contains("file: \"graph.onnx\""));
    let again = case.world.run(args, &[]);
    assert_eq!(again.code, 2, "{again:?}");
    insta::assert_snapshot!(again.stderr, @"");
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
    insta::assert_snapshot!(refused(&["--from", "graph.onnx", "--shape", "5,10"], 2), @"");
    insta::assert_snapshot!(refused(&["--from", "graph.onnx", "--shape", "4,10", "--shape", "1"], 2), @"");
    insta::assert_snapshot!(refused(&["--from", "variants.vcf"], 1), @"");
    insta::assert_snapshot!(refused(&["--from", "absent.onnx"], 2), @"");
    case.world.write("weights.h5", b"\x89HDF\r\n\x1a\n");
    let keras = refused(&["--from", "weights.h5"], 1);
    assert!(keras.contains("is an HDF5 file, as Keras writes, not an ONNX file"), "{keras}");
}
