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
    #[sabi(last_prefix_field)]
    pub backends: RSlice<'static, BackendEntry>,
}

impl RootModule for PluginModule_Ref {
    declare_root_module_statics! {PluginModule_Ref}
    const BASE_NAME: &'static str = "kipos_plugin";
    const NAME: &'static str = "kipos_plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}
