//! Mutation maps as values per base.

use super::error::TrackError;
use super::{TrackSource, TrackStretch, unknown_lengths};
use crate::internal::{OrInternal, caught};
use crate::plot::{MapChoice, MutationMapPlotter};
use crate::provenance::Provenance;
use crate::sink::StoredMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of mutation maps as a track: of each base, the mean of what the three others would change. Bases without a value
/// are left out.
pub struct MapTrack {
    maps: MutationMapPlotter,
    entries: Vec<usize>,
    choice: MapChoice,
    places: Vec<(Arc<str>, i64)>,
    path: PathBuf,
    /// A stretch that was read may lie past the end of its contig.
    may_pass_end: bool,
}

impl MapTrack {
    /// Opens a file; all entries are shown if the choice names none.
    ///
    /// # Errors
    /// The file cannot be read, or has not what was chosen.
    pub fn open(path: &Path, choice: MapChoice) -> Result<Self, TrackError> {
        caught(|| Self::opened(path, choice))?
    }

    fn opened(path: &Path, choice: MapChoice) -> Result<Self, TrackError> {
        let maps = MutationMapPlotter::open(path)?;
        let entries: Vec<usize> = match choice.entry {
            Some(entry) => vec![entry],
            None => (0..maps.entries()).collect(),
        };
        let path = path.to_owned();
        let mut track = Self { maps, entries, choice, places: Vec::new(), path, may_pass_end: false };
        for index in 0..track.entries.len() {
            let map = track.map(index)?;
            track.places.push((map.contig.into(), map.start));
        }
        Ok(track)
    }

    fn map(&self, index: usize) -> Result<StoredMap, TrackError> {
        let choice = MapChoice { entry: self.entries.get(index).copied(), ..self.choice.clone() };
        Ok(self.maps.stored(&choice)?.0)
    }
}

impl TrackSource for MapTrack {
    fn path(&self) -> &Path {
        &self.path
    }

    fn places(&self) -> Result<Vec<(Arc<str>, i64)>, TrackError> {
        Ok(self.places.clone())
    }

    fn read(&mut self, index: usize) -> Result<TrackStretch, TrackError> {
        let map = self.map(index)?;
        let values = mean_effects(&map);
        self.may_pass_end |= map.contig_length.is_none() && map.sequence.ends_with(['N', 'n']);
        let StoredMap { contig, start, contig_length, .. } = map;
        Ok(TrackStretch { contig: contig.into(), start, contig_length, values, is_double: false })
    }

    fn provenance(&self) -> Option<Provenance> {
        self.maps.provenance().cloned()
    }

    fn warning(&self) -> Option<String> {
        self.may_pass_end.then(|| unknown_lengths(&self.path))
    }
}

/// Of each base the mean of the values of the three others; NaN where one has none, or the base is not known.
fn mean_effects(map: &StoredMap) -> Vec<f64> {
    let columns = map.sequence.len();
    let effect = |(column, base): (usize, u8)| {
        let Some(own) = b"ACGT".iter().position(|letter| *letter == base.to_ascii_uppercase()) else { return f64::NAN };
        let others = (0..4).filter(|row| *row != own);
        let values =
            others.map(|row| f64::from(*map.values.get(row * columns + column).or_internal("a map has four rows")));
        f64::from((values.sum::<f64>() / 3.0) as f32)
    };
    map.sequence.bytes().enumerate().map(effect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_that_of_the_three_other_bases() {
        let map = StoredMap {
            contig: "chr1".to_owned(),
            contig_length: None,
            start: 5,
            sequence: "aGNT".to_owned(),
            // The base's own row does not count, whatever it holds.
            values: vec![9.0, 1.0, 0.0, 1.0, 1.0, -1.0, 0.0, f32::NAN, 2.0, 9.0, 0.0, 1.0, 3.0, 3.0, 0.0, 9.0],
            variants: Vec::new(),
        };
        let effects = mean_effects(&map);
        assert_eq!(effects[..2], [2.0, 1.0]);
        assert!(effects[2].is_nan() && effects[3].is_nan());
    }
}
