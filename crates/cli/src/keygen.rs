//! `bulla keygen`.

use std::path::PathBuf;
use std::{fs, slice};

use bulla_core::crypto::RsaSize;
use bulla_core::keys::{Jwk, Pair, protected};
use bulla_kms::installation;
use clap::{Args, ValueEnum};
use zeroize::Zeroizing;

use crate::files::Target;
use crate::outcome::{self, Failure, Outcome, Result};
use crate::output::{Chosen, How};
use crate::passphrase::PassphraseOption;

const EXAMPLES: &str = "\
Examples:
  bulla keygen --kind ed25519 --public statement.pub.jwk statement.jwk
  bulla keygen --kind x25519 --public inbox.pub.jwk inbox.jwk
  bulla keygen --kind x25519 --passphrase env:INBOX_PASSPHRASE --public inbox.pub.jwk inbox.jwk
  bulla keygen --kind rsa3072 --format pem --public partner.pub.pem partner.pem
  bulla keygen --kind a256kw archive.jwk
  bulla keygen --log loans/node-1 keys

Key files are for their owner alone (mode 0600) and are never replaced without --force. Each key's
id, its thumbprint (RFC 7638), is printed.

A protected key is the JWK encrypted under a passphrase (RFC 7517 section 7; PBES2-HS512+A256KW),
which the other commands ask for, or take from --passphrase. For a node, keys.passphrase of
bulla.toml names the file or the variable that holds it.";

/// Make keys
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
#[command(mut_arg("passphrase", |option| option.help("Protect by the passphrase in this file or env:NAME")))]
pub(crate) struct Keygen {
    /// What a single key is for
    #[arg(short = 't', long, required_unless_present = "log")]
    kind: Option<Kind>,
    /// Make all keys of a node, and the policy that an auditor trusts them by, in the directory PATH
    #[arg(long, value_name = "INSTALLATION/NODE", conflicts_with_all = ["kind", "public", "format", "force"])]
    log: Option<String>,
    /// How the key is written
    #[arg(long, default_value = "jwk")]
    format: Format,
    /// Write the public key to this file too; "-" is standard output
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
    /// Protect by a passphrase, which the terminal is asked for twice
    #[arg(long)]
    protect: bool,
    #[command(flatten)]
    passphrase: PassphraseOption,
    /// Replace files that are there
    #[arg(short, long)]
    force: bool,
    /// Where the key goes; "-" is standard output. With --log, a directory, which is made if need be
    path: PathBuf,
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Seals for whoever has the same key, by AES key wrap; also a master key
    A256kw,
    /// Seals for whoever has the same key, by AES-GCM
    A256gcmkw,
    /// Signs by Ed25519
    Ed25519,
    /// Signs by ES256, or is sealed for by ECDH-ES+A256KW
    P256,
    /// Is sealed for, by ECDH-ES+A256KW
    X25519,
    /// Signs by PS256 or RS256, or is sealed for by RSA-OAEP-256
    Rsa2048,
    /// The same, longer
    Rsa3072,
    /// The same, longer still
    Rsa4096,
}

/// How keys are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A JWK (RFC 7517)
    Jwk,
    /// PEM (RFC 7468): PKCS#8, and SPKI for the public key
    Pem,
}

/// A key that was made, as it is written.
struct Fresh {
    kid: String,
    private: Zeroizing<String>,
    public: Option<String>,
}

impl Keygen {
    pub(crate) fn run(&self) -> Result<Outcome> {
        match (&self.log, self.kind) {
            (None, Some(kind)) => self.single(kind),
            (Some(log), _) => self.node(log),
            (None, None) => Err(Failure::unusable("say with --kind or --log what to make")),
        }
    }

    fn node(&self, log: &str) -> Result<Outcome> {
        let directory = &self.path;
        let passphrase = self.passphrase(&format!("the keys in {}", directory.display()))?;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let failed = |error| Failure::unusable(format!("{} cannot be made: {error}", directory.display()));
        builder.create(directory).map_err(failed)?;
        installation::generate(directory, log, passphrase.as_ref().map(|passphrase| passphrase.as_str()))?;
        for name in installation::FILES {
            outcome::print_line(&format!("Wrote {}", directory.join(name).display()))?;
        }
        Ok(Outcome::Done)
    }

    fn single(&self, kind: Kind) -> Result<Outcome> {
        let target = Target::from(self.path.as_path());
        let of_public = self.public.as_deref().map(Target::from);
        if of_public.as_ref() == Some(&target) {
            return Err(Failure::unusable("the public key does not go where the private one goes"));
        }
        for target in [Some(&target), of_public.as_ref()].into_iter().flatten() {
            target.must_be_free(self.force)?;
        }
        let fresh = self.fresh(kind)?;
        let how = How { private: true, force: self.force, chosen: Chosen::ByUser, sync: true };
        // First: of what could not be written, the private key must not be what is left.
        let of_public_key = How { private: false, ..how };
        let before = of_public.as_ref().map(Before::of).transpose()?;
        if let (Some(target), Some(public)) = (&of_public, &fresh.public) {
            target.write(public.as_bytes(), of_public_key)?;
        }
        if let Err(failure) = target.write(fresh.private.as_bytes(), how) {
            if let (Some(target), Some(before)) = (&of_public, before) {
                before.restore(target, of_public_key);
            }
            return Err(failure);
        }
        if target != Target::Standard && of_public != Some(Target::Standard) {
            outcome::print_line(&fresh.kid)?;
        }
        Ok(Outcome::Done)
    }

    fn fresh(&self, kind: Kind) -> Result<Fresh> {
        if kind.pair().is_none() {
            if self.public.is_some() {
                return Err(Failure::unusable("a symmetric key has no public part"));
            }
            if self.format == Format::Pem {
                return Err(Failure::unusable("PEM has no form for a symmetric key"));
            }
        }
        if self.format == Format::Pem && (self.protect || self.passphrase.is_named()) {
            return Err(Failure::unusable("protected keys are written as JWK, not as PEM"));
        }
        let passphrase = self.passphrase(&self.path.display().to_string())?;
        let key = match kind.pair() {
            Some(pair) => Jwk::generate(pair)?,
            None => Jwk::generate_secret(kind.algorithm())?,
        };
        let line = |text: &str| Zeroizing::new(format!("{text}\n"));
        let private = match (self.format, passphrase) {
            (Format::Jwk, None) => key.to_private().map(|text| line(&text)),
            (Format::Jwk, Some(passphrase)) => {
                Some(line(&protected::write(slice::from_ref(&key), &passphrase)?))
            }
            (Format::Pem, _) => key.to_private_pem(),
        };
        let public = match self.format {
            Format::Jwk => key.to_public().map(|text| text + "\n"),
            Format::Pem => key.to_public_pem(),
        };
        let private = private.ok_or_else(|| Failure::unusable("the key cannot be written in this format"))?;
        Ok(Fresh { kid: key.thumbprint().to_string(), private, public })
    }

    /// The passphrase that `what` will be protected by, if it will.
    fn passphrase(&self, what: &str) -> Result<Option<Zeroizing<String>>> {
        let protects = self.protect || self.passphrase.is_named();
        protects.then(|| self.passphrase.choose(what)).transpose()
    }
}

/// What was where a file is written.
enum Before {
    Nothing,
    File(Vec<u8>),
    /// Neither made nor replaced: a device, a pipe, standard output.
    Lasting,
}

impl Before {
    fn of(target: &Target) -> Result<Self> {
        let Target::File(path) = target else { return Ok(Self::Lasting) };
        match path.metadata() {
            Ok(found) if found.is_file() => fs::read(path).map(Self::File).map_err(|error| {
                Failure::unusable(format!("{} is there and cannot be read: {error}", path.display()))
            }),
            Err(_) if path.symlink_metadata().is_err() => Ok(Self::Nothing),
            _ => Ok(Self::Lasting),
        }
    }

    /// As far as that succeeds: what failed before is what is told.
    fn restore(&self, target: &Target, how: How) {
        let _ = match (self, target) {
            (Self::Nothing, Target::File(path)) => fs::remove_file(path).is_ok(),
            (Self::File(bytes), _) => target.write(bytes, how).is_ok(),
            _ => true,
        };
    }
}

impl Kind {
    /// The kind of key pair; a symmetric key is none.
    fn pair(self) -> Option<Pair> {
        Some(match self {
            Self::A256kw | Self::A256gcmkw => return None,
            Self::Ed25519 => Pair::Ed25519,
            Self::P256 => Pair::P256,
            Self::X25519 => Pair::X25519,
            Self::Rsa2048 => Pair::Rsa(RsaSize::Bits2048),
            Self::Rsa3072 => Pair::Rsa(RsaSize::Bits3072),
            Self::Rsa4096 => Pair::Rsa(RsaSize::Bits4096),
        })
    }

    /// What a symmetric key is for.
    fn algorithm(self) -> &'static str {
        if self == Self::A256gcmkw { "A256GCMKW" } else { "A256KW" }
    }
}
