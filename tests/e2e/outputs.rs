//! Several outputs of one run: tables, indexes, standard output.

mod index;
mod pandas;
mod several;
mod stdout;
mod table;
mod table_formats;
