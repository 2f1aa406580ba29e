//! Models that read the letters themselves.

use kipos_tests::{Outcome, World};

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

/// A world whose model reads text of this shape, in windows of 20 bases, and variants of every kind.
fn world(contig: &[u8], shape: &str, use_rc: bool) -> World {
    let world = World::new();
    StubModel { use_rc, ..StubModel::default() }.write(&world, "model");
    let yaml = world.read("model/model.yaml");
    let yaml = yaml.replace("SeqIntervalDl", "StringSeqIntervalDl").replace(", alphabet_axis: 1", "");
    let yaml = yaml.replace("special_type: DNASeq", "special_type: DNAStringSeq").replace("(20, 4)", shape);
    world.write("model/model.yaml", yaml.replace("alphabet_axis: 1", ""));
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    let inserted = [&contig[59..60], b"GAT"].concat();
    let variants = [
        snv("chr1", contig, 40, 3),
        record("chr1", 60, &contig[59..60], &[&inserted]),
        record("chr1", 80, &contig[79..84], &[&contig[79..80]]),
    ];
    world.write("in.vcf", vcf("", &variants.concat()));
    world
}

fn run(world: &World, more: &str) -> Outcome {
    world.run(&format!("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf {more}"), &[])
}

#[test]
fn text_of_every_shape_gives_the_scores_of_one_hot_rows() {
    let contig = bases(200, 41);
    for (use_rc, merging) in [(false, None), (true, Some("mean"))] {
        let oracle = Oracle { merging, ..Oracle::new(&contig) };
        for shape in ["()", "(1,)", "(20,)", "(None,)"] {
            let world = world(&contig, shape, use_rc);
            let outcome = run(&world, "--batch-size 3");
            assert_eq!(outcome.code, 0, "{shape}: {outcome:?}");
            for record in records(&world.read("out.vcf")) {
                for (alternate, found) in record.alternates().iter().zip(record.values("KV_model_DIFF")) {
                    let expected = oracle.diff(record.pos(), record.column(3).as_bytes(), alternate.as_bytes());
                    assert_close(found, expected, format_args!("{shape} at {}", record.place()));
                }
            }
        }
    }
}

#[test]
fn intervals_of_several_lengths_may_be_texts() {
    let contig = bases(200, 42);
    let world = world(&contig, "()", false);
    let any = world.read("model/model.yaml").replace("auto_resize_len: 20", "");
    world.write("model/model.yaml", any);
    world.write("r.bed", "chr1\t30\t45\ta\t0\t-\nchr1\t35\t61\tb\t0\t+\nchr1\t61\t100\tc\t0\t+\n");
    let outcome = run(&world, "--windows overlap --intervals r.bed --dataloader-args use_strand=true -o out.tsv");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = crate::table::Table::parse(&world.read("out.tsv"));
    let mut rows = table.rows.iter();
    for (pos, windows) in [
        (40, &[(30, 15, Some("reverse")), (35, 26, None)][..]),
        (40, &[(30, 15, Some("reverse")), (35, 26, None)]),
        (40, &[(30, 15, Some("reverse")), (35, 26, None)]),
        (60, &[(35, 26, None)]),
        (80, &[(61, 39, None)]),
    ] {
        for &(start, length, merging) in windows {
            let row = rows.next().unwrap();
            assert_eq!((row[1].as_str(), row[6].as_str()), (pos.to_string().as_str(), start.to_string().as_str()));
            let oracle = Oracle { length, index: pos - 1 - start, merging, ..Oracle::new(&contig) };
            let expected = oracle.diff(pos, row[3].as_bytes(), row[4].as_bytes());
            assert_close(row[10].parse().unwrap(), expected, format_args!("{row:?}"));
        }
    }
    assert!(rows.next().is_none());
    let centered = run(&world, "");
    assert_eq!(centered.code, 2);
    assert!(
        centered.stderr.contains("the number of bases that the model reads around a variant is unknown"),
        "{centered:?}"
    );
}

#[test]
fn lower_case_is_raised_unless_the_loader_keeps_it() {
    let contig = bases(200, 43);
    let world = world(&contig, "()", false);
    let scored = |genome: &[u8], more: &str| {
        world.write("genome.fa", fasta(&[("chr1", genome)]));
        let outcome = run(&world, more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        records(&world.read("out.vcf")).remove(0).values("KV_model_DIFF")
    };
    let lower = contig.to_ascii_lowercase();
    assert_eq!(scored(&contig, ""), scored(&lower, ""));
    // The stub knows capitals only: what is left is the weight of the allele at index 9, its channel times 9 % 7 + 1.
    for (found, alternate) in scored(&lower, "--dataloader-args force_upper=false").iter().zip(others(contig[39])) {
        let channel = b"ACGT".iter().position(|base| *base == alternate).unwrap() + 1;
        assert_close(*found, (channel * 3) as f64 / 1000.0, "the allele alone");
    }
}

#[test]
fn shapes_and_graphs_that_do_not_fit_text() {
    let contig = bases(200, 44);
    let refused = |shape: &str, from: &str, to: &str| {
        let world = world(&contig, shape, false);
        world.write("model/model.yaml", world.read("model/model.yaml").replace(from, to));
        let outcome = run(&world, "");
        assert_eq!(outcome.code, 1, "{outcome:?}");
        outcome.stderr
    };
    insta::assert_snapshot!(refused("(20, 4)", "", ""), @"error: input `seq` has shape (20, 4), but DNA strings have shape (), (1,), or (n,) with one base per element");
    insta::assert_snapshot!(refused("(21,)", "", ""), @"error: input `seq`: the dataloader gives shape (20,), but model.yaml says (21,); correct the loader's arguments or `schema.inputs`");
    insta::assert_snapshot!(refused("()", "DNAStringSeq", "DNASeq"), @"error: input `seq` of the graph has type float32, but the dataloader StringSeqIntervalDl gives strings; describe the input with SeqIntervalDl");
}
