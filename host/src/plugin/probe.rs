//! Opening a library and reading the plain C description that it exports, before anything else of it is trusted.
#![allow(unsafe_code)] // running foreign code and reading through its pointer; every place says why it may

use std::error::Error as _;
use std::ffi::c_char;
use std::path::Path;

use kipos_plugin_api::ABI_VERSION;
use kipos_plugin_api::abi::{KIND_C, KIND_RUST, MAGIC, PROBE_SYMBOL, Probe, ProbeHead};
use libloading::Library;
use thiserror::Error;

use super::native;

/// The longest text of a probe, in bytes; a longer one is taken for a wild pointer.
const MAX_TEXT: usize = 512;

/// What a library says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probed {
    pub name: String,
    pub version: String,
    pub rustc: String,
    pub target: String,
    pub abi: (u32, u32),
}

/// Why a file is not a plugin that this kipos can use.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum ProbeError {
    /// The system cannot load it.
    #[error("not a library that this system can load: {0}")]
    NotALibrary(String),
    /// A library that it is linked to is missing or another one.
    #[error("{0}")]
    Native(String),
    /// A library without the description.
    #[error("not a kipos plugin: it does not export KIPOS_PLUGIN_PROBE")]
    MissingSymbol,
    /// The symbol is something else.
    #[error("not a kipos plugin: its KIPOS_PLUGIN_PROBE does not begin with the magic bytes `kiposplg`")]
    Magic,
    /// Built against another contract.
    #[error(
        "built for plugin ABI {}.{}, this kipos has {}.{}: rebuild it against kipos-plugin-api {}.{}",
        found.0, found.1, expected.0, expected.1, expected.0, expected.1
    )]
    Version {
        /// The contract of the plugin.
        found: (u32, u32),
        /// The contract of this kipos.
        expected: (u32, u32),
    },
    /// Of this contract, but not a plugin that can be loaded.
    #[error("a plugin {0}, which this version of kipos does not load")]
    Kind(&'static str),
    /// Of this contract, but of another size.
    #[error("its KIPOS_PLUGIN_PROBE has {found} bytes instead of {expected}; rebuild it with the export_plugin! macro")]
    Size {
        /// What the probe says.
        found: u32,
        /// What one of this contract has.
        expected: usize,
    },
    /// A text of the description cannot be used.
    #[error("its KIPOS_PLUGIN_PROBE is broken: the {field} {reason}; rebuild it with the export_plugin! macro")]
    Text {
        /// Which text.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Opens a library and reads its description. The library stays loaded for the life of the process, whatever comes
/// out: native libraries leave threads and exit handlers behind that must not lose their code.
///
/// The description is returned with the verdict on its ABI version, because its head has the same layout in all versions.
pub(super) fn probe(path: &Path) -> Result<(Probed, Result<(), ProbeError>), ProbeError> {
    // SAFETY: this runs the library's initialisers. They are foreign code, which nothing can vouch for; the caller
    // asked for plugins from this directory, and what would crash does so in a child process, unless it has none.
    let library = unsafe { Library::new(path) }.map_err(|error| {
        let reason = one_line(&error, path);
        native::explain(&reason).map_or(ProbeError::NotALibrary(reason), ProbeError::Native)
    })?;
    // SAFETY: the symbol is only taken as an address here; what lies there is checked by `read`.
    let address = unsafe { library.get::<*const Probe>(PROBE_SYMBOL) }.map(|symbol| *symbol);
    std::mem::forget(library);
    let address = address.map_err(|_| ProbeError::MissingSymbol)?;
    // SAFETY: the library stays loaded. That the symbol is a `Probe` is what its name promises, and `read` looks at
    // the magic bytes first.
    unsafe { read(address) }
}

/// Reads a description.
///
/// # Safety
/// `address` must be readable for 8 bytes; if those are the magic bytes, it must be a [`ProbeHead`] whose pointers are
/// null or lead to texts with a final zero, and if that has the version of this contract, a [`Probe`], all unchanging for
/// the life of the process.
unsafe fn read(address: *const Probe) -> Result<(Probed, Result<(), ProbeError>), ProbeError> {
    if address.is_null() || !address.is_aligned() {
        return Err(ProbeError::Magic);
    }
    let head = address.cast::<ProbeHead>();
    // SAFETY: aligned, and readable for 8 bytes by the contract of this function.
    if unsafe { (&raw const (*head).magic).read() } != MAGIC {
        return Err(ProbeError::Magic);
    }
    // SAFETY: the magic bytes are there, so by the contract of this function it is a whole, unchanging `ProbeHead`.
    let head = unsafe { &*head };
    // SAFETY: null, or a text with a final zero, by the contract of this function.
    let text = |field, start| unsafe { read_text(field, start) };
    let probed = Probed {
        name: text("name", head.name)?,
        version: text("version", head.version)?,
        rustc: text("compiler", head.rustc)?,
        target: text("target", head.target)?,
        abi: (head.abi_major, head.abi_minor),
    };
    if !probed.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        return Err(ProbeError::Text {
            field: "name",
            reason: "may hold only ASCII letters, digits, `_`, `-` and `.`",
        });
    }
    let verdict = if probed.abi == ABI_VERSION {
        // SAFETY: the version is that of this contract, so by the contract of this function it is a whole `Probe`.
        check_rest(unsafe { &*address })
    } else {
        Err(ProbeError::Version { found: probed.abi, expected: ABI_VERSION })
    };
    Ok((probed, verdict))
}

/// What follows the head of a probe of this contract.
fn check_rest(probe: &Probe) -> Result<(), ProbeError> {
    match (probe.size, probe.kind) {
        (size, _) if size as usize != size_of::<Probe>() => {
            Err(ProbeError::Size { found: size, expected: size_of::<Probe>() })
        }
        (_, KIND_RUST) => Ok(()),
        (_, KIND_C) => Err(ProbeError::Kind("of C functions")),
        _ => Err(ProbeError::Kind("of an unknown kind")),
    }
}

/// A text of a description.
///
/// # Safety
/// `start` must be null or lead to bytes that are readable up to and including the first zero.
unsafe fn read_text(field: &'static str, start: *const c_char) -> Result<String, ProbeError> {
    let broken = |reason| ProbeError::Text { field, reason };
    if start.is_null() {
        return Err(broken("is a null pointer"));
    }
    let mut bytes = Vec::new();
    loop {
        // SAFETY: no zero has come yet, so by the contract of this function this byte is readable.
        match unsafe { start.cast::<u8>().add(bytes.len()).read() } {
            0 => break,
            byte => bytes.push(byte),
        }
        if bytes.len() > MAX_TEXT {
            return Err(broken("has no end"));
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| broken("is not UTF-8"))?;
    if text.is_empty() {
        return Err(broken("is empty"));
    }
    if text.contains(char::is_control) {
        return Err(broken("holds control characters"));
    }
    Ok(text)
}

/// The system's reason for not loading a file, without the path that is shown beside it anyway.
fn one_line(error: &libloading::Error, path: &Path) -> String {
    let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let reason = reason.lines().next().unwrap_or_default();
    reason.strip_prefix(&format!("{}: ", path.display())).unwrap_or(reason).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Probe {
        Probe::new(c"example", c"1.2.3")
    }

    fn read_probe(probe: &Probe) -> Result<(Probed, Result<(), ProbeError>), ProbeError> {
        // SAFETY: a real probe, whose texts are constants.
        unsafe { read(probe) }
    }

    #[test]
    fn a_probe_of_this_contract_is_accepted() {
        let (probed, verdict) = read_probe(&good()).unwrap();
        assert_eq!((probed.name.as_str(), probed.version.as_str()), ("example", "1.2.3"));
        assert!(probed.rustc.starts_with("rustc "), "{probed:?}");
        assert_eq!(verdict, Ok(()));
    }

    #[test]
    fn another_version_names_both_and_the_fix() {
        let head = ProbeHead { abi_major: 9, abi_minor: 8, ..good().head };
        // Behind the head, other versions may have anything.
        let (probed, verdict) = read_probe(&Probe { head, size: 0, kind: 0 }).unwrap();
        assert_eq!(probed.abi, (9, 8));
        assert_eq!(
            verdict.unwrap_err().to_string(),
            "built for plugin ABI 9.8, this kipos has 0.3: rebuild it against kipos-plugin-api 0.3"
        );
    }

    #[test]
    fn what_is_not_a_plugin_of_rust_is_refused_by_its_kind() {
        let refused = |probe: Probe| read_probe(&probe).unwrap().1.unwrap_err().to_string();
        let expected = "a plugin of C functions, which this version of kipos does not load";
        assert_eq!(refused(Probe { kind: KIND_C, ..good() }), expected);
        let expected = "a plugin of an unknown kind, which this version of kipos does not load";
        assert_eq!(refused(Probe { kind: 7, ..good() }), expected);
        let message = refused(Probe { size: 48, ..good() });
        assert!(message.starts_with("its KIPOS_PLUGIN_PROBE has 48 bytes instead of 56; "), "{message}");
    }

    #[test]
    fn a_probe_of_the_first_contract_is_only_a_head() {
        let head = ProbeHead { abi_major: 0, abi_minor: 1, ..good().head };
        // SAFETY: of this version, the head alone is read.
        let (probed, verdict) = unsafe { read((&raw const head).cast()) }.unwrap();
        assert_eq!((probed.name.as_str(), probed.abi), ("example", (0, 1)));
        assert_eq!(
            verdict.unwrap_err().to_string(),
            "built for plugin ABI 0.1, this kipos has 0.3: rebuild it against kipos-plugin-api 0.3"
        );
    }

    #[test]
    fn wrong_magic_is_seen_before_anything_else_is_read() {
        let wild = std::ptr::without_provenance(1);
        let head = good().head;
        let head = ProbeHead { magic: *b"kiposplh", name: wild, version: wild, rustc: wild, target: wild, ..head };
        assert_eq!(read_probe(&Probe { head, ..good() }), Err(ProbeError::Magic));
        // SAFETY: a null pointer is never read through.
        assert_eq!(unsafe { read(std::ptr::null()) }, Err(ProbeError::Magic));
    }

    #[test]
    fn broken_texts_are_refused() {
        let endless = vec![b'a'; MAX_TEXT + 2];
        let broken: [(*const c_char, &str); 6] = [
            (std::ptr::null(), "is a null pointer"),
            (c"".as_ptr(), "is empty"),
            (c"\xff".as_ptr(), "is not UTF-8"),
            (c"a\nb".as_ptr(), "holds control characters"),
            (c"a::b".as_ptr(), "may hold only ASCII letters, digits, `_`, `-` and `.`"),
            (endless.as_ptr().cast(), "has no end"),
        ];
        for (name, reason) in broken {
            let head = ProbeHead { name, ..good().head };
            assert_eq!(read_probe(&Probe { head, ..good() }), Err(ProbeError::Text { field: "name", reason }));
        }
    }

    #[test]
    fn a_text_file_is_not_a_library() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("libkipos_plugin_text.so");
        std::fs::write(&path, "not a library\n").unwrap();
        let message = probe(&path).unwrap_err().to_string();
        assert!(message.starts_with("not a library that this system can load: "), "{message}");
        assert!(!message.contains('\n') && !message.contains(&*dir.path().to_string_lossy()), "{message}");
    }
}
