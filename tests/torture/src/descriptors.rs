//! Too few descriptors.

use crate::after;
use crate::jobs::Yard;
use crate::running::{Running, told};
use crate::say;

/// From as many as a program needs to start to as many as every job needs.
const COUNTS: std::ops::Range<u32> = 4..40;

/// Runs every job with so many descriptors that some run out of them.
pub(crate) fn run(yard: &Yard) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    let (mut done, mut refused) = (0, 0);
    for count in COUNTS {
        // One job for each count: they open the same plugins and engine, and files of their own.
        let job = &yard.jobs[count as usize % yard.jobs.len()];
        let place = yard.place("place")?;
        let said = yard.path("said.txt");
        let line = format!("ulimit -c 0; ulimit -n {count}; exec \"$@\"");
        let mut command = yard.within(&line, &yard.arguments(job), &place);
        let status = Running::start(&mut command, &said).and_then(|mut running| running.wait());
        let status = status.map_err(|error| format!("cannot run kipos: {error}"))?;
        let said = after::said(&said);
        let mut found = Vec::new();
        let outputs = after::outputs(job, &place, false, &mut found);
        after::left_overs(&place, "by the run", &mut found);
        match status.and_then(|status| status.code()) {
            Some(0) if outputs.untouched == 0 => done += 1,
            Some(1 | 2) if outputs.new == 0 => {
                refused += 1;
                after::sentence(&said, &mut found);
            }
            // The system cannot even start the program.
            Some(126 | 127) if said.contains("shared libraries") || said.contains("Too many open files") => {
                refused += 1
            }
            _ => found.push(format!("{}, {} outputs are new: {said}", told(status), outputs.new)),
        }
        found.extend(yard.lost_plugins()?);
        findings.extend(found.into_iter().map(|found| format!("{} with {count} descriptors: {found}", job.name)));
    }
    say(&format!("{} runs with few descriptors: {done} done, {refused} refused", COUNTS.len()));
    if done == 0 || refused == 0 {
        findings.push(format!("{COUNTS:?} descriptors are all too few, or all enough"));
    }
    Ok(findings)
}
