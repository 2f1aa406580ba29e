//! The runs that are tortured, and the place where they run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A model, its genome and variants, and a home of its own for plugins and state.
pub(crate) struct Yard {
    directory: TempDir,
    kipos: PathBuf,
    /// The jobs, with what they write when they are left alone.
    pub(crate) jobs: Vec<Job>,
    /// What `kipos plugin list` says before anything happens.
    plugins: String,
}

/// A command, and the files that it makes.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// What it is called in reports.
    pub(crate) name: &'static str,
    /// Its [words](Yard::words), but for its outputs.
    line: String,
    /// Its outputs, each with what it is when the job is left alone.
    pub(crate) outputs: Vec<Output>,
}

/// A file that a job makes.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// Its name.
    pub(crate) name: String,
    /// The option that asks for it; none for what comes beside another, as an index does.
    option: Option<&'static str>,
    /// What is in it.
    bytes: Vec<u8>,
    /// Whether two runs write the same bytes.
    same: bool,
}

impl Output {
    fn asked(name: &str, option: &'static str) -> Self {
        Self { name: name.into(), option: Some(option), bytes: Vec::new(), same: true }
    }

    fn beside(name: &str) -> Self {
        Self { option: None, ..Self::asked(name, "") }
    }

    /// Whether an option asks for it.
    pub(crate) fn is_asked(&self) -> bool {
        self.option.is_some()
    }

    /// Whether this is what the file should hold; of a format that is never written twice alike, whether it is as long.
    pub(crate) fn is_right(&self, found: &[u8]) -> bool {
        if self.same { found == self.bytes } else { found.len() == self.bytes.len() }
    }
}

/// Variants of a long run: enough for some seconds' worth of chunks at a small batch.
const VARIANTS: usize = 4_000;

/// The name of the first contig of the genome.
const CONTIG: &str = "synth1";

impl Yard {
    /// Makes the files, and runs every job twice to know what it writes.
    pub(crate) fn new() -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| format!("this executable has no path: {error}"))?;
        let kipos = own.with_file_name("kipos");
        if !kipos.is_file() {
            return Err("kipos is not built; run `cargo xtask torture`".into());
        }
        let directory = TempDir::with_prefix("kipos-torture-").map_err(|error| error.to_string())?;
        let mut yard = Self { directory, kipos, jobs: Vec::new(), plugins: String::new() };
        yard.write_files().map_err(|error| error.to_string())?;
        yard.plugins = yard.list_plugins()?;
        for mut job in jobs() {
            let (mut first, second) = (yard.alone(&job)?, yard.alone(&job)?);
            for output in &mut job.outputs {
                let bytes = first.remove(&output.name);
                output.bytes = bytes.ok_or_else(|| format!("{} left no {}", job.name, output.name))?;
            }
            // Indexes, and whatever else comes beside an output.
            job.outputs.extend(first.into_iter().map(|(name, bytes)| Output { bytes, ..Output::beside(&name) }));
            for output in &mut job.outputs {
                output.same = second.get(&output.name) == Some(&output.bytes);
            }
            yard.jobs.push(job);
        }
        Ok(yard)
    }

    fn write_files(&self) -> std::io::Result<()> {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/motif-cnn");
        let model = self.path("model");
        fs::create_dir_all(&model)?;
        for name in ["model.yaml", "dataloader.yaml", "model.onnx", "genome.fa", "intervals.bed"] {
            fs::copy(example.join(name), model.join(name))?;
        }
        let genome = fs::read_to_string(model.join("genome.fa"))?;
        let (mut vcf, mut bed) = (header(), String::new());
        let bases: Vec<u8> = first_contig(&genome);
        let places = bases.len().saturating_sub(400);
        for number in 0..VARIANTS {
            let place = 200 + number * places / VARIANTS;
            let reference = char::from(bases[place].to_ascii_uppercase());
            let alternate = if reference == 'A' { 'C' } else { 'A' };
            writeln!(vcf, "{CONTIG}\t{}\tv{number}\t{reference}\t{alternate}\t.\t.\t.", place + 1).ok();
            writeln!(bed, "{CONTIG}\t{}\t{}", place - 100, place + 100).ok();
        }
        fs::write(self.path("variants.vcf"), &vcf)?;
        let few = vcf.lines().take(header().lines().count() + 20).fold(String::new(), |text, line| text + line + "\n");
        fs::write(self.path("few.vcf"), few)?;
        fs::write(self.path("intervals.bed"), bed)
    }

    /// A file of the yard.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A new empty directory for outputs.
    pub(crate) fn place(&self, name: &str) -> Result<PathBuf, String> {
        let place = self.path(name);
        fs::remove_dir_all(&place).ok();
        fs::create_dir_all(&place).map_err(|error| format!("cannot make {}: {error}", place.display()))?;
        Ok(place)
    }

    /// Sets the home of a command to that of the yard.
    fn at_home(&self, command: &mut Command, place: &Path) {
        command.current_dir(place).stdin(Stdio::null()).stdout(Stdio::null());
        for name in ["XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME"] {
            command.env(name, self.path("home"));
        }
        for name in ["KIPOS_PLUGIN_PATH", "KIPOS_FASTA", "KIPOS_ZOO", "KIPOS_PYTHON", "KIPOS_ONNXRUNTIME"] {
            command.env_remove(name);
        }
    }

    /// The command `kipos` with these arguments, run in a directory.
    pub(crate) fn kipos(&self, arguments: &[String], place: &Path) -> Command {
        let mut command = Command::new(&self.kipos);
        command.args(arguments);
        self.at_home(&mut command, place);
        command
    }

    /// The same within a shell's line, in which `"$@"` is the command: only a shell sets limits and closes streams.
    pub(crate) fn within(&self, line: &str, arguments: &[String], place: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line, "sh"]).arg(&self.kipos).args(arguments);
        self.at_home(&mut command, place);
        command
    }

    /// The arguments of a job.
    pub(crate) fn arguments(&self, job: &Job) -> Vec<String> {
        let outputs = job.outputs.iter().filter_map(|output| Some([output.option?.to_owned(), output.name.clone()]));
        self.words(&job.line).into_iter().chain(outputs.flatten()).collect()
    }

    /// The words of a line, which are parted by blanks; `@model` is a path of the yard.
    pub(crate) fn words(&self, line: &str) -> Vec<String> {
        let absolute = |word: &str| match word.strip_prefix('@') {
            Some(name) => self.path(name).to_string_lossy().into_owned(),
            None => word.to_owned(),
        };
        line.split_whitespace().map(absolute).collect()
    }

    /// The files that a job writes when it is left alone, by their names.
    fn alone(&self, job: &Job) -> Result<BTreeMap<String, Vec<u8>>, String> {
        let place = self.place("alone")?;
        let output = self.kipos(&self.arguments(job), &place).output();
        let output = output.map_err(|error| format!("cannot run kipos: {error}"))?;
        if !output.status.success() {
            return Err(format!("{} fails by itself: {}", job.name, String::from_utf8_lossy(&output.stderr)));
        }
        let read = || {
            fs::read_dir(&place)?
                .map(|entry| {
                    let entry = entry?;
                    Ok((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?))
                })
                .collect::<std::io::Result<_>>()
        };
        read().map_err(|error| format!("cannot read what {} left: {error}", job.name))
    }

    /// A job that is over soon: what a user does next, in the same directory.
    pub(crate) fn next_run(&self, place: &Path) -> Result<std::process::Output, String> {
        let words = self.words("score-variants @model --vcf @few.vcf --fasta @model/genome.fa -o next.tsv");
        self.kipos(&words, place).output().map_err(|error| format!("cannot run kipos: {error}"))
    }

    /// What `kipos plugin list` says that it did not say at first. The home is then made anew, so that each finding has
    /// its own cause.
    pub(crate) fn lost_plugins(&self) -> Result<Option<String>, String> {
        let now = self.list_plugins()?;
        if now == self.plugins {
            return Ok(None);
        }
        fs::remove_dir_all(self.path("home")).ok();
        let new =
            now.lines().filter(|line| !self.plugins.contains(line)).map(str::trim).collect::<Vec<_>>().join(" | ");
        Ok(Some(format!("`kipos plugin list` says now: {new}")))
    }

    fn list_plugins(&self) -> Result<String, String> {
        let mut command = self.kipos(&self.words("plugin list"), self.directory.path());
        let output = command.stdout(Stdio::piped()).output().map_err(|error| format!("cannot run kipos: {error}"))?;
        let text = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Runs of every kind of file that kipos makes.
fn jobs() -> Vec<Job> {
    let asked = |names: &[&str]| names.iter().map(|name| Output::asked(name, "-o")).collect::<Vec<_>>();
    let scores = asked(&["scores.vcf", "scores.vcf.gz", "scores.bcf", "scores.tsv", "scores.parquet", "scores.h5"]);
    vec![
        Job {
            name: "score-variants",
            line: "score-variants @model --vcf @variants.vcf --fasta @model/genome.fa --batch-size 8 --threads 1"
                .into(),
            outputs: scores,
        },
        Job {
            name: "sequences",
            line: "score-variants @model --vcf @variants.vcf --fasta @model/genome.fa".into(),
            outputs: vec![Output::asked("sequences.h5", "--write-sequences")],
        },
        Job {
            name: "mutation-map",
            line: format!(
                "mutation-map @model --fasta @model/genome.fa -r {CONTIG}:1001-3000 --batch-size 64 --threads 1"
            ),
            outputs: asked(&["maps.h5", "maps.tsv", "maps.parquet"]),
        },
        Job {
            name: "predict",
            line: "predict @model --fasta @model/genome.fa --intervals @intervals.bed --batch-size 8 --threads 1"
                .into(),
            outputs: asked(&["predictions.h5", "predictions.tsv", "predictions.parquet", "predictions.bed"]),
        },
    ]
}

fn header() -> String {
    "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".to_owned()
}

/// The bases of the first contig.
fn first_contig(genome: &str) -> Vec<u8> {
    let lines = genome.lines().skip(1).take_while(|line| !line.starts_with('>'));
    lines.flat_map(|line| line.trim_end().bytes()).collect()
}
