//! Mutation maps, by in-silico mutagenesis: the scores of every single-base substitution in a window.
//!
//! The line is that of scores: windows become edit batches, of which every reference is predicted once, and the scores
//! of all alleles become one map per score and task. Only its ends differ: windows come from regions, from variants, or
//! from the loader's own intervals, and what leaves is a [`MapEntry`](crate::sink::MapEntry) per window.

mod assemble;
mod error;
mod one_map;
mod outputs;
mod query;
mod run;
mod source;
mod stretch;
mod summary;
#[cfg(test)]
mod tests;
mod windows;

use std::path::{Path, PathBuf};

pub use error::MutationMapError;
pub use summary::MapSummary;

use crate::genome::{NamedVariant, Region};
use crate::internal::caught;
use crate::plot::MutationMapPlotter;
use crate::plugin::PluginRegistry;
use crate::request::{ModelChoice, SampleChoice, ScoreChoice, WindowChoice};
use crate::run::Event;
use crate::samples::EdgeRule;
use crate::setup::Choices;
use crate::sink::MemoryMaps;
use crate::stop::Stop;

/// What is mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MapQuery {
    /// Windows side by side from the start of each region on, the last of which may reach beyond its end; or, if the
    /// loader has intervals of its own, those that share a base with a region.
    Regions(Vec<Region>),
    /// The same for the intervals of a BED file, plain or bgzipped.
    Bed(PathBuf),
    /// Windows around the variants of a VCF or BCF that replace one base, or the loader's own intervals that hold one.
    Vcf(PathBuf),
    /// The same for variants given by name.
    Variants(Vec<NamedVariant>),
    /// One window, in which the middle base of a region (of an even number, the one before the middle) is where a variant
    /// would be; or the loader's own intervals that share a base with the region.
    Centered(Region),
}

impl MapQuery {
    /// The query of a file, whose name says what it is.
    ///
    /// # Errors
    /// Another name.
    pub fn of_file(path: &Path) -> Result<Self, MutationMapError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".bed", ".bed.gz", ".bed.bgz"]) {
            Ok(Self::Bed(path.to_owned()))
        } else if ends(&[".vcf", ".vcf.gz", ".vcf.bgz", ".bcf"]) {
            Ok(Self::Vcf(path.to_owned()))
        } else {
            Err(MutationMapError::UnknownRegions { path: path.to_owned() })
        }
    }
}

/// The value of a map where the sequence already has the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferenceCells {
    /// The true value for `ref`, `alt`, `logit_ref` and `logit_alt`, 0 for all that compare.
    #[default]
    Score,
    /// 0, whatever the score.
    Zero,
}

/// A request for mutation maps. Fill in what differs from the defaults of [`MutationMap::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MutationMap {
    /// The model and its engine.
    pub model: ModelChoice,
    /// What the model is shown: windows of a genome, or prepared samples.
    pub samples: SampleChoice,
    /// The windows that are mapped.
    pub windows: WindowChoice,
    /// The scores; each gives one map per task.
    pub scores: ScoreChoice,
    /// The only bases that are substituted, and have a column in the maps; windows that hold none of them are left out.
    /// Every base must be in a window. Default: none, all bases of all windows.
    pub mutate: Option<Region>,
    /// The values of the cells of the sequence's own bases. Default: [`ReferenceCells::Score`].
    pub reference_cells: ReferenceCells,
    /// The run fails, and writes nothing, if there were windows or variants and none was mapped. Default: false, which is
    /// a warning. It always fails so for variants that are given by name.
    pub fail_if_empty: bool,
    /// What asks the run to stop. Default: nobody.
    pub stop: Stop,
}

impl MutationMap {
    /// A request with the defaults of its choices.
    pub fn new(model: impl Into<PathBuf>) -> Self {
        Self {
            model: ModelChoice::new(model),
            samples: SampleChoice::new(EdgeRule::Skip),
            windows: WindowChoice::default(),
            scores: ScoreChoice::default(),
            mutate: None,
            reference_cells: ReferenceCells::default(),
            fail_if_empty: false,
            stop: Stop::new(),
        }
    }

    fn choices(&self) -> Choices<'_> {
        let Self { model, samples, windows, scores, .. } = self;
        Choices { model, samples, windows, scores, graph: None }
    }

    /// Maps regions, and hands back what draws the maps (see [`run_and_return`](Self::run_and_return)).
    ///
    /// # Errors
    /// Anything that stops the run.
    pub fn query_region(
        &self,
        regions: &[Region],
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(MapSummary, MutationMapPlotter), MutationMapError> {
        self.query(&MapQuery::Regions(regions.to_vec()), registry, observe)
    }

    /// Maps the intervals of a BED file, and hands back what draws the maps.
    ///
    /// # Errors
    /// Anything that stops the run.
    pub fn query_bed(
        &self,
        bed: &Path,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(MapSummary, MutationMapPlotter), MutationMapError> {
        self.query(&MapQuery::Bed(bed.to_owned()), registry, observe)
    }

    /// Maps windows around the variants of a VCF, and hands back what draws the maps with these variants.
    ///
    /// # Errors
    /// Anything that stops the run.
    pub fn query_vcf(
        &self,
        vcf: &Path,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(MapSummary, MutationMapPlotter), MutationMapError> {
        self.query(&MapQuery::Vcf(vcf.to_owned()), registry, observe)
    }

    fn query(
        &self,
        query: &MapQuery,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(MapSummary, MutationMapPlotter), MutationMapError> {
        let (summary, maps) = self.run_and_return(query, registry, observe)?;
        Ok((summary, MutationMapPlotter::of(maps)))
    }

    /// Writes the maps of a query to files whose names say the formats: HDF5, Parquet, TSV, arrays of NumPy, or pictures
    /// of the only map (`host/docs/formats.md` specifies them). They appear together or not at all. Windows that cannot be
    /// shown are passed over and counted; the others are numbered from 0 in the order of the query, or of the loader's
    /// intervals. `observe` is told of every window as a record. Memory does not grow with their number.
    ///
    /// # Errors
    /// Anything that stops the run; the files then hold what they held before.
    pub fn run(
        &self,
        query: &MapQuery,
        outputs: &[PathBuf],
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<MapSummary, MutationMapError> {
        caught(|| run::into_files(self, query, outputs, registry, observe))?
    }

    /// Hands back the maps of a query instead. Memory grows with the number of windows.
    ///
    /// # Errors
    /// Anything that stops the run.
    pub fn run_and_return(
        &self,
        query: &MapQuery,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(MapSummary, MemoryMaps), MutationMapError> {
        caught(|| run::into_memory(self, query, registry, observe))?
    }
}
