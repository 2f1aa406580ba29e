//! No room: a limit on the size of files, a full device, a small file system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::after;
use crate::jobs::{Job, Yard};
use crate::running::{Running, told};
use crate::say;

/// Limits of the size of a file, in the blocks of `ulimit -f`.
const BLOCKS: [u32; 5] = [0, 1, 16, 100, 400];

/// Sizes of the small file system, in KiB.
const SIZES: [u32; 3] = [64, 300, 700];

/// Runs every job without room.
pub(crate) fn run(yard: &Yard) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    for job in &yard.jobs {
        for blocks in BLOCKS {
            let place = yard.place("place")?;
            let line = format!("ulimit -c 0; ulimit -f {blocks}; exec \"$@\"");
            let found = one(yard, job, &line, &place)?;
            findings
                .extend(found.into_iter().map(|found| format!("{} with files of {blocks} blocks: {found}", job.name)));
        }
    }
    full_device(yard, &mut findings)?;
    let mounted = small_file_systems(yard, &mut findings)?;
    let runs = yard.jobs.len() * (BLOCKS.len() + if mounted { SIZES.len() } else { 0 });
    let note = if mounted { "" } else { "; no file system was mounted, which needs root" };
    say(&format!("{runs} runs without room{note}"));
    Ok(findings)
}

/// A run that has no room fails in a sentence and leaves nothing, or has had enough.
fn one(yard: &Yard, job: &Job, line: &str, place: &Path) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    let problem = |error: std::io::Error| format!("cannot run kipos: {error}");
    // Outside of the limit and of the file system.
    let said = yard.path("said.txt");
    let mut command = yard.within(line, &yard.arguments(job), place);
    let status = Running::start(&mut command, &said).and_then(|mut running| running.wait()).map_err(problem)?;
    let outputs = after::outputs(job, place, false, &mut findings);
    after::left_overs(place, "by the run", &mut findings);
    match status.and_then(|status| status.code()) {
        Some(0) if outputs.untouched == 0 => {}
        Some(0) => findings.push(format!("exit 0, but {} outputs are missing", outputs.untouched)),
        Some(1) => {
            let said = after::said(&said);
            if outputs.new > 0 && !said.contains("thrown away") && outputs.untouched > 0 {
                findings.push(format!("{} outputs are new and {} not: {said}", outputs.new, outputs.untouched));
            }
            // A limit of nothing leaves no room for the sentence either.
            if !said.is_empty() || !line.contains("-f 0;") {
                after::sentence(&said, &mut findings);
            }
        }
        _ => findings.push(format!("{}: {}", told(status), after::said(&said))),
    }
    Ok(findings)
}

/// Standard output into a device that is always full is an error; a report that cannot be printed is not.
fn full_device(yard: &Yard, findings: &mut Vec<String>) -> Result<(), String> {
    if !Path::new("/dev/full").exists() {
        say("there is no /dev/full here");
        return Ok(());
    }
    let words = |output: &str| {
        yard.words(&format!("score-variants @model --vcf @few.vcf --fasta @model/genome.fa -o {output}"))
    };
    let place = yard.place("place")?;
    let output = yard.within("exec \"$@\" > /dev/full", &words("-"), &place).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    if output.status.code() != Some(1) {
        found.push(format!("{} with a full standard output", told(Some(output.status))));
    }
    after::sentence(&String::from_utf8_lossy(&output.stderr), &mut found);
    let status =
        yard.within("exec \"$@\" 2> /dev/full", &words("o.tsv"), &place).status().map_err(|error| error.to_string())?;
    if status.code() != Some(0) || fs::metadata(place.join("o.tsv")).map_or(0, |file| file.len()) == 0 {
        found.push(format!("{} with a full standard error", told(Some(status))));
    }
    findings.extend(found);
    Ok(())
}

/// Runs the jobs on file systems of a few hundred KiB; whether that can be done here.
fn small_file_systems(yard: &Yard, findings: &mut Vec<String>) -> Result<bool, String> {
    for size in SIZES {
        let place = yard.place("small")?;
        let Some(mount) = Mount::new(&place, size) else { return Ok(false) };
        for job in &yard.jobs {
            let own = mount.0.join(job.name);
            fs::create_dir(&own).map_err(|error| format!("cannot make {}: {error}", own.display()))?;
            let found = one(yard, job, "ulimit -c 0; exec \"$@\"", &own)?;
            findings.extend(found.into_iter().map(|found| format!("{} on {size} KiB: {found}", job.name)));
            // What one job leaves takes no room of the next.
            fs::remove_dir_all(&own).map_err(|error| format!("cannot remove {}: {error}", own.display()))?;
        }
    }
    Ok(true)
}

/// A small file system in memory, until it is dropped.
struct Mount(PathBuf);

impl Mount {
    fn new(place: &Path, kibibytes: u32) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={kibibytes}k"), "kipos-torture"]).arg(place);
        let status = mount.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success()).then(|| Self(place.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().ok();
    }
}
