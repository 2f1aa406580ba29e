//! A model directory: the description of the model and that of its dataloader.

use std::path::{Path, PathBuf};

use super::agreement::check_agreement;
use super::dataloader::{DataloaderSpec, bare, find_dataloader, read_dataloader};
use super::dna_inputs::{DnaInput, dna_inputs};
use super::document::Document;
use super::error::{SpecError, SpecWarning};
use super::model::{ModelSpec, read_model};
use super::model_source::ModelSource;
use super::native_loader::NativeLoader;
use crate::name_list::find_listed;

/// Everything that the files of a model say.
#[derive(Debug, Clone)]
pub struct ModelDir {
    path: PathBuf,
    pub(super) model: ModelSpec,
    /// The models that it is combined with.
    pub(super) members: Vec<ModelDir>,
    /// The files that describe the model.
    described_in: Vec<PathBuf>,
    loader: Result<DataloaderSpec, SpecError>,
    warnings: Vec<SpecWarning>,
    files: Vec<PathBuf>,
}

impl ModelDir {
    /// Reads the model in directory `path`, which holds a `model.yaml` or `model.yml`; `path` may also be that file, or
    /// the directory of a group of models with the name of one of them behind it.
    ///
    /// A dataloader that is missing or wrong is no error here, as a model can be looked at without it: see
    /// [`loader`](Self::loader).
    ///
    /// # Errors
    /// [`SpecError`] if there is no model description, or something is wrong in it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SpecError> {
        let source = ModelSource::find(path.as_ref())?;
        let document = &source.document;
        let mut warnings = Vec::new();
        let mut model = read_model(document, &mut warnings)?;
        if let Some((_, member)) = &source.group {
            model.name = member.rsplit('/').next().unwrap_or(member).to_owned();
        }
        let path = document.directory().to_owned();
        let mut files = source.files();
        let table = source.group.as_ref().map(|(group, _)| group.table());
        let described_in = [document.file().to_owned()].into_iter().chain(table).collect();
        let loader = source.loader_document(&model.default_dataloader, &model.dataloader_at).and_then(|loader| {
            files.extend(loader.files());
            loader.read(&mut warnings)
        });
        Ok(Self { path, model, members: Vec::new(), described_in, loader, warnings, files })
    }

    /// The directory: relative paths in the description start from it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files that describe the model and its dataloader; for a member of a group, the templates and their table.
    pub(crate) fn description_files(&self) -> Vec<&Path> {
        let loader = self.loader.as_ref().ok().map(|loader| loader.file.as_path()).filter(|file| file.is_file());
        let mut files: Vec<&Path> = self.described_in.iter().map(PathBuf::as_path).chain(loader).collect();
        files.dedup();
        files
    }

    /// The model.
    pub fn model(&self) -> &ModelSpec {
        &self.model
    }

    /// The dataloader that the model is used with.
    ///
    /// # Errors
    /// [`SpecError::NoDataloader`] if the file that the model names does not exist, or what is wrong in it.
    pub fn loader(&self) -> Result<&DataloaderSpec, SpecError> {
        self.loader.as_ref().map_err(Clone::clone)
    }

    /// Puts another dataloader in the place of the one that the model names: a built-in class such as
    /// `kipoiseq.dataloaders.SeqIntervalDl`, a `dataloader.yaml`, or the directory of one.
    ///
    /// # Errors
    /// [`SpecError::UnknownDataloader`] if it is none of these, or what is wrong in its description.
    pub fn replace_loader(&mut self, named: &str) -> Result<(), SpecError> {
        let loader = match NativeLoader::from_defined_as(named) {
            Some(native) => bare(named, Some(native), named.into()),
            None => {
                let path = Path::new(named);
                let file = if path.is_file() { Some(path.to_owned()) } else { find_dataloader(path) };
                let file = file.ok_or_else(|| SpecError::UnknownDataloader { name: named.into() })?;
                let document = Document::read(&file)?;
                self.files.extend(document.files());
                read_dataloader(&document, &mut self.warnings)?
            }
        };
        self.loader = Ok(loader);
        Ok(())
    }

    /// The files that were read, and every file that a text in them may name.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What is strange in the files, in their order.
    pub fn warnings(&self) -> &[SpecWarning] {
        &self.warnings
    }

    /// The inputs that hold DNA: those that `seq_input` lists, else those whose special type says so in the
    /// description of the model or of the dataloader. May be empty.
    pub fn dna_inputs(&self) -> Vec<DnaInput> {
        let listed = self.model.variant_effects.as_ref().map(|effects| effects.seq_input.as_slice());
        dna_inputs(&self.model, self.loader.as_ref().ok(), listed)
    }

    /// The inputs named `names` as DNA inputs, in place of what the files say; a name may hold several, parted by commas.
    ///
    /// # Errors
    /// [`SpecError::UnknownInput`] listing the inputs, if one of the names is not among them.
    pub fn dna_inputs_named(&self, names: &[String]) -> Result<Vec<DnaInput>, SpecError> {
        let known = || self.model.inputs.iter().map(|input| input.name.as_str());
        let listed = find_listed(names, |name| match known().find(|known| *known == name) {
            Some(known) => Ok(known.to_owned()),
            None => Err(SpecError::UnknownInput {
                name: name.to_owned(),
                model: self.model.name.clone(),
                known: known().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", "),
            }),
        })?;
        Ok(dna_inputs(&self.model, self.loader.as_ref().ok(), Some(&listed)))
    }

    /// Checks that the dataloader gives every input that the model takes, in a shape that fits, as far as its
    /// description says.
    ///
    /// # Errors
    /// [`SpecError::UnknownName`] or [`SpecError::ShapeMismatch`] for the first input that does not fit; the error of
    /// [`loader`](Self::loader) if there is no dataloader.
    pub fn check_agreement(&self) -> Result<(), SpecError> {
        check_agreement(&self.model, self.loader()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::dna_inputs::DnaEncoding;
    use std::fs;

    const MODEL: &str = "\
type: onnx
args: {}
info: {}
schema:
  inputs:
    shape: (200, 4)
  targets:
    shape: (1,)
";

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(directory.path().join(name), text).unwrap();
        }
        directory
    }

    /// The message with the name of the temporary directory replaced.
    fn message(directory: &tempfile::TempDir, error: &SpecError) -> String {
        error.to_string().replace(&directory.path().display().to_string(), "DIR")
    }

    #[test]
    fn a_model_can_be_named_by_directory_or_file() {
        let files = directory(&[("model.yml", MODEL)]);
        let by_directory = ModelDir::open(files.path()).unwrap();
        let by_file = ModelDir::open(files.path().join("model.yml")).unwrap();
        assert_eq!(by_directory.path(), files.path());
        assert_eq!(by_directory.model(), by_file.model());
        assert_eq!(by_directory.model().name, files.path().file_name().unwrap().to_string_lossy());
    }

    #[test]
    fn a_missing_model_is_an_error() {
        let files = directory(&[("model-template.yaml", "")]);
        insta::assert_snapshot!(message(&files, &ModelDir::open(files.path()).unwrap_err()), @"no model.yaml or model.yml in DIR; model-template.yaml describes a group of models; name one of them (`kipos model ls` lists them)");
        let empty = directory(&[]);
        insta::assert_snapshot!(message(&empty, &ModelDir::open(empty.path()).unwrap_err()), @"no model.yaml or model.yml in DIR; name the directory that holds one");
        insta::assert_snapshot!(message(&empty, &ModelDir::open(empty.path().join("x")).unwrap_err()), @"no model.yaml or model.yml in DIR/x, which does not exist; name the directory that holds one");
    }

    #[test]
    fn a_missing_dataloader_leaves_the_model_readable() {
        let files = directory(&[("model.yaml", MODEL)]);
        let model = ModelDir::open(files.path()).unwrap();
        insta::assert_snapshot!(message(&files, &model.loader().unwrap_err()), @"DIR/model.yaml:1: no dataloader.yaml or dataloader.yml in DIR, which `default_dataloader` names; name a built-in dataloader instead (`defined_as: kipoiseq.dataloaders.SeqIntervalDl`) or add the file");
        let files = directory(&[("model.yaml", &format!("{MODEL}default_dataloader: sub\n"))]);
        let model = ModelDir::open(files.path()).unwrap();
        insta::assert_snapshot!(message(&files, &model.loader().unwrap_err()), @"DIR/model.yaml:9: no dataloader.yaml or dataloader.yml in DIR/sub, which `default_dataloader` names; name a built-in dataloader instead (`defined_as: kipoiseq.dataloaders.SeqIntervalDl`) or add the file");
    }

    #[test]
    fn names_of_dna_inputs_are_checked() {
        let loader = "defined_as: kipoiseq.dataloaders.StringSeqIntervalDl\n";
        let files = directory(&[("model.yaml", MODEL), ("dataloader.yaml", loader)]);
        let model = ModelDir::open(files.path()).unwrap();
        let named = model.dna_inputs_named(&["input".into()]).unwrap();
        assert_eq!(named, model.dna_inputs());
        assert_eq!(named, [DnaInput { index: 0, name: "input".into(), encoding: DnaEncoding::Text }]);
        let error = model.dna_inputs_named(&["seq".into()]).unwrap_err();
        let error = error.to_string().replace(&model.model().name, "MODEL");
        insta::assert_snapshot!(error, @"--seq-input seq: MODEL has no such input; inputs: `input`");
    }
}
