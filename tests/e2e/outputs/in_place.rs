//! The output replaces the input.

use std::fs;

use crate::case::{Case, snv, vcf};

#[test]
fn the_input_is_read_to_its_end_and_then_replaced() {
    let case = Case::new();
    // More than any buffer holds.
    case.world.write("variants.vcf", vcf("", &(20..380).map(snv).collect::<String>().repeat(30)));
    let expected = case.scored(&[]);
    let in_place = "score-variants model --vcf variants.vcf --fasta genome.fa -o variants.vcf";
    assert_eq!(case.world.run(in_place, &[]).code, 0);
    assert_eq!(case.world.read("variants.vcf"), expected);
}

#[test]
fn a_run_that_fails_leaves_the_input_as_it_was() {
    let case = Case::new();
    let spoiled = vcf("", &format!("{}chr1\t60\n", snv(50)));
    case.world.write("variants.vcf", &spoiled);
    let in_place = "score-variants model --vcf variants.vcf --fasta genome.fa -o variants.vcf";
    assert_eq!(case.world.run(in_place, &[]).code, 1);
    assert_eq!(case.world.read("variants.vcf"), spoiled);
}

#[test]
#[cfg(unix)]
fn links_to_the_input() {
    let case = Case::new();
    let (input, expected) = (case.world.read("variants.vcf"), case.scored(&[]));
    let run = |output: &str| {
        let in_place = format!("score-variants model --vcf variants.vcf --fasta genome.fa -o {output}");
        assert_eq!(case.world.run(&in_place, &[]).code, 0);
    };
    // Another name of the same file is replaced alone.
    fs::hard_link(case.world.path("variants.vcf"), case.world.path("hard.vcf")).unwrap();
    run("hard.vcf");
    assert_eq!((case.world.read("hard.vcf"), case.world.read("variants.vcf")), (expected.clone(), input));
    // A symbolic link stays one, and what it points to is replaced.
    std::os::unix::fs::symlink(case.world.path("variants.vcf"), case.world.path("soft.vcf")).unwrap();
    run("soft.vcf");
    assert!(fs::symlink_metadata(case.world.path("soft.vcf")).unwrap().is_symlink());
    assert_eq!(case.world.read("variants.vcf"), expected);
}
