//! Command lines that are typed wrongly: exit code 2.

use insta::assert_snapshot;

use crate::case::Case;

/// The first line of what is said about a case with more arguments.
fn refused(more: &[&str]) -> String {
    let case = Case::new();
    let outcome = case.run(more);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{outcome:?}");
    assert_eq!(case.outputs(), [""; 0]);
    outcome.stderr.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn an_unknown_flag() {
    assert_snapshot!(refused(&["--batchsize", "3"]), @"error: unexpected argument '--batchsize' found");
}

#[test]
fn numbers_out_of_range() {
    assert_snapshot!(refused(&["--threads", "0"]), @"error: invalid value '0' for '--threads <N>': 0 is not in 1..=1024");
    assert_snapshot!(refused(&["--batch-size", "0"]), @"error: invalid value '0' for '--batch-size <N>': 0 is not in 1..=4294967295");
    assert_snapshot!(refused(&["--digits", "10"]), @"error: invalid value '10' for '--digits <N>': 10 is not in 1..=9");
    assert_snapshot!(refused(&["--max-ref-mismatch", "10"]), @"error: invalid value '10' for '--max-ref-mismatch <FRACTION>': expected a number from 0 to 1");
}

#[test]
fn words_that_are_none() {
    assert_snapshot!(refused(&["--edge", "foo"]), @"error: invalid value 'foo' for '--edge <RULE>'");
    assert_snapshot!(refused(&["--device", "gpu"]), @"error: invalid value 'gpu' for '--device <DEVICE>': expected cpu or cuda:N");
}

#[test]
fn pipes() {
    let case = Case::new();
    let first_line = |args: &str| {
        let outcome = case.world.run(args, &[]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        outcome.stderr.lines().next().unwrap_or_default().to_owned()
    };
    assert_snapshot!(first_line("postproc score_variants model -i - -o out/scored.vcf"), @"error: invalid value '-' for '--vcf_path <FILE>': pipes are not supported; name a file");
    assert!(!case.world.path("-").exists());
}

#[test]
fn something_is_missing() {
    let case = Case::new();
    let outcome = case.world.run("score-variants model --fasta genome.fa -o out/scored.vcf", &[]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("--vcf <FILE>"), "{}", outcome.stderr);
}

#[test]
fn variants_in_two_ways() {
    assert_snapshot!(refused(&["--variant", "chr1:50:A:T"]), @"error: the argument '--vcf <FILE>' cannot be used with '--variant <CHROM:POS:REF:ALT>'");
    let case = Case::new();
    let named = "score-variants model --fasta genome.fa -o out/scored.vcf --variant chr1:50:A:T";
    for selection in ["-r chr1", "-R regions.bed"] {
        let outcome = case.world.run(&format!("{named} {selection}"), &[]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.stderr.contains("cannot be used with"), "{}", outcome.stderr);
    }
}

#[test]
fn variants_that_are_none() {
    let case = Case::new();
    let first_line = |variant: &str| {
        let outcome = case.world.run("score-variants model --fasta genome.fa -o out/scored.vcf --variant", &[variant]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        outcome.stderr.lines().next().unwrap_or_default().to_owned()
    };
    assert_snapshot!(first_line("chr1:50"), @"error: invalid value 'chr1:50' for '--variant <CHROM:POS:REF:ALT>': `chr1:50` lacks a part; write CHROM:POS:REF:ALT such as chr1:100:A:T, or chr1:100:A>T");
    assert_snapshot!(first_line("chr1:0:A:T"), @"error: invalid value 'chr1:0:A:T' for '--variant <CHROM:POS:REF:ALT>': `chr1:0:A:T` has an invalid POS (expected a positive integer); write CHROM:POS:REF:ALT such as chr1:100:A:T, or chr1:100:A>T");
    assert_snapshot!(first_line("chr1:50:A:<DEL>"), @"error: invalid value 'chr1:50:A:<DEL>' for '--variant <CHROM:POS:REF:ALT>': `chr1:50:A:<DEL>` has an invalid REF or ALT (expected bases); write CHROM:POS:REF:ALT such as chr1:100:A:T, or chr1:100:A>T");
}

#[test]
fn regions_that_are_none() {
    assert_snapshot!(refused(&["-r", "chr1:9-5"]), @"error: invalid value 'chr1:9-5' for '--regions <REGION>': the end of `chr1:9-5` is before its start; swap them");
    assert_snapshot!(refused(&["-r", "chr1:0-5"]), @"error: invalid value 'chr1:0-5' for '--regions <REGION>': `chr1:0-5` has a position that is 0 or too large; positions count from 1");
    assert_snapshot!(refused(&["-r", "chr1:1-5,:7"]), @"error: invalid value 'chr1:1-5,:7' for '--regions <REGION>': `:7` lacks a contig name; write CHROM, CHROM:POS, CHROM:START- or CHROM:START-END");
}
