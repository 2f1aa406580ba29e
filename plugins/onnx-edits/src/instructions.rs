//! The vector instructions of the processor. Results have the same bits with all of them.

/// Which instructions loops and products use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// Vectors of 512 bits.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// Vectors of 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What every processor of the architecture has.
    Portable,
}

impl Instructions {
    /// The widest that this processor has.
    pub fn detect() -> Self {
        Self::all().into_iter().find(|instructions| instructions.is_there()).unwrap_or(Self::Portable)
    }

    /// All that the architecture may have, the widest first.
    pub fn all() -> Vec<Self> {
        vec![
            #[cfg(target_arch = "x86_64")]
            Self::Avx512,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2,
            Self::Portable,
        ]
    }

    /// Whether this processor has them.
    pub fn is_there(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Portable => true,
        }
    }
}

/// Calls a function that is always inlined, compiled for the instructions.
macro_rules! wide {
    ($instructions:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,fma")]
        fn on_avx512<R>(run: impl FnOnce() -> R) -> R {
            run()
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn on_avx2<R>(run: impl FnOnce() -> R) -> R {
            run()
        }
        match $instructions {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this value is only made where the processor has these instructions, or by tests that asked.
            $crate::instructions::Instructions::Avx512 => unsafe {
                on_avx512(#[inline(always)] || $function($($argument),*))
            },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            $crate::instructions::Instructions::Avx2 => unsafe {
                on_avx2(#[inline(always)] || $function($($argument),*))
            },
            $crate::instructions::Instructions::Portable => $function($($argument),*),
        }
    }};
}

pub(crate) use wide;
