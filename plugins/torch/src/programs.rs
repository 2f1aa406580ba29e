//! The parts of a model that were asked for so far, each prepared once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kipos_plugin_api::{PluginError, Result};

use crate::ffi::{Program, Script};
use crate::reason::reason;

/// Outputs by their numbers, and whether before their nonlinearity.
type Key = (Vec<usize>, bool);

/// Prepared parts of one model.
pub struct Programs {
    script: Arc<Script>,
    known: Mutex<HashMap<Key, Arc<Program>>>,
}

impl Programs {
    /// None yet.
    pub fn new(script: Arc<Script>) -> Self {
        Self { script, known: Mutex::default() }
    }

    /// The model.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The part that gives these outputs.
    ///
    /// # Errors
    /// No nonlinearity where one is asked for.
    pub fn get(&self, outputs: &[usize], before_nonlinearity: bool) -> Result<Arc<Program>> {
        let key = (outputs.to_vec(), before_nonlinearity);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = known.get(&key) {
            return Ok(Arc::clone(program));
        }
        let program = self.script.compile(outputs, before_nonlinearity);
        let refused = |message: String| match before_nonlinearity {
            true => PluginError::invalid_argument(reason(&message)),
            false => PluginError::unsupported(reason(&message)),
        };
        let program = Arc::new(program.map_err(refused)?);
        known.insert(key, Arc::clone(&program));
        Ok(program)
    }
}
