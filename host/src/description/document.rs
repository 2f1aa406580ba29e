//! A YAML file, read and parsed.

use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_yaml::Value as Yaml;

use super::error::{SpecError, SpecPlace, SpecWarning};
use super::locate::{Lines, Step};
use super::node::{Node, is_question};
use super::twins;
use crate::byte_order_mark;

/// In bytes. The largest description of the public zoo has a thousandth of this; the parser's time on hostile input
/// grows with the square.
const LIMIT: u64 = 1 << 20;

/// The text of a YAML file and what it means.
pub(super) struct Document {
    file: PathBuf,
    text: String,
    lines: Lines,
    root: Yaml,
    /// The name in its group of the model that is described, if it has one.
    member: Option<String>,
    /// Keys that stand twice in one map.
    twins: Vec<String>,
}

impl Document {
    /// Reads and parses a file.
    pub(super) fn read(file: &Path) -> Result<Self, SpecError> {
        Self::parse(file, read_bytes(file)?)
    }

    /// Parses the contents of `file`, which is not opened.
    pub(super) fn parse(file: &Path, bytes: Vec<u8>) -> Result<Self, SpecError> {
        let syntax = |line, message: String| SpecError::Syntax { file: file.into(), line, message };
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            syntax(valid.iter().filter(|&&b| b == b'\n').count() + 1, "the text is not UTF-8".into())
        })?;
        let text = text[byte_order_mark::length(text.as_bytes())..].to_owned();
        check_nesting(&text).map_err(|line| syntax(line, "brackets are nested too deeply".into()))?;
        let (mut root, twins) = twins::parse(&text).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line().max(1));
            syntax(line, error.to_string())
        })?;
        root.apply_merge().map_err(|error| {
            let line = text.lines().position(|line| line.trim_start().starts_with("<<")).map_or(1, |i| i + 1);
            syntax(line, error.to_string())
        })?;
        Ok(Self { file: file.into(), lines: Lines::of(&text), text, root, member: None, twins })
    }

    /// The same as the description of a member of a group.
    pub(super) fn of_member(self, member: &str) -> Self {
        Self { member: Some(member.into()), ..self }
    }

    /// Where Kipoi keeps copies of files that are given by their addresses, relative to the directory of the file.
    /// `kind` is `model_files` or `dataloader_files`.
    pub(super) fn downloads(&self, kind: &str) -> PathBuf {
        let shared = Path::new("downloaded").join(kind);
        self.member.iter().fold(shared, |folder, member| folder.join(member))
    }

    /// The file itself, and every file that a text in it may name.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut files = vec![self.file.clone()];
        add_files(&self.root, self, &mut files);
        files
    }

    /// The whole contents.
    pub(super) fn root(&self) -> Node<'_> {
        Node::new(self, Vec::new(), &self.root)
    }

    /// That keys stand twice in one map, of which the last counts.
    pub(super) fn repeated_keys(&self) -> impl Iterator<Item = SpecWarning> + '_ {
        self.twins.iter().map(|key| SpecWarning::RepeatedKey {
            at: SpecPlace {
                file: self.file.clone(),
                line: self.lines.twin_line(&self.text, key).unwrap_or(1),
                key: key.clone(),
            },
        })
    }

    /// What is strange in it, whatever it describes.
    pub(super) fn warnings(&self) -> impl Iterator<Item = SpecWarning> + '_ {
        self.repeated_keys().chain(self.questions())
    }

    /// The open questions, in the order of their lines.
    fn questions(&self) -> impl Iterator<Item = SpecWarning> + '_ {
        let mut found = Vec::new();
        add_questions(&self.root, &mut Vec::new(), &mut found);
        let mut places: Vec<SpecPlace> = found.iter().map(|steps| self.place(steps)).collect();
        places.sort_by_key(|place| place.line);
        places.into_iter().map(|at| SpecWarning::Question { at })
    }

    /// The file, or the template that the text was made of.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The directory that relative paths in the file start from.
    pub(super) fn directory(&self) -> &Path {
        match self.file.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    /// Where a relative path may lead, the likeliest place first. The zoo writes the description of a member of a group into
    /// a directory of its own, below that of the template, so a path starts from there, or else from the template's.
    pub(super) fn places_of(&self, path: &Path) -> Vec<PathBuf> {
        let of_member = self.member.iter().filter(|_| path.is_relative()).map(|member| {
            let mut below: Vec<Component<'_>> = Path::new(member).components().collect();
            for part in path.components() {
                match (part, below.last()) {
                    (Component::CurDir, _) => {}
                    // The directory of the member need not exist, so `..` cannot be left to the system.
                    (Component::ParentDir, Some(Component::Normal(_))) => drop(below.pop()),
                    _ => below.push(part),
                }
            }
            below.iter().fold(self.directory().to_owned(), |place, part| place.join(part))
        });
        let of_file = match path == Path::new(".") {
            true => self.directory().to_owned(),
            false => self.directory().join(path),
        };
        let mut places: Vec<PathBuf> = of_member.collect();
        places.push(of_file);
        places.dedup();
        places
    }

    /// Where the value that `steps` lead to stands.
    pub(super) fn place(&self, steps: &[Step]) -> SpecPlace {
        let mut key = String::new();
        for step in steps {
            match step {
                Step::Key(name) if key.is_empty() => key.push_str(name),
                Step::Key(name) => key.extend([".", name.as_str()]),
                Step::Index(index) => key.push_str(&format!("[{index}]")),
            }
        }
        SpecPlace { file: self.file.clone(), line: self.lines.line_of(&self.text, steps), key }
    }
}

/// The ways to the open questions below a value.
fn add_questions(value: &Yaml, steps: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    if is_question(value) {
        found.push(steps.clone());
    }
    let below: Vec<(Step, &Yaml)> = match value {
        Yaml::Sequence(items) => items.iter().enumerate().map(|(at, item)| (Step::Index(at), item)).collect(),
        Yaml::Mapping(entries) => {
            let keys = entries.iter().filter_map(|(key, value)| Some((key.as_str()?, value)));
            keys.map(|(key, value)| (Step::Key(key.to_owned()), value)).collect()
        }
        _ => Vec::new(),
    };
    for (step, value) in below {
        steps.push(step);
        add_questions(value, steps, found);
        steps.pop();
    }
}

/// The files that the texts of a value may name.
fn add_files(value: &Yaml, document: &Document, files: &mut Vec<PathBuf>) {
    match value {
        Yaml::String(text) if !text.contains('\n') => files.extend(document.places_of(Path::new(text))),
        Yaml::Sequence(items) => items.iter().for_each(|item| add_files(item, document, files)),
        Yaml::Mapping(entries) => entries.values().for_each(|value| add_files(value, document, files)),
        _ => {}
    }
}

/// The contents of a file that belongs to a description.
pub(super) fn read_bytes(file: &Path) -> Result<Vec<u8>, SpecError> {
    let unreadable = |source| SpecError::Read { file: file.into(), source: Arc::new(source) };
    let stated = fs::metadata(file).map_err(unreadable)?.len();
    // A device or a pipe states nothing.
    let mut bytes = Vec::new();
    fs::File::open(file).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    match stated.max(bytes.len() as u64) {
        bytes if bytes > LIMIT => Err(SpecError::TooLarge { file: file.into(), bytes, limit: LIMIT }),
        _ => Ok(bytes),
    }
}

/// The parser keeps every open bracket in sight, so its time would grow with the square of their number.
/// Brackets inside texts are counted too: a limit that no description comes near needs no exactness.
pub(super) fn check_nesting(text: &str) -> Result<(), usize> {
    const DEEPEST: usize = 1000;
    let mut depth = 0usize;
    for (i, line) in text.lines().enumerate() {
        for byte in line.bytes() {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            // A line may close what it opens.
            if depth > DEEPEST {
                return Err(i + 1);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &[u8]) -> String {
        Document::parse(Path::new("model.yaml"), text.to_vec()).err().map_or_else(String::new, |e| e.to_string())
    }

    #[test]
    fn what_is_not_yaml_is_refused_with_its_line() {
        insta::assert_snapshot!(message(b"a:\n  b: 1\n\tc: 2\n"), @"model.yaml:3: not valid YAML: found a tab character that violates indentation at line 3 column 1, while scanning a plain scalar at line 2 column 6");
        insta::assert_snapshot!(message(b"a: *nothing\n"), @"model.yaml:1: not valid YAML: unknown anchor at line 1 column 4");
        insta::assert_snapshot!(message(b"a: [1, 2\nb: 3\n"), @"model.yaml:2: not valid YAML: did not find expected ',' or ']' at line 2 column 2, while parsing a flow sequence at line 1 column 4");
        insta::assert_snapshot!(message(b"a: 1\nb: \xff\n"), @"model.yaml:2: not valid YAML: the text is not UTF-8");
        insta::assert_snapshot!(message(b"a: 1\n<<: 2\n"), @"model.yaml:2: not valid YAML: expected a mapping or list of mappings for merging, but found scalar");
        insta::assert_snapshot!(message(b"a: 1\n---\nb: 2\n"), @"model.yaml:1: not valid YAML: deserializing from YAML containing more than one document is not supported");
    }

    #[test]
    fn a_key_that_stands_twice_is_told() {
        let told = |text: &str| {
            let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
            document.repeated_keys().map(|warning| warning.to_string()).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(told("a: 1\na: 2\n"), @"model.yaml:2: the key `a` occurs twice in one map; the last one counts");
        insta::assert_snapshot!(told("x:\n- k: 1\n- k: 2\n  b: 1\n  k: 3\n"), @"model.yaml:5: the key `k` occurs twice in one map; the last one counts");
    }

    #[test]
    fn open_questions_are_found_wherever_they_stand() {
        let text = "a: '?'\nb:\n- {c: x, d: \"?\"}\n- why?\n3: '?'\n";
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let told: Vec<String> = document.questions().map(|warning| warning.to_string()).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        model.yaml:1: `a` is an open question (`?`) and counts as absent; write the answer
        model.yaml:3: `b[0].d` is an open question (`?`) and counts as absent; write the answer
        ");
    }

    #[test]
    fn hostile_texts_neither_overflow_nor_hang() {
        insta::assert_snapshot!(message("[".repeat(500).as_bytes()), @"model.yaml:1: not valid YAML: recursion limit exceeded at line 1 column 129");
        insta::assert_snapshot!(message("[".repeat(1 << 20).as_bytes()), @"model.yaml:1: not valid YAML: brackets are nested too deeply");
        let closed = format!("{}{}", "[".repeat(1 << 20), "]".repeat(1 << 20));
        insta::assert_snapshot!(message(closed.as_bytes()), @"model.yaml:1: not valid YAML: brackets are nested too deeply");
        insta::assert_snapshot!(message((0..900).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>().as_bytes()), @"model.yaml:129: not valid YAML: recursion limit exceeded at line 129 column 129");
        let mut bomb = String::from("a0: &a0 [x, x]\n");
        for i in 1..40 {
            bomb += &format!("a{i}: &a{i} [*a{0}, *a{0}, *a{0}, *a{0}]\n", i - 1);
        }
        insta::assert_snapshot!(message(bomb.as_bytes()), @"model.yaml:1: not valid YAML: repetition limit exceeded");
    }

    #[test]
    fn anchors_merges_and_byte_order_marks_are_understood() {
        let text = "\u{feff}a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n";
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let value = document.root().value().unwrap();
        insta::assert_snapshot!(value, @"{a: {x: 1}, b: {y: 2, x: 1}}");
    }

    #[test]
    fn missing_and_huge_files_are_named() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("model.yaml");
        let message = || {
            let error = Document::read(&file).err().unwrap();
            error.to_string().replace(&directory.path().display().to_string(), "DIR")
        };
        insta::assert_snapshot!(message(), @"cannot read DIR/model.yaml: No such file or directory (os error 2)");
        fs::write(&file, vec![b'\n'; (1 << 20) + 1]).unwrap();
        insta::assert_snapshot!(message(), @"DIR/model.yaml has 1048577 bytes, more than the 1048576 that a description may have");
    }
}
