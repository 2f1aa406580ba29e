//! `plot` and `track`: pictures and tracks of what earlier runs wrote.

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::{CliResult, UsageError};
use super::picture_args::{KipoiTrackArgs, MapPictureArgs, PictureArgs, PlotGradientArgs, TrackArgs};
use super::progress::report;
use super::standard_error::standard_error;
use super::stopping::stop;
use kipos::{
    GradPlotter, GradientChoice, GradientOptions, GradientTrack, MapTrack, MutationMapOptions, MutationMapPlotter,
    PictureFiles, PlotLimit, Provenance, Scene, Stop, StoredKind, TrackSource, VariantInput, read_annotations,
    read_provenance, stored_kind, sweep_partial_files, write_track,
};

/// `kipos plot mutation-map` of the file `maps`.
pub fn plot_mutation_map(maps: &Path, args: MapPictureArgs) -> CliResult {
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
    let files = start(&picture, &reads)?;
    let plotter = MutationMapPlotter::open(maps)?;
    let files = files.with_provenance(plotter.provenance().cloned());
    let mut drawn = plotter.picture(&choice.into())?;
    if look.ignore_stored_variants {
        drawn.variants.clear();
    }
    let typed = (!look.annotation_variant.is_empty()).then_some(VariantInput::Named(look.annotation_variant));
    if let Some((vcf, own)) = look.annotation_vcf.as_ref().zip(plotter.provenance()) {
        warn_of_other_runs(vcf, maps, own)?;
    }
    for input in typed.into_iter().chain(look.annotation_vcf.map(VariantInput::File)) {
        drawn.variants.extend(read_annotations(&input, &drawn.contig)?);
    }
    if let Some(title) = picture.title {
        drawn.title = title;
    }
    write(files, &drawn.draw(&options)?, &picture.output, &stop)
}

/// `kipos plot gradient`.
pub fn plot_gradient(args: PlotGradientArgs) -> CliResult {
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
    let files = start(&picture, std::slice::from_ref(&gradients))?;
    let mut plotter = GradPlotter::open(&gradients)?;
    let files = files.with_provenance(plotter.provenance());
    let drawn = plotter.picture(&choice)?;
    write(files, &drawn.draw(&options)?, &picture.output, &stop)
}

/// `kipos track`.
pub fn track(args: TrackArgs) -> CliResult {
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
    write_track_of(&mut *source, &output, merge)
}

/// `kipos postproc gr_inp_to_file`.
pub fn kipoi_track(args: KipoiTrackArgs) -> CliResult {
    let mut source = GradientTrack::open(&args.gradients, args.sample, args.model_input.as_deref())?;
    write_track_of(&mut source, &args.output, false)
}

fn write_track_of(source: &mut dyn TrackSource, output: &Path, merge: bool) -> CliResult {
    let stop = stop();
    warn(sweep_partial_files(&[output.to_owned()]))?;
    let summary = write_track(source, output, merge, &stop)?;
    warn(source.warning())?;
    report(&summary, &[output.display()])
}

/// Says in what the maps differ from the scores of the same model that the marked variants have.
fn warn_of_other_runs(vcf: &Path, maps: &Path, own: &Provenance) -> CliResult {
    // What cannot be read here says so where the variants are read, or knows nothing.
    for other in read_provenance(vcf).unwrap_or_default() {
        if let Some(difference) = own.difference(&other).filter(|_| other.model() == own.model()) {
            let (vcf, maps) = (vcf.display(), maps.display());
            writeln!(
                standard_error(),
                "warning: the run that scored {vcf} differs from that of {maps} in {difference}"
            )?;
        }
    }
    Ok(())
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
fn start(picture: &PictureArgs, reads: &[PathBuf]) -> CliResult<PictureFiles> {
    warn(sweep_partial_files(&picture.output))?;
    Ok(PictureFiles::create(&picture.output, reads, picture.density)?)
}

fn warn(warning: Option<impl Display>) -> CliResult {
    if let Some(warning) = warning {
        writeln!(standard_error(), "warning: {warning}")?;
    }
    Ok(())
}

fn write(files: PictureFiles, scene: &Scene, outputs: &[PathBuf], stop: &Stop) -> CliResult {
    files.write(scene, stop)?;
    warn(scene.warning.as_ref())?;
    let outputs: Vec<_> = outputs.iter().map(|path| path.display().to_string()).collect();
    writeln!(standard_error(), "wrote {}", outputs.join(", "))?;
    Ok(())
}
