//! Cuts of a file whose index tells where its records lie.

use super::{ShardError, stretches::Cut};
use crate::genome::RecordPlaces;

/// Where to cut, and what is known of the shards.
pub(super) struct Cuts {
    /// The contigs that have records, in the order of the file.
    pub(super) contigs: Vec<String>,
    /// One fewer than there are shards; `None` after the last record.
    pub(super) cuts: Vec<Option<Cut>>,
    /// Records of each shard, if they were counted.
    pub(super) records: Option<Vec<u64>>,
    /// Bytes of each shard, if its size was measured so.
    pub(super) bytes: Option<Vec<u64>>,
    /// Records of all shards, if that is known.
    pub(super) all_records: Option<u64>,
}

/// Cuts a file into `shards` parts that have about as many bytes.
pub(super) fn cuts(places: &mut RecordPlaces, shards: usize) -> Result<Cuts, ShardError> {
    let last = places.extent()?;
    let mut cuts = Vec::new();
    let mut ends = Vec::new();
    for number in 1..shards {
        let target = last * number as f64 / shards as f64;
        let found = places.first_from(target)?;
        ends.push(found.as_ref().map_or(last, |(_, _, bytes)| *bytes));
        cuts.push(found.and_then(|(contig, pos, _)| {
            let contig = places.contigs().iter().position(|name| *name == contig)?;
            Some(Cut { contig, pos })
        }));
    }
    ends.push(last);
    let mut begin = 0.0;
    let bytes = ends.into_iter().map(|end| (end - std::mem::replace(&mut begin, end)).round() as u64).collect();
    let contigs = places.contigs().to_vec();
    Ok(Cuts { contigs, cuts, records: None, bytes: Some(bytes), all_records: places.records() })
}
