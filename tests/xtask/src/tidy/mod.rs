//! What holds the house together and no compiler checks: sizes, names, who may import whom, words, and links.
//!
//! Sources are scanned, not parsed: a line of a table here is easier to read than a syntax tree. Each rule gives its
//! findings as lines `path:line: what is wrong`, and has tests that show that it can fail.

mod doors;
mod names;
mod pages;
mod rooms;
mod source;
mod tests_say;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use pages::Page;
use source::Source;

/// Files that are longer are hard to read at once.
const MOST_LINES: usize = 500;

/// A place in the sources that breaks a rule.
fn finding(path: &str, line: usize, problem: &str) -> String {
    format!("{path}:{line}: {problem}")
}

/// Files of more lines than [`MOST_LINES`].
fn too_long(sources: &[Source]) -> Vec<String> {
    let long = sources.iter().filter(|source| source.lines > MOST_LINES);
    long.map(|source| finding(&source.path, source.lines, &format!("more than {MOST_LINES} lines"))).collect()
}

/// The root of the checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All Rust files below `root` but what is built or fetched.
fn all_sources(root: &Path) -> Vec<Source> {
    let mut sources = read_all(root, ".rs", Source::new);
    source::mark_test_files(&mut sources);
    sources
}

/// What `read` makes of the path and the text of each file below `root` with this ending.
fn read_all<T>(root: &Path, ending: &str, read: impl Fn(&str, &str) -> T) -> Vec<T> {
    let mut files = Vec::new();
    collect(root, ending, &mut files);
    files.sort();
    let read = |file: &PathBuf| {
        let path = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        read(&path, &fs::read_to_string(file).unwrap())
    };
    files.iter().map(read).collect()
}

fn collect(directory: &Path, ending: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_symlink() || name.starts_with('.') || matches!(name, "target" | "shared") {
            continue;
        }
        if path.is_dir() {
            collect(&path, ending, files);
        } else if name.ends_with(ending) {
            files.push(path);
        }
    }
}

#[test]
fn the_house_is_tidy() {
    let sources = all_sources(&root());
    assert!(sources.len() > 300, "only {} files found", sources.len());
    let rules =
        [too_long, names::twice, rooms::imports, rooms::crates, doors::passed_by, words::banned, tests_say::nothing];
    let findings: Vec<String> = rules.iter().flat_map(|rule| rule(&sources)).collect();
    assert!(findings.is_empty(), "{} places break a rule:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn the_pages_hold_together() {
    let root = root();
    let pages = read_all(&root, ".md", Page::new);
    assert!(pages.len() > 20, "only {} pages found", pages.len());
    let mut findings = pages::long_readme(&pages);
    findings.extend(pages::broken_links(&pages, |path| root.join(path).exists()));
    assert!(findings.is_empty(), "{} places break a rule:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn a_long_file_is_found() {
    let file = |lines: usize| Source::new("host/src/a.rs", &"// a\n".repeat(lines));
    assert_eq!(too_long(&[file(500)]), [""; 0]);
    assert_eq!(too_long(&[file(501)]), ["host/src/a.rs:501: more than 500 lines"]);
}
