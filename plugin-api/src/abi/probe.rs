//! What a library says of itself in plain C, readable before anything else of it is trusted.

use std::ffi::{CStr, c_char};

use crate::ABI_VERSION;

/// The name of the exported symbol, with its terminating zero.
pub const PROBE_SYMBOL: &[u8] = b"KIPOS_PLUGIN_PROBE\0";
/// The first bytes of every probe.
pub const MAGIC: [u8; 8] = *b"kiposplg";

/// What every probe begins with, in every version of the contract: enough to say which version a library is for. That is
/// all of a probe of ABI 0.1.
#[repr(C)]
#[derive(Debug)]
pub struct ProbeHead {
    /// Always [`MAGIC`].
    pub magic: [u8; 8],
    /// The contract's major version.
    pub abi_major: u32,
    /// The contract's minor version.
    pub abi_minor: u32,
    /// The plugin's name.
    pub name: *const c_char,
    /// The plugin's version.
    pub version: *const c_char,
    /// The compiler that built it.
    pub rustc: *const c_char,
    /// The target that it was built for.
    pub target: *const c_char,
}

/// The exported symbol. What follows its head may grow with the contract's version, and says how large it is.
#[repr(C)]
#[derive(Debug)]
pub struct Probe {
    /// What does not change.
    pub head: ProbeHead,
    /// The bytes of the whole probe.
    pub size: u32,
    /// What lies behind it: [`KIND_RUST`] or [`KIND_C`].
    pub kind: u32,
}

/// The kind of a library whose root module is one of abi_stable's.
pub const KIND_RUST: u32 = 1;
/// The kind of a library with tables of plain C functions.
pub const KIND_C: u32 = 2;

// SAFETY: the pointers lead to constant strings that live as long as the library.
unsafe impl Sync for ProbeHead {}
// SAFETY: as its head.
unsafe impl Sync for Probe {}

impl ProbeHead {
    /// The head of a plugin built against this crate.
    pub const fn new(name: &'static CStr, version: &'static CStr) -> Self {
        const RUSTC: &CStr = c_str(concat!(env!("KIPOS_RUSTC"), "\0"));
        const TARGET: &CStr = c_str(concat!(env!("KIPOS_TARGET"), "\0"));
        Self {
            magic: MAGIC,
            abi_major: ABI_VERSION.0,
            abi_minor: ABI_VERSION.1,
            name: name.as_ptr(),
            version: version.as_ptr(),
            rustc: RUSTC.as_ptr(),
            target: TARGET.as_ptr(),
        }
    }
}

impl Probe {
    /// The probe of a plugin built against this crate.
    pub const fn new(name: &'static CStr, version: &'static CStr) -> Self {
        Self { head: ProbeHead::new(name, version), size: size_of::<Self>() as u32, kind: KIND_RUST }
    }
}

/// A C string from a literal that ends with its only zero; anything else does not compile in a constant.
pub const fn c_str(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a plugin's name and version must not contain a zero byte"),
    }
}
