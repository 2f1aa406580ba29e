//! `kipos.mask`: what of a window the model is shown.

use super::UnsupportedKey;
use crate::description::error::SpecError;
use crate::description::node::Node;

/// What of a window the model is shown; all else is N. Not supported yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowMask {
    /// The bases of the transcript.
    Transcript,
}

impl WindowMask {
    /// How it is spelled.
    pub fn word(self) -> &'static str {
        match self {
            Self::Transcript => "transcript",
        }
    }
}

pub(super) fn read_mask(node: &Node<'_>, unsupported: &mut Vec<UnsupportedKey>) -> Result<WindowMask, SpecError> {
    let mask = node.one_of(&[WindowMask::Transcript], WindowMask::word)?;
    unsupported.push(UnsupportedKey::new(node));
    Ok(mask)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, read};

    const TARGETS: &str = "{shape: '(3,)'}";

    #[test]
    fn a_mask_is_a_word() {
        let said = read(TARGETS, "{mask: transcript}").unwrap();
        assert_eq!(said.mask.map(|mask| mask.word()), Some("transcript"));
        insta::assert_snapshot!(said.unsupported[0], @"model.yaml:7: `kipos.mask` is not supported by this version of kipos");
        assert_eq!(read(TARGETS, "{mask: }").unwrap().mask, None);
        insta::assert_snapshot!(message(TARGETS, "{mask: transcripts}"), @r#"model.yaml:7: `kipos.mask` must be transcript, found "transcripts""#);
        insta::assert_snapshot!(message(TARGETS, "{mask: [transcript]}"), @"model.yaml:7: `kipos.mask` must be transcript, found a list of 1 item");
    }
}
