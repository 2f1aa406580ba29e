//! Several outputs of one run: tables, indexes, standard output.

mod index;
mod several;
mod stdout;
mod table;
