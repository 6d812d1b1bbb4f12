//! Keys in local files and environment variables, as JWK documents.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use bulla_core::crypto::{Secret, Wrapping, WrappingKey};
use bulla_core::keys::{Jwk, KeyId, MasterKey, Signer, Verifier, jwk, protected};
use bulla_core::{Error, Result};

use crate::KeySource;
use crate::source::Ask;

const ALGORITHM: &str = "A256KW";

/// A master key in memory, read from a JWK (`"kty":"oct"`, 256 bit, for A256KW).
pub struct LocalMasterKey {
    kid: KeyId,
    key: Wrapping,
}

impl LocalMasterKey {
    /// From the JWK's text; `what` is named in errors, the text never.
    pub fn parse(text: &[u8], what: &str) -> Result<Self> {
        Self::of(&Jwk::parse(text, what)?, what)
    }

    /// From a file or an environment variable; `passphrase` is asked if the key is protected.
    pub fn read(source: &KeySource, passphrase: Ask<'_>) -> Result<Self> {
        Self::of(&one(source, passphrase)?, &source.to_string())
    }

    fn of(key: &Jwk, what: &str) -> Result<Self> {
        let secret = key.secret(ALGORITHM, what)?;
        Ok(Self { kid: KeyId::of_secret(&secret), key: <Wrapping as WrappingKey>::new(&secret) })
    }
}

impl MasterKey for LocalMasterKey {
    fn kid(&self) -> &str {
        self.kid.as_str()
    }

    fn algorithm(&self) -> &'static str {
        ALGORITHM
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        self.key.wrap(key)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret> {
        self.key.unwrap(wrapped).ok_or_else(|| Error::AuthenticationFailed {
            what: "the wrapped key".into(),
            kid: self.kid.to_string(),
        })
    }
}

impl std::fmt::Debug for LocalMasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LocalMasterKey({})", self.kid)
    }
}

/// Reads a private Ed25519 key: an identity or a log key.
///
/// `passphrase` is asked if it is protected.
pub fn read_signer(source: &KeySource, passphrase: Ask<'_>) -> Result<Signer> {
    one(source, passphrase)?.signer(&source.to_string())
}

fn one(source: &KeySource, passphrase: Ask<'_>) -> Result<Jwk> {
    let keys: [Jwk; 1] = source.unlock(passphrase)?.try_into().map_err(|_| Error::MalformedKey {
        what: source.to_string(),
        problem: "it does not hold one key, but a set of them".into(),
    })?;
    let [key] = keys;
    Ok(key)
}

/// Writes a fresh master key, which only its owner may read, under a `passphrase` if there is one. An
/// existing file is left alone.
pub fn write_master_key(path: &Path, passphrase: Option<&str>) -> Result<KeyId> {
    let secret = Secret::random()?;
    write(path, &jwk::write_secret(&secret, ALGORITHM), passphrase)?;
    Ok(KeyId::of_secret(&secret))
}

/// Writes a fresh private Ed25519 key, which only its owner may read, under a `passphrase` if there is
/// one. An existing file is left alone.
pub fn write_signer(path: &Path, passphrase: Option<&str>) -> Result<Verifier> {
    let seed = Secret::random()?;
    write(path, &jwk::write_private(&seed), passphrase)?;
    Ok(Signer::from_seed(&seed).verifier().clone())
}

fn write(path: &Path, text: &str, passphrase: Option<&str>) -> Result<()> {
    let protected = match passphrase {
        Some(passphrase) => {
            let key = Jwk::parse(text.as_bytes(), &path.display().to_string())?;
            Some(protected::write(&[key], passphrase)?)
        }
        None => None,
    };
    let text = protected.as_deref().unwrap_or(text);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| failed(path, &error))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n"));
    written.and_then(|()| file.sync_all()).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::Io { what: path.display().to_string(), problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use bulla_core::ErrorKind;

    use zeroize::Zeroizing;

    use super::*;

    fn unasked(what: &str) -> Result<Zeroizing<String>> {
        panic!("asked for the passphrase of {what}")
    }

    #[test]
    fn a_written_master_key_wraps_and_unwraps() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.jwk");
        let kid = write_master_key(&path, None).unwrap();
        let master = LocalMasterKey::read(&KeySource::File(path.clone()), &unasked).unwrap();
        assert_eq!(master.kid(), kid.as_str());
        let secret = Secret::random().unwrap();
        let wrapped = master.wrap(&secret).unwrap();
        assert_eq!(master.unwrap(&wrapped).unwrap().expose(), secret.expose());
    }

    #[test]
    fn another_master_key_does_not_unwrap() {
        let master = |byte: u8| {
            let text = jwk::write_secret(&Secret::new([byte; 32]), ALGORITHM);
            LocalMasterKey::parse(text.as_bytes(), "master.jwk").unwrap()
        };
        let wrapped = master(1).wrap(&Secret::new([3; 32])).unwrap();
        let error = master(2).unwrap(&wrapped).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthenticationFailed);
    }

    #[test]
    fn a_written_signer_signs() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("identity.jwk");
        let verifier = write_signer(&path, None).unwrap();
        let signer = read_signer(&KeySource::File(path), &unasked).unwrap();
        verifier.verify("it", b"message", &signer.sign(b"message")).unwrap();
    }

    #[test]
    fn an_existing_key_file_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.jwk");
        std::fs::write(&path, "mine").unwrap();
        assert_eq!(write_master_key(&path, None).unwrap_err().kind(), ErrorKind::Io);
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_a_key_file() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log.jwk");
        write_signer(&path, None).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_missing_or_unsuitable_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log.jwk");
        let error = LocalMasterKey::read(&KeySource::File(path.clone()), &unasked).unwrap_err();
        assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
        write_signer(&path, None).unwrap();
        let error = LocalMasterKey::read(&KeySource::File(path.clone()), &unasked).unwrap_err();
        let expected =
            format!("{} is not a usable key: it is not a symmetric key (\"kty\":\"oct\")", path.display());
        assert_eq!(error.to_string(), expected);
    }
}
