//! Exit codes of runs that score nothing, and of runs whose report cannot be printed.

use std::fs::File;
use std::process::Stdio;

use super::{mismatched, run};
use crate::case::{Case, bases, snv, vcf};

/// The warnings and errors of a run.
fn said(stderr: &str) -> Vec<&str> {
    stderr.lines().filter(|line| line.starts_with("warning:") || line.starts_with("error:")).collect()
}

const FILE: &str = "score-variants model --vcf variants.vcf --fasta genome.fa -o out/scored.vcf";

#[test]
fn a_file_of_which_nothing_is_scored_is_a_warning() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &(mismatched(50) + &mismatched(60) + &snv(2))));
    let outcome = run(&case, FILE);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (alternate, genome) = (bases(50).1, bases(50).0);
    let expected = format!(
        "warning: none of 3 alleles was scored: 2 ref_mismatch, 1 window_outside_contig; of the first ref_mismatch, REF is \
         {alternate} at chr1:50, and the genome has {genome}"
    );
    assert_eq!(said(&outcome.stderr), [expected.as_str()], "{outcome:?}");
    let first = format!("  the first ref_mismatch: REF is {alternate} at chr1:50, and the genome has {genome}");
    assert!(outcome.stderr.lines().any(|line| line == first), "{outcome:?}");
    assert_eq!(case.outputs(), ["scored.vcf"]);
}

#[test]
fn on_request_it_is_an_error_that_writes_nothing() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &mismatched(50)));
    let sentence = case.refused(&["--fail-if-empty"]);
    let (genome, alternate) = bases(50);
    let expected = format!(
        "the only allele was not scored: 1 ref_mismatch; REF is {alternate} at chr1:50, and the genome has {genome}"
    );
    assert_eq!(sentence, expected);
    let mut kipoi = case.world.kipos();
    kipoi.args(["postproc", "score_variants", "model", "--dataloader_args", "fasta_file=genome.fa"]);
    kipoi.args(["-i", "variants.vcf", "-o", "out/scored.vcf", "--ref_mismatch", "skip", "--fail_if_empty"]);
    assert_eq!(case.refused(&mut kipoi), expected);
}

#[test]
fn a_file_without_alleles_is_none_of_which_nothing_is_scored() {
    let case = Case::new();
    for records in ["", "chr1\t50\t.\tA\t.\t.\t.\t.\n"] {
        case.world.write("variants.vcf", vcf("", records));
        let outcome = case.run(&["--fail-if-empty"]);
        assert_eq!((outcome.code, said(&outcome.stderr)), (0, vec![]), "{outcome:?}");
    }
    case.world.write("variants.vcf", vcf("", &(mismatched(50) + &snv(60))));
    let outcome = case.run(&["--fail-if-empty"]);
    assert_eq!((outcome.code, said(&outcome.stderr)), (0, vec![]), "{outcome:?}");
}

#[test]
fn a_variant_that_was_typed_must_be_scored() {
    let case = Case::new();
    let (genome, alternate) = bases(50);
    let swapped = format!("chr1:50:{alternate}:{genome}");
    let attempt = |variants: &[&str], command: &str| {
        let mut attempt = case.world.kipos();
        attempt.args(command.split(' ')).args(variants.iter().flat_map(|variant| ["--variant", variant]));
        attempt
    };
    let score = "score-variants model --fasta genome.fa -o out/scored.vcf";
    assert_eq!(
        case.refused(&mut attempt(&[&swapped], score)),
        format!(
            "the only allele was not scored: 1 ref_mismatch; REF is {alternate} at chr1:50, and the genome has {genome}"
        )
    );
    let (first, second) = bases(2);
    let outside = format!("chr1:2:{first}:{second}");
    let sentence = case.refused(&mut attempt(&[&swapped, &outside], score));
    assert!(
        sentence.starts_with("none of 2 alleles was scored: 1 ref_mismatch, 1 window_outside_contig; "),
        "{sentence}"
    );
    let map = "mutation-map model --fasta genome.fa -o out/maps.h5";
    assert_eq!(
        case.refused(&mut attempt(&[&outside], map)),
        "no window was mapped: all windows were skipped (1 window_outside_contig)"
    );
    let scored = format!("chr1:50:{genome}:{alternate}");
    let outcome = attempt(&[&outside, &scored], score).output().unwrap();
    assert_eq!(outcome.status.code(), Some(0), "{outcome:?}");
}

#[test]
fn maps_of_a_file_that_has_none_are_a_warning() {
    let case = Case::new();
    case.world.write("outside.vcf", vcf("", &snv(2)));
    let map = "mutation-map model --fasta genome.fa -R outside.vcf -o out/maps.h5";
    let outcome = run(&case, map);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let sentence = "no window was mapped: all windows were skipped (1 window_outside_contig)";
    assert_eq!(said(&outcome.stderr), [format!("warning: {sentence}")]);
    assert_eq!(case.outputs(), ["maps.h5"]);
    let mut failing = case.world.kipos();
    assert_eq!(case.refused(failing.args(map.split(' ')).arg("--fail-if-empty")), sentence);
}

#[test]
fn samples_of_which_none_is_predicted_are_a_warning() {
    let case = Case::new();
    case.world.write("in.bed", "chr1\t0\t2\n");
    let outcome = run(&case, "predict model --fasta genome.fa --intervals in.bed --edge skip -o out/p.tsv");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let expected = "warning: none of 1 samples was predicted: 1 window_outside_contig";
    assert_eq!(said(&outcome.stderr), [expected], "{outcome:?}");
}

#[test]
fn a_wrong_build_shows_the_first_disagreement() {
    let case = Case::new();
    let records: String = (50..150).map(mismatched).collect();
    case.world.write("variants.vcf", vcf("", &records));
    let sentence = case.refused(&[]);
    let (genome, alternate) = bases(50);
    let example = format!("; of the first, REF is {alternate} at chr1:50, and the genome has {genome}");
    assert!(
        sentence.starts_with("100 of the first 100 REF alleles disagree") && sentence.ends_with(&example),
        "{sentence}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_printed_fails_no_complete_run() {
    let case = Case::new();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    case.world.write("in.bed", "chr1\t100\t110\n");
    for command in [
        FILE,
        "mutation-map model --fasta genome.fa -r chr1:101-110 -o out/maps.h5",
        "predict model --fasta genome.fa --intervals in.bed -o out/p.tsv",
        "track out/maps.h5 -o out/t.bedgraph",
        "plot mutation-map out/maps.h5 -o out/m.svg",
    ] {
        for format in ["text", "json"] {
            let mut command = command.split(' ').fold(case.world.kipos(), |mut all, word| {
                all.arg(word);
                all
            });
            command.args(["--verbose", "--log-format", format]).stderr(full());
            assert_eq!(command.status().unwrap().code(), Some(0), "{command:?}");
        }
    }
    let written = case.outputs();
    let beside = |name: &&String| !name.ends_with(".provenance.json");
    let files: Vec<&String> = written.iter().filter(beside).collect();
    assert_eq!(files, ["m.svg", "maps.h5", "p.tsv", "scored.vcf", "t.bedgraph"]);
}
