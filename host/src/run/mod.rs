//! What every run does in the same way: three threads, stopping, news for the caller, and inputs that its outputs must not
//! replace.

mod drive;
mod event;
mod inputs;
mod stoppable;
mod threads;

pub(crate) use drive::{Consumer, WorkSource, drive};
pub use event::Event;
pub(crate) use event::warn;
pub use inputs::OutputIsInput;
pub(crate) use inputs::{loader_inputs, model_inputs, refuse_inputs_as_outputs, variant_inputs};
pub(crate) use stoppable::stoppable;
pub use threads::ThreadError;
