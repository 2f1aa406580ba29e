//! Why a model cannot be scored with.

use std::path::PathBuf;

use kipos_plugin_api::DType;
use thiserror::Error;

use super::BackendProblem;
use crate::dataloader::{LONGEST_WINDOW, LoaderArgError};
use crate::description::SpecError;
use crate::internal::InternalError;
use crate::output_selection::PositionsError;
use crate::plugin::PluginCallError;

/// Why a model cannot be loaded or scored with.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Its description.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Its backend's arguments or files.
    #[error(transparent)]
    Backend(Box<BackendProblem>),
    /// Its loader's arguments.
    #[error(transparent)]
    Loader(#[from] LoaderArgError),
    /// Its backend.
    #[error(transparent)]
    Plugin(#[from] PluginCallError),
    /// Members are to be combined where there is one.
    #[error(
        "{model} is a single file, so that --combine has nothing to combine; leave it out, or list the members in \
         `args: {{files: [...]}}` of model.yaml"
    )]
    NothingToCombine {
        /// The model.
        model: String,
    },
    /// The loader is not one that kipos has.
    #[error(
        "the dataloader `{defined_as}` of {model} is not native to kipos, which cannot make the model's inputs; \
         describe its input with kipoiseq.dataloaders.SeqIntervalDl or StringSeqIntervalDl, or write the samples to a file \
         with `kipoi preproc` and give that with --batch-file FILE"
    )]
    ForeignLoader {
        /// The model.
        model: String,
        /// The loader.
        defined_as: String,
    },
    /// No input, or more than one, is DNA.
    #[error("{model} has no single DNA input{why}; inputs: {inputs}; name it with --seq-input NAME")]
    DnaInput {
        /// The model.
        model: String,
        /// What is wrong.
        why: String,
        /// Its inputs.
        inputs: String,
    },
    /// None of the inputs is DNA.
    #[error("{model} has no DNA input; inputs: {inputs}; name it, or them, with --seq-input NAME")]
    NoDna {
        /// The model.
        model: String,
        /// Its inputs.
        inputs: String,
    },
    /// Windows that are longer than any.
    #[error(
        "input `{input}` reads {length} bases, more than the {LONGEST_WINDOW} that a window may have; correct its shape"
    )]
    LongWindow {
        /// The input.
        input: String,
        /// Its length.
        length: usize,
    },
    /// An input that the prepared samples lack.
    #[error("{} has no input `{input}` for {model}; it has {known}", path.display())]
    NotPrepared {
        /// The file of prepared samples.
        path: PathBuf,
        /// The model.
        model: String,
        /// The input.
        input: String,
        /// What the file has.
        known: String,
    },
    /// Prepared samples without the ranges of an input.
    #[error(
        "{} has no genome coordinates for the samples of input `{input}`: it lacks `metadata/{expected}`, {known}",
        path.display()
    )]
    NoRanges {
        /// The file of prepared samples.
        path: PathBuf,
        /// The input.
        input: String,
        /// The range object that was looked for.
        expected: String,
        /// What the file has instead.
        known: String,
    },
    /// Ranges of another length than the prepared rows.
    #[error(
        "{}: sample {sample} of input `{input}` has {found} bases, but its range `metadata/{object}` has {expected}",
        path.display()
    )]
    RangeLength {
        /// The file of prepared samples.
        path: PathBuf,
        /// The input.
        input: String,
        /// The sample, from 0.
        sample: usize,
        /// Bases of the rows.
        found: usize,
        /// The range object.
        object: String,
        /// Bases of the range.
        expected: u64,
    },
    /// A DNA input whose array is no one-hot DNA.
    #[error(
        "input `{input}` has shape {shape}, which is not one-hot DNA: it needs two axes, one of length 4, besides axes \
         of length 1"
    )]
    NotOneHot {
        /// The input.
        input: String,
        /// Its shape.
        shape: String,
    },
    /// Types that cannot be converted into each other.
    #[error("input `{input}`: {} holds {found}, but the graph reads {expected}", path.display())]
    PreparedType {
        /// The input.
        input: String,
        /// The file of prepared samples.
        path: PathBuf,
        /// Its type.
        found: DType,
        /// The graph's.
        expected: DType,
    },
    /// Inputs that the loader does not make.
    #[error(
        "{model} also reads {inputs}, which its dataloader does not make: it gives one DNA input; write the samples to a \
         file with `kipoi preproc` and give that with --batch-file FILE"
    )]
    OtherInputs {
        /// The model.
        model: String,
        /// The inputs.
        inputs: String,
    },
    /// Two sources disagree on a shape.
    #[error("input `{input}`: the dataloader gives shape {loader}, but {source_name} says {expected}; correct {fix}")]
    Shape {
        /// The input.
        input: String,
        /// The loader's shape.
        loader: String,
        /// Who disagrees.
        source_name: &'static str,
        /// The other's shape.
        expected: String,
        /// What to change.
        fix: &'static str,
    },
    /// Nothing says how long a window is.
    #[error(
        "the length of input `{input}` is not fixed by model.yaml, the dataloader or the graph; give --seq-length N"
    )]
    NoLength {
        /// The input.
        input: String,
    },
    /// The graph reads text.
    #[error("input `{input}` of the graph takes strings, but the dataloader SeqIntervalDl gives one-hot numbers")]
    TextInput {
        /// The input.
        input: String,
    },
    /// The graph reads numbers.
    #[error(
        "input `{input}` of the graph has type {dtype}, but the dataloader StringSeqIntervalDl gives strings; describe \
         the input with SeqIntervalDl"
    )]
    NumberInput {
        /// The input.
        input: String,
        /// The graph's type.
        dtype: DType,
    },
    /// A shape that DNA as text cannot have.
    #[error(
        "input `{input}` has shape {shape}, but DNA strings have shape (), (1,), or (n,) with one base per element"
    )]
    TextShape {
        /// The input.
        input: String,
        /// Its shape.
        shape: String,
    },
    /// Description and graph disagree on the length of an output.
    #[error(
        "output `{output}`: model.yaml says shape {described}, but the graph gives {found}; \
         correct `schema.targets` in model.yaml"
    )]
    OutputShape {
        /// The output.
        output: String,
        /// Its shape in the description.
        described: String,
        /// Its shape in the graph.
        found: String,
    },
    /// The graph gives text.
    #[error("output `{output}` of the graph holds strings; only numbers can be scored")]
    TextOutput {
        /// The output.
        output: String,
    },
    /// Another number of positions than crop and bins leave room for.
    #[error(transparent)]
    Positions(#[from] PositionsError),
    /// An output of unknown length.
    #[error(
        "output `{output}` has shape {shape}; every axis must be known: give its length in `schema.targets`, or `crop` and \
         `bin` in `kipos.outputs` if it follows that of the window"
    )]
    OpenOutput {
        /// The output.
        output: String,
        /// Its shape.
        shape: String,
    },
    /// Samples of a batch that depend on each other.
    #[error(
        "{model}: its answer for a sample depends on the other samples of the batch: {reason}; export the model in eval mode, \
         without operations across samples"
    )]
    DependentRows {
        /// The model.
        model: String,
        /// What mixes them.
        reason: String,
    },
    /// Answers that change from call to call.
    #[error(
        "{model}: its answer for the same sample changes from call to call; export the model in eval mode, without operations \
         that draw random numbers"
    )]
    RandomAnswers {
        /// The model.
        model: String,
    },
    /// A directory that cannot be handed to plugins.
    #[error("the path {0} is not UTF-8; rename it")]
    Path(String),
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
}
