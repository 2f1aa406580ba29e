//! What may be typed for all SNVs of stretches of the genome.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Args};

use super::args::{FormatArgs, ScoredModelArgs, file_path};
use super::error::UsageError;
use super::headings::{INPUT, OUTPUT, WINDOWS};
use super::loader_args::GenomeFile;
use super::model_args::ModelArgs;
use super::output_args::OutputArgs;
use super::score_args::ScoreArgs;
use super::window_args::{WindowPlaceArgs, WindowSampleArgs};
use kipos::{RegionList, RegionMode, Tiling};

/// What `--centering` does here.
const CENTERING: &str = "Where the centre is in a window: middle, kipoi (one base before the middle of a window of odd length), half \
                         (floor(L / 2)), or an index from 0 [default: what model.yaml says, else middle]";

/// `kipos saturate`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("stretches").required(true).multiple(true).args(["regions", "regions_file"]))]
#[command(mut_arg("batch_file", |arg| arg.hide(true)))]
#[command(mut_arg("centering", |arg| arg.help(CENTERING)))]
#[command(mut_arg("info_layout", |arg| arg.help("In a VCF, several tasks in one key, or one key per task")))]
#[command(mut_arg("digits", |arg| arg.help("Significant digits of scores in text")))]
#[command(mut_arg("model_name", |arg| arg.help("The model's name in INFO keys [default: the name of its directory]")))]
#[command(mut_arg("only_scored", |arg| arg.help("Leave out rows without scores [default: false]")))]
pub struct SaturateArgs {
    /// The model
    #[command(flatten)]
    pub model: ModelArgs,
    /// Stretches of the genome: chr, chr:pos, chr:start- or chr:start-end (1-based, inclusive; 1,000 is a number, {chr:1} a
    /// name); several separated by commas or repeated. What several of them hold is scored once
    #[arg(help_heading = INPUT, short, long, value_name = "REGION")]
    pub regions: Vec<RegionList>,
    /// The same for the intervals of a BED file, plain or bgzipped; may be repeated
    #[arg(help_heading = INPUT, short = 'R', long, alias = "regions_file", value_name = "FILE", value_parser = file_path())]
    pub regions_file: Vec<PathBuf>,
    /// The genome
    #[command(flatten)]
    pub genome: GenomeFile,
    /// Arguments of the model's dataloader: JSON, YAML, a file of either, or key=value words
    #[arg(help_heading = INPUT, long, alias = "dataloader_args", value_name = "ARGS", num_args = 1..)]
    pub dataloader_args: Vec<String>,
    /// The windows of SNVs: tiles or tiles:STEP, windows whose centres are STEP bases apart, each SNV in the one whose centre
    /// is nearest; or centered, a window for each base [default: tiles, half the window's length apart]
    #[arg(help_heading = WINDOWS, long, value_name = "RULE")]
    pub windows: Option<SaturationWindows>,
    /// Place tiles so that no SNV is more than N bases from the centre of its window
    #[arg(help_heading = WINDOWS, long, alias = "max_offset", value_name = "N")]
    pub max_offset: Option<u64>,
    /// Where the centre is, and which windows are skipped
    #[command(flatten)]
    pub place: WindowPlaceArgs,
    /// What the model is shown in the windows
    #[command(flatten)]
    pub samples: WindowSampleArgs,
    /// The scores
    #[command(flatten)]
    pub scores: ScoreArgs,
    /// What scores read
    #[command(flatten)]
    pub output_selection: OutputArgs,
    /// Output files of scores; may be repeated. The extension sets the format: .tsv, .tsv.gz or .tsv.bgz (with an index for
    /// tabix), .parquet, .pq, .h5 or .hdf5 (a table, one row per SNV), .vcf, .vcf.gz, .vcf.bgz or .bcf (with an index); `-` is
    /// a VCF on standard output
    #[arg(help_heading = OUTPUT, short, long, value_name = "FILE", required = true)]
    pub output: Vec<PathBuf>,
    /// How scores look
    #[command(flatten)]
    pub format: FormatArgs,
    /// Fail, and write nothing, if no SNV is scored; by default this is a warning
    #[arg(help_heading = OUTPUT, long, alias = "fail_if_empty")]
    pub fail_if_empty: bool,
    /// Where the model runs
    #[command(flatten)]
    pub engine: ScoredModelArgs,
}

/// The windows of SNVs, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaturationWindows {
    /// Tiles, with so many bases from a centre to the next.
    Tiles(Option<u64>),
    /// A window for each base.
    Centered,
}

impl FromStr for SaturationWindows {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let step =
            |step: &str| step.parse().ok().filter(|step: &u64| *step > 0 && step.to_string().len() == text.len() - 6);
        match text.split_once(':') {
            None if text == "tiles" => Ok(Self::Tiles(None)),
            None if text == "centered" => Ok(Self::Centered),
            Some(("tiles", typed)) if step(typed).is_some() => Ok(Self::Tiles(step(typed))),
            _ => Err("expected tiles, tiles:STEP with a number of bases from 1, or centered".to_owned()),
        }
    }
}

impl SaturateArgs {
    /// Where windows come from; nothing if the model decides.
    pub(super) fn mode(&self) -> Result<Option<RegionMode>, UsageError> {
        let tiles = |step| Ok(Some(RegionMode::Tiled(Tiling { step, max_offset: self.max_offset })));
        match (self.windows, self.max_offset) {
            (Some(SaturationWindows::Tiles(step)), _) => tiles(step),
            (None, Some(_)) => tiles(None),
            (Some(SaturationWindows::Centered), None) => Ok(Some(RegionMode::Centered)),
            (Some(SaturationWindows::Centered), Some(_)) => {
                Err("--max-offset places tiles, and cannot be combined with --windows centered; leave it out".into())
            }
            (None, None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_tiles_or_centered() {
        let read = |text: &str| text.parse::<SaturationWindows>().ok();
        assert_eq!(
            [read("tiles"), read("centered")],
            [Some(SaturationWindows::Tiles(None)), Some(SaturationWindows::Centered)]
        );
        assert_eq!(read("tiles:500"), Some(SaturationWindows::Tiles(Some(500))));
        for text in ["", "tiles:", "tiles:0", "tiles:+5", "tiles:-5", "tiles:05", "tiles:5.0", "centered:5", "Tiles"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
