//! `kipos top`: the strongest alleles of files of scores, in every format that holds scores.

use kipos_tests::World;

use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::stub_model::StubModel;

const TASKS: [&str; 3] = ["CTCF", "a;b|c", "DNASE"];

/// A world with the same scores in files of all formats.
fn scored() -> World {
    let contig = bases(400, 8);
    let world = World::new();
    StubModel { length: 106, tasks: &TASKS, sigmoid: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    let variants: String = (50..380).step_by(3).map(|pos| snv("chr1", &contig, pos, 3)).collect();
    world.write("in.vcf", vcf("##contig=<ID=chr1,length=400>\n", &variants));
    let run = |more: &str| {
        let command = format!("score-variants model --vcf in.vcf --fasta genome.fa {more} -s diff ref");
        let outcome = world.run(&command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    };
    run("--digits 9 -o packed.vcf -o packed.bcf -o table.tsv -o table.tsv.gz -o table.parquet");
    run("--digits 9 --info-layout per-task -o tasks.vcf.gz");
    run("--info-style kipoi -o kipoi.vcf");
    world
}

/// The lines of `kipos top`, cell by cell.
fn top(world: &World, more: &[&str]) -> Vec<Vec<String>> {
    let outcome = world.run("top", more);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    outcome.stdout.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The strongest of the table by hand: the cells before the score, and the score.
fn by_hand(world: &World, score: &str, count: usize) -> Vec<(Vec<String>, f32)> {
    let text = world.read("table.tsv");
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let column = |name: &str| names.iter().position(|known| *known == name).unwrap();
    let mut found: Vec<(Vec<String>, f32)> = Vec::new();
    for row in lines.filter(|row| row[column("skip")] == ".") {
        let values = TASKS.map(|task| row[column(&format!("{score}/{task}"))].parse::<f32>().unwrap());
        let best = (0..3).rev().max_by(|a, b| values[*a].abs().total_cmp(&values[*b].abs())).unwrap();
        let mut cells: Vec<String> =
            ["chrom", "pos", "id", "ref", "alt"].map(|name| row[column(name)].to_owned()).to_vec();
        cells.push(TASKS[best].to_owned());
        found.push((cells, values[best]));
    }
    // A stable sort keeps the order of the file among equals.
    found.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
    found.truncate(count);
    found
}

#[test]
fn all_formats_have_the_same_strongest_alleles() {
    let world = scored();
    let expected = by_hand(&world, "diff", 15);
    for file in ["table.tsv", "table.tsv.gz", "table.parquet", "packed.vcf", "packed.bcf", "tasks.vcf.gz"] {
        let lines = top(&world, &[file, "-n", "15"]);
        assert_eq!(lines[0], ["chrom", "pos", "id", "ref", "alt", "task", "diff"], "{file}");
        assert_eq!(lines.len(), 16, "{file}");
        for (line, (cells, value)) in lines[1..].iter().zip(&expected) {
            assert_eq!(&line[..6], cells, "{file}");
            let found: f32 = line[6].parse().unwrap();
            assert!((found - value).abs() <= 1e-6 * value.abs(), "{file}: {line:?} and {value}");
        }
    }
    // Kipoi's style has eight decimals, so that neighbours may change places; the strongest does not.
    let lines = top(&world, &["kipoi.vcf", "-n", "1", "--by", "DIFF"]);
    assert_eq!(lines[1][1..5], expected[0].0[1..5]);
}

#[test]
fn another_score_and_more_than_there_are() {
    let world = scored();
    let all = top(&world, &["table.parquet", "--by", "ref", "-n", "100000"]);
    let expected = by_hand(&world, "ref", usize::MAX);
    assert_eq!(all.len() - 1, expected.len());
    assert_eq!(all[1][..6], expected[0].0);
    assert_eq!(top(&world, &["packed.vcf"]).len(), 21);
}

#[test]
fn what_holds_no_scores_is_refused() {
    let world = scored();
    let refused = |more: &[&str], code: i32| {
        let outcome = world.run("top", more);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{outcome:?}");
        outcome.stderr
    };
    insta::assert_snapshot!(refused(&["in.vcf"], 1), @"error: in.vcf holds no scores that kipos wrote; expected an annotated VCF or BCF, or a table as TSV or Parquet, of score-variants or saturate");
    insta::assert_snapshot!(refused(&["genome.fa"], 1), @"error: genome.fa holds no scores that kipos wrote; expected an annotated VCF or BCF, or a table as TSV or Parquet, of score-variants or saturate");
    let whole = std::fs::read(world.path("table.tsv.gz")).unwrap();
    world.write("cut.tsv.gz", &whole[..whole.len() - 28]);
    insta::assert_snapshot!(refused(&["cut.tsv.gz"], 1), @"error: cannot read cut.tsv.gz: the file is truncated (its bgzip end marker is missing); copy or make it again");
    insta::assert_snapshot!(refused(&["absent.tsv"], 1), @"error: cannot read absent.tsv: No such file or directory (os error 2)");
    insta::assert_snapshot!(refused(&["table.parquet", "--by", "logit"], 2), @"error: table.parquet has no score `logit`; it has diff, ref");
}

/// The table that the test below expects, in each of the formats: A from 41 to 100, B from 91 to 200 (1-based, closed), with an
/// intron, and C elsewhere.
const GENES: [(&str, &str); 3] = [
    (
        "genes.gtf",
        "chr1\t.\texon\t41\t100\t.\t+\t.\tgene_id \"a\"; gene_name \"A\"; transcript_id \"ta\"; gene_type \"protein_coding\";\n\
         chr1\t.\texon\t91\t120\t.\t-\t.\tgene_id \"b\"; gene_name \"B\"; transcript_id \"tb\"; gene_type \"lncRNA\";\n\
         chr1\t.\texon\t181\t200\t.\t-\t.\tgene_id \"b\"; gene_name \"B\"; transcript_id \"tb\"; gene_type \"lncRNA\";\n\
         chr9\t.\texon\t1\t300\t.\t-\t.\tgene_id \"c\"; gene_name \"C\"; transcript_id \"tc\"; gene_type \"lncRNA\";\n",
    ),
    (
        "genes.gff3",
        "##gff-version 3\n1\t.\tgene\t41\t100\t.\t+\t.\tID=a;Name=A\n1\t.\tmRNA\t41\t100\t.\t+\t.\tID=ta;Parent=a\n\
         1\t.\texon\t41\t100\t.\t+\t.\tParent=ta\n1\t.\tgene\t91\t200\t.\t-\t.\tID=b;Name=B\n\
         1\t.\tmRNA\t91\t200\t.\t-\t.\tID=tb;Parent=b\n1\t.\texon\t91\t120\t.\t-\t.\tParent=tb\n\
         1\t.\texon\t181\t200\t.\t-\t.\tParent=tb\n",
    ),
    (
        "genes.tsv",
        "#NAME\tCHROM\tSTRAND\tTX_START\tTX_END\tEXON_START\tEXON_END\n\
         A\tchr1\t+\t40\t100\t40,\t100,\nB\tchr1\t-\t90\t200\t90,180,\t120,200,\n",
    ),
];

#[test]
fn genes_are_named() {
    let world = scored();
    let expected = |pos: usize| match pos {
        41..91 => "A",
        91..=100 => "A,B",
        101..=200 => "B",
        _ => ".",
    };
    for (file, text) in GENES {
        world.write(file, text);
        for scores in ["packed.vcf", "table.parquet"] {
            let lines = top(&world, &[scores, "-n", "1000", "--genes", file]);
            assert_eq!(lines[0][5], "gene", "{file}");
            assert!(lines.len() > 250, "{} lines", lines.len());
            for line in &lines[1..] {
                assert_eq!(line[5], expected(line[1].parse().unwrap()), "{file} {line:?}");
            }
        }
    }
    let coding = top(&world, &["packed.vcf", "-n", "1000", "--genes", "genes.gtf", "--gene-type", "protein_coding"]);
    assert!(coding[1..].iter().all(|line| ["A", "."].contains(&line[5].as_str())), "{coding:?}");
    let refused = |more: &[&str]| {
        let outcome = world.run("top packed.vcf", more);
        assert!(outcome.code > 0 && outcome.stdout.is_empty(), "{outcome:?}");
        outcome.stderr
    };
    world.write("elsewhere.tsv", "C\tchr9\t-\t0\t300\t0,\t300,\n");
    world.write("wrong.tsv", "C\tchr1\t-\t0\tx\t0,\t300,\n");
    insta::assert_snapshot!(refused(&["--genes", "elsewhere.tsv"]), @"error: no gene of elsewhere.tsv is on a contig of the genome (the file has chr9; the genome has chr1)");
    insta::assert_snapshot!(refused(&["--genes", "wrong.tsv"]), @"error: wrong.tsv:1: invalid coordinate `x` of TX_END: expected a whole number from 1");
    insta::assert_snapshot!(refused(&["--genes", "genes.gtf", "--gene-type", "coding"]), @"error: no gene of type `coding` in genes.gtf; it has lncRNA, protein_coding");
    insta::assert_snapshot!(refused(&["--genes", "in.vcf"]), @"error: in.vcf:4: found 8 columns; genes are read from GTF or GFF3 (9 columns) or a table (7 columns, separated by tabs)");
}
