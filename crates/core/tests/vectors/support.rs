//! Vector files and what they expect.

#[path = "../support/hex.rs"]
pub(crate) mod hex;
#[path = "../support/master.rs"]
mod master;

use std::path::PathBuf;
use std::sync::Arc;

use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::crypto::Secret;
use bulla_core::keys::{Jwk, Trust, Vault};
use bulla_core::{Error, Result};
use serde_json::Value;

use self::master::KnownMaster;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name)
}

/// The bytes of a vector file.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A vector file that is JSON.
pub(crate) fn json(name: &str) -> Value {
    serde_json::from_slice(&bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The vectors of an array; there must be some.
pub(crate) fn each(vectors: &Value) -> impl Iterator<Item = &Value> {
    let vectors = vectors.as_array().expect("vectors are an array");
    assert!(!vectors.is_empty());
    vectors.iter()
}

/// A string member.
pub(crate) fn text<'a>(vector: &'a Value, member: &str) -> &'a str {
    vector[member].as_str().unwrap_or_else(|| panic!("{member} is missing in {vector}"))
}

/// The bytes of a member in base64url.
pub(crate) fn decoded(vector: &Value, member: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode_to_vec(text(vector, member)).unwrap()
}

/// Sees that a refusal is of the vector's kind, and says what the vector says.
pub(crate) fn expect_refusal<T>(vector: &Value, result: Result<T, Error>) {
    let name = text(vector, "name");
    assert!(!text(vector, "why").is_empty());
    let Err(error) = result else { panic!("{name} was not refused") };
    assert_eq!(error.kind().name(), text(vector, "kind"), "{name}: {error}");
    if let Some(message) = vector["message"].as_str() {
        assert_eq!(error.to_string(), message, "{name}");
    }
}

/// The bytes of hexadecimal digits.
pub(crate) fn unhex(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

/// The node that made the vectors.
pub(crate) struct World {
    keys: Value,
    pub(crate) installation: String,
    pub(crate) certificate: String,
}

impl World {
    pub(crate) fn read() -> Self {
        let keys = json("keys.json");
        let (installation, certificate) = (text(&keys, "installation"), text(&keys, "certificate"));
        Self { installation: installation.into(), certificate: certificate.into(), keys }
    }

    /// The identity of the vectors is trusted, and no other.
    pub(crate) fn trust(&self) -> Trust {
        Trust::new([self.jwk("identity").thumbprint()])
    }

    pub(crate) fn secret(&self, name: &str) -> Secret {
        let algorithm = text(&self.keys[name], "alg");
        self.jwk(name).secret(algorithm, name).unwrap()
    }

    /// A vault that knows the master key alone.
    pub(crate) fn empty_vault(&self) -> Vault {
        let master = KnownMaster::new(&self.secret("master"));
        Vault::new(&self.installation, vec![Arc::new(master)], self.trust(), None)
    }

    /// A vault that has learnt the registry.
    pub(crate) fn vault(&self) -> Vault {
        let vault = self.empty_vault();
        for vector in each(&json("registry/accepted.json")) {
            vault.learn(text(vector, "row")).unwrap();
        }
        vault
    }

    fn jwk(&self, name: &str) -> Jwk {
        Jwk::parse(self.keys[name].to_string().as_bytes(), name).unwrap()
    }
}
