//! What a run tells while it runs.

/// News of a run, told as soon as it is known: before a run that fails later, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something that the user should know: one sentence.
    Warning(String),
    /// Something that the user asked to see: lines of text, ready to be shown.
    Report(String),
    /// The number of records, or samples, done so far.
    Records(u64),
}

/// Tells warnings, in their order.
pub(crate) fn warn<W: ToString>(observe: &mut dyn FnMut(Event), warnings: &[W]) {
    warnings.iter().for_each(|warning| observe(Event::Warning(warning.to_string())));
}
