//! VCFs, plain and bgzipped, as a stream: header, records, alleles, and their way into a BCF.

use std::io::Cursor;
use std::path::Path;

use kipos::for_fuzzing::{Allele, Contig, ContigMap, VcfReader, encode_bcf};

use super::{checked, file};
use crate::bgzip::packed;
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "vcf",
    about: "VCF, plain and bgzipped",
    place: Place::InProcess,
    seeds,
    words: WORDS,
    own_mutation: None,
    run,
};

/// The file of an input.
const PART: &str = "variants.vcf";

/// Words of VCFs.
pub(super) const WORDS: &[&[u8]] = &[
    b"##fileformat=VCFv4.3\n",
    b"##INFO=<ID=A,Number=A,Type=Float,Description=\"x\">\n",
    b"##FORMAT=<ID=GT,Number=1,Type=String,Description=\"\">\n",
    b"##contig=<ID=chr1,length=249250621>\n",
    b"##contig=<ID=chr1,length=-1>\n",
    b"##FILTER=<ID=PASS,Description=\"\\\"\">\n",
    b"##ALT=<ID=DEL>\n",
    b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
    b"\tFORMAT\ts1\ts2\n",
    b"chr1\t1\t.\tA\tC\t.\t.\t.\n",
    b"<DEL>",
    b"<*>",
    b"*",
    b"N]chr2:1]",
    b"]chr2:1]N",
    b".",
    b"PASS",
    b"A,C,G",
    b"DB",
    b"DP=1",
    b"AF=0.5,nan,inf",
    b"END=100",
    b"GT",
    b"0|1",
    b"1/2",
    b"./.",
    b"%3B",
    b"%00",
    b"\r\n",
    b"\n\n",
    b"\xef\xbb\xbf",
    b"\0",
    b"\xff",
    b"KV_motif-cnn_DIFF=1",
    b"acgtn",
    b"R",
    b"\t",
    b";",
    b"=",
    b",",
    b"IDX=7",
];

/// VCFs of the examples and the tests.
pub(super) const FILES: &[&str] = &[
    "examples/motif-cnn/variants.vcf",
    "tests/reference/edges.vcf",
    "tests/reference/mm_1.vcf",
    "tests/faults/stale-scores/in.vcf",
    "tests/faults/contig-length/chrlen.vcf",
    "tests/faults/bom/in.vcf",
];

/// A VCF with everything: samples, all types, several alternates.
pub(super) const SAMPLES: &str = "##fileformat=VCFv4.3
##contig=<ID=chr1,length=1000>
##contig=<ID=chr2>
##FILTER=<ID=q10,Description=\"low\">
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"depth\">
##INFO=<ID=AF,Number=A,Type=Float,Description=\"frequency\">
##INFO=<ID=DB,Number=0,Type=Flag,Description=\"known\">
##INFO=<ID=S,Number=.,Type=String,Description=\"text\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"genotype\">
##FORMAT=<ID=GL,Number=G,Type=Float,Description=\"likelihoods\">
##FORMAT=<ID=FT,Number=1,Type=Character,Description=\"one\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\ts2
chr1\t10\trs1\tA\tC,G\t30.5\tPASS\tDP=7;AF=0.25,0.5;DB;S=a,b\tGT:GL:FT\t0/1:-1,-2,-3.5:x\t1|2:.:y
chr1\t11\t.\tACGT\tA\t.\tq10\tDP=300\tGT\t./.\t0
chr2\t70000\trs2;rs3\tN\t<DEL>,*\t1e-5\t.\t.\tGL:GT\t.,.:1/1/1\t0.1:0
";

fn seeds() -> Result<Vec<Input>, String> {
    let mut texts = FILES.iter().map(|path| file(path)).collect::<Result<Vec<_>, _>>()?;
    texts.push(SAMPLES.into());
    let packed = packed(SAMPLES.as_bytes()).map_err(|error| error.to_string())?;
    Ok(texts.into_iter().chain([packed]).map(|bytes| Input::one(PART, bytes)).collect())
}

fn run(input: &Input, _: &Path) -> Result<(), Finding> {
    read(input.bytes(PART).unwrap_or_default())
}

/// Reads a VCF or BCF to its end or to the first error, and writes what was read as a BCF.
pub(super) fn read(bytes: &[u8]) -> Result<(), Finding> {
    let Some(mut reader) = checked(VcfReader::new(Cursor::new(bytes.to_vec()), PART))? else { return Ok(()) };
    let mut contigs = ContigMap::new(&[("chr1", 1_000), ("2", 100_000), ("MT", 16_569)].map(contig));
    checked(contigs.check_header(reader.header()))?;
    contigs.length_warning();
    let mut lines = Vec::new();
    while let Some(Some(record)) = checked(reader.read_record())? {
        if let Some(contig) = contigs.resolve(record.chrom()) {
            contigs.other_genome(contig, record.pos());
        }
        for alternate in record.alternates() {
            check_allele(record.pos(), record.reference(), alternate)?;
        }
        if record.bytes().contains(&b'\n') {
            return Err(Finding::own("a record holds the end of a line"));
        }
        lines.push(record.bytes().to_vec());
    }
    check_bcf(&reader, &lines)
}

fn contig((name, length): (&str, u64)) -> Contig {
    Contig { name: name.into(), length }
}

/// What an allele changes lies within REF, and what it puts there within ALT.
fn check_allele(pos: u64, reference: &[u8], alternate: &[u8]) -> Result<(), Finding> {
    let Ok(allele) = Allele::parse(pos, reference, alternate) else { return Ok(()) };
    let changed = allele.changed();
    let first = pos - 1;
    let end = first.saturating_add(reference.len() as u64);
    let within = first <= changed.start && changed.start <= changed.end && changed.end <= end;
    if within && allele.inserted().len() <= alternate.len() {
        return Ok(());
    }
    Err(Finding::own(format!("allele {reference:?}>{alternate:?} at {pos} changes {changed:?}")))
}

/// A BCF that is made of lines is read, has as many, and gives the same lines after another way through BCF.
fn check_bcf(reader: &VcfReader, lines: &[Vec<u8>]) -> Result<(), Finding> {
    // The end of a line in the middle of one is refused elsewhere, by the reader of lines.
    if lines.iter().flatten().any(|byte| matches!(byte, b'\r' | 0)) {
        return Ok(());
    }
    let Some(bytes) = encode_bcf(reader.header(), lines) else { return Ok(()) };
    let again = records_of(&bytes)?;
    if again.1.len() != lines.len() {
        return Err(Finding::own(format!("{} lines became {} records of a BCF", lines.len(), again.1.len())));
    }
    let Some(second) = encode_bcf(again.0.header(), &again.1) else {
        return Err(Finding::own("the lines of a BCF that was written are refused"));
    };
    if records_of(&second)?.1 != again.1 {
        return Err(Finding::own("a second way through BCF changes lines"));
    }
    Ok(())
}

fn records_of(bytes: &[u8]) -> Result<(VcfReader, Vec<Vec<u8>>), Finding> {
    let unread = |error: kipos::VcfError| Finding::own(format!("a BCF that was written cannot be read: {error}"));
    let mut reader = VcfReader::new(Cursor::new(bytes.to_vec()), "written.bcf").map_err(unread)?;
    let mut lines = Vec::new();
    while let Some(record) = reader.read_record().map_err(unread)? {
        lines.push(record.bytes().to_vec());
    }
    Ok((reader, lines))
}
