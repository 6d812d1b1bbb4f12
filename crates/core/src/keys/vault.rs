//! The keys of a running process, and what is sealed and opened with them.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use zeroize::Zeroizing;

use super::data::{Retirement, SealingKey};
use super::keyring::{Keyring, NamedSecret};
use super::{Epoch, KeyId, MasterKey, Purpose, RegistryRow, Trust, jwk, registry};
use crate::context::Context;
use crate::crypto::{Aead, AeadKey, Secret, random};
use crate::envelope::{self, Content, Plaintext, Sealed, Stored};
use crate::packed::Value;
use crate::search::Tag;
use crate::{Error, Result, process};

/// Seals and opens, from any number of threads.
///
/// It does no I/O. [`Error::DataKeyNeeded`] asks the caller for [`new_key`](Self::new_key), to
/// store the row durably and to [`activate`](Self::activate) it; [`Error::UnknownKey`] asks for
/// the registry's row of that key, for [`learn`](Self::learn). Then the call is made again.
pub struct Vault {
    installation: String,
    trust: Trust,
    epoch: Option<Arc<Epoch>>,
    keyring: Keyring,
    sealing: ArcSwapOption<SealingKey>,
    pending: Mutex<Vec<Pending>>,
    retirement: Retirement,
}

/// A fresh key and the registry's row for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The key's id.
    pub kid: KeyId,
    /// What the key is for.
    pub purpose: Purpose,
    /// The row, to be stored durably before the key is activated.
    pub text: String,
}

/// A key whose row may not be stored yet.
struct Pending {
    purpose: Purpose,
    named: NamedSecret,
    created: i64,
    process: u32,
}

impl Vault {
    /// A vault of `installation`. The first of `masters` wraps fresh keys, all of them unwrap;
    /// registry rows must come from nodes whose identity is in `trust`. Without an epoch it opens
    /// and makes no keys.
    #[must_use]
    pub fn new(
        installation: &str,
        masters: Vec<Arc<dyn MasterKey>>,
        trust: Trust,
        epoch: Option<Arc<Epoch>>,
    ) -> Self {
        Self {
            installation: installation.into(),
            trust,
            epoch,
            keyring: Keyring::new(masters, Keyring::CAPACITY),
            sealing: ArcSwapOption::empty(),
            pending: Mutex::default(),
            retirement: Retirement::default(),
        }
    }

    /// The installation, which is the `log` of every context.
    #[must_use]
    pub fn installation(&self) -> &str {
        &self.installation
    }

    /// The identities whose certificates count.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Seals raw bytes for `context`, at `now` (milliseconds since 1970-01-01T00:00Z).
    pub fn seal(&self, context: &Context<'_>, plaintext: &[u8], now: i64) -> Result<String> {
        let append = |buffer: &mut Vec<u8>| buffer.extend_from_slice(plaintext);
        self.seal_appended(context, plaintext.len(), append, now).map(|sealed| sealed.text())
    }

    /// Seals what `append` appends to a buffer that has room for `length` bytes, as
    /// [`seal`](Self::seal): for bindings, whose bytes lie elsewhere.
    pub fn seal_appended(
        &self,
        context: &Context<'_>,
        length: usize,
        append: impl FnOnce(&mut Vec<u8>),
        now: i64,
    ) -> Result<Sealed> {
        self.seal_with(context, Content::Bytes, now, || Ok(envelope::from_bytes(length, append)))
    }

    /// Seals packed columns (`i32` count, then a name and a value each), as [`seal`](Self::seal).
    pub fn seal_columns(&self, context: &Context<'_>, columns: &[u8], now: i64) -> Result<Sealed> {
        self.seal_with(context, Content::Columns, now, || envelope::from_columns(columns))
    }

    /// Opens what [`seal`](Self::seal) sealed for just this context.
    pub fn open(&self, expected: &Context<'_>, envelope: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        self.open_with(expected, Content::Bytes, envelope.as_ref()).and_then(envelope::into_bytes)
    }

    /// Opens what [`seal_columns`](Self::seal_columns) sealed for just this context, as packed
    /// columns in the order of their names.
    pub fn open_columns(&self, expected: &Context<'_>, envelope: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        self.open_with(expected, Content::Columns, envelope.as_ref()).and_then(envelope::into_columns)
    }

    /// The search tag of a value that is not null.
    pub fn tag(&self, tenant: Option<&str>, name: &str, type_: &str, value: Value<'_>) -> Result<Tag> {
        self.keyring.with_search(|key| key.tag(tenant, name, type_, value))
    }

    /// Fails unless `stored`, found in a column beside a sealed value, is the tag of that value.
    pub fn check_tag(
        &self,
        tenant: Option<&str>,
        name: &str,
        type_: &str,
        value: Value<'_>,
        stored: Value<'_>,
    ) -> Result<()> {
        if self.tag(tenant, name, type_, value)?.is(stored) {
            return Ok(());
        }
        Err(Error::TagMismatch { what: format!("variable {name}") })
    }

    /// Makes a key, which the master key wraps and unwraps. It is used only after
    /// [`activate`](Self::activate): a key whose row were lost would take with it what was sealed.
    pub fn new_key(&self, purpose: Purpose, now: i64) -> Result<KeyRow> {
        let epoch = self.epoch.as_ref().ok_or_else(|| no_epoch(purpose))?;
        let secret = Secret::random()?;
        let kid = KeyId::of_secret(&secret);
        let named = NamedSecret { kid, secret };
        let master = self.keyring.master()?;
        let wrapped = wrap(master, &named)?;
        let text = registry::sign(epoch, kid, purpose, master.kid(), &wrapped, now);
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        // Those whose row could not be stored are never activated.
        if pending.len() >= 16 {
            pending.remove(0);
        }
        pending.push(Pending { purpose, named, created: now, process: process::id() });
        Ok(KeyRow { kid, purpose, text })
    }

    /// Takes a key into use whose row is stored durably.
    pub fn activate(&self, kid: &str) -> Result<()> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let index = pending.iter().position(|pending| pending.named.kid.as_str() == kid);
        let index = index.ok_or_else(|| Error::UnknownKey { kid: kid.into() })?;
        let Pending { purpose, named, created, process } = pending.swap_remove(index);
        drop(pending);
        if purpose == Purpose::Data {
            let aead = Arc::new(<Aead as AeadKey>::new(&named.secret));
            self.keyring.add_data(named.kid, &aead);
            self.sealing.store(Some(Arc::new(SealingKey::new(named.kid, aead, process, created))));
        } else {
            self.keyring.add(purpose, named, created);
        }
        Ok(())
    }

    /// Verifies a row of the registry and takes up its key, for opening.
    pub fn learn(&self, row: &str) -> Result<KeyId> {
        let row = RegistryRow::verify(row, &self.installation, &self.trust)?;
        let named = self.keyring.unwrap(&row)?;
        self.keyring.add(row.purpose, named, row.created);
        Ok(row.kid)
    }

    /// Wraps the key of a registry row under `master`, and signs the row that says so in this epoch.
    /// The key stays the same, and so does all that it sealed. `None` if `master` wraps it already.
    pub fn rewrap(&self, row: &str, master: &dyn MasterKey) -> Result<Option<KeyRow>> {
        let row = RegistryRow::verify(row, &self.installation, &self.trust)?;
        if row.master == master.kid() {
            return Ok(None);
        }
        let epoch = self.epoch.as_ref().ok_or_else(|| no_epoch(row.purpose))?;
        let named = self.keyring.unwrap(&row)?;
        let wrapped = wrap(master, &named)?;
        let text = registry::sign(epoch, row.kid, row.purpose, master.kid(), &wrapped, row.created);
        Ok(Some(KeyRow { kid: row.kid, purpose: row.purpose, text }))
    }

    /// The newest commitment key.
    pub fn commitment_key(&self) -> Result<NamedSecret> {
        self.keyring.commitment()
    }

    /// All known commitment keys as a JWK Set, for the auditor.
    #[must_use]
    pub fn disclose_commitment_keys(&self) -> Zeroizing<String> {
        let keys = self.keyring.all(Purpose::Commitment);
        jwk::write_secrets(keys.iter().map(|named| &named.secret), "HS256")
    }

    fn seal_with(
        &self,
        context: &Context<'_>,
        holds: Content,
        now: i64,
        padded: impl FnOnce() -> Result<Plaintext>,
    ) -> Result<Sealed> {
        if context.log != self.installation {
            let problem = format!("is of installation {:?}, not of {:?}", context.log, self.installation);
            return Err(Error::InvalidArgument { what: "context", problem });
        }
        let process = process::id();
        let sealing = self.sealing.load();
        let key = sealing.as_deref().ok_or(Error::DataKeyNeeded)?;
        let padded = padded()?;
        if !key.admit(padded.len(), now, process, self.retirement) {
            return Err(Error::DataKeyNeeded);
        }
        let nonce = random::nonce(now, process)?;
        envelope::seal(&key.aead, &key.kid, context, holds, padded, nonce)
    }

    fn open_with(&self, expected: &Context<'_>, holds: Content, envelope: &[u8]) -> Result<Vec<u8>> {
        let stored = Stored::parse(envelope)?;
        stored.must_be(expected, holds)?;
        self.keyring.with_data(&stored.kid(), |key| stored.decrypt(key, expected))
    }
}

/// Wraps a key, and unwraps it again: when a master key's provider errs, what the key sealed could
/// never be opened once this process has ended.
fn wrap(master: &dyn MasterKey, named: &NamedSecret) -> Result<Vec<u8>> {
    let wrapped = master.wrap(&named.secret)?;
    if KeyId::of_secret(&master.unwrap(&wrapped)?) != named.kid {
        return Err(Error::KeyMismatch { kid: named.kid.to_string(), master: master.kid().into() });
    }
    Ok(wrapped)
}

fn no_epoch(purpose: Purpose) -> Error {
    Error::KeyUnavailable {
        kid: purpose.name().into(),
        problem: "no epoch was started, and only an epoch's key can sign the registry's row".into(),
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("installation", &self.installation).finish_non_exhaustive()
    }
}
