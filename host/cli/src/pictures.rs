//! `plot` and `track`: pictures and tracks of what earlier runs wrote.

use std::path::{Path, PathBuf};

use super::error::{CliResult, UsageError};
use super::picture_args::{KipoiTrackArgs, MapPictureArgs, PictureArgs, PlotGradientArgs, TrackArgs};
use super::reporter::Reporter;
use super::run_results::Drawn;
use super::stopping::stop;
use kipos::{
    GradPlotter, GradientChoice, GradientOptions, GradientTrack, MapTrack, MutationMapOptions, MutationMapPlotter,
    PictureFiles, PlotLimit, Provenance, Scene, Stop, StoredKind, TrackSource, VariantInput, Warning, WarningCode,
    read_annotations, read_provenance, stored_kind, sweep_partial_files, write_track,
};

/// `kipos plot mutation-map` of the file `maps`.
pub fn plot_mutation_map(maps: &Path, args: MapPictureArgs, reporter: &mut Reporter) -> CliResult {
    let MapPictureArgs { picture, choice, look } = args;
    let options = MutationMapOptions {
        limit: limit(&picture),
        reverse_complement: picture.rc_plot,
        minimum_letter_height: look.minimum_letter_height,
        signed_letters: look.signed_letters,
        variant_labels: !look.no_variant_labels,
        color_bar: !picture.no_color_bar,
        palette: picture.colors.into(),
        width: picture.width.map(f64::from),
    };
    let reads: Vec<_> = look.annotation_vcf.iter().cloned().chain([maps.to_owned()]).collect();
    let stop = stop();
    let files = start(&picture, &reads, reporter)?;
    let plotter = MutationMapPlotter::open(maps)?;
    let about = plotter.provenance().cloned();
    reporter.provenance(about.clone());
    let files = files.with_provenance(about);
    let mut drawn = plotter.picture(&choice.into())?;
    if look.ignore_stored_variants {
        drawn.variants.clear();
    }
    let typed = (!look.annotation_variant.is_empty()).then_some(VariantInput::Named(look.annotation_variant));
    if let Some((vcf, own)) = look.annotation_vcf.as_ref().zip(plotter.provenance()) {
        warn_of_other_runs(vcf, maps, own, reporter);
    }
    for input in typed.into_iter().chain(look.annotation_vcf.map(VariantInput::File)) {
        drawn.variants.extend(read_annotations(&input, &drawn.contig)?);
    }
    if let Some(title) = picture.title {
        drawn.title = title;
    }
    write(files, &drawn.draw(&options)?, &picture.output, &stop, reporter)
}

/// `kipos plot gradient`.
pub fn plot_gradient(args: PlotGradientArgs, reporter: &mut Reporter) -> CliResult {
    let PlotGradientArgs { gradients, picture, sample, values, draw_as } = args;
    let choice = GradientChoice {
        sample,
        input: values.model_input,
        transform: values.transform.map(Into::into).unwrap_or_default(),
        seq_dim: values.seq_dim,
        draw_as: draw_as.into(),
        title: picture.title.clone(),
    };
    let options = GradientOptions {
        limit: limit(&picture),
        reverse_complement: picture.rc_plot,
        color_bar: !picture.no_color_bar,
        palette: picture.colors.into(),
        width: picture.width.map(f64::from),
    };
    let stop = stop();
    let files = start(&picture, std::slice::from_ref(&gradients), reporter)?;
    let mut plotter = GradPlotter::open(&gradients)?;
    let about = plotter.provenance();
    reporter.provenance(about.clone());
    let files = files.with_provenance(about);
    let drawn = plotter.picture(&choice)?;
    write(files, &drawn.draw(&options)?, &picture.output, &stop, reporter)
}

/// `kipos track`.
pub fn track(args: TrackArgs, reporter: &mut Reporter) -> CliResult {
    let TrackArgs { file, output, sample, values, choice, merge } = args;
    let mut source: Box<dyn TrackSource> = match stored_kind(&file)? {
        StoredKind::Gradients => {
            if let Some(option) = choice.first_given() {
                return Err(UsageError::from(format!(
                    "{option} applies to mutation maps, but {} holds gradients",
                    file.display()
                ))
                .into());
            }
            let track = GradientTrack::open(&file, sample, values.model_input.as_deref())?;
            let transform = values.transform.map(Into::into).unwrap_or_default();
            Box::new(track.transform(transform).seq_dim(values.seq_dim))
        }
        StoredKind::Maps => {
            if let Some(option) = sample.map(|_| "--sample").or(values.first_given()) {
                return Err(UsageError::from(format!(
                    "{option} applies to gradients, but {} holds mutation maps",
                    file.display()
                ))
                .into());
            }
            Box::new(MapTrack::open(&file, choice.into())?)
        }
    };
    write_track_of(&mut *source, &output, merge, reporter)
}

/// `kipos postproc gr_inp_to_file`.
pub fn kipoi_track(args: KipoiTrackArgs, reporter: &mut Reporter) -> CliResult {
    let mut source = GradientTrack::open(&args.gradients, args.sample, args.model_input.as_deref())?;
    write_track_of(&mut source, &args.output, false, reporter)
}

fn write_track_of(source: &mut dyn TrackSource, output: &Path, merge: bool, reporter: &mut Reporter) -> CliResult {
    let stop = stop();
    sweep_partial_files(&[output.to_owned()]).into_iter().for_each(|warning| reporter.warn(warning));
    let summary = write_track(source, output, merge, &stop)?;
    source.warning().into_iter().for_each(|warning| reporter.warn(warning));
    reporter.done(&summary, &[output.display()]);
    reporter.provenance(source.provenance());
    Ok(())
}

/// Says in what the maps differ from the scores of the same model that the marked variants have.
fn warn_of_other_runs(vcf: &Path, maps: &Path, own: &Provenance, reporter: &mut Reporter) {
    // What cannot be read here says so where the variants are read, or knows nothing.
    for other in read_provenance(vcf).unwrap_or_default() {
        if let Some(difference) = own.difference(&other).filter(|_| other.model() == own.model()) {
            let (vcf, maps) = (vcf.display(), maps.display());
            let text = format!("the run that scored {vcf} differs from that of {maps} in {difference}");
            reporter.warn(Warning::new(WarningCode::RunsDiffer, text));
        }
    }
}

/// Which columns are drawn; each limit has two numbers.
fn limit(args: &PictureArgs) -> PlotLimit {
    match (args.limit_region_genomic.as_deref(), args.limit_region.as_deref()) {
        (Some(&[from, to]), _) => PlotLimit::Genomic(from, to),
        (_, Some(&[from, to])) => PlotLimit::Columns(from, to),
        _ => PlotLimit::All,
    }
}

/// Starts the files of a picture that is made of what `reads` hold.
fn start(picture: &PictureArgs, reads: &[PathBuf], reporter: &mut Reporter) -> CliResult<PictureFiles> {
    sweep_partial_files(&picture.output).into_iter().for_each(|warning| reporter.warn(warning));
    Ok(PictureFiles::create(&picture.output, reads, picture.density)?)
}

fn write(files: PictureFiles, scene: &Scene, outputs: &[PathBuf], stop: &Stop, reporter: &mut Reporter) -> CliResult {
    files.write(scene, stop)?;
    if let Some(text) = &scene.warning {
        reporter.warn(Warning::new(WarningCode::EmptyPicture, text));
    }
    let outputs: Vec<_> = outputs.iter().map(|path| path.display()).collect();
    reporter.done(&Drawn, &outputs);
    Ok(())
}
