//! Natives of `dev.bulla.ConfigNative`, and how a configuration's key files are read.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bulla_core::config::{Anchor, Config};
use bulla_core::keys::{Epoch, MasterKey, Signer, Trust, Vault};
use bulla_core::policy::Policy;
use bulla_core::{Result, packed};
use bulla_kms::local::{LocalMasterKey, read_signer};

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;

/// One run of one node: what `dev.bulla.Vault` holds.
pub struct Node {
    /// Its keys.
    pub vault: Vault,
    /// Its epoch, which signs records and registry rows.
    pub epoch: Arc<Epoch>,
    /// The key that signs the log's checkpoints.
    pub log_key: Arc<Signer>,
    /// The log's name.
    pub log: String,
    /// Which variables are sealed.
    pub policy: Policy,
}

impl Node {
    /// Reads the key files that a configuration names and begins an epoch.
    pub fn start(text: &str, file: &str, now: i64) -> Result<Self> {
        let config = Config::parse(text, file)?;
        let directory = PathBuf::from(file);
        let path = |name: &str| directory.with_file_name(name);
        let master: Box<dyn MasterKey> = Box::new(LocalMasterKey::read(&path(&config.keys.master))?);
        let identity = read_signer(&path(&config.keys.identity))?;
        let log_key = Arc::new(read_signer(&path(&config.keys.log))?);
        let log = config.log();
        let epoch = Arc::new(Epoch::start(&identity, &log, now)?);
        let trust = Trust::new(config.keys.trusted.iter().copied().chain([identity.kid()]));
        let vault = Vault::new(&config.installation, vec![master], trust, Some(Arc::clone(&epoch)));
        Ok(Self { vault, epoch, log_key, log, policy: config.policy })
    }
}

/// Reads and checks a configuration of two strings, text and file name.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ConfigNative_parse(
    env: EnvPointer,
    _class: Class,
    source: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let source = env.bytes(&source)?;
        let mut reader = packed::Reader::new(&source);
        let config = Config::parse(reader.text()?, reader.text()?)?;
        env.new_bytes(&settings(&config))
    })
}

fn settings(config: &Config) -> Vec<u8> {
    let mut settings = packed::Writer::new();
    settings.string(Some(&config.installation)).string(Some(&config.node));
    settings.string(config.keys.registry.as_deref());
    list(&mut settings, config.policy.record.iter().map(String::as_str));
    let ledger = &config.ledger;
    settings.i64(millis(ledger.checkpoint)).i64(i64::try_from(ledger.records).unwrap_or(i64::MAX));
    settings.i64(millis(ledger.heartbeat)).u8(u8::from(ledger.required));
    list(&mut settings, config.anchors.iter().map(|Anchor::Directory(directory)| directory.as_str()));
    settings.finish()
}

fn list<'a>(settings: &mut packed::Writer, items: impl ExactSizeIterator<Item = &'a str>) {
    settings.i32(i32::try_from(items.len()).unwrap_or(i32::MAX));
    for item in items {
        settings.string(Some(item));
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
