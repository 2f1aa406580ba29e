//! Tests say why something fails: `is_err()` alone passes with any error.

use super::finding;
use super::source::Source;

/// Assertions of tests that only ask for an error.
pub(super) fn nothing(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        let lines = source.code.lines().map(str::trim).enumerate();
        let bare = lines.filter(|(_, line)| line.contains("assert!(") && line.contains(".is_err()"));
        findings.extend(bare.map(|(at, _)| finding(&source.path, at + 1, "assert the message or the variant")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_assertion_is_found() {
        let code =
            "assert!(a().is_err());\nprop_assert!(a().is_err(), \"b\");\nif a().is_err() {}\nassert!(a().is_ok());\n";
        let expected = ["a.rs:1: assert the message or the variant", "a.rs:2: assert the message or the variant"];
        assert_eq!(nothing(&[Source::new("a.rs", code)]), expected);
    }
}
