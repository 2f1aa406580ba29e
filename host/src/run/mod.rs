//! What every run does in the same way: three threads, news for the caller, and inputs that its outputs must not replace.

mod drive;
mod event;
mod inputs;
mod threads;

pub(crate) use drive::{Consumer, WorkSource, drive};
pub use event::Event;
pub(crate) use event::warn;
pub use inputs::OutputIsInput;
pub(crate) use inputs::{loader_inputs, model_inputs, refuse_inputs_as_outputs};
pub use threads::ThreadError;
