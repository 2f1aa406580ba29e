//! Random VCFs on a fixed genome, with all that a VCF may hold.

use kipos_tests::{Outcome, World};
use proptest::prelude::*;

use crate::dna::{bases, fasta};
use crate::stub_model::StubModel;

/// What one element of ALT is.
#[derive(Debug, Clone, Copy)]
pub enum Alternate {
    /// As long as REF, each base replaced by the one so many letters on; by itself for 0.
    Substitution(u8),
    /// REF and one more base.
    Insertion,
    /// The first base of REF alone.
    Deletion,
    /// Anything that spells out no bases.
    Other(&'static str),
}

/// A record, before it is written.
#[derive(Debug, Clone)]
pub struct Variant {
    contig: usize,
    pos: usize,
    length: usize,
    wrong_reference: bool,
    alternates: Vec<Alternate>,
    info: &'static str,
}

/// The contigs of the genome, and one that it does not have.
const CONTIGS: [&str; 3] = ["chr1", "chr2", "unplaced"];
/// Length of either contig, in bases.
const LENGTH: usize = 240;

fn contig(index: usize) -> Vec<u8> {
    let mut contig = bases(LENGTH, 60 + index as u64);
    contig[100..104].fill(b'N');
    contig[150..170].make_ascii_lowercase();
    contig[200] = b'R';
    contig
}

fn alternate() -> impl Strategy<Value = Alternate> {
    prop_oneof![
        8 => (0..4u8).prop_map(Alternate::Substitution),
        1 => Just(Alternate::Insertion),
        1 => Just(Alternate::Deletion),
        2 => prop::sample::select(&["<DEL>", "*", "N", "A[chr2:30[", "]chr1:7]C", ".T", "<*>"][..]).prop_map(Alternate::Other),
    ]
}

/// Up to `most` records in no order.
pub fn variants(most: usize) -> impl Strategy<Value = Vec<Variant>> {
    let info = prop::sample::select(&[".", "DP=7", "DB;AF=0.25", "KV_other_DIFF=1;DP=3", "XKV_model_DIFF=2"][..]);
    let variant = (
        prop_oneof![6 => Just(0usize), 3 => Just(1), 1 => Just(2)],
        // Half of them close together, so that windows are shared.
        prop_oneof![1..=LENGTH + 2, 60..=70usize],
        prop_oneof![4 => Just(1usize), 1 => 2..=3usize, 1 => Just(11)],
        prop::bool::weighted(0.05),
        prop::collection::vec(alternate(), 0..4),
        info,
    );
    let variant = variant.prop_map(|(contig, pos, length, wrong_reference, alternates, info)| Variant {
        contig,
        pos,
        length,
        wrong_reference,
        alternates,
        info,
    });
    // The first is on the genome, split by its alleles too: a VCF none of whose contigs it has is refused.
    prop::collection::vec(variant, 1..=most).prop_map(|mut variants| {
        variants[0].contig = 0;
        if variants[0].alternates.is_empty() {
            variants[0].alternates.push(Alternate::Substitution(1));
        }
        variants
    })
}

impl Variant {
    /// The number of elements of ALT.
    pub fn alternates(&self) -> usize {
        self.alternates.len()
    }

    /// The record, with the name `id`.
    pub fn record(&self, id: &str) -> String {
        self.record_of(id, &self.alternates)
    }

    /// One record for each ALT, with the name `id`.
    pub fn split(&self, id: &str) -> String {
        self.alternates.iter().map(|alternate| self.record_of(id, &[*alternate])).collect()
    }

    fn record_of(&self, id: &str, alternates: &[Alternate]) -> String {
        let reference = self.reference();
        let alternates: Vec<_> = alternates.iter().map(|alternate| spelled(&reference, *alternate)).collect();
        let alternates = if alternates.is_empty() { ".".into() } else { alternates.join(",") };
        let (contig, pos, info) = (CONTIGS[self.contig], self.pos, self.info);
        format!("{contig}\t{pos}\t{id}\t{reference}\t{alternates}\t50.0\tPASS\t{info}\tGT:DP\t0|1:9\t./.:.\n")
    }

    /// The genome's bases, or others; beyond its end, anything.
    fn reference(&self) -> String {
        let contig = contig(self.contig.min(1));
        let base = |index: usize| match contig.get(index).map(u8::to_ascii_uppercase) {
            Some(base) if b"ACGT".contains(&base) => shifted(base, u8::from(self.wrong_reference)),
            _ => b'A',
        };
        (0..self.length).map(|offset| char::from(base(self.pos - 1 + offset))).collect()
    }
}

fn shifted(base: u8, by: u8) -> u8 {
    let index = b"ACGT".iter().position(|letter| *letter == base).unwrap();
    b"ACGT"[(index + usize::from(by)) % 4]
}

fn spelled(reference: &str, alternate: Alternate) -> String {
    match alternate {
        Alternate::Substitution(by) => reference.bytes().map(|base| char::from(shifted(base, by))).collect(),
        Alternate::Insertion => format!("{reference}G"),
        Alternate::Deletion => reference[..1].to_owned(),
        Alternate::Other(text) => text.to_owned(),
    }
}

/// The VCF of some records.
pub fn vcf(records: &str) -> String {
    let contigs: String = CONTIGS[..2].iter().map(|name| format!("##contig=<ID={name},length={LENGTH}>\n")).collect();
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1\tNA2";
    format!("##fileformat=VCFv4.2\n{contigs}{columns}\n{records}")
}

/// The VCF of these variants, named `r0`, `r1` and so on.
pub fn vcf_of(variants: &[Variant]) -> String {
    let records = variants.iter().enumerate().map(|(index, variant)| variant.record(&format!("r{index}")));
    vcf(&records.collect::<String>())
}

/// A world with the genome and a stub model with two tasks that reads both strands.
pub fn world() -> World {
    let world = World::new();
    StubModel { tasks: &["a", "b"], sigmoid: true, use_rc: true, scoring: "{type: logit}", ..StubModel::default() }
        .write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig(0)), ("chr2", &contig(1))]));
    world
}

/// Scores `in.vcf` of a world into `out.vcf` with more arguments; the run must succeed.
pub fn score(world: &World, more: &[&str]) -> Outcome {
    // Short files may hold many wrong REFs without being of another build.
    let own = ["--max-ref-mismatch", "1", "--digits", "9", "--scores", "diff", "logit"];
    let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";
    let outcome = world.run(command, &[&own, more].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}
