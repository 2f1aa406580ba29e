//! In what two runs differ.

use super::Provenance;

/// A text of more letters is a digest, or as good as one: that it differs is all that can be said of it.
const SHOWN: usize = 40;

impl Provenance {
    /// In what an `earlier` run differs from this one, as the end of a sentence; `None` if in nothing. Scores that only
    /// one of them has are no difference, nor is a group of other things that only one of them has; but that one of them
    /// has no genome is.
    pub fn difference(&self, earlier: &Self) -> Option<String> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        let (own, other) = (self.texts(), earlier.texts());
        let names = own.iter().chain(other.iter().filter(|(names, _)| !own.iter().any(|(own, _)| own == names)));
        for (names, _) in names {
            let [now, before] = [self, earlier].map(|provenance| provenance.text(names));
            if now == before || !(self.compares(names) && earlier.compares(names)) {
                continue;
            }
            let (what, detail) = described(names);
            let shown = |text: Option<&str>| match text {
                None => Some("nothing".to_owned()),
                Some(text) => (text.len() <= SHOWN).then(|| text.to_owned()),
            };
            let change = match (detail, shown(before).zip(shown(now))) {
                // Its digest differs, and what else does follows from that.
                _ if names[0] == "genome" => None,
                (Some(detail), Some((before, now))) => Some(format!("{detail}: {before}, now {now}")),
                (None, Some((before, now))) => Some(format!("{before}, now {now}")),
                (detail, None) => detail,
            };
            match found.iter_mut().find(|(other, _)| *other == what) {
                Some((_, changes)) => changes.extend(change),
                None => found.push((what, change.into_iter().collect())),
            }
        }
        let phrases = found.into_iter().map(|(what, changes)| match changes.is_empty() {
            true => what,
            false => format!("{what} ({})", changes.join("; ")),
        });
        and_listed(phrases.collect())
    }

    /// Whether this run says something of the thing that these names are about.
    fn compares(&self, names: &[&str]) -> bool {
        match names {
            ["genome", ..] => true,
            ["scores", label, ..] => self.group("scores").is_some_and(|scores| scores.group(label).is_some()),
            [name, ..] => self.value(name).is_some(),
            [] => false,
        }
    }
}

/// What a text is about, and which of several texts about it.
fn described(names: &[&str]) -> (String, Option<String>) {
    let rest = |from: usize| (names.len() > from).then(|| names[from..].join(" "));
    match names {
        ["genome", ..] => ("the genome".into(), None),
        ["kipos", "version"] => ("the version of kipos".into(), None),
        ["model", "files", file] => (format!("the file {file} of the model"), None),
        ["scores", label, ..] => (format!("score `{label}`"), rest(2)),
        ["edits"] => ("how edited rows are computed".into(), None),
        [group, ..] => (format!("the {group}"), rest(1)),
        [] => ("nothing".into(), None),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn and_listed(mut phrases: Vec<String>) -> Option<String> {
    let last = phrases.pop()?;
    Some(if phrases.is_empty() { last } else { format!("{} and {last}", phrases.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(version: &str, graph: char, genome: Option<char>, merging: &str) -> Provenance {
        let digest = |letter: char| format!("sha256:{}", letter.to_string().repeat(64));
        let genome =
            genome.map(|letter| Provenance::new().with("sha256", digest(letter)).with("contigs", letter as u32));
        let files = Provenance::new().with("model.yaml", digest('a')).with("model.onnx", digest(graph));
        let arguments = Provenance::new().with("rc_merging", merging);
        let diff = Provenance::new().with("plugin", "scorers").with_group("arguments", arguments);
        Provenance::new()
            .with_group("kipos", Provenance::new().with("version", version))
            .with_group("model", Provenance::new().with("name", "tiny").with_group("files", files))
            .with_group("genome", genome.unwrap_or_default())
            .with_group("scores", Provenance::new().with_group("diff", diff))
    }

    #[test]
    fn what_differs_is_one_phrase_for_each_thing() {
        let now = run("0.2.0", 'c', Some('x'), "max");
        assert_eq!(now.difference(&now), None);
        insta::assert_snapshot!(now.difference(&run("0.1.0", 'b', Some('y'), "mean")).unwrap(), @"the version of kipos (0.1.0, now 0.2.0), the file model.onnx of the model, the genome and score `diff` (arguments rc_merging: mean, now max)");
        insta::assert_snapshot!(now.difference(&run("0.2.0", 'c', None, "max")).unwrap(), @"the genome");
    }

    #[test]
    fn what_only_one_run_has_is_no_difference_unless_it_is_part_of_what_both_have() {
        let now = run("1", 'b', Some('x'), "mean");
        let logit = Provenance::new().with("plugin", "scorers");
        let more = now.clone().with_group("gradient", Provenance::new().with("of", "output"));
        assert_eq!((now.difference(&more), more.difference(&now)), (None, None));
        let other = Provenance::new().with_group("scores", Provenance::new().with_group("logit", logit));
        assert_eq!(other.with_group("genome", now.group("genome").unwrap().clone()).difference(&now), None);
        let windows = |all: Provenance| Provenance::new().with_group("windows", all);
        let (plain, with_rule) = (Provenance::new().with("mode", "centered"), |rule| {
            Provenance::new().with("mode", "centered").with("edge", rule)
        });
        let difference = windows(with_rule("pad")).difference(&windows(plain)).unwrap();
        insta::assert_snapshot!(difference, @"the windows (edge: nothing, now pad)");
    }
}
