//! Several outputs of one run: tables, indexes, standard output.

mod in_place;
mod index;
mod several;
mod stdout;
mod table;
