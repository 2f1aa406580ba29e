//! Regions that cannot be used.

use insta::assert_snapshot;

use crate::case::Case;

fn case(bed: &str) -> Case {
    let case = Case::new();
    case.world.write("r.bed", bed);
    case
}

#[test]
fn files_of_regions_with_faults() {
    let restricted = |bed: &str| case(bed).refused(&["--restriction-bed", "r.bed"]);
    assert_snapshot!(restricted("chr1\t50\t40\n"), @"r.bed:1: end 40 is before start 50; swap them");
    assert_snapshot!(restricted("#x\nchr9\t5\t40\n"), @"r.bed:2: contig `chr9` is not in the genome (it has chr1)");
    assert_snapshot!(restricted("chr1\tx\t40\n"), @"r.bed:1: invalid coordinate `x`: expected a non-negative integer; BED is contig, start, end");
    let absent = case("").refused(&["--restriction-bed", "absent.bed"]);
    assert!(absent.starts_with("cannot open the regions file absent.bed"), "{absent}");
}

#[test]
fn files_of_intervals_with_faults() {
    let overlap = |bed: &str| case(bed).refused(&["--windows", "overlap", "--intervals", "r.bed"]);
    assert_snapshot!(overlap("chr1\t0\t10\nchr1\t50\t40\n"), @"r.bed:2: end 40 is before start 50; swap them");
    assert_snapshot!(overlap("chr9\t5\t15\n"), @"r.bed:1: contig `chr9` is not in the genome (it has chr1)");
    assert_snapshot!(overlap("chr1\t5\n"), @"r.bed:1: found 2 columns, expected at least 3 (contig, start, end)");
    let absent = case("").refused(&["--windows", "overlap", "--intervals", "absent.bed"]);
    assert_snapshot!(absent, @"cannot open the regions file absent.bed: No such file or directory (os error 2)");
}

#[test]
fn modes_that_need_something_else() {
    let refused = |flags: &[&str]| case("chr1\t0\t100\n").misused(flags);
    assert_snapshot!(refused(&["--windows", "restricted"]), @"--windows restricted needs --restriction-bed FILE");
    assert_snapshot!(refused(&["--windows", "overlap", "--restriction-bed", "r.bed"]), @"--restriction-bed r.bed cannot be combined with --windows overlap; leave out one of them");
    assert_snapshot!(refused(&["--windows", "overlap"]), @"variants are scored in the dataloader's intervals, but its argument `intervals_file` is missing; give a BED file with --intervals FILE, or place windows around variants with --windows centered");
}

#[test]
fn intervals_that_the_model_cannot_read() {
    let case = case("chr1\t0\t10\nchr1\t10\t40\tbig\n");
    case.spoil("model/dataloader.yaml", "default_args: {auto_resize_len: 10}", "default_args: {}");
    let sentence = case.refused(&["--windows", "overlap", "--intervals", "r.bed"]);
    assert_snapshot!(sentence, @"interval `big` of r.bed has 30 bases, but the model reads 10; resize all with --seq-length 10");
}

#[test]
fn intervals_that_are_not_used_are_told() {
    let case = case("chr1\t0\t10\n");
    let outcome = case.run(&["--intervals", "r.bed"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let warning = outcome.stderr.lines().next().unwrap();
    assert_snapshot!(warning, @"warning: the dataloader's intervals are not used: windows are placed around variants; to score variants in these intervals, give --windows overlap");
}

#[test]
fn regions_on_other_contigs_are_passed_over_and_told() {
    let bed = "chrUn\t0\t10\nchr1\t0\t100\nchrX\t5\t9\n";
    let sentence = case(bed).refused(&["-R", "r.bed"]);
    assert_snapshot!(sentence, @"r.bed:1: contig `chrUn` is not in the genome (it has chr1)");
    let case = case(bed);
    for flags in [&["--restriction-bed", "r.bed"][..], &["--windows", "overlap", "--intervals", "r.bed"]] {
        let outcome = case.run(flags);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let warning = outcome.stderr.lines().next().unwrap();
        assert_eq!(
            warning,
            "warning: 2 of 3 intervals of r.bed are on contigs that the genome does not have; they are not used"
        );
    }
}

#[test]
fn the_regions_are_no_output() {
    let case = case("chr1\t0\t10\n");
    for flags in [&["--restriction-bed"][..], &["--windows", "overlap", "--intervals"]] {
        let mut command = case.command();
        command.args(flags).args(["r.tsv", "-o", "r.tsv"]);
        case.world.write("r.tsv", "chr1\t0\t10\n");
        let sentence = case.misused(&mut command);
        assert!(sentence.contains("is the same file as r.tsv"), "{sentence}");
    }
}
