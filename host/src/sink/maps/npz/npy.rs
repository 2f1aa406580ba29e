//! What stands before the values of an array of NumPy, in version 1.0 of its format.

/// Where the values begin is a multiple of this.
const ALIGNMENT: usize = 64;
/// The magic string, two bytes of version and two of length.
const BEFORE: usize = 10;

/// The header of a matrix of little-endian 32-bit floats, in the order of rows.
pub(super) fn header([rows, columns]: [usize; 2]) -> Vec<u8> {
    let description = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let end = (BEFORE + description.len() + 1).next_multiple_of(ALIGNMENT);
    // Two numbers have at most 40 digits, so that the length has no more than two bytes.
    let [low, high, ..] = (end - BEFORE).to_le_bytes();
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend_from_slice(&[low, high]);
    header.extend_from_slice(description.as_bytes());
    header.resize(end - 1, b' ');
    header.push(b'\n');
    header
}
