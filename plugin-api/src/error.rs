//! The one error type that crosses the plugin boundary.

use std::fmt;

/// What went wrong in a plugin, in a sentence for the person who runs kipos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginError {
    /// The class of the error, for the host's reaction.
    pub kind: ErrorKind,
    /// What, where and what to do; lower case, no full stop.
    pub message: String,
}

/// The class of a [`PluginError`]. New kinds may be added: compare with the constants.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ErrorKind(pub(crate) u32);

impl ErrorKind {
    /// An argument is missing, unknown or of the wrong type.
    pub const INVALID_ARGUMENT: Self = Self(1);
    /// The plugin does not have this ability.
    pub const UNSUPPORTED: Self = Self(2);
    /// A tensor has the wrong shape, type or number.
    pub const SHAPE: Self = Self(3);
    /// The plugin panicked; its state is unknown.
    pub const PANIC: Self = Self(4);
    /// The engine failed while computing.
    pub const RUNTIME: Self = Self(5);
    /// A native library that the plugin needs is missing or too old.
    pub const MISSING_LIBRARY: Self = Self(6);
    /// A model file cannot be read or is broken.
    pub const INVALID_MODEL: Self = Self(7);
    /// There is no such device, or the plugin does not run on it.
    pub const NO_DEVICE: Self = Self(8);

    fn name(self) -> &'static str {
        match self {
            Self::INVALID_ARGUMENT => "invalid argument",
            Self::UNSUPPORTED => "unsupported",
            Self::SHAPE => "shape",
            Self::PANIC => "panic",
            Self::RUNTIME => "runtime",
            Self::MISSING_LIBRARY => "missing library",
            Self::INVALID_MODEL => "invalid model",
            Self::NO_DEVICE => "no device",
            _ => "other",
        }
    }
}

impl fmt::Debug for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorKind({})", self.name())
    }
}

impl PluginError {
    /// An error of `kind` with a message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// [`ErrorKind::INVALID_ARGUMENT`].
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::INVALID_ARGUMENT, message)
    }

    /// [`ErrorKind::UNSUPPORTED`].
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::UNSUPPORTED, message)
    }

    /// [`ErrorKind::NO_DEVICE`].
    pub fn no_device(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NO_DEVICE, message)
    }

    /// [`ErrorKind::SHAPE`].
    pub fn shape(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::SHAPE, message)
    }

    /// [`ErrorKind::RUNTIME`].
    pub fn runtime(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::RUNTIME, message)
    }
}

impl fmt::Display for PluginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PluginError {}

/// The result of everything that a plugin does.
pub type Result<T, E = PluginError> = std::result::Result<T, E>;
