//! Mutation maps as arrays of NumPy.

mod npy;
mod zip;

use self::zip::Zip;
use super::{MapEntry, ROWS};
use crate::description::make_distinct;
use crate::provenance::Provenance;
use crate::scored::ScoreLabel;
use crate::sink::{AtomicFile, PendingFiles, Sink, SinkError, info_key::one_line};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// Writes one array per map, `<input>__<score>__<task>`; if there are several windows, with `__<entry>` behind.
///
/// Memory holds the first window until there is a second, and the directory that ends the file, about a hundred bytes
/// per map.
pub(super) struct MapNpz {
    path: PathBuf,
    zip: Zip<BufWriter<AtomicFile>>,
    labels: Vec<ScoreLabel>,
    /// The only window so far.
    first: Option<MapEntry>,
    entries: usize,
}

impl MapNpz {
    /// Starts the file of a run with these scores.
    pub(super) fn create(path: &Path, labels: Vec<ScoreLabel>, provenance: &Provenance) -> Result<Self, SinkError> {
        let file = AtomicFile::create(path)?;
        let path = file.path().to_owned();
        let comment = if provenance.is_empty() { String::new() } else { provenance.to_json() };
        Ok(Self { path, zip: Zip::new(BufWriter::new(file)).with_comment(comment), labels, first: None, entries: 0 })
    }

    fn append(&mut self, entry: &MapEntry, number: Option<usize>) -> io::Result<()> {
        let length = entry.letters.len();
        // The maps of all inputs are the same.
        let maps = entry.scores.iter().flat_map(|maps| maps.chunks((ROWS * length).max(1))).cycle();
        for (name, map) in names_of(entry, &self.labels).into_iter().zip(maps) {
            let number = number.map_or_else(String::new, |number| format!("__{number}"));
            let bytes: Vec<u8> = map.iter().flat_map(|value| value.to_le_bytes()).collect();
            self.zip.add(&format!("{name}{number}.npy"), [&npy::header([ROWS, length]), &bytes])?;
        }
        Ok(())
    }

    fn error(&self) -> impl FnOnce(io::Error) -> SinkError + use<> {
        let path = self.path.clone();
        |source| SinkError::Write { path, source }
    }
}

/// The names of the arrays of an entry: for each input, all scores, each with all of its tasks.
fn names_of(entry: &MapEntry, labels: &[ScoreLabel]) -> Vec<String> {
    let part = |name: &str| one_line(name).replace('/', "%2F");
    let mut names = Vec::new();
    for input in &entry.inputs {
        for ScoreLabel { label, columns, .. } in labels {
            names.extend(columns.iter().map(|column| format!("{}__{}__{}", part(input), part(label), part(column))));
        }
    }
    make_distinct(names.iter_mut());
    names
}

impl Sink<MapEntry> for MapNpz {
    fn write(&mut self, entry: &MapEntry) -> Result<(), SinkError> {
        let number = self.entries;
        self.entries += 1;
        if number == 0 {
            self.first = Some(entry.clone());
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            self.append(&first, Some(0)).map_err(self.error())?;
        }
        self.append(entry, Some(number)).map_err(self.error())
    }

    fn complete(mut self: Box<Self>) -> Result<PendingFiles, SinkError> {
        let error = self.error();
        let last = self.first.take().map_or(Ok(()), |only| self.append(&only, None));
        let finished = last.and_then(|()| self.zip.finish());
        let file = finished.and_then(|buffered| buffered.into_inner().map_err(io::IntoInnerError::into_error));
        Ok(PendingFiles::file(file.map_err(error)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_maps::{entry, labels};
    use super::*;

    /// The names and bytes of all members of an archive without compression.
    fn members(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
        let number = |at: usize| u32::from_le_bytes(*archive[at..].first_chunk().unwrap()) as usize;
        let short = |at: usize| usize::from(u16::from_le_bytes(*archive[at..].first_chunk().unwrap()));
        let mut found = Vec::new();
        let mut at = 0;
        while archive[at..].starts_with(b"PK\x03\x04") {
            let name = at + 30..at + 30 + short(at + 26);
            let bytes = name.end + short(at + 28)..name.end + short(at + 28) + number(at + 18);
            at = bytes.end;
            found.push((String::from_utf8(archive[name].to_vec()).unwrap(), archive[bytes].to_vec()));
        }
        found
    }

    fn written(entries: &[MapEntry]) -> Vec<(String, Vec<u8>)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("maps.npz");
        let mut sink = Box::new(MapNpz::create(&path, labels(), &Default::default()).unwrap());
        entries.iter().for_each(|entry| sink.write(entry).unwrap());
        sink.finish().unwrap();
        members(&std::fs::read(&path).unwrap())
    }

    #[test]
    fn a_map_is_an_array() {
        let found = written(&[entry(9, b"AC", 90)]);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        let expected =
            ["seq__diff__t", "seq__alt__t", "seq__alt__x y", "text__diff__t", "text__alt__t", "text__alt__x y"];
        assert_eq!(names, expected.map(|name| format!("{name}.npy")));
        let (_, array) = &found[4];
        assert_eq!(array.len(), 128 + 4 * 8);
        assert!(
            array.starts_with(b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }")
        );
        let values: Vec<_> = array[128..].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        assert_eq!(values, [100.0, 101.0, 102.0, 103.0, 104.0, 105.0, 106.0, 107.0]);
    }

    #[test]
    fn arrays_of_several_windows_have_numbers() {
        let found = written(&[entry(9, b"AC", 90), entry(11, b"A", 90)]);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names.len(), names[0], names[6]), (12, "seq__diff__t__0.npy", "seq__diff__t__1.npy"));
        assert_eq!(found[6].1.len(), 128 + 4 * 4);
        assert!(written(&[]).is_empty());
    }

    #[test]
    fn names_stay_apart() {
        let mut entry = entry(9, b"A", 90);
        entry.inputs = vec!["a/b".into(), "a\tb".into(), "a b".into()];
        let names = names_of(&entry, &labels()[..1]);
        assert_eq!(names, ["a%2Fb__diff__t", "a b__diff__t", "a b__diff__t_2"]);
    }
}
