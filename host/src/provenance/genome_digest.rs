//! The digest of a genome, which is computed once and kept.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Provenance;
use super::file_digests::{FileDigests, KeptDigest, Stamp};
use crate::genome::{Contig, Fasta, FastaError};
use crate::sha256::{Hasher, sha256};
use crate::stop::Stop;

/// Bases that are read at once.
const STRETCH: u64 = 1 << 20;
/// A genome of fewer bases is read by one thread, and without a word.
const LARGE: u64 = 1 << 27;
/// Threads that read a large genome.
const MOST_THREADS: usize = 8;

/// What tells one genome from another: its bases, whatever their case and however their lines are broken or compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GenomeDigest {
    /// The SHA-256 of one line for each contig, in the order of the file: name, length, and the SHA-256 of the upper-case
    /// bases, parted by tabs, with a line feed at the end.
    sha256: String,
    contigs: usize,
    bases: u64,
}

impl GenomeDigest {
    /// That of the genome in a FASTA file with these contigs. It is kept beside the file or, where that cannot be
    /// written, in the state directory; `announce` is called before a large genome is read.
    ///
    /// # Errors
    /// As `Fasta::open` and `Fasta::fetch`, and [`FastaError::Stopped`].
    pub(crate) fn of(
        path: &Path,
        contigs: &[Contig],
        state_dir: Option<&Path>,
        stop: &Stop,
        announce: &mut dyn FnMut(String),
    ) -> Result<Self, FastaError> {
        let bases = contigs.iter().map(|contig| contig.length).sum();
        let digest = |sha256| Self { sha256, contigs: contigs.len(), bases };
        let stamp = Stamp::of(path).map_err(|source| FastaError::Io { path: path.to_owned(), source })?;
        // The index is a file of its own, which may be replaced.
        let lengths: String = contigs.iter().map(|Contig { name, length }| format!("{name}\t{length}\n")).collect();
        let content = format!("bases of contigs {}", &sha256(lengths)[..32]);
        let places = [Some(beside(path)), FileDigests::new(state_dir).place(path)];
        let kept = places.map(|place| KeptDigest { place, stamp: stamp.clone(), content: &content });
        if let Some(known) = kept.iter().find_map(KeptDigest::recall) {
            return Ok(digest(known));
        }
        if bases >= LARGE {
            announce(format!("reading all of {} once, for the digest that is kept for later runs", path.display()));
        }
        let computed = computed(path, contigs, if bases >= LARGE { MOST_THREADS } else { 1 }, stop)?;
        if Stamp::of(path).is_ok_and(|after| after == stamp) {
            let _ = kept.iter().any(|kept| kept.keep(&computed));
        }
        Ok(digest(computed))
    }

    /// The digest, with the numbers of contigs and bases.
    pub(crate) fn provenance(&self) -> Provenance {
        let Self { sha256, contigs, bases } = self;
        Provenance::new().with("sha256", sha256).with("contigs", contigs).with("bases", bases)
    }
}

/// The file beside a genome that holds its digest.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".kipos-digest");
    name.into()
}

/// Reads all contigs, with at most so many threads.
fn computed(path: &Path, contigs: &[Contig], threads: usize, stop: &Stop) -> Result<String, FastaError> {
    let threads = threads.min(thread::available_parallelism().map_or(1, usize::from)).min(contigs.len());
    let next = AtomicUsize::new(0);
    let digests = Mutex::new(vec![String::new(); contigs.len()]);
    let read = || -> Result<(), FastaError> {
        let mut fasta = Fasta::open(path)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(contig) = contigs.get(number) else { return Ok(()) };
            let digest = of_contig(&mut fasta, number, contig.length, stop)?;
            if let Some(place) = digests.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get_mut(number) {
                *place = digest;
            }
        }
    };
    thread::scope(|scope| {
        // Where no more threads can be had, those that there are do the work.
        let others: Vec<_> =
            (1..threads).map_while(|_| thread::Builder::new().spawn_scoped(scope, read).ok()).collect();
        let own = read();
        others
            .into_iter()
            .fold(own, |all, other| all.and(other.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload))))
    })?;
    let digests = digests.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut hasher = Hasher::default();
    for (Contig { name, length }, digest) in contigs.iter().zip(digests) {
        hasher.update(format!("{name}\t{length}\t{digest}\n").as_bytes());
    }
    Ok(hasher.finish())
}

/// The SHA-256 of the upper-case bases of a contig.
fn of_contig(fasta: &mut Fasta, contig: usize, length: u64, stop: &Stop) -> Result<String, FastaError> {
    let mut hasher = Hasher::default();
    let mut bases = Vec::new();
    let mut start = 0;
    while start < length {
        stop.check()?;
        let end = length.min(start + STRETCH);
        bases.clear();
        fasta.fetch(contig, start, end, &mut bases)?;
        bases.make_ascii_uppercase();
        hasher.update(&bases);
        start = end;
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn digest(path: &Path) -> String {
        let contigs = Fasta::open(path).unwrap().contigs().to_vec();
        GenomeDigest::of(path, &contigs, None, &Stop::new(), &mut |_| ()).unwrap().sha256
    }

    #[test]
    fn the_digest_is_that_of_names_lengths_and_bases() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("a.fa"), ">one first\nACGTN\nacg\n>two\nTT\n").unwrap();
        // What `sha256sum` gives for ACGTNACG and for TT.
        let expected = sha256(
            "one\t8\t699f018ff97853ca3a2aaab0a7b157be440951f9d28a4d38fa0c263d15e6f8d9\n\
             two\t2\t9779469589f956f434b70b578302dcbaa084a5eabb0124ccd61b0ae58c596e70\n",
        );
        assert_eq!(digest(&path("a.fa")), expected);
        fs::write(path("b.fa"), ">one\r\nACGTNACG\r\n>two other\r\nt\r\nt\r\n").unwrap();
        assert_eq!(digest(&path("b.fa")), expected, "neither case nor lines count");
        for other in [">two\nTT\n>one\nACGTNACG\n", ">one\nACGTNACG\n>three\nTT\n", ">one\nACGTNACC\n>two\nTT\n"] {
            fs::write(path("c.fa"), other).unwrap();
            let _ = fs::remove_file(path("c.fa.fai"));
            assert_ne!(digest(&path("c.fa")), expected, "{other}");
        }
    }

    #[test]
    fn the_digest_is_kept_beside_the_genome_until_that_changes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.fa");
        fs::write(&path, ">one\nACGT\n").unwrap();
        let first = digest(&path);
        let kept = fs::read_to_string(beside(&path)).unwrap();
        fs::write(beside(&path), kept.replace(&first, &"f".repeat(64))).unwrap();
        assert_eq!(digest(&path), "f".repeat(64), "the digest that is kept is believed");
        fs::write(&path, ">one\nACGTA\n").unwrap();
        fs::remove_file(directory.path().join("a.fa.fai")).unwrap();
        let second = digest(&path);
        assert_eq!(second, sha256(format!("one\t5\t{}\n", sha256("ACGTA"))));
        assert!(fs::read_to_string(beside(&path)).unwrap().ends_with(&format!("{second}\n")));
    }

    #[test]
    fn where_nothing_can_be_written_beside_the_genome_the_state_directory_keeps_the_digest() {
        let directory = tempfile::tempdir().unwrap();
        let (path, state) = (directory.path().join("a.fa"), directory.path().join("state"));
        fs::write(&path, ">one\nACGT\n").unwrap();
        // A directory cannot be replaced by a file, whoever the user is.
        fs::create_dir(beside(&path)).unwrap();
        let contigs = Fasta::open(&path).unwrap().contigs().to_vec();
        let digest = || GenomeDigest::of(&path, &contigs, Some(&state), &Stop::new(), &mut |_| ()).unwrap().sha256;
        let first = digest();
        let place = FileDigests::new(Some(&state)).place(&path).unwrap();
        let kept = fs::read_to_string(&place).unwrap();
        fs::write(&place, kept.replace(&first, &"e".repeat(64))).unwrap();
        assert_eq!(digest(), "e".repeat(64));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 4, "no partial file stays");
    }

    #[test]
    fn several_threads_give_the_same_digest() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.fa");
        let text: String = (0..40).map(|number| format!(">c{number}\n{}\n", "ACGTT".repeat(number + 1))).collect();
        fs::write(&path, text).unwrap();
        let contigs = Fasta::open(&path).unwrap().contigs().to_vec();
        let stop = Stop::new();
        let computed = |threads| computed(&path, &contigs, threads, &stop);
        assert_eq!(computed(8).unwrap(), computed(1).unwrap());
        stop.ask();
        assert!(matches!(computed(8).unwrap_err(), FastaError::Stopped(_)));
    }
}
