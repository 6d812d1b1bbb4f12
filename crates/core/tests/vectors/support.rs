//! Vector files and what they expect.

use std::path::PathBuf;

use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::Error;
use serde_json::Value;

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
