//! `bulla rewrap`.

use std::path::{Path, PathBuf};

use bulla_core::envelope::{Opener, Portable, Sealer};
use bulla_core::keys::{MasterKey, Recipient};
use bulla_kms::local::LocalMasterKey;
use bulla_kms::{KeySource, Keyring, now};
use clap::Args;
use zeroize::Zeroizing;

use crate::context::ContextOptions;
use crate::files::{Files, Input, Job, Naming, Target};
use crate::outcome::{self, Outcome, Result};
use crate::output::{Chosen, How};
use crate::passphrase::PassphraseOption;
use crate::{keys, work};

const EXAMPLES: &str = "\
Examples:
  bulla rewrap --key inbox.jwk --to inbox.pub.jwk --to archive.jwk order.json.jwe
  bulla rewrap --key archive.jwk --to successor.jwk --context '{\"process\":\"loan\"}' *.jwe
  bulla rewrap --config bulla.toml --master new-master.jwk

An envelope for several recipients keeps its ciphertext, and only its content key is wrapped anew.
The tag of one that was sealed for a single recipient covers him, so it is opened and sealed anew.
The new envelope takes the place of the old one once it is on the disk. Whoever could open the old
one may have kept its content: no rewrapping takes that away.

With --master the data keys of an installation's registry file are wrapped under a new master key,
and what they sealed stays as it is. Stop what uses the registry, rewrap, and let keys.master name
the new key. The old registry is kept beside the new one: put it back if the command is cut off,
else delete it with the old master key.";

/// Give envelopes other recipients, and registry keys another master key
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
pub(crate) struct Rewrap {
    /// What opens the envelopes: a file or env:NAME with a private or symmetric key; repeat it for more
    #[arg(short, long, value_name = "KEY", required_unless_present = "master")]
    key: Vec<String>,
    /// For whom they will be: a file or env:NAME with a public or symmetric key; repeat it for more
    #[arg(short, long, value_name = "KEY", required_unless_present = "master")]
    to: Vec<String>,
    /// Wrap the keys of this installation's registry under this master key: a file or env:NAME
    #[arg(long, value_name = "KEY", requires = "config", conflicts_with_all = ["key", "to", "context", "bind_name", "inputs", "output", "output_dir"])]
    master: Option<String>,
    /// The installation's configuration, which names the old master key and the registry
    #[arg(long, value_name = "FILE", requires = "master")]
    config: Option<PathBuf>,
    #[command(flatten)]
    context: ContextOptions,
    #[command(flatten)]
    passphrase: PassphraseOption,
    #[command(flatten)]
    files: Files,
}

/// What wraps and what unwraps, for one thread.
struct Keys {
    opener: Opener,
    recipients: Vec<Recipient>,
}

impl Rewrap {
    pub(crate) fn run(&self) -> Result<Outcome> {
        match (&self.master, &self.config) {
            (Some(master), Some(config)) => self.rewrap_registry(config, master),
            _ => self.rewrap_envelopes(),
        }
    }

    fn rewrap_envelopes(&self) -> Result<Outcome> {
        let Files { inputs, place, course } = &self.files;
        let binding = self.context.read()?;
        let inputs = Input::all(inputs)?;
        let in_place = place.output.is_none() && place.output_dir.is_none();
        let jobs = if in_place {
            inputs.into_iter().map(in_its_place).collect()
        } else {
            place.jobs(inputs, Naming::Same)?
        };
        let (old, new) = (keys::read(&self.key, &self.passphrase)?, keys::read(&self.to, &self.passphrase)?);
        let prepare = || {
            let opener = Opener::new(keys::opening_keys(&old)?);
            Ok(Keys { opener, recipients: keys::recipients(&new)? })
        };
        work::each(&jobs, course, "rewrapped", prepare, |keys, job| {
            let rewrap = || -> Result<_> {
                job.target.must_be_free(place.force || in_place)?;
                let envelope = job.input.read_text()?;
                let envelope = envelope.trim_ascii();
                let context = binding.portable(&job.input)?;
                let said = Portable::parse(envelope)?;
                if said.can_be_rewrapped()? {
                    return Ok(keys.opener.rewrap(&context, envelope, &keys.recipients)?);
                }
                let plaintext = Zeroizing::new(keys.opener.open(&context, envelope)?);
                let mut sealer = Sealer::new(keys::recipients(&new)?)?;
                if let Some(content_type) = said.inspect()?.content_type {
                    sealer = sealer.content_type(&content_type)?;
                }
                Ok(sealer.seal(&context, &plaintext, now())?)
            };
            let envelope = rewrap().map_err(|failure| failure.about(&job.input))?;
            let mut how = place.how(false);
            if in_place {
                how = How { force: true, chosen: Chosen::ByUser, ..how };
            }
            job.target.write(envelope.as_bytes(), how).map(|()| None)
        })
    }

    fn rewrap_registry(&self, config: &Path, master: &str) -> Result<Outcome> {
        let source = KeySource::parse(master)?;
        let (keyring, master) = self
            .passphrase
            .serve(|ask| Ok((Keyring::open_asking(config, ask)?, LocalMasterKey::read(&source, ask)?)))?;
        let mut backup = keyring.registry().as_os_str().to_owned();
        // Named by the key that is new, so that one rewrapping never takes the place of another's copy.
        backup.push(format!(".before-{}", master.kid()));
        let backup = PathBuf::from(backup);
        let rewrapped = keyring.rewrap(&master, &backup)?;
        outcome::print_line(&if rewrapped == 0 {
            format!("{} wraps all keys already", master.kid())
        } else {
            let keys = if rewrapped == 1 { "key" } else { "keys" };
            format!(
                "{rewrapped} {keys} wrapped under {}; the old registry is {}\nNow let keys.master of {} name {source}",
                master.kid(),
                backup.display(),
                config.display()
            )
        })?;
        Ok(Outcome::Done)
    }
}

fn in_its_place(input: Input) -> Job {
    let target = match &input {
        Input::Standard => Target::Standard,
        Input::File(path) => Target::File(path.clone()),
    };
    Job { input, target }
}
