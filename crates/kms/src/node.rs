//! The keys of a node, from the files that its configuration names.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bulla_core::config::Config;
use bulla_core::keys::{Epoch, MasterKey, Signer, Trust, Vault};
use bulla_core::policy::Policy;
use bulla_core::{Error, Result};

use crate::Exchange;
use crate::local::{LocalMasterKey, read_signer};

/// One run of one node.
pub struct Node {
    /// Its master keys: the first wraps, all of them unwrap.
    pub masters: Vec<Arc<dyn MasterKey>>,
    /// Its keys.
    pub vault: Vault,
    /// Its epoch, which signs records and registry rows.
    pub epoch: Arc<Epoch>,
    /// The key that signs the log's checkpoints.
    pub log_key: Arc<Signer>,
    /// The log's name.
    pub log: String,
    /// How long the log may be silent.
    pub heartbeat: Duration,
    /// Which variables are sealed.
    pub policy: Policy,
    /// What it seals and signs for others, and has from them.
    pub exchange: Exchange,
}

impl Node {
    /// Begins an epoch at `now` (milliseconds since 1970-01-01T00:00Z) with the keys that the
    /// configuration `text` names; their paths are relative to its `file`.
    pub fn start(text: &str, file: &str, now: i64) -> Result<Self> {
        Self::of(Config::parse(text, file)?, Path::new(file), now)
    }

    /// As [`start`](Self::start), of a configuration that was read from `file`.
    pub fn of(config: Config, file: &Path, now: i64) -> Result<Self> {
        Self::with_master(config, file, None, now)
    }

    /// As [`of`](Self::of), but what is wrapped is wrapped by `master` if there is one; the key that
    /// the configuration names, if it names one, still unwraps.
    pub fn with_master(
        config: Config,
        file: &Path,
        master: Option<Arc<dyn MasterKey>>,
        now: i64,
    ) -> Result<Self> {
        let path = |name: &str| file.with_file_name(name);
        let mut masters: Vec<Arc<dyn MasterKey>> = master.into_iter().collect();
        if let Some(named) = &config.keys.master {
            masters.push(Arc::new(LocalMasterKey::read(&path(named))?));
        }
        if masters.is_empty() {
            return Err(Error::InvalidConfig {
                file: file.display().to_string(),
                line: 1,
                problem: "keys.master is missing: it names the file of the master key".into(),
            });
        }
        let identity = read_signer(&path(&config.keys.identity))?;
        let log_key = Arc::new(read_signer(&path(&config.keys.log))?);
        let log = config.log();
        let exchange = Exchange::of(&config, file, &masters)?;
        let epoch = Arc::new(Epoch::start(&identity, &log, now)?);
        let trust = Trust::new(config.keys.trusted.iter().copied().chain([identity.kid()]));
        let vault = Vault::new(&config.installation, masters.clone(), trust, Some(Arc::clone(&epoch)));
        Ok(Self {
            masters,
            vault,
            epoch,
            log_key,
            log,
            heartbeat: config.ledger.heartbeat,
            policy: config.policy,
            exchange,
        })
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("log", &self.log).finish_non_exhaustive()
    }
}
