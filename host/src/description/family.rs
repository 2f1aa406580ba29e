//! Several models that are combined to one: their descriptions must agree.

use std::path::Path;

use super::array::ArraySpec;
use super::error::SpecError;
use super::model::ModelSpec;
use super::model_dir::ModelDir;

impl ModelDir {
    /// Makes one model of this and `others`, which are combined. What is said of scores, strands and the dataloader is that of
    /// this one. It is called `name`, or else as the directory that all are in, or else as all of them, joined by `+`.
    ///
    /// # Errors
    /// [`SpecError::Members`] for the first that takes or gives other arrays, or has other tasks or scales.
    pub fn with_members(mut self, others: Vec<Self>, name: Option<String>) -> Result<Self, SpecError> {
        for other in &others {
            difference(&self.model, &other.model).map_or(Ok(()), |difference| {
                let (first, member) = (self.path().display().to_string(), other.path().display().to_string());
                Err(SpecError::Members { first, member, difference })
            })?;
        }
        let common = common_name([self.path()].into_iter().chain(others.iter().map(Self::path)));
        let joined = || {
            let names = [&self].into_iter().chain(&others).map(|member| member.model.name.as_str());
            names.collect::<Vec<_>>().join("+")
        };
        let name = name.or(common).unwrap_or_else(joined);
        self.model.name = name;
        self.members = others;
        Ok(self)
    }

    /// The licence of the model; those of all models that are combined, each once. `None` if none is named.
    pub fn license(&self) -> Option<String> {
        let mut named: Vec<&str> = Vec::new();
        for license in [self].into_iter().chain(&self.members).filter_map(|model| model.model.info.license.as_deref()) {
            if !named.contains(&license) {
                named.push(license);
            }
        }
        (!named.is_empty()).then(|| named.join("; "))
    }

    /// The models that this one is combined with.
    pub fn members(&self) -> &[Self] {
        &self.members
    }
}

/// The name of the directory that all of these lie directly in, if it is one.
pub fn common_name<'a>(paths: impl Iterator<Item = &'a Path>) -> Option<String> {
    let mut parents = paths.map(|path| Some(path.canonicalize().ok()?.parent()?.to_owned()));
    let first = parents.next()??;
    parents.all(|parent| parent.as_ref() == Some(&first)).then_some(())?;
    Some(first.file_name()?.to_string_lossy().into_owned())
}

/// In what a model differs from the first, as the continuation of a sentence about it.
fn difference(first: &ModelSpec, other: &ModelSpec) -> Option<String> {
    if first.type_ != other.type_ {
        return Some(format!("its backend is {} instead of {}", other.type_, first.type_));
    }
    let arrays = arrays_differ("input", &first.inputs, &other.inputs);
    let arrays = arrays.or_else(|| arrays_differ("output", &first.targets, &other.targets));
    let scale = |spec: &ModelSpec| -> Vec<_> { spec.kipos.outputs.iter().map(|keys| keys.scale).collect() };
    let scales = scale(first).into_iter().zip(scale(other)).position(|(one, other)| one != other);
    let scales = || scales.map(|at| format!("its output `{}` has another `scale`", first.targets[at].name));
    arrays.or_else(scales)
}

fn arrays_differ(what: &str, first: &[ArraySpec], others: &[ArraySpec]) -> Option<String> {
    if first.len() != others.len() {
        return Some(format!("it has {} {what}s instead of {}", others.len(), first.len()));
    }
    first.iter().zip(others).find_map(|(array, other)| {
        let name = &array.name;
        if *name != other.name {
            return Some(format!("its {what} `{}` stands where the first has `{name}`", other.name));
        }
        if array.shape != other.shape {
            return Some(format!("its {what} `{name}` has shape {} instead of {}", other.shape, array.shape));
        }
        (array.column_labels != other.column_labels).then(|| format!("its {what} `{name}` has other tasks"))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn open(text: &str) -> ModelDir {
        let directory = tempfile::tempdir().unwrap();
        let yaml = format!("type: onnx\nargs: {{file: a}}\ninfo: {{doc: a test}}\n{text}\n");
        fs::write(directory.path().join("model.yaml"), yaml).unwrap();
        ModelDir::open(directory.path()).unwrap()
    }

    const PLAIN: &str =
        "schema: {inputs: {name: seq, shape: '(9, 4)'}, targets: {name: out, shape: '(2,)', column_labels: [a, b]}}";

    fn problem(from: &str, to: &str) -> String {
        assert!(PLAIN.contains(from), "{from}");
        difference(open(PLAIN).model(), open(&PLAIN.replace(from, to)).model()).unwrap_or_default()
    }

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(problem("a, b", "a, b"), "");
        assert_eq!(problem("(9, 4)", "(8, 4)"), "its input `seq` has shape (8, 4) instead of (9, 4)");
        assert_eq!(problem("name: seq", "name: dna"), "its input `dna` stands where the first has `seq`");
        assert_eq!(problem("a, b", "b, a"), "its output `out` has other tasks");
        assert_eq!(problem("}}", "}}\nkipos: {outputs: {out: {scale: log}}}"), "its output `out` has another `scale`");
    }

    #[test]
    fn a_family_is_called_as_the_directory_that_all_lie_in() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["a/one", "a/two", "b/three"].map(|name| directory.path().join(name));
        paths.iter().for_each(|path| fs::create_dir_all(path).unwrap());
        let name = |paths: &[std::path::PathBuf]| common_name(paths.iter().map(std::path::PathBuf::as_path));
        assert_eq!(name(&paths[..2]), Some("a".into()));
        assert_eq!(name(&paths), None);
    }
}
