//! Made-up DNA.

/// `length` bases without pattern; the same for the same `seed`.
pub fn bases(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut base = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b"ACGT"[(state >> 62) as usize]
    };
    (0..length).map(|_| base()).collect()
}

/// The three other bases, in alphabetical order.
pub fn others(base: u8) -> Vec<u8> {
    b"ACGT".iter().copied().filter(|other| *other != base).collect()
}

/// A FASTA file of these contigs.
pub fn fasta(contigs: &[(&str, &[u8])]) -> String {
    let mut text = String::new();
    for (name, bases) in contigs {
        text.push_str(&format!(">{name}\n"));
        for line in bases.chunks(60) {
            text.push_str(std::str::from_utf8(line).unwrap());
            text.push('\n');
        }
    }
    text
}

/// A record at a 1-based position.
pub fn record(contig: &str, pos: usize, reference: &[u8], alternates: &[&[u8]]) -> String {
    let text = |bases: &[u8]| String::from_utf8_lossy(bases).into_owned();
    let alternates: Vec<_> = alternates.iter().map(|alternate| text(alternate)).collect();
    format!("{contig}\t{pos}\t.\t{}\t{}\t.\t.\t.\n", text(reference), alternates.join(","))
}

/// A record of the base at a 1-based position of `bases` and some of the others.
pub fn snv(contig: &str, bases: &[u8], pos: usize, alternates: usize) -> String {
    let reference = bases[pos - 1].to_ascii_uppercase();
    let others = others(reference);
    let alternates: Vec<_> = others[..alternates].chunks(1).collect();
    record(contig, pos, &[reference], &alternates)
}
