//! Gradients of one request, block by block.

use kipos_plugin_api::{DType, GradientRequest, Gradients, Layer, LayerRequest, Tensor, TensorView};

use super::check::Check;
use super::nothing::Nothing;
use super::task_filter::task_filter;
use super::{Gradient, GradientError, GradientOf};
use crate::description::{DnaEncoding, DnaInput, ModelSpec, SpecialType};
use crate::internal::OrInternal;
use crate::name_list::find_listed;
use crate::plugin::PluginModel;
use crate::predict::views;
use crate::prediction::PredictionError;
use crate::prediction::analysis::{Analysis, AnalysisBlock, BlockAnalysis, ModelContext, PreparedAnalysis};
use crate::prediction::layer::LayerError;
use crate::provenance::Provenance;
use crate::run::{Event, warn};
use crate::sequence::SampleRows;
use crate::sink::{LeafKind, OutputArray};
use crate::warning::WarningCode;

impl Analysis for Gradient {
    /// Finds layer and inputs, and lets the backend try a call without samples.
    fn prepare(
        &self,
        context: ModelContext<'_>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PreparedAnalysis, PredictionError> {
        let (spec, model) = (context.model.directory.model(), context.model.plugin);
        if !model.capabilities().map_err(LayerError::from)?.gradients {
            let (backend, plugin) = (spec.type_.clone(), model.plugin().to_owned());
            return Err(GradientError::NoGradients { backend, plugin }.into());
        }
        let prototype = &context.model.arrays.inputs.rows;
        let inputs = chosen_inputs(spec, &input_types(prototype)?, &self.wrt)?;
        if !self.target.tasks.is_empty() && !self.target.filter.is_empty() {
            return Err(GradientError::TasksAndFilter.into());
        }
        let mut filter = self.target.filter.clone();
        let (layer, call, of) = match &self.target.of {
            GradientOf::Output(output) => {
                let index = chosen_output(spec, output.as_deref())?;
                if !self.target.tasks.is_empty() {
                    let output = &context.model.arrays.outputs.0[index];
                    filter = task_filter(&spec.targets[index], output, &self.target.tasks)?;
                }
                let several = spec.targets.len() > 1;
                (Layer::Final, several.then_some(index), format!("output `{}`", spec.targets[index].name))
            }
            GradientOf::Layer { layer, .. } if !self.target.tasks.is_empty() => {
                return Err(GradientError::TasksOfLayer { layer: layer.to_string() }.into());
            }
            GradientOf::Layer { layer, call } => {
                (layer.resolve(model, &context.layer_query()?)?, *call, format!("layer `{layer}`"))
            }
        };
        let layer = LayerRequest::new(layer).with_pre_nonlinearity(self.target.pre_nonlinearity).with_call(call);
        let request = GradientRequest::new(layer, inputs).with_filter(filter).with_reduce(self.target.reduce);
        let answer = context
            .runner
            .probe(prototype, context.letters(), |model, inputs| model.input_gradients(inputs, &request))?;
        let dna = context.model.directory.dna_inputs();
        let special_type = |input: usize| match dna.iter().find(|dna| dna.index == input) {
            // Its description may name it as the sequence and say no more.
            Some(DnaInput { encoding: DnaEncoding::OneHot, .. }) => Some(SpecialType::DnaSeq),
            _ => spec.inputs.get(input)?.special_type,
        };
        let leaf = |(tensor, &input): (&Tensor, &usize)| OutputArray {
            kind: LeafKind::Gradients,
            name: context.input_names.get(input).or_internal("the input has a name").clone(),
            dtype: tensor.view().dtype(),
            shape: tensor.shape().get(1..).or_internal("a gradient has a row per sample").to_vec(),
            special_type: special_type(input),
            positions: None,
            tasks: None,
        };
        let leaves = answer.tensors.iter().zip(&request.inputs).map(leaf).collect();
        let inputs = spec.inputs.iter().map(|input| input.name.clone()).collect();
        let nothing = Nothing::default();
        let mut analysis = InputGradients { request, inputs, of, reported: Vec::new(), check: self.check, nothing };
        analysis.report(&answer, observe);
        Ok(PreparedAnalysis { leaves, analysis: Box::new(analysis) })
    }

    fn provenance(&self) -> Option<(&'static str, Provenance)> {
        Some(("gradient", self.about()))
    }

    fn about_members(&self, model: &PluginModel) -> Provenance {
        model.about_gradients()
    }
}

/// Computes the gradients of one request.
struct InputGradients {
    request: GradientRequest,
    /// The names of the model's inputs, for messages.
    inputs: Vec<String>,
    /// What is differentiated, in words.
    of: String,
    /// Inputs of which it was said that nothing depends on them.
    reported: Vec<usize>,
    /// How many elements of the next block are compared with finite differences.
    check: usize,
    /// Whether all gradients so far are zero.
    nothing: Nothing,
}

impl InputGradients {
    /// Says, once, of which inputs the gradient is zero because nothing depends on them.
    fn report(&mut self, answer: &Gradients, observe: &mut dyn FnMut(Event)) {
        let new = answer.unconnected.iter().copied().filter(|input| !self.reported.contains(input));
        let new: Vec<usize> = new.collect();
        if new.is_empty() {
            return;
        }
        let names: Vec<String> = new.iter().filter_map(|&input| self.inputs.get(input)).cloned().collect();
        let (of, names) = (&self.of, names.join(", "));
        warn(
            observe,
            WarningCode::Unconnected,
            &[format!("{of} does not depend on {names}; these gradients are zero")],
        );
        self.reported.extend(new);
    }
}

/// The type of every input, as the model takes it.
fn input_types(prototype: &SampleRows) -> Result<Vec<DType>, PredictionError> {
    let shaped = prototype.shaped();
    Ok(views(&shaped)?.iter().map(TensorView::dtype).collect())
}

fn is_float(dtype: DType) -> bool {
    matches!(dtype, DType::F32 | DType::F64)
}

/// The inputs, by position, with respect to which gradients are taken.
fn chosen_inputs(spec: &ModelSpec, types: &[DType], wrt: &[String]) -> Result<Vec<usize>, GradientError> {
    let model = || spec.name.clone();
    let known = || spec.inputs.iter().zip(types);
    if wrt.is_empty() {
        let floats: Vec<usize> = (0..types.len()).filter(|&input| is_float(types[input])).collect();
        let typed = known().map(|(input, dtype)| format!("{} ({dtype})", input.name)).collect::<Vec<_>>();
        return match floats.as_slice() {
            [] => Err(GradientError::NoFloats { model: model(), inputs: typed.join(", ") }),
            _ => Ok(floats),
        };
    }
    let mut chosen = Vec::new();
    let find = |name: &str| {
        let index = spec.inputs.iter().position(|input| input.name == name);
        index.and_then(|index| Some((index, *types.get(index)?))).ok_or_else(|| {
            let known = known().map(|(input, _)| input.name.clone()).collect::<Vec<_>>().join(", ");
            GradientError::UnknownInput { model: model(), input: name.to_owned(), known }
        })
    };
    for (index, dtype) in find_listed(wrt, find)? {
        if !is_float(dtype) {
            let floats = known().filter(|(_, dtype)| is_float(**dtype)).map(|(input, _)| input.name.clone());
            let (input, floats) = (spec.inputs[index].name.clone(), floats.collect());
            return Err(GradientError::NotFloat { model: model(), input, dtype, floats });
        }
        if !chosen.contains(&index) {
            chosen.push(index);
        }
    }
    // Files mirror the inputs, in whichever order they were named.
    chosen.sort_unstable();
    Ok(chosen)
}

/// The output, by position, that is differentiated.
fn chosen_output(spec: &ModelSpec, name: Option<&str>) -> Result<usize, GradientError> {
    let known = || spec.targets.iter().map(|target| target.name.as_str()).collect::<Vec<_>>().join(", ");
    let model = || spec.name.clone();
    match name {
        None if spec.targets.len() == 1 => Ok(0),
        None => Err(GradientError::WhichOutput { model: model(), known: known() }),
        Some(name) => spec
            .targets
            .iter()
            .position(|target| target.name == name)
            .ok_or_else(|| GradientError::UnknownOutput { model: model(), output: name.to_owned(), known: known() }),
    }
}

impl BlockAnalysis for InputGradients {
    fn run(&mut self, block: &mut AnalysisBlock<'_>) -> Result<(), PredictionError> {
        let count = block.rows.len();
        let check = std::mem::take(&mut self.check);
        let (answer, checked) = block.runner.call(block.rows, |model, inputs| {
            let answer = model.input_gradients(inputs, &self.request)?;
            let checked = || Check::new(model, inputs, &self.request, &answer, count, check, &self.inputs);
            let checked = (check > 0).then(checked).transpose()?;
            self.nothing.see(model, inputs, &self.request, &answer, count);
            Ok((answer, checked))
        })?;
        if let Some(checked) = checked {
            (block.observe)(Event::Report(checked.to_string()));
            warn(block.observe, WarningCode::GradientCheck, checked.warning().as_slice());
        }
        self.report(&answer, block.observe);
        Ok(block.push(&answer.tensors, count, &self.of)?)
    }

    fn finish(&self, observe: &mut dyn FnMut(Event)) {
        warn(observe, WarningCode::ZeroGradients, self.nothing.warning(&self.of, &self.request).as_slice());
    }
}
