//! `cargo xtask licences`: the licences of all crates that are in the command and its plugins, and of the code in other
//! languages that some of them bring along, in one file. `cargo xtask lint` makes sure that it is current.
//!
//! Texts come from the sources that cargo has fetched, so neither needs a network.

mod crates;
mod texts;

use std::fs;
use std::path::PathBuf;

use crate::error::Error;
use crate::layout::Layout;
use crate::report;
use crates::Crate;
use texts::Text;

/// The file, in the root of the checkout.
const FILE: &str = "LICENSE-THIRDPARTY";

/// The machine whose crates are listed. On others, one or two small crates of the same licences stand for others.
pub(crate) const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Writes the file.
pub(crate) fn write(layout: &Layout) -> Result<(), Error> {
    let path = path(layout);
    fs::write(&path, made(layout)?).map_err(Error::file("write", &path))?;
    report::line(format_args!("wrote {}", layout.shown(&path).display()));
    Ok(())
}

/// Fails if the file is not what `write` would write. Only where cargo has fetched the crates of [`PLATFORM`] anyway.
pub(crate) fn check(layout: &Layout) -> Result<(), Error> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        report::line(format_args!("{FILE} is checked on {PLATFORM} only"));
        return Ok(());
    }
    let path = path(layout);
    let found = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    match first_difference(&found, &made(layout)?) {
        None => Ok(()),
        Some(line) => Err(Error::OldLicences { file: FILE, line }),
    }
}

fn path(layout: &Layout) -> PathBuf {
    layout.root.join(FILE)
}

/// The number of the first line that differs.
fn first_difference(one: &str, other: &str) -> Option<usize> {
    if one == other {
        return None;
    }
    let same = one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count();
    Some(same + 1)
}

fn made(layout: &Layout) -> Result<String, Error> {
    let crates = crates::linked(layout)?;
    let texts = texts::of(&crates)?;
    Ok(file(&crates, &texts))
}

/// The file of these crates and texts.
fn file(crates: &[Crate], texts: &[Text]) -> String {
    let mut file = format!(
        "The command kipos and its plugins hold the crates below, each under its own licence. Where a licence is a\n\
         choice, kipos takes the one whose text is here. This file is written by `cargo xtask licences`.\n\n\
         {} crates:\n\n",
        crates.len()
    );
    for one in crates {
        file += &format!("  {} {} ({})\n", one.name, one.version, one.licence);
    }
    let bare: Vec<&Crate> = crates.iter().filter(|one| !texts.iter().any(|text| text.is_of(one))).collect();
    if !bare.is_empty() {
        file += "\nThese come without the text of their licence; their authors are named instead:\n\n";
        for one in bare {
            let from = if one.repository.is_empty() { String::new() } else { format!(", {}", one.repository) };
            file += &format!("  {} {} ({}): {}{from}\n", one.name, one.version, one.licence, one.authors());
        }
    }
    for text in texts {
        file += &format!("\n{}\n{}\n\n{}\n", "-".repeat(100), text.used_by(), text.text.trim_end());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str) -> Crate {
        Crate {
            name: name.into(),
            version: "1.0.0".into(),
            licence: "MIT".into(),
            repository: "https://example.org".into(),
            authors: vec!["A".into(), "B".into()],
            directory: "/nowhere".into(),
        }
    }

    #[test]
    fn every_crate_is_listed_with_its_text_or_its_authors() {
        let texts =
            [Text { text: "Do as you like.\n".into(), users: vec![("a".into(), "1.0.0".into(), String::new())] }];
        let file = file(&[one("a"), one("b")], &texts);
        assert!(file.contains("\n  a 1.0.0 (MIT)\n  b 1.0.0 (MIT)\n"), "{file}");
        assert!(file.contains("\n  b 1.0.0 (MIT): A, B, https://example.org\n"), "{file}");
        assert!(file.ends_with("-\na 1.0.0\n\nDo as you like.\n"), "{file}");
    }

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
    }
}
