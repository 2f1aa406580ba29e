//! A record scores as its split, left-aligned form.

use std::collections::BTreeMap;

use kipos_tests::World;
use proptest::prelude::*;

use super::calls::{Calls, calls, left_aligned, trimmed};
use super::variants::score;
use crate::annotated::{Record, records};
use crate::dna::fasta;
use crate::htslib;
use crate::stub_model::StubModel;
use crate::table::Table;

/// A world with the genome of some calls.
fn world_of(calls: &Calls) -> World {
    let world = World::new();
    StubModel { tasks: &["a", "b"], sigmoid: true, use_rc: true, scoring: "{type: logit}", ..StubModel::default() }
        .write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &calls.contig)]));
    world
}

/// Scores and reason of every allele, in the order of the file.
fn scored(world: &World, vcf: &str) -> Vec<[String; 3]> {
    world.write("in.vcf", vcf);
    score(world, &[]);
    let of_record = |record: &Record| {
        let keys = ["KV_model_DIFF", "KV_model_LOGIT", "KV_model_SKIP"].map(|key| record.elements(key));
        let alleles = 0..record.alternates().len();
        alleles.map(|allele| [0, 1, 2].map(|key| keys[key][allele].clone())).collect::<Vec<_>>()
    };
    records(&world.read("out.vcf")).iter().flat_map(of_record).collect()
}

/// The scores of the windows of a file of one allele per row and interval: by allele, in the order of the file, the row
/// of each interval by its name.
fn by_interval(world: &World, vcf: &str) -> Vec<BTreeMap<String, Vec<String>>> {
    world.write("in.vcf", vcf);
    score(world, &["--windows", "overlap", "--intervals", "regions.bed", "-o", "out.tsv"]);
    let table = Table::parse(&world.read("out.tsv"));
    let mut alleles: Vec<((String, String), BTreeMap<_, _>)> = Vec::new();
    for row in table.rows {
        let allele = (row[2].clone(), row[4].clone());
        if alleles.last().is_none_or(|(last, _)| *last != allele) {
            alleles.push((allele, BTreeMap::new()));
        }
        alleles.last_mut().unwrap().1.insert(row[5].clone(), row[9..].to_vec());
    }
    alleles.into_iter().map(|(_, rows)| rows).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, failure_persistence: None, ..Default::default() })]

    /// An allele that lies as far left as it can has its window where the left-aligned record has it.
    #[test]
    fn around_variants(calls in calls()) {
        let world = world_of(&calls);
        let (found, normal) = (scored(&world, &calls.vcf()), scored(&world, &calls.normal_vcf()));
        prop_assert_eq!(found.len(), normal.len());
        for (((_, allele), found), normal) in calls.alleles().iter().zip(found).zip(normal) {
            if trimmed(allele) == left_aligned(&calls.contig, allele) {
                prop_assert_eq!(found, normal, "{:?}", allele);
            }
        }
    }

    /// Intervals stay where they are, so in them every way to write an allele down scores the same.
    #[test]
    fn in_intervals(calls in calls(), starts in prop::collection::vec(45..150usize, 1..8)) {
        let world = world_of(&calls);
        let bed = |(index, start): (usize, &usize)| format!("chr1\t{start}\t{}\t{index}\n", start + 20);
        world.write("regions.bed", starts.iter().enumerate().map(bed).collect::<String>());
        let (found, normal) = (by_interval(&world, &calls.vcf()), by_interval(&world, &calls.normal_vcf()));
        prop_assert_eq!(found.len(), normal.len());
        for (((_, allele), found), normal) in calls.alleles().iter().zip(found).zip(normal) {
            let aligned = left_aligned(&calls.contig, allele);
            for (index, start) in starts.iter().enumerate() {
                let index = index.to_string();
                // What begins before an interval does not change all of it, and what lies outside has no row.
                let begins_inside = aligned.0 > *start && trimmed(allele).0 > *start;
                if let (true, Some(found), Some(normal)) = (begins_inside, found.get(&index), normal.get(&index)) {
                    prop_assert_eq!(found, normal, "{:?} in [{}, {})", allele, start, start + 20);
                }
            }
        }
    }

    /// Our splitting and left-aligning is that of bcftools.
    #[test]
    fn as_bcftools_has_it(calls in calls()) {
        let world = world_of(&calls);
        world.write("in.vcf", calls.vcf());
        let norm = ["norm", "--no-version", "-m-", "-f", "genome.fa", "in.vcf"];
        let Some(split) = htslib::run(&world, "bcftools", &norm) else { return Ok(()) };
        let text = |bases: Vec<u8>| String::from_utf8(bases).unwrap();
        let own = calls.alleles().into_iter().map(|(name, allele)| {
            let (pos, reference, alternate) = left_aligned(&calls.contig, &allele);
            (name, pos, text(reference), text(alternate))
        });
        let mut own: Vec<_> = own.collect();
        let theirs = records(&split);
        let column = |record: &Record, index| record.column(index).to_owned();
        let theirs = theirs.iter().map(|record| (column(record, 2), record.pos(), column(record, 3), column(record, 4)));
        let mut theirs: Vec<_> = theirs.collect();
        own.sort();
        theirs.sort();
        prop_assert_eq!(own, theirs);
        // And what kipos makes of the output of bcftools is what it makes of ours.
        let scores = |vcf: &str| {
            let mut scores = scored(&world, vcf);
            scores.sort();
            scores
        };
        prop_assert_eq!(scores(&split), scores(&calls.normal_vcf()));
    }
}
