//! Conversion between the types that authors see and their twins on the wire.

use std::path::PathBuf;

use abi_stable::std_types::{ROption, RString, RVec, Tuple2};

/// A type that has a twin with a stable layout.
pub trait Wire: Sized {
    /// The twin.
    type Abi;
    /// To the twin.
    fn into_abi(self) -> Self::Abi;
    /// From the twin.
    fn from_abi(abi: Self::Abi) -> Self;
}

/// Types that are their own twins.
macro_rules! plain {
    ($($ty:ty),*) => {$(
        impl Wire for $ty {
            type Abi = Self;
            fn into_abi(self) -> Self { self }
            fn from_abi(abi: Self) -> Self { abi }
        }
    )*};
}
plain!(bool, u8, u32, u64, usize, i32, i64, f32, f64);

impl Wire for String {
    type Abi = RString;
    fn into_abi(self) -> RString {
        self.into()
    }
    fn from_abi(abi: RString) -> Self {
        abi.into()
    }
}

impl Wire for PathBuf {
    type Abi = RString;
    fn into_abi(self) -> RString {
        // The host refuses directories whose name is not UTF-8 before it comes to this.
        self.to_string_lossy().into_owned().into()
    }
    fn from_abi(abi: RString) -> Self {
        String::from(abi).into()
    }
}

impl<T: Wire> Wire for Vec<T> {
    type Abi = RVec<T::Abi>;
    fn into_abi(self) -> Self::Abi {
        self.into_iter().map(T::into_abi).collect()
    }
    fn from_abi(abi: Self::Abi) -> Self {
        abi.into_iter().map(T::from_abi).collect()
    }
}

impl<T: Wire> Wire for Option<T> {
    type Abi = ROption<T::Abi>;
    fn into_abi(self) -> Self::Abi {
        self.map(T::into_abi).into()
    }
    fn from_abi(abi: Self::Abi) -> Self {
        abi.into_option().map(T::from_abi)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    type Abi = Tuple2<A::Abi, B::Abi>;
    fn into_abi(self) -> Self::Abi {
        Tuple2(self.0.into_abi(), self.1.into_abi())
    }
    fn from_abi(Tuple2(a, b): Self::Abi) -> Self {
        (A::from_abi(a), B::from_abi(b))
    }
}

/// Declares the twin of a struct with named fields.
macro_rules! wire_struct {
    ($author:ty => $abi:ident { $($field:ident: $ty:ty),* $(,)? }) => {
        #[doc = concat!("The twin of [`", stringify!($author), "`].")]
        #[repr(C)]
        #[derive(abi_stable::StableAbi, Debug, Clone)]
        #[allow(missing_docs)]
        pub struct $abi { $(pub $field: <$ty as $crate::abi::Wire>::Abi),* }

        impl $crate::abi::Wire for $author {
            type Abi = $abi;
            fn into_abi(self) -> $abi {
                $abi { $($field: <$ty as $crate::abi::Wire>::into_abi(self.$field)),* }
            }
            fn from_abi(abi: $abi) -> Self {
                Self { $($field: <$ty as $crate::abi::Wire>::from_abi(abi.$field)),* }
            }
        }
    };
}
pub(crate) use wire_struct;

/// Declares the twin of an enum whose variants hold at most one unnamed field.
macro_rules! wire_enum {
    ($author:ty => $abi:ident { $($variant:ident $(($ty:ty))?),* $(,)? }) => {
        #[doc = concat!("The twin of [`", stringify!($author), "`].")]
        #[repr(u8)]
        #[derive(abi_stable::StableAbi, Debug, Clone)]
        #[allow(missing_docs)]
        pub enum $abi { $($variant $((<$ty as $crate::abi::Wire>::Abi))?),* }

        impl $crate::abi::Wire for $author {
            type Abi = $abi;
            fn into_abi(self) -> $abi {
                match self {
                    $($crate::abi::wire::wire_enum!(@pattern Self::$variant, payload $(, $ty)?) =>
                        $crate::abi::wire::wire_enum!(@into $abi::$variant, payload $(, $ty)?)),*
                }
            }
            fn from_abi(abi: $abi) -> Self {
                match abi {
                    $($crate::abi::wire::wire_enum!(@pattern $abi::$variant, payload $(, $ty)?) =>
                        $crate::abi::wire::wire_enum!(@from Self::$variant, payload $(, $ty)?)),*
                }
            }
        }
    };
    (@pattern $variant:path, $payload:ident) => { $variant };
    (@pattern $variant:path, $payload:ident, $ty:ty) => { $variant($payload) };
    (@into $variant:path, $payload:ident) => { $variant };
    (@into $variant:path, $payload:ident, $ty:ty) => { $variant(<$ty as $crate::abi::Wire>::into_abi($payload)) };
    (@from $variant:path, $payload:ident) => { $variant };
    (@from $variant:path, $payload:ident, $ty:ty) => { $variant(<$ty as $crate::abi::Wire>::from_abi($payload)) };
}
pub(crate) use wire_enum;
