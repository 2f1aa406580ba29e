//! Describes itself as a plugin of this ABI version, but exports no root module.

use kipos_plugin_api::abi::Probe;

/// The description, without fault.
#[unsafe(no_mangle)]
pub static KIPOS_PLUGIN_PROBE: Probe = Probe::new(c"bad_missing_root", c"0.1.0");
