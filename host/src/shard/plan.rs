//! Planning the shards of a run.

use super::{
    ShardError,
    by_index::{Cuts, cuts},
    by_reading::Marks,
    intervals::IntervalLines,
    plan_file::{Shard, ShardPlan},
    stretches::between,
};
use crate::genome::{RecordPlaces, VariantInput};
use crate::internal::caught;
use crate::sink::{AtomicFile, PendingFiles};
use crate::stop::Stop;
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// What is cut into shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShardInput {
    /// Records of a VCF, plain or bgzipped, or BCF.
    Variants(PathBuf),
    /// Intervals of a BED file.
    Intervals(PathBuf),
}

/// How large shards are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardSize {
    /// So many shards.
    Shards(usize),
    /// As many shards as it takes for each to have about so many records or intervals.
    Records(u64),
}

/// Cuts the input of a run into shards.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlanShards {
    /// What is cut.
    pub input: ShardInput,
    /// How large the shards are.
    pub size: ShardSize,
    /// Where the plan is written: a directory, which is made if there is none.
    pub directory: PathBuf,
    /// What asks to stop.
    pub stop: Stop,
}

/// Files that are written at once: systems allow a process about a thousand.
const OPEN_FILES: usize = 128;

/// A shard, and the text of its BED file.
type PlannedShard = (Shard, String);

impl PlanShards {
    /// A plan of `input` in `directory`.
    pub fn new(input: ShardInput, size: ShardSize, directory: impl Into<PathBuf>) -> Self {
        Self { input, size, directory: directory.into(), stop: Stop::new() }
    }

    /// Plans the shards and writes their files, the table last. A directory that holds this very plan stays as it is.
    ///
    /// # Errors
    /// An input that cannot be read or is not sorted, a directory that holds another plan, or files that cannot be written.
    pub fn run(&self) -> Result<ShardPlan, ShardError> {
        caught(|| self.plan())?
    }

    fn plan(&self) -> Result<ShardPlan, ShardError> {
        let (shards, records) = match &self.input {
            ShardInput::Variants(path) => self.of_variants(path)?,
            ShardInput::Intervals(path) => self.of_intervals(path)?,
        };
        let (shards, beds): (Vec<_>, Vec<_>) = shards.into_iter().unzip();
        let plan = ShardPlan { directory: self.directory.clone(), shards, records };
        self.write(&plan, &beds)?;
        Ok(plan)
    }

    fn of_variants(&self, path: &Path) -> Result<(Vec<PlannedShard>, Option<u64>), ShardError> {
        let cuts = match RecordPlaces::open(path)? {
            Some(mut places) => match (self.size, places.records()) {
                (ShardSize::Shards(count), _) => Some(cuts(&mut places, count)?),
                (ShardSize::Records(each), Some(all)) => Some(cuts(&mut places, shards_of(all, each))?),
                // How many there are is told by reading them.
                (ShardSize::Records(_), None) => None,
            },
            None => None,
        };
        let cuts = match cuts {
            Some(cuts) => cuts,
            None => {
                let marks = Marks::read(VariantInput::from(path).open_until(&self.stop)?, &self.stop)?;
                let count = self.count(marks.records());
                marks.cuts(count)
            }
        };
        let all = cuts.all_records;
        Ok((self.shards_between(&cuts), all))
    }

    fn shards_between(&self, cuts: &Cuts) -> Vec<PlannedShard> {
        let shard = |(number, stretches): (usize, Vec<(usize, u64, u64)>)| {
            let name = |contig: usize| &cuts.contigs[contig];
            let bed = stretches.iter().map(|(contig, start, end)| format!("{}\t{start}\t{end}\n", name(*contig)));
            let ends = stretches.first().zip(stretches.last()).map(|(first, last)| {
                let end = if last.2 == i64::MAX as u64 { "end".to_owned() } else { last.2.to_string() };
                (format!("{}:{}", name(first.0), first.1 + 1), format!("{}:{end}", name(last.0)))
            });
            let of = |sizes: &Option<Vec<u64>>| sizes.as_ref().and_then(|sizes| sizes.get(number).copied());
            (self.shard(number, ends, of(&cuts.records), of(&cuts.bytes)), bed.collect())
        };
        between(cuts.contigs.len(), &cuts.cuts).into_iter().enumerate().map(shard).collect()
    }

    fn of_intervals(&self, path: &Path) -> Result<(Vec<PlannedShard>, Option<u64>), ShardError> {
        let lines = IntervalLines::read(path)?;
        let parts = lines.parts(self.count(lines.count())).into_iter().enumerate();
        let shards = parts.map(|(number, part)| (self.shard(number, part.ends, Some(part.count), None), part.bed));
        Ok((shards.collect(), Some(lines.count())))
    }

    fn shard(&self, number: usize, ends: Option<(String, String)>, records: Option<u64>, bytes: Option<u64>) -> Shard {
        let name = format!("{number:04}");
        Shard { bed: self.directory.join(format!("{name}.bed")), name, ends, records, bytes }
    }

    /// The number of shards of so many records.
    fn count(&self, records: u64) -> usize {
        match self.size {
            ShardSize::Shards(count) => count.max(1),
            ShardSize::Records(each) => shards_of(records, each),
        }
    }

    fn write(&self, plan: &ShardPlan, beds: &[String]) -> Result<(), ShardError> {
        let files = plan.shards.iter().map(|shard| shard.bed.clone()).zip(beds.iter().cloned());
        // Last, as a plan is there once its table is.
        let files: Vec<_> = files.chain([(plan.path(), plan.table())]).collect();
        if plan.path().exists() {
            let same = |(path, text): &(PathBuf, String)| fs::read_to_string(path).is_ok_and(|found| found == *text);
            return match files.iter().all(same) {
                true => Ok(()),
                false => Err(ShardError::OtherPlan { directory: self.directory.clone() }),
            };
        }
        let made = fs::create_dir_all(&self.directory);
        made.map_err(|source| ShardError::Directory { path: self.directory.clone(), source })?;
        for some in files.chunks(OPEN_FILES) {
            let mut pending = PendingFiles::default();
            for (path, text) in some {
                let mut file = AtomicFile::create(path)?;
                file.write_all(text.as_bytes()).map_err(|source| file.write_error(source))?;
                pending.extend(PendingFiles::file(file));
            }
            pending.commit()?;
        }
        Ok(())
    }
}

fn shards_of(records: u64, each: u64) -> usize {
    usize::try_from(records.div_ceil(each.max(1))).unwrap_or(usize::MAX).max(1)
}
