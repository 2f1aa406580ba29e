//! Edits of rows: computed from what they change, where the graph allows it and a trial agrees with the engine.

mod evaluator;
pub(crate) mod materialised;
mod verdicts;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use kipos_onnx_edits::{Input, Origin, Plan, Stop, Tail, Trial, Weights};
use kipos_plugin_api::{
    DType, EditAxes, EditPlan, EditedOutputs, Edits, EngineRelease, LayerQuery, PluginError, Result, Tensor, TensorView,
};

use crate::cache::Cache;
use crate::forms::Convolutions;
use crate::model::OnnxModel;
use crate::port::Port;
use crate::predict::as_f32;
use crate::runtime;
use crate::weights::HeldWeights;
pub(crate) use evaluator::EditEvaluator;
pub(crate) use verdicts::{Verdict, Verdicts};

/// An edit that costs a larger share of a row is not worth while.
const WORTH_WHILE: f64 = 0.8;

/// The length of a sequence where the graph and model.yaml leave it open: any that is long enough tells the same.
const OPEN_LENGTH: usize = 4096;

/// The letters of DNA.
const LETTERS: usize = 4;

/// What evaluates edits, by the shapes of rows.
#[derive(Default)]
pub struct EditEvaluators {
    plan: OnceLock<EditPlan>,
    verdicts: OnceLock<Verdicts>,
    evaluators: Cache<EditKey, std::result::Result<EditEvaluator, String>>,
}

/// The shapes of rows, and of every edited input, its axes of positions and letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct EditKey(Vec<Vec<usize>>, Vec<[usize; 3]>);

impl Weights for HeldWeights<'_> {
    fn numbers(&self, name: &str) -> Option<Cow<'_, [f32]>> {
        Self::numbers(self, name)
    }
}

impl OnnxModel {
    /// Whether edits are computed from what they change, as the operators tell.
    pub(crate) fn plan_of_edits(&self) -> &EditPlan {
        self.edits.plan.get_or_init(|| {
            let shapes = self.lengths(&LayerQuery::default(), OPEN_LENGTH);
            let axes: Vec<EditAxes> =
                shapes.iter().enumerate().filter_map(|(input, shape)| letters_of(input, shape)).collect();
            if axes.is_empty() {
                return EditPlan::unsupported("no input is one-hot DNA");
            }
            match self.plan_for(&shapes, &axes) {
                Err(stop) => EditPlan::unsupported(stop.why).with_node(stop.node),
                Ok(plan) => match plan.cost().map(|cost| cost.ratio()) {
                    Some(ratio) if ratio > WORTH_WHILE => {
                        EditPlan::unsupported("an edit changes most of what a row computes")
                            .with_cost_ratio(Some(ratio))
                    }
                    ratio => {
                        let how = |tail: &Tail| format!("ONNX Runtime computes what begins at node {}", tail.node);
                        let how = plan.tail.as_ref().map(how).unwrap_or_default();
                        EditPlan::supported().with_cost_ratio(ratio).with_reason(how)
                    }
                },
            }
        })
    }

    /// Predictions for rows and for edits of them.
    ///
    /// # Errors
    /// [`ErrorKind::UNSUPPORTED`](kipos_plugin_api::ErrorKind::UNSUPPORTED) with the reason if edits cannot be carried
    /// through the graph, or a trial shows other answers than the engine; inputs that do not fit the graph, or edits that do
    /// not fit the inputs.
    pub(crate) fn run_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs> {
        self.check(inputs)?;
        if !self.plan_of_edits().supported {
            return Err(PluginError::unsupported(self.plan_of_edits().reason.clone()));
        }
        let shapes: Vec<Vec<usize>> = inputs.iter().map(|input| input.shape()[1..].to_vec()).collect();
        let decided = self.evaluator_of(shapes, &edits.axes)?;
        let evaluator = (*decided).as_ref().map_err(|why: &String| PluginError::unsupported(why.clone()))?;
        let numbers = inputs.iter().map(as_f32).collect::<Result<Vec<Cow<'_, [f32]>>>>()?;
        let views = inputs.iter().zip(&numbers).map(|(input, numbers)| TensorView::new(input.shape(), &**numbers));
        let views = views.collect::<Result<Vec<TensorView<'_>>>>()?;
        evaluator.predict(&views, edits, self.sessions.engine.threads())
    }

    /// What evaluates edits of rows of these shapes, or why nothing does: decided once, by the graph and a trial that depends
    /// on shapes alone.
    fn evaluator_of(
        &self,
        shapes: Vec<Vec<usize>>,
        axes: &[EditAxes],
    ) -> Result<Arc<std::result::Result<EditEvaluator, String>>> {
        let key = EditKey(shapes, axes.iter().map(|axes| [axes.input, axes.position, axes.channel]).collect());
        self.edits.evaluators.get(&key, || {
            let plan = self.plan_for(&key.0, axes).map_err(|stop| stop.to_string());
            Ok(plan.and_then(|plan| match self.verdicts().recall(&key) {
                Some(Verdict::Agrees) => self.packed(plan),
                Some(Verdict::Differs(why)) => Err(why),
                None => self.tried(plan, |verdict| self.verdicts().keep(&key, verdict)),
            }))
        })
    }

    /// What earlier runs found.
    fn verdicts(&self) -> &Verdicts {
        self.edits.verdicts.get_or_init(|| {
            let names: Vec<&str> = self.inputs.iter().chain(&self.outputs).map(|port| port.name.as_str()).collect();
            let of_engine = |engine: EngineRelease| {
                Verdicts::of(self.options.state_dir.as_deref(), &self.sessions.files(), &names, &engine)
            };
            runtime::release(&self.options).map(of_engine).unwrap_or_default()
        })
    }

    pub(crate) fn plan_for(&self, shapes: &[Vec<usize>], axes: &[EditAxes]) -> std::result::Result<Plan, Stop> {
        let unreadable = |error: PluginError| Stop { node: None, why: error.message };
        let graph = self.sessions.forms().map_err(unreadable)?.raised();
        let input = |(index, (port, shape)): (usize, (&Port, &Vec<usize>))| Input {
            name: port.name.clone(),
            shape: shape.clone(),
            axes: axes.iter().find(|axes| axes.input == index).map(|axes| (axes.position, axes.channel)),
        };
        let inputs: Vec<Input> = self.inputs.iter().zip(shapes).enumerate().map(input).collect();
        let outputs: Vec<&str> = self.outputs.iter().map(|port| port.name.as_str()).collect();
        let plan = Plan::of(graph, self.batch.fixed(), &inputs, &outputs)?;
        // What steps give is float32; the engine may turn it into something else.
        let other = |(port, origin): &(&Port, &Origin)| port.dtype != DType::F32 && matches!(origin, Origin::Steps(_));
        match self.outputs.iter().zip(&plan.sources).find(other) {
            Some((port, _)) => Err(Stop { node: None, why: format!("the output `{}` is not float32", port.described) }),
            None => Ok(plan),
        }
    }

    /// What evaluates a plan, if it agrees with the engine; `keep` is told whether it does.
    pub(crate) fn tried(&self, plan: Plan, keep: impl FnOnce(&Verdict)) -> std::result::Result<EditEvaluator, String> {
        self.tried_or_failed(plan, keep).unwrap_or_else(|error| Err(format!("a trial failed: {}", error.message)))
    }

    fn tried_or_failed(
        &self,
        plan: Plan,
        keep: impl FnOnce(&Verdict),
    ) -> Result<std::result::Result<EditEvaluator, String>> {
        let trial = Trial::of(&plan, self.batch.fixed().unwrap_or(2))?;
        let (views, forms) = (trial.views(), self.sessions.forms()?);
        let of_engine = |views: &[TensorView<'_>]| {
            materialised::outputs(views, &trial.edits, self.batch.fixed(), |inputs| self.run_as_it_is(inputs))
        };
        let expected = of_engine(&views)?;
        let evaluator = match self.packed(plan) {
            Ok(evaluator) => evaluator,
            Err(why) => return Ok(Err(why)),
        };
        let found = evaluator.predict(&views, &trial.edits, self.sessions.engine.threads())?;
        let moved = || of_engine(&trial.moved()?.iter().map(Tensor::view).collect::<Vec<_>>());
        let mut mismatch = trial.mismatch(&expected, &found, moved)?;
        if mismatch.is_some() && forms.convolutions().is_none() {
            // It may be the engine's form of the graph that is wrong.
            self.settle(&views)?;
            mismatch = trial.mismatch(&of_engine(&views)?, &found, moved)?;
        }
        let Some(mismatch) = mismatch else {
            // What shares nothing with that form gives the same, which says as much as a trial of both forms.
            forms.decide(if forms.wide().is_some() { Convolutions::TwoAxes } else { Convolutions::OneAxis });
            keep(&Verdict::Agrees);
            return Ok(Ok(evaluator));
        };
        let why = format!("in a trial against the engine, {mismatch}");
        keep(&Verdict::Differs(why.clone()));
        Ok(Err(why))
    }

    /// What evaluates a plan, with weights of its own. So that these are not held twice, the engine's session is let go, and
    /// made again if it is needed.
    fn packed(&self, plan: Plan) -> std::result::Result<EditEvaluator, String> {
        let graph = self.sessions.forms().map_err(|error| error.message)?.raised();
        let weights = self.sessions.engine.weights().hold(graph).map_err(|error| error.to_string())?;
        // What the session made of the weights is gone before others are made of them.
        self.session.let_go();
        EditEvaluator::load(self, plan, &weights)
    }
}

/// The axes of an input that looks like one-hot DNA.
fn letters_of(input: usize, shape: &[usize]) -> Option<EditAxes> {
    let channel = shape.iter().rposition(|&length| length == LETTERS)?;
    let others = || shape.iter().enumerate().filter(|(axis, _)| *axis != channel);
    let (position, length) = others().max_by_key(|(_, length)| **length)?;
    let is_alone = others().all(|(axis, &length)| axis == position || length == 1);
    (is_alone && *length > 1).then_some(EditAxes { input, position, channel })
}
