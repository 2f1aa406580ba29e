//! The table says what the VCF says.

use kipos_tests::World;
use proptest::prelude::*;

use crate::annotated::records;
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::properties::variants::{score, variants, vcf_of, world};
use crate::stub_model::StubModel;
use crate::summary::Summary;
use crate::table::Table;

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_row_for_every_allele_with_the_values_of_the_vcf(variants in variants(60), edge in prop::sample::select(&["skip", "pad"][..])) {
        let world = world();
        world.write("in.vcf", vcf_of(&variants));
        let summary = Summary::of(&score(&world, &["--edge", edge, "-o", "scores.tsv", "--info-layout", "per-task"]));
        let table = Table::parse(&world.read("scores.tsv"));
        prop_assert_eq!(table.scores(), ["diff/a", "diff/b", "logit/a", "logit/b"]);
        prop_assert_eq!(table.rows.len(), summary.alleles);

        let mut rows = table.rows.iter();
        for record in records(&world.read("out.vcf")) {
            let mut alternates = record.alternates();
            if alternates.is_empty() {
                alternates.push(".");
            }
            let elements = |key: &str| record.elements(&format!("KV_model_{key}"));
            let scores = ["DIFF_a", "DIFF_b", "LOGIT_a", "LOGIT_b"].map(elements);
            let skip = elements("SKIP");
            for (index, alternate) in alternates.into_iter().enumerate() {
                let row = rows.next().unwrap();
                let expected = [record.column(0), record.column(1), record.column(2), record.column(3), alternate];
                prop_assert_eq!(&row[..5], &expected);
                let skip = skip.get(index).map_or("no_alt", String::as_str);
                prop_assert_eq!(&row[9], skip);
                let region = row[6..8].iter().filter_map(|cell| cell.parse::<i64>().ok()).collect::<Vec<_>>();
                if skip == "." {
                    prop_assert_eq!(region.len(), 2, "{:?}", row);
                    prop_assert_eq!(&row[10..], &scores.each_ref().map(|elements| elements[index].clone()));
                } else {
                    prop_assert_eq!(row[5..9].join("|"), ".|||.");
                    prop_assert!(row[10..].iter().all(String::is_empty), "{:?}", row);
                }
            }
        }
        prop_assert!(rows.next().is_none());
    }
}

/// A world with one contig and `records`, for windows of 20 bases.
fn small(records: impl Fn(&[u8]) -> String) -> World {
    let world = World::new();
    let contig = bases(60, 90);
    StubModel::default().write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("in.vcf", vcf("", &records(&contig)));
    world
}

#[test]
fn regions_are_the_windows_of_the_model() {
    let world = small(|contig| snv("chr1", contig, 30, 2) + &snv("chr1", contig, 4, 1));
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o scores.tsv --edge pad";
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = Table::parse(&world.read("scores.tsv"));
    // POS 30 is base 29, which lies at index 9 of its window.
    assert_eq!(table.column("region_start"), ["20", "20", "-6"]);
    assert_eq!(table.column("region_end"), ["40", "40", "14"]);
    assert_eq!(table.column("strand"), ["+"; 3]);
    assert_eq!(table.column("region_id"), ["."; 3]);
}

#[test]
fn compressed_tables_are_the_same() {
    let world = small(|contig| snv("chr1", contig, 30, 3));
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o a.tsv -o b.tsv.gz -o c.tsv.bgz";
    assert_eq!(world.run(command, &[]).code, 0);
    for name in ["b.tsv.gz", "c.tsv.bgz"] {
        let bytes = std::fs::read(world.path(name)).unwrap();
        assert_eq!(crate::bgzip::unpack(&bytes), world.read("a.tsv"));
    }
    assert!(!world.path("b.tsv.gz.tbi").exists());
}

#[test]
fn kipois_spelling_writes_scored_alleles_with_eight_decimals() {
    let world = small(|contig| snv("chr1", contig, 30, 1) + "chr1\t31\t.\tA\t<DEL>\t.\t.\t.\n");
    let command = "postproc score_variants model -i in.vcf --dataloader_args fasta_file=genome.fa --std_var_id \
                   --extra_output scores.tsv";
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = Table::parse(&world.read("scores.tsv"));
    assert_eq!(table.rows.len(), 1);
    let id = format!("chr1:30:{}:['{}']", table.column("ref")[0], table.column("alt")[0]);
    assert_eq!(table.column("id"), [id]);
    let (_, decimals) = table.column("diff/only")[0].split_once('.').unwrap();
    assert_eq!(decimals.len(), 8);
}

#[test]
fn no_variants_make_a_table_of_names() {
    let world = small(|_| String::new());
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o scores.tsv", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = Table::parse(&world.read("scores.tsv"));
    assert_eq!((table.rows.len(), table.scores()), (0, &["diff/only".to_owned()][..]));
}
