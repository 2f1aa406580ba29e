//! A variant as it is typed.

use std::{fmt, str::FromStr};

/// A variant typed as `CHROM:POS:REF:ALT` or `CHROM:POS:REF>ALT`, POS **1-based**; several ALTs are parted by commas.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedVariant {
    chrom: String,
    position: u64,
    reference: String,
    alternates: String,
}

/// Why a text names no variant.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` {problem}; write CHROM:POS:REF:ALT such as chr1:100:A:T, or chr1:100:A>T")]
pub struct NamedVariantError {
    text: String,
    problem: &'static str,
}

impl NamedVariant {
    /// The data line of a VCF that holds the variant and nothing else, with its end.
    pub(super) fn line(&self) -> String {
        let Self { chrom, position, reference, alternates } = self;
        format!("{chrom}\t{position}\t.\t{reference}\t{alternates}\t.\t.\t.\n")
    }
}

impl FromStr for NamedVariant {
    type Err = NamedVariantError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |problem| NamedVariantError { text: text.to_owned(), problem };
        // From the right: contig names may hold colons themselves.
        let (front, tail) = text.rsplit_once(':').ok_or_else(|| error("is not a variant"))?;
        let (front, reference, alternates) = match tail.split_once('>').filter(|(reference, _)| is_allele(reference)) {
            Some((reference, alternates)) => (front, reference, alternates),
            None => {
                let (front, reference) = front.rsplit_once(':').ok_or_else(|| error("lacks a part"))?;
                (front, reference, tail)
            }
        };
        let (chrom, position) = front.rsplit_once(':').ok_or_else(|| error("lacks a part"))?;
        if chrom.is_empty() || chrom.contains(char::is_whitespace) {
            return Err(error("has no contig name at its start"));
        }
        let position = position.parse().ok().filter(|number| *number > 0 && !position.starts_with('+'));
        let position = position.ok_or_else(|| error("has an invalid POS (expected a positive integer)"))?;
        if !is_allele(reference) || !alternates.split(',').all(is_allele) {
            return Err(error("has an invalid REF or ALT (expected bases)"));
        }
        Ok(Self { chrom: chrom.into(), position, reference: reference.into(), alternates: alternates.into() })
    }
}

/// Letters only: symbolic alleles have no sequence to score.
fn is_allele(allele: &str) -> bool {
    !allele.is_empty() && allele.bytes().all(|byte| byte.is_ascii_alphabetic())
}

impl fmt::Display for NamedVariant {
    /// `CHROM:POS:REF:ALT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.chrom, self.position, self.reference, self.alternates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_forms_mean_the_same_line() {
        for text in ["chr1:100:A:T", "chr1:100:A>T"] {
            let variant: NamedVariant = text.parse().unwrap();
            assert_eq!(variant.line(), "chr1\t100\t.\tA\tT\t.\t.\t.\n");
            assert_eq!(variant.to_string(), "chr1:100:A:T");
        }
        let colons: NamedVariant = "HLA-A*01:01:7:ac:g,t".parse().unwrap();
        assert_eq!(colons.line(), "HLA-A*01:01\t7\t.\tac\tg,t\t.\t.\t.\n");
    }

    #[test]
    fn other_texts_are_told_the_form() {
        for text in [
            "",
            "chr1",
            "chr1:100",
            "chr1:100:A",
            ":100:A:T",
            "chr 1:100:A:T",
            "chr1:0:A:T",
            "chr1:+1:A:T",
            "chr1:x:A:T",
            "chr1:-5:A:T",
            "chr1:100::T",
            "chr1:100:A:",
            "chr1:100:A:T,",
            "chr1:100:A:<DEL>",
            "chr1:100:A:.",
            "chr1>100>A>T",
        ] {
            let message = text.parse::<NamedVariant>().unwrap_err().to_string();
            let form = "; write CHROM:POS:REF:ALT such as chr1:100:A:T, or chr1:100:A>T";
            assert!(message.starts_with(&format!("`{text}` ")) && message.ends_with(form), "{message}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-c:>,0-9 \té]{0,14}") {
            if let Ok(variant) = text.parse::<NamedVariant>() {
                prop_assert_eq!(variant.to_string().parse(), Ok(variant));
            }
        }
    }
}
