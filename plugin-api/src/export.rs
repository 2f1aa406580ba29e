//! The macro that turns a crate into a plugin library.

/// Exports scorers and backends from a `cdylib`.
///
/// The crate must also list `abi_stable` at the release that this crate uses, because the generated code names it.
/// `name` is the plugin's name in listings; its version is the crate's.
///
/// ```
/// # use kipos_plugin_api::{export_plugin, Args, Result, RcMerged, RcScorer};
/// # struct Difference;
/// # impl RcScorer for Difference {
/// #     const NAME: &'static str = "difference";
/// #     const DOC: &'static str = "alt - ref";
/// #     fn from_args(_: &Args) -> Result<Self> { Ok(Self) }
/// #     fn terms(&self, reference: f32, alternate: f32) -> [f32; 1] { [alternate - reference] }
/// # }
/// export_plugin! { name: "example", scorers: [RcMerged<Difference>] }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! export_plugin {
    (name: $name:literal $(, scorers: [$($scorer:ty),* $(,)?])? $(, backends: [$($backend:ty),* $(,)?])? $(,)?) => {
        #[doc(hidden)]
        #[unsafe(no_mangle)]
        pub static KIPOS_PLUGIN_PROBE: $crate::abi::Probe = $crate::abi::Probe::new(
            $crate::abi::c_str(concat!($name, "\0")),
            $crate::abi::c_str(concat!(env!("CARGO_PKG_VERSION"), "\0")),
        );

        #[doc(hidden)]
        #[$crate::abi_stable::export_root_module]
        fn kipos_plugin_root() -> $crate::abi::PluginModule_Ref {
            use $crate::abi_stable::{prefix_type::PrefixTypeTrait as _, std_types::RSlice};
            const SCORERS: &[$crate::abi::ScorerEntry] = &[$($($crate::abi::scorer_entry::<$scorer>()),*)?];
            const BACKENDS: &[$crate::abi::BackendEntry] = &[$($($crate::abi::backend_entry::<$backend>()),*)?];
            $crate::abi::PluginModule {
                scorers: RSlice::from_slice(SCORERS),
                backends: RSlice::from_slice(BACKENDS),
                release: $crate::abi::nothing_to_release,
            }
            .leak_into_prefix()
        }
    };
}
