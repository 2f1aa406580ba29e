//! DNA as numbers: one-hot layouts, rows of encoded sequence, edits and reverse complements of them.

mod element;
mod layout;
mod one_hot;
mod rows;

pub use element::Element;
pub use layout::{LayoutError, OneHotLayout};
pub use one_hot::{AlphabetError, OneHotCodec};
pub use rows::{DnaRows, OneHotRows};
