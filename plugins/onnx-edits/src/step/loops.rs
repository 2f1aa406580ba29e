//! Loops over cells, for [`wide`](crate::instructions::wide).

/// Adds numbers.
#[inline(always)]
pub fn add(out: &mut [f32], numbers: &[f32]) {
    for (out, number) in out.iter_mut().zip(numbers) {
        *out += number;
    }
}

/// Subtracts numbers.
#[inline(always)]
pub fn subtract(out: &mut [f32], numbers: &[f32]) {
    for (out, number) in out.iter_mut().zip(numbers) {
        *out -= number;
    }
}

/// Takes the larger of each.
#[inline(always)]
pub fn largest(out: &mut [f32], numbers: &[f32]) {
    for (out, &number) in out.iter_mut().zip(numbers) {
        *out = if number > *out { number } else { *out };
    }
}

/// Takes the larger of each and the sum of two.
#[inline(always)]
pub fn largest_sum(out: &mut [f32], reference: &[f32], change: &[f32]) {
    for ((out, reference), change) in out.iter_mut().zip(reference).zip(change) {
        let number = reference + change;
        *out = if number > *out { number } else { *out };
    }
}
