//! Where results go, and in which format.

use super::{SinkError, text_output::has_extension};
use std::{
    collections::HashMap,
    fmt, fs,
    path::{Path, PathBuf},
};

/// A place for results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A file, whose name says the format.
    File(PathBuf),
    /// A VCF or BCF on standard output.
    Stdout {
        /// Whether it is bgzipped.
        bgzip: bool,
        /// Whether it is BCF rather than text.
        bcf: bool,
    },
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputFormat {
    /// The input's records with scores in INFO: `.vcf`, `.vcf.gz`, `.vcf.bgz`, and devices and pipes of other names.
    Vcf,
    /// The same as BCF: `.bcf`.
    Bcf,
    /// A table of scores as text: `.tsv`, `.tsv.gz`, `.tsv.bgz`.
    Tsv,
    /// A table of scores with typed columns: `.parquet`, `.pq`.
    #[cfg(feature = "parquet")]
    Parquet,
    /// A table of scores as arrays, one per score: `.h5`, `.hdf5`.
    #[cfg(feature = "hdf5")]
    Hdf5,
}

impl<P: AsRef<Path>> From<P> for Output {
    fn from(path: P) -> Self {
        Self::File(path.as_ref().to_owned())
    }
}

impl fmt::Display for Output {
    /// The path as given, or `standard output`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdout { .. } => f.write_str("standard output"),
        }
    }
}

impl Output {
    /// The format that the name asks for.
    ///
    /// # Errors
    /// [`SinkError::UnknownFormat`] or [`SinkError::NotBuilt`].
    pub fn format(&self) -> Result<OutputFormat, SinkError> {
        let path = match self {
            Self::File(path) => path,
            Self::Stdout { bcf: true, .. } => return Ok(OutputFormat::Bcf),
            Self::Stdout { bcf: false, .. } => return Ok(OutputFormat::Vcf),
        };
        let is_compressed = has_extension(path, "gz") || has_extension(path, "bgz");
        let inner = if is_compressed { path.with_extension("") } else { path.clone() };
        if has_extension(&inner, "vcf") {
            Ok(OutputFormat::Vcf)
        } else if has_extension(&inner, "tsv") {
            Ok(OutputFormat::Tsv)
        } else if has_extension(path, "parquet") || has_extension(path, "pq") {
            parquet_format(path)
        } else if self.is_hdf5() {
            hdf5_format(path)
        } else if has_extension(path, "bcf") {
            Ok(OutputFormat::Bcf)
        } else if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            Ok(OutputFormat::Vcf)
        } else {
            Err(SinkError::UnknownFormat { path: path.clone() })
        }
    }

    /// Whether the name asks for HDF5, which may or may not have been built in.
    pub fn is_hdf5(&self) -> bool {
        matches!(self, Self::File(path) if has_extension(path, "h5") || has_extension(path, "hdf5"))
    }

    /// The file that will be written, by the one name that all its names share; nothing for standard output.
    fn identity(&self) -> Option<PathBuf> {
        let Self::File(path) = self else {
            return None;
        };
        let beside = || {
            let parent = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
            Some(fs::canonicalize(parent).ok()?.join(path.file_name()?))
        };
        Some(fs::canonicalize(path).ok().or_else(beside).unwrap_or_else(|| path.clone()))
    }
}

#[cfg(feature = "parquet")]
fn parquet_format(_: &Path) -> Result<OutputFormat, SinkError> {
    Ok(OutputFormat::Parquet)
}

#[cfg(not(feature = "parquet"))]
fn parquet_format(path: &Path) -> Result<OutputFormat, SinkError> {
    Err(SinkError::NotBuilt { path: path.to_owned(), feature: "parquet" })
}

#[cfg(feature = "hdf5")]
fn hdf5_format(_: &Path) -> Result<OutputFormat, SinkError> {
    Ok(OutputFormat::Hdf5)
}

#[cfg(not(feature = "hdf5"))]
fn hdf5_format(path: &Path) -> Result<OutputFormat, SinkError> {
    Err(SinkError::NotBuilt { path: path.to_owned(), feature: "hdf5" })
}

/// Checks what can be told of outputs before anything is opened: that each has a format, and that no two are one.
///
/// # Errors
/// As [`Output::format`], and [`SinkError::SameOutput`].
pub fn check_outputs(outputs: &[Output]) -> Result<(), SinkError> {
    outputs.iter().try_for_each(|output| output.format().map(drop))?;
    check_distinct(outputs)
}

/// Refuses outputs of which two are one.
pub(crate) fn check_distinct(outputs: &[Output]) -> Result<(), SinkError> {
    let mut seen = HashMap::new();
    for output in outputs {
        if let Some(first) = seen.insert(output.identity(), output) {
            let name = |output: &Output| PathBuf::from(output.to_string());
            return Err(SinkError::SameOutput { first: name(first), second: name(output) });
        }
    }
    Ok(())
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
            assert_eq!(Output::from(name).format().unwrap(), expected, "{name}");
        }
        for name in ["a", "a.gz", "a.bcf.gz", "a.vcf.zip", "vcf", ".vcf", "a.tsv.vcf.gz.txt", "a.parquet.gz"] {
            assert!(matches!(Output::from(name).format(), Err(SinkError::UnknownFormat { .. })), "{name}");
        }
        assert_eq!(Output::Stdout { bgzip: true, bcf: false }.format().unwrap(), Vcf);
        assert_eq!(Output::Stdout { bgzip: false, bcf: true }.format().unwrap(), Bcf);
        // A directory has no format either, but a better message comes later.
        assert_eq!(Output::from(std::env::temp_dir()).format().unwrap(), Vcf);
    }

    #[test]
    fn parquet_has_two_names() {
        for name in ["a.parquet", "a.tsv.PQ"] {
            let format = Output::from(name).format();
            #[cfg(feature = "parquet")]
            assert_eq!(format.unwrap(), OutputFormat::Parquet, "{name}");
            #[cfg(not(feature = "parquet"))]
            assert_eq!(
                format.unwrap_err().to_string(),
                format!(
                    "cannot write {name}: this kipos was built without the feature parquet; build it with \
                     `cargo build --release -p kipos-cli --features parquet`"
                )
            );
        }
    }

    #[test]
    fn hdf5_has_two_names() {
        for name in ["a.h5", "a.tsv.HDF5"] {
            let format = Output::from(name).format();
            #[cfg(feature = "hdf5")]
            assert_eq!(format.unwrap(), OutputFormat::Hdf5, "{name}");
            #[cfg(not(feature = "hdf5"))]
            assert_eq!(
                format.unwrap_err().to_string(),
                format!(
                    "cannot write {name}: this kipos was built without the feature hdf5; build it with \
                     `cargo build --release -p kipos-cli --features hdf5`, which needs cmake"
                )
            );
        }
    }

    #[test]
    fn one_file_by_two_names_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let (new, old) = (directory.path().join("new.vcf"), directory.path().join("old.vcf"));
        fs::write(&old, "").unwrap();
        let same = |outputs: &[Output]| matches!(check_outputs(outputs), Err(SinkError::SameOutput { .. }));
        assert!(!same(&[(&new).into(), (&old).into(), Output::Stdout { bgzip: false, bcf: false }]));
        assert!(same(&[(&new).into(), directory.path().join(".").join("new.vcf").into()]));
        assert!(same(&[false, true].map(|bgzip| Output::Stdout { bgzip, bcf: bgzip })));
        #[cfg(unix)]
        {
            let link = directory.path().join("link.vcf");
            std::os::unix::fs::symlink(&old, &link).unwrap();
            assert!(same(&[(&old).into(), link.into()]));
        }
    }
}
