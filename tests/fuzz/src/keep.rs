//! Keeping what inputs showed: one of each kind, made smaller, with a note.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::input::{Input, NOTE};
use crate::shrink::{is_alike, shrunk};
use crate::supervisor::{check, scratch};
use crate::target::{Fault, Finding, Target, stored};
use crate::worker::made;

/// How long one input may be made smaller.
const TIME: Duration = Duration::from_secs(20);

/// A kind of finding.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The first input that showed it.
    pub(crate) number: u64,
    /// What it showed.
    pub(crate) finding: Finding,
    /// How many inputs did.
    pub(crate) count: usize,
}

/// The kinds of findings, in the order of their first inputs.
pub(crate) fn kinds(findings: Vec<(u64, Finding)>) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for (number, finding) in findings {
        match kinds.iter_mut().find(|kind| is_alike(&kind.finding, &finding)) {
            Some(kind) => kind.count += 1,
            None => kinds.push(Kind { number, finding, count: 1 }),
        }
    }
    kinds
}

/// Stores the first input of a kind, smaller if a smaller one shows the same; where.
pub(crate) fn keep(target: &'static Target, seed: u64, kind: &Kind) -> io::Result<PathBuf> {
    let seeds = (target.seeds)().map_err(io::Error::other)?;
    let input = made(target, &seeds, seed, kind.number);
    let directory = scratch()?;
    let shows = |input: &Input| {
        let candidate = directory.path().join("candidate");
        fs::remove_dir_all(&candidate).ok();
        let found = input.write(&candidate).and_then(|()| check(target, &candidate));
        found.is_ok_and(|found| found.is_some_and(|found| is_alike(&found, &kind.finding)))
    };
    // A crash of foreign code is counted; whoever looks into it has the time to make its input smaller.
    let input = if kind.finding.fault == Fault::Own { shrunk(input, TIME, shows) } else { input };
    let place = stored("findings", target).join(format!("{seed}-{}", kind.number));
    fs::remove_dir_all(&place).ok();
    input.write(&place)?;
    let note = format!(
        "{}\ntarget {}, seed {seed}, input {}\nagain: cargo xtask fuzz {} --input {}\n",
        kind.finding.what,
        target.name,
        kind.number,
        target.name,
        place.display()
    );
    fs::write(place.join(NOTE), note)?;
    Ok(place)
}

/// The directories of stored inputs, in the order of their names; none if there is no such directory.
pub(crate) fn stored_inputs(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    match fs::read_dir(directory) {
        Ok(entries) => {
            for entry in entries {
                found.push(entry?.path());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::TARGETS;
    use crate::worker::read;

    #[test]
    fn no_regression_shows_what_it_showed_once() {
        let directory = scratch().unwrap();
        let mut count = 0;
        for target in TARGETS {
            for place in stored_inputs(&stored("regressions", target)).unwrap() {
                let input = Input::read(&place).unwrap();
                assert!(!input.0.is_empty(), "{} holds no files", place.display());
                let found = read(target, &input, directory.path()).err().filter(|found| found.fault == Fault::Own);
                assert_eq!(found, None, "{}", place.display());
                count += 1;
            }
        }
        assert!(count > 0, "there are no regressions");
    }

    #[test]
    fn findings_are_counted_by_kind() {
        let findings =
            vec![(3, Finding::own("index 3 of 2")), (9, Finding::own("a hang")), (10, Finding::own("index 0 of 0"))];
        let kinds: Vec<_> = kinds(findings).into_iter().map(|kind| (kind.number, kind.count)).collect();
        assert_eq!(kinds, [(3, 2), (9, 1)]);
    }
}
