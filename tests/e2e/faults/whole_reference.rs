//! REF of a record where alleles, trimmed to what they change, no longer have it.

use std::collections::BTreeMap;

use kipos_tests::World;

use super::rna_and_ambiguous::{chr1, fasta, scores, vcf, world};
use crate::batch_files::{Batches, contig, write_model};
use crate::dna::{others, record};
use crate::summary::Summary;
use crate::table::Table;

/// `bases` with the base at a 1-based position replaced.
fn with(bases: &[u8], pos: usize, letter: u8) -> Vec<u8> {
    let mut bases = bases.to_vec();
    bases[pos - 1] = letter;
    bases
}

/// A record of the three bases from `pos` on whose alleles share bases with REF: substitutions of each base, a
/// deletion, and insertions behind and before. REF is what `bases` has.
fn sharing(bases: &[u8], pos: usize) -> String {
    let reference = &bases[pos - 1..pos + 2];
    let [first, second, third] = [1, 2, 3].map(|at: usize| with(reference, at, others(reference[at - 1])[0]));
    let behind = [reference, b"GG"].concat();
    let before = [b"GG", reference].concat();
    let alternates = [&first[..], &second, &third, &reference[..1], &behind, &before];
    record("chr1", pos, reference, &alternates)
}

#[test]
fn a_wrong_base_that_all_alleles_share_is_noticed() {
    let bases = chr1();
    for wrong in 500..503 {
        let genome = with(&bases, wrong, others(bases[wrong - 1])[1]);
        let world = world(&fasta(&genome), &vcf(&sharing(&bases, 500)));
        let (rows, summary, _) = scores(&world, "");
        assert_eq!((summary.scored, summary.skipped["ref_mismatch"]), (0, 6), "{wrong}");
        assert!(rows.iter().all(|row| row[0] == "ref_mismatch"), "{wrong}: {rows:?}");
        let command = "score-variants tiny --vcf in.vcf --fasta g.fa -o refused.tsv --ref-mismatch error";
        let outcome = world.run(command, &[]);
        let text = |bases: &[u8]| String::from_utf8(bases[499..502].to_vec()).unwrap();
        let said = format!("in.vcf:3: REF {} disagrees with the genome's {} at chr1:500", text(&bases), text(&genome));
        assert!(outcome.code == 1 && outcome.stderr.contains(&said), "{said}: {outcome:?}");
    }
}

#[test]
fn a_genome_that_differs_beside_the_changes_is_a_wrong_one() {
    let bases = chr1();
    let mut genome = bases.clone();
    let mut records = String::new();
    for pos in (400..800_usize).step_by(2) {
        let reference = &bases[pos - 1..=pos];
        records += &record("chr1", pos, reference, &[&with(reference, 2, others(reference[1])[0])]);
        if pos % 10 == 0 {
            genome[pos - 1] = others(bases[pos - 1])[0];
        }
    }
    let world = world(&fasta(&genome), &vcf(&records));
    let outcome = world.run("score-variants tiny --vcf in.vcf --fasta g.fa -s diff -o out.tsv", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("20 of the first 100 REF alleles disagree with g.fa"), "{outcome:?}");
}

#[test]
fn a_ref_that_leaves_the_contig_lies_outside() {
    let bases = chr1();
    let end = bases.len();
    let last = bases[end - 1];
    let variant = record("chr1", end, &[last, b'A'], &[&[others(last)[0], b'A']]);
    let (rows, summary, _) = scores(&world(&fasta(&bases), &vcf(&variant)), "--edge pad");
    assert_eq!((summary.scored, &rows[0][0][..]), (0, "outside_contig"));
}

#[test]
fn all_of_ref_is_overwritten() {
    let bases = chr1();
    let (right, _, said) = scores(&world(&fasta(&bases), &vcf(&sharing(&bases, 500))), "");
    assert!(!said.contains("REF written over the genome"), "{said}");
    for wrong in 500..503 {
        let genome = with(&bases, wrong, others(bases[wrong - 1])[1]);
        let world = world(&fasta(&genome), &vcf(&sharing(&bases, 500)));
        let (found, summary, said) = scores(&world, "--ref-mismatch overwrite");
        // The deletion and the insertions stay out.
        assert_eq!((summary.scored, summary.skipped["ref_mismatch"]), (3, 3), "{wrong}");
        assert_eq!(found[..3], right[..3], "{wrong}");
        assert!(said.contains("REF written over the genome in 1 record"), "{said}");
    }
}

/// The rows of a table of `-s ref` by the region.
fn references(world: &World, flags: &str) -> BTreeMap<String, Vec<Vec<String>>> {
    let command = format!("score-variants tiny --vcf in.vcf --fasta g.fa -s ref -o ref.tsv {flags}");
    Summary::of(&world.run(&command, &[]));
    let mut regions: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in Table::parse(&world.read("ref.tsv")).rows {
        regions.entry(row[5].clone()).or_default().push(row[9..].to_vec());
    }
    regions
}

#[test]
fn all_alleles_of_a_record_see_ref_over_ambiguous_letters() {
    let bases = chr1();
    let records = sharing(&bases, 500);
    let plain = world(&fasta(&bases), &vcf(&records));
    let (right, _, _) = scores(&plain, "");
    for (pos, letter) in [(500, b'N'), (501, b'N'), (502, b'n')] {
        let world = world(&fasta(&with(&bases, pos, letter)), &vcf(&records));
        for rule in ["skip", "overwrite", "error"] {
            let (found, summary, said) = scores(&world, &format!("--ref-mismatch {rule}"));
            assert_eq!(summary.scored, 6, "{pos} {rule}");
            assert_eq!(found, right, "{pos} {rule}");
            assert!(said.contains("REF written over N or another ambiguous base in 1 record"), "{said}");
        }
        // Intervals that hold all of REF, end in it, and begin in it.
        for strand in ["+", "-"] {
            let tile = |start: usize| format!("chr1\t{start}\t{}\tat{start}\t0\t{strand}\n", start + 200);
            let tiles = [400, 300, 301, 500, 501].map(tile).concat();
            plain.write("tiles.bed", &tiles);
            world.write("tiles.bed", &tiles);
            let flags = "--windows overlap --intervals tiles.bed --dataloader-args use_strand=true";
            assert_eq!(scores(&world, flags).0, scores(&plain, flags).0, "{pos} {strand}");
            let regions = references(&world, flags);
            assert_eq!(regions["at400"].len(), 6, "{regions:?}");
            for rows in regions.values() {
                assert!(rows.iter().all(|row| row == &rows[0]), "{pos} {strand}: {rows:?}");
            }
        }
    }
}

/// One sample with two inputs: `near` shows POS 51 to 70 of its contig, and `far`, on the other strand, POS 41 to 60 of
/// its own.
fn sample(near: &[u8], far: &[u8]) -> World {
    let world = World::new();
    let inputs = "{near: {special_type: DNASeq, shape: \"(20, 4)\", associated_metadata: near}, \
                   far: {special_type: DNASeq, shape: \"(20, 4)\", associated_metadata: far}}";
    write_model(&world, inputs, "[near, far]", false);
    // A letter that is no base has no channel. Read backwards, these are the columns of the other strand.
    let column = |letter: &u8| b"ACGT".map(|base| f64::from(u8::from(base == *letter)));
    let columns = |bases: &[u8]| bases.iter().flat_map(column).collect::<Vec<f64>>();
    let mut reverse = columns(&far[40..60]);
    reverse.reverse();
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("near", 20, &[(50, '+', "s0")]).ranges("far", 20, &[(40, '-', "s0")]);
    file.array("near", &columns(&near[50..70]), &[1, 20, 4]).array("far", &reverse, &[1, 20, 4]);
    world
}

/// The cells of the only allele from `skip` on.
fn of_sample(world: &World, variant: &str, flags: &str) -> Vec<String> {
    world.write("in.vcf", vcf(variant));
    let command = "score-variants model --vcf in.vcf --batch-file b.h5 -s ref alt diff -o out.tsv --digits 9";
    Summary::of(&world.run(&format!("{command} {flags}"), &[]));
    let table = Table::parse(&world.read("out.tsv"));
    assert_eq!(table.rows.len(), 1);
    table.rows[0][9..].to_vec()
}

#[test]
fn prepared_samples_are_compared_with_all_that_they_show_of_ref() {
    let bases = contig();
    let reference = &bases[58..61];
    let variant = record("chr1", 59, reference, &[&with(reference, 3, others(reference[2])[0])]);
    let right = of_sample(&sample(&bases, &bases), &variant, "");
    assert_eq!(right[0], ".");
    let wrong = with(&bases, 60, others(bases[59])[0]);
    let masked = with(&bases, 60, b'N');
    for (near, far) in [(&bases, &wrong), (&wrong, &bases), (&masked, &wrong)] {
        let world = sample(near, far);
        assert_eq!(of_sample(&world, &variant, "")[0], "ref_mismatch");
        assert_eq!(of_sample(&world, &variant, "--ref-mismatch overwrite"), right);
    }
    for (near, far) in [(&bases, &masked), (&masked, &bases), (&masked, &masked)] {
        assert_eq!(of_sample(&sample(near, far), &variant, ""), right);
    }
    // POS 40 is shown by no input.
    let mut long = bases[39..61].to_vec();
    long[0] = others(long[0])[0];
    let alternate = with(&long, 22, others(long[21])[0]);
    let long = record("chr1", 40, &long, &[&alternate]);
    assert_eq!(of_sample(&sample(&bases, &bases), &long, ""), right);
}
