//! The labels under which a model offers scores, and what a request for some of them means.

use kipos_plugin_api::Value;
use thiserror::Error;

use super::{LabelSelection, ScoreSelection};
use crate::description::ScoringEntry;
use crate::name_list::find_listed;

/// Scores that bring each other along: who offers one can compute all.
const CATEGORIES: [&[&str]; 2] = [&["diff", "ref", "alt"], &["logit", "logit_ref", "logit_alt", "deepsea_effect"]];
/// Scores that every model offers; the first is the default where a model names none.
const ALWAYS: &[&str] = CATEGORIES[0];

/// Arguments of a scorer, by name.
pub type Kwargs = Vec<(String, Value)>;

/// A score that a model offers, under its label.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelScore {
    /// The name under which the score is chosen and reported.
    pub label: String,
    /// The scorer behind it.
    pub scorer: String,
    /// The plugin that must offer the scorer; any if `None`.
    pub plugin: Option<String>,
    /// Arguments that the model sets; `None` if some must be given by the user.
    pub kwargs: Option<Kwargs>,
    /// Whether it is scored when the user names none.
    pub default: bool,
}

/// All scores that a model offers.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelScores {
    labels: Vec<ModelScore>,
    /// Scorers of the plugins that no category governs, as they are chosen: every model can be asked for them.
    others: Vec<String>,
}

/// A label, or a request for labels, that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LabelError {
    /// The label is not one of the model's.
    #[error("unknown score `{label}` for this model (known: {known}){hint}; see `kipos plugin list`")]
    Unknown {
        /// The label.
        label: String,
        /// Those that exist.
        known: String,
        /// How it could come to exist.
        hint: &'static str,
    },
    /// The same label twice in the model's description.
    #[error("model.yaml: two entries of `scoring_functions` have the name `{label}`; give each its own `name`")]
    Duplicate {
        /// The label.
        label: String,
    },
    /// A custom entry that does not say which scorer it is.
    #[error(
        "model.yaml: the custom score `{label}` needs `defined_as: PLUGIN::SCORER`, found {found}; \
         Python functions must be rewritten as a scorer plugin"
    )]
    Custom {
        /// The label.
        label: String,
        /// What `defined_as` holds.
        found: String,
    },
    /// Arguments for a label that is not scored.
    #[error("arguments are given for score `{label}`, which is not among the chosen ones ({chosen})")]
    UnusedKwargs {
        /// The label.
        label: String,
        /// Those that are scored.
        chosen: String,
    },
    /// Arguments that are no map.
    #[error("the arguments of score `{label}` must be a map such as {{rc_merging: max}}, found {found}")]
    KwargsNotAMap {
        /// The label.
        label: String,
        /// What was found.
        found: String,
    },
    /// A custom score with required arguments that were not given.
    #[error("score `{label}` needs arguments that have no default; give them with --score-kwargs '{label}={{...}}'")]
    MissingKwargs {
        /// The label.
        label: String,
    },
}

impl ModelScores {
    /// The labels of a model, from the `scoring_functions` of its description. `scorers` are the names by which
    /// those of the plugins can be chosen.
    ///
    /// # Errors
    /// Two entries with one name, or a custom entry without a scorer.
    pub fn of_model(entries: &[ScoringEntry], scorers: &[String]) -> Result<Self, LabelError> {
        let mut labels: Vec<ModelScore> = Vec::new();
        for entry in entries {
            let label = ModelScore::of_entry(entry)?;
            if labels.iter().any(|known| known.label == label.label) {
                return Err(LabelError::Duplicate { label: label.label });
            }
            labels.push(label);
        }
        if !labels.iter().any(|label| label.default) {
            labels.iter_mut().for_each(|label| label.default = true);
        }
        let named: Vec<(String, Option<Kwargs>)> =
            labels.iter().map(|label| (label.scorer.clone(), label.kwargs.clone())).collect();
        for (scorer, kwargs) in named {
            let Some(category) = CATEGORIES.iter().find(|category| category.contains(&scorer.as_str())) else {
                continue;
            };
            complete(&mut labels, category, kwargs);
        }
        complete(&mut labels, ALWAYS, Some(Vec::new()));
        if !labels.iter().any(|label| label.default)
            && let Some(label) = labels.iter_mut().find(|label| label.scorer == ALWAYS[0])
        {
            label.default = true;
        }
        let others = scorers.iter().filter(|scorer| !is_built_in(scorer)).cloned().collect();
        Ok(Self { labels, others })
    }

    /// The labels in the order in which the model offers them.
    pub fn iter(&self) -> impl Iterator<Item = &ModelScore> {
        self.labels.iter()
    }

    fn find(&self, label: &str) -> Result<ModelScore, LabelError> {
        if let Some(known) = self.labels.iter().find(|known| known.label == label) {
            return Ok(known.clone());
        }
        if let Some((plugin, scorer)) = label.split_once("::") {
            let plugin = Some(plugin.to_owned());
            return Ok(ModelScore { plugin, ..ModelScore::plain(scorer, label.to_owned(), Some(Vec::new())) });
        }
        // A name that several plugins use is refused with their spellings when its scorer is made.
        let is_shared = |known: &String| known.split_once("::").is_some_and(|(_, scorer)| scorer == label);
        if self.others.iter().any(|known| known == label || (is_shared(known) && !is_built_in(label))) {
            return Ok(ModelScore::plain(label, label.to_owned(), Some(Vec::new())));
        }
        let known = self.labels.iter().map(|known| &known.label).chain(&self.others).cloned().collect::<Vec<_>>();
        let hint = if is_built_in(label) {
            "; a model offers the logit family by naming one of it in `scoring_functions` of its model.yaml"
        } else {
            ""
        };
        Err(LabelError::Unknown { label: label.into(), known: known.join(", "), hint })
    }

    /// The chosen labels with their arguments.
    ///
    /// # Errors
    /// Unknown labels, arguments for labels that are not chosen, arguments that are no map or are missing.
    pub fn select(&self, selection: &ScoreSelection) -> Result<Vec<(ModelScore, Value)>, LabelError> {
        let chosen: Vec<ModelScore> = match &selection.labels {
            LabelSelection::ModelDefault => self.labels.iter().filter(|label| label.default).cloned().collect(),
            LabelSelection::All => self.labels.clone(),
            LabelSelection::Only(names) => {
                let mut chosen: Vec<ModelScore> = Vec::new();
                for label in find_listed(names, |name| self.find(name))? {
                    if !chosen.iter().any(|earlier| earlier.label == label.label) {
                        chosen.push(label);
                    }
                }
                chosen
            }
        };
        if let Some((label, _)) = selection.kwargs.iter().find(|(name, _)| !chosen.iter().any(|l| l.label == *name)) {
            self.find(label)?;
            let chosen = chosen.iter().map(|label| label.label.as_str()).collect::<Vec<_>>().join(", ");
            return Err(LabelError::UnusedKwargs { label: label.clone(), chosen });
        }
        let with_kwargs = |label: ModelScore| {
            let given = selection.kwargs.iter().rfind(|(name, _)| *name == label.label).map(|(_, value)| value);
            let kwargs = label.merged_kwargs(given)?;
            Ok((label, kwargs))
        };
        chosen.into_iter().map(with_kwargs).collect()
    }
}

impl ScoreSelection {
    /// Checks what needs no model.
    ///
    /// # Errors
    /// Arguments that are not a map.
    pub(crate) fn check_kwargs(&self) -> Result<(), LabelError> {
        self.kwargs.iter().try_for_each(|(label, given)| entries(label, given).map(|_| ()))
    }
}

/// The arguments that the user gives for a label.
fn entries<'v>(label: &str, given: &'v Value) -> Result<&'v [(String, Value)], LabelError> {
    match given {
        Value::Null => Ok(&[]),
        Value::Map(entries) => Ok(entries),
        other => {
            let found = format!("{} {other}", other.kind());
            Err(LabelError::KwargsNotAMap { label: label.to_owned(), found })
        }
    }
}

fn is_built_in(scorer: &str) -> bool {
    CATEGORIES.iter().any(|category| category.contains(&scorer))
}

/// Adds the members of a category that no label uses yet.
fn complete(labels: &mut Vec<ModelScore>, category: &[&str], kwargs: Option<Kwargs>) {
    for &scorer in category {
        if labels.iter().any(|label| label.scorer == scorer && label.plugin.is_none()) {
            continue;
        }
        let taken = labels.iter().any(|label| label.label == scorer);
        let label = if taken { format!("default_{scorer}") } else { scorer.to_owned() };
        labels.push(ModelScore::plain(scorer, label, kwargs.clone()));
    }
}

impl ModelScore {
    fn plain(scorer: &str, label: String, kwargs: Option<Kwargs>) -> Self {
        Self { label, scorer: scorer.to_owned(), plugin: None, kwargs, default: false }
    }

    fn of_entry(entry: &ScoringEntry) -> Result<Self, LabelError> {
        let name = entry.name.clone().unwrap_or_default();
        let defaults = || entry.args.iter().filter_map(|arg| Some((arg.name.clone(), arg.default.clone()?))).collect();
        if entry.type_ != "custom" {
            // A built-in label as the name of another scorer would mislead; the type's own name is kept.
            let label = if name.is_empty() || is_built_in(&name) { entry.type_.clone() } else { name };
            return Ok(Self { default: entry.default, ..Self::plain(&entry.type_, label, Some(defaults())) });
        }
        let label = if name.is_empty() || is_built_in(&name) { format!("custom_{name}") } else { name };
        let Some((plugin, scorer)) = entry.defined_as.as_deref().and_then(|path| path.split_once("::")) else {
            let found = entry.defined_as.as_ref().map_or("nothing".into(), |path| format!("`{path}`"));
            return Err(LabelError::Custom { label, found });
        };
        if plugin.ends_with(".py") {
            return Err(LabelError::Custom { label, found: format!("`{plugin}::{scorer}`") });
        }
        let required = entry.args.iter().any(|arg| arg.default.is_none() && !arg.optional);
        Ok(Self {
            label,
            scorer: scorer.to_owned(),
            plugin: Some(plugin.to_owned()),
            kwargs: (!required).then(defaults),
            default: entry.default,
        })
    }

    /// The user's arguments over the model's.
    fn merged_kwargs(&self, given: Option<&Value>) -> Result<Value, LabelError> {
        let given = entries(&self.label, given.unwrap_or(&Value::Null))?;
        if self.kwargs.is_none() && given.is_empty() {
            return Err(LabelError::MissingKwargs { label: self.label.clone() });
        }
        let defaults = self.kwargs.as_deref().unwrap_or_default();
        let kept = defaults.iter().filter(|(name, _)| !given.iter().any(|(key, _)| key == name));
        Ok(Value::Map(kept.chain(given).cloned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::ScoringArg;

    fn entry(type_: &str) -> ScoringEntry {
        ScoringEntry { type_: type_.into(), name: None, defined_as: None, args: Vec::new(), default: false }
    }

    fn named(type_: &str, name: &str) -> ScoringEntry {
        ScoringEntry { name: Some(name.into()), ..entry(type_) }
    }

    fn custom(name: &str, args: Vec<ScoringArg>) -> ScoringEntry {
        ScoringEntry { defined_as: Some("mine::scorer".into()), args, ..named("custom", name) }
    }

    fn argument(default: Option<Value>) -> ScoringArg {
        ScoringArg { name: "k".into(), doc: String::new(), type_: None, default, optional: false }
    }

    fn labels(entries: &[ScoringEntry]) -> ModelScores {
        ModelScores::of_model(entries, &["diff".into(), "log2fc".into()]).unwrap()
    }

    /// All labels, and after a bar those of the default list.
    fn summary(entries: &[ScoringEntry]) -> String {
        let labels = labels(entries);
        let names = |only_default: bool| {
            let chosen = labels.iter().filter(|label| label.default || !only_default);
            chosen.map(|label| label.label.as_str()).collect::<Vec<_>>().join(" ")
        };
        format!("{} | {}", names(false), names(true))
    }

    #[test]
    fn what_a_model_offers() {
        let default = |entry| ScoringEntry { default: true, ..entry };
        let rows = [
            (vec![], "diff ref alt | diff"),
            (vec![entry("diff")], "diff ref alt | diff"),
            (vec![entry("logit")], "logit logit_ref logit_alt deepsea_effect diff ref alt | logit"),
            (vec![entry("deepsea_effect")], "deepsea_effect logit logit_ref logit_alt diff ref alt | deepsea_effect"),
            (
                vec![entry("logit"), default(entry("deepsea_effect"))],
                "logit deepsea_effect logit_ref logit_alt diff ref alt | deepsea_effect",
            ),
            (vec![named("logit", "mylogit")], "mylogit logit_ref logit_alt deepsea_effect diff ref alt | mylogit"),
            (vec![named("logit", "diff")], "logit logit_ref logit_alt deepsea_effect diff ref alt | logit"),
            (vec![custom("diff", vec![])], "custom_diff diff ref alt | custom_diff"),
            (vec![custom("mine", vec![argument(None)])], "mine diff ref alt | mine"),
            (vec![entry("log2fc")], "log2fc diff ref alt | log2fc"),
        ];
        for (entries, expected) in rows {
            assert_eq!(summary(&entries), expected, "{entries:?}");
        }
    }

    fn select(entries: &[ScoringEntry], chosen: &[&str], kwargs: &[(&str, Value)]) -> Result<String, String> {
        let selection = ScoreSelection {
            labels: match chosen {
                [] => LabelSelection::ModelDefault,
                ["all"] => LabelSelection::All,
                names => LabelSelection::Only(names.iter().map(ToString::to_string).collect()),
            },
            kwargs: kwargs.iter().map(|(label, value)| (label.to_string(), value.clone())).collect(),
            ..ScoreSelection::default()
        };
        let chosen = labels(entries).select(&selection).map_err(|error| error.to_string())?;
        Ok(chosen.iter().map(|(label, kwargs)| format!("{}{kwargs}", label.label)).collect::<Vec<_>>().join(" "))
    }

    fn map(key: &str, value: i64) -> Value {
        Value::Map(vec![(key.into(), Value::Int(value))])
    }

    #[test]
    fn requests_are_resolved() {
        assert_eq!(select(&[], &[], &[]).unwrap(), "diff{}");
        assert_eq!(select(&[], &["all"], &[]).unwrap(), "diff{} ref{} alt{}");
        assert_eq!(select(&[], &["ref", "diff", "ref"], &[]).unwrap(), "ref{} diff{}");
        // A scorer outside the categories is there for every model, but not among `all`.
        assert_eq!(select(&[], &["log2fc"], &[]).unwrap(), "log2fc{}");
        let mine = [custom("mine", vec![argument(Some(Value::Int(1)))])];
        assert_eq!(select(&mine, &[], &[]).unwrap(), "mine{k: 1}");
        assert_eq!(select(&mine, &[], &[("mine", map("k", 2))]).unwrap(), "mine{k: 2}");
        assert_eq!(select(&mine, &[], &[("mine", map("z", 2))]).unwrap(), "mine{k: 1, z: 2}");
    }

    #[test]
    fn built_in_scores_keep_the_arguments_that_the_model_sets() {
        let diff = [ScoringEntry { args: vec![argument(Some(Value::Int(1)))], ..entry("diff") }];
        assert_eq!(select(&diff, &[], &[]).unwrap(), "diff{k: 1}");
        assert_eq!(select(&diff, &["ref"], &[]).unwrap(), "ref{k: 1}");
    }

    #[test]
    fn wrong_requests_are_explained() {
        let error = |entries: &[ScoringEntry], chosen: &[&str], kwargs: &[(&str, Value)]| {
            select(entries, chosen, kwargs).unwrap_err()
        };
        insta::assert_snapshot!(error(&[], &["dif"], &[]), @"unknown score `dif` for this model (known: diff, ref, alt, log2fc); see `kipos plugin list`");
        insta::assert_snapshot!(error(&[], &["logit"], &[]), @"unknown score `logit` for this model (known: diff, ref, alt, log2fc); a model offers the logit family by naming one of it in `scoring_functions` of its model.yaml; see `kipos plugin list`");
        insta::assert_snapshot!(error(&[], &["diff"], &[("ref", Value::Null)]), @"arguments are given for score `ref`, which is not among the chosen ones (diff)");
        insta::assert_snapshot!(error(&[], &["diff"], &[("diff", Value::Int(1))]), @"the arguments of score `diff` must be a map such as {rc_merging: max}, found int 1");
        insta::assert_snapshot!(error(&[custom("mine", vec![argument(None)])], &[], &[]), @"score `mine` needs arguments that have no default; give them with --score-kwargs 'mine={...}'");
    }

    #[test]
    fn wrong_descriptions_are_explained() {
        let error = |entries: &[ScoringEntry]| ModelScores::of_model(entries, &[]).unwrap_err().to_string();
        insta::assert_snapshot!(error(&[entry("diff"), entry("diff")]), @"model.yaml: two entries of `scoring_functions` have the name `diff`; give each its own `name`");
        let python = ScoringEntry { defined_as: Some("scores.py::Mine".into()), ..named("custom", "mine") };
        insta::assert_snapshot!(error(&[python]), @"model.yaml: the custom score `mine` needs `defined_as: PLUGIN::SCORER`, found `scores.py::Mine`; Python functions must be rewritten as a scorer plugin");
        insta::assert_snapshot!(error(&[named("custom", "mine")]), @"model.yaml: the custom score `mine` needs `defined_as: PLUGIN::SCORER`, found nothing; Python functions must be rewritten as a scorer plugin");
    }
}
