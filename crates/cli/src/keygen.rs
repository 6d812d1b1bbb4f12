//! `bulla keygen`.

use std::fs;
use std::path::PathBuf;

use bulla_core::crypto::Secret;
use bulla_core::keys::{Jwk, Pair, jwk};
use bulla_kms::installation;
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
  bulla keygen --log loans/node-1 keys

Key files are for their owner alone (mode 0600) and are never replaced without --force. Each key's id,
its thumbprint (RFC 7638), is printed.";

/// Make keys
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Keygen {
    /// What a single key is for
    #[arg(short = 't', long, required_unless_present = "log")]
    kind: Option<Kind>,
    /// Make all keys of a node, and the policy that an auditor trusts them by, in the directory PATH
    #[arg(long, value_name = "INSTALLATION/NODE", conflicts_with_all = ["kind", "public", "force"])]
    log: Option<String>,
    /// Write the public key to this file too
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
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
    /// Signs, by `EdDSA`
    Ed25519,
    /// Signs by ES256, or is sealed for by ECDH-ES+A256KW
    P256,
    /// Is sealed for, by ECDH-ES+A256KW
    X25519,
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
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let failed = |error| Failure::unusable(format!("{} cannot be made: {error}", directory.display()));
        builder.create(directory).map_err(failed)?;
        installation::generate(directory, log)?;
        for name in installation::FILES {
            outcome::print_line(&format!("Wrote {}", directory.join(name).display()))?;
        }
        Ok(Outcome::Done)
    }

    fn single(&self, kind: Kind) -> Result<Outcome> {
        let target = match Input::from(self.path.as_path()) {
            Input::Standard => Target::Standard,
            Input::File(path) => Target::File(path),
        };
        let (id, private, public) = kind.fresh()?;
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
            outcome::print_line(&id)?;
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
