//! Alleles of several bases, and records of several alleles.

use kipos_tests::World;

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

/// Other bases than those of a stretch.
fn replaced(stretch: &[u8], which: usize) -> Vec<u8> {
    stretch.iter().map(|base| others(*base)[which]).collect()
}

#[test]
fn every_allele_is_written_where_it_differs() {
    let contig = bases(120, 12);
    let at = |pos: usize, length: usize| &contig[pos - 1..pos - 1 + length];
    let (two, three, ten) = (replaced(at(40, 2), 0), replaced(at(50, 3), 1), replaced(at(60, 10), 2));
    // Only the base in the middle differs, so the window is centred there.
    let mut middle = at(80, 3).to_vec();
    middle[1] = others(middle[1])[0];
    // Two bases behind one that stays.
    let tail = [at(90, 1), &replaced(at(91, 2), 1)].concat();
    let variants = [
        record("chr1", 40, at(40, 2), &[&two]),
        record("chr1", 50, at(50, 3), &[&three]),
        record("chr1", 60, at(60, 10), &[&ten]),
        record("chr1", 80, at(80, 3), &[&middle, at(80, 3)]),
        record("chr1", 90, at(90, 3), &[&tail, &replaced(at(90, 3), 0)]),
    ];
    let world = World::new();
    StubModel { use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world.write("in.vcf", vcf("", &variants.concat().to_lowercase()));
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");

    let oracle = Oracle { merging: Some("mean"), ..Oracle::new(&contig) };
    let expected = [
        vec![oracle.diff(40, at(40, 2), &two)],
        vec![oracle.diff(50, at(50, 3), &three)],
        vec![oracle.diff(60, at(60, 10), &ten)],
        vec![oracle.diff(81, at(81, 1), &middle[1..2]), 0.0],
        vec![oracle.diff(91, at(91, 2), &tail[1..]), oracle.diff(90, at(90, 3), &replaced(at(90, 3), 0))],
    ];
    let records = records(&world.read("out.vcf"));
    assert_eq!(records.len(), expected.len());
    for (record, expected) in records.iter().zip(expected) {
        let found = record.values("KV_model_DIFF");
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.into_iter().zip(expected) {
            assert_close(found, expected, record.place());
        }
    }
}
