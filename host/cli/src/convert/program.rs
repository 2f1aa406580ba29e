//! The Python program that asks frameworks and converts: its files are part of this binary.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        /// Names and contents of the program's files.
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("script/", $name)))),+];
    };
}

files! {
    "__init__.py",
    "author.py",
    "convert.py",
    "graph_def.py",
    "keras_file.py",
    "keras_model.py",
    "main.py",
    "original.py",
    "packages.py",
    "positions.py",
    "pytorch.py",
    "pytorch_export.py",
    "pytorch_model.py",
    "report.py",
    "rows.py",
    "saved_model.py",
    "sniff.py",
    "tensorflow_graph.py",
    "trial.py",
    "unshadow.py",
    "widen.py",
}

/// A framework with all that the program needs beside it: versions that were seen to work together, with their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framework {
    /// Keras and TensorFlow.
    Keras,
    /// PyTorch.
    PyTorch,
}

impl Framework {
    /// Its name in that of its environment.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keras => "keras",
            Self::PyTorch => "pytorch",
        }
    }

    /// The text of its requirements file.
    pub fn requirements(self) -> &'static str {
        match self {
            Self::Keras => include_str!("script/requirements-keras.txt"),
            Self::PyTorch => include_str!("script/requirements-pytorch.txt"),
        }
    }

    /// The one that a model of these kinds needs: the type of a Kipoi model, or what the program says of its files.
    pub fn of_kinds(kinds: &[String]) -> Self {
        // Code beside other files is read by the framework of those.
        match kinds.iter().find(|kind| *kind != "python").map(String::as_str) {
            Some("pytorch") | None => Self::PyTorch,
            Some(_) => Self::Keras,
        }
    }
}

/// Writes the program into a new directory: the file to run.
///
/// # Errors
/// What the system says.
pub fn write(directory: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(directory)?;
    FILES.iter().try_for_each(|(name, text)| fs::write(directory.join(name), text))?;
    Ok(directory.join("main.py"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_goes_with_what_it_lies_beside() {
        let of = |kinds: &[&str]| Framework::of_kinds(&kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["python", "keras"]), Framework::Keras);
        assert_eq!(of(&["saved_model"]), Framework::Keras);
        assert_eq!(of(&["python", "pytorch"]), Framework::PyTorch);
        assert_eq!(of(&["python"]), Framework::PyTorch);
    }

    #[test]
    fn no_file_is_left_out() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/convert/script");
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut found: Vec<String> = entries.filter(|name| name.ends_with(".py")).collect();
        found.sort();
        assert_eq!(found, FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
