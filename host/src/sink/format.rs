//! Which format the name of a file asks for: of scores, predictions, maps, arrays, tracks and pictures.

use super::SinkError;
use crate::name_list::any_of;
use std::path::Path;

/// What a file of scores looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputFormat {
    /// The input's records with scores in INFO: `.vcf`, `.vcf.gz`, `.vcf.bgz`, and devices and pipes of other names.
    Vcf,
    /// The same as BCF: `.bcf`.
    Bcf,
    /// A table of scores as text: `.tsv`, `.tsv.gz`, `.tsv.bgz`.
    Tsv,
    /// A table of scores with typed columns: `.parquet`, `.pq`, `.pqt`.
    #[cfg(feature = "parquet")]
    Parquet,
    /// A table of scores as arrays, one per score: `.h5`, `.hdf5`.
    #[cfg(feature = "hdf5")]
    Hdf5,
}

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

/// What a file of a picture looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PictureFormat {
    /// Text with shapes: `.svg`.
    Svg,
    /// Pixels: `.png`.
    #[cfg(feature = "png")]
    Png,
}

/// What a file of mutation maps looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MapFormat {
    /// Arrays: `.h5`, `.hdf5`.
    #[cfg(feature = "hdf5")]
    Hdf5,
    /// Arrays of NumPy: `.npz`.
    Npz,
    /// A table with typed columns, one row per cell: `.parquet`, `.pq`, `.pqt`.
    #[cfg(feature = "parquet")]
    Parquet,
    /// The same table as text: `.tsv`, `.tsv.gz`, `.tsv.bgz`.
    Tsv,
    /// A picture of the only map of a run: `.svg`, `.png`.
    Picture(PictureFormat),
}

/// A format, and the names that ask for it.
struct Names<F> {
    /// How names end, without the dot.
    ends: &'static [&'static str],
    /// Whether names may go on with one of [`COMPRESSED`].
    may_be_compressed: bool,
    /// The format; the feature that holds its writer if that was left out of this build.
    format: Result<F, &'static str>,
}

/// How names of compressed files end.
const COMPRESSED: [&str; 2] = ["gz", "bgz"];
const PARQUET: &[&str] = &["parquet", "pq", "pqt"];
const HDF5: &[&str] = &["h5", "hdf5"];
const SVG: &[&str] = &["svg"];
const PNG: &[&str] = &["png"];

impl<F> Names<F> {
    const fn plain(ends: &'static [&'static str], format: Result<F, &'static str>) -> Self {
        Self { ends, may_be_compressed: false, format }
    }

    const fn text(ends: &'static [&'static str], format: F) -> Self {
        Self { ends, may_be_compressed: true, format: Ok(format) }
    }
}

/// A format whose writer is part of a feature; the feature where it was left out of this build.
macro_rules! built {
    ($feature:tt, $format:expr) => {{
        #[cfg(feature = $feature)]
        {
            Ok($format)
        }
        #[cfg(not(feature = $feature))]
        {
            Err($feature)
        }
    }};
}

const SCORES: &[Names<OutputFormat>] = &[
    Names::text(&["vcf"], OutputFormat::Vcf),
    Names::plain(&["bcf"], Ok(OutputFormat::Bcf)),
    Names::text(&["tsv"], OutputFormat::Tsv),
    Names::plain(PARQUET, built!("parquet", OutputFormat::Parquet)),
    Names::plain(HDF5, built!("hdf5", OutputFormat::Hdf5)),
];

const PREDICTIONS: &[Names<PredictionFormat>] = &[
    Names::text(&["tsv"], PredictionFormat::Tsv),
    Names::text(&["bed"], PredictionFormat::Bed),
    Names::plain(PARQUET, built!("parquet", PredictionFormat::Parquet)),
    Names::plain(HDF5, built!("hdf5", PredictionFormat::Hdf5)),
];

const MAPS: &[Names<MapFormat>] = &[
    Names::plain(HDF5, built!("hdf5", MapFormat::Hdf5)),
    Names::plain(&["npz"], Ok(MapFormat::Npz)),
    Names::plain(PARQUET, built!("parquet", MapFormat::Parquet)),
    Names::text(&["tsv"], MapFormat::Tsv),
    Names::plain(SVG, Ok(MapFormat::Picture(PictureFormat::Svg))),
    Names::plain(PNG, built!("png", MapFormat::Picture(PictureFormat::Png))),
];

/// Sequences.
const ARRAYS: &[Names<()>] = &[Names::plain(HDF5, built!("hdf5", ()))];

const TRACKS: &[Names<()>] = &[Names::text(&["bedgraph", "bdg", "bed"], ())];

const PICTURES: &[Names<PictureFormat>] =
    &[Names::plain(SVG, Ok(PictureFormat::Svg)), Names::plain(PNG, built!("png", PictureFormat::Png))];

impl OutputFormat {
    /// The format that the name of a file of scores asks for.
    ///
    /// # Errors
    /// [`SinkError::UnknownFormat`] or [`SinkError::NotBuilt`].
    pub fn of(path: &Path) -> Result<Self, SinkError> {
        detect(path, SCORES)
    }
}

impl PredictionFormat {
    /// The format that the name of a file of predictions asks for.
    ///
    /// # Errors
    /// [`SinkError::UnknownFormat`] or [`SinkError::NotBuilt`].
    pub fn of(path: &Path) -> Result<Self, SinkError> {
        detect(path, PREDICTIONS)
    }

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

impl PictureFormat {
    /// The format that the name of a picture asks for.
    ///
    /// # Errors
    /// [`SinkError::UnknownFormat`] or [`SinkError::NotBuilt`].
    pub fn of(path: &Path) -> Result<Self, SinkError> {
        detect(path, PICTURES)
    }
}

impl MapFormat {
    /// The format that the name of a file of mutation maps asks for.
    ///
    /// # Errors
    /// [`SinkError::UnknownFormat`] or [`SinkError::NotBuilt`].
    pub fn of(path: &Path) -> Result<Self, SinkError> {
        detect(path, MAPS)
    }
}

/// Checks that the name of a file of sequences asks for HDF5.
///
/// # Errors
/// [`SinkError::UnknownFormat`] or [`SinkError::NotBuilt`].
pub fn check_array_output(path: &Path) -> Result<(), SinkError> {
    detect(path, ARRAYS)
}

/// Checks that the name of a track asks for bedGraph.
///
/// # Errors
/// [`SinkError::UnknownFormat`].
pub(crate) fn check_track_output(path: &Path) -> Result<(), SinkError> {
    detect(path, TRACKS)
}

/// Whether the name of a text file asks for compression.
pub(crate) fn is_compressed(path: &Path) -> bool {
    COMPRESSED.iter().any(|end| has_extension(path, end))
}

fn detect<F: Copy>(path: &Path, formats: &[Names<F>]) -> Result<F, SinkError> {
    let uncompressed = is_compressed(path).then(|| path.with_extension(""));
    let text = uncompressed.as_deref().unwrap_or(path);
    let asks_for = |names: &&Names<F>| {
        let name = if names.may_be_compressed { text } else { path };
        names.ends.iter().any(|end| has_extension(name, end))
    };
    match formats.iter().find(asks_for).map(|names| names.format) {
        Some(Ok(format)) => Ok(format),
        Some(Err(feature)) => Err(SinkError::NotBuilt { path: path.to_owned(), feature }),
        None => Err(SinkError::UnknownFormat { path: path.to_owned(), known: listed(formats) }),
    }
}

/// `.svg or .png`.
fn listed<F>(formats: &[Names<F>]) -> String {
    let mut all = Vec::new();
    for Names { ends, may_be_compressed, .. } in formats {
        for end in *ends {
            all.push(format!(".{end}"));
            all.extend(COMPRESSED.iter().filter(|_| *may_be_compressed).map(|more| format!(".{end}.{more}")));
        }
    }
    any_of(all)
}

/// Whether the file's name ends in `.extension`, in capitals or not.
fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_the_format() {
        use OutputFormat::{Bcf, Tsv, Vcf};
        for (name, expected) in [
            ("a.vcf", Vcf),
            ("a.b.VCF.gz", Vcf),
            ("a.vcf.bgz", Vcf),
            ("a.vcf.BCF", Bcf),
            ("a.tsv", Tsv),
            ("a.vcf.tsv", Tsv),
            ("a.tsv.gz", Tsv),
        ] {
            assert_eq!(OutputFormat::of(Path::new(name)).unwrap(), expected, "{name}");
        }
        for name in ["a", "a.gz", "a.bcf.gz", "a.vcf.zip", "vcf", ".vcf", "a.tsv.vcf.gz.txt", "a.parquet.gz"] {
            let format = OutputFormat::of(Path::new(name));
            assert!(matches!(format, Err(SinkError::UnknownFormat { .. })), "{name}");
        }
        assert_eq!(PredictionFormat::of(Path::new("a.bed.BGZ")).unwrap(), PredictionFormat::Bed);
        assert_eq!(PictureFormat::of(Path::new("a.SVG")).unwrap(), PictureFormat::Svg);
        assert_eq!(MapFormat::of(Path::new("a.svg")).unwrap(), MapFormat::Picture(PictureFormat::Svg));
        assert_eq!(MapFormat::of(Path::new("a.tsv.bgz")).unwrap(), MapFormat::Tsv);
        assert_eq!(MapFormat::of(Path::new("a.b.NPZ")).unwrap(), MapFormat::Npz);
    }

    #[test]
    fn messages_list_the_names_that_can_be_given() {
        let said = |found: Result<(), SinkError>| found.unwrap_err().to_string();
        insta::assert_snapshot!(said(OutputFormat::of(Path::new("a")).map(drop)), @"cannot write a: its name must end in .vcf, .vcf.gz, .vcf.bgz, .bcf, .tsv, .tsv.gz, .tsv.bgz, .parquet, .pq, .pqt, .h5 or .hdf5");
        insta::assert_snapshot!(said(PictureFormat::of(Path::new("svg")).map(drop)), @"cannot write svg: its name must end in .svg or .png");
        insta::assert_snapshot!(said(check_track_output(Path::new("t.wig"))), @"cannot write t.wig: its name must end in .bedgraph, .bedgraph.gz, .bedgraph.bgz, .bdg, .bdg.gz, .bdg.bgz, .bed, .bed.gz or .bed.bgz");
        insta::assert_snapshot!(said(MapFormat::of(Path::new("maps.npz.gz")).map(drop)), @"cannot write maps.npz.gz: its name must end in .h5, .hdf5, .npz, .parquet, .pq, .pqt, .tsv, .tsv.gz, .tsv.bgz, .svg or .png");
        insta::assert_snapshot!(said(check_array_output(Path::new("maps.tsv"))), @"cannot write maps.tsv: its name must end in .h5 or .hdf5");
    }

    #[test]
    fn what_was_not_built_is_said() {
        let said = |name: &str| OutputFormat::of(Path::new(name)).map_err(|error| error.to_string());
        for name in ["a.parquet", "a.tsv.PQ", "a.pqt"] {
            #[cfg(feature = "parquet")]
            assert_eq!(said(name).unwrap(), OutputFormat::Parquet, "{name}");
            #[cfg(not(feature = "parquet"))]
            assert_eq!(
                said(name).unwrap_err(),
                format!(
                    "cannot write {name}: this kipos was built without the feature parquet; build it with \
                     `cargo build --release -p kipos-cli --features parquet`"
                )
            );
        }
        for name in ["a.h5", "a.tsv.HDF5"] {
            #[cfg(feature = "hdf5")]
            assert_eq!(said(name).unwrap(), OutputFormat::Hdf5, "{name}");
            #[cfg(not(feature = "hdf5"))]
            assert_eq!(
                said(name).unwrap_err(),
                format!(
                    "cannot write {name}: this kipos was built without the feature hdf5; build it with \
                     `cargo build --release -p kipos-cli --features hdf5`, which needs cmake"
                )
            );
        }
    }
}
