//! One region as it is typed.

use super::RegionError;
use crate::genome::ContigMap;
use std::{fmt, ops::Range, str::FromStr};

/// A stretch of one contig, typed as `chr`, `chr:pos`, `chr:start-` or `chr:start-end`: **1-based**, both ends inside.
/// Positions may have commas (`1,000`), and a name that could end in positions itself may stand in braces
/// (`{HLA-A*01:01}:1-10`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Region {
    text: String,
    /// Where the contig's name is in the text.
    contig: Range<usize>,
    start: i64,
    end: i64,
}

/// Why a text is no region.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RegionSyntaxError {
    /// There is no contig's name.
    #[error("`{0}` lacks a contig name; write CHROM, CHROM:POS, CHROM:START- or CHROM:START-END")]
    NoContig(String),
    /// A name in braces is not all there is, and no positions follow it.
    #[error("`{0}` is not a name in braces with or without positions; write {{CHROM}} or {{CHROM}}:START-END")]
    Braces(String),
    /// A coordinate is 0 or too large.
    #[error("`{0}` has a position that is 0 or too large; positions count from 1")]
    Position(String),
    /// The end lies before the start.
    #[error("the end of `{0}` is before its start; swap them")]
    Reversed(String),
}

impl Region {
    /// The contig's name, as typed, if the whole text is not the name of one: the genome decides.
    pub fn contig(&self) -> &str {
        &self.text[self.contig.clone()]
    }

    /// The first base, 0-based; -1, where a telomere's POS is, for a whole contig.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// One past the last base, 0-based; the largest number if the region ends with its contig.
    pub fn end(&self) -> i64 {
        self.end
    }

    /// The contig of the genome, and start and end as [`start`](Self::start) and [`end`](Self::end) have them. A contig
    /// whose name is the whole text wins over one with positions behind it.
    ///
    /// # Errors
    /// [`RegionError::UnknownContig`]; [`RegionError::Comma`] if digits behind a comma are the name of a contig too.
    pub(crate) fn resolve(&self, contigs: &ContigMap) -> Result<(usize, i64, i64), RegionError> {
        if let Some(contig) = contigs.find(&self.text) {
            return Ok((contig, WHOLE.0, WHOLE.1));
        }
        let behind_commas = self.text[self.contig.end..].split(',').skip(1);
        let digits = behind_commas.map(|text| text.split('-').next().unwrap_or_default());
        if let Some(digits) = digits.into_iter().find(|digits| contigs.find(digits).is_some()) {
            return Err(RegionError::Comma { region: self.text.clone(), digits: digits.to_owned() });
        }
        match contigs.find(self.contig()) {
            Some(contig) => Ok((contig, self.start, self.end)),
            None => Err(RegionError::UnknownContig { region: self.text.clone(), known: contigs.known_names() }),
        }
    }
}

/// Start and end of a whole contig.
const WHOLE: (i64, i64) = (-1, i64::MAX);

impl FromStr for Region {
    type Err = RegionSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (contig, range) = split(text)?;
        let (start, end) = match range {
            None => WHOLE,
            Some((first, last)) => {
                let position =
                    |number| parse_position(number).ok_or_else(|| RegionSyntaxError::Position(text.to_owned()));
                let first = position(first)?;
                let last = match last {
                    Last::Same => first,
                    Last::Open => i64::MAX,
                    Last::At(last) => position(last)?,
                };
                if last < first {
                    return Err(RegionSyntaxError::Reversed(text.into()));
                }
                (first - 1, last)
            }
        };
        if contig.is_empty() {
            return Err(RegionSyntaxError::NoContig(text.into()));
        }
        Ok(Self { text: text.into(), contig, start, end })
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

/// The first base as it is typed, and the last.
type Positions<'a> = (&'a str, Last<'a>);

/// Where the contig's name is, and what is typed behind it.
fn split(text: &str) -> Result<(Range<usize>, Option<Positions<'_>>), RegionSyntaxError> {
    if let Some((name, rest)) = text.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        let range = match rest.strip_prefix(':') {
            None if rest.is_empty() => None,
            range => Some(range.and_then(split_range).ok_or_else(|| RegionSyntaxError::Braces(text.into()))?),
        };
        return Ok((1..1 + name.len(), range));
    }
    // Contig names may hold colons themselves (HLA-A*01:01): only digits behind the last one are coordinates.
    let typed = text.rsplit_once(':').and_then(|(contig, range)| Some((contig, split_range(range)?)));
    Ok(match typed {
        None => (0..text.len(), None),
        Some((contig, range)) => (0..contig.len(), Some(range)),
    })
}

/// `number`, `number-` or `number-number`; `None` for anything else.
fn split_range(range: &str) -> Option<Positions<'_>> {
    let (first, last) = match range.split_once('-') {
        None => (range, Last::Same),
        Some((first, "")) => (first, Last::Open),
        Some((first, last)) => (first, is_number(last).then_some(Last::At(last))?),
    };
    is_number(first).then_some((first, last))
}

/// Digits, all together or in groups of thousands: `1000`, `1,000`.
fn is_number(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let mut others = groups.peekable();
    is_digits(first)
        && (others.peek().is_none() || first.len() <= 3)
        && others.all(|group| group.len() == 3 && is_digits(group))
}

/// A position from 1 on.
fn parse_position(number: &str) -> Option<i64> {
    number.replace(',', "").parse().ok().filter(|position| *position > 0)
}

/// Regions typed with commas between them, which commas within numbers or braces do not part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegionList(pub Vec<Region>);

impl FromStr for RegionList {
    type Err = RegionSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut regions = Vec::new();
        let mut first = 0;
        for (comma, _) in text.match_indices(',') {
            if is_end(&text[first..comma], &text[comma + 1..]) {
                regions.push(text[first..comma].parse()?);
                first = comma + 1;
            }
        }
        regions.push(text[first..].parse()?);
        Ok(Self(regions))
    }
}

/// Whether the region that is typed as `before` ends at the comma that `after` follows.
fn is_end(before: &str, after: &str) -> bool {
    if before.starts_with('{') && !before.contains('}') {
        return false;
    }
    // The number that the comma would be in.
    let range = before.rsplit_once(':').map_or("", |(_, range)| range);
    let number = range.rsplit_once('-').map_or(range, |(_, last)| last);
    let group = after.split([',', '-']).next().unwrap_or_default();
    !(group.len() == 3 && is_number(&format!("{number},{group}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::Contig;
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
        assert_eq!(parsed("{HLA-A*01:01}"), ("HLA-A*01:01".into(), -1, i64::MAX));
        assert_eq!(parsed("{HLA-A*01:01}:7-9"), ("HLA-A*01:01".into(), 6, 9));
        assert_eq!(parsed("chr1:1,000-2,000,000"), ("chr1".into(), 999, 2_000_000));
        assert_eq!(parsed("chr1:1,000-"), ("chr1".into(), 999, i64::MAX));
        // No thousands: the whole is a name.
        assert_eq!(parsed("chr1:1,00-2"), ("chr1:1,00-2".into(), -1, i64::MAX));
        assert_eq!(parsed("chr1:1000,000"), ("chr1:1000,000".into(), -1, i64::MAX));
    }

    #[test]
    fn what_is_no_region_is_told_why() {
        let message = |text: &str| text.parse::<Region>().unwrap_err().to_string();
        assert_eq!(message("chr1:9-5"), "the end of `chr1:9-5` is before its start; swap them");
        assert_eq!(message("chr1:0-5"), "`chr1:0-5` has a position that is 0 or too large; positions count from 1");
        assert_eq!(
            message("{a}b"),
            "`{a}b` is not a name in braces with or without positions; write {CHROM} or {CHROM}:START-END"
        );
        assert!(message("chr1:1-99999999999999999999").contains("too large"));
        assert!(message("").contains("lacks a contig name; write CHROM"));
        assert!(message(":1-2").contains("lacks a contig name"));
        assert!(message("{}:1-2").contains("lacks a contig name"));
    }

    #[test]
    fn commas_part_regions_and_thousands() {
        let listed = |text: &str| {
            let RegionList(regions) = text.parse().unwrap();
            regions.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(listed("chr1:1,000-2,000,chr2"), ["chr1:1,000-2,000", "chr2"]);
        assert_eq!(listed("chr1:10-20,chr2:5,X"), ["chr1:10-20", "chr2:5", "X"]);
        assert_eq!(listed("1:5,2:7-9"), ["1:5", "2:7-9"]);
        assert_eq!(listed("1:1,100:5"), ["1:1", "100:5"]);
        assert_eq!(listed("1,100"), ["1", "100"]);
        assert_eq!(listed("1:1234,100"), ["1:1234", "100"]);
        assert_eq!(listed("chr1:1,000,000"), ["chr1:1,000,000"]);
        assert_eq!(listed("{a,b}:1,000-2,000,{c,000}"), ["{a,b}:1,000-2,000", "{c,000}"]);
        assert_eq!("chr1,".parse::<RegionList>().unwrap_err(), RegionSyntaxError::NoContig(String::new()));
    }

    #[test]
    fn names_of_contigs_win_over_positions() {
        let names = ["HLA-A*01:01", "HLA-A*01:01:01", "chr1", "200"];
        let contigs = ContigMap::new(&names.map(|name| Contig { name: name.into(), length: 9_000 }));
        let resolved =
            |text: &str| text.parse::<Region>().unwrap().resolve(&contigs).map_err(|error| error.to_string());
        assert_eq!(resolved("HLA-A*01:01"), Ok((0, -1, i64::MAX)));
        assert_eq!(resolved("HLA-A*01:01:01"), Ok((1, -1, i64::MAX)));
        assert_eq!(resolved("{HLA-A*01:01}:01"), Ok((0, 0, 1)));
        assert_eq!(resolved("HLA-A*01:01:02"), Ok((0, 1, 2)));
        assert_eq!(resolved("HLA-A*01:01:01:5-6"), Ok((1, 4, 6)));
        assert_eq!(resolved("1:1,000"), Ok((2, 999, 1_000)));
        insta::assert_snapshot!(resolved("chr1:5,200-6,000").unwrap_err(), @"ambiguous region `chr1:5,200-6,000`: `,200` may belong to the number or name the contig `200`; write the number without commas, or give each region its own flag");
        insta::assert_snapshot!(resolved("HLA-A*01").unwrap_err(), @"unknown contig in region `HLA-A*01` (the genome has HLA-A*01:01, HLA-A*01:01:01, chr1, 200); write CHROM:START-END");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z:0-9*é{},-]{0,12}") {
            if let Ok(region) = text.parse::<Region>() {
                prop_assert!(region.start() < region.end());
                prop_assert!(text.contains(region.contig()));
            }
            if let Ok(RegionList(regions)) = text.parse::<RegionList>() {
                let again: Vec<_> = regions.iter().map(ToString::to_string).collect();
                prop_assert_eq!(again.join(","), text);
            }
        }
    }
}
