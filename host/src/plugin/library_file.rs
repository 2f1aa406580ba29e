//! Telling a library that was copied half or damaged from its tables: the system's loader believes them, and the process would
//! die, or die in one of several runs, depending on where its memory lies.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use super::elf::{Access, Dynamic, Elf, Problem, SegmentKind, number};

/// The tags of the dynamic table that are followed here, as the ELF specification and its GNU extensions number them.
mod tag {
    pub const NEEDED: u64 = 1;
    pub const PLTRELSZ: u64 = 2;
    pub const STRTAB: u64 = 5;
    pub const SYMTAB: u64 = 6;
    pub const RELA: u64 = 7;
    pub const RELASZ: u64 = 8;
    pub const STRSZ: u64 = 10;
    pub const INIT: u64 = 12;
    pub const FINI: u64 = 13;
    pub const SONAME: u64 = 14;
    pub const RPATH: u64 = 15;
    pub const TEXTREL: u64 = 22;
    pub const JMPREL: u64 = 23;
    pub const INIT_ARRAY: u64 = 25;
    pub const FINI_ARRAY: u64 = 26;
    pub const INIT_ARRAYSZ: u64 = 27;
    pub const FINI_ARRAYSZ: u64 = 28;
    pub const RUNPATH: u64 = 29;
    pub const RELRSZ: u64 = 35;
    pub const RELR: u64 = 36;
    pub const GNU_HASH: u64 = 0x6fff_fef5;
    pub const VERSYM: u64 = 0x6fff_fff0;
    pub const RELACOUNT: u64 = 0x6fff_fff9;
    pub const VERDEF: u64 = 0x6fff_fffc;
    pub const VERNEED: u64 = 0x6fff_fffe;
}

/// Bytes of an entry of the tables.
const SYMBOL: u64 = 24;
const RELOCATION: u64 = 24;
const POINTER: u64 = 8;
/// More versions than any library names.
const MOST_VERSIONS: usize = 1 << 16;

const TEXTS: &str = "its table of strings";
const SYMBOLS: &str = "its table of symbols";
const RELOCATIONS: &str = "its table of relocations";
const HASHES: &str = "its table of hashes";
const VERSIONS: &str = "its table of versions";
const CALLS: &str = "its list of functions to call first or last";
const SEGMENTS: &str = "its table of segments";

/// What is wrong with a library, in a sentence; `None` if its tables are whole, or if that cannot be told: it is no ELF file
/// of this kind of machine, or cannot be read.
pub(crate) fn problem(library: &Path) -> Option<String> {
    match Elf::open(library).and_then(|elf| elf.as_ref().map_or(Ok(()), check)) {
        Ok(()) | Err(Problem::Unreadable) => None,
        Err(Problem::Incomplete { length, needed }) => Some(format!(
            "the file is incomplete: it has {length} bytes, but its segments end at {needed}; copy it again"
        )),
        Err(Problem::Damaged(table)) => Some(format!("the file is damaged, as {table} shows; copy or build it again")),
    }
}

/// Follows all tables that the loader follows.
fn check(elf: &Elf) -> Result<(), Problem> {
    check_segments(elf)?;
    // The loader refuses a library without one in a sentence.
    let Some(dynamic) = elf.dynamic()? else { return Ok(()) };
    let Some((texts, length)) = dynamic.table(tag::STRTAB, tag::STRSZ) else { return Err(Problem::Damaged(TEXTS)) };
    if elf.at(texts, length, TEXTS)?.last() != Some(&0) {
        return Err(Problem::Damaged(TEXTS));
    }
    let tables = Tables { elf, dynamic: &dynamic, texts: length };
    tables.check_names()?;
    let calls = tables.check_calls()?;
    let mut used = tables.check_relocations(&calls)?;
    tables.add_hashed(&mut used)?;
    tables.check_symbols(&used)
}

/// Segments follow one another, and each has in memory what it has in the file.
fn check_segments(elf: &Elf) -> Result<(), Problem> {
    let mut end = 0;
    for segment in elf.loaded() {
        let after = segment.address.checked_add(segment.in_memory).ok_or(Problem::Damaged(SEGMENTS))?;
        if segment.address < end || segment.in_file > segment.in_memory {
            return Err(Problem::Damaged(SEGMENTS));
        }
        end = after;
    }
    let own = elf.segments.iter().filter(|segment| segment.kind == SegmentKind::ThreadLocal);
    for segment in own {
        elf.at(segment.address, segment.in_file, SEGMENTS)?;
        if segment.in_file > segment.in_memory {
            return Err(Problem::Damaged(SEGMENTS));
        }
    }
    Ok(())
}

/// The tables that the dynamic one leads to.
struct Tables<'a> {
    elf: &'a Elf,
    dynamic: &'a Dynamic,
    /// The bytes of all texts, of which each ends with a zero.
    texts: u64,
}

/// How a processor's relocations of two kinds are numbered: an address of the library itself, and what a function gives.
struct Kinds {
    relative: u64,
    of_function: u64,
}

impl Tables<'_> {
    fn text(&self, at: u64, what: &'static str) -> Result<(), Problem> {
        if at < self.texts { Ok(()) } else { Err(Problem::Damaged(what)) }
    }

    /// The names of libraries and their directories are texts.
    fn check_names(&self) -> Result<(), Problem> {
        let tags = [tag::NEEDED, tag::SONAME, tag::RPATH, tag::RUNPATH];
        tags.iter().flat_map(|&tag| self.dynamic.all(tag)).try_for_each(|at| self.text(at, TEXTS))
    }

    /// What is called when the library is opened and closed is code: where the lists of functions are.
    fn check_calls(&self) -> Result<Vec<Range<u64>>, Problem> {
        let runs = |address| self.elf.has(address, 1, Access::Run);
        if ![tag::INIT, tag::FINI].iter().filter_map(|&tag| self.dynamic.get(tag)).all(runs) {
            return Err(Problem::Damaged(CALLS));
        }
        let lists = [(tag::INIT_ARRAY, tag::INIT_ARRAYSZ), (tag::FINI_ARRAY, tag::FINI_ARRAYSZ)];
        let lists = lists.iter().filter_map(|&(address, size)| self.dynamic.table(address, size));
        lists
            .map(|(address, size)| {
                self.elf.at(address, size, CALLS)?;
                Ok(address..address + size)
            })
            .collect()
    }

    /// Relocations write into memory that may be written to, addresses of the library are in it, and all functions to call
    /// are set. The numbers of the symbols that they name.
    fn check_relocations(&self, calls: &[Range<u64>]) -> Result<BTreeSet<u64>, Problem> {
        const DAMAGED: Problem = Problem::Damaged(RELOCATIONS);
        let kinds = match self.elf.machine {
            62 => Some(Kinds { relative: 8, of_function: 37 }),
            183 => Some(Kinds { relative: 1027, of_function: 1032 }),
            _ => None,
        };
        // Where code itself is changed, the loader lets it be written to.
        let access = if self.dynamic.get(tag::TEXTREL).is_some() { Access::Any } else { Access::Write };
        let tables = [(tag::RELA, tag::RELASZ), (tag::JMPREL, tag::PLTRELSZ)];
        let tables = tables.iter().filter_map(|&(address, size)| self.dynamic.table(address, size));
        let mut used = BTreeSet::new();
        let mut set = BTreeMap::new();
        let mut relative_first = self.dynamic.get(tag::RELACOUNT).unwrap_or(0);
        for (address, size) in tables {
            if size % RELOCATION != 0 {
                return Err(DAMAGED);
            }
            for entry in self.elf.at(address, size, RELOCATIONS)?.chunks_exact(RELOCATION as usize) {
                let (place, addend) = (number(entry, 0, 8), number(entry, 16, 8));
                let (kind, symbol) = (number(entry, 8, 4), number(entry, 12, 4));
                let is = |of: fn(&Kinds) -> u64| kinds.as_ref().is_some_and(|kinds| of(kinds) == kind);
                let fits = self.elf.has(place, POINTER, access)
                    && (!is(|kinds| kinds.relative) || self.elf.has(addend, 0, Access::Any))
                    && (!is(|kinds| kinds.of_function) || self.elf.has(addend, 1, Access::Run))
                    // The loader does not look at the kind of the first.
                    && (relative_first == 0 || kinds.is_none() || is(|kinds| kinds.relative));
                if !fits {
                    return Err(DAMAGED);
                }
                relative_first = relative_first.saturating_sub(1);
                if symbol != 0 {
                    used.insert(symbol);
                }
                if calls.iter().any(|list| list.contains(&place)) {
                    set.insert(place, is(|kinds| kinds.relative).then_some(addend));
                }
            }
        }
        if relative_first > 0 {
            return Err(DAMAGED);
        }
        for place in self.packed_relocations()? {
            if !self.elf.has(place, POINTER, access) {
                return Err(DAMAGED);
            }
            if calls.iter().any(|list| list.contains(&place)) {
                set.insert(place, Some(number(&self.elf.at(place, POINTER, RELOCATIONS)?, 0, 8)));
            }
        }
        let places = calls.iter().flat_map(|list| list.clone().step_by(POINTER as usize));
        let is_code = |address: &Option<u64>| address.is_none_or(|address| self.elf.has(address, 1, Access::Run));
        match kinds.is_none() || places.into_iter().all(|place| set.get(&place).is_some_and(is_code)) {
            true => Ok(used),
            false => Err(Problem::Damaged(CALLS)),
        }
    }

    /// The places of relocations that are packed: an address, then a bit for each of the pointers behind it.
    fn packed_relocations(&self) -> Result<Vec<u64>, Problem> {
        const BITS: u64 = 63;
        let Some((address, size)) = self.dynamic.table(tag::RELR, tag::RELRSZ) else { return Ok(Vec::new()) };
        let (mut places, mut next) = (Vec::new(), 0u64);
        for entry in self.elf.at(address, size, RELOCATIONS)?.chunks_exact(POINTER as usize) {
            let entry = number(entry, 0, 8);
            if entry & 1 == 0 {
                places.push(entry);
                next = entry.saturating_add(POINTER);
            } else {
                let bits = (0..BITS).filter(|bit| entry >> (bit + 1) & 1 == 1);
                places.extend(bits.map(|bit| next.saturating_add(bit * POINTER)));
                next = next.saturating_add(BITS * POINTER);
            }
        }
        Ok(places)
    }

    /// Adds the symbols that are found by their names.
    fn add_hashed(&self, used: &mut BTreeSet<u64>) -> Result<(), Problem> {
        let Some(table) = self.dynamic.get(tag::GNU_HASH) else { return Ok(()) };
        let head = self.elf.at(table, 16, HASHES)?;
        let [buckets, first, words] = [0, 4, 8].map(|at| number(&head, at, 4));
        if !words.is_power_of_two() {
            return Err(Problem::Damaged(HASHES));
        }
        let bucket_table = table.saturating_add(16).saturating_add(words * 8);
        let chains = bucket_table.saturating_add(buckets * 4);
        self.elf.at(table, (chains - table).min(u64::MAX / 2), HASHES)?;
        let mut seen = BTreeSet::new();
        for bucket in self.elf.at(bucket_table, buckets * 4, HASHES)?.chunks_exact(4) {
            let mut symbol = number(bucket, 0, 4);
            // What another chain has passed has an end.
            while symbol != 0 && seen.insert(symbol) {
                let at = symbol.checked_sub(first).ok_or(Problem::Damaged(HASHES))?;
                let hash = self.elf.at(chains.saturating_add(at * 4), 4, HASHES)?;
                symbol = if hash[0] & 1 == 1 { 0 } else { symbol + 1 };
            }
        }
        used.extend(seen);
        Ok(())
    }

    /// The symbols of these numbers have names, and are where they say, and in a version that is named.
    fn check_symbols(&self, used: &BTreeSet<u64>) -> Result<(), Problem> {
        const ABSOLUTE: u64 = 0xfff1;
        let versions = self.last_version()?;
        let versions = self.dynamic.get(tag::VERSYM).map(|table| (table, versions));
        let Some(table) = self.dynamic.get(tag::SYMTAB) else { return Err(Problem::Damaged(SYMBOLS)) };
        for &symbol in used {
            let entry = self.elf.at(table.saturating_add(symbol * SYMBOL), SYMBOL, SYMBOLS)?;
            self.text(number(&entry, 0, 4), SYMBOLS)?;
            let (kind, section, value) = (entry[4] & 15, number(&entry, 6, 2), number(&entry, 8, 8));
            let access = match kind {
                2 | 10 => Access::Run,
                _ => Access::Any,
            };
            // Those of threads are offsets.
            let is_elsewhere = section == 0 || section == ABSOLUTE || kind == 6;
            if !is_elsewhere && !self.elf.has(value, 0, access) {
                return Err(Problem::Damaged(SYMBOLS));
            }
            if let Some((table, last)) = versions {
                let version = self.elf.at(table.saturating_add(symbol * 2), 2, VERSIONS)?;
                if number(&version, 0, 2) & 0x7fff > last {
                    return Err(Problem::Damaged(VERSIONS));
                }
            }
        }
        Ok(())
    }

    /// The largest number of a version that is named; 1 if none is.
    fn last_version(&self) -> Result<u64, Problem> {
        let (mut last, mut count) = (1, 0);
        // Of each list: the length of an entry, where it says its number, where its parts begin and where the next entry
        // is; of its parts, the length, and where their number, name and next part are said.
        let needed = (16, None, 8, 12, 16, Some(6), 8, 12);
        let defined = (20, Some(4), 12, 16, 8, None, 0, 4);
        for (tag, list) in [(tag::VERNEED, needed), (tag::VERDEF, defined)] {
            let (length, own, parts, next, part_length, part_number, name, next_part) = list;
            let mut at = self.dynamic.get(tag);
            while let Some(place) = at {
                let entry = self.elf.at(place, length, VERSIONS)?;
                last = own.map_or(last, |own| last.max(number(&entry, own, 2) & 0x7fff));
                let mut part = Some(place.saturating_add(number(&entry, parts, 4)));
                while let Some(place) = part {
                    count += 1;
                    let entry = self.elf.at(place, part_length, VERSIONS)?;
                    self.text(number(&entry, name, 4), VERSIONS)?;
                    last = part_number.map_or(last, |at| last.max(number(&entry, at, 2) & 0x7fff));
                    part = after(place, number(&entry, next_part, 4)).filter(|_| count < MOST_VERSIONS);
                }
                at = after(place, number(&entry, next, 4));
                if count >= MOST_VERSIONS {
                    return Err(Problem::Damaged(VERSIONS));
                }
            }
        }
        Ok(last)
    }
}

/// The place that lies so many bytes behind another; 0 is the end of a list.
fn after(place: u64, distance: u64) -> Option<u64> {
    (distance != 0).then(|| place.saturating_add(distance))
}

#[cfg(test)]
#[cfg(all(target_os = "linux", target_endian = "little", target_pointer_width = "64"))]
mod tests {
    use std::fs;

    use super::*;

    /// A library of the system's own, which is whole.
    fn whole() -> Vec<u8> {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let path = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains("/libc"));
        fs::read(path.unwrap()).unwrap()
    }

    fn problem_of(bytes: &[u8]) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("library");
        fs::write(&file, bytes).unwrap();
        problem(&file)
    }

    #[test]
    fn whole_libraries_and_programs_pass() {
        assert_eq!(problem_of(&whole()), None);
        assert_eq!(problem(&std::env::current_exe().unwrap()), None);
    }

    #[test]
    fn every_cut_through_a_segment_is_told() {
        let bytes = whole();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("library");
        fs::write(&file, &bytes).unwrap();
        let elf = Elf::open(&file).unwrap().unwrap();
        let needed = elf.loaded().map(|segment| segment.in_file).sum::<u64>();
        for kept in [100, needed / 2, needed - 4096] {
            let sentence = problem_of(&bytes[..kept as usize]).unwrap();
            assert!(sentence.starts_with(&format!("the file is incomplete: it has {kept} bytes, ")), "{sentence}");
        }
    }

    #[test]
    fn of_other_files_nothing_is_said() {
        for text in
            [&b""[..], b"text", b"\x7fELF\x01\x01 of 32 bits, which has another layout of its head and segments"]
        {
            assert_eq!(problem_of(text), None);
        }
        assert_eq!(problem(Path::new("/absent/library.so")), None);
    }

    /// Where the table under a tag is in the file, and the file.
    fn table(tag: u64) -> (usize, Vec<u8>) {
        let bytes = whole();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("library");
        fs::write(&file, &bytes).unwrap();
        let elf = Elf::open(&file).unwrap().unwrap();
        let address = elf.dynamic().unwrap().unwrap().get(tag).unwrap();
        // What the file has there is there once.
        let there = elf.at(address, 200, "").unwrap();
        let at = bytes.windows(200).position(|window| window == there).unwrap();
        (at, bytes)
    }

    #[test]
    fn every_table_that_leads_nowhere_is_named() {
        let damaged = |tag: u64, at: usize, new: &[u8]| {
            let (table, mut bytes) = table(tag);
            bytes[table + at..][..new.len()].copy_from_slice(new);
            let sentence = problem_of(&bytes).unwrap();
            sentence.strip_prefix("the file is damaged, as ").unwrap().split_once(" shows; ").unwrap().0.to_owned()
        };
        assert_eq!(damaged(tag::SYMTAB, SYMBOL as usize, &[0xff; 4]), SYMBOLS);
        // The first relocation: where it writes, and what.
        assert_eq!(damaged(tag::RELA, 0, &[0xff; 8]), RELOCATIONS);
        assert_eq!(damaged(tag::RELA, 16, &[0xff; 8]), RELOCATIONS);
        assert_eq!(damaged(tag::GNU_HASH, 8, &3_u32.to_le_bytes()), HASHES);
        assert_eq!(damaged(tag::VERSYM, 2, &[0xff; 2]), VERSIONS);
        assert_eq!(damaged(tag::VERNEED, 8, &[0xff; 4]), VERSIONS);
    }

    #[test]
    fn damage_anywhere_in_the_tables_ends_in_a_sentence_or_in_none() {
        let bytes = whole();
        let head = bytes.len().min(0x400);
        for at in 0..head {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            if let Some(sentence) = problem_of(&damaged) {
                assert!(sentence.starts_with("the file is "), "{sentence}");
            }
        }
    }
}
