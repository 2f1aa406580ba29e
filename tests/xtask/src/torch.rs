//! `cargo xtask torch`: the PyTorch plugin, ready to be used from the target directory.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;

use crate::cargo::Cargo;
use crate::error::Error;
use crate::layout::Layout;
use crate::libtorch;
use crate::report;

/// Fetches LibTorch, builds the plugin and puts it where kipos can be pointed to.
pub(crate) fn run(layout: &Layout) -> Result<(), Error> {
    let Some(libtorch) = libtorch::provide(layout)? else { return Ok(()) };
    let cargo = Cargo::plain(layout).env(libtorch::VARIABLE, libtorch);
    cargo.run(&["build", "--release", "--package=kipos-plugin-torch"])?;
    let built = layout.target.join("release").join(format!("{DLL_PREFIX}kipos_torch{DLL_SUFFIX}"));
    let plugins = layout.target.join("plugins");
    let plugin = plugins.join(format!("{DLL_PREFIX}kipos_plugin_torch{DLL_SUFFIX}"));
    fs::create_dir_all(&plugins).map_err(Error::file("create", &plugins))?;
    // A process that has the old one open keeps it.
    let partial = plugin.with_extension("partial");
    fs::copy(&built, &partial).map_err(Error::file("copy", &built))?;
    fs::rename(&partial, &plugin).map_err(Error::file("move", &partial))?;
    report::line(format_args!(
        "\nthe PyTorch plugin is {}; kipos finds it there after\nexport KIPOS_PLUGIN_PATH={}",
        layout.shown(&plugin).display(),
        plugins.display()
    ));
    Ok(())
}
