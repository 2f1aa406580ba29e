//! What the section `kipos` of model.yaml says, and the flags that say otherwise.

mod assembly;
mod background;
mod bins;
mod reductions;
mod scales;
mod strands;
mod task_tables;
mod unsupported;
mod windows;

use crate::case::Case;

/// Adds a section `kipos` to the model of a case.
fn say(case: &Case, section: &str) {
    let yaml = case.world.read("model/model.yaml");
    case.world.write("model/model.yaml", format!("{yaml}kipos: {section}\n"));
}
