//! What every step of an audit stands on: whom it trusts, its keys, and what it found so far.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::events::Event;
use super::finding::{Finding, RecordRef};
use super::input::Salts;
use super::policy::Policy;
use super::report::{Counts, Findings};
use super::sorter::{Space, Spill};
use crate::keys::{Jwk, KeyId, Trust};
use crate::ledger::{CommitmentKey, InstanceKey, LogVerifier};
use crate::{Error, Result};

/// The part of an audit that lives from its beginning to its end.
pub(super) struct Ground {
    pub(super) trust: Trust,
    pub(super) verifiers: BTreeMap<String, LogVerifier>,
    pub(super) skew: i64,
    pub(super) stale: i64,
    pub(super) now: i64,
    pub(super) keys: HashMap<String, CommitmentKey>,
    pub(super) space: Space,
    pub(super) logs: Names,
    pub(super) findings: Findings,
    /// What the proof needs and is not there, a sentence each.
    pub(super) missing: BTreeSet<String>,
    pub(super) counts: Counts,
}

impl Ground {
    pub(super) fn new(
        policy: &Policy,
        policy_file: &str,
        keys: Option<&str>,
        now: i64,
        spill: Box<dyn Spill>,
    ) -> Result<Self> {
        let invalid = |problem: String| Error::InvalidConfig { file: policy_file.into(), line: 1, problem };
        let identities = policy.identities.iter().map(|text| {
            KeyId::parse(text).ok_or_else(|| invalid(format!("{text:?} is not the thumbprint of a key")))
        });
        let trust = Trust::new(identities.collect::<Result<Vec<_>>>()?);
        let mut verifiers = BTreeMap::new();
        for (log, key) in &policy.logs {
            let verifier = LogVerifier::parse(key).map_err(|error| invalid(error.to_string()))?;
            if verifier.name() != log {
                let problem = format!("the verifier key of {log:?} is that of {:?}", verifier.name());
                return Err(invalid(problem));
            }
            verifiers.insert(log.clone(), verifier);
        }
        Ok(Self {
            trust,
            verifiers,
            skew: policy.skew,
            stale: policy.stale,
            now,
            keys: commitment_keys(keys)?,
            space: Space::new(spill),
            logs: Names::default(),
            findings: Findings::default(),
            missing: BTreeSet::new(),
            counts: Counts::default(),
        })
    }

    pub(super) fn found(&mut self, finding: Finding) {
        self.findings.add(finding);
    }

    /// The key that an event's commitments hang on, unless the salt or the key is gone.
    pub(super) fn instance_key(&self, salts: &Salts, event: &Event<'_>) -> Option<InstanceKey> {
        let key = self.keys.get(event.origin.key)?;
        match event.instance.filter(|_| event.salted) {
            None => Some(key.instance(None)),
            Some(instance) => salts.get(instance).map(|salt| key.instance(Some(salt))),
        }
    }

    /// The number of a log that the policy pins. Others are not numbered: whoever owns the database
    /// can invent any number of them.
    pub(super) fn pinned(&mut self, log: &str) -> Option<u32> {
        self.verifiers.contains_key(log).then(|| self.logs.number(log))
    }

    /// Refers to a record whose time and user are not known.
    pub(super) fn record(&self, log: u32, seq: u64) -> RecordRef {
        RecordRef { log: self.logs.name(log).to_owned(), seq, time: None, user: None }
    }
}

fn commitment_keys(jwks: Option<&str>) -> Result<HashMap<String, CommitmentKey>> {
    const WHAT: &str = "the file of commitment keys";
    let Some(jwks) = jwks else { return Ok(HashMap::new()) };
    let mut keys = HashMap::new();
    for jwk in Jwk::parse_set(jwks.as_bytes(), WHAT)? {
        let kid = jwk.thumbprint().to_string();
        let secret = jwk.secret("HS256", WHAT)?;
        keys.insert(kid, CommitmentKey::new(&secret));
    }
    Ok(keys)
}

/// Names by small numbers, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("?", String::as_str)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}
