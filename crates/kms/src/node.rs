//! The keys of a node, from where its configuration says that they are.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bulla_core::config::Config;
use bulla_core::keys::{Epoch, MasterKey, Signer, Trust, Vault};
use bulla_core::policy::Policy;
use bulla_core::{Error, Result};

use crate::local::{LocalMasterKey, read_signer};
use crate::{Ask, Exchange, KeySource};

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
        let unknown = |what: &str| {
            Err(Error::MalformedKey {
                what: what.into(),
                problem: format!(
                    "it is protected by a passphrase, and keys.passphrase of {} does not say where that is",
                    file.display()
                ),
            })
        };
        Self::asking(config, file, master, &unknown, now)
    }

    /// As [`with_master`](Self::with_master), but `otherwise` is asked for the passphrase of a protected
    /// key if the configuration does not say where that is.
    pub fn asking(
        config: Config,
        file: &Path,
        master: Option<Arc<dyn MasterKey>>,
        otherwise: Ask<'_>,
        now: i64,
    ) -> Result<Self> {
        let source = |name: &str| KeySource::parse(name).map(|source| source.beside(file));
        let passphrase = |what: &str| match &config.keys.passphrase {
            Some(named) => source(named)?.passphrase(),
            None => otherwise(what),
        };
        let mut masters: Vec<Arc<dyn MasterKey>> = master.into_iter().collect();
        if let Some(named) = &config.keys.master {
            masters.push(Arc::new(LocalMasterKey::read(&source(named)?, &passphrase)?));
        }
        if masters.is_empty() {
            return Err(Error::InvalidConfig {
                file: file.display().to_string(),
                line: 1,
                problem: "keys.master is missing: it names the file of the master key".into(),
            });
        }
        let identity = read_signer(&source(&config.keys.identity)?, &passphrase)?;
        let log_key = Arc::new(read_signer(&source(&config.keys.log)?, &passphrase)?);
        let log = config.log();
        let exchange = Exchange::of(&config, file, &masters, &passphrase)?;
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use bulla_core::crypto::Secret;
    use bulla_core::keys::jwk;

    use super::*;

    const CONFIG: &str = "installation = \"i\"\nnode = \"n\"\n[keys]\nmaster = \"env:BULLA_TEST_MASTER\"\n\
                          identity = \"env:BULLA_TEST_IDENTITY\"\nlog = \"env:BULLA_TEST_LOG\"\n";

    #[test]
    fn a_node_takes_its_keys_from_the_environment() {
        if std::env::var_os("BULLA_TEST_MASTER").is_some() {
            Node::start(CONFIG, "etc/bulla.toml", 0).unwrap();
            return;
        }
        let key = |byte| Secret::new([byte; 32]);
        let name = "node::tests::a_node_takes_its_keys_from_the_environment";
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args([name, "--exact", "--nocapture"]);
        child.env("BULLA_TEST_MASTER", &*jwk::write_secret(&key(1), "A256KW"));
        child.env("BULLA_TEST_IDENTITY", &*jwk::write_private(&key(2)));
        child.env("BULLA_TEST_LOG", &*jwk::write_private(&key(3)));
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }

    #[test]
    fn a_node_s_protected_keys_are_unlocked_by_its_passphrase() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
        let protect = |text: &str| {
            let key = bulla_core::keys::Jwk::parse(text.as_bytes(), "key").unwrap();
            bulla_core::keys::protected::write(&[key], "open sesame").unwrap()
        };
        write("master", &protect(&jwk::write_secret(&Secret::new([1; 32]), "A256KW")));
        write("identity", &protect(&jwk::write_private(&Secret::new([2; 32]))));
        write("log", &jwk::write_private(&Secret::new([3; 32])));
        write("phrase", "open sesame\n");
        let start = |passphrase: &str| {
            let config = format!(
                "installation = \"i\"\nnode = \"n\"\n[keys]\nmaster = \"master\"\nidentity = \"identity\"\n\
                 log = \"log\"\n{passphrase}[statement]\nsigner = \"identity\"\n"
            );
            let file = directory.path().join("bulla.toml").display().to_string();
            Node::start(&config, &file, 0).map(drop).map_err(|error| error.to_string())
        };
        start("passphrase = \"phrase\"\n").unwrap();
        let error = start("").unwrap_err();
        assert!(error.contains("/master is not a usable key: it is protected by a passphrase"), "{error}");
        write("phrase", "another");
        let error = start("passphrase = \"phrase\"\n").unwrap_err();
        assert!(error.ends_with("the passphrase is wrong, or the file was changed"), "{error}");
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let error = Node::start(CONFIG, "etc/bulla.toml", 0).map(drop).unwrap_err();
        let expected = "env:BULLA_TEST_MASTER: the environment variable BULLA_TEST_MASTER is not set";
        assert_eq!(error.to_string(), expected);
    }
}
