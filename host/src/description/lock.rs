//! `kipos.lock`: what the files of a converted model were made of.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;

use super::error::SpecError;
use crate::sha256::file_digest;

/// The name of the file, beside model.yaml.
pub const LOCK_FILE: &str = "kipos.lock";

/// The files that a model was converted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionSources {
    lock: PathBuf,
    /// The SHA-256 of each; relative paths start from the directory of the lock.
    pub digests: BTreeMap<String, String>,
}

impl ConversionSources {
    /// Those of the model in a directory, if a conversion has left its record there.
    ///
    /// # Errors
    /// A record that cannot be read.
    pub fn read(directory: &Path) -> Result<Option<Self>, SpecError> {
        let lock = directory.join(LOCK_FILE);
        let text = match fs::read_to_string(&lock) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SpecError::Read { file: lock, source: Arc::new(error) }),
        };
        let bad = |problem: String| SpecError::BadLock { lock: lock.clone(), problem };
        let json: Json = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
        let sources = json.get("sources").and_then(Json::as_object);
        let sources = sources.ok_or_else(|| bad("it has no `sources`".into()))?;
        let digest = |(path, digest): (&String, &Json)| Some((path.clone(), digest.as_str()?.to_owned()));
        let digests = sources.iter().map(digest).collect::<Option<_>>();
        let digests = digests.ok_or_else(|| bad("its `sources` are not digests by file".into()))?;
        Ok(Some(Self { lock, digests }))
    }

    /// Fails if a source that lies beside the model has changed. Others may have gone, or belong to somebody else by now.
    ///
    /// # Errors
    /// [`SpecError::ChangedSource`], or a file that cannot be read.
    pub fn check_beside(&self) -> Result<(), SpecError> {
        self.check(|path| path.is_relative())
    }

    /// Fails if any source has changed that is still there.
    ///
    /// # Errors
    /// As [`check_beside`](Self::check_beside).
    pub fn check_all(&self) -> Result<(), SpecError> {
        self.check(|_| true)
    }

    fn check(&self, is_meant: impl Fn(&Path) -> bool) -> Result<(), SpecError> {
        for (path, digest) in self.digests.iter().filter(|(path, _)| is_meant(Path::new(path))) {
            let file = self.lock.with_file_name(path);
            match file_digest(&file) {
                Ok(found) if found == *digest => {}
                Ok(_) => return Err(SpecError::ChangedSource { lock: self.lock.clone(), file }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(SpecError::Read { file, source: Arc::new(error) }),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256::sha256;

    #[test]
    fn only_sources_that_have_changed_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let message = |error: SpecError| error.to_string().replace(&directory.path().display().to_string(), "DIR");
        assert_eq!(ConversionSources::read(directory.path()).unwrap(), None);
        let elsewhere = tempfile::tempdir().unwrap();
        let outside = elsewhere.path().join("weights.h5");
        let sources = serde_json::json!({
            "sources": { "weights.h5": sha256("w"), "gone.h5": "0", (outside.to_str().unwrap()): sha256("w") }
        });
        fs::write(path(LOCK_FILE), sources.to_string()).unwrap();
        fs::write(path("weights.h5"), "w").unwrap();
        fs::write(&outside, "other").unwrap();
        let lock = ConversionSources::read(directory.path()).unwrap().unwrap();
        lock.check_beside().unwrap();
        assert!(matches!(lock.check_all().unwrap_err(), SpecError::ChangedSource { file, .. } if file == outside));
        fs::write(path("weights.h5"), "v").unwrap();
        insta::assert_snapshot!(message(lock.check_beside().unwrap_err()), @"DIR/weights.h5 has changed since the model was converted (DIR/kipos.lock); convert again with `kipos model convert`");
        for (text, expected) in [
            ("{", "EOF while parsing an object at line 1 column 1"),
            ("[]", "it has no `sources`"),
            ("{\"sources\": {\"a\": 1}}", "its `sources` are not digests by file"),
        ] {
            fs::write(path(LOCK_FILE), text).unwrap();
            let found = message(ConversionSources::read(directory.path()).unwrap_err());
            let expected =
                format!("DIR/kipos.lock is not a record of a conversion: {expected}; remove it, or convert again");
            assert_eq!(found, expected);
        }
    }
}
