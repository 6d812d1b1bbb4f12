//! `bulla sign`.

use std::path::PathBuf;

use bulla_core::keys::SigningKey;
use bulla_core::statement::{self, Attachment, Form, Serialization};
use clap::Args;

use crate::config::Installation;
use crate::files::{Files, Input, Job, Naming};
use crate::keys::{self, Algorithm};
use crate::outcome::{self, Outcome, Result};
use crate::passphrase::PassphraseOption;
use crate::work;

/// What a statement's file name ends with.
pub(crate) const EXTENSION: &str = ".jws";

const EXAMPLES: &str = "\
Examples:
  bulla sign --key statement.jwk order.json
  bulla sign --key statement.jwk --detached --canonical order.json
  bulla sign --key statement.jwk --batch *.json
  bulla sign --key env:STATEMENT_KEY --algorithm RS256 < order.json > order.jws

The statement of order.json is order.json.jws beside it. An Ed25519 key signs by EdDSA, one on
P-256 by ES256, an RSA key by PS256 unless it or --algorithm says RS256.";

/// Sign documents
///
/// A statement is a JWS (RFC 7515). By default the document is in it.
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Sign {
    /// What signs: a file or env:NAME with a private key (JWK or PEM)
    #[arg(short, long, value_name = "KEY", required_unless_present = "config")]
    key: Option<String>,
    /// Sign with this installation's key, statement.signer of its configuration
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    config: Option<PathBuf>,
    /// How the key signs, where it does not say so itself
    #[arg(short, long)]
    algorithm: Option<Algorithm>,
    /// Leave the document beside the statement
    #[arg(long)]
    detached: bool,
    /// Leave it beside the statement and sign it as it is, without encoding (RFC 7797)
    #[arg(long)]
    raw: bool,
    /// Sign the canonical form of a JSON document (RFC 8785), so that it may be laid out anew
    #[arg(long)]
    canonical: bool,
    /// Write the statement as JSON, not in the compact form
    #[arg(long)]
    flattened: bool,
    /// Sign all documents at once; each statement says where in the batch its document stands
    #[arg(long, conflicts_with_all = ["detached", "raw", "flattened", "content_type", "fail_fast"])]
    batch: bool,
    /// What the documents are, to be said in the statement: a media type
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseOption,
    #[command(flatten)]
    files: Files,
}

impl Sign {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let Files { inputs, place, course } = &self.files;
        let jobs = place.jobs(Input::all(inputs)?, Naming::With(EXTENSION))?;
        let keys = match &self.config {
            Some(file) => Installation::read(file, &self.passphrase)?.signer()?,
            None => keys::read(self.key.as_slice(), &self.passphrase)?,
        };
        let signer = keys::signing_key(keys, self.algorithm)?;
        if self.batch {
            return self.sign_batch(&signer, &jobs);
        }
        let form = self.form();
        work::each(
            &jobs,
            course,
            "signed",
            || Ok(()),
            |(), job| {
                let sign = || -> Result<_> {
                    job.target.must_be_free(place.force)?;
                    Ok(statement::sign(&signer, &job.input.read()?, form)?)
                };
                let statement = sign().map_err(|failure| failure.about(&job.input))?;
                job.target.write(statement.as_bytes(), place.how(false)).map(|()| None)
            },
        )
    }

    /// All or none: one signature is over all documents.
    fn sign_batch(&self, signer: &SigningKey, jobs: &[Job]) -> Result<Outcome> {
        let Files { place, course, .. } = &self.files;
        let mut documents = Vec::with_capacity(jobs.len());
        for job in jobs {
            let read = || {
                job.target.must_be_free(place.force)?;
                let document = job.input.read()?;
                if self.canonical {
                    // So that the one that has no canonical form is named.
                    bulla_core::json::canonicalize(&document, bulla_core::json::Limits::default())?;
                }
                Ok(document)
            };
            documents.push(read().map_err(|failure: outcome::Failure| failure.about(&job.input))?);
        }
        let documents: Vec<&[u8]> = documents.iter().map(|document| document.as_slice()).collect();
        let statements = statement::sign_batch(signer, &documents, self.canonical)?;
        let written: Vec<_> = jobs.iter().zip(statements).collect();
        work::each(
            &written,
            course,
            "signed",
            || Ok(()),
            |(), (job, statement)| job.target.write(statement.as_bytes(), place.how(false)).map(|()| None),
        )
    }

    fn form(&self) -> Form<'_> {
        Form {
            serialization: if self.flattened { Serialization::Flattened } else { Serialization::Compact },
            attachment: match (self.raw, self.detached) {
                (true, _) => Attachment::DetachedRaw,
                (false, true) => Attachment::Detached,
                (false, false) => Attachment::Attached,
            },
            canonical: self.canonical,
            content_type: self.content_type.as_deref(),
        }
    }
}
