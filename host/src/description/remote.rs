//! Files that a description names by their address: they are read from where Kipoi would have put them.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kipos_plugin_api::Value;
use md5::{Digest, Md5};

use super::error::{SpecError, SpecPlace, SpecWarning};
use super::member_files::FILES;
use super::node::Node;

/// A file at an address, and its copy on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Where the description names it.
    pub at: SpecPlace,
    /// The address.
    pub url: String,
    /// The MD5 sum in lower-case hexadecimal digits, if the description has one.
    pub md5: Option<String>,
    /// The copy, which may be absent.
    pub file: PathBuf,
    sound: Sound,
}

/// Whether the copy was found to be what it should be; all clones know. No part of what a description says.
#[derive(Debug, Clone, Default)]
struct Sound(Arc<OnceLock<()>>);

impl PartialEq for Sound {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Sound {}

impl RemoteFile {
    pub(super) fn new(at: SpecPlace, url: String, md5: Option<String>, file: PathBuf) -> Self {
        Self { at, url, md5, file, sound: Sound::default() }
    }

    /// Whether the copy is there and, if the description has a sum, is what it should be. Reads the whole file, but not
    /// once more if it was right before: a genome may have gigabytes.
    ///
    /// # Errors
    /// [`SpecError::NotDownloaded`], [`SpecError::WrongSum`], or [`SpecError::Read`] for what cannot be read.
    pub fn check(&self) -> Result<(), SpecError> {
        if self.sound.0.get().is_some() {
            return Ok(());
        }
        let unreadable = |source| SpecError::Read { file: self.file.clone(), source: Arc::new(source) };
        let file = File::open(&self.file).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SpecError::NotDownloaded(Box::new(self.clone())),
            _ => unreadable(error),
        })?;
        let Some(expected) = &self.md5 else { return Ok(()) };
        let found = sum(file).map_err(unreadable)?;
        if found == *expected {
            self.sound.0.get_or_init(|| ());
            return Ok(());
        }
        Err(SpecError::WrongSum { remote: Box::new(self.clone()), expected: expected.clone(), found })
    }
}

/// The MD5 sum of everything that is read.
fn sum(mut from: impl Read) -> io::Result<String> {
    let mut hasher = Md5::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            n => hasher.update(&buffer[..n]),
        }
    }
}

/// What a description says of a file at an address.
pub(super) struct Address {
    pub(super) url: String,
    /// In lower case.
    pub(super) md5: Option<String>,
    /// The name of the copy, if one is wanted; without folders.
    pub(super) name: Option<String>,
}

impl Address {
    /// Kipoi's name for a copy among others of its kind.
    fn sum_or_file(&self) -> &str {
        self.md5.as_deref().unwrap_or("file")
    }
}

/// A map with a `url`, and where the copy lies from the directory of the description on; `None` for any other value.
pub(super) fn read_remote(
    node: &Node<'_>,
    copy: impl FnOnce(&Address) -> PathBuf,
    warnings: &mut Vec<SpecWarning>,
) -> Result<Option<(PathBuf, RemoteFile)>, SpecError> {
    if !node.is_map() || !node.entries()?.iter().any(|(key, _)| key == "url") {
        return Ok(None);
    }
    let address = read_address(node, warnings)?;
    let path = copy(&address);
    let file = node.document().directory().join(&path);
    let Address { url, md5, .. } = address;
    Ok(Some((path, RemoteFile::new(node.place(), url, md5, file))))
}

/// The address, the sum and the name of a file.
pub(super) fn read_address(node: &Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<Address, SpecError> {
    let fields = node.clone().fields(&["url", "md5", "name"], warnings)?;
    let url = fields.required("url")?.text()?.to_owned();
    // Some published models repeat the kind of sum before it.
    let digits = |md5: String| md5.strip_prefix("md5:").map(str::to_owned).unwrap_or(md5);
    let md5 = match fields.text("md5")?.map(digits).filter(|md5| !md5.is_empty()) {
        Some(md5) if md5.len() == 32 && md5.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Some(md5.to_ascii_lowercase())
        }
        Some(_) => return Err(fields.required("md5")?.unexpected("an MD5 sum, 32 hexadecimal digits")),
        None => {
            warnings.push(SpecWarning::NoSum { at: node.place() });
            None
        }
    };
    let name = fields.text("name")?.filter(|name| !name.is_empty());
    if name.as_deref().is_some_and(|name| Path::new(name).file_name() != Some(name.as_ref())) {
        return Err(fields.required("name")?.unexpected("the name of a file, without folders"));
    }
    Ok(Address { url, md5, name })
}

/// Where the copy of an argument of a model or a dataloader lies: `folder/NAME/SUM`.
pub(super) fn argument_copy<'a>(folder: &'a Path, name: &'a str) -> impl FnOnce(&Address) -> PathBuf + 'a {
    move |address| folder.join(name).join(address.sum_or_file())
}

/// A map of arguments in which those that are addresses, and items of `files` that are, give way to the paths of their
/// copies in `folder`, each in a folder with the argument's name. `folder` is relative to the directory of the description; `base` is written before
/// the paths.
pub(super) fn read_args_with_remotes(
    node: &Node<'_>,
    base: &Path,
    folder: &Path,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(Value, Vec<RemoteFile>), SpecError> {
    let mut args = node.value_map()?;
    let mut remotes = Vec::new();
    if let (Value::Map(args), false) = (&mut args, node.is_null()) {
        for ((name, value), (_, child)) in args.iter_mut().zip(node.entries()?) {
            let mut replace = |value: &mut Value, (path, remote): (PathBuf, RemoteFile)| {
                *value = Value::String(base.join(path).to_string_lossy().into_owned());
                remotes.push(remote);
            };
            if let Some(copy) = read_remote(&child, argument_copy(folder, name), warnings)? {
                replace(value, copy);
            } else if let (Value::List(items), true) = (value, name == FILES) {
                for (number, (item, node)) in items.iter_mut().zip(child.items()?).enumerate() {
                    if let Some(copy) = read_remote(&node, member_copy(folder, number), warnings)? {
                        replace(item, copy);
                    }
                }
            }
        }
    }
    Ok((args, remotes))
}

/// Where the copy of a member of a family lies: `folder/files/SUM`, or without a sum its number from 0 on.
fn member_copy(folder: &Path, number: usize) -> impl FnOnce(&Address) -> PathBuf + '_ {
    move |address| folder.join(FILES).join(address.md5.clone().unwrap_or_else(|| number.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use std::fs;

    const SUM: &str = "900150983cd24fb0d6963f7d28e17f72";

    fn read(directory: &Path, args: &str) -> Result<(Value, Vec<RemoteFile>, String), String> {
        let document = Document::parse(&directory.join("model.yaml"), args.into()).unwrap();
        let mut warnings = Vec::new();
        let (args, remotes) =
            read_args_with_remotes(&document.root(), Path::new(""), Path::new("downloaded/model_files"), &mut warnings)
                .map_err(|error| error.to_string())?;
        Ok((args, remotes, warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
    }

    #[test]
    fn addresses_give_way_to_copies() {
        let text = format!("file: {{url: 'https://x/y', md5: {}}}\nn: 5\nother: {{url: u}}", SUM.to_uppercase());
        let (args, remotes, warnings) = read(Path::new("m"), &text).unwrap();
        assert_eq!(
            args.to_string(),
            format!(
                "{{file: \"downloaded/model_files/file/{SUM}\", n: 5, other: \"downloaded/model_files/other/file\"}}"
            )
        );
        assert_eq!(remotes[0].file, Path::new("m/downloaded/model_files/file").join(SUM));
        assert_eq!((remotes[0].url.as_str(), remotes[0].md5.as_deref()), ("https://x/y", Some(SUM)));
        insta::assert_snapshot!(warnings, @"m/model.yaml:3: `other` has no `md5`, so that its file cannot be checked");
        assert_eq!(read(Path::new("m"), "").unwrap().1, []);
        let (_, prefixed, _) = read(Path::new("m"), &format!("file: {{url: 'https://x/y', md5: md5:{SUM}}}")).unwrap();
        assert_eq!(prefixed[0], RemoteFile { url: "https://x/y".into(), ..remotes[0].clone() });
    }

    #[test]
    fn a_copy_is_checked() {
        let directory = tempfile::tempdir().unwrap();
        let (_, remotes, _) = read(directory.path(), &format!("file: {{url: 'https://x/y', md5: {SUM}}}")).unwrap();
        let message = || {
            remotes[0]
                .check()
                .map_err(|error| error.to_string().replace(&directory.path().display().to_string(), "DIR"))
        };
        insta::assert_snapshot!(message().unwrap_err(), @"DIR/model.yaml:1: `file` is not on this machine: download https://x/y to DIR/downloaded/model_files/file/900150983cd24fb0d6963f7d28e17f72");
        fs::create_dir_all(remotes[0].file.parent().unwrap()).unwrap();
        fs::write(&remotes[0].file, "abd").unwrap();
        insta::assert_snapshot!(message().unwrap_err(), @"DIR/model.yaml:1: DIR/downloaded/model_files/file/900150983cd24fb0d6963f7d28e17f72 has the MD5 sum 4911e516e5aa21d327512e0c8b197616 instead of 900150983cd24fb0d6963f7d28e17f72: download https://x/y again");
        fs::write(&remotes[0].file, "abc").unwrap();
        assert_eq!(message(), Ok(()));
        // It is not read a second time, by clones neither.
        fs::write(&remotes[0].file, "abd").unwrap();
        assert!(remotes[0].clone().check().is_ok());
    }

    #[test]
    fn a_sum_is_hexadecimal() {
        insta::assert_snapshot!(read(Path::new("m"), "file: {url: x, md5: ../../y}").unwrap_err(), @r#"m/model.yaml:1: `file.md5` must be an MD5 sum, 32 hexadecimal digits, found "../../y""#);
        insta::assert_snapshot!(read(Path::new("m"), "file: {url: x, name: ../y}").unwrap_err(), @r#"m/model.yaml:1: `file.name` must be the name of a file, without folders, found "../y""#);
        insta::assert_snapshot!(read(Path::new("m"), "file: {url: [x]}").unwrap_err(), @"m/model.yaml:1: `file.url` must be a string, found a list of 1 item");
    }
}
