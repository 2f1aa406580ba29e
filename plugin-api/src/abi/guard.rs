//! Keeps panics inside the plugin: one that crosses the boundary would abort the whole process.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use abi_stable::{
    StableAbi,
    std_types::{RResult, RString},
};

use super::Wire;
use crate::{ErrorKind, PluginError, Result};

/// The twin of [`PluginError`].
#[repr(C)]
#[derive(StableAbi, Debug, Clone)]
pub struct AbiPluginError {
    kind: u32,
    message: RString,
}

impl Wire for PluginError {
    type Abi = AbiPluginError;
    fn into_abi(self) -> AbiPluginError {
        AbiPluginError { kind: self.kind.0, message: self.message.into() }
    }
    fn from_abi(abi: AbiPluginError) -> Self {
        Self { kind: ErrorKind(abi.kind), message: abi.message.into() }
    }
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}
static HOOK: Once = Once::new();

/// Inside a guard the place of a panic is remembered for the error instead of being printed.
fn install_hook() {
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if GUARDED.get() {
                PLACE.set(info.location().map(|place| format!("{}:{}", known_place(place.file()), place.line())));
            } else {
                previous(info);
            }
        }));
    });
}

/// The file of a crate without the directories of the machine that it was built on.
fn known_place(file: &str) -> &str {
    if !file.starts_with('/') {
        return file;
    }
    let sources = file.rfind("/src/").unwrap_or(file.len());
    file[..sources].rfind('/').map_or(file, |start| &file[start + 1..])
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}

/// Runs `body`; a panic becomes an error of kind [`ErrorKind::PANIC`] that names its place.
pub fn guard<T>(body: impl FnOnce() -> Result<T>) -> RResult<T, AbiPluginError> {
    install_hook();
    let outer = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(body));
    GUARDED.set(outer);
    let result = outcome.unwrap_or_else(|payload| {
        let place = PLACE.take().map(|place| format!(" at {place}")).unwrap_or_default();
        Err(PluginError::new(ErrorKind::PANIC, format!("panicked{place}: {}", panic_message(&*payload))))
    });
    result.map_err(PluginError::into_abi).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_directory_of_the_machine_that_built_it() {
        assert_eq!(known_place("/root/registry/src/index/ort-2.0/src/value/a.rs"), "ort-2.0/src/value/a.rs");
        assert_eq!(known_place("plugins/onnx/src/a.rs"), "plugins/onnx/src/a.rs");
        assert_eq!(known_place("/rustc/abc/library/core/a.rs"), "a.rs");
    }

    #[test]
    fn a_panic_becomes_an_error_that_names_its_place() {
        let result: Result<(), _> = guard(|| panic!("no {}", "luck")).into_result().map_err(PluginError::from_abi);
        let error = result.unwrap_err();
        assert_eq!(error.kind, ErrorKind::PANIC);
        assert!(error.message.starts_with("panicked at ") && error.message.ends_with(": no luck"), "{error}");
        assert!(error.message.contains("guard.rs:"), "{error}");
    }

    #[test]
    fn results_pass_through() {
        assert_eq!(guard(|| Ok(1)).into_result().unwrap(), 1);
        let error = guard::<()>(|| Err(PluginError::shape("odd"))).into_result().unwrap_err();
        assert_eq!(PluginError::from_abi(error), PluginError::shape("odd"));
    }
}
