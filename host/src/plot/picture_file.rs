//! Pictures as files that appear when they are complete.

use super::error::PlotError;
use super::scene::Scene;
use super::svg::svg;
use crate::internal::caught;
use crate::provenance::Provenance;
use crate::run::refuse_inputs_as_outputs;
#[cfg(feature = "png")]
use crate::sink::png_with_provenance;
use crate::sink::{Output, PendingFiles, PictureFormat, TextOutput, check_distinct, svg_with_provenance};
use crate::stop::Stop;
use std::path::PathBuf;

/// Files of one picture, opened before it is drawn.
#[derive(Debug)]
pub struct PictureFiles {
    files: Vec<(PictureFormat, TextOutput)>,
    /// What the pictures show follows from, if that is known.
    provenance: Option<Provenance>,
    /// Pixels of a PNG for each of the picture's own.
    #[cfg(feature = "png")]
    density: f64,
}

impl PictureFiles {
    /// Starts the files of a picture that is made of what `reads` hold. A PNG has `density` pixels for each of the picture's
    /// own, 1 to 8.
    ///
    /// # Errors
    /// A name that is no picture's, one that occurs twice or is that of a file that is read, a file that cannot be made, or a
    /// density that has no meaning.
    pub fn create(paths: &[PathBuf], reads: &[PathBuf], density: f64) -> Result<Self, PlotError> {
        let (least, most) = (1.0, 8.0);
        if !(least..=most).contains(&density) {
            return Err(PlotError::OutOfRange { what: "the density of pixels", value: density, least, most });
        }
        let formats = paths.iter().map(|path| PictureFormat::of(path)).collect::<Result<Vec<_>, _>>()?;
        let outputs: Vec<_> = paths.iter().map(Output::from).collect();
        check_distinct(&outputs)?;
        refuse_inputs_as_outputs(&outputs, reads)?;
        let open = |(format, path): (_, &PathBuf)| Ok((format, TextOutput::create(path)?));
        let files = formats.into_iter().zip(paths).map(open).collect::<Result<Vec<_>, PlotError>>()?;
        Ok(Self {
            files,
            provenance: None,
            #[cfg(feature = "png")]
            density,
        })
    }

    /// Also writes into the files what the picture shows follows from.
    #[must_use]
    pub fn with_provenance(self, provenance: Option<Provenance>) -> Self {
        Self { provenance: provenance.filter(|provenance| !provenance.is_empty()), ..self }
    }

    /// Writes the picture into all files, which appear when all are complete, unless `stop` was asked.
    ///
    /// # Errors
    /// [`PlotError::Write`], [`PlotError::TooLarge`], or [`PlotError::Stopped`].
    pub fn write(self, scene: &Scene, stop: &Stop) -> Result<(), PlotError> {
        caught(|| {
            let complete = self.complete(scene)?;
            stop.check()?;
            Ok(complete.commit()?)
        })?
    }

    /// Writes the picture into all files, which then wait to be put under their names.
    pub(crate) fn complete(self, scene: &Scene) -> Result<PendingFiles, PlotError> {
        let mut complete = PendingFiles::default();
        for (format, mut file) in self.files {
            match format {
                PictureFormat::Svg => {
                    let plain = svg(scene);
                    let text = match &self.provenance {
                        Some(about) => svg_with_provenance(plain, about),
                        None => plain,
                    };
                    file.write_all(text.as_bytes())?;
                }
                #[cfg(feature = "png")]
                PictureFormat::Png => {
                    let plain = super::png::png(scene, self.density)?;
                    let bytes = match &self.provenance {
                        Some(about) => png_with_provenance(&plain, about),
                        None => plain,
                    };
                    file.write_all(&bytes)?;
                }
            }
            complete.extend(PendingFiles::file(file.complete()?));
        }
        Ok(complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_written_into_all_files_or_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.svg");
        let scene = Scene { width: 4.0, height: 4.0, title: "four".into(), warning: None, layers: Vec::new() };
        let own = std::slice::from_ref(&path);
        PictureFiles::create(own, &[], 2.0).unwrap().write(&scene, &Stop::new()).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), svg(&scene));
        let absent = [directory.path().join("b.svg"), directory.path().join("none/c.svg")];
        let refused = |paths: &[PathBuf]| PictureFiles::create(paths, &[], 2.0).unwrap_err().to_string();
        assert!(refused(&absent).ends_with("none does not exist; create it first"));
        assert!(refused(&[path.clone(), path]).ends_with("are the same output; name each once"));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        insta::assert_snapshot!(PictureFiles::create(&[], &[], 0.5).unwrap_err(), @"the density of pixels is 0.5; choose a number from 1 to 8");
    }
}
