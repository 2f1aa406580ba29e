//! What every run does in the same way: three threads, stopping, news for the caller, the times of its stages, and inputs
//! that its outputs must not replace.

mod drive;
mod event;
mod inputs;
mod stages;
mod stoppable;
mod threads;

pub(crate) use drive::{Consumer, WorkSource, drive};
pub use event::{Event, Progress, RunEstimate};
pub(crate) use event::{warn, warn_all};
pub use inputs::OutputIsInput;
pub(crate) use inputs::{loaded_inputs, loader_inputs, model_inputs, refuse_inputs_as_outputs, variant_inputs};
pub(crate) use stages::{BusyTimes, StageClock, Timed};
pub use stages::{RunStage, StageTimes};
pub(crate) use stoppable::stoppable;
pub use threads::ThreadError;
