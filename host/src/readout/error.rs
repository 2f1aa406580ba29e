//! What is wrong with a request for outputs or tasks.

use thiserror::Error;

use super::reduction::Reduction;
use crate::spec::Shape;

/// Why a model's outputs cannot be read as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadoutError {
    /// A reduction of an output that does not exist.
    #[error("--reduce names the unknown output `{output}` (known: {known})")]
    UnknownOutput {
        /// The output.
        output: String,
        /// Those that exist.
        known: String,
    },
    /// A reduction that could be meant for any of several outputs.
    #[error(
        "--reduce {reduction} does not say which output is meant; write --reduce OUTPUT={reduction}, one of: {known}"
    )]
    WhichOutput {
        /// The reduction.
        reduction: Reduction,
        /// The outputs.
        known: String,
    },
    /// Two reductions of one output.
    #[error("--reduce is given twice for output `{output}`; give it once")]
    Twice {
        /// The output.
        output: String,
    },
    /// A reduction of an output whose values are tasks.
    #[error(
        "--reduce: output `{output}` of shape {shape} has no axis of positions, its values are tasks; if they are \
         positions, say so with one more axis in model.yaml, such as (1000, 1)"
    )]
    NoPositions {
        /// The output.
        output: String,
        /// Its shape without the batch axis.
        shape: Shape,
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
    /// A profile is read for both strands.
    #[error(
        "the scores read both strands, but the positions of output `{output}` run the other way on the reverse \
         complement; make tasks of it with --reduce {output}=mean (or sum, max), or give --use-rc false"
    )]
    BothStrands {
        /// The output.
        output: String,
    },
    /// The central positions are not central, and both strands are read.
    #[error(
        "--reduce {output}=center:{count}: the scores read both strands, but {count} of {positions} positions cannot \
         lie in the middle; give N that is {parity}, or --use-rc false"
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
    },
}
