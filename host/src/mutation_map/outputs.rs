//! The files that a run writes: those of all maps, and pictures of the only one.

use std::path::{Path, PathBuf};

use super::MutationMapError;
use super::one_map::OneMap;
use crate::plot::{MapChoice, MutationMapOptions, MutationMapPlotter, PictureFiles};
use crate::provenance::Provenance;
use crate::run::Consumer;
use crate::scored::ScoreLabel;
use crate::sink::{
    MapEntry, MapFormat, MemoryMaps, PendingFiles, Sink, SinkError, SinkSet, check_map_outputs, open_map_files,
};

/// Pixels of a PNG for each of the picture's own: as the command that draws files does.
const DENSITY: f64 = 2.0;

/// The names of the files of a run.
pub(super) struct MapOutputs<'p> {
    paths: &'p [PathBuf],
    pictures: Vec<PathBuf>,
}

impl<'p> MapOutputs<'p> {
    /// Checks what can be told of the names alone.
    ///
    /// # Errors
    /// A name of no format, or one that occurs twice.
    pub(super) fn of(paths: &'p [PathBuf]) -> Result<Self, MutationMapError> {
        check_map_outputs(paths)?;
        let is_picture = |path: &&PathBuf| matches!(MapFormat::of(path), Ok(MapFormat::Picture(_)));
        Ok(Self { paths, pictures: paths.iter().filter(is_picture).cloned().collect() })
    }

    /// What a picture asks of the run, if there is one.
    pub(super) fn one_map(&self) -> Option<OneMap<'_>> {
        self.pictures.first().map(|path| OneMap { path })
    }

    /// Opens the files, once the model's name, the scores and what they follow from are known.
    pub(super) fn open(
        &self,
        model: &str,
        labels: Vec<ScoreLabel>,
        provenance: &Provenance,
    ) -> Result<MapFiles, MutationMapError> {
        let picture = match self.pictures.first() {
            Some(path) => Some(MapPicture {
                path: path.clone(),
                files: PictureFiles::create(&self.pictures, &[], DENSITY)?.with_provenance(Some(provenance.clone())),
                maps: MemoryMaps::new(model, labels.clone()),
            }),
            None => None,
        };
        Ok(MapFiles { sinks: open_map_files(self.paths, model, &labels, provenance)?, picture })
    }
}

/// The open files of a run.
pub(super) struct MapFiles {
    sinks: Box<SinkSet<MapEntry>>,
    picture: Option<MapPicture>,
}

/// Pictures, and the map that they will show.
struct MapPicture {
    path: PathBuf,
    files: PictureFiles,
    maps: MemoryMaps,
}

impl Consumer for MapFiles {
    type Item = Vec<MapEntry>;

    fn take(&mut self, entries: Vec<MapEntry>) -> Result<(), SinkError> {
        entries.into_iter().try_for_each(|entry| {
            self.sinks.write(&entry)?;
            if let Some(picture) = &mut self.picture {
                picture.maps.append(entry);
            }
            Ok(())
        })
    }
}

impl MapFiles {
    /// The picture that waits for a map, if there is one.
    pub(super) fn picture(&self) -> Option<&Path> {
        self.picture.as_ref().map(|picture| picture.path.as_path())
    }

    /// Completes the files, which then wait to be put under their names.
    ///
    /// # Errors
    /// A file cannot be written, or the picture cannot be drawn.
    pub(super) fn complete(self) -> Result<PendingFiles, MutationMapError> {
        let mut complete = self.sinks.complete()?;
        if let Some(MapPicture { files, maps, .. }) = self.picture {
            // The maps of all inputs that show the window are the same.
            let input = maps.entries().first().and_then(|entry| entry.inputs.first()).map(ToString::to_string);
            let choice = MapChoice { input, ..MapChoice::default() };
            let scene = MutationMapPlotter::of(maps).picture(&choice)?.draw(&MutationMapOptions::default())?;
            complete.extend(files.complete(&scene)?);
            complete.warn(scene.warning);
        }
        Ok(complete)
    }
}
