//! The types of the columns.

use crate::{
    scored::ScoreLabel,
    sink::{RowKind, table::score_columns},
};
use parquet::{
    basic::{LogicalType, Repetition, Type as PhysicalType},
    errors::ParquetError,
    schema::types::{Type, TypePtr},
};
use std::sync::Arc;

/// One column each for what a row is about, then one per score.
pub(super) fn schema(rows: RowKind, labels: &[ScoreLabel]) -> Result<TypePtr, ParquetError> {
    let row_columns = rows.columns().iter().map(|column| {
        let (is_number, is_complete) = (column.is_number(), column.is_complete());
        Type::primitive_type_builder(
            column.name(),
            if is_number { PhysicalType::INT64 } else { PhysicalType::BYTE_ARRAY },
        )
        .with_logical_type((!is_number).then_some(LogicalType::String))
        .with_repetition(if is_complete { Repetition::REQUIRED } else { Repetition::OPTIONAL })
        .build()
    });
    let scores = score_columns(labels).into_iter().map(|name| {
        Type::primitive_type_builder(&name, PhysicalType::FLOAT).with_repetition(Repetition::OPTIONAL).build()
    });
    let columns = row_columns.chain(scores).map(|column| Ok(Arc::new(column?)));
    let columns = columns.collect::<Result<Vec<_>, ParquetError>>()?;
    Ok(Arc::new(Type::group_type_builder("scores").with_fields(columns).build()?))
}
