//! Ways to write the same variants down.

use proptest::prelude::*;

/// How a VCF is written, apart from its variants.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    samples: bool,
    lower_case: bool,
    windows: bool,
    declares_contigs: bool,
}

/// Any of them.
pub fn dialect() -> impl Strategy<Value = Dialect> {
    any::<[bool; 4]>().prop_map(|[samples, lower_case, windows, declares_contigs]| Dialect {
        samples,
        lower_case,
        windows,
        declares_contigs,
    })
}

impl Dialect {
    /// A VCF with samples, upper case, lines that end in `\n` and declared contigs, in this dialect.
    pub fn write(self, vcf: &str) -> String {
        let kept = vcf.lines().filter(|line| self.declares_contigs || !line.starts_with("##contig="));
        kept.map(|line| self.line(line) + if self.windows { "\r\n" } else { "\n" }).collect()
    }

    fn line(self, line: &str) -> String {
        if line.starts_with("##") {
            return line.to_owned();
        }
        let mut columns: Vec<_> = line.split('\t').map(str::to_owned).collect();
        if !self.samples {
            columns.truncate(8);
        }
        if self.lower_case && !line.starts_with('#') {
            columns[3].make_ascii_lowercase();
            let spelled = |element: &str| element.bytes().all(|byte| byte.is_ascii_alphabetic());
            let elements = columns[4].split(',');
            let lower = elements.map(|element| if spelled(element) { element.to_lowercase() } else { element.into() });
            columns[4] = lower.collect::<Vec<_>>().join(",");
        }
        columns.join("\t")
    }
}
