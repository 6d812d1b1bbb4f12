//! `bulla seal`.

use std::path::PathBuf;

use bulla_core::envelope::Sealer;
use bulla_kms::now;
use clap::Args;

use crate::config::Installation;
use crate::context::ContextOptions;
use crate::files::{Files, Input, Naming};
use crate::outcome::{self, Outcome, Result};
use crate::passphrase::PassphraseOption;
use crate::{keys, work};

/// What an envelope's file name ends with.
pub(crate) const EXTENSION: &str = ".jwe";

const EXAMPLES: &str = "\
Examples:
  bulla seal --to partner.pub.jwk order.json
  bulla seal --to partner.pub.jwk --to archive.jwk --context '{\"process\":\"loan\"}' --bind-name *.json
  bulla seal --to partner.pub.jwk < order.json > order.jwe
  bulla seal --config bulla.toml --stored --context '{\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"}' note.txt

A file becomes an envelope beside it, order.json becomes order.json.jwe; the file itself stays.
Each envelope has a content key of its own, so that giving one away gives away nothing else.
Without --sync the command does not wait for the disk: use it before you delete the files.";

/// Seal files for recipients
///
/// An envelope is a JWE in JSON serialization (RFC 7516), AES-256-GCM. It opens for each of its
/// recipients, and only where its context is stated.
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
pub(crate) struct Seal {
    /// For whom: a file or env:NAME with a public or symmetric key (JWK, JWK Set or PEM); repeat it for more
    #[arg(short, long, value_name = "KEY", required_unless_present = "config")]
    to: Vec<String>,
    /// Seal for this installation's master key and the recipients that it names
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Make envelopes for the installation's database columns, with a data key of its registry
    #[arg(long, requires = "config", conflicts_with_all = ["to", "content_type", "bind_name"])]
    stored: bool,
    #[command(flatten)]
    context: ContextOptions,
    /// What the files are, to be said in the envelope: a media type
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseOption,
    #[command(flatten)]
    files: Files,
}

impl Seal {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let Files { inputs, place, course } = &self.files;
        let binding = self.context.read()?;
        let jobs = place.jobs(Input::all(inputs)?, Naming::With(EXTENSION))?;
        let mut keys = keys::read(&self.to, &self.passphrase)?;
        let mut stored = None;
        if let Some(installation) =
            self.config.as_deref().map(|file| Installation::read(file, &self.passphrase)).transpose()?
        {
            keys.extend(installation.recipients()?);
            if self.stored {
                let keyring = installation.keyring()?;
                let context = binding.stored(keyring.installation())?;
                stored = Some((keyring, context));
            }
        }
        let prepare = || {
            // Whoever is given the content key of a file must not open others with it.
            let sealer = Sealer::new(keys::recipients(&keys)?)?.renew_after(1);
            Ok(match &self.content_type {
                Some(type_) => sealer.content_type(type_)?,
                None => sealer,
            })
        };
        work::each(&jobs, course, "sealed", prepare, |sealer, job| {
            let seal = || -> Result<_> {
                job.target.must_be_free(place.force)?;
                let plaintext = job.input.read()?;
                Ok(match &stored {
                    Some((keyring, context)) => keyring.seal(context, &plaintext)?,
                    None => sealer.seal(&binding.portable(&job.input)?, &plaintext, now())?,
                })
            };
            let envelope = seal().map_err(|failure| failure.about(&job.input))?;
            job.target.write(envelope.as_bytes(), place.how(false)).map(|()| None)
        })
    }
}
