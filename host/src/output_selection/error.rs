//! What is wrong with a request for outputs or tasks.

use thiserror::Error;

use super::geometry::{OutputGeometry, PositionsError};
use super::reduction::Reduction;
use crate::description::{ArrayShape, SpecPlace};

/// Why a model's outputs cannot be read as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutputSelectionError {
    /// What the description says, and cannot be.
    #[error("{at}: `{}`: {source}", at.key)]
    Described {
        /// Where it is said.
        at: SpecPlace,
        /// What is wrong with it.
        source: Box<OutputSelectionError>,
    },
    /// An output that does not exist.
    #[error("{flag} names the unknown output `{output}` (known: {known})")]
    UnknownOutput {
        /// What names it.
        flag: &'static str,
        /// The output.
        output: String,
        /// Those that exist.
        known: String,
    },
    /// A reduction or axis that could be meant for any of several outputs.
    #[error("{flag} {value} does not say which output is meant; write {flag} OUTPUT={value}, one of: {known}")]
    WhichOutput {
        /// What was given.
        flag: &'static str,
        /// The reduction or axis.
        value: String,
        /// The outputs.
        known: String,
    },
    /// Two reductions or axes of one output.
    #[error("{flag} is given twice for output `{output}`; give it once")]
    Twice {
        /// What was given.
        flag: &'static str,
        /// The output.
        output: String,
    },
    /// A reduction of an output whose values are tasks.
    #[error("--reduce: output `{output}` of shape {shape} has no position axis: its values are tasks{hint}")]
    NoPositions {
        /// The output.
        output: String,
        /// Its shape without the batch axis.
        shape: ArrayShape,
        /// How to say otherwise.
        hint: String,
    },
    /// Nothing tells the positions of an output from its tasks.
    #[error(
        "--reduce {output}={reduction}: it is unknown which axis of output `{output}`, of shape {shape}, holds the \
         positions, {axes}; say so with {how}"
    )]
    WhichAxis {
        /// The reduction.
        reduction: Reduction,
        /// The output.
        output: String,
        /// Its shape without the batch axis.
        shape: ArrayShape,
        /// The axes that may hold them.
        axes: String,
        /// How to say it.
        how: String,
    },
    /// An axis that the output does not have.
    #[error(
        "--position-axis {output}={axis}: the output has shape {shape} without the batch axis; axes are numbered from 0"
    )]
    NoSuchAxis {
        /// The output.
        output: String,
        /// The axis.
        axis: usize,
        /// Its shape without the batch axis.
        shape: ArrayShape,
    },
    /// A task that changes places and does not exist.
    #[error(
        "model.yaml lets task {task} of output `{output}` change places, but it has {tasks} tasks, numbered from 0; \
         correct `strands` in `kipos.outputs.{output}`"
    )]
    SwappedTask {
        /// The output.
        output: String,
        /// The task.
        task: usize,
        /// The number of tasks.
        tasks: usize,
    },
    /// A task that is background and does not exist.
    #[error(
        "model.yaml calls task {task} of output `{output}` background, but it has {tasks} tasks, numbered from 0; correct \
         `kipos.outputs.{output}.background`"
    )]
    BackgroundTask {
        /// The output.
        output: String,
        /// The task.
        task: usize,
        /// The number of tasks.
        tasks: usize,
    },
    /// More positions are asked for than there are.
    #[error(
        "--reduce {output}=center:{count}: the output has only {positions} positions; give N from 1 to {positions}"
    )]
    TooManyPositions {
        /// The output.
        output: String,
        /// Positions asked for.
        count: usize,
        /// Positions that there are.
        positions: usize,
    },
    /// The middle of the window is too near to the end of an output, or beyond it.
    #[error(
        "--reduce {output}=center:{count}: the output has {positions} positions, but {geometry} not {count} of them around the \
         middle of the window; give a smaller N, or sum, mean or max"
    )]
    CentreOutside {
        /// The output.
        output: String,
        /// Positions asked for.
        count: usize,
        /// Positions that there are.
        positions: usize,
        /// The bases that they stand for.
        geometry: OutputGeometry,
    },
    /// Another number of positions than crop and bins leave room for.
    #[error(transparent)]
    Positions(#[from] PositionsError),
    /// Positions of both strands that do not stand for the same bases.
    #[error(
        "the scores read both strands, but {geometry} the positions of output `{output}` stand for other bases on the reverse \
         complement; make tasks of it with --reduce {output}=mean (or sum, max), or give --use-rc false"
    )]
    OtherBases {
        /// The output.
        output: String,
        /// The bases that they stand for.
        geometry: OutputGeometry,
    },
    /// A task that does not exist.
    #[error("unknown task `{task}` (known: {known}){hint}")]
    UnknownTask {
        /// The task as typed.
        task: String,
        /// Those that exist.
        known: String,
        /// How it could come to exist.
        hint: String,
    },
    /// A pattern that means no task.
    #[error("--tasks: the pattern `{pattern}` {problem} (known: {known}){hint}")]
    TaskPattern {
        /// The pattern as typed.
        pattern: String,
        /// Why it means none.
        problem: String,
        /// Those that exist.
        known: String,
        /// How it could come to mean one.
        hint: String,
    },
    /// A number that no task has.
    #[error("there is no task {index}: tasks are numbered from 0 and there are {count} (known: {known}){hint}")]
    TaskIndex {
        /// The number.
        index: String,
        /// The number of tasks.
        count: usize,
        /// Those that exist.
        known: String,
        /// How it could come to exist.
        hint: String,
    },
    /// A profile of unknown axes is read for both strands.
    #[error(
        "the scores read both strands, and the positions of output `{output}` run the other way on the reverse \
         complement, but their axis is unknown; name it with {how}, make tasks of it with --reduce {output}=mean (or \
         sum, max), or give --use-rc false"
    )]
    BothStrands {
        /// The output.
        output: String,
        /// How to name the axis.
        how: String,
    },
    /// The central positions are not central, and both strands are read.
    #[error(
        "--reduce {output}=center:{count}: the scores read both strands, but {count} of {positions} positions cannot \
         be centered; give N that is {parity}, name the axis of positions with --position-axis {output}={axis}, or \
         give --use-rc false"
    )]
    OffCentre {
        /// The output.
        output: String,
        /// Positions asked for.
        count: usize,
        /// Positions that there are.
        positions: usize,
        /// What N must be: even or odd.
        parity: &'static str,
        /// The axis of positions, as it was found.
        axis: usize,
    },
}
