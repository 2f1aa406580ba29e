//! Products beside sums that are made one by one.

use super::*;
use proptest::prelude::*;

fn noise(seed: u32, count: usize, zeros: u32) -> Vec<f32> {
    let mut state = seed | 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let mut number = || if next() % 8 < zeros { 0.0 } else { next() as f32 / (1 << 23) as f32 - 1.0 };
    (0..count).map(|_| number()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn every_element_is_one_chain_with_all_instructions(
        count in 1..300usize,
        taps in 1..5usize,
        spacing in 1..4usize,
        quarters in 1..40usize,
        columns in 1..100usize,
        zeros in 0..9u32,
        seed in any::<u32>(),
        adds in any::<bool>(),
    ) {
        let (channels, first) = (4 * quarters, 8);
        let (cell, to_cell) = (crate::memory::cell(channels), crate::memory::cell(columns));
        let cells = 64;
        let data = noise(seed, (cells + taps * spacing) * cell, zeros);
        let values = noise(seed ^ 99, (first + taps * channels) * columns, 0);
        let weights = Panels::new(first + taps * channels, columns, |row, column| values[row * columns + column]);
        let from: Vec<u32> = (0..count).map(|row| (row * 7 % cells) as u32).collect();
        let to: Vec<u32> = (0..count as u32).rev().collect();
        let before = noise(seed ^ 5, count * to_cell, 0);
        let rows = Rows { from: &from, to: &to, taps, spacing, channels, first };
        let start = if adds { Start::Target } else { Start::Zero };
        for instructions in Instructions::all().into_iter().filter(|one| one.is_there()) {
            let mut found = before.clone();
            let mut target = Target { data: &mut found, cell: to_cell, column: 0, columns };
            let source = Source { data: &data, cell, channel: 0 };
            multiply(instructions, &mut Packed::default(), &rows, source, &weights, &mut target, start);
            for (&from, &to) in from.iter().zip(&to) {
                for column in 0..columns {
                    let at = to as usize * to_cell + column;
                    let mut sum = if adds { before[at] } else { 0.0 };
                    for tap in 0..taps {
                        for channel in 0..channels {
                            let number = data[(from as usize + tap * spacing) * cell + channel];
                            let weight = values[(first + tap * channels + channel) * columns + column];
                            sum = number.mul_add(weight, sum);
                        }
                    }
                    prop_assert_eq!(found[at], sum);
                }
            }
        }
    }

    #[test]
    fn windows_are_rows_whose_cells_follow_each_other(
        count in 1..300usize,
        there in 0..200usize,
        start in -60..60isize,
        taps in 1..6usize,
        spacing in 1..9usize,
        quarters in prop_oneof![1..20usize, 60..70usize],
        columns in 1..80usize,
        zeros in 0..9u32,
        seed in any::<u32>(),
        begins in 0..3usize,
    ) {
        let (channels, first, to) = (4 * quarters, 3, 2);
        let (cell, to_cell) = (crate::memory::cell(channels), crate::memory::cell(columns));
        let data = noise(seed, (first + there + 1) * cell, zeros);
        let values = noise(seed ^ 99, taps * channels * columns, 0);
        let weights = Panels::new(taps * channels, columns, |row, column| values[row * columns + column]);
        let before = noise(seed ^ 5, (to + count) * to_cell, 0);
        let windows = Windows { cells: first..first + there, start, count, taps, spacing, channels, to };
        let bias = noise(seed ^ 7, to_cell, 0);
        let begin = [Start::Zero, Start::Target, Start::Cell(&bias)][begins];
        for instructions in Instructions::all().into_iter().filter(|one| one.is_there()) {
            let mut found = before.clone();
            let mut target = Target { data: &mut found, cell: to_cell, column: 0, columns };
            let source = Source { data: &data, cell, channel: 0 };
            let mut turned = Turned::default();
            multiply_windows(instructions, &mut turned, &windows, source, &weights, &mut target, begin);
            prop_assert_eq!(&found[..to * to_cell], &before[..to * to_cell]);
            for window in 0..count {
                for column in 0..columns {
                    let at = (to + window) * to_cell + column;
                    let mut sum = [0.0, before[at], bias[column]][begins];
                    for tap in 0..taps {
                        let place = window as isize + start + (tap * spacing) as isize;
                        let Some(place) = usize::try_from(place).ok().filter(|&place| place < there) else { continue };
                        for channel in 0..channels {
                            let number = data[(first + place) * cell + channel];
                            sum = number.mul_add(values[(tap * channels + channel) * columns + column], sum);
                        }
                    }
                    prop_assert_eq!(found[at], sum);
                }
            }
        }
    }
}
