//! From a file of mutation maps to a picture.

use super::error::PlotError;
use super::mutation_map::MutationMapPicture;
use super::page::place_name;
use super::variant_marks::MarkedVariant;

use crate::dataloader::BatchError;
use crate::genome::{Allele, Contig, ContigMap, VariantInput};
use crate::internal::caught;
use crate::provenance::Provenance;
use crate::sink::{StoredMap, StoredMaps, open_maps, provenance_of_run};
use std::path::Path;

/// Which map of a file is meant. What is `None` may be left out where there is but one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapChoice {
    /// The entry, from 0: a window of the run.
    pub entry: Option<usize>,
    /// The model input that was mutated.
    pub input: Option<String>,
    /// The score's label.
    pub score: Option<String>,
    /// The task.
    pub task: Option<String>,
}

/// How many entries a message lists.
const LISTED: usize = 12;

/// Pictures of mutation maps: of a file, or of a run that has just ended.
pub struct MutationMapPlotter {
    maps: Box<dyn StoredMaps>,
    provenance: Option<Provenance>,
}

impl MutationMapPlotter {
    /// Opens a file of mutation maps.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no maps.
    pub fn open(path: &Path) -> Result<Self, PlotError> {
        Ok(caught(|| {
            let maps = open_maps(path)?;
            Ok::<_, BatchError>(Self { maps, provenance: provenance_of_run(path) })
        })??)
    }

    /// Pictures of these maps.
    pub fn of(maps: impl StoredMaps + 'static) -> Self {
        Self { maps: Box::new(maps), provenance: None }
    }

    /// What the maps of the file follow from, if it says so.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }

    /// How many entries there are.
    pub fn entries(&self) -> usize {
        self.maps.len()
    }

    /// The chosen map as it is stored, and its full choice.
    ///
    /// # Errors
    /// Nothing has that number or name, none was chosen among several, or the file cannot be read.
    pub fn stored(&self, choice: &MapChoice) -> Result<(StoredMap, MapName), PlotError> {
        caught(|| self.read(choice))?
    }

    fn read(&self, choice: &MapChoice) -> Result<(StoredMap, MapName), PlotError> {
        let entry = self.entry(choice.entry)?;
        let input = self.chosen(entry, &[], choice.input.as_deref(), "model input", "--model-seq-input")?;
        let score = self.chosen(entry, &[&input], choice.score.as_deref(), "score", "--scoring-key")?;
        let task = self.chosen(entry, &[&input, &score], choice.task.as_deref(), "model output", "--model-output")?;
        let map = self.maps.read(entry, &input, &score, &task)?;
        Ok((map, MapName { entry, input, score, task }))
    }

    /// The picture of a map, with the variants that it was asked for.
    ///
    /// # Errors
    /// As [`stored`](Self::stored).
    pub fn picture(&self, choice: &MapChoice) -> Result<MutationMapPicture, PlotError> {
        let (map, MapName { entry, input, score, task }) = self.stored(choice)?;
        let end = map.start + map.sequence.len() as i64;
        let variants = map.variants.into_iter().map(|variant| MarkedVariant {
            start: variant.start,
            reference: variant.reference,
            alternate: variant.alternate,
            id: variant.id,
        });
        Ok(MutationMapPicture {
            subtitle: format!(
                "{}, input {input}, entry {entry}",
                place_name(&map.contig, map.contig_length, map.start, end)
            ),
            title: match self.maps.model() {
                Some(model) => format!("Mutation map of {model}: {score} of {task}"),
                None => format!("Mutation map: {score} of {task}"),
            },
            contig: map.contig,
            contig_length: map.contig_length,
            start: map.start,
            sequence: map.sequence,
            values: map.values,
            variants: variants.collect(),
            score,
        })
    }

    fn entry(&self, entry: Option<usize>) -> Result<usize, PlotError> {
        let known =
            || (0..self.maps.len().min(LISTED)).map(|entry| self.entry_name(entry)).chain(self.more()).collect();
        let path = self.maps.path().to_owned();
        if self.maps.is_empty() {
            return Err(PlotError::NoMaps { path });
        }
        match entry {
            Some(entry) if entry < self.maps.len() => Ok(entry),
            Some(entry) => Err(PlotError::Unknown { path, what: "entry", name: entry.to_string(), known: known() }),
            None if self.maps.len() == 1 => Ok(0),
            None => Err(PlotError::Ambiguous { path, what: "entry", option: "--input-entry", known: known() }),
        }
    }

    /// An entry's number, and where it lies if the file says.
    fn entry_name(&self, entry: usize) -> String {
        let first = |path: &[&str]| self.maps.names(entry, path).ok()?.into_iter().next();
        let place = || {
            let input = first(&[])?;
            let score = first(&[&input])?;
            let task = first(&[&input, &score])?;
            let map = self.maps.read(entry, &input, &score, &task).ok()?;
            Some(place_name(&map.contig, map.contig_length, map.start, map.start + map.sequence.len() as i64))
        };
        place().map_or_else(|| entry.to_string(), |place| format!("{entry} ({place})"))
    }

    /// What stands for the entries that a message does not list.
    fn more(&self) -> Option<String> {
        let entries = self.maps.len();
        (entries > LISTED).then(|| format!("... {}", entries - 1))
    }

    /// The name that was chosen among those below `above`, or the only one.
    fn chosen(
        &self,
        entry: usize,
        above: &[&str],
        name: Option<&str>,
        what: &'static str,
        option: &'static str,
    ) -> Result<String, PlotError> {
        let known = self.maps.names(entry, above)?;
        let path = self.maps.path().to_owned();
        match name {
            Some(name) if known.iter().any(|other| other == name) => Ok(name.to_owned()),
            Some(name) => Err(PlotError::Unknown { path, what, name: name.to_owned(), known }),
            None => match known.as_slice() {
                [only] => Ok(only.clone()),
                _ => Err(PlotError::Ambiguous { path, what, option, known }),
            },
        }
    }
}

/// The full name of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapName {
    /// The entry, from 0.
    pub entry: usize,
    /// The model input.
    pub input: String,
    /// The score's label.
    pub score: String,
    /// The task.
    pub task: String,
}

/// Variants of a VCF or typed ones that lie on `contig`, whatever the file calls it (with or without `chr`); alleles that
/// are no bases are passed over.
///
/// # Errors
/// The file cannot be read.
pub fn read_annotations(input: &VariantInput, contig: &str) -> Result<Vec<MarkedVariant>, PlotError> {
    caught(|| marked_variants(input, contig))?
}

fn marked_variants(input: &VariantInput, contig: &str) -> Result<Vec<MarkedVariant>, PlotError> {
    let mut names = ContigMap::new(&[Contig { name: contig.to_owned(), length: u64::MAX }]);
    let mut variants = Vec::new();
    let mut reader = input.open()?;
    while let Some(record) = reader.read_record()? {
        if names.resolve(record.chrom()).is_none() {
            continue;
        }
        let alleles =
            record.alternates().filter_map(|alternate| Allele::parse(record.pos(), record.reference(), alternate).ok());
        let text = |letters: &[u8]| String::from_utf8_lossy(letters).into_owned();
        variants.extend(alleles.filter_map(|allele| {
            Some(MarkedVariant {
                start: i64::try_from(allele.start()).ok()?,
                reference: text(allele.reference()),
                alternate: text(allele.alternate()),
                id: text(record.id()),
            })
        }));
    }
    Ok(variants)
}
