//! Planning the windows of variants, and reading the regions that they come from.

use std::path::Path;

use thiserror::Error;

use crate::dataloader::SeqInterval;
use crate::genome::{BedIntervals, ContigMap, NamedInterval, RegionError, Strand};
use crate::region::{Centering, RegionIndex, RegionMode, RegionPlan, Tiling, TilingError};
use crate::request::{ChoiceError, WindowChoice};
use crate::warning::{Warning, WarningCode};

/// Why no windows can be planned.
#[derive(Debug, Error)]
pub enum WindowPlanError {
    /// A BED file.
    #[error(transparent)]
    Regions(#[from] RegionError),
    /// Choices that contradict each other.
    #[error(transparent)]
    Request(#[from] ChoiceError),
    /// Tiles that are too far apart.
    #[error(transparent)]
    Tiles(#[from] TilingError),
    /// The model's window is too short to hold a variant.
    #[error("the model reads windows of {length} bases, too short to hold a variant; check `auto_resize_len`")]
    TooShort {
        /// The length in bases.
        length: usize,
    },
    /// The variant's index lies beyond the window.
    #[error(
        "the variant cannot have index {index} in a window of {length} bases; give --centering N below {length}, or \
         correct `kipos.variant_index` in model.yaml"
    )]
    NoIndex {
        /// The index of the variant.
        index: usize,
        /// The length of the window in bases.
        length: usize,
    },
    /// Windows around variants need a length.
    #[error("the number of bases that the model reads around a variant is unknown; give --seq-length N")]
    NoLength,
    /// The loader's intervals are needed, but no file is given.
    #[error(
        "variants are scored in the dataloader's intervals, but its argument `intervals_file` is missing; give a BED \
         file with --intervals FILE, or place windows around variants with --windows centered"
    )]
    NoIntervals,
    /// An interval that the model cannot read.
    #[error(
        "interval `{name}` of {file} has {found} bases, but the model reads {expected}; resize all with --seq-length \
         {expected}"
    )]
    IntervalLength {
        /// The BED file, or `the region plan`.
        file: String,
        /// The interval.
        name: String,
        /// Its length in bases.
        found: u64,
        /// The model's.
        expected: usize,
    },
}

/// The windows of a run, with all regions read; `warnings` gets what the user should know of them.
pub(super) fn plan(
    choice: &WindowChoice,
    (mode, centering): (RegionMode, Centering),
    loader: &SeqInterval,
    window_length: Option<usize>,
    contigs: &mut ContigMap,
    warnings: &mut Vec<Warning>,
) -> Result<RegionPlan, WindowPlanError> {
    if let Some(plan) = &choice.plan {
        check_plan(plan, window_length)?;
        return Ok(plan.clone());
    }
    let length = || {
        let length = window_length.ok_or(WindowPlanError::NoLength)?;
        check_centering(centering, length).map(|index| (length, index))
    };
    match (mode, &choice.restriction_bed) {
        (RegionMode::Centered, _) => Ok(RegionPlan::Centered { length: length()?.0, centering }),
        (RegionMode::Tiled(tiling), _) => {
            let (length, index) = length()?;
            Ok(RegionPlan::Tiled { length, centering, step: tiling.step(length, index)? })
        }
        (RegionMode::Restricted, Some(path)) => {
            let regions = RegionIndex::new(read_bed(path, contigs, warnings)?);
            Ok(RegionPlan::Restricted { length: length()?.0, centering, regions })
        }
        (RegionMode::Restricted, None) => Err(ChoiceError::NoRestriction.into()),
        (RegionMode::Overlap, _) => {
            Ok(RegionPlan::Overlap { ranges: ranges(loader, window_length, contigs, warnings)?, per_sample: 1 })
        }
    }
}

/// The index of the variant in a window of this length.
fn check_centering(centering: Centering, length: usize) -> Result<usize, WindowPlanError> {
    match (centering.index(length), centering) {
        (Some(index), _) => Ok(index),
        (None, Centering::At(index)) => Err(WindowPlanError::NoIndex { index, length }),
        (None, _) => Err(WindowPlanError::TooShort { length }),
    }
}

/// Checks that a plan of the caller's own gives windows that the model reads.
fn check_plan(plan: &RegionPlan, window_length: Option<usize>) -> Result<(), WindowPlanError> {
    let file = "the region plan";
    match plan {
        RegionPlan::Centered { length, centering } | RegionPlan::Restricted { length, centering, .. } => {
            check_centering(*centering, *length)?;
            check_length(file, "every window", *length as u64, window_length)
        }
        RegionPlan::Tiled { length, centering, step } => {
            let tiling = Tiling { step: Some(*step), max_offset: None };
            tiling.step(*length, check_centering(*centering, *length)?)?;
            check_length(file, "every window", *length as u64, window_length)
        }
        RegionPlan::Overlap { ranges, .. } => ranges
            .regions()
            .iter()
            .try_for_each(|range| check_length(file, &range.name, range.interval.len(), window_length)),
    }
}

fn check_length(file: &str, name: &str, found: u64, window_length: Option<usize>) -> Result<(), WindowPlanError> {
    match window_length {
        Some(expected) if found != expected as u64 => {
            Err(WindowPlanError::IntervalLength { file: file.into(), name: name.into(), found, expected })
        }
        _ => Ok(()),
    }
}

/// The loader's own intervals, resized as it says.
fn ranges(
    loader: &SeqInterval,
    window_length: Option<usize>,
    contigs: &mut ContigMap,
    warnings: &mut Vec<Warning>,
) -> Result<RegionIndex, WindowPlanError> {
    let SeqInterval { intervals_file, auto_resize_len, use_strand, .. } = loader;
    let path = intervals_file.as_ref().ok_or(WindowPlanError::NoIntervals)?;
    let range = |NamedInterval { mut interval, name }: NamedInterval| {
        if let Some(length) = auto_resize_len {
            interval = interval.resized(*length as u64);
        }
        if !use_strand {
            interval = interval.on(Strand::Forward);
        }
        check_length(&path.display().to_string(), &name, interval.len(), window_length)?;
        Ok(NamedInterval { interval, name })
    };
    let ranges = read_bed(path, contigs, warnings)?.into_iter().map(range).collect::<Result<_, WindowPlanError>>()?;
    Ok(RegionIndex::new(ranges))
}

/// The intervals of a BED file on contigs of the genome; a warning reports others.
fn read_bed(
    path: &Path,
    contigs: &mut ContigMap,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<NamedInterval>, WindowPlanError> {
    let read = BedIntervals::read(path, contigs)?;
    if read.elsewhere > 0 {
        let text = format!(
            "{} of {} intervals of {} are on contigs that the genome does not have; they are not used",
            read.elsewhere,
            read.elsewhere + read.intervals.len() as u64,
            path.display()
        );
        warnings.push(Warning::new(WarningCode::IntervalsElsewhere, text));
    }
    Ok(read.intervals)
}
