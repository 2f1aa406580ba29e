//! Annotated VCFs.

use super::{
    OnExisting, Sink, SinkError, TextOutput, VcfOptions, VcfStyle,
    header::{self, Additions},
    info_key::{check_distinct, one_line},
    kipoi_info::KipoiInfo,
    native_info::NativeInfo,
    splice::{Entries, Splicer},
    text_output::has_extension,
};
use crate::{
    genome::{Contig, VcfHeader},
    scored::{Fate, ScoreLabel, ScoredChunk},
};
use std::path::Path;

/// Bytes of lines that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// Values per allele above which a VCF is the wrong place for them.
const MANY_VALUES: usize = 100;

/// Writes the input's records again, with scores in their INFO column.
///
/// All other bytes of a record stay as they are. The header keeps its lines, loses repeated ones, and gains what is
/// missing: the file format, the genome's contigs if it declares none, the new INFO keys and, in native style, the
/// version and model that made them.
#[derive(Debug)]
pub struct VcfSink {
    output: TextOutput,
    splicer: Splicer,
    labels: Vec<ScoreLabel>,
    only_scored: bool,
    on_existing: OnExisting,
    declared_already: Vec<String>,
    lines: Vec<u8>,
    replaced: u64,
}

impl VcfSink {
    /// Starts the file, bgzipped if its name ends in `.gz` or `.bgz`, and writes its header. `header` is that of the
    /// input.
    ///
    /// # Errors
    /// The file cannot be made or written, two scores would share a key, or the input declares one of the keys and
    /// `options` forbid to replace it.
    pub fn create(
        path: impl AsRef<Path>,
        header: &VcfHeader,
        contigs: &[Contig],
        options: VcfOptions,
    ) -> Result<Self, SinkError> {
        let path = path.as_ref();
        let VcfOptions { style, model_name, labels, only_scored, std_var_id, on_existing } = options;
        if has_extension(path, "bcf") {
            return Err(SinkError::Bcf { path: path.to_owned() });
        }
        let (entries, keys, own, provenance) = match style {
            VcfStyle::Native { layout, digits } => {
                let (entries, keys) = NativeInfo::new(&model_name, &labels, layout, digits);
                let version = format!("##kipos_version={}", env!("CARGO_PKG_VERSION"));
                let model = format!("##kipos_model={}", one_line(&model_name));
                (Entries::Native(entries), keys, NativeInfo::siblings(&model_name, &labels), vec![version, model])
            }
            VcfStyle::Kipoi { source } => {
                let (entries, keys) = KipoiInfo::new(&source, &model_name, &labels);
                let own = keys.iter().map(|key| key.id.clone()).collect();
                (Entries::Kipoi(entries), keys, own, Vec::new())
            }
        };
        check_distinct(path, &keys)?;
        let declared_already: Vec<_> = header::declared_already(header, &own).into_iter().map(str::to_owned).collect();
        if let (OnExisting::Error, Some(key)) = (on_existing, declared_already.first()) {
            return Err(SinkError::KeyDeclared { path: path.to_owned(), key: key.clone() });
        }
        let mut output = TextOutput::create(path)?;
        let additions = Additions { contigs, keys: &keys, own: &own, provenance: &provenance };
        output.write_all(&header::annotated(header, &additions))?;
        Ok(Self {
            output,
            splicer: Splicer::new(entries, &own, std_var_id),
            labels,
            only_scored,
            on_existing,
            declared_already,
            lines: Vec::with_capacity(BUFFER),
            replaced: 0,
        })
    }

    /// What the user should know before the run: one sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.declared_already.is_empty() {
            let keys = self.declared_already.join(", ");
            warnings.push(format!("the input declares {keys} already; its values are replaced"));
        }
        let values: usize = self.labels.iter().map(|label| label.columns.len()).sum();
        if values > MANY_VALUES {
            warnings.push(format!(
                "every allele gets {values} values, which makes a VCF large and slow to read; formats for tables, \
                 such as Parquet and HDF5, suit so many better"
            ));
        }
        warnings
    }

    /// How many INFO entries of an earlier run were replaced so far.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Refuses a chunk whose matrices are not those that were agreed.
    fn check_shape(&self, chunk: &ScoredChunk) -> Result<(), SinkError> {
        let error = |message| Err(SinkError::Shape { path: self.output.path().to_owned(), message });
        if chunk.scores.len() != self.labels.len() {
            return error(format!("{} score matrices, {} labels", chunk.scores.len(), self.labels.len()));
        }
        let fates = chunk.records.iter().flat_map(|scored| &scored.fates);
        let rows = fates.map(|fate| if let Fate::Scored(row) = fate { row + 1 } else { 0 }).max().unwrap_or(0);
        for (ScoreLabel { label, columns }, matrix) in self.labels.iter().zip(&chunk.scores) {
            let (width, held) = (columns.len(), matrix.values.len());
            if matrix.width != width {
                return error(format!("{} columns of score `{label}`, {width} names", matrix.width));
            }
            if held < rows * width {
                return error(format!("{held} values of score `{label}`, {rows} rows of {width}"));
            }
        }
        Ok(())
    }

    fn write_lines(&mut self) -> Result<(), SinkError> {
        self.output.write_all(&self.lines)?;
        self.lines.clear();
        Ok(())
    }
}

impl Sink for VcfSink {
    fn write(&mut self, chunk: &ScoredChunk) -> Result<(), SinkError> {
        self.check_shape(chunk)?;
        for scored in &chunk.records {
            if self.only_scored && !scored.fates.iter().any(|fate| matches!(fate, Fate::Scored(_))) {
                continue;
            }
            if self.on_existing == OnExisting::Error
                && let Some(key) = self.splicer.first_own_key(&scored.record)
            {
                return Err(SinkError::KeyPresent {
                    path: self.output.path().to_owned(),
                    line: scored.record.line_number(),
                    key: String::from_utf8_lossy(key).into_owned(),
                });
            }
            self.replaced += self.splicer.append_line(&mut self.lines, scored, &chunk.scores);
            if self.lines.len() >= BUFFER {
                self.write_lines()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.write_lines()?;
        self.output.finish()
    }
}

#[cfg(test)]
mod tests;
