//! What models read: DNA as numbers or text, rows of all inputs, edits and reverse complements of them.

mod cast;
mod complement;
mod element;
mod layout;
mod one_hot;
mod quads;
mod rows;
mod sample_rows;
mod side_rows;
mod text_rows;

pub use cast::{cast, castable};
pub use complement::{complement, reverse_complement};
pub use element::Element;
pub use layout::{LayoutError, OneHotLayout};
pub use one_hot::{AlphabetError, OneHotCodec};
pub use rows::DnaRows;
pub use sample_rows::{InputRows, SampleRows, ShapedRows};
pub use side_rows::SideRows;
pub use text_rows::{TextLayout, TextRows};
