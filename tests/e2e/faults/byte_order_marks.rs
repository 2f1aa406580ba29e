//! Text files that begin with a byte order mark, as spreadsheets and editors of Windows write them.

use std::fs;

use kipos_tests::{Outcome, World, fault};

use super::with_tiny;
use crate::annotated::assert_close;
use crate::bgzip::pack;

const MARK: &str = "\u{feff}";

/// Runs a command, which must succeed without a warning.
fn run(world: &World, command: &str) -> Outcome {
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
    assert!(!outcome.stderr.contains("warning"), "{command}: {outcome:?}");
    outcome
}

/// Takes the mark off a file, which must have one.
fn unmark(world: &World, name: &str) {
    let text = world.read(name);
    world.write(name, text.strip_prefix(MARK).unwrap_or_else(|| panic!("{name} has no mark")));
}

/// Puts a mark before a file.
fn mark(world: &World, name: &str) {
    let text = world.read(name);
    world.write(name, format!("{MARK}{text}"));
}

#[test]
fn a_restriction_bed() {
    let world = with_tiny("bom");
    let command = "score-variants tiny --vcf in.vcf --fasta g.fa -s diff --restriction-bed regions.bed -o";
    run(&world, &format!("{command} marked.tsv"));
    let marked = world.read("marked.tsv");
    let row = marked.lines().find(|line| line.starts_with("chr1\t500\t")).unwrap();
    let right = [0.005_268_87, 0.001_810_39, 0.003_827_07, 0.004_965_68, 0.008_630_72];
    for (found, right) in row.split('\t').skip(10).zip(right) {
        assert_close(found.parse().unwrap(), right, row);
    }
    // The bases 1000 to 1200 of chr2 hold no variant.
    let skips: Vec<_> = marked.lines().skip(1).map(|line| line.split('\t').nth(9).unwrap()).collect();
    assert_eq!(skips[0], ".");
    assert_eq!(skips.len(), 3);
    unmark(&world, "regions.bed");
    run(&world, &format!("{command} plain.tsv"));
    assert_eq!(marked, world.read("plain.tsv"));
    // Bgzipped, the mark is the first of the text all the same.
    world.write("packed.bed.gz", pack(format!("{MARK}{}", world.read("regions.bed")).as_bytes(), 2));
    run(&world, &command.replace("regions.bed -o", "packed.bed.gz -o packed.tsv"));
    assert_eq!(marked, world.read("packed.tsv"));
}

#[test]
fn intervals_to_predict_and_a_mark_before_a_comment() {
    let world = with_tiny("bom");
    let predict = |bed: &str, output: &str| {
        run(&world, &format!("predict tiny --fasta g.fa --intervals {bed} -m -o {output}"));
        world.read(output)
    };
    let marked = predict("b_bom.bed", "marked.tsv");
    assert_eq!(marked.lines().count(), 3);
    unmark(&world, "b_bom.bed");
    assert_eq!(marked, predict("b_bom.bed", "plain.tsv"));
    let intervals = world.read("b_bom.bed");
    world.write("comment.bed", format!("{MARK}# made with care\n{intervals}"));
    assert_eq!(marked, predict("comment.bed", "comment.tsv"));
}

#[test]
fn a_genome_and_its_index() {
    let world = with_tiny("bom");
    world.write("one.bed", fs::read(fault("keras-two-heads").join("one.bed")).unwrap());
    let predict = |fasta: &str, output: &str| {
        run(&world, &format!("predict tiny --fasta {fasta} --intervals one.bed -o {output}"));
        world.read(output)
    };
    let marked = predict("bom.fa", "marked.tsv");
    let right = [0.094_037, 0.267_346, 0.585_956, 0.426_644, 0.399_564];
    for (found, right) in marked.lines().nth(1).unwrap().split('\t').zip(right) {
        assert_close(found.parse().unwrap(), right, &marked);
    }
    assert_eq!(marked, predict("bom.fa", "again.tsv"), "with the index that the first run made");
    mark(&world, "bom.fa.fai");
    assert_eq!(marked, predict("bom.fa", "index.tsv"), "with a mark before the index");
    let text = world.read("bom.fa");
    world.write("packed.fa.gz", pack(text.as_bytes(), 1000));
    assert_eq!(marked, predict("packed.fa.gz", "packed.tsv"));
    unmark(&world, "bom.fa");
    fs::remove_file(world.path("bom.fa.fai")).unwrap();
    assert_eq!(marked, predict("bom.fa", "plain.tsv"));
    // The index of the file without the mark leads three bytes too far to the left in the one with it.
    mark(&world, "bom.fa");
    let outcome = world.run("predict tiny --fasta bom.fa --intervals one.bed -o no.tsv", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.starts_with("error: bom.fa.fai does not fit bom.fa"), "{outcome:?}");
}

#[test]
fn labels_descriptions_and_a_contig_map() {
    let world = with_tiny("bom");
    let score = |output: &str| {
        let command = "score-variants tiny --vcf in.vcf --fasta g.fa -s diff --contig-map names.tsv -o";
        run(&world, &format!("{command} {output}"));
        world.read(output)
    };
    world.write("names.tsv", "chr1\tchr1\n");
    let yaml = world.read("tiny/model.yaml");
    let labels = "column_labels: ['t0', 't1', 't2', 't3', 't4']";
    assert!(yaml.contains(labels), "{yaml}");
    world.write("tiny/model.yaml", yaml.replace(labels, "column_labels: labels.txt"));
    world.write("tiny/labels.txt", "CTCF\nB\nC\nD\nE\n");
    let plain = score("plain.tsv");
    assert!(plain.lines().next().unwrap().contains("\tdiff/CTCF\t"), "{plain}");
    for name in ["tiny/labels.txt", "tiny/model.yaml", "names.tsv"] {
        mark(&world, name);
        assert_eq!(plain, score("marked.tsv"), "{name}");
    }
}

#[test]
fn variants() {
    let world = with_tiny("bom");
    let score = |input: &str, output: &str| {
        run(&world, &format!("score-variants tiny --vcf {input} --fasta g.fa -s diff -o {output}"));
        world.read(output)
    };
    let plain = score("in.vcf", "plain.vcf");
    mark(&world, "in.vcf");
    // The mark is no part of the text, so it is not written again.
    assert_eq!(plain, score("in.vcf", "marked.vcf"));
    world.write("packed.vcf.gz", pack(world.read("in.vcf").as_bytes(), 50));
    assert_eq!(plain, score("packed.vcf.gz", "packed.vcf"));
}

#[test]
fn an_expectation() {
    let world = with_tiny("bom");
    let yaml = world.read("tiny/model.yaml");
    world.write("tiny/model.yaml", format!("{yaml}test: {{expect: expected.tsv}}\n"));
    unmark(&world, "b_bom.bed");
    let args = "--fasta g.fa --intervals b_bom.bed";
    run(&world, &format!("predict tiny {args} -o tiny/expected.tsv"));
    mark(&world, "tiny/expected.tsv");
    let outcome = run(&world, &format!("model test tiny {args}"));
    assert!(outcome.stdout.contains("✓ expect"), "{outcome:?}");
}
