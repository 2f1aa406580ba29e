//! `top`: the strongest alleles of a file of scores.

use std::path::PathBuf;

use clap::Args;

use super::args::file_path;
use super::error::CliResult;
use super::standard_output::standard_output;
use super::stopping::stop;
use kipos::Strongest;

/// `kipos top`.
#[derive(Debug, Args)]
pub struct TopArgs {
    /// An annotated VCF or BCF, or a table as TSV or Parquet
    #[arg(value_parser = file_path())]
    file: PathBuf,
    /// So many alleles at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    count: usize,
    /// The score; where a file has it of several models, MODEL/SCORE [default: the first of the file]
    #[arg(long, value_name = "SCORE")]
    by: Option<String>,
}

/// Prints the table: an allele per line.
pub fn run(args: TopArgs) -> CliResult {
    let mut request = Strongest::new(args.file);
    (request.count, request.score, request.stop) = (args.count, args.by, stop());
    let found = request.run()?;
    let mut lines = vec![format!("chrom\tpos\tid\tref\talt\ttask\t{}", found.score)];
    lines.extend(found.alleles.iter().map(|allele| {
        let kipos::StrongAllele { chrom, pos, id, reference, alternate, task, value } = allele;
        format!("{chrom}\t{pos}\t{id}\t{reference}\t{alternate}\t{task}\t{value}")
    }));
    Ok(standard_output().write_lines(&lines.join("\n"))?)
}
