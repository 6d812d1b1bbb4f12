//! `bulla rewrap`.

use bulla_core::envelope::{Opener, Portable, Sealer};
use bulla_core::keys::Recipient;
use bulla_kms::now;
use clap::Args;
use zeroize::Zeroizing;

use crate::context::ContextOptions;
use crate::files::{Files, Input, Job, Naming, Target};
use crate::outcome::{Outcome, Result};
use crate::output::How;
use crate::{keys, work};

const EXAMPLES: &str = "\
Examples:
  bulla rewrap --key inbox.jwk --to inbox.pub.jwk --to archive.jwk order.json.jwe
  bulla rewrap --key archive.jwk --to successor.jwk --context '{\"process\":\"loan\"}' *.jwe

An envelope for several recipients keeps its ciphertext, and only its content key is wrapped anew. The tag
of one that was sealed for a single recipient covers him, so it is opened and sealed anew.
The new envelope takes the place of the old one once it is on the disk. Whoever could open the old one may
have kept its content: no rewrapping takes that away.";

/// Give envelopes other recipients
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Rewrap {
    /// What opens the envelopes: a file or env:NAME with a private or symmetric key; repeat it for more
    #[arg(short, long, value_name = "KEY", required = true)]
    key: Vec<String>,
    /// For whom they will be: a file or env:NAME with a public or symmetric key; repeat it for more
    #[arg(short, long, value_name = "KEY", required = true)]
    to: Vec<String>,
    #[command(flatten)]
    context: ContextOptions,
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
        let Files { inputs, place, course } = &self.files;
        let binding = self.context.read()?;
        let inputs = Input::all(inputs)?;
        let in_place = place.output.is_none() && place.output_dir.is_none();
        let jobs = if in_place {
            inputs.into_iter().map(in_its_place).collect()
        } else {
            place.jobs(inputs, Naming::Same)?
        };
        let (old, new) = (keys::read(&self.key)?, keys::read(&self.to)?);
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
                    sealer = sealer.content_type(&content_type);
                }
                Ok(sealer.seal(&context, &plaintext, now())?)
            };
            let envelope = rewrap().map_err(|failure| failure.about(&job.input))?;
            let how = How { force: place.force || in_place, ..place.how(false) };
            job.target.write(envelope.as_bytes(), how).map(|()| None)
        })
    }
}

fn in_its_place(input: Input) -> Job {
    let target = match &input {
        Input::Standard => Target::Standard,
        Input::File(path) => Target::File(path.clone()),
    };
    Job { input, target }
}
