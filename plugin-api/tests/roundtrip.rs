//! A backend and a scorer through the boundary's own objects, in one process.
#![allow(clippy::unwrap_used)] // everything here is a test, also outside functions marked as one

use std::path::PathBuf;
use std::sync::Mutex;

use kipos_plugin_api::abi::{LayerRows, ScoreRequest, backend_entry, scorer_entry};
use kipos_plugin_api::{
    Alleles, ArgDefault, ArgKind, ArgSpec, Args, Backend, BatchAxis, Block, Bound, Calls, Capabilities, Cells, Column,
    ColumnType, Conversion, Crop, DType, Device, EditAxes, EditPlan, EditedOutputs, Edits, EngineProperties,
    EngineRelease, ErrorKind, FilterItem, GeneContext, GradientRequest, Gradients, Layer, LayerInfo, LayerQuery,
    LayerRequest, Mask, Model, ModelDescription, ModelSource, Needs, Orientation, OutputSpan, OutputSpec, OutputSpecs,
    PluginError, Properties, Reduce, Result, RowIndependence, RowPlace, Rows, RuntimeOptions, Scale, SchemaLeaf,
    Scorer, Signature, Site, Structure, Substitution, Tensor, TensorSpec, TensorView, Value,
};

/// What the echoing model was asked for.
static ASKED: Mutex<Option<String>> = Mutex::new(None);

fn ask(what: impl std::fmt::Debug) {
    *ASKED.lock().unwrap() = Some(format!("{what:?}"));
}

fn asked() -> String {
    ASKED.lock().unwrap().take().unwrap_or_default()
}

struct Echo;
struct EchoModel;

impl Backend for Echo {
    const NAME: &'static str = "echo";
    const DOC: &'static str = "gives back what it gets";
    const ARGS: &'static [ArgSpec] = &[
        ArgSpec::new("file", ArgKind::String, ArgDefault::Required, "a file"),
        ArgSpec::new("scale", ArgKind::Float, ArgDefault::Float(0.5), "a factor"),
    ];
    type Model = EchoModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<EchoModel> {
        ask((source, args.float("scale"), options));
        Ok(EchoModel)
    }

    fn describe(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
        ask((source, args.float("scale"), options));
        Ok(description())
    }

    fn engine_release(options: &RuntimeOptions) -> Result<Option<EngineRelease>> {
        ask(options);
        Ok(Some(engine_release()))
    }

    fn conversion(_: &ModelSource, args: &Args) -> Result<Option<Conversion>> {
        Ok(args.text("file").filter(|file| file.ends_with(".h5")).map(|_| conversion()))
    }
}

impl Model for EchoModel {
    fn signature(&self) -> Signature {
        signature()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().with_layers(true).with_gradients(true).with_edits(true)
    }

    fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        assert!(inputs.len() < 2, "one input is enough");
        Ok(inputs.iter().map(TensorView::to_owned).collect())
    }

    fn independent_rows(&self) -> Result<RowIndependence> {
        Ok(RowIndependence::Dependent("CumSum `c`".into()))
    }

    fn notes(&self) -> Vec<String> {
        vec!["it only echoes".into()]
    }

    fn files(&self) -> Vec<PathBuf> {
        vec!["/models/echo/weights".into()]
    }

    fn memory_bytes(&self) -> Option<u64> {
        Some(1 << 40)
    }

    fn engine(&self) -> EngineProperties {
        engine()
    }

    fn edit_plan(&self) -> Result<EditPlan> {
        Ok(edit_plan())
    }

    fn layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>> {
        ask(query);
        Ok(vec![layer_info()])
    }

    fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        ask(request);
        Ok(Calls(inputs.iter().map(TensorView::to_owned).collect()))
    }

    fn input_gradients(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        ask(request);
        Ok(Gradients::new(self.predict(inputs)?).with_unconnected(vec![2]))
    }

    fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs> {
        ask(edits);
        Ok(EditedOutputs::new(self.predict(inputs)?, Vec::new()))
    }
}

fn signature() -> Signature {
    let shape = Some(vec![None, Some(4)]);
    let spec = TensorSpec::default()
        .with_name(Some("x".into()))
        .with_dtype(Some(DType::F64))
        .with_shape(shape)
        .with_bound(Bound::Declared);
    Signature::new(vec![spec], vec![TensorSpec::default()]).with_batch(BatchAxis::Fixed(3))
}

fn description() -> ModelDescription {
    ModelDescription::new(signature().inputs, signature().outputs).with_tasks(vec![vec!["a".into(), "b".into()]])
}

fn conversion() -> Conversion {
    Conversion::new("a Keras model", "convert it", "model.onnx")
}

fn engine_release() -> EngineRelease {
    EngineRelease::new("Echoes", "1.2.3").with_libraries(vec!["/lib/libechoes.so".into()])
}

fn engine() -> EngineProperties {
    EngineProperties::default().with_device(Device::Cuda(2)).with_preferred_rows(Some(64)).with_calls_in_flight(2)
}

fn edit_plan() -> EditPlan {
    EditPlan::unsupported("it has state").with_node(Some("lstm".into())).with_cost_ratio(Some(0.5))
}

fn layer_info() -> LayerInfo {
    LayerInfo::new(2, "relu", "Relu")
        .with_node("relu_node")
        .with_scope("features")
        .with_shape(Some(vec![Some(8), None]))
        .with_differentiable(true)
}

fn source() -> ModelSource {
    let leaf = SchemaLeaf::new("seq", vec![None, Some(4)])
        .with_dtype(Some(DType::F32))
        .with_special_type(Some("DNASeq".into()));
    ModelSource::new(
        "/models/echo",
        Value::Map(vec![("file".into(), Value::String("model".into()))]),
        vec![leaf.clone()],
        vec![leaf.clone(), leaf],
    )
    .with_input_structure(Structure::One)
    .with_target_structure(Structure::Map)
}

fn options() -> RuntimeOptions {
    RuntimeOptions::new(7, Device::Cuda(1))
        .with_engine_library(Some("/lib/engine.so".into()))
        .with_trust_model(true)
        .with_state_dir(Some("/state".into()))
}

/// One test, because the echoing model has one memory.
#[test]
fn a_backend_survives_the_boundary() {
    let entry = backend_entry::<Echo>();
    let specs = entry.arg_specs().unwrap();
    assert_eq!((specs[0].name.as_str(), specs[0].required), ("file", true));
    assert_eq!((specs[1].kind.as_str(), &specs[1].default), ("float", &Value::Float(0.5)));

    let model = entry.load_model(&source(), options()).unwrap();
    assert_eq!(asked(), format!("{:?}", (source(), Some(0.5), options())));
    assert_eq!(model.signature().unwrap(), signature());
    assert_eq!(
        model.capabilities().unwrap(),
        Capabilities::default().with_layers(true).with_gradients(true).with_edits(true)
    );
    assert_eq!(model.independent_rows().unwrap(), RowIndependence::Dependent("CumSum `c`".into()));
    assert_eq!(model.notes().unwrap(), ["it only echoes"]);
    assert_eq!(model.files().unwrap(), [PathBuf::from("/models/echo/weights")]);
    assert_eq!(model.memory_bytes().unwrap(), Some(1 << 40));
    assert_eq!(model.engine().unwrap(), engine());
    assert_eq!(model.edit_plan().unwrap(), edit_plan());
    assert_eq!(entry.describe(&source(), options()).unwrap(), description());
    assert_eq!(asked(), format!("{:?}", (source(), Some(0.5), options())));
    assert_eq!(entry.engine_release(options()).unwrap(), Some(engine_release()));
    assert_eq!(asked(), format!("{:?}", options()));
    assert_eq!(entry.conversion(&source()).unwrap(), None);
    let keras = source().with_args(Value::Map(vec![("file".into(), Value::String("m.h5".into()))]));
    assert_eq!(entry.conversion(&keras).unwrap(), Some(conversion()));
    let query = LayerQuery::new(vec![None, Some(1000)]);
    assert_eq!(model.layers(&query).unwrap(), [layer_info()]);
    assert_eq!(asked(), format!("{query:?}"));

    let elements = [1.5f32, f32::NAN, -0.0, 4.0];
    let view = TensorView::new(&[2, 2], elements.as_slice()).unwrap();
    let outputs = model.predict(&[view]).unwrap();
    let bits = |tensor: &Tensor| tensor.view().as_f32().unwrap().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(outputs[0].shape(), [2, 2]);
    assert_eq!(bits(&outputs[0]), elements.map(f32::to_bits));

    for layer in [Layer::Name("conv".into()), Layer::Index(3), Layer::Final] {
        let request = LayerRequest::new(layer).with_pre_nonlinearity(true).with_call(Some(1));
        assert_eq!(model.activations(&[view], &request).unwrap().0.len(), 1);
        assert_eq!(asked(), format!("{request:?}"));
        let filter = vec![
            FilterItem::Index(-1),
            FilterItem::Ellipsis,
            FilterItem::Slice { start: None, stop: Some(4), step: Some(2) },
        ];
        for reduce in [Reduce::Sum, Reduce::Max, Reduce::Min, Reduce::AbsMax] {
            let request =
                GradientRequest::new(request.clone(), vec![0, 2]).with_filter(filter.clone()).with_reduce(reduce);
            assert_eq!(model.input_gradients(&[view], &request).unwrap().unconnected, [2]);
            assert_eq!(asked(), format!("{request:?}"));
        }
    }

    let edits = Edits::new(
        vec![0, 1],
        vec![1, 2],
        vec![
            Substitution { input: 0, position: 5, channel: Some(3) },
            Substitution { input: 0, position: 6, channel: None },
        ],
        vec![EditAxes { input: 0, position: 1, channel: 0 }],
    )
    .with_outputs(vec![1])
    .with_reads(vec![OutputSpan::new(1, 3, 10, 2..7)])
    .with_places(vec![Some(RowPlace { line: 4, start: -5 }), None]);
    assert_eq!(model.predict_edits(&[view], &edits).unwrap().reference.len(), 1);
    assert_eq!(asked(), format!("{edits:?}"));

    let error = model.predict(&[view, view]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::PANIC);
    assert!(error.message.ends_with(": one input is enough"), "{error}");
    // The panic stayed inside: the model still answers.
    assert_eq!(model.predict(&[view]).unwrap().len(), 1);

    let unknown = source().with_args(Value::Map(vec![("fiel".into(), Value::Null)]));
    let error = entry.load_model(&unknown, options()).err().unwrap();
    assert_eq!(error, PluginError::invalid_argument("unknown argument `fiel` (known: file, scale)"));
}

struct Plain;
struct PlainModel;

impl Backend for Plain {
    const NAME: &'static str = "plain";
    const DOC: &'static str = "has no optional abilities";
    type Model = PlainModel;

    fn load(_: &ModelSource, _: &Args, _: &RuntimeOptions) -> Result<PlainModel> {
        Ok(PlainModel)
    }
}

impl Model for PlainModel {
    fn signature(&self) -> Signature {
        signature()
    }

    fn predict(&self, _: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        Ok(Vec::new())
    }
}

#[test]
fn optional_abilities_are_unsupported_by_default() {
    let source = source().with_args(Value::Null);
    let model = backend_entry::<Plain>().load_model(&source, options()).unwrap();
    let layer = LayerRequest::new(Layer::Final);
    let gradient = GradientRequest::new(layer.clone(), vec![0]);
    assert_eq!(model.capabilities().unwrap(), Capabilities::default());
    assert_eq!(model.independent_rows().unwrap(), RowIndependence::Unknown);
    assert_eq!(model.notes().unwrap(), Vec::<String>::new());
    assert_eq!(model.files().unwrap(), Vec::<PathBuf>::new());
    assert_eq!(model.memory_bytes().unwrap(), None);
    assert_eq!(model.engine().unwrap(), EngineProperties::default());
    assert_eq!(model.edit_plan().unwrap(), EditPlan::unsupported("this backend does not evaluate edits"));
    let entry = backend_entry::<Plain>();
    let error = entry.describe(&source, options()).unwrap_err();
    assert_eq!(error, PluginError::unsupported("the backend plain does not describe files"));
    let error = entry.conversion(&source).unwrap_err();
    assert_eq!(error, PluginError::unsupported("the backend plain knows no conversions"));
    assert_eq!(entry.engine_release(options()).unwrap(), None);
    let kinds = [
        model.layers(&LayerQuery::default()).unwrap_err().kind,
        model.activations(&[], &layer).unwrap_err().kind,
        model.input_gradients(&[], &gradient).unwrap_err().kind,
        model.predict_edits(&[], &Edits::default()).unwrap_err().kind,
    ];
    assert_eq!(kinds, [ErrorKind::UNSUPPORTED; 4]);
}

/// Adds the first reference value to all alternate values; refuses negative ones.
struct Sum;

impl Scorer for Sum {
    const NAME: &'static str = "sum";
    const DOC: &'static str = "the first reference value and all alternate values, added";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        Needs::default().with_reverse_complement(true)
    }

    fn columns(&self, outputs: &OutputSpecs) -> Vec<Column> {
        vec![outputs.task_names().join("+").into(), "site".into()]
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        assert!(alleles.alternate[0] < 1000.0, "too large");
        if alleles.alternate[0] < 0.0 {
            return Err(PluginError::runtime("negative"));
        }
        let strand = alleles.reference_rc.map_or(0.0, |row| row[0]);
        out[0] = alleles.reference[0] + alleles.alternate.iter().sum::<f32>() + strand;
        out[1] = alleles.site.position.unwrap_or_default() as f32;
        Ok(())
    }
}

#[test]
fn a_scorer_survives_the_boundary() {
    let mut scorer = scorer_entry::<Sum>().create(&Value::Null).unwrap();
    assert_eq!(scorer.get_needs().unwrap(), Needs::default().with_reverse_complement(true));
    let output = OutputSpec::new("y", vec![2]).with_tasks(vec!["a".into(), "b".into()]);
    let table = scorer.prepare_for(&OutputSpecs(vec![output])).unwrap();
    assert_eq!((table.columns, table.rows), (vec!["a+b".into(), "site".into()], Rows::PerAllele(1)));
    assert_eq!(scorer.get_properties().unwrap(), Properties::NONE);

    let site = |position| Site::new(1, 1).with_position(Some(position));
    let sites = [site(4), site(5), Site::default()];
    let mut request = ScoreRequest {
        width: 2,
        reference: &[1.0, 2.0, 10.0, 20.0],
        alternate: &[0.25, 0.25, -1.0, 0.0, 0.5, 0.5],
        sources: &[0, 0, 1],
        sites: &sites,
        ..ScoreRequest::default()
    };
    let mut out = [0.0; 6];
    assert_eq!(scorer.score_batch(&request, &mut out).unwrap().failures, [(1, "negative".to_owned())]);
    assert!(out[2].is_nan() && out[3].is_nan(), "{out:?}");
    assert_eq!([out[0], out[1], out[4], out[5]], [1.5, 4.0, 11.0, 0.0]);

    request.reference_rc = Some(&[100.0, 0.0, 200.0, 0.0]);
    scorer.score_batch(&request, &mut out).unwrap();
    assert_eq!((out[0], out[4]), (101.5, 211.0));

    request.alternate = &[5000.0; 6];
    let error = scorer.score_batch(&request, &mut out).unwrap_err();
    assert_eq!(error.kind, ErrorKind::PANIC);
    assert!(error.message.ends_with(": too large"), "{error}");
}

/// Everything that a scorer can ask for and give beside numbers of tasks. It writes what it is told.
struct Everything;

fn needs() -> Needs {
    Needs::default()
        .with_reverse_complement(true)
        .with_orientation(Orientation::Raw)
        .with_whole_outputs(true)
        .with_masks(vec![Mask::Centre(501), Mask::Gene, Mask::Exons])
        .with_layers(vec![LayerRequest::new(Layer::Name("fc".into())).with_pre_nonlinearity(true)])
        .with_scales(vec![Scale::Counts, Scale::Log1p])
}

fn everything_columns() -> Vec<Column> {
    let column = Column::new;
    vec![column("number", ColumnType::Float), column("count", ColumnType::Integer), column("told", ColumnType::Text)]
}

impl Scorer for Everything {
    const NAME: &'static str = "everything";
    const DOC: &'static str = "what it is told";
    const PROPERTIES: Properties = Properties::SIGNED;

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        needs()
    }

    fn rows(&self) -> Rows {
        Rows::PerAllele(2)
    }

    fn columns(&self, _: &OutputSpecs) -> Vec<Column> {
        everything_columns()
    }

    fn score(&self, _: &Alleles<'_>, _: &mut [f32]) -> Result<()> {
        Err(PluginError::runtime("score_cells writes the numbers too"))
    }

    fn score_cells(&self, alleles: &Alleles<'_>, cells: &mut Cells<'_>) -> Result<()> {
        assert_eq!((cells.floats.len(), cells.integers.len(), cells.texts.len()), (2, 2, 2));
        assert!(cells.floats.iter().all(|cell| cell.is_nan()));
        if alleles.alternate[0] < 0.0 {
            cells.texts[0] = Some("never seen".into());
            return Err(PluginError::runtime("negative"));
        }
        let layer = alleles.layers[0];
        cells.floats[0] = layer.reference[1] + layer.alternate[1] + layer.alternate_rc.map_or(0.0, |row| row[0]);
        cells.integers[1] = Some(alleles.masks.iter().flat_map(|mask| mask.iter()).map(|&base| i64::from(base)).sum());
        cells.texts[1] = Some(format!("{:?} {:?} {:?}", alleles.site, alleles.outputs.0, layer.shape));
        Ok(())
    }
}

#[test]
fn all_that_scorers_can_need_and_give_survives_the_boundary() {
    let entry = scorer_entry::<Everything>();
    assert_eq!(entry.constant_properties(), Properties::SIGNED);
    let mut scorer = entry.create(&Value::Null).unwrap();
    assert_eq!(scorer.get_needs().unwrap(), needs());
    assert_eq!(scorer.get_properties().unwrap(), Properties::SIGNED);
    let output = OutputSpec::new("y", vec![1, 2])
        .with_position_axis(Some(0))
        .with_crop(Some(Crop { left: 3, right: 4 }))
        .with_bin(Some(32))
        .with_strand_partners(Some(vec![1, 0]))
        .with_partner_output(Some("z".into()))
        .with_scale(Some(Scale::Log1p));
    let table = scorer.prepare_for(&OutputSpecs(vec![output.clone()])).unwrap();
    assert_eq!((table.columns, table.rows), (everything_columns(), Rows::PerAllele(2)));
    let gene = GeneContext::new("ENSG1", true, Block { start: -5, end: 40 })
        .with_symbol("GENE")
        .with_exons(vec![Block { start: 1, end: 4 }])
        .with_distance(-3)
        .with_exon_border_distance(Some(2));
    let site = Site::new(2, 1)
        .with_position(Some(1))
        .with_window_len(Some(4))
        .with_pos(Some(1001))
        .with_reverse_strand(true)
        .with_gene(Some(gene));
    let layers = [LayerRows {
        shape: &[2],
        reference: &[1.0, 2.0],
        alternate: &[10.0, 20.0, 30.0, 40.0],
        reference_rc: None,
        alternate_rc: Some(&[100.0, 0.0, 200.0, 0.0]),
    }];
    let request = ScoreRequest {
        width: 2,
        reference: &[0.0, 0.0],
        alternate: &[0.0, 0.0, -1.0, 0.0],
        sources: &[0, 0],
        masks: &[&[1, 1, 0, 0, 0, 0, 0, 0], &[1, 0, 0, 0, 0, 0, 0, 0], &[0; 8]],
        window: 4,
        layers: &layers,
        sites: &[site.clone(), site.clone()],
        ..ScoreRequest::default()
    };
    let mut out = [0.0; 4];
    let scored = scorer.score_batch(&request, &mut out).unwrap();
    assert_eq!(out[0], 2.0 + 20.0 + 100.0);
    assert!(out[1..].iter().all(|cell| cell.is_nan()), "{out:?}");
    assert_eq!(scored.integers, [None, Some(3), None, None]);
    assert_eq!(scored.texts, [None, Some(format!("{site:?} {:?} [2]", [output])), None, None]);
    assert_eq!(scored.failures, [(1, "negative".to_owned())]);

    let error = scorer.score_batch(&request, &mut [0.0; 3]).unwrap_err();
    assert_eq!(error.message, "3 cells for 2 alleles with 2 numbers each");
}
