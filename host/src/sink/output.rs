//! Where results go.

use super::{
    MapFormat, OutputFormat, PredictionFormat, SinkError, is_compressed, side_file::side_path,
    standard_output::is_standard_output, target::target_of, text_index::index_paths,
};
use crate::partial_file::directory_of;
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
    pub(crate) fn format(&self) -> Result<OutputFormat, SinkError> {
        let path = match self {
            Self::File(path) => path,
            Self::Stdout { bcf: true, .. } => return Ok(OutputFormat::Bcf),
            Self::Stdout { bcf: false, .. } => return Ok(OutputFormat::Vcf),
        };
        match OutputFormat::of(path) {
            // Devices and pipes of any name, and standard output wherever it leads.
            Err(SinkError::UnknownFormat { .. })
                if is_standard_output(path) || fs::metadata(path).is_ok_and(|found| !found.is_file()) =>
            {
                Ok(OutputFormat::Vcf)
            }
            found => found,
        }
    }

    /// The files that are written: its own, the indexes that it gets or that become stale, and the one beside it.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let Self::File(path) = self else { return Vec::new() };
        let has_index = match self.format() {
            Ok(OutputFormat::Vcf | OutputFormat::Tsv) => is_compressed(path),
            Ok(OutputFormat::Bcf) => true,
            _ => false,
        };
        let indexes = has_index.then(|| index_paths(path)).into_iter().flatten();
        [path.clone(), side_path(path)].into_iter().chain(indexes).collect()
    }

    /// The file that will be written, by the one name that all its names share; nothing for standard output.
    fn identity(&self) -> Option<PathBuf> {
        let Self::File(path) = self else {
            return None;
        };
        if is_standard_output(path) {
            return None;
        }
        let target = target_of(path).unwrap_or_else(|_| path.clone());
        let beside = || Some(fs::canonicalize(directory_of(&target)).ok()?.join(target.file_name()?));
        Some(beside().unwrap_or(target))
    }
}

/// Checks what can be told of outputs before anything is opened: that each has a format, and that no two are one.
///
/// # Errors
/// As [`Output::format`], and [`SinkError::SameOutput`].
pub fn check_outputs(outputs: &[Output]) -> Result<(), SinkError> {
    outputs.iter().try_for_each(|output| output.format().map(drop))?;
    check_distinct(outputs)
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

/// Checks what can be told of files of mutation maps before anything is opened: that each has a format, and that no two
/// are one.
///
/// # Errors
/// As [`MapFormat::of`], and [`SinkError::SameOutput`].
pub fn check_map_outputs(paths: &[PathBuf]) -> Result<(), SinkError> {
    paths.iter().try_for_each(|path| MapFormat::of(path).map(drop))?;
    check_distinct(&paths.iter().map(Output::from).collect::<Vec<_>>())
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
    fn streams_and_devices_have_a_format() {
        use OutputFormat::{Bcf, Vcf};
        assert_eq!(Output::Stdout { bgzip: true, bcf: false }.format().unwrap(), Vcf);
        assert_eq!(Output::Stdout { bgzip: false, bcf: true }.format().unwrap(), Bcf);
        // A directory has no format either, but a better message comes later.
        assert_eq!(Output::from(std::env::temp_dir()).format().unwrap(), Vcf);
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
            // One that leads to nothing yet.
            let link = directory.path().join("link-to-new.vcf");
            std::os::unix::fs::symlink(&new, &link).unwrap();
            assert!(same(&[(&new).into(), link.into()]));
            assert!(same(&["/dev/stdout".into(), Output::Stdout { bgzip: false, bcf: false }]));
        }
    }
}
