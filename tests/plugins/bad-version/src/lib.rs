//! Describes itself as built for a plugin ABI that no kipos has.

use kipos_plugin_api::abi::{Probe, ProbeHead};

/// The description, well-formed but of ABI 9.9.
#[unsafe(no_mangle)]
pub static KIPOS_PLUGIN_PROBE: Probe = Probe {
    head: ProbeHead { abi_major: 9, abi_minor: 9, ..ProbeHead::new(c"bad_version", c"0.1.0") },
    ..Probe::new(c"bad_version", c"0.1.0")
};
