//! Why a plugin cannot be chosen or did not answer as it should.

use kipos_plugin_api::{PluginError, shell_word};
use thiserror::Error;

/// A failure of a plugin, or a request that no plugin can meet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PluginCallError {
    /// No plugin has the scorer.
    #[error("unknown scorer `{name}` (known: {known}); see `kipos plugin list`{not_loaded}")]
    UnknownScorer {
        /// The scorer.
        name: String,
        /// Those that exist.
        known: String,
        /// What could not be loaded, as the continuation of the sentence.
        not_loaded: String,
    },
    /// Several plugins have the scorer, and it is not built in.
    #[error("several plugins have a scorer `{name}`; choose one of {spellings}")]
    AmbiguousScorer {
        /// The scorer.
        name: String,
        /// The names that tell them apart.
        spellings: String,
    },
    /// No such plugin is loaded.
    #[error("unknown plugin `{name}` (found: {known}); see `kipos plugin list`{not_loaded}")]
    UnknownPlugin {
        /// The plugin.
        name: String,
        /// Those that are loaded.
        known: String,
        /// What could not be loaded, as the continuation of the sentence.
        not_loaded: String,
    },
    /// The plugin does not have the scorer.
    #[error(
        "plugin {plugin}: it has no scorer `{name}` (known: {known}); see `kipos plugin inspect {}`",
        shell_word(plugin)
    )]
    NotItsScorer {
        /// The plugin.
        plugin: String,
        /// The scorer.
        name: String,
        /// Those that it has.
        known: String,
    },
    /// No plugin has the backend.
    #[error("no plugin provides the backend `{name}` (found: {known}); searched {searched}{not_loaded}")]
    UnknownBackend {
        /// The backend.
        name: String,
        /// Those that exist.
        known: String,
        /// What could not be loaded, as the continuation of the sentence.
        not_loaded: String,
        /// The directories that were searched.
        searched: String,
    },
    /// The plugin itself reports an error; a panic is one.
    #[error("plugin {plugin}: {source}")]
    Plugin {
        /// The plugin.
        plugin: String,
        /// What it says.
        source: PluginError,
    },
    /// The members of a family take or give other arrays.
    #[error(
        "{member} cannot be combined with {first}: {difference}; members of a family must take and give the same arrays"
    )]
    Members {
        /// The first member.
        first: String,
        /// The one that differs.
        member: String,
        /// In what, as the continuation of a sentence about it.
        difference: String,
    },
    /// A family is asked for what only a single model has.
    #[error("{what} of a family of {members} members {why}; describe one of them alone, with `args: {{file: ...}}`")]
    OfFamily {
        /// What is asked for, such as `a layer`.
        what: &'static str,
        /// How many members there are.
        members: usize,
        /// Why there is none, as the continuation of a sentence.
        why: &'static str,
    },
    /// The plugin answered with something else than it was asked for: a bug of the plugin.
    #[error("plugin {plugin}: {answer}; this is a bug of the plugin, please report it to its authors")]
    BadAnswer {
        /// The plugin.
        plugin: String,
        /// What it answered, and what was expected.
        answer: String,
    },
}

impl PluginCallError {
    pub(super) fn plugin(plugin: &str) -> impl Fn(PluginError) -> Self {
        move |source| Self::Plugin { plugin: plugin.to_owned(), source }
    }

    /// The same error, of a certain member of a family.
    pub(super) fn of_member(self, member: &str) -> Self {
        match self {
            Self::Plugin { plugin, mut source } if !member.is_empty() && !source.message.contains(member) => {
                source.message = format!("{member}: {}", source.message);
                Self::Plugin { plugin, source }
            }
            Self::BadAnswer { plugin, answer } if !member.is_empty() => {
                Self::BadAnswer { plugin, answer: format!("{member}: {answer}") }
            }
            other => other,
        }
    }

    pub(super) fn bad_answer(plugin: &str, answer: String) -> Self {
        Self::BadAnswer { plugin: plugin.to_owned(), answer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_member_names_its_file_once() {
        let plugin = |message: &str| PluginCallError::plugin("p")(PluginError::unsupported(message));
        let message = |error: PluginCallError, member: &str| error.of_member(member).to_string();
        assert_eq!(message(plugin("no"), "a.onnx"), "plugin p: a.onnx: no");
        assert_eq!(message(plugin("m/a.onnx is broken"), "a.onnx"), "plugin p: m/a.onnx is broken");
        assert_eq!(message(plugin("no"), ""), "plugin p: no");
        let answer = PluginCallError::bad_answer("p", "it has no rows".into());
        assert!(message(answer, "a.onnx").starts_with("plugin p: a.onnx: it has no rows; this is a bug"));
    }
}
