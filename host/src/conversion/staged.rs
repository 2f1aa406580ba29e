//! A directory that appears complete or not at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::error::ConversionError;

/// A directory that is filled under another name beside its own; dropped before [`commit`](Self::commit), nothing of it
/// stays.
#[derive(Debug)]
pub struct StagedDirectory {
    target: PathBuf,
    staged: TempDir,
}

impl StagedDirectory {
    /// Begins one that will be called `target`.
    ///
    /// # Errors
    /// [`ConversionError::Exists`] if there is something of that name, other than an empty directory.
    pub fn create(target: &Path) -> Result<Self, ConversionError> {
        Self::check_free(target)?;
        // Whatever the path ends in, the directory beside it is meant.
        let target = std::path::absolute(target).map_err(failed(target))?;
        let parent = target.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(parent).map_err(failed(parent))?;
        let staged = tempfile::Builder::new().prefix(".kipos-").tempdir_in(parent).map_err(failed(parent))?;
        Ok(Self { target, staged })
    }

    /// Fails if a directory cannot be called so.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn check_free(target: &Path) -> Result<(), ConversionError> {
        match fs::read_dir(target).map(|mut entries| entries.next().is_none()) {
            Ok(true) => Ok(()),
            Ok(false) => Err(ConversionError::Exists(target.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotADirectory => Err(ConversionError::Exists(target.to_owned())),
            Err(error) => Err(failed(target)(error)),
        }
    }

    /// Where its files are put.
    pub fn path(&self) -> &Path {
        self.staged.path()
    }

    /// Writes a file of it, with the directories that its name has.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, name: &str, text: &str) -> Result<(), ConversionError> {
        let path = self.path().join(name);
        let parent = path.parent().unwrap_or(self.path());
        fs::create_dir_all(parent).map_err(failed(parent))?;
        fs::write(&path, text).map_err(failed(&path))
    }

    /// Copies a file into it.
    ///
    /// # Errors
    /// What the system says.
    pub fn copy(&self, from: &Path, name: &str) -> Result<(), ConversionError> {
        fs::copy(from, self.path().join(name)).map(drop).map_err(failed(from))
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// What the system says; something else may have that name by now.
    pub fn commit(self) -> Result<(), ConversionError> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // Temporary directories are their maker's alone; the parent tells what is usual here.
            let parent = self.target.parent().unwrap_or(Path::new("/"));
            let usual = fs::metadata(parent).map_err(failed(parent))?.permissions().mode() & 0o755 | 0o700;
            fs::set_permissions(self.staged.path(), fs::Permissions::from_mode(usual)).map_err(failed(self.path()))?;
        }
        fs::rename(self.staged.path(), &self.target).map_err(|error| match error.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => ConversionError::Exists(self.target.clone()),
            _ => failed(&self.target)(error),
        })?;
        // There is nothing of the temporary name to remove.
        let _ = self.staged.keep();
        Ok(())
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ConversionError + use<> {
    let path = path.to_owned();
    move |source| ConversionError::File { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_appears_when_it_is_complete() {
        let world = tempfile::tempdir().unwrap();
        let target = world.path().join("a/b");
        let staged = StagedDirectory::create(&target).unwrap();
        staged.write("x", "1").unwrap();
        assert!(!target.exists());
        staged.commit().unwrap();
        assert_eq!(fs::read_to_string(target.join("x")).unwrap(), "1");
        assert_eq!(fs::read_dir(world.path().join("a")).unwrap().count(), 1, "nothing else stays");
    }

    #[test]
    fn what_is_not_committed_leaves_nothing() {
        let world = tempfile::tempdir().unwrap();
        let staged = StagedDirectory::create(&world.path().join("b")).unwrap();
        staged.write("x", "1").unwrap();
        drop(staged);
        assert_eq!(fs::read_dir(world.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_replaced() {
        let world = tempfile::tempdir().unwrap();
        let target = world.path().join("b");
        let staged = StagedDirectory::create(&target).unwrap();
        fs::create_dir(&target).unwrap();
        // One that is empty may be.
        StagedDirectory::check_free(&target).unwrap();
        fs::write(target.join("mine"), "1").unwrap();
        let refusal = |error| matches!(error, ConversionError::Exists(_));
        assert!(refusal(StagedDirectory::check_free(&target).unwrap_err()));
        assert!(refusal(staged.commit().unwrap_err()));
        assert_eq!(fs::read_dir(&target).unwrap().count(), 1);
        assert!(refusal(StagedDirectory::check_free(&target.join("mine")).unwrap_err()));
    }
}
