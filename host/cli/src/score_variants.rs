//! `score-variants` in both spellings: two sets of flags and defaults over one request.

use std::path::PathBuf;

use super::args::{
    CommonArgs, InfoLayoutChoice, InfoStyleChoice, KipoiScoreVariantsArgs, MultiRegionChoice, OnExistingChoice,
    RefMismatchRule, ScoreVariantsArgs, StdoutChoice, VcfArgs,
};
use super::environment;
use super::error::{CliResult, UsageError};
use super::loader_args::loader_args;
use super::progress::{observed, report};
use super::score_args::kipoi_scores;
use super::stopping::stop;
use kipos::{
    Centering, InfoLayout, MultiRegion, OnExisting, Output, PluginRegistry, RefMismatch, ScoreSelection, ScoreVariants,
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
pub fn run_native(mut args: ScoreVariantsArgs, model: PathBuf, registry: &PluginRegistry) -> CliResult {
    let sequences = args.write_sequences.take();
    if let Some(path) = &sequences {
        check_array_output(path)?;
    }
    let mut request = native_request(args, model)?;
    match sequences {
        Some(path) => {
            request.stop = stop();
            let summary = observed("records", |observe| request.write_sequences(&path, observe))?;
            report(&SequencesWritten(&summary), &[path.display().to_string()])
        }
        None => run(request, registry),
    }
}

/// `kipos postproc score_variants`.
pub fn run_kipoi(args: KipoiScoreVariantsArgs, model: PathBuf, registry: &PluginRegistry) -> CliResult {
    let name = args.model.zoo(args.source).is_some().then(|| args.model.model.display().to_string());
    let mut request = kipoi_request(args, model)?;
    if name.is_some() {
        request.vcf.model_name = request.vcf.model_name.or(name);
        if let VcfStyle::Kipoi { source } = &mut request.vcf.style {
            *source = ZOO_SOURCE.into();
        }
    }
    run(request, registry)
}

fn native_request(args: ScoreVariantsArgs, model: PathBuf) -> Result<ScoreVariants, UsageError> {
    let outputs = outputs(args.output, args.common.format.output_type)?;
    let mut loader_args = loader_args(&args.dataloader_args)?;
    let fasta = environment::fasta(args.common.samples.batch_file.as_deref());
    args.files.add_to(&mut loader_args, fasta)?;
    let scores = args.scores.selection()?;
    let mut request = request(model, args.variants.input(), outputs, args.common, &NATIVE, (loader_args, scores))?;
    request.windows.restriction_bed = args.restriction_bed;
    request.variants.regions = args.variants.regions.into_iter().flat_map(|list| list.0).collect();
    request.variants.regions_file = args.variants.regions_file;
    Ok(request)
}

fn kipoi_request(args: KipoiScoreVariantsArgs, model: PathBuf) -> Result<ScoreVariants, UsageError> {
    let typed = args.out_vcf_fpath.into_iter().chain(args.extra_output);
    let outputs = outputs(typed, args.common.format.output_type)?;
    let loader_args = loader_args(&args.dataloader_args)?;
    let scores = kipoi_scores(args.scoring, &args.scoring_kwargs)?;
    let variants = VariantInput::File(args.vcf_path);
    let mut request = request(model, variants, outputs, args.common, &KIPOI, (loader_args, scores))?;
    request.windows.restriction_bed = args.restriction_bed;
    Ok(request)
}

/// The outputs as typed; `stdout` says what `-` gets.
fn outputs(typed: impl IntoIterator<Item = PathBuf>, stdout: Option<StdoutChoice>) -> Result<Vec<Output>, UsageError> {
    let bgzip = matches!(stdout, Some(StdoutChoice::Z | StdoutChoice::B));
    let bcf = matches!(stdout, Some(StdoutChoice::B | StdoutChoice::U));
    let output = |path: PathBuf| if path.as_os_str() == "-" { Output::Stdout { bgzip, bcf } } else { path.into() };
    let outputs: Vec<_> = typed.into_iter().map(output).collect();
    if stdout.is_some() && !outputs.iter().any(|output| matches!(output, Output::Stdout { .. })) {
        let message = "-O applies to standard output only; add `-o -`, or drop -O (file names set the format)";
        return Err(message.into());
    }
    Ok(outputs)
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
    request.model = engine.choice(model);
    request.samples = samples.choice(loader_args)?;
    request.windows = windows.choice(defaults.centering, None);
    request.scores = output_selection.choice(scores);
    request.variants.ref_mismatch = match rules.ref_mismatch.unwrap_or(defaults.ref_mismatch) {
        RefMismatchRule::Skip => RefMismatch::Skip,
        RefMismatchRule::Overwrite => RefMismatch::Overwrite,
        RefMismatchRule::Error => RefMismatch::Error,
    };
    request.variants.max_ref_mismatch = rules.max_ref_mismatch;
    request.vcf = vcf_choice(format, rules.multi_region, defaults);
    Ok(request)
}

fn vcf_choice(format: VcfArgs, multi_region: Option<MultiRegionChoice>, defaults: &Defaults) -> VcfChoice {
    let mut choice = VcfChoice::default();
    choice.style = match format.info_style.unwrap_or(defaults.info_style) {
        InfoStyleChoice::Kipoi => VcfStyle::Kipoi { source: DIR_SOURCE.into() },
        InfoStyleChoice::Native => VcfStyle::Native {
            layout: match format.info_layout {
                InfoLayoutChoice::Packed => InfoLayout::Packed,
                InfoLayoutChoice::PerTask => InfoLayout::PerTask,
            },
            digits: format.digits,
        },
    };
    choice.model_name = format.model_name;
    choice.multi_region = match multi_region.unwrap_or(defaults.multi_region) {
        MultiRegionChoice::Nearest => MultiRegion::Nearest,
        MultiRegionChoice::Maxabs => MultiRegion::MaxAbs,
        MultiRegionChoice::Records => MultiRegion::Records,
    };
    choice.only_scored = format.only_scored.unwrap_or(defaults.only_scored);
    choice.std_var_id = format.std_var_id;
    choice.on_existing = match format.on_existing {
        OnExistingChoice::Replace => OnExisting::Replace,
        OnExistingChoice::Error => OnExisting::Error,
    };
    choice
}

fn run(mut request: ScoreVariants, registry: &PluginRegistry) -> CliResult {
    request.stop = stop();
    let summary = observed("records", |observe| request.run(registry, observe))?;
    report(&summary, &request.outputs)
}
