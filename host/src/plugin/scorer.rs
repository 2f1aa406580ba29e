//! A scorer of a plugin, its answers checked.

use std::fmt;

use kipos_plugin_api::abi::{BoxedScorer, ScoreRequest, ScoreTable, ScorerEntry};
use kipos_plugin_api::{Needs, OutputSpecs, Properties, Value};

use super::PluginCallError;

/// A scorer of a plugin. Once it is prepared, any thread may score with it.
pub struct PluginScorer {
    plugin: String,
    name: String,
    scorer: BoxedScorer,
}

impl fmt::Debug for PluginScorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginScorer").field("plugin", &self.plugin).field("name", &self.name).finish_non_exhaustive()
    }
}

impl PluginScorer {
    pub(super) fn create(plugin: &str, entry: &ScorerEntry, args: &Value) -> Result<Self, PluginCallError> {
        let scorer = entry.create(args).map_err(PluginCallError::plugin(plugin))?;
        Ok(Self { plugin: plugin.to_owned(), name: entry.name.to_string(), scorer })
    }

    /// The name of the plugin that it comes from.
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The predictions that it reads.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn needs(&self) -> Result<Needs, PluginCallError> {
        self.scorer.get_needs().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// What always holds of its numbers, with its arguments.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn properties(&self) -> Result<Properties, PluginCallError> {
        self.scorer.get_properties().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// Tells the scorer the model's outputs, which must come before any scoring; it answers with its columns, at least
    /// one, and rows.
    ///
    /// # Errors
    /// A panic of the plugin, or a scorer without columns.
    pub fn prepare_for(&mut self, outputs: &OutputSpecs) -> Result<ScoreTable, PluginCallError> {
        let table = self.scorer.prepare_for(outputs).map_err(PluginCallError::plugin(&self.plugin))?;
        if table.columns.is_empty() {
            return Err(self.bad_answer("it gives no scores".into()));
        }
        Ok(table)
    }

    /// Scores a batch into `out`, row-major: one row per variant, as many elements as
    /// [`prepare_for`](Self::prepare_for) gave columns. The rows without a score are returned with the reason.
    ///
    /// # Errors
    /// A panic of the plugin, or reasons for rows that do not exist.
    pub fn score_batch(
        &self,
        request: &ScoreRequest<'_>,
        out: &mut [f32],
    ) -> Result<Vec<(usize, String)>, PluginCallError> {
        let variants = request.sources.len();
        let scored = self.scorer.score_batch(request, out).map_err(PluginCallError::plugin(&self.plugin))?;
        let failures = scored.failures;
        match failures.iter().find(|(row, _)| *row >= variants) {
            None => Ok(failures),
            Some((row, _)) => Err(self.bad_answer(format!("it reports an error for row {row} of {variants}"))),
        }
    }

    fn bad_answer(&self, answer: String) -> PluginCallError {
        PluginCallError::bad_answer(&self.plugin, format!("scorer `{}`: {answer}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::abi::{
        AbiPluginError, AbiScored, RowError, ScoreBatch, ScorerAbi, ScorerAbi_TO, Wire, scorer_entry,
    };
    use kipos_plugin_api::abi_stable::sabi_trait::TD_Opaque;
    use kipos_plugin_api::abi_stable::std_types::{RResult, RSliceMut, RVec};
    use kipos_plugin_api::{
        Alleles, ArgDefault, ArgKind, ArgSpec, Args, Column, OutputSpec, PluginError, Result, Rows, Scorer, Site,
    };

    use super::*;

    fn outputs() -> OutputSpecs {
        OutputSpecs(vec![OutputSpec::new("out", vec![1]).with_tasks(vec!["task".into()])])
    }

    /// Scores, and the rows without one.
    type Scored = (Vec<f32>, Vec<(usize, String)>);

    /// Scores two variants of one reference.
    fn score(scorer: &mut PluginScorer) -> Result<Scored, PluginCallError> {
        scorer.prepare_for(&outputs())?;
        let request = ScoreRequest {
            width: 1,
            reference: &[1.0],
            alternate: &[3.0, 0.0],
            sources: &[0, 0],
            sites: &[Site::default(), Site::default()],
            ..ScoreRequest::default()
        };
        let mut out = vec![0.0; 2];
        let failures = scorer.score_batch(&request, &mut out)?;
        Ok((out, failures))
    }

    /// The root of the difference; it panics where the alternate is 0 and an argument says so.
    struct Root {
        panics: bool,
    }

    impl Scorer for Root {
        const NAME: &'static str = "root";
        const DOC: &'static str = "root of alt - ref";
        const ARGS: &'static [ArgSpec] =
            &[ArgSpec::new("panics", ArgKind::Bool, ArgDefault::Bool(false), "whether it panics")];

        fn from_args(args: &Args) -> Result<Self> {
            Ok(Self { panics: args.bool("panics").unwrap_or_default() })
        }

        fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
            let difference = alleles.alternate[0] - alleles.reference[0];
            assert!(!self.panics, "asked to");
            if difference < 0.0 {
                return Err(PluginError::runtime("negative"));
            }
            out[0] = difference.sqrt();
            Ok(())
        }
    }

    fn root(args: &Value) -> Result<PluginScorer, PluginCallError> {
        PluginScorer::create("roots", &scorer_entry::<Root>(), args)
    }

    #[test]
    fn rows_without_a_score_do_not_fail_the_others() {
        let (scores, failures) = score(&mut root(&Value::Null).unwrap()).unwrap();
        assert_eq!(scores[0], 2f32.sqrt());
        assert_eq!(failures, [(1, "negative".to_owned())]);
    }

    #[test]
    fn a_panic_fails_the_batch_and_names_the_plugin() {
        let panics = Value::Map(vec![("panics".into(), Value::Bool(true))]);
        let message = score(&mut root(&panics).unwrap()).unwrap_err().to_string();
        assert!(message.starts_with("plugin roots: panicked at ") && message.ends_with(": asked to"), "{message}");
    }

    #[test]
    fn refused_arguments_name_the_plugin() {
        let unknown = Value::Map(vec![("panic".into(), Value::Bool(true))]);
        let message = root(&unknown).unwrap_err().to_string();
        assert_eq!(message, "plugin roots: unknown argument `panic` (known: panics)");
    }

    /// What no scorer written with the author's traits can do.
    struct Liar {
        columns: Vec<String>,
    }

    impl ScorerAbi for Liar {
        fn needs(&self) -> RResult<<Needs as Wire>::Abi, AbiPluginError> {
            RResult::ROk(Needs::default().into_abi())
        }

        fn properties(&self) -> RResult<<Properties as Wire>::Abi, AbiPluginError> {
            RResult::ROk(Properties::NONE.into_abi())
        }

        fn prepare(
            &mut self,
            _: RVec<<OutputSpec as Wire>::Abi>,
        ) -> RResult<<ScoreTable as Wire>::Abi, AbiPluginError> {
            let columns = self.columns.iter().cloned().map(Column::from).collect();
            RResult::ROk(ScoreTable { columns, rows: Rows::default() }.into_abi())
        }

        fn score(&self, _: ScoreBatch<'_>, _: RSliceMut<'_, f32>) -> RResult<AbiScored, AbiPluginError> {
            let errors = vec![RowError { row: 2, message: "no such row".into() }].into();
            RResult::ROk(AbiScored { errors, integers: RVec::new(), texts: RVec::new() })
        }
    }

    fn liar(columns: &[&str]) -> PluginScorer {
        let liar = Liar { columns: columns.iter().map(|&column| column.to_owned()).collect() };
        PluginScorer { plugin: "liars".into(), name: "liar".into(), scorer: ScorerAbi_TO::from_value(liar, TD_Opaque) }
    }

    #[test]
    fn an_error_for_a_row_that_does_not_exist_is_a_bad_answer() {
        let message = score(&mut liar(&["a"])).unwrap_err().to_string();
        assert_eq!(
            message,
            "plugin liars: scorer `liar`: it reports an error for row 2 of 2; \
             this is a bug of the plugin, please report it to its authors"
        );
    }

    #[test]
    fn a_scorer_without_scores_is_a_bad_answer() {
        assert!(matches!(score(&mut liar(&[])), Err(PluginCallError::BadAnswer { .. })));
    }
}
