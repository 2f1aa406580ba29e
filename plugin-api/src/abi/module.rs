//! The root of a plugin library.
#![allow(non_camel_case_types)] // the name that abi_stable's derive expects

use abi_stable::{
    StableAbi, declare_root_module_statics, library::RootModule, package_version_strings, sabi_types::VersionStrings,
    std_types::RSlice,
};

use super::{BackendEntry, ScorerEntry};

/// Everything that a library offers.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModule_Ref)))]
pub struct PluginModule {
    /// Its scorers.
    pub scorers: RSlice<'static, ScorerEntry>,
    /// Its backends.
    pub backends: RSlice<'static, BackendEntry>,
    /// Gives back what the library holds. Libraries stay loaded, so that nobody calls it yet.
    #[sabi(last_prefix_field)]
    pub release: extern "C" fn(),
}

/// The `release` of tables that hold nothing but constants.
pub extern "C" fn nothing_to_release() {}

impl RootModule for PluginModule_Ref {
    declare_root_module_statics! {PluginModule_Ref}
    const BASE_NAME: &'static str = "kipos_plugin";
    const NAME: &'static str = "kipos_plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}
