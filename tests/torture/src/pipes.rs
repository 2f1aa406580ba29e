//! Streams that are closed, and readers that go.

use std::fs;
use std::process::{Output, Stdio};

use crate::after;
use crate::jobs::Yard;
use crate::running::told;
use crate::say;

/// What a closed stream leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The run is done, and its file is there.
    Done,
    /// Exit 0; there is nothing to complain of.
    Quiet,
    /// Exit 1 with a sentence.
    Refused,
}

/// A shell's line around a run, where the run writes to, and what comes of it.
const CASES: [(&str, &str, End); 6] = [
    ("exec \"$@\" >&-", "-", End::Refused),
    ("exec \"$@\" >&-", "o.tsv", End::Done),
    ("exec \"$@\" 2>&-", "o.tsv", End::Done),
    ("exec \"$@\" <&- >&- 2>&-", "o.tsv", End::Done),
    // Whoever reads has seen enough.
    ("\"$@\" | head -c 100 > read.txt; exit 0", "-", End::Quiet),
    ("mkfifo gone; head -c 100 gone > read.txt & exec \"$@\"", "gone", End::Refused),
];

/// Runs a job with each stream closed.
pub(crate) fn run(yard: &Yard) -> Result<Vec<String>, String> {
    let words = |vcf: &str, output: &str| {
        yard.words(&format!("score-variants @model --vcf {vcf} --fasta @model/genome.fa -o {output}"))
    };
    let mut findings = Vec::new();
    for (line, output, end) in CASES {
        let place = yard.place("place")?;
        let mut command = yard.within(line, &words("@variants.vcf", output), &place);
        let ended = command.stderr(Stdio::piped()).output().map_err(|error| format!("cannot run kipos: {error}"))?;
        let mut found = judge(&ended, end);
        after::left_overs(&place, "by the run", &mut found);
        if end == End::Done && fs::metadata(place.join(output)).map_or(0, |file| file.len()) == 0 {
            found.push("there is no output".into());
        }
        findings.extend(found.into_iter().map(|found| format!("`{line}` to {output}: {found}")));
    }
    let place = yard.place("place")?;
    let mut command = yard.within("exec \"$@\" <&-", &words("-", "o.tsv"), &place);
    let ended = command.stderr(Stdio::piped()).output().map_err(|error| format!("cannot run kipos: {error}"))?;
    findings.extend(judge(&ended, End::Refused).into_iter().map(|found| format!("a closed standard input: {found}")));
    findings.extend(yard.lost_plugins()?);
    say(&format!("{} runs with closed streams", CASES.len() + 1));
    Ok(findings)
}

fn judge(ended: &Output, end: End) -> Vec<String> {
    let mut findings = Vec::new();
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.trim();
    let expected = if end == End::Refused { 1 } else { 0 };
    if ended.status.code() != Some(expected) {
        findings.push(format!("{} instead of exit {expected}: {said}", told(Some(ended.status))));
    }
    if end == End::Refused {
        after::sentence(said, &mut findings);
    } else {
        after::no_panic(said, &mut findings);
    }
    findings
}
