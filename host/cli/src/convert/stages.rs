//! What is shown while a model is converted.

use serde_json::Value as Json;

use super::super::log::Log;
use super::super::progress::StageLine;

/// Names of lost layers that are shown.
const SHOWN: usize = 8;

/// The stages of a conversion, each with a line.
pub struct Stages<'a> {
    log: Log,
    line: StageLine,
    lost: &'a mut Vec<String>,
}

impl<'a> Stages<'a> {
    /// No stage has begun. Layers that are lost are noted in `lost`.
    pub fn new(log: Log, lost: &'a mut Vec<String>) -> Self {
        Self { log, line: StageLine::new(log), lost }
    }

    /// A stage begins.
    pub fn begin(&mut self, name: &str) {
        self.line.begin(name);
    }

    /// A stage begins, or has ended.
    pub fn line(&mut self, line: &Json) {
        let Some(name) = line["stage"].as_str() else { return };
        match line["seconds"].as_f64() {
            Some(seconds) => {
                let cpu = line["cpu"].as_f64().map(|cpu| format!(", {cpu:.1} s of CPU time")).unwrap_or_default();
                self.line.aside(|| self.log.detail("stage", &format!("{name}: {seconds:.1} s{cpu}")));
            }
            None => self.line.begin(name),
        }
    }

    /// Something that the user should know.
    pub fn note(&mut self, text: &str) {
        self.line.aside(|| self.log.note("conversion", text));
    }

    /// Layers that the converted file has no longer by name.
    pub fn layers_lost(&mut self, names: &[String]) {
        for name in names {
            // Members of a family lose the same ones.
            if !self.lost.contains(name) {
                self.lost.push(name.clone());
            }
        }
        let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        let more = match names.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => format!(" and {more} more"),
            _ => String::new(),
        };
        self.note(&format!("layers without a name in the converted file: {shown}{more}"));
    }
}
