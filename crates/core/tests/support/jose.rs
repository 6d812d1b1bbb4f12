//! JOSE messages that are changed on their way.

use base64_simd::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The protected header of a message in JSON serialization.
pub(crate) fn header(message: &Value) -> Value {
    let encoded = message["protected"].as_str().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode_to_vec(encoded).unwrap()).unwrap()
}

/// Changes the protected header of a message in JSON serialization.
pub(crate) fn with_header(message: &mut Value, change: impl FnOnce(&mut Value)) {
    let mut header = header(message);
    change(&mut header);
    message["protected"] = URL_SAFE_NO_PAD.encode_to_string(header.to_string()).into();
}

/// The text with one bit flipped, or `None` if that is no text.
pub(crate) fn flipped(text: &str, at: usize, bit: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] ^= 1 << bit;
    String::from_utf8(bytes).ok()
}
