//! Mutation maps: written to files, read back from HDF5, or kept in memory.
//!
//! # Tables
//!
//! TSV and Parquet have a row per cell: [`rows`]. NumPy's archives have an array per map: [`npz`].
//!
//! # HDF5
//!
//! A map is the group `/_list_<i>/<input>/<score>/<task>`, for window `i` (from 0, in the order of the run), of the L bases of it
//! that were substituted:
//!
//! | in it | what |
//! |---|---|
//! | `mutation_map` | float32 (4, L): rows A, C, G, T; columns along the forward strand; NaN where the sequence has no A, C, G or T |
//! | `ref_seq` | the L bases of the forward strand |
//! | `metadata_region/` | `chr`; `start`, `end` (0-based, half-open); `strand`: `-` if the model read the reverse one, else `*`; `contig_length`, bases of the contig, where that is known: what lies beyond was filled up; `window_start`, `window_end`: what the model saw, where only a part of it was mutated |
//! | `ovlp_var/` | one element per query variant: `chr`, `pos` (from 1), `ref`, `id`, `varpos_rel` (its column, from 0), and `alt` (variants x most ALTs, shorter ones filled up with empty strings) |
//!
//! All but `mutation_map` is the same for all maps of a window, and stored once (hard links); so are the maps themselves
//! where several inputs show the window. A `/` in a name is `%2F`.
//! Root attributes: `format` (`kipos-mutation-maps`), `version` (of this layout), `kipos_version`, `kipos_model`
//! and `kipos_scores` (JSON that says which scorer of which plugin each score is).
//!
//! Files of Kipoi, which have no root attributes, are read too; their strings may have fixed lengths.

mod entry;
mod files;
#[cfg(feature = "hdf5")]
mod hdf5;
mod kind;
#[cfg(feature = "hdf5")]
mod layout;
mod memory;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "hdf5")]
mod reader;
mod rows;
mod stored;
#[cfg(test)]
mod test_maps;
mod tsv;

pub use entry::{MapEntry, MapVariant};
pub use files::open_map_files;
pub use kind::{StoredKind, stored_kind};
pub use memory::MemoryMaps;
#[cfg(feature = "hdf5")]
pub use reader::MapFile;
pub use stored::{StoredMap, StoredMaps, StoredVariant, open_maps};

/// Rows of a map: A, C, G, T.
const ROWS: usize = 4;
