//! `score-variants` in both spellings: two sets of flags and defaults over one request.

use std::path::PathBuf;

use super::args::{
    CommonArgs, InfoStyleChoice, KipoiScoreVariantsArgs, MultiRegionChoice, OnExistingChoice, RefMismatchRule,
    ScoreVariantsArgs, VcfArgs,
};
use super::environment;
use super::error::{CliResult, UsageError};
use super::loader_args::loader_args;
use super::reporter::Reporter;
use super::score_args::kipoi_scores;
use super::stopping::stop;
use kipos::{
    Centering, MultiRegion, OnExisting, Output, PluginRegistry, RefMismatch, ScoreSelection, ScoreVariants,
    SequencesWritten, VariantInput, VcfChoice, VcfStyle, check_array_output,
};
use kipos_plugin_api::Value;

/// What the two spellings do differently when nothing is said.
struct Defaults {
    ref_mismatch: RefMismatchRule,
    multi_region: MultiRegionChoice,
    centering: Centering,
    info_style: InfoStyleChoice,
    only_scored: bool,
}

const NATIVE: Defaults = Defaults {
    ref_mismatch: RefMismatchRule::Skip,
    multi_region: MultiRegionChoice::Nearest,
    centering: Centering::Middle,
    info_style: InfoStyleChoice::Native,
    only_scored: false,
};

const KIPOI: Defaults = Defaults {
    ref_mismatch: RefMismatchRule::Overwrite,
    multi_region: MultiRegionChoice::Records,
    centering: Centering::Kipoi,
    info_style: InfoStyleChoice::Kipoi,
    only_scored: true,
};

/// Kipoi's name for models that are directories.
const DIR_SOURCE: &str = "dir";
/// Kipoi's name for models of the zoo.
const ZOO_SOURCE: &str = "kipoi";

/// `kipos score-variants`.
pub fn run_native(
    mut args: ScoreVariantsArgs,
    model: PathBuf,
    registry: &PluginRegistry,
    reporter: &mut Reporter,
) -> CliResult {
    let sequences = args.write_sequences.take();
    if let Some(path) = &sequences {
        check_array_output(path)?;
    }
    let mut request = native_request(args, model)?;
    match sequences {
        Some(path) => {
            request.stop = stop();
            let summary = reporter.observed("records", |observe| request.write_sequences(&path, observe))?;
            reporter.done(&SequencesWritten(&summary), &[path.display()]);
            Ok(())
        }
        None => run(request, registry, reporter),
    }
}

/// `kipos postproc score_variants`.
pub fn run_kipoi(
    args: KipoiScoreVariantsArgs,
    model: PathBuf,
    registry: &PluginRegistry,
    reporter: &mut Reporter,
) -> CliResult {
    let name = args.model.zoo(args.source).is_some().then(|| args.model.model.display().to_string());
    let mut request = kipoi_request(args, model)?;
    if name.is_some() {
        request.vcf.model_name = request.vcf.model_name.or(name);
        if let VcfStyle::Kipoi { source } = &mut request.vcf.style {
            *source = ZOO_SOURCE.into();
        }
    }
    run(request, registry, reporter)
}

fn native_request(args: ScoreVariantsArgs, model: PathBuf) -> Result<ScoreVariants, UsageError> {
    let outputs = args.common.format.scores.outputs(args.output)?;
    let mut loader_args = loader_args(&args.dataloader_args)?;
    let fasta = environment::fasta(args.common.samples.batch_file.as_deref());
    args.files.add_to(&mut loader_args, fasta)?;
    let scores = args.scores.selection()?;
    let max_shift = args.variants.shift();
    let mut request = request(model, args.variants.input(), outputs, args.common, &NATIVE, (loader_args, scores))?;
    request.windows.restriction_bed = args.restriction_bed;
    request.variants.regions = args.variants.regions.into_iter().flat_map(|list| list.0).collect();
    request.variants.regions_file = args.variants.regions_file;
    request.variants.max_shift = max_shift;
    request.variants.shard = args.variants.shard;
    Ok(request)
}

fn kipoi_request(args: KipoiScoreVariantsArgs, model: PathBuf) -> Result<ScoreVariants, UsageError> {
    let typed = args.out_vcf_fpath.into_iter().chain(args.extra_output);
    let outputs = args.common.format.scores.outputs(typed)?;
    let loader_args = loader_args(&args.dataloader_args)?;
    let scores = kipoi_scores(args.scoring, &args.scoring_kwargs)?;
    let variants = VariantInput::File(args.vcf_path);
    let mut request = request(model, variants, outputs, args.common, &KIPOI, (loader_args, scores))?;
    request.windows.restriction_bed = args.restriction_bed;
    Ok(request)
}

/// The request of what both spellings share: each group of arguments is one of its choices.
fn request(
    model: PathBuf,
    variants: VariantInput,
    outputs: Vec<Output>,
    common: CommonArgs,
    defaults: &Defaults,
    (loader_args, scores): (Vec<(String, Value)>, ScoreSelection),
) -> Result<ScoreVariants, UsageError> {
    let CommonArgs { engine, rules, windows, samples, output_selection, format } = common;
    let mut request = ScoreVariants::new(&model, variants, outputs);
    let family_name = engine.engine.family_name(&model, format.scores.model_name.as_ref())?;
    request.model = engine.choice(model);
    request.model.family_name = family_name;
    request.samples = samples.choice(loader_args)?;
    request.windows = windows.choice(defaults.centering, None);
    request.scores = output_selection.choice(scores)?;
    request.variants.ref_mismatch = match rules.ref_mismatch.unwrap_or(defaults.ref_mismatch) {
        RefMismatchRule::Skip => RefMismatch::Skip,
        RefMismatchRule::Overwrite => RefMismatch::Overwrite,
        RefMismatchRule::Error => RefMismatch::Error,
    };
    request.variants.max_ref_mismatch = rules.max_ref_mismatch;
    request.variants.fail_if_empty = rules.fail_if_empty;
    request.vcf = vcf_choice(format, rules.multi_region, defaults);
    Ok(request)
}

fn vcf_choice(format: VcfArgs, multi_region: Option<MultiRegionChoice>, defaults: &Defaults) -> VcfChoice {
    let mut choice = VcfChoice::default();
    choice.style = match format.info_style.unwrap_or(defaults.info_style) {
        InfoStyleChoice::Kipoi => VcfStyle::Kipoi { source: DIR_SOURCE.into() },
        InfoStyleChoice::Native => VcfStyle::Native { layout: format.scores.layout(), digits: format.scores.digits },
    };
    choice.model_name = format.scores.model_name;
    choice.multi_region = match multi_region.unwrap_or(defaults.multi_region) {
        MultiRegionChoice::Nearest => MultiRegion::Nearest,
        MultiRegionChoice::Maxabs => MultiRegion::MaxAbs,
        MultiRegionChoice::Records => MultiRegion::Records,
    };
    choice.only_scored = format.scores.only_scored.unwrap_or(defaults.only_scored);
    choice.std_var_id = format.std_var_id;
    choice.on_existing = match format.on_existing {
        OnExistingChoice::Replace => OnExisting::Replace,
        OnExistingChoice::Error => OnExisting::Error,
    };
    choice
}

fn run(mut request: ScoreVariants, registry: &PluginRegistry, reporter: &mut Reporter) -> CliResult {
    request.stop = stop();
    let summary = reporter.observed("records", |observe| request.run(registry, observe))?;
    reporter.done(&summary, &request.outputs);
    Ok(())
}
