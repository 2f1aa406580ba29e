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
    assert_snapshot!(refused(2, "--regions chr1:401-500"), @"region `chr1:401-500` is outside chr1, which has 400 bases; are the coordinates from another genome?");
    assert_snapshot!(refused(2, "--regions chr7:1-10"), @"unknown contig in region `chr7:1-10` (the genome has chr1); write CHROM:START-END");
    case.world.write("beyond.bed", "chr1\t1\t5\nchr1\t500\t600\n");
    assert_snapshot!(refused(1, "-R beyond.bed"), @"beyond.bed:2: region `chr1:500-600` is outside chr1, which has 400 bases; are the coordinates from another genome?");
    case.world.write("other.bed", "chr1\t1\t5\nchr9\t5\t6\n");
    assert_snapshot!(refused(1, "-R other.bed"), @"other.bed:2: contig `chr9` is not in the genome (it has chr1)");
    assert_snapshot!(refused(2, "--regions chr1 --windows tiles:20"), @"tiles every 20 bases do not hold all bases between their centres, as windows have 4 bases before the centre and 5 behind it; give --windows tiles:10 or fewer bases");
    assert_snapshot!(refused(2, "--regions chr1 --windows tiles:8 --max-offset 3"), @"tiles every 8 bases leave variants up to 4 bases from the nearest centre, more than --max-offset 3; give --windows tiles:7 or fewer bases, or leave one of them out");
    assert_snapshot!(refused(2, "--regions chr1 --windows centered --max-offset 3"), @"--max-offset places tiles, and cannot be combined with --windows centered; leave it out");
    assert_snapshot!(refused(2, "--regions chr1 --centering 0"), @"tiles every 5 bases do not hold all bases between their centres, as windows have 0 bases before the centre and 9 behind it; give --windows tiles:2 or fewer bases");
    assert_snapshot!(refused(1, "--regions chr1:1-20 --edge error"), @"window chr1:-4-6 (0-based, half-open) extends beyond the contig, which has 400 bases; choose --edge skip or --edge pad");
    assert_snapshot!(refused(2, "--regions chr1 -o out/a.txt"), @"cannot write out/a.txt: its name must end in .vcf, .vcf.gz, .vcf.bgz, .bcf, .tsv, .tsv.gz, .tsv.bgz, .parquet, .pq, .pqt, .h5 or .hdf5");
}

#[test]
fn samples_that_are_no_windows_of_a_genome_are_refused() {
    let case = Case::new();
    assert_snapshot!(refused(&case, 2, "--regions chr1 --batch-file s.h5 -o out/s.tsv"), @"all SNVs of a stretch are read from a genome, but s.h5 holds the samples of another program; leave --batch-file out and give --fasta FILE");
    let intervals = "--regions chr1 --fasta genome.fa -o out/s.tsv --dataloader-args intervals_file=a.bed";
    assert_snapshot!(refused(&case, 2, intervals), @"all SNVs of a stretch are shown in tiles or in windows of their own, so that the dataloader's argument `intervals_file` is not used; name stretches with --regions-file FILE, and leave it out");
}

#[test]
fn a_loader_with_intervals_of_its_own_is_asked_about() {
    let case = Case::new();
    let description = case.world.read("model/dataloader.yaml");
    let own = "postprocessing:\n  variant_effects:\n    bed_input: []\n";
    case.world.write("model/dataloader.yaml", format!("{description}{own}"));
    let command = "--regions chr1:100-110 --fasta genome.fa -o out/s.tsv";
    assert_snapshot!(refused(&case, 2, command), @"the dataloader of this model reads intervals of its own and takes no others; give --windows tiles or --windows centered to place windows elsewhere all the same");
    for windows in ["tiles", "centered"] {
        let outcome = case.world.run(&format!("saturate model {command} --windows {windows}"), &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
}

#[test]
fn a_run_that_scores_nothing_says_so() {
    let world = usual_world();
    let warned = saturate(&world, "--regions chr1:98-103,chr1:1-2 -o none.tsv").stderr;
    assert_snapshot!(warned.lines().next().unwrap(), @"warning: none of 12 alleles was scored: 6 non_acgt, 6 window_outside_contig");
    assert_eq!(world.read("none.tsv").lines().count(), 1 + 6 + 2 * 3);
    let args = "saturate model --fasta genome.fa --regions chr1:98-103 -o failed.tsv --fail-if-empty";
    let failed = world.run(args, &[]);
    assert_eq!(failed.code, 1);
    assert_snapshot!(failed.stderr.trim(), @"error: none of 6 alleles was scored: 6 non_acgt");
    assert!(!world.path("failed.tsv").exists());
    world.write("empty.bed", "");
    saturate(&world, "-R empty.bed -o empty.tsv.gz -o empty.vcf");
}
