//! Genomes with their indexes: FASTA, plain and bgzipped, `.fai`, `.gzi`.

use std::path::Path;

use kipos::for_fuzzing::Fasta;

use super::{checked, place_part};
use crate::bgzip::packed;
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "fasta",
    about: "FASTA, plain and bgzipped, with .fai and .gzi",
    place: Place::InProcess,
    seeds,
    words: &[
        b">",
        b">chr1\n",
        b">chr1 text\n",
        b"\nACGT\n",
        b"\r\n",
        b"\n\n",
        b"NNNNNNNN",
        b"\t4\t6\t4\t5\n",
        b"chr2\t",
        b"\xef\xbb\xbf",
        b"\0",
        b"\x1f\x8b\x08\x04",
        b"acgtryk",
        b"-",
        b"*",
    ],
    own_mutation: None,
    run,
};

const GENOME: &str = "genome.fa";
const FAI: &str = "genome.fa.fai";
const GZI: &str = "genome.fa.gzi";

const TEXT: &str = ">chr1 first\nACGTACGTAC\nGGTTCCAANN\nACG\n>chr2\nacgtnACGTR\nAC\n>empty\n>chr3\nT\n";
const INDEX: &str = "chr1\t23\t12\t10\t11\nchr2\t12\t44\t10\t11\nempty\t0\t65\t0\t0\nchr3\t1\t71\t1\t2\n";

fn seeds() -> Result<Vec<Input>, String> {
    let packed = packed(TEXT.as_bytes()).map_err(|error| error.to_string())?;
    let end = (packed.len() - 28) as u64;
    let gzi: Vec<u8> = [1, end, TEXT.len() as u64].iter().flat_map(|number| number.to_le_bytes()).collect();
    let dos = TEXT.replace('\n', "\r\n");
    Ok(vec![
        Input::one(GENOME, TEXT),
        Input::one(GENOME, TEXT).and(FAI, INDEX),
        Input::one(GENOME, dos),
        Input::one(GENOME, packed.clone()),
        Input::one(GENOME, packed.clone()).and(FAI, INDEX),
        Input::one(GENOME, packed).and(FAI, INDEX).and(GZI, gzi),
    ])
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    for name in [GENOME, FAI, GZI] {
        place_part(scratch, input, name)?;
    }
    let Some(mut genome) = checked(Fasta::open(scratch.join(GENOME)))? else { return Ok(()) };
    let contigs = genome.contigs().to_vec();
    for (index, contig) in contigs.iter().enumerate().take(8) {
        let length = contig.length;
        let ranges =
            [(0, length.min(7)), (length / 2, length), (0, length), (3, 2), (length, length.saturating_add(1))];
        for (start, end) in ranges {
            let mut bases = Vec::new();
            let read = checked(genome.fetch(index, start, end, &mut bases))?;
            if read.is_some() && bases.len() as u64 != end - start {
                return Err(Finding::own(format!("{} bases of {}:{start}-{end}", bases.len(), contig.name)));
            }
            if bases.iter().any(|base| matches!(base, b'\n' | b'\r' | b'>')) {
                return Err(Finding::own(format!("bases of {}:{start}-{end} hold the end of a line", contig.name)));
            }
            if read.is_none() && !bases.is_empty() {
                return Err(Finding::own("bases were given with an error"));
            }
        }
    }
    let mut bases = Vec::new();
    checked(genome.fetch(contigs.len(), 0, 1, &mut bases))?;
    Ok(())
}
