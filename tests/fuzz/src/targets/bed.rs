//! Tables of intervals: BED as regions, as samples with labels, and the map of contig names.

use std::path::Path;

use kipos::for_benches::{BedArgs, BedDataset, BedSample};
use kipos::for_fuzzing::{BedIntervals, Contig, ContigMap, Regions};

use super::{checked, file, place, place_part};
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "bed",
    about: "BED, plain and bgzipped, labels, maps of contig names",
    place: Place::InProcess,
    seeds,
    words: &[
        b"chr1\t0\t10\n",
        b"chr1 5 9\n",
        b"track name=x\n",
        b"browser position\n",
        b"#",
        b"\tname\t0\t-\n",
        b"\t1\t0\t-1\n",
        b"+",
        b".",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"nan",
        b"1e5",
        b"\0",
        b"\xff",
        b"chrM\tMT\n",
        b"2\tchr2\n",
    ],
    own_mutation: None,
    run,
};

const BED: &str = "regions.bed";
const MAP: &str = "contigs.tsv";

fn seeds() -> Result<Vec<Input>, String> {
    let labels = "chr1\t0\t10\t1\t0\nchr2\t5\t90\t-1\t2.5\nchrX\t1\t2\t0\tnan\n";
    let columns = "#comment\ntrack name=a\nchr1\t0\t10\tpeak one\t0\t-\n1 5 9\nchr2\t7\t7\t.\t1\t+\n";
    let map = "# names\n2\tchr2\nNC_1\tchr1\n";
    let packed = crate::bgzip::packed(columns.as_bytes()).map_err(|error| error.to_string())?;
    Ok(vec![
        Input::one(BED, labels),
        Input::one(BED, columns).and(MAP, map),
        Input::one(BED, packed).and(MAP, map),
        Input::one(BED, file("examples/motif-cnn/intervals.bed")?),
        Input::one(BED, file("examples/two-inputs/elements.bed")?),
    ])
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    place(scratch, BED, input.bytes(BED).unwrap_or_default())?;
    let bed = scratch.join(BED);
    let contigs = ["chr1", "chr2"].map(|name| Contig { name: name.into(), length: 100 });
    let mut map = ContigMap::new(&contigs);
    place_part(scratch, input, MAP)?;
    if input.bytes(MAP).is_some() {
        let read = checked(ContigMap::with_file(&contigs, scratch.join(MAP)))?;
        map = read.unwrap_or(map);
    }
    if let Some(read) = checked(BedIntervals::read(&bed, &mut map))?
        && read.intervals.iter().any(|named| named.interval.start() > named.interval.end())
    {
        return Err(Finding::own("an interval ends before it starts"));
    }
    checked(Regions::resolve(&[], Some(&bed), &mut map))?;
    let Some(mut dataset) = checked(BedDataset::open(BedArgs::new(bed)))? else { return Ok(()) };
    let mut sample = BedSample::default();
    while checked(dataset.next_sample(&mut sample))? == Some(true) {}
    Ok(())
}
