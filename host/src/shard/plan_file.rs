//! The table of a plan: what the shards are called, and what is known of each.

use super::ShardError;
use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// The name of the table, beside the BED files of the shards.
pub(super) const PLAN: &str = "shards.tsv";
/// Its columns.
const COLUMNS: [&str; 7] = ["shard", "bed", "start", "end", "records", "bytes", "all_records"];
/// What is not known, or is not there.
const NONE: &str = ".";

/// A part of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Its name, such as `0007`: what it gives is called by it.
    pub name: String,
    /// The BED file with its stretches, or its intervals.
    pub bed: PathBuf,
    /// Where it starts and ends, as `CONTIG:POS`; `None` without stretches.
    pub(super) ends: Option<(String, String)>,
    /// How many records or intervals it has, if they were counted.
    pub records: Option<u64>,
    /// Bytes of its records before they were compressed, about, if the index told where they lie.
    pub bytes: Option<u64>,
}

/// All parts of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardPlan {
    /// Where its files are.
    pub directory: PathBuf,
    /// The shards, in the order of the input.
    pub shards: Vec<Shard>,
    /// How many records or intervals all shards have together, if that is known.
    pub records: Option<u64>,
}

impl ShardPlan {
    /// The table's name.
    pub fn path(&self) -> PathBuf {
        self.directory.join(PLAN)
    }

    /// Records or, where those are not known, bytes of the largest shard, over the mean of all.
    pub fn unevenness(&self) -> Option<f64> {
        let of = |size: fn(&Shard) -> Option<u64>| self.shards.iter().map(size).collect::<Option<Vec<u64>>>();
        let sizes = of(|shard| shard.records).or_else(|| of(|shard| shard.bytes))?;
        let (largest, sum) = (*sizes.iter().max()?, sizes.iter().sum::<u64>());
        (sum > 0).then(|| largest as f64 * sizes.len() as f64 / sum as f64)
    }

    /// Reads the plan of a directory.
    ///
    /// # Errors
    /// There is none, or its table was changed.
    pub fn read(directory: &Path) -> Result<Self, ShardError> {
        let path = directory.join(PLAN);
        let text = fs::read_to_string(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ShardError::NoPlan { directory: directory.to_owned() },
            _ => ShardError::Read { path: path.clone(), source },
        })?;
        let wrong =
            |line: usize, message: &str| ShardError::PlanLine { path: path.clone(), line, message: message.to_owned() };
        let mut lines = text.lines().zip(1..);
        if lines.next().is_none_or(|(names, _)| names != COLUMNS.join("\t")) {
            return Err(wrong(1, "other columns than expected"));
        }
        let mut plan = Self { directory: directory.to_owned(), shards: Vec::new(), records: None };
        for (text, line) in lines {
            let cells: Vec<&str> = text.split('\t').collect();
            let [name, bed, start, end, records, bytes, all] = cells[..] else {
                return Err(wrong(line, "another number of columns than expected"));
            };
            let number = |cell: &str| match cell {
                NONE => Ok(None),
                digits => digits.parse().map(Some).map_err(|_| wrong(line, "a number was expected")),
            };
            if plan.shards.iter().any(|shard: &Shard| shard.name == name) {
                return Err(wrong(line, "the shard is there twice"));
            }
            plan.records = number(all)?;
            plan.shards.push(Shard {
                name: name.to_owned(),
                bed: directory.join(bed),
                ends: (start != NONE).then(|| (start.to_owned(), end.to_owned())),
                records: number(records)?,
                bytes: number(bytes)?,
            });
        }
        Ok(plan)
    }

    /// The text of the table.
    pub(super) fn table(&self) -> String {
        let mut text = COLUMNS.join("\t") + "\n";
        let number = |number: Option<u64>| number.map_or_else(|| NONE.to_owned(), |number| number.to_string());
        for Shard { name, bed, ends, records, bytes } in &self.shards {
            let bed = bed.strip_prefix(&self.directory).unwrap_or(bed).display();
            let (start, end) = ends.as_ref().map_or((NONE, NONE), |(start, end)| (start, end));
            let (records, bytes, all) = (number(*records), number(*bytes), number(self.records));
            // Text is written into memory.
            let _ = writeln!(text, "{name}\t{bed}\t{start}\t{end}\t{records}\t{bytes}\t{all}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let shard = |name: &str, records, ends| Shard {
            name: name.into(),
            bed: directory.path().join(name).with_extension("bed"),
            ends,
            records,
            bytes: None,
        };
        let ends = Some(("chr1:1".to_owned(), "chr2:5".to_owned()));
        let shards = vec![shard("0000", Some(6), ends), shard("0001", Some(0), None)];
        let plan = ShardPlan { directory: directory.path().to_owned(), shards, records: Some(6) };
        fs::write(plan.path(), plan.table()).unwrap();
        assert_eq!(ShardPlan::read(directory.path()).unwrap(), plan);
        assert_eq!(plan.unevenness(), Some(2.0));
        fs::write(plan.path(), plan.table().replace("\t6\t", "\tx\t")).unwrap();
        let error = ShardPlan::read(directory.path()).unwrap_err().to_string();
        assert!(
            error.ends_with("shards.tsv:2: no line of a plan of shards: a number was expected; make the plan again")
        );
        fs::remove_file(plan.path()).unwrap();
        assert!(matches!(ShardPlan::read(directory.path()), Err(ShardError::NoPlan { .. })));
    }
}
