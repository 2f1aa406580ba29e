//! Records of a genome full of repeats, where an allele can be written down in many ways, and their normal form.

use proptest::prelude::*;

use crate::dna::bases;

/// One allele: POS, REF and ALT.
pub type Allele = (usize, Vec<u8>, Vec<u8>);

/// A record: several alleles in the place of the same bases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    pos: usize,
    reference: Vec<u8>,
    alternates: Vec<Vec<u8>>,
}

/// A genome full of repeats, and records of it with several alleles, in the order of the genome.
#[derive(Debug, Clone)]
pub struct Calls {
    /// The only contig, `chr1`.
    pub contig: Vec<u8>,
    records: Vec<Call>,
}

/// Bases without pattern at both ends, repeats of short motifs between them.
fn contig() -> impl Strategy<Value = Vec<u8>> {
    let repeat = ("[ACGT]{1,3}", 1..6usize).prop_map(|(motif, times)| motif.repeat(times));
    (any::<u64>(), prop::collection::vec(repeat, 30..50)).prop_map(|(seed, repeats)| {
        let ends = [bases(50, seed), bases(50, seed ^ 1)];
        [&ends[0], repeats.concat().as_bytes(), &ends[1]].concat()
    })
}

/// Up to 20 records, at least one.
pub fn calls() -> impl Strategy<Value = Calls> {
    // Where, how long REF is, and of each ALT: from where on REF is replaced, how much of it, and by what.
    let replacement = (0..6usize, 0..6usize, "[ACGT]{0,4}");
    let call = (0..1000usize, 1..7usize, prop::collection::vec(replacement, 1..4));
    let calls = (contig(), prop::collection::vec(call, 1..20)).prop_map(|(contig, calls)| {
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
            Call { pos, reference, alternates }
        };
        let mut records: Vec<_> = calls.into_iter().map(record).filter(|call| !call.alternates.is_empty()).collect();
        records.sort();
        Calls { contig, records }
    });
    calls.prop_filter("some alleles change something", |calls| !calls.records.is_empty())
}

/// Without what the alleles share at their ends, first behind, then in front; one base is left of each.
pub fn trimmed((pos, reference, alternate): &Allele) -> Allele {
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
pub fn left_aligned(contig: &[u8], (pos, reference, alternate): &Allele) -> Allele {
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
    pub fn alleles(&self) -> Vec<(String, Allele)> {
        let of_record = |(index, Call { pos, reference, alternates }): (usize, &Call)| {
            let allele = |alternate: &Vec<u8>| (format!("r{index}"), (*pos, reference.clone(), alternate.clone()));
            alternates.iter().map(allele).collect::<Vec<_>>()
        };
        self.records.iter().enumerate().flat_map(of_record).collect()
    }

    /// The VCF of the records as they are.
    pub fn vcf(&self) -> String {
        let text = |bases: &[u8]| String::from_utf8(bases.to_vec()).unwrap();
        let line = |(index, Call { pos, reference, alternates }): (usize, &Call)| {
            let alternates: Vec<_> = alternates.iter().map(|alternate| text(alternate)).collect();
            format!("chr1\t{pos}\tr{index}\t{}\t{}\t.\t.\t.\n", text(reference), alternates.join(","))
        };
        self.header() + &self.records.iter().enumerate().map(line).collect::<String>()
    }

    /// The VCF of the left-aligned alleles, each in a record, named by its place.
    pub fn normal_vcf(&self) -> String {
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
}
