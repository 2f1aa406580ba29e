//! Files that somebody else made: their text acts on no terminal, and they reach no other file.

mod names;
mod other_files;
mod terminal;
