//! Alleles at the first place where they make the same sequence, before they get windows.

use std::ops::Range;

use crate::genome::{Allele, LeftShift};
use crate::internal::OrInternal;
use crate::samples::{SampleError, Samples};
use crate::scored::LeftAligned;

/// Moves insertions and deletions, by `limit` bases at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeftAlignment {
    pub(super) limit: u64,
}

impl LeftAlignment {
    /// The allele at its first place, if that is another one; it is counted in `counts`. `reference` is REF of the record
    /// in upper case, which covers the `bases` (0-based) of the contig, all inside it. An allele whose REF is not what the
    /// genome holds stays where it is.
    ///
    /// # Errors
    /// An unreadable genome.
    pub(super) fn of(
        self,
        allele: &Allele,
        reference: &[u8],
        (contig, bases): (usize, Range<u64>),
        samples: &mut Samples,
        counts: &mut LeftAligned,
    ) -> Result<Option<Allele>, SampleError> {
        if !allele.kind().is_indel() {
            return Ok(None);
        }
        let mut found = Vec::new();
        let mut read = |stretch: Range<u64>| {
            // The genome's letters come in order, whichever windows there are.
            samples.reference(contig, &stretch, &[], &mut found)?;
            Ok::<_, SampleError>(found.iter().map(|&(_, letter)| letter).collect::<Vec<u8>>())
        };
        if !read(bases)?.eq_ignore_ascii_case(reference) {
            return Ok(None);
        }
        let shift = LeftShift::of(allele, self.limit, &mut read)?;
        if shift.bases == 0 {
            return Ok(None);
        }
        counts.moved += 1;
        counts.limited += u64::from(shift.limited);
        let before = allele.changed().start - shift.bases;
        let padding = read(before - 1..before)?.first().copied();
        Ok(Some(allele.moved_left(shift.bases, padding.or_internal("a place with a base before it"))))
    }
}
