//! All records of an input, or those of some regions.

use super::{VariantInput, VcfError, VcfReader, VcfRecord, index::VcfIndex, indexed::IndexedRecords, layout::Layout};
use crate::extent::ExtentWatch;
use crate::genome::{ContigMap, ContigMapError, Regions, ShardStretches};
use crate::warning::{Warning, WarningCode};
use kipos_plugin_api::shell_word;
use noodles::csi::binning_index::index::reference_sequence::bin::Chunk;
use std::path::Path;

/// Gives the records of a VCF, or of some regions of it, each once and in the file's order.
pub struct VariantSource {
    records: Records,
    selection: Option<Selection>,
    warnings: Vec<Warning>,
    extent: ExtentWatch,
}

enum Records {
    /// From the first to the last.
    Streamed(VcfReader),
    /// Those near the regions.
    Indexed(IndexedRecords),
}

enum Selection {
    /// Those in stretches of the genome.
    Regions(Box<InRegions>),
    /// Those of a shard.
    Shard(ShardStretches),
}

struct InRegions {
    regions: Regions,
    contigs: ContigMap,
    /// Whether there was any record, or any contig in the index.
    any: bool,
    /// Whether the genome has the contig of one.
    any_known: bool,
}

impl Selection {
    /// Whether a record is one of them.
    fn takes(&mut self, record: &VcfRecord) -> bool {
        match self {
            Self::Shard(shard) => shard.contains(record.chrom(), record.start()),
            Self::Regions(selection) => {
                selection.any = true;
                let Some(contig) = selection.contigs.resolve(record.chrom()) else {
                    return false;
                };
                selection.any_known = true;
                selection.regions.contains(contig, record.start())
            }
        }
    }
}

impl VariantSource {
    /// Every record.
    pub fn all(reader: VcfReader) -> Self {
        let extent = reader.extent();
        Self { records: Records::Streamed(reader), selection: None, warnings: Vec::new(), extent }
    }

    /// The records whose POS lies in the regions. `reader` has opened `input` and read only its header. The index
    /// beside a bgzipped file, VCF or BCF, leads to the records; without one, all of the input is read, and a warning says so.
    ///
    /// # Errors
    ///
    /// [`VcfError::Index`] if there is an index that cannot be read, [`VcfError::IndexOfAnother`] if it is not that of
    /// the file.
    pub fn within(
        input: &VariantInput,
        reader: VcfReader,
        regions: Regions,
        mut contigs: ContigMap,
    ) -> Result<Self, VcfError> {
        let mut found = (false, false);
        let mut source = Self::selected(input, reader, |index| {
            let (chunks, any_known) = index.chunks(&regions, &mut contigs);
            found = (true, any_known);
            chunks
        })?;
        let (any, any_known) = found;
        source.selection = Some(Selection::Regions(Box::new(InRegions { regions, contigs, any, any_known })));
        Ok(source)
    }

    /// The records of a shard; else as [`within`](Self::within).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn of_shard(input: &VariantInput, reader: VcfReader, shard: ShardStretches) -> Result<Self, VcfError> {
        let mut source = Self::selected(input, reader, |index| index.chunks_of_shard(&shard))?;
        source.selection = Some(Selection::Shard(shard));
        Ok(source)
    }

    /// Records from which some are yet to be selected: those of `chunks`, if there is an index.
    fn selected(
        input: &VariantInput,
        reader: VcfReader,
        chunks: impl FnOnce(&VcfIndex) -> Vec<Chunk>,
    ) -> Result<Self, VcfError> {
        let mut warnings = Vec::new();
        // Not that of the whole file: records that are not selected are not counted.
        let mut extent = reader.bytes_extent();
        let index = match input.path().filter(|path| reader.is_bgzip() && path.is_file()) {
            Some(path) => VcfIndex::beside(path, reader.layout())?.map(|index| (path, index)),
            None => None,
        };
        let records = match index {
            Some((path, index)) => {
                warnings.extend(index.staleness().map(|text| Warning::new(WarningCode::StaleIndex, text)));
                let records = IndexedRecords::open(path, &reader, chunks(&index))?;
                extent = records.extent();
                Records::Indexed(records)
            }
            None => {
                let text = |path| no_index(path, reader.is_bgzip(), reader.layout());
                warnings.extend(input.path().map(|path| Warning::new(WarningCode::NoIndex, text(path))));
                Records::Streamed(reader)
            }
        };
        Ok(Self { records, selection: None, warnings, extent })
    }

    /// Whether these are the records of a shard, of which other shards have the rest.
    pub fn is_shard(&self) -> bool {
        matches!(self.selection, Some(Selection::Shard(_)))
    }

    /// Things that the user should know.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How much there is to read, for who watches from another thread.
    pub(crate) fn extent(&self) -> ExtentWatch {
        self.extent.clone()
    }

    /// The next record; `None` after the last. The line number of a record that an index led to is not known.
    ///
    /// # Errors
    ///
    /// As [`VcfReader::read_record`].
    pub fn read_record(&mut self) -> Result<Option<VcfRecord>, VcfError> {
        loop {
            let record = match &mut self.records {
                Records::Streamed(reader) => reader.read_record()?,
                Records::Indexed(records) => records.read_record()?,
            };
            let Some(record) = record else {
                return Ok(None);
            };
            if self.selection.as_mut().is_none_or(|selection| selection.takes(&record)) {
                return Ok(Some(record));
            }
        }
    }

    /// The last word, after the last record.
    ///
    /// # Errors
    ///
    /// [`ContigMapError::NoneMatches`] if regions were asked for and the genome has no contig of the VCF's records.
    pub fn finish(&self) -> Result<(), ContigMapError> {
        match &self.selection {
            Some(Selection::Regions(selection)) if selection.any && !selection.any_known => {
                Err(selection.contigs.none_matches())
            }
            _ => Ok(()),
        }
    }
}

fn no_index(path: &Path, is_bgzip: bool, layout: &Layout) -> String {
    let file = shell_word(&path.to_string_lossy());
    let advice = match layout {
        Layout::Text if is_bgzip => format!("`tabix -p vcf {file}`"),
        Layout::Text => "`bgzip` and `tabix -p vcf`".to_owned(),
        Layout::Bcf(_) if is_bgzip => format!("`bcftools index {file}`"),
        Layout::Bcf(_) => "`bcftools view -Ob` and `bcftools index`".to_owned(),
    };
    format!("{} has no index, so the whole file was scanned for the regions; create one with {advice}", path.display())
}

#[cfg(test)]
mod tests;
