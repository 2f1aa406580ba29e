//! Regions and variants.

use kipos::for_fuzzing::{Contig, ContigMap, Regions};
use kipos::{NamedVariant, Region, RegionList};

use super::Reader;
use crate::target::Finding;
use crate::targets::checked;

pub(super) const READER: Reader = Reader {
    part: "region.txt",
    texts: &[
        "chr1",
        "chr1:5",
        "chr1:1,000-2,000",
        "chr2:10-",
        "{HLA-A*01:01}:1-10",
        "HLA-A*01:01:01:01",
        "chr1:5,chr2:1-9",
        "chr1:100:A:T",
        "chr1:100:A>T,C",
        "{a}",
        "1:1-2",
    ],
    run,
};

fn run(text: &str) -> Result<(), Finding> {
    let mut contigs = ContigMap::new(&["chr1", "chr2", "HLA-A*01:01:01:01", "000"].map(contig));
    let mut regions = Vec::new();
    if let Some(region) = checked(text.parse::<Region>())? {
        if region.to_string() != text || region.start() < -1 || region.end() <= region.start() {
            return Err(Finding::own(format!("a region of {} to {}", region.start(), region.end())));
        }
        regions.push(region);
    }
    if let Some(list) = checked(text.parse::<RegionList>())? {
        regions.extend(list.0);
    }
    for region in &regions {
        checked(Regions::resolve(std::slice::from_ref(region), None, &mut contigs))?;
    }
    if let Some(variant) = checked(text.parse::<NamedVariant>())? {
        let again = checked(variant.to_string().parse::<NamedVariant>())?;
        if again.as_ref() != Some(&variant) {
            return Err(Finding::own(format!("`{variant}` is another variant when it is read again")));
        }
    }
    Ok(())
}

fn contig(name: &str) -> Contig {
    Contig { name: name.into(), length: 1_000 }
}
