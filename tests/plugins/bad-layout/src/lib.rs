//! Describes itself as a plugin of this ABI version, but its root module has other fields.
#![allow(non_camel_case_types)] // the name that abi_stable's derive expects

use abi_stable::{
    StableAbi, declare_root_module_statics, export_root_module, library::RootModule, package_version_strings,
    prefix_type::PrefixTypeTrait as _, sabi_types::VersionStrings,
};
use kipos_plugin_api::abi::Probe;

/// The description, without fault.
#[unsafe(no_mangle)]
pub static KIPOS_PLUGIN_PROBE: Probe = Probe::new(c"bad_layout", c"0.1.0");

/// Named like the root module of the contract.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModule_Ref)))]
pub struct PluginModule {
    /// A number in place of a list.
    pub scorers: u64,
    /// A number in place of a list.
    #[sabi(last_prefix_field)]
    pub backends: u8,
}

impl RootModule for PluginModule_Ref {
    declare_root_module_statics! {PluginModule_Ref}
    const BASE_NAME: &'static str = "kipos_plugin";
    const NAME: &'static str = "kipos_plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

#[export_root_module]
fn root() -> PluginModule_Ref {
    PluginModule { scorers: 1, backends: 2 }.leak_into_prefix()
}
