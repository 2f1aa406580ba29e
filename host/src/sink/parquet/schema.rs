//! The types of the columns.

use crate::{
    scored::ScoreLabel,
    sink::table::{ROW_COLUMNS, score_columns},
};
use parquet::{
    basic::{LogicalType, Repetition, Type as PhysicalType},
    errors::ParquetError,
    schema::types::{Type, TypePtr},
};
use std::sync::Arc;

/// The columns that hold texts.
pub(super) const TEXTS: [&str; 7] = ["chrom", "id", "ref", "alt", "region_id", "strand", "skip"];
/// The columns that hold 64-bit integers.
pub(super) const INTEGERS: [&str; 3] = ["pos", "region_start", "region_end"];
/// The columns that every row has.
const REQUIRED: [&str; 3] = ["chrom", "pos", "ref"];

/// One column each for what a row is about, then one per score.
pub(super) fn schema(labels: &[ScoreLabel]) -> Result<TypePtr, ParquetError> {
    let row_columns = ROW_COLUMNS.map(|name| {
        let is_text = TEXTS.contains(&name);
        Type::primitive_type_builder(name, if is_text { PhysicalType::BYTE_ARRAY } else { PhysicalType::INT64 })
            .with_logical_type(is_text.then_some(LogicalType::String))
            .with_repetition(if REQUIRED.contains(&name) { Repetition::REQUIRED } else { Repetition::OPTIONAL })
            .build()
    });
    let scores = score_columns(labels).into_iter().map(|name| {
        Type::primitive_type_builder(&name, PhysicalType::FLOAT).with_repetition(Repetition::OPTIONAL).build()
    });
    let columns = row_columns.into_iter().chain(scores).map(|column| Ok(Arc::new(column?)));
    let columns = columns.collect::<Result<Vec<_>, ParquetError>>()?;
    Ok(Arc::new(Type::group_type_builder("scores").with_fields(columns).build()?))
}
