//! Tables whose rows or windows are numbered. Each part numbers them from 0, so that joined ones would share numbers.

use super::{JoinError, format::HeaderKind};
use std::path::Path;

/// The columns of such numbers: of samples, and of the windows of maps.
const NUMBERS: [&str; 2] = ["metadata/ranges/id", "entry"];

/// Refuses a part with these columns if one of them has such numbers.
pub(super) fn refuse_numbered<'a>(path: &Path, columns: impl IntoIterator<Item = &'a str>) -> Result<(), JoinError> {
    match columns.into_iter().find(|column| NUMBERS.contains(column)) {
        Some(column) => Err(JoinError::Numbered { path: path.to_owned(), column: column.to_owned() }),
        None => Ok(()),
    }
}

/// The same for what stands before the rows of text.
pub(super) fn refuse_numbered_text(path: &Path, kind: HeaderKind, header: &[u8]) -> Result<(), JoinError> {
    match kind {
        HeaderKind::Names => refuse_numbered(path, String::from_utf8_lossy(header).trim_end().split('\t')),
        HeaderKind::Comments | HeaderKind::Bcf | HeaderKind::None => Ok(()),
    }
}
