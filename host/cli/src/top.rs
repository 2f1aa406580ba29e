//! `top`: the strongest alleles of a file of scores.

use std::path::PathBuf;

use clap::Args;

use super::args::file_path;
use super::error::CliResult;
use super::standard_output::standard_output;
use super::stopping::stop;
use kipos::{StrongAllele, Strongest};

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
    /// Also name the genes that have a base that the allele changes, introns included: GTF, GFF3, or a table with the columns
    /// NAME CHROM STRAND TX_START TX_END EXON_START EXON_END, plain or bgzipped
    #[arg(long, value_name = "FILE", value_parser = file_path())]
    genes: Option<PathBuf>,
    /// Only genes of these types, such as protein_coding, separated by commas [default: all]
    #[arg(long, value_name = "TYPE", value_delimiter = ',', requires = "genes")]
    gene_type: Vec<String>,
}

/// Prints the table: an allele per line.
pub fn run(args: TopArgs) -> CliResult {
    let mut request = Strongest::new(args.file);
    (request.count, request.score, request.stop) = (args.count, args.by, stop());
    let names_genes = args.genes.is_some();
    (request.genes, request.gene_types) = (args.genes, args.gene_type);
    let found = request.run()?;
    let gene = |text: &str| if names_genes { format!("\t{text}") } else { String::new() };
    let mut lines = vec![format!("chrom\tpos\tid\tref\talt{}\ttask\t{}", gene("gene"), found.score)];
    lines.extend(found.alleles.iter().map(|allele| {
        let StrongAllele { chrom, pos, id, reference, alternate, task, value, genes } = allele;
        let gene = gene(&if genes.is_empty() { ".".to_owned() } else { genes.join(",") });
        format!("{chrom}\t{pos}\t{id}\t{reference}\t{alternate}{gene}\t{task}\t{value}")
    }));
    Ok(standard_output().write_lines(&lines.join("\n"))?)
}
