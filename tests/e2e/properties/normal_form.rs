//! A record scores as its split, left-aligned form.

use std::collections::BTreeMap;

use kipos_tests::World;
use proptest::prelude::*;

use super::variants::score;
use crate::annotated::records;
use crate::dna::{bases, fasta};
use crate::htslib;
use crate::stub_model::StubModel;
use crate::table::Table;

/// One allele: POS, REF and ALT.
type Allele = (usize, Vec<u8>, Vec<u8>);

/// A genome full of repeats, and records of it with several alleles.
#[derive(Debug, Clone)]
struct Calls {
    contig: Vec<u8>,
    records: Vec<(usize, Vec<u8>, Vec<Vec<u8>>)>,
}

/// Bases without pattern at both ends, repeats of short motifs between them.
fn contig() -> impl Strategy<Value = Vec<u8>> {
    let repeat = ("[ACGT]{1,3}", 1..6usize).prop_map(|(motif, times)| motif.repeat(times));
    (any::<u64>(), prop::collection::vec(repeat, 30..50)).prop_map(|(seed, repeats)| {
        let ends = [bases(50, seed), bases(50, seed ^ 1)];
        [&ends[0], repeats.concat().as_bytes(), &ends[1]].concat()
    })
}

fn calls() -> impl Strategy<Value = Calls> {
    // Where, how long REF is, and of each ALT: from where on REF is replaced, how much of it, and by what.
    let replacement = (0..6usize, 0..6usize, "[ACGT]{0,4}");
    let call = (0..1000usize, 1..7usize, prop::collection::vec(replacement, 1..4));
    (contig(), prop::collection::vec(call, 1..20)).prop_map(|(contig, calls)| {
        let record = |(place, length, replacements): (usize, usize, Vec<(usize, usize, String)>)| {
            let pos = 50 + place % (contig.len() - 100);
            let reference = contig[pos - 1..pos - 1 + length].to_vec();
            let alternate = |(from, count, inserted): (usize, usize, String)| {
                let from = from.min(length);
                let to = (from + count).min(length);
                [&reference[..from], inserted.as_bytes(), &reference[to..]].concat()
            };
            let mut alternates: Vec<_> = replacements.into_iter().map(alternate).collect();
            alternates.retain(|alternate| !alternate.is_empty() && *alternate != reference);
            alternates.sort();
            alternates.dedup();
            (pos, reference, alternates)
        };
        let mut records: Vec<_> =
            calls.into_iter().map(record).filter(|(.., alternates)| !alternates.is_empty()).collect();
        records.sort();
        Calls { contig, records }
    })
}

/// Without what the alleles share at their ends, first behind, then in front; one base is left of each.
fn trimmed((pos, reference, alternate): &Allele) -> Allele {
    let (mut pos, mut reference, mut alternate) = (*pos, &reference[..], &alternate[..]);
    while let ([rest @ .., last], [other @ .., other_last]) = (reference, alternate)
        && last == other_last
        && !rest.is_empty()
        && !other.is_empty()
    {
        (reference, alternate) = (rest, other);
    }
    while let ([first, rest @ ..], [other_first, other @ ..]) = (reference, alternate)
        && first == other_first
        && !rest.is_empty()
        && !other.is_empty()
    {
        (pos, reference, alternate) = (pos + 1, rest, other);
    }
    (pos, reference.to_vec(), alternate.to_vec())
}

/// As far left as it goes: while both alleles end in the same base, that base goes, and an allele that has no base left
/// gets the genome's one before it.
fn left_aligned(contig: &[u8], (pos, reference, alternate): &Allele) -> Allele {
    let (mut pos, mut reference, mut alternate) = (*pos, reference.clone(), alternate.clone());
    while reference.last() == alternate.last() {
        reference.pop();
        alternate.pop();
        if reference.is_empty() || alternate.is_empty() {
            pos -= 1;
            reference.insert(0, contig[pos - 1]);
            alternate.insert(0, contig[pos - 1]);
        }
    }
    trimmed(&(pos, reference, alternate))
}

impl Calls {
    /// Every allele with the names of its record and its own.
    fn alleles(&self) -> Vec<(String, Allele)> {
        let of_record = |(index, (pos, reference, alternates)): (usize, &(usize, Vec<u8>, Vec<Vec<u8>>))| {
            let allele = |alternate: &Vec<u8>| (format!("r{index}"), (*pos, reference.clone(), alternate.clone()));
            alternates.iter().map(allele).collect::<Vec<_>>()
        };
        self.records.iter().enumerate().flat_map(of_record).collect()
    }

    /// The VCF of the records as they are.
    fn vcf(&self) -> String {
        let text = |bases: &[u8]| String::from_utf8(bases.to_vec()).unwrap();
        let line = |(index, (pos, reference, alternates)): (usize, &(usize, Vec<u8>, Vec<Vec<u8>>))| {
            let alternates: Vec<_> = alternates.iter().map(|alternate| text(alternate)).collect();
            format!("chr1\t{pos}\tr{index}\t{}\t{}\t.\t.\t.\n", text(reference), alternates.join(","))
        };
        self.header() + &self.records.iter().enumerate().map(line).collect::<String>()
    }

    /// The VCF of the left-aligned alleles, each in a record, named by its place.
    fn normal_vcf(&self) -> String {
        let text = |bases: Vec<u8>| String::from_utf8(bases).unwrap();
        let lines = self.alleles().into_iter().enumerate().map(|(index, (_, allele))| {
            let (pos, reference, alternate) = left_aligned(&self.contig, &allele);
            format!("chr1\t{pos}\ta{index}\t{}\t{}\t.\t.\t.\n", text(reference), text(alternate))
        });
        self.header() + &lines.collect::<String>()
    }

    fn header(&self) -> String {
        let length = self.contig.len();
        let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
        format!("##fileformat=VCFv4.2\n##contig=<ID=chr1,length={length}>\n{columns}\n")
    }

    fn world(&self) -> World {
        let world = World::new();
        StubModel { tasks: &["a", "b"], sigmoid: true, use_rc: true, scoring: "{type: logit}", ..StubModel::default() }
            .write(&world, "model");
        world.write("genome.fa", fasta(&[("chr1", &self.contig)]));
        world
    }
}

/// Scores and reason of every allele, in the order of the file.
fn scored(world: &World, vcf: &str) -> Vec<[String; 3]> {
    world.write("in.vcf", vcf);
    score(world, &[]);
    let of_record = |record: &crate::annotated::Record| {
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
    score(world, &["--regions", "overlap", "--intervals", "regions.bed", "-o", "out.tsv"]);
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
        prop_assume!(!calls.records.is_empty());
        let world = calls.world();
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
        prop_assume!(!calls.records.is_empty());
        let world = calls.world();
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
        prop_assume!(!calls.records.is_empty());
        let world = calls.world();
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
        let column = |record: &crate::annotated::Record, index| record.column(index).to_owned();
        let theirs = theirs.iter().map(|record| (column(record, 2), record.pos(), column(record, 3), column(record, 4)));
        let mut theirs: Vec<_> = theirs.collect();
        own.sort();
        theirs.sort();
        prop_assert_eq!(own, theirs);
        // And what kipos makes of the output of bcftools is what it makes of ours.
        let mut scores = |vcf: &str| {
            let mut scores = scored(&world, vcf);
            scores.sort();
            scores
        };
        prop_assert_eq!(scores(&split), scores(&calls.normal_vcf()));
    }
}
