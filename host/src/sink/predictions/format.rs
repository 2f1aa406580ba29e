//! Which file of predictions a name asks for.

use std::path::{Path, PathBuf};

use crate::sink::{Output, SinkError, output::check_distinct, text_output::has_extension};

/// What a file of predictions looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PredictionFormat {
    /// A table as text: `.tsv`, `.tsv.gz`, `.tsv.bgz`.
    Tsv,
    /// Intervals with predictions behind them: `.bed`, `.bed.gz`, `.bed.bgz`.
    Bed,
    /// A table with typed columns: `.parquet`, `.pq`, `.pqt`.
    #[cfg(feature = "parquet")]
    Parquet,
    /// Arrays: `.h5`, `.hdf5`.
    #[cfg(feature = "hdf5")]
    Hdf5,
}

impl PredictionFormat {
    /// The format that the name of a file asks for.
    ///
    /// # Errors
    /// [`SinkError::UnknownPredictionFormat`] or [`SinkError::NotBuilt`].
    pub fn of(path: &Path) -> Result<Self, SinkError> {
        let is_compressed = has_extension(path, "gz") || has_extension(path, "bgz");
        let inner = if is_compressed { path.with_extension("") } else { path.to_owned() };
        let is_any = |extensions: &[&str]| extensions.iter().any(|extension| has_extension(path, extension));
        if has_extension(&inner, "tsv") {
            Ok(Self::Tsv)
        } else if has_extension(&inner, "bed") {
            Ok(Self::Bed)
        } else if is_any(&["parquet", "pq", "pqt"]) {
            #[cfg(feature = "parquet")]
            return Ok(Self::Parquet);
            #[cfg(not(feature = "parquet"))]
            Err(SinkError::NotBuilt { path: path.to_owned(), feature: "parquet" })
        } else if is_any(&["h5", "hdf5"]) {
            #[cfg(feature = "hdf5")]
            return Ok(Self::Hdf5);
            #[cfg(not(feature = "hdf5"))]
            Err(SinkError::NotBuilt { path: path.to_owned(), feature: "hdf5" })
        } else {
            Err(SinkError::UnknownPredictionFormat { path: path.to_owned() })
        }
    }
}

impl PredictionFormat {
    /// Whether every element of an array is a column.
    pub(super) fn splits_arrays(self) -> bool {
        match self {
            Self::Tsv | Self::Bed => true,
            #[cfg(feature = "parquet")]
            Self::Parquet => true,
            #[cfg(feature = "hdf5")]
            Self::Hdf5 => false,
        }
    }
}

/// Checks files of gradients as [`check_prediction_outputs`] does, and that none is a BED file: a gradient is as large as
/// its input.
///
/// # Errors
/// As there, and [`SinkError::GradientsInBed`].
pub fn check_gradient_outputs(paths: &[PathBuf]) -> Result<(), SinkError> {
    check_prediction_outputs(paths)?;
    match paths.iter().find(|path| matches!(PredictionFormat::of(path), Ok(PredictionFormat::Bed))) {
        Some(path) => Err(SinkError::GradientsInBed { path: path.clone() }),
        None => Ok(()),
    }
}

/// Checks what can be told of files of predictions before anything is opened: that each has a format, and that no two
/// are one.
///
/// # Errors
/// As [`PredictionFormat::of`], and [`SinkError::SameOutput`].
pub fn check_prediction_outputs(paths: &[PathBuf]) -> Result<(), SinkError> {
    paths.iter().try_for_each(|path| PredictionFormat::of(path).map(drop))?;
    check_distinct(&paths.iter().map(Output::from).collect::<Vec<_>>())
}
