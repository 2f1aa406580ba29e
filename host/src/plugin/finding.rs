//! What was found when a library was opened, and telling it to another process.

use std::io::{self, Read, Write};
use std::path::Path;

use serde_json::{Value as Json, json};
use thiserror::Error;

use super::library::Offered;
use super::load::LoadError;
use super::probe::{ProbeError, Probed, probe};

/// What was found when a library was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// A plugin that can be used.
    Opens(Probed),
    /// None that can be used.
    Refused(Refused),
}

/// Why a library cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// What it says of itself, if it says anything.
    pub probed: Option<Probed>,
    /// Why, in a sentence.
    pub reason: String,
    /// Whether that follows from the file alone, and not from other files or the environment.
    pub lasts: bool,
}

/// An error of opening a library.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Probe(#[from] ProbeError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl Refusal {
    /// Whether it follows from the file alone.
    fn lasts(&self) -> bool {
        match self {
            Self::Probe(ProbeError::NotALibrary(_) | ProbeError::Native(_)) => false,
            Self::Load(LoadError::Initialisation(_) | LoadError::Open(_)) => false,
            Self::Probe(_) | Self::Load(_) => true,
        }
    }
}

/// Opens a library and lists what it offers, as a run would.
pub(super) fn examine(library: &Path) -> Finding {
    let refused = |probed, refusal: Refusal| {
        Finding::Refused(Refused { probed, reason: refusal.to_string(), lasts: refusal.lasts() })
    };
    let probed = match probe(library) {
        Ok((probed, Ok(()))) => probed,
        Ok((probed, Err(error))) => return refused(Some(probed), error.into()),
        Err(error) => return refused(None, error.into()),
    };
    match Offered::by(library, &probed.name) {
        Ok(_) => Finding::Opens(probed),
        Err(error) => refused(Some(probed), error.into()),
    }
}

/// Opens a plugin library in this process, which is there for nothing else, and writes what was found to `report`: the
/// work of a [`ProbingProgram`](super::ProbingProgram). `word` is the standard input of the program, `report` leads to what
/// was its standard output when it started. Before this call, the program makes the library's own standard output lead
/// elsewhere, and sees to it that it ends some time after the time limit.
///
/// # Errors
/// What the system says when it reads the word or writes the report.
pub fn examine_library(library: &Path, mut word: impl Read, mut report: impl Write) -> io::Result<()> {
    let mut told = String::new();
    word.read_to_string(&mut told)?;
    report.write_all(format!("{told} {}\n", examine(library).to_json()).as_bytes())?;
    report.flush()
}

impl Finding {
    /// Whether another run may rely on it.
    pub fn lasts(&self) -> bool {
        match self {
            Self::Opens(_) => true,
            Self::Refused(refused) => refused.lasts,
        }
    }

    /// For another process, on one line.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Opens(probed) => json!({ "opens": probed_json(probed) }),
            Self::Refused(Refused { probed, reason, lasts }) => {
                json!({ "refused": reason, "lasts": lasts, "plugin": probed.as_ref().map(probed_json) })
            }
        }
    }

    /// That of another process.
    pub fn from_json(json: &Json) -> Option<Self> {
        if let Some(opens) = json.get("opens") {
            return Some(Self::Opens(probed(opens)?));
        }
        let reason = json.get("refused")?.as_str()?.to_owned();
        let probed = json.get("plugin").and_then(probed);
        Some(Self::Refused(Refused { probed, reason, lasts: json.get("lasts")?.as_bool()? }))
    }
}

/// Whether a text is a finding of another process.
pub(crate) fn is_finding(text: &[u8]) -> bool {
    serde_json::from_slice(text).is_ok_and(|json| Finding::from_json(&json).is_some())
}

fn probed_json(probed: &Probed) -> Json {
    let Probed { name, version, rustc, target, abi } = probed;
    json!({ "name": name, "version": version, "rustc": rustc, "target": target, "abi": [abi.0, abi.1] })
}

fn probed(json: &Json) -> Option<Probed> {
    let text = |key| json.get(key)?.as_str().map(str::to_owned);
    let number = |index| u32::try_from(json.get("abi")?.get(index)?.as_u64()?).ok();
    Some(Probed {
        name: text("name")?,
        version: text("version")?,
        rustc: text("rustc")?,
        target: text("target")?,
        abi: (number(0)?, number(1)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probed() -> Probed {
        let text = |text: &str| text.to_owned();
        Probed { name: text("a"), version: text("1"), rustc: text("rustc 1"), target: text("t"), abi: (0, 2) }
    }

    #[test]
    fn every_finding_is_the_same_after_it_was_told() {
        let refused = |probed, lasts| Finding::Refused(Refused { probed, reason: "not \"so\"\n".into(), lasts });
        for finding in [Finding::Opens(probed()), refused(None, true), refused(Some(probed()), false)] {
            let line = finding.to_json().to_string();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(Finding::from_json(&serde_json::from_str(&line).unwrap()), Some(finding));
        }
    }

    #[test]
    fn what_is_not_a_finding_is_none() {
        for text in ["{}", "[]", "null", r#"{"opens": {"name": "a"}}"#, r#"{"refused": "so"}"#] {
            assert_eq!(Finding::from_json(&serde_json::from_str(text).unwrap()), None, "{text}");
        }
    }

    #[test]
    fn the_report_begins_with_the_word() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library");
        std::fs::write(&path, "text").unwrap();
        let mut report = Vec::new();
        examine_library(&path, &b"w0rd"[..], &mut report).unwrap();
        let report = String::from_utf8(report).unwrap();
        let line = report.strip_prefix("w0rd ").unwrap().strip_suffix('\n').unwrap();
        let found = Finding::from_json(&serde_json::from_str(line).unwrap()).unwrap();
        let Finding::Refused(refused) = found else { panic!("{found:?}") };
        assert!(refused.reason.starts_with("not a library that this system can load: "), "{refused:?}");
        assert!(!refused.lasts, "another system may load it");
    }
}
