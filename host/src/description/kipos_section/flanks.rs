//! `kipos.flanks`: sequences that stand before and behind each window.

use super::UnsupportedKey;
use crate::description::error::SpecError;
use crate::description::node::{Fields, Node};

/// Sequences of A, C, G, T and N that stand before and behind each window, as around the inserts of a reporter assay.
/// Not supported yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowFlanks {
    /// Before the window; may be empty.
    pub left: String,
    /// Behind the window; may be empty.
    pub right: String,
    /// What becomes of them on the reverse complement.
    pub rc: FlanksRc,
}

/// What is reversed and complemented for the other strand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlanksRc {
    /// The window with its flanks.
    #[default]
    Whole,
    /// The window alone; the flanks stay where they are.
    InsertOnly,
}

impl FlanksRc {
    const ALL: [Self; 2] = [Self::Whole, Self::InsertOnly];

    /// How it is spelled.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::InsertOnly => "insert_only",
        }
    }
}

/// Reads `flanks`; `None` if it says nothing.
pub(super) fn read_flanks(
    node: &Node<'_>,
    unsupported: &mut Vec<UnsupportedKey>,
) -> Result<Option<WindowFlanks>, SpecError> {
    let fields = node.clone().only_fields(&["left", "right", "rc"])?;
    let [left, right] = [read_bases(&fields, "left")?, read_bases(&fields, "right")?];
    let rc =
        fields.optional("rc").map(|node| node.one_of(&FlanksRc::ALL, FlanksRc::word)).transpose()?.unwrap_or_default();
    if left.is_empty() && right.is_empty() {
        return Ok(None);
    }
    unsupported.push(UnsupportedKey::new(node));
    Ok(Some(WindowFlanks { left, right, rc }))
}

fn read_bases(fields: &Fields<'_>, key: &str) -> Result<String, SpecError> {
    let Some(node) = fields.optional(key) else { return Ok(String::new()) };
    let bases = || node.unexpected("a sequence of A, C, G, T and N");
    let text = node.text().map_err(|_| bases())?.to_ascii_uppercase();
    if text.bytes().all(|base| b"ACGTN".contains(&base)) { Ok(text) } else { Err(bases()) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, read};
    use super::*;

    const TARGETS: &str = "{shape: '(3,)'}";

    #[test]
    fn flanks_are_sequences() {
        let said = read(TARGETS, "\n  flanks: {left: acgN, rc: insert_only}").unwrap();
        let expected = WindowFlanks { left: "ACGN".into(), right: String::new(), rc: FlanksRc::InsertOnly };
        assert_eq!(said.flanks, Some(expected));
        assert_eq!(
            said.unsupported[0].to_string(),
            "model.yaml:8: `kipos.flanks` is not supported by this version of kipos"
        );
        let whole = read(TARGETS, "{flanks: {right: T}}").unwrap().flanks.unwrap();
        assert_eq!((whole.right.as_str(), whole.rc.word()), ("T", "whole"));
        for silent in ["{flanks: {}}", "{flanks: {left: '', right: ''}}", "{flanks: }"] {
            let said = read(TARGETS, silent).unwrap();
            assert_eq!((said.flanks, said.unsupported), (None, vec![]), "{silent}");
        }
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |section: &str| message(TARGETS, section);
        insta::assert_snapshot!(message("{flanks: ACGT}"), @r#"model.yaml:7: `kipos.flanks` must be a map, found "ACGT""#);
        insta::assert_snapshot!(message("{flanks: {lef: ACGT}}"), @"model.yaml:7: unknown key `kipos.flanks.lef` (did you mean `left`?)");
        insta::assert_snapshot!(message("{flanks: {left: ACGU}}"), @r#"model.yaml:7: `kipos.flanks.left` must be a sequence of A, C, G, T and N, found "ACGU""#);
        insta::assert_snapshot!(message("{flanks: {right: 5}}"), @"model.yaml:7: `kipos.flanks.right` must be a sequence of A, C, G, T and N, found 5");
        insta::assert_snapshot!(message("{flanks: {left: A, rc: insert}}"), @r#"model.yaml:7: `kipos.flanks.rc` must be whole or insert_only, found "insert""#);
    }
}
