//! Each is scored to text, to bgzip and to BCF.

use std::collections::HashSet;
use std::fs;

use kipos_tests::World;

use super::fixtures::{Fixture, LENGTH, all, contig};
use crate::annotated::{records, stripped};
use crate::bgzip::unpack;
use crate::dna::fasta;
use crate::htslib;
use crate::stub_model::StubModel;
use crate::summary::Summary;

const OUTPUTS: [&str; 3] = ["out.vcf", "out.vcf.gz", "out.bcf"];

/// A world in which a fixture, `in.vcf`, was scored into all formats.
fn scored(fixture: &Fixture) -> (World, Summary) {
    let world = World::new();
    StubModel { tasks: &["a", "b"], use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig())]));
    world.write("in.vcf", &fixture.vcf);
    let outputs: Vec<_> = OUTPUTS.iter().flat_map(|output| ["-o", output]).collect();
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa", &outputs);
    assert!(!outcome.stderr.contains("warning"), "{}: {outcome:?}", fixture.name);
    (world, Summary::of(&outcome))
}

fn lines(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| !line.starts_with('#')).collect()
}

/// The text with each line of the header once, and with the genome's contigs if it had none.
fn completed(vcf: &str, chrom: &str) -> String {
    let mut seen = HashSet::new();
    let contigs =
        if vcf.contains("##contig=") { String::new() } else { format!("##contig=<ID={chrom},length={LENGTH}>\n") };
    let once = vcf.lines().filter(|line| !line.starts_with("##") || seen.insert(*line));
    once.map(|line| if line.starts_with("#CHROM") { format!("{contigs}{line}\n") } else { format!("{line}\n") })
        .collect()
}

#[test]
fn all_but_our_keys_stays() {
    for fixture in all() {
        let (world, summary) = scored(&fixture);
        let text = world.read("out.vcf");
        assert_eq!(stripped(&text, "KV_model_"), completed(&fixture.vcf, "chr1"), "{}", fixture.name);
        assert_eq!(unpack(&fs::read(world.path("out.vcf.gz")).unwrap()), text, "{}", fixture.name);
        let skipped: usize = summary.skipped.values().sum();
        assert_eq!((skipped, summary.scored + skipped), (fixture.skipped, summary.alleles), "{}", fixture.name);
        let elements = records(&text).iter().flat_map(|record| record.scores("KV_model_DIFF")).flatten().count();
        assert_eq!(elements, summary.scored, "{}", fixture.name);
    }
}

#[test]
fn bcf_gives_the_same_scores_again() {
    for fixture in all() {
        let (world, _) = scored(&fixture);
        let outcome = world.run("score-variants model --vcf out.bcf --fasta genome.fa -o again.vcf", &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let (text, again) = (records(&world.read("out.vcf")), records(&world.read("again.vcf")));
        assert_eq!(text.len(), again.len());
        for (text, again) in text.iter().zip(&again) {
            for column in 0..5 {
                assert_eq!(text.column(column), again.column(column), "{}", fixture.name);
            }
            for key in ["DIFF", "DIFF_MAXABS", "DIFF_TOP", "SKIP"].map(|key| format!("KV_model_{key}")) {
                assert_eq!(text.info(&key), again.info(&key), "{} {key}", fixture.name);
            }
        }
    }
}

#[test]
fn bcftools_has_nothing_new_to_say() {
    for fixture in all() {
        let (world, _) = scored(&fixture);
        let view = |name: &str| htslib::spoken(&world, "bcftools", &["view", "--no-version", name]);
        let Some((input, known)) = view("in.vcf") else { return };
        let known: HashSet<_> = known.into_iter().collect();
        let mut outputs = Vec::new();
        for name in OUTPUTS {
            let (output, said) = view(name).unwrap();
            let new: Vec<_> = said.into_iter().filter(|line| !known.contains(line)).collect();
            assert!(new.is_empty(), "{} {name}: {new:?}", fixture.name);
            outputs.push(output);
        }
        for (name, output) in OUTPUTS.iter().zip(&outputs) {
            assert_eq!(lines(output), lines(&outputs[0]), "{} {name}", fixture.name);
            assert_eq!(lines(&stripped(output, "KV_model_")), lines(&input), "{} {name}", fixture.name);
        }
    }
}
