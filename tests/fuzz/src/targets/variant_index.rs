//! Indexes of VCFs, `.tbi` and `.csi`, beside their file. The bytes are damaged before they are compressed.

use std::io::{self, Write};
use std::path::Path;

use kipos::for_fuzzing::{Contig, ContigMap, Regions, VariantSource, VcfReader};
use kipos::{Region, VariantInput};
use noodles::bgzf;
use noodles::core::Position;
use noodles::csi::binning_index::Indexer;
use noodles::csi::binning_index::index::Header;
use noodles::csi::binning_index::index::reference_sequence::bin::Chunk;
use noodles::csi::binning_index::index::reference_sequence::index::BinnedIndex;
use noodles::{csi, tabix};

use super::{checked, clear, place};
use crate::bgzip::packed;
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "variant-index",
    about: "indexes .tbi and .csi beside a VCF",
    place: Place::InProcess,
    seeds,
    words: &[b"TBI\x01", b"CSI\x01", b"chr1\0", b"\x4a\x92\0\0", b"\0\0\0\0\0\0\0\0"],
    own_mutation: None,
    run,
};

const VCF: &str = "v.vcf.gz";
const KINDS: [&str; 2] = ["v.vcf.gz.tbi", "v.vcf.gz.csi"];
const NAMES: [&str; 2] = ["chr1", "chr2"];

fn seeds() -> Result<Vec<Input>, String> {
    indexed().map_err(|error| error.to_string())
}

/// A VCF of a few blocks with either index. Parts are as they are before compression, but for the VCF.
fn indexed() -> io::Result<Vec<Input>> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")?;
    let header = || {
        let names = NAMES.map(Into::into).into_iter().collect();
        Header::builder().set_reference_sequence_names(names).build()
    };
    let mut tbi = tabix::index::Indexer::default();
    tbi.set_header(Header::builder().build());
    let csi = Indexer::<BinnedIndex>::new(14, 5).ok_or_else(|| io::Error::other("a depth of 5 is too deep"))?;
    let mut csi = csi.set_header(header());
    for number in 0..40_usize {
        writer.flush()?;
        let (contig, pos) = (number / 20, 1 + (number % 20) * 9_000);
        let start = writer.virtual_position();
        writeln!(writer, "{}\t{pos}\t.\tA\tT\t.\t.\t.", NAMES[contig])?;
        let chunk = Chunk::new(start, writer.virtual_position());
        let place = Position::try_from(pos).map_err(io::Error::other)?;
        tbi.add_record(NAMES[contig], place, place, chunk).map_err(io::Error::other)?;
        csi.add_record(Some((contig, place, place, true)), chunk).map_err(io::Error::other)?;
    }
    let vcf = writer.finish()?;
    let (mut tbi_bytes, mut csi_bytes) = (Vec::new(), Vec::new());
    tabix::io::Writer::new(&mut tbi_bytes).write_index(&tbi.build())?;
    csi::io::Writer::new(&mut csi_bytes).write_index(&csi.build(NAMES.len()))?;
    [tbi_bytes, csi_bytes]
        .iter()
        .zip(KINDS)
        .map(|(bytes, kind)| Ok(Input::one(kind, unpacked(bytes)?).and(VCF, vcf.clone())))
        .collect()
}

fn unpacked(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    io::Read::read_to_end(&mut bgzf::io::Reader::new(bytes), &mut plain)?;
    Ok(plain)
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    for kind in KINDS {
        match input.bytes(kind).map(packed) {
            Some(Ok(bytes)) => place(scratch, kind, &bytes)?,
            _ => clear(scratch, kind),
        }
    }
    place(scratch, VCF, input.bytes(VCF).unwrap_or_default())?;
    let vcf = scratch.join(VCF);
    for text in ["chr1:9001-20000", "chr2", "1:1-"] {
        let Ok(region) = text.parse::<Region>() else { continue };
        let mut contigs = ContigMap::new(&NAMES.map(|name| Contig { name: name.into(), length: 1 << 29 }));
        let Some(regions) = checked(Regions::resolve(&[region], None, &mut contigs))? else { continue };
        let Some(reader) = checked(VcfReader::open(&vcf))? else { return Ok(()) };
        let source = VariantSource::within(&VariantInput::File(vcf.clone()), reader, regions, contigs);
        let Some(mut source) = checked(source)? else { return Ok(()) };
        while let Some(Some(_)) = checked(source.read_record())? {}
        checked(source.finish())?;
    }
    Ok(())
}
