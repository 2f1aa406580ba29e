//! A tree of models: a checkout of a zoo.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::error::SpecError;
use super::group::Group;
use super::model_source::find_model;
use super::near_miss::near_misses;
use crate::internal::caught;

/// Directories within one another; a link to a directory above would otherwise lead on and on.
const DEEPEST: usize = 32;

/// One line of a list of models.
#[derive(Debug, Clone)]
pub enum ListedModels {
    /// A directory with a description of its own: its name from the top of the tree, parts joined by `/`.
    Model(String),
    /// A template with a table: the name of its directory, and those of the models in it.
    Group {
        /// The name of the group from the top of the tree; empty for the top itself.
        name: String,
        /// The names of its models, each as it is asked for from the top of the tree.
        members: Vec<String>,
    },
    /// A group whose table is wrong.
    Unreadable {
        /// The name of the group from the top of the tree; empty for the top itself.
        name: String,
        /// What is wrong.
        error: SpecError,
    },
}

/// The models below directory `zoo`, in the order of their names. Hidden directories are passed over.
///
/// # Errors
/// [`SpecError::Read`] if a directory cannot be read.
pub fn list_models(zoo: &Path) -> Result<Vec<ListedModels>, SpecError> {
    let mut found = Vec::new();
    caught(|| walk(zoo, "", 0, &mut found))??;
    Ok(found)
}

/// The path of model `name` of the tree `zoo`, as [`ModelDir::open`](super::ModelDir::open) takes it: that of a
/// directory, or of a group with the name of a member behind it.
///
/// # Errors
/// [`SpecError::UnknownModel`] with the names that may have been meant; what is wrong with the group that the name is in.
pub fn find_in_zoo(zoo: &Path, name: &str) -> Result<PathBuf, SpecError> {
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if inside && find_model(&zoo.join(name)).is_some() {
        return Ok(zoo.join(name));
    }
    let mut known = Vec::new();
    for listed in list_models(zoo)? {
        match listed {
            ListedModels::Model(model) => known.push(model),
            ListedModels::Group { members, .. } => known.extend(members),
            // It may be a member of this group.
            ListedModels::Unreadable { name: group, error } if Path::new(name).starts_with(&group) => {
                return Err(error);
            }
            ListedModels::Unreadable { .. } => {}
        }
    }
    if known.iter().any(|known| known == name) {
        return Ok(zoo.join(name));
    }
    let near = near_misses(name, known.iter().map(String::as_str));
    Err(SpecError::UnknownModel { zoo: zoo.into(), name: name.into(), near })
}

fn walk(directory: &Path, name: &str, depth: usize, found: &mut Vec<ListedModels>) -> Result<(), SpecError> {
    let unreadable = |source: io::Error| SpecError::Read { file: directory.into(), source: Arc::new(source) };
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}/{part}") };
    let entries = fs::read_dir(directory).map_err(unreadable)?;
    if find_model(directory).is_some() {
        found.push(ListedModels::Model(if name.is_empty() { ".".into() } else { name.into() }));
    }
    match Group::find(directory) {
        Ok(None) => {}
        Ok(Some(group)) => {
            // A model with a description of its own is listed once, where that lies.
            let own = |member: &&str| find_model(&directory.join(member)).is_none();
            let members = group.members().filter(own).map(below).collect();
            found.push(ListedModels::Group { name: name.into(), members });
        }
        Err(error) => found.push(ListedModels::Unreadable { name: name.into(), error }),
    }
    let mut parts = Vec::new();
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let part = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !part.starts_with('.') {
            parts.push((part, entry.path()));
        }
    }
    parts.sort();
    if depth < DEEPEST {
        for (part, path) in parts {
            walk(&path, &below(&part), depth + 1, found)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::ModelDir;

    const TEMPLATE: &str = "type: onnx\nargs: {}\ninfo: {}\nschema:\n  inputs: {shape: ({{ n }}, 4), special_type: DNASeq}\n  \
                            targets: {shape: (1,)}\n";

    fn zoo() -> tempfile::TempDir {
        let zoo = tempfile::tempdir().unwrap();
        for (file, text) in [
            ("a/model.yml", TEMPLATE.replace("{{ n }}", "7")),
            ("g/model-template.yaml", TEMPLATE.replace("(1,)", "(1,)}\nx: {y: 1")),
            ("g/models.tsv", "model\tn\nx/one\t1\ntwo\t2\n".to_owned()),
            (
                "g/dataloader-template.yaml",
                "defined_as: own.Own\nargs:\noutput_schema:\n  inputs: {shape: ({{ n }}, 4)}\n".to_owned(),
            ),
            ("g/two/model.yaml", TEMPLATE.replace("{{ n }}", "9")),
            (".git/model.yaml", String::new()),
        ] {
            let path = zoo.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text.replace("shape: (", "shape: '(").replace(", 4)", ", 4)'").replace("(1,)", "(1,)'"))
                .unwrap();
        }
        zoo
    }

    #[test]
    fn groups_are_folded_and_no_model_is_listed_twice() {
        let listed = list_models(zoo().path()).unwrap();
        let [ListedModels::Model(a), ListedModels::Group { name, members }, ListedModels::Model(two)] = &listed[..]
        else {
            panic!("{listed:?}")
        };
        assert_eq!((a.as_str(), name.as_str(), two.as_str()), ("a", "g", "g/two"));
        assert_eq!(*members, ["g/x/one"]);
    }

    #[test]
    fn a_broken_group_hides_no_other_model() {
        let zoo = zoo();
        fs::write(zoo.path().join("g/models.tsv"), "model\tn\nx/one\n").unwrap();
        let listed = list_models(zoo.path()).unwrap();
        let [ListedModels::Model(_), ListedModels::Unreadable { name, error }, ListedModels::Model(_)] = &listed[..]
        else {
            panic!("{listed:?}")
        };
        assert_eq!(name, "g");
        assert_eq!(find_in_zoo(zoo.path(), "g/x/one").unwrap_err().to_string(), error.to_string());
        assert!(find_in_zoo(zoo.path(), "g/two").is_ok());
        assert!(matches!(find_in_zoo(zoo.path(), "b"), Err(SpecError::UnknownModel { .. })));
    }

    #[test]
    fn members_are_read_from_their_template() {
        let zoo = zoo();
        let open = |name: &str| ModelDir::open(find_in_zoo(zoo.path(), name).unwrap()).unwrap();
        let one = open("g/x/one");
        assert_eq!((one.model().name.as_str(), one.path()), ("one", zoo.path().join("g").as_path()));
        assert_eq!(one.model().inputs[0].shape[0], Some(1));
        assert_eq!(one.loader().unwrap().inputs[0].shape[0], Some(1));
        assert_eq!(
            one.warnings()[0].to_string(),
            format!("{}:7: unknown key `x` is ignored", zoo.path().join("g/model-template.yaml").display())
        );
        assert_eq!(open("g/two").model().inputs[0].shape[0], Some(9));
    }

    #[test]
    fn unknown_names_have_near_misses() {
        let zoo = zoo();
        let message = |name: &str| {
            let error = find_in_zoo(zoo.path(), name).unwrap_err().to_string();
            error.replace(&zoo.path().display().to_string(), "ZOO")
        };
        insta::assert_snapshot!(message("one"), @"no model `one` in ZOO; did you mean g/x/one?");
        insta::assert_snapshot!(message("g/tow"), @"no model `g/tow` in ZOO; did you mean g/two?");
        insta::assert_snapshot!(message("g/x/noe"), @"no model `g/x/noe` in ZOO; did you mean g/x/one?");
        insta::assert_snapshot!(message("../a"), @"no model `../a` in ZOO; `kipos model ls` lists those that are there");
    }
}
