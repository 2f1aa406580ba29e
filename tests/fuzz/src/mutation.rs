//! Damaging an input: bits, numbers, lines, words, lengths, pieces of other inputs.

use crate::input::Input;
use crate::random::Random;

/// No file grows beyond this: what is long takes time that shorter ones use better.
const LONGEST: usize = 1 << 20;

/// Numbers at which sizes and positions overflow, as text has them.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "00",
    "+1",
    "127",
    "128",
    "255",
    "256",
    "32768",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e9",
    "1e400",
    "-0",
    "nan",
    "inf",
    "0x10",
    "1_000",
    "٣",
    "",
];

/// Numbers at which sizes and offsets overflow, as binary files have them.
const VALUES: &[u64] = &[
    0,
    1,
    2,
    3,
    7,
    8,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

/// Damages an input once or several times. `others` give pieces; `words` are what the format of the target has.
pub(crate) fn mutate(input: &mut Input, others: &[Input], words: &[&[u8]], random: &mut Random) {
    let times = 1 + random.below(4) + if random.one_in(4) { random.below(12) } else { 0 };
    for _ in 0..times {
        let at = random.below(input.0.len());
        let Some(part) = input.0.get_mut(at) else { return };
        let other = random.pick(others).and_then(|other| other.0.get(at)).map_or(&[][..], |part| &part.bytes);
        let most = LONGEST.max(part.bytes.len());
        damage(&mut part.bytes, other, words, random);
        part.bytes.truncate(most);
    }
}

/// One damage to the bytes of a file.
fn damage(bytes: &mut Vec<u8>, other: &[u8], words: &[&[u8]], random: &mut Random) {
    match random.below(16) {
        0 => flip_bit(bytes, random),
        1 => set_byte(bytes, random),
        2 => overwrite_number(bytes, random),
        3 => drop(bytes.drain(range(bytes.len(), random))),
        4 => repeat_piece(bytes, random),
        5 => bytes.truncate(random.below(bytes.len() + 1)),
        6 | 7 => insert_word(bytes, words, random),
        8 => splice(bytes, other, random),
        9 | 10 => change_text_number(bytes, random),
        11 => lines(bytes, random),
        12 => fields(bytes, random),
        13 => move_piece(bytes, random),
        14 => nest(bytes, words, random),
        _ => add_to_byte(bytes, random),
    }
}

fn range(length: usize, random: &mut Random) -> std::ops::Range<usize> {
    let start = random.below(length + 1);
    let most = if random.one_in(4) { length } else { 16 };
    let end = start + random.below((length - start).min(most) + 1);
    start..end
}

fn flip_bit(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
}

fn set_byte(bytes: &mut [u8], random: &mut Random) {
    let (at, any) = (random.below(bytes.len()), random.bits() as u8);
    let values = [0, 0xff, 0x7f, 0x80, b'\n', b'\t', b' ', b'\r', b',', b';', b':', b'0', any, any];
    if let (Some(byte), Some(value)) = (bytes.get_mut(at), random.pick(&values)) {
        *byte = *value;
    }
}

fn add_to_byte(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte = byte.wrapping_add(random.below(9) as u8).wrapping_sub(4);
    }
}

/// Puts a number of 2, 4 or 8 bytes somewhere: one of [`VALUES`], or one close to the length of the file.
fn overwrite_number(bytes: &mut [u8], random: &mut Random) {
    let width = [2, 4, 8][random.below(3)];
    let length = bytes.len() as u64;
    let value = match random.below(3) {
        0 => length.wrapping_add(random.below(9) as u64).wrapping_sub(4),
        _ => random.pick(VALUES).copied().unwrap_or_default().wrapping_sub(random.below(2) as u64),
    };
    let mut number = value.to_le_bytes()[..width].to_vec();
    if random.one_in(4) {
        number.reverse();
    }
    // Numbers stand at even places more often than not.
    let at = random.below(bytes.len()) & if random.one_in(2) { !3 } else { !0 };
    if let Some(place) = bytes.get_mut(at..at + width) {
        place.copy_from_slice(&number);
    }
}

fn repeat_piece(bytes: &mut Vec<u8>, random: &mut Random) {
    let piece = bytes[range(bytes.len(), random)].to_vec();
    let most = if random.one_in(8) { 1 + 40_000 / piece.len().max(1) } else { 4 };
    let repeated = piece.repeat(1 + random.below(most));
    insert(bytes, &repeated, random);
}

fn move_piece(bytes: &mut Vec<u8>, random: &mut Random) {
    let range = range(bytes.len(), random);
    let piece: Vec<u8> = bytes.drain(range).collect();
    insert(bytes, &piece, random);
}

fn insert(bytes: &mut Vec<u8>, piece: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    bytes.splice(at..at, piece.iter().copied());
}

/// Puts a word of the format before, after or over what is there.
fn insert_word(bytes: &mut Vec<u8>, words: &[&[u8]], random: &mut Random) {
    let Some(word) = random.pick(words) else { return };
    let at = random.below(bytes.len() + 1);
    let replaced = if random.one_in(2) { word.len().min(bytes.len() - at) } else { 0 };
    bytes.splice(at..at + replaced, word.iter().copied());
}

fn splice(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let piece = &other[range(other.len(), random)];
    let replaced = range(bytes.len(), random);
    bytes.splice(replaced, piece.iter().copied());
}

/// Replaces a run of digits by another number.
fn change_text_number(bytes: &mut Vec<u8>, random: &mut Random) {
    let starts: Vec<usize> = (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit()))
        .collect();
    let Some(&start) = random.pick(&starts) else { return };
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = random.pick(NUMBERS).copied().unwrap_or_default();
    bytes.splice(start..start + digits, number.bytes());
}

/// Repeats, drops, swaps or cuts lines.
fn lines(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    if lines.is_empty() {
        return;
    }
    match random.below(5) {
        0 => lines.insert(other, lines[one].clone()),
        1 => drop(lines.remove(one)),
        2 => lines.swap(one, other),
        3 => {
            let length = random.below(lines[one].len());
            lines[one].truncate(length);
        }
        _ => {
            let times = 1 + random.below(200);
            lines.extend(vec![lines[one].clone(); times]);
        }
    }
    *bytes = lines.concat();
}

/// Repeats, drops, swaps or empties a field of a line.
fn fields(bytes: &mut Vec<u8>, random: &mut Random) {
    let separator = [b'\t', b' ', b',', b';', b':', b'='][random.below(6)];
    let mut fields: Vec<Vec<u8>> = bytes.split(|byte| *byte == separator).map(<[u8]>::to_vec).collect();
    let (one, other) = (random.below(fields.len()), random.below(fields.len()));
    match random.below(4) {
        0 => fields.insert(other, fields[one].clone()),
        1 => drop(fields.remove(one)),
        2 => fields.swap(one, other),
        _ => fields[one].clear(),
    }
    *bytes = fields.join(&separator);
}

/// Puts many openings in front of what is there, and perhaps as many closings behind it: readers that call themselves
/// have an end.
fn nest(bytes: &mut Vec<u8>, words: &[&[u8]], random: &mut Random) {
    let pairs: [(&[u8], &[u8]); 5] = [(b"[", b"]"), (b"{a: ", b"}"), (b"(", b")"), (b"\"", b"\""), (b"- ", b"")];
    let depth = if random.one_in(4) { 1 << random.below(16) } else { 1 + random.below(40) };
    let (opening, closing) = pairs[random.below(pairs.len())];
    let word = random.pick(words).copied().unwrap_or_default();
    let mut nested = opening.repeat(depth);
    nested.extend_from_slice(word);
    if random.one_in(2) {
        nested.extend(closing.repeat(depth));
    }
    insert(bytes, &nested, random);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutated(number: u64) -> Input {
        let seeds = [Input::one("a", *b"chr1\t10\t.\nchr2\t7\tx\n"), Input::one("a", *b""), Input::one("a", [7; 300])];
        let mut random = Random::of_input(3, "test", number);
        let mut input = random.pick(&seeds).unwrap().clone();
        mutate(&mut input, &seeds, &[b"INFO", b""], &mut random);
        input
    }

    #[test]
    fn an_input_can_be_made_again() {
        (0..5_000).for_each(|number| assert_eq!(mutated(number), mutated(number)));
    }

    #[test]
    fn inputs_differ_and_stay_short() {
        let inputs: Vec<Input> = (0..2_000).map(mutated).collect();
        assert!(inputs.iter().all(|input| input.length() <= LONGEST));
        let mut distinct: Vec<_> = inputs.iter().map(|input| input.0[0].bytes.clone()).collect();
        distinct.sort();
        distinct.dedup();
        // A third of them begin with nothing, of which little can be made.
        assert!(distinct.len() > 1_000, "only {} different inputs", distinct.len());
    }

    #[test]
    fn numbers_of_text_become_others() {
        let seen = (0..200).any(|number| {
            let mut bytes = b"a 12 b".to_vec();
            change_text_number(&mut bytes, &mut Random::of_input(0, "", number));
            bytes == b"a 9223372036854775808 b"
        });
        assert!(seen);
    }
}
