//! Setters for structs that may grow: plugins build them with `new` and `with_*`, never with a literal.

/// Setters that take a struct and give it back, so that they can be chained.
macro_rules! setters {
    ($type:ty $(, [$lifetime:lifetime])? { $($name:ident($field:ident: $ty:ty)),* $(,)? }) => {
        impl $(<$lifetime>)? $type {
            $(
                #[doc = concat!("The same with another [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $name(mut self, $field: $ty) -> Self {
                    self.$field = $field.into();
                    self
                }
            )*
        }
    };
}
pub(crate) use setters;
