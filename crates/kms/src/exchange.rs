//! What a node exchanges with others: portable envelopes and statements, with the keys that its
//! configuration names for them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use bulla_core::config::Config;
use bulla_core::envelope::{Opener, Portable, PortableContext, Sealer};
use bulla_core::keys::{Jwk, MasterKey, OpeningKey, Recipient, SigningKey, VerifyingKey};
use bulla_core::statement::{self, Form, UnverifiedStatement};
use bulla_core::{Error, Result};

use crate::KeySource;
use crate::source::Ask;

/// How many content types have a content key of their own at a time.
const TYPES: usize = 16;

/// Seals for a node's master key and for others, opens, signs and verifies, from any number of
/// threads.
#[derive(Debug)]
pub struct Exchange {
    recipients: Arc<[Recipient]>,
    /// One for each content type that was used, which the content key's header states.
    sealers: RwLock<Vec<(Option<String>, Arc<Sealer>)>>,
    opener: Arc<Opener>,
    signer: Option<Arc<SigningKey>>,
    verifiers: Arc<[VerifyingKey]>,
    /// The configuration's, for errors.
    file: PathBuf,
}

/// What was in an envelope or a statement.
#[derive(Debug, PartialEq, Eq)]
pub struct Content {
    /// What was sealed or signed.
    pub bytes: Vec<u8>,
    /// What it is, if the envelope or statement says: a media type, by the rule of RFC 7515 §4.1.10.
    pub content_type: Option<String>,
}

impl Exchange {
    /// With the keys that `config` names, whose paths are relative to its `file`. Of the `masters`
    /// the first is sealed for, and all of them open.
    pub(crate) fn of(
        config: &Config,
        file: &Path,
        masters: &[Arc<dyn MasterKey>],
        passphrase: Ask<'_>,
    ) -> Result<Self> {
        let keys = Keys { file, passphrase };
        let mut recipients: Vec<_> = masters.iter().take(1).cloned().map(Recipient::master).collect();
        recipients.extend(keys.named(&config.portable.recipients, Jwk::recipient)?);
        let mut opening: Vec<_> = masters.iter().cloned().map(OpeningKey::master).collect();
        opening.extend(keys.named(&config.portable.keys, Jwk::opening_key)?);
        let own = config.statement.signer.as_slice();
        let mut signers = keys.named(own, Jwk::signing_key)?;
        if signers.len() > 1 {
            return Err(refuse(file, "statement.signer names a file of several keys; only one can sign"));
        }
        let mut verifiers = keys.named(own, Jwk::verifying_key)?;
        verifiers.extend(keys.named(&config.statement.verifiers, Jwk::verifying_key)?);
        Ok(Self {
            recipients: recipients.into(),
            sealers: RwLock::default(),
            opener: Arc::new(Opener::new(opening)),
            signer: signers.pop().map(Arc::new),
            verifiers: verifiers.into(),
            file: file.into(),
        })
    }

    /// Seals `plaintext` for `context`, at `now` (milliseconds since 1970-01-01T00:00Z). Messages of
    /// one content type share a content key, as [`Sealer`] says.
    pub fn seal(
        &self,
        context: &PortableContext,
        content_type: Option<&str>,
        plaintext: &[u8],
        now: i64,
    ) -> Result<String> {
        self.sealer(content_type)?.seal(context, plaintext, now)
    }

    /// Opens an envelope that was sealed for just this context.
    pub fn open(&self, expected: &PortableContext, envelope: &str) -> Result<Content> {
        let bytes = self.opener.open(expected, envelope)?;
        // What opens has an authentic header.
        let content_type = Portable::parse(envelope)?.inspect()?.content_type;
        Ok(Content { bytes, content_type })
    }

    /// Signs `document` with the configured signer.
    pub fn sign(&self, document: &[u8], form: Form<'_>) -> Result<String> {
        statement::sign(&**self.signer()?, document, form)
    }

    /// Signs `documents` at once with the configured signer.
    pub fn sign_batch(&self, documents: &[&[u8]], canonical: bool) -> Result<Vec<String>> {
        statement::sign_batch(&**self.signer()?, documents, canonical)
    }

    /// The document in a statement, if one of the configured keys signed it.
    pub fn verify(&self, statement: &str) -> Result<Content> {
        let statement = UnverifiedStatement::parse(statement)?;
        let bytes = statement.verify(self.verifiers()?)?;
        Ok(Content { bytes, content_type: statement.content_type().map(Into::into) })
    }

    /// Fails unless one of the configured keys signed the document that lies beside the statement.
    pub fn verify_document(&self, statement: &str, document: &[u8]) -> Result<()> {
        UnverifiedStatement::parse(statement)?.verify_document(self.verifiers()?, document)
    }

    /// For whom envelopes are sealed.
    #[must_use]
    pub fn recipients(&self) -> Arc<[Recipient]> {
        Arc::clone(&self.recipients)
    }

    /// What opens envelopes.
    #[must_use]
    pub fn opener(&self) -> &Arc<Opener> {
        &self.opener
    }

    /// What seals content of a type.
    pub fn sealer(&self, content_type: Option<&str>) -> Result<Arc<Sealer>> {
        let of_type = |sealers: &[(Option<String>, Arc<Sealer>)]| {
            let found = sealers.iter().find(|(type_, _)| type_.as_deref() == content_type);
            found.map(|(_, sealer)| Arc::clone(sealer))
        };
        if let Some(sealer) = of_type(&self.sealers.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(sealer);
        }
        let mut sealers = self.sealers.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(sealer) = of_type(&sealers) {
            return Ok(sealer);
        }
        let mut sealer = Sealer::of_shared(Arc::clone(&self.recipients))?;
        if let Some(content_type) = content_type {
            sealer = sealer.content_type(content_type)?;
        }
        let sealer = Arc::new(sealer);
        if sealers.len() == TYPES {
            sealers.remove(0);
        }
        sealers.push((content_type.map(Into::into), Arc::clone(&sealer)));
        Ok(sealer)
    }

    /// What signs statements.
    pub fn signer(&self) -> Result<&Arc<SigningKey>> {
        self.signer.as_ref().ok_or_else(|| {
            refuse(&self.file, "statement.signer is missing: it names the file of the key that signs")
        })
    }

    /// The keys whose statements are believed.
    pub fn verifiers(&self) -> Result<&Arc<[VerifyingKey]>> {
        if self.verifiers.is_empty() {
            let problem = "statement.verifiers is missing: it names the files of the keys whose statements are believed";
            return Err(refuse(&self.file, problem));
        }
        Ok(&self.verifiers)
    }
}

fn refuse(file: &Path, problem: &str) -> Error {
    Error::InvalidConfig { file: file.display().to_string(), line: 1, problem: problem.into() }
}

/// Where a configuration's keys are read.
struct Keys<'a> {
    file: &'a Path,
    passphrase: Ask<'a>,
}

impl Keys<'_> {
    /// The keys of the sources that the configuration names, each made by `of`.
    fn named<K>(&self, names: &[String], of: fn(&Jwk, &str) -> Result<K>) -> Result<Vec<K>> {
        let mut keys = Vec::new();
        for name in names {
            let source = KeySource::parse(name)?.beside(self.file);
            let what = source.to_string();
            for key in source.unlock(self.passphrase)? {
                keys.push(of(&key, &what)?);
            }
        }
        Ok(keys)
    }
}
