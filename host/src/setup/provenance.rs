//! What the results of a run follow from, as its choices and files tell.

use std::path::{Path, PathBuf};

use kipos_plugin_api::{ABI_VERSION, Value};

use super::choices::Choices;
use super::{Opened, OpenedSamples, SetupError};
use crate::dataloader::SeqInterval;
use crate::description::ModelDir;
use crate::genome::Contig;
use crate::plugin::{PluginModel, PluginRegistry};
use crate::provenance::{FileDigests, GenomeDigest, Provenance, model_files};
use crate::region::{RegionMode, RegionPlan};
use crate::request::{ModelChoice, SampleChoice};
use crate::run::Event;
use crate::samples::EdgeRule;
use crate::stop::Stop;

/// Arguments of dataloaders that name files: what is read of them has digests of its own.
const FILE_ARGUMENTS: [&str; 2] = ["fasta_file", "intervals_file"];

/// Where what a run follows from is looked up.
#[derive(Clone, Copy)]
pub(crate) struct ProvenanceSource<'a> {
    /// The model.
    pub(crate) directory: &'a ModelDir,
    /// The model's name in the outputs.
    pub(crate) name: &'a str,
    /// The loaded model and the plugins, if it is run.
    pub(crate) running: Option<(&'a PluginModel, &'a PluginRegistry)>,
    /// What asks the run to stop.
    pub(crate) stop: &'a Stop,
}

impl ProvenanceSource<'_> {
    fn state_dir(&self) -> Option<&Path> {
        self.running.and_then(|(_, registry)| registry.state_dir())
    }

    fn loaded_files(&self) -> &[PathBuf] {
        self.running.map_or(&[], |(model, _)| model.files())
    }

    fn digests(&self) -> FileDigests<'_> {
        FileDigests::new(self.state_dir())
    }

    /// The versions, the model, its plugin and its engine.
    pub(crate) fn of_model(&self, choice: &ModelChoice) -> Provenance {
        let (major, minor) = ABI_VERSION;
        let kipos =
            Provenance::new().with("version", env!("CARGO_PKG_VERSION")).with("abi", format_args!("{major}.{minor}"));
        let spec = self.directory.model();
        let inputs = (!choice.seq_input.is_empty()).then(|| choice.seq_input.join(", "));
        let model = Provenance::new()
            .with("name", self.name)
            .with("backend", &spec.type_)
            .with_known("seq_input", inputs)
            .with_group("files", model_files(self.directory, self.loaded_files(), self.digests()));
        let named = |name: &str, version: &str| Provenance::new().with("name", name).with("version", version);
        let plugin = self.running.and_then(|(_, registry)| registry.backend_library(&spec.type_));
        let plugin = plugin.map(|library| named(&library.name, &library.version)).unwrap_or_default();
        let engine = self.running.and_then(|(model, _)| model.engine_release());
        let engine = engine.map(|engine| named(&engine.name, &engine.version)).unwrap_or_default();
        Provenance::new()
            .with_group("kipos", kipos)
            .with_group("model", model)
            .with_group("plugin", plugin)
            .with_group("engine", engine)
    }

    /// The same, with the dataloader and the genome; prepared samples have neither.
    ///
    /// # Errors
    /// A genome that cannot be read.
    pub(crate) fn of_samples(
        &self,
        model: &ModelChoice,
        samples: &SampleChoice,
        genome: Option<(&SeqInterval, &[Contig])>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Provenance, SetupError> {
        let contig_map = samples.contig_map.as_ref().and_then(|path| self.digests().of(path).ok());
        let about = self.of_model(model);
        let Some((loader, contigs)) = genome else {
            let prepared = Provenance::new().with("source", "prepared").with_known("contig_map", contig_map);
            return Ok(about.with_group("samples", prepared));
        };
        let announce = &mut |text| observe(Event::Note(text));
        let genome = GenomeDigest::of(&loader.fasta_file, contigs, self.state_dir(), self.stop, announce)?;
        let edge = match samples.edge {
            EdgeRule::Skip => "skip",
            EdgeRule::Pad => "pad",
            EdgeRule::Error => "error",
        };
        let samples_about =
            Provenance::new().with("source", "genome").with("edge", edge).with_known("contig_map", contig_map);
        Ok(about
            .with_group("dataloader", self.dataloader(samples))
            .with_group("genome", genome.provenance())
            .with_group("samples", samples_about))
    }

    /// The class of the dataloader, and the arguments that stand beside those of its description.
    fn dataloader(&self, samples: &SampleChoice) -> Provenance {
        let given = samples.loader_args.iter().filter(|(name, _)| !FILE_ARGUMENTS.contains(&name.as_str()));
        let mut given: Vec<_> = given.collect();
        given.sort_by(|(a, _), (b, _)| a.cmp(b));
        let arguments = given.into_iter().fold(Provenance::new(), |arguments, (name, value)| match value {
            Value::String(text) => arguments.with(name, text),
            value => arguments.with(name, value),
        });
        let class = self.directory.loader().ok().map(|loader| &loader.defined_as);
        Provenance::new().with_known("class", class).with_group("arguments", arguments)
    }
}

impl Opened {
    /// What a run of these choices follows from, but for its outputs and scores, with windows of `length` bases.
    ///
    /// # Errors
    /// A genome that cannot be read.
    pub(crate) fn provenance(
        &self,
        choices: Choices<'_>,
        name: &str,
        running: Option<(&PluginModel, &PluginRegistry)>,
        length: Option<usize>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Provenance, SetupError> {
        let source = ProvenanceSource { directory: &self.directory, name, running, stop: &self.stop };
        let about = source.of_samples(choices.model, choices.samples, self.genome(), observe)?;
        Ok(about.with_group("windows", self.windows(choices, length, source.digests())))
    }

    /// The dataloader and the contigs of its genome, if there is one.
    fn genome(&self) -> Option<(&SeqInterval, &[Contig])> {
        match &self.samples {
            OpenedSamples::Genome(loader, fasta) => Some((loader, fasta.contigs())),
            OpenedSamples::Prepared(_) => None,
        }
    }

    /// The rule by which alleles get their windows.
    fn windows(&self, choices: Choices<'_>, length: Option<usize>, digests: FileDigests<'_>) -> Provenance {
        let choice = choices.windows;
        let max_n = (choice.max_n < 1.0).then_some(choice.max_n);
        let Some((loader, _)) = self.genome() else {
            return Provenance::new().with("mode", "samples").with_known("max_n", max_n);
        };
        let (length, centering) = match &choice.plan {
            Some(
                RegionPlan::Centered { length, centering }
                | RegionPlan::Tiled { length, centering, .. }
                | RegionPlan::Restricted { length, centering, .. },
            ) => (Some(*length), *centering),
            // An offset that cannot be is refused when windows are planned.
            _ => (length, choice.centering(self.directory.model(), length).unwrap_or_default()),
        };
        let index = length.and_then(|length| centering.index(length));
        let step = match self.mode {
            // Tiles that cannot be are refused when they are planned.
            RegionMode::Tiled(tiling) => length.zip(index).and_then(|(length, index)| tiling.step(length, index).ok()),
            RegionMode::Centered | RegionMode::Restricted | RegionMode::Overlap => None,
        };
        let (mode, file, index) = match self.mode {
            RegionMode::Centered => ("centered", None, index),
            RegionMode::Tiled(_) => ("tiles", None, index),
            RegionMode::Restricted => ("restricted", choice.restriction_bed.as_ref(), index),
            RegionMode::Overlap => ("overlap", loader.intervals_file.as_ref(), None),
        };
        let regions = match &choice.plan {
            Some(_) if self.mode.has_regions() => Some("of the program".to_owned()),
            _ => file.and_then(|file| digests.of(file).ok()),
        };
        Provenance::new()
            .with("mode", mode)
            .with_known("length", length)
            .with_known("variant_index", index)
            .with_known("step", step)
            .with_known("regions", regions)
            .with_known("max_n", max_n)
    }
}
