//! What is converted: the files of a model as they were published, or a directory of Kipoi.

use std::path::{Path, PathBuf, absolute};

use kipos::{ConversionError, LOCK_FILE, ModelDir};
use kipos_plugin_api::Value;
use serde_json::{Value as Json, json};

use super::super::error::{CliResult, UsageError};
use super::super::value_json;
use super::args::ConvertArgs;
use super::licence;

/// The types of Kipoi whose models Python converts, or tells what to do with.
const TYPES: [&str; 5] = ["keras", "tensorflow", "tensorflow2", "pytorch", "sklearn"];
/// The arguments of these types that name files.
const FILES: [&str; 8] = [
    "weights",
    "arch",
    "custom_objects",
    "module_file",
    "file",
    "savedmodel_path",
    "checkpoint_path",
    "const_feed_dict_pkl",
];

/// What is converted.
pub enum Source {
    /// Files of one model, by absolute paths.
    Files(Vec<PathBuf>),
    /// A directory of Kipoi, which the converted file is put into.
    Kipoi(Box<ModelDir>),
}

impl Source {
    /// What the arguments name.
    ///
    /// # Errors
    /// Paths that do not exist; a directory of Kipoi that cannot be read, or whose model needs no Python.
    pub fn of(args: &ConvertArgs) -> CliResult<Self> {
        if let Some(absent) = args.sources.iter().find(|path| !path.exists()) {
            return Err(UsageError::from(format!("{}: no such file or directory", absent.display())).into());
        }
        let described = |path: &PathBuf| ["model.yaml", "model.yml"].iter().any(|name| path.join(name).is_file());
        match args.sources.as_slice() {
            [only] if described(only) => Self::kipoi(only, args),
            sources if sources.iter().any(described) => {
                Err(UsageError::from("a directory with a model.yaml is converted alone; name it as the only SOURCE")
                    .into())
            }
            sources => Ok(Self::Files(sources.iter().map(absolute).collect::<Result<_, _>>()?)),
        }
    }

    fn kipoi(path: &Path, args: &ConvertArgs) -> CliResult<Self> {
        let directory = ModelDir::open(path)?;
        let spec = directory.model();
        let refuse = |problem: String| Err(UsageError::from(format!("{}: {problem}", path.display())).into());
        if args.output.is_some() {
            return refuse("the converted file is put into this directory; leave out --output".into());
        }
        if args.class.is_some() || !args.shape.is_empty() {
            return refuse("class and shapes are those of model.yaml; leave out --class and --shape".into());
        }
        if !TYPES.contains(&spec.type_.as_str()) {
            return refuse(format!("a model of type `{}` is not of Keras, TensorFlow or PyTorch", spec.type_));
        }
        if spec.args.get("file").is_some() && spec.args.get("build_fn").is_none() {
            return refuse("`args.file` names the file to run, so there is nothing to convert".into());
        }
        spec.remote_files.iter().try_for_each(kipos::RemoteFile::check)?;
        Ok(Self::Kipoi(Box::new(directory)))
    }

    /// The directory that the converted model is put into.
    pub fn target(&self, typed: Option<&Path>) -> PathBuf {
        match (self, typed) {
            (Self::Kipoi(directory), _) => directory.path().to_owned(),
            (Self::Files(_), Some(typed)) => typed.to_owned(),
            (Self::Files(files), None) => naming(files).file_stem().unwrap_or_default().into(),
        }
    }

    /// Where a model of these files is from, in a word.
    pub fn origin(&self, files: &[PathBuf]) -> String {
        let path = match self {
            Self::Kipoi(directory) => directory.path(),
            Self::Files(_) => naming(files),
        };
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The part of a request that says what is converted: these files, all or those of a member; or the description.
    pub fn request(&self, files: &[PathBuf], args: &ConvertArgs) -> Json {
        let shapes = |shapes: &mut dyn Iterator<Item = Vec<Option<usize>>>| shapes.collect::<Vec<_>>();
        match self {
            Self::Files(_) => json!({
                "sources": files.iter().map(|file| file.to_string_lossy()).collect::<Json>(),
                "shapes": (!args.shape.is_empty()).then(|| shapes(&mut args.shape.iter().map(|shape| shape.to_vec()))),
                "class": args.class,
            }),
            Self::Kipoi(directory) => {
                let spec = directory.model();
                let base = absolute(directory.path()).unwrap_or_else(|_| directory.path().to_owned());
                json!({
                    "kind": spec.type_,
                    "arguments": value_json(&with_paths(&spec.args, &base)),
                    "directory": base.to_string_lossy(),
                    "shapes": shapes(&mut spec.inputs.iter().map(|input| input.shape.to_vec())),
                })
            }
        }
    }

    /// The format that the model's own backend runs, if it runs only one.
    pub fn only_format(&self) -> Option<&'static str> {
        match self {
            Self::Files(_) => None,
            Self::Kipoi(directory) if directory.model().type_ == "pytorch" => Some("torchscript"),
            Self::Kipoi(_) => Some("onnx"),
        }
    }

    /// The file that its own backend looks for, if it has one.
    pub fn expected_file(&self) -> Option<&'static str> {
        self.only_format().map(|format| if format == "onnx" { "model.onnx" } else { "model.pt" })
    }

    /// What is said of its licence before anything of it runs.
    pub fn licence(&self) -> String {
        match self {
            Self::Files(files) => licence::beside(files),
            Self::Kipoi(directory) => {
                let info = &directory.model().info;
                let cited = info.cite_as.iter().map(|publication| format!("; cite {publication}"));
                let licence = match &info.license {
                    Some(licence) => format!("licence of the model: {licence}"),
                    None => "model.yaml names no licence of the model; ask its authors before you use it".to_owned(),
                };
                licence + &cited.collect::<String>()
            }
        }
    }
}

/// The one of these files that gives the model its name: the first that is not code.
fn naming(files: &[PathBuf]) -> &Path {
    let weights = files.iter().find(|file| file.extension().is_none_or(|extension| extension != "py"));
    weights.or(files.first()).map_or(Path::new("model"), PathBuf::as_path)
}

/// Arguments in which the paths of files are absolute.
fn with_paths(args: &Value, base: &Path) -> Value {
    fn resolved(value: &Value, base: &Path) -> Value {
        match value {
            Value::String(path) => Value::String(base.join(path).to_string_lossy().into_owned()),
            Value::List(items) => Value::List(items.iter().map(|item| resolved(item, base)).collect()),
            Value::Map(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (key.clone(), resolved(value, base))).collect())
            }
            other => other.clone(),
        }
    }
    match args {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| match FILES.contains(&key.as_str()) {
                    true => (key.clone(), resolved(value, base)),
                    false => (key.clone(), value.clone()),
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Fails if one of these files, which are to be written into a directory without a record, is there already.
pub fn check_not_replaced<'a>(
    directory: &Path,
    files: impl IntoIterator<Item = &'a str>,
) -> Result<(), ConversionError> {
    let is_ours = directory.join(LOCK_FILE).exists();
    let existing = files.into_iter().map(|file| directory.join(file)).find(|file| file.exists());
    match existing.filter(|_| !is_ours) {
        Some(file) => Err(ConversionError::WouldReplace(file)),
        None => Ok(()),
    }
}
