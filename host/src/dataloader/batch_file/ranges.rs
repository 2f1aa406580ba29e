//! Where the samples of a batch file lie in the genome.

use super::{
    elements::Elements,
    place::Hdf5Place,
    tree::{Branch, Leaf, Node},
};
use crate::internal::OrInternal;
use crate::{
    dataloader::{BatchError, BatchRange, RangeObject},
    genome::Strand,
};
use kipos_plugin_api::{DType, DataView};
use std::{collections::HashSet, path::Path, sync::Arc};

/// Rows of a column that are read at once, if they have no more than [`BLOCK_BYTES`].
const BLOCK: usize = 1 << 16;

/// Bytes of a column that are read at once.
const BLOCK_BYTES: usize = 16 << 20;

/// The range objects in `/metadata`: groups that hold `chr`, `start` or `end`. Everything else there is passed over.
/// The names of contigs are shared through `contigs`.
pub(super) fn read(
    path: &Path,
    root: &Branch,
    samples: usize,
    contigs: &mut Contigs,
) -> Result<Vec<RangeObject>, BatchError> {
    let mut objects = Vec::new();
    if let Some(Node::Group(metadata)) = root.get(path, "metadata")? {
        let above = metadata.place.len() + 1;
        let mut groups = vec![metadata];
        while let Some(group) = groups.pop() {
            if let Some(columns) = Columns::of(path, &group)? {
                let ranges = columns.read(path, &group.place, samples, contigs)?;
                // `/metadata` itself has no name.
                objects.push(RangeObject { name: group.place.get(above..).unwrap_or_default().to_owned(), ranges });
                continue;
            }
            let members = group.members(path)?.into_iter().rev();
            groups.extend(members.filter_map(|member| match member {
                Node::Group(group) => Some(group),
                Node::Dataset(_) => None,
            }));
        }
    }
    Ok(objects)
}

/// Names of contigs, each stored once.
#[derive(Debug, Default)]
pub(super) struct Contigs {
    known: HashSet<Arc<str>>,
}

impl Contigs {
    fn share(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.known.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.known.insert(Arc::clone(&name));
        name
    }
}

/// The datasets of a range object.
struct Columns {
    chr: Leaf,
    start: Leaf,
    end: Leaf,
    strand: Option<Leaf>,
    id: Option<Leaf>,
    contig_length: Option<Leaf>,
}

impl Columns {
    /// The columns of a group, if it is a range object.
    fn of(path: &Path, group: &Branch) -> Result<Option<Self>, BatchError> {
        let column = |name: &str| match group.get(path, name)? {
            Some(Node::Dataset(leaf)) => Ok(Some(leaf)),
            _ => Ok(None),
        };
        let missing = |name: &str| {
            let at = Hdf5Place { path, place: &group.place };
            at.layout(format!("without `{name}`"), "the datasets chr, start and end (and perhaps strand and id)")
        };
        let (chr, start, end) = (column("chr")?, column("start")?, column("end")?);
        if chr.is_none() && start.is_none() && end.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            chr: chr.ok_or_else(|| missing("chr"))?,
            start: start.ok_or_else(|| missing("start"))?,
            end: end.ok_or_else(|| missing("end"))?,
            strand: column("strand")?,
            id: column("id")?,
            contig_length: column("contig_length")?,
        }))
    }

    fn read(
        &self,
        path: &Path,
        place: &str,
        samples: usize,
        contigs: &mut Contigs,
    ) -> Result<Vec<BatchRange>, BatchError> {
        let chr = texts(path, &self.chr, samples, |name| contigs.share(name))?;
        let start = integers(path, &self.start, samples)?;
        let end = integers(path, &self.end, samples)?;
        let sign = |text: &str| text.chars().next().filter(|sign| matches!(sign, '+' | '-' | '.')).unwrap_or('*');
        let mut signs = column(self.strand.as_ref(), |leaf| texts(path, leaf, samples, sign))?;
        let id = |text: &str| (!matches!(text, "" | ".")).then(|| Arc::from(text));
        let mut id = column(self.id.as_ref(), |leaf| texts(path, leaf, samples, id))?;
        let mut lengths = column(self.contig_length.as_ref(), |leaf| integers(path, leaf, samples))?;
        let rows = chr.into_iter().zip(start).zip(end).enumerate();
        let ranges = rows.map(|(row, ((contig, start), end))| {
            let (sign, id) = (signs.next().unwrap_or('*'), id.next().flatten());
            let contig_length = lengths.next();
            let strand = if sign == '-' { Strand::Reverse } else { Strand::Forward };
            if end < start {
                let problem = format!("ends range {row} at {end}, before its start {start}; swap them");
                return Err(Hdf5Place { path, place }.problem(problem));
            }
            Ok(BatchRange { contig, start, end, strand, sign, id, contig_length })
        });
        ranges.collect()
    }
}

/// The values of a column, none if it is not there.
fn column<T>(
    leaf: Option<&Leaf>,
    read: impl FnOnce(&Leaf) -> Result<Vec<T>, BatchError>,
) -> Result<impl Iterator<Item = T>, BatchError> {
    Ok(leaf.map(read).transpose()?.unwrap_or_default().into_iter())
}

fn texts<T>(path: &Path, leaf: &Leaf, samples: usize, mut make: impl FnMut(&str) -> T) -> Result<Vec<T>, BatchError> {
    let mut column = Vec::new();
    reserve(path, leaf, &mut column, samples)?;
    blocks(path, leaf, samples, |elements, at| {
        match elements {
            DataView::Strings(all) => {
                let text = |index| all.get(index).or_internal("the strings of a file are checked");
                column.extend((0..all.len()).map(|index| make(text(index))));
            }
            // Loaders that number their contigs or samples.
            DataView::I64(all) => column.extend(all.iter().map(|number| make(&number.to_string()))),
            DataView::I32(all) => column.extend(all.iter().map(|number| make(&number.to_string()))),
            DataView::U8(all) => column.extend(all.iter().map(|number| make(&number.to_string()))),
            other => return Err(at.layout(dtype(other.dtype()), "strings")),
        }
        Ok(())
    })?;
    Ok(column)
}

fn integers(path: &Path, leaf: &Leaf, samples: usize) -> Result<Vec<i64>, BatchError> {
    let mut column = Vec::new();
    reserve(path, leaf, &mut column, samples)?;
    blocks(path, leaf, samples, |elements, at| {
        match elements {
            DataView::I64(all) => column.extend_from_slice(all),
            DataView::I32(all) => column.extend(all.iter().map(|&number| i64::from(number))),
            DataView::U8(all) => column.extend(all.iter().map(|&number| i64::from(number))),
            other => return Err(at.layout(dtype(other.dtype()), "integers")),
        }
        Ok(())
    })?;
    Ok(column)
}

/// Makes room for a value per sample.
fn reserve<T>(path: &Path, leaf: &Leaf, column: &mut Vec<T>, samples: usize) -> Result<(), BatchError> {
    let no_room = |_| {
        let found = format!("of shape [{samples}], for which there is no memory");
        Hdf5Place { path, place: &leaf.place }.layout(found, "fewer samples in one file")
    };
    column.try_reserve_exact(samples).map_err(no_room)
}

fn dtype(found: DType) -> String {
    format!("of type {found}")
}

/// Calls `visit` with all elements of a column, some at a time.
fn blocks(
    path: &Path,
    leaf: &Leaf,
    samples: usize,
    mut visit: impl FnMut(DataView<'_>, Hdf5Place<'_>) -> Result<(), BatchError>,
) -> Result<(), BatchError> {
    let at = Hdf5Place { path, place: &leaf.place };
    let shape = leaf.dataset.shape();
    if shape != [samples] {
        return Err(at.layout(format!("of shape {shape:?}"), format!("[{samples}], one value per sample")));
    }
    let elements = Elements::of(&leaf.dataset, at)?;
    elements.check_stored(&leaf.dataset, at)?;
    let block = (BLOCK_BYTES / elements.bytes()).clamp(1, BLOCK);
    // The type is judged even if there is no row.
    let starts = (0..samples.max(1)).step_by(block);
    for start in starts {
        let rows = start..samples.min(start + block);
        visit(elements.read(&leaf.dataset, rows, at)?.view(), at)?;
    }
    Ok(())
}
