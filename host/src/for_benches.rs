//! What the benchmark `steps` times, and what it needs to build that; nothing here is for other programs.

pub use crate::dataloader::{BedArgs, BedDataset, BedSample};
pub use crate::edits::{BaseSubstitution, EditBatch, RowKey, RowSource};
pub use crate::genome::{ContigMap, Fasta, Outcome, VcfReader};
pub use crate::output_selection::OutputSelection;
pub use crate::predict::{AllelePredictions, BatchPredictions};
pub use crate::samples::WindowReader;
pub use crate::score::{DescribedScores, ScorerSet};
pub use crate::scored::{AlleleInWindow, LeftAligned, ScoreMatrix, ScoredChunk, ScoredRecord};
pub use crate::sequence::{DnaRows, InputRows, OneHotLayout, SampleRows};
pub use crate::sink::{Sink, VcfOptions, VcfSink};
