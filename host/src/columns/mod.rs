//! Columns of values in memory, laid out as [Apache Arrow](https://arrow.apache.org/docs/format/Columnar.html) lays them
//! out, without its crates: whoever has those can hand the buffers on without a copy.
//!
//! | column | Arrow's type | buffers |
//! |---|---|---|
//! | [`NumberColumn<T>`] | a primitive type | validity; one value per row |
//! | [`StringColumn`] | `LargeUtf8` | validity; 64-bit offsets, one more than rows; the bytes of all strings |
//! | [`CodeColumn`] | `Dictionary<Int8, Utf8>` | validity; 8-bit indices into a short list of names |
//! | [`Bits`] | `Boolean` | one bit per row |
//! | [`ColumnValues`] | `FixedSizeList` where a row has several elements, row-major | those of the elements |
//!
//! [`Validity`] has a bit per row, 1 where there is a value. The lowest bit of a byte is the first. As in Arrow, a column
//! in which every row has a value may lack the buffer. What a row without a value holds in the other buffers says nothing:
//! here it is zero, or an empty string.
//!
//! A matrix is a list of columns, each contiguous.

mod bits;
mod codes;
mod numbers;
mod strings;
mod values;

pub use bits::{Bits, Validity};
pub use codes::CodeColumn;
pub use numbers::NumberColumn;
pub use strings::StringColumn;
pub use values::ColumnValues;
