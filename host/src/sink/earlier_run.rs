//! Which INFO keys of the input are from an earlier run of the same model.

use super::info_key::{InfoKey, kipoi_label, kipoi_model, native_part, one_line, percent_decode, percent_encode};
use super::kipoi_info::{REGION, REGION_DESCRIPTION, SCORE_DESCRIPTION};
use crate::genome::{Declaration, VcfHeader};
use crate::internal::OrInternal;
use std::collections::HashSet;

/// Native keys that are about an allele or a record and not about a score.
const BESIDE_SCORES: [&str; 6] = ["SKIP", "FAILED", "REF_MISMATCH", "REGION", "NREGIONS", "OFFSET"];

/// What comes before the score's name in the descriptions of native scores.
const BEFORE_SCORE: [&str; 2] = ["Score ", "Task for which score "];

/// What comes before a model's name.
const MODEL: &str = "model ";

/// What may follow the model's name in the description of a key that is not a score.
const AFTER_NAME: [char; 5] = [' ', '.', ',', ';', ')'];

/// What comes between a score's name and the model's.
const BEFORE_MODEL: &str = " of model ";

/// What may follow the model's name in the description of a native score.
const AFTER_MODEL: [&str; 5] = [" for ", " is largest", ". ", " (", ", "];

/// Tells the keys of one model by their header lines. A name alone proves nothing: `KV_tiny_2_DIFF` may be the score of
/// a model `tiny_2`, or `DIFF` for a task, or somebody's own. So the Description has to name the model.
#[derive(Debug)]
pub(super) enum ModelKeys {
    /// `KV_<model>_<SCORE>`, whose Description names the model.
    Native {
        /// What all of them begin with.
        prefix: String,
        /// The model's name as descriptions spell it, and as those of kipos 0.1 spelled it.
        spellings: [String; 2],
    },
    /// `KV:<source>:<model>:<SCORE>`, whose Description names the score, so that all before it is source and model.
    Kipoi {
        /// What all of them begin with.
        prefix: String,
    },
    /// The same of whatever source.
    KipoiOfAnySource {
        /// The model as these keys spell it.
        model: String,
    },
}

impl ModelKeys {
    /// The native keys of a model.
    pub(super) fn native(model: &str) -> Self {
        Self::Native {
            prefix: format!("KV_{}_", native_part(model)),
            spellings: [percent_encode(model), one_line(model)],
        }
    }

    /// The keys of a model in Kipoi's style.
    pub(super) fn kipoi(source: &str, model: &str) -> Self {
        Self::Kipoi { prefix: format!("KV:{}:", kipoi_model(source, model)) }
    }

    /// The keys of a model in Kipoi's style, where the source is not known.
    pub(super) fn kipoi_of_any_source(model: &str) -> Self {
        // The shortest source: what is before the first colon goes again.
        let spelled = kipoi_model("x", model);
        Self::KipoiOfAnySource {
            model: spelled.strip_prefix("x:").or_internal("a source is spelled as it is").to_owned(),
        }
    }

    /// Whether a header line declares a key of the model.
    fn include(&self, declared: &Declaration) -> bool {
        let Some(description) = declared.description.as_deref() else {
            return false;
        };
        match self {
            Self::Native { prefix, spellings } => declared.id.strip_prefix(prefix).is_some_and(|rest| {
                spellings.iter().any(|model| match BESIDE_SCORES.contains(&rest) {
                    true => names_model(description, model),
                    false => is_score(rest, description, model),
                })
            }),
            Self::Kipoi { prefix } => {
                let content = kipoi_content(description);
                content.is_some() && declared.id.strip_prefix(prefix) == content.as_deref()
            }
            Self::KipoiOfAnySource { model } => kipoi_content(description).is_some_and(|content| {
                let named = declared.id.strip_prefix("KV:").and_then(|rest| rest.strip_suffix(content.as_str()));
                let named = named.and_then(|rest| rest.strip_suffix(':')?.split_once(':'));
                named.is_some_and(|(_, named)| named.strip_prefix("./").unwrap_or(named) == model)
            }),
        }
    }
}

/// What a key in Kipoi's style ends in, by its description; `None` if it is not of such a key.
fn kipoi_content(description: &str) -> Option<String> {
    if description == REGION_DESCRIPTION {
        return Some(REGION.to_owned());
    }
    description.split_once(SCORE_DESCRIPTION).map(|(score, _)| kipoi_label(score))
}

/// A key that will be written and that the input has from another model, and that model: `tiny-2` and `tiny_2` have the
/// same native keys.
pub(super) fn other_model(input: &VcfHeader, model: &[ModelKeys], written: &[InfoKey]) -> Option<(String, String)> {
    let written: HashSet<&str> = written.iter().map(|key| key.id.as_str()).collect();
    let others = input.info().iter().filter(|line| written.contains(line.id.as_str()));
    let mut others = others.filter(|line| !model.iter().any(|keys| keys.include(line)));
    others.find_map(|line| Some((line.id.clone(), native_model(line)?)))
}

/// The model whose native key a header line declares; `None` if it is no such key.
fn native_model(declared: &Declaration) -> Option<String> {
    let description = declared.description.as_deref()?;
    description.match_indices(MODEL).find_map(|(at, _)| {
        let rest = &description[at + MODEL.len()..];
        let ends = rest.char_indices().filter(|(_, letter)| AFTER_NAME.contains(letter)).map(|(end, _)| end);
        // A letter of the key is up to twelve of the description.
        let ends = ends.chain([rest.len()]).take_while(|end| *end <= 12 * declared.id.len());
        let names = ends.map(|end| percent_decode(&rest[..end]));
        names.filter(|name| !name.is_empty()).find(|name| ModelKeys::native(name).include(declared))
    })
}

/// Whether the first model of which a description speaks is this one.
fn names_model(description: &str, model: &str) -> bool {
    let after = description.split_once(MODEL).and_then(|(_, rest)| rest.strip_prefix(model));
    after.is_some_and(|after| after.is_empty() || after.starts_with(AFTER_NAME))
}

/// Whether a description is that of a score of the model, and `rest`, the key without its prefix, that score's.
fn is_score(rest: &str, description: &str, model: &str) -> bool {
    BEFORE_SCORE.iter().filter_map(|before| description.strip_prefix(before)).any(|text| {
        text.match_indices(BEFORE_MODEL).any(|(at, _)| {
            let after = text[at + BEFORE_MODEL.len()..].strip_prefix(model);
            let ends = after.is_some_and(|after| AFTER_MODEL.iter().any(|next| after.starts_with(next)));
            ends && [&text[..at], &percent_decode(&text[..at])].iter().any(|label| {
                let more = rest.strip_prefix(&native_part(label).to_uppercase());
                more.is_some_and(|more| more.is_empty() || more.starts_with('_'))
            })
        })
    })
}

/// What becomes of the keys that an earlier run left in the input.
#[derive(Debug)]
pub(super) struct EarlierRun {
    /// Keys whose header lines and entries are taken out, whether the input has them or not.
    pub(super) own: Vec<String>,
    /// Those that the input declares, in its order, and whether this run writes them anew.
    declared: Vec<(String, bool)>,
}

impl EarlierRun {
    /// Looks for keys of the model, of this run's style and the other, in the input's header. `written` are the keys of
    /// this run; `siblings` are those that the same scores have in other layouts, which are removed as well where no
    /// header line says whose they are.
    pub(super) fn find(input: &VcfHeader, model: &[ModelKeys], written: &[InfoKey], siblings: Vec<String>) -> Self {
        let written: HashSet<&str> = written.iter().map(|key| key.id.as_str()).collect();
        let is_of_model = |line: &&Declaration| model.iter().any(|keys| keys.include(line));
        let of_model: HashSet<&str> = input.info().iter().filter(is_of_model).map(|line| line.id.as_str()).collect();
        let mut seen = HashSet::new();
        let ids = input.info().iter().map(|line| line.id.as_str()).filter(|id| seen.insert(*id));
        let declared = ids.filter(|id| written.contains(id) || of_model.contains(id));
        let declared: Vec<_> = declared.map(|id| (id.to_owned(), written.contains(id))).collect();
        let known = |id: &String| seen.contains(id.as_str()) || written.contains(id.as_str());
        let undeclared = siblings.into_iter().filter(|id| !known(id));
        let removed = declared.iter().filter(|(_, renewed)| !renewed).map(|(id, _)| id.clone());
        let own = written.iter().map(|id| (*id).to_owned()).chain(removed).chain(undeclared).collect();
        Self { own, declared }
    }

    /// The first key that the input declares.
    pub(super) fn first(&self) -> Option<&str> {
        self.declared.first().map(|(id, _)| id.as_str())
    }

    /// What the user should know; `None` if the input declares none of the keys.
    pub(super) fn warning(&self) -> Option<String> {
        let listed = |wanted: bool| {
            let ids = self.declared.iter().filter(|(_, renewed)| *renewed == wanted).map(|(id, _)| id.as_str());
            ids.collect::<Vec<_>>().join(", ")
        };
        let (renewed, removed) = (listed(true), listed(false));
        let replaced = format!("the input declares {renewed} already; its values are replaced");
        let gone =
            format!("{removed} from an earlier run of the model; this run does not write them, and removes them");
        match (renewed.is_empty(), removed.is_empty()) {
            (true, true) => None,
            (false, true) => Some(replaced),
            (true, false) => Some(format!("the input has {gone}")),
            (false, false) => Some(format!("{replaced}. It also has {gone}")),
        }
    }
}

#[cfg(test)]
mod tests;
