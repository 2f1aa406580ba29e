//! Wherever windows come from: every allele has one fate, on which summary, table and INFO agree, and nothing else of
//! the file changes.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::accounts::fates;
use super::dialects::dialect;
use super::variants::{variants, vcf_of, world};
use crate::annotated::{Record, records, stripped};
use crate::summary::Summary;
use crate::table::Table;

/// Flags of all ways to place windows.
const MODES: [&str; 5] = [
    "--windows centered",
    "--restriction-bed regions.bed",
    "--restriction-bed regions.bed --multi-region maxabs",
    "--windows overlap --intervals regions.bed",
    "--windows overlap --intervals regions.bed --multi-region maxabs",
];

/// Regions that overlap one another, in no order, some of them shorter than a window.
fn regions() -> impl Strategy<Value = String> {
    let region = ("chr[12]", 0..230usize, 5..90usize, prop::sample::select(&["", "\tpeak", "\t."][..]));
    let line = |(contig, start, length, name): (String, usize, usize, &str)| {
        format!("{contig}\t{start}\t{}{name}\n", (start + length).min(240))
    };
    prop::collection::vec(region.prop_map(line), 1..12).prop_map(|lines| lines.concat())
}

/// The rows of each allele: its record's name, itself, and the index of each row. Alleles that a record lists twice are
/// one here.
fn by_allele(table: &Table) -> BTreeMap<(&str, &str), Vec<usize>> {
    let mut rows = BTreeMap::<_, Vec<_>>::new();
    for (index, allele) in table.column("id").into_iter().zip(table.column("alt")).enumerate() {
        rows.entry(allele).or_default().push(index);
    }
    rows
}

/// Fails unless the table says the same of a record's alleles as the record.
fn compare(record: &Record, table: &Table, rows: &BTreeMap<(&str, &str), Vec<usize>>) {
    let (reasons, first, second) = (table.column("skip"), table.column("diff/a"), table.column("diff/b"));
    let scores = record.scores("KV_model_DIFF");
    let alleles = record.alternates().into_iter().zip(scores).zip(record.elements("KV_model_SKIP"));
    for ((alternate, scores), reason) in alleles {
        let rows = &rows[&(record.column(2), alternate)];
        let place = format!("{} {alternate}", record.place());
        match scores {
            // One of its windows speaks for it.
            Some(scores) => {
                let same = |row: &&usize| {
                    let cells = [first[**row], second[**row]].map(|cell| cell.parse::<f32>().ok());
                    cells.into_iter().zip(&scores).all(|(cell, score)| cell == Some(*score as f32))
                };
                assert!(rows.iter().any(|row| same(&row)), "{place}: {scores:?}");
            }
            None => {
                assert!(rows.iter().all(|&row| reasons[row] != "."), "{place}");
                assert!(rows.iter().any(|&row| reasons[row] == reason), "{place}: {reason}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn summary_table_and_info_agree(
        variants in variants(60),
        dialect in dialect(),
        regions in regions(),
        mode in prop::sample::select(&MODES[..]),
        edge in prop::sample::select(&["skip", "pad"][..]),
        mismatch in prop::sample::select(&["skip", "overwrite"][..]),
    ) {
        let world = world();
        let input = dialect.write(&vcf_of(&variants));
        world.write("in.vcf", &input);
        world.write("regions.bed", regions);
        let command = format!(
            "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf -o out.tsv --digits 9 -s diff \
             --max-ref-mismatch 1 --edge {edge} --ref-mismatch {mismatch}"
        );
        let summary = Summary::of(&world.run(&command, &mode.split(' ').collect::<Vec<_>>()));
        let output = world.read("out.vcf");
        let records = records(&output);

        let alleles: usize = variants.iter().map(|variant| variant.alternates().max(1)).sum();
        prop_assert_eq!((summary.records, summary.alleles), (variants.len(), alleles));
        prop_assert_eq!(summary.scored + summary.skipped.values().sum::<usize>(), alleles);
        prop_assert_eq!(fates(&records), (summary.scored, summary.skipped));

        let table = Table::parse(&world.read("out.tsv"));
        for (reason, score) in table.column("skip").iter().zip(table.column("diff/a")) {
            prop_assert_eq!(*reason == ".", !score.is_empty());
        }
        let rows = by_allele(&table);
        for record in &records {
            compare(record, &table, &rows);
        }
        let listed: Vec<_> = records.iter().flat_map(|record| {
            let alternates = record.alternates();
            let alternates = if alternates.is_empty() { vec!["."] } else { alternates };
            alternates.into_iter().map(|alternate| (record.column(2), alternate)).collect::<Vec<_>>()
        }).collect();
        prop_assert!(listed.iter().all(|allele| rows.contains_key(allele)));
        prop_assert!(rows.keys().all(|allele| listed.contains(allele)), "rows of alleles that there are not");

        // Line ends are compared as such, then all else.
        let ends = |text: &str| (text.matches("\r\n").count() == text.lines().count(), text.contains('\r'));
        prop_assert_eq!(ends(&output), ends(&input));
        let without_contigs = |text: &str| {
            let kept = text.lines().filter(|line| !line.starts_with("##contig="));
            kept.map(str::to_owned).collect::<Vec<_>>()
        };
        prop_assert_eq!(without_contigs(&stripped(&output, "KV_model_")), without_contigs(&input));
        if input.contains("##contig=") {
            prop_assert_eq!(stripped(&output, "KV_model_"), input.replace('\r', ""));
        }
    }
}
