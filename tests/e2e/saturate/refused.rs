//! What cannot be scored, and what has no score.

use insta::assert_snapshot;

use super::{saturate, usual_world};
use crate::case::Case;

/// What is said of a run that must fail, and leaves nothing.
fn refused(case: &Case, code: i32, args: &str) -> String {
    let mut command = case.world.kipos();
    command.args(["saturate", "model"]).args(args.split_whitespace());
    match code {
        2 => case.misused(&mut command),
        _ => case.refused(&mut command),
    }
}

#[test]
fn stretches_and_windows_that_cannot_be_are_explained() {
    let case = Case::new();
    let refused = |code, args: &str| refused(&case, code, &format!("--fasta genome.fa -o out/s.tsv {args}"));
    assert_snapshot!(refused(2, "--regions chr1:401-500"), @"");
    assert_snapshot!(refused(2, "--regions chr7:1-10"), @"");
    case.world.write("beyond.bed", "chr1\t1\t5\nchr1\t500\t600\n");
    assert_snapshot!(refused(1, "-R beyond.bed"), @"");
    case.world.write("other.bed", "chr1\t1\t5\nchr9\t5\t6\n");
    assert_snapshot!(refused(1, "-R other.bed"), @"");
    assert_snapshot!(refused(2, "--regions chr1 --windows tiles:20"), @"");
    assert_snapshot!(refused(2, "--regions chr1 --windows tiles:8 --max-offset 3"), @"");
    assert_snapshot!(refused(2, "--regions chr1 --windows centered --max-offset 3"), @"");
    assert_snapshot!(refused(2, "--regions chr1 --centering 0"), @"");
    assert_snapshot!(refused(1, "--regions chr1:1-20 --edge error"), @"");
    assert_snapshot!(refused(2, "--regions chr1 -o out/a.txt"), @"");
}

#[test]
fn samples_that_are_no_windows_of_a_genome_are_refused() {
    let case = Case::new();
    assert_snapshot!(refused(&case, 2, "--regions chr1 --batch-file s.h5 -o out/s.tsv"), @"");
    let intervals = "--regions chr1 --fasta genome.fa -o out/s.tsv --dataloader-args intervals_file=a.bed";
    assert_snapshot!(refused(&case, 2, intervals), @"");
}

#[test]
fn a_loader_with_intervals_of_its_own_is_asked_about() {
    let case = Case::new();
    let description = case.world.read("model/dataloader.yaml");
    let own = "postprocessing:\n  variant_effects:\n    bed_input: []\n";
    case.world.write("model/dataloader.yaml", format!("{description}{own}"));
    let command = "--regions chr1:100-110 --fasta genome.fa -o out/s.tsv";
    assert_snapshot!(refused(&case, 2, command), @"");
    for windows in ["tiles", "centered"] {
        let outcome = case.world.run(&format!("saturate model {command} --windows {windows}"), &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
}

#[test]
fn a_run_that_scores_nothing_says_so() {
    let world = usual_world();
    let warned = saturate(&world, "--regions chr1:98-103,chr1:1-2 -o none.tsv").stderr;
    assert_snapshot!(warned.lines().next().unwrap(), @"");
    assert_eq!(world.read("none.tsv").lines().count(), 1 + 6 + 2 * 3);
    let args = "saturate model --fasta genome.fa --regions chr1:98-103 -o failed.tsv --fail-if-empty";
    let failed = world.run(args, &[]);
    assert_eq!(failed.code, 1);
    assert_snapshot!(failed.stderr.trim(), @"");
    assert!(!world.path("failed.tsv").exists());
    world.write("empty.bed", "");
    saturate(&world, "-R empty.bed -o empty.tsv.gz -o empty.vcf");
}
