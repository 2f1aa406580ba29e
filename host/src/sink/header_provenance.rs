//! What earlier runs said of their scores in the header of a VCF, and what this one says.

use super::stored_provenance::{HEADER_KEY, of_header_line};
use crate::genome::VcfHeader;
use crate::provenance::Provenance;

/// The line of this run, and what becomes of those of earlier runs.
#[derive(Debug)]
pub(super) struct HeaderProvenance {
    /// The line of this run; `None` if nothing is known.
    pub(super) line: Option<String>,
    /// The numbers of the input's lines that are of earlier runs of the same model, and say something else.
    pub(super) outdated: Vec<usize>,
    /// In what earlier runs differ, a sentence each.
    pub(super) differences: Vec<String>,
}

impl HeaderProvenance {
    /// Compares a run with those that annotated its input.
    pub(super) fn new(input: &VcfHeader, own: &Provenance) -> Self {
        let line = (!own.is_empty()).then(|| format!("{HEADER_KEY}{}", own.to_json()));
        let mut found = Self { line, outdated: Vec::new(), differences: Vec::new() };
        let (Some(line), Some(model)) = (&found.line, own.model()) else { return found };
        let genome = |provenance: &Provenance| provenance.text(&["genome", "sha256"]).map(str::to_owned);
        for (number, earlier) in input.meta_lines().iter().enumerate() {
            let Some(earlier_run) = of_header_line(earlier) else { continue };
            let sentence = match earlier_run.model() {
                Some(name) if name == model => {
                    if earlier != line.as_bytes() {
                        found.outdated.push(number);
                    }
                    let difference = own.difference(&earlier_run);
                    difference.map(|difference| {
                        format!("the earlier run of model {model} in the input differs from this one in {difference}")
                    })
                }
                // The scores of two models stand side by side, and mean little if they are of different genomes.
                Some(other) => {
                    let genomes = genome(own).zip(genome(&earlier_run));
                    let differ = genomes.is_some_and(|(own, other)| own != other);
                    differ.then(|| format!("the scores of model {other} in the input are from another genome"))
                }
                None => None,
            };
            found.differences.extend(sentence.filter(|sentence| !found.differences.contains(sentence)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::test_input::read;

    fn run(model: &str, genome: &str, version: &str) -> Provenance {
        Provenance::new()
            .with_group("kipos", Provenance::new().with("version", version))
            .with_group("model", Provenance::new().with("name", model))
            .with_group("genome", Provenance::new().with("sha256", genome))
    }

    fn compared(earlier: &[Provenance], own: &Provenance) -> HeaderProvenance {
        let lines: String = earlier.iter().map(|run| format!("{HEADER_KEY}{}\n", run.to_json())).collect();
        let text = format!("##kipos_provenance=nothing\n{lines}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
        HeaderProvenance::new(&read(&text).0, own)
    }

    #[test]
    fn lines_of_the_same_model_are_outdated_unless_they_say_the_same() {
        let own = run("a", "g1", "2");
        let found = compared(&[run("a", "g1", "1"), run("b", "g1", "1"), own.clone()], &own);
        assert_eq!(found.outdated, [1]);
        assert_eq!(
            found.line.unwrap(),
            r###"##kipos_provenance={"kipos":{"version":"2"},"model":{"name":"a"},"genome":{"sha256":"g1"}}"###
        );
        insta::assert_snapshot!(found.differences.join("\n"), @"the earlier run of model a in the input differs from this one in the version of kipos (1, now 2)");
    }

    #[test]
    fn other_models_are_told_if_their_genome_is_another_one() {
        let own = run("a", "g1", "2");
        let found = compared(&[run("b", "g2", "1"), run("b", "g2", "0"), run("c", "g1", "1")], &own);
        assert_eq!(found.outdated, [0; 0]);
        assert_eq!(found.differences, ["the scores of model b in the input are from another genome"]);
    }

    #[test]
    fn a_run_of_which_nothing_is_known_says_and_compares_nothing() {
        let found = compared(&[run("a", "g1", "1")], &Provenance::new());
        assert_eq!((found.line, found.outdated, found.differences), (None, vec![], vec![]));
    }
}
