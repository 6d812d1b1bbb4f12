//! The keys that a process knows: master keys, and what they unwrapped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::{KeyId, MasterKey, Purpose, RegistryRow};
use crate::crypto::{Aead, AeadKey, Secret};
use crate::search::SearchKey;
use crate::{Error, Result};

/// A secret with its id.
#[derive(Debug, Clone)]
pub struct NamedSecret {
    /// The secret's id.
    pub kid: KeyId,
    /// The secret.
    pub secret: Secret,
}

/// Finding a key takes no lock; learning one copies the table, which is rare.
pub(super) struct Keyring {
    masters: Vec<Arc<dyn MasterKey>>,
    data: ArcSwap<DataKeys>,
    search: ArcSwapOption<Newest<SearchKey>>,
    commitment: ArcSwapOption<Newest<NamedSecret>>,
    others: Mutex<Vec<Other>>,
    capacity: usize,
}

#[derive(Clone, Default)]
struct DataKeys {
    keys: HashMap<KeyId, (u64, Arc<Aead>)>,
    learnt: u64,
}

/// The newest key of a purpose.
struct Newest<T> {
    created: i64,
    kid: KeyId,
    key: T,
}

/// A known key that does not seal.
struct Other {
    purpose: Purpose,
    named: Arc<NamedSecret>,
}

impl Keyring {
    /// How many data keys are kept ready: those of a node a day over decades.
    pub(super) const CAPACITY: usize = 1 << 14;

    pub(super) fn new(masters: Vec<Arc<dyn MasterKey>>, capacity: usize) -> Self {
        Self {
            masters,
            data: ArcSwap::default(),
            search: ArcSwapOption::empty(),
            commitment: ArcSwapOption::empty(),
            others: Mutex::default(),
            capacity,
        }
    }

    /// The first master key, which wraps.
    pub(super) fn master(&self) -> Result<&dyn MasterKey> {
        self.masters.first().map(AsRef::as_ref).ok_or_else(|| Error::KeyUnavailable {
            kid: "master".into(),
            problem: "no master key is configured: name one under keys.master".into(),
        })
    }

    /// Unwraps the key of a verified row.
    pub(super) fn unwrap(&self, row: &RegistryRow) -> Result<NamedSecret> {
        let master = self.masters.iter().find(|master| master.kid() == row.master);
        let master = master.ok_or_else(|| Error::KeyUnavailable {
            kid: row.kid.to_string(),
            problem: format!(
                "master key {} wraps it, which is not the one that keys.master names",
                row.master
            ),
        })?;
        let secret = master.unwrap(&row.wrapped)?;
        // AES-GCM does not commit to its key, so the key's name does.
        if KeyId::of_secret(&secret) != row.kid {
            return Err(Error::KeyMismatch { kid: row.kid.to_string(), master: row.master.clone() });
        }
        Ok(NamedSecret { kid: row.kid, secret })
    }

    /// Takes a key up.
    pub(super) fn add(&self, purpose: Purpose, named: NamedSecret, created: i64) {
        match purpose {
            Purpose::Data => {
                self.add_data(named.kid, &Arc::new(<Aead as AeadKey>::new(&named.secret)));
                return;
            }
            Purpose::Search => {
                let key = SearchKey::new(&named.secret);
                keep_newest(&self.search, Newest { created, kid: named.kid, key });
            }
            Purpose::Commitment => {
                keep_newest(&self.commitment, Newest { created, kid: named.kid, key: named.clone() });
            }
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if others.iter().all(|other| other.named.kid != named.kid) {
            others.push(Other { purpose, named: Arc::new(named) });
        }
    }

    /// Takes a data key up; when there are too many, those learnt first are forgotten and would
    /// have to be learnt again.
    pub(super) fn add_data(&self, kid: KeyId, aead: &Arc<Aead>) {
        self.data.rcu(|known| {
            let mut known = DataKeys::clone(known);
            known.learnt += 1;
            known.keys.insert(kid, (known.learnt, Arc::clone(aead)));
            if known.keys.len() > self.capacity {
                // A sixteenth at once, so that the next ones need not search again.
                let kept = known.learnt - (self.capacity - self.capacity / 16) as u64;
                known.keys.retain(|_, (learnt, _)| *learnt > kept);
            }
            known
        });
    }

    /// Uses the data key `kid` if it is known.
    pub(super) fn with_data<T>(&self, kid: &KeyId, open: impl FnOnce(&Aead) -> Result<T>) -> Result<T> {
        if let Some((_, aead)) = self.data.load().keys.get(kid) {
            return open(aead);
        }
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        Err(match others.iter().find(|other| other.named.kid == *kid) {
            Some(other) => Error::WrongPurpose {
                kid: kid.to_string(),
                expected: Purpose::Data.name(),
                found: other.purpose.name().into(),
            },
            None => Error::UnknownKey { kid: kid.to_string() },
        })
    }

    /// Uses the newest search key.
    pub(super) fn with_search<T>(&self, tag: impl FnOnce(&SearchKey) -> Result<T>) -> Result<T> {
        match &*self.search.load() {
            Some(newest) => tag(&newest.key),
            None => Err(none_of(Purpose::Search)),
        }
    }

    /// The newest commitment key.
    pub(super) fn commitment(&self) -> Result<NamedSecret> {
        let newest = self.commitment.load();
        newest.as_ref().map(|newest| newest.key.clone()).ok_or_else(|| none_of(Purpose::Commitment))
    }

    /// All known keys of a purpose other than `Data`.
    pub(super) fn all(&self, purpose: Purpose) -> Vec<Arc<NamedSecret>> {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.iter().filter(|other| other.purpose == purpose).map(|other| Arc::clone(&other.named)).collect()
    }
}

fn keep_newest<T>(slot: &ArcSwapOption<Newest<T>>, candidate: Newest<T>) {
    let candidate = Arc::new(candidate);
    slot.rcu(|current| match current {
        Some(current) if (current.created, current.kid) > (candidate.created, candidate.kid) => {
            Some(Arc::clone(current))
        }
        _ => Some(Arc::clone(&candidate)),
    });
}

fn none_of(purpose: Purpose) -> Error {
    Error::KeyUnavailable {
        kid: purpose.name().into(),
        problem: format!("no {purpose} key is known; learn it from the registry, or make and register one"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(byte: u8) -> NamedSecret {
        let secret = Secret::new([byte; 32]);
        NamedSecret { kid: KeyId::of_secret(&secret), secret }
    }

    fn knows(keyring: &Keyring, byte: u8) -> bool {
        keyring.with_data(&named(byte).kid, |_| Ok(())).is_ok()
    }

    #[test]
    fn the_data_keys_learnt_first_are_forgotten_when_there_are_too_many() {
        let keyring = Keyring::new(Vec::new(), 32);
        for byte in 0..32 {
            keyring.add(Purpose::Data, named(byte), 0);
        }
        assert!((0..32).all(|byte| knows(&keyring, byte)));
        keyring.add(Purpose::Data, named(32), 0);
        assert!(!(0..3).any(|byte| knows(&keyring, byte)));
        assert!((3..33).all(|byte| knows(&keyring, byte)));
        assert_eq!(
            keyring.with_data(&named(0).kid, |_| Ok(())),
            Err(Error::UnknownKey { kid: named(0).kid.to_string() })
        );
    }

    #[test]
    fn a_key_learnt_again_is_kept_once_and_longer() {
        let keyring = Keyring::new(Vec::new(), 4);
        for byte in [0, 1, 2, 0, 3, 0, 4] {
            keyring.add(Purpose::Data, named(byte), 0);
        }
        assert!(knows(&keyring, 0) && knows(&keyring, 3) && knows(&keyring, 4));
        assert!(!knows(&keyring, 1));
        keyring.add(Purpose::Commitment, named(7), 0);
        keyring.add(Purpose::Commitment, named(7), 0);
        assert_eq!(keyring.all(Purpose::Commitment).len(), 1);
    }

    #[test]
    fn of_two_keys_of_one_moment_every_node_takes_the_same() {
        let orders = [[1, 2], [2, 1]].map(|bytes| {
            let keyring = Keyring::new(Vec::new(), 4);
            for byte in bytes {
                keyring.add(Purpose::Commitment, named(byte), 5);
            }
            keyring.commitment().map(|named| named.kid)
        });
        assert_eq!(orders[0], orders[1]);
    }
}
