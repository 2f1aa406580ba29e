//! Compiles the C++ that reads TorchScript graphs, and writes down where LibTorch is looked for.

use std::env;
use std::path::{Path, PathBuf};

/// Where LibTorch may lie, seen from this plugin: beside it, where `cargo xtask` puts it for a plugin in
/// target/release, and for a test in target/release/deps.
const PLACES: [&str; 3] =
    ["$ORIGIN/libtorch/torch/lib", "$ORIGIN/../native/libtorch/torch/lib", "$ORIGIN/../../native/libtorch/torch/lib"];

const SOURCES: [&str; 6] = [
    "src/shim/annotate.cpp",
    "src/shim/evaluate.cpp",
    "src/shim/indices.cpp",
    "src/shim/nonlinearity.cpp",
    "src/shim/shim.cpp",
    "src/shim/simplify.cpp",
];
const HEADERS: [&str; 1] = ["src/shim/script.h"];

fn main() -> Result<(), String> {
    let libraries = env::var("DEP_TCH_LIBTORCH_LIB").map_err(|_| "torch-sys says nothing of LibTorch")?;
    let libraries = PathBuf::from(libraries);
    let include = libraries.parent().ok_or("LibTorch was not found")?.join("include");
    for file in SOURCES.iter().chain(&HEADERS) {
        println!("cargo:rerun-if-changed={file}");
    }
    cc::Build::new()
        .cpp(true)
        .std("c++20")
        // LibTorch's own headers are full of them.
        .warnings(false)
        .flag_if_supported("-fvisibility=hidden")
        // Walking over graphs once per request needs no speed.
        .opt_level(1)
        .debug(false)
        .include(&include)
        .include(include.join("torch/csrc/api/include"))
        .files(SOURCES)
        .compile("kipos_torch_shim");
    for place in PLACES {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{place}");
    }
    if !in_target_directory(&libraries) {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", libraries.display());
    }
    Ok(())
}

/// Whether LibTorch lies where [`PLACES`] finds it; otherwise its own path has to be remembered.
fn in_target_directory(libraries: &Path) -> bool {
    let Some(output) = env::var_os("OUT_DIR").map(PathBuf::from) else { return false };
    let native = output.ancestors().map(|directory| directory.join("native/libtorch/torch/lib"));
    let real = |path: &Path| path.canonicalize().ok();
    native.into_iter().any(|place| real(&place).is_some_and(|place| real(libraries) == Some(place)))
}
