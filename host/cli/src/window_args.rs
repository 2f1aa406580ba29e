//! Which windows scores are computed in, as typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kipos_plugin_api::Value;

use super::args::{file_path, parse_fraction};
use super::error::UsageError;
use super::headings::{INPUT, WINDOWS};
use super::loader_args::{LENGTH_ARG, add_loader_arg};
use kipos::{Centering, EdgeRule, RegionMode, SampleChoice, WindowChoice};

/// The windows of a run that scores.
#[derive(Debug, Args)]
#[command(next_help_heading = WINDOWS)]
pub struct WindowArgs {
    /// How windows are chosen [default: restricted with --restriction-bed, else centered if the dataloader takes a BED
    /// file, else overlap]
    #[arg(long, value_name = "MODE")]
    pub windows: Option<WindowsChoice>,
    /// Move windows around variants by N bases towards the end of the contig, or by -N towards its start
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub window_offset: i64,
    /// Where variants are in them
    #[command(flatten)]
    pub place: WindowPlaceArgs,
}

/// What all commands that place windows around variants are told of them.
#[derive(Debug, Args)]
#[command(next_help_heading = WINDOWS)]
pub struct WindowPlaceArgs {
    /// Where the variant is in its window: middle, kipoi (one base before the middle of a window of odd length), half
    /// (floor(L / 2)), or an index from 0 [default: what model.yaml says, else middle; in Kipoi's spelling kipoi]
    #[arg(long, value_name = "RULE")]
    pub centering: Option<Centering>,
    /// Skip windows in which a larger fraction of the genome's bases are not A, C, G or T
    #[arg(long, alias = "max_n", default_value_t = 1.0, value_name = "FRACTION", value_parser = parse_fraction)]
    pub max_n: f64,
}

impl WindowArgs {
    /// The choice of windows; `default_centering` holds unless one was typed or the model says otherwise.
    pub(super) fn choice(self, default_centering: Centering, restriction_bed: Option<PathBuf>) -> WindowChoice {
        let mode = self.windows.and_then(WindowsChoice::mode);
        let mut choice = self.place.choice(mode, default_centering);
        choice.restriction_bed = restriction_bed;
        choice.offset = self.window_offset;
        choice
    }
}

impl WindowPlaceArgs {
    /// The choice of windows of this mode; `default_centering` holds unless one was typed or the model says otherwise.
    pub(super) fn choice(self, mode: Option<RegionMode>, default_centering: Centering) -> WindowChoice {
        let mut choice = WindowChoice::default();
        choice.mode = mode;
        choice.centering = self.centering;
        choice.default_centering = default_centering;
        choice.max_n = self.max_n;
        choice
    }
}

/// The samples that windows are, besides the arguments of the dataloader.
#[derive(Debug, Args)]
pub struct WindowSampleArgs {
    /// What to do when a window extends beyond its contig
    #[arg(help_heading = WINDOWS, long, default_value = "skip", value_name = "RULE")]
    pub edge: EdgeChoice,
    /// Window length in bases, for models that take any length (the loader's auto_resize_len)
    #[arg(help_heading = WINDOWS, long, alias = "seq_length", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub seq_length: Option<u32>,
    /// A file of two columns: contig name in variants and regions, contig name in the FASTA
    #[arg(help_heading = INPUT, long, alias = "contig_map", value_name = "FILE")]
    pub contig_map: Option<PathBuf>,
    /// A file of prepared samples, instead of the dataloader: the HDF5 that `kipoi preproc` writes
    #[arg(help_heading = INPUT, long, alias = "batch_file", value_name = "FILE", value_parser = file_path())]
    pub batch_file: Option<PathBuf>,
}

impl WindowSampleArgs {
    /// The choice of samples, with these arguments of the dataloader.
    pub(super) fn choice(self, loader_args: Vec<(String, Value)>) -> Result<SampleChoice, UsageError> {
        let mut choice = SampleChoice::new(self.edge.into());
        choice.loader_args = loader_args;
        if let Some(length) = self.seq_length {
            add_loader_arg(&mut choice.loader_args, LENGTH_ARG, Value::Int(length.into()), "--seq-length")?;
        }
        choice.contig_map = self.contig_map;
        choice.batch_file = self.batch_file;
        Ok(choice)
    }
}

/// The rule for windows that extend beyond their contig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EdgeChoice {
    /// Skip it, and count the reason
    Skip,
    /// Pad with N
    Pad,
    /// Stop
    Error,
}

impl From<EdgeChoice> for EdgeRule {
    fn from(choice: EdgeChoice) -> Self {
        match choice {
            EdgeChoice::Skip => Self::Skip,
            EdgeChoice::Pad => Self::Pad,
            EdgeChoice::Error => Self::Error,
        }
    }
}

/// How windows are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WindowsChoice {
    /// Chosen from the other arguments and the dataloader
    Auto,
    /// Around each variant; for maps of regions, side by side
    Centered,
    /// Around each variant, moved into the regions of --restriction-bed
    Restricted,
    /// The dataloader's own intervals
    Overlap,
}

impl WindowsChoice {
    /// The mode, unless it is chosen by the other arguments.
    pub fn mode(self) -> Option<RegionMode> {
        match self {
            Self::Auto => None,
            Self::Centered => Some(RegionMode::Centered),
            Self::Restricted => Some(RegionMode::Restricted),
            Self::Overlap => Some(RegionMode::Overlap),
        }
    }
}
