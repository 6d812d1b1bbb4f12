//! Sealing without an engine: a node's vault, and the registry that it needs.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use bulla_core::config::Config;
use bulla_core::context::Context;
use bulla_core::keys::{MasterKey, NamedSecret, Purpose, Vault};
use bulla_core::{Error, Result};
use zeroize::Zeroizing;

use crate::clock::now;
use crate::registry::FileKeyRegistry;
use crate::{Ask, Exchange, Node, source};

/// Seals and opens with the keys of one configuration, from any number of threads. The vault says
/// which key it lacks, this makes or fetches it, and the call is made again.
#[derive(Debug)]
pub struct Keyring {
    node: Node,
    registry: FileKeyRegistry,
    /// Of the threads that lack a key one has it, the others wait.
    having: Mutex<()>,
    /// Rows that were added to the registry and not yet taken to be anchored.
    registered: Mutex<Vec<String>>,
    /// Whether a ledger was opened.
    pub(crate) recording: AtomicBool,
    /// The process that opened it.
    pub(crate) process: u32,
}

impl Keyring {
    /// Opens the keys that the configuration in the file `path` names.
    pub fn open(path: &Path) -> Result<Self> {
        Self::parse(&read_config(path)?, &path.display().to_string())
    }

    /// Opens the keys that a configuration's `text` names, relative to where `file` would be.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        Self::with_master(text, file, None)
    }

    /// As [`parse`](Self::parse), but what is wrapped is wrapped by `master` if there is one.
    pub fn with_master(text: &str, file: &str, master: Option<Arc<dyn MasterKey>>) -> Result<Self> {
        Self::of(text, file, |config, file| Node::with_master(config, file, master, now()))
    }

    /// As [`open`](Self::open), but `passphrase` is asked for that of a protected key if the
    /// configuration does not say where it is.
    pub fn open_asking(path: &Path, passphrase: Ask<'_>) -> Result<Self> {
        Self::of(&read_config(path)?, &path.display().to_string(), |config, file| {
            Node::asking(config, file, None, passphrase, now())
        })
    }

    fn of(text: &str, file: &str, start: impl FnOnce(Config, &Path) -> Result<Node>) -> Result<Self> {
        let config = Config::parse(text, file)?;
        let Some(registry) = &config.keys.registry else {
            return Err(Error::InvalidConfig {
                file: file.into(),
                line: 1,
                problem: "keys.registry is missing: without an engine, data keys are kept in the file that \
                          it names"
                    .into(),
            });
        };
        let path = Path::new(file);
        let registry = FileKeyRegistry::new(path.with_file_name(registry));
        let node = start(config, path)?;
        Ok(Self {
            node,
            registry,
            having: Mutex::default(),
            registered: Mutex::default(),
            recording: AtomicBool::new(false),
            process: std::process::id(),
        })
    }

    /// The installation, which is the `log` of every context.
    #[must_use]
    pub fn installation(&self) -> &str {
        self.node.vault.installation()
    }

    /// What is exchanged with others, by the same configuration.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.node.exchange
    }

    /// Seals bytes for a context.
    pub fn seal(&self, context: &Context<'_>, plaintext: &[u8]) -> Result<String> {
        self.having(|vault| vault.seal(context, plaintext, now()))
    }

    /// Opens what was sealed for just this context.
    pub fn open_envelope(&self, expected: &Context<'_>, envelope: &str) -> Result<Vec<u8>> {
        self.having(|vault| vault.open(expected, envelope))
    }

    /// Wraps all keys of the registry under `master` and returns how many were not yet; what they
    /// sealed stays as it is. The old registry is copied to `backup` before. Nothing else should use
    /// the registry meanwhile, and whatever does so later needs `master`.
    pub fn rewrap(&self, master: &dyn MasterKey, backup: &Path) -> Result<usize> {
        self.registry.replace(backup, |row| self.node.vault.rewrap(row, master))
    }

    /// Where the registry lies.
    #[must_use]
    pub fn registry(&self) -> &Path {
        self.registry.path()
    }

    /// Makes a call, and makes it again when a key that it lacked has been had.
    fn having<T>(&self, call: impl Fn(&Vault) -> Result<T>) -> Result<T> {
        let vault = &self.node.vault;
        match call(vault) {
            Err(Error::DataKeyNeeded | Error::UnknownKey { .. }) => {}
            result => return result,
        }
        let _having = self.having.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have had the key meanwhile.
        match call(vault) {
            Err(Error::DataKeyNeeded) => {
                self.make(Purpose::Data)?;
            }
            Err(Error::UnknownKey { kid }) => self.fetch(&kid)?,
            result => return result,
        }
        call(vault)
    }

    /// The newest commitment key; an installation has one, so it is made where there is none.
    pub(crate) fn commitment_key(&self) -> Result<NamedSecret> {
        let _having = self.having.lock().unwrap_or_else(PoisonError::into_inner);
        let vault = &self.node.vault;
        self.fetch_commitment_keys()?;
        if vault.commitment_key().is_err() && !self.make(Purpose::Commitment)? {
            self.fetch_commitment_keys()?;
        }
        vault.commitment_key()
    }

    /// The commitment keys as a JWK Set, which an auditor needs and which open nothing.
    pub fn disclose_commitment_keys(&self) -> Result<Zeroizing<String>> {
        self.fetch_commitment_keys()?;
        Ok(self.node.vault.disclose_commitment_keys())
    }

    /// The registry's rows since the last call, for the anchors of the ledger.
    #[must_use]
    pub fn take_registered(&self) -> Vec<String> {
        std::mem::take(&mut *self.registered.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn registry_file(&self) -> &Path {
        self.registry.path()
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    fn fetch_commitment_keys(&self) -> Result<()> {
        let rows = self.registry.rows(Purpose::Commitment)?;
        rows.iter().try_for_each(|row| self.node.vault.learn(row).map(|_| ()))
    }

    /// Makes a key; `false` if another process had made the only one meanwhile.
    fn make(&self, purpose: Purpose) -> Result<bool> {
        let row = self.node.vault.new_key(purpose, now())?;
        let added = self.registry.add(&row)?;
        if added {
            self.node.vault.activate(row.kid.as_str())?;
            self.registered.lock().unwrap_or_else(PoisonError::into_inner).push(row.text);
        }
        Ok(added)
    }

    fn fetch(&self, kid: &str) -> Result<()> {
        let row = self.registry.row(kid)?.ok_or_else(|| Error::UnknownKey { kid: kid.into() })?;
        self.node.vault.learn(&row).map(|_| ())
    }
}

/// The text of a configuration file, which is at most 1 MiB.
pub fn read_config(path: &Path) -> Result<String> {
    let failed = |problem| Error::Io { what: format!("{} cannot be read", path.display()), problem };
    let text = source::read_file(path).map_err(|error| failed(error.to_string()))?;
    if text.len() > source::LONGEST {
        return Err(failed(format!("it has more than {} bytes: this is no configuration", source::LONGEST)));
    }
    String::from_utf8(text.to_vec()).map_err(|_| failed("it is not UTF-8".into()))
}
