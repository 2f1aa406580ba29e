//! The files beside parts that have no place for what they follow from.

use super::JoinError;
use crate::provenance::Provenance;
use crate::sink::{
    PendingFiles,
    side_file::{side_file, side_path},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Compares the files beside the parts, and writes that of the joined file; nothing if the first part has none.
pub(super) fn join(parts: &[PathBuf], output: &Path) -> Result<PendingFiles, JoinError> {
    let mut first: Option<(&PathBuf, Option<Provenance>)> = None;
    for part in parts {
        let own = read(part)?;
        let Some((name, expected)) = &first else {
            first = Some((part, own));
            continue;
        };
        if own == *expected {
            continue;
        }
        let (path, first) = (part.clone(), (*name).clone());
        let difference = own.zip(expected.clone()).and_then(|(own, expected)| own.difference(&expected));
        return Err(match difference {
            Some(difference) => JoinError::Provenance { path, first, difference },
            None => JoinError::Layout { path, first, what: "files .provenance.json".to_owned() },
        });
    }
    match first {
        Some((_, Some(provenance))) => Ok(side_file(output, &provenance)?),
        _ => Ok(PendingFiles::default()),
    }
}

fn read(part: &Path) -> Result<Option<Provenance>, JoinError> {
    let path = side_path(part);
    match fs::read_to_string(&path) {
        Ok(text) => match Provenance::from_json(&text) {
            Some(provenance) => Ok(Some(provenance)),
            None => Err(JoinError::NotComplete { path, what: "it does not hold whole JSON" }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(JoinError::read(&path, source)),
    }
}
