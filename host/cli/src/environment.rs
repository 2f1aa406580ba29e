//! What the environment says: the library itself never asks.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The genome of commands that name none; none beside a file of prepared samples, which need no genome.
pub fn fasta(batch_file: Option<&Path>) -> Option<PathBuf> {
    path("KIPOS_FASTA").filter(|_| batch_file.is_none())
}

/// The zoo of commands that name none.
pub fn zoo() -> Option<PathBuf> {
    path("KIPOS_ZOO")
}

/// How many of `all` processors are for a command that names no number: in a slurm job as many as a task was given, which not
/// every cluster holds it to.
pub fn processors(all: usize) -> usize {
    of_job(all, env::var("SLURM_CPUS_PER_TASK").ok().as_deref())
}

fn of_job(all: usize, of_task: Option<&str>) -> usize {
    let of_task = of_task.and_then(|count| count.parse().ok()).filter(|count| *count > 0);
    of_task.map_or(all, |count: usize| count.min(all))
}

/// The Python that converts models, of commands that name none.
pub fn python() -> Option<PathBuf> {
    path("KIPOS_PYTHON")
}

/// Where environments are kept that kipos has made.
pub fn cache_dir() -> Option<PathBuf> {
    home_dir("XDG_CACHE_HOME", ".cache").map(|cache| cache.join("kipos"))
}

/// How long the HDF5 library may work on one call: a minute, or the seconds of `KIPOS_HDF5_SECONDS`.
pub fn hdf5_limit() -> Duration {
    const USUAL: Duration = Duration::from_secs(60);
    let seconds = env::var("KIPOS_HDF5_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    seconds.filter(|seconds| *seconds > 0).map_or(USUAL, Duration::from_secs)
}

fn path(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Where plugins are looked for: `--plugin-dir`, `KIPOS_PLUGIN_PATH`, beside the executable, `<prefix>/lib/kipos/plugins`,
/// the user's data.
pub fn plugin_dirs(typed: &[PathBuf]) -> Vec<PathBuf> {
    let mut dirs = typed.to_vec();
    if let Some(path) = env::var_os("KIPOS_PLUGIN_PATH") {
        dirs.extend(env::split_paths(&path).filter(|dir| !dir.as_os_str().is_empty()));
    }
    if let Some(beside) = env::current_exe().ok().as_deref().and_then(Path::parent) {
        dirs.push(beside.to_owned());
        if let Some(prefix) = beside.parent() {
            dirs.push(prefix.join("lib/kipos/plugins"));
        }
    }
    dirs.extend(home_dir("XDG_DATA_HOME", ".local/share").map(|data| data.join("kipos/plugins")));
    dirs
}

/// Where a run keeps what later ones need to know.
pub fn state_dir() -> Option<PathBuf> {
    home_dir("XDG_STATE_HOME", ".local/state").map(|state| state.join("kipos"))
}

fn home_dir(variable: &str, below_home: &str) -> Option<PathBuf> {
    let own = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    own.or_else(|| env::home_dir().map(|home| home.join(below_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_no_more_processors_than_its_task() {
        let counts = [None, Some("2"), Some("64"), Some("0"), Some("x")].map(|of_task| of_job(8, of_task));
        assert_eq!(counts, [8, 2, 8, 8, 8]);
    }
}
