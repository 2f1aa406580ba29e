//! A model that is loaded: what a plugin runs of one file, or of several whose answers are combined.

use std::path::PathBuf;

use kipos_plugin_api::{
    Calls, Capabilities, EditPlan, EditedOutputs, Edits, EngineRelease, GradientRequest, Gradients, Layer, LayerInfo,
    LayerQuery, LayerRequest, ModelSource, Reduce, Signature, Tensor, TensorView,
};

use super::PluginCallError;
use super::family::{Combining, common_signature, mean};
use super::member::Member;
use crate::description::MemberCombination;
use crate::internal::OrInternal;
use crate::provenance::{MEMBERS, Provenance};

/// One of the files of a model, and what loads it.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberSource<'a> {
    /// The file as the description names it; empty if that has no list of files.
    pub name: String,
    /// The backend that loads it.
    pub backend: &'a str,
    /// What the backend is told.
    pub source: ModelSource,
}

/// A model loaded by a plugin. Any thread may call it.
///
/// One that has several members, a family, answers as a single model would: its predictions are combined element by
/// element, its gradients are the mean of theirs. Its layers are those of no single network, so it shows none.
#[derive(Debug)]
pub struct PluginModel {
    first: Member,
    others: Vec<Member>,
    /// Of all members.
    signature: Signature,
    files: Vec<PathBuf>,
    combining: Combining,
}

impl PluginModel {
    /// Members as one model; at least one. Arrays are called as `source` calls them.
    pub(super) fn of_members(
        members: Vec<Member>,
        source: &ModelSource,
        combining: Combining,
    ) -> Result<Self, PluginCallError> {
        let mut members = members.into_iter();
        let first = members.next().or_internal("a model has a member");
        let others: Vec<Member> = members.collect();
        let signatures = others.iter().map(Member::signature).collect::<Result<Vec<_>, _>>()?;
        let signature = common_signature(source, first.signature()?, &signatures);
        let signature = signature.map_err(|(at, difference)| PluginCallError::Members {
            first: first.name().to_owned(),
            member: others.get(at).map_or_else(String::new, |member| member.name().to_owned()),
            difference,
        })?;
        let mut files: Vec<PathBuf> = Vec::new();
        for file in [&first].into_iter().chain(&others).flat_map(Member::files) {
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
        Ok(Self { first, others, signature, files, combining })
    }

    /// What it was loaded from, in the order of the description; at least one.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        [&self.first].into_iter().chain(&self.others)
    }

    /// How many members it has.
    pub fn member_count(&self) -> usize {
        1 + self.others.len()
    }

    /// How its members become one; `None` if it has a single one.
    pub fn combining(&self) -> Option<&Combining> {
        (!self.others.is_empty()).then_some(&self.combining)
    }

    /// How its members become one, for [`MEMBERS`]; nothing of one that has a single one.
    pub(crate) fn about_members(&self) -> Provenance {
        let Some(combining) = self.combining() else { return Provenance::new() };
        let targets = self.first.targets().iter().enumerate();
        let numbers = targets.fold(Provenance::new(), |all, (output, name)| all.with(name, combining.numbers(output)));
        self.counted().with("combined", combining.by.word()).with_group("numbers", numbers)
    }

    /// How its members become one, in words; `None` if it has a single one.
    pub fn combining_words(&self) -> Option<String> {
        Provenance::new().with_group(MEMBERS, self.about_members()).members_line()
    }

    /// The same of gradients.
    pub(crate) fn about_gradients(&self) -> Provenance {
        match self.combining() {
            Some(_) => self.counted().with("combined", "mean of their gradients"),
            None => Provenance::new(),
        }
    }

    fn counted(&self) -> Provenance {
        Provenance::new().with("count", self.member_count())
    }

    /// The name of the plugin that runs it, or its first member.
    pub fn plugin(&self) -> &str {
        self.first.plugin()
    }

    /// What the model file says of its inputs and outputs: one entry per input and target of the description.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Its optional abilities: those that all members have. A family shows no layers.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn capabilities(&self) -> Result<Capabilities, PluginCallError> {
        let mut all = self.first.capabilities()?;
        for member in &self.others {
            let own = member.capabilities()?;
            all = all.with_gradients(all.gradients && own.gradients).with_edits(all.edits && own.edits);
        }
        Ok(all.with_layers(all.layers && self.others.is_empty()))
    }

    /// What to know of this model, one sentence each.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn notes(&self) -> Result<Vec<String>, PluginCallError> {
        let mut notes: Vec<String> = Vec::new();
        for member in self.members() {
            for note in member.notes()? {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        Ok(notes)
    }

    /// The engine that it runs on; `None` if its plugin computes itself.
    pub fn engine_release(&self) -> Option<&EngineRelease> {
        self.first.engine_release()
    }

    /// The files that it was read from, as far as its backend says.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The memory that it takes, in bytes, if the backend knows it.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn memory_bytes(&self) -> Result<Option<u64>, PluginCallError> {
        let mut sum = Some(0u64);
        for member in self.members() {
            sum = sum.zip(member.memory_bytes()?).map(|(sum, bytes)| sum.saturating_add(bytes));
        }
        Ok(sum)
    }

    /// Whether it evaluates edits, and if not, why. A family does if all of its members do; an edited row costs what it costs
    /// on average.
    ///
    /// # Errors
    /// A failure or panic of the plugin.
    pub fn edit_plan(&self) -> Result<EditPlan, PluginCallError> {
        let mut plan = self.first.edit_plan()?;
        let mut costs = plan.cost_ratio;
        for member in &self.others {
            if !plan.supported {
                break;
            }
            let own = member.edit_plan()?;
            costs = costs.zip(own.cost_ratio).map(|(sum, cost)| sum + cost);
            if !own.supported {
                let reason = format!("{}: {}", member.name(), own.reason);
                plan = EditPlan::unsupported(reason).with_node(own.node);
            }
        }
        let cost = costs.map(|sum| sum / self.member_count() as f64).filter(|_| plan.supported);
        Ok(plan.with_cost_ratio(cost))
    }

    /// Runs the model on a batch: axis 0 of every input is the batch axis. One output per target of the description,
    /// with as many rows as the inputs.
    ///
    /// # Errors
    /// A failure or panic of the plugin, or outputs of another number or length.
    pub fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, PluginCallError> {
        if self.others.is_empty() {
            return self.first.predict(inputs);
        }
        self.combine(&self.each(|member| member.predict(inputs))?, &[])
    }

    /// Predictions for the rows of a batch and for edited copies of them.
    ///
    /// # Errors
    /// As for [`predict`](Self::predict); a model without the ability reports it as unsupported.
    pub fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs, PluginCallError> {
        if self.others.is_empty() {
            return self.first.predict_edits(inputs, edits);
        }
        let (combined, _) = self.edits_of_members(inputs, edits)?;
        Ok(combined)
    }

    /// What [`predict`](Self::predict) gives, and what each member says, in their order.
    ///
    /// # Errors
    /// As for [`predict`](Self::predict).
    pub fn predict_apart(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Vec<Tensor>>, PluginCallError> {
        let answers = self.each(|member| member.predict(inputs))?;
        let combined = self.combine(&answers, &[])?;
        Ok([combined].into_iter().chain(answers).collect())
    }

    /// What [`predict_edits`](Self::predict_edits) gives, and what each member says, in their order.
    ///
    /// # Errors
    /// As for [`predict_edits`](Self::predict_edits).
    pub fn predict_edits_apart(
        &self,
        inputs: &[TensorView<'_>],
        edits: &Edits,
    ) -> Result<Vec<EditedOutputs>, PluginCallError> {
        let (combined, members) = self.edits_of_members(inputs, edits)?;
        Ok([combined].into_iter().chain(members).collect())
    }

    /// What the members say together, and each of them.
    fn edits_of_members(
        &self,
        inputs: &[TensorView<'_>],
        edits: &Edits,
    ) -> Result<(EditedOutputs, Vec<EditedOutputs>), PluginCallError> {
        let answers = self.each(|member| member.predict_edits(inputs, edits))?;
        let (reference, edited): (Vec<_>, Vec<_>) =
            answers.into_iter().map(|answer| (answer.reference, answer.edited)).unzip();
        let combined =
            EditedOutputs::new(self.combine(&reference, &edits.outputs)?, self.combine(&edited, &edits.outputs)?);
        let members = reference.into_iter().zip(edited).map(|(rows, edits)| EditedOutputs::new(rows, edits));
        Ok((combined, members.collect()))
    }

    /// The layers whose values can be asked for, in the order of the model's graph.
    ///
    /// # Errors
    /// A failure or panic of the plugin; a model without the ability reports it as unsupported. A family has none.
    pub fn layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>, PluginCallError> {
        self.check_layers()?;
        self.first.layers(query)
    }

    /// The values of a layer, one tensor for each of its calls, or for the chosen one; at least one. Of a family, the final
    /// layer alone, whose value is the mean of the members' as they are.
    ///
    /// # Errors
    /// A failure or panic of the plugin, or another number of calls.
    pub fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls, PluginCallError> {
        if self.others.is_empty() {
            return self.first.activations(inputs, request);
        }
        if request.layer != Layer::Final {
            self.check_layers()?;
        }
        let calls: Vec<Vec<Tensor>> = self.each(|member| Ok(member.activations(inputs, request)?.0))?;
        Ok(Calls(self.per_tensor(&calls, |_, tensors| mean(tensors))?))
    }

    /// The gradients of a request: one tensor for each of its inputs, shaped like that input, of a float type. Of a family,
    /// the mean of the members' gradients, which is the gradient of the mean of their outputs as they are.
    ///
    /// # Errors
    /// A failure or panic of the plugin, or gradients of another number, shape or type. Of a family: a layer, a request that is
    /// not of a sum, or members that are combined by their median.
    pub fn input_gradients(
        &self,
        inputs: &[TensorView<'_>],
        request: &GradientRequest,
    ) -> Result<Gradients, PluginCallError> {
        if self.others.is_empty() {
            return self.first.input_gradients(inputs, request);
        }
        self.check_gradient(request)?;
        let answers = self.each(|member| member.input_gradients(inputs, request))?;
        let is_unconnected = |input: &usize| answers.iter().all(|answer| answer.unconnected.contains(input));
        let unconnected = request.inputs.iter().copied().filter(|input| is_unconnected(input)).collect();
        let tensors: Vec<Vec<Tensor>> = answers.into_iter().map(|answer| answer.tensors).collect();
        Ok(Gradients::new(self.per_tensor(&tensors, |_, tensors| mean(tensors))?).with_unconnected(unconnected))
    }

    /// Refuses what a family has no gradient of.
    fn check_gradient(&self, request: &GradientRequest) -> Result<(), PluginCallError> {
        if request.layer.layer != Layer::Final {
            self.check_layers()?;
        }
        let refused = |what, why| PluginCallError::OfFamily { what, members: self.member_count(), why };
        match (self.combining.by, request.reduce) {
            (MemberCombination::Median, _) => Err(refused(
                "the gradient of the median",
                "is that of one member, another one for each element of the output (--combine mean gives the mean of the members' \
                 gradients)",
            )),
            (MemberCombination::Mean, Reduce::Sum) => Ok(()),
            (MemberCombination::Mean, _) => Err(refused(
                "the gradient of the largest or smallest element",
                "may be of another element in each member (choose an element with --filter, and --reduce sum)",
            )),
        }
    }

    /// Refuses to look inside of a family.
    ///
    /// # Errors
    /// [`PluginCallError::OfFamily`].
    pub fn check_layers(&self) -> Result<(), PluginCallError> {
        match self.others.is_empty() {
            true => Ok(()),
            false => Err(PluginCallError::OfFamily {
                what: "a layer",
                members: self.member_count(),
                why: "has no value: units inside of networks that were trained apart do not match",
            }),
        }
    }

    /// What each member answers.
    fn each<T>(&self, ask: impl Fn(&Member) -> Result<T, PluginCallError>) -> Result<Vec<T>, PluginCallError> {
        self.members().map(|member| ask(member).map_err(|error| error.of_member(member.name()))).collect()
    }

    /// The outputs of the model, of those of each member. Of outputs that are not `wanted`, if some are, those of the first are
    /// handed on, which may be anything.
    fn combine(&self, of_members: &[Vec<Tensor>], wanted: &[usize]) -> Result<Vec<Tensor>, PluginCallError> {
        self.per_tensor(of_members, |output, tensors| match tensors.first() {
            Some(first) if !wanted.is_empty() && !wanted.contains(&output) => Ok((*first).clone()),
            _ => self.combining.combine(output, tensors),
        })
    }

    /// One tensor for each place, of the tensors that the members have there.
    fn per_tensor(
        &self,
        of_members: &[Vec<Tensor>],
        combine: impl Fn(usize, &[&Tensor]) -> Result<Tensor, (usize, String)>,
    ) -> Result<Vec<Tensor>, PluginCallError> {
        let places = of_members.iter().map(Vec::len).min().unwrap_or(0);
        let at = |place: usize| {
            let tensors: Vec<&Tensor> = of_members.iter().filter_map(|tensors| tensors.get(place)).collect();
            combine(place, &tensors).map_err(|(member, difference)| self.differs(member, place, &difference))
        };
        (0..places).map(at).collect()
    }

    /// The error for a member whose answer is unlike that of the first.
    fn differs(&self, member: usize, output: usize, difference: &str) -> PluginCallError {
        let name = |at: usize| self.members().nth(at).map_or_else(String::new, |member| member.name().to_owned());
        let output = self.first.targets().get(output).map_or("", String::as_str);
        let difference = format!("its value of `{output}` {difference}");
        PluginCallError::Members { first: name(0), member: name(member), difference }
    }
}
