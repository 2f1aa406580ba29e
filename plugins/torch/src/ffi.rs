//! The calls into LibTorch: all that is unsafe. The other side is in src/shim.
//!
//! Every function of the shim catches its exceptions and reports them through its last argument.

use std::ffi::{CStr, CString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use tch::{Kind, Tensor};
use torch_sys::C_tensor;

use crate::binding::Binding;

macro_rules! opaque {
    ($($name:ident),*) => { $(#[repr(C)] struct $name { _opaque: [u8; 0] })* };
}
opaque! { RawScript, RawProgram, RawTensors }

unsafe extern "C" {
    fn kipos_torch_free_text(text: *mut c_char);
    fn kipos_torch_configuration(error: *mut *mut c_char) -> *mut c_char;
    fn kipos_torch_library() -> *mut c_char;
    fn kipos_torch_load(path: *const c_char, cuda: c_int, error: *mut *mut c_char) -> *mut RawScript;
    fn kipos_torch_free_script(script: *mut RawScript);
    fn kipos_torch_describe(script: *const RawScript, error: *mut *mut c_char) -> *mut c_char;
    fn kipos_torch_bind(
        script: *mut RawScript,
        mode: c_int,
        slots: *const i64,
        n_slots: usize,
        names: *const *const c_char,
        n_names: usize,
        error: *mut *mut c_char,
    ) -> bool;
    fn kipos_torch_compile(
        script: *mut RawScript,
        outputs: *const usize,
        count: usize,
        before_nonlinearity: bool,
        error: *mut *mut c_char,
    ) -> *mut RawProgram;
    fn kipos_torch_shapes(
        script: *mut RawScript,
        inputs: *const *const C_tensor,
        count: usize,
        error: *mut *mut c_char,
    ) -> *mut c_char;
    fn kipos_torch_free_program(program: *mut RawProgram);
    fn kipos_torch_run(
        program: *const RawProgram,
        inputs: *const *const C_tensor,
        count: usize,
        gradients: bool,
        error: *mut *mut c_char,
    ) -> *mut RawTensors;
    fn kipos_torch_free_tensors(tensors: *mut RawTensors);
    fn kipos_torch_count(tensors: *const RawTensors) -> usize;
    fn kipos_torch_name(tensors: *const RawTensors, index: usize) -> *const c_char;
    fn kipos_torch_take(tensors: *const RawTensors, index: usize) -> *mut C_tensor;
    fn kipos_torch_gradient(
        output: *const C_tensor,
        weights: *const C_tensor,
        inputs: *const *const C_tensor,
        count: usize,
        results: *mut *mut C_tensor,
        error: *mut *mut c_char,
    ) -> bool;
}

/// The text that the shim allocated; it is freed.
fn taken(text: *mut c_char) -> String {
    if text.is_null() {
        return "LibTorch failed without a message".into();
    }
    // SAFETY: the shim hands over texts that end with a zero byte, and asks for them to be freed this way, once.
    unsafe {
        let owned = CStr::from_ptr(text).to_string_lossy().into_owned();
        kipos_torch_free_text(text);
        owned
    }
}

/// The result of a call that gives null, together with an error, if it fails.
fn pointer<T>(call: impl FnOnce(*mut *mut c_char) -> *mut T) -> Result<NonNull<T>, String> {
    let mut error = ptr::null_mut();
    NonNull::new(call(&mut error)).ok_or_else(|| taken(error))
}

/// The same for a call that gives false.
fn success(call: impl FnOnce(*mut *mut c_char) -> bool) -> Result<(), String> {
    let mut error = ptr::null_mut();
    if call(&mut error) { Ok(()) } else { Err(taken(error)) }
}

/// What the loaded LibTorch says of how it was built.
pub fn configuration() -> Result<String, String> {
    // SAFETY: it takes nothing but the place for an error.
    pointer(|error| unsafe { kipos_torch_configuration(error) }).map(|text| taken(text.as_ptr()))
}

/// The file of the loaded LibTorch, as far as the system knows it.
pub fn library() -> Option<PathBuf> {
    // SAFETY: it takes nothing.
    let path = unsafe { kipos_torch_library() };
    (!path.is_null()).then(|| taken(path).into())
}

fn c_string(text: &[u8]) -> Result<CString, String> {
    CString::new(text).map_err(|_| format!("`{}` holds a zero byte", String::from_utf8_lossy(text)))
}

fn pointers<'t>(tensors: impl IntoIterator<Item = &'t Tensor>) -> Vec<*const C_tensor> {
    tensors.into_iter().map(Tensor::as_ptr).collect()
}

/// A loaded TorchScript file.
pub struct Script(NonNull<RawScript>);

// SAFETY: nothing in a script changes once it is bound, which takes it by value; a module that assigns its own
// attributes runs under the script's lock. LibTorch's reference counts are atomic.
unsafe impl Send for Script {}
// SAFETY: as for `Send`.
unsafe impl Sync for Script {}

impl Script {
    /// Reads a file onto the processor, or onto the CUDA device of this index, for inference.
    pub fn load(file: &Path, cuda: Option<u32>) -> Result<Self, String> {
        let path = c_string(file.as_os_str().as_bytes())?;
        let cuda = cuda.map_or(Ok(-1), c_int::try_from).map_err(|_| "there is no such CUDA device")?;
        // SAFETY: the path ends with a zero byte and lives through the call.
        pointer(|error| unsafe { kipos_torch_load(path.as_ptr(), cuda, error) }).map(Self)
    }

    /// What it says of itself, see description.rs.
    pub fn describe(&self) -> Result<String, String> {
        // SAFETY: the script is alive.
        pointer(|error| unsafe { kipos_torch_describe(self.0.as_ptr(), error) }).map(|text| taken(text.as_ptr()))
    }

    /// Fixes how tensors become arguments.
    pub fn bind(self, binding: &Binding) -> Result<Self, String> {
        let names = binding.names.iter().map(|name| c_string(name.as_bytes())).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<*const c_char> = names.iter().map(|name| name.as_ptr()).collect::<Vec<_>>();
        let (slots, mode) = (&binding.slots, binding.mode as c_int);
        // SAFETY: the script is alive and nobody else has it; pointers and lengths are those of living vectors.
        success(|error| unsafe {
            kipos_torch_bind(self.0.as_ptr(), mode, slots.as_ptr(), slots.len(), names.as_ptr(), names.len(), error)
        })?;
        Ok(self)
    }

    /// The part of the model that gives certain outputs: 0 is all that it returns, then follow the values of the
    /// description, then its parts.
    pub fn compile(self: &Arc<Self>, outputs: &[usize], before_nonlinearity: bool) -> Result<Program, String> {
        // SAFETY: the script is alive and is only read: its graph is copied.
        let raw = pointer(|error| unsafe {
            kipos_torch_compile(self.0.as_ptr(), outputs.as_ptr(), outputs.len(), before_nonlinearity, error)
        })?;
        Ok(Program { raw, _script: Arc::clone(self) })
    }

    /// The shape of every value of the description for these inputs, which the model does not remember.
    pub fn shapes(&self, inputs: &[Tensor]) -> Result<Vec<Vec<usize>>, String> {
        let inputs = pointers(inputs);
        // SAFETY: script and tensors are alive; the script is only read.
        let text =
            pointer(|error| unsafe { kipos_torch_shapes(self.0.as_ptr(), inputs.as_ptr(), inputs.len(), error) })?;
        let shape = |line: &str| line.split_terminator('\t').map(str::parse).collect::<Result<Vec<usize>, _>>();
        taken(text.as_ptr()).lines().map(|line| shape(line).map_err(|error| format!("`{line}`: {error}"))).collect()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // SAFETY: it came from the shim and is freed once.
        unsafe { kipos_torch_free_script(self.0.as_ptr()) }
    }
}

/// A part of a model, ready to run.
pub struct Program {
    raw: NonNull<RawProgram>,
    /// The shim's program points into it.
    _script: Arc<Script>,
}

// SAFETY: running reads the program only; every run has a state of its own.
unsafe impl Send for Program {}
// SAFETY: as for `Send`.
unsafe impl Sync for Program {}

impl Program {
    /// Its tensors, each with its key where it came out of a dict or a named tuple. `gradients`: whether
    /// [`gradient`] will be asked of them.
    pub fn run(&self, inputs: &[Tensor], gradients: bool) -> Result<Vec<(String, Tensor)>, String> {
        let inputs = pointers(inputs);
        // SAFETY: program and tensors are alive.
        let raw = pointer(|error| unsafe {
            kipos_torch_run(self.raw.as_ptr(), inputs.as_ptr(), inputs.len(), gradients, error)
        })?;
        let raw = raw.as_ptr();
        // SAFETY: the result is alive until it is freed, once; `take` gives tensors that the caller owns, for indices
        // below the count.
        unsafe {
            let all = (0..kipos_torch_count(raw)).map(|index| {
                let name = CStr::from_ptr(kipos_torch_name(raw, index)).to_string_lossy().into_owned();
                (name, Tensor::from_ptr(kipos_torch_take(raw, index)))
            });
            let all = all.collect();
            kipos_torch_free_tensors(raw);
            Ok(all)
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: it came from the shim and is freed once.
        unsafe { kipos_torch_free_program(self.raw.as_ptr()) }
    }
}

/// The gradient of `sum(output * weights)` with respect to each input; `None` where the output does not depend on it.
pub fn gradient(output: &Tensor, weights: &Tensor, inputs: &[&Tensor]) -> Result<Vec<Option<Tensor>>, String> {
    let pointers = pointers(inputs.iter().copied());
    let mut results = vec![ptr::null_mut(); inputs.len()];
    // SAFETY: all tensors are alive, and there is room for as many results as there are inputs.
    success(|error| unsafe {
        let (output, weights) = (output.as_ptr(), weights.as_ptr());
        kipos_torch_gradient(output, weights, pointers.as_ptr(), pointers.len(), results.as_mut_ptr(), error)
    })?;
    // SAFETY: what is not null is a tensor that the caller owns.
    let owned = |result: *mut C_tensor| (!result.is_null()).then(|| unsafe { Tensor::from_ptr(result) });
    Ok(results.into_iter().map(owned).collect())
}

/// A tensor over elements that somebody else owns, without a copy: row-major, on the processor.
///
/// The caller drops it, and all that may share its memory, while the elements are still borrowed.
pub fn borrowed<T>(elements: &[T], shape: &[usize], kind: Kind) -> Result<Tensor, String> {
    let lengths: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
    let mut strides = vec![1; lengths.len()];
    for axis in (1..lengths.len()).rev() {
        strides[axis - 1] = strides[axis] * lengths[axis].max(1);
    }
    debug_assert_eq!(size_of::<T>(), kind.elt_size_in_bytes());
    let data = elements.as_ptr().cast();
    // SAFETY: `elements` has as many elements of this size as the shape says, which the type of the views that arrive
    // here guarantees; the shim never writes to inputs, it copies them for models that do.
    unsafe { Tensor::f_from_blob(data, &lengths, &strides, kind, tch::Device::Cpu) }.map_err(|error| error.to_string())
}
