//! What the results of a run follow from and what is the same for all parts of a run that is split up: the versions, the
//! files of the model, the genome, the windows, the scores.
//!
//! It holds no date, no command line, no path of the machine, and nothing that changes no result, such as the number of
//! threads or the size of a batch. So the outputs of all parts of a run say the same.

mod difference;
mod file_digests;
mod genome_digest;
mod json;
mod members;
mod model_files;

use std::fmt;

pub(crate) use file_digests::FileDigests;
pub(crate) use genome_digest::GenomeDigest;
pub(crate) use members::MEMBERS;
pub(crate) use model_files::model_files;

/// What the results of a run follow from: texts under names, in groups, in an order that is always the same.
///
/// `host/docs/formats.md` lists the groups and where each format of output keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    entries: Vec<(String, ProvenanceValue)>,
}

/// What stands under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvenanceValue {
    /// A text.
    Text(String),
    /// A group of further names.
    Group(Provenance),
}

impl Provenance {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names with what stands under them, in their order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &ProvenanceValue)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Every text, with the names that lead to it.
    pub fn texts(&self) -> Vec<(Vec<&str>, &str)> {
        let mut all = Vec::new();
        for (name, value) in self.entries() {
            match value {
                ProvenanceValue::Text(text) => all.push((vec![name], text.as_str())),
                ProvenanceValue::Group(group) => {
                    let below = group.texts().into_iter();
                    all.extend(below.map(|(names, text)| ([&[name], &names[..]].concat(), text)));
                }
            }
        }
        all
    }

    /// The text that these names lead to.
    pub fn text(&self, names: &[&str]) -> Option<&str> {
        let (last, above) = names.split_last()?;
        let mut group = self;
        for name in above {
            group = group.group(name)?;
        }
        match group.value(last)? {
            ProvenanceValue::Text(text) => Some(text),
            ProvenanceValue::Group(_) => None,
        }
    }

    /// The group of this name.
    pub fn group(&self, name: &str) -> Option<&Self> {
        match self.value(name)? {
            ProvenanceValue::Group(group) => Some(group),
            ProvenanceValue::Text(_) => None,
        }
    }

    /// The model's name.
    pub fn model(&self) -> Option<&str> {
        self.text(&["model", "name"])
    }

    /// Puts a text under a name, behind all others.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, text: impl fmt::Display) -> Self {
        self.entries.push((name.into(), ProvenanceValue::Text(text.to_string())));
        self
    }

    /// The same for a text that may be missing.
    #[must_use]
    pub(crate) fn with_known(self, name: &str, text: Option<impl fmt::Display>) -> Self {
        match text {
            Some(text) => self.with(name, text),
            None => self,
        }
    }

    /// Puts a group under a name, behind all others; one that is empty is left out.
    #[must_use]
    pub fn with_group(mut self, name: impl Into<String>, group: Self) -> Self {
        if !group.is_empty() {
            self.entries.push((name.into(), ProvenanceValue::Group(group)));
        }
        self
    }

    fn value(&self, name: &str) -> Option<&ProvenanceValue> {
        self.entries().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    fn fmt_indented(&self, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.entries() {
            write!(f, "{:indent$}{name}:", "", indent = 2 * depth)?;
            match value {
                ProvenanceValue::Text(text) => writeln!(f, " {text}")?,
                ProvenanceValue::Group(group) => {
                    writeln!(f)?;
                    group.fmt_indented(depth + 1, f)?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Provenance {
    /// A line per text, below the names of its groups.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_indented(0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_and_walked_in_their_order() {
        let files = Provenance::new().with("model.yaml", "sha256:1").with("a/b", "sha256:2");
        let model = Provenance::new().with("name", "tiny").with_group("files", files).with_known("more", None::<&str>);
        let all = Provenance::new().with_group("none", Provenance::new()).with_group("model", model).with("x", 7);
        assert_eq!((all.model(), all.text(&["model", "files", "a/b"])), (Some("tiny"), Some("sha256:2")));
        assert_eq!((all.text(&["model", "files"]), all.text(&["x", "y"]), all.text(&[])), (None, None, None));
        let texts: Vec<_> =
            all.texts().into_iter().map(|(names, text)| format!("{}={text}", names.join("."))).collect();
        assert_eq!(texts, ["model.name=tiny", "model.files.model.yaml=sha256:1", "model.files.a/b=sha256:2", "x=7"]);
        insta::assert_snapshot!(all, @r"
        model:
          name: tiny
          files:
            model.yaml: sha256:1
            a/b: sha256:2
        x: 7
        ");
    }
}
