//! What the rows of tables are about, as columns in memory.

use super::{
    table::{TableOptions, TableRow},
    variant_id::append_variant_id,
};
use crate::columns::{CodeColumn, NumberColumn, StringColumn};
use crate::genome::{Interval, SkipReason, Strand};
use crate::internal::OrInternal;

/// The spellings of strands, forward first.
const STRANDS: [&str; 2] = ["+", "-"];

/// The spellings of skip reasons, in the order of [`SkipReason::ALL`].
const SKIPS: [&str; SkipReason::ALL.len()] = {
    let mut names = [""; SkipReason::ALL.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = SkipReason::ALL[index].as_str();
        index += 1;
    }
    names
};

/// The columns before the scores: a variant, one of its ALT alleles, and a window. They are named as in tables on disk.
#[derive(Debug, Clone)]
pub struct VariantColumns {
    chrom: StringColumn,
    pos: NumberColumn<u64>,
    id: StringColumn,
    reference: StringColumn,
    alternate: StringColumn,
    region: StringColumn,
    /// The contig of the window by its number in the genome, which no table on disk has.
    window_contig: NumberColumn<u64>,
    region_start: NumberColumn<i64>,
    region_end: NumberColumn<i64>,
    strand: CodeColumn,
    skip: CodeColumn,
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRowId<'t> {
    /// The contig, as the input names it.
    pub chrom: &'t str,
    /// POS as in the VCF: **1-based**.
    pub pos: u64,
    /// The record's ID, or `CHROM:POS:REF:['ALT', 'ALT2']` if that was asked for; `None` for `.`.
    pub id: Option<&'t str>,
    /// REF, as in the VCF.
    pub reference: &'t str,
    /// The ALT allele, as in the VCF; `None` if the record has none.
    pub alternate: Option<&'t str>,
    /// The name of the region that the window comes from; `None` for windows around variants.
    pub region: Option<&'t str>,
    /// What the model saw, which may leave the contig; `None` for rows without scores.
    pub window: Option<Interval>,
    /// Why the row has no scores; `None` if it has.
    pub skip: Option<SkipReason>,
}

impl Default for VariantColumns {
    fn default() -> Self {
        Self {
            chrom: StringColumn::default(),
            pos: NumberColumn::default(),
            id: StringColumn::default(),
            reference: StringColumn::default(),
            alternate: StringColumn::default(),
            region: StringColumn::default(),
            window_contig: NumberColumn::default(),
            region_start: NumberColumn::default(),
            region_end: NumberColumn::default(),
            strand: CodeColumn::new(&STRANDS),
            skip: CodeColumn::new(&SKIPS),
        }
    }
}

impl VariantColumns {
    /// The contig, as the input names it: in every row.
    pub fn chrom(&self) -> &StringColumn {
        &self.chrom
    }

    /// POS as in the VCF, **1-based**: in every row.
    pub fn pos(&self) -> &NumberColumn<u64> {
        &self.pos
    }

    /// The record's ID, or `CHROM:POS:REF:['ALT', 'ALT2']` if that was asked for.
    pub fn id(&self) -> &StringColumn {
        &self.id
    }

    /// REF, as in the VCF: in every row.
    pub fn reference(&self) -> &StringColumn {
        &self.reference
    }

    /// The ALT allele, as in the VCF.
    pub fn alternate(&self) -> &StringColumn {
        &self.alternate
    }

    /// The name of the region that the window comes from.
    pub fn region(&self) -> &StringColumn {
        &self.region
    }

    /// Where the window starts, 0-based.
    pub fn region_start(&self) -> &NumberColumn<i64> {
        &self.region_start
    }

    /// One past the window's last base, 0-based.
    pub fn region_end(&self) -> &NumberColumn<i64> {
        &self.region_end
    }

    /// The strand on which the model read the window.
    pub fn strand(&self) -> &CodeColumn {
        &self.strand
    }

    /// Why the row has no scores.
    pub fn skip(&self) -> &CodeColumn {
        &self.skip
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.pos.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.pos.is_empty()
    }

    /// A row, or `None` beyond the last.
    pub fn row(&self, row: usize) -> Option<TableRowId<'_>> {
        Some(TableRowId {
            chrom: self.chrom.get(row)?,
            pos: self.pos.get(row)?,
            id: self.id.get(row),
            reference: self.reference.get(row)?,
            alternate: self.alternate.get(row),
            region: self.region.get(row),
            window: self.window(row),
            skip: self.skip.code(row).map(|code| *SkipReason::ALL.get(code).or_internal("every code has a reason")),
        })
    }

    fn window(&self, row: usize) -> Option<Interval> {
        let contig = usize::try_from(self.window_contig.get(row)?).or_internal("contigs count from 0");
        let strand = if self.strand.code(row)? == 1 { Strand::Reverse } else { Strand::Forward };
        let window = Interval::new(contig, self.region_start.get(row)?, self.region_end.get(row)?, strand);
        Some(window.or_internal("the columns hold windows"))
    }

    /// Bytes that the rows take in memory.
    pub fn bytes(&self) -> usize {
        let strings = [&self.chrom, &self.id, &self.reference, &self.alternate, &self.region];
        let numbers = [&self.region_start, &self.region_end];
        let codes = [&self.strand, &self.skip];
        strings.iter().map(|column| column.bytes()).sum::<usize>()
            + numbers.iter().map(|column| column.bytes()).sum::<usize>()
            + codes.iter().map(|column| column.bytes()).sum::<usize>()
            + self.pos.bytes()
            + self.window_contig.bytes()
    }

    /// Appends a row of a table.
    pub(super) fn push(&mut self, row: &TableRow<'_>, options: &TableOptions) {
        let TableRow { record, alternate, region, window, skip, .. } = *row;
        let given = |text| (text != b".").then_some(text);
        self.chrom.push(record.chrom());
        self.pos.push(Some(record.pos()));
        if options.std_var_id {
            let mut id = Vec::new();
            append_variant_id(&mut id, record);
            self.id.push_bytes(Some(&id));
        } else {
            self.id.push_bytes(given(record.id()));
        }
        self.reference.push_bytes(Some(record.reference()));
        self.alternate.push_bytes(given(alternate));
        self.region.push_bytes(region.map(|region| region.name.as_bytes()));
        self.window_contig.push(window.map(|window| window.contig() as u64));
        self.region_start.push(window.as_ref().map(Interval::start));
        self.region_end.push(window.as_ref().map(Interval::end));
        self.strand.push(window.map(|window| u8::from(window.strand().is_reverse())));
        // Reasons are listed in the order of their declaration.
        self.skip.push(skip.map(|skip| skip as u8));
    }

    /// Removes all rows, but keeps their memory for more.
    #[cfg(any(feature = "parquet", feature = "hdf5"))]
    pub(super) fn clear(&mut self) {
        for strings in [&mut self.chrom, &mut self.id, &mut self.reference, &mut self.alternate, &mut self.region] {
            strings.clear();
        }
        for numbers in [&mut self.region_start, &mut self.region_end] {
            numbers.clear();
        }
        for codes in [&mut self.strand, &mut self.skip] {
            codes.clear();
        }
        self.pos.clear();
        self.window_contig.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_coded_in_the_order_of_their_list() {
        for (code, reason) in SkipReason::ALL.into_iter().enumerate() {
            assert_eq!((reason as usize, reason.as_str()), (code, SKIPS[code]));
        }
    }
}
