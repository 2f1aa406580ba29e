//! Libraries that this process has loaded: their files, and the version of ONNX Runtime that one of them is.

use std::ffi::{CStr, CString, OsStr, c_char, c_void};
use std::mem::{self, MaybeUninit};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use ort::sys::OrtApiBase;

/// The file of the library in which an address lies. It may lie anywhere, so it is asked for at run time.
pub fn file_of(address: *const c_void) -> Option<PathBuf> {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: the address is only compared, and `info` has room for the answer.
    let known = unsafe { libc::dladdr(address, info.as_mut_ptr()) } != 0;
    // SAFETY: all fields are pointers or integers, for which the zeros of `zeroed` are values.
    let info = unsafe { info.assume_init() };
    if !known || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: dladdr says that this is the file name of a loaded library; it lives as long as the library.
    Some(Path::new(OsStr::from_bytes(unsafe { text(info.dli_fname) })).to_owned())
}

/// The version that an ONNX Runtime says of itself, if this is one that is loaded.
pub fn onnxruntime_version(library: &Path) -> Option<String> {
    let name = CString::new(library.as_os_str().as_bytes()).ok()?;
    // SAFETY: the name ends with a zero byte. Nothing is loaded by this, so no code of the library runs.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    if handle.is_null() {
        return None;
    }
    // SAFETY: the handle is that of a loaded library, and the name ends with a zero byte.
    let symbol = unsafe { libc::dlsym(handle, c"OrtGetApiBase".as_ptr()) };
    let version = (!symbol.is_null()).then(|| {
        // SAFETY: in every ONNX Runtime the function of this name has this type; the engine was opened by the same call.
        let base = unsafe { mem::transmute::<*mut c_void, unsafe extern "C" fn() -> *const OrtApiBase>(symbol) };
        // SAFETY: it takes nothing, and gives a table and texts that live as long as the library.
        unsafe { String::from_utf8_lossy(text(((*base()).GetVersionString)())).into_owned() }
    });
    // SAFETY: the handle was opened above; the library stays, as whoever loaded it still has it.
    unsafe { libc::dlclose(handle) };
    version
}

/// The bytes of a text.
///
/// # Safety
/// It ends with a zero byte, and lives and stays as it is for as long as the answer is used.
unsafe fn text<'t>(start: *const c_char) -> &'t [u8] {
    // SAFETY: what the caller promises.
    unsafe { CStr::from_ptr(start) }.to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_library_knows_its_file() {
        let here = this_library_knows_its_file as fn() as *const c_void;
        assert_eq!(file_of(here).unwrap().canonicalize().unwrap(), std::env::current_exe().unwrap());
        assert_eq!(file_of(std::ptr::without_provenance(8)), None);
    }

    #[test]
    fn a_library_that_is_no_onnx_runtime_or_not_loaded_has_no_version() {
        let system = file_of(libc::strlen as *const c_void).unwrap();
        assert_eq!(onnxruntime_version(&system), None);
        assert_eq!(onnxruntime_version(Path::new("/absent/libonnxruntime.so")), None);
    }
}
