//! Which crates are in the command and its plugins: what they depend on, but for what only writes code while they are
//! built, told by `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::cargo::Cargo;
use crate::error::Error;
use crate::json::Json;
use crate::layout::Layout;

/// What is handed to users.
const SHIPPED: [&str; 4] = ["kipos-cli", "kipos-plugin-onnx", "kipos-plugin-scorers", "kipos-plugin-torch"];

/// A crate of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) version: String,
    /// As SPDX spells it.
    pub(super) licence: String,
    /// Where it is developed; may be empty.
    pub(super) repository: String,
    pub(super) authors: Vec<String>,
    /// Where cargo has unpacked it.
    pub(super) directory: PathBuf,
}

impl Crate {
    /// Its authors in one line.
    pub(super) fn authors(&self) -> String {
        if self.authors.is_empty() { "no authors are named".into() } else { self.authors.join(", ") }
    }
}

/// The crates of others that are linked, by name and version.
pub(super) fn linked(layout: &Layout) -> Result<Vec<Crate>, Error> {
    let arguments =
        ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", super::PLATFORM];
    let answer = Cargo::plain(layout).output(&arguments)?;
    let unread = || Error::Failed {
        command: format!("cargo {}", arguments.join(" ")),
        status: "its answer cannot be read".into(),
    };
    let json = Json::parse(&answer).ok_or_else(unread)?;
    of_metadata(&json).ok_or_else(unread)
}

/// The crates that the answer of cargo lists below what is [`SHIPPED`].
fn of_metadata(json: &Json) -> Option<Vec<Crate>> {
    let text = |json: &Json, key: &str| json.get(key).and_then(Json::text).unwrap_or_default().to_owned();
    let packages: BTreeMap<&str, &Json> = json
        .get("packages")?
        .items()
        .iter()
        .filter_map(|package| Some((package.get("id")?.text()?, package)))
        .collect();
    let nodes: BTreeMap<&str, &Json> = json
        .get("resolve")?
        .get("nodes")?
        .items()
        .iter()
        .filter_map(|node| Some((node.get("id")?.text()?, node)))
        .collect();
    let is_shipped = |package: &Json| SHIPPED.contains(&text(package, "name").as_str());
    let mut waiting: Vec<&str> =
        packages.iter().filter(|(_, package)| is_shipped(package)).map(|(id, _)| *id).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !is_macro(packages.get(id)?) && seen.insert(id) {
            let needs = nodes.get(id)?.get("deps")?.items().iter().filter(|need| is_linked(need));
            waiting.extend(needs.filter_map(|need| need.get("pkg")?.text()));
        }
    }
    let mut crates = Vec::new();
    // Crates of this workspace have no source.
    for package in seen
        .iter()
        .filter_map(|id| packages.get(id))
        .filter(|package| package.get("source").and_then(Json::text).is_some())
    {
        let authors = package.get("authors").map(Json::items).unwrap_or_default();
        let mut directory = PathBuf::from(text(package, "manifest_path"));
        directory.pop();
        crates.push(Crate {
            name: text(package, "name"),
            version: text(package, "version"),
            licence: Some(text(package, "license"))
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "its text is below".into()),
            repository: text(package, "repository"),
            authors: authors.iter().filter_map(|author| author.text().map(name)).collect(),
            directory,
        });
    }
    crates.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Some(crates)
}

/// Whether a crate holds macros, which are run by the compiler.
fn is_macro(package: &Json) -> bool {
    let targets = package.get("targets").map(Json::items).unwrap_or_default();
    let kinds = targets.iter().filter_map(|target| target.get("kind")).flat_map(Json::items);
    kinds.filter_map(Json::text).any(|kind| kind == "proc-macro")
}

/// The name of an author, without the address behind it.
fn name(author: &str) -> String {
    author.split('<').next().unwrap_or_default().trim().to_owned()
}

/// Whether a dependency becomes part of a program: not only of its tests or of its build script.
fn is_linked(need: &Json) -> bool {
    let kinds = need.get("dep_kinds").map(Json::items).unwrap_or_default();
    kinds.iter().any(|kind| kind.get("kind").and_then(Json::text).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_found_through_others_and_nothing_else() {
        let package = |name: &str, source: &str| {
            let kind = if name == "macro" { "proc-macro" } else { "lib" };
            format!(
                r#"{{"id": "{name}", "name": "{name}", "version": "1.0.0", "license": "MIT", "source": {source},
                    "manifest_path": "/src/{name}/Cargo.toml", "authors": ["A B <a@b>"], "targets": [{{"kind": ["{kind}"]}}]}}"#
            )
        };
        let need = |name: &str, kind: &str| format!(r#"{{"pkg": "{name}", "dep_kinds": [{{"kind": {kind}}}]}}"#);
        let node = |name: &str, needs: &[String]| format!(r#"{{"id": "{name}", "deps": [{}]}}"#, needs.join(","));
        let registry = "\"registry\"";
        let packages = [
            package("kipos-cli", "null"),
            package("kipos", "null"),
            package("far", registry),
            package("near", registry),
            package("test", registry),
            package("build", registry),
            package("other", registry),
            package("macro", registry),
        ];
        let nodes = [
            node("kipos-cli", &[need("kipos", "null"), need("test", "\"dev\"")]),
            node("kipos", &[need("near", "null"), need("build", "\"build\"")]),
            node("near", &[need("far", "null"), need("macro", "null")]),
            node("macro", &[need("other", "null")]),
            node("far", &[]),
            node("other", &[]),
        ];
        let text =
            format!(r#"{{"packages": [{}], "resolve": {{"nodes": [{}]}}}}"#, packages.join(","), nodes.join(","));
        let crates = of_metadata(&Json::parse(&text).unwrap()).unwrap();
        let names: Vec<_> = crates.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["far", "near"]);
        assert_eq!(crates[0].directory, PathBuf::from("/src/far"));
        assert_eq!(crates[0].authors(), "A B");
    }
}
