//! `bulla keygen`.

use std::path::PathBuf;

use bulla_core::crypto::Secret;
use bulla_core::keys::{Jwk, Pair, jwk};
use clap::{Args, ValueEnum};
use zeroize::Zeroizing;

use crate::files::{Input, Target};
use crate::outcome::{self, Failure, Outcome, Result};
use crate::output::How;

const EXAMPLES: &str = "\
Examples:
  bulla keygen --kind ed25519 --public statement.pub.jwk statement.jwk
  bulla keygen --kind x25519 --public inbox.pub.jwk inbox.jwk
  bulla keygen --kind a256kw archive.jwk

Key files are for their owner alone (mode 0600) and are never replaced without --force. Each key's id,
its thumbprint (RFC 7638), is printed.";

/// Make keys
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Keygen {
    /// What the key is for
    #[arg(short = 't', long)]
    kind: Kind,
    /// Write the public key to this file too
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
    /// Replace files that are there
    #[arg(short, long)]
    force: bool,
    /// Where the key goes; "-" is standard output
    path: PathBuf,
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Seals for whoever has the same key, by AES key wrap; also a master key
    A256kw,
    /// Seals for whoever has the same key, by AES-GCM
    A256gcmkw,
    /// Signs, by `EdDSA`
    Ed25519,
    /// Signs by ES256, or is sealed for by ECDH-ES+A256KW
    P256,
    /// Is sealed for, by ECDH-ES+A256KW
    X25519,
}

impl Keygen {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let target = match Input::from(self.path.as_path()) {
            Input::Standard => Target::Standard,
            Input::File(path) => Target::File(path),
        };
        let (kid, private, public) = self.kind.fresh()?;
        if self.public.is_some() && public.is_none() {
            return Err(Failure::unusable("a symmetric key has no public part"));
        }
        let of_public = self.public.clone().map(Target::File);
        for target in [Some(&target), of_public.as_ref()].into_iter().flatten() {
            target.must_be_free(self.force)?;
        }
        let how = How { private: true, force: self.force, sync: true };
        target.write(format!("{}\n", *private).as_bytes(), how)?;
        if let (Some(target), Some(public)) = (&of_public, public) {
            target.write(format!("{public}\n").as_bytes(), How { private: false, ..how })?;
        }
        if target != Target::Standard {
            outcome::print_line(&kid)?;
        }
        Ok(Outcome::Done)
    }
}

impl Kind {
    /// The id of a fresh key, the key itself, and its public part.
    fn fresh(self) -> Result<(String, Zeroizing<String>, Option<String>)> {
        let pair = match self {
            Self::A256kw => return symmetric("A256KW"),
            Self::A256gcmkw => return symmetric("A256GCMKW"),
            Self::Ed25519 => Pair::Ed25519,
            Self::P256 => Pair::P256,
            Self::X25519 => Pair::X25519,
        };
        let key = Jwk::generate(pair)?;
        let private = key.to_private().unwrap_or_default();
        Ok((key.thumbprint().to_string(), private, key.to_public()))
    }
}

fn symmetric(algorithm: &str) -> Result<(String, Zeroizing<String>, Option<String>)> {
    let secret = Secret::random()?;
    let kid = bulla_core::keys::KeyId::of_secret(&secret).to_string();
    Ok((kid, jwk::write_secret(&secret, algorithm), None))
}
