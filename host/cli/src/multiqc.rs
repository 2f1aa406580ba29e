//! The summary of a run as custom content of MultiQC: one row of a table, which MultiQC joins with those of other files.

use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::run_record::{RunEnd, RunRecord};

/// What MultiQC finds custom content by.
const ENDING: &str = "_mqc.json";

/// The name of the row of a file that MultiQC reads: its own without the ending. `None` for other files.
pub(super) fn sample_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    name.strip_suffix(ENDING).map(str::to_owned)
}

/// The table with the row `sample`.
pub(super) fn table(record: &RunRecord, end: &RunEnd, sample: &str) -> Json {
    let mut columns: Vec<(String, String, Json)> = Vec::new();
    if let Some(results) = &record.results {
        columns.extend(results.counts.iter().map(|(name, count)| (titled(name), (*name).to_owned(), json!(count))));
        columns.extend(
            results
                .skipped
                .iter()
                .map(|(reason, count)| (format!("Skipped: {reason}"), format!("skipped_{reason}"), json!(count))),
        );
        if !results.values.is_empty() {
            let not_finite: u64 = results.values.iter().map(|value| value.not_finite).sum();
            columns.push(("Not finite".to_owned(), "not_finite".to_owned(), json!(not_finite)));
        }
    }
    columns.push(("Warnings".to_owned(), "warnings".to_owned(), json!(record.warnings.len())));
    columns.push(("Exit status".to_owned(), "exit_status".to_owned(), json!(end.exit_status)));
    let mut headers = Map::new();
    let mut row = Map::new();
    for (title, key, value) in columns {
        headers.insert(key.clone(), json!({ "title": title, "format": "{:,.0f}", "scale": false }));
        row.insert(key, value);
    }
    headers.insert("seconds".to_owned(), json!({ "title": "Seconds", "format": "{:,.1f}", "scale": false }));
    row.insert("seconds".to_owned(), json!(record.seconds()));
    // All runs of a command share a table.
    let id = format!("kipos_{}", record.command.replace([' ', '-'], "_"));
    json!({
        "id": id,
        "section_name": format!("kipos {}", record.command),
        "description": format!("Runs of kipos {} {}.", record.command, env!("CARGO_PKG_VERSION")),
        "plot_type": "table",
        "pconfig": { "id": format!("{id}_table"), "title": format!("kipos {}", record.command) },
        "headers": headers,
        "data": { sample: row },
    })
}

/// `ref_overwritten` as the head of a column.
fn titled(name: &str) -> String {
    let mut title = name.replace('_', " ");
    title.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_the_name_decides() {
        assert_eq!(sample_of(Path::new("out/NA12878_mqc.json")).as_deref(), Some("NA12878"));
        assert_eq!(sample_of(Path::new("out/NA12878.json")), None);
        assert_eq!(sample_of(Path::new("out_mqc.json/summary.json")), None);
    }

    #[test]
    fn heads_of_columns_are_words() {
        assert_eq!(titled("ref_over_ambiguous"), "Ref over ambiguous");
    }
}
