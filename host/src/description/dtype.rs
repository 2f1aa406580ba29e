//! Names of element types, as Python writes them.

use kipos_plugin_api::DType;

const NAMES: &[(&[&str], DType)] = &[
    (&["float32", "single", "f4"], DType::F32),
    (&["float64", "double", "float", "float_", "f8"], DType::F64),
    (&["int64", "int", "int_", "i8"], DType::I64),
    (&["int32", "i4"], DType::I32),
    (&["uint8", "u1"], DType::U8),
    (&["bool", "bool_"], DType::Bool),
    (&["str", "str_", "string", "object"], DType::String),
];

/// A text that names no supported element type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown element type `{typed}` (known: {}, each also as `np.` and its name)", known())]
pub struct DTypeError {
    /// The text.
    pub typed: String,
}

fn known() -> String {
    NAMES.iter().map(|(_, dtype)| dtype.name()).collect::<Vec<_>>().join(", ")
}

/// The element type of a name such as `np.float32` or `float32`. As in Python, `float` has 64 bits, and so has `int`.
///
/// # Errors
/// A name that is not in the table; the message lists those that are.
pub fn parse_dtype(text: &str) -> Result<DType, DTypeError> {
    let typed = text.trim();
    let name = ["numpy.", "np."].iter().find_map(|prefix| typed.strip_prefix(prefix)).unwrap_or(typed);
    NAMES
        .iter()
        .find(|(names, _)| names.contains(&name))
        .map(|(_, dtype)| *dtype)
        .ok_or_else(|| DTypeError { typed: typed.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood_with_and_without_their_module() {
        for (text, dtype) in [
            ("np.float32", DType::F32),
            ("float32", DType::F32),
            ("numpy.float64", DType::F64),
            ("float", DType::F64),
            ("int", DType::I64),
            ("np.int32", DType::I32),
            ("np.uint8", DType::U8),
            ("bool", DType::Bool),
            ("str", DType::String),
        ] {
            assert_eq!(parse_dtype(text), Ok(dtype), "{text}");
        }
    }

    #[test]
    fn every_type_is_known_by_its_own_name() {
        for (_, dtype) in NAMES {
            assert_eq!(parse_dtype(dtype.name()), Ok(*dtype));
        }
    }

    #[test]
    fn unknown_names_list_the_known() {
        insta::assert_snapshot!(parse_dtype("np.float16").unwrap_err(), @"unknown element type `np.float16` (known: float32, float64, int64, int32, uint8, bool, string, each also as `np.` and its name)");
    }
}
