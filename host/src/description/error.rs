//! What can be wrong with a description, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::kipos_section::UnsupportedKey;
use super::remote::RemoteFile;
use super::shape::ArrayShape;
use crate::internal::InternalError;

/// A spot in a description: what every error and warning points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecPlace {
    /// The YAML file.
    pub file: PathBuf,
    /// The 1-based line: of the key itself where it can be told, else of the nearest key around it.
    pub line: usize,
    /// The path of the key from the top of the file, such as `schema.inputs[0].shape`; empty for the whole file.
    pub key: String,
}

impl SpecPlace {
    /// The key in backquotes, or words for the whole file.
    pub fn subject(&self) -> String {
        match self.key.as_str() {
            "" => "the file".into(),
            key => format!("`{key}`"),
        }
    }

    /// Words for "inside this map".
    fn inside(&self) -> String {
        match self.key.as_str() {
            "" => "at the top level".into(),
            key => format!("in `{key}`"),
        }
    }
}

impl fmt::Display for SpecPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// Why a model or dataloader description cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// A file could not be read.
    #[error("cannot read {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        source: Arc<io::Error>,
    },

    /// A directory holds no model description, or does not exist.
    #[error("no model.yaml or model.yml in {}{}", directory.display(), no_model_hint(directory))]
    NoModel {
        /// The directory.
        directory: PathBuf,
    },

    /// A group or a tree of models has no model of that name.
    #[error("no model `{name}` in {}; {}", zoo.display(), near_hint(near))]
    UnknownModel {
        /// The directory of the group, or the top of the tree.
        zoo: PathBuf,
        /// The name.
        name: String,
        /// The names that may have been meant.
        near: Vec<String>,
    },

    /// A template cannot be rendered.
    #[error("{}:{line}: {message}", file.display())]
    Template {
        /// The template.
        file: PathBuf,
        /// The 1-based line.
        line: usize,
        /// What is wrong there.
        message: String,
    },

    /// The table of a group of models is wrong.
    #[error("{}:{line}: {message}", file.display())]
    GroupTable {
        /// The table.
        file: PathBuf,
        /// The 1-based line.
        line: usize,
        /// What is wrong there.
        message: String,
    },

    /// A file is far larger than a description can be.
    #[error("{} has {bytes} bytes, more than the {limit} that a description may have", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// Its size in bytes.
        bytes: u64,
        /// The largest size that is read, in bytes.
        limit: u64,
    },

    /// A file is not YAML.
    #[error("{}:{line}: not valid YAML: {message}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The 1-based line.
        line: usize,
        /// What the parser says.
        message: String,
    },

    /// A required key is absent.
    #[error("{at}: missing key `{missing}` {} ({hint})", at.inside())]
    MissingKey {
        /// The map that lacks it; the line is that of the near miss, if there is one.
        at: SpecPlace,
        /// The key.
        missing: String,
        /// The near miss, or the keys that are there.
        hint: String,
    },

    /// A key that means nothing, where all keys are known.
    #[error("{at}: unknown key `{}` ({hint})", at.key)]
    UnknownKey {
        /// Where it stands.
        at: SpecPlace,
        /// The near miss, or the keys that are known.
        hint: String,
    },

    /// A value is of the wrong kind.
    #[error("{at}: {} must be {expected}, found {found}", at.subject())]
    Unexpected {
        /// Where it stands.
        at: SpecPlace,
        /// What may stand there.
        expected: String,
        /// What stands there.
        found: String,
    },

    /// A name that is not one of those that exist.
    #[error("{at}: unknown name `{name}` in {} (known: {known})", at.subject())]
    UnknownName {
        /// Where it stands.
        at: SpecPlace,
        /// The name.
        name: String,
        /// The names that exist, joined by commas.
        known: String,
    },

    /// A key that this version knows but does not obey.
    #[error("{0}")]
    Unsupported(UnsupportedKey),

    /// Two things that must be told apart have one name.
    #[error("{at}: the name `{name}` is given twice in {}; names must differ", at.subject())]
    DuplicateName {
        /// Where the second one stands.
        at: SpecPlace,
        /// The name.
        name: String,
    },

    /// A file of column labels could not be read.
    #[error("{0}")]
    LabelFile(UnreadLabels),

    /// A table of tasks could not be read.
    #[error("{at}: cannot read the table {} of `{}`: {reason}", file.display(), at.key)]
    TaskTable {
        /// Where it is named.
        at: SpecPlace,
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The number of labels is not the number of tasks.
    #[error("{at}: {} has {labels} column labels for {tasks} tasks of shape {shape}", at.subject())]
    LabelCount {
        /// The target.
        at: SpecPlace,
        /// The number of labels.
        labels: usize,
        /// The number of tasks.
        tasks: usize,
        /// The shape of one row.
        shape: ArrayShape,
    },

    /// A shape has more tasks than can have names.
    #[error("{at}: with {} and its {tasks} tasks there are more than the {most} that can be told apart; correct `shape`, or say \
             `position_axis` in `kipos` if they are positions", at.subject())]
    TooManyTasks {
        /// The target.
        at: SpecPlace,
        /// The number of tasks.
        tasks: usize,
        /// How many there may be.
        most: usize,
    },

    /// A file that a description names by its address has no copy here.
    #[error("{}: {} is not on this machine: download {} to {}", .0.at, .0.at.subject(), .0.url, .0.file.display())]
    NotDownloaded(Box<RemoteFile>),

    /// A copy is not what the description says.
    #[error("{}: {} has the MD5 sum {found} instead of {expected}: download {} again", .remote.at, .remote.file.display(), .remote.url)]
    WrongSum {
        /// The file.
        remote: Box<RemoteFile>,
        /// The sum of the description.
        expected: String,
        /// The sum of the copy.
        found: String,
    },

    /// A file that the model was converted from is no longer what it was.
    #[error("{} has changed since the model was converted ({}); convert again with `kipos model convert`", file.display(), lock.display())]
    ChangedSource {
        /// The record of the conversion.
        lock: PathBuf,
        /// The file.
        file: PathBuf,
    },

    /// A record of a conversion that cannot be read.
    #[error("{} is not a record of a conversion: {problem}; remove it, or convert again", lock.display())]
    BadLock {
        /// The file.
        lock: PathBuf,
        /// What is wrong with it.
        problem: String,
    },

    /// The dataloader that a model names has no description.
    #[error("{at}: no dataloader.yaml or dataloader.yml in {}, which {} names; name a built-in dataloader instead (`defined_as: kipoiseq.dataloaders.SeqIntervalDl`) or add the file", directory.display(), at.subject())]
    NoDataloader {
        /// Where the model names it.
        at: SpecPlace,
        /// The directory that lacks it.
        directory: PathBuf,
    },

    /// A dataloader that was asked for by a name.
    #[error(
        "no dataloader `{name}`: name a built-in one, kipoiseq.dataloaders.SeqIntervalDl or \
         kipoiseq.dataloaders.StringSeqIntervalDl, a dataloader.yaml, or the directory of one"
    )]
    UnknownDataloader {
        /// The name.
        name: String,
    },

    /// Models that are to be combined, of which one is described otherwise.
    #[error("{member} cannot be combined with {first}: {difference}")]
    Members {
        /// The first model.
        first: String,
        /// The one that differs.
        member: String,
        /// In what, as the continuation of a sentence about it.
        difference: String,
    },
    /// An input that was asked for by a name.
    #[error("--seq-input {name}: {model} has no such input; inputs: {known}")]
    UnknownInput {
        /// The name.
        name: String,
        /// The model.
        model: String,
        /// Its inputs.
        known: String,
    },

    /// The dataloader lacks an input of the model.
    #[error("{at}: input `{input}` is not among the arrays that the dataloader gives ({given}; {loader})")]
    NotGiven {
        /// The input in the model's description.
        at: SpecPlace,
        /// Its name.
        input: String,
        /// Where the dataloader declares its arrays.
        loader: Box<SpecPlace>,
        /// Their names, joined by commas.
        given: String,
    },

    /// Model and dataloader disagree about the shape of an array.
    #[error("{at}: {} has shape {expected}, but the dataloader gives {found} ({loader})", at.subject())]
    ShapeMismatch {
        /// The input in the model's description.
        at: SpecPlace,
        /// The shape that the model takes.
        expected: ArrayShape,
        /// Where the dataloader declares its own.
        loader: Box<SpecPlace>,
        /// The shape that the dataloader gives.
        found: ArrayShape,
    },

    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl SpecError {
    /// That `name`, given at `at`, is not one of `known`.
    pub(super) fn unknown_name<'a>(at: SpecPlace, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        Self::UnknownName { at, name: name.into(), known: if known.is_empty() { "none".into() } else { known } }
    }
}

fn near_hint(near: &[String]) -> String {
    match near {
        [] => "`kipos model ls` lists those that are there".into(),
        near => format!("did you mean {}?", near.join(", ")),
    }
}

/// What to do about a directory without a model. A template of many models is easily taken for a model.
fn no_model_hint(directory: &Path) -> &'static str {
    let is_group = ["yaml", "yml"].iter().any(|end| directory.join(format!("model-template.{end}")).is_file());
    if is_group {
        "; model-template.yaml describes a group of models; name one of them (`kipos model ls` lists them)"
    } else if directory.exists() {
        "; name the directory that holds one"
    } else {
        ", which does not exist; name the directory that holds one"
    }
}

/// A file of column labels that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadLabels {
    /// The array.
    pub at: SpecPlace,
    /// The file.
    pub file: PathBuf,
    /// What the operating system says.
    pub reason: String,
}

impl fmt::Display for UnreadLabels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, file, reason } = self;
        write!(f, "{at}: cannot read the column labels {} of {}: {reason}", file.display(), at.subject())
    }
}

/// Something in a description that is strange but does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpecWarning {
    /// A key that means nothing here and is ignored.
    UnknownKey {
        /// Where it stands.
        at: SpecPlace,
        /// The key that may have been meant.
        near: Option<String>,
    },
    /// A key that stands twice in one map.
    RepeatedKey {
        /// Where it stands for the second time.
        at: SpecPlace,
    },
    /// What a draft leaves for a person to say, and nobody has said.
    Question {
        /// Where it stands.
        at: SpecPlace,
    },
    /// A dataloader of kipoiseq that is none, but nearly one that is built in.
    UnknownClass {
        /// Where it is named.
        at: SpecPlace,
        /// The built-in one that may have been meant.
        near: &'static str,
    },
    /// A file at an address without a sum.
    NoSum {
        /// Where it is named.
        at: SpecPlace,
    },
    /// An array belongs to metadata that the dataloader does not describe.
    UnknownMetadata {
        /// The array.
        at: SpecPlace,
        /// The metadata.
        name: String,
        /// What the dataloader describes, joined by commas.
        known: String,
    },
    /// A file of column labels that cannot be read.
    UnreadLabels(UnreadLabels),
    /// The number of column labels differs from the length of the only axis.
    LabelCount {
        /// The array.
        at: SpecPlace,
        /// The number of labels.
        labels: usize,
        /// The length of the axis.
        length: usize,
    },
    /// A column label is given more than once.
    RepeatedLabel {
        /// The array.
        at: SpecPlace,
        /// The label.
        label: String,
    },
}

impl fmt::Display for SpecWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { at, near: Some(near) } => {
                write!(f, "{at}: unknown key `{}` is ignored (did you mean `{near}`?)", at.key)
            }
            Self::UnknownKey { at, near: None } => write!(f, "{at}: unknown key `{}` is ignored", at.key),
            Self::RepeatedKey { at } => {
                write!(f, "{at}: the key `{}` occurs twice in one map; the last one counts", at.key)
            }
            Self::Question { at } => {
                write!(f, "{at}: {} is an open question (`?`) and counts as absent; write the answer", at.subject())
            }
            Self::UnknownClass { at, near } => {
                write!(f, "{at}: {} is not a built-in class; did you mean `{near}`?", at.subject())
            }
            Self::NoSum { at } => write!(f, "{at}: {} has no `md5`, so that its file cannot be checked", at.subject()),
            Self::UnknownMetadata { at, name, known } => {
                write!(f, "{at}: {} refers to `{name}`, which is not among the metadata (known: {known})", at.subject())
            }
            Self::UnreadLabels(unread) => unread.fmt(f),
            Self::LabelCount { at, labels, length } => {
                write!(f, "{at}: {} has {labels} column labels for an axis of length {length}", at.subject())
            }
            Self::RepeatedLabel { at, label } => write!(
                f,
                "{at}: {} has the column label `{label}` more than once; repeated labels get numbers (`{label}_2`)",
                at.subject()
            ),
        }
    }
}
