//! Inputs that state more than they hold or never end, and runs that have no room: each ends in a sentence.

mod endless_lines;
mod full_disk;
mod stated_sizes;
mod stuck_library;
mod wide_records;
