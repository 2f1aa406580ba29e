//! Which file is that of which shard.

use super::{
    ShardError,
    plan_file::{PLAN, ShardPlan},
};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

/// What shall be merged: the plan, if there is one, and the files that were named.
#[derive(Debug)]
pub(super) struct MergeInputs {
    /// The plan.
    pub(super) plan: Option<ShardPlan>,
    files: Vec<PathBuf>,
}

impl MergeInputs {
    /// Reads the plan of the directory among `inputs`; all else are files.
    pub(super) fn open(inputs: &[PathBuf]) -> Result<Self, ShardError> {
        let (directories, files): (Vec<_>, Vec<_>) = inputs.iter().cloned().partition(|path| path.is_dir());
        if let [first, second, ..] = &directories[..] {
            return Err(ShardError::SeveralPlans { first: first.clone(), second: second.clone() });
        }
        let plan = directories.first().map(|directory| ShardPlan::read(directory)).transpose()?;
        Ok(Self { plan, files })
    }

    /// The files whose names end in `suffix`, in the order of the shards. Without a plan, all that were named; with a plan, one
    /// for each shard, among those that were named or, if none was, in the directory of the plan.
    pub(super) fn parts(&self, suffix: &str, output: &Path) -> Result<Vec<PathBuf>, ShardError> {
        let ends = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.and_then(|name| name.strip_suffix(suffix)).filter(|shard| !shard.is_empty()).map(str::to_owned)
        };
        let named: Vec<_> = self.files.iter().filter_map(|path| Some((ends(path)?, path.clone()))).collect();
        let Some(plan) = &self.plan else {
            let mut seen = HashMap::new();
            for (shard, path) in &named {
                let same = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                if let Some(first) = seen.insert(same, path.clone()) {
                    return Err(ShardError::Doubled { shard: shard.clone(), first, second: path.clone() });
                }
            }
            return match named.is_empty() {
                true => Err(ShardError::NothingToMerge { output: output.to_owned(), suffix: suffix.to_owned() }),
                false => Ok(named.into_iter().map(|(_, path)| path).collect()),
            };
        };
        let found = if named.is_empty() { shard_like(&plan.directory, &ends)? } else { named };
        let mut by_shard: HashMap<String, PathBuf> = HashMap::new();
        for (shard, path) in found {
            if !plan.shards.iter().any(|planned| planned.name == shard) {
                return Err(ShardError::Foreign { path, plan: plan.directory.join(PLAN) });
            }
            if let Some(first) = by_shard.insert(shard.clone(), path.clone()) {
                return Err(ShardError::Doubled { shard, first, second: path });
            }
        }
        let of_shard = |name: &String| {
            let file = by_shard.remove(name).filter(|file| file.exists());
            let path = plan.directory.join(format!("{name}{suffix}"));
            file.ok_or_else(|| ShardError::Missing { shard: name.clone(), path })
        };
        plan.shards.iter().map(|shard| &shard.name).map(of_shard).collect()
    }
}

/// The files of a directory that are called as those of shards are, by digits alone.
fn shard_like(
    directory: &Path,
    shard: &impl Fn(&Path) -> Option<String>,
) -> Result<Vec<(String, PathBuf)>, ShardError> {
    let unread = |source| ShardError::Read { path: directory.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let name = shard(&path).filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        found.extend(name.map(|name| (name, path)));
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::Shard;

    /// A directory with the plan of two shards and these files.
    fn planned(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let shard = |name: &str| Shard {
            name: name.into(),
            bed: directory.path().join(format!("{name}.bed")),
            ends: None,
            records: None,
            bytes: None,
        };
        let shards = ["0000", "0001"].map(shard).into();
        let plan = ShardPlan { directory: directory.path().to_owned(), shards, records: None };
        fs::write(plan.path(), plan.table()).unwrap();
        for file in files {
            fs::write(directory.path().join(file), "").unwrap();
        }
        directory
    }

    fn parts(directory: &Path, inputs: &[&str]) -> Result<Vec<String>, String> {
        let inputs: Vec<_> = inputs.iter().map(|name| directory.join(name)).collect();
        let parts = MergeInputs::open(&inputs).and_then(|inputs| inputs.parts(".tsv", Path::new("all.tsv")));
        let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        let plain = |error: ShardError| error.to_string().replace(directory.to_str().unwrap(), "DIR");
        parts.map(|parts| parts.into_iter().map(name).collect()).map_err(plain)
    }

    #[test]
    fn every_shard_has_one_file() {
        let all = ["0001.tsv", "0000.tsv", "0000.tsv.provenance.json", "notes.tsv", "0000.vcf"];
        let directory = planned(&all);
        let expected = Ok(vec!["0000.tsv".to_owned(), "0001.tsv".to_owned()]);
        assert_eq!(parts(directory.path(), &[""]), expected);
        assert_eq!(parts(directory.path(), &["", "0001.tsv", "0000.tsv"]), expected);
        assert_eq!(parts(directory.path(), &["0000.tsv", "0001.tsv"]), expected);
    }

    #[test]
    fn missing_doubled_and_foreign_files_are_named() {
        let error = |files: &[&str], inputs: &[&str]| parts(planned(files).path(), inputs).unwrap_err();
        insta::assert_snapshot!(error(&["0000.tsv"], &[""]), @"shard 0001 is missing: there is no DIR/0001.tsv; run that shard and merge again");
        insta::assert_snapshot!(error(&["0000.tsv", "0001.tsv", "0002.tsv"], &[""]), @"DIR/0002.tsv is of no shard of the plan DIR/shards.tsv; remove it, or leave it out");
        insta::assert_snapshot!(error(&["0000.tsv"], &["0000.tsv", "0000.tsv"]), @"shard 0000 is there twice: DIR/0000.tsv and DIR/0000.tsv; name one of them");
        insta::assert_snapshot!(error(&[], &["0000.vcf"]), @"nothing to merge into all.tsv: no file named ends in .tsv");
    }
}
