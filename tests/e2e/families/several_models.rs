//! Several MODEL arguments that are combined to one.

use insta::assert_snapshot;

use super::{scored, single};
use crate::annotated::without_provenance;
use crate::case::Case;

/// A case with three more models beside `model`: `folds/one`, `folds/two` and `folds/six`, which give as many times the formula.
fn folds() -> Case {
    let case = Case::new();
    for (name, factor) in [("one", 1), ("two", 2), ("six", 6)] {
        let yaml = case.world.read("model/model.yaml").replace("{tasks: 1}", "{tasks: 1, file: weights.txt}");
        case.world.write(&format!("folds/{name}/model.yaml"), yaml);
        case.world.write(&format!("folds/{name}/dataloader.yaml"), case.world.read("model/dataloader.yaml"));
        case.world.write(&format!("folds/{name}/weights.txt"), format!("factor {factor}\n"));
    }
    case.world.write("in.bed", "chr1\t100\t110\nchr1\t200\t210\n");
    case
}

const SCORE: &str =
    "score-variants folds/one folds/two folds/six --vcf variants.vcf --fasta genome.fa -o out/scored.vcf";

fn run(case: &Case, command: &str) -> String {
    let outcome = case.world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
    outcome.stderr
}

fn misused(case: &Case, command: &str) -> String {
    case.misused(case.world.kipos().args(command.split_whitespace()))
}

#[test]
fn models_are_combined_under_the_name_of_their_directory() {
    let case = folds();
    for (combine, factor) in [("mean", 3.0), ("median", 2.0)] {
        let told = run(&case, &format!("{SCORE} --combine {combine}"));
        assert!(told.contains(&format!("\n  3 members, {combine}: `out` as they are\n")), "{told}");
        let found = without_provenance(&case.world.read("out/scored.vcf"));
        assert_eq!(found, scored(&single(factor, ""), &["--model-name", "folds"]), "{combine}");
    }
    run(&case, &format!("{SCORE} --combine mean --model-name mine"));
    let named = case.world.read("out/scored.vcf");
    assert!(named.contains("KV_mine_DIFF="), "{named}");
    for name in ["one", "two", "six"] {
        assert!(named.contains(&format!(r#""{name}":{{"model.yaml":"sha256:"#)), "{named}");
    }
}

#[test]
fn other_commands_take_several_models() {
    let case = folds();
    for command in [
        "predict MODELS --fasta genome.fa --intervals in.bed -o out/p.tsv",
        "mutation-map MODELS --fasta genome.fa --regions chr1:21-40 -s diff -o out/p.tsv",
    ] {
        run(&case, &command.replace("MODELS", "folds/one folds/two folds/six --combine mean"));
        let found = case.world.read("out/p.tsv");
        let single = single(3.0, "");
        run(&single, &command.replace("MODELS", "model"));
        assert_eq!(found.replace("folds", "model"), single.world.read("out/p.tsv"), "{command}");
    }
}

#[test]
fn what_is_missing_or_differs_is_named() {
    let case = folds();
    assert_snapshot!(misused(&case, SCORE), @"3 models are given: --combine mean or --combine median makes one of them; to score them side by side, give the VCF that one run writes to the next as --vcf");
    let apart = SCORE.replace("folds/one", "model");
    assert_snapshot!(misused(&case, &format!("{apart} --combine mean")), @"the models are in different directories, so that the family has no name; give --model-name");
    run(&case, &format!("{apart} --combine mean --model-name mine"));
    std::fs::remove_file(case.world.path("out/scored.vcf")).unwrap();
    case.spoil("folds/two/model.yaml", "shape: \"(1,)\"", "shape: \"(2,)\"");
    assert_snapshot!(misused(&case, &format!("{SCORE} --combine mean")), @"folds/two cannot be combined with folds/one: its output `out` has shape (2,) instead of (1,)");
    case.spoil("folds/two/model.yaml", "shape: \"(2,)\"", "shape: \"(1,)\"");
    case.world.write("folds/two/weights.txt", "factor 2\ntasks 3\n");
    let refused = case.refused(case.world.kipos().args(format!("{SCORE} --combine mean").split_whitespace()));
    assert_snapshot!(refused, @"folds/two cannot be combined with folds/one: its output `out` has shape (3) instead of (1); members of a family must take and give the same arrays");
}
