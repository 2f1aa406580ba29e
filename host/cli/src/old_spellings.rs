//! Flags as they were called before.

use std::ffi::{OsStr, OsString};

/// The commands in which `--regions` chose windows.
const WITH_MODES: [&str; 4] = ["score-variants", "mutation-map", "score_variants", "create_mutation_map"];

/// The words that `--regions` took.
const MODES: [&str; 4] = ["auto", "centered", "restricted", "overlap"];

/// Command line arguments with the flags of today, and a note for every flag that was replaced.
pub fn replace(typed: impl IntoIterator<Item = OsString>) -> (Vec<OsString>, Vec<String>) {
    let typed: Vec<OsString> = typed.into_iter().collect();
    let with_modes = typed.iter().any(|word| WITH_MODES.iter().any(|command| word == command));
    let mut notes = Vec::new();
    let mut is_flag = true;
    let mut replaced = Vec::with_capacity(typed.len());
    for (place, word) in typed.iter().enumerate() {
        is_flag &= word != "--";
        let text = word.to_str().filter(|_| is_flag && with_modes);
        let (flag, value) = text.map_or(("", None), |text| match text.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (text, None),
        });
        let next = value.or_else(|| typed.get(place + 1).map(OsString::as_os_str).and_then(OsStr::to_str));
        let (today, note) = match (flag, next) {
            ("--regions", Some(mode)) if MODES.contains(&mode) => {
                ("--windows", format!("--regions {mode} is now --windows {mode}"))
            }
            ("--region", _) => ("--regions", "--region is now --regions".to_owned()),
            _ => {
                replaced.push(word.clone());
                continue;
            }
        };
        replaced.push(value.map_or(today.into(), |value| format!("{today}={value}").into()));
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    (replaced, notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(typed: &str) -> (String, Vec<String>) {
        let (words, notes) = replace(typed.split(' ').map(OsString::from));
        (words.join(OsStr::new(" ")).into_string().unwrap(), notes)
    }

    #[test]
    fn old_flags_become_those_of_today_with_a_note_each() {
        for (typed, today, note) in [
            (
                "score-variants m --regions overlap",
                "score-variants m --windows overlap",
                "--regions overlap is now --windows overlap",
            ),
            ("mutation-map m --regions=auto", "mutation-map m --windows=auto", "--regions auto is now --windows auto"),
            (
                "mutation-map m --region chr1 --region=2",
                "mutation-map m --regions chr1 --regions=2",
                "--region is now --regions",
            ),
        ] {
            assert_eq!(replaced(typed), (today.to_owned(), vec![note.to_owned()]));
        }
    }

    #[test]
    fn flags_of_today_stay() {
        for typed in [
            "score-variants m --regions chr1:1-2",
            "score-variants m --windows overlap -r centered",
            "score-variants m --regions",
            "mutation-map -- --region",
            "predict m --regions overlap",
        ] {
            assert_eq!(replaced(typed), (typed.to_owned(), vec![]));
        }
    }
}
