//! Where keys are read from.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bulla_core::keys::{Jwk, protected};
use bulla_core::{Error, Result};
use zeroize::Zeroizing;

/// What stands before the name of an environment variable.
const VARIABLE: &str = "env:";
/// More than any file of keys has; what is longer is another file, given by mistake.
pub(crate) const LONGEST: usize = 1 << 20;

/// Who is asked for a passphrase, by the name of what it protects.
pub type Ask<'a> = &'a dyn Fn(&str) -> Result<Zeroizing<String>>;

/// A place with keys: a file, or an environment variable that holds what would stand in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The file at this path.
    File(PathBuf),
    /// The environment variable of this name.
    Variable(String),
}

impl KeySource {
    /// From a path, or `env:` and the name of an environment variable; a file whose name begins
    /// with `env:` is meant by `./env:…`.
    pub fn parse(text: &str) -> Result<Self> {
        let refused =
            |problem: &str| Err(Error::InvalidArgument { what: "key source", problem: problem.into() });
        match text.strip_prefix(VARIABLE) {
            Some("") => refused("is \"env:\" without the name of an environment variable behind it"),
            Some(name) if name.contains(['=', '\0']) => {
                refused("names no environment variable: one has no '='")
            }
            Some(name) => Ok(Self::Variable(name.into())),
            None if text.is_empty() => refused("is empty: give a path, or env: and a variable's name"),
            None => Ok(Self::File(text.into())),
        }
    }

    /// The same source, seen from the directory in which `file` lies.
    #[must_use]
    pub fn beside(self, file: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(file.with_file_name(path)),
            variable @ Self::Variable(_) => variable,
        }
    }

    /// The keys: those of a JWK, a JWK Set or a PEM document (see [`Jwk::parse_any`]), which are not
    /// protected by a passphrase.
    pub fn read(&self) -> Result<Vec<Jwk>> {
        Jwk::parse_any(&self.text()?, &self.to_string())
    }

    /// The keys, protected or not: `passphrase` is asked, by this source's name, for a protected
    /// file alone (see [`protected::read`]).
    pub fn unlock(&self, passphrase: Ask<'_>) -> Result<Vec<Jwk>> {
        let (text, what) = (self.text()?, self.to_string());
        if protected::is_protected(&text) {
            protected::read(&text, &passphrase(&what)?, &what)
        } else {
            Jwk::parse_any(&text, &what)
        }
    }

    /// The passphrase that stands there, without the end of its line.
    pub fn passphrase(&self) -> Result<Zeroizing<String>> {
        let text = self.text()?;
        let line = text.strip_suffix(b"\n").unwrap_or(&text);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match std::str::from_utf8(line) {
            Ok(line) => Ok(Zeroizing::new(line.to_owned())),
            Err(_) => Err(self.failed("it is no passphrase: it is not UTF-8".into())),
        }
    }

    /// What stands there, which is at most 1 MiB.
    pub fn text(&self) -> Result<Zeroizing<Vec<u8>>> {
        let text = match self {
            Self::File(path) => read_file(path).map_err(|e| self.failed(e.to_string()))?,
            Self::Variable(name) => {
                let value = std::env::var_os(name)
                    .ok_or_else(|| self.failed(format!("the environment variable {name} is not set")))?;
                Zeroizing::new(value.into_encoded_bytes())
            }
        };
        if text.len() > LONGEST {
            return Err(self.failed(format!("it has more than {LONGEST} bytes: these are no keys")));
        }
        if text.trim_ascii().is_empty() {
            return Err(self.failed("it is empty".into()));
        }
        Ok(text)
    }

    fn failed(&self, problem: String) -> Error {
        Error::Io { what: self.to_string(), problem }
    }
}

/// At most one byte more than is allowed, in memory that no reading in between moved.
pub(crate) fn read_file(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let said = usize::try_from(file.metadata()?.len()).unwrap_or(LONGEST);
    let mut text = Zeroizing::new(Vec::with_capacity(said.min(LONGEST) + 1));
    file.take(LONGEST as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Variable(name) => write!(f, "{VARIABLE}{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use bulla_core::keys::Pair;

    use super::*;

    fn file(text: &[u8]) -> (tempfile::TempDir, KeySource) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        std::fs::write(&path, text).unwrap();
        (directory, KeySource::File(path))
    }

    fn problem(source: &KeySource) -> String {
        let error = source.read().map(drop).unwrap_err().to_string();
        let problem = error.strip_prefix(&format!("{source}: ")).map(str::to_owned);
        problem.unwrap_or_else(|| panic!("{error} does not name {source}"))
    }

    #[test]
    fn a_path_is_a_file_and_a_name_behind_env_a_variable() {
        assert_eq!(KeySource::parse("a/b.jwk"), Ok(KeySource::File("a/b.jwk".into())));
        assert_eq!(KeySource::parse("env:KEY"), Ok(KeySource::Variable("KEY".into())));
        assert_eq!(KeySource::parse("./env:KEY"), Ok(KeySource::File("./env:KEY".into())));
        for wrong in ["", "env:", "env:A=B"] {
            assert!(KeySource::parse(wrong).unwrap_err().to_string().starts_with("key source "), "{wrong}");
        }
    }

    #[test]
    fn only_files_lie_beside_others() {
        let beside = |text| KeySource::parse(text).unwrap().beside(Path::new("etc/bulla.toml")).to_string();
        assert_eq!(beside("keys/a.jwk"), "etc/keys/a.jwk");
        assert_eq!(beside("/keys/a.jwk"), "/keys/a.jwk");
        assert_eq!(beside("env:KEY"), "env:KEY");
    }

    #[test]
    fn keys_come_from_a_file() {
        let key = Jwk::generate(Pair::Ed25519).unwrap();
        let (_directory, source) = file(key.to_private().unwrap().as_bytes());
        let [read] = source.read().unwrap().try_into().ok().unwrap();
        assert_eq!(read.thumbprint(), key.thumbprint());
    }

    #[test]
    fn a_passphrase_is_asked_for_protected_keys_alone() {
        let key = Jwk::generate(Pair::Ed25519).unwrap();
        let (_directory, source) = file(key.to_private().unwrap().as_bytes());
        let unasked = |what: &str| -> Result<_> { panic!("asked for {what}") };
        assert_eq!(source.unlock(&unasked).unwrap()[0].thumbprint(), key.thumbprint());

        let (_directory, source) = file(protected::write(&[key], "passphrase").unwrap().as_bytes());
        let (_phrases, phrase) = file(b"passphrase\n");
        let asked = |what: &str| {
            assert_eq!(what, source.to_string());
            phrase.passphrase()
        };
        assert_eq!(source.unlock(&asked).unwrap().len(), 1);
        let error = source.read().unwrap_err().to_string();
        assert!(error.ends_with("it is protected by a passphrase, and none was given"), "{error}");
    }

    #[test]
    fn what_is_missing_empty_or_too_long_is_named() {
        assert_eq!(problem(&KeySource::File("nowhere".into())), "No such file or directory (os error 2)");
        let unset = KeySource::Variable("BULLA_TEST_UNSET".into());
        assert_eq!(problem(&unset), "the environment variable BULLA_TEST_UNSET is not set");
        let (_directory, source) = file(b" \n");
        assert_eq!(problem(&source), "it is empty");
        let (_directory, source) = file(&vec![b' '; LONGEST + 1]);
        assert_eq!(problem(&source), "it has more than 1048576 bytes: these are no keys");
    }

    #[test]
    fn a_variable_holds_what_a_file_would() {
        // Cargo sets it, and it is no key: that it was read is all that can be seen of it.
        let source = KeySource::Variable("CARGO_PKG_NAME".into());
        assert_eq!(*source.text().unwrap(), b"bulla-kms");
        let error = source.read().map(drop).unwrap_err().to_string();
        assert!(error.starts_with("env:CARGO_PKG_NAME is not a usable key: "), "{error}");
    }
}
