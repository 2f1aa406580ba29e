//! A scorer that works, in a library whose initialiser does what the variable `KIPOS_TEST_ON_LOAD` says (on Linux).

use kipos_plugin_api::{Alleles, Args, Result, Scorer, export_plugin};

/// Always 7.
pub struct Seven;

impl Scorer for Seven {
    const NAME: &'static str = "seven";
    const DOC: &'static str = "7 for every task";

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn score(&self, _: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        out.fill(7.0);
        Ok(())
    }
}

export_plugin! { name: "on_load", scorers: [Seven] }

#[cfg(target_os = "linux")]
mod initialiser {
    use std::fs::{self, OpenOptions};
    use std::io::{self, Write};
    use std::path::Path;
    use std::process;
    use std::time::Duration;

    /// What a report of a good library looks like, except for the word in front of it.
    const FORGED: &str = r#"{"opens":{"name":"forged","version":"1","rustc":"r","target":"t","abi":[0,2]}}"#;

    extern "C" fn act() {
        let Ok(what) = std::env::var("KIPOS_TEST_ON_LOAD") else { return };
        match what.split_once(':').unwrap_or((&what, "")) {
            ("exit", _) => process::exit(0),
            ("forge", _) => {
                println!("{FORGED}");
                let _ = io::stdout().flush();
                for word in ["", "0 ", &format!("{:032} ", 0)] {
                    for descriptor in 0..64 {
                        let _ = OpenOptions::new()
                            .write(true)
                            .open(format!("/proc/self/fd/{descriptor}"))
                            .and_then(|mut file| writeln!(file, "{word}{FORGED}"));
                    }
                }
                process::exit(0);
            }
            // Adds a line to the file, which tells how often the library was loaded.
            ("log", file) => {
                let file = OpenOptions::new().create(true).append(true).open(file);
                let _ = file.and_then(|mut file| writeln!(file, "loaded"));
            }
            // Leaves a file in the directory, and waits there for one called `go`.
            ("wait", directory) => {
                let directory = Path::new(directory);
                let _ = fs::write(directory.join(process::id().to_string()), "");
                while !directory.join("go").exists() {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
            _ => {}
        }
    }

    // SAFETY: the loader calls every pointer of this section once, with arguments that the function may ignore.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static ACT: extern "C" fn() = act;
}
