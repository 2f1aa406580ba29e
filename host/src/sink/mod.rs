//! Where scored records end: files that appear complete or not at all.

mod atomic_file;
mod bcf;
mod commit;
mod earlier_run;
mod error;
mod format;
#[cfg(feature = "hdf5")]
mod hdf5;
mod header;
mod header_provenance;
mod info_field;
mod info_key;
mod join;
mod kipoi_info;
mod license_line;
mod maps;
mod memory;
mod native_info;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod pending_files;
mod predictions;
mod provenance_reader;
mod record_line;
mod row_column;
mod score_tables;
#[cfg(feature = "hdf5")]
mod sequence_file;
mod side_file;
mod sink_set;
mod splice;
mod standard_output;
mod stored_provenance;
mod stored_scores;
mod strongest_value;
mod sweep;
mod table;
mod target;
#[cfg(test)]
mod test_input;
mod text_index;
mod text_lines;
mod text_output;
mod tsv;
mod unfinished;
mod variant_columns;
mod variant_id;
mod vcf;
mod vcf_end;
mod vcf_options;

pub use atomic_file::AtomicFile;
pub use error::SinkError;
pub use format::{MapFormat, OutputFormat, PictureFormat, PredictionFormat, check_array_output};
pub(crate) use format::{check_track_output, is_compressed};
#[cfg(feature = "hdf5")]
pub use hdf5::Hdf5Sink;
pub use join::JoinError;
pub(crate) use join::{JoinFormat, join, join_suffix, row_places};
pub use maps::{
    MapEntry, MapVariant, MemoryMaps, StoredKind, StoredMap, StoredMaps, StoredVariant, open_map_files, open_maps,
    stored_kind,
};
pub use memory::MemorySink;
pub(crate) use output::check_distinct;
pub use output::{Output, check_gradient_outputs, check_map_outputs, check_outputs, check_prediction_outputs};
#[cfg(feature = "parquet")]
pub use parquet::ParquetSink;
pub use pending_files::PendingFiles;
pub(crate) use predictions::prediction_columns;
#[cfg(feature = "hdf5")]
pub(crate) use predictions::stored_path;
pub use predictions::{ColumnOrder, LeafKind, OutputArray, PredictionOptions, PredictionRows, PredictionSinks};
pub(crate) use provenance_reader::provenance_of_run;
pub use provenance_reader::{ProvenanceError, read_provenance};
pub use record_line::MultiRegion;
use row_column::RowColumn;
pub use row_column::RowKind;
pub use score_tables::{ScoreTable, ScoreTables};
#[cfg(feature = "hdf5")]
pub use sequence_file::SequenceFile;
pub(crate) use side_file::side_file;
pub use sink_set::SinkSet;
pub use standard_output::{StandardOutput, move_standard_output};
#[cfg(feature = "png")]
pub(crate) use stored_provenance::png_with_provenance;
pub(crate) use stored_provenance::svg_with_provenance;
pub use stored_scores::StoredScoresError;
pub(crate) use stored_scores::{StrongestTask, each_strongest};
pub(crate) use sweep::sweep;
pub use sweep::sweep_partial_files;
pub use table::TableOptions;
#[cfg(feature = "hdf5")]
pub use table::{TableRow, table_rows};
pub(crate) use text_lines::TextLines;
pub use text_output::{TextOutput, check_text_file, write_text_file};
pub use tsv::TsvSink;
pub use unfinished::remove_unfinished_files;
pub use variant_columns::{TableRowId, VariantColumns};
pub use vcf::VcfSink;
pub use vcf_options::{InfoLayout, OnExisting, VcfOptions, VcfStyle};

pub use crate::columns::ColumnValues;
use crate::scored::ScoredChunk;

/// The end of a run: takes items in their order, scored records or predictions, and keeps them somewhere.
///
/// A sink opens its file and writes what comes before the first item when it is made. A sink that is dropped without
/// [`complete`](Self::complete) leaves nothing under its file's name.
pub trait Sink<I = ScoredChunk>: Send {
    /// Takes the next item.
    ///
    /// # Errors
    /// A [`SinkError`] that names the file. The sink is of no use afterwards; drop it.
    fn write(&mut self, item: &I) -> Result<(), SinkError>;

    /// Completes the files, which then wait to be put under their names.
    ///
    /// # Errors
    /// A [`SinkError`] that names the file; nothing new stands under any name then.
    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError>;

    /// Completes the files and puts them under their names.
    ///
    /// # Errors
    /// As [`complete`](Self::complete) and `PendingFiles::commit`.
    fn finish(self: Box<Self>) -> Result<(), SinkError> {
        self.complete()?.commit()
    }
}
