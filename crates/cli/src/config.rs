//! The keys that an installation's configuration names.

use std::path::{Path, PathBuf};

use bulla_core::config::Config;
use bulla_kms::keyring::read_config;
use bulla_kms::{KeySource, Keyring};

use crate::keys::{self, NamedKey};
use crate::outcome::{Failure, Result};
use crate::output;
use crate::passphrase::PassphraseOption;

/// A configuration file.
pub(crate) struct Installation<'a> {
    config: Config,
    file: PathBuf,
    /// For protected keys, where the configuration does not say where their passphrase is.
    passphrase: &'a PassphraseOption,
}

impl<'a> Installation<'a> {
    pub(crate) fn read(file: &Path, passphrase: &'a PassphraseOption) -> Result<Self> {
        output::spare(file);
        let config = Config::parse(&read_config(file)?, &file.display().to_string())?;
        let keys = &config.keys;
        for name in [&keys.identity, &keys.log].into_iter().chain(&keys.registry).chain(&keys.passphrase) {
            if let KeySource::File(named) = KeySource::parse(name)?.beside(file) {
                output::spare(&named);
            }
        }
        Ok(Self { config, file: file.into(), passphrase })
    }

    /// For whom it seals: its master key, and those that it names.
    pub(crate) fn recipients(&self) -> Result<Vec<NamedKey>> {
        self.keys(self.config.keys.master.iter().chain(&self.config.portable.recipients))
    }

    /// What it opens with.
    pub(crate) fn opening_keys(&self) -> Result<Vec<NamedKey>> {
        self.keys(self.config.keys.master.iter().chain(&self.config.portable.keys))
    }

    /// What it signs with.
    pub(crate) fn signer(&self) -> Result<Vec<NamedKey>> {
        let Some(signer) = &self.config.statement.signer else {
            return Err(Failure::unusable(format!(
                "{}: statement.signer is missing: it names the file of the key that signs",
                self.file.display()
            )));
        };
        self.keys([signer])
    }

    /// Whose statements it believes.
    pub(crate) fn verifiers(&self) -> Result<Vec<NamedKey>> {
        self.keys(self.config.statement.signer.iter().chain(&self.config.statement.verifiers))
    }

    /// The keys of stored envelopes.
    pub(crate) fn keyring(&self) -> Result<Keyring> {
        self.passphrase.serve(|ask| Ok(Keyring::open_asking(&self.file, ask)?))
    }

    /// Whether it keeps a registry of such keys in a file.
    pub(crate) fn has_registry(&self) -> bool {
        self.config.keys.registry.is_some()
    }

    fn keys<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> Result<Vec<NamedKey>> {
        let source = |name: &String| Ok::<_, Failure>(KeySource::parse(name)?.beside(&self.file));
        let sources = names.into_iter().map(source).collect::<Result<_>>()?;
        match &self.config.keys.passphrase {
            Some(name) => {
                let passphrase = source(name)?;
                keys::read_sources(sources, &|_| passphrase.passphrase())
            }
            None => self.passphrase.serve(|ask| keys::read_sources(sources, ask)),
        }
    }
}
