//! A case: a small model, genome and VCF that fit together, so that a test spoils one thing of them.

use std::fs;
use std::path::Path;
use std::process::Command;

use kipos_tests::{Outcome, World, project};

const MODEL: &str = r#"type: stub
args: {tasks: 1}
info: {doc: closed-form answers}
schema:
  inputs: {name: seq, special_type: DNASeq, shape: "(10, 4)"}
  targets: {name: out, shape: "(1,)"}
postprocessing:
  variant_effects:
    seq_input: [seq]
    scoring_functions: [{type: diff}]
"#;

const DATALOADER: &str = "\
defined_as: kipoiseq.dataloaders.SeqIntervalDl
default_args: {auto_resize_len: 10}
";

/// Length of the only contig, `chr1`, in bases.
pub const CONTIG_LENGTH: usize = 400;

/// The variants of a case, at these 1-based positions.
pub const POSITIONS: [usize; 3] = [50, 60, 70];

/// A model of the stub backend with its genome `genome.fa`, the VCF `variants.vcf`, and the directory `out`.
pub struct Case {
    /// Where all of it lies.
    pub world: World,
}

impl Case {
    /// A case in which nothing is wrong.
    pub fn new() -> Self {
        let world = World::new();
        world.install("test_stub");
        world.write("model/model.yaml", MODEL);
        world.write("model/dataloader.yaml", DATALOADER);
        world.write("genome.fa", format!(">chr1\n{}\n", genome()));
        world.write("variants.vcf", vcf("", &POSITIONS.map(snv).concat()));
        fs::create_dir(world.path("out")).unwrap();
        Self { world }
    }

    /// The same with the ONNX graph `channels_first.onnx`, which reads four channels of any length.
    pub fn onnx() -> Self {
        let case = Self::new();
        fs::copy(project().join("tests/models/channels_first.onnx"), case.world.path("model/model.onnx")).unwrap();
        case.spoil("model/model.yaml", "type: stub\nargs: {tasks: 1}", "type: onnx\nargs: {file: model.onnx}");
        case.spoil("model/model.yaml", "(10, 4)", "(4, 10)");
        case.spoil("model/dataloader.yaml", "{auto_resize_len: 10}", "{auto_resize_len: 10, alphabet_axis: 0}");
        case
    }

    /// The same with the graph `weights_beside.onnx`, whose weights are in `weights_beside.numbers`.
    pub fn onnx_with_weights_beside() -> Self {
        let case = Self::onnx();
        for name in ["weights_beside.onnx", "weights_beside.numbers"] {
            fs::copy(project().join("tests/models").join(name), case.world.path("model").join(name)).unwrap();
        }
        case.spoil("model/model.yaml", "file: model.onnx", "file: weights_beside.onnx");
        fs::remove_file(case.world.path("model/model.onnx")).unwrap();
        case
    }

    /// Replaces a passage, which must be there, of a file.
    pub fn spoil(&self, name: &str, passage: &str, replacement: &str) {
        let text = self.world.read(name);
        assert!(text.contains(passage), "{name} has no `{passage}`:\n{text}");
        self.world.write(name, text.replacen(passage, replacement, 1));
    }

    /// `kipos score-variants` on the case, writing `out/scored.vcf`.
    pub fn command(&self) -> Command {
        let mut command = self.world.kipos();
        command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa"]);
        command.args(["-o", "out/scored.vcf"]);
        command
    }

    /// Runs [`command`](Self::command) with more arguments.
    pub fn run(&self, more: &[&str]) -> Outcome {
        self.command().args(more).output().unwrap().into()
    }

    /// Runs [`command`](Self::command), which must succeed, with more arguments: the VCF that it writes.
    pub fn scored(&self, more: &[&str]) -> String {
        let outcome = self.run(more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        self.world.read("out/scored.vcf")
    }

    /// The error of an attempt that cannot succeed: exit code 1.
    ///
    /// It must be all that the attempt leaves: one line on stderr, and nothing new in the directory `out`.
    pub fn refused(&self, attempt: impl Attempt) -> String {
        self.error(1, attempt)
    }

    /// The error of an attempt whose arguments are wrong: exit code 2, all else as in [`refused`](Self::refused).
    pub fn misused(&self, attempt: impl Attempt) -> String {
        self.error(2, attempt)
    }

    fn error(&self, code: i32, attempt: impl Attempt) -> String {
        let before = self.outputs();
        let outcome = attempt.run(self);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{outcome:?}");
        let error = outcome.stderr.strip_prefix("error: ").and_then(|text| text.strip_suffix('\n'));
        let error = error.unwrap_or_else(|| panic!("no error: {outcome:?}"));
        assert!(!error.contains('\n'), "more than one line: {outcome:?}");
        assert_eq!(self.outputs(), before, "files were left behind by: {error}");
        self.redacted(error)
    }

    /// A text in which the temporary directory of the case reads `[world]`.
    pub fn redacted(&self, text: &str) -> String {
        let root = self.world.path("");
        let root = root.to_str().unwrap().trim_end_matches('/');
        // Some systems reach their temporary directory through a link.
        let real = Path::new(root).canonicalize().unwrap();
        text.replace(real.to_str().unwrap(), "[world]").replace(root, "[world]")
    }

    /// The names of the files in `out`.
    pub fn outputs(&self) -> Vec<String> {
        let entries = fs::read_dir(self.world.path("out")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What a test tries on a case: more arguments of `kipos score-variants`, or a command of its own.
pub trait Attempt {
    /// Runs it.
    fn run(self, case: &Case) -> Outcome;
}

impl Attempt for &[&str] {
    fn run(self, case: &Case) -> Outcome {
        case.run(self)
    }
}

impl<const N: usize> Attempt for &[&str; N] {
    fn run(self, case: &Case) -> Outcome {
        case.run(self)
    }
}

impl Attempt for &mut Command {
    fn run(self, _: &Case) -> Outcome {
        self.output().unwrap().into()
    }
}

/// The bases of `chr1`: no letter follows itself often, and no stretch recurs.
pub fn genome() -> String {
    let mut state = 7u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b"ACGT"[(state >> 30) as usize])
    };
    (0..CONTIG_LENGTH).map(|_| letter()).collect()
}

/// The reference base at a 1-based position of `chr1`, and the next one of the alphabet.
pub fn bases(position: usize) -> (char, char) {
    let reference = char::from(genome().as_bytes()[position - 1]);
    let alternate = match reference {
        'A' => 'C',
        'C' => 'G',
        'G' => 'T',
        _ => 'A',
    };
    (reference, alternate)
}

/// A record at a 1-based position of `chr1`, whose REF is the genome's.
pub fn snv(position: usize) -> String {
    let (reference, alternate) = bases(position);
    format!("chr1\t{position}\t.\t{reference}\t{alternate}\t.\t.\t.\n")
}

/// A VCF of further header lines and records.
pub fn vcf(header: &str, records: &str) -> String {
    format!("##fileformat=VCFv4.2\n{header}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{records}")
}
