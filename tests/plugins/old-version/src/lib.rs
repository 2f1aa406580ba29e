//! Describes itself as built for the first plugin ABI, whose description is shorter than that of today.

use kipos_plugin_api::abi::ProbeHead;

/// The description, well-formed and of ABI 0.1: a head alone.
#[unsafe(no_mangle)]
pub static KIPOS_PLUGIN_PROBE: ProbeHead =
    ProbeHead { abi_major: 0, abi_minor: 1, ..ProbeHead::new(c"old_version", c"0.1.0") };
