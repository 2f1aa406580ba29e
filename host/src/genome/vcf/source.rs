//! All records of an input, or those of some regions.

use super::{VariantInput, VcfError, VcfReader, VcfRecord, index::VcfIndex, indexed::IndexedRecords, layout::Layout};
use crate::genome::{ContigMap, ContigMapError, Regions};
use kipos_plugin_api::shell_word;
use std::path::Path;

/// Gives the records of a VCF, or of some regions of it, each once and in the file's order.
pub struct VariantSource {
    records: Records,
    selection: Option<Selection>,
    warnings: Vec<String>,
}

enum Records {
    /// From the first to the last.
    Streamed(VcfReader),
    /// Those near the regions.
    Indexed(IndexedRecords),
}

struct Selection {
    regions: Regions,
    contigs: ContigMap,
    /// Whether there was any record, or any contig in the index.
    any: bool,
    /// Whether the genome has the contig of one.
    any_known: bool,
}

impl VariantSource {
    /// Every record.
    pub fn all(reader: VcfReader) -> Self {
        Self { records: Records::Streamed(reader), selection: None, warnings: Vec::new() }
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
        let mut warnings = Vec::new();
        let mut found = (false, false);
        let index = match input.path().filter(|path| reader.is_bgzip() && path.is_file()) {
            Some(path) => VcfIndex::beside(path, reader.layout())?.map(|index| (path, index)),
            None => None,
        };
        let records = match index {
            Some((path, index)) => {
                warnings.extend(index.staleness());
                let (chunks, any_known) = index.chunks(&regions, &mut contigs);
                found = (true, any_known);
                Records::Indexed(IndexedRecords::open(path, &reader, chunks)?)
            }
            None => {
                warnings.extend(input.path().map(|path| no_index(path, reader.is_bgzip(), reader.layout())));
                Records::Streamed(reader)
            }
        };
        let (any, any_known) = found;
        let selection = Some(Selection { regions, contigs, any, any_known });
        Ok(Self { records, selection, warnings })
    }

    /// Things that the user should know.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
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
            let Some(selection) = &mut self.selection else {
                return Ok(Some(record));
            };
            selection.any = true;
            let Some(contig) = selection.contigs.resolve(record.chrom()) else {
                continue;
            };
            selection.any_known = true;
            if selection.regions.contains(contig, record.start()) {
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
            Some(selection) if selection.any && !selection.any_known => Err(selection.contigs.none_matches()),
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
