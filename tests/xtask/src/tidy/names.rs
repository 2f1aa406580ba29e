//! No public type name twice in a crate: a name stands for one thing.

use std::collections::BTreeMap;

use super::finding;
use super::source::Source;

/// Public types whose name another public type of the same crate has.
pub(super) fn twice(sources: &[Source]) -> Vec<String> {
    let mut places: BTreeMap<(&str, &str), Vec<(&str, usize)>> = BTreeMap::new();
    for source in sources {
        let Some((package, _)) = source.path.split_once("/src/") else { continue };
        for (line, code) in source.code_lines() {
            if let Some(name) = public_type(code) {
                places.entry((package, name)).or_default().push((&source.path, line));
            }
        }
    }
    let twice = places.iter().filter(|(_, places)| places.len() > 1);
    let report = |((_, name), places): (&(&str, &str), &Vec<(&str, usize)>)| {
        let (path, line) = places[1];
        finding(path, line, &format!("`{name}` is the name of a public type in {} too", places[0].0))
    };
    twice.map(report).collect()
}

/// The name of the public type that a line declares.
fn public_type(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ")?;
    let line = line.strip_prefix("unsafe ").unwrap_or(line);
    let name = ["struct ", "enum ", "trait ", "type ", "union "].iter().find_map(|kind| line.strip_prefix(kind))?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_twice_is_found_within_a_crate() {
        let file = |path: &str, code: &str| Source::new(path, code);
        let sources = [
            file("host/src/a.rs", "pub struct Window;\nstruct Own;\npub(crate) struct Near;\n"),
            file("host/src/b.rs", "pub enum Window<T> {}\nstruct Own;\npub(crate) struct Near;\n"),
            file("plugin-api/src/a.rs", "pub trait Window {}\n"),
            file("host/src/c.rs", "#[cfg(test)]\nmod tests {\npub struct Window;\n}\n"),
        ];
        assert_eq!(twice(&sources), ["host/src/b.rs:1: `Window` is the name of a public type in host/src/a.rs too"]);
    }
}
