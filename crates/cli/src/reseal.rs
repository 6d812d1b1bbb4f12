//! `bulla reseal`.

use std::path::PathBuf;

use bulla_core::envelope::Sealer;
use bulla_core::serialized::{self, ContentKind, Layer, ObjectOpener, OpenedObject};
use bulla_kms::now;
use clap::Args;

use crate::config::Installation;
use crate::context::ContextOptions;
use crate::files::{Files, Input, Naming, Target};
use crate::keys::NamedKey;
use crate::outcome::{self, Failure, Outcome, Result};
use crate::passphrase::PassphraseOption;
use crate::seal::EXTENSION;
use crate::{keys, work};

const EXAMPLES: &str = "\
Examples:
  bulla reseal --verify-key signer.pem --to archive.jwk approval.ser
  bulla reseal --key old-rsa.pem --unauthenticated --to archive.jwk --context '{\"process\":\"loan\"}' --bind-name *.ser
  bulla reseal --key old-aes.jwk --verify-key signer.pem --config bulla.toml --output-dir sealed within.b64
  bulla reseal --key old-aes.jwk --unauthenticated --open < amount.b64

Read are java.security.SignedObject (SHA256withRSA, SHA256withECDSA on P-256, Ed25519) and
javax.crypto.SealedObject (RSA with PKCS1 or OAEP padding; AES in CBC, ECB or GCM mode), also
within one another, as Java serialisation wrote them or as its base64. No class of theirs is loaded.
A string becomes text, a byte[] its bytes, a number or boolean its text; anything else stays a
serialised object, and its envelope says so (application/x-java-serialized-object).

Only a signature or AES-GCM says who made an object. What RSA, CBC or ECB encrypted may have been
changed or made up by whoever could write it: it is refused unless --unauthenticated is given.
With --verify-key, what is not signed is refused.";

/// Verify and open signed and sealed objects of Java, and seal anew what is in them
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
pub(crate) struct Reseal {
    /// What opens: a file or env:NAME with an AES key (JWK) or a private RSA key (JWK or PEM); repeat it for more
    #[arg(short, long, value_name = "KEY", required_unless_present = "verify_key")]
    key: Vec<String>,
    /// Who must have signed: a file or env:NAME with a public key (JWK, JWK Set or PEM); repeat it for more
    #[arg(short = 'V', long, value_name = "KEY")]
    verify_key: Vec<String>,
    /// For whom: a file or env:NAME with a public or symmetric key (JWK, JWK Set or PEM); repeat it for more
    #[arg(short, long, value_name = "KEY", required_unless_present_any = ["config", "open"])]
    to: Vec<String>,
    /// Seal for this installation's master key and the recipients that it names
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Take also what nothing proves the maker of
    #[arg(long)]
    unauthenticated: bool,
    /// Write what is in the objects, and seal nothing
    #[arg(long, conflicts_with_all = ["to", "config", "context", "bind_name"])]
    open: bool,
    #[command(flatten)]
    context: ContextOptions,
    #[command(flatten)]
    passphrase: PassphraseOption,
    #[command(flatten)]
    files: Files,
}

/// Sealers for one thread, each for what it says of the content.
struct Sealers {
    text: Sealer,
    bytes: Sealer,
    object: Sealer,
}

impl Reseal {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let Files { inputs, place, course } = &self.files;
        let binding = self.context.read()?;
        let naming = if self.open { Naming::Same } else { Naming::With(EXTENSION) };
        let jobs = place.jobs(Input::all(inputs)?, naming)?;
        let opening = keys::object_keys(&keys::read(&self.key, &self.passphrase)?)?;
        let signers = keys::object_signers(&keys::read(&self.verify_key, &self.passphrase)?)?;
        let opener = ObjectOpener::new(opening, signers);
        let mut recipients = keys::read(&self.to, &self.passphrase)?;
        if let Some(file) = &self.config {
            recipients.extend(Installation::read(file, &self.passphrase)?.recipients()?);
        }
        let prepare = || (!self.open).then(|| Sealers::new(&recipients)).transpose();
        let done = if self.open { "opened" } else { "resealed" };
        work::each(&jobs, course, done, prepare, |sealers, job| {
            let reseal = || -> Result<_> {
                job.target.must_be_free(place.force)?;
                let object = self.opened(&opener, &job.input)?;
                let told = told(object.layers());
                let content = object.into_content();
                match sealers {
                    Some(sealers) => {
                        let binding = binding.portable(&job.input)?;
                        let envelope = sealers.of(content.kind()).seal(&binding, content.bytes(), now())?;
                        job.target.write(envelope.as_bytes(), place.how(false))?;
                    }
                    None => job.target.write(content.bytes(), place.how(true))?,
                }
                Ok(told)
            };
            let told = reseal().map_err(|failure| failure.about(&job.input))?;
            Ok((job.target != Target::Standard).then(|| format!("{}: {told}", job.input)))
        })
    }

    fn opened(&self, opener: &ObjectOpener, input: &Input) -> Result<OpenedObject> {
        let object = opener.open(&serialized::decode(&input.read()?)?)?;
        if object.is_authenticated() || self.unauthenticated {
            return Ok(object);
        }
        let message = format!(
            "nothing proves who made it ({}): whoever could write it may have changed it or made it up; \
             --unauthenticated takes it all the same",
            told(object.layers())
        );
        Err(Failure { outcome: Outcome::Refused, message })
    }
}

impl Sealers {
    fn new(recipients: &[NamedKey]) -> Result<Self> {
        // Whoever is given the content key of a file must not open others with it.
        let sealer = || -> Result<_> { Ok(Sealer::new(keys::recipients(recipients)?)?.renew_after(1)) };
        Ok(Self {
            text: sealer()?.content_type(ContentKind::String.media_type())?,
            bytes: sealer()?,
            object: sealer()?.content_type(ContentKind::Object.media_type())?,
        })
    }

    fn of(&self, kind: ContentKind) -> &Sealer {
        match kind {
            ContentKind::Bytes => &self.bytes,
            ContentKind::Object => &self.object,
            _ => &self.text,
        }
    }
}

/// What was around the content, the outermost first.
fn told(layers: &[Layer]) -> String {
    let told: Vec<_> = layers
        .iter()
        .map(|layer| match layer {
            Layer::Signed { kid, algorithm } => format!("signed by {kid} ({algorithm})"),
            Layer::Sealed { kid, algorithm, authenticated } => {
                let not = if *authenticated { "" } else { ", not authenticated" };
                format!("sealed for {kid} ({algorithm}{not})")
            }
        })
        .collect();
    told.join(", in it ")
}
