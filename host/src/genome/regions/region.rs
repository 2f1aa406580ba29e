//! One region as it is typed.

use std::{fmt, str::FromStr};

/// A stretch of one contig, typed as `chr`, `chr:pos`, `chr:start-` or `chr:start-end`: **1-based**, both ends inside.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Region {
    text: String,
    /// Length of the contig's name in the text.
    contig_len: usize,
    start: i64,
    end: i64,
}

/// Why a text is no region.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RegionSyntaxError {
    /// There is no contig's name.
    #[error("`{0}` names no contig; write CHROM, CHROM:POS, CHROM:START- or CHROM:START-END")]
    NoContig(String),
    /// A coordinate is 0 or too large.
    #[error("`{0}` holds a position that is 0 or too large; regions count from 1")]
    Position(String),
    /// The end lies before the start.
    #[error("the end of `{0}` lies before its start; swap them")]
    Reversed(String),
}

impl Region {
    /// The contig's name, as typed.
    pub fn contig(&self) -> &str {
        &self.text[..self.contig_len]
    }

    /// The first base, 0-based; -1, where a telomere's POS is, for a whole contig.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// One past the last base, 0-based; the largest number if the region ends with its contig.
    pub fn end(&self) -> i64 {
        self.end
    }
}

impl FromStr for Region {
    type Err = RegionSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Contig names may hold colons themselves (HLA-A*01:01): only digits behind the last one are coordinates.
        let typed = text.rsplit_once(':').and_then(|(contig, range)| Some((contig, split_range(range)?)));
        let (contig, start, end) = match typed {
            None => (text, -1, i64::MAX),
            Some((contig, (first, last))) => {
                let first = parse_position(first).ok_or_else(|| RegionSyntaxError::Position(text.into()))?;
                let last = match last {
                    Last::Same => first,
                    Last::Open => i64::MAX,
                    Last::At(last) => parse_position(last).ok_or_else(|| RegionSyntaxError::Position(text.into()))?,
                };
                if last < first {
                    return Err(RegionSyntaxError::Reversed(text.into()));
                }
                (contig, first - 1, last)
            }
        };
        if contig.is_empty() {
            return Err(RegionSyntaxError::NoContig(text.into()));
        }
        Ok(Self { text: text.into(), contig_len: contig.len(), start, end })
    }
}

impl fmt::Display for Region {
    /// The region as it was typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What stands for the last base.
enum Last<'a> {
    /// Nothing: the first is the last.
    Same,
    /// A dash: the end of the contig.
    Open,
    /// A number.
    At(&'a str),
}

/// `digits`, `digits-` or `digits-digits`; `None` for anything else.
fn split_range(range: &str) -> Option<(&str, Last<'_>)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (first, last) = match range.split_once('-') {
        None => (range, Last::Same),
        Some((first, "")) => (first, Last::Open),
        Some((first, last)) => (first, is_number(last).then_some(Last::At(last))?),
    };
    is_number(first).then_some((first, last))
}

/// A position from 1 on.
fn parse_position(digits: &str) -> Option<i64> {
    digits.parse().ok().filter(|position| *position > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> (String, i64, i64) {
        let region: Region = text.parse().unwrap();
        assert_eq!(region.to_string(), text);
        (region.contig().to_owned(), region.start(), region.end())
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(parsed("chr1:5-10"), ("chr1".into(), 4, 10));
        assert_eq!(parsed("chr1:5-5"), parsed("chr1:5").clone());
        assert_eq!(parsed("chr1:5-"), ("chr1".into(), 4, i64::MAX));
        assert_eq!(parsed("chr1"), ("chr1".into(), -1, i64::MAX));
        assert_eq!(parsed("HLA-A*01:x"), ("HLA-A*01:x".into(), -1, i64::MAX));
        assert_eq!(parsed("HLA-A*01:x:7-9"), ("HLA-A*01:x".into(), 6, 9));
    }

    #[test]
    fn what_is_no_region_is_told_why() {
        let message = |text: &str| text.parse::<Region>().unwrap_err().to_string();
        assert_eq!(message("chr1:9-5"), "the end of `chr1:9-5` lies before its start; swap them");
        assert_eq!(message("chr1:0-5"), "`chr1:0-5` holds a position that is 0 or too large; regions count from 1");
        assert!(message("chr1:1-99999999999999999999").contains("too large"));
        assert!(message("").contains("names no contig; write CHROM"));
        assert!(message(":1-2").contains("names no contig"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z:0-9*é-]{0,12}") {
            if let Ok(region) = text.parse::<Region>() {
                prop_assert!(region.start() < region.end());
                prop_assert!(text.starts_with(region.contig()));
            }
        }
    }
}
