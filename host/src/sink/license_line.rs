//! The licence of a model in the header of a VCF.

use super::info_key::one_line;
use crate::genome::VcfHeader;

/// What the line begins with; the model's name follows, as a VCF may hold scores of several.
const KEY: &str = "##kipos_model_license=";

/// The line of this run, and what becomes of that of an earlier one.
#[derive(Debug)]
pub(super) struct LicenseLine {
    /// `##kipos_model_license=MODEL: LICENCE`; `None` if the licence is not known.
    pub(super) line: Option<String>,
    /// The numbers of the input's lines that say something else of the same model.
    pub(super) outdated: Vec<usize>,
}

impl LicenseLine {
    /// The line of a model, for an input with this header.
    pub(super) fn new(input: &VcfHeader, model: &str, license: Option<&str>) -> Self {
        let begin = format!("{KEY}{}: ", one_line(model));
        let line = license.map(|license| format!("{begin}{}", one_line(license)));
        let is_outdated = |earlier: &[u8]| {
            earlier.starts_with(begin.as_bytes()) && line.as_ref().is_none_or(|line| earlier != line.as_bytes())
        };
        let earlier = input.meta_lines().iter().enumerate();
        let outdated = earlier.filter(|(_, earlier)| is_outdated(earlier)).map(|(number, _)| number).collect();
        Self { line, outdated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::test_input::read;

    #[test]
    fn each_model_has_one_line() {
        let text = "##fileformat=VCFv4.2\n##kipos_model_license=a: MIT\n##kipos_model_license=ab: MIT\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
        let (header, _) = read(text);
        let line = |model: &str, license: Option<&str>| {
            let LicenseLine { line, outdated } = LicenseLine::new(&header, model, license);
            (line.unwrap_or_default(), outdated)
        };
        assert_eq!(line("a", Some("MIT")), ("##kipos_model_license=a: MIT".into(), vec![]));
        assert_eq!(line("a", Some("GPLv3\nor later")), ("##kipos_model_license=a: GPLv3 or later".into(), vec![1]));
        assert_eq!(line("a", None), (String::new(), vec![1]));
        assert_eq!(line("b", Some("CC BY 4.0")), ("##kipos_model_license=b: CC BY 4.0".into(), vec![]));
    }
}
