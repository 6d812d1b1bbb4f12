//! The configuration file, `bulla.toml`.

mod section;

use std::time::Duration;

pub(crate) use section::{Document, Section};

use crate::Result;
use crate::keys::KeyId;
use crate::policy::Policy;

/// What `bulla.toml` says. Paths are as written there: relative to the file, unless they are of
/// environment variables (`env:NAME`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What all nodes on one database have in common; part of every context.
    pub installation: String,
    /// This process's name among them.
    pub node: String,
    /// Where the keys are.
    pub keys: Keys,
    /// Which variables are sealed.
    pub policy: Policy,
    /// How the ledger is kept.
    pub ledger: Ledger,
    /// Where checkpoints are anchored.
    pub anchors: Vec<Anchor>,
    /// Which keys sign and verify statements.
    pub statement: StatementKeys,
    /// Which keys portable envelopes are sealed for and opened with.
    pub portable: PortableKeys,
}

/// Where the keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Where the master key is: a file, or `env:` and a variable; left out where the embedding program brings one.
    pub master: Option<String>,
    /// Where this node's identity key is.
    pub identity: String,
    /// Where this node's log key is.
    pub log: String,
    /// Where the passphrase is of those key files that are protected by one.
    pub passphrase: Option<String>,
    /// The identity keys of the other nodes.
    pub trusted: Vec<KeyId>,
    /// The file of the key registry, for use without an engine.
    pub registry: Option<String>,
}

/// Which keys sign and verify statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementKeys {
    /// Where the private key is that signs: a file, or `env:` and a variable. Its public key is always among those that verify.
    pub signer: Option<String>,
    /// Where the public keys are whose statements are believed.
    pub verifiers: Vec<String>,
}

/// Which keys portable envelopes are sealed for and opened with, beside the master key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortableKeys {
    /// Where the keys are of those for whom everything is sealed.
    pub recipients: Vec<String>,
    /// Where the private keys are that open what others sealed.
    pub keys: Vec<String>,
}

/// How the ledger is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The longest time from a record to its checkpoint.
    pub checkpoint: Duration,
    /// The largest number of records without a checkpoint.
    pub records: u64,
    /// How often an idle node anchors that it is idle.
    pub heartbeat: Duration,
    /// Whether a transaction fails whose record cannot be written.
    pub required: bool,
}

/// A place for checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A directory where whoever administers the database has no access.
    Directory(String),
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            checkpoint: Duration::from_secs(1),
            records: 1000,
            heartbeat: Duration::from_mins(1),
            required: true,
        }
    }
}

impl Config {
    /// Reads the file's text; `file` is named in errors.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        let document = Document::parse(text, file)?;
        let mut root = document.root();
        let config = Self {
            installation: name(&mut root, "installation")?,
            node: name(&mut root, "node")?,
            keys: keys(&mut root)?,
            policy: policy(&mut root)?,
            ledger: ledger(&mut root)?,
            anchors: anchors(&mut root)?,
            statement: statement(&mut root)?,
            portable: portable(&mut root)?,
        };
        root.finish()?;
        Ok(config)
    }

    /// The name of this process's log.
    #[must_use]
    pub fn log(&self) -> String {
        format!("{}/{}", self.installation, self.node)
    }
}

/// A name that can be part of a log's, and a directory's.
fn name(root: &mut Section<'_>, key: &'static str) -> Result<String> {
    let name = root.required_text(key)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > 64 || name.starts_with('.') || !name.bytes().all(allowed) {
        let problem = "must be 1 to 64 letters (A to Z), digits, '-', '_' and '.', and not begin with '.'";
        return Err(root.refuse(key, problem));
    }
    Ok(name)
}

fn keys(root: &mut Section<'_>) -> Result<Keys> {
    let Some(mut section) = root.section("keys")? else {
        return Err(root.refuse("keys", "is missing: [keys] says where master, identity and log key are"));
    };
    let trusted = section.list("trusted")?.unwrap_or_default();
    let thumbprint = |text: String| {
        KeyId::parse(&text).ok_or_else(|| {
            section.refuse("trusted", &format!("holds {text:?}, which is not a thumbprint (43 characters)"))
        })
    };
    let trusted = trusted.into_iter().map(thumbprint).collect::<Result<_>>()?;
    let keys = Keys {
        master: section.text("master")?,
        identity: section.required_text("identity")?,
        log: section.required_text("log")?,
        passphrase: section.text("passphrase")?,
        trusted,
        registry: section.text("registry")?,
    };
    section.finish()?;
    Ok(keys)
}

fn policy(root: &mut Section<'_>) -> Result<Policy> {
    let mut policy = Policy::default();
    let Some(mut section) = root.section("policy")? else { return Ok(policy) };
    for (key, patterns) in [
        ("seal", &mut policy.seal),
        ("plain", &mut policy.plain),
        ("search", &mut policy.search),
        ("record", &mut policy.record),
    ] {
        if let Some(list) = section.list(key)? {
            if list.iter().any(String::is_empty) {
                return Err(section.refuse(key, "holds an empty pattern, which names nothing"));
            }
            *patterns = list;
        }
    }
    section.finish()?;
    Ok(policy)
}

fn ledger(root: &mut Section<'_>) -> Result<Ledger> {
    let default = Ledger::default();
    let Some(mut section) = root.section("ledger")? else { return Ok(default) };
    let ledger = Ledger {
        checkpoint: section.duration("checkpoint")?.unwrap_or(default.checkpoint),
        records: section.count("records")?.unwrap_or(default.records),
        heartbeat: section.duration("heartbeat")?.unwrap_or(default.heartbeat),
        required: section.truth("required")?.unwrap_or(default.required),
    };
    section.finish()?;
    Ok(ledger)
}

fn anchors(root: &mut Section<'_>) -> Result<Vec<Anchor>> {
    let anchor = |mut section: Section<'_>| {
        let directory = section.required_text("directory")?;
        section.finish()?;
        Ok(Anchor::Directory(directory))
    };
    root.sections("anchor")?.into_iter().map(anchor).collect()
}

fn statement(root: &mut Section<'_>) -> Result<StatementKeys> {
    let Some(mut section) = root.section("statement")? else { return Ok(StatementKeys::default()) };
    let keys = StatementKeys {
        signer: section.text("signer")?,
        verifiers: section.list("verifiers")?.unwrap_or_default(),
    };
    section.finish()?;
    Ok(keys)
}

fn portable(root: &mut Section<'_>) -> Result<PortableKeys> {
    let Some(mut section) = root.section("portable")? else { return Ok(PortableKeys::default()) };
    let keys = PortableKeys {
        recipients: section.list("recipients")?.unwrap_or_default(),
        keys: section.list("keys")?.unwrap_or_default(),
    };
    section.finish()?;
    Ok(keys)
}

#[cfg(test)]
mod tests;
