//! Scores of tables in Parquet.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::{ALLELE, StoredScoresError, StrongestTask, Visit, chosen, table_scores};
use crate::sink::strongest_value::strongest;

pub(super) fn read(path: &Path, score: Option<&str>, visit: &mut Visit<'_>) -> Result<String, StoredScoresError> {
    let unread = |error: &dyn ToString| StoredScoresError::read(path, error.to_string());
    let file = File::open(path).map_err(|error| unread(&error))?;
    let reader = SerializedFileReader::new(file).map_err(|error| unread(&error))?;
    let schema = reader.metadata().file_metadata().schema_descr().root_schema_ptr();
    let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
    let scores = table_scores(names.iter().copied().enumerate());
    let (score, tasks) = &scores[chosen(path, scores.iter().map(|(name, _)| *name), score)?];
    let is_read = |name: &str| {
        let is_score = tasks.iter().any(|(column, _)| names[*column] == name);
        is_score || ALLELE.iter().any(|column| column.name() == name)
    };
    let fields: Vec<Arc<Type>> = schema.get_fields().iter().filter(|field| is_read(field.name())).cloned().collect();
    let read = Type::group_type_builder(schema.name()).with_fields(fields).build().map_err(|error| unread(&error))?;
    for row in reader.get_row_iter(Some(read)).map_err(|error| unread(&error))? {
        let row = row.map_err(|error| unread(&error))?;
        let (mut texts, mut pos) = ([".", "", ".", ".", "."], 0);
        let mut values = Vec::with_capacity(tasks.len());
        for (name, field) in row.get_column_iter() {
            match (ALLELE.iter().position(|column| column.name() == name), field) {
                (Some(column), Field::Str(text)) => texts[column] = text,
                (Some(_), Field::Long(number)) => pos = u64::try_from(*number).map_err(|error| unread(&error))?,
                (None, Field::Float(value)) => values.push((&name[score.len() + 1..], *value)),
                // What is missing is null.
                _ => {}
            }
        }
        if let Some((task, value)) = strongest(values.into_iter()) {
            let [chrom, _, id, reference, alternate] = texts;
            visit(StrongestTask { chrom, pos, id, reference, alternate, task, value })?;
        }
    }
    Ok((*score).to_owned())
}
