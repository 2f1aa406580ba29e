//! One window of a file of mutation maps.

use std::sync::Arc;

use crate::genome::Interval;

/// The maps of one window: what each base would do in the place of the genome's.
#[derive(Debug, Clone, PartialEq)]
pub struct MapEntry {
    /// The name of the contig in the genome.
    pub contig: String,
    /// Bases of the contig, if that is known.
    pub contig_length: Option<i64>,
    /// The columns of the maps: the window, or the part of it whose bases were substituted.
    pub window: Interval,
    /// The window that the model saw.
    pub shown: Interval,
    /// The letters of the columns on the forward strand, in upper case.
    pub letters: Vec<u8>,
    /// The names of the model's inputs that show the window, all of which were changed.
    pub inputs: Vec<Arc<str>>,
    /// The variants that the window was asked for and that have a column.
    pub variants: Vec<MapVariant>,
    /// Per score: the map of each of its tasks, one after the other. A map is four rows (A, C, G, T) of a value per base
    /// of the forward strand; NaN where there is none.
    pub scores: Vec<Vec<f32>>,
}

/// A variant that a window was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapVariant {
    /// POS, from 1.
    pub pos: u64,
    /// The record's ID.
    pub id: String,
    /// REF.
    pub reference: String,
    /// All ALTs.
    pub alternates: Vec<String>,
}
