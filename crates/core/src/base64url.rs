//! BASE64URL without padding (RFC 7515 §2), canonical only: one text for each byte string.

use base64_simd::URL_SAFE_NO_PAD;

/// The encoded text of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Appends the encoded text of `bytes`.
pub(crate) fn append(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_append(bytes, out);
}

/// How long the encoded text of `length` bytes is.
pub(crate) const fn encoded_len(length: usize) -> usize {
    (length * 4).div_ceil(3)
}

/// The bytes of `text`, or `None` if it is padded, holds a foreign character, or its last
/// character has bits that no encoder sets.
pub(crate) fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// The `N` bytes of `text`, or `None` if it is not the canonical form of just so many.
pub(crate) fn decode_array<const N: usize>(text: impl AsRef<[u8]>) -> Option<[u8; N]> {
    let text = text.as_ref();
    let mut out = [0; N];
    if text.len() != encoded_len(N) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text, base64_simd::Out::from_slice(&mut out)).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_decodes() {
        assert_eq!(decode("_-8"), Some(vec![0xff, 0xef]));
        for refused in ["_-8=", "_-9", "_-", "/+8", "_ 8", "A"] {
            if refused != "_-" {
                assert_eq!(decode(refused), None, "{refused}");
            }
        }
        assert_eq!(decode("_-"), None, "the lower four bits of the last character are set");
    }

    #[test]
    fn an_array_decodes_from_its_own_length_alone() {
        assert_eq!(decode_array::<2>("_-8"), Some([0xff, 0xef]));
        assert_eq!(decode_array::<2>("_-8A"), None);
        assert_eq!(decode_array::<3>("_-8"), None);
        assert_eq!(encoded_len(12), 16);
        assert_eq!(encoded_len(16), 22);
    }
}
