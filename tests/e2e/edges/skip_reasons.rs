//! Every reason for which an allele has no score.

use std::collections::BTreeMap;

use kipos_tests::World;

use crate::annotated;
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;
use crate::summary::Summary;

#[test]
fn each_reason_once() {
    let mut contig = bases(200, 50);
    contig[100..120].fill(b'N');
    // Between A and T, so that an allele can increase the stub's answer or decrease it.
    contig[29] = b'C';
    let base = |pos: usize| &contig[pos - 1..pos];
    let stretch = &contig[49..60];
    let replaced: Vec<u8> = stretch.iter().map(|base| others(*base)[0]).collect();
    // The scorer is `diff` that refuses increases.
    let increases = |alternate: &u8| Oracle::new(&contig).diff(30, base(30), &[*alternate]) > 0.0;
    let (up, down): (Vec<u8>, Vec<u8>) = others(contig[29]).into_iter().partition(increases);
    let at = |pos: usize, alternate: &[u8]| record("chr1", pos, base(pos), &[alternate]);
    let rows = [
        (record("chr1", 30, base(30), &[&down[..1]]), "."),
        (record("chr1", 30, base(30), &[&up[..1]]), "plugin_error"),
        (at(31, b"<DEL>"), "symbolic"),
        (at(32, b"]chr1:90]A"), "breakend"),
        (at(33, b"*"), "spanning_deletion"),
        (at(34, b"N"), "non_acgt"),
        (record("chr1", 50, stretch, &[&replaced]), "allele_too_long"),
        (record("chr1", 40, &others(contig[39])[..1], &[&others(contig[39])[1..2]]), "ref_mismatch"),
        (record("elsewhere", 40, b"A", &[b"C"]), "unknown_contig"),
        (record("chr1", 201, b"A", &[b"C"]), "outside_contig"),
        (at(5, &others(contig[4])[..1]), "window_outside_contig"),
        (at(126, &others(contig[125])[..1]), "too_many_n"),
        (at(42, b"."), "no_alt"),
    ];
    let world = World::new();
    StubModel { scoring: "{type: custom, name: mine, defined_as: 'bad_scorers::failing'}", ..StubModel::default() }
        .write(&world, "model");
    world.install("bad_scorers");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    let variants: String = rows.iter().map(|(record, _)| record.as_str()).collect();
    world.write("in.vcf", vcf("", &variants));
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf --max-n 0.1";

    let summary = Summary::of(&world.run(command, &[]));
    assert_eq!((summary.scored, summary.alleles, summary.records), (1, rows.len(), rows.len()));
    let reasons = rows.iter().map(|(_, reason)| *reason).filter(|reason| *reason != ".");
    let expected: BTreeMap<String, usize> = reasons.map(|reason| (reason.to_owned(), 1)).collect();
    assert_eq!(expected.len(), rows.len() - 1);
    assert_eq!(summary.skipped, expected);

    let records = annotated::records(&world.read("out.vcf"));
    assert_eq!(records.len(), rows.len());
    for (record, (_, reason)) in records.iter().zip(rows) {
        // A record without ALT has no element to say it in, and neither has one whose alleles are all scored.
        let expected = Some(reason).filter(|reason| !["no_alt", "."].contains(reason));
        assert_eq!(record.info("KV_model_SKIP"), expected, "{}", record.place());
        assert_eq!(record.info("KV_model_MINE").is_some(), reason == ".", "{}", record.place());
    }

    // Left out of the file, they are counted all the same.
    assert_eq!(Summary::of(&world.run(command, &["--only-scored"])), summary);
    assert_eq!(annotated::records(&world.read("out.vcf")).len(), 1);
}
