//! All outputs of one run.

#[cfg(feature = "hdf5")]
use super::Hdf5Sink;
#[cfg(feature = "parquet")]
use super::ParquetSink;
use super::{
    MemorySink, Output, OutputFormat, PendingFiles, RowKind, Sink, SinkError, TableOptions, TsvSink, VcfOptions,
    VcfSink, check_outputs, side_file::side_file,
};
use crate::{
    genome::{Contig, VcfHeader},
    provenance::Provenance,
    scored::ScoredChunk,
    warning::Warning,
};
use std::path::PathBuf;

/// Hands every item to several sinks. None of their files appears before all are complete.
///
/// If the reader of standard output goes away, the other sinks go on without it.
pub struct SinkSet<I = ScoredChunk> {
    sinks: Vec<Box<dyn Sink<I>>>,
    /// Files that stand beside those of the sinks.
    beside: PendingFiles,
    warnings: Vec<Warning>,
}

impl<I> Default for SinkSet<I> {
    /// No sinks.
    fn default() -> Self {
        Self { sinks: Vec::new(), beside: PendingFiles::default(), warnings: Vec::new() }
    }
}

impl<I> SinkSet<I> {
    /// These sinks.
    pub(super) fn new(sinks: Vec<Box<dyn Sink<I>>>) -> Self {
        Self { sinks, ..Self::default() }
    }

    /// Also writes what the results follow from into a file beside each of these, which have no place for it.
    ///
    /// # Errors
    /// Such a file cannot be made or written.
    pub(super) fn with_side_files<'p>(
        mut self,
        paths: impl IntoIterator<Item = &'p PathBuf>,
        provenance: &Provenance,
    ) -> Result<Self, SinkError> {
        for path in paths {
            self.beside.extend(side_file(path, provenance)?);
        }
        Ok(self)
    }

    /// What the user should know before the run.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl SinkSet {
    /// Opens all outputs and writes what comes before their first record. `header` is that of the input, `contigs` are
    /// the genome's; tables take from `options` what concerns them.
    ///
    /// # Errors
    /// As [`check_outputs`], and as the sinks of the formats give them; nothing is left behind then.
    pub fn open(
        outputs: &[Output],
        header: &VcfHeader,
        contigs: &[Contig],
        options: &VcfOptions,
    ) -> Result<Self, SinkError> {
        check_outputs(outputs)?;
        let mut set = Self::default();
        for output in outputs {
            let opened = open(output, header, contigs, options, &mut set.warnings);
            match opened {
                Ok(sink) => set.sinks.push(sink),
                Err(SinkError::ReaderGone) if outputs.len() > 1 => {}
                Err(error) => return Err(error),
            }
        }
        let tables = outputs.iter().filter_map(|output| match (output, output.format()) {
            (Output::File(path), Ok(OutputFormat::Tsv)) => Some(path),
            _ => None,
        });
        set.with_side_files(tables, &options.provenance)
    }

    /// Also collects all rows in memory, for [`PendingFiles::take_tables`].
    #[must_use]
    pub fn with_tables(mut self, options: TableOptions) -> Self {
        self.sinks.push(Box::new(MemorySink::new(options)));
        self
    }
}

impl<I> Sink<I> for SinkSet<I> {
    fn write(&mut self, item: &I) -> Result<(), SinkError> {
        let mut index = 0;
        while let Some(sink) = self.sinks.get_mut(index) {
            match sink.write(item) {
                Ok(()) => index += 1,
                Err(SinkError::ReaderGone) if self.sinks.len() > 1 => drop(self.sinks.remove(index)),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        let others = self.sinks.len() > 1;
        let mut all = PendingFiles::default();
        for sink in self.sinks {
            match sink.complete() {
                Ok(complete) => all.extend(complete),
                Err(SinkError::ReaderGone) if others => {}
                Err(error) => return Err(error),
            }
        }
        all.extend(self.beside);
        Ok(all)
    }
}

/// Opens one output. The VCFs of one run have the same warnings, which it replaces.
fn open(
    output: &Output,
    header: &VcfHeader,
    contigs: &[Contig],
    options: &VcfOptions,
    warnings: &mut Vec<Warning>,
) -> Result<Box<dyn Sink>, SinkError> {
    let table = || TableOptions::of(options);
    Ok(match output.format()? {
        OutputFormat::Vcf | OutputFormat::Bcf => {
            let sink = VcfSink::create(output.clone(), header, contigs, options.clone())?;
            *warnings = sink.warnings();
            Box::new(sink)
        }
        OutputFormat::Tsv => Box::new(match options.rows {
            RowKind::Variants => TsvSink::create(output.clone(), table())?,
            RowKind::Saturation { .. } => {
                let longest = contigs.iter().map(|contig| contig.length).max().unwrap_or(0);
                TsvSink::create_indexed(output.clone(), table(), longest)?
            }
        }),
        #[cfg(feature = "parquet")]
        OutputFormat::Parquet => Box::new(ParquetSink::create(output.clone(), table())?),
        #[cfg(feature = "hdf5")]
        OutputFormat::Hdf5 => Box::new(Hdf5Sink::create(output.clone(), table())?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        genome::Outcome,
        region::RegionMode,
        sink::{
            MultiRegion, OnExisting, VcfStyle,
            test_input::{chunk, label, matrix, read},
        },
    };
    use std::{fs, path::Path};

    const INPUT: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t7\t.\tA\tC\t.\t.\t.\n";

    fn open(directory: &Path, names: &[&str]) -> Result<SinkSet, SinkError> {
        let options = VcfOptions {
            rows: Default::default(),
            style: VcfStyle::default(),
            model_name: "m".into(),
            license: None,
            labels: vec![label("diff", &["a"])],
            only_scored: false,
            std_var_id: false,
            regions: RegionMode::Centered,
            multi_region: MultiRegion::Nearest,
            on_existing: OnExisting::Replace,
            provenance: Default::default(),
        };
        let outputs: Vec<Output> = names.iter().map(|name| directory.join(name).into()).collect();
        SinkSet::open(&outputs, &read(INPUT).0, &[], &options)
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn every_sink_gets_every_chunk_and_all_appear_together() {
        let directory = tempfile::tempdir().unwrap();
        let outputs = ["a.tsv", "a.vcf", "a.vcf.gz"];
        let mut set = open(directory.path(), &outputs).unwrap();
        set.write(&chunk(read(INPUT).1, vec![vec![Outcome::Done(0)]], vec![matrix(1, &[0.5])])).unwrap();
        assert!(names(directory.path()).iter().all(|name| name.ends_with(".partial")));
        let complete = Box::new(set).complete().unwrap();
        assert!(names(directory.path()).iter().all(|name| name.ends_with(".partial")));
        complete.commit().unwrap();
        assert_eq!(names(directory.path()), ["a.tsv", "a.vcf", "a.vcf.gz", "a.vcf.gz.tbi"]);
        assert!(fs::read_to_string(directory.path().join("a.tsv")).unwrap().contains("chr1\t7"));
        assert!(fs::read_to_string(directory.path().join("a.vcf")).unwrap().contains("KV_m_DIFF=0.5"));
    }

    #[test]
    fn one_that_cannot_be_opened_spoils_all() {
        let directory = tempfile::tempdir().unwrap();
        let error = open(directory.path(), &["a.vcf.gz", "absent/a.tsv"]).err().unwrap().to_string();
        assert!(error.ends_with("absent does not exist; create it first"), "{error}");
        assert_eq!(names(directory.path()), [""; 0]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn one_that_fails_at_the_end_spoils_all() {
        let directory = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", directory.path().join("full.tsv.gz")).unwrap();
        let mut set = open(directory.path(), &["a.vcf", "full.tsv.gz"]).unwrap();
        set.write(&chunk(read(INPUT).1, vec![vec![Outcome::Done(0)]], vec![matrix(1, &[0.5])])).unwrap();
        let error = Box::new(set).complete().unwrap_err();
        assert!(error.to_string().contains("full.tsv.gz;"), "{error}");
        assert_eq!(names(directory.path()), ["full.tsv.gz"]);
    }
}
