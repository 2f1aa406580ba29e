//! Labels as values of one type.

use kipos_plugin_api::{DType, Strings, TensorData};

use super::{BedArgs, BedError};

/// The labels of a row.
///
/// # Errors
/// A label that is not of its type.
pub(super) fn parse_labels(args: &BedArgs, line: u64, labels: &[&str]) -> Result<TensorData, BedError> {
    let dtype = args.label_dtype.unwrap_or(DType::F64);
    macro_rules! parse {
        ($parse:expr) => {{
            let value = |(index, text): (usize, &&str)| {
                let error = || BedError::Label {
                    path: args.tsv_file.clone(),
                    line,
                    column: args.bed_columns + index + 1,
                    dtype,
                    found: (*text).to_owned(),
                };
                $parse(*text).ok_or_else(error)
            };
            labels.iter().enumerate().map(value).collect::<Result<Vec<_>, _>>()?.into()
        }};
    }
    Ok(match dtype {
        DType::F32 => parse!(|text: &str| number(text).map(|number| number as f32)),
        DType::F64 => parse!(number),
        DType::I64 => parse!(|text: &str| text.parse::<i64>().ok()),
        DType::I32 => parse!(|text: &str| text.parse::<i32>().ok()),
        DType::U8 => parse!(|text: &str| text.parse::<u8>().ok()),
        DType::Bool => parse!(flag),
        DType::String => labels.iter().collect::<Strings>().into(),
    })
}

/// A number; empty, `.` and `NA` are missing.
fn number(text: &str) -> Option<f64> {
    match text {
        "" | "." | "NA" => Some(f64::NAN),
        _ => text.parse().ok(),
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "0" | "False" | "false" => Some(false),
        "1" | "True" | "true" => Some(true),
        _ => None,
    }
}
