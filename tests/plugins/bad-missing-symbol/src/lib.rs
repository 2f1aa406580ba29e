//! A library like any other: it does not describe itself as a plugin.

/// Something to export.
#[unsafe(no_mangle)]
pub extern "C" fn not_a_plugin() -> u32 {
    1
}
