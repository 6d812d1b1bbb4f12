//! `bulla verify`.

use std::path::PathBuf;

use bulla_core::keys::VerifyingKey;
use bulla_core::statement::UnverifiedStatement;
use clap::Args;

use crate::config::Installation;
use crate::files::{Files, Input, Job, Naming, Target};
use crate::keys::{self, Algorithm};
use crate::outcome::{self, Failure, Outcome, Result};
use crate::passphrase::PassphraseOption;
use crate::sign::EXTENSION;
use crate::work;

const EXAMPLES: &str = "\
Examples:
  bulla verify --key statement.pub.jwk order.json.jws
  bulla verify --key partner.jwks *.jws
  bulla verify --key statement.pub.jwk --document order.json < order.jws
  bulla verify --key statement.pub.jwk --output order.json order.jws

For each statement that one of the keys signed a line says by which. A document that lies beside
its statement is found by the name: order.json for order.json.jws. A document that is in the
statement is written only where --output or --output-dir ask for it, and only once its signature
holds.";

/// Verify statements
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
pub(crate) struct Verify {
    /// Who may have signed: a file or env:NAME with a public key (JWK, JWK Set or PEM); repeat it for more
    #[arg(short, long, value_name = "KEY", required_unless_present = "config")]
    key: Vec<String>,
    /// Those whose statements this installation believes: its own signer, and statement.verifiers
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// By which algorithm it must be signed; RSA keys that do not say so themselves verify PS256
    #[arg(short, long)]
    algorithm: Option<Algorithm>,
    /// The document beside the statement; "-" is standard input
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseOption,
    #[command(flatten)]
    files: Files,
}

impl Verify {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let Files { inputs, place, course } = &self.files;
        let inputs = Input::all(inputs)?;
        if self.document.is_some() && inputs.len() > 1 {
            return Err(Failure::unusable("one document does not belong to several statements"));
        }
        let document = self.document.as_deref().map(Input::from);
        if document.as_ref() == inputs.first() {
            return Err(Failure::unusable("statement and document are the same file"));
        }
        let extracts = place.output.is_some() || place.output_dir.is_some();
        let jobs = if extracts {
            place.jobs(inputs, Naming::Without(EXTENSION))?
        } else {
            inputs.into_iter().map(|input| Job { input, target: Target::Standard }).collect()
        };
        let mut keys = keys::read(&self.key, &self.passphrase)?;
        if let Some(file) = &self.config {
            keys.extend(Installation::read(file, &self.passphrase)?.verifiers()?);
        }
        let keys = keys::verifying_keys(keys, self.algorithm)?;
        if keys.is_empty() {
            return Err(Failure::unusable("there is no key that may have signed: name one with --key"));
        }
        work::each(
            &jobs,
            course,
            "verified",
            || Ok(()),
            |(), job| {
                let verify = || {
                    let text = job.input.read_text()?;
                    let statement = UnverifiedStatement::parse(text.trim_ascii())?;
                    if statement.is_detached() {
                        if extracts {
                            return Err(Failure::unusable(
                                "its document lies beside it: there is none to write",
                            ));
                        }
                        verify_beside(&statement, &job.input, document.as_ref(), &keys)?;
                    } else if document.is_some() {
                        return Err(Failure::unusable("its document is in it: --document is not needed"));
                    } else {
                        if extracts {
                            job.target.must_be_free(place.force)?;
                        }
                        let document = statement.verify(&keys)?;
                        if extracts {
                            job.target.write(&document, place.how(true))?;
                        }
                    }
                    Ok(told(&statement, &keys))
                };
                let told = verify().map_err(|failure| failure.about(&job.input))?;
                let beside_content = extracts && job.target == Target::Standard;
                Ok((!beside_content).then(|| format!("{}: {told}", job.input)))
            },
        )
    }
}

/// Finds the document that lies beside a statement, and verifies that it is this one.
fn verify_beside(
    statement: &UnverifiedStatement<'_>,
    input: &Input,
    document: Option<&Input>,
    keys: &[VerifyingKey],
) -> Result<()> {
    let named = match (document, input) {
        (Some(document), _) => document.clone(),
        (None, Input::File(path)) => Input::File(Naming::Without(EXTENSION).of(path)?),
        (None, Input::Standard) => {
            return Err(Failure::unusable("its document lies beside it: name it with --document"));
        }
    };
    let document = named.read().map_err(|failure| failure.about(format!("its document {named}")))?;
    Ok(statement.verify_document(keys, &document)?)
}

fn told(statement: &UnverifiedStatement<'_>, keys: &[VerifyingKey]) -> String {
    // Without a key id in it, the statement was verified by the only key there is.
    let only = keys.first().map(|key| key.kid().to_string()).unwrap_or_default();
    let kid = statement.kid().map_or(only, str::to_owned);
    format!("signed by {kid} ({})", statement.algorithm())
}
