//! `bulla open`.

use std::path::PathBuf;

use bulla_core::envelope::Opener;
use clap::Args;
use zeroize::Zeroizing;

use crate::config::Installation;
use crate::context::ContextOptions;
use crate::files::{Files, Input, Naming};
use crate::outcome::{self, Failure, Outcome, Result};
use crate::passphrase::PassphraseOption;
use crate::seal::EXTENSION;
use crate::{keys, work};

const EXAMPLES: &str = "\
Examples:
  bulla open --key inbox.jwk order.json.jwe
  bulla open --key inbox.jwk --context '{\"process\":\"loan\"}' --bind-name --output-dir opened *.jwe
  bulla open --key inbox.jwk --passphrase env:INBOX_PASSPHRASE --output-dir opened *.jwe
  bulla open --key env:INBOX_KEY < order.jwe > order.json
  bulla open --config bulla.toml --context '{\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"}' note.txt.jwe

An envelope order.json.jwe becomes order.json beside it, which only you may read; the envelope
stays. An envelope that states another context, was changed, or is for another key is refused with
exit code 1, and nothing is written.";

/// A stored envelope is a JWE in compact form (RFC 7516 section 3.1).
const STORED_PARTS: usize = 5;

/// Open envelopes
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
pub(crate) struct Open {
    /// What opens: a file or env:NAME with a private or symmetric key (JWK, JWK Set or PEM); repeat it for more
    #[arg(short, long, value_name = "KEY", required_unless_present = "config")]
    key: Vec<String>,
    /// Open with the keys of this installation, stored envelopes too
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    context: ContextOptions,
    #[command(flatten)]
    passphrase: PassphraseOption,
    #[command(flatten)]
    files: Files,
}

impl Open {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let Files { inputs, place, course } = &self.files;
        let binding = self.context.read()?;
        let jobs = place.jobs(Input::all(inputs)?, Naming::Without(EXTENSION))?;
        let mut keys = keys::read(&self.key, &self.passphrase)?;
        let installation =
            self.config.as_deref().map(|file| Installation::read(file, &self.passphrase)).transpose()?;
        let mut keyring = None;
        if let Some(installation) = &installation {
            keys.extend(installation.opening_keys()?);
            keyring = installation.has_registry().then(|| installation.keyring()).transpose()?;
        }
        let prepare = || Ok(Opener::new(keys::opening_keys(&keys)?));
        work::each(&jobs, course, "opened", prepare, |opener, job| {
            let open = || -> Result<_> {
                job.target.must_be_free(place.force)?;
                let envelope = job.input.read_text()?;
                let envelope = envelope.trim_ascii();
                // What is neither fails as what most envelopes are, for its own reason.
                if envelope.starts_with('{') || envelope.split('.').count() != STORED_PARTS {
                    return Ok(opener.open(&binding.portable(&job.input)?, envelope)?);
                }
                let keyring = keyring.as_ref().ok_or_else(|| Failure {
                    outcome: Outcome::Refused,
                    message: "it is not a portable envelope; a stored one is opened with --config, where \
                              keys.registry names the file of its data keys"
                        .into(),
                })?;
                Ok(keyring.open_envelope(&binding.stored(keyring.installation())?, envelope)?)
            };
            let plaintext = Zeroizing::new(open().map_err(|failure| failure.about(&job.input))?);
            job.target.write(&plaintext, place.how(true)).map(|()| None)
        })
    }
}
