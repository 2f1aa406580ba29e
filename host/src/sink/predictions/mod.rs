//! Files of predictions: a row per sample, with what is known of it.

mod bed;
mod columns;
#[cfg(feature = "hdf5")]
mod hdf5;
mod output_array;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod sink_set;
mod text;

pub use columns::ColumnOrder;
pub(crate) use columns::prediction_columns;
#[cfg(feature = "hdf5")]
pub(crate) use hdf5::stored_path;
pub use output_array::{LeafKind, OutputArray};
pub use rows::PredictionRows;
pub use sink_set::{PredictionOptions, PredictionSinks};
