//! What wraps keys, and may live elsewhere.

use zeroize::Zeroizing;

use crate::crypto::Secret;
use crate::{Error, Result};

/// The algorithm of a wrapping that only the key's provider understands.
const ITS_OWN: &str = "dev.bulla.master";

/// A key that wraps data, search and commitment keys. Its provider may be a file, a key service or
/// a callback of the embedding program; it may block.
pub trait MasterKey: Send + Sync {
    /// The name by which registry rows refer to it.
    fn kid(&self) -> &str;
    /// What stands as `alg` in an envelope whose content key it wraps: a registered name if
    /// [`wrap`](Self::wrap) gives just what RFC 7518 says, else the name that says that only the
    /// key's provider can unwrap it.
    fn algorithm(&self) -> &'static str {
        ITS_OWN
    }
    /// Wraps `key`.
    fn wrap(&self, key: &Secret) -> Result<Vec<u8>>;
    /// Unwraps what [`wrap`](Self::wrap) made, or says why it cannot.
    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret>;
}

/// What the embedding program says of a [`MasterKey`] that it implements, and the measure of what that
/// answers: nothing of it is taken on trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterKeyDescription {
    kid: String,
    algorithm: &'static str,
}

impl MasterKeyDescription {
    /// How long a wrapped key may be, in bytes. A registry row must hold it.
    pub const LONGEST: usize = 4096;

    /// Of the key that registry rows name `kid`, and that wraps by `algorithm`; without one by a way
    /// of its own.
    pub fn new(kid: &str, algorithm: Option<&str>) -> Result<Self> {
        const KID: &str = "a master key's kid";
        if !(1..=255).contains(&kid.len()) {
            return Err(Error::InvalidArgument { what: KID, problem: "must be 1 to 255 bytes long".into() });
        }
        let algorithm = match algorithm {
            None | Some(ITS_OWN) => ITS_OWN,
            Some("A256KW") => "A256KW",
            Some("RSA-OAEP-256") => "RSA-OAEP-256",
            Some(other) => {
                let problem = format!("is {other:?}, not A256KW, RSA-OAEP-256 or {ITS_OWN}");
                return Err(Error::InvalidArgument { what: "a master key's algorithm", problem });
            }
        };
        Ok(Self { kid: kid.into(), algorithm })
    }

    /// As [`MasterKey::kid`].
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// As [`MasterKey::algorithm`].
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// What the key answered when it was to wrap, if that can be a wrapped key.
    pub fn wrapped(&self, answer: &[u8]) -> Result<Vec<u8>> {
        let fits = match self.algorithm {
            "A256KW" => answer.len() == 40,
            _ => (1..=Self::LONGEST).contains(&answer.len()),
        };
        if fits { Ok(answer.to_vec()) } else { Err(self.odd("wrapped", answer.len())) }
    }

    /// What the key answered when it was to unwrap, if that can be a key.
    pub fn unwrapped(&self, answer: &[u8]) -> Result<Secret> {
        let bytes = answer.try_into().map(Zeroizing::new);
        bytes.map(|bytes| Secret::new(*bytes)).map_err(|_| self.odd("unwrapped", answer.len()))
    }

    fn odd(&self, task: &str, length: usize) -> Error {
        let problem = format!("it {task} a key and gave {length} bytes, which is not the length of one");
        Error::KeyUnavailable { kid: self.kid.clone(), problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_name_and_an_algorithm_are_held_to_what_envelopes_can_state() {
        let described = MasterKeyDescription::new("k", None).unwrap();
        assert_eq!((described.kid(), described.algorithm()), ("k", "dev.bulla.master"));
        let described = MasterKeyDescription::new(&"k".repeat(255), Some("RSA-OAEP-256")).unwrap();
        assert_eq!(described.algorithm(), "RSA-OAEP-256");
        for kid in ["", &"k".repeat(256)] {
            let told = problem(MasterKeyDescription::new(kid, None));
            assert_eq!(told, "a master key's kid must be 1 to 255 bytes long");
        }
        assert_eq!(
            problem(MasterKeyDescription::new("k", Some("A128KW"))),
            "a master key's algorithm is \"A128KW\", not A256KW, RSA-OAEP-256 or dev.bulla.master"
        );
    }

    #[test]
    fn answers_of_another_length_than_a_key_s_are_refused() {
        let own = MasterKeyDescription::new("k", None).unwrap();
        let key_wrap = MasterKeyDescription::new("k", Some("A256KW")).unwrap();
        for length in [1, 4096] {
            assert_eq!(own.wrapped(&vec![7; length]).unwrap().len(), length);
        }
        assert_eq!(key_wrap.wrapped(&[7; 40]).unwrap(), [7; 40]);
        for (described, length) in [(&own, 0), (&own, 4097), (&key_wrap, 39), (&key_wrap, 41)] {
            let told = problem(described.wrapped(&vec![7; length]));
            let end = format!("it wrapped a key and gave {length} bytes, which is not the length of one");
            assert_eq!(told, format!("key k cannot be had: {end}"));
        }
        assert_eq!(own.unwrapped(&[7; 32]).unwrap().expose(), &[7; 32]);
        for length in [0, 31, 33] {
            let told = problem(own.unwrapped(&vec![7; length]).map(drop));
            let end = format!("it unwrapped a key and gave {length} bytes, which is not the length of one");
            assert_eq!(told, format!("key k cannot be had: {end}"));
        }
    }
}
