//! Rows of a tile, turned so that the numbers of one column lie together.

use std::ops::Range;

use super::{Rows, Source, TILE};

/// Packs the columns `depth` of up to [`TILE`] rows. Columns that are zero in all of them are left out; `index` tells which
/// are left. Returns how many.
pub fn tile(
    from: &[u32],
    rows: &Rows<'_>,
    source: Source<'_>,
    depth: Range<usize>,
    columns: &mut [[f32; TILE]],
    index: &mut [u32],
) -> usize {
    let mut kept = 0;
    let mut at = depth.start;
    while at < depth.end {
        let (tap, channel) = (at / rows.channels, at % rows.channels);
        let length = (rows.channels - channel).min(depth.end - at);
        // A row that is not there is the first once more; nobody reads its result.
        let pieces: [&[f32]; TILE] = std::array::from_fn(|row| {
            let cell = from[if row < from.len() { row } else { 0 }] as usize + tap * rows.spacing;
            &source.data[cell * source.cell + source.channel + channel..][..length]
        });
        for group in (0..length).step_by(4) {
            let (turned, bits) = (turn(&pieces, group), bits_of_any(&pieces, group));
            let first = (at - depth.start + group) as u32;
            for (column, (numbers, bits)) in turned.into_iter().zip(bits).enumerate() {
                // A column that is left out is written over by the next.
                columns[kept] = numbers;
                index[kept] = first + column as u32;
                // Both zeros are zero.
                kept += usize::from(bits << 1 != 0);
            }
        }
        at += length;
    }
    kept
}

/// Of four numbers from `at` on, the bits that are set in any piece.
#[inline(always)]
fn bits_of_any(pieces: &[&[f32]; TILE], at: usize) -> [u32; 4] {
    let mut bits = [0; 4];
    for piece in pieces {
        let four = piece[at..].first_chunk().unwrap_or(&[0.0; 4]);
        for (bits, number) in bits.iter_mut().zip(four) {
            *bits |= number.to_bits();
        }
    }
    bits
}

/// Four numbers from `at` on of all pieces, column by column.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn turn(pieces: &[&[f32]; TILE], at: usize) -> [[f32; TILE]; 4] {
    use std::arch::x86_64::{_MM_TRANSPOSE4_PS, _mm_loadu_ps, _mm_storeu_ps};
    let mut turned = [[0.0; TILE]; 4];
    for first in (0..TILE).step_by(4) {
        let four = |row: usize| -> &[f32; 4] { pieces[first + row][at..].first_chunk().unwrap_or(&[0.0; 4]) };
        // SAFETY: every processor of the architecture has these instructions; four numbers are read from arrays of four, and
        // written to four places of an array of twelve, of which `first` is at most the eighth.
        unsafe {
            let mut a = _mm_loadu_ps(four(0).as_ptr());
            let mut b = _mm_loadu_ps(four(1).as_ptr());
            let mut c = _mm_loadu_ps(four(2).as_ptr());
            let mut d = _mm_loadu_ps(four(3).as_ptr());
            _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d);
            _mm_storeu_ps(turned[0].as_mut_ptr().add(first), a);
            _mm_storeu_ps(turned[1].as_mut_ptr().add(first), b);
            _mm_storeu_ps(turned[2].as_mut_ptr().add(first), c);
            _mm_storeu_ps(turned[3].as_mut_ptr().add(first), d);
        }
    }
    turned
}

/// Four numbers from `at` on of all pieces, column by column.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub fn turn(pieces: &[&[f32]; TILE], at: usize) -> [[f32; TILE]; 4] {
    std::array::from_fn(|column| std::array::from_fn(|row| pieces[row][at + column]))
}
