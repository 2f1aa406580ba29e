//! Several outputs of one run: BCF, tables, indexes, standard output.

mod bcf;
mod hdf5;
mod index;
mod pandas;
mod several;
mod stdout;
mod synced;
mod table;
mod table_formats;

pub use pandas::python;
