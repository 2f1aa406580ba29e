//! Names of INFO keys and of what they hold.

use super::SinkError;
use crate::percent_code::percent_decoded;
use std::{collections::HashMap, path::Path};

/// One INFO key that will be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InfoKey {
    pub(super) id: String,
    /// `A`: one value per ALT; `0`: none; `.`: any number.
    pub(super) number: &'static str,
    /// `Float`, `String` or `Flag`.
    pub(super) kind: &'static str,
    /// What the header says of it, not yet escaped.
    pub(super) description: String,
    /// What it holds, for messages: "score `diff`".
    pub(super) content: String,
}

impl InfoKey {
    /// The header line, without its end.
    pub(super) fn header_line(&self) -> String {
        let Self { id, number, kind, description, .. } = self;
        format!("##INFO=<ID={id},Number={number},Type={kind},Description=\"{}\">", escape(description))
    }
}

/// Refuses keys that two contents share.
pub(super) fn check_distinct(path: &Path, keys: &[InfoKey]) -> Result<(), SinkError> {
    let mut seen = HashMap::new();
    for key in keys {
        if let Some(first) = seen.insert(&key.id, &key.content) {
            return Err(SinkError::KeyCollision {
                path: path.to_owned(),
                key: key.id.clone(),
                first: first.clone(),
                second: key.content.clone(),
            });
        }
    }
    Ok(())
}

/// A part of a native key: everything but ASCII letters, digits and `_` becomes `_`.
pub(super) fn native_part(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// The `SOURCE:MODEL` of Kipoi's keys: a run of characters other than letters, digits, `_ . : /` and blanks becomes
/// `_`, then a run of blanks does, then `_` at the ends goes. Slashes at the model's end go first.
pub(super) fn kipoi_model(source: &str, model: &str) -> String {
    let name = format!("{source}:{}", model.trim_end_matches('/'));
    let is_kept = |letter: char| letter.is_alphanumeric() || "_.:/".contains(letter);
    let name = replace_runs(&name, |letter| !is_kept(letter) && !letter.is_whitespace());
    replace_runs(&name, char::is_whitespace).trim_matches('_').to_owned()
}

/// The label part of Kipoi's keys. Only what would break the INFO column is replaced.
pub(super) fn kipoi_label(label: &str) -> String {
    let breaks = |letter: char| letter.is_whitespace() || letter.is_control() || ";=,".contains(letter);
    replace_runs(&label.to_uppercase(), breaks)
}

/// A task's name inside an INFO value or a list divided by bars: `| , ; = " \ %`, blanks and control characters
/// become `%` and two hexadecimal digits per byte.
pub(super) fn percent_encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_whitespace() || letter.is_control() || "|,;=\"\\%".contains(letter) {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        } else {
            encoded.push(letter);
        }
    }
    encoded
}

/// What [`percent_encode`] made the text of; the text itself where it is not of its making.
pub(super) fn percent_decode(text: &str) -> String {
    String::from_utf8(percent_decoded(text)).unwrap_or_else(|_| text.to_owned())
}

/// A text on one line: control characters become blanks.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// A text as it stands between the quotes of a header line.
fn escape(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// Each run of characters that `is_bad` becomes one `_`.
fn replace_runs(text: &str, is_bad: impl Fn(char) -> bool) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut in_run = false;
    for letter in text.chars() {
        let bad = is_bad(letter);
        if !bad {
            replaced.push(letter);
        } else if !in_run {
            replaced.push('_');
        }
        in_run = bad;
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kipoi_models_are_named_as_kipoi_names_them() {
        for (model, expected) in [
            ("./my_model/", "dir:./my_model"),
            (".", "dir:."),
            ("./", "dir:."),
            ("../x y/m-1", "dir:../x_y/m_1"),
            ("examples/rbp", "dir:examples/rbp"),
            ("a--b  c", "dir:a_b_c"),
            ("a - b", "dir:a___b"),
            ("modèle-", "dir:modèle"),
        ] {
            assert_eq!(kipoi_model("dir", model), expected);
        }
    }

    #[test]
    fn labels_and_tasks_stay_readable() {
        assert_eq!(kipoi_label("logit_ref"), "LOGIT_REF");
        assert_eq!(kipoi_label("a-b;; c"), "A-B_C");
        assert_eq!(native_part("motif-cnn v2.é"), "motif_cnn_v2__");
        assert_eq!(percent_encode("GM12878/CTCF+"), "GM12878/CTCF+");
        assert_eq!(percent_encode("a|b,c;d=e\"f g%\\\u{a0}"), "a%7Cb%2Cc%3Bd%3De%22f%20g%25%5C%C2%A0");
    }

    #[test]
    fn descriptions_are_escaped() {
        let key = InfoKey {
            id: "KV_m_DIFF".into(),
            number: "A",
            kind: "Float",
            description: "a \"b\" \\ \n".into(),
            content: "score `diff`".into(),
        };
        assert_eq!(key.header_line(), r#"##INFO=<ID=KV_m_DIFF,Number=A,Type=Float,Description="a \"b\" \\  ">"#);
    }

    proptest! {
        #[test]
        fn native_parts_are_legal(name: String) {
            prop_assert!(native_part(&name).bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        }

        #[test]
        fn encoded_tasks_can_be_taken_apart_again(tasks in prop::collection::vec("[a-c|,;=\"% é]{0,8}", 1..5)) {
            let joined = tasks.iter().map(|task| percent_encode(task)).collect::<Vec<_>>().join("|");
            let back: Vec<_> = joined.split('|').map(percent_decode).collect();
            prop_assert_eq!(back, tasks);
        }
    }
}
