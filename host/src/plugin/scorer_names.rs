//! Which scorer a name means. No plugin changes the meaning of a name by being there, unless kipos says so.

use std::collections::BTreeSet;
use std::fs;

use kipos_plugin_api::abi::ScorerEntry;

use super::built_in::{BUILT_IN_PLUGIN, is_built_in};
use super::registry::{Offer, listed};
use super::{LibraryInfo, PluginCallError, PluginRegistry, PluginStatus};

/// What a name alone means, of the plugins that have a scorer of it.
#[derive(Debug, PartialEq, Eq)]
enum Meaning<'p> {
    Plugin(&'p str),
    Unknown,
    Ambiguous(Vec<String>),
}

/// `plugins` have a scorer of the `name`.
fn meaning<'p>(name: &str, plugins: &BTreeSet<&'p str>) -> Meaning<'p> {
    if is_built_in(name) {
        return plugins.get(BUILT_IN_PLUGIN).map_or(Meaning::Unknown, |plugin| Meaning::Plugin(plugin));
    }
    match plugins.first() {
        None => Meaning::Unknown,
        Some(only) if plugins.len() == 1 => Meaning::Plugin(only),
        Some(_) => Meaning::Ambiguous(plugins.iter().map(|plugin| qualified(plugin, name)).collect()),
    }
}

/// The name of a scorer that means it whatever others are called.
fn qualified(plugin: &str, scorer: &str) -> String {
    format!("{plugin}::{scorer}")
}

impl PluginRegistry {
    /// The names by which scorers can be chosen, sorted: `PLUGIN::SCORER` where the name alone means none or another one.
    pub fn scorer_names(&self) -> Vec<String> {
        let name = |offer: &Offer<ScorerEntry>| match self.meaning(&offer.name) {
            Meaning::Plugin(plugin) if plugin == offer.plugin => offer.name.clone(),
            _ => qualified(&offer.plugin, &offer.name),
        };
        let names: BTreeSet<String> = self.scorers.iter().map(name).collect();
        names.into_iter().collect()
    }

    /// What the user should know of every run that scores, one sentence each: plugins that call a score as a built-in one
    /// is called, and a library of built-in scores that takes the place of another.
    pub fn scorer_warnings(&self) -> Vec<String> {
        let namesakes = self.libraries.iter().filter_map(namesakes);
        namesakes.chain(self.libraries.iter().filter_map(displaced)).collect()
    }

    pub(super) fn scorer_of_name(&self, name: &str) -> Result<&Offer<ScorerEntry>, PluginCallError> {
        let unknown = || PluginCallError::UnknownScorer {
            name: name.to_owned(),
            known: listed(self.scorer_names()),
            not_loaded: self.not_loaded(),
        };
        match self.meaning(name) {
            Meaning::Plugin(plugin) => {
                self.scorers.iter().find(|offer| offer.name == name && offer.plugin == plugin).ok_or_else(unknown)
            }
            Meaning::Unknown => Err(unknown()),
            Meaning::Ambiguous(spellings) => {
                Err(PluginCallError::AmbiguousScorer { name: name.to_owned(), spellings: listed(spellings) })
            }
        }
    }

    /// Marks the scorers that their names alone do not mean.
    pub(super) fn mark_scorers(&mut self) {
        let mut libraries = std::mem::take(&mut self.libraries);
        for library in &mut libraries {
            for scorer in &mut library.scorers {
                scorer.shadowed = self.meaning(&scorer.name) != Meaning::Plugin(&library.name);
            }
        }
        self.libraries = libraries;
    }

    fn meaning(&self, name: &str) -> Meaning<'_> {
        let named = self.scorers.iter().filter(|offer| offer.name == name);
        meaning(name, &named.map(|offer| offer.plugin.as_str()).collect())
    }
}

/// What there is to say of a plugin that calls scores as built-in ones are called.
fn namesakes(library: &LibraryInfo) -> Option<String> {
    if library.status != PluginStatus::Loaded || library.name == BUILT_IN_PLUGIN {
        return None;
    }
    let names = library.scorers.iter().map(|scorer| scorer.name.as_str()).filter(|name| is_built_in(name));
    let names: Vec<&str> = names.collect();
    let spellings: Vec<String> = names.iter().map(|name| qualified(&library.name, name)).collect();
    let name = &library.name;
    (!names.is_empty()).then(|| {
        format!(
            "plugin {name} uses names of built-in scores: {}; these names mean the built-in scores, and the plugin's are \
             chosen as {}",
            names.join(", "),
            spellings.join(", ")
        )
    })
}

/// What there is to say of a library of built-in scores that is not used, unless it equals the one that is.
fn displaced(library: &LibraryInfo) -> Option<String> {
    let PluginStatus::Shadowed { by } = &library.status else { return None };
    if library.name != BUILT_IN_PLUGIN {
        return None;
    }
    let equal = fs::read(&library.path).ok().zip(fs::read(by).ok()).is_some_and(|(this, other)| this == other);
    let (used, unused) = (by.display(), library.path.display());
    (!equal).then(|| format!("the built-in scores come from {used}, and not from {unused}, which was found later"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::ComponentInfo;

    fn meant<'p>(name: &str, plugins: &[&'p str]) -> Meaning<'p> {
        meaning(name, &plugins.iter().copied().collect())
    }

    #[test]
    fn a_built_in_name_means_the_built_in_score() {
        assert_eq!(meant("diff", &["a", "scorers", "z"]), Meaning::Plugin("scorers"));
        assert_eq!(meant("log2fc", &["scorers"]), Meaning::Plugin("scorers"));
        assert_eq!(meant("diff", &["a"]), Meaning::Unknown, "no other plugin stands in for it");
    }

    #[test]
    fn any_other_name_means_the_only_scorer_that_has_it() {
        assert_eq!(meant("mine", &["a"]), Meaning::Plugin("a"));
        assert_eq!(meant("mine", &[]), Meaning::Unknown);
        assert_eq!(meant("mine", &["b", "a"]), Meaning::Ambiguous(vec!["a::mine".into(), "b::mine".into()]));
        let both = meant("mine", &["scorers", "a"]);
        assert_eq!(both, Meaning::Ambiguous(vec!["a::mine".into(), "scorers::mine".into()]));
    }

    fn library(name: &str, path: &str, status: PluginStatus, scorers: &[&str]) -> LibraryInfo {
        let unknown = || "unknown".to_owned();
        let component =
            |name: &&str| ComponentInfo { name: (*name).into(), doc: unknown(), args: Vec::new(), shadowed: false };
        LibraryInfo {
            path: path.into(),
            name: name.into(),
            version: "0.3".into(),
            rustc: unknown(),
            target: unknown(),
            abi: unknown(),
            status,
            scorers: scorers.iter().map(component).collect(),
            backends: Vec::new(),
        }
    }

    #[test]
    fn namesakes_of_built_in_scores_are_told() {
        assert_eq!(namesakes(&library("scorers", "s", PluginStatus::Loaded, &["diff"])), None);
        assert_eq!(namesakes(&library("mine", "m", PluginStatus::Loaded, &["own"])), None);
        assert_eq!(namesakes(&library("mine", "m", PluginStatus::Shadowed { by: "n".into() }, &["diff"])), None);
        let found = namesakes(&library("mine", "m", PluginStatus::Loaded, &["own", "diff", "alt"])).unwrap();
        insta::assert_snapshot!(found, @"plugin mine uses names of built-in scores: diff, alt; these names mean the built-in scores, and the plugin's are chosen as mine::diff, mine::alt");
    }

    #[test]
    fn built_in_scores_of_another_library_are_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for (name, contents) in [("used", "a"), ("same", "a"), ("other", "b")] {
            fs::write(path(name), contents).unwrap();
        }
        let shadowed = |plugin: &str, name: &str| {
            let status = PluginStatus::Shadowed { by: path("used") };
            displaced(&library(plugin, path(name).to_str().unwrap(), status, &[]))
        };
        assert_eq!(shadowed("scorers", "same"), None);
        assert_eq!(shadowed("mine", "other"), None);
        let found = shadowed("scorers", "other").unwrap().replace(directory.path().to_str().unwrap(), "DIR");
        insta::assert_snapshot!(found, @"the built-in scores come from DIR/used, and not from DIR/other, which was found later");
    }
}
