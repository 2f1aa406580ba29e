//! Whether a library may be opened in this process.

use std::path::Path;

use kipos_plugin_api::writable_by_all;

use super::finding::{Finding, Refused};
use super::library_file::problem;
use super::probe::Probed;
use super::trial::Trial;
use super::verdicts::{Deaths, FileDigest, Stamp, Verdict, Verdicts, digest};
use super::{PluginProblem, PluginSearch, PluginStatus, ProbingProgram};

/// After so many deaths, one after the other, a library is not opened any more.
const MOST_DEATHS: u64 = 2;

/// Who decides.
#[derive(Debug)]
pub(super) struct Door<'a> {
    program: Option<&'a ProbingProgram>,
    verdicts: Option<Verdicts>,
}

/// The decision.
#[derive(Debug)]
pub(super) enum Admission {
    /// It may be opened. What it says of itself is known if it was opened in another process before.
    Open(Option<Probed>),
    /// It may not.
    Closed {
        /// What it says of itself, if that is known.
        probed: Option<Probed>,
        /// Why.
        status: PluginStatus,
    },
}

impl Admission {
    fn closed(status: PluginStatus) -> Self {
        Self::Closed { probed: None, status }
    }

    fn refused(reason: String) -> Self {
        Self::closed(PluginStatus::Refused { reason })
    }

    fn failed(reason: impl Into<String>) -> Self {
        Self::closed(PluginStatus::Failed { reason: reason.into() })
    }
}

impl From<Finding> for Admission {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Opens(probed) => Self::Open(Some(probed)),
            Finding::Refused(Refused { probed, reason, .. }) => {
                Self::Closed { probed, status: PluginStatus::Refused { reason } }
            }
        }
    }
}

impl<'a> Door<'a> {
    pub fn new(search: &'a PluginSearch) -> Self {
        let program = search.probing.as_ref();
        // Without a program nothing is found out before a library is opened.
        let verdicts = search.state_dir.as_deref().filter(|_| program.is_some()).map(Verdicts::new);
        Self { program, verdicts }
    }

    /// Decides on a library. What cannot be kept for later runs becomes a problem.
    pub fn admit(&self, library: &Path, problems: &mut Vec<PluginProblem>) -> Admission {
        match writable_by_all(library) {
            Ok(None) => {}
            Ok(Some(place)) => {
                return Admission::refused(format!(
                    "not used, because every user may write to {}; remove that permission with `chmod o-w`",
                    place.display()
                ));
            }
            Err(error) => return Admission::refused(format!("cannot be read: {error}")),
        }
        match self.program {
            Some(program) => self.admit_tried(program, library, problems),
            None => problem(library).map_or(Admission::Open(None), Admission::failed),
        }
    }

    fn admit_tried(&self, program: &ProbingProgram, library: &Path, problems: &mut Vec<PluginProblem>) -> Admission {
        let stamp = match Stamp::of(library) {
            Ok(stamp) => stamp,
            Err(error) => return Admission::refused(format!("cannot be read: {error}")),
        };
        let mut memory = Memory { verdicts: self.verdicts.as_ref(), digest: None, problems };
        if let Err(error) = memory.find_digest(library, &stamp) {
            return Admission::refused(format!("cannot be read: {error}"));
        }
        let before = match memory.known() {
            Some(Verdict::Found(finding)) => return finding.into(),
            Some(Verdict::Died(deaths)) if deaths.times >= MOST_DEATHS => return memory.quarantined(&deaths.how),
            Some(Verdict::Died(Deaths { times, .. })) => times,
            None => 0,
        };
        if let Some(reason) = problem(library) {
            return Admission::failed(reason);
        }
        let trial = program.open(library);
        if !Stamp::of(library).is_ok_and(|now| now == stamp) {
            // What was opened may be neither what was there before nor what is there now.
            return Admission::failed("it was written to while it was opened; the next run tries again");
        }
        match trial {
            Trial::Reported(finding) => {
                memory.keep(&finding);
                finding.into()
            }
            Trial::Died(how) if memory.count_death(before, &how) >= MOST_DEATHS => memory.quarantined(&how),
            Trial::Died(how) => {
                Admission::failed(format!("the process that opened it first {how}; the next run tries again"))
            }
            Trial::Ended(how) => {
                Admission::failed(format!("the process that opened it first {how}; the next run tries again"))
            }
            Trial::NotStarted(reason) => {
                memory.problems.push(PluginProblem::Untried { library: library.to_owned(), reason });
                Admission::Open(None)
            }
        }
    }
}

/// What is kept of one library.
struct Memory<'a> {
    verdicts: Option<&'a Verdicts>,
    digest: Option<FileDigest>,
    problems: &'a mut Vec<PluginProblem>,
}

impl Memory<'_> {
    /// Finds the digest under which the library's verdict is kept.
    fn find_digest(&mut self, library: &Path, stamp: &Stamp) -> std::io::Result<()> {
        let Some(verdicts) = self.verdicts else { return Ok(()) };
        self.digest = verdicts.kept_digest(library, stamp);
        if self.digest.is_none() {
            let digest = digest(library)?;
            self.unkept(verdicts.keep_digest(library, stamp, &digest));
            self.digest = Some(digest);
        }
        Ok(())
    }

    fn known(&self) -> Option<Verdict> {
        self.verdicts?.known(self.digest.as_ref()?)
    }

    fn keep(&mut self, finding: &Finding) {
        if let (Some(verdicts), Some(digest)) = (self.verdicts, &self.digest)
            && finding.lasts()
        {
            self.unkept(verdicts.keep(digest, finding));
        }
    }

    /// Counts a death, and says how many there are.
    fn count_death(&mut self, before: u64, how: &str) -> u64 {
        let (Some(verdicts), Some(digest)) = (self.verdicts, &self.digest) else { return 1 };
        let counted = verdicts.count_death(digest, before, how);
        let deaths = counted.as_ref().map_or(before + 1, |&deaths| deaths);
        self.unkept(counted.map(drop));
        deaths
    }

    /// The decision on a library that is not opened any more.
    fn quarantined(&self, how: &str) -> Admission {
        let place = self.verdicts.zip(self.digest.as_ref()).map(|(verdicts, digest)| verdicts.verdict_file(digest));
        let again = place.map_or_else(String::new, |place| format!(", or remove {} to try again", place.display()));
        let reason = format!("two processes that opened it ended badly, the last one {how}; replace the file{again}");
        Admission::closed(PluginStatus::Quarantined { reason })
    }

    /// Says once that nothing can be kept.
    fn unkept(&mut self, kept: std::io::Result<()>) {
        let (Err(reason), Some(verdicts)) = (kept, self.verdicts) else { return };
        if !self.problems.iter().any(|problem| matches!(problem, PluginProblem::State { .. })) {
            self.problems.push(PluginProblem::State { dir: verdicts.dir().to_owned(), reason });
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::PathBuf;

    use tempfile::{TempDir, tempdir};

    use super::*;

    /// A library that is none, and what decides on it.
    struct World {
        dir: TempDir,
        search: PluginSearch,
    }

    impl World {
        fn new() -> Self {
            let dir = tempdir().unwrap();
            fs::write(dir.path().join("library"), "a library").unwrap();
            let mut search = PluginSearch::new([]);
            search.state_dir = Some(dir.path().join("state"));
            Self { dir, search }
        }

        fn library(&self) -> PathBuf {
            self.dir.path().join("library")
        }

        /// What is decided if the child does as a script says, in which `$0` is the library.
        fn admit(&mut self, script: &str) -> Admission {
            let script = format!("echo started >> {}; {script}", self.dir.path().join("log").display());
            self.search.probing = Some(ProbingProgram::new("/bin/sh", ["-c".into(), OsString::from(script)]));
            let mut problems = Vec::new();
            let admission = Door::new(&self.search).admit(&self.library(), &mut problems);
            assert!(problems.is_empty(), "{problems:?}");
            admission
        }

        fn status(&mut self, script: &str) -> String {
            match self.admit(script) {
                Admission::Closed { status, .. } => status.to_string(),
                Admission::Open(_) => "open".into(),
            }
        }

        /// How many children were started.
        fn started(&self) -> usize {
            fs::read_to_string(self.dir.path().join("log")).unwrap().lines().count()
        }
    }

    const OPENS: &str = r#"read -r word; echo "$word {\"opens\": {\"name\": \"a\", \"version\": \"1\", \"rustc\": \"r\",
        \"target\": \"t\", \"abi\": [0, 2]}}" | tr -d '\n'; echo"#;
    const FAILED: &str = "failed: the process that opened it first";

    #[test]
    fn a_library_that_opens_is_tried_once() {
        let mut world = World::new();
        for _ in 0..3 {
            let Admission::Open(Some(probed)) = world.admit(OPENS) else { panic!("it is not open") };
            assert_eq!((probed.name.as_str(), probed.abi), ("a", (0, 2)));
        }
        assert_eq!(world.started(), 1);
        fs::write(world.library(), "another library").unwrap();
        assert_eq!(world.status(OPENS), "open");
        assert_eq!(world.started(), 2);
        // The same content elsewhere needs no trial.
        fs::rename(world.library(), world.dir.path().join("other")).unwrap();
        fs::copy(world.dir.path().join("other"), world.library()).unwrap();
        assert_eq!(world.status(OPENS), "open");
        assert_eq!(world.started(), 2);
    }

    #[test]
    fn a_library_that_kills_twice_is_left_alone_until_it_is_another() {
        let mut world = World::new();
        let segv = "kill -SEGV $$";
        assert_eq!(world.status(segv), format!("{FAILED} died of SIGSEGV; the next run tries again"));
        let quarantined = world.status(segv);
        let start = "quarantined: two processes that opened it ended badly, the last one died of SIGSEGV; replace the file, \
                     or remove ";
        assert!(quarantined.starts_with(start), "{quarantined}");
        assert_eq!(world.status(OPENS), quarantined);
        assert_eq!(world.started(), 2);
        let verdict = quarantined.strip_prefix(start).unwrap().strip_suffix(" to try again").unwrap();
        fs::remove_file(verdict).unwrap();
        assert_eq!(world.status(OPENS), "open");
    }

    #[test]
    fn another_file_heals() {
        let mut world = World::new();
        world.status("kill -ABRT $$");
        world.status("kill -ABRT $$");
        fs::write(world.library(), "another library").unwrap();
        assert_eq!(world.status(OPENS), "open");
    }

    #[test]
    fn one_death_is_forgotten_when_it_opens() {
        let mut world = World::new();
        world.status("kill -BUS $$");
        assert_eq!(world.status(OPENS), "open");
        assert_eq!(world.status("kill -BUS $$"), "open");
    }

    #[test]
    fn a_child_that_others_end_counts_for_nothing() {
        let mut world = World::new();
        for signal in ["TERM", "KILL", "TERM", "KILL"] {
            let status = world.status(&format!("kill -{signal} $$"));
            assert!(status.starts_with(&format!("{FAILED} was ended by signal ")), "{status}");
        }
        assert_eq!(
            world.status("exit 0"),
            format!("{FAILED} ended (exit status: 0) before it said anything; the next run tries again")
        );
        assert_eq!(world.status(OPENS), "open");
    }

    #[test]
    fn a_refusal_is_kept_if_it_follows_from_the_file_alone() {
        let refusal =
            |lasts: bool| format!(r#"read -r word; echo "$word {{\"refused\": \"so\", \"lasts\": {lasts}}}""#);
        for (lasts, started) in [(true, 1), (false, 2)] {
            let mut world = World::new();
            for _ in 0..2 {
                assert_eq!(world.status(&refusal(lasts)), "refused: so");
            }
            assert_eq!(world.started(), started);
        }
    }

    #[test]
    fn a_file_that_is_being_written_gets_no_verdict() {
        let mut world = World::new();
        for _ in 0..3 {
            assert_eq!(
                world.status("echo more >> $0; kill -SEGV $$"),
                "failed: it was written to while it was opened; the next run tries again"
            );
        }
        assert_eq!(world.status(OPENS), "open");
    }

    #[test]
    fn a_child_that_cannot_be_started_keeps_nothing_out() {
        let mut world = World::new();
        world.search.probing = Some(ProbingProgram::new("/absent/program", []));
        let mut problems = Vec::new();
        let admission = Door::new(&world.search).admit(&world.library(), &mut problems);
        assert!(matches!(admission, Admission::Open(None)), "{admission:?}");
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        let start =
            format!("plugin library {}: opened without a trial in a process of its own", world.library().display());
        assert!(problem.to_string().starts_with(&start), "{problem}");
        assert_eq!(world.status(OPENS), "open");
    }

    #[test]
    fn where_nothing_can_be_kept_every_run_tries() {
        let mut world = World::new();
        world.search.state_dir = None;
        for _ in 0..3 {
            assert_eq!(world.status("kill -SEGV $$"), format!("{FAILED} died of SIGSEGV; the next run tries again"));
        }
        world.search.state_dir = Some(world.library());
        world.search.probing = Some(ProbingProgram::new("/bin/sh", ["-c".into(), OsString::from(OPENS)]));
        let mut problems = Vec::new();
        assert!(matches!(Door::new(&world.search).admit(&world.library(), &mut problems), Admission::Open(Some(_))));
        let [PluginProblem::State { dir, .. }] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(*dir, world.library().join("plugins"));
    }

    #[test]
    fn a_library_that_everybody_may_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let mut world = World::new();
        fs::set_permissions(world.library(), fs::Permissions::from_mode(0o666)).unwrap();
        let expected = format!(
            "refused: not used, because every user may write to {}; remove that permission with `chmod o-w`",
            world.library().display()
        );
        assert_eq!(world.status(OPENS), expected);
    }
}
