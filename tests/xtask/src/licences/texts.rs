//! The texts of licences, each once, with the crates that come under it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::crates::Crate;
use crate::error::Error;

/// What the name of a file with a licence begins with, in capitals.
const BEGINNINGS: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// Where a licence is a choice: the part of a file's name that is preferred, the first before the others.
const PREFERRED: [&str; 4] = ["MIT", "BSD", "ZLIB", "APACHE"];

/// Code in other languages that a crate brings along: the crate, what the code is called, the file with its licence.
const BROUGHT_ALONG: &[(&str, &str, &str)] = &[
    ("bzip2-sys", "bzip2", "bzip2-1.0.8/LICENSE"),
    ("dejavu", "the DejaVu fonts", "assets/dejavu-fonts-ttf-2.37/LICENSE"),
    ("hdf5-metno-src", "the HDF5 library", "ext/hdf5/LICENSE"),
    ("libz-sys", "zlib", "src/zlib/LICENSE"),
    ("zstd-sys", "zstd", "zstd/LICENSE"),
];

/// A text, and who comes under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    /// Crates by name and version, with what they bring along if the text is of that.
    pub(super) users: Vec<(String, String, String)>,
}

impl Text {
    /// Whether it is the licence of a crate itself.
    pub(super) fn is_of(&self, one: &Crate) -> bool {
        self.users
            .iter()
            .any(|(name, version, brought)| *name == one.name && *version == one.version && brought.is_empty())
    }

    /// Its users, a line each.
    pub(super) fn used_by(&self) -> String {
        let line = |(name, version, brought): &(String, String, String)| match brought.as_str() {
            "" => format!("{name} {version}"),
            brought => format!("{brought}, in {name} {version}"),
        };
        self.users.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The texts of crates, in the order of the first crate of each.
pub(super) fn of(crates: &[Crate]) -> Result<Vec<Text>, Error> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut texts: Vec<Text> = Vec::new();
    for one in crates {
        let own = chosen(files(&one.directory)?).into_iter().map(|path| (path, ""));
        let brought = BROUGHT_ALONG.iter().filter(|(name, ..)| *name == one.name);
        let brought = brought.map(|(_, what, path)| (one.directory.join(path), *what));
        for (path, what) in own.chain(brought) {
            let bytes = fs::read(&path).map_err(Error::file("read", &path))?;
            let text = String::from_utf8_lossy(&bytes).replace('\r', "");
            // Texts that differ in blanks alone are the same.
            let key = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let at = *places.entry(key).or_insert_with(|| {
                texts.push(Text { text: without_blank_ends(&text), users: Vec::new() });
                texts.len() - 1
            });
            texts[at].users.push((one.name.clone(), one.version.clone(), what.to_owned()));
        }
    }
    Ok(texts)
}

fn without_blank_ends(text: &str) -> String {
    text.trim_matches('\n').lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The files of a directory whose names say that they hold a licence.
fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(Error::file("read", directory))? {
        let path = entry.map_err(Error::file("read", directory))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        // What is written in Rust is code about licences.
        if path.is_file() && BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) && !name.ends_with(".RS") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Of several files, those of the licence that is preferred, and notices; all, if none of them is named after a licence.
fn chosen(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
    for preferred in PREFERRED {
        if files.iter().any(|path| name(path).contains(preferred)) {
            let is_kept = |path: &PathBuf| name(path).contains(preferred) || name(path).starts_with("NOTICE");
            return files.into_iter().filter(is_kept).collect();
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, directory: &Path) -> Crate {
        let (version, licence) = ("1.0.0".to_owned(), "MIT OR Apache-2.0".to_owned());
        let directory = directory.join(name);
        Crate { name: name.into(), version, licence, repository: String::new(), authors: Vec::new(), directory }
    }

    #[test]
    fn a_text_stands_once_for_all_crates_that_have_it() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("a/LICENSE-MIT", "Do as you like.  \n");
        write("a/LICENSE-APACHE", "Do otherwise.\n");
        write("a/licence_check.rs", "fn main() {}");
        write("b/license.md", "Do as\r\nyou like.\r\n");
        write("c/Cargo.toml", "");
        write("libz-sys/LICENSE", "Mine.\n");
        write("libz-sys/src/zlib/LICENSE", "Theirs.\n");
        let crates = ["a", "b", "c", "libz-sys"].map(|name| one(name, root.path()));
        let texts = of(&crates).unwrap();
        let shown: Vec<_> = texts.iter().map(|text| (text.text.as_str(), text.used_by())).collect();
        let expected = [
            ("Do as you like.", "a 1.0.0\nb 1.0.0"),
            ("Mine.", "libz-sys 1.0.0"),
            ("Theirs.", "zlib, in libz-sys 1.0.0"),
        ];
        assert_eq!(shown, expected.map(|(text, users)| (text, users.to_owned())));
        assert!(!texts.iter().any(|text| text.is_of(&crates[2])));
    }
}
