//! Values per base as bedGraph, for genome browsers.

mod bedgraph;
mod error;
mod gradient_track;
mod map_track;
mod order;

pub use error::TrackError;
pub use gradient_track::GradientTrack;
pub use map_track::MapTrack;

use crate::counted::Counted;
use crate::internal::caught;
use crate::provenance::Provenance;
use crate::run::refuse_inputs_as_outputs;
use crate::sink::{Output, PendingFiles, TextOutput, check_track_output, side_file};
use crate::stop::{Stop, Stopped};
use crate::warning::{Warning, WarningCode};
use bedgraph::BedGraph;
use order::in_order;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Values of a stretch of the genome, one per base.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackStretch {
    /// The contig.
    pub contig: Arc<str>,
    /// First base, 0-based; negative if the contig was filled up before it.
    pub start: i64,
    /// Bases of the contig, if that is known: those beyond are not written.
    pub contig_length: Option<i64>,
    /// A value per base in the order of the genome; those that are no finite numbers are not written.
    pub values: Vec<f64>,
    /// The values have double precision; else they are written as single-precision numbers.
    pub is_double: bool,
}

/// Where values come from.
pub trait TrackSource {
    /// The file that the values are read from.
    fn path(&self) -> &Path;

    /// Where the stretches begin: contig and first base, 0-based.
    ///
    /// # Errors
    /// Something that has no place in the genome.
    fn places(&self) -> Result<Vec<(Arc<str>, i64)>, TrackError>;

    /// The stretch with the number `index` among [`places`](Self::places).
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&mut self, index: usize) -> Result<TrackStretch, TrackError>;

    /// What the values follow from, if that is known.
    fn provenance(&self) -> Option<Provenance> {
        None
    }

    /// What the user should know of the stretches that were read.
    fn warning(&self) -> Option<Warning> {
        None
    }
}

/// What is said of a file whose stretches may lie past the ends of their contigs.
fn unknown_lengths(path: &Path) -> Warning {
    let text = format!("contig lengths are unknown from {}; lines past a contig's end are kept", path.display());
    Warning::new(WarningCode::ContigLengthsUnknown, text)
}

/// What a track became.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrackSummary {
    /// Stretches that were written.
    pub stretches: u64,
    /// Lines.
    pub lines: u64,
    /// Bases whose value is no finite number.
    pub left_out: u64,
    /// Bases beyond their contigs.
    pub beyond: u64,
    /// Lines that begin before the line above them ends.
    pub overlapping: u64,
}

impl fmt::Display for TrackSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", Counted(self.lines, "line"), Counted(self.stretches, "stretch"))?;
        if self.left_out > 0 {
            write!(f, "; left out {} without a value", Counted(self.left_out, "base"))?;
        }
        if self.beyond > 0 {
            write!(f, "; left out {} beyond their contigs", Counted(self.beyond, "base"))?;
        }
        match self.overlapping {
            0 => {}
            1 => f.write_str("; 1 line overlaps another, which bedGraphToBigWig refuses")?,
            lines => write!(f, "; {lines} lines overlap others, which bedGraphToBigWig refuses")?,
        }
        Ok(())
    }
}

/// Writes all stretches of a source, sorted by contig and base. With `merge`, neighbouring bases of equal value become one
/// line. What the values follow from is written into a file beside the track, as bedGraph has no place for it. `stop` is
/// asked before each base.
///
/// # Errors
/// A name that is no bedGraph's, a file that cannot be written or is the source's own, or what the source says.
pub fn write_track(
    source: &mut dyn TrackSource,
    path: &Path,
    merge: bool,
    stop: &Stop,
) -> Result<TrackSummary, TrackError> {
    caught(|| write_stretches(source, path, merge, stop))?
}

fn write_stretches(
    source: &mut dyn TrackSource,
    path: &Path,
    merge: bool,
    stop: &Stop,
) -> Result<TrackSummary, TrackError> {
    check_track_output(path)?;
    refuse_inputs_as_outputs(&[path.into()], &[source.path().to_owned()])?;
    let mut file = BedGraph::new(TextOutput::create(Output::from(path))?, merge);
    let beside = side_file(path, &source.provenance().unwrap_or_default())?;
    let mut bases = 0;
    in_order(source, |base| {
        if stop.is_asked() {
            return Err(Stopped::after(bases, "bases", false).into());
        }
        bases += 1;
        file.write(base)
    })?;
    let (output, summary) = file.complete()?;
    let mut files = PendingFiles::file(output);
    files.extend(beside);
    files.commit()?;
    Ok(summary)
}
