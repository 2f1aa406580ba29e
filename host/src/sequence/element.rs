//! The number types that a one-hot array may be made of.

/// A number type of one-hot arrays.
pub trait Element: Copy + Default + Send + Sync + 'static {
    /// The nearest value; integers truncate towards zero, as NumPy's casts do.
    fn from_f32(value: f32) -> Self;
}

macro_rules! elements {
    ($($ty:ty),*) => {$(
        impl Element for $ty {
            fn from_f32(value: f32) -> Self {
                value as $ty
            }
        }
    )*};
}
elements!(f32, f64, i64, i32, u8);
