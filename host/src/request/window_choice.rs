//! The windows that variants are shown in.

use std::path::{Path, PathBuf};

use super::ChoiceError;
use super::error::check_fraction;
use crate::description::{ModelDir, ModelSpec, SpecError};
use crate::region::{Centering, RegionMode, RegionPlan};
use crate::samples::{Unused, UnusedWithBatchFile};

/// The windows of the genome that a model sees, for variants and mutation maps. Windows are 0-based and half-open.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WindowChoice {
    /// Where windows come from. Default: [`Restricted`](RegionMode::Restricted) with a
    /// [`restriction_bed`](Self::restriction_bed), else [`Centered`](RegionMode::Centered) if the dataloader takes a BED
    /// file, else [`Overlap`](RegionMode::Overlap).
    pub mode: Option<RegionMode>,
    /// Windows of the caller's own, which take precedence over `mode`, restriction and centering. Contigs
    /// are numbered as in the genome. Default: none.
    pub plan: Option<RegionPlan>,
    /// A BED file, plain or bgzipped, of the regions that contain all windows. Default: none.
    pub restriction_bed: Option<PathBuf>,
    /// The position of the variant in a window of its own. Default: none, as the model's description says.
    pub centering: Option<Centering>,
    /// That position if neither this choice nor the description says. Default: [`Centering::Middle`].
    pub default_centering: Centering,
    /// By how many bases windows of a variant's own are moved towards the end of the contig, or towards its start if
    /// negative, from where the position of the variant puts them. Default: 0.
    pub offset: i64,
    /// Windows with a larger fraction of bases other than A, C, G and T are skipped, from 0 to 1. Padding does not
    /// count. Default: 1, no window is skipped.
    pub max_n: f64,
}

impl Default for WindowChoice {
    fn default() -> Self {
        Self {
            mode: None,
            plan: None,
            restriction_bed: None,
            centering: None,
            default_centering: Centering::Middle,
            offset: 0,
            max_n: 1.0,
        }
    }
}

impl WindowChoice {
    /// Checks the choice by itself, and against the file of prepared samples if there is one.
    ///
    /// # Errors
    /// Windows other than the samples of a batch file, or a mode that contradicts the regions.
    pub(crate) fn validate(&self, batch_file: Option<&Path>) -> Result<(), ChoiceError> {
        check_fraction("max_n", self.max_n)?;
        if let Some(path) = batch_file {
            let unused = if self.offset != 0 {
                Unused::Offset
            } else if self.restriction_bed.is_some() {
                Unused::Restriction
            } else if self.mode.is_some_and(|mode| mode != RegionMode::Overlap) || self.plan.is_some() {
                Unused::Mode
            } else {
                return Ok(());
            };
            return Err(UnusedWithBatchFile::new(path, unused).into());
        }
        match (self.mode.filter(|_| self.plan.is_none()), &self.restriction_bed) {
            (Some(RegionMode::Restricted), None) => Err(ChoiceError::NoRestriction),
            (Some(mode), Some(path)) => match unrestricted(mode) {
                Some(mode) => Err(ChoiceError::UnusedRestriction { path: path.clone(), mode }),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The position of the variant in a window of its own, for a model of this description that reads windows of `length`
    /// bases, if that is known: by the rule, and then moved by the offset.
    ///
    /// # Errors
    /// An offset that moves the window off the variant.
    pub(crate) fn centering(&self, model: &ModelSpec, length: Option<usize>) -> Result<Centering, ChoiceError> {
        let rule = self.centering.or(model.kipos.variant_index).unwrap_or(self.default_centering);
        let placed = length.and_then(|length| Some((length, rule.index(length)?)));
        let Some((length, index)) = placed.filter(|_| self.offset != 0) else { return Ok(rule) };
        let moved = i64::try_from(index).ok().and_then(|index| usize::try_from(index.checked_sub(self.offset)?).ok());
        let moved = moved.filter(|moved| *moved < length);
        moved.map(Centering::At).ok_or(ChoiceError::Offset { offset: self.offset, index, length })
    }

    /// Where the windows come from, for a valid choice and samples of the model's dataloader.
    ///
    /// # Errors
    /// A dataloader that is needed to decide and has no description.
    pub(crate) fn mode(&self, model: &ModelDir) -> Result<RegionMode, SpecError> {
        match (&self.plan, self.mode, &self.restriction_bed) {
            (Some(plan), _, _) => Ok(plan.mode()),
            (None, Some(mode), _) => Ok(mode),
            (None, None, Some(_)) => Ok(RegionMode::Restricted),
            (None, None, None) if model.loader()?.bed_input.is_empty() => Ok(RegionMode::Overlap),
            (None, None, None) => Ok(RegionMode::Centered),
        }
    }
}

/// The name of a mode whose windows are moved into no regions.
fn unrestricted(mode: RegionMode) -> Option<&'static str> {
    match mode {
        RegionMode::Centered => Some("centered"),
        RegionMode::Tiled(_) => Some("tiles"),
        RegionMode::Overlap => Some("overlap"),
        RegionMode::Restricted => None,
    }
}
