//! Files of predictions: a row per sample, with what is known of it.

mod bed;
mod columns;
#[cfg(feature = "hdf5")]
mod hdf5;
mod leaf;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod sink_set;
mod text;

pub use columns::ColumnOrder;
pub(crate) use columns::prediction_columns;
#[cfg(feature = "hdf5")]
pub(crate) use hdf5::stored_path;
pub use leaf::{Leaf, LeafKind};
pub use rows::PredictionRows;
pub use sink_set::{PredictionOptions, PredictionSinks};

use super::{Complete, SinkError};

/// The end of a prediction: takes rows in their order and keeps them in a file.
trait PredictionSink: Send {
    /// Takes the next rows.
    fn write(&mut self, rows: &PredictionRows) -> Result<(), SinkError>;

    /// Completes the file, which then waits to be put under its name.
    fn complete(self: Box<Self>) -> Result<Complete, SinkError>;
}
