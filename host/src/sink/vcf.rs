//! Annotated VCFs.

use super::{
    MultiRegion, OnExisting, Output, OutputFormat, PendingFiles, Sink, SinkError, VcfOptions, VcfStyle,
    earlier_run::{EarlierRun, ModelKeys, other_model},
    header::{self, Additions},
    header_provenance::HeaderProvenance,
    info_key::{check_distinct, one_line},
    kipoi_info::KipoiInfo,
    license_line::LicenseLine,
    native_info::NativeInfo,
    record_line::RecordLine,
    splice::{Entries, Splicer},
    table::check_shape,
    vcf_end::VcfEnd,
};
use crate::{
    genome::{Contig, VcfHeader, check_added, check_header},
    scored::{ScoreLabel, ScoreMatrix, ScoredChunk},
    warning::{Warning, WarningCode},
};
use std::path::PathBuf;

/// Values per allele above which a VCF is the wrong place for them.
const MANY_VALUES: usize = 100;

/// Writes the input's records again, with scores in their INFO column.
///
/// All other bytes of a record stay as they are. The header keeps its lines, loses repeated ones, and gains what is
/// missing: the file format, the genome's contigs if it declares none, the new INFO keys and, in native style, the
/// version and model that made them.
///
/// As BCF, the same records are encoded: values stay, not their spelling.
///
/// A bgzipped file gets an index beside it, if its records are sorted. An older index is removed.
#[derive(Debug)]
pub struct VcfSink {
    end: VcfEnd,
    splicer: Splicer,
    labels: Vec<ScoreLabel>,
    only_scored: bool,
    multi_region: MultiRegion,
    on_existing: OnExisting,
    earlier: EarlierRun,
    /// In what earlier runs differ from this one, a sentence each.
    differences: Vec<String>,
    replaced: u64,
}

impl VcfSink {
    /// Starts the file, BCF if its name ends in `.bcf` and bgzipped if in `.gz` or `.bgz`, and writes its header. `header` is that of the
    /// input, `contigs` are the genome's.
    ///
    /// # Errors
    /// The file cannot be made or written, it is BCF and the header one that htslib cannot read, two scores would share
    /// a key, the input declares keys of the model and `options` forbid to replace them, or it has a key that would be
    /// written from another model.
    pub fn create(
        output: impl Into<Output>,
        header: &VcfHeader,
        contigs: &[Contig],
        options: VcfOptions,
    ) -> Result<Self, SinkError> {
        let output = output.into();
        let path = PathBuf::from(output.to_string());
        let is_bcf = matches!(output.format(), Ok(OutputFormat::Bcf));
        if is_bcf {
            let checked = check_header(header);
            checked.map_err(|(line, problem)| SinkError::BcfHeader { path: path.clone(), line, problem })?;
        }
        let VcfOptions {
            rows,
            style,
            model_name,
            license,
            labels,
            only_scored,
            std_var_id,
            regions,
            multi_region,
            on_existing,
            provenance: about,
        } = options;
        let mut about = HeaderProvenance::new(header, &about);
        let license = LicenseLine::new(header, &model_name, license.as_deref());
        about.outdated.extend(license.outdated);
        let (entries, keys, model_keys, siblings, mut provenance) = match style {
            VcfStyle::Native { layout, digits } => {
                let (entries, keys) = NativeInfo::new(&model_name, &labels, (rows, regions), layout, digits);
                let version = format!("##kipos_version={}", env!("CARGO_PKG_VERSION"));
                let model = format!("##kipos_model={}", one_line(&model_name));
                let siblings = NativeInfo::siblings(&model_name, &labels);
                // The source is not known here.
                let model_keys = [ModelKeys::native(&model_name), ModelKeys::kipoi_of_any_source(&model_name)];
                (Entries::Native(entries), keys, model_keys, siblings, vec![version, model])
            }
            VcfStyle::Kipoi { source } => {
                let (entries, keys) = KipoiInfo::new(&source, &model_name, &labels, regions);
                // The name is that of a directory, however it is written.
                let name = model_name.trim_end_matches('/');
                let name = name.strip_prefix("./").unwrap_or(name);
                let model_keys = [ModelKeys::kipoi(&source, &model_name), ModelKeys::native(name)];
                (Entries::Kipoi(entries), keys, model_keys, Vec::new(), Vec::new())
            }
        };
        check_distinct(&path, &keys)?;
        if let Some((key, model)) = other_model(header, &model_keys, &keys) {
            return Err(SinkError::KeyOfOther { path, key, model });
        }
        let earlier = EarlierRun::find(header, &model_keys, &keys, siblings);
        if let (OnExisting::Error, Some(key)) = (on_existing, earlier.first()) {
            return Err(SinkError::KeyDeclared { path, key: key.to_owned() });
        }
        provenance.extend(license.line);
        provenance.extend(about.line);
        let additions =
            Additions { contigs, keys: &keys, own: &earlier.own, outdated: &about.outdated, provenance: &provenance };
        let text = header::annotated(header, &additions);
        if is_bcf {
            check_added(&text).map_err(|problem| SinkError::BcfAddedLine { path, problem })?;
        }
        Ok(Self {
            end: VcfEnd::create(output, &text, longest_contig(header, contigs))?,
            splicer: Splicer::new(entries, &earlier.own, std_var_id),
            labels,
            only_scored,
            multi_region,
            on_existing,
            earlier,
            differences: about.differences,
            replaced: 0,
        })
    }

    /// What the user should know before the run.
    pub fn warnings(&self) -> Vec<Warning> {
        let earlier = self.earlier.warning().map(|text| Warning::new(WarningCode::EarlierScores, text));
        let differences = self.differences.iter().map(|text| Warning::new(WarningCode::RunsDiffer, text));
        let mut warnings: Vec<_> = earlier.into_iter().chain(differences).collect();
        let values: usize = self.labels.iter().map(|label| label.columns.len()).sum();
        if values > MANY_VALUES {
            let text = format!(
                "every allele gets {values} values, which makes a VCF large and slow to read; formats for tables, \
                 such as Parquet and HDF5, suit so many better"
            );
            warnings.push(Warning::new(WarningCode::ManyValues, text));
        }
        warnings
    }

    /// How many INFO entries of an earlier run were replaced or removed so far.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    fn write_line(&mut self, line: &RecordLine<'_>, scores: &[ScoreMatrix]) -> Result<(), SinkError> {
        if self.only_scored && !line.is_scored() {
            return Ok(());
        }
        if self.on_existing == OnExisting::Error
            && let Some(key) = self.splicer.first_own_key(line.record)
        {
            return Err(SinkError::KeyPresent {
                path: self.end.path().to_owned(),
                line: line.record.line_number(),
                key: String::from_utf8_lossy(key).into_owned(),
            });
        }
        self.replaced += self.splicer.append_line(self.end.line(), line, scores);
        self.end.take_line(line.record)
    }
}

/// Bases of the longest contig that the input or the genome has.
fn longest_contig(header: &VcfHeader, contigs: &[Contig]) -> u64 {
    let declared = header.contigs().iter().filter_map(|contig| contig.length);
    declared.chain(contigs.iter().map(|contig| contig.length)).max().unwrap_or(0)
}

impl Sink for VcfSink {
    fn write(&mut self, chunk: &ScoredChunk) -> Result<(), SinkError> {
        check_shape(self.end.path(), &self.labels, chunk)?;
        let multi_region = self.multi_region;
        let background = self.labels.first().map_or_else(Vec::new, |label| label.background.clone());
        for scored in &chunk.records {
            multi_region.for_each_line(chunk, scored, &background, |line| self.write_line(&line, &chunk.scores))?;
        }
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        Ok(PendingFiles { replaced: self.replaced, ..self.end.complete()? })
    }
}

#[cfg(test)]
mod tests;
